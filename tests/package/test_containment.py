"""A definition that is evaluated leaves the process as it was."""

from __future__ import annotations

import builtins
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rezfast.errors import PackageMetadataError
from rezfast.package.definition import load_data, load_definition

Write = Callable[..., str]


def test_what_it_prints_goes_to_stderr(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    load_definition(write("import sys\nprint('one')\nsys.stdout.write('two')\nrequires = []"))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "one\ntwo"


def test_the_working_directory_is_kept(write: Write) -> None:
    before = os.getcwd()
    load_definition(write("import os\nos.chdir('/')"))
    assert os.getcwd() == before


@pytest.mark.parametrize("last", ["", "raise ValueError", "sys.exit()"])
def test_the_search_path_and_stdout_are_kept(write: Write, last: str) -> None:
    before = list(sys.path), sys.stdout
    path = write(f"import sys\nsys.path.insert(0, '/x')\nsys.stdout = None\n{last}\n")
    if last:
        with pytest.raises(PackageMetadataError):
            load_definition(path)
    else:
        load_definition(path)
    assert (list(sys.path), sys.stdout) == before


def test_builtins_are_kept(write: Write) -> None:
    load_definition(write("__builtins__['len'] = None\nrequires = []"))
    assert builtins.len is not None
    assert builtins.__import__ is __import__


def test_a_keyboard_interrupt_goes_through(write: Write) -> None:
    with pytest.raises(KeyboardInterrupt):
        load_definition(write("raise KeyboardInterrupt"))


def test_threads_do_not_see_each_other(write: Write) -> None:
    paths = [
        write(
            f"""
            import time
            requires = []
            for i in range(20):
                requires.append("a{n}-%d" % i)
                time.sleep(0)
            with scope("config"):
                x = {n}
            """,
            f"{n}.py",
        )
        for n in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        for n, data in enumerate(pool.map(load_data, paths)):
            assert data["requires"] == [f"a{n}-{i}" for i in range(20)]
            assert data["config"] == {"x": n}


def test_other_threads_keep_their_stdout(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running, done = threading.Event(), threading.Event()
    monkeypatch.setattr(sys, "running", running, raising=False)
    monkeypatch.setattr(sys, "done", done, raising=False)
    path = write("import sys\nsys.running.set()\nsys.done.wait(5)\nprint('definition')")

    def other() -> None:
        running.wait(5)
        print("other")
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    load_definition(path)
    thread.join()
    captured = capsys.readouterr()
    assert captured.out == "other\n"
    assert captured.err == "definition\n"


def test_a_definition_may_load_another(write: Write) -> None:
    inner = write("requires = ['a'] + []", "inner.py")
    outer = write(
        f"""
        from rezfast.package.definition import load_definition
        requires = load_definition({inner!r}).requires
        """
    )
    assert load_definition(outer).requires == ["a"]
