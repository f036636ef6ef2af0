"""Graphs of contexts: their texts, their parts, the files and images that are made of them.

That they are rez's graphs is shown in tests/differential/test_context_text.py.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from context.configured import configured

from rezfast.context.graph import (
    failure_detail_from_graph,
    get_graph,
    prune_graph,
    read_graph_from_string,
    save_graph,
    view_graph,
    write_compacted,
)
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import ResolvedContextError
from rezfast.solve.graph import Graph

EXAMPLES = str(Path(__file__).parents[2] / "examples" / "packages")

DOT = """digraph g {
_1 [label="maya", fontsize="10", fillcolor="#FFFFAA", style="filled,dashed"];
_2 [label="maya-2024.1[0]", fontsize="10", fillcolor="#AAFFAA", style="filled"];
_3 [label="python-3.10", fontsize="10", fillcolor="#F6F6F6", style="filled,dashed"];
_1 -> _2 [arrowsize="0.5"];
_2 -> _3 [arrowsize="1", label="CONFLICT"];
}"""


@pytest.fixture(scope="module")
def maya() -> ResolvedContext:
    return ResolvedContext(["maya-2024", "usd"], package_paths=[EXAMPLES])


# ---- texts


def test_a_graph_is_read_from_dot_and_written_as_it_was() -> None:
    assert read_graph_from_string(DOT).to_dot() == DOT


def test_a_graph_is_read_from_the_notation_of_saved_contexts() -> None:
    text = write_compacted(read_graph_from_string(DOT))
    assert text == (
        "{'nodes': [((('fillcolor', '#FFFFAA'), ('fontsize', 10), ('style', 'filled,dashed')), "
        "[('_1', 'maya')]), ((('fillcolor', '#AAFFAA'), ('fontsize', 10), ('style', 'filled')), "
        "[('_2', 'maya-2024.1[0]')]), ((('fillcolor', '#F6F6F6'), ('fontsize', 10), "
        "('style', 'filled,dashed')), [('_3', 'python-3.10')])], "
        "'edges': [((('arrowsize', '0.5'),), [('_1', '_2')]), "
        "((('arrowsize', '1'),), [('_2', '_3', 'CONFLICT')])]}"
    )
    graph = read_graph_from_string(text)
    assert graph.edge_attributes("_2", "_3") == {"arrowsize": "1", "label": "CONFLICT"}
    assert write_compacted(graph) == text


@pytest.mark.parametrize(
    "text",
    [
        "digraph g { a -> b -> c; }",
        'digraph graphname {\n\n"a" [label=x];\na  ->  "b"  [arrowsize=0.5];\nb->c\n}\n',
        "strict digraph {a; b; c; // one\n a->b /* two\n lines */ b->c # three\n}",
        "digraph g { node [shape=box]; edge[color=red] rankdir=LR; a -> b; b -> c }",
    ],
)
def test_dot_as_others_write_it(text: str) -> None:
    graph = read_graph_from_string(text)
    assert sorted(graph.nodes()) == ["a", "b", "c"]
    assert graph.edges() == [("a", "b"), ("b", "c")]


def test_texts_in_quotes_are_kept_as_they_are_written() -> None:
    dot = 'digraph g {\n"a b" [label="a \\"b\\"; -> {x}"];\n"node" [label=""];\n}'
    graph = read_graph_from_string(dot)
    assert graph.nodes() == ["a b", "node"]
    assert graph.node_attributes("a b")["label"] == 'a \\"b\\"; -> {x}'
    assert graph.to_dot() == dot


def test_no_text_of_a_saved_context_gets_out_of_its_quotes() -> None:
    label = 'x"]; evil [image="/etc/passwd'
    text = str({"nodes": [((("style", "filled\\"),), [("a", label), ("b", "plain")])]})
    graph = read_graph_from_string(read_graph_from_string(text).to_dot())
    assert graph.nodes() == ["a", "b"]
    assert graph.node_attributes("b") == {"style": "filled\\\\", "label": "plain"}
    assert set(graph.node_attributes("a")) == {"style", "label"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: it ends where there should be digraph"),
        ("graph g {\na -- b\n}", "line 1: graph stands where there should be digraph"),
        ("digraph g {\na -> ;\n}", "line 2: ; stands where there should be a name"),
        ("digraph g {\na [label=", "line 2: it ends where there should be a name"),
        ("digraph g {\na;\nsubgraph x { b; }\n}", "line 3: subgraph stands where"),
        ('digraph g {\n"a', "line 2: this is no dot"),
        ("{'nodes': [1]}", "cannot be read"),
        ("{'nodes': open('x')}", "cannot be read"),
        ("{" * 5000, "cannot be read"),
        ("{'edges': [((), [('a', 'b')])]}", "cannot be read"),
        ("{'a', 'set'}", "cannot be read"),
        ("{'nodes': [((('a]', 1),), ['x'])]}", r"'a\]' is no name of an attribute"),
    ],
)
def test_what_is_no_graph_is_an_error_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ResolvedContextError, match=message) as raised:
        read_graph_from_string(text)
    assert "\n" not in str(raised.value)


# ---- a context's graphs


def test_a_context_has_its_resolve_graph(maya: ResolvedContext) -> None:
    graph = get_graph(maya)
    assert graph is not None
    labels = [graph.node_attributes(node)["label"] for node in graph.nodes()]
    assert labels[:2] == ["maya-2024", "usd"]
    assert get_graph(maya, as_dot=True) == graph.to_dot() == maya.graph(as_dot=True)


def test_a_context_of_an_old_release_keeps_its_dot(maya: ResolvedContext) -> None:
    old = maya.copy()
    old.graph_, old.graph_string = None, DOT.replace(" [", "   [")
    assert get_graph(old, as_dot=True) == old.graph_string
    graph = get_graph(old)
    assert graph is not None
    assert graph.to_dot() == DOT


def test_a_context_without_a_graph_has_none(maya: ResolvedContext) -> None:
    bare = maya.copy()
    bare.graph_ = bare.graph_string = None
    assert get_graph(bare) is None
    assert get_graph(bare, as_dot=True) is None


def test_the_dependency_graph_has_packages_ephemerals_and_what_they_require() -> None:
    context = ResolvedContext(["houdini", ".studio.review-2"], package_paths=[EXAMPLES])
    graph = context.get_dependency_graph()
    assert isinstance(graph, Graph)
    labels = {node: graph.node_attributes(node)["label"] for node in graph.nodes()}
    assert labels[".studio.review"] == ".studio.review-2"
    assert set(labels) == {one.name for one in context.resolved_packages or ()} | {".studio.review"}
    assert ("houdini", "python") in graph.edges()
    # a name that dot does not take as it is
    assert '\n".studio.review" [' in str(context.get_dependency_graph(as_dot=True))


def test_a_failed_resolve_has_no_dependency_graph() -> None:
    failed = ResolvedContext(["maya-2023", "houdini-20"], package_paths=[EXAMPLES])
    with pytest.raises(ResolvedContextError, match="failed"):
        failed.get_dependency_graph()


def test_a_graph_is_cut_down_to_what_leads_to_a_package() -> None:
    assert prune_graph(DOT, "python") == DOT
    left = read_graph_from_string(prune_graph(DOT, "maya"))
    assert left.nodes() == ["_1", "_2"]
    with pytest.raises(ResolvedContextError, match="no package 'nuke' in the graph"):
        prune_graph(DOT, "nuke")


# ---- why there is no answer


def test_the_ways_to_a_conflict() -> None:
    failed = ResolvedContext(["maya-2023", "houdini-20"], package_paths=[EXAMPLES])
    graph = get_graph(failed)
    assert graph is not None
    assert failure_detail_from_graph(graph) == (
        "Resolve paths starting from initial requests to conflict:\n"
        "  maya-2023 --> maya-2023.3 --> python-3.9\n"
        "  houdini-20 --> houdini --> python-3.10|3.11"
    )


def test_the_ways_to_a_cycle() -> None:
    graph = Graph()
    labels = ("a", "a-1[]", "b", "b-1[]")
    styles = ("filled,dashed", "filled", "filled,dashed", "filled")
    colours = ("#FFFFAA", "#AAFFAA", "#F6F6F6", "#AAFFAA")
    a, a_1, b, b_1 = (
        graph.add_node({"label": label, "style": style, "fillcolor": colour})
        for label, style, colour in zip(labels, styles, colours, strict=True)
    )
    for source, target in ((a, a_1), (a_1, b), (b, b_1)):
        graph.add_edge(source, target, {})
    graph.add_edge(a_1, b_1, {"label": "CYCLE"})
    graph.add_edge(b_1, a_1, {"label": "CYCLE"})
    assert failure_detail_from_graph(graph) == (
        "Resolve paths starting from initial requests to cycle:\n  a --> a-1"
    )


def test_nothing_is_told_of_a_graph_in_which_nothing_failed(maya: ResolvedContext) -> None:
    graph = get_graph(maya)
    assert graph is not None
    assert failure_detail_from_graph(graph) == ""


# ---- files and images


@pytest.fixture
def graphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for graphviz alone on the PATH: it writes how it was called and what it read."""
    directory = tmp_path / "bin"
    directory.mkdir()
    program = directory / "dot"
    program.write_text(
        "#!/bin/sh\n"
        'case "$1" in -Tbad) echo "Format: \\"bad\\" not recognized" >&2; exit 1;; esac\n'
        'echo "$@"; while read -r line; do echo "$line"; done\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(directory))
    return directory


@pytest.mark.parametrize("ending", ["dot", "gv", "txt", "raw"])
def test_text_needs_no_graphviz(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    file = tmp_path / f"graph.{ending}"
    assert save_graph(DOT, str(file)) == ending
    assert file.read_text() == f"{DOT}\n"
    assert stat.S_IMODE(file.stat().st_mode) & 0o400


def test_an_image_is_drawn_by_graphviz(graphviz: Path, tmp_path: Path) -> None:
    file = tmp_path / "graph.svg"
    assert save_graph(DOT, str(file)) == "svg"
    assert file.read_text().startswith("-Tsvg\ndigraph g {\n")
    plain = tmp_path / "graph"
    assert save_graph(DOT, str(plain), image_ratio=0.5) == "png"
    assert plain.read_text().startswith("-Tpng -Gratio=0.5\n")
    assert save_graph(DOT, str(plain), fmt="jpg") == "jpg"


def test_an_image_without_graphviz_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        ResolvedContextError, match=r"graphviz.*no 'dot' on the PATH.*ends in \.dot"
    ):
        save_graph(DOT, str(tmp_path / "graph.png"))
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_graphviz_does_not_know(graphviz: Path, tmp_path: Path) -> None:
    with pytest.raises(ResolvedContextError, match='as bad: Format: "bad" not recognized'):
        save_graph(DOT, str(tmp_path / "graph.bad"))
    with pytest.raises(ResolvedContextError, match="is no format of a graph"):
        save_graph(DOT, str(tmp_path / "graph"), fmt="png -o /elsewhere")
    assert [each.name for each in tmp_path.iterdir()] == ["bin"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "graph.dot"
    with pytest.raises(OSError, match="No such file or directory") as raised:
        save_graph(DOT, str(file))
    assert raised.value.filename == str(file)


def test_a_graph_is_shown_by_the_configured_viewer(
    graphviz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = graphviz / "viewer"
    viewer.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/shown\n')
    viewer.chmod(0o755)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with configured(image_viewer=str(viewer), dot_image_format="svg"):
        told: list[str] = []
        view_graph(DOT, str(tmp_path / "graph.png"), told.append)
        assert (tmp_path / "shown").read_text() == f"{tmp_path}/graph.png\n"
        assert told == [
            f"rendering image to {tmp_path}/graph.png...",
            f"loading image viewer ({viewer})...",
        ]
        view_graph(DOT)
        shown = (tmp_path / "shown").read_text().strip()
        assert os.path.basename(shown).startswith("resolve-dot-")
        assert Path(shown).read_text().startswith("-Tsvg\n")


def test_a_browser_shows_what_a_viewer_does_not(
    graphviz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open_new", opened.append)
    for viewer in (None, str(tmp_path / "missing")):
        with configured(image_viewer=viewer):
            view_graph(DOT, str(tmp_path / "graph.png"))
    assert opened == [f"file://{tmp_path}/graph.png"] * 2


def test_without_a_display_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(ResolvedContextError, match="there is no display"):
        view_graph(DOT)


def test_no_image_is_left_when_it_cannot_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ResolvedContextError, match="graphviz"):
        view_graph(DOT)
    assert list(tmp_path.iterdir()) == []
