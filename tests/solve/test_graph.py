"""The resolve graph: its own methods, its dot form, and what it shows of a solve.

That it is rez's graph is shown in tests/differential/test_graph.py.
"""

from __future__ import annotations

from typing import Any

import pytest

import rezfast
from rezfast.repository import MemoryRepository
from rezfast.solve.graph import Graph


def make(*edges: tuple[int, int]) -> tuple[Graph, list[str]]:
    """A graph of three nodes, with edges between them by their places."""
    graph = Graph()
    nodes = [graph.add_node({"label": label}) for label in "abc"]
    for source, target in edges:
        graph.add_edge(nodes[source], nodes[target], {})
    return graph, nodes


def drawn(*request: str, prune: bool = True, **families: dict[str, Any]) -> list[str]:
    """The edges of a solve's graph, as `from -> to`, with the label of a labelled edge."""
    repository = MemoryRepository.create_repository(families)
    solver = rezfast.Solver(request, [repository], prune_unfailed=prune)
    solver.solve()
    graph = solver.get_graph()
    labels = {node: graph.node_attributes(node)["label"] for node in graph.nodes()}
    found = []
    for source, target in graph.edges():
        ends = f"{labels[source]} -> {labels[target]}"
        found.append(f"{ends} {graph.edge_attributes(source, target).get('label', '')}".strip())
    return found


def test_nodes_edges_and_neighbours() -> None:
    graph, (a, b, c) = make((0, 1), (1, 2))
    assert graph.nodes() == [a, b, c]
    assert graph.edges() == [(a, b), (b, c)]
    assert graph.neighbors(a) == [b]
    assert graph.has_edge(a, b)
    assert not graph.has_edge(b, a)
    assert graph.node_attributes(b) == {"label": "b"}


def test_an_edge_that_is_added_again_is_replaced() -> None:
    graph, (a, b, _) = make((0, 1))
    graph.add_edge(a, b, {"label": "new"})
    assert graph.edges() == [(a, b)]
    assert graph.neighbors(a) == [b]
    assert graph.edge_attributes(a, b) == {"label": "new"}


def test_an_edge_that_is_added_again_is_the_newest() -> None:
    graph, (a, b, c) = make((0, 1), (0, 2), (0, 1))
    assert graph.edges() == [(a, c), (a, b)]
    assert graph.neighbors(a) == [c, b]


def test_edges_by_the_node_that_they_lead_from() -> None:
    graph, (a, b, c) = make((1, 2), (0, 2), (0, 1))
    assert graph.edges() == [(b, c), (a, c), (a, b)]
    assert graph.edges_by_source() == [(a, c), (a, b), (b, c)]
    assert [line.split(" [")[0] for line in graph.to_dot().splitlines()[4:7]] == [
        f"{a} -> {c} ;",
        f"{a} -> {b} ;",
        f"{b} -> {c} ;",
    ]


def test_a_node_may_have_an_id_of_its_own() -> None:
    graph = Graph()
    assert graph.add_node({"label": "x"}, "_1") == "_1"
    assert graph.add_node({"label": "y"}) == "_2"
    assert graph.add_node({"style": "filled"}, "_1") == "_1"
    assert graph.node_attributes("_1") == {"label": "x", "style": "filled"}


def test_an_edge_needs_both_its_nodes() -> None:
    graph, (a, _, _) = make()
    with pytest.raises(KeyError):
        graph.add_edge(a, "_9", {})


def test_what_a_node_leads_to_includes_itself_and_circles_end() -> None:
    graph, (a, b, c) = make((0, 1), (1, 0))
    assert graph.reachable(a) == {a, b}
    assert graph.reachable(c) == {c}


def test_nodes_are_removed_with_their_edges() -> None:
    graph, (a, b, c) = make((0, 1), (1, 2), (0, 2))
    graph.remove_nodes([b])
    assert graph.nodes() == [a, c]
    assert graph.edges() == [(a, c)]
    assert graph.neighbors(a) == [c]


def test_dot_has_one_line_a_node_and_one_an_edge() -> None:
    graph = Graph()
    a = graph.add_node({"label": "foo-1", "fillcolor": "#AAFFAA"})
    b = graph.add_node({})
    graph.add_edge(a, b, {"arrowsize": "0.5"})
    assert graph.to_dot().splitlines() == [
        "digraph g {",
        '_1 [label="foo-1", fillcolor="#AAFFAA"];',
        "_2 ;",
        '_1 -> _2 [arrowsize="0.5"];',
        "}",
    ]


def test_a_solved_request_leads_to_its_packages_and_their_requirements() -> None:
    assert drawn("foo", foo={"1": {"requires": ["bar-2"]}}, bar={"2": {}}) == [
        "foo -> foo-1[]",
        "foo-1[] -> bar-2",
        "bar-2 -> bar-2[]",
    ]


def test_a_failure_shows_the_conflict_and_what_leads_to_it() -> None:
    families: dict[str, Any] = {
        "foo": {"1": {"requires": ["bar-1"]}},
        "bar": {"1": {}, "2": {}},
        "baz": {"1": {}},
    }
    pruned = drawn("foo", "bar-2", "baz", **families)
    assert "bar-1 -> bar-2[] CONFLICT" in pruned
    assert not any("baz" in edge for edge in pruned)
    whole = drawn("foo", "bar-2", "baz", prune=False, **families)
    assert "baz -> baz-1[]" in whole


def test_a_circle_is_marked() -> None:
    edges = drawn("a", a={"1": {"requires": ["b"]}}, b={"1": {"requires": ["a"]}})
    assert "a-1[] -> b-1[] CYCLE" in edges
    assert "b-1[] -> a-1[] CYCLE" in edges
