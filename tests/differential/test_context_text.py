"""What is told of a context, compared with what rez tells of the same .rxt file; and its graphs.

rez resolves generated packages on disk and writes the files. Both then read each file and tell of
it in every form that there is. The hint that ends the text of a failure is not compared; the ways
to a failure, which rez loses in a file (see docs/differences.md), are compared by what it makes of
the graph when its attributes are as they were.
"""

from __future__ import annotations

import io
import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rez.config
from context.configured import configured
from differential.solver_cases import EPHEMERALS, NAMES, NO_VERSION, SolverCase, seeded_case
from rez.package_filter import PackageFilterList as RezFilters
from rez.package_repository import package_repository_manager
from rez.resolved_context import ResolvedContext as RezContext
from rez.utils.graph_utils import prune_graph as rez_prune_graph
from rez.utils.graph_utils import read_graph_from_string as rez_read_graph
from rez.utils.graph_utils import write_dot as rez_write_dot
from rez.utils.resolve_graph import failure_detail_from_graph

from rezfast.context.graph import get_dependency_graph, get_graph, prune_graph, write_compacted
from rezfast.context.info import print_info, print_resolve_diff, print_tools
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import ResolvedContextError
from rezfast.repository import clear_caches

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

CASES = int(os.environ.get("REZFAST_CONTEXT_TEXT_CASES", "60"))
TOOLS = ["paint", "mix", "Zoom", "view2", "a-b"]
IMPLICIT = ["~maya>=1", "!nothing"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The .rxt files that rez wrote."""
    root = tmp_path_factory.mktemp("contexts")
    found = []
    for seed in range(CASES):
        directory = root / str(seed)
        case = seeded_case(seed)
        paths = [directory / str(place) for place, _ in enumerate(case["repositories"])]
        for path, data in zip(paths, case["repositories"], strict=True):
            _write_packages(path, data, Random(seed))
        with rez_settings(paths):
            context = _rez_resolve(case, [str(path) for path in paths], seed)
            if context is not None:
                file = directory / "context.rxt"
                context.save(str(file))
                found.append(file)
    assert len(found) > CASES / 3
    return found


def _write_packages(root: Path, data: dict[str, Any], random: Random) -> None:
    for family, versions in data.items():
        for version, attributes in versions.items():
            directory = root / family / ("" if version == NO_VERSION else version)
            directory.mkdir(parents=True, exist_ok=True)
            attributes = dict(attributes)
            # rez ends in an error when it is asked where an empty variant is
            attributes["variants"] = [each for each in attributes.get("variants", ()) if each]
            if random.random() < 0.6:
                attributes["tools"] = random.sample(TOOLS, random.randrange(4))
            lines = [f"{name} = {value!r}\n" for name, value in attributes.items() if value != []]
            (directory / "package.py").write_text("".join(lines))
            for variant in attributes["variants"]:
                if random.random() < 0.6 and not any(sign in "".join(variant) for sign in "<>|/"):
                    directory.joinpath(*variant).mkdir(parents=True, exist_ok=True)


def _rez_resolve(case: SolverCase, paths: list[str], seed: int) -> RezContext | None:
    try:
        return RezContext(
            case["request"],
            package_paths=paths,
            package_filter=RezFilters.from_pod(case["package_filter"]),
            package_orderers=[],
            building=case["building"],
            max_fails=case["max_fails"],
            timestamp=750 if seed % 4 == 0 else None,
            buf=io.StringIO(),
        )
    except Exception:
        return None


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    clear_caches()
    yield
    package_repository_manager.clear_caches()


class rez_settings:
    """rez's defaults, and these repositories; the first is the local one."""

    def __init__(self, paths: list[Path]) -> None:
        values: dict[str, Any] = {
            "packages_path": [str(path) for path in paths],
            "local_packages_path": str(paths[0]) if paths else "/nowhere",
            "implicit_packages": IMPLICIT,
        }
        self._rez = rez.config._replace_config(rez.config._create_locked_config(values))
        self._ours = configured(**values)

    def __enter__(self) -> None:
        self._rez.__enter__()
        self._ours.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._ours.__exit__(*raised)
        self._rez.__exit__(*raised)


def places(file: Path) -> list[Path]:
    """The repositories of the context of a file."""
    return sorted(path for path in file.parent.iterdir() if path.is_dir())


def rez_text(context: RezContext, **options: Any) -> str:
    buffer = io.StringIO()
    context.print_info(buffer, **options)
    return buffer.getvalue()


def our_text(context: ResolvedContext, **options: Any) -> str:
    buffer = io.StringIO()
    print_info(context, buffer, **options)
    return buffer.getvalue()


def plain(text: str) -> str:
    """A text without the ways to a failure and the hint."""
    return re.sub(
        r"\n(Resolve paths .*?)?\n\n[^\n]*--fail-graph[^\n]*\n\n\Z", "\n", text, flags=re.DOTALL
    )


def test_the_summary_in_every_form(files: list[Path]) -> None:
    different = {}
    forms = Counter[str]()
    for file in files:
        with rez_settings(places(file)):
            theirs, ours = RezContext.load(str(file)), ResolvedContext.load(str(file))
            forms[ours.status.name] += 1
            for verbosity, order, uris in itertools.product(
                (0, 1, 2), (False, True), (False, True)
            ):
                options = {
                    "verbosity": verbosity,
                    "source_order": order,
                    "show_resolved_uris": uris,
                }
                expected, actual = rez_text(theirs, **options), our_text(ours, **options)
                if plain(expected) != plain(actual):
                    different[file, verbosity, order, uris] = (expected, actual)
    assert different == {}
    assert min(forms["solved"], forms["failed"]) > 3


def test_the_ways_to_a_failure(files: list[Path]) -> None:
    compared = 0
    for file in files:
        with rez_settings(places(file)):
            ours = ResolvedContext.load(str(file))
            if not ours.success:
                theirs = RezContext.load(str(file)).graph()
                for attributes in theirs.node_attr.values():
                    # what rez reads has quotes around it, and then it knows no request
                    attributes[:] = [(name, str(value).strip('"')) for name, value in attributes]
                assert f"\n\n{failure_detail_from_graph(theirs)}\n\n" in our_text(ours)
                compared += 1
    assert compared > 3


def test_the_tools(files: list[Path]) -> None:
    conflicts = 0
    for file in files:
        with rez_settings(places(file)):
            theirs, ours = RezContext.load(str(file)), ResolvedContext.load(str(file))
            if ours.success:
                expected, actual = io.StringIO(), io.StringIO()
                theirs.print_tools(expected)
                print_tools(ours, actual)
                assert actual.getvalue() == expected.getvalue()
                conflicts += "(in conflict)" in actual.getvalue()
    assert conflicts > 1


def test_the_differences_of_contexts_on_one_path(tmp_path: Path) -> None:
    _write_packages(
        tmp_path,
        {
            name: {
                version: {"name": name, "version": version, **more}
                for version, more in (("1.0", {}), ("1.5", {}), ("2.0", {"requires": needs}))
            }
            for name, needs in (("a", ["b"]), ("b", []), ("c", ["a-1"]), ("d", []))
        },
        Random(0),
    )
    requests = [["a"], ["a-1"], ["b-1.0", "d"], ["c"], ["c-1", "b-2", "d-1.0"], ["d", "c-1.0"]]
    with rez_settings([tmp_path]):
        files = []
        for place, request in enumerate(requests):
            files.append(str(tmp_path / f"{place}.rxt"))
            RezContext(request).save(files[-1])
        for a, b in itertools.product(files, files):
            for heading in (None, True, ("current", "updated")):
                expected, actual = io.StringIO(), io.StringIO()
                with redirect_stdout(expected):
                    RezContext.load(a).print_resolve_diff(RezContext.load(b), heading)
                ours = ResolvedContext.load(a)
                print_resolve_diff(ours, ResolvedContext.load(b), heading, actual)
                # rez has the newer ones, and the older ones, in any order
                assert sorted(actual.getvalue().split("\n")) == sorted(
                    expected.getvalue().split("\n")
                )


def test_graphs(files: list[Path]) -> None:
    for file in files:
        with rez_settings(places(file)):
            theirs, ours = RezContext.load(str(file)), ResolvedContext.load(str(file))
            dot = get_graph(ours, as_dot=True)
            assert dot is not None
            assert dot == theirs.graph(as_dot=True)
            graph = get_graph(ours)
            assert graph is not None
            # what is saved again, rez reads as what it saved
            assert rez_write_dot(rez_read_graph(write_compacted(graph))) == dot


def test_graphs_cut_down_to_a_package(files: list[Path]) -> None:
    missing = 0
    for file in files[:5]:
        with rez_settings(places(file)):
            dot = get_graph(ResolvedContext.load(str(file)), as_dot=True)
        assert dot is not None
        for name in [*NAMES[::5], EPHEMERALS[0]]:
            try:
                expected = lines(rez_prune_graph(dot, name))
            except ValueError:
                with pytest.raises(ResolvedContextError, match="no package"):
                    prune_graph(dot, name)
                missing += 1
            else:
                assert lines(prune_graph(dot, name)) == expected
    assert 0 < missing < 20


def test_dependency_graphs(files: list[Path]) -> None:
    compared = 0
    for file in files:
        with rez_settings(places(file)):
            theirs, ours = RezContext.load(str(file)), ResolvedContext.load(str(file))
            if ours.success:
                expected = theirs.get_dependency_graph(as_dot=True)
                actual = get_dependency_graph(ours, as_dot=True)
                assert lines(
                    re.sub(r'^"([^"]*)"|(?<=-> )"([^"]*)"', r"\1\2", actual, flags=re.M)
                ) == lines(expected)
                compared += 1
    assert compared > 3


def lines(dot: str) -> Counter[tuple[str, ...]]:
    """The nodes and edges of a graph in dot format, attributes in any order."""
    return Counter(
        (head, *sorted(re.findall(r'\w+="[^"]*"', rest)))
        for head, _, rest in (line.partition(" [") for line in dot.splitlines())
    )
