"""Package objects: what they are called, where they are, what their attributes hold."""

from __future__ import annotations

import copy
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import PackageDefinitionFileMissing, PackageMetadataError, ResourceError
from rezfast.package.functions import SourceCode
from rezfast.package.model import Package
from rezfast.package.resource import ResourceHandle
from rezfast.packages import get_package, get_variant
from rezfast.rex.bindings import LateContext
from rezfast.version import Requirement, Version

Lay = Callable[..., Package]


def one(texts: list[Requirement] | None) -> list[str]:
    """Requirements as text."""
    return [str(text) for text in texts or []]


# ---- names and places --------------------------------------------------------------------------


def test_a_package_is_named_by_its_directories(lay: Lay) -> None:
    package = lay("name = 'other'\nversion = '9'\ndescription = 'x'", "foo", "1.0")
    assert (package.name, package.version) == ("foo", Version("1.0"))
    assert package.qualified_name == "foo-1.0"
    assert package.as_exact_requirement() == "foo==1.0"
    assert package.uri == f"{package.base}/package.py" == package.filepath
    assert package.base == f"{package.repository.location}/foo/1.0"
    assert (package.is_package, package.is_variant) == (True, False)


def test_an_unversioned_package(lay: Lay) -> None:
    package = lay("description = 'x'", "foo", "")
    assert package.version == Version("")
    assert package.qualified_name == "foo"
    assert package.handle.to_dict() == {
        "key": "filesystem.package",
        "variables": {
            "location": package.repository.location,
            "name": "foo",
            "repository_type": "filesystem",
        },
    }


def test_parents_and_children(lay: Lay) -> None:
    package = lay("variants = [['a-1'], ['a-2']]")
    family = package.parent
    assert family is not None
    assert family.name == "foo"
    assert list(family.iter_packages()) == [package]
    variant = package.get_variant(1)
    assert variant is not None
    assert variant.parent is package
    assert variant.qualified_name == "foo-1.0[1]"
    assert variant.qualified_package_name == "foo-1.0"
    assert variant.uri == f"{package.uri}[1]"
    assert package.get_variant(2) is None
    assert package.get_variant() is None


def test_a_package_without_variants_has_one_without_an_index(lay: Lay) -> None:
    package = lay("requires = ['a-1']")
    (variant,) = package.iter_variants()
    assert variant.index is None
    assert package.num_variants == 0
    assert variant.qualified_name == "foo-1.0[]"
    assert variant.subpath is None
    assert variant.root == package.base
    assert package.get_variant() == variant


def test_a_variant_lies_where_its_requirements_say(lay: Lay) -> None:
    package = lay("variants = [['a-1', '!b-2'], ['a==2']]")
    subpaths = [variant.subpath for variant in package.iter_variants()]
    assert subpaths == ["a-1/!b-2", "a==2"]
    for variant in package.iter_variants():
        assert variant.root == f"{package.base}/{variant.subpath}"


def test_an_empty_variant_lies_in_the_base(lay: Lay) -> None:
    package = lay("variants = [[]]")
    variant = package.get_variant(0)
    assert variant is not None
    assert variant.root == package.base


def test_a_hashed_variant_lies_where_a_hash_says(lay: Lay) -> None:
    package = lay("hashed_variants = True\nvariants = [['a-1', 'b']]")
    variant = package.get_variant(0)
    assert variant is not None
    assert variant.subpath == sha1(b"['a-1', 'b']").hexdigest()


def test_a_short_link_stands_for_a_hash(lay: Lay) -> None:
    package = lay("hashed_variants = True\nvariants = [['a-1', 'b']]")
    assert package.base is not None
    digest = sha1(b"['a-1', 'b']").hexdigest()
    links = Path(package.base, "_v")
    links.mkdir()
    (links / "b").symlink_to(f"../{digest}x")
    (links / "a").symlink_to(f"../{digest}")
    variant = package.get_variant(0)
    assert variant is not None
    assert variant.subpath == "_v/a"
    assert variant.root == f"{package.base}/_v/a"
    assert variant._non_shortlinked_subpath == digest


def test_short_links_can_be_switched_off(lay: Lay, use: Callable[..., None]) -> None:
    use(use_variant_shortlinks=False)
    package = lay("hashed_variants = True\nvariants = [['a-1']]")
    digest = sha1(b"['a-1']").hexdigest()
    links = Path(package.base or "", "_v")
    links.mkdir()
    (links / "a").symlink_to(f"../{digest}")
    variant = package.get_variant(0)
    assert variant is not None
    assert variant.subpath == digest


def test_a_payload_that_is_not_installed_yet_says_where_it_is(lay: Lay) -> None:
    assert lay("_redirected_base = '/elsewhere'").base == "/elsewhere"


def test_handles_lead_back(lay: Lay) -> None:
    package = lay("variants = [['a-1'], ['a-2']]")
    variant = package.get_variant(1)
    assert variant is not None
    assert variant.handle.to_dict()["variables"] == {
        "location": package.repository.location,
        "name": "foo",
        "version": "1.0",
        "index": 1,
        "repository_type": "filesystem",
    }
    assert ResourceHandle.from_dict(variant.handle.to_dict()) == variant.handle
    assert get_variant(variant.handle) == variant
    assert {variant, get_variant(variant.handle.to_dict())} == {variant}


def test_what_is_no_handle_is_refused() -> None:
    with pytest.raises(ResourceError, match="needs 'key'"):
        ResourceHandle.from_dict({"nothing": 1})


def test_local_packages(lay: Lay, use: Callable[..., None]) -> None:
    package = lay("")
    assert not package.is_local
    use(local_packages_path=package.repository.location)
    assert lay("", "bar").is_local


# ---- attributes --------------------------------------------------------------------------------


def test_requirements_and_versions_are_objects(lay: Lay) -> None:
    package = lay(
        "requires = ['a-1+<2', '!b']\nbuild_requires = ['c']\nprivate_build_requires = ['d']\n"
        "variants = [['e-1'], ['e-2']]\nprevious_version = '0.9'"
    )
    assert package.requires == [Requirement("a-1+<2"), Requirement("!b")]
    assert package.previous_version == Version("0.9")
    assert package.variants is not None
    variant = package.get_variant(1)
    assert variant is not None
    assert one(variant.variant_requires) == ["e-2"]
    assert one(variant.requires) == ["a-1+<2", "!b", "e-2"]
    assert one(variant.get_requires(build_requires=True)) == ["a-1+<2", "!b", "e-2", "c"]
    assert one(variant.get_requires(True, True)) == ["a-1+<2", "!b", "e-2", "c", "d"]


def test_what_a_definition_does_not_say_is_none(lay: Lay) -> None:
    package = lay("")
    for name in package.keys - {"name", "version", "base", "config"}:
        assert getattr(package, name) is None, name
    assert package.config is config.settings()


def test_long_texts_lose_their_indentation(lay: Lay) -> None:
    package = lay("description = '''\n    One.\n      Two.\n    '''\nchangelog = '  x  '")
    assert package.description == "One.\n  Two."
    assert package.changelog == "x"


def test_arbitrary_attributes_come_as_they_are(lay: Lay) -> None:
    package = lay("custom = {'a': ['x-1'], '__b': 1}\nuuid = 'u'\nimport os\ndef f(): pass")
    assert package.custom == {"a": ["x-1"]}
    assert package.arbitrary_keys() == {"custom"}
    variant = package.get_variant()
    assert variant is not None
    assert variant.custom == {"a": ["x-1"]}
    assert variant.arbitrary_keys() == {"custom"}
    for thing in (package, variant):
        with pytest.raises(AttributeError, match=r"foo-1\.0.* has no attribute 'nothing'"):
            _ = thing.nothing


def test_a_variant_has_the_package_s_variants_as_they_are_written(lay: Lay) -> None:
    variant = lay("variants = [['a-1']]").get_variant(0)
    assert variant is not None
    assert variant.variants == [["a-1"]]


def test_attributes_cannot_be_set(lay: Lay) -> None:
    with pytest.raises(AttributeError, match="description cannot be set"):
        lay("").description = "new"


def test_a_package_can_be_copied(lay: Lay) -> None:
    package = lay("uuid = 'u'")
    assert copy.copy(package) == package
    assert copy.copy(package).uuid == "u"


def test_validated_data_is_everything_there_is(lay: Lay) -> None:
    package = lay(
        "requires = ['a-1']\ncustom = 1\nvariants = [['b']]\nvcs = 'git'\nrelocatable = None"
    )
    assert package.validated_data() == {
        "name": "foo",
        "version": Version("1.0"),
        "base": package.base,
        "requires": [Requirement("a-1")],
        "variants": [[Requirement("b")]],
        "vcs": "git",
        "custom": 1,
    }
    variant = package.get_variant(0)
    assert variant is not None
    assert variant.validated_data() == {
        "name": "foo",
        "version": Version("1.0"),
        "base": package.base,
        "requires": [Requirement("a-1")],
        "vcs": "git",
    }
    assert variant.data is None


def test_text_is_formatted_with_attributes(lay: Lay) -> None:
    package = lay("authors = ['a', 'b']\nvcs = None\ncustom = {'x': 1}")
    text = "{name} {version} {authors} {custom[x]} {nothing.at.all} {description}|"
    assert package.format(text) == "foo 1.0 a b 1 {nothing.at.all} |"


def test_commands_are_code(lay: Lay) -> None:
    package = lay("def commands():\n    env.X = 1\npost_commands = 'env.Y = 2'")
    assert isinstance(package.commands, SourceCode)
    assert isinstance(package.post_commands, SourceCode)
    assert package.pre_commands is None


def test_lists_of_shell_commands_are_refused_unless_they_are_allowed(
    lay: Lay, use: Callable[..., None]
) -> None:
    source = "commands = ['export PATH=$PATH:!ROOT!/bin']"
    with pytest.raises(PackageMetadataError, match=r"package\.py.*before rez 2"):
        _ = lay(source).commands
    use(disable_rez_1_compatibility=False)
    code = lay(source, "bar").commands
    assert code is not None
    assert "appendenv('PATH', '{root}/bin')" in code.source


def test_lists_of_shell_commands_give_a_warning(
    lay: Lay, use: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    use(disable_rez_1_compatibility=False)
    package = lay("commands = ['export A=B']")
    _ = package.commands, package.commands
    said = f"{package.uri}: commands is a list of shell commands, as before rez 2\n"
    assert capsys.readouterr().err == f"rezfast: warning: {said}"
    use(disable_rez_1_compatibility=False, warn_old_commands=False, debug_old_commands=True)
    _ = lay("commands = ['export A=B']", "bar").commands
    heading, *both = capsys.readouterr().err.splitlines()
    assert heading.startswith("rezfast: debug: commands of ")
    assert both[:2] == ["  old:", "  export A=B"]
    assert both[2] == "  new:"
    assert both[-1] == "  setenv('A', 'B')"


def test_the_config_scope_is_on_top_of_the_settings(lay: Lay, use: Callable[..., None]) -> None:
    use(release_packages_path="/all")
    package = lay("with scope('config') as c:\n    c.release_packages_path = '/this'")
    assert package.config.release_packages_path == "/this"
    assert package.config.package_filenames == config.settings().package_filenames
    assert config.settings().release_packages_path == "/all"


# ---- relocatable, cachable ---------------------------------------------------------------------


def test_whether_a_payload_may_be_copied(lay: Lay, use: Callable[..., None]) -> None:
    use(default_relocatable=False, default_cachable=None)
    package = lay("", "foo")
    place = package.repository.location
    assert (package.is_relocatable, package.is_cachable) == (False, False)
    assert lay("relocatable = True", "bar").is_relocatable
    assert lay("relocatable = True", "baz").is_cachable
    assert not lay("relocatable = True\ncachable = False", "eek").is_cachable
    use(default_relocatable=False, default_relocatable_per_package={"foo": True})
    assert lay("", "foo", "2").is_relocatable
    use(
        default_relocatable=False,
        default_relocatable_per_package={"foo": True},
        default_relocatable_per_repository={place: False},
    )
    assert not lay("", "foo", "3").is_relocatable
    use(default_cachable_per_package={"foo": True})
    assert lay("", "foo", "4").is_cachable


# ---- late bound --------------------------------------------------------------------------------


def test_late_bound_attributes_are_run_once_an_object(lay: Lay) -> None:
    package = lay("count = []\n@late()\ndef tools():\n    this.count.append(1)\n    return ['t']")
    assert package.tools == ["t"]
    assert package.tools == ["t"]
    assert package.count == [1]
    variant = package.get_variant()
    assert variant is not None
    assert variant.tools == ["t"]
    assert package.count == [1, 1]


def test_late_bound_attributes_know_what_they_belong_to(lay: Lay) -> None:
    package = lay(
        "variants = [['a-1'], ['a-2']]\n"
        "@late()\ndef build_requires():\n"
        "    if this.is_package:\n        return []\n"
        "    return ['tool-%d' % this.index]\n"
    )
    assert package.build_requires == []
    assert [one(variant.build_requires) for variant in package.iter_variants()] == [
        ["tool-0"],
        ["tool-1"],
    ]


def test_late_bound_attributes_see_the_context(lay: Lay) -> None:
    package = lay(
        "@late()\ndef tools():\n"
        "    return ['in'] if in_context() and 'maya' in request else ['out']\n"
    )
    variant = package.get_variant()
    assert variant is not None
    variant.set_context(LateContext(["maya-2024"]))
    assert variant.tools == ["in"]
    assert package.tools == ["out"]


def test_arbitrary_attributes_may_be_late_bound(lay: Lay) -> None:
    package = lay("@late()\ndef custom():\n    return this.name * 2")
    assert package.custom == "foofoo"
    assert isinstance(package.validated_data()["custom"], SourceCode)


def test_a_late_bound_attribute_that_asks_for_itself_is_an_error(lay: Lay) -> None:
    package = lay("@late()\ndef custom():\n    return this.custom")
    with pytest.raises(PackageMetadataError, match=r"package\.py:3: .*RecursionError"):
        _ = package.custom


def test_late_bound_requirements_are_checked(lay: Lay) -> None:
    package = lay("@late()\ndef requires():\n    return ['not a request']")
    with pytest.raises(PackageMetadataError, match=r"package\.py:1: requires\(\) gave a wrong"):
        _ = package.requires


# ---- wrong definitions -------------------------------------------------------------------------

WRONG: list[tuple[str, Any, str]] = [
    ("description", 1, "it has to be a string, not an int"),
    ("authors", "me", "it has to be a list of strings, not a str"),
    ("authors", ["me", 2], "item 1: it has to be a string, not an int"),
    ("requires", ["a", "b-1.*"], "item 1: 'b-1.*' is not a package request"),
    ("requires", ["not a request"], "item 0: 'not a request' is not a package request"),
    ("build_requires", "a", "it has to be a list of package requests"),
    ("variants", ["a"], "item 0: it has to be a list of package requests, not a str"),
    ("variants", [["a"], [1]], "item 1: item 0: it has to be a string"),
    ("hashed_variants", 1, "it has to be True or False, not an int"),
    ("relocatable", "yes", "it has to be True, False or None, not a str"),
    ("has_plugins", None, "it has to be True or False, not None"),
    ("plugin_for", "maya", "it has to be a list of strings, not a str"),
    ("timestamp", "now", "it has to be a whole number, not a str"),
    ("release_message", 1, "it has to be a string or None"),
    ("previous_version", "1..2", "'1..2' is not a version"),
    ("help", ["x"], "item 0: it has to be a list of strings"),
    ("help", 1, "it has to be a string or a list of lists"),
    ("config", [], "it has to be a dict, not a list"),
    ("commands", 1, "it has to be a function, a string or a list"),
    ("tests", [], "it has to be a dict"),
    ("tests", {"": "x"}, "'' in it is no name"),
    ("tests", {"unit": 1}, "test 'unit': it has to be a string or a list of strings"),
    ("tests", {"unit": {}}, "test 'unit': it has to have a 'command'"),
    ("tests", {"unit": {"command": "x", "requires": ["a b"]}}, "requires: item 0: 'a b' is not"),
    ("tests", {"unit": {"command": "x", "on_variants": 1}}, "on_variants: it has to be True"),
    ("tests", {"unit": {"command": "x", "run_on": 1}}, "run_on: it has to be a string or a list"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_a_wrong_value_is_told_with_file_line_and_attribute(
    name: str, value: Any, said: str, lay: Lay
) -> None:
    package = lay(f"uuid = 'u'\n\n{name} = {value!r}")
    assert package.uuid == "u"
    with pytest.raises(PackageMetadataError) as raised:
        package.validate_data()
    assert str(raised.value).startswith(f"{package.filepath}:3: {name} is wrong: ")
    assert said in str(raised.value)
    assert raised.value.attribute == name
    with pytest.raises(PackageMetadataError):
        getattr(package, name)


RIGHT: list[tuple[str, Any]] = [
    ("help", "https://example.com"),
    ("help", [["a", "b"], ["c"]]),
    ("tests", {"a": "x", "b": ["x", "y"], "c": {"command": ["x"], "extra": {"any": 1}}}),
    ("tests", {"a": {"command": "x", "run_on": ["default"], "on_variants": True}}),
    ("relocatable", None),
    ("timestamp", 1 << 70),
    ("revision", {"any": ["thing"]}),
]


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_right_values(name: str, value: Any, lay: Lay) -> None:
    assert getattr(lay(f"{name} = {value!r}"), name) == value


def test_requests_in_tests_are_objects(lay: Lay) -> None:
    package = lay(
        "tests = {'a': {'command': 'x', 'requires': ['b-1'],"
        " 'on_variants': {'type': 'requires', 'value': ['c-2']}}}"
    )
    assert package.tests == {
        "a": {
            "command": "x",
            "requires": [Requirement("b-1")],
            "on_variants": {"type": "requires", "value": [Requirement("c-2")]},
        }
    }


def test_a_definition_that_fails_names_its_line(lay: Lay) -> None:
    package = lay("a = 1\nb = a / 0")
    assert package.name == "foo"
    with pytest.raises(PackageMetadataError, match=r"package\.py:2: raised ZeroDivisionError"):
        _ = package.description


def test_a_version_without_a_definition_is_an_error_when_it_is_read(lay: Lay) -> None:
    package = lay("")
    Path(package.filepath).unlink()
    again = Package(type(package.resource)(package.resource.repository, "foo", "1.0"))
    assert again.qualified_name == "foo-1.0"
    with pytest.raises(PackageDefinitionFileMissing):
        again.validate_data()


def test_memory_packages(tmp_path: Path) -> None:
    from rezfast.repository import MemoryRepository

    memory = MemoryRepository.create_repository(
        {"foo": {"1.0": {"requires": ["a"], "variants": [["b-1"]]}}}
    )
    package = get_package("foo", "1.0", [memory])
    assert package is not None
    assert package.uri == f"{memory.location}:foo-1.0"
    assert package.base is None
    variant = package.get_variant(0)
    assert variant is not None
    assert (variant.root, variant.subpath) == (None, "b-1")
    assert one(variant.requires) == ["a", "b-1"]
    assert variant.handle.key == "memory.variant"


def test_settings_are_restored() -> None:
    assert isinstance(config.settings(), Settings)
