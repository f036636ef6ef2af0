"""Distributions as pip has installed them into a directory (`pip install --target`)."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager

from rezfast.errors import DistributionError
from rezfast.pip.distribution import Distribution
from rezfast.pip.files import PackageFile, Readable, Remap, installed_place
from rezfast.pip.record import read_record

_log = logging.getLogger("rezfast")
_SUFFIX = ".dist-info"


class InstalledDistribution(Distribution):
    """An installed distribution.

    Args:
        path: Its `.dist-info` directory, in the directory that pip installed into.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._target = os.path.dirname(path)

    def read_text(self, name: str) -> str | None:
        try:
            with open(os.path.join(self.path, name), "rb") as file:
                return file.read().decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise DistributionError(f"{name} cannot be read: {error.strerror}", self.path) from None

    def open(self, source: str) -> AbstractContextManager[Readable]:
        try:
            return open(os.path.join(self._target, source), "rb")
        except OSError as error:
            reason = error.strerror or error
            raise DistributionError(f"{source} cannot be read: {reason}", self.path) from None

    def package_files(self, remaps: Sequence[Remap]) -> list[PackageFile]:
        text = self.read_text("RECORD")
        if text is None:
            raise DistributionError("it has no RECORD, so that its files are not known", self.path)
        info = os.path.basename(self.path)
        files = []
        for recorded in read_record(text, self.path):
            source, place = installed_place(recorded.path, remaps, self.path)
            if source == f"{info}/RECORD":
                continue
            path = os.path.join(self._target, source)
            if not os.path.exists(path):
                _log.warning("%s: %s is not there, and is left out", self.path, recorded.path)
                continue
            executable = place.startswith("bin/") or os.access(path, os.X_OK)
            file = PackageFile(place, executable, source, None, recorded.checksum)
            files.append(self._portable(file) if file.tool else file)
        return self._complete(files, info, remaps)


def installed_distributions(target: str) -> list[InstalledDistribution]:
    """The distributions in a directory that pip has installed into, by name.

    Raises:
        DistributionError: The directory cannot be listed.
    """
    try:
        names = sorted(name for name in os.listdir(target) if name.endswith(_SUFFIX))
    except OSError as error:
        raise DistributionError(f"cannot be listed: {error.strerror}", target) from None
    return [InstalledDistribution(os.path.join(target, name)) for name in names]
