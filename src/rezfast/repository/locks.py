"""One writer at a time for a package on disk, rez's among them.

    <location>/[<file_lock_dir>/].lock.<name>-<version>.lock     is there while somebody writes

rez makes the same file. Ours holds who made it, so that one that a killed process of this machine
left behind is taken away; rez's are empty and have to be removed by hand.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from _thread import get_ident

from rezfast.config import settings
from rezfast.errors import ConfigurationError, PackageRepositoryError
from rezfast.managers import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


_PAUSE = 0.05  # seconds between looks at a lock that somebody else has
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)


@contextmanager
def package_lock(location: str, name: str, version: str) -> Iterator[None]:
    """Holds the lock on one package (rez: `_lock_package`).

    Args:
        location: The repository's directory, which has to exist.
        name: The family.
        version: The version's text, empty for an unversioned package.

    Raises:
        PackageRepositoryError: The lock cannot be made, or somebody else keeps it for longer than
            the setting `file_lock_timeout` says (in seconds; 0: no matter how long).
        ConfigurationError: The setting `file_lock_dir` is no name of a directory.
    """
    path = os.path.join(_directory(location), f".lock.{name}{'-' if version else ''}{version}.lock")
    _acquire(path, _timeout())
    try:
        _sweep(path)
        yield
    finally:
        with suppress(OSError):
            os.unlink(path)


def remove_locks(location: str, process: int) -> None:
    """Takes away the locks in a repository that a process of this machine has left.

    Args:
        location: The repository's directory.
        process: The number of a process that has ended.

    Raises:
        OSError: The directory cannot be listed, or a lock not be removed.
    """
    directory = _directory(location)
    host = os.uname().nodename
    for name in os.listdir(directory):
        if not name.startswith(".lock."):
            continue
        path = os.path.join(directory, name)
        is_attempt = f".lock.{host}.{process}." in name
        if is_attempt or (name.endswith(".lock") and _owner(path) == (host, str(process))):
            os.unlink(path)


def _sweep(path: str) -> None:
    """Removes what killed processes of this machine left of their attempts at this lock."""
    directory, name = os.path.split(path)
    with suppress(OSError):
        for other in os.listdir(directory):
            host, _, process = other.removeprefix(f"{name}.").rpartition(".")[0].rpartition(".")
            if other.startswith(f"{name}.") and _is_gone(host, process):
                os.unlink(os.path.join(directory, other))


def _directory(location: str) -> str:
    name = settings().file_lock_dir
    if not name:
        return location
    if os.path.isabs(name) or os.path.basename(name) != name:
        raise ConfigurationError(
            f"file_lock_dir has to be the name of one directory, such as '.lock', not {name!r}"
        )
    path = os.path.join(location, name)
    return path if os.path.isdir(path) else location


def _timeout() -> float:
    seconds: float = settings().plugins.package_repository.filesystem.file_lock_timeout
    return seconds


def _acquire(path: str, timeout: float) -> None:
    end = time.monotonic() + timeout if timeout else None
    owner = f"{os.uname().nodename} {os.getpid()}"
    unique = f"{path}.{owner.replace(' ', '.')}.{get_ident():x}"
    while True:
        try:
            if _try(path, unique, owner):
                return
        except OSError as error:
            raise PackageRepositoryError(
                f"{path}: the lock cannot be made: {error.strerror or error}"
            ) from error
        _break_stale(path)
        if end is not None and time.monotonic() > end:
            raise PackageRepositoryError(
                f"{path}: somebody else is writing this package for more than {timeout} seconds; "
                "remove the file if nobody is"
            )
        time.sleep(_PAUSE)


def _try(path: str, unique: str, owner: str) -> bool:
    """Makes the lock, owner and all, in one step; False when it is there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(unique, flags, 0o644)
    try:
        os.write(descriptor, owner.encode())
    finally:
        os.close(descriptor)
    try:
        os.link(unique, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _try_without_links(path, owner)
    finally:
        os.unlink(unique)
    return True


def _try_without_links(path: str, owner: str) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    try:
        os.write(descriptor, owner.encode())
    finally:
        os.close(descriptor)
    return True


def _break_stale(path: str) -> None:
    """Takes away a lock whose owner, a process of this machine, is no more."""
    if not _is_stale(path):
        return
    breaker = f"{path}.break"
    try:
        descriptor = os.open(breaker, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return
    try:
        # whoever has it may look again and remove: nobody else does in the meantime
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.path.samestat(os.fstat(descriptor), os.stat(breaker)):
            if _is_stale(path):
                os.unlink(path)
            os.unlink(breaker)
    except OSError:
        pass  # another process did it first
    finally:
        os.close(descriptor)


def _is_stale(path: str) -> bool:
    owner = _owner(path)
    return owner is not None and _is_gone(*owner)


def _owner(path: str) -> tuple[str, str] | None:
    """The machine and the process that made a lock; None: nobody knows."""
    try:
        with open(path, encoding="utf-8") as file:
            host, _, process = file.read(1000).partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return host, process


def _is_gone(host: str, process: str) -> bool:
    """Whether that is a process of this machine, and is no more."""
    if host != os.uname().nodename or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
