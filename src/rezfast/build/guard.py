"""What is undone when a build ends before it is done, also when it is killed.

    build --watch, begin, started, installing, end, …--> pipe --> a process of its own

When the pipe closes, that process undoes what has begun and has no end.

Undoing takes no part of the build to be alive: a record of plain data says all.
"""

from __future__ import annotations

import os
import stat
import time

from rezfast.context.tmpdirs import remove_directory
from rezfast.errors import RezError
from rezfast.managers import contextmanager, suppress
from rezfast.repository.filesystem import BUILDING_PREFIX
from rezfast.repository.locks import package_lock, remove_locks
from rezfast.repository.replacement import kept_path, staged_path
from rezfast.typed import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator, Mapping
else:
    import _signal as signal  # without the names of numbers, which take longer than all of this


Record = dict[str, Any]
"""What is known of an installation that goes on:

    payload       where it goes
    backup        a copy of what was there; None: nothing was
    made          the topmost directory that was made for it; None: none was
    package       the package's directory, above its variants
    definitions   the paths that its definition may have
    before        what `signature` said of them
    kept          what else was in the payload, where versions lie in it
    versions      the names of definitions of versions, if versions lie in the payload
    links         short links that were made
    shortlinks    where short links are
    replaced      included modules that may be written over, with their mode and what was in them;
                  None: not there
    tag           the file that hides the version while it is built
    modes         directories that were made writable, and what their mode was
    lock          what the lock on its definition is made of: location, name and version
"""

_MEANT_FOR_OTHERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_ATTEMPTS, _PAUSE = 50, 0.1  # a process that is being killed may be writing still
_LOOKS = 2  # for processes that nobody told of
_STARTED = 19  # where /proc/PID/stat has, after the name, when a process started


# ---- undoing ------------------------------------------------------------------------


def signature(definitions: list[str]) -> list[list[int]]:
    """What tells whether a definition has been written: it is replaced, never changed."""
    found = []
    for path in definitions:
        with suppress(OSError):
            known = os.stat(path)
            found.append([known.st_ino, known.st_mtime_ns, known.st_size])
    return found


def undo(record: Mapping[str, Any]) -> None:
    """Take back what an installation did. What was there before is there again.

    Args:
        record: What it did.
    """
    for link in record["links"]:
        with suppress(OSError):
            os.unlink(link)
    for path, before in record["replaced"].items():
        _put_back(path, before)
    payload, backup = record["payload"], record["backup"]
    if backup is not None and os.path.isdir(backup):
        restore(payload, backup, record["versions"])
    elif backup is None:
        for name in own_names(payload, record["versions"]):
            if name not in record["kept"]:
                remove_tree(os.path.join(payload, name))
        with suppress(OSError):
            os.rmdir(payload)
        _remove_links(record)
        _remove_empty(record)
    finish(record)


def own_names(payload: str, versions: list[str]) -> list[str]:
    """What is in a payload, save versions: that of a package without one is its family.

    Args:
        payload: The payload's directory.
        versions: The names that definitions of such versions may have; none: there are none.
    """
    try:
        names = os.listdir(payload)
    except OSError:
        # whoever made it may not even look into it
        if not versions:
            remove_tree(payload)
        return []
    if not versions:
        return names
    tags = {name for name in names if name.startswith(BUILDING_PREFIX)}
    hidden = {name[len(BUILDING_PREFIX) :] for name in tags}
    return [
        name
        for name in names
        if name not in tags
        and name not in hidden
        and not any(os.path.isfile(os.path.join(payload, name, one)) for one in versions)
    ]


def restore(payload: str, backup: str, versions: list[str]) -> None:
    """Put back what was in a payload, and leave versions beside it as they are.

    Args:
        payload, versions: As for `own_names`.
        backup: A copy of what was there.
    """
    for name in own_names(payload, versions):
        remove_tree(os.path.join(payload, name))
    with suppress(OSError):
        os.rmdir(payload)
    if not os.path.isdir(payload):
        _move(backup, payload)
        return
    mode = stat.S_IMODE(os.stat(backup).st_mode)
    for place in (backup, payload):
        # a payload that is somebody else's may be open all the same
        with suppress(OSError):
            os.chmod(place, mode | stat.S_IRWXU)
    for name in os.listdir(backup):
        _move(os.path.join(backup, name), os.path.join(payload, name))
    os.rmdir(backup)
    with suppress(OSError):
        os.chmod(payload, mode)


def _move(source: str, target: str) -> None:
    """Renames. A directory gets another parent only while it may be written itself."""
    if os.path.islink(source) or not os.path.isdir(source):
        os.rename(source, target)
        return
    mode = stat.S_IMODE(os.stat(source).st_mode)
    os.chmod(source, mode | stat.S_IRWXU)
    os.rename(source, target)
    os.chmod(target, mode)


def finish(record: Mapping[str, Any]) -> None:
    """Take away what an installation needed while it went on."""
    if record["backup"] is not None:
        for path in (record["backup"], f"{record['backup']}.new"):
            remove_tree(path)
    tag = record["tag"]
    # others may be building a variant of a version that has no definition yet
    is_hidden = os.path.isdir(record["package"]) and not signature(record["definitions"])
    if tag is not None and not is_hidden:
        with suppress(OSError):
            os.unlink(tag)
        with suppress(OSError):
            os.rmdir(os.path.dirname(tag))
    for path, mode in record["modes"]:
        with suppress(OSError):
            os.chmod(path, mode)


def _put_back(path: str, before: list[Any] | None) -> None:
    """Gives a file back what was in it, byte for byte, and its mode; None: takes it away."""
    staged = f"{path}.new"
    with suppress(OSError):
        os.unlink(staged)
    with suppress(OSError):
        if before is None:
            os.unlink(path)
            return
        mode, content = before
        with open(staged, "w", encoding="latin-1", newline="") as file:
            file.write(content)
        os.chmod(staged, mode)
        os.replace(staged, path)


def _remove_links(record: Mapping[str, Any]) -> None:
    """Removes short links to a payload that is no more, made in the moment before the end, too."""
    directory = record["shortlinks"]
    with suppress(OSError):
        for name in os.listdir(directory):
            path = os.path.join(directory, name)
            with suppress(OSError):
                target = os.path.normpath(os.path.join(directory, os.readlink(path)))
                if target == record["payload"] and not os.path.exists(target):
                    os.unlink(path)


def _remove_empty(record: Mapping[str, Any]) -> None:
    """Removes the directories that were made and have nothing in them now."""
    made, package = record["made"], record["package"]
    if made is None:
        return
    with suppress(OSError):
        # included modules, if nobody else has come to need them
        own = (".rez", os.path.basename(record["shortlinks"]))
        if all(name in own for name in os.listdir(package)):
            remove_tree(os.path.join(package, ".rez"))
            for name in os.listdir(package):
                os.rmdir(os.path.join(package, name))
    tag = record["tag"]
    path = os.path.dirname(record["payload"])
    if record["payload"] == package:
        path = os.path.dirname(package)
    while len(path) >= len(made):
        if tag is not None and path == os.path.dirname(tag) and not os.path.isdir(package):
            with suppress(OSError):
                os.unlink(tag)
        with suppress(OSError):
            os.rmdir(path)
        path = os.path.dirname(path)


def remove_tree(path: str) -> None:
    """Removes a tree, also where the right to do so was taken away."""
    # Deferred: a build that ends well removes nothing.
    import shutil

    def retry(function: Any, name: str, _: BaseException | Any) -> None:
        with suppress(OSError):
            for place in (os.path.dirname(name), name):
                if not os.path.islink(place):
                    os.chmod(place, os.stat(place).st_mode | stat.S_IRWXU)
            function(name)

    if os.path.islink(path) or os.path.isfile(path):
        try:
            os.unlink(path)
        except OSError as error:
            retry(os.unlink, path, error)
    elif os.path.isdir(path):
        shutil.rmtree(path, onerror=retry)
        if os.path.isdir(path):  # what could be listed only now
            shutil.rmtree(path, ignore_errors=True)


# ---- the process that looks on --------------------------------------------------------


class Guard:
    """Undoes installations that this process begins and does not end; one for each process.

    The looking on begins with the first of them.
    """

    def __init__(self) -> None:
        self._pipe = -1
        self._owner = -1
        self._number = 0
        self._starting = 0
        self._watched: set[str] = set()
        self._late = b""
        self._held: list[bytes] | None = None

    def prepare(self) -> None:
        """Begin to look on, which takes a moment that this process can use."""
        if self._owner != os.getpid():
            self._start()

    def watch(self, location: str) -> None:
        """Remove the locks that this process has in a repository when it has ended."""
        self.prepare()
        if self._starting:
            # from here on nothing that is done to this process is done to the other
            os.waitpid(self._starting, 0)
            self._starting = 0
        if location not in self._watched:
            self._watched.add(location)
            self._send("watch", 0, location)

    def owns(self, directory: str) -> None:
        """Remove a temporary directory when this process has ended, if anybody looks on."""
        if self._owner == os.getpid():
            self._send("owns", 0, directory)

    def takes_along(self, process: int) -> None:
        """End this process, with all that came of it, when this one has ended, if anybody looks on.

        Those that are in no installation yet; they end before any directory goes.
        """
        if self._owner == os.getpid():
            self._send("takes", process, None)

    def lets_go(self, process: int) -> None:
        """That process has ended."""
        if self._owner == os.getpid():
            self._send("lets", process, None)

    def begin(self, record: Record) -> int:
        """Undo this, if nothing more is heard of it; gives its number.

        `watch` has been called for its repository.
        """
        self._number += 1
        self._send("begin", self._number, record)
        return self._number

    def begin_again(self, number: int, record: Record) -> None:
        """Undo this in place of what was said before under that number."""
        self._send("begin", number, record)

    def started(self, number: int, process: int, directories: list[str]) -> None:
        """A process of that installation goes on: it is ended first, and its directories go."""
        self._send("started", number, [process, directories])

    def complete(self, number: int) -> None:
        """Nobody makes its payload any more: what was started for it has ended.

        It is told with what comes next: until then what is ended is not there.
        """
        self._late += self._line("complete", number, None)

    def installing(self, number: int) -> None:
        """Its definition is about to be written: from then on it is done."""
        self._send("installing", number, None)

    def end(self, number: int) -> None:
        """It has come to an end, or has been undone."""
        self._send("end", number, None)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """While what is told is held back, to be told in one go at the end.

        Each word of its own wakes the process that looks on, which takes time from this one. It is
        for words that may all be lost together, and come one right after the other.
        """
        if self._held is not None:
            yield
            return
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            if held:
                self._write(b"".join(held))

    @staticmethod
    def _line(what: str, number: int, data: object) -> bytes:
        return f"{(what, number, data)!r}\n".encode()

    def _send(self, what: str, number: int, data: object) -> None:
        line = self._late + self._line(what, number, data)
        self._late = b""
        if self._held is None:
            self._write(line)
        else:
            self._held.append(line)

    def _write(self, lines: bytes) -> None:
        if self._pipe < 0:
            return
        line = memoryview(lines)
        try:
            while line:
                line = line[os.write(self._pipe, line) :]
        except OSError:
            # somebody killed who looks on; the build itself is all right
            os.close(self._pipe)
            self._pipe = -1

    def _start(self) -> None:
        self._owner = os.getpid()
        self._pipe, self._starting = -1, 0
        self._watched, self._late, self._held = set(), b"", None
        reader, writer = os.pipe()
        try:
            child = os.fork()
        except OSError:
            # no process to be had: what is undone is what this one can undo
            os.close(reader)
            os.close(writer)
            return
        if child:
            os.close(reader)
            self._pipe, self._starting = writer, child
            return
        try:
            os.setsid()
            for number in _MEANT_FOR_OTHERS:
                signal.signal(number, signal.SIG_IGN)
            # the first child ends at once, so that the build has no child that it does not know of
            if os.fork() == 0:
                _look_on(reader, self._owner)
        finally:
            os._exit(0)


guard = Guard()
"""That of this process."""


def _look_on(reader: int, owner: int) -> None:
    """Listen until the pipe closes; then undo what has no end.

    Args:
        reader: The pipe's end to listen at.
        owner: The process at the other end.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) != reader:
            with suppress(OSError):
                os.close(int(name))
    os.chdir("/")
    # Deferred: the other side of the fork does not need it.
    from ast import literal_eval

    records: dict[int, Record] = {}
    processes: dict[int, list[int]] = {}
    directories: dict[int, list[str]] = {}
    installing: set[int] = set()
    complete: set[int] = set()
    locations: set[str] = set()
    owned: set[str] = set()
    taken: set[int] = set()
    session, since = (_status(owner) or _status(os.getpid()) or [])[3], _started(os.getpid())
    with open(reader, encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                break
            what, number, data = literal_eval(line)
            if what == "begin":
                records[number] = data
            elif what == "started":
                processes.setdefault(number, []).append(data[0])
                directories.setdefault(number, []).extend(data[1])
            elif what == "installing":
                installing.add(number)
            elif what == "watch":
                locations.add(data)
            elif what == "complete":
                complete.add(number)
            elif what == "owns":
                owned.add(data)
            elif what == "takes":
                taken.add(number)
            elif what == "lets":
                taken.discard(number)
            else:
                for known in (records, processes, directories):
                    known.pop(number, None)
    end_processes(sorted(taken))
    for number, record in records.items():
        if number in complete:
            continue
        end_processes(processes.get(number, []))
        _end_builders(record["payload"], session, since)
        for path in directories.get(number, ()):
            remove_directory(path)
    for path in owned:
        remove_directory(path)
    for location in locations:
        with suppress(OSError):
            remove_locks(location, owner)
    # the first of several payloads of a package has made the directories of all
    for number, record in reversed(records.items()):
        # others may be writing its definition
        with suppress(RezError, OSError), package_lock(*record["lock"]):
            for path in record["definitions"]:
                for left in (staged_path(path), kept_path(path)):
                    with suppress(OSError):
                        os.unlink(left)
        is_written = signature(record["definitions"]) != record["before"]
        if number in installing and is_written:
            finish(record)
        else:
            _undo_for_good(record)


def _end_builders(payload: str, session: str, since: int) -> None:
    """End what makes a payload and started in the moment before the end, so that nobody was told.

    Args:
        payload: The payload.
        session: Its session: somebody else may look at the environment of the same build.
        since: When it started at the earliest, as `_started` has it.
    """
    for _ in range(_LOOKS):
        end_processes(_builders(payload, session, since))
        time.sleep(_PAUSE)


def _builders(payload: str, session: str, since: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        status = _status(int(name)) if name.isdigit() else None
        if status is None or status[3] != session or int(status[_STARTED]) < since:
            continue
        with suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
            for variable in file.read().split(b"\0"):
                key, _, value = variable.partition(b"=")
                if key == b"REZ_BUILD_INSTALL_PATH" and value.rstrip(b"/") == os.fsencode(payload):
                    found.append(int(name))
    return found


def _started(process: int) -> int:
    """When a process started, in the system's own units; 0: nobody knows."""
    status = _status(process)
    return 0 if status is None else int(status[_STARTED])


def _undo_for_good(record: Record) -> None:
    undo(record)
    if record["backup"] is not None:
        return
    for _ in range(_ATTEMPTS):
        if record["kept"] or not own_names(record["payload"], record["versions"]):
            return
        time.sleep(_PAUSE)
        undo(record)


def end_processes(processes: list[int]) -> None:
    """End what a build has started and left behind, with all that came of it.

    Args:
        processes: What was started.
    """
    family = [one for process in processes for one in _family(process)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in filter(_is_alive, family):
            with suppress(OSError):
                os.kill(process, number)
        for _ in range(10):
            if not any(map(_is_alive, family)):
                return
            time.sleep(_PAUSE / 2)


def _family(process: int) -> Iterator[int]:
    """A process and those that it has started, and so on; the first one first."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            found = _status(int(name))
            if found is not None:
                children.setdefault(int(found[1]), []).append(int(name))
    left = [process]
    while left:
        one = left.pop()
        yield one
        left += children.get(one, [])


def _is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended may be listed until somebody asks for its end."""
    found = _status(process)
    return found is not None and found[0] != "Z"


def _status(process: int) -> list[str] | None:
    """State, parent and more of a process; None: there is none."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            # its name, in parentheses, may hold anything
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None
