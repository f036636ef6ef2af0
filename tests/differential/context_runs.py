"""A context made by rez 3.4.0 and by rezfast: `Outcome`s that have to be equal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import rez.config
from differential.context_cases import ContextCase
from differential.rex_runs import plain
from rez.resolved_context import ResolvedContext as RezContext

import rezfast.config
from rezfast.context.resolved import ResolvedContext

#: What differs from run to run, or says which tool it was.
VOLATILE = ("created", "graph", "load_time", "rez_path", "solve_time", "timestamp")

_SETTINGS: dict[str, Any] = {
    "standard_system_paths": ["/usr/bin", "/bin"],
    "default_shell": "bash",
    "suite_visibility": "never",
}


@dataclass
class Outcome:
    """What became of a context, as plain data.

    Attributes:
        error: Kind of the error that making it raised, or None.
        data: What is saved of it.
        environ: The environment, or the kind of the error.
        actions: The actions, or the kind of the error.
        tools: The tools by package, and those in conflict.
        message: The errors' texts, which are not compared.
    """

    error: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] | str = ""
    actions: list[Any] | str = ""
    tools: Any = None
    message: str = field(default="", compare=False)


@contextlib.contextmanager
def both_settings(overrides: dict[str, Any]) -> Iterator[None]:
    """Both tools with these settings, and no others."""
    values = {**_SETTINGS, **overrides}
    config = rez.config._create_locked_config(values)
    made = rezfast.config.Settings.locked(values)
    previous = rezfast.config.use(made)
    try:
        with rez.config._replace_config(config):
            yield
    finally:
        rezfast.config.use(previous)


def make(kind: Any, case: ContextCase, repository: str) -> Any:
    """A tool's context of a case."""
    return kind(
        case.request,
        package_paths=[repository],
        building=case.building,
        testing=case.testing,
        timestamp=None,
    )


def outcome(kind: Any, case: ContextCase, repository: str) -> tuple[Any, Outcome]:
    """A tool's context of a case, or None, and what became of it."""
    try:
        context = make(kind, case, repository)
    except Exception as error:
        return None, Outcome(error=type(error).__name__, message=str(error))
    return context, described(context, case.environ)


def described(context: Any, environ: dict[str, str]) -> Outcome:
    """What is to be said of a context."""
    context.rez_path, context.timestamp = "/rez", 1000
    found = Outcome(data=comparable(context.to_dict()))
    if not context.success:
        return found
    messages = []
    try:
        found.environ = context.get_environ(parent_environ=environ)
    except Exception as error:
        found.environ = type(error).__name__
        messages.append(str(error))
    try:
        actions = context.get_actions(parent_environ=environ)
        found.actions = [(action.name, [plain(arg) for arg in action.args]) for action in actions]
    except Exception as error:
        found.actions = type(error).__name__
    conflicts = context.get_conflicting_tools(request_only=True)
    found.tools = (
        {name: tools for name, (_, tools) in context.get_tools().items()},
        {tool: sorted(one.qualified_name for one in owners) for tool, owners in conflicts.items()},
    )
    found.message = "; ".join(messages)
    return found


def comparable(data: dict[str, Any]) -> dict[str, Any]:
    """What is saved of a context, without what cannot be equal."""
    return {name: value for name, value in data.items() if name not in VOLATILE}


def run(case: ContextCase, repository: str, directory: str) -> dict[str, Outcome]:
    """The outcomes of a case: each tool's own, and each from the other's file.

    Args:
        case: The case.
        repository: Where its packages are.
        directory: Where files go.
    """
    found = {}
    with both_settings(case.settings):
        for name, kind, other in (
            ("rez", RezContext, ResolvedContext),
            ("rezfast", ResolvedContext, RezContext),
        ):
            context, found[name] = outcome(kind, case, repository)
            if context is not None:
                path = f"{directory}/{name}.rxt"
                context.save(path)
                found[f"from {name}'s file"] = described(other.load(path), case.environ)
    return found
