"""The resolve graph: what was asked for, what came of it, and where it broke.

`resolve_graph` draws one phase of a solve, with the nodes, edges, labels and colours of the graph
that rez draws of it, so that whatever shows rez's graphs can show these. `Graph.to_dot` writes it
in the dot dialect that rez writes and reads.
"""

from __future__ import annotations

from rezfast._saving import compacted_graph
from rezfast.solve.failure import (
    Cycle,
    DependencyConflict,
    DependencyConflicts,
    Reduction,
    TotalReduction,
)
from rezfast.solve.replay import Replay, ReplayScope
from rezfast.version import Requirement, RequirementList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: Fill colours: a request, a package of the answer, anything else.
REQUEST_COLOR = "#FFFFAA"
SOLVED_COLOR = "#AAFFAA"
NODE_COLOR = "#F6F6F6"

_DOT_KEYWORDS = ("digraph", "edge", "graph", "node", "strict", "subgraph")
_FONT_SIZE = "10"
# Shared by all edges that have nothing else: a graph has thousands of them.
_PLAIN_EDGE = {"arrowsize": "0.5"}
_RED = {"style": "bold", "color": "red", "fontcolor": "red"}

Edge = tuple[str, str]


class Graph:
    """A directed graph whose nodes and edges have attributes (rez: pygraph's `digraph`).

    At most one edge leads from a node to another. Nodes and edges keep the order in which they
    were added; attribute values are texts.
    """

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, str]] = {}
        self._edges: dict[Edge, dict[str, str]] = {}
        self._targets: dict[str, list[str]] = {}
        self._made = 0

    def add_node(self, attributes: dict[str, str], node: str | None = None) -> str:
        """Add a node; returns its id.

        Args:
            attributes: Its attributes.
            node: The id it is to have; a node that has it already gets these attributes too.
                None: one that no other node of this graph has.
        """
        while node is None:
            self._made += 1
            made = f"_{self._made}"
            node = None if made in self._nodes else made
        self._nodes.setdefault(node, {}).update(attributes)
        self._targets.setdefault(node, [])
        return node

    def add_edge(self, source: str, target: str, attributes: dict[str, str]) -> None:
        """Add an edge; one that is there already is replaced, and counts as the newest.

        Args:
            source, target: The nodes.
            attributes: Its attributes; the dict is kept, and not changed.

        Raises:
            KeyError: One of the nodes is not in the graph.
        """
        self._nodes[target]
        if (source, target) in self._edges:
            del self._edges[source, target]
            self._targets[source].remove(target)
        self._targets[source].append(target)
        self._edges[source, target] = attributes

    def remove_nodes(self, nodes: Iterable[str]) -> None:
        """Remove nodes, and the edges from and to them."""
        gone = set(nodes)
        self._nodes = {node: self._nodes[node] for node in self._nodes if node not in gone}
        self._edges = {edge: self._edges[edge] for edge in self._edges if gone.isdisjoint(edge)}
        self._targets = {
            node: [target for target in targets if target not in gone]
            for node, targets in self._targets.items()
            if node not in gone
        }

    def nodes(self) -> list[str]:
        """The ids of all nodes."""
        return list(self._nodes)

    def edges(self) -> list[Edge]:
        """All edges, as `(from id, to id)`."""
        return list(self._edges)

    def edges_by_source(self) -> list[Edge]:
        """All edges, by the node that they lead from: the order in which rez writes them."""
        return [(source, target) for source in self._nodes for target in self._targets[source]]

    def neighbors(self, node: str) -> list[str]:
        """The nodes that the edges of a node lead to.

        Raises:
            KeyError: There is no such node.
        """
        return list(self._targets[node])

    def has_edge(self, source: str, target: str) -> bool:
        """Whether an edge leads from one node to another."""
        return (source, target) in self._edges

    def node_attributes(self, node: str) -> dict[str, str]:
        """The attributes of a node: `label`, `fontsize`, `fillcolor`, `style`.

        Raises:
            KeyError: There is no such node.
        """
        return dict(self._nodes[node])

    def edge_attributes(self, source: str, target: str) -> dict[str, str]:
        """The attributes of an edge: `arrowsize`; `label` and more where it has them.

        Raises:
            KeyError: There is no such edge.
        """
        return dict(self._edges[source, target])

    def reachable(self, node: str) -> set[str]:
        """The nodes that a node leads to over any number of edges, itself included.

        Raises:
            KeyError: There is no such node.
        """
        found = {node}
        waiting = [node]
        while waiting:
            for target in self._targets[waiting.pop()]:
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    def to_dot(self) -> str:
        """The graph in dot format, as rez writes it (rez: `rez.utils.graph_utils.write_dot`)."""
        lines = ["digraph g {"]
        ids = {node: _dot_id(node) for node in self._nodes}
        lines += [f"{ids[node]} {_dot_list(named)};" for node, named in self._nodes.items()]
        lines += [
            f"{ids[source]} -> {ids[target]} {_dot_list(self._edges[source, target])};"
            for source, target in self.edges_by_source()
        ]
        lines.append("}")
        return "\n".join(lines)

    def compacted(self) -> str:
        """The graph in the compact notation of saved contexts (rez: `write_compacted`)."""
        return compacted_graph(self._nodes, self._edges, self._targets)


def _dot_id(node: str) -> str:
    """A node's id as dot wants it: in quotes unless it is a plain name."""
    plain = node.isidentifier() and node.isascii() and node.lower() not in _DOT_KEYWORDS
    return node if plain else f'"{node}"'


def _dot_list(attributes: dict[str, str]) -> str:
    if not attributes:
        return ""
    return "[" + ", ".join(f'{key}="{value}"' for key, value in attributes.items()) + "]"


def resolve_graph(replay: Replay, request: list[Requirement], *, prune: bool) -> Graph:
    """The graph of one phase (rez: `_ResolvePhase.get_graph`).

    Args:
        replay: The phase, repeated to its end.
        request: The merged request; empty if it contradicts itself.
        prune: If the phase failed, leave out what does not lead to the failure.
    """
    drawing = _Drawing(replay, request)
    drawing.add_request()
    drawing.add_answer()
    drawing.add_extractions()
    drawing.add_extraction_merges()
    drawing.add_failure()
    drawing.connect_leaves()
    if prune:
        drawing.prune()
    return drawing.graph


class _Drawing:
    """A graph in the making.

    Attributes:
        graph: What is drawn so far.
        request_nodes: The node of each requirement that has one.
        scope_nodes: The node of each family that has a scope.
        scope_requests: What was left of the family that a scope node stands for; a node that is
            a request for the absence of a family has none.
        failure_nodes: Nodes where the phase failed.
    """

    def __init__(self, replay: Replay, request: list[Requirement]) -> None:
        self.graph = Graph()
        self.replay = replay
        self.request = request
        self.scopes = {scope.name: scope for scope in replay.scopes}
        self.request_nodes: dict[Requirement, str] = {}
        self.scope_nodes: dict[str, str] = {}
        self.scope_requests: dict[str, Requirement] = {}
        self.failure_nodes: set[str] = set()

    # -- nodes and edges

    def _node(self, label: str, color: str, style: str) -> str:
        return self.graph.add_node(
            {"label": label, "fontsize": _FONT_SIZE, "fillcolor": color, "style": style}
        )

    def _request_node(self, request: Requirement, color: str = NODE_COLOR) -> str:
        found = self.request_nodes.get(request)
        if found is None:
            found = self._node(str(request), color, "filled,dashed")
            self.request_nodes[request] = found
        return found

    def _scope_node(self, scope: ReplayScope) -> None:
        variant = scope.solved_variant
        if variant is not None:
            node = self._node(str(variant), SOLVED_COLOR, "filled")
        else:
            style = "filled,dashed" if scope.is_conflict else "filled"
            node = self._node(str(scope), NODE_COLOR, style)
        self.scope_nodes[scope.name] = node
        self.scope_requests[node] = scope.request

    def _edge(self, source: str, target: str) -> None:
        self.graph.add_edge(source, target, _PLAIN_EDGE)

    def _marked_edge(self, source: str, target: str, **attributes: str) -> None:
        self.graph.add_edge(source, target, {"arrowsize": "1", **attributes})

    def _failed_edge(self, source: str, target: str, label: str) -> None:
        self._marked_edge(source, target, **_RED, label=label)

    # -- what a phase holds

    def add_request(self) -> None:
        """The request, the scopes, and an edge from each request to the scope it made."""
        for request in self.request:
            self._request_node(request, REQUEST_COLOR)
        for scope in self.replay.scopes:
            if scope.is_conflict and scope.request in self.request_nodes:
                # a request for the absence of a family is that family's scope: one node for both
                self.scope_nodes[scope.name] = self.request_nodes.pop(scope.request)
            else:
                self._scope_node(scope)
        for request in self.request:
            source = self.request_nodes.get(request)
            target = self.scope_nodes.get(request.name)
            if source is not None and target is not None:
                self._edge(source, target)

    def add_answer(self) -> None:
        """An edge from each variant that is settled to each of its requirements."""
        for scope in self.replay.scopes:
            variant = scope.solved_variant
            if variant is not None:
                source = self.scope_nodes[scope.name]
                for request in variant.requirements:
                    node = self.request_nodes.get(request) or self._request_node(request)
                    self.graph.add_edge(source, node, _PLAIN_EDGE)

    def add_extractions(self) -> None:
        """An edge from each scope to each requirement that its variants turned out to share."""
        for (family, _), extracted in self.replay.extractions.items():
            source = self.scope_nodes.get(family)
            if source is not None:
                self._edge(source, self._request_node(extracted))

    def add_extraction_merges(self) -> None:
        """Edges from requirements on one family to what they came to together."""
        by_family: dict[str, list[Requirement]] = {}
        for (_, family), extracted in self.replay.extractions.items():
            by_family.setdefault(family, []).append(extracted)
        for family, extractions in by_family.items():
            together = RequirementList(extractions)
            merged = together.get(family)
            if len(extractions) == 1 or together.conflict or merged is None:
                continue
            for extracted in extractions:
                if extracted != merged:
                    source, target = self._request_node(extracted), self._request_node(merged)
                    self._marked_edge(source, target, arrowhead="odot")

    def connect_leaves(self) -> None:
        """An edge from each requirement that leads nowhere to the scope that meets it."""
        for request, source in self.request_nodes.items():
            target = self.scope_nodes.get(request.name)
            if target is None or self.graph.neighbors(source):
                continue
            if not request.conflicts_with(self.scopes[request.name].request):
                self._edge(source, target)

    def prune(self) -> None:
        """Remove what does not lead to where the phase failed."""
        if self.failure_nodes:
            self.graph.remove_nodes(
                [
                    node
                    for node in self.graph.nodes()
                    if self.failure_nodes.isdisjoint(self.graph.reachable(node))
                ]
            )

    # -- why it failed

    def add_failure(self) -> None:
        """The failure's own nodes and edges."""
        failure = self.replay.failure
        if isinstance(failure, DependencyConflicts):
            for conflict in failure.conflicts:
                self._add_conflict(conflict)
        elif isinstance(failure, TotalReduction):
            for reduction in failure.reductions:
                self._add_reduction(reduction, alone=len(failure.reductions) == 1)
        elif isinstance(failure, Cycle):
            nodes = [self.scope_nodes[package.name] for package in failure.packages]
            self.failure_nodes.update(nodes)
            for source, target in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
                self._failed_edge(source, target, "CYCLE")

    def _add_conflict(self, conflict: DependencyConflict) -> None:
        dependency, conflicting = conflict.dependency, conflict.conflicting_request
        scope = self.scope_nodes.get(conflicting.name)
        left = None if scope is None else self.scope_requests.get(scope)
        if scope is not None and left is None:
            # a request for the absence of a family that a package requires
            source, target = scope, self._request_node(dependency)
        elif scope is not None and left is not None and left.conflicts_with(conflicting):
            source, target = self._request_node(conflicting), scope
        else:
            source = self._request_node(dependency)
            target = scope or self._request_node(conflicting)
        self._failed_edge(source, target, "CONFLICT")
        self.failure_nodes.update((source, target))

    def _add_reduction(self, reduction: Reduction, *, alone: bool) -> None:
        source = self.scope_nodes[reduction.name]
        target = self.scope_nodes[reduction.conflicting_request.name]
        if alone:
            middle = self._request_node(reduction.dependency)
            self._edge(source, middle)
        else:
            middle = self._node(str(reduction.dependency), NODE_COLOR, "filled,dashed")
            label = reduction.reducee_str()
            self._marked_edge(source, middle, fontsize=_FONT_SIZE, label=label)
        self._failed_edge(middle, target, "CONFLICT")
        self.failure_nodes.update((source, middle, target))
