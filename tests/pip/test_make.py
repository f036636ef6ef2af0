"""Wheels made into packages: what is there afterwards, and what is not after a failure."""

from __future__ import annotations

import errno
import itertools
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import DistributionError, PackageRepositoryError
from rezfast.package.model import Package
from rezfast.pip.make import Planned, make_packages, plan
from rezfast.pip.requires import Target
from rezfast.pip.unpack import WheelCache
from rezfast.pip.wheel import Wheel
from rezfast.repository import clear_caches
from rezfast.repository.queries import get_latest_package, iter_package_families

MakeWheel = Callable[..., Path]
Install = Callable[..., list[Planned]]


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    """rez's settings."""
    before = config.use(Settings.locked())
    clear_caches()
    yield
    config.use(before)
    clear_caches()


@pytest.fixture
def location(tmp_path: Path) -> Path:
    """Where packages are installed."""
    return tmp_path / "packages"


@pytest.fixture
def install(location: Path, target: Target, tmp_path: Path) -> Install:
    """Installs wheels, and gives what has come of each."""

    def run(
        *paths: Path, cache: WheelCache | None = None, python: str = "3.9", **extras: str
    ) -> list[Planned]:
        environment = {**target.environment, "python_version": python}
        opened = [Wheel(str(path)) for path in paths]
        try:
            asked = {name: frozenset({extra}) for name, extra in extras.items()}
            packages = plan(opened, Target(environment, target.system), asked, str(location))
            make_packages(packages, str(location), cache or WheelCache(None))
            return packages
        finally:
            for one in opened:
                one.close()

    return run


def package(location: Path, name: str) -> Package:
    clear_caches()
    found = get_latest_package(name, paths=[str(location)])
    assert found is not None
    return found


def names(location: Path) -> list[str]:
    clear_caches()
    return sorted(family.name for family in iter_package_families([str(location)]))


def left(location: Path) -> list[str]:
    """Whatever is in the repository."""
    return sorted(os.listdir(location)) if location.exists() else []


# ---- what is there afterwards


def test_packages_with_their_payloads(
    wheel: MakeWheel, install: Install, location: Path, target: Target
) -> None:
    foo = wheel(
        {"foo/__init__.py": "def main(): print('hello')\n"},
        metadata=["Summary: Says hello.", "Requires-Dist: bar>=1"],
        entry_points="[console_scripts]\nhello = foo:main\n",
    )
    install(foo, wheel(name="bar", version="2.0"))
    found = package(location, "foo")
    assert (found.description, found.tools) == ("Says hello.", ["hello"])
    assert [str(one) for one in found.requires or ()] == ["bar-1+"]
    (variant,) = found.iter_variants()
    assert [str(one) for one in variant.variant_requires] == [
        f"platform-{target.system.platform}",
        f"arch-{target.system.arch}",
        "python-3.9",
    ]
    assert variant.root is not None
    root = Path(variant.root)
    assert root.parent == location / "foo" / "1.0"
    environ = {**os.environ, "PYTHONPATH": str(root / "python")}
    done = subprocess.run([root / "bin" / "hello"], env=environ, capture_output=True, check=True)
    assert done.stdout == b"hello\n"
    assert (root / "bin/hello").stat().st_mode & 0o111
    assert package(location, "bar").version


def test_what_is_there_already_is_skipped(
    wheel: MakeWheel, install: Install, location: Path
) -> None:
    made = wheel()
    (first,) = install(made)
    assert first.installed is not None and first.existing is None
    definition = location / "foo" / "1.0" / "package.py"
    before = definition.stat()
    (again,) = install(made)
    assert again.installed is None and again.existing == first.installed
    assert definition.stat().st_mtime_ns == before.st_mtime_ns


def test_a_second_python_is_a_second_variant(
    wheel: MakeWheel, install: Install, location: Path
) -> None:
    made = wheel()
    for python in ("3.9", "3.10"):
        install(made, python=python)
    found = package(location, "foo")
    assert [
        [str(one) for one in variant.variant_requires] for variant in found.iter_variants()
    ] == [
        ["python-3.9"],
        ["python-3.10"],
    ]


def test_with_other_attributes_it_is_installed_again(
    wheel: MakeWheel, install: Install, location: Path
) -> None:
    install(wheel({"foo/old.py": ""}))
    install(wheel({"foo/new.py": ""}, metadata=["Summary: Changed."]))
    found = package(location, "foo")
    assert found.description == "Changed."
    (variant,) = found.iter_variants()
    assert os.listdir(f"{variant.root}/python/foo") == ["new.py"]


def test_extras_that_were_asked_for_are_required(
    wheel: MakeWheel, install: Install, location: Path
) -> None:
    made = wheel(metadata=["Provides-Extra: x", "Requires-Dist: bar; extra == 'x'"])
    install(made, wheel(name="bar"), foo="x")
    assert [str(one) for one in package(location, "foo").requires or ()] == ["bar"]


def test_nothing_but_packages_is_left(wheel: MakeWheel, install: Install, location: Path) -> None:
    install(wheel(), wheel(name="bar"))
    assert left(location) == ["bar", "foo"]
    assert left(location / "foo") == ["1.0"]


# ---- what is not when something goes wrong


def broken(wheel: MakeWheel, what: str, tmp_path: Path) -> Path:
    """A wheel `foo` that no installer may take."""
    if what == "no METADATA":
        return wheel(left_out=["METADATA"])
    if what == "a bad RECORD":
        return wheel(record="foo/__init__.py,sha256=zzz\n,,\n")
    if what == "a wrong hash":
        record = "foo/__init__.py,sha256=AAAA,6\n" + "".join(
            f"foo-1.0.dist-info/{name},sha256=AAAA,\n" for name in ("METADATA", "WHEEL")
        )
        return wheel(record=record)
    if what == "a path outside":
        return wheel({"foo/../../evil.py": ""})
    made = wheel()
    if what == "a file twice":
        with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("foo/__init__.py", "X = 2\n")
    else:
        made.write_bytes(made.read_bytes()[:-40])
    return made


BROKEN = {
    "no METADATA": "it has no METADATA",
    "a bad RECORD": "RECORD",
    "a wrong hash": "is damaged: its sha256 is not the one in RECORD",
    "a path outside": "which leads outside",
    "a file twice": "twice",
    "a truncated archive": "cannot be read",
}


@pytest.mark.parametrize("what, message", BROKEN.items())
def test_a_broken_wheel_leaves_nothing_of_any(
    what: str,
    message: str,
    wheel: MakeWheel,
    install: Install,
    location: Path,
    tmp_path: Path,
) -> None:
    good = wheel(name="bar")
    with pytest.raises(DistributionError, match=message) as told:
        install(good, broken(wheel, what, tmp_path))
    assert "foo-1.0-py3-none-any.whl: " in str(told.value) and "\n" not in str(told.value)
    assert left(location) == []


def test_a_full_disk_leaves_nothing(
    wheel: MakeWheel, install: Install, location: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def full(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        if str(path).endswith("second.py") and flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", full)
    made = wheel({"foo/first.py": "", "foo/second.py": ""})
    with pytest.raises(PackageRepositoryError, match=r"second\.py: cannot be written: No space"):
        install(wheel(name="bar"), made)
    assert left(location) == []


def test_what_was_there_stays_when_the_disk_is_full(
    wheel: MakeWheel, install: Install, location: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(wheel({"foo/old.py": "X = 1\n"}))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("rezfast.pip.unpack.write_files", full)
    with pytest.raises(PackageRepositoryError, match="No space"):
        install(wheel({"foo/new.py": ""}, metadata=["Summary: Changed."]))
    found = package(location, "foo")
    (variant,) = found.iter_variants()
    assert found.description is None
    assert Path(f"{variant.root}/python/foo/old.py").read_text() == "X = 1\n"


def fail_to_name(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Have a definition fail to get its name, counted from 0 in the order of the names."""
    real = os.replace
    count = itertools.count()

    def replace(source: str, target: str) -> None:
        if str(source).endswith(".package.py.new") and next(count) == number:
            raise error
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_a_definition_that_cannot_be_written_leaves_nothing_of_any(
    number: int,
    error: BaseException,
    wheel: MakeWheel,
    install: Install,
    location: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fail_to_name(monkeypatch, number, error)
    told = PackageRepositoryError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(told) as caught:
        install(wheel(), wheel(name="bar"), wheel(name="gnu"))
    assert told is KeyboardInterrupt or "cannot be written: Input/output" in str(caught.value)
    assert left(location) == []


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_what_was_there_is_there_again_when_a_definition_cannot_be_written(
    error: BaseException,
    wheel: MakeWheel,
    install: Install,
    location: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(wheel({"bar/old.py": ""}, name="bar"))
    before = sorted(path for path in location.rglob("*"))
    definition = location / "bar" / "1.0" / "package.py"
    text = definition.read_text()
    fail_to_name(monkeypatch, 1, error)
    changed = wheel({"bar/new.py": ""}, name="bar", metadata=["Summary: Changed."])
    with pytest.raises((PackageRepositoryError, KeyboardInterrupt)):
        install(changed, wheel())
    assert (sorted(location.rglob("*")), definition.read_text()) == (before, text)
    monkeypatch.undo()
    install(changed, wheel())
    assert names(location) == ["bar", "foo"]


KILLED = """
import os, signal, sys
from packaging.markers import default_environment
from rezfast.config import Settings, use
use(Settings.locked())
from rezfast.pip import make
from rezfast.pip.requires import Target
from rezfast.pip.unpack import WheelCache
from rezfast.pip.wheel import Wheel
location, when, *paths = sys.argv[1:]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if when == "unpacking":
    real = WheelCache.unpack
    def unpack(cache, wheel, files, root):
        real(cache, wheel, files, root)
        die()
    WheelCache.unpack = unpack
else:
    make.install_together = die
target = Target(dict(default_environment()), Settings.locked().system)
packages = make.plan([Wheel(path) for path in paths], target, {}, location)
make.make_packages(packages, location, WheelCache(None))
"""


@pytest.mark.parametrize("when", ["unpacking", "installing"])
def test_killed_it_leaves_nothing(when: str, wheel: MakeWheel, location: Path) -> None:
    words = [sys.executable, "-c", KILLED, str(location), when, str(wheel())]
    done = subprocess.run([*words, str(wheel(name="bar"))], check=False)
    assert done.returncode == -signal.SIGKILL
    end = time.monotonic() + 20
    while left(location) and time.monotonic() < end:
        time.sleep(0.02)
    assert left(location) == []


# ---- wheels that were unpacked


def unpacked(cache: Path) -> list[Path]:
    return sorted(path for path in cache.glob("*/tree/**/*") if path.is_file())


def payload(packages: Sequence[Planned]) -> Path:
    (planned,) = packages
    assert planned.installed is not None and planned.installed.root is not None
    return Path(planned.installed.root)


def test_a_second_python_unpacks_nothing(
    wheel: MakeWheel, install: Install, tmp_path: Path
) -> None:
    cache = WheelCache(str(tmp_path / "cache"), worth=0)
    made = wheel({"foo/__init__.py": "X = 1\n", "{data}/scripts/tool": "#!python\n"})
    first = install(made, cache=cache)
    second = install(made, cache=cache, python="3.10")
    assert (first[0].from_cache, second[0].from_cache) == (False, True)
    one, other = payload(first), payload(second)
    for path in one.rglob("*"):
        twin = other / path.relative_to(one)
        assert path.is_dir() or path.read_bytes() == twin.read_bytes()
        assert path.stat().st_mode == twin.stat().st_mode
        # who edits one file edits that one
        assert path.is_dir() or path.stat().st_ino != twin.stat().st_ino


def test_another_wheel_of_the_same_name_is_another(
    wheel: MakeWheel, install: Install, tmp_path: Path
) -> None:
    cache = WheelCache(str(tmp_path / "cache"), worth=0)
    install(wheel({"foo/__init__.py": "X = 1\n"}), cache=cache)
    again = install(wheel({"foo/__init__.py": "X = 2\n"}), cache=cache, python="3.10")
    assert (payload(again) / "python/foo/__init__.py").read_text() == "X = 2\n"


@pytest.mark.parametrize("change", ["edited", "gone", "grown"])
def test_what_has_changed_since_is_unpacked_again(
    change: str, wheel: MakeWheel, install: Install, tmp_path: Path
) -> None:
    cache = WheelCache(str(tmp_path / "cache"), worth=0)
    made = wheel({"foo/__init__.py": "X = 1\n"})
    install(made, cache=cache)
    (kept,) = (path for path in unpacked(tmp_path / "cache") if path.name == "__init__.py")
    if change == "gone":
        kept.unlink()
    else:
        known = kept.stat()
        kept.write_text("X = 9\n" if change == "edited" else "X = 10\n")
        if change == "edited":
            os.utime(kept, ns=(known.st_atime_ns, known.st_mtime_ns + 10**9))
        else:
            os.utime(kept, ns=(known.st_atime_ns, known.st_mtime_ns))
    again = install(made, cache=cache, python="3.10")
    assert not again[0].from_cache
    assert (payload(again) / "python/foo/__init__.py").read_text() == "X = 1\n"
    assert install(made, cache=cache, python="3.11")[0].from_cache


def test_a_cache_that_cannot_be_written_is_no_error(
    wheel: MakeWheel, install: Install, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    cache = WheelCache(str(tmp_path / "cache"), worth=0)
    assert payload(install(wheel(), cache=cache)).is_dir()
    cache.clean()


def test_a_wheel_that_is_damaged_is_not_kept(
    wheel: MakeWheel, install: Install, tmp_path: Path
) -> None:
    cache = WheelCache(str(tmp_path / "cache"), worth=0)
    with pytest.raises(DistributionError):
        install(broken(wheel, "a wrong hash", tmp_path), cache=cache)
    assert not (tmp_path / "cache").exists()


def test_small_wheels_are_not_kept(wheel: MakeWheel, install: Install, tmp_path: Path) -> None:
    install(wheel(), cache=WheelCache(str(tmp_path / "cache")))
    assert not (tmp_path / "cache").exists()


def test_what_nobody_uses_goes(wheel: MakeWheel, install: Install, tmp_path: Path) -> None:
    cache = WheelCache(str(tmp_path / "cache"), worth=0)
    install(wheel(), wheel(name="bar"), cache=cache)
    one, other = sorted((tmp_path / "cache").iterdir())
    os.utime(one, (0, 0))
    cache.clean()
    assert list((tmp_path / "cache").iterdir()) == [other]
