"""Reads graphs in the dot dialect that rez writes and that rez's contexts hold.

A directed graph of plain statements: nodes, edges, attributes. Of the rest of the language,
defaults (`node [...]`) and attributes of the whole graph are passed over; clusters are refused.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rezfast.errors import ResolvedContextError
from rezfast.solve.graph import Graph

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/     # nothing
    |(?P<quoted>"(?:[^"\\]|\\.)*")
    |(?P<sign>->|--|[\[\]{}=,;:])
    |(?P<plain>[^\s\[\]{}=,;:"\-]+|-[0-9.]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_DEFAULTS = ("edge", "graph", "node")


def read_dot(text: str) -> Graph:
    """Read a graph in dot format.

    Args:
        text: A directed graph. Texts in quotes are kept as they are written, escapes included.

    Raises:
        ResolvedContextError: It cannot be read; says in which line.
    """
    return _Reader(text).read()


class _Reader:
    """One walk over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str, int]] = []
        self._next = 0
        place = 0
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise self._error("this is no dot", place)
            if match.lastgroup is not None:
                self._tokens.append((match.lastgroup, match[0], place))
            place = match.end()

    def read(self) -> Graph:
        self._take("strict")
        if not self._take("digraph"):
            raise self._unexpected("digraph")
        if not self._take("{"):
            self._id()
            self._need("{")
        graph = Graph()
        while not self._take("}"):
            self._statement(graph)
            while self._take(";"):
                pass
        return graph

    def _statement(self, graph: Graph) -> None:
        if self._peek() in _DEFAULTS:
            self._id()
            self._attributes()
            return
        if self._peek() in ("subgraph", "{"):
            raise self._unexpected("a node")
        nodes = [self._id()]
        if self._take("="):  # of the whole graph
            self._id()
            return
        while self._take("->"):
            nodes.append(self._id())
        attributes = self._attributes()
        if len(nodes) == 1:
            graph.add_node(attributes, nodes[0])
            return
        for node in nodes:
            graph.add_node({}, node)
        for source, target in pairwise(nodes):
            graph.add_edge(source, target, attributes)

    def _attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self._take("["):
            while not self._take("]"):
                key = self._id()
                found[key] = self._id() if self._take("=") else "true"
                if not self._take(","):
                    self._take(";")
        return found

    # -- tokens

    def _peek(self) -> str | None:
        """The next token as it is written, unless it is in quotes; None at the end too."""
        if self._next < len(self._tokens):
            kind, text, _ = self._tokens[self._next]
            if kind != "quoted":
                return text
        return None

    def _take(self, text: str) -> bool:
        if self._peek() == text:
            self._next += 1
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f"'{text}'")

    def _id(self) -> str:
        if self._next < len(self._tokens):
            kind, text, _ = self._tokens[self._next]
            if kind != "sign":
                self._next += 1
                return text[1:-1] if kind == "quoted" else text
        raise self._unexpected("a name")

    def _unexpected(self, wanted: str) -> ResolvedContextError:
        if self._next >= len(self._tokens):
            return self._error(f"it ends where there should be {wanted}", len(self._text))
        _, found, place = self._tokens[self._next]
        return self._error(f"{found[:40]} stands where there should be {wanted}", place)

    def _error(self, message: str, place: int) -> ResolvedContextError:
        line = self._text.count("\n", 0, place) + 1
        return ResolvedContextError(f"the graph cannot be read: line {line}: {message}")
