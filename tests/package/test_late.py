"""Late bound requirements: a function of the package, run when a resolve asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rezfast.errors import PackageMetadataError
from rezfast.package.definition import load_definition
from rezfast.rex.bindings import LateContext

Write = Callable[..., str]


class Context:
    """What a resolved context gives to late functions."""

    def __init__(self, **names: Any) -> None:
        self.names = names

    def _get_pre_resolve_bindings(self) -> dict[str, Any]:
        return self.names


def test_a_late_requires_has_no_value_at_first(write: Write) -> None:
    record = load_definition(
        write("@late()\ndef requires():\n    return ['a']\nvariants = [['b']]\n")
    )
    assert record.requires is None
    assert record.variants == [["b"]]
    assert record.late.attributes == {"requires"}
    assert record.late.evaluate("requires", None, None) == ["a"]


@pytest.mark.parametrize("attribute", ["requires", "build_requires", "private_build_requires"])
def test_what_may_be_late(write: Write, attribute: str) -> None:
    record = load_definition(write(f"@late()\ndef {attribute}():\n    return ['a']\n"))
    assert record.late.attributes == {attribute}
    assert record.late.evaluate(attribute, None, None) == ["a"]


def test_this_is_the_package(write: Write) -> None:
    record = load_definition(write("@late()\ndef requires():\n    return ['a-' + this.version]\n"))
    assert record.late.evaluate("requires", SimpleNamespace(version="3"), None) == ["a-3"]


def test_names_of_a_context_are_there_in_a_context_only(write: Write) -> None:
    record = load_definition(
        write(
            """
            @late()
            def requires():
                if in_context():
                    return [context.names["extra"]] + request
                return ["plain"]
            """
        )
    )
    assert record.late.evaluate("requires", None, None) == ["plain"]
    context = Context(extra="x", request=["maya"])
    assert record.late.evaluate("requires", None, context) == ["x", "maya"]


def test_it_runs_each_time(write: Write) -> None:
    record = load_definition(write("@late()\ndef requires():\n    return [this.next()]\n"))
    package = SimpleNamespace(next=iter(["a", "b"]).__next__)
    assert record.late.evaluate("requires", package, None) == ["a"]
    assert record.late.evaluate("requires", package, None) == ["b"]


def test_it_does_not_see_the_names_of_its_definition(write: Write) -> None:
    record = load_definition(write("extra = ['a']\n@late()\ndef requires():\n    return extra\n"))
    with pytest.raises(PackageMetadataError, match=r"package.py:4: raised NameError: name 'extra'"):
        record.late.evaluate("requires", None, None)


def test_it_may_import_and_call_itself(write: Write) -> None:
    record = load_definition(
        write(
            """
            @late()
            def requires():
                import os
                from rez.utils.lint_helper import env
                return [os.path.basename("/x/a")] if env is None else requires()
            """
        )
    )
    assert record.late.evaluate("requires", None, None) == ["a"]


def test_included_modules_come_from_the_package(write: Write, tmp_path: Path) -> None:
    (tmp_path / ".rez" / "include").mkdir(parents=True)
    (tmp_path / ".rez" / "include" / "helpers.py").write_text("def names(): return ['a', 'b']\n")
    record = load_definition(
        write("@include('helpers')\n@late()\ndef requires():\n    return helpers.names()\n")
    )
    assert record.late.evaluate("requires", None, None) == ["a", "b"]


def test_a_module_that_was_not_included(write: Write) -> None:
    record = load_definition(write("@late()\n@include('x')\ndef requires():\n    return x\n"))
    with pytest.raises(PackageMetadataError, match=r"package.py:1: @include\('x'\): no x.py in"):
        record.late.evaluate("requires", None, None)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return None", r"package.py:1: requires\(\) gave a wrong value: .* not None"),
        ("return ['a b']", r"package.py:1: requires\(\) gave a wrong value: 'a b'"),
        ("return ('a',)", r"requires\(\) gave a wrong value: .* not a tuple"),
        ("raise SystemExit", r"package.py:3: called sys.exit\(\)"),
        ("return 1 / 0", r"package.py:3: raised ZeroDivisionError"),
    ],
)
def test_a_function_that_fails(write: Write, body: str, message: str) -> None:
    record = load_definition(write(f"@late()\ndef requires():\n    {body}\n"))
    with pytest.raises(PackageMetadataError, match=message):
        record.late.evaluate("requires", None, None)


# ---- the context of a resolve ------------------------------------------------------------------


def late(write: Write, expression: str, context: object) -> list[str]:
    """The requirements of a package whose late function returns this."""
    record = load_definition(write(f"@late()\ndef requires():\n    return {expression}\n"))
    found: list[str] = record.late.evaluate("requires", None, context)
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[request.maya] if 'maya' in request else []", ["maya-2024+"]),
        ("[request['maya']]", ["maya-2024+"]),
        ("[request.get('houdini', 'none')]", ["none"]),
        ("['a-%s' % request.get_range('maya')]", ["a-2024+"]),
        ("['a-%s' % request.get_range('houdini', '19')]", ["a-19"]),
        ("['a'] if request.get_range('houdini') is None else []", ["a"]),
        ("['a'] if intersects(request.maya, '2023+<2025') else ['b']", ["a"]),
        ("['a'] if intersects(request.get_range('maya'), '<2024') else ['b']", ["b"]),
        ("['a'] if intersects(request.nuke, '1') else ['b']", ["b"]),
        ("[implicits.platform]", ["platform==linux"]),
        ("[] if '.cli' in ephemerals or building or testing else ['a']", ["a"]),
        ("[system.platform]", ["linux"]),
        ("['a'] if getattr(request, 'houdini', None) is None else []", ["a"]),
    ],
)
def test_names_of_a_resolve(write: Write, expression: str, expected: list[str]) -> None:
    context = LateContext(["maya-2024+", "!nuke-1"], ["platform==linux"])
    assert late(write, expression, context) == expected


def test_a_request_that_is_not_there(write: Write) -> None:
    with pytest.raises(PackageMetadataError, match=r"request does not exist: 'houdini'"):
        late(write, "[request.houdini]", LateContext([]))


def test_a_build_says_so(write: Write) -> None:
    assert late(write, "['b'] if building else []", LateContext([], building=True)) == ["b"]
