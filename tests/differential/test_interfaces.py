"""Contexts, commands, shells, builds, tests and releases have rez's public names and arguments.

So have the options of the programs that build, test and release.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
import rez.build_process
import rez.build_system
import rez.package_test
import rez.release_hook
import rez.release_vcs
import rez.resolved_context
import rez.rex
import rez.rex_bindings
import rez.shells
from rez.cli._main import _add_common_args
from rez.plugin_managers import plugin_manager

import rezfast.build.cmake
import rezfast.build.custom
import rezfast.build.make
import rezfast.build.package_test
import rezfast.build.package_test_results
import rezfast.build.process
import rezfast.build.system
import rezfast.build.systems
import rezfast.context.resolved
import rezfast.release.detection
import rezfast.release.git
import rezfast.release.hooks
import rezfast.release.run_hooks
import rezfast.release.stub
import rezfast.release.vcs
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
    "build_systems",
    "build_targets",
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


def _plugin(kind: str, name: str) -> Any:
    return plugin_manager.get_plugin_class(kind, name)


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
    (rez.build_system.BuildSystem, rezfast.build.system.BuildSystem),
    (_plugin("build_system", "cmake"), rezfast.build.cmake.CMakeBuildSystem),
    (_plugin("build_system", "custom"), rezfast.build.custom.CustomBuildSystem),
    (_plugin("build_system", "make"), rezfast.build.make.MakeBuildSystem),
    (rez.package_test.PackageTestRunner, rezfast.build.package_test.PackageTestRunner),
    (rez.package_test.PackageTestResults, rezfast.build.package_test_results.PackageTestResults),
    (rez.release_hook.ReleaseHook, rezfast.release.hooks.ReleaseHook),
    (rez.release_hook.ReleaseHookEvent, rezfast.release.hooks.ReleaseHookEvent),
    (rez.release_vcs.ReleaseVCS, rezfast.release.vcs.ReleaseVCS),
    (_plugin("release_vcs", "git"), rezfast.release.git.GitReleaseVCS),
    (_plugin("release_vcs", "stub"), rezfast.release.stub.StubReleaseVCS),
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


@pytest.mark.parametrize(
    ("theirs", "ours", "names"),
    [
        (
            rez.build_system,
            rezfast.build.systems,
            ["get_buildsys_types", "get_valid_build_systems", "create_build_system"],
        ),
        (rez.build_process, rezfast.build.process, ["get_build_process_types"]),
        (
            rez.release_vcs,
            rezfast.release.detection,
            ["get_release_vcs_types", "create_release_vcs"],
        ),
        (
            rez.release_hook,
            rezfast.release.run_hooks,
            ["get_release_hook_types", "create_release_hook", "create_release_hooks"],
        ),
    ],
)
def test_functions_of_builds_and_releases(theirs: Any, ours: Any, names: list[str]) -> None:
    for name in names:
        assert _arguments(getattr(ours, name)) == _arguments(getattr(theirs, name)), name


# for developers of rez
_HIDDEN = {"--profile"}


@pytest.mark.parametrize("command", ["build", "test", "release"])
def test_options(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each spelling of rez's is one of the same option, which takes as many values."""
    monkeypatch.chdir(tmp_path)
    parser = argparse.ArgumentParser()
    importlib.import_module(f"rez.cli.{command}").setup_parser(parser)
    _add_common_args(parser)
    parameters = importlib.import_module(f"rezfast.cli.{command}").PARAMETERS
    options = {spelling: option for option in parameters.options for spelling in option.spellings}
    for action in parser._actions:
        spellings = set(action.option_strings) - _HIDDEN
        if not spellings or action.dest == "help":
            continue
        (option,) = {options[spelling] for spelling in spellings}
        takes_none = option.kind in ("flag", "count")
        assert takes_none is (action.nargs == 0), spellings
        assert (option.many, option.greedy) == ((action.nargs == "+",) * 2), spellings
        assert (option.kind == "integer") is (action.type is int), spellings
