# cython: language_level=3
"""What other native modules may use of the scanner. The picture is in _scan.pyx."""

from libcpp cimport bool as cbool
from libcpp.string cimport string
from libcpp.vector cimport vector


cdef extern from *:
    """
    #ifndef REZFAST_DEFINITION
    #define REZFAST_DEFINITION
    #include <string>
    #include <vector>
    namespace rezfast {

    // What a resolve reads of one package definition. Text is UTF-8.
    struct Definition {
        bool has_name = false, has_version = false, has_requires = false, has_variants = false;
        bool has_build_requires = false, has_private_build_requires = false;
        bool has_timestamp = false, has_hashed_variants = false;
        bool hashed_variants = false;
        long long timestamp = 0;
        std::string name, version;
        std::vector<std::string> requires_, build_requires, private_build_requires;
        std::vector<std::vector<std::string>> variants;
    };

    // Why a definition was not accepted: an index into REASONS of _scan.pyx, and the line, from 1.
    struct Refusal {
        int reason = 0;
        int line = 0;
    };

    // What became of one file. `result`: 1 accepted, 0 refused, else minus the error's number.
    struct FileOutcome {
        Definition definition;
        Refusal refusal;
        int result = 0;
        bool has_nul = false;  // of a refused file: it is no text at all
        size_t size = 0;  // bytes read
        long long nanoseconds = 0;  // spent scanning, if asked for
    };

    }
    #endif
    """
    cdef cppclass Definition "rezfast::Definition":
        cbool has_name
        cbool has_version
        cbool has_requires
        cbool has_variants
        cbool has_build_requires
        cbool has_private_build_requires
        cbool has_timestamp
        cbool has_hashed_variants
        cbool hashed_variants
        long long timestamp
        string name
        string version
        vector[string] requires "requires_"  # `requires` is a keyword of C++20
        vector[string] build_requires
        vector[string] private_build_requires
        vector[vector[string]] variants

    cdef cppclass Refusal "rezfast::Refusal":
        int reason
        int line

    cdef cppclass FileOutcome "rezfast::FileOutcome":
        Definition definition
        Refusal refusal
        int result
        cbool has_nul
        size_t size
        long long nanoseconds


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
