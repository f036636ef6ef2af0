from libcpp.string cimport string
from libcpp.vector cimport vector
from libcpp cimport bool as cbool
cdef extern from *:
    """
    #include <string>
    #include <vector>
    #ifndef REZFAST_BOUND
    #define REZFAST_BOUND
    namespace rezfast {
    struct Bound { std::string lower, upper; bool lower_inclusive = true, upper_inclusive = true; };
    using Bounds = std::vector<Bound>;
    }
    #endif
    """
    cdef cppclass Bound "rezfast::Bound":
        string lower
        string upper
        cbool lower_inclusive
        cbool upper_inclusive
    ctypedef vector[Bound] Bounds "rezfast::Bounds"
cdef int test(const Bounds& a, Bounds& out) noexcept nogil
