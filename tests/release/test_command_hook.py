"""The hook that runs programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from release.conftest import Use

from rezfast.errors import ReleaseHookCancellingError
from rezfast.release.command_hook import CommandReleaseHook
from rezfast.release.run_hooks import create_release_hook
from rezfast.repository.developer import get_developer_package
from rezfast.repository.install import install_variants

SHOW = "import os, sys; print(sys.argv[1:], os.environ.get('WHO'))"


@pytest.fixture
def source(tmp_path: Path) -> str:
    """A source tree of `foo-1.0`, which has two variants."""
    path = tmp_path / "source"
    path.mkdir()
    (path / "package.py").write_text(
        "name = 'foo'\nversion = '1.0'\nvariants = [['a-1'], ['a-2']]\ntools = ['x', 'y']\n"
    )
    return str(path)


def hook(use: Use, source: str, when: str, *commands: dict[str, Any], **more: Any) -> Any:
    """The hook, with commands for a moment."""
    given = {f"{when}_commands": list(commands), "print_commands": False, **more}
    use(plugins={"release_hook": {"command": given}})
    made = create_release_hook("command", source)
    assert isinstance(made, CommandReleaseHook)
    return made


def show(*args: str, **more: Any) -> dict[str, Any]:
    """A command that prints its arguments and $WHO."""
    return {"command": sys.executable, "args": ["-c", SHOW, *args], **more}


def fail(status: int) -> dict[str, Any]:
    code = (
        f"import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit({status})"
    )
    return {"command": sys.executable, "args": ["-c", code]}


def test_commands_run_in_order(use: Use, source: str, capfd: pytest.CaptureFixture[str]) -> None:
    made = hook(use, source, "pre_build", show("1"), show("2"))
    made.pre_build(user="me", install_path="/released")
    assert capfd.readouterr().out == "['1'] None\n['2'] None\n"


def test_each_moment_has_its_commands(
    use: Use, source: str, capfd: pytest.CaptureFixture[str]
) -> None:
    made = hook(use, source, "pre_release", show("1"))
    made.pre_build(user="me", install_path="/released", variants=None)
    made.post_release(user="me", install_path="/released", variants=[])
    assert capfd.readouterr().out == ""
    made.pre_release(user="me", install_path="/released", variants=[0])
    assert capfd.readouterr().out == "['1'] None\n"


def test_what_arguments_may_name(
    use: Use, source: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHERE", "here")
    args = [
        "{package.qualified_name}",
        "{package.tools}",
        "{package.uuid}",
        "{release.path}/x",
        "{release[path]}",
        "{num_variants} {variants}",
        "{system.platform}",
        "{package.no_such} {who}",
        "$WHERE ${WHERE} $NO_SUCH",
    ]
    made = hook(use, source, "pre_build", show(*args))
    made.pre_build(user="me", install_path="/released", variants=[0, 1])
    assert (
        capfd.readouterr().out
        == str(
            [
                "foo-1.0",
                "x y",
                "",
                "/released/x",
                "/released",
                "2 0 1",
                "linux",
                "{package.no_such} {who}",
                "here here $NO_SUCH",
            ]
        )
        + " None\n"
    )


def test_lists_as_python_writes_them(
    use: Use, source: str, capfd: pytest.CaptureFixture[str]
) -> None:
    made = hook(use, source, "pre_build", show("{package.tools}", pretty_args=False))
    made.pre_build(user="me", install_path="/released")
    assert capfd.readouterr().out == "[\"['x', 'y']\"] None\n"


def test_what_was_released(
    use: Use, source: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ["{package.filepath}", "{variants[1][index]}", "{variants[1][variant_requires]}"]
    made = hook(use, source, "post_release", show(*args))
    package = get_developer_package(source)
    variants = install_variants(list(package.iter_variants()), str(tmp_path / "repository"))
    made.post_release(user="me", install_path="/released", variants=variants)
    path = f"{tmp_path}/repository/foo/1.0/package.py"
    assert capfd.readouterr().out == f"['{path}', '1', 'a-2'] None\n"


def test_variables_for_a_command(use: Use, source: str, capfd: pytest.CaptureFixture[str]) -> None:
    made = hook(use, source, "pre_build", show("$WHO", env={"WHO": "Ann"}), show("$WHO"))
    made.pre_build(user="me", install_path="/released")
    assert capfd.readouterr().out == "['Ann'] Ann\n['$WHO'] None\n"


def test_arguments_may_be_one_text(
    use: Use, source: str, capfd: pytest.CaptureFixture[str]
) -> None:
    made = hook(use, source, "pre_build", {"command": "echo", "args": "  -n {package.name}  b "})
    made.pre_build(user="me", install_path="/released")
    assert capfd.readouterr().out == "foo b\n"


def test_commands_are_shown(use: Use, source: str, capfd: pytest.CaptureFixture[str]) -> None:
    command = {"command": "true", "args": ["a b"], "env": {"WHO": "Ann"}}
    made = hook(use, source, "pre_build", command, print_commands=True, print_output=False)
    made.pre_build(user="me", install_path="/released")
    assert capfd.readouterr().out == "running command: true 'a b'\n    with: WHO=Ann\n"


def test_a_program_in_the_working_directory(
    use: Use, source: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    script = Path(source) / "announce"
    script.write_text("#!/bin/sh\necho announced\n")
    script.chmod(0o755)
    monkeypatch.chdir(source)
    hook(use, source, "pre_build", {"command": "announce"}).pre_build("me", "/released")
    assert capfd.readouterr().out == "announced\n"


def test_a_command_that_fails_cancels_the_release(
    use: Use, source: str, capfd: pytest.CaptureFixture[str]
) -> None:
    made = hook(use, source, "pre_build", fail(3), show("2"))
    with pytest.raises(ReleaseHookCancellingError) as caught:
        made.pre_build(user="me", install_path="/released")
    message = str(caught.value)
    assert message.startswith("pre-build commands failed: ") and "\n" not in message
    assert "failed with exit status 3: one; two" in message
    out, err = capfd.readouterr()
    assert out == "" and err in message + "\n"


def test_going_on_after_a_command_that_fails(
    use: Use, source: str, capfd: pytest.CaptureFixture[str]
) -> None:
    more = {"stop_on_error": False, "print_error": False}
    made = hook(use, source, "pre_release", fail(3), fail(4), show("2"), **more)
    with pytest.raises(ReleaseHookCancellingError, match=r"status 3.*status 4"):
        made.pre_release(user="me", install_path="/released")
    assert capfd.readouterr() == ("['2'] None\n", "")
    made = hook(use, source, "pre_release", fail(3), cancel_on_error=False, print_error=False)
    made.pre_release(user="me", install_path="/released")


def test_nothing_is_cancelled_after_the_release(
    use: Use, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    made = hook(use, source, "post_release", fail(3), print_error=False)
    made.post_release(user="me", install_path="/released", variants=[])
    assert "post-release commands failed" in caplog.text


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"command": "no-such-program"}, "no-such-program: command not found"),
        ({"command": "/etc/passwd"}, "/etc/passwd: cannot be run: Permission denied"),
        ({"command": "true", "args": ["{package.name"]}, "its arguments cannot be formatted"),
        ({"command": "sh", "args": ["-c", "kill -9 $$"]}, "was ended by SIGKILL"),
    ],
)
def test_commands_that_cannot_run(
    use: Use, source: str, command: dict[str, Any], reason: str
) -> None:
    # settings refuse what is no format; a package's own are not looked at before
    made = hook(use, source, "pre_build", print_error=False)
    made.settings = _Settings(made.settings, pre_build_commands=(command,))
    with pytest.raises(ReleaseHookCancellingError) as caught:
        made.pre_build(user="me", install_path="/released")
    assert reason in str(caught.value)


class _Settings:
    """Settings with some of them replaced."""

    def __init__(self, below: Any, **values: Any) -> None:
        self._below = below
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)


def test_another_user_runs_a_command_by_way_of_sudo(
    use: Use,
    source: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    sudo = tmp_path / "bin" / "sudo"
    sudo.parent.mkdir()
    sudo.write_text('#!/bin/sh\necho sudo "$@"\n')
    sudo.chmod(0o755)
    monkeypatch.setenv("PATH", f"{sudo.parent}:/usr/bin:/bin")
    monkeypatch.setenv("LOGNAME", "ann")
    commands = [{"command": "echo", "args": ["x"], "user": user} for user in ("root", "ben", "ann")]
    hook(use, source, "pre_build", *commands).pre_build(user="me", install_path="/released")
    echo = next(path for path in ("/usr/bin/echo", "/bin/echo") if Path(path).exists())
    assert capfd.readouterr().out == f"sudo {echo} x\nsudo -u ben {echo} x\nx\n"
