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
    WHOLE_CHUNK = 32768  # files whose outcomes are kept beside their Python objects
    FIRST_CHUNK = 64  # the first outcomes come soon
    LAST_CHUNK = 2048
    CHUNK_BYTES = 64 << 20  # a chunk of huge files ends early
    PATHS_AHEAD = 16  # how early a path is asked for from memory


cdef extern from "Python.h":
    void* PyList_GET_ITEM(list, Py_ssize_t)

cdef extern from *:
    void prefetch "__builtin_prefetch"(const void*) nogil


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


cdef object outcome_of(list paths, Py_ssize_t i, FileOutcome& found):
    cdef FileError error
    if found.result > 0:
        return make_scanned(found.definition)
    if found.result == 0 and not found.has_nul:
        return make_refused(found.refusal)
    error = FileError.__new__(FileError)
    error.path = name_of(paths[i])
    if found.result == 0:
        error.reason, error.detail = "not-text", "holds NUL bytes: not text"
    else:
        error.number = -found.result
        error.reason, error.detail = told(-found.result)
    return error


cdef class Batch:
    """What `scan_files` was given, and the outcomes it has so far."""
    cdef list paths
    cdef list outcomes
    cdef Py_ssize_t begin  # where what is read now starts


cdef int take_outcomes(vector[FileOutcome]& found, size_t first, size_t last, object taker) except -1:
    cdef Batch batch = <Batch> taker
    cdef size_t i
    for i in range(first, last):
        batch.outcomes.append(outcome_of(batch.paths, batch.begin + i, found[i]))
    return 0


def scan_files(paths, view="installed", threads=None):
    cdef int which = view_of(view)
    cdef size_t count = thread_count(threads)
    cdef vector[const char*] texts
    cdef vector[FileOutcome] found
    cdef list kept = []
    cdef Batch batch = Batch.__new__(Batch)
    cdef Py_ssize_t i, size
    batch.paths = list(paths)
    batch.outcomes = []
    size = len(batch.paths)
    # a path of a wrong type is told before any file is read
    texts.reserve(size)
    for i in range(size):
        if i + PATHS_AHEAD < size:
            prefetch(PyList_GET_ITEM(batch.paths, i + PATHS_AHEAD))
        texts.push_back(path_text(batch.paths[i], kept))
    for i in range(0, size, WHOLE_CHUNK):
        batch.begin = i
        scan_paths(texts.data() + i, min(WHOLE_CHUNK, size - i), found, which, False, count, SIZE_MAX,
                   take_outcomes, batch)
    return batch.outcomes


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
    for i in range(scan_paths(texts.data(), texts.size(), outcomes, view, True, threads, CHUNK_BYTES, NULL, None)):
        scan = FileScan.__new__(FileScan)
        scan.path = name_of(given[i])
        scan.outcome = outcome_of(given, i, outcomes[i])
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
