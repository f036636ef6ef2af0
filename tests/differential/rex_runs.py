"""A `RexCase` run by rez 3.4.0 and by rezfast: two `RexOutcome`s, which have to be equal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import rez.config
import rez.rex
import rez.rex_bindings
import rez.version
from differential.rex_cases import PackageCase, RexCase

import rezfast
import rezfast.config
from rezfast.rex import actions, bindings, executor, interpreter, python, strings


@dataclass
class RexOutcome:
    """What became of a case, as plain data.

    Attributes:
        actions: Kind and arguments of each.
        environ: The variables that were set.
        calls: What the interpreter was told, for one that makes a script.
        error: Kind of the error, and the number of the package; None without one.
        message: Its text, which is not compared.
    """

    actions: list[Any]
    environ: dict[str, str]
    calls: list[Any]
    error: tuple[str, int] | None
    message: str = field(default="", compare=False)


class FakeVariant:
    """What bindings ask of a variant."""

    def __init__(self, case: PackageCase, version: Any) -> None:
        self.name = case.name
        self.version = version
        self.root = case.root
        self.base = "/base/" + case.name
        self.extra = case.extra
        self.is_variant = True
        self.qualified_package_name = f"{case.name}-{case.version}" if case.version else case.name


def plain(value: Any) -> Any:
    """A value of an action: strings by their parts, so that both tools' are comparable."""
    if isinstance(value, str):
        return [(False, value)]
    if isinstance(value, (rez.rex.EscapedString, strings.EscapedString)):
        return value.strings
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (int, float, type(None))):
        return value
    return type(value).__name__


def recorder(base: type) -> Any:
    """An interpreter that makes a script, as shells do: the lines are what it was called with."""

    class Recorder(base):  # type: ignore[misc]
        pathsep = ":"
        expand_env_vars = False

        def __init__(self) -> None:
            self.calls: list[Any] = []

        def get_key_token(self, key: str) -> str:
            return f"${{{key}}}"

        def normalize_path(self, path: str) -> str:
            return path.replace("/sw/", "/SW/")

        def get_output(self, style: Any = None) -> list[Any]:
            return self.calls

    def recording(name: str) -> Any:
        def record(self: Any, *args: Any, **kwargs: Any) -> None:
            # rez loses the friends on their way
            kept = args[:2] if name == "resetenv" else args
            self.calls.append((name, [plain(arg) for arg in kept]))

        return record

    for name in (
        *("setenv", "unsetenv", "resetenv", "alias", "info", "error", "command", "comment"),
        *("source", "shebang", "_saferefenv"),
    ):
        setattr(Recorder, name, recording(name))
    return Recorder()


@contextlib.contextmanager
def rez_settings(case: RexCase) -> Iterator[None]:
    """rez's settings, as the case has them."""
    config = rez.config.create_config()
    config.override("env_var_separators", case.separators)
    config.override("optionvars", case.optionvars)
    with rez.config._replace_config(config):
        yield


@contextlib.contextmanager
def our_settings(case: RexCase) -> Iterator[None]:
    """rezfast's settings, as the case has them."""
    made = rezfast.config.Settings.from_sources(
        environ={},
        files=(),
        overrides={"env_var_separators": case.separators, "optionvars": case.optionvars},
    )
    previous = rezfast.config.use(made)
    try:
        yield
    finally:
        rezfast.config.use(previous)


def run_rez(case: RexCase) -> RexOutcome:
    """What rez makes of it."""
    if case.as_script:
        chosen = recorder(rez.rex.ActionInterpreter)
    else:
        chosen = rez.rex.Python(target_environ={}, passive=True)
    with rez_settings(case):
        return _run(case, chosen, rez.rex, rez.rex_bindings, rez.version)


def run_rezfast(case: RexCase) -> RexOutcome:
    """What rezfast makes of it."""
    if case.as_script:
        chosen = recorder(interpreter.ActionInterpreter)
    else:
        chosen = python.Python(target_environ={}, passive=True)
    with our_settings(case):
        return _run(case, chosen, executor, bindings, rezfast)


def _run(case: RexCase, chosen: Any, rex: Any, bound: ModuleType, versions: Any) -> RexOutcome:
    runner = rex.RexExecutor(
        interpreter=chosen,
        parent_environ=case.environ,
        parent_variables=case.parent_variables,
        shebang=False,
    )
    requirement = versions.Requirement
    runner.bind("building", case.building)
    runner.bind("request", bound.RequirementsBinding(map(requirement, case.requests)))
    runner.bind("implicits", bound.RequirementsBinding(map(requirement, case.implicits)))
    runner.bind("ephemerals", bound.EphemeralsBinding(map(requirement, case.ephemerals)))
    runner.bind("intersects", bound.intersects)
    variants = {}
    for package in case.packages:
        variant = FakeVariant(package, versions.Version(package.version))
        variants[package.name] = bound.VariantBinding(
            variant, cached_root=package.cached, interpreter=chosen
        )
    runner.bind("resolve", bound.VariantsBinding(variants))
    error, message = None, ""
    for index, package in enumerate(case.packages):
        binding = variants[package.name]
        runner.bind("this", binding)
        runner.bind("version", binding.version)
        runner.bind("root", binding.root)
        runner.bind("base", runner.normalize_path("/base/" + package.name))
        try:
            with runner.reset_globals():
                runner.execute_code(package.code, filename=f"/sw/{package.name}/package.py")
        except Exception as caught:
            error, message = (type(caught).__name__, index), str(caught)
            break
    done = [(action.name, [plain(arg) for arg in action.args]) for action in runner.actions]
    calls = chosen.calls if case.as_script else []
    return RexOutcome(done, dict(runner.manager.environ), calls, error, message)


ACTION_KINDS = [action.__name__ for action in actions.ACTIONS]
