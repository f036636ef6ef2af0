"""The fuzzer finds what it is there to find, and the inputs that it starts from do no harm."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from fuzz import definition, version
from fuzz.run import HERE, SHARES, Build, fuzz
from fuzz.target import Target
from fuzz.worker import inputs

INSTALLED = Build()


@pytest.mark.parametrize("fault", [b"raise", b"abort", b"hang", b"slow"])
def test_a_fault_is_found_and_its_input_written(
    fault: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "given"
    given.write_bytes(b"x " + fault + b" y")
    out = tmp_path / "out"
    assert not fuzz("planted", INSTALLED, out, 5.0, 7, [given], patience=2.0)
    assert (out / "planted-7").read_bytes() == given.read_bytes()
    assert "planted-7" in capfd.readouterr().err


def test_without_a_fault_nothing_is_written(tmp_path: Path) -> None:
    assert fuzz("planted", INSTALLED, tmp_path / "out", 0.2, 7, [])
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("name", SHARES)
def test_there_is_something_to_start_from(name: str) -> None:
    assert len(list((HERE / "corpus" / name).iterdir())) >= 20


@pytest.mark.parametrize("target", [definition.TARGET, version.TARGET])
def test_inputs_are_many_and_short(target: Target) -> None:
    source = inputs(target, [b"name = 'a'\n"], Random(1))
    found = [next(source) for _ in range(500)]
    assert len(set(found)) > 400
    assert max(map(len, found)) <= target.size
