"""A survey: what counts as a definition, which class it gets, and the figures."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from rezfast import config
from rezfast._batch import FILE_ERRORS
from rezfast._scan import REASONS
from rezfast.batch import survey as survey_module
from rezfast.batch.classes import GROUPS, REFUSALS, group_of, meaning
from rezfast.batch.figures import Count, Distribution, Example
from rezfast.batch.result import Survey
from rezfast.batch.survey import repository_below, run_survey
from rezfast.batch.units import one_line, percent_text, size_text, time_text
from rezfast.config import Settings

Lay = Callable[[Mapping[str, str | bytes]], Path]

FAST = "name = 'foo'\nrequires = ['bar-1']\n"
DYNAMIC = "name = 'foo'\nrequires = todays_requirements()\n"
BROKEN = "name = 'foo'\nrequires = [\n"


@pytest.fixture(autouse=True)
def default_settings() -> Iterator[None]:
    previous = config.use(Settings.from_sources(environ={}, files=[]))
    yield
    config.use(previous)


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lay out files from {path: content}; a path that ends in `/` is a directory."""

    def lay_out(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "packages"
        root.mkdir()
        for name, content in files.items():
            path = root / name
            if name.endswith("/"):
                path.mkdir(parents=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return lay_out


def classes(survey: Survey) -> dict[str, int]:
    """The count of each class, fast included."""
    found = {code: count.count for code, count in survey.classes.items()}
    return {"fast": survey.fast, **found} if survey.fast else found


def examples(survey: Survey, code: str, root: Path) -> list[str]:
    return [str(x).removeprefix(f"{root}/") for x in survey.classes[code].examples]


def surveyed(root: Path, *paths: str) -> Survey:
    return run_survey([str(root / path) for path in paths or ("",)])


# -- what counts ---------------------------------------------------------------------------------


def test_a_repository_is_walked_by_its_own_rules(lay: Lay) -> None:
    root = lay(
        {
            "plain/1.0/package.py": FAST,
            "plain/2.0/package.py": FAST,
            "written_in_yaml/1.0/package.yaml": "name: written_in_yaml\n",
            "unversioned/package.py": FAST,
            "unversioned/1.0/package.py": BROKEN,
            "combined.py": "name = 'combined'\nversions = ['1', '2']\n",
            "ignored/.ignore1.0": "",
            "ignored/1.0/package.py": BROKEN,
            "unfinished/.building1.0": "",
            "unfinished/1.0/": "",
            "stray/1..2/package.py": BROKEN,
            "stray/docs/": "",
            ".hidden/1.0/package.py": BROKEN,
            "not-a-family/1.0/package.py": BROKEN,
        }
    )
    survey = surveyed(root)
    assert classes(survey) == {"fast": 3, "yaml": 1, "combined": 1}
    assert survey.definitions == 5
    assert sorted(survey.families) == ["combined", "plain", "unversioned", "written_in_yaml"]
    assert {why: found.count for why, found in survey.passed_over.items()} == {
        "hidden by package.py": 1,
        "ignored": 1,
        "being built": 1,
        "not a version": 1,
        "no definition file in it": 1,
    }
    (stray,) = survey.passed_over["no definition file in it"].examples
    assert stray.path == f"{root}/stray/docs"


def test_the_configured_file_names_count(lay: Lay, tmp_path: Path) -> None:
    root = lay({"foo/1.0/pkg.py": FAST, "foo/2.0/package.py": FAST})
    rezconfig = tmp_path / "rezconfig.py"
    rezconfig.write_text(
        "plugins = {'package_repository': {'filesystem': {'package_filenames': ['pkg']}}}\n"
    )
    config.use(Settings.from_sources(environ={}, files=[str(rezconfig)]))
    survey = surveyed(root)
    assert survey.definitions == 1
    assert survey.passed_over["no definition file in it"].count == 1


@pytest.mark.parametrize(
    ("path", "kind", "count"),
    [
        ("", "repository", 3),
        ("foo", "family", 2),
        ("foo/1.0", "package", 1),
        ("foo/1.0/package.py", "file", 1),
        ("bar/1.0/package.yaml", "file", 1),
    ],
)
def test_a_path_may_be_any_part_of_a_repository(path: str, kind: str, count: int, lay: Lay) -> None:
    root = lay(
        {
            "foo/1.0/package.py": FAST,
            "foo/2.0/package.py": FAST,
            "bar/1.0/package.yaml": "name: bar\n",
        }
    )
    survey = surveyed(root, path)
    assert [place.kind for place in survey.places] == [kind]
    assert survey.definitions == count
    assert set(survey.families) <= {"foo", "bar"}


def test_a_folder_of_checkouts_is_a_repository_of_unversioned_packages(lay: Lay) -> None:
    root = lay({"foo/package.py": FAST, "foo/src/package.py": BROKEN, "bar/package.py": FAST})
    assert sorted(surveyed(root).families) == ["bar", "foo"]


def test_several_paths_are_one_survey(lay: Lay) -> None:
    root = lay({"int/foo/1.0/package.py": FAST, "ext/foo/2.0/package.py": DYNAMIC})
    survey = surveyed(root, "int", "ext")
    assert classes(survey) == {"fast": 1, "dynamic-field": 1}
    assert survey.families["foo"].definitions == 2


def test_a_path_that_is_not_there_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        surveyed(tmp_path, "nowhere")


def test_a_folder_of_repositories_is_recognised_when_nothing_is_found(lay: Lay) -> None:
    root = lay({"int/foo/1.0/package.py": FAST, "int/bar/1.0/package.py": FAST})
    survey = surveyed(root)
    assert survey.definitions == 0
    assert repository_below(survey) == f"{root}/int"
    assert repository_below(surveyed(root, "int")) is None


# -- the source view -----------------------------------------------------------------------------


def test_the_source_view_finds_checkouts_at_any_depth(lay: Lay) -> None:
    root = lay(
        {
            "team/foo/package.py": FAST,
            "team/foo/tests/package.py": BROKEN,
            "recipes/boost/1.70/package.py": "version = '1.70'\n",
            "recipes/boost/1.71/package.py": "name = 'boost'\nversion = '1.71'\n",
            "deep/er/still/package.yaml": "name: still\n",
            ".git/package.py": BROKEN,
        }
    )
    survey = run_survey([str(root)], "source")
    assert classes(survey) == {"fast": 2, "missing-name": 1, "yaml": 1}
    assert sorted(survey.families) == ["boost", "foo", "still"]
    assert survey.families["boost"].definitions == 2


def test_links_are_followed_once_and_never_in_circles(lay: Lay) -> None:
    root = lay({"tree/foo/package.py": FAST, "elsewhere/bar/package.py": FAST})
    (root / "tree" / "again").symlink_to(root / "tree")
    (root / "tree" / "up").symlink_to("..")
    (root / "tree" / "linked").symlink_to(root / "elsewhere")
    (root / "tree" / "linked_twice").symlink_to(root / "elsewhere" / "bar")
    (root / "elsewhere" / "back").symlink_to(root / "tree")
    (root / "tree" / "ring").symlink_to("ring")
    survey = run_survey([str(root / "tree")], "source")
    assert sorted(survey.families) == ["foo"]  # `up` leads to a folder that holds the tree
    (root / "tree" / "up").unlink()
    assert classes(run_survey([str(root / "tree")], "source")) == {"fast": 2}


def test_links_in_a_repository_go_nowhere_twice(lay: Lay) -> None:
    root = lay({"foo/1.0/package.py": FAST})
    (root / "foo" / "latest").symlink_to("1.0")  # a version of its own, as in rez
    (root / "foo" / "self").symlink_to(".")
    (root / "ring").symlink_to("ring")
    assert classes(surveyed(root)) == {"fast": 2}


# -- classes -------------------------------------------------------------------------------------


def test_every_code_has_a_group_and_plain_words() -> None:
    assert set(REFUSALS) == set(REASONS[1:])
    for code in (*REASONS[1:], *FILE_ERRORS, "fast", "yaml", "combined", "broken-python"):
        assert group_of(code) in GROUPS
        assert len(meaning(code)) > 5
        assert "refused" not in meaning(code)


def test_a_refusal_has_its_code_and_line(lay: Lay) -> None:
    root = lay({"foo/1/package.py": DYNAMIC, "foo/2/package.py": "if x:\n    name = 'foo'\n"})
    survey = surveyed(root)
    assert examples(survey, "dynamic-field", root) == ["foo/1/package.py:2"]
    assert examples(survey, "branch", root) == ["foo/2/package.py:1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BROKEN, ":2: '[' was never closed"),
        ("name = 'foo'\nfoo bar\n", ":2: invalid syntax"),
        ("x = " + "[" * 250 + "f()" + "]" * 250, ":1: too many nested parentheses"),
        ("# coding: nonsense\nname = 'x'\n", ": unknown encoding: nonsense"),
        ("requires = f()\nreturn 5\n", ":2: 'return' outside function"),
    ],
)
def test_what_does_not_compile_is_broken_and_says_where(content: str, said: str, lay: Lay) -> None:
    root = lay({"foo/1/package.py": content})
    (example,) = examples(surveyed(root), "broken-python", root)
    assert example.startswith(f"foo/1/package.py{said}")


def test_python_does_not_warn_of_what_it_compiles(
    lay: Lay, recwarn: pytest.WarningsRecorder
) -> None:
    surveyed(lay({"foo/1/package.py": "requires = f('\\d')\nassert (1, 'x')\n"}))
    assert not recwarn.list


def test_a_huge_definition_is_not_compiled(lay: Lay) -> None:
    root = lay({"foo/1/package.py": f"x = f()\ny = '{'a' * (20 << 20)}'\n)\n"})
    survey = surveyed(root)
    assert classes(survey) == {"dynamic-attribute": 1}
    assert survey.sizes.summary()["max"] > 20 << 20


def test_nothing_is_run(lay: Lay, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    root = lay(
        {"foo/1/package.py": f"open({str(mark)!r}, 'w')\n", "bar.py": f"open({str(mark)!r})"}
    )
    surveyed(root)
    assert not mark.exists()


def test_files_that_are_no_definitions(lay: Lay) -> None:
    root = lay({"nul/1/package.py": b"name = 'x'\0", "latin/1/package.py": b"x = 'caf\xe9'\n"})
    (root / "pipe" / "1").mkdir(parents=True)
    os.mkfifo(root / "pipe" / "1" / "package.py")
    (root / "directory" / "1" / "package.py").mkdir(parents=True)
    os.mkfifo(root / "pipe.yaml")
    survey = surveyed(root)
    assert classes(survey) == {"not-text": 1, "broken-python": 1, "not-a-file": 2}
    assert classes(surveyed(root, "pipe.yaml")) == {"not-a-file": 1}
    assert [survey.fast, survey.percent(survey.fast)] == [0, 0.0]
    assert survey.families["pipe"].refused == 1


def test_broken_yaml_says_where(lay: Lay) -> None:
    root = lay(
        {
            "foo/1/package.yaml": "name: foo\nrequires: [\n",
            "foo/2/package.yaml": "name: foo\nrequires: 5\n",
            "bar.yaml": "name: bar\nversions: ['1']\n",
        }
    )
    survey = surveyed(root)
    assert classes(survey) == {"broken-yaml": 2, "combined": 1}
    first, second = sorted(examples(survey, "broken-yaml", root))
    assert first.startswith("foo/1/package.yaml:3: is not valid YAML")
    assert second.startswith("foo/2/package.yaml:2: requires is wrong")


def test_a_family_that_cannot_be_listed_is_unreadable(
    lay: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lay({"foo/1/package.py": FAST, "secret/1/package.py": FAST})
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    survey = surveyed(root)
    assert classes(survey) == {"fast": 1, "unreadable": 1}
    said = ["secret: cannot be listed: Permission denied"]
    assert examples(survey, "unreadable", root) == said
    assert examples(run_survey([str(root)], "source"), "unreadable", root) == said


def test_what_cannot_be_opened_is_unreadable(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    root = lay({"a.py": "versions = ['1']\n", "foo/1/package.yaml": "name: foo\n"})

    def refuse(path: str) -> object:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(survey_module, "look_at_python", refuse)
    monkeypatch.setattr(survey_module, "look_at_yaml", lambda path, combined: refuse(path))
    assert sorted(examples(surveyed(root), "unreadable", root)) == [
        "a.py: Permission denied",
        "foo/1/package.yaml: Permission denied",
    ]


def test_a_huge_yaml_file_is_not_read(lay: Lay) -> None:
    root = lay({"foo/1/package.yaml": f"name: foo\nx: [{'1,' * (1 << 20)}\n"})
    assert classes(surveyed(root)) == {"yaml": 1}


def test_examples_are_the_first_few(lay: Lay) -> None:
    root = lay({f"foo/{version}/package.py": DYNAMIC for version in range(1, 9)})
    survey = run_survey([str(root)], examples=2)
    assert survey.classes["dynamic-field"].count == 8
    assert len(survey.classes["dynamic-field"].examples) == 2


# -- figures -------------------------------------------------------------------------------------


def test_sizes_and_times_are_measured(lay: Lay) -> None:
    root = lay({"foo/1/package.py": FAST, "foo/2/package.py": FAST + "#" * 5000})
    survey = surveyed(root)
    sizes = survey.sizes.summary()
    assert (sizes["count"], sizes["min"], sizes["max"]) == (2, len(FAST), len(FAST) + 5000)
    assert sizes["largest"] == f"{root}/foo/2/package.py"
    assert survey.times.summary()["count"] == 2
    assert survey.families["foo"].nanoseconds == survey.times.summary()["total"]
    assert survey.seconds > 0


def test_a_distribution_has_quantiles_and_bins() -> None:
    distribution = Distribution()
    assert distribution.summary() == {"count": 0, "total": 0}
    assert distribution.bins() == []
    for value in range(1, 101):
        distribution.add(value, f"file {value}")
    found = distribution.summary()
    assert (found["p50"], found["p90"], found["p99"], found["max"]) == (50, 90, 99, 100)
    assert found["largest"] == "file 100"
    assert distribution.bins()[:3] == [(1, 2, 1), (2, 4, 2), (4, 8, 4)]
    assert distribution.bins()[-1] == (64, 128, 37)
    distribution.add(0, "empty")
    assert distribution.bins()[0] == (0, 1, 1)


def test_the_hottest_families_are_told(lay: Lay) -> None:
    files = {f"big/{version}/package.py": FAST for version in range(5)}
    files.update({f"odd/{version}/package.py": DYNAMIC for version in range(2)})
    survey = surveyed(lay(files))
    assert [name for name, _ in survey.hottest("definitions")] == ["big", "odd"]
    assert [name for name, _ in survey.hottest("refused")] == ["odd"]
    assert [name for name, _ in survey.hottest("definitions", 1)] == ["big"]


def test_plain_data_has_everything(lay: Lay) -> None:
    root = lay({"foo/1/package.py": FAST, "foo/2/package.py": DYNAMIC, "foo/1..2/": ""})
    data = surveyed(root).to_dict()
    assert data["paths"] == [{"path": str(root), "kind": "repository"}]
    assert (data["definitions"], data["fast"], data["fast_percent"]) == (2, 1, 50.0)
    assert [(x["code"], x["group"], x["count"]) for x in data["classes"]] == [
        ("fast", "fast", 1),
        ("dynamic-field", "slow", 1),
    ]
    assert data["classes"][1]["examples"] == [
        {"path": f"{root}/foo/2/package.py", "line": 2, "note": None}
    ]
    assert data["passed_over"][0]["why"] == "not a version"
    assert sum(x["count"] for x in data["bytes"]["histogram"]) == data["bytes"]["count"] == 2
    assert data["families"]["most_refused"][0]["name"] == "foo"
    assert data["complete"] is True
    assert data["differential"] is None


def test_numbers_are_never_rounded_to_all_or_none() -> None:
    assert [percent_text(x) for x in (100, 99.99, 50, 0.01, 0)] == [
        "100.0 %",
        "99.9 %",
        "50.0 %",
        "<0.1 %",
        "0.0 %",
    ]
    assert [size_text(x) for x in (0, 1023, 1024, 20 << 20)] == [
        "0 B",
        "1023 B",
        "1.0 KB",
        "20.0 MB",
    ]
    assert [time_text(x) for x in (850, 9_800, 2_000_000_000)] == ["850 ns", "9.8 µs", "2.0 s"]
    assert one_line("a\nb\x1b[1m\udce9") == "a\\nb\\x1b[1m\udce9"


def test_an_example_says_where_and_what() -> None:
    count = Count()
    count.add(Example("p.py", 3, "odd"), 1)
    count.add(Example("q.py"), 1)
    assert (count.count, [str(x) for x in count.examples]) == (2, ["p.py:3: odd"])


# -- while it goes on ----------------------------------------------------------------------------


def test_progress_is_told(lay: Lay) -> None:
    root = lay({f"foo{n}/1/package.py": FAST for n in range(600)})
    told: list[tuple[str, int, int, int]] = []
    run_survey([str(root)], progress=lambda *state: told.append(state))
    assert [state[:2] for state in told] == [("reading", 256), ("reading", 512)]
    assert all(state[3] == 600 for state in told)


def test_an_interrupted_survey_has_what_was_done(lay: Lay) -> None:
    root = lay({f"foo{n}/1/package.py": FAST for n in range(600)})

    def interrupt(*state: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    survey = run_survey([str(root)], progress=interrupt)
    assert survey.complete is False
    assert 0 < survey.definitions < 600
    assert survey.definitions == len(survey.sizes.values) == len(survey.families)
    assert survey.seconds > 0


def test_a_wrong_number_of_threads_raises(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    root = lay({"foo/1/package.py": FAST})
    monkeypatch.setenv("REZFAST_THREADS", "many")
    with pytest.raises(ValueError, match="REZFAST_THREADS is 'many'"):
        surveyed(root)
