# cython: language_level=3
cdef int test(const Bounds& a, Bounds& out) noexcept nogil:
    cdef Bound b
    out = a
    b.lower.assign("x")
    out.push_back(b)
    return <int> out.size()
def hey():
    cdef Bounds a, b
    with nogil:
        test(a, b)
    return b[0].lower
