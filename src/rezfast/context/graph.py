"""Graphs of a context: as text, cut down to a package, of dependencies alone, as images.

A saved context holds its resolve graph as text, in rez's compact notation; contexts of old releases
hold dot. `read_graph_from_string` reads both, `write_compacted` writes the compact one. Images are
drawn by graphviz, which has to be installed for that and for nothing else.
"""

from __future__ import annotations

import os
import sys

from rezfast.config import settings
from rezfast.context.whole_file import write_whole
from rezfast.errors import PackageRequestError, ResolvedContextError, VersionError
from rezfast.shell.which import which
from rezfast.solve.graph import REQUEST_COLOR, SOLVED_COLOR, Graph
from rezfast.version import Requirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Literal, overload

    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant

#: Endings of files that are written as the text of the graph, without graphviz.
TEXT_FORMATS = ("dot", "gv", "raw", "txt")

# What comes of reading a text of another shape.
_MALFORMED = (
    AttributeError,
    KeyError,
    MemoryError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)


# ---- text -------------------------------------------------------------------------------


def read_graph_from_string(txt: str) -> Graph:
    """Read a graph (rez: `rez.utils.graph_utils.read_graph_from_string`).

    Args:
        txt: In dot format, or in the compact notation of saved contexts.

    Raises:
        ResolvedContextError: The text is neither.
    """
    if not txt.startswith("{"):
        # deferred: only old releases wrote it
        from rezfast.context.dot import read_dot

        return read_dot(txt)
    import ast

    try:
        return _read_compacted(ast.literal_eval(txt))
    except _MALFORMED as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ResolvedContextError(f"the graph of the context cannot be read: {reason}") from None


def _read_compacted(document: dict[str, Any]) -> Graph:
    graph = Graph()
    for attributes, members in document.get("nodes", ()):
        shared = _attributes(attributes)
        for member in members:
            if isinstance(member, str):
                graph.add_node(shared, _as_in_dot(member))
            else:
                node, label = member
                graph.add_node({**shared, "label": _as_in_dot(label)}, _as_in_dot(node))
    for attributes, members in document.get("edges", ()):
        shared = _attributes(attributes)
        for source, target, *label in members:
            more = {"label": _as_in_dot(label[0])} if label else {}
            graph.add_edge(_as_in_dot(source), _as_in_dot(target), {**shared, **more})
    return graph


def _attributes(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    found = {}
    for name, value in pairs:
        if not name.isidentifier():
            raise ValueError(f"{name!r} is no name of an attribute")
        found[name] = _as_in_dot(value)
    return found


def _as_in_dot(value: object) -> str:
    """A text as it may stand between quotes in dot: nothing in it ends them."""
    text = str(value)
    if '"' not in text and "\\" not in text:
        return text
    return text.replace("\\", "\\\\").replace('"', '\\"')


def write_compacted(graph: Graph) -> str:
    """The graph in the compact notation of saved contexts (rez: the function of this name)."""
    return graph.compacted()


def write_dot(graph: Graph) -> str:
    """The graph in dot format (rez: the function of this name)."""
    return graph.to_dot()


# ---- a context's ------------------------------------------------------------------------


if TYPE_CHECKING:

    @overload
    def get_graph(context: ResolvedContext, as_dot: Literal[False] = False) -> Graph | None: ...
    @overload
    def get_graph(context: ResolvedContext, as_dot: Literal[True]) -> str | None: ...
    @overload
    def get_graph(context: ResolvedContext, as_dot: bool) -> Graph | str | None: ...


def get_graph(context: ResolvedContext, as_dot: bool = False) -> Graph | str | None:
    """The resolve graph of a context, or None (rez: `ResolvedContext.graph`).

    Args:
        context: The context.
        as_dot: As text in dot format, which an old context may hold already.

    Raises:
        ResolvedContextError: The context holds a text that is no graph.
    """
    graph, text = context.graph_, context.graph_string
    if as_dot and text and not text.startswith("{"):
        return text
    if graph is None and text:
        graph = read_graph_from_string(text)
    return graph.to_dot() if as_dot and graph is not None else graph


if TYPE_CHECKING:

    @overload
    def get_dependency_graph(context: ResolvedContext, as_dot: Literal[False] = False) -> Graph: ...
    @overload
    def get_dependency_graph(context: ResolvedContext, as_dot: Literal[True]) -> str: ...
    @overload
    def get_dependency_graph(context: ResolvedContext, as_dot: bool) -> Graph | str: ...


def get_dependency_graph(context: ResolvedContext, as_dot: bool = False) -> Graph | str:
    """Which package of an answer requires which (rez: `ResolvedContext.get_dependency_graph`).

    Args:
        context: The context.
        as_dot: As text in dot format.

    Raises:
        ResolvedContextError: The context has no answer.
    """
    if not context.success:
        raise ResolvedContextError("the resolve failed: there are no dependencies to draw")
    graph = dependency_graph(context.resolved_packages or (), context.resolved_ephemerals or ())
    return graph.to_dot() if as_dot else graph


# ---- parts ------------------------------------------------------------------------------


def dependency_graph(packages: Iterable[Variant], ephemerals: Iterable[Requirement]) -> Graph:
    """A node a package or ephemeral, an edge to each package that it requires.

    Requirements for the absence of a package, weak ones among them, have no edge. What a changed
    package requires by now and the resolve does not have, has none either.

    Args:
        packages: Those of a resolve.
        ephemerals: Those of the resolve.
    """
    graph = Graph()
    packages = list(packages)
    labels = {package.name: package.qualified_package_name for package in packages}
    labels.update({ephemeral.name: str(ephemeral) for ephemeral in ephemerals})
    for name, label in labels.items():
        node = {"fontsize": "10", "fillcolor": SOLVED_COLOR, "style": "filled", "label": label}
        graph.add_node(node, name)
    for package in packages:
        for request in package.get_requires():
            if not request.conflict and request.name in labels:
                graph.add_edge(package.name, request.name, {})
    return graph


def prune_graph(graph_str: str, package_name: str) -> str:
    """What leads to a package, and the package (rez: the function of this name).

    Args:
        graph_str: A graph as text.
        package_name: Name of a family.

    Returns:
        The smaller graph, in dot format.

    Raises:
        ResolvedContextError: The text is no graph, or no node of it is of that family.
    """
    graph = read_graph_from_string(graph_str)
    waiting = [node for node in graph.nodes() if _family_of(graph, node) == package_name]
    if not waiting:
        raise ResolvedContextError(f"there is no package {package_name!r} in the graph")
    sources: dict[str, list[str]] = {}
    for source, target in graph.edges():
        sources.setdefault(target, []).append(source)
    kept = set(waiting)
    while waiting:
        for source in sources.get(waiting.pop(), ()):
            if source not in kept:
                kept.add(source)
                waiting.append(source)
    graph.remove_nodes(node for node in graph.nodes() if node not in kept)
    return graph.to_dot()


def _label(graph: Graph, node: str) -> str:
    """A node's label without what stands in brackets: `maya-2024` of `maya-2024[0]`."""
    label = graph.node_attributes(node).get("label", "")
    return label.strip("'").rsplit("[", 1)[0]


def _family_of(graph: Graph, node: str) -> str | None:
    try:
        return Requirement.package_request(_label(graph, node)).name
    except (PackageRequestError, VersionError):
        return None


# ---- why there is no answer ---------------------------------------------------------------


def failure_detail_from_graph(graph: Graph) -> str:
    """The ways from each request to the failure (rez: the function of this name).

    Args:
        graph: The graph of a failed resolve.

    Returns:
        A heading, and a line a request; "" if nothing failed.
    """
    for label, heading in (("CYCLE", "cycle"), ("CONFLICT", "conflict")):
        for edge in graph.edges():
            if graph.edge_attributes(*edge).get("label") == label:
                way = _way_to_cycle if label == "CYCLE" else _way_to_conflict
                lines = [
                    f"  {' --> '.join(way(graph, node, edge))}" for node in _request_nodes(graph)
                ]
                title = f"Resolve paths starting from initial requests to {heading}:"
                return "\n".join([title, *lines])
    return ""


def _request_nodes(graph: Graph) -> Iterator[str]:
    for node in graph.nodes():
        if graph.node_attributes(node).get("fillcolor") == REQUEST_COLOR:
            yield node


def _is_request(graph: Graph, node: str) -> bool:
    return "dashed" in graph.node_attributes(node).get("style", "")


def _first_ways(graph: Graph, node: str) -> Iterator[str]:
    """The nodes below a node, always by the first edge that leads to a new one."""
    visited = {node}
    while True:
        below = next((each for each in graph.neighbors(node) if each not in visited), None)
        if below is None:
            return
        visited.add(below)
        node = below
        yield node


def _way_to_cycle(graph: Graph, start: str, edge: tuple[str, str]) -> Iterator[str]:
    yield _label(graph, start)
    for node in _first_ways(graph, start):
        if not _is_request(graph, node):
            yield _label(graph, node)
        if node in edge:
            return


def _way_to_conflict(graph: Graph, start: str, edge: tuple[str, str]) -> Iterator[str]:
    yield _label(graph, start)
    for node in _first_ways(graph, start):
        if not _is_request(graph, node):
            yield _label(graph, node)
        elif node in edge:
            yield _label(graph, node)
            return


# ---- files and images ---------------------------------------------------------------------


def save_graph(
    graph_str: str, dest_file: str, fmt: str | None = None, image_ratio: float | None = None
) -> str:
    """Write a graph to a file, which is whole or not there (rez: the function of this name).

    Args:
        graph_str: The graph in dot format.
        dest_file: The file. One in a text format (`TEXT_FORMATS`) holds the graph as it is; any
            other is drawn by graphviz.
        fmt: Format, such as "png" or "svg"; None: as the file's name ends, else "png".
        image_ratio: Height divided by width; None: as it comes.

    Returns:
        The format.

    Raises:
        ResolvedContextError: graphviz is missing or cannot draw it.
        OSError: The file cannot be written.
    """
    form = fmt or os.path.splitext(dest_file)[1].lower().strip(".") or "png"
    if form in TEXT_FORMATS:
        content = f"{graph_str}\n".encode()
    else:
        content = _drawn(graph_str, form, image_ratio)
    write_whole(dest_file, content)
    return form


def _drawn(graph_str: str, form: str, image_ratio: float | None) -> bytes:
    if not form.isalnum():
        raise ResolvedContextError(f"{form!r} is no format of a graph; there is 'png', for one")
    program = which("dot")
    if program is None:
        raise ResolvedContextError(
            f"a graph as {form} is drawn by graphviz, and there is no 'dot' on the PATH; install "
            f"graphviz, or write the graph as text: a file that ends in .dot"
        )
    ratio = [] if image_ratio is None else [f"-Gratio={image_ratio}"]
    # Deferred, here and below: every context that is saved has a graph, and few are drawn.
    import subprocess

    done = subprocess.run(
        [program, f"-T{form}", *ratio], input=graph_str.encode(), capture_output=True, check=False
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[0] if lines else f"it ended with {done.returncode}"
        raise ResolvedContextError(f"graphviz cannot draw the graph as {form}: {reason}")
    return done.stdout


def view_graph(
    graph_str: str, dest_file: str | None = None, tell: Callable[[str], object] | None = None
) -> None:
    """Draw a graph and show it (rez: the function of this name).

    It is shown by the configured `image_viewer`; by a web browser if there is none, or if it fails.

    Args:
        graph_str: The graph in dot format.
        dest_file: Where the image is kept; None: a new file among the temporary ones.
        tell: Called with each step that may take a while, in words.

    Raises:
        ResolvedContextError: There is no display, or graphviz is missing or cannot draw it.
        OSError: The file cannot be written.
    """
    say = tell if tell is not None else lambda _: None
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        raise ResolvedContextError(
            "there is no display to show the graph on; write it to a file instead"
        )
    path = dest_file
    if path is None:
        form: str = settings().dot_image_format
        import tempfile

        descriptor, path = tempfile.mkstemp(prefix="resolve-dot-", suffix=f".{form}")
        os.close(descriptor)
    say(f"rendering image to {path}...")
    try:
        save_graph(graph_str, path)
    except BaseException:
        if dest_file is None:
            os.unlink(path)
        raise
    viewer = settings().image_viewer
    say(f"loading image viewer ({viewer or 'browser'})...")
    if viewer and _shown_by(viewer, path):
        return
    # Deferred: a machine with a viewer needs no browser.
    import webbrowser

    webbrowser.open_new(f"file://{os.path.abspath(path)}")


def _shown_by(viewer: str, path: str) -> bool:
    import subprocess

    try:
        return subprocess.run([viewer, path], check=False).returncode == 0
    except OSError:
        return False
