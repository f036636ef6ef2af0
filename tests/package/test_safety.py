"""What goes wrong in a definition stays there: one clear message, and the process as it was."""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from rezfast.errors import InvalidPackageError, PackageMetadataError, PackageRejected
from rezfast.package.deadline import time_limit
from rezfast.package.definition import load_data, load_definition

Write = Callable[..., str]


def error_of(path: str) -> PackageMetadataError:
    with pytest.raises(PackageMetadataError) as caught:
        load_data(path)
    return caught.value


# ---- messages ----------------------------------------------------------------------------------


def test_an_error_names_file_and_line_and_quotes_the_line(write: Write) -> None:
    path = write("name = 'foo'\nversion = '1.' + build_number  # set by CI\n")
    error = error_of(path)
    assert str(error) == (
        f"{path}:2: raised NameError: name 'build_number' is not defined, "
        "in `version = '1.' + build_number  # set by CI`"
    )
    assert (error.path, error.line) == (path, 2)


def test_an_error_in_a_module_names_the_line_that_called_it(write: Write) -> None:
    path = write("import json\nx = 1\ndata = json.loads('{')\n")
    assert str(error_of(path)).startswith(f"{path}:3: raised JSONDecodeError: ")


def test_a_syntax_error_quotes_its_line(write: Write) -> None:
    path = write("name = 'foo'\nrequires = ['a' 'b'\nversion = '1'\n")
    assert str(error_of(path)).endswith("in `requires = ['a' 'b'`")


def test_a_very_long_line_is_cut(write: Write) -> None:
    message = str(error_of(write(f"x = [{'1, ' * 4000}0] + None\n")))
    assert len(message) < 400
    assert message.endswith("…`")


def test_a_message_is_one_line(write: Write) -> None:
    assert "\n" not in str(error_of(write("raise ValueError('one\\ntwo')\n")))


def test_a_definition_may_reject_itself(write: Write) -> None:
    path = write(
        "name = 'foo'\n@early()\ndef tools():\n    raise InvalidPackageError('no tools')\n"
    )
    with pytest.raises(InvalidPackageError) as caught:
        load_data(path)
    assert isinstance(caught.value, PackageRejected)
    assert str(caught.value) == f"{path}:4: no tools"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import sys\nsys.exit(0)", "called sys.exit"),
        ("raise SystemExit", "called sys.exit"),
        ("quit()", "called sys.exit"),
        ("def f():\n    f()\nf()", "raised RecursionError"),
        ("@early()\ndef x():\n    return x()", "raised RecursionError"),
        ("x = " + "(" * 5000 + ")" * 5000, "is not valid Python|raised MemoryError|Recursion"),
        ("x = " + "-" * 200_000 + "1", "is not valid Python|raised MemoryError|Recursion"),
        ("x = []\nfor i in range(10 ** 5): x = [x]\nrepr(x)", "raised RecursionError"),
        ("\0", "is not valid Python|source code .* null bytes"),
        ("raise GeneratorExit", "raised GeneratorExit"),
    ],
)  # fmt: skip
def test_what_would_end_a_program_ends_in_an_error(write: Write, text: str, what: str) -> None:
    with pytest.raises(PackageMetadataError, match=what):
        load_data(write(text))


# ---- the process afterwards --------------------------------------------------------------------


def test_environment_variables_are_put_back(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "1")
    monkeypatch.setenv("CHANGED", "1")
    before = dict(os.environ)
    data = load_data(
        write(
            """
            import os
            del os.environ["KEPT"]
            os.environ["CHANGED"] = "2"
            os.environ["ADDED"] = "3"
            seen = os.environ["CHANGED"] + os.environ["ADDED"]
            """
        )
    )
    assert data["seen"] == "23"
    assert dict(os.environ) == before
    assert subprocess.check_output(["sh", "-c", "echo $CHANGED$ADDED"], text=True) == "1\n"


def test_builtins_are_put_back(write: Write) -> None:
    before = dict(vars(builtins))
    load_data(
        write(
            """
            import builtins
            builtins.len = lambda x: 42
            builtins.added = 1
            del builtins.print
            """
        )
    )
    assert vars(builtins) == before


def test_replaced_modules_are_put_back(write: Write) -> None:
    load_data(
        write(
            """
            import sys
            sys.modules["os"] = None
            del sys.modules["json"]
            sys.modules["made_up"] = 1
            sys.modules = {}
            """
        )
    )
    import json
    import os as again

    assert again is os
    assert json is sys.modules["json"]
    assert "made_up" not in sys.modules


def test_an_imported_module_stays_imported(write: Write, tmp_path: Path) -> None:
    (tmp_path / "studio_module_a.py").write_text("value = 1\n")
    text = f"import sys\nsys.path.append({str(tmp_path)!r})\nimport studio_module_a\n"
    load_data(write(text))
    assert sys.modules.pop("studio_module_a").value == 1
    assert str(tmp_path) not in sys.path


def test_names_in_sys_are_put_back(write: Write) -> None:
    before = dict(vars(sys))
    arguments = list(sys.argv)
    limit = sys.getrecursionlimit()
    load_data(
        write(
            """
            import sys
            sys.argv.append("--all")
            sys.excepthook = sys.stdin = sys.__stdout__ = None
            sys.added = 1
            sys.setrecursionlimit(5000)
            """
        )
    )
    assert vars(sys) == before
    assert sys.argv == arguments
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("text", ["import os\nos.chdir('/')", "import os\nos.chdir('/')\n1 / 0"])
def test_the_working_directory_is_put_back(write: Write, text: str) -> None:
    before = os.getcwd()
    with suppress(PackageMetadataError):
        load_data(write(text))
    assert os.getcwd() == before


# ---- standard output ---------------------------------------------------------------------------

CHATTY = """
import os, subprocess, sys
print("print")
sys.stdout.write("sys.stdout\\n")
sys.__stdout__.write("sys.__stdout__\\n")
os.write(1, b"descriptor\\n")
os.system("echo system")
subprocess.call(["echo", "subprocess"])
name = "chatty"
version = "1"
requires = [] + []
"""

WORDS = ("print", "sys.stdout", "sys.__stdout__", "descriptor", "system", "subprocess")


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **variables},
    )


def repository(tmp_path: Path, text: str) -> str:
    directory = tmp_path / "chatty" / "1"
    directory.mkdir(parents=True)
    (directory / "package.py").write_text(text)
    return str(tmp_path)


def test_nothing_that_a_definition_writes_is_mixed_with_an_answer(tmp_path: Path) -> None:
    paths = repository(tmp_path, CHATTY)
    done = run("-m", "rezfast", "resolve", "--json", "--path", paths, "chatty")
    assert done.returncode == 0
    assert done.stdout.startswith("{")
    for word in WORDS:
        assert word not in done.stdout.splitlines()
        assert word in done.stderr.splitlines()


def test_stdout_works_again_afterwards(tmp_path: Path) -> None:
    path = str(Path(repository(tmp_path, CHATTY)) / "chatty" / "1" / "package.py")
    done = run(
        "-c",
        "import os, sys\n"
        "from rezfast.package.definition import load_data\n"
        "print('before')\n"
        f"load_data({path!r})\n"
        "print('after', flush=True)\n"
        "os.system('echo process')\n",
    )
    assert done.stdout.splitlines() == ["before", "after", "process"]


def test_closed_descriptors_are_no_trouble(tmp_path: Path) -> None:
    path = str(Path(repository(tmp_path, "name = 'a' + 'b'")) / "chatty" / "1" / "package.py")
    done = run(
        "-c",
        "import os\n"
        "from rezfast.package.definition import load_data\n"
        "os.close(1)\n"
        f"assert load_data({path!r}) == {{'name': 'ab'}}\n",
    )
    assert done.returncode in (0, 120), done.stderr  # 120: Python cannot flush stdout at the end


# ---- time --------------------------------------------------------------------------------------

LOOPS = {
    "plain": "while True: pass",
    "early": "@early()\ndef x():\n    while True:\n        pass",
    "generous": "while True:\n    try:\n        while True: pass\n    except Exception: pass",
    "import": "import itertools\nfor i in itertools.count(): pass",
}
WAITS = {
    "sleep": "import time\ntime.sleep(60)",
    "process": "import subprocess\nsubprocess.call(['sleep', '60'])",
    "lock": "import threading\nthreading.Event().wait(60)",
}


def timed(path: str) -> None:
    start = monotonic()
    with time_limit(0.2), pytest.raises(PackageMetadataError, match="time limit was reached"):
        load_data(path)
    assert monotonic() - start < 20


@pytest.mark.parametrize("kind", [*LOOPS, *WAITS])
def test_a_limit_ends_loops_and_waiting_in_the_main_thread(write: Write, kind: str) -> None:
    timed(write({**LOOPS, **WAITS}[kind]))
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize("kind", LOOPS)
def test_a_limit_ends_loops_in_another_thread(write: Write, kind: str) -> None:
    path = write(LOOPS[kind])
    with ThreadPoolExecutor(1) as pool:
        pool.submit(timed, path).result()


def test_a_limit_ends_loops_where_the_program_uses_the_signal(write: Write) -> None:
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    try:
        timed(write(LOOPS["plain"]))
        assert signal.getsignal(signal.SIGALRM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGALRM, before)


def test_the_line_that_was_running_is_named(write: Write) -> None:
    path = write("name = 'foo'\nwhile True: pass\n")
    with time_limit(0.1), pytest.raises(PackageMetadataError, match=r"py:2: was still running"):
        load_data(path)


def test_a_definition_that_is_quick_is_read(write: Write) -> None:
    path = write("name = 'a' + 'b'")
    with time_limit(60):
        assert load_data(path) == {"name": "ab"}


def test_a_limit_holds_in_its_block_only(write: Write) -> None:
    path = write("import time\ntime.sleep(0.3)\nname = 'a'")
    with time_limit(0):
        pass
    assert load_data(path)["name"] == "a"


def test_the_shorter_limit_counts(write: Write) -> None:
    path = write(LOOPS["plain"])
    with time_limit(0.1), time_limit(60), pytest.raises(PackageMetadataError, match="limit"):
        load_data(path)


def test_a_limit_holds_for_late_functions(write: Write) -> None:
    record = load_definition(write("@late()\ndef requires():\n    while True: pass\n"))
    with time_limit(0.1), pytest.raises(PackageMetadataError, match=r"py:3: was still running"):
        record.late.evaluate("requires", None, None)


def test_the_process_is_as_it_was_after_a_limit(write: Write) -> None:
    before = os.getcwd(), sys.stdout, dict(os.environ), threading.active_count()
    timed(write("import os, sys\nos.chdir('/')\nos.environ['X'] = '1'\nwhile True: pass"))
    assert (os.getcwd(), sys.stdout, dict(os.environ), threading.active_count()) == before


def test_a_resolve_keeps_its_limit(tmp_path: Path) -> None:
    paths = repository(tmp_path, "name = 'chatty'\nversion = '1'\nwhile True: pass\n")
    done = run("-m", "rezfast", "resolve", "--time-limit", "1", "--path", paths, "chatty")
    assert done.returncode != 0
    assert "package.py:3: was still running when the time limit was reached" in done.stderr
    assert len(done.stderr.splitlines()) == 1
