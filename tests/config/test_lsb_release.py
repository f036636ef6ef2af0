"""What `lsb_release` says, told without it where that is certain."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rezfast.config import lsb_release
from rezfast.config.lsb_release import begin, said, told_by

DEBIAN = (
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
    'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
)
SCRIPT = b"#!/bin/sh\n# stands for the known script\n"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsb_release, "_KNOWN", {lsb_release._fingerprint(SCRIPT)})


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("os_release", "expected"),
    [
        (DEBIAN, ("Debian", "12")),
        ("ID=ubuntu\nNAME='Ubuntu'\nVERSION_ID=24.04\n", ("Ubuntu", "24.04")),
        # the name is as the system writes it, if it is the same word
        ("ID=opensuse\nNAME=openSUSE\n# old\n\nVERSION_ID=15\n", ("openSUSE", "15")),
    ],
)
def test_the_known_script_says_what_os_release_says(
    os_release: str, expected: tuple[str, str]
) -> None:
    distributor, release = expected
    assert told_by(SCRIPT, os_release) == f"Distributor ID:\t{distributor}\nRelease:\t{release}\n"


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "os_release",
    [
        "",
        "ID=debian\nNAME=Debian\n",  # no release
        DEBIAN + "ID=$(hostname)\n",
        DEBIAN + 'ID="$NAME"\n',
        DEBIAN + "ID=debian # or so\n",
        DEBIAN + 'ID="de"b"ian"\n',
        DEBIAN + "echo\n",
        DEBIAN + "export ID\n",
        DEBIAN + "ID=d\xe9bian\n",
        DEBIAN + "ID=a\x0bNAME=b\n",
    ],
)
def test_what_only_a_shell_can_read_is_left_to_it(os_release: str) -> None:
    assert told_by(SCRIPT, os_release) is None


def test_a_script_that_is_not_known_is_run() -> None:
    assert told_by(SCRIPT, DEBIAN) is None


def test_what_is_told_is_what_this_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    program = shutil.which("lsb_release")
    told = program and told_by(
        Path(program).read_bytes(), Path(lsb_release.OS_RELEASE).read_text(encoding="utf-8")
    )
    monkeypatch.setattr(lsb_release, "_asked", {})
    monkeypatch.setattr(lsb_release, "_KNOWN", frozenset())
    ran = said(os.environ)
    assert bool(program) == bool(ran)
    if told:
        assert set(told.splitlines()) <= set(ran.splitlines())


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment whose `lsb_release` counts how often it is run."""
    monkeypatch.setattr(lsb_release, "_asked", {})
    file = tmp_path / "lsb_release"
    file.write_text(f"#!/bin/sh\necho x >> {tmp_path}/runs\necho 'Release: 7'\n")
    file.chmod(0o755)
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}"}


def test_a_program_is_run_once(program: dict[str, str], tmp_path: Path) -> None:
    begin(program)
    begin(program)
    assert said(program) == said(program) == "Release: 7\n"
    assert (tmp_path / "runs").read_text() == "x\n"


def test_without_a_program_nothing_is_said(tmp_path: Path) -> None:
    assert said({"PATH": str(tmp_path)}) == ""
