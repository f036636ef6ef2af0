"""The modules that `@include` names: read, checked, and copied into a package's payload.

    <package_definition_python_path>/NAME.py --copy_modules--> <base>/.rez/include/NAME.py
                                                                                  NAME.sha1

An installed package runs its copies, so that it does not change with the originals. A module is
executed once a content: packages with equal copies share it, as in rez.
"""

from __future__ import annotations

import os

from rezfast.errors import InvalidPackageError, PackageMetadataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

INCLUDE_DIRECTORY = os.path.join(".rez", "include")
"""Where the copies are, below a package's base."""

_modules: dict[tuple[str, str], ModuleType] = {}


def load_module(name: str, directory: str, path: str, line: int) -> ModuleType:
    """The module that `@include` names.

    Args:
        name: Its name.
        directory: Where it is.
        path: The definition, for messages.
        line: Where the function starts that includes it.

    Raises:
        PackageMetadataError: It is not there.
    """
    file = _file(name, directory)
    if file is None:
        raise PackageMetadataError(
            f"@include({name!r}): no {name}.py in {directory}; build the package again", path, line
        )
    with open(file, "rb") as stream:
        key = name, _digest(stream.read())
    module = _modules.get(key)
    if module is None:
        module = _modules[key] = _executed(name, file)
    return module


def _file(name: str, directory: str) -> str | None:
    file = os.path.join(directory, f"{name}.py")
    if os.path.isfile(file):
        return file
    # rez once wrote NAME-HASH.py
    import glob  # few packages include modules

    found = sorted(glob.glob(os.path.join(glob.escape(directory), f"{glob.escape(name)}-*.py")))
    return found[0] if found else None


def _executed(name: str, file: str) -> ModuleType:
    import importlib.util

    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _digest(content: bytes) -> str:
    from rezfast.digest import sha1_hex  # few packages include modules

    return sha1_hex(content.strip())


def check_modules(names: Iterable[str], directory: str | None, path: str) -> None:
    """See that the modules that a definition includes are where they are copied from.

    Args:
        names: The modules.
        directory: The setting `package_definition_python_path`.
        path: The definition, for messages.

    Raises:
        InvalidPackageError: One is missing, or the setting is.
    """
    names = sorted(names)
    if names and not directory:
        raise InvalidPackageError(
            f"{path}: uses @include({names[0]!r}), but package_definition_python_path is not set: "
            "set it to the directory of the modules"
        )
    for name in names:
        file = os.path.join(directory or "", f"{name}.py")
        if not os.path.exists(file):
            raise InvalidPackageError(f"{path}: @include({name!r}): {file} does not exist")


def included_files(names: Iterable[str], base: str) -> list[str]:
    """The files that `copy_modules` writes.

    Args:
        names, base: As for that.
    """
    target = os.path.join(base, INCLUDE_DIRECTORY)
    return [
        os.path.join(target, f"{name}{suffix}")
        for name in sorted(names)
        for suffix in (".py", ".sha1")
    ]


def copy_modules(names: Iterable[str], directory: str, base: str) -> list[str]:
    """Copy the modules that a package includes into its payload, each with the hash of its content.

    Args:
        names: The modules.
        directory: Where they are: the setting `package_definition_python_path`.
        base: The package's base, above `.rez/include`.

    Returns:
        The files that were written. Those that were there are replaced.

    Raises:
        OSError: One cannot be read or written.
    """
    written = included_files(names, base)
    if not written:
        return written
    import shutil  # deferred: few packages include any, and it loads every compression there is

    os.makedirs(os.path.dirname(written[0]), exist_ok=True)
    for copy, hash_file in zip(written[::2], written[1::2], strict=True):
        source = os.path.join(directory, os.path.basename(copy))
        # under another name first: variants that are there may be read while this goes on
        shutil.copy(source, f"{copy}.new")
        os.replace(f"{copy}.new", copy)
        with open(source, "rb") as stream:
            digest = _digest(stream.read())
        with open(f"{hash_file}.new", "w", encoding="ascii") as file:
            file.write(digest)
        os.replace(f"{hash_file}.new", hash_file)
    return written
