# cython: language_level=3
"""The blocks of a definition: functions, whose bodies are skipped, and scopes.

    @late()                          decorated
    def tools(): ...                 function      skip_block: only indentation, brackets and strings count
    with scope('config') as c:       scope         see _scopes.pxd
        c.plugins.x = 1
"""

from rezfast._body cimport skip_block, skip_logical_line
from rezfast._lex cimport (
    KIND_STRING, REFUSED_DECORATOR, REFUSED_FUNCTION, REFUSED_PREPROCESS, REFUSED_SIGNATURE, Scan, at_string, is_word,
    peek, peek_at, refuse, skip_comment, skip_inline, skip_inside, strings, word_size,
)
from rezfast._rules cimport Names, cannot_be_late, field_of, has_name, is_keyword, is_rex_function, string_view
from rezfast._scan cimport VIEW_SOURCE
from rezfast._scopes cimport scope_statement
from rezfast._statements cimport annotation, bind, end_of_line, identifier, skip_blank_lines
from rezfast._values cimport literal


cdef enum:
    MAX_PARAMETERS = 32


# ---- functions ------------------------------------------------------------------------------------------------

cdef inline bint parameters(Scan* s) noexcept nogil:
    """`(a, b: str = None, *args, **kwargs)`: distinct names, and defaults that are literals."""
    cdef Names names
    cdef size_t size
    cdef int stars = 0, seen = 0
    cdef bint defaults = False
    if peek(s) != c'(':
        return refuse(s, REFUSED_SIGNATURE)
    s.at += 1
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c')':
            s.at += 1
            return True
        stars = 0
        while s.at < s.end and s.at[0] == c'*' and stars < 2:
            stars += 1
            s.at += 1
        if stars <= seen and (stars or seen):  # nothing but `**kwargs` may follow `*args`
            return refuse(s, REFUSED_SIGNATURE)
        size = word_size(s)
        if size == 0 or is_keyword(string_view(s.at, size)):
            return refuse(s, REFUSED_SIGNATURE)
        if names.size() == MAX_PARAMETERS or has_name(names, string_view(s.at, size)):
            return refuse(s, REFUSED_SIGNATURE)
        names.push_back(string_view(s.at, size))
        s.at += size
        seen = stars
        if not skip_inside(s):
            return False
        if s.at[0] == c':':
            s.at += 1
            if not skip_inside(s) or not annotation(s, 0) or not skip_inside(s):
                return refuse(s, REFUSED_SIGNATURE)
        if s.at[0] == c'=' and not stars:
            defaults = True
            s.at += 1
            if not skip_inside(s) or not literal(s, True, 0) or not skip_inside(s):
                return False
        elif defaults and not stars:
            return refuse(s, REFUSED_SIGNATURE)
        if s.at[0] == c',' and stars < 2:
            s.at += 1
        elif s.at[0] != c')':
            return refuse(s, REFUSED_SIGNATURE)


cdef inline bint function(Scan* s, bint late) noexcept nogil:
    """A function, whose body is not run; the cursor is past `def`."""
    cdef size_t size
    if not skip_inline(s):
        return False
    size = identifier(s)
    if not size:
        return False
    if field_of(string_view(s.at, size)):
        return refuse(s, REFUSED_FUNCTION)
    if late and (is_rex_function(string_view(s.at, size)) or (
            s.view == VIEW_SOURCE and cannot_be_late(string_view(s.at, size)))):
        return refuse(s, REFUSED_DECORATOR)
    if s.view == VIEW_SOURCE and is_word(s.at, size, b"preprocess", 10):
        return refuse(s, REFUSED_PREPROCESS)
    if not bind(s, size):
        return False
    s.at += size
    if not skip_inline(s) or not parameters(s) or not skip_inline(s):
        return refuse(s, REFUSED_SIGNATURE)
    if peek(s) == c'-' and peek_at(s, 1) == c'>':
        s.at += 2
        if not skip_inline(s) or not annotation(s, 0) or not skip_inline(s):
            return refuse(s, REFUSED_SIGNATURE)
    if peek(s) != c':':
        return refuse(s, REFUSED_SIGNATURE)
    s.at += 1
    if not skip_inline(s):
        return False
    if s.at < s.end and s.at[0] != c'\n' and s.at[0] != c'#':
        return skip_logical_line(s)
    skip_comment(s)
    if s.at < s.end:
        s.at += 1
    return skip_block(s)


cdef inline bint function_keyword(Scan* s, bint late) noexcept nogil:
    """`def ...` or `async def ...`, the cursor on the first word."""
    if is_word(s.at, word_size(s), b"async", 5):
        s.at += 5
        if not skip_inline(s):
            return False
    if not is_word(s.at, word_size(s), b"def", 3):
        return refuse(s, REFUSED_DECORATOR)
    s.at += 3
    return function(s, late)


cdef inline bint decorated(Scan* s) noexcept nogil:
    """`@late()` and `@include('module')` before a function; the cursor is on the at sign."""
    cdef bint late = False
    cdef bint comma
    while peek(s) == c'@':
        s.at += 1
        if not skip_inline(s):
            return False
        if s.reserved_bound:
            return refuse(s, REFUSED_DECORATOR)
        if is_word(s.at, word_size(s), b"late", 4):
            late = True
            s.at += 4
            if peek(s) != c'(' or peek_at(s, 1) != c')':
                return refuse(s, REFUSED_DECORATOR)
            s.at += 2
        elif is_word(s.at, word_size(s), b"include", 7):
            s.at += 7
            if peek(s) != c'(':
                return refuse(s, REFUSED_DECORATOR)
            s.at += 1
            comma = True
            if not skip_inside(s) or s.at[0] == c')':
                return refuse(s, REFUSED_DECORATOR)
            while s.at[0] != c')':
                if not comma or not at_string(s) or strings(s, True, NULL) != KIND_STRING:
                    return refuse(s, REFUSED_DECORATOR)
                comma = peek(s) == c','
                if comma:
                    s.at += 1
                if not skip_inside(s):
                    return False
            s.at += 1
        else:
            return refuse(s, REFUSED_DECORATOR)
        if not skip_inline(s) or not end_of_line(s) or not skip_blank_lines(s):
            return False
    return function_keyword(s, late)


# ---- either ---------------------------------------------------------------------------------------------------

cdef inline bint is_compound(const Scan* s, size_t size) noexcept nogil:
    cdef char c = s.at[0]
    if c == c'@':
        return True
    return (c == c'd' and is_word(s.at, size, b"def", 3)) or (c == c'w' and is_word(s.at, size, b"with", 4)) or (
        c == c'a' and is_word(s.at, size, b"async", 5))


cdef inline bint compound_statement(Scan* s, size_t size, Names& paths) noexcept nogil:
    if s.at[0] == c'@':
        return decorated(s)
    if s.at[0] == c'w':
        s.at += size
        return scope_statement(s, paths)
    return function_keyword(s, False)
