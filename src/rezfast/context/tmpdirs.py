"""Directories for the files of an environment, and what takes them away again.

    TempDirs     made by this process, removed when it says so or when it ends
    PassingDirectory, outlive
                 removed when this process has ended, whatever ended it, and whatever program it
                 has become by then: a process of its own looks on

`$REZ_KEEP_TMPDIRS`, set to anything, keeps all of them.
"""

from __future__ import annotations

import atexit
import os
import stat

from rezfast import _version
from rezfast.config import settings
from rezfast.errors import RezSystemError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: What the names of contexts' directories begin with, as rez's do.
CONTEXT_PREFIX: Final = "rez_context_"

_KEEP = "REZ_KEEP_TMPDIRS"

# The program that looks on.
_OUTLIVE: Final = os.path.join(os.path.dirname(_version.__file__), "outlive")


class TempDirs:
    """Makes directories and removes them at the end (rez: `rez.utils.filesystem.TempDirs`).

    Args:
        tmpdir: Where to make them; None: the setting `context_tmpdir`, read at the first one.
        prefix: What their names begin with.
    """

    def __init__(self, tmpdir: str | None = None, prefix: str = "rez_") -> None:
        self.tmpdir = tmpdir
        self.prefix = prefix
        self.dirs: set[str] = set()
        # a forked child has this object too, but the directories are not its own to remove
        self._owner = os.getpid()
        atexit.register(self.clear)

    def mkdtemp(self, cleanup: bool = True) -> str:
        """Make a directory that only this user may look into; gives its path.

        Args:
            cleanup: Whether `clear`, or the end of this process, removes it.

        Raises:
            RezSystemError: None can be made.
        """
        path = make_directory(self.tmpdir, self.prefix)
        if cleanup:
            self.dirs.add(path)
        return path

    def remove(self, path: str) -> None:
        """Remove one of the directories now."""
        self.dirs.discard(path)
        remove_directory(path)

    def clear(self) -> None:
        """Remove all that `mkdtemp(cleanup=True)` made, now."""
        if os.getpid() != self._owner:
            return
        dirs, self.dirs = self.dirs, set()
        for path in dirs:
            remove_directory(path)


_contexts: TempDirs | None = None


def context_tmpdirs() -> TempDirs:
    """Those of contexts (rez: `ResolvedContext.tmpdir_manager`)."""
    global _contexts
    if _contexts is None:
        _contexts = TempDirs(prefix=CONTEXT_PREFIX)
    return _contexts


def make_directory(
    parent: str | None = None, prefix: str = CONTEXT_PREFIX, setting: str = "context_tmpdir"
) -> str:
    """Make a directory that only this user may look into; gives its path.

    Args:
        parent: Where; None: the setting `context_tmpdir`.
        prefix: What its name begins with.
        setting: The setting that the parent is of, for messages.

    Raises:
        RezSystemError: It cannot be made.
    """
    path = _new_path(parent, prefix)
    _make(path, setting)
    return path


class PassingDirectory:
    """A directory for a context that goes when this process has ended, as `outlive` has it.

    There is no moment at which it is there and nobody looks on. Who looks on takes a moment to
    start, which this process can use before it calls `make`.

    Attributes:
        path: Its path.
        is_looked_on: Whether somebody looks on; else it is left to the caller to remove it.
    """

    def __init__(self) -> None:
        self.path = _new_path(None, CONTEXT_PREFIX)
        self._starting = _begin_to_look_on(self.path)
        self.is_looked_on = self._starting is not None

    def make(self) -> None:
        """Make it.

        Raises:
            RezSystemError: It cannot be made.
        """
        self.wait()
        _make(self.path)

    def wait(self) -> None:
        """Wait until somebody looks on."""
        if self._starting:
            os.waitpid(self._starting, 0)
            self._starting = 0


def _new_path(parent: str | None, prefix: str) -> str:
    if parent is None:
        parent = settings().context_tmpdir or os.curdir
    # so long that no two are the same and nobody can guess it
    return os.path.join(os.path.abspath(parent), prefix + os.urandom(10).hex())


def _make(path: str, setting: str = "context_tmpdir") -> None:
    try:
        os.mkdir(path, 0o700)
    except OSError as error:
        raise RezSystemError(
            f"cannot make a temporary directory in {os.path.dirname(path)}: {error.strerror}; "
            f"the setting {setting} (REZ_{setting.upper()}) says where it is made"
        ) from error


def remove_directory(path: str) -> None:
    """Remove a directory and all that is in it, unless `$REZ_KEEP_TMPDIRS` is set.

    What cannot be removed stays: this is the last thing that happens, and nobody waits for it.
    """
    if not os.environ.get(_KEEP):
        _remove(path)


def _remove(path: str) -> None:
    try:
        entries = list(os.scandir(path))
    except OSError:
        # perhaps a program took the right to list it away
        try:
            os.chmod(path, stat.S_IRWXU)
            entries = list(os.scandir(path))
        except OSError:
            return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                _remove(entry.path)
            else:
                os.unlink(entry.path)
        except OSError:
            continue
    try:
        os.rmdir(path)
    except OSError:
        return


def outlive(path: str) -> bool:
    """Have `path` removed once this process has ended: by itself, killed, or as another program.

    A process of its own waits for that. It takes no part in anything else: it is no child of this
    process, has a session of its own, holds no open file and no directory, and ignores signals
    that are meant for the environment.

    Args:
        path: A directory; it may be made later.

    Returns:
        Whether somebody looks on. Linux before 5.3 cannot tell the end of another process; then
        this process has to stay and remove the directory.
    """
    starting = _begin_to_look_on(path)
    if starting:
        os.waitpid(starting, 0)
    return starting is not None


def _begin_to_look_on(path: str) -> int | None:
    """The child that starts who looks on, and has done so when it ends.

    0: nobody needs to look on; None: nobody can.
    """
    if os.environ.get(_KEEP):
        return 0
    try:
        this = os.pidfd_open(os.getpid())
    except (AttributeError, OSError):
        return None
    try:
        os.set_inheritable(this, True)
        # nothing of the environment is for it, which may change where libraries come from
        return os.posix_spawn(_OUTLIVE, [_OUTLIVE, str(this), os.path.abspath(path)], {})
    except OSError:
        return None
    finally:
        os.close(this)
