"""Accepted definitions evaluated, by rezfast and by rez: where they part is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rezfast import config
from rezfast._scan import Scanned, scan
from rezfast.batch.differential import Differential
from rezfast.batch.survey import run_survey
from rezfast.config import Settings

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning")

SOURCE = """\
name = 'foo'
version = '1.0'
requires = ['bar-1', '!baz']
variants = [['python-3.9'], ['python-3.10']]
timestamp = 1600130061
hashed_variants = True
"""


@pytest.fixture(autouse=True)
def default_settings() -> Iterator[None]:
    previous = config.use(Settings.from_sources(environ={}, files=[]))
    yield
    config.use(previous)


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    path = tmp_path / "foo" / "1.0" / "package.py"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE)
    return path


def accepted(source: str) -> Scanned:
    found = scan(source)
    assert isinstance(found, Scanned)
    return found


def test_both_evaluators_agree_with_the_scanner(definition: Path) -> None:
    survey = run_survey([str(definition)], differential=True)
    found = survey.differential
    assert found is not None
    assert found.evaluators == ["rezfast", "rez 3.4.0"]
    assert (found.compared, found.differences, found.broken_bodies) == (1, [], [])
    assert survey.complete


def test_a_difference_names_file_field_and_both_values(definition: Path) -> None:
    wrong = accepted(SOURCE.replace("'bar-1'", "'bar-2'").replace("True", "False"))
    found = Differential()
    found.compare([(str(definition), wrong)])
    assert [x.to_dict() for x in found.differences] == [
        {
            "path": str(definition),
            "field": field,
            "scanned": scanned,
            "evaluated": evaluated,
            "evaluator": evaluator,
        }
        for evaluator in ("rezfast", "rez 3.4.0")
        for field, scanned, evaluated in (
            ("requires", ["bar-2", "!baz"], ["bar-1", "!baz"]),
            ("hashed_variants", False, True),
        )
    ]


@pytest.mark.parametrize(
    ("field", "now", "scanned"),
    [
        ("requires", "requires = None", None),
        ("variants", "variants = [('a',)]", [["a"]]),
        ("requires", "requires = ('a',)", ["a"]),
        ("timestamp", "timestamp = 1.0", 1),
        ("build_requires", "build_requires = ['x-*']", ["x-*"]),
        ("name", "name = 'bar'", "foo"),
        ("version", "version = '2'", "1"),
        ("requires", "@late()\ndef requires():\n    return []", []),
    ],
)
def test_a_value_of_another_kind_is_a_difference(
    field: str, now: str, scanned: object, definition: Path
) -> None:
    definition.write_text(f"{now}\n")
    fields = {field: scanned} if scanned is not None else {}
    found = Differential()
    found.compare([(str(definition), Scanned.from_fields(**fields))])  # type: ignore[arg-type]
    assert found.differences
    told = {(x.field, x.evaluator) for x in found.differences}
    assert (field, "rez 3.4.0") in told or ("evaluation", "rezfast") in told


def test_a_definition_that_cannot_be_evaluated_is_a_difference(definition: Path) -> None:
    definition.write_text("name = 'foo'\nraise ValueError('not today')\n")
    found = Differential()
    found.compare([(str(definition), accepted("name = 'foo'\n"))])
    ours, rez = found.differences
    assert (ours.field, ours.scanned, ours.evaluator) == ("evaluation", "accepted", "rezfast")
    assert ours.evaluated == (
        "line 2: raised ValueError: not today, in `raise ValueError('not today')`"
    )
    assert rez.evaluator == "rez 3.4.0"
    assert "not today" in str(rez.evaluated)


def test_a_function_body_that_does_not_compile_is_told_apart(definition: Path) -> None:
    definition.write_text("name = 'foo'\ndef commands():\n    env.A = = 1\n")
    survey = run_survey([str(definition)], differential=True)
    assert survey.fast == 1
    found = survey.differential
    assert found is not None
    assert found.differences == []
    assert [(x.line, x.note) for x in found.broken_bodies] == [(3, "invalid syntax")]


def test_what_a_definition_prints_stays_out_of_the_report(
    definition: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    definition.write_text("name = 'foo'\nprint('hello')\n")
    Differential().compare([(str(definition), accepted("name = 'foo'\n"))])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("broken", [None, object()])
def test_without_rez_its_evaluator_is_left_out(
    broken: object, definition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rez", broken)
    monkeypatch.delitem(sys.modules, "rez.package_resources", raising=False)
    found = Differential()
    assert found.evaluators == ["rezfast"]
    found.compare([(str(definition), accepted(SOURCE))])
    assert (found.compared, found.differences) == (1, [])


def test_progress_and_plain_data(definition: Path) -> None:
    told: list[tuple[str, int, int, int]] = []
    found = Differential()
    found.compare([(str(definition), accepted(SOURCE))], lambda *state: told.append(state))
    assert told == [("evaluating", 1, 1, 1)]
    data = found.to_dict()
    assert data["compared"] == 1
    assert data["seconds"] > 0
    assert data["differences"] == data["broken_bodies"] == []
