"""How the machine is named: rez's order of sources, rez's rewriting of what is no version."""

from __future__ import annotations

import pytest

from rezfast.config import system
from rezfast.config.system import System
from rezfast.errors import RezError

LSB = "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE='22.04'\n"
PROGRAM = "Distributor ID:\tRocky\nRelease:\t9.3\n"
OS_RELEASE = 'NAME="Debian"\nID=debian\nVERSION_ID="12"\n'


@pytest.mark.parametrize(
    "lsb, program, os_release, expected",
    [
        (LSB, PROGRAM, OS_RELEASE, "Ubuntu-22.04"),
        ("", PROGRAM, OS_RELEASE, "Rocky-9.3"),
        ("", "", OS_RELEASE, "debian-12"),
        ("DISTRIB_ID=Mint\n", "", OS_RELEASE, "Mint-12"),
        ("", "", "ID=arch\n", "arch"),
        ("DISTRIB_ID=Linux Mint (x)\nDISTRIB_RELEASE=21..1-\n", "", "", "Linux_Mint__x_-21.1"),
    ],
)
def test_the_operating_system(
    monkeypatch: pytest.MonkeyPatch, lsb: str, program: str, os_release: str, expected: str
) -> None:
    texts = {"/etc/lsb-release": lsb, "/etc/os-release": os_release}
    monkeypatch.setattr(system, "_read", texts.__getitem__)
    monkeypatch.setattr(system, "_run_lsb_release", lambda: program)
    assert System({}).os == expected


def test_an_operating_system_without_a_name_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_read", lambda path: "")
    monkeypatch.setattr(system, "_run_lsb_release", lambda: "")
    with pytest.raises(RezError, match="cannot tell the operating system"):
        _ = System({}).os


def test_the_first_pattern_of_the_platform_map_that_matches_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system, "_operating_system", lambda: "CentOS Linux-7.8.2003")
    mapping = {"os": {r"Ubuntu": "no", r"CentOS Linux-(\d+)\.(\d+).*": r"CentOS-\1.\2", r"C": "D"}}
    assert System(mapping).os == "CentOS-7.8"
