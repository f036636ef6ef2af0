# cython: language_level=3
"""What other native modules may use of the scanner. The picture is in _scan.pyx."""

from libcpp.vector cimport vector

from rezfast._definition cimport Definition, FileOutcome, Refusal


cdef enum View:
    VIEW_INSTALLED = 0
    VIEW_SOURCE = 1


cdef bint scan_definition(
    const char* data, size_t size, int view, Definition& out, Refusal& refusal
) noexcept nogil

cdef enum:
    MAX_FILE = 64 << 20  # bytes; what is larger is no definition


cdef int view_of(str view) except -1

cdef size_t thread_count(object threads) except 0

cdef const char* path_text(object path, list kept) except? NULL

cdef Py_ssize_t scan_paths(
    const char** paths, size_t count, vector[FileOutcome]& outcomes, int view, bint timed, size_t threads,
    size_t most_bytes,
) except -1

cdef Scanned make_scanned(Definition& definition)

cdef Refused make_refused(const Refusal& refusal)


cdef class Scanned:
    cdef Definition definition
    cdef readonly object late


cdef class Refused:
    cdef readonly str reason
    cdef readonly int line
