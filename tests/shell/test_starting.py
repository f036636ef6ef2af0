"""Shells are started in an environment: for a command, for commands on stdin, for a user."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from shell.running import PACKAGES, REAL_SHELLS, contents, needs, typed

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import RezSystemError, ShellError
from rezfast.shell import create_shell, get_shell_class

each_shell = pytest.mark.parametrize("name", REAL_SHELLS)

# The startup files of a user, each of which logs its name.
STARTUP_FILES = (
    *(".profile", ".bash_profile", ".bash_login", ".bashrc", ".zshenv", ".zprofile", ".zshrc"),
    *(".zlogin", ".cshrc", ".tcshrc", ".login", ".cshdirs", ".config/fish/config.fish"),
)


class Place:
    """A user's home, a context file's directory, and the log that scripts write."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.log = directory / "log"
        self.tmpdir = directory / "tmp dir's $X"
        self.home = directory / "home"
        # without the last of them fish reads all manual pages when it is first started
        completions = self.home / ".local/share/fish/generated_completions"
        for path in (self.tmpdir, self.home / ".config/fish", completions):
            path.mkdir(parents=True)
        self.context = contents(create_shell(name), directory)

    def write_startup_files(self, line: str = "") -> None:
        for file in STARTUP_FILES:
            (self.home / file).write_text(f"echo {file} >> {self.log}\n{line}\n")

    def spawn(self, **options: Any) -> subprocess.Popen[Any]:
        shell = create_shell(self.name)
        return shell.spawn_shell(str(self.context), str(self.tmpdir), **options)

    def run(self, text: str | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
        """Start the shell with pipes, and give it text on stdin, if any."""
        pipe = subprocess.PIPE
        process = self.spawn(stdout=pipe, stderr=pipe, text=True, **options)
        stdout, stderr = process.communicate(text, timeout=60)
        return subprocess.CompletedProcess([], process.returncode, stdout, stderr)

    def logged(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []


@pytest.fixture
def place(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    needs(name)
    place = Place(name, tmp_path)
    for variable in ("ENV", "BASH_ENV", "ZDOTDIR", "XDG_CONFIG_HOME", "XDG_DATA_DIRS", "prompt"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(place.home))
    monkeypatch.setenv("TERM", "dumb")
    previous = config.use(Settings.locked())
    yield place
    config.use(previous)


@each_shell
class TestCommand:
    def test_it_runs_in_the_environment(self, place: Place) -> None:
        done = place.run(command="greet $CONTEXT 'a b'")
        assert (done.stdout, done.stderr, done.returncode) == ("hello made a b\n", "", 0)

    @pytest.mark.parametrize("code", [0, 1, 66, 255])
    def test_its_exit_code_is_the_process_s(self, place: Place, code: int) -> None:
        assert place.run(command=f"sh -c 'exit {code}'").returncode == code

    def test_a_signal_shows_in_the_exit_code(self, place: Place) -> None:
        # csh says 128 + 9 or 9, as it always does
        assert place.run(command="sh -c 'kill -9 $$'").returncode in (137, 9)

    def test_a_command_that_there_is_not_fails(self, place: Place) -> None:
        done = place.run(command="no_such_program_anywhere")
        assert done.returncode != 0 and "no_such_program_anywhere" in done.stderr

    def test_empty_runs_nothing_and_ends(self, place: Place) -> None:
        done = place.run(command="")
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
        assert place.logged() == ["context"]

    def test_stdin_is_the_command_s(self, place: Place) -> None:
        done = place.run("from outside\n", command="cat", stdin=subprocess.PIPE)
        assert done.returncode == 0

    def test_nothing_comes_from_the_words_before_it_but_the_command_line(
        self, place: Place
    ) -> None:
        done = place.run(command="echo $CONTEXT", pre_command="env BEFORE=1")
        assert done.stdout == "made\n"
        done = place.run(command="echo $BEFORE", pre_command=["env", "BEFORE=a b"])
        assert done.stdout == "a b\n"

    def test_it_starts_from_the_given_variables(self, place: Place) -> None:
        env = {"PATH": os.environ["PATH"], "HOME": str(place.home), "GIVEN": "yes"}
        assert place.run(command="echo $GIVEN $CONTEXT", env=env).stdout == "yes made\n"


@each_shell
class TestStdin:
    @pytest.mark.parametrize("norc", [False, True])
    def test_commands_are_read_from_it(self, place: Place, norc: bool) -> None:
        done = place.run("echo $CONTEXT\nexit 7\n", stdin=subprocess.PIPE, norc=norc)
        assert (done.stdout, done.stderr, done.returncode) == ("made\n", "", 7)

    def test_aliases_are_there(self, name: str, place: Place) -> None:
        if name == "sh":  # it reads no startup file then, and functions cannot be inherited
            return
        assert place.run("greet you\n", stdin=subprocess.PIPE).stdout == "hello you\n"


@each_shell
class TestInteractive:
    def test_it_has_the_environment_and_the_aliases(self, place: Place) -> None:
        code, seen = typed(partial(place.spawn), "greet $CONTEXT > $HOME/out\nexit 7\n")
        assert code == 7, seen
        assert (place.home / "out").read_text() == "hello made\n"
        assert "rezfast made" in seen

    def test_home_is_home(self, place: Place) -> None:
        place.write_startup_files()
        start = partial(place.spawn, quiet=True, cwd=place.home)
        _, seen = typed(start, "echo $HOME > it\nexit\n")
        assert (place.home / "it").read_text() == f"{place.home}\n", seen
        assert "rezfast made" not in seen

    def test_the_prompt_shows_it(self, name: str, place: Place) -> None:
        _, seen = typed(partial(place.spawn, quiet=True), "exit\n")
        assert ("%" if name == "zsh" else ">") in seen

    def test_no_startup_files_are_read_if_none_are_wanted(self, place: Place) -> None:
        place.write_startup_files()
        code, seen = typed(partial(place.spawn, norc=True, quiet=True), "exit 5\n")
        assert code == 5, seen
        assert place.logged() == ["context"]


@each_shell
class TestTrouble:
    def test_a_startup_file_that_fails_does_not_take_the_environment_away(
        self, place: Place
    ) -> None:
        place.write_startup_files("no_such_command_in_startup")
        code, seen = typed(partial(place.spawn), "greet $CONTEXT > $HOME/out\nexit 7\n")
        assert code == 7, seen
        assert (place.home / "out").read_text() == "hello made\n"

    def test_a_startup_file_that_there_is_not_gives_a_warning(
        self, name: str, place: Place, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.run("exit 0\n", stdin=subprocess.PIPE, rcfile="~/nothing_there")
        assert capsys.readouterr().err == (
            f"rezfast: warning: there is no startup file '~/nothing_there'; {name} starts "
            "without it\n"
        )

    def test_a_startup_file_that_makes_no_sense_does_not_take_the_environment_away(
        self, name: str, place: Place
    ) -> None:
        place.write_startup_files("if (((")
        out = place.tmpdir.parent / "out"
        code, seen = typed(partial(place.spawn), f"greet $CONTEXT > {out}\nexit 7\n")
        if name == "csh":  # with such a .cshrc it does not start at all, and says why
            assert code == 1 and "Too many ('s" in seen
            return
        assert code == 7, seen
        assert out.read_text() == "hello made\n"

    def test_no_home(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("HOME")
        assert place.run(command="echo $CONTEXT").stdout == "made\n"
        out = place.tmpdir.parent / "out"
        code, seen = typed(partial(place.spawn, quiet=True), f"greet > {out}\nexit 7\n")
        assert code == 7, seen
        assert out.read_text() == "hello\n"

    def test_nothing_is_written_into_the_home(self, place: Place) -> None:
        place.write_startup_files()
        # in .local fish keeps what it does on its own account
        before = sorted(place.home.rglob("*"))
        place.run(command="greet")
        place.run("greet\n", stdin=subprocess.PIPE)
        after = sorted(place.home.rglob("*"))
        assert [path for path in after if ".local" not in str(path)] == [
            path for path in before if ".local" not in str(path)
        ]

    def test_a_directory_that_cannot_be_written_is_one_line(self, place: Place) -> None:
        file = place.home / "file"
        file.touch()
        with pytest.raises(RezSystemError, match=r"cannot write the script") as caught:
            create_shell(place.name).spawn_shell(str(place.context), str(file), command="")
        assert "\n" not in str(caught.value)

    def test_a_process_that_cannot_be_started_is_one_line(self, place: Place) -> None:
        with pytest.raises(RezSystemError, match="cannot start /no/such") as caught:
            place.spawn(command="", pre_command=["/no/such"])
        assert "\n" not in str(caught.value)

    def test_a_signal_reaches_the_process(self, place: Place) -> None:
        process = place.spawn(command="exec sleep 100", stdout=subprocess.PIPE)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) != 0
        assert process.stdout is not None
        process.stdout.close()


class TestProgram:
    @pytest.fixture(autouse=True)
    def defaults(self) -> Any:
        previous = config.use(Settings.locked())
        yield
        config.use(previous)

    @pytest.mark.parametrize("name", [*PACKAGES, "pwsh"])
    def test_it_is_looked_for_on_path(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert not create_shell(name).is_available()
        with pytest.raises(ShellError) as caught:
            create_shell(name).spawn_shell("context", str(tmp_path), command="")
        assert str(caught.value) == (
            f"{name}: no program '{name}' on PATH ({tmp_path}); install it, set "
            f"plugins.shell.{name}.executable_fullpath, or choose another shell"
        )
        program = tmp_path / name
        program.write_text("")
        program.chmod(0o755)
        assert create_shell(name).executable == str(program)

    @pytest.mark.parametrize("name", [*PACKAGES, "pwsh", "cmd", "gitbash", "powershell"])
    def test_a_setting_says_where_it_is(self, name: str, tmp_path: Path) -> None:
        program = tmp_path / "mine"
        settings = {"plugins": {"shell": {name: {"executable_fullpath": str(program)}}}}
        config.use(Settings.locked(settings))
        with pytest.raises(RuntimeError, match=r"executable_fullpath names; set it to"):
            get_shell_class(name).executable_filepath()
        program.touch()
        assert get_shell_class(name).executable_filepath() == str(program)

    def test_a_prompt_and_a_path_for_fish_can_be_set_too(self) -> None:
        config.use(Settings.locked({"plugins": {"shell": {"fish": {"prompt": "§"}}}}))
        assert create_shell("fish").settings["prompt"] == "§"

    def test_system_paths_can_be_set(self) -> None:
        config.use(Settings.locked({"standard_system_paths": ["/a", "/b"]}))
        for name in ("bash", "cmd", "pwsh"):
            assert create_shell(name).get_syspaths() == ["/a", "/b"]
