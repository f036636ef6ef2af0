# cython: language_level=3
"""The blocks of a definition: functions, whose bodies are skipped, and `with scope(...)`, whose body is checked.

    @late()                          decorated
    def tools(): ...                 function      skip_block: only indentation, brackets and strings count
    with scope('config') as c:       scope         what the body binds is gone when it ends, but for the
        c.plugins.x = 1                            attribute `config` that rez makes of it
"""

from libc.string cimport memcmp

from rezfast._body cimport skip_block, skip_logical_line
from rezfast._lex cimport (
    KIND_STRING, NOT_LITERAL, REFUSED_DECORATOR, REFUSED_FUNCTION, REFUSED_INDENTATION, REFUSED_PREPROCESS,
    REFUSED_SCOPE, REFUSED_SIGNATURE, Scan, at_string, is_word, peek, peek_at, refuse, skip_comment, skip_inline,
    skip_inside, strings, word_size,
)
from rezfast._rules cimport (
    SOURCE_ANY, Names, cannot_be_late, field_of, has_name, has_prefix_path, is_keyword, is_rex_function,
    is_scope_attribute, source_kind, string_view,
)
from rezfast._scan cimport VIEW_SOURCE
from rezfast._statements cimport annotation, bind, end_of_line, identifier, skip_blank_lines
from rezfast._values cimport literal


cdef enum:
    MAX_SCOPE_NAMES = 256
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


# ---- with scope -----------------------------------------------------------------------------------------------

cdef inline bint sets_preprocess(const Scan* s, size_t size) noexcept nogil:
    """Whether a setting names a function that rewrites a source package."""
    return s.view == VIEW_SOURCE and size >= 18 and memcmp(s.at, b"package_preprocess", 18) == 0


cdef inline bint scope_assignment(Scan* s, string_view alias, Names& paths) noexcept nogil:
    """`x = literal` or `alias.x.y = literal`, neither of which leaves the scope."""
    cdef const char* start = s.at
    cdef const char* path
    cdef size_t size = identifier(s)
    cdef size_t attribute
    if not size:
        return False
    if string_view(s.at, size) == alias:
        s.at += size
        path = s.at + 1
        if peek(s) != c'.':
            return refuse(s, REFUSED_SCOPE)
        while peek(s) == c'.':
            s.at += 1
            attribute = identifier(s)
            if not attribute:
                return False
            if is_scope_attribute(string_view(s.at, attribute)) or sets_preprocess(s, attribute):
                return refuse(s, REFUSED_SCOPE)
            s.at += attribute
        size = s.at - path
    else:
        if sets_preprocess(s, size):
            return refuse(s, REFUSED_SCOPE)
        if not bind(s, size):
            return False
        path = start
        s.at += size
    # what is a plain value already has no attributes
    if paths.size() == MAX_SCOPE_NAMES or has_prefix_path(paths, string_view(path, size)):
        return refuse(s, REFUSED_SCOPE)
    paths.push_back(string_view(path, size))
    if not skip_inline(s):
        return False
    if peek(s) != c'=':
        return refuse(s, REFUSED_SCOPE)
    s.at += 1
    return skip_inline(s) and literal(s, False, 0) != NOT_LITERAL


cdef inline bint scope_head(Scan* s, string_view* alias) noexcept nogil:
    """`scope("config") as c:`; the cursor is past `with`."""
    cdef size_t size
    cdef char quote
    if s.reserved_bound or not skip_inline(s) or not is_word(s.at, word_size(s), b"scope", 5):
        return refuse(s, REFUSED_SCOPE)
    s.at += 5
    quote = peek_at(s, 1)
    if peek(s) != c'(' or (quote != c'"' and quote != c'\''):
        return refuse(s, REFUSED_SCOPE)
    s.at += 2
    size = word_size(s)
    if size == 0 or not bind(s, size):
        return refuse(s, REFUSED_SCOPE)
    if s.view == VIEW_SOURCE and not is_word(s.at, size, b"config", 6) and (
            source_kind(string_view(s.at, size)) != SOURCE_ANY):  # a build wants something other than a dict
        return refuse(s, REFUSED_SCOPE)
    s.at += size
    if peek(s) != quote or peek_at(s, 1) != c')':
        return refuse(s, REFUSED_SCOPE)
    s.at += 2
    if not skip_inline(s):
        return False
    if is_word(s.at, word_size(s), b"as", 2):
        s.at += 2
        if not skip_inline(s):
            return False
        size = identifier(s)
        if not size or not bind(s, size):
            return False
        alias[0] = string_view(s.at, size)
        s.at += size
        if not skip_inline(s):
            return False
    if peek(s) != c':':
        return refuse(s, REFUSED_SCOPE)
    s.at += 1
    return skip_inline(s) and end_of_line(s)


cdef inline bint scope_statement(Scan* s, Names& paths) noexcept nogil:
    """A `with scope(...)` block; the cursor is past `with`. What it binds is gone when it ends."""
    cdef string_view alias
    cdef const char* line
    cdef const char* margin = NULL
    cdef Py_ssize_t width = 0
    if not scope_head(s, &alias):
        return False
    while s.at < s.end:
        line = s.at
        while s.at < s.end and (s.at[0] == c' ' or s.at[0] == c'\t'):
            s.at += 1
        if s.at == s.end:
            break
        if s.at[0] == c'\n':
            s.at += 1
            continue
        if s.at[0] == c'#':
            skip_comment(s)
            continue
        if s.at == line:
            break
        if margin == NULL:
            margin = line
            width = s.at - line
        elif s.at - line != width or memcmp(margin, line, width) != 0:
            return refuse(s, REFUSED_INDENTATION)
        if at_string(s):
            if not strings(s, False, NULL):
                return False
        elif is_word(s.at, word_size(s), b"pass", 4):
            s.at += 4
        elif not scope_assignment(s, alias, paths):
            return False
        if not skip_inline(s) or not end_of_line(s):
            return False
    return margin != NULL or refuse(s, REFUSED_INDENTATION)


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
