"""What an explanation says: the cause, where it comes from, what may help. And that it is true."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from differential.solver_cases import SolverCase, seeded_case

import rezfast
from rezfast import Requirement, Version
from rezfast.errors import PackageFamilyNotFoundError, PackageNotFoundError, RezError
from rezfast.repository import MemoryRepository
from rezfast.solve.explain import Explanation, explain_error
from rezfast.solve.filters import PackageFilterList
from rezfast.solve.orderers import PackageOrderList
from rezfast.solve.sources import make_tables
from rezfast.version import RequirementList

SEEDED_CASES = int(os.environ.get("REZFAST_EXPLAIN_CASES", "300"))

EXAMPLES = Path(__file__).parents[2] / "examples" / "packages"


def explained(*request: str, **families: dict[str, Any]) -> Explanation:
    """The explanation of a request on a small repository, or on the example packages."""
    where: Any = MemoryRepository.create_repository(families) if families else str(EXAMPLES)
    solver = rezfast.Solver(request, [where])
    solver.solve()
    return solver.explanation()


def requires(*requirements: str) -> dict[str, list[str]]:
    return {"requires": list(requirements)}


# the example packages


def test_two_programs_that_need_different_versions_of_the_same_thing() -> None:
    found = explained("maya-2023", "houdini-20")
    assert str(found).splitlines() == [
        "maya-2023 and houdini-20 do not agree on python",
        "maya-2023.3 requires python-3.9",
        "houdini-20.0.751 requires python-3.10",
        "houdini-20.5.370 requires python-3.11",
        "hint: maya-2024.2 instead of maya-2023 would do: it requires python-3.10",
        "hint: houdini-19.5.805 instead of houdini-20 would do: it requires python-3.9",
    ]
    assert found.kind == "conflict"


def test_what_takes_no_part_in_the_failure_is_not_named() -> None:
    found = explained("maya-2024", "studio_ocio-2", "nuke-14")
    assert found.lines == [
        "studio_ocio-2 and nuke-14 do not agree on nuke",
        "studio_ocio-2.0.1 rules out nuke<15",
        "the request asks for nuke-14",
    ]
    assert [str(one) for one in found.requests] == ["studio_ocio-2", "nuke-14"]


def test_variants_that_say_the_same_are_told_as_one_package() -> None:
    found = explained("mtoa-5.4", "studio_tools-1")
    assert found.lines == [
        "mtoa-5.4 and studio_tools-1 do not agree on arnold",
        "studio_tools-1.8.2 allows no arnold but arnold-7.2",
        "mtoa-5.4.2 requires arnold-7.3",
    ]


# kinds of failure


def test_a_request_that_contradicts_itself() -> None:
    found = explained("maya-2023", "maya-2024")
    assert found.kind == "request_conflict"
    assert str(found) == "the request contradicts itself: nothing is both maya-2023 and maya-2024"


def test_a_requirement_that_no_version_meets() -> None:
    app = {"1": requires("lib>1<2"), "2": requires("lib>1<2")}
    found = explained("app", "lib", app=app, lib={"1": {}, "2": {}})
    assert found.lines == ["app and lib: there is no lib>1<2", "app-1 and app-2 require lib>1<2"]


def test_packages_that_require_each_other_in_a_circle() -> None:
    found = explained("app", app={"1": requires("lib")}, lib={"2": requires("app-1")})
    assert found.kind == "cycle"
    assert found.lines[0] == "app: packages require each other in a circle"
    assert sorted(found.lines[1:]) == ["app-1 requires lib", "lib-2 requires app-1"]


def test_the_way_from_the_request_to_what_is_required_far_below() -> None:
    found = explained(
        "app",
        "tool",
        app={"1": requires("mid")},
        mid={"1": requires("lib-1")},
        tool={"1": requires("lib-2")},
        lib={"1": {}, "2": {}},
    )
    assert found.lines[0] == "app and tool do not agree on lib"
    assert set(found.lines[1:]) == {
        "mid-1 requires lib-1",
        "app-1 requires mid",
        "tool-1 requires lib-2",
    }


def test_many_versions_that_say_the_same_are_told_as_a_span() -> None:
    app = {str(number): requires("lib-1") for number in range(1, 7)}
    found = explained("app", "lib-2", app=app, lib={"1": {}, "2": {}})
    assert "every version of app from 1 to 6 requires lib-1" in found.lines
    assert found.hints == ["lib-1 instead of lib-2 would do"]


def test_a_failure_after_a_choice_is_told_as_one_try_of_several() -> None:
    found = explained(
        "app",
        app={"1": {"variants": [["a"], ["b"]]}},
        a={"1": requires("x-1", "y")},
        b={"1": requires("x-1", "y")},
        x={"1": {}, "2": {}},
        y={"1": requires("x-2")},
    )
    assert found.lines[0].endswith(", in the first of 2 tries")
    assert found.lines[-1].startswith("that try was with app-1[")


def test_a_solve_that_was_stopped_before_its_answer_does_not_pass_for_a_contradiction() -> None:
    families: dict[str, Any] = {
        "app": {"1": {}, "2": requires("a", "b")},
        "a": {"1": requires("x-1")},
        "b": {"1": requires("x-2")},
        "x": {"1": {}, "2": {}},
    }
    repository = MemoryRepository.create_repository(families)
    solver = rezfast.Solver(["app"], [repository], max_fails=1)
    solver.solve()
    found = solver.explanation()
    assert found.lines[0] == (
        "app: what it requires does not agree on x, in a try before the solve was stopped"
    )
    assert found.hints == ["there is an answer: the solve was stopped before it was found"]


def test_a_family_that_is_missing_and_that_the_settings_let_pass() -> None:
    families: dict[str, Any] = {"app": {"1": requires("pyhton")}, "python": {"3": {}}}
    repository = MemoryRepository.create_repository(families)
    solver = rezfast.Solver(["app"], [repository], error_on_missing_variant_requires=False)
    solver.solve()
    found = solver.explanation()
    assert (found.kind, found.lines) == (
        "missing",
        ["app: pyhton does not exist", "app-1 requires pyhton"],
    )
    assert found.hints == ["did you mean python?"]


def test_a_package_that_a_filter_hides() -> None:
    families: dict[str, Any] = {"app": {"1": requires("lib-1")}, "lib": {"1": {}, "2": {}}}
    repository = MemoryRepository.create_repository(families)
    hide = PackageFilterList.from_pod([{"excludes": ["lib==1"]}])
    solver = rezfast.Solver(["app", "lib"], [repository], package_filter=hide)
    solver.solve()
    assert "app-1 requires lib-1" in solver.explanation().lines
    assert "a package filter hides lib-1" in solver.explanation().lines


def test_a_solve_that_did_not_fail_has_no_explanation() -> None:
    solver = rezfast.Solver(["maya"], [str(EXAMPLES)])
    solver.solve()
    with pytest.raises(RezError, match="nothing to explain"):
        solver.explanation()


# near misses of what does not exist


def test_a_mistyped_family_has_its_neighbours_named() -> None:
    tables = make_tables([str(EXAMPLES)])
    error = PackageFamilyNotFoundError("no", family="houdni")
    assert explain_error(error, tables) == ["did you mean houdini?"]


def test_a_version_that_is_not_there_has_its_neighbours_named() -> None:
    tables = make_tables([str(EXAMPLES)])
    error = PackageNotFoundError("no", requirement="maya-2026")
    assert explain_error(error, tables) == [
        "nearest to maya-2026: maya-2025.1, maya-2024.2 or maya-2023.3"
    ]


def test_other_errors_have_no_near_misses() -> None:
    tables = make_tables([str(EXAMPLES)])
    assert explain_error(RezError("broken"), tables) == []
    assert explain_error(PackageFamilyNotFoundError("no", family="qqqqq"), tables) == []


# nothing that an explanation says is false


def test_every_line_about_a_package_is_true_of_the_repository() -> None:
    checked = 0
    for seed in range(SEEDED_CASES):
        case = seeded_case(seed)
        solver = _failed(case)
        if solver is None:
            continue
        for line in solver.explanation().lines[1:]:
            found = re.fullmatch(r"(.+?) (requires?|rules? out|allows? no \S+ but) (\S+)", line)
            # of "5 versions of foo" it is not said which
            if found and not re.match(r"the request|\d+ versions of", found[1]):
                checked += 1
                assert _holds(case, found[1], found[2], found[3]), (seed, line)
    assert checked > 100


def test_every_change_that_a_hint_names_gives_an_answer() -> None:
    checked = 0
    for seed in range(SEEDED_CASES):
        case = seeded_case(seed)
        solver = _failed(case)
        for hint in [] if solver is None else solver.explanation().hints:
            changed = re.match(r"(\S+) instead of (\S+) would do", hint)
            without = re.fullmatch(r"there is an answer without (\S+)", hint)
            request = [str(one) for one in solver.request_list] if solver else []
            if changed:
                at = request.index(changed[2])
                name = Requirement(changed[2]).name
                request[at] = f"{name}=={changed[1].removeprefix(name + '-')}"
            elif without:
                request.remove(without[1])
            else:
                continue
            checked += 1
            again = _solver({**case, "request": request, "max_fails": -1})
            again.solve()
            assert again.status.name == "solved", (seed, hint)
    assert checked > 10


def _solver(case: SolverCase) -> rezfast.Solver:
    return rezfast.Solver(
        case["request"],
        [MemoryRepository.create_repository(data) for data in case["repositories"]],
        package_filter=PackageFilterList.from_pod(case["package_filter"]),
        package_orderers=PackageOrderList.from_pod(case["package_orderers"]),
        building=case["building"],
        variant_select_mode=case["variant_select_mode"],
        error_on_missing_variant_requires=case["error_on_missing_variant_requires"],
        max_fails=case["max_fails"],
    )


def _failed(case: SolverCase) -> rezfast.Solver | None:
    try:
        solver = _solver(case)
        solver.solve()
    except RezError:
        return None
    return solver if solver.status.name == "failed" else None


def _holds(case: SolverCase, subject: str, verb: str, text: str) -> bool:
    """Whether each of the packages in `subject` says at least that about another family."""
    prefix = {"rule": "!", "allo": "~"}.get(verb[:4], "")
    said = Requirement(prefix + text)
    packages = _packages(case, subject)
    return bool(packages) and all(_says(mine, said) for mine in packages)


def _says(mine: RequirementList, said: Requirement) -> bool:
    own = mine.get(said.name)
    if own is None or own.conflict != said.conflict or said.range is None or own.range is None:
        return own == said
    return str(own) == str(said) or (not said.conflict and own.range in said.range)


def _packages(case: SolverCase, subject: str) -> list[RequirementList]:
    """The requirements of the variants that a subject names."""
    span = re.fullmatch(r"(every version) of (\S+) from (\S+) to (\S+)", subject)
    if span:
        within = [v for v in _versions(case, span[2]) if Version(span[3]) <= v <= Version(span[4])]
        return [one for version in within for one in _variants(case, span[2], version, None)]
    named = []
    for label, indices in re.findall(r"([^ ,\[]+)(?:\[([\d,]+)\])?(?:, | and |$)", subject):
        name = max(
            (one for one in _names(case) if label == one or label.startswith(one + "-")), key=len
        )
        wanted = {int(one) for one in indices.split(",")} if indices else None
        named += _variants(case, name, Version(label[len(name) + 1 :]), wanted)
    return named


def _names(case: SolverCase) -> set[str]:
    return {name for repository in case["repositories"] for name in repository}


def _versions(case: SolverCase, name: str) -> set[Version]:
    families = [repository.get(name, {}) for repository in case["repositories"]]
    return {Version("" if key == "_NO_VERSION" else key) for one in families for key in one}


def _variants(
    case: SolverCase, name: str, version: Version, indices: set[int] | None
) -> list[RequirementList]:
    for repository in case["repositories"]:
        family = repository.get(name, {})
        keys = ["_NO_VERSION"] if "_NO_VERSION" in family else list(family)
        for key in keys:
            if Version("" if key == "_NO_VERSION" else key) != version:
                continue
            package = family[key]
            base = list(package.get("requires", []))
            if case["building"]:
                base += package.get("build_requires", [])
            variants = package.get("variants") or [[]]
            return [
                RequirementList(map(Requirement, base + one))
                for number, one in enumerate(variants)
                if indices is None or number in indices
            ]
    return []
