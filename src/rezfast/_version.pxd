# What other native modules may use of versions, ranges and requirements.
# The data and the order of the keys are drawn at the top of _version.pyx.

from libcpp cimport bool as cbool
from libcpp.string cimport string
from libcpp.vector cimport vector

cdef extern from *:
    """
    #ifndef REZFAST_VERSION_DATA
    #define REZFAST_VERSION_DATA
    #include <string>
    #include <vector>
    namespace rezfast {

    // One contiguous piece of a range. Keys decide; texts are what str() prints.
    struct Bound {
        std::string lower, upper;            // keys: memcmp order is rez's version order
        std::string lower_text, upper_text;  // the versions as they were written
        bool lower_inclusive = true, upper_inclusive = true;
    };
    using Bounds = std::vector<Bound>;       // ascending, as rez keeps them

    struct RequirementData {
        std::string name;                    // with the leading '.' when ephemeral
        Bounds range;                        // already inverted when weak, as in rez
        bool conflict = false, weak = false; // "!foo": conflict; "~foo": conflict and weak
        bool has_range = true;               // false: "~foo", rez's range None
        char separator = '-';                // between name and range: - @ or #
    };

    // Above every version; as an upper bound it means that there is none.
    inline bool is_infinite(const std::string& key) {
        return key.size() == 1 && static_cast<unsigned char>(key[0]) == 0xff;
    }
    // rez's bool(version): the empty version and infinity are false.
    inline bool is_set(const std::string& key) { return !key.empty() && !is_infinite(key); }
    }
    #endif
    """
    cdef cppclass Bound "rezfast::Bound":
        string lower
        string upper
        string lower_text
        string upper_text
        cbool lower_inclusive
        cbool upper_inclusive
    ctypedef vector[Bound] Bounds "rezfast::Bounds"
    cdef cppclass RequirementData "rezfast::RequirementData":
        string name
        Bounds range
        cbool conflict
        cbool weak
        cbool has_range
        char separator
    bint is_infinite "rezfast::is_infinite"(const string& key) noexcept nogil
    bint is_set "rezfast::is_set"(const string& key) noexcept nogil

# Text to data. False: the text is not one; what `out` then holds is unspecified.
# `check_bounds` is rez's invalid_bound_error: refuse an impossible bound such as 3+<2.
cdef bint encode_version(const char* text, size_t size, string& key) noexcept nogil
cdef bint parse_range(const char* text, size_t size, bint check_bounds,
                      Bounds& out) noexcept nogil
cdef bint parse_requirement(const char* text, size_t size, bint check_bounds,
                            RequirementData& out) noexcept nogil
cdef bint is_package_name(const char* text, size_t size) noexcept nogil

# Data to text, replacing what `out` held.
cdef void range_text(const Bounds& a, string& out) noexcept nogil
cdef void requirement_text(const RequirementData& a, string& out) noexcept nogil

# Algebra. `out` may be an operand.
cdef bint range_is_any(const Bounds& a) noexcept nogil
cdef bint range_contains(const Bounds& a, const string& key) noexcept nogil
# `a` is the operands' bounds in any order.
cdef void range_union(const Bounds& a, Bounds& out) noexcept nogil
# False: empty, rez's None.
cdef bint range_intersection(const Bounds& a, const Bounds& b, Bounds& out) noexcept nogil
# False: no inverse, rez's None.
cdef bint range_inverse(const Bounds& a, Bounds& out) noexcept nogil
# a - b; False: empty, rez's None.
cdef bint range_difference(const Bounds& a, const Bounds& b, Bounds& out) noexcept nogil
cdef bint range_intersects(const Bounds& a, const Bounds& b) noexcept nogil
cdef bint range_issuperset(const Bounds& a, const Bounds& b) noexcept nogil
# <0, 0, >0: bound by bound, lower end first; rez's order of ranges and of its default orderer.
cdef int range_compare(const Bounds& a, const Bounds& b) noexcept nogil
# Both at once; False: they conflict, rez's None.
cdef bint merge_requirements(const RequirementData& a, const RequirementData& b,
                             RequirementData& out) noexcept nogil


cdef class Version:
    cdef string key
    cdef string text


cdef class VersionRange:
    cdef Bounds bounds


cdef class Requirement:
    cdef RequirementData data


cdef Version make_version(const string& key, const string& text)
cdef VersionRange make_range(const Bounds& bounds)
cdef Requirement make_requirement(const RequirementData& data)
