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

# Takes the outcomes from `first` up to `last`, while others are still made.
ctypedef int (*TakeOutcomes)(vector[FileOutcome]& outcomes, size_t first, size_t last, object taker) except -1

cdef Py_ssize_t scan_paths(
    const char** paths, size_t count, vector[FileOutcome]& outcomes, int view, bint timed, size_t threads,
    size_t most_bytes, TakeOutcomes take, object taker,
) except -1

cdef Scanned make_scanned(Definition& definition)

cdef Refused make_refused(const Refusal& refusal)


cdef class Scanned:
    cdef Definition definition
    cdef readonly object late


cdef class Refused:
    cdef readonly str reason
    cdef readonly int line
