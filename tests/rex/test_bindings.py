"""The objects that commands find: versions, packages, requests."""

from __future__ import annotations

from typing import Any

import pytest
from rex.conftest import Run

from rezfast import Requirement, Version
from rezfast.errors import RexError
from rezfast.repository import MemoryRepository
from rezfast.repository.queries import iter_packages
from rezfast.rex.actions import Comment
from rezfast.rex.bindings import (
    EphemeralsBinding,
    RequirementsBinding,
    VariantBinding,
    VariantsBinding,
    VersionBinding,
    intersects,
)
from rezfast.rex.interpreter import ActionInterpreter


def resolved(**packages: dict[str, Any]) -> dict[str, VariantBinding]:
    data = {name: {"1.2.3": attributes} for name, attributes in packages.items()}
    repository = MemoryRepository.create_repository(data)
    found = {}
    for name in packages:
        (package,) = iter_packages(name, paths=[repository])
        found[name] = VariantBinding(next(package.iter_variants()))
    return found


def test_version() -> None:
    version = VersionBinding(Version("1.02.3alpha"))
    assert (version.major, version.minor, version.patch) == (1, "02", "3alpha")
    assert (version[0], version[-1], version[9]) == (1, "3alpha", None)
    assert version[:2] == (1, "02")
    assert version.as_tuple() == (1, "02", "3alpha")
    assert (len(version), str(version)) == (3, "1.02.3alpha")
    with pytest.raises(AttributeError, match=r"version 1\.02\.3alpha has no attribute 'nope'"):
        _ = version.nope


def test_this_has_the_attributes_of_its_package(run: Run) -> None:
    this = resolved(foo={"description": "d", "_mine": "{root}", "tools": ["a"]})["foo"]
    code = "comment('{this.name} {this.version.major} {this.description}')\ncomment(this._mine)"
    done = run(code, bound={"this": this, "root": "/sw"})
    assert done.actions == [Comment("foo 1 d"), Comment("/sw")]
    assert str(this) == "foo-1.2.3"
    assert this.tools == ["a"]
    with pytest.raises(RexError, match=r"package foo-1\.2\.3 has no attribute 'nope'"):
        run("this.nope", bound={"this": this})


def test_root_is_where_the_payload_is() -> None:
    class Upper(ActionInterpreter):
        def normalize_path(self, path: str) -> str:
            return path.upper()

    class Fake:
        version = Version("1")
        root = "/sw/foo"
        qualified_package_name = "foo-1"

    variant: Any = Fake()
    assert VariantBinding(variant).root == "/sw/foo"
    assert VariantBinding(variant, interpreter=Upper()).root == "/SW/FOO"
    cached = VariantBinding(variant, cached_root="/cache/foo", interpreter=Upper())
    assert cached.root == "/CACHE/FOO"
    assert cached._is_in_package_cache()


def test_resolve_has_packages_by_name(run: Run) -> None:
    resolve = VariantsBinding(resolved(foo={}, bar={}))
    code = "comment('{resolve.foo.version} {resolve[bar].name}')\ncomment('nuke' in resolve)"
    assert run(code, bound={"resolve": resolve}).actions == [Comment("1.2.3 bar"), Comment("False")]
    for code in ("resolve.nuke", "resolve['nuke']"):
        with pytest.raises(RexError, match="AttributeError: package does not exist: 'nuke'"):
            run(code, bound={"resolve": resolve})
    assert resolve.get("nuke", 5) == 5


def test_request_has_texts_by_name() -> None:
    request = RequirementsBinding(map(Requirement, ["foo-1", "!bar", "maya.core-2+"]))
    assert request.foo == "foo-1"
    assert request["bar"] == "!bar"
    assert request["maya.core"] == "maya.core-2+"
    assert request.get("nuke", "nuke-1") == "nuke-1"
    assert str(request.get_range("maya.core")) == "2+"
    assert str(request.get_range("nuke", "1+")) == "1+"
    assert request.get_range("nuke") is None
    with pytest.raises(AttributeError, match="request does not exist: 'nuke'"):
        _ = request.nuke


def test_ephemerals_are_named_without_their_dot() -> None:
    ephemerals = EphemeralsBinding([Requirement(".foo.cli-1")])
    assert "foo.cli" in ephemerals
    assert ephemerals["foo.cli"] == ".foo.cli-1"
    with pytest.raises(AttributeError, match=r"ephemeral does not exist: 'bar'"):
        _ = ephemerals.bar


def test_intersects() -> None:
    foo = resolved(foo={})["foo"]
    assert intersects("foo-1.5", "1+")
    assert not intersects("foo-1.5", "2+")
    assert not intersects("!foo-1", "1")
    assert intersects(foo, "1.2")
    assert intersects(foo.version, "<2")
    assert intersects(RequirementsBinding([]).get_range("foo", "3"), "3+")
    # a text is a request: "1" asks for a family of that name, in any version
    assert intersects("1", "2")
    with pytest.raises(RuntimeError, match="takes a request, a range, a package or a version"):
        intersects(None, "1")
