"""The code of the modules that a start imports, from one file instead of one each.

An installation has `startup.bin` beside this module: the compiled code of the modules that `rezfast
resolve`, `env` and `build` import, which `cmake/write_startup.py` wrote when it was built. Reading
it is one open and one read; finding and reading the same modules one by one is hundreds of calls.

    magic | Python's own magic number | size of the index | index | code of one module after another

The index, a marshalled pair, has the version of rezfast and for each module whether it is a package
and where its code is. Without the file, or with one of another Python or another rezfast, modules
are found as ever; so they are in a source tree, where they change.
"""

from __future__ import annotations

import _frozen_importlib_external as external
import os
import sys
from _imp import _fix_co_filename  # type: ignore[attr-defined]
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

FILE = "startup.bin"
MAGIC = b"rezfast modules\n" + external.MAGIC_NUMBER
_SIZE_BYTES = 4

Index = dict[str, tuple[bool, int, int]]


class _Loader(external.SourceFileLoader):
    """Has the code of a module; its source is where it would be without this."""

    def __init__(self, name: str, path: str, data: memoryview) -> None:
        super().__init__(name, path)
        self._data = data

    def get_code(self, fullname: str) -> CodeType | None:
        code: CodeType = loads(self._data)
        _fix_co_filename(code, self.path)
        return code


class Finder:
    """Finds the modules of the file.

    Args:
        directory: The directory of the package `rezfast`.
        index: The modules.
        content: The file.
        start: Where the code begins in it.
    """

    def __init__(self, directory: str, index: Index, content: bytes, start: int) -> None:
        self._directory = directory
        self._index = index
        self._content = memoryview(content)[start:]

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The module of that name, if the file has it."""
        row = self._index.get(fullname)
        if row is None:
            return None
        is_package, at, size = row
        place = os.path.join(self._directory, *fullname.split(".")[1:])
        source = os.path.join(place, "__init__.py") if is_package else f"{place}.py"
        return external.spec_from_file_location(
            fullname,
            source,
            loader=_Loader(fullname, source, self._content[at : at + size]),
            submodule_search_locations=[place] if is_package else None,
        )


def use(version: str) -> None:
    """Find modules in the file from now on, if it is there and of this Python and this rezfast.

    Args:
        version: The version of rezfast.
    """
    directory = os.path.dirname(__file__)
    try:
        with open(os.path.join(directory, FILE), "rb", buffering=0) as file:
            content = file.read()
    except OSError:
        return
    if not content.startswith(MAGIC):
        return
    at = len(MAGIC) + _SIZE_BYTES
    start = at + int.from_bytes(content[len(MAGIC) : at], "little")
    written_by, index = loads(memoryview(content)[at:start])
    if written_by == version:
        sys.meta_path.insert(0, Finder(directory, index, content, start))
