"""Definitions written by rezfast and by rez: the same text, and each reads what the other wrote."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rez
from hypothesis import given, settings
from hypothesis import strategies as st
from rez.package_serialise import dump_package_data as rez_dump
from rez.serialise import FileFormat as RezFormat
from rez.serialise import load_from_file
from rez.utils.sourcecode import SourceCode as RezCode
from rez.vendor.schema.schema import SchemaError
from rez.vendor.yaml import YAMLError

from rezfast.errors import PackageMetadataError
from rezfast.package.attributes import block
from rezfast.package.definition import load_data
from rezfast.package.functions import SourceCode
from rezfast.package.write import dump_package_data

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning")

REZ = Path(rez.__file__).parent
BENCHMARK = REZ / "data" / "benchmarking" / "packages.tar.gz"
EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "150"))


def rez_load(path: str | Path) -> dict[str, Any]:
    """What rez makes of a definition."""
    format_ = RezFormat.py if str(path).endswith(".py") else RezFormat.yaml
    data: dict[str, Any] = load_from_file(str(path), format_, disable_memcache=True)
    data.pop("format_version", None)
    return data


def rez_text(data: dict[str, Any], format_: str, skip: list[str] | None = None) -> str:
    """What rez writes."""
    buffer = io.StringIO()
    rez_dump(data, buffer, RezFormat[format_], skip)
    return buffer.getvalue()


def comparable(value: Any) -> Any:
    """The same for rez's objects and for ours."""
    if isinstance(value, RezCode):
        includes = sorted(value.includes or ())
        return ("code", value.source, value.late_binding, includes, value.evaluated_code)
    if isinstance(value, SourceCode):
        includes = sorted(value.includes or ())
        return ("code", value.source, value.late, includes, value.evaluated_code)
    if type(value).__name__ == "ModifyList":
        return ("modify", value.append, value.prepend)
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(comparable, value))
    return value


def check_both_ways(path: str, directory: Path) -> None:
    """A definition on disk: read, written and read again by both."""
    ours, theirs = load_data(path), rez_load(path)
    # a function for the build alone: nobody writes it
    assert (ours.pop("preprocess", None) is None) == (theirs.pop("preprocess", None) is None)
    assert comparable(ours) == comparable(theirs)
    if "name" not in ours:
        return
    for format_ in ("py", "yaml"):
        try:
            expected = rez_text(theirs, format_)
        except SchemaError:
            with pytest.raises(PackageMetadataError):
                dump_package_data(ours, format_)
            continue
        except YAMLError:  # it has no form for changes to a list, and shows none
            continue
        text = dump_package_data(ours, format_)
        # rez writes a change to a list in a way that nobody can read
        assert text == expected or "ModifyList object at" in expected
        written = directory / f"written.{format_}"
        written.write_text(text)
        again = comparable(load_data(str(written)))
        assert again == comparable(rez_load(written))
        if format_ == "py":
            first, again = (
                {name: _as_read(name, value) for name, value in data.items()}
                for data in (ours, load_data(str(written)))
            )
            assert comparable(again) == comparable(first)


def _as_read(name: str, value: Any) -> Any:
    """What counts of a value: texts of commands are written as functions, and indentation and
    blank lines around a description are no part of it."""
    if name in ("description", "changelog"):
        return block(value)
    if name.endswith("commands") and isinstance(value, str):
        return SourceCode.from_text(value, name, "", eval_as_function=False)
    return value


def definitions_of_rez() -> Iterator[str]:
    """Every definition among rez's test data that can be loaded."""
    for directory, _, names in sorted(os.walk(REZ / "data" / "tests")):
        for name in ("package.py", "package.yaml"):
            if name in names:
                yield os.path.join(directory, name)


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=p[len(str(REZ)) :]) for p in definitions_of_rez()]
)
def test_the_packages_of_rez_tests(path: str, tmp_path: Path) -> None:
    try:
        rez_load(path)
    except Exception:
        with pytest.raises(PackageMetadataError):
            load_data(path)
        return
    check_both_ways(path, tmp_path)


def test_a_sample_of_the_benchmark_repository(tmp_path: Path) -> None:
    step = int(os.environ.get("REZFAST_STEP", "150"))
    compared = 0
    with tarfile.open(BENCHMARK) as archive:
        members = [member for member in archive if member.name.endswith("/package.py")]
        for member in members[::step]:
            file = archive.extractfile(member)
            assert file is not None
            path = tmp_path / "package.py"
            path.write_bytes(file.read())
            check_both_ways(str(path), tmp_path)
            compared += 1
    assert compared == len(range(0, 18226, step))


# ---- generated attributes ----------------------------------------------------------------------

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text("ab \n\t\"'\\{}#%", max_size=80),
    st.lists(st.sampled_from(["word", "a-longer-one", '"quoted"', "it's", "\\"]), max_size=40).map(
        " ".join
    ),
)
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.text("abc d-", min_size=1, max_size=12), inner, max_size=5),
        st.tuples(inner, inner),
    ),
    max_leaves=15,
)
NAME = st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True)
REQUEST = st.builds(
    "{}{}".format, NAME, st.sampled_from(["", "-1", "-1.2+<3", "==1.0.0", "-1|2", ">=2"])
)
CONFIG = st.recursive(
    st.one_of(SCALAR, st.lists(SCALAR, max_size=4)),
    lambda inner: st.dictionaries(NAME.map("k_{}".format), inner, min_size=1, max_size=4),
    max_leaves=10,
)
CODE = st.lists(
    st.sampled_from(
        [
            "env.PATH.append('{root}/bin')",
            "",
            "# a note",
            'setenv("X", """a\n  b""")',
            "if True:\n    stop('no')",
            "comment('OLD COMMAND: export A=b')",
            "x = 'ä\\n'",
        ]
    ),
    max_size=6,
).map(lambda lines: "\n".join(["info('start')", *lines]))
TESTS = st.dictionaries(
    NAME,
    st.one_of(
        TEXT,
        st.lists(TEXT, max_size=3),
        st.fixed_dictionaries(
            {"command": TEXT},
            optional={
                "requires": st.lists(REQUEST, max_size=2),
                "run_on": st.sampled_from(["default", ["pre_release", "explicit"]]),
                "on_variants": st.sampled_from([True, {"type": "requires", "value": ["maya"]}]),
                "other": VALUE,
            },
        ),
    ),
    max_size=3,
)
STANDARD = {
    "version": st.sampled_from(["1.0", "2024.1.beta", ""]),
    "description": TEXT,
    "authors": st.lists(TEXT, max_size=3),
    "tools": st.lists(TEXT, max_size=6),
    "requires": st.lists(REQUEST, max_size=6),
    "build_requires": st.lists(REQUEST, max_size=2),
    "private_build_requires": st.lists(REQUEST, max_size=2),
    "variants": st.lists(st.lists(REQUEST, max_size=5), max_size=4),
    "hashed_variants": st.booleans(),
    "relocatable": st.one_of(st.none(), st.booleans()),
    "cachable": st.one_of(st.none(), st.booleans()),
    "pre_commands": CODE,
    "commands": CODE,
    "post_commands": CODE,
    "pre_test_commands": CODE,
    "help": st.one_of(TEXT, st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=3)),
    "uuid": TEXT,
    "config": st.dictionaries(NAME.map("c_{}".format), CONFIG, min_size=1, max_size=4),
    "tests": TESTS,
    "timestamp": st.integers(min_value=0, max_value=1 << 40),
    "revision": VALUE,
    "changelog": TEXT,
    "release_message": st.one_of(st.none(), TEXT),
    "previous_version": st.just("0.9"),
    "previous_revision": VALUE,
    "vcs": TEXT,
    "format_version": st.just(2),
}
DATA = st.builds(
    lambda name, own, other, skip: ({"name": name, **own, **other}, skip),
    NAME,
    st.fixed_dictionaries({}, optional=STANDARD),
    st.dictionaries(NAME.map("my_{}".format), VALUE, max_size=4),
    st.lists(st.sampled_from(sorted(STANDARD)), max_size=2),
)


@given(DATA)
@settings(max_examples=EXAMPLES, deadline=None)
def test_generated_attributes(case: tuple[dict[str, Any], list[str]]) -> None:
    data, skip = case
    for format_ in ("py", "yaml"):
        assert dump_package_data(data, format_, skip) == rez_text(data, format_, skip)
    check_text_can_be_read(data)


def check_text_can_be_read(data: dict[str, Any]) -> None:
    """What is written is read by both, and what is read is written in the same way by both."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "package.py"
        path.write_text(dump_package_data(data), encoding="utf-8", newline="")
        ours, theirs = load_data(str(path)), rez_load(path)
        assert comparable(ours) == comparable(theirs)
        assert dump_package_data(ours) == rez_text(theirs, "py")
        for name, value in data.items():
            if name in ("description", "changelog", "format_version") or value is None:
                continue
            if "OLD COMMAND" in str(value):  # commented out on purpose
                continue
            assert comparable(_as_read(name, ours[name])) == comparable(_as_read(name, value))


# ---- generated functions -----------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(
        [
            ["x = 1"],
            [""],
            ["   "],
            ["# indented"],
            ["if x:", "    y = 2", "    # deeper", "else:", "    pass"],
            ['z = """a', "  b", "", '    c"""'],
            ["f(1,", "  2)"],
            ["def g():", "    return 5"],
            ["w = 'ä'  # ü"],
            [None, "# at the left edge"],
        ]
    ),
    max_size=8,
)


@given(
    LINES, st.sampled_from([" ", "  ", "    ", "\t", "        "]), st.integers(0, 3), st.booleans()
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_generated_functions(
    lines: list[list[str | None]], indent: str, head: int, left: bool
) -> None:
    text = "name = 'foo'\nversion = '1'\n"
    text += ["", "@late()\n", "@include('a', 'b')\n@late()\n", "@include('a')\n"][head]
    text += "def tools():\n" if head in (1, 2) else "def commands():\n"
    text += f"{indent}first = 1\n"
    for group in lines:
        at = indent
        for line in group:
            if line is None:
                at = ""
            else:
                text += f"{at}{line}\n"
    text += f"{indent}last = 1\n" + ("\n# the end\n" if left else "")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "package.py"
        path.write_text(text, encoding="utf-8", newline="")
        ours, theirs = load_data(str(path)), rez_load(path)
        assert comparable(ours) == comparable(theirs)
        written = dump_package_data(ours)
        assert written == rez_text(theirs, "py")
        path.write_text(written, encoding="utf-8", newline="")
        assert comparable(load_data(str(path))) == comparable(rez_load(path))
