"""The file with the code of what a start imports: an installation has it, a source tree has not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import rezfast
from rezfast import _version

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "rezfast"
LISTED = (ROOT / "cmake" / "startup_modules.txt").read_text().split()
#: Says which modules were imported, and by what.
SHOW = (
    "import sys\n"
    "from rezfast.cli import main\n"
    "code = main({words!r})\n"
    "for name, module in sorted(sys.modules.items()):\n"
    "    if name.startswith('rezfast.'):\n"
    "        sys.stderr.write(f'{{type(module.__loader__).__name__}} {{name}}\\n')\n"
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the package as it is installed."""
    place = tmp_path_factory.mktemp("installation")
    package = place / "rezfast"
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.bin"))
    for file in Path(_version.__file__).parent.iterdir():
        if file.suffix == ".so" or file.name == "outlive":
            shutil.copy2(file, package)
    write = [sys.executable, str(ROOT / "cmake" / "write_startup.py"), str(package)]
    subprocess.run([*write, str(package / "startup.bin")], check=True)
    return place


def _run(place: Path, code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    # without `site`, which would find the package that is being worked on
    paths = f"import sys; sys.path[:0] = [{str(place)!r}, {str(Path(click.__file__).parents[1])!r}]"
    return subprocess.run(
        [sys.executable, "-S", "-c", f"{paths}\n{code}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _loaders(place: Path, words: list[str], environment: dict[str, str]) -> dict[str, str]:
    done = _run(place, SHOW.format(words=words), environment)
    lines = [line.split() for line in done.stderr.splitlines()]
    return {name: loader for loader, name in lines}


def test_a_resolve_and_an_environment_import_what_is_listed_and_nothing_else(
    installation: Path, environment: dict[str, str], repository: Path
) -> None:
    resolve = ["resolve", "--path", str(repository), "renderer-1"]
    written = ["env", "--ni", "--paths", str(repository), "renderer-1", "-o", "/dev/null"]
    loaders = _loaders(installation, resolve, environment)
    loaders.update(_loaders(installation, written, environment))
    assert "rezfast.solve.solver" in loaders
    found_elsewhere = {name for name, loader in loaders.items() if loader != "_Loader"}
    assert {name for name in found_elsewhere if not name.startswith("rezfast._")} == set()
    assert set(loaders) - found_elsewhere <= set(LISTED)


def test_a_build_imports_what_is_listed_and_nothing_that_is_slow_to_import(
    installation: Path, environment: dict[str, str], repository: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "package.py").write_text(
        "name = 'tool'\nversion = '1'\nvariants = [['renderer-1']]\nbuild_command = ':'\n"
    )
    words = ["build", "-i", "--prefix", str(tmp_path / "installed")]
    code = f"import os; os.chdir({str(source)!r})\n{SHOW.format(words=words)}"
    environment = {**environment, "REZ_PACKAGES_PATH": str(repository)}
    done = _run(installation, code + "sys.stderr.write(' '.join(sys.modules))", environment)
    *lines, imported = done.stderr.splitlines()
    loaders = {name: loader for loader, name in map(str.split, lines)}
    assert (tmp_path / "installed" / "tool" / "1" / "package.py").is_file()
    found_elsewhere = {name for name, loader in loaders.items() if loader != "_Loader"}
    assert {name for name in found_elsewhere if not name.startswith("rezfast._")} == set()
    assert set(loaders) - found_elsewhere <= set(LISTED)
    slow = {"enum", "functools", "collections", "contextlib", "typing", "re", "signal", "shutil"}
    slow |= {"shlex", "subprocess", "threading", "weakref", "logging", "argparse", "string"}
    assert set(imported.split()) & slow == set()


def test_a_start_imports_none_of_what_is_slow_to_import(
    installation: Path, environment: dict[str, str], repository: Path
) -> None:
    words = ["env", "--ni", "--paths", str(repository), "renderer-1", "-o", "/dev/null"]
    code = f"from rezfast.cli import main; main({words!r}); print(*sys.modules)"
    imported = set(_run(installation, code, environment).stdout.split())
    assert "rezfast.context.serial" in imported
    slow = {"enum", "types", "functools", "collections", "importlib", "signal", "typing", "re"}
    assert imported & slow == set()


def test_every_listed_module_is_there() -> None:
    assert sorted(set(LISTED)) == LISTED
    for name in LISTED:
        place = SOURCE.joinpath(*name.split(".")[1:])
        assert place.with_suffix(".py").is_file() or (place / "__init__.py").is_file(), name


def test_a_module_knows_its_source(installation: Path, environment: dict[str, str]) -> None:
    code = (
        "import inspect, rezfast.errors as errors, rezfast.cli as cli\n"
        "print(errors.__file__, cli.__path__[0], errors.RezError.__module__)\n"
        "print(inspect.getsource(cli.main).splitlines()[0])\n"
        "print(cli.main.__code__.co_filename)\n"
    )
    package = installation / "rezfast"
    assert _run(installation, code, environment).stdout.splitlines() == [
        f"{package}/errors.py {package}/cli rezfast.errors",
        "def main(words: Sequence[str] | None = None) -> int:",
        f"{package}/cli/__init__.py",
    ]


@pytest.mark.parametrize("content", [None, b"", b"rezfast modules\nsomething else" * 9])
def test_without_such_a_file_modules_are_found_as_ever(
    installation: Path,
    environment: dict[str, str],
    tmp_path: Path,
    content: bytes | None,
) -> None:
    place = shutil.copytree(installation, tmp_path / "copy")
    file = place / "rezfast" / "startup.bin"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    done = _run(place, "from rezfast.cli import main; print(main(['resolve', '-h']))", environment)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0")


def test_a_file_of_another_release_is_left_alone(
    installation: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    place = shutil.copytree(installation, tmp_path / "copy")
    own = place / "rezfast" / "__init__.py"
    own.write_text(own.read_text().replace(rezfast.__version__, "999.0"))
    done = _run(
        place, "import rezfast.errors as e; print(type(e.__loader__).__name__)", environment
    )
    assert done.stdout == "SourceFileLoader\n"
