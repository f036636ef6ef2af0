"""`rezfast env`: what runs in which environment, how it ends, and what is left behind."""

from __future__ import annotations

import os
import pty
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Finished = subprocess.CompletedProcess[str]
Run = Callable[..., Finished]

PACKAGES = {
    "python-3.10.4": "",
    "maya-2024.1": """
        requires = ["python-3.10", "~renderer-2"]
        tools = ["maya", "mayapy"]
        def commands():
            env.MAYA_VERSION = "{version}"
            env.MAYA_MODULES.append("{root}/modules")
            env.MAYA_MODULES.append("{root}/more")
        """,
    "maya-2023.3": """
        requires = ["python-3.9"]
        """,
    "aliased-1.0": """
        def commands():
            alias("greet", "echo hello")
        """,
    "sourced-1.0": """
        def commands():
            source("{root}/setup.sh")
        """,
    "failing-1.0": """
        def commands():
            env.A = undefined_name
        """,
    "stopping-1.0": """
        def commands():
            stop("not on\\nthis machine")
        """,
    "huge-1.0": """
        def commands():
            env.HUGE = "h" * 140000
        """,
    "tool-1.0": """
        build_requires = ["compiler"]
        def commands():
            env.PATH.prepend("{root}/bin")
        """,
    "compiler-1.0": "",
    "implied-1.0": "",
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of `PACKAGES`."""
    root = tmp_path_factory.mktemp("packages")
    for qualified, body in PACKAGES.items():
        name, _, version = qualified.partition("-")
        place = root / name / version
        place.mkdir(parents=True)
        lines = "".join(line[8:] + "\n" for line in body.splitlines())
        (place / "package.py").write_text(f"name = {name!r}\nversion = {version!r}\n{lines}")
    (root / "sourced" / "1.0" / "setup.sh").write_text("export SOURCED=yes\n")
    tools = root / "tool" / "1.0" / "bin"
    tools.mkdir()
    _script(tools / "hi", "#!/bin/sh\necho hi from $0 with $#\n")
    _script(tools / "bare", "echo bare $REZ_USED_RESOLVE\n")
    return root


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def tmpdir(tmp_path: Path) -> Iterator[Path]:
    """Where temporary files go. Nothing may be left there."""
    place = tmp_path / "tmp"
    place.mkdir()
    yield place
    assert _left(place) == []


def _left(place: Path) -> list[str]:
    """What is in a directory once whoever removes things has had the time to do so."""
    deadline = time.monotonic() + 10
    while (left := sorted(os.listdir(place))) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left


@pytest.fixture
def variables(environment: dict[str, str], tmpdir: Path, packages: Path) -> dict[str, str]:
    """The variables that `rezfast env` is started with; bash is the user's shell."""
    return {
        "HOME": environment["HOME"],
        "PATH": os.environ["PATH"],
        "SHELL": "/bin/bash",
        "REZ_DEFAULT_SHELL": "bash",
        "REZ_PACKAGES_PATH": str(packages),
        "REZ_IMPLICIT_PACKAGES": "",
        "TMPDIR": str(tmpdir),
    }


@pytest.fixture
def env(program: list[str], variables: dict[str, str]) -> Run:
    """Run `rezfast env` with these words."""

    def run(*words: str | Path, stdin: str = "", **extra: str) -> Finished:
        return subprocess.run(
            [*program, "env", *map(str, words)],
            env={**variables, **extra},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


# ---- running a program --------------------------------------------------------------------------


def test_a_program_runs_in_the_environment_of_the_packages(env: Run, packages: Path) -> None:
    done = env("maya-2024", "--", "printenv", "REZ_USED_RESOLVE", "MAYA_VERSION", "MAYA_MODULES")
    assert (done.returncode, done.stderr) == (0, "")
    root = f"{packages}/maya/2024.1"
    assert done.stdout.splitlines() == [
        "python-3.10.4 maya-2024.1",
        "2024.1",
        f"{root}/modules:{root}/more",
    ]


def test_what_follows_the_dashes_is_the_programs_own(env: Run) -> None:
    # rez looks for another `--` and drops what follows it
    done = env("tool", "--", "printf", "%s|", "--", "--quiet", "-v", "a b", "", "*", "it's", "é")
    assert done.stdout == "--|--quiet|-v|a b||*|it's|é|"


def test_variables_in_words_are_those_of_the_environment(env: Run) -> None:
    assert env("maya", "--", "echo", "on $MAYA_VERSION").stdout == "on 2024.1\n"


def test_a_text_is_read_by_the_shell(env: Run) -> None:
    done = env("maya", "-c", 'for i in 1 2; do echo "$i $MAYA_VERSION"; done; exit 4')
    assert (done.returncode, done.stdout) == (4, "1 2024.1\n2 2024.1\n")


def test_a_program_is_found_on_the_path_of_the_environment(env: Run, packages: Path) -> None:
    assert env("tool", "--", "hi", "there").stdout == f"hi from {packages}/tool/1.0/bin/hi with 1\n"


def test_a_script_that_does_not_say_who_runs_it_is_run_by_the_shell(env: Run) -> None:
    assert env("tool", "--", "bare").stdout == "bare tool-1.0\n"


def test_aliases_and_sourced_scripts_work(env: Run) -> None:
    assert env("aliased", "--", "greet", "you").stdout == "hello you\n"
    assert env("sourced", "--", "printenv", "SOURCED").stdout == "yes\n"


def test_the_program_takes_the_place_of_rezfast(
    program: list[str], variables: dict[str, str]
) -> None:
    started = subprocess.Popen(
        [*program, "env", "maya", "--", "readlink", "/proc/self"],
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    out, _ = started.communicate(timeout=60)
    assert int(out) == started.pid


def test_the_files_of_the_context_are_there_while_it_runs(env: Run) -> None:
    done = env("maya", "--", "sh", "-c", 'test -s "${REZ_RXT_FILE}" && . "${REZ_CONTEXT_FILE}"')
    assert done.returncode == 0


def test_nothing_of_rezfast_is_left_open_or_ignored_in_the_program(env: Run) -> None:
    done = env("maya", "--", "ls", "/proc/self/fd")
    assert done.stdout.split() == ["0", "1", "2", "3"]  # 3 is the listing's own
    ignored = env("maya", "--", "grep", "SigIgn", "/proc/self/status").stdout.split()[1]
    assert int(ignored, 16) & (1 << signal.SIGPIPE - 1) == 0


# ---- exit codes and signals ---------------------------------------------------------------------


@pytest.mark.parametrize("way", [(), ("--shell", "sh"), ("--new-session",)])
def test_the_exit_code_is_the_programs(env: Run, way: tuple[str, ...]) -> None:
    assert env("maya", *way, "--", "sh", "-c", "exit 7").returncode == 7


def test_a_signal_reaches_the_program_and_tells_how_it_ended(
    program: list[str], variables: dict[str, str]
) -> None:
    started = subprocess.Popen(
        [*program, "env", "maya", "--", "sleep", "60"], env=variables, stdout=subprocess.DEVNULL
    )
    _wait_for(lambda: b"sleep" in Path(f"/proc/{started.pid}/comm").read_bytes())
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=30) == -signal.SIGTERM


def test_a_process_that_has_to_stay_passes_signals_on(
    program: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    code = f'trap "exit 9" TERM; touch {ready}; while :; do sleep 0.05; done'
    started = subprocess.Popen(
        [*program, "env", "maya", "--new-session", "-c", code], env=variables
    )
    _wait_for(ready.exists)
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=30) == 9


def test_an_interrupt_ends_the_waiting_for_a_session_of_its_own(
    program: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    ready, goes_on = tmp_path / "ready", tmp_path / "goes on"
    code = f"touch {ready}; sleep 0.5; touch '{goes_on}'"
    started = subprocess.Popen(
        [*program, "env", "maya", "--new-session", "-c", code],
        env=variables,
        # also where whoever runs the tests ignores it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    _wait_for(ready.exists)
    started.send_signal(signal.SIGINT)
    assert started.wait(timeout=30) == 130
    _wait_for(goes_on.exists)


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_program_that_is_not_there(env: Run) -> None:
    done = env("maya", "--", "mayapi")
    assert done.returncode == 127
    assert done.stderr == (
        "rezfast: error: mayapi: there is no such program in this environment; "
        "did you mean mayapy?\n"
    )


def test_variables_that_are_too_long_for_a_program(env: Run) -> None:
    done = env("huge", "--", "true")
    assert (done.returncode, done.stdout) == (126, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("the longest variable is HUGE, with 140000 bytes\n")


def test_a_file_that_is_no_program(env: Run, packages: Path) -> None:
    path = packages / "maya" / "2024.1" / "package.py"
    done = env("maya", "--", path)
    assert done.returncode == 126
    assert done.stderr == f"rezfast: error: {path} is not a program: it is not executable\n"


# ---- shells -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), ("-s",), ("--stdin", "--shell", "sh")])
def test_commands_that_are_piped_in_run_in_the_environment(
    env: Run, words: tuple[str, ...]
) -> None:
    done = env("maya", *words, stdin="echo $MAYA_VERSION\nexit 3\n")
    assert (done.returncode, done.stdout) == (3, "2024.1\n")


def test_without_input_a_shell_ends_at_once(env: Run) -> None:
    done = env("maya")
    assert (done.returncode, done.stdout) == (0, "")


def _on_a_terminal(words: list[str], variables: dict[str, str], typed: str) -> tuple[int, str]:
    """Exit code and what is shown when something is typed on a terminal."""
    pid, leader = pty.fork()
    if pid == 0:
        os.execvpe(words[0], words, variables)
    os.write(leader, typed.encode())
    shown = b""
    try:
        while chunk := os.read(leader, 65536):
            shown += chunk
    except OSError:  # how a terminal says that nobody is left
        pass
    os.close(leader)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_on_a_terminal_it_is_an_interactive_shell(
    program: list[str], variables: dict[str, str]
) -> None:
    code, shown = _on_a_terminal(
        [*program, "env", "maya", "--norc"], variables, "echo [$MAYA_VERSION] [$-]\nexit 6\n"
    )
    assert code == 6
    assert "[2024.1]" in shown
    flags = shown.rpartition("[2024.1] [")[2].partition("]")[0]
    assert "i" in flags


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_shell_reads_a_file_of_ones_own(
    shell: str, program: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    # of a name that a file of the environment has, too
    startup = tmp_path / "context.sh"
    startup.write_text("MINE=yes_mine\n")
    code, shown = _on_a_terminal(
        [*program, "env", "maya", "-q", "--shell", shell, "--rcfile", str(startup)],
        variables,
        'echo "[$MINE] [$MAYA_VERSION]"\nexit\n',
    )
    assert (code, "[yes_mine] [2024.1]" in shown) == (0, True)


def test_a_broken_startup_file_says_so_and_the_shell_goes_on(
    program: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".bashrc").write_text("if then nonsense (((\n")
    code, shown = _on_a_terminal(
        [*program, "env", "maya", "-q"],
        {**variables, "HOME": str(home)},
        "echo [$MAYA_VERSION]\nexit 5\n",
    )
    assert (code, "[2024.1]" in shown) == (5, True)
    assert "syntax error" in shown


@pytest.mark.parametrize("wrong", ["zsj", "bahs", "no-such-shell"])
def test_an_unknown_shell(env: Run, wrong: str) -> None:
    done = env("maya", "--shell", wrong, "--", "true")
    assert done.returncode == 2
    assert done.stderr.startswith(f"rezfast: error: --shell '{wrong}': ")
    assert done.stderr.count("\n") == 1


def test_a_shell_that_is_not_installed(env: Run, tmp_path: Path) -> None:
    only = tmp_path / "only"
    only.mkdir()
    (only / "env").symlink_to(shutil.which("env") or "")
    done = env("maya", "--shell", "tcsh", "--", "true", PATH=str(only))
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: tcsh: no program 'tcsh' on PATH")
    assert done.stderr.count("\n") == 1


def test_a_terminal_of_its_own_is_given_the_shell(env: Run, tmp_path: Path, tmpdir: Path) -> None:
    terminal = tmp_path / "terminal"
    _script(terminal, f'#!/bin/sh\necho $# > {tmp_path}/opened\nexec "$@"\n')
    command = f"{terminal} "
    done = env("maya", "--detached", "-c", "exit 0", REZ_TERMINAL_EMULATOR_COMMAND=command)
    assert done.returncode == 0
    assert (tmp_path / "opened").exists()
    # nobody knows how long the terminal stays, so its files do
    (kept,) = os.listdir(tmpdir)
    shutil.rmtree(tmpdir / kept)


# ---- what is asked for --------------------------------------------------------------------------


def test_implicit_packages_are_asked_for_unless_they_are_not_wanted(env: Run) -> None:
    show = ("--", "printenv", "REZ_USED_RESOLVE")
    implied = {"REZ_IMPLICIT_PACKAGES": "implied"}
    assert env("compiler", *show, **implied).stdout == "compiler-1.0 implied-1.0\n"
    assert env("compiler", "--ni", *show, **implied).stdout == "compiler-1.0\n"
    assert env("compiler", "--no-implicit", *show, **implied).stdout == "compiler-1.0\n"


def test_a_build_environment_has_what_builds_need(env: Run) -> None:
    show = ("--", "printenv", "REZ_USED_RESOLVE", "REZ_BUILD_ENV")
    assert env("tool", *show).stdout == "tool-1.0\n"
    assert env("tool", "-b", *show).stdout == "compiler-1.0 tool-1.0\n1\n"


def test_a_rule_hides_and_all_words_after_the_option_are_rules(env: Run) -> None:
    show = ("--", "printenv", "REZ_USED_RESOLVE")
    done = env("compiler", "--exclude", "nothing*", "comp*", *show)
    assert done.returncode in (1, 2)
    done = env("compiler", "--exclude", "comp*", "--include", "compiler", *show)
    assert done.stdout == "compiler-1.0\n"


def test_local_packages_can_be_left_out(env: Run, packages: Path) -> None:
    local = {"REZ_LOCAL_PACKAGES_PATH": str(packages)}
    assert env("compiler", "--", "true", **local).returncode == 0
    assert env("compiler", "--nl", "--", "true", **local).returncode == 2


def test_repositories_can_be_given(env: Run, packages: Path) -> None:
    paths = f"/nowhere:{packages}"
    done = env("compiler", "--paths", paths, "--", "true", REZ_PACKAGES_PATH="/none")
    assert done.returncode == 0


# ---- contexts in files --------------------------------------------------------------------------


def test_a_context_is_written_and_entered_later(env: Run, tmp_path: Path) -> None:
    file = tmp_path / "maya.rxt"
    done = env("maya-2024", "--output", file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = env("-i", file, "--", "printenv", "REZ_RXT_FILE", "REZ_USED_REQUEST")
    assert done.stdout == f"{file}\nmaya-2024\n"


def test_a_context_is_named_so_that_it_is_found_from_anywhere(
    env: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env("maya-2024", "--output", "maya.rxt")
    done = env("-i", "maya.rxt", "--", "sh", "-c", 'cd / && test -s "${REZ_RXT_FILE}"')
    assert done.returncode == 0


def test_a_context_is_written_to_stdout(env: Run, tmp_path: Path) -> None:
    file = tmp_path / "maya.rxt"
    file.write_text(env("maya-2024", "-o", "-").stdout)
    assert env("-i", file, "--", "true").returncode == 0


def test_a_failed_resolve_is_written_too(env: Run, tmp_path: Path) -> None:
    file = tmp_path / "failed.rxt"
    done = env("maya-2024", "!python", "-o", file)
    assert done.returncode == 1
    assert file.exists()
    done = env("-i", file, "--", "true")
    assert done.returncode == 1
    assert done.stderr.startswith("rezfast: no solution: the context holds a resolve that failed: ")


def test_a_request_is_changed(env: Run, tmp_path: Path) -> None:
    file = tmp_path / "maya.rxt"
    env("maya-2024", "compiler", "-o", file)
    done = env("-i", file, "-p", "tool", "^compiler", "--", "printenv", "REZ_USED_REQUEST")
    assert done.stdout == "maya-2024 tool\n"


def test_the_current_request_is_changed(env: Run, tmp_path: Path) -> None:
    file = tmp_path / "maya.rxt"
    env("maya-2024", "-o", file)
    done = env("--patch", "tool", "--", "printenv", "REZ_USED_REQUEST", REZ_RXT_FILE=str(file))
    assert done.stdout == "maya-2024 tool\n"


def test_a_current_context_that_is_gone_is_named(env: Run, tmp_path: Path) -> None:
    file = tmp_path / "gone.rxt"
    done = env("--patch", "tool", "--", "true", REZ_RXT_FILE=str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"rezfast: error: there is nothing to patch: its context, $REZ_RXT_FILE, is gone: {file}\n"
    )


@pytest.mark.parametrize("request_", ["compiler", "maya"])
def test_verbose_tells_the_steps_and_how_it_went(env: Run, request_: str) -> None:
    done = env("-v", request_, "--", "true")
    *steps, last = done.stderr.splitlines()
    assert all(line.startswith("solve #") for line in steps)
    assert last == f"solved: {len(steps) + 1} step{'s' * bool(steps)}, 0 failed"


# ---- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mayaa"], "package family not found: mayaa"),
        (["maya-1999"], "maya-1999"),
        (["maya-2..1"], "maya-2..1"),
        (["maya", "--tmie", "5"], "--time"),
        (["maya", "--time", "soon"], "soon"),
        (["maya", "-c", "true", "--", "true"], "--command"),
        (["maya", "--input", "file.rxt"], "--input"),
        (["--input", "/nowhere/file.rxt"], "/nowhere/file.rxt"),
        (["--patch", "maya"], "nothing to patch"),
        (["maya", "--pkg-cache-mode", "later"], "later"),
        (["maya", "--paths", "/nowhere", "--"], "--paths /nowhere is not a directory"),
        (["failing", "--", "true"], "undefined_name"),
        (["maya", "-o", "/nowhere/file.rxt"], "/nowhere/file.rxt"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(env: Run, words: list[str], said: str) -> None:
    done = env(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("rezfast: error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


@pytest.mark.parametrize("verbose", ["-q", "-vv"])
def test_a_message_of_commands_is_told_in_one_line(env: Run, verbose: str) -> None:
    done = env("stopping", verbose, "--", "true")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith(": not on this machine")


def test_a_request_without_an_answer_says_why(env: Run) -> None:
    done = env("maya", "!python", "--", "true")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("rezfast: no solution: ")


def test_the_graph_of_a_failure_is_shown_or_it_is_said_why_not(env: Run) -> None:
    done = env("maya", "!python", "--fail-graph", "--", "true")
    assert (done.returncode, done.stdout) == (1, "")
    said = done.stderr.splitlines()
    assert said[0].startswith("rezfast: no solution: ")
    assert said[-1].startswith("rezfast: error: there is no display")


def test_twice_verbose_tells_how_an_error_in_commands_came_up(env: Run, packages: Path) -> None:
    done = env("failing", "-vv", "--", "true")
    assert (done.returncode, done.stdout) == (2, "")
    path = packages / "failing" / "1.0" / "package.py"
    *_, heading, place, code, error, last = done.stderr.splitlines()
    assert heading == "Traceback (most recent call last):"
    assert place.startswith(f'  File "{path}", line 5')
    assert code == "    env.A = undefined_name"
    assert error == "NameError: name 'undefined_name' is not defined"
    assert last.startswith(f"rezfast: error: commands of failing-1.0 ({path}:5): NameError")


# ---- trouble ------------------------------------------------------------------------------------


def test_killed_at_any_moment_nothing_is_left(
    program: list[str], variables: dict[str, str], tmpdir: Path
) -> None:
    words = [*program, "env", "maya", "--", "true"]
    began = time.monotonic()
    subprocess.run(words, env=variables, check=True)
    whole = time.monotonic() - began
    for part in range(12):
        started = subprocess.Popen(words, env=variables, stderr=subprocess.DEVNULL)
        time.sleep(whole * part / 10)
        started.kill()
        started.wait()
    assert _left(tmpdir) == []


def test_killed_while_the_program_runs_nothing_is_left(
    program: list[str], variables: dict[str, str], tmpdir: Path
) -> None:
    started = subprocess.Popen([*program, "env", "maya", "--", "sleep", "60"], env=variables)
    _wait_for(lambda: b"sleep" in Path(f"/proc/{started.pid}/comm").read_bytes())
    assert len(os.listdir(tmpdir)) == 1
    started.kill()
    started.wait()
    assert _left(tmpdir) == []


def test_interrupted_while_it_resolves(
    program: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    waits = tmp_path / "packages" / "waits" / "1.0"
    waits.mkdir(parents=True)
    (waits / "package.py").write_text(
        "name = 'waits'\nversion = '1.0'\n"
        "def commands():\n    import time\n    open(getenv('HERE'), 'w')\n    time.sleep(60)\n"
    )
    here = tmp_path / "here"
    started = subprocess.Popen(
        [*program, "env", "waits", "--paths", str(tmp_path / "packages"), "--", "true"],
        env={**variables, "HERE": str(here)},
        stderr=subprocess.DEVNULL,
    )
    _wait_for(here.exists)
    started.send_signal(signal.SIGINT)
    assert started.wait(timeout=30) == 130


def test_no_place_for_temporary_files(env: Run) -> None:
    done = env("maya", "--", "true", REZ_CONTEXT_TMPDIR="/nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: cannot make a temporary directory in /nowhere: ")
    assert "REZ_CONTEXT_TMPDIR" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_full_disk(program: list[str], variables: dict[str, str], tmpdir: Path) -> None:
    # no file may grow beyond a few bytes, which is how a full disk looks to whoever writes one
    done = subprocess.run(
        [*program, "env", "maya", "--", "true"],
        env=variables,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: cannot write the files of the environment: ")
    assert done.stderr.count("\n") == 1
    assert _left(tmpdir) == []


def test_a_full_disk_under_the_output(env: Run, tmp_path: Path) -> None:
    done = env("maya", "-o", "/dev/full")
    assert done.returncode == 2
    assert done.stderr.startswith("rezfast: error: ")
    assert done.stderr.endswith("No space left on device\n")
    assert done.stderr.count("\n") == 1


def test_temporary_files_can_be_kept(env: Run, tmpdir: Path) -> None:
    env("maya", "--", "true", REZ_KEEP_TMPDIRS="1")
    (kept,) = os.listdir(tmpdir)
    assert kept.startswith("rez_context_")
    assert {"context.rxt", "context.sh"} <= set(os.listdir(tmpdir / kept))
    shutil.rmtree(tmpdir / kept)


def test_without_a_home(program: list[str], variables: dict[str, str]) -> None:
    homeless = {name: value for name, value in variables.items() if name != "HOME"}
    for words in (["--", "printenv", "MAYA_VERSION"], ["-c", "echo $MAYA_VERSION"]):
        done = subprocess.run(
            [*program, "env", "maya", *words],
            env=homeless,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "2024.1\n", "")


def test_a_home_that_is_read_only(env: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    assert env("maya", "--", "true", HOME=str(home)).returncode == 0
    assert os.listdir(home) == []


def test_who_listens_to_the_output_may_go_away(
    program: list[str], variables: dict[str, str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*program, "env", "maya", "--", "yes"], env=variables, stdout=writer, check=False
    )
    os.close(writer)
    assert done.returncode == -signal.SIGPIPE
