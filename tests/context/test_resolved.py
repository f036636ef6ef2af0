"""`ResolvedContext`: what it is asked for, what comes of it, and the environment it makes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from context.configured import configured

from rezfast import ResolvedContext, ResolverStatus, SolverCallbackReturn, clear_caches
from rezfast.errors import (
    PackageCommandError,
    PackageFamilyNotFoundError,
    PackageRequestError,
    ResolvedContextError,
)
from rezfast.solve.filters import PackageFilterList
from rezfast.solve.orderers import PackageOrderList, SortedOrder

COMMANDS = """
def commands():
    env.PATH.prepend("{root}/bin")
    env.FOO_SEES = request.get("bar", "nothing")
"""


@pytest.fixture(autouse=True)
def defaults(tmp_path: Path) -> Iterator[None]:
    """Settings of no user, and a repository of foo 1, 2 and 3, bar 1 and late."""
    late = "@late()\ndef requires():\n    return ['bar'] if 'foo' in request else []\n"
    put(tmp_path, "foo", "1", "timestamp = 100\ntools = ['foo', 'view']" + COMMANDS)
    put(tmp_path, "foo", "2", "timestamp = 200\ntools = ['foo']\nrequires = ['bar', '.eph-1']")
    put(tmp_path, "foo", "3", "timestamp = 300\nrequires = ['bar-2']")
    put(tmp_path, "bar", "1", "tools = ['view']\nbuild_requires = ['late']\nrequires = []")
    put(tmp_path, "late", "1", late)
    clear_caches()
    with configured(
        packages_path=[str(tmp_path)],
        implicit_packages=[],
        standard_system_paths=["/sys/bin"],
        default_shell="bash",
    ):
        yield
    clear_caches()


def put(directory: Path, name: str, version: str, text: str) -> None:
    place = directory / name / version
    place.mkdir(parents=True)
    (place / "package.py").write_text(f"name = {name!r}\nversion = {version!r}\n{text}\n")


def names(context: ResolvedContext) -> list[str]:
    return [one.qualified_package_name for one in context.resolved_packages or ()]


# ---- the answer ---------------------------------------------------------------------------------


def test_an_answer_is_variants_in_order_and_ephemerals(tmp_path: Path) -> None:
    context = ResolvedContext(["foo-2"])
    assert context.success
    assert context.status is ResolverStatus.solved
    assert names(context) == ["bar-1", "foo-2"]
    assert [str(one) for one in context.resolved_ephemerals or ()] == [".eph-1"]
    assert str(context) == "solved(foo-2 ==> bar-1[] foo-2[])"
    foo = context.get_resolved_package("foo")
    assert foo is not None
    assert foo.root == str(tmp_path / "foo" / "2")
    assert context.get_resolved_package("nope") is None
    assert context.failure_description is None


def test_a_request_that_cannot_be_met_is_a_context_that_failed() -> None:
    context = ResolvedContext(["foo-1", "foo-2"])
    assert not context.success
    assert context.status is ResolverStatus.failed
    assert context.resolved_packages is None
    assert "foo-1 <--!--> foo-2" in (context.failure_description or "")
    assert context.graph() is not None
    assert str(context) == "ResolvedContext:failed(foo-1 foo-2)"


@pytest.mark.parametrize(
    "use",
    [
        lambda context: context.get_environ(),
        lambda context: context.get_actions(),
        lambda context: context.get_shell_code("bash"),
        lambda context: context.get_tools(),
        lambda context: context.which("foo"),
        lambda context: context.validate(),
        lambda context: context.get_patched_request(strict=True),
        lambda context: context.get_resolve_as_exact_requests(),
        lambda context: context.get_resolve_diff(context),
    ],
)
def test_what_needs_an_answer_says_so(use: Any) -> None:
    with pytest.raises(ResolvedContextError, match="the context's resolve failed"):
        use(ResolvedContext(["foo-1", "foo-2"]))


def test_what_is_not_there_and_what_is_no_request_are_errors() -> None:
    with pytest.raises(PackageFamilyNotFoundError):
        ResolvedContext(["nothing"])
    with pytest.raises(PackageRequestError):
        ResolvedContext(["foo bar"])


# ---- options ------------------------------------------------------------------------------------


def test_a_timestamp_hides_what_was_released_later() -> None:
    context = ResolvedContext(["foo"], timestamp=150)
    assert names(context) == ["foo-1"]
    assert (context.timestamp, context.requested_timestamp) == (150, 150)
    assert ResolvedContext(["foo-1"]).requested_timestamp is None


@pytest.mark.parametrize(
    "orderers",
    [
        [SortedOrder(descending=False)],
        PackageOrderList([SortedOrder(descending=False)]),
        [{"type": "sorted", "descending": False}],
    ],
)
def test_orderers_prefer_other_versions_and_are_saved(orderers: Any) -> None:
    context = ResolvedContext(["foo"], package_orderers=orderers)
    assert names(context) == ["foo-1"]
    loaded = ResolvedContext.from_dict(context.to_dict())
    assert loaded.package_orderers is not None
    assert loaded.package_orderers.to_pod() == context.to_dict()["package_orderers"] != []
    assert ResolvedContext(["foo<3"], package_orderers=[]).to_dict()["package_orderers"] is None


def test_a_filter_hides_packages_and_is_saved() -> None:
    hidden = PackageFilterList.from_pod([{"excludes": ["foo-3"]}])
    context = ResolvedContext(["foo"], package_filter=hidden)
    assert names(context) == ["bar-1", "foo-2"]
    assert ResolvedContext.from_dict(context.to_dict()).package_filter.to_pod() == hidden.to_pod()


def test_implicit_packages_are_added_to_the_request() -> None:
    with configured(**{**current(), "implicit_packages": ["~foo==1"]}):
        context = ResolvedContext(["foo"])
        assert names(context) == ["foo-1"]
        assert [str(one) for one in context.requested_packages(True)] == ["foo", "~foo==1"]
        assert [str(one) for one in context.requested_packages()] == ["foo"]
        assert names(ResolvedContext(["foo<3"], add_implicit_packages=False)) == ["bar-1", "foo-2"]


def current() -> dict[str, Any]:
    from rezfast.config import settings

    return dict(settings().overrides)


def test_a_build_reads_build_requirements_too() -> None:
    assert names(ResolvedContext(["bar"], building=True)) == ["late-1", "bar-1"]
    assert ResolvedContext(["bar"], building=True).get_environ()["REZ_BUILD_ENV"] == "1"


def test_late_bound_requirements_see_the_request() -> None:
    assert names(ResolvedContext(["late", "foo-1"])) == ["bar-1", "late-1", "foo-1"]
    assert names(ResolvedContext(["late"])) == ["late-1"]


def test_a_callback_can_end_the_resolve() -> None:
    context = ResolvedContext(
        ["foo"], callback=lambda state: (SolverCallbackReturn.abort, "enough")
    )
    assert context.status is ResolverStatus.aborted
    assert context.failure_description == "enough"


def test_limits_as_a_callback() -> None:
    limit = ResolvedContext.Callback(max_fails=0, time_limit=-1, callback=None)

    class State:
        num_fails = 3

    answer, reason = limit(State())  # type: ignore[arg-type]
    assert answer is SolverCallbackReturn.fail
    assert reason == "fail limit reached: aborted after 3 failures"


def test_packages_that_are_loaded_are_told() -> None:
    told: list[str] = []
    context = ResolvedContext(
        ["foo<3"], package_load_callback=lambda package: told.append(package.qualified_name)
    )
    assert sorted(told) == ["bar-1", "foo-1", "foo-2"]
    assert context.num_loaded_packages == 3


def test_steps_and_statistics_are_told_to_a_buffer() -> None:
    told = io.StringIO()
    ResolvedContext(["foo", "bar"], verbosity=1, print_stats=True, buf=told)
    assert "solve #1" in told.getvalue()
    assert "'num_solves'" in told.getvalue()


# ---- the environment ----------------------------------------------------------------------------


def test_the_environment_names_the_resolve_and_every_package(tmp_path: Path) -> None:
    context = ResolvedContext(["foo-1", "bar"])
    environ = context.get_environ({})
    assert environ["REZ_USED_REQUEST"] == "foo-1 bar"
    assert environ["REZ_USED_RESOLVE"] == "foo-1 bar-1"
    assert environ["REZ_USED_VERSION"] == context.rez_version
    assert environ["REZ_USED_PACKAGES_PATH"] == str(tmp_path)
    assert environ["REZ_FOO_VERSION"] == environ["REZ_FOO_MAJOR_VERSION"] == "1"
    assert environ["REZ_FOO_MINOR_VERSION"] == ""
    assert environ["REZ_FOO_ROOT"] == environ["REZ_FOO_BASE"] == str(tmp_path / "foo" / "1")
    assert environ["PATH"] == f"{tmp_path}/foo/1/bin:/sys/bin"
    assert environ["FOO_SEES"] == "bar"
    ephemeral = ResolvedContext(["foo-2"]).get_environ({})
    assert ephemeral["REZ_EPH_EPH_REQUEST"] == "1"
    assert ephemeral["REZ_USED_EPH_RESOLVE"] == ".eph-1"


def test_phases_run_one_after_the_other_in_order_of_dependency(tmp_path: Path) -> None:
    for name, requires in (("a", []), ("b", ["a"])):
        lines = [f"{phase} = 'env.ORDER.append(\"{phase} {name}\")'" for phase in PHASES]
        put(tmp_path, name, "1", "\n".join([f"requires = {requires}", *lines]))
    order = ResolvedContext(["b"]).get_environ({})["ORDER"].split(":")
    assert order == [f"{phase} {name}" for phase in PHASES for name in "ab"]


PHASES = ("pre_commands", "commands", "post_commands")


def test_paths_with_braces_and_dollars_are_what_rez_makes_of_them(tmp_path: Path) -> None:
    put(tmp_path / "$HERE", "odd", "1", "")
    context = ResolvedContext(["odd"], package_paths=[str(tmp_path / "$HERE")])
    assert context.get_environ({"HERE": "x"})["REZ_ODD_ROOT"] == str(tmp_path / "x/odd/1")


def test_what_commands_define_does_not_reach_the_next_package(tmp_path: Path) -> None:
    put(tmp_path, "a", "1", "commands = 'mine = 1'")
    put(tmp_path, "b", "1", "requires = ['a']\ncommands = 'env.SEEN = \"mine\" in globals()'")
    assert ResolvedContext(["b"]).get_environ({})["SEEN"] == "False"


def test_an_error_in_commands_names_package_file_and_line(tmp_path: Path) -> None:
    put(tmp_path, "bad", "1", "\ndef commands():\n    env.A = 1\n    env.B = nothing\n")
    path = tmp_path / "bad" / "1" / "package.py"
    with pytest.raises(PackageCommandError) as caught:
        ResolvedContext(["bad"]).get_environ({})
    assert str(caught.value).startswith(f"commands of bad-1 ({path}:6): NameError")
    assert "\n" not in str(caught.value)


def test_a_verbose_context_tells_how_the_error_came_up(tmp_path: Path) -> None:
    text = "    def half(value):\n        return value // 0\n    env.B = half(1)\n"
    put(tmp_path, "bad", "1", f"\ndef commands():\n{text}")
    path = tmp_path / "bad" / "1" / "package.py"
    with pytest.raises(PackageCommandError) as caught:
        ResolvedContext(["bad"], verbosity=2).get_environ({})
    first, heading, *frames, error = str(caught.value).splitlines()
    assert first.startswith(f"commands of bad-1 ({path}:6): ZeroDivisionError")
    assert heading == "Traceback (most recent call last):"
    places = [line for line in frames if line.startswith("  File ")]
    assert [line.split(", in")[0] for line in places] == [
        f'  File "{path}", line 7',
        f'  File "{path}", line 6',
    ]
    assert error == "ZeroDivisionError: integer division or modulo by zero"
    assert "\n".join([heading, *frames, error, ""]) == caught.value.trace


def test_commands_that_never_ran_have_no_way_to_tell(tmp_path: Path) -> None:
    put(tmp_path, "bad", "1", "commands = 'env.A = ('")
    with pytest.raises(PackageCommandError) as caught:
        ResolvedContext(["bad"], verbosity=2).get_environ({})
    assert caught.value.trace == ""
    assert "\n" not in str(caught.value)


def test_a_script_holds_the_same(tmp_path: Path) -> None:
    context = ResolvedContext(["foo-1"])
    code = context.get_shell_code("bash", parent_environ={})
    assert 'export FOO_SEES="nothing"' in code
    context.save(str(tmp_path / "a.rxt"))
    context = ResolvedContext.load(str(tmp_path / "a.rxt"))
    assert "REZ_RXT_FILE" in context.get_shell_code("bash", parent_environ={})


def test_apply_changes_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = dict(os.environ)
    try:
        ResolvedContext(["foo-1"]).apply()
        assert os.environ["REZ_FOO_VERSION"] == "1"
    finally:
        os.environ.clear()
        os.environ.update(kept)


# ---- tools --------------------------------------------------------------------------------------


def test_tools_by_package_and_those_in_conflict() -> None:
    context = ResolvedContext(["foo-1", "bar", "!late"])
    assert {name: tools for name, (_, tools) in context.get_tools().items()} == {
        "foo": ["foo", "view"],
        "bar": ["view"],
    }
    assert set(context.get_conflicting_tools()) == {"view"}
    assert {one.name for one in context.get_tool_variants("view")} == {"foo", "bar"}
    assert context.get_tool_variants("nothing") == set()
    assert set(ResolvedContext(["foo-2"]).get_tools(request_only=True)) == {"foo"}


def test_which_finds_programs_of_the_environment(tmp_path: Path) -> None:
    program = tmp_path / "foo" / "1" / "bin" / "run-foo"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    context = ResolvedContext(["foo-1"])
    assert context.which("run-foo") == str(program)
    assert context.which("sh", parent_environ={}) is None
    assert context.which("sh", parent_environ={}, fallback=True) is not None


# ---- equality, copies, being current ------------------------------------------------------------


def test_contexts_are_equal_by_request_and_answer() -> None:
    first, second = ResolvedContext(["foo-2"]), ResolvedContext(["foo-2"])
    assert first == second
    assert hash(first) == hash(second)
    assert first != ResolvedContext(["foo==2"])
    assert first.copy() == first


def test_the_current_context_is_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REZ_RXT_FILE", raising=False)
    assert ResolvedContext.get_current() is None
    context = ResolvedContext(["foo-2"])
    assert context.is_current() is False
    path = str(tmp_path / "a.rxt")
    context.save(path)
    context.set_load_path(path)
    assert context.is_current() is None
    monkeypatch.setenv("REZ_RXT_FILE", path)
    assert context.is_current() is True
    assert ResolvedContext.get_current() == context


def test_a_context_can_be_validated(tmp_path: Path) -> None:
    context = ResolvedContext(["foo-1"])
    context.validate()
    put(tmp_path, "wrong", "1", "tools = 5")
    with pytest.raises(ResolvedContextError, match="PackageMetadataError"):
        ResolvedContext(["wrong"]).validate()
