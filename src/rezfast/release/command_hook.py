"""A release hook that runs programs (rez: `rezplugins.release_hook.command`).

The settings `pre_build_commands`, `pre_release_commands` and `post_release_commands` name them:

    command       the program
    args          its arguments: a list, or a text that is split at spaces. `{package.name}` and the
                  like are replaced, then `$VAR`
    pretty_args   whether a list in braces is written as its items with spaces between
    user          who runs it: by way of sudo, unless it is who runs this
    env           variables to set for it
"""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rezfast.config import settings
from rezfast.config.expand import expand_variables
from rezfast.errors import ReleaseHookCancellingError, RezError
from rezfast.package.formatting import ObjectStringFormatter, StringFormatType
from rezfast.package.model import Package, Variant
from rezfast.release.commands import log, run
from rezfast.release.hooks import ReleaseHook

Command = Mapping[str, Any]


class CommandReleaseHook(ReleaseHook):
    """Runs programs before a build, before a release and after it.

    Arguments may name `system`, `package`, `release` (`{release.path}`), `variants` and
    `num_variants`. A name that is not there stays as it is, in its braces.
    """

    @classmethod
    def name(cls) -> str:
        """`command`."""
        return "command"

    def pre_build(
        self,
        user: str,
        install_path: str,
        variants: Sequence[int] | None = None,
        release_message: str | None = None,
        changelog: str | None = None,
        previous_version: Any = None,
        previous_revision: object | None = None,
        **kwargs: Any,
    ) -> None:
        """Run `pre_build_commands`.

        Args, errors: as for `ReleaseHook.pre_build`.
        """
        self._before("build", self.settings.pre_build_commands, install_path, variants)

    def pre_release(
        self,
        user: str,
        install_path: str,
        variants: Sequence[int] | None = None,
        release_message: str | None = None,
        changelog: str | None = None,
        previous_version: Any = None,
        previous_revision: object | None = None,
        **kwargs: Any,
    ) -> None:
        """Run `pre_release_commands`.

        Args, errors: as for `ReleaseHook.pre_build`.
        """
        self._before("release", self.settings.pre_release_commands, install_path, variants)

    def post_release(
        self,
        user: str,
        install_path: str,
        variants: Sequence[Variant],
        release_message: str | None = None,
        changelog: str | None = None,
        previous_version: Any = None,
        previous_revision: object | None = None,
        **kwargs: Any,
    ) -> None:
        """Run `post_release_commands`; `package` is the one that was released.

        Args: as for `ReleaseHook.post_release`.
        """
        errors = self._run_all(self.settings.post_release_commands, install_path, variants)
        if errors:
            log.warning("post-release commands failed: %s", "; ".join(errors))

    def _before(
        self,
        noun: str,
        commands: Sequence[Command],
        install_path: str,
        variants: Sequence[int] | None,
    ) -> None:
        errors = self._run_all(commands, install_path, variants)
        if errors and self.settings.cancel_on_error:
            raise ReleaseHookCancellingError(f"pre-{noun} commands failed: {'; '.join(errors)}")

    def _run_all(
        self,
        commands: Sequence[Command],
        install_path: str,
        variants: Sequence[int | Variant] | None,
    ) -> list[str]:
        """Run commands in order; what went wrong, a line each."""
        names = self._names(install_path, variants or ())
        errors: list[str] = []
        for command in commands:
            error = self._run_one(command, names)
            if error is None:
                continue
            errors.append(error)
            if self.settings.print_error:
                print(error, file=sys.stderr)
            if self.settings.stop_on_error:
                break
        return errors

    def _names(self, install_path: str, variants: Sequence[int | Variant]) -> _Names:
        """What arguments may name."""
        package: Package = self.package
        listed: list[Any] = []
        for variant in variants:
            if isinstance(variant, int):
                listed.append(variant)
                continue
            # of those that were released, which knows its place: a source tree does not
            package = variant.parent
            requires = [str(request) for request in variant.variant_requires]
            listed.append({**variant.resource.variables, "variant_requires": requires})
        return _Names(
            system=settings().system,
            release=_Names(path=install_path),
            package=package,
            variants=listed,
            num_variants=len(listed),
        )

    def _run_one(self, command: Command, names: _Names) -> str | None:
        """Run a command; what went wrong, or None."""
        program = command["command"]
        added = {name: str(value) for name, value in (command.get("env") or {}).items()}
        environ = {**os.environ, **added}
        formatter = ObjectStringFormatter(
            names, pretty=command.get("pretty_args", True), expand=StringFormatType.unchanged
        )
        try:
            args = [formatter.format(arg) for arg in command.get("args", ())]
        except Exception as error:
            return f"{program}: its arguments cannot be formatted: {error}"
        args = [expand_variables(arg, environ) for arg in args]
        self._announce([program, *args], added)
        # a file in the working directory counts, as in rez, though PATH may not name that
        path = os.path.abspath(program) if os.path.isfile(program) else shutil.which(program)
        if path is None:
            return f"{program}: command not found"
        try:
            done = run([*_as_user(command.get("user")), path, *args], None, environ, together=True)
        except RezError as error:
            return str(error)
        if done.status:
            return done.failure
        if self.settings.print_output:
            print(done.output.strip())
        return None

    def _announce(self, words: Sequence[str], added: Mapping[str, str]) -> None:
        lines = [f"running command: {shlex.join(words)}"]
        lines += [f"    with: {name}={value}" for name, value in added.items()]
        if self.settings.print_commands:
            print("\n".join(lines))
        elif self.package.config.debug("package_release"):
            log.info("%s", "\n".join(lines))


def _as_user(user: str | None) -> list[str]:
    """What has to stand before a command for it to be run by a user; None: by this one."""
    if user == "root":
        return ["sudo"]
    if user and user != getpass.getuser():
        return ["sudo", "-u", user]
    return []


class _Names(dict[str, Any]):
    """Names that a text in braces may use, with a dot or in brackets."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None
