"""What packages of distributions require, for a python that is not the one that runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rezfast.config.system import System
from rezfast.errors import DistributionError
from rezfast.pip.requires import Requirements, Target, package_requirements
from rezfast.pip.wheel import Wheel

MakeWheel = Callable[..., Path]


class Machine(System):
    """A machine that is always the same."""

    platform = "linux"
    arch = "x86_64"


@pytest.fixture
def target(target: Target) -> Target:
    return Target(target.environment, Machine({}))


@pytest.fixture
def requirements(wheel: MakeWheel, target: Target) -> Callable[..., Requirements]:
    """The requirements of a pure distribution with those in its metadata."""

    def convert(
        *requires: str, extras: Sequence[str] = (), others: Sequence[Path] = (), **more: str
    ) -> Requirements:
        made = wheel(metadata=[f"Requires-Dist: {text}" for text in requires], **more)
        opened = [Wheel(str(path)) for path in (made, *others)]
        try:
            return package_requirements(opened[0], target, extras, opened[1:])
        finally:
            for one in opened:
                one.close()

    return convert


def with_requires(wheel: MakeWheel, name: str, *requires: str) -> Path:
    return wheel(name=name, metadata=[f"Requires-Dist: {text}" for text in requires])


Convert = Callable[..., Requirements]


def test_a_pure_package_is_of_a_python_and_nothing_else(requirements: Convert) -> None:
    assert requirements("six>=1.9", "Foo-Bar") == Requirements(
        ["six-1.9+", "Foo_Bar"], ["python-3.9"]
    )


def test_a_compiled_package_is_of_a_platform_and_an_architecture(requirements: Convert) -> None:
    found = requirements(tag="cp39-cp39-manylinux2014_x86_64")
    assert found.variant == ["platform-linux", "arch-x86_64", "python-3.9"]


def test_so_is_a_package_with_scripts_as_in_rez(requirements: Convert) -> None:
    found = requirements(entry_points="[console_scripts]\nfoo = foo:main\n")
    assert found.variant == ["platform-linux", "arch-x86_64", "python-3.9"]
    assert requirements(entry_points="[foo.plugins]\nfoo = foo:main\n").variant == ["python-3.9"]


def test_markers_are_those_of_the_target(requirements: Convert) -> None:
    assert requirements('a; python_version < "3.10"').variant == ["python-3.9", "a"]
    assert requirements('a; python_version >= "3.10"') == Requirements([], ["python-3.9"])
    assert requirements('a; python_full_version == "3.9.7"').variant == ["python-3.9", "a"]
    assert requirements('a; implementation_name == "pypy"').variant == ["python-3.9"]


def test_what_depends_on_the_system_is_the_variants(requirements: Convert) -> None:
    assert requirements("b", 'a; sys_platform == "linux"') == Requirements(
        ["b"], ["platform-linux", "python-3.9", "a"]
    )
    assert requirements('a; platform_machine == "x86_64"').variant == [
        "arch-x86_64",
        "python-3.9",
        "a",
    ]
    assert requirements('a; (sys.platform != "win32") and os_name == "posix"').variant == [
        "platform-linux",
        "python-3.9",
        "a",
    ]
    # a text is no variable
    assert requirements('a; "sys_platform" != "platform_machine"') == Requirements(
        ["a"], ["python-3.9"]
    )


def test_extras_count_when_they_are_asked_for(requirements: Convert) -> None:
    requires = ("a", 'b; extra == "x"', 'c; extra == "y" and sys_platform == "linux"')
    assert requirements(*requires).requires == ["a"]
    assert requirements(*requires, extras=["X"]) == Requirements(["a", "b"], ["python-3.9"])
    assert requirements(*requires, extras=["x", "y"]) == Requirements(
        ["a", "b"], ["platform-linux", "python-3.9", "c"]
    )


def test_who_asks_for_an_extra_requires_what_it_adds(
    requirements: Convert, wheel: MakeWheel
) -> None:
    other = with_requires(wheel, "bar", "always", 'more>=2; extra == "x"', 'deep[y]; extra == "x"')
    deep = with_requires(wheel, "deep", 'deepest; extra == "y"', 'bar[x]; extra == "y"')
    found = requirements("bar[x]>=1", others=[other, deep])
    assert found.requires == ["bar-1+", "more-2+", "deep", "deepest", "bar"]


def test_what_an_extra_adds_depends_on_what_the_extra_depends_on(
    requirements: Convert, wheel: MakeWheel
) -> None:
    other = with_requires(wheel, "bar", 'more; extra == "x"')
    found = requirements('bar[x]; sys_platform == "linux"', others=[other])
    assert found == Requirements([], ["platform-linux", "python-3.9", "bar", "more"])


def test_an_extra_of_extras(requirements: Convert) -> None:
    requires = ('a; extra == "x"', 'foo[x]; extra == "all"')
    assert requirements(*requires, extras=["all"]).requires == ["a"]


def test_an_extra_of_what_is_not_there_is_not_known(
    requirements: Convert, caplog: pytest.LogCaptureFixture
) -> None:
    assert requirements("bar[x]").requires == ["bar"]
    assert "what 'bar[x]' asks for in addition is not known" in caplog.text


def test_names_are_spelled_as_the_distribution_does(
    requirements: Convert, wheel: MakeWheel
) -> None:
    others = [with_requires(wheel, name) for name in ("PyYAML", "zope.interface")]
    found = requirements("pyyaml>=5", "Zope-Interface", others=others)
    assert found.requires == ["PyYAML-5+", "zope.interface"]


def test_the_same_requirement_is_there_once(requirements: Convert) -> None:
    assert requirements("a>=1", "A", "a>=1").requires == ["a-1+", "A"]


def test_a_requirement_that_cannot_be_converted_names_the_distribution(
    requirements: Convert,
) -> None:
    with pytest.raises(DistributionError, match=r"foo-1\.0-py3-none-any\.whl: the requirement"):
        requirements("a>=1!2")
    with pytest.raises(DistributionError, match="cannot be read"):
        requirements("a >")


def test_an_environment_has_to_be_whole(target: Target) -> None:
    environment = {**target.environment}
    del environment["sys_platform"], environment["os_name"]
    with pytest.raises(ValueError, match="lacks os_name, sys_platform"):
        Target(environment, System({}))
