"""Write the file that `rezfast._startup` reads: the code of the modules that a start imports.

python write_startup.py SOURCE-DIRECTORY OUTPUT
"""

from __future__ import annotations

import importlib.util
import marshal
import re
import sys
from pathlib import Path

MODULES = Path(__file__).with_name("startup_modules.txt")


def content(package: Path, names: list[str]) -> bytes:
    """What the file holds.

    Args:
        package: The directory of the package `rezfast`.
        names: Modules.
    """
    version = re.search(r'^__version__ = "(.*)"$', (package / "__init__.py").read_text(), re.M)
    assert version is not None
    index = {}
    codes = b""
    for name in names:
        place = package.joinpath(*name.split(".")[1:])
        is_package = place.is_dir()
        source = place / "__init__.py" if is_package else place.with_suffix(".py")
        code = marshal.dumps(compile(source.read_bytes(), f"<{name}>", "exec", dont_inherit=True))
        index[name] = (is_package, len(codes), len(code))
        codes += code
    head = marshal.dumps((version[1], index))
    magic = b"rezfast modules\n" + importlib.util.MAGIC_NUMBER
    return magic + len(head).to_bytes(4, "little") + head + codes


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(content(Path(sys.argv[1]), MODULES.read_text().split()))
