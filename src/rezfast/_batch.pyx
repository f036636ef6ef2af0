# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""Reads many definitions in one call: a pool of threads opens, reads and scans them without the GIL.

    scan_files        [paths] -> [outcomes]                        everything at once
    iter_scan_files   (paths) -> chunk of paths -> outcomes -> FileScan, FileScan, ...
                                 chunk of paths -> ...             a chunk is read when somebody wants it

An outcome is a `Scanned`, a `Refused` or a `FileError`. Whatever is wrong with one file, the others are read.
Threads live while a call runs and no longer (see `_pool.pxd`).
"""

from libc.errno cimport EFBIG, EINVAL, EISDIR, ENOENT, ENOTDIR, ENXIO
from libc.stdint cimport SIZE_MAX
from libcpp.vector cimport vector

from rezfast._scan cimport (
    MAX_FILE, FileOutcome, make_refused, make_scanned, path_text, scan_paths, thread_count, view_of,
)

import os
from itertools import islice


FILE_ERRORS = ("missing", "unreadable", "too-large", "not-a-file", "not-text", "bad-path")

cdef enum:
    WHOLE_CHUNK = 16384  # files whose outcomes are kept beside their Python objects
    FIRST_CHUNK = 64  # the first outcomes come soon
    LAST_CHUNK = 2048
    CHUNK_BYTES = 64 << 20  # a chunk of huge files ends early


cdef class FileError:
    """A file that could not be scanned. False in a condition."""
    cdef readonly str path
    cdef readonly str reason
    cdef str detail
    cdef int number  # `errno` is a macro of C

    def __bool__(self):
        return False

    @property
    def errno(self):
        return self.number or None

    @property
    def message(self):
        return f"{self.path if self.path.isprintable() else ascii(self.path)}: {self.detail}"

    def __str__(self):
        return self.message

    def __repr__(self):
        return f"FileError(path={self.path!r}, reason={self.reason!r}, errno={self.errno!r})"


cdef class FileScan:
    """What became of one file."""
    cdef readonly str path
    cdef readonly object outcome
    cdef readonly size_t size
    cdef readonly long long nanoseconds

    def __repr__(self):
        return f"FileScan(path={self.path!r}, outcome={self.outcome!r}, size={self.size})"


cdef tuple told(int error):
    """The reason for an error's number, and what a person reads."""
    if error == ENOENT or error == ENOTDIR:
        return "missing", "does not exist"
    if error == EFBIG:
        return "too-large", f"is larger than {MAX_FILE >> 20} MB: not a definition"
    if error == EISDIR:
        return "not-a-file", "is a directory"
    if error == ENXIO:
        return "not-a-file", "is a pipe, a socket or a device"
    if error == EINVAL:
        return "bad-path", "can be no path: it holds a NUL or has no text in the file system's encoding"
    return "unreadable", f"cannot be read: {os.strerror(error)}"


cdef str name_of(object path):
    return path if type(path) is str else os.fsdecode(path)


cdef object outcome_of(object path, FileOutcome& found):
    cdef FileError error
    if found.result > 0:
        return make_scanned(found.definition)
    if found.result == 0 and not found.has_nul:
        return make_refused(found.refusal)
    error = FileError.__new__(FileError)
    error.path = name_of(path)
    if found.result == 0:
        error.reason, error.detail = "not-text", "holds NUL bytes: not text"
    else:
        error.number = -found.result
        error.reason, error.detail = told(-found.result)
    return error


def scan_files(paths, view="installed", threads=None):
    cdef int which = view_of(view)
    cdef size_t count = thread_count(threads)
    cdef vector[const char*] texts
    cdef vector[FileOutcome] outcomes
    cdef list given = list(paths)
    cdef list kept = []
    cdef list result = []
    cdef Py_ssize_t begin, i, length
    # a path of a wrong type is told before any file is read
    texts.reserve(len(given))
    for path in given:
        texts.push_back(path_text(path, kept))
    for begin in range(0, len(given), WHOLE_CHUNK):
        length = min(WHOLE_CHUNK, len(given) - begin)
        scan_paths(texts.data() + begin, length, outcomes, which, False, count, SIZE_MAX)
        for i in range(length):
            result.append(outcome_of(given[begin + i], outcomes[i]))
    return result


def iter_scan_files(paths, view="installed", threads=None):
    return chunks(iter(paths), view_of(view), thread_count(threads))


cdef list scan_chunk(list given, int view, size_t threads):
    """A `FileScan` for as many of the paths as come to a chunk's bytes."""
    cdef vector[const char*] texts
    cdef vector[FileOutcome] outcomes
    cdef list kept = []
    cdef list result = []
    cdef FileScan scan
    cdef Py_ssize_t i
    for path in given:
        texts.push_back(path_text(path, kept))
    for i in range(scan_paths(texts.data(), texts.size(), outcomes, view, True, threads, CHUNK_BYTES)):
        scan = FileScan.__new__(FileScan)
        scan.path = name_of(given[i])
        scan.outcome = outcome_of(given[i], outcomes[i])
        scan.size = outcomes[i].size
        scan.nanoseconds = outcomes[i].nanoseconds
        result.append(scan)
    return result


def chunks(paths, view, threads):
    """The files of `paths`, chunk after chunk; an error of `paths` itself comes after what it gave before."""
    cdef Py_ssize_t size = FIRST_CHUNK
    cdef list given, scans
    ended = False
    failed = None
    while not ended:
        given = []
        try:
            for path in islice(paths, size):
                os.fspath(path)
                given.append(path)
        except Exception as error:
            failed = error
        ended = failed is not None or len(given) < size
        while given:
            scans = scan_chunk(given, view, threads)
            del given[:len(scans)]
            yield from scans
        size = min(size * 2, LAST_CHUNK)
    if failed is not None:
        raise failed
