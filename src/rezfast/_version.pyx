# cython: language_level=3, boundscheck=False, wraparound=False, nonecheck=True
# cython: freethreading_compatible=True
# Versions as byte keys, ranges as sorted intervals of keys, and the algebra on them.
#
# A version is encoded once into a key whose memcmp order is rez's version order:
#
#     version   = token*                  "" is the empty version, the smallest
#     token     = subtoken+ 01            01 sorts below whatever continues a token
#     alpha     = its bytes as they are   41..5A 'A'..'Z' < 5F '_' < 61..7A 'a'..'z'
#     number    = lead [length] digits [padding]
#       lead      80 + min(n, 60) at the start of a token, so numbers sort above letters;
#                 02 + min(n, 60) after letters, so "a" < "a1" < "ab"; n = significant digits
#       length    n in 8 bytes, big-endian, when n >= 60
#       padding   nothing for "1" and "0";
#                 00 ~z for z zeros before other digits: below both 01 and letters ("01" < "1");
#                 FF z  for z zeros more than one: above both 01 and letters ("0" < "00");
#                 z is one byte and, from 255 on, 8 bytes more
#     infinity  = FF                      above every version
#
#     "2.10b"  ->  81 '2' 01   82 '1' '0' 'b' 01
#
# The separators are not in the key, so 1.0 and 1-0 are the same version.
#
# A range is a vector of Bound, ascending:
#
#     "1+<3|==5"  ->  | lower 1  included | lower 5 included |
#                     | upper 3  excluded | upper 5 included |
#
# No lower bound is the key "" included, no upper bound is infinity included. A Bound holds both
# versions' texts beside their keys: of equal bounds the one that rez keeps gives its text.

from cpython.object cimport Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, PyTypeObject
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.stdint cimport uint64_t
from libcpp.algorithm cimport stable_sort
from libcpp.string cimport string
from libcpp.vector cimport vector

from rezfast.errors import PackageRequestError, VersionError

cdef extern from "Python.h":
    void PyType_Modified(PyTypeObject* type)

cdef extern from *:
    """
    #include <functional>
    static inline Py_hash_t rezfast_hash(const std::string& key) {
        Py_hash_t value = static_cast<Py_hash_t>(std::hash<std::string>{}(key));
        return value == -1 ? -2 : value;
    }
    """
    Py_hash_t hash_bytes "rezfast_hash"(const string& key) noexcept nogil

ctypedef const Bound* BoundPtr

cdef enum Sign:
    SIGN_NONE
    SIGN_LT
    SIGN_LE
    SIGN_GT
    SIGN_GE

cdef enum Shape:
    SHAPE_NOTHING       # a lone newline: matched by rez, adds nothing
    SHAPE_PREFIX        # "1": 1 and all that begins with it
    SHAPE_LOWER         # "1+", ">1"
    SHAPE_UPPER         # "<1"
    SHAPE_BOTH          # "==1", "1..2", "1+<2", "<2,>1"

cdef enum Problem:
    PROBLEM_SYNTAX
    PROBLEM_EMPTY_UPPER  # below the empty version there is nothing
    PROBLEM_BOUND        # the lower end is above the upper one
    PROBLEM_JOIN         # impossible pieces, let through, that cannot be joined

# What is wrong with a text, and at which byte.
cdef struct Fault:
    Problem problem
    size_t at

# One alternative of a range text: which bytes are its versions.
cdef struct Part:
    Shape shape
    size_t lower
    size_t lower_end
    size_t upper
    size_t upper_end
    bint lower_inclusive
    bint upper_inclusive


# ---- keys ----

cdef inline bint is_digit(char c) noexcept nogil:
    return 48 <= c <= 57


cdef inline bint is_token_char(char c) noexcept nogil:
    return 97 <= c <= 122 or 48 <= c <= 57 or 65 <= c <= 90 or c == 95


cdef void append_count(string& key, uint64_t count) noexcept nogil:
    cdef int shift
    for shift in range(56, -8, -8):
        key.push_back(<char> ((count >> shift) & 0xFF))


cdef void append_number(const char* text, size_t size, bint first, string& key) noexcept nogil:
    cdef size_t zeros = 0, digits, more
    while zeros < size and text[zeros] == 48:
        zeros += 1
    digits = size - zeros
    key.push_back(<char> ((0x80 if first else 0x02) + (60 if digits > 60 else digits)))
    if digits >= 60:
        append_count(key, digits)
    key.append(text + zeros, digits)
    if digits == 0 and zeros > 1:
        more = zeros - 1
        key.push_back(<char> 0xFF)
        key.push_back(<char> (255 if more > 255 else more))
        if more >= 255:
            append_count(key, more)
    elif digits and zeros:
        key.push_back(<char> 0)
        key.push_back(<char> (255 - (255 if zeros > 255 else zeros)))
        if zeros >= 255:
            append_count(key, ~<uint64_t> zeros)


cdef size_t append_token(const char* text, size_t i, size_t size, string& key) noexcept nogil:
    # Returns where the token that starts at `i` ends: `i` when there is none.
    cdef size_t start = i, j
    while i < size and is_token_char(text[i]):
        if is_digit(text[i]):
            j = i
            while j < size and is_digit(text[j]):
                j += 1
            append_number(text + i, j - i, i == start, key)
            i = j
        else:
            key.push_back(text[i])
            i += 1
    if i > start:
        key.push_back(<char> 1)
    return i


cdef inline size_t skip_character(const char* text, size_t i, size_t size) noexcept nogil:
    # rez takes any one character for a separator: in UTF-8 up to four bytes.
    i += 1
    while i < size and (text[i] & 0xC0) == 0x80:
        i += 1
    return i


cdef bint encode_at(const char* text, size_t size, string& key, size_t* where) noexcept nogil:
    cdef size_t i = 0, start
    key.clear()
    if size == 0:
        return True
    while True:
        start = i
        i = append_token(text, i, size, key)
        if i == start:
            where[0] = i
            return False
        if i == size:
            return True
        i = skip_character(text, i, size)


cdef bint encode_version(const char* text, size_t size, string& key) noexcept nogil:
    cdef size_t where
    return encode_at(text, size, key, &where)


cdef void next_key(const string& key, string& out) noexcept nogil:
    # The smallest version above all that begins with this one: "1" -> "1_".
    if not is_set(key):
        out.assign(1, <char> 0xFF)
        return
    out.assign(key)
    out[out.size() - 1] = 95
    out.push_back(<char> 1)


# ---- one bound ----

cdef inline int compare_lower(const Bound& a, const Bound& b) noexcept nogil:
    cdef int order = a.lower.compare(b.lower)
    return order if order else <int> b.lower_inclusive - <int> a.lower_inclusive


cdef inline int compare_upper(const Bound& a, const Bound& b) noexcept nogil:
    cdef int order = a.upper.compare(b.upper)
    return order if order else <int> a.upper_inclusive - <int> b.upper_inclusive


cdef inline int compare_bounds(const Bound& a, const Bound& b) noexcept nogil:
    cdef int order = compare_lower(a, b)
    return order if order else compare_upper(a, b)


cdef inline bint bound_before(BoundPtr a, BoundPtr b) noexcept nogil:
    return compare_bounds(a[0], b[0]) < 0


cdef inline void no_lower(Bound& out) noexcept nogil:
    out.lower.clear()
    out.lower_text.clear()
    out.lower_inclusive = True


cdef inline void no_upper(Bound& out) noexcept nogil:
    out.upper.assign(1, <char> 0xFF)
    out.upper_text.assign(b"[INF]")
    out.upper_inclusive = True


cdef inline int bound_side(const Bound& a, const string& key) noexcept nogil:
    # Where a version is: -1 below the bound, 0 in it, 1 above.
    cdef int order = key.compare(a.lower)
    if order < 0 or (order == 0 and not a.lower_inclusive):
        return -1
    order = key.compare(a.upper)
    if order > 0 or (order == 0 and not a.upper_inclusive):
        return 1
    return 0


cdef inline bint bound_holds(const Bound& a, const Bound& b) noexcept nogil:
    return compare_lower(a, b) <= 0 and compare_upper(a, b) >= 0


cdef inline BoundPtr highest_lower(BoundPtr a, BoundPtr b) noexcept nogil:
    # Of two that are equal the first, as Python's max: its text is the one that is printed.
    if compare_lower(b[0], a[0]) > 0:
        return b
    return a


cdef inline BoundPtr lowest_upper(BoundPtr a, BoundPtr b) noexcept nogil:
    if compare_upper(b[0], a[0]) < 0:
        return b
    return a


cdef inline bint ends_are_valid(BoundPtr lower, BoundPtr upper) noexcept nogil:
    cdef int order = lower.lower.compare(upper.upper)
    return order < 0 or (order == 0 and lower.lower_inclusive and upper.upper_inclusive)


cdef inline bint bounds_meet(BoundPtr a, BoundPtr b) noexcept nogil:
    return ends_are_valid(highest_lower(a, b), lowest_upper(a, b))


cdef void append_piece(Bounds& out, BoundPtr lower, BoundPtr upper) noexcept nogil:
    cdef Bound* piece
    out.emplace_back()
    piece = &out.back()
    piece.lower = lower.lower
    piece.lower_text = lower.lower_text
    piece.lower_inclusive = lower.lower_inclusive
    piece.upper = upper.upper
    piece.upper_text = upper.upper_text
    piece.upper_inclusive = upper.upper_inclusive


cdef size_t bisect(const Bounds& a, const Bound& x, size_t low) noexcept nogil:
    cdef size_t high = a.size(), middle
    while low < high:
        middle = (low + high) // 2
        if compare_bounds(a[middle], x) < 0:
            low = middle + 1
        else:
            high = middle
    return low


# ---- ranges ----

cdef bint range_is_any(const Bounds& a) noexcept nogil:
    return (a.size() == 1 and a[0].lower.empty() and a[0].lower_inclusive
            and is_infinite(a[0].upper) and a[0].upper_inclusive)


cdef size_t find_bound(const Bounds& a, const string& key, bint* contains) noexcept nogil:
    # The bound that holds a version, else the first one after it.
    cdef Bound probe
    cdef size_t i
    probe.lower.assign(key)
    probe.upper.assign(1, <char> 0xFF)
    i = bisect(a, probe, 0)
    contains[0] = True
    if i and bound_side(a[i - 1], key) == 0:
        return i - 1
    if i < a.size() and bound_side(a[i], key) == 0:
        return i
    contains[0] = False
    return i


cdef bint range_contains(const Bounds& a, const string& key) noexcept nogil:
    cdef size_t i
    cdef int side
    cdef bint contains
    if a.size() < 5:
        for i in range(a.size()):
            side = bound_side(a[i], key)
            if side <= 0:
                return side == 0
        return False
    find_bound(a, key, &contains)
    return contains


cdef bint join(const Bounds& a, Bounds& out) noexcept nogil:
    # rez compares a bound's lower end with the running upper end, but asks the *previous* bound
    # whether that end is included; and never starts the running end afresh. False: an impossible
    # bound came out, which needs one among the operands (rez raises).
    cdef vector[BoundPtr] order
    cdef Bounds joined
    cdef size_t i, n = a.size(), start = 0
    cdef BoundPtr upper
    cdef int gap
    cdef bint valid = True
    if n < 2:
        out = a
        return True
    order.reserve(n)
    for i in range(n):
        order.push_back(&a[i])
    stable_sort(order.begin(), order.end(), bound_before)
    upper = order[0]
    for i in range(1, n + 1):
        if i < n:
            gap = order[i].lower.compare(upper.upper)
            if not (gap > 0 or (gap == 0 and not order[i].lower_inclusive
                                and not order[i - 1].upper_inclusive)):
                if compare_upper(order[i][0], upper[0]) > 0:
                    upper = order[i]
                continue
        valid = valid and ends_are_valid(order[start], upper)
        append_piece(joined, order[start], upper)
        start = i
        if i < n and compare_upper(order[i][0], upper[0]) > 0:
            upper = order[i]
    out.swap(joined)
    return valid


cdef void range_union(const Bounds& a, Bounds& out) noexcept nogil:
    join(a, out)


cdef bint range_intersection(const Bounds& a, const Bounds& b, Bounds& out) noexcept nogil:
    cdef Bounds common
    cdef size_t i, j
    cdef BoundPtr lower, upper
    for i in range(a.size()):
        for j in range(b.size()):
            lower = highest_lower(&a[i], &b[j])
            upper = lowest_upper(&a[i], &b[j])
            if ends_are_valid(lower, upper):
                append_piece(common, lower, upper)
    out.swap(common)
    return not out.empty()


cdef bint range_inverse(const Bounds& a, Bounds& out) noexcept nogil:
    cdef Bounds rest
    cdef Bound piece
    cdef size_t i, n = a.size()
    cdef bint open_below, open_above, dropped = False
    if range_is_any(a):
        return False
    for i in range(n + 1):
        open_below = i == 0 or is_infinite(a[i - 1].upper)
        open_above = i == n or (not is_set(a[i].lower) and a[i].lower_inclusive)
        if open_below and open_above:
            continue
        if open_below:
            no_lower(piece)
        else:
            piece.lower = a[i - 1].upper
            piece.lower_text = a[i - 1].upper_text
            piece.lower_inclusive = not a[i - 1].upper_inclusive
        if open_above:
            no_upper(piece)
        else:
            piece.upper = a[i].lower
            piece.upper_text = a[i].lower_text
            piece.upper_inclusive = not a[i].lower_inclusive
        # Bounds that touch without having been joined leave nothing between them: rez raises here.
        if ends_are_valid(&piece, &piece):
            rest.push_back(piece)
        else:
            dropped = True
    out.swap(rest)
    return not (dropped and out.empty())


cdef bint range_difference(const Bounds& a, const Bounds& b, Bounds& out) noexcept nogil:
    cdef Bounds rest
    return range_inverse(b, rest) and range_intersection(a, rest, out)


cdef bint range_intersects(const Bounds& a, const Bounds& b) noexcept nogil:
    cdef size_t i, j, low = 0
    if b.size() < a.size():
        return range_intersects(b, a)
    if b.size() < 5:
        for i in range(a.size()):
            for j in range(b.size()):
                if bounds_meet(&a[i], &b[j]):
                    return True
        return False
    for i in range(a.size()):
        j = bisect(b, a[i], low)
        if j and bounds_meet(&b[j - 1], &a[i]):
            return True
        if j < b.size() and bounds_meet(&b[j], &a[i]):
            return True
        low = j - 1 if j else 0
    return False


cdef bint range_issuperset(const Bounds& a, const Bounds& b) noexcept nogil:
    cdef size_t i, j, low = 0
    for j in range(b.size()):
        i = bisect(a, b[j], low)
        if i and bound_holds(a[i - 1], b[j]):
            low = i - 1
        elif i < a.size() and bound_holds(a[i], b[j]):
            low = i
        else:
            return False
    return True


cdef int range_compare(const Bounds& a, const Bounds& b) noexcept nogil:
    cdef size_t i, n = min(a.size(), b.size())
    cdef int order
    for i in range(n):
        order = compare_bounds(a[i], b[i])
        if order:
            return order
    return <int> (a.size() > n) - <int> (b.size() > n)


include "_version_text.pxi"
include "_version_objects.pxi"
include "_version_ranges.pxi"
include "_version_requests.pxi"
