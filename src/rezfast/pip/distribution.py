"""What a distribution says of itself, and what that makes of the files of a package."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from email.message import Message
from email.parser import HeaderParser, Parser
from functools import cached_property

from packaging.requirements import Requirement

from rezfast.errors import DistributionError
from rezfast.pip.files import (
    PackageFile,
    Readable,
    Remap,
    check_places,
    package_place,
    read,
    recorded_path,
)
from rezfast.pip.record import Checksum, record_text
from rezfast.pip.requirements import parse_requirement
from rezfast.pip.scripts import script_targets, script_text, without_interpreter


class Distribution(ABC):
    """A Python distribution that can become a package.

    Attributes:
        path: The wheel; for messages too.
    """

    path: str

    @abstractmethod
    def read_text(self, name: str) -> str | None:
        """A file of the `.dist-info` directory, or None if there is none of that name."""

    @abstractmethod
    def open(self, source: str) -> AbstractContextManager[Readable]:
        """A file to be read.

        Raises:
            DistributionError: It cannot be read.
        """

    @abstractmethod
    def package_files(self, remaps: Sequence[Remap]) -> list[PackageFile]:
        """The files of the package.

        Args:
            remaps: The setting `pip_install_remaps`.

        Raises:
            DistributionError: RECORD is wrong, or a file has no place in a package.
            ConfigurationError: A remap cannot be used.
        """

    @cached_property
    def metadata(self) -> Message:
        """The fields of METADATA.

        Raises:
            DistributionError: There is none, or it has no name or version.
        """
        text = self.read_text("METADATA")
        if text is None:
            raise DistributionError("it has no METADATA", self.path)
        message = Parser().parsestr(text)
        for field in ("Name", "Version"):
            if not (message[field] or "").strip():
                raise DistributionError(f"METADATA has no {field}", self.path)
        return message

    @property
    def name(self) -> str:
        """The name, as the distribution spells it."""
        return str(self.metadata["Name"]).strip()

    @property
    def version(self) -> str:
        """The version, in the notation of PEP 440."""
        return str(self.metadata["Version"]).strip()

    @cached_property
    def requires(self) -> list[Requirement]:
        """What it requires, in the order of METADATA.

        Raises:
            PackageRequestError: A requirement cannot be read.
        """
        return [parse_requirement(text) for text in self.metadata.get_all("Requires-Dist") or ()]

    @cached_property
    def is_pure_python(self) -> bool:
        """Whether its wheel says so (rez: `is_pure_python_package`)."""
        text = self.read_text("WHEEL")
        fields = HeaderParser().parsestr(text or "")
        return str(fields.get("Root-Is-Purelib", "")).strip().lower() == "true"

    @cached_property
    def scripts(self) -> dict[str, tuple[str, str]]:
        """The scripts that its entry points ask for: name to module and object.

        Raises:
            DistributionError: The entry points cannot be read.
        """
        return script_targets(self.read_text("entry_points.txt") or "", self.path)

    def _complete(
        self, files: list[PackageFile], info: str, remaps: Sequence[Remap]
    ) -> list[PackageFile]:
        """The files with the scripts of the entry points in place of what is there, and RECORD.

        Args:
            files: Without RECORD.
            info: The `.dist-info` directory's name.
            remaps: The setting `pip_install_remaps`.
        """
        scripts = {}
        for name, target in self.scripts.items():
            content = script_text(*target)
            place = package_place(f"../../bin/{name}", remaps, self.path)
            scripts[place] = PackageFile(place, True, None, content, Checksum.of(content))
        result = [scripts.pop(file.destination, file) for file in files]
        result += scripts.values()
        record = f"python/{info}/RECORD"
        lines = [(recorded_path(file.destination), file.checksum) for file in result]
        text = record_text([*lines, (recorded_path(record), None)])
        result.append(PackageFile(record, content=text.encode()))
        check_places(result, self.path)
        return result

    def _portable(self, file: PackageFile) -> PackageFile:
        """A script without the path of an interpreter in it."""
        content = read(file, self)
        changed = without_interpreter(content)
        if changed == content:
            return file
        return PackageFile(file.destination, True, None, changed, Checksum.of(changed))
