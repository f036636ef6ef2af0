"""What the machine answers when no source gives a setting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rezfast.config import Settings, machine

TWO_OF_FOUR = "".join(
    f"processor\t: {number}\nphysical id\t: 0\ncore id\t\t: {number % 2}\n\n" for number in range(4)
)


def program(directory: Path, name: str) -> str:
    """Make an executable file."""
    path = directory / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


class TestPrograms:
    def test_the_first_of_those_that_rez_knows(self, tmp_path: Path) -> None:
        settings = Settings.from_sources({"PATH": str(tmp_path)}, [])
        assert settings.editor is settings.difftool is settings.image_viewer is None
        assert settings.terminal_emulator_command is None

        meld, eog = program(tmp_path, "meld"), program(tmp_path, "eog")
        program(tmp_path, "diff")
        settings = Settings.from_sources({"PATH": str(tmp_path)}, [])
        assert (settings.difftool, settings.image_viewer) == (meld, eog)

    @pytest.mark.parametrize(
        "name, command",
        [
            ("xterm", "xterm -hold -e"),
            ("konsole", "konsole --noclose -e"),
            ("x-terminal-emulator", "x-terminal-emulator --noclose -e"),
        ],
    )
    def test_terminals(self, tmp_path: Path, name: str, command: str) -> None:
        program(tmp_path, name)
        environ = {"PATH": str(tmp_path)}
        assert Settings.from_sources(environ, []).terminal_emulator_command == command

    def test_the_editor_of_the_user_comes_first(self) -> None:
        assert Settings.from_sources({"EDITOR": "ed -x"}, []).editor == "ed -x"
        environ = {"EDITOR": "ed", "REZ_EDITOR": "nano"}
        assert Settings.from_sources(environ, []).editor == "nano"


def test_a_session_of_its_own() -> None:
    assert Settings.locked().new_session_popen_args == {"preexec_fn": os.setpgrp}


class TestTheShell:
    """Whose parent process, `$SHELL` and further ancestors are these, and what is /bin/sh?"""

    FILES = {
        "/proc/7/cmdline": "-zsh\0-l\0",
        "/proc/6/cmdline": "/usr/bin/make\0all\0",
        "/proc/6/status": "Name:\tmake\nPPid:\t5\n",
        "/proc/5/status": "Name:\ttcsh\nPPid:\t1\n",
        "/proc/4/status": "Name:\tinit\nPPid:\t0\n",
        "/proc/3/cmdline": "/bin/sh\0-c\0x\0",
    }

    @pytest.mark.parametrize(
        "parent, variable, sh, shell",
        [
            (7, "/bin/bash", "/bin/dash", "zsh"),
            (6, "/bin/bash", "/bin/dash", "bash"),
            (6, "/bin/fish", "/bin/dash", "tcsh"),
            (4, "", "/bin/dash", "bash"),
            (4, "", "/bin/bash", "sh"),
            (3, "/bin/zsh", "/bin/dash", "bash"),
            (3, "/bin/zsh", "/bin/sh", "sh"),
        ],
    )
    def test_is_found(
        self, monkeypatch: pytest.MonkeyPatch, parent: int, variable: str, sh: str, shell: str
    ) -> None:
        monkeypatch.setenv("SHELL", variable)
        monkeypatch.setattr("os.getppid", lambda: parent)
        monkeypatch.setattr("os.path.realpath", lambda path: sh)
        monkeypatch.setattr(machine, "_read", lambda path: self.FILES.get(path, ""))
        assert Settings.locked({"default_shell": "{system.shell}"}).default_shell == shell


class TestCores:
    @pytest.mark.parametrize(
        "cpuinfo, lscpu, cores",
        [
            (TWO_OF_FOUR, "", 2),
            ("processor : 0\nmodel name : one\n", "", 1),
            ("", "Socket(s): 2\nCore(s) per socket: 3\n", 6),
            ("processor : 0\nx : 1\nprocessor : 1\nx : 2\n", "CPU socket(s): 1\n", 4),
            ("", "", 4),
        ],
        ids=["cpuinfo", "one processor", "lscpu", "neither names cores", "nothing"],
    )
    def test_physical_ones(
        self, monkeypatch: pytest.MonkeyPatch, cpuinfo: str, lscpu: str, cores: int
    ) -> None:
        monkeypatch.setattr(machine, "logical_cores", lambda: 4)
        monkeypatch.setattr(machine, "_read", lambda path: cpuinfo)
        monkeypatch.setattr(machine, "_run_lscpu", lambda: lscpu)
        assert Settings.locked().build_thread_count == cores

    def test_logical_ones_or_a_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "logical_cores", lambda: 4)
        environ = {"REZ_BUILD_THREAD_COUNT": "logical_cores"}
        assert Settings.from_sources(environ, []).build_thread_count == 4
        assert Settings.from_sources({"REZ_BUILD_THREAD_COUNT": "7"}, []).build_thread_count == 7

    def test_a_machine_with_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "logical_cores", lambda: 1)
        assert machine.physical_cores() == 1
