# cython: language_level=3
"""The simple statements of a definition: which of them leave every field as it is written, and raise nothing.

    name = value          assignment         field or literal
    import os             import             a module that is there and does nothing, under a name that is no field's
"""

from libc.string cimport memcmp

from rezfast._definition cimport Draft
from rezfast._lex cimport (
    CHAR_BLANK, KIND_STRING, NOT_LITERAL, REFUSED_ATTRIBUTE, REFUSED_BRANCH, REFUSED_CLASS, REFUSED_FIELD,
    REFUSED_IMPORT, REFUSED_INDENTATION, REFUSED_NAME, REFUSED_STATEMENT, REFUSED_SYNTAX, REFUSED_TARGET, Scan,
    at_string, char_class, is_word, peek, peek_at, refuse, skip_between, skip_comment, skip_inline, skip_inside,
    strings, word_size,
)
from rezfast._rules cimport (
    field_of, is_branch, is_future_feature, is_generic_annotation, is_keyword, is_plain_annotation, is_reserved,
    is_reserved_word, is_standard_module, string_view,
)
from rezfast._scan cimport VIEW_SOURCE
from rezfast._source cimport source_attribute
from rezfast._values cimport field_value, literal


# How a simple statement ends.
cdef enum:
    STATEMENT_REFUSED
    STATEMENT_LINE
    STATEMENT_SEMICOLON


# ---- names ----------------------------------------------------------------------------------------------------

cdef inline size_t identifier(Scan* s) noexcept nogil:
    """Length of the name at the cursor, if a definition may bind it; a keyword is none."""
    cdef size_t size = word_size(s)
    if size == 0 or is_keyword(string_view(s.at, size)):
        refuse(s, REFUSED_SYNTAX)
        return 0
    return size


cdef inline bint bind(Scan* s, size_t size) noexcept nogil:
    """Notes that the definition binds the name at the cursor to something that is not a field's value."""
    cdef string_view name = string_view(s.at, size)
    if is_reserved(name) or field_of(name):
        return refuse(s, REFUSED_NAME)
    if is_plain_annotation(name):
        s.builtin_bound = True
    return True


cdef inline bint at_end(const Scan* s) noexcept nogil:
    """Whether a simple statement ends at the cursor."""
    return s.at == s.end or s.at[0] == c'\n' or s.at[0] == c'#' or s.at[0] == c';'


# ---- simple statements ----------------------------------------------------------------------------------------

cdef inline bint annotation(Scan* s, int depth) noexcept nogil:
    """`str`, `list[str]` and their like: evaluating them cannot raise while the names mean what they do."""
    cdef size_t size
    cdef bint generic
    if s.builtin_bound or depth > 5:
        return refuse(s, REFUSED_ATTRIBUTE)
    size = word_size(s)
    if not is_plain_annotation(string_view(s.at, size)):
        return refuse(s, REFUSED_ATTRIBUTE)
    generic = is_generic_annotation(string_view(s.at, size))
    s.at += size
    if not generic or peek(s) != c'[':
        return True
    s.at += 1
    while True:
        if not annotation(s, depth + 1) or not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            return True
        if s.at[0] != c',':
            return refuse(s, REFUSED_ATTRIBUTE)
        s.at += 1
        if not skip_inside(s):
            return False


cdef inline bint assignment(Scan* s, size_t size, Draft& out) noexcept nogil:
    """`name = value`, `name: type = value` or `name: type`; the cursor is on the name."""
    cdef string_view name = string_view(s.at, size)
    cdef int field = field_of(name)
    if not field and not bind(s, size):
        return False
    s.at += size
    if s.end - s.at > 3 and memcmp(s.at, b" = ", 3) == 0:  # nearly every one
        s.at += 1
    else:
        if not skip_inline(s):
            return False
        if peek(s) == c':':
            s.at += 1
            if not skip_inline(s) or not annotation(s, 0) or not skip_inline(s):
                return False
            if at_end(s):
                return True
        if peek(s) != c'=' or peek_at(s, 1) == c'=':
            return refuse(s, REFUSED_TARGET)
    s.at += 1
    if not skip_inline(s):
        return False
    if field:
        if not field_value(s, field, out):
            return False
        if s.at < s.end and s.at[0] == c'\n':
            return True
        return skip_inline(s) and (at_end(s) or refuse(s, REFUSED_FIELD))
    if s.view == VIEW_SOURCE:
        return source_attribute(s, name)
    return literal(s, False, 0) != NOT_LITERAL


cdef inline bint bind_import(Scan* s, size_t size, bint nothing) noexcept nogil:
    """Binds the name at the cursor. `nothing`: to None, even if rez gave the name a meaning, which it then loses."""
    if nothing and is_reserved_word(string_view(s.at, size)):
        s.reserved_bound = True
        return True
    return bind(s, size)


cdef inline bint bind_alias(Scan* s, const char* plain, size_t plain_size, bint inside, bint nothing) noexcept nogil:
    """Binds what follows `as`, or else the plain name before the cursor."""
    cdef size_t size
    cdef const char* at
    if not skip_between(s, inside):
        return False
    if is_word(s.at, word_size(s), b"as", 2):
        s.at += 2
        if not skip_between(s, inside):
            return False
        size = identifier(s)
        if not size or not bind_import(s, size, nothing):
            return False
        s.at += size
        return skip_between(s, inside)
    at = s.at
    s.at = plain
    if not bind_import(s, plain_size, nothing):
        return False
    s.at = at
    return True


cdef inline bint imported_names(Scan* s, bint inside, bint features) noexcept nogil:
    """`a, b as c`, of a module that has every name, or of Python's own features."""
    cdef size_t size
    cdef const char* name
    while True:
        name = s.at
        size = identifier(s)
        if not size:
            return False
        if features and not is_future_feature(string_view(name, size)):
            return refuse(s, REFUSED_IMPORT)
        s.at += size
        if not bind_alias(s, name, size, inside, not features):
            return False
        if peek(s) != c',':
            return True
        s.at += 1
        if not skip_between(s, inside):
            return False
        if inside and s.at[0] == c')':
            return True


cdef inline size_t dotted_name(Scan* s) noexcept nogil:
    """Length of `a.b.c` at the cursor, written without blanks; the cursor moves past it."""
    cdef const char* start = s.at
    cdef size_t size
    while True:
        size = identifier(s)
        if not size:
            return 0
        s.at += size
        if peek(s) != c'.':
            return s.at - start
        s.at += 1


cdef inline bint import_statement(Scan* s) noexcept nogil:
    """`import os, os.path as p`; the cursor is past `import`."""
    cdef const char* start
    cdef size_t size, first
    while True:
        if not skip_inline(s):
            return False
        start = s.at
        size = dotted_name(s)
        if not size:
            return False
        if not is_standard_module(string_view(start, size)):
            s.at = start
            return refuse(s, REFUSED_IMPORT)
        first = 0
        while first < size and start[first] != c'.':
            first += 1
        if not bind_alias(s, start, first, False, False):
            return False
        if peek(s) != c',':
            return True
        s.at += 1


cdef inline bint import_from(Scan* s) noexcept nogil:
    """`from rez.utils.lint_helper import ...`, which gives None for every name; the cursor is past `from`."""
    cdef const char* start
    cdef size_t size
    cdef bint features = False
    if not skip_inline(s):
        return False
    start = s.at
    size = dotted_name(s)
    if is_word(start, size, b"__future__", 10) and not s.features_closed:
        features = True
    elif not is_word(start, size, b"rez.utils.lint_helper", 21):
        s.at = start
        return refuse(s, REFUSED_IMPORT)
    s.features_closed = not features
    if not skip_inline(s) or not is_word(s.at, word_size(s), b"import", 6):
        return refuse(s, REFUSED_IMPORT)
    s.at += 6
    if not skip_inline(s):
        return False
    if peek(s) != c'(':
        return imported_names(s, False, features)
    s.at += 1
    if not skip_inside(s) or not imported_names(s, True, features):
        return False
    if s.at[0] != c')':
        return refuse(s, REFUSED_SYNTAX)
    s.at += 1
    return True


cdef inline int end_of_statement(Scan* s) noexcept nogil:
    """To a semicolon, or past the newline that ends the line. Returns which, or 0."""
    if s.at < s.end and s.at[0] == c'\n':
        s.at += 1
        return STATEMENT_LINE
    if not skip_inline(s):
        return STATEMENT_REFUSED
    if peek(s) == c';':
        return STATEMENT_SEMICOLON
    return end_of_line(s)


cdef inline int end_of_line(Scan* s) noexcept nogil:
    """Past a comment and the newline."""
    if s.at < s.end and s.at[0] == c'\n':
        s.at += 1
        return STATEMENT_LINE
    if peek(s) == c'#':
        skip_comment(s)
    if s.at < s.end:
        if s.at[0] != c'\n':
            refuse(s, REFUSED_ATTRIBUTE)
            return STATEMENT_REFUSED
        s.at += 1
    return STATEMENT_LINE


cdef inline bint skip_blank_lines(Scan* s) noexcept nogil:
    """From the start of a line to the first statement, which has to be at the margin, or to the end."""
    cdef const char* line
    while s.at < s.end:
        if s.at[0] > c'#':  # at the margin, and no comment
            return True
        while s.at < s.end and s.at[0] == c'\f':
            s.at += 1
        line = s.at
        while s.at < s.end and char_class(s.at) & CHAR_BLANK:
            s.at += 1
        if s.at == s.end:
            return True
        if s.at[0] == c'#':
            skip_comment(s)
        elif s.at[0] == c'\n':
            s.at += 1
        elif s.at != line:
            return refuse(s, REFUSED_INDENTATION)
        else:
            return True
    return True


cdef inline bint simple_statement(Scan* s, size_t size, Draft& out) noexcept nogil:
    """A statement that may share its line with others; it starts with a word of this size."""
    cdef int kind
    cdef bint first = not s.started
    s.started = True
    if field_of(string_view(s.at, size)):  # most statements
        s.features_closed = True
        return assignment(s, size, out)
    if at_string(s):
        kind = strings(s, False, NULL)
        # a docstring may come before `from __future__`
        s.features_closed = s.features_closed or not first or kind != KIND_STRING
        return kind != NOT_LITERAL
    if size == 0:
        return refuse(s, REFUSED_STATEMENT)
    if is_word(s.at, size, b"from", 4):
        s.at += size
        return import_from(s)
    s.features_closed = True
    if is_word(s.at, size, b"import", 6):
        s.at += size
        return import_statement(s)
    if is_word(s.at, size, b"pass", 4):
        s.at += size
        return True
    if is_branch(string_view(s.at, size)):
        return refuse(s, REFUSED_BRANCH)
    if is_word(s.at, size, b"class", 5):
        return refuse(s, REFUSED_CLASS)
    if is_keyword(string_view(s.at, size)):
        return refuse(s, REFUSED_STATEMENT)
    return assignment(s, size, out)


cdef inline bint simple_line(Scan* s, size_t size, Draft& out) noexcept nogil:
    """Simple statements up to the end of their line; the first starts with a word of this size."""
    cdef int ended
    while True:
        if not simple_statement(s, size, out):
            return False
        ended = end_of_statement(s)
        if ended != STATEMENT_SEMICOLON:
            return ended
        s.at += 1
        if not skip_inline(s):
            return False
        if s.at == s.end or s.at[0] == c'#' or s.at[0] == c'\n':
            return end_of_line(s)
        size = word_size(s)
