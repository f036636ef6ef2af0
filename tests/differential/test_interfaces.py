"""The classes of contexts, commands and shells have rez's public names, with the same arguments."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import rez.resolved_context
import rez.rex
import rez.rex_bindings
import rez.shells

import rezfast.context.resolved
import rezfast.rex.actions
import rezfast.rex.bindings
import rezfast.rex.environ
import rezfast.rex.executor
import rezfast.rex.interpreter
import rezfast.rex.manager
import rezfast.rex.python
import rezfast.rex.strings
import rezfast.shell
import rezfast.shell.base

# What rez's own machinery needs: message queues, caches of bundles, the schema of plugins'
# settings, registers of actions, directories, Windows.
_OF_REZ_ALONE = {
    "adjust_env_for_platform",
    "context_tracking_lock",
    "context_tracking_payload",
    "get_command_types",
    "local",
    "package_cache_present",
    "register",
    "register_command_type",
    "schema_dict",
    "syspaths",
    "tmpdir_manager",
}

# What commands get, and never make.
_MADE_BY_THEIR_OWN = {"EnvironmentVariable", "VariantsBinding"}

_PAIRS = [
    (rez.resolved_context.ResolvedContext, rezfast.context.resolved.ResolvedContext),
    (rez.rex.RexExecutor, rezfast.rex.executor.RexExecutor),
    (rez.rex.ActionManager, rezfast.rex.manager.ActionManager),
    (rez.rex.ActionInterpreter, rezfast.rex.interpreter.ActionInterpreter),
    (rez.rex.Python, rezfast.rex.python.Python),
    (rez.rex.EnvironmentDict, rezfast.rex.environ.EnvironmentDict),
    (rez.rex.EnvironmentVariable, rezfast.rex.environ.EnvironmentVariable),
    (rez.rex.EscapedString, rezfast.rex.strings.EscapedString),
    (rez.rex.Action, rezfast.rex.actions.Action),
    (rez.rex_bindings.VersionBinding, rezfast.rex.bindings.VersionBinding),
    (rez.rex_bindings.VariantBinding, rezfast.rex.bindings.VariantBinding),
    (rez.rex_bindings.VariantsBinding, rezfast.rex.bindings.VariantsBinding),
    (rez.rex_bindings.RequirementsBinding, rezfast.rex.bindings.RequirementsBinding),
    (rez.rex_bindings.EphemeralsBinding, rezfast.rex.bindings.EphemeralsBinding),
    (rez.shells.Shell, rezfast.shell.base.Shell),
    *(
        (rez.shells.get_shell_class(name), rezfast.shell.get_shell_class(name))
        for name in ("sh", "bash", "zsh", "csh", "tcsh", "pwsh")
    ),
]


@pytest.mark.parametrize(("theirs", "ours"), _PAIRS, ids=lambda kind: kind.__name__)
def test_public_names_and_arguments(theirs: type, ours: type) -> None:
    names = {name for name in dir(theirs) if not name.startswith("_")} - _OF_REZ_ALONE
    assert sorted(name for name in names if not hasattr(ours, name)) == []
    if ours.__name__ not in _MADE_BY_THEIR_OWN:
        names.add("__init__")
    for name in names:
        expected, found = (getattr(kind, name) for kind in (theirs, ours))
        if callable(expected):
            assert _arguments(found)[: len(_arguments(expected))] == _arguments(expected), name


def _arguments(function: Any) -> list[str]:
    """The names of the arguments, those that take any number apart; where they may be left out."""
    return [
        f"{one.name}{'' if one.default is one.empty else '='}"
        for one in inspect.signature(function).parameters.values()
        if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD) and one.name != "self"
    ]


@pytest.mark.parametrize("name", ["create_shell", "get_shell_class", "get_shell_types"])
def test_functions_of_shells(name: str) -> None:
    assert _arguments(getattr(rezfast.shell, name)) == _arguments(getattr(rez.shells, name))


def test_functions_of_commands() -> None:
    for name in ("literal", "expandable", "optionvars"):
        ours, theirs = getattr(rezfast.rex.strings, name), getattr(rez.rex, name)
        assert _arguments(ours) == _arguments(theirs)
    ours, theirs = rezfast.rex.bindings.intersects, rez.rex_bindings.intersects
    assert _arguments(ours) == _arguments(theirs)
