"""Definitions compared with rez: its benchmark repository, its test data, and generated ones.

An accepted definition must give what rez gives, without exception. One that is refused is
evaluated, and then gives what rez gives, or fails where rez fails.
"""

from __future__ import annotations

import io
import os
import tarfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rez
from differential.definition_cases import REQUESTS, WRONG_REQUESTS, Judge, seeded_definition
from differential.rez_definitions import (
    BROKEN,
    CHECKED,
    LISTS,
    rez_fields,
    rez_reads,
    rez_verdict,
)
from differential.run_definitions import CHUNK, check_seeds
from hypothesis import given, settings
from hypothesis import strategies as st
from rez.package_resources import late_requires_schema
from rez.package_serialise import dump_package_data
from rez.packages import iter_packages
from rez.rex_bindings import RequirementsBinding
from rez.rex_bindings import intersects as rez_intersects
from rez.serialise import FileFormat, load_from_file
from rez.utils.sourcecode import SourceCode
from rez.version import Requirement as RezRequirement

from rezfast._scan import Scanned, load_files, scan
from rezfast._version import Requirement
from rezfast.errors import PackageMetadataError
from rezfast.package.definition import from_data, load_data, load_definition
from rezfast.rex.bindings import RequirementsBinding as OurRequests
from rezfast.rex.bindings import intersects

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning")

FIELDS = ("name", "version", *CHECKED)

REZ = Path(rez.__file__).parent
BENCHMARK = REZ / "data" / "benchmarking" / "packages.tar.gz"
EXAMPLES = int(os.environ.get("REZFAST_EXAMPLES", "400"))


def run(source: bytes) -> dict[str, Any]:
    """What Python alone makes of a definition."""
    names: dict[str, Any] = {}
    exec(compile(source, "package.py", "exec", dont_inherit=True), names)
    return {field: names.get(field) for field in FIELDS}


# ---- rez's own packages ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def benchmark() -> dict[str, bytes]:
    """The definitions of rez's benchmark repository, by path."""
    found = {}
    with tarfile.open(BENCHMARK) as archive:
        for member in archive:
            if member.name.endswith("/package.py"):
                file = archive.extractfile(member)
                assert file is not None
                found[member.name] = file.read()
    return found


def test_every_definition_of_the_benchmark_repository_is_read(benchmark: dict[str, bytes]) -> None:
    assert len(benchmark) == 18226
    for path, source in benchmark.items():
        found = scan(source)
        assert isinstance(found, Scanned), (path, found)
        assert {name: getattr(found, name) for name in FIELDS} == run(source), path


def test_rez_reads_the_same(benchmark: dict[str, bytes], tmp_path: Path) -> None:
    sample = [path for i, path in enumerate(sorted(benchmark)) if i % 150 == 0]
    for path in sample:
        target = tmp_path / Path(path).relative_to(Path(path).parents[2])
        target.parent.mkdir(parents=True)
        target.write_bytes(benchmark[path])
    compared = 0
    for family in sorted(os.listdir(tmp_path)):
        for package in iter_packages(family, paths=[str(tmp_path)]):
            found = load_definition(package.resource.filepath)
            assert found.name == package.name
            assert found.version == str(package.version)
            assert found.timestamp == package.timestamp
            for name in ("requires", "build_requires", "private_build_requires"):
                assert _texts(getattr(package, name)) == getattr(found, name)
            variants = package.resource.variants
            assert (None if variants is None else [_texts(v) for v in variants]) == found.variants
            assert package.hashed_variants == found.hashed_variants
            compared += 1
    assert compared == len(sample)


def _texts(requests: list[Any] | None) -> list[str] | None:
    return None if requests is None else [str(request) for request in requests]


def _rez_definitions() -> Iterator[str]:
    for directory, _, names in sorted(os.walk(REZ / "data" / "tests")):
        for name in ("package.py", "package.yaml"):
            if name in names:
                yield os.path.join(directory, name)


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=p[len(str(REZ)) :]) for p in _rez_definitions()]
)
def test_the_packages_of_rez_tests(path: str) -> None:
    format_ = FileFormat.py if path.endswith(".py") else FileFormat.yaml
    try:
        expected = rez_fields(load_from_file(path, format_, disable_memcache=True))
    except Exception:
        with pytest.raises(PackageMetadataError):
            load_definition(path)
        assert not load_files([path])[0]
        return
    if BROKEN in (expected["requires"], expected["variants"]):
        with pytest.raises(PackageMetadataError):
            load_definition(path)
        return
    found = load_definition(path)
    for name, value in expected.items():
        if isinstance(value, SourceCode) or value is BROKEN:
            assert name in found.late.attributes
        else:
            assert getattr(found, name) == value


# ---- what rez writes ---------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=60)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b c", "d.e"]), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from(["foo", "a_b", "x1"])
request_lists = st.lists(st.sampled_from(["foo-1", "!bah", "eek-1.2+<3", ".e-1", "~x"]), max_size=4)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    data=st.fixed_dictionaries(
        {"name": names, "version": st.sampled_from(["1", "2.0.a-b"])},
        optional={
            "description": texts,
            "authors": st.lists(texts, max_size=3),
            "tools": st.lists(texts, max_size=3),
            "requires": request_lists,
            "build_requires": request_lists,
            "private_build_requires": request_lists,
            "variants": st.lists(request_lists, max_size=3),
            "hashed_variants": st.booleans(),
            "timestamp": st.integers(0, 1 << 40),
            "changelog": texts,
            "revision": values.filter(lambda value: value is not None),
            "config": st.dictionaries(names, st.booleans() | texts, min_size=1, max_size=2),
            "commands": st.sampled_from(["pass", "env.A = '{root}'\n\nif x:\n    y = [\n1]"]),
            "help": st.lists(st.lists(texts, min_size=2, max_size=2), max_size=2),
            "custom": values.filter(lambda value: value is not None),
        },
    )
)
def test_what_rez_writes_is_read(data: dict[str, Any]) -> None:
    stream = io.StringIO()
    dump_package_data(dict(data), buf=stream)
    found = scan(stream.getvalue())
    assert isinstance(found, Scanned), (found, stream.getvalue())
    assert {name: getattr(found, name) for name in FIELDS} == {
        name: data.get(name) for name in FIELDS
    }


# ---- generated definitions ---------------------------------------------------------------------


@st.composite
def quoted(draw: st.DrawFn, text: str) -> str:
    """A Python string literal, or several, with this text."""
    style = draw(st.integers(0, 9))
    if style == 0 and len(text) > 1:
        cut = draw(st.integers(1, len(text) - 1))
        between = draw(st.sampled_from([" ", "", "\t"]))
        return repr(text[:cut]) + between + repr(text[cut:])
    if style == 1 and text:
        return "'" + "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else c for c in text) + "'"
    if style == 2:
        return "'" + "".join(f"\\u{ord(c):04x}" for c in text) + "'"
    if style == 3 and text and "\\" not in text:
        return draw(st.sampled_from(["r", "R", "u", "U", "b", "f", "rb"])) + repr(text)
    if style == 4:
        return f'"""{text}"""'
    if style == 5:
        return '"' + "".join(f"\\{ord(c):03o}" if ord(c) < 128 else c for c in text) + '"'
    if style == 6 and text:
        cut = draw(st.integers(0, len(text)))
        return "'" + text[:cut] + "\\\n" + text[cut:] + "'"
    return draw(st.sampled_from(["'", '"'])).join(["", text, ""])


@st.composite
def requests(draw: st.DrawFn) -> str:
    """A list of requests, mostly right."""
    pool = REQUESTS if draw(st.integers(0, 7)) else REQUESTS + WRONG_REQUESTS
    items = [draw(quoted(text)) for text in draw(st.lists(st.sampled_from(pool), max_size=4))]
    joint = draw(st.sampled_from([", ", ",", ",\n    ", " , # more\n", ",\\\n"]))
    opening, closing = draw(st.sampled_from([("[", "]")] * 12 + [("(", ")")]))
    end = draw(st.sampled_from(["", ",", "\n", ",\n", " # end\n"])) if items else ""
    return opening + joint.join(items) + end + closing


literals = st.recursive(
    st.sampled_from(
        ["1", "-2", "0x1F", "1_000", ".5", "1e5", "2j", "True", "None", "...", "'a'", '"b"', "b'c'",
         "r'\\d'", "'''x\ny'''", "u'e'", "'\\q'", "''", "'(['", "'#'"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: f"({', '.join(items)})"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"'k{i}': {v}" for i, v in enumerate(items)) + "}"
        ),
        inner.map(lambda item: f"({item})"),
        inner.map(lambda item: f"{{1, {item}}}"),
        inner.map(lambda item: f"{{{item}: 1}}"),
        inner.map(lambda item: f"[{item},]"),
    ),
    max_leaves=6,
)  # fmt: skip


@st.composite
def field_values(draw: st.DrawFn, field: str) -> str:
    odd = draw(st.integers(0, 9)) == 0
    if odd:
        return draw(
            literals | st.sampled_from(["other", "['a'] + ['b']", "list('ab')", "other or []"])
        )
    if field == "variants":
        return f"[{', '.join(draw(st.lists(requests(), max_size=3)))}]"
    if field in LISTS:
        return draw(requests())
    if field == "timestamp":
        return draw(
            st.sampled_from(
                ["0", "1600130061", "True", "-1", "1.5", "01", "1_0", "9" * 18, "9" * 19]
            )
        )
    if field == "hashed_variants":
        return draw(st.sampled_from(["True", "False", "0", "not 1"]))
    return draw(quoted(draw(st.sampled_from(["foo", "1.0", "a b", "1..2"]))))


NAMES = [
    "description",
    "tools",
    "_x",
    "other",
    "tests",
    "help",
    "list",
    "requires_",
    "uuid",
    "match",
]

fields = st.sampled_from((*CHECKED, "requires", "variants", "name", "version"))

PLAIN = [
    "import os", "import sys, os.path as p", "from rez.utils.lint_helper import env, this",
    "pass", "'text'", "x: int", "requires: list",
]  # fmt: skip
BLOCKS = [
    "def commands():\n    env.PATH.append('{root}')\n    requires = ['evil']",
    "def commands():\n    x = '''\nrequires = ['evil']\n'''\n# margin\n    y = (1,\n2)",
    "def f(a, b=None, *args): return [\n1]",
    "async def g():\n\tpass",
    "def tools(): pass",
    "@late()\ndef tools():\n    return ['x']",
    "@include('m')\ndef helper():\n    pass",
    "with scope('config') as c:\n    x = 1\n    c.y = [2]\n    c.plugins.z = 'w'",
    "with scope('config') as c:\n    c.y.q = 2",
    "with scope('config'):\n    other = ['z']",
    "def commands():\n    f'{x[\"a\"]} {{}}'\n    if 1: pass\n    else:\n        pass",
    "def requires():\n    return []",
    "def preprocess(this, data):\n    pass",
]
TRAPS = [
    "@late()\ndef {f}():\n    return ['late-1']",
    "@early()\ndef {f}():\n    return ['early-1']",
    "@early()\ndef tools():\n    this.requires.append('sneaky')\n    return []",
    "{f} += ['more']",
    "{f}.append('more')",
    "{f}[0] = 'x'",
    "{f}, other = ['a'], 1",
    "other = {f} = ['a']",
    "[{f}] = [['a']]",
    "del {f}",
    "globals()['{f}'] = ['g']",
    "locals().update({f}=['l'])",
    "exec('{f} = [1]')",
    "vars()['{f}'] = ['v']",
    "__builtins__['x'] = 1",
    "other = ({f} := ['w'])",
    "other = [{f} := 'w']",
    "x = {f}; x.append('alias')",
    "for {f} in (['f'],): pass",
    "if True: {f} = ['i']",
    "while True:\n    {f} = ['w']\n    break",
    "try:\n    {f} = ['t']\nfinally:\n    pass",
    "class {f}: pass",
    "def h():\n    global {f}\n    {f} = ['h']\nh()",
    "import os as {f}",
    "from rez.utils.lint_helper import {f}",
    "from rez.utils.lint_helper import x as {f}",
    "from os.path import *",
    "with scope('{f}') as c:\n    c.x = 1",
    "with scope('config') as {f}:\n    x = 1",
    "with scope('config') as c:\n    {f} = ['inner']",
    "with scope('config') as c:\n    c.x = 1\n    c.x.y = 2",
    "with scope('config') as c:\n    {f}.append('inner')",
    "lambda: 0",
    "{f}: list[undefined] = ['a']",
    "other = undefined",
    "other = {{1: 2}}",
    "scope = late = None",
    "list = 1",
    "{f} = ['a'] if 1 else ['b']",
    "match {f}:\n    case other: pass",
]


@st.composite
def simple(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        field = draw(fields)
        annotation = draw(st.sampled_from([""] * 6 + [": list", ": list[str]"]))
        equals = draw(st.sampled_from([" = ", "=", " = \\\n    "]))
        return field + annotation + equals + draw(field_values(field))
    if draw(st.integers(0, 3)):
        return draw(st.sampled_from(NAMES)) + " = " + draw(literals)
    return draw(st.sampled_from(PLAIN))


@st.composite
def lines(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return draw(st.sampled_from(TRAPS)).format(f=draw(fields))
    if kind <= 3:
        return draw(st.sampled_from(BLOCKS))
    if kind == 4:
        return "; ".join(draw(st.lists(simple(), min_size=1, max_size=3))) + draw(
            st.sampled_from(["", ";", "; # end"])
        )
    if kind == 5:
        return draw(
            st.sampled_from(["", "# x = '''", "   # indented", "\f", "# -*- coding: x -*-"])
        )
    return draw(simple())


@st.composite
def definitions(draw: st.DrawFn) -> bytes:
    head = draw(
        st.sampled_from(
            [""] * 6
            + ["# coding: utf-8\n", "\ufeff", "'''doc'''\n", "# coding: latin-1\n",
               "'''doc'''\nfrom __future__ import annotations\n"]
        )
    )  # fmt: skip
    text = head + "\n".join(draw(st.lists(lines(), max_size=7)))
    text += draw(st.sampled_from(["\n", "", "\n\n"]))
    newline = draw(st.sampled_from(["\n"] * 4 + ["\r\n", "\r"]))
    return text.replace("\n", newline).encode()


DAMAGE = [
    b"", b"'", b'"', b"[", b"]", b",", b"\\", b"\n", b";", b"#", b"=", b":", b"(", b"{", b"}", b"*",
    b"\x0c", b" ", b"f", b"\xff", b"\x00", b"\xc3\xa9", b"0", b".",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A definition with a few bytes put in, taken out or changed."""
    source = bytearray(draw(definitions()))
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(source)))
        length = draw(st.sampled_from([0, 0, 1, 4]))
        put = draw(st.sampled_from(DAMAGE))
        source[at : at + length] = put
    return bytes(source)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("definitions") / "package.py")


@pytest.mark.parametrize("start", range(0, 10 * EXAMPLES, CHUNK))
def test_no_generated_definition_is_accepted_wrongly(start: int) -> None:
    counts, failures = check_seeds(start, start + CHUNK, rez_share=5)
    assert failures == []
    assert 0.2 * CHUNK < counts["source: accepted"] < counts["installed: accepted"] < 0.6 * CHUNK


@pytest.mark.parametrize(
    ("told", "truth"),
    [
        (b"requires = ['a']", b"requires = ['a']\nrequires.append('b')"),
        (b"requires = ['a']", b"requires = ['a']\ndel requires"),
        (b"hashed_variants = True", b"hashed_variants = 1"),
        (b"requires = ['a']", b"requires = ('a',)"),
        (b"name = 'a'", b"name = 'a'\nraise SystemExit"),
        (b"name = 'a'", b"name = 'a'\n1 = 2"),
        (b"", b"with scope('config') as c:\n    c.x = undefined"),
    ],
)
def test_the_judge_sees_a_wrong_acceptance(told: bytes, truth: bytes) -> None:
    found = scan(told)
    assert isinstance(found, Scanned)
    assert Judge().verdict(told, found) is None
    assert Judge().verdict(truth, found) is not None


@settings(max_examples=EXAMPLES, deadline=None)
@given(source=definitions())
def test_what_is_accepted_is_what_rez_reads(source: bytes, path: str) -> None:
    if scan(source):
        assert rez_verdict(source, "installed", os.path.dirname(path)) is None
    if scan(source, view="source"):
        assert rez_verdict(source, "source", os.path.dirname(path)) is None


@settings(max_examples=EXAMPLES, deadline=None)
@given(source=damaged())
def test_damage_is_never_read_as_something_else(source: bytes, path: str) -> None:
    if scan(source):
        assert rez_verdict(source, "installed", os.path.dirname(path)) is None


def compare_late(found: Scanned, name: str, function: SourceCode) -> None:
    """A late bound field has to be what rez makes of it, or an error where rez raises one."""
    try:
        expected = [str(request) for request in late_requires_schema.validate(function.exec_({}))]
    except (Exception, SystemExit):
        with pytest.raises(PackageMetadataError):
            found.late.evaluate(name, None, None)
        return
    assert found.late.evaluate(name, None, None) == expected


@settings(max_examples=EXAMPLES, deadline=None)
@given(source=definitions() | st.integers(0, 100_000).map(seeded_definition))
def test_evaluation_gives_what_rez_gives(source: bytes, path: str) -> None:
    try:
        expected = rez_fields(rez_reads(source, path))
    except (Exception, SystemExit):  # rez ends with a definition that calls sys.exit()
        with pytest.raises(PackageMetadataError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            load_data(path)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = load_data(path)
    if BROKEN in (expected["requires"], expected["variants"]):
        with pytest.raises(PackageMetadataError):
            from_data(data, path)
        return
    found = from_data(data, path)
    for name, value in expected.items():
        if isinstance(value, SourceCode):
            compare_late(found, name, value)
        elif value is BROKEN:
            assert name in found.late.attributes
        else:
            assert getattr(found, name) == value


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    asked=st.lists(st.sampled_from([r for r in REQUESTS if r[0] != "~"]), max_size=4),
    name=st.sampled_from(["foo", "a_b", "a.b", ".eph", "none"]),
    default=st.none() | st.sampled_from(["1", "2+<3"]),
    other=st.sampled_from(["1", "1.2+", "<1", "", "2|3"]),
)
def test_late_functions_find_what_rez_binds(
    asked: list[str], name: str, default: str | None, other: str
) -> None:
    ours = OurRequests(Requirement(text) for text in asked)
    theirs = RequirementsBinding([RezRequirement(text) for text in asked])
    assert ours.get(name) == theirs.get(name)
    assert (name in ours) == (name in theirs)
    ranges = ours.get_range(name, default), theirs.get_range(name, default)
    assert str(ranges[0]) == str(ranges[1])
    if name in ours:
        assert ours[name] == theirs[name]
        assert intersects(ours[name], other) == rez_intersects(theirs[name], other)
    if ranges[0] is not None:
        assert intersects(ranges[0], other) == rez_intersects(ranges[1], other)
