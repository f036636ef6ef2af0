# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""Reads what a resolve needs out of a package definition, without running it.

One pass over the bytes, statement by statement; no tree is built.

    # -*- coding: utf-8 -*-          head       byte order mark, encoding, validity of the text
    name = 'foo'                     field   -> Definition.name
    requires = ['bar-1', 'baz']      field   -> Definition.requires
    tools = ['x']                    literal    checked, not kept
    with scope('config') as c:       scope      checked: it can only make `config`
        c.x.y = 1
    def commands():                  body       skipped: rez does not run it to know the fields
        env.PATH.append('{root}')
    if is_windows: ...               refused -> Refusal{reason, line}: Python has to run it

Only what is known to leave a field as it is written, and to raise nothing, is accepted. All the rest is
refused, and a refusal costs no more than time.

    installed view   a package in a repository: the directory gives name and version
    source view      what a build starts from: it must name itself, and has no preprocess function
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.errno cimport EINTR, EFBIG, errno
from libc.string cimport memchr, memcmp, memcpy
from libcpp cimport bool as cbool
from libcpp.string cimport string
from libcpp.utility cimport move
from libcpp.vector cimport vector

from rezfast._lex cimport (
    CHAR_BLANK, CHAR_DIGIT, CHAR_WORD, KIND_BOOL, KIND_BYTES, KIND_DICT, KIND_LIST, KIND_NONE, KIND_NUMBER, KIND_SET,
    KIND_STRING, KIND_TUPLE, MAX_LITERAL_DEPTH, NOT_LITERAL, REASON_COUNT, REFUSED_ATTRIBUTE, REFUSED_BRANCH,
    REFUSED_CLASS, REFUSED_DECORATOR, REFUSED_ENCODING, REFUSED_FIELD, REFUSED_FUNCTION, REFUSED_IMPORT,
    REFUSED_INDENTATION, REFUSED_MISSING_NAME, REFUSED_NAME, REFUSED_NESTING, REFUSED_PREPROCESS, REFUSED_SCOPE,
    REFUSED_SIGNATURE, REFUSED_STATEMENT, REFUSED_STRING, REFUSED_SYNTAX, REFUSED_TARGET, REFUSED_VALUE, Scan,
    at_string, char_class, is_word, number, peek, peek_at, refuse, skip_between, skip_block, skip_comment,
    skip_inline, skip_inside, skip_logical_line, strings, word_size,
)

import os


from rezfast._rules cimport (
    FIELD_BUILD_REQUIRES, FIELD_HASHED_VARIANTS, FIELD_NAME, FIELD_NONE, FIELD_PRIVATE_BUILD_REQUIRES, FIELD_REQUIRES,
    FIELD_TIMESTAMP, FIELD_VARIANTS, FIELD_VERSION, Names, field_of, has_name, has_prefix_path, is_ascii, is_branch,
    is_generic_annotation, is_keyword, is_plain_annotation, is_reserved, is_rex_function, is_scope_attribute,
    is_standard_module, is_utf8, normalise_newlines, string_view,
)


cdef extern from "<fcntl.h>" nogil:
    int c_open "open"(const char*, int)
    int O_RDONLY, O_CLOEXEC, O_NOCTTY, O_NONBLOCK

cdef extern from "<unistd.h>" nogil:
    Py_ssize_t c_read "read"(int, void*, size_t)
    int c_close "close"(int)


# In the order of `Reason` in _lex.pxd.
REASONS = (
    "accepted", "encoding", "syntax", "indentation", "string", "nesting", "dynamic-field", "invalid-value",
    "dynamic-attribute", "field-function", "signature", "decorator", "assignment", "reserved-name", "import", "scope",
    "branch", "class", "statement", "preprocess", "missing-name",
)

cdef enum:
    FIRST_READ = 65536  # a definition smaller than this takes three system calls
    MAX_FILE = 64 << 20
    MAX_SCOPE_NAMES = 256
    MAX_PARAMETERS = 32


# ---- values ---------------------------------------------------------------------------------------------------

cdef int literal(Scan* s, bint inside, int depth) noexcept nogil:
    """A value built of literals alone, checked and dropped. Returns its kind."""
    cdef char c
    cdef size_t size
    cdef const char* word
    if s.at == s.end:
        refuse(s, REFUSED_SYNTAX)
        return NOT_LITERAL
    if depth > MAX_LITERAL_DEPTH:
        refuse(s, REFUSED_NESTING)
        return NOT_LITERAL
    if at_string(s):
        return strings(s, inside, NULL)
    c = s.at[0]
    if c == c'[' or c == c'(':
        return sequence(s, depth)
    if c == c'{':
        return mapping(s, depth)
    if c == c'-' or c == c'+':
        s.at += 1
        if not skip_between(s, inside):
            return NOT_LITERAL
        c = peek(s)
    elif c == c'.' and peek_at(s, 1) == c'.' and peek_at(s, 2) == c'.':
        s.at += 3
        return KIND_NONE
    else:
        size = word_size(s)
        if size:
            word = s.at
            if is_word(word, size, b"True", 4) or is_word(word, size, b"False", 5):
                s.at += size
                return KIND_BOOL
            if is_word(word, size, b"None", 4):
                s.at += size
                return KIND_NONE
    if s.at < s.end and (char_class(s.at) & CHAR_DIGIT or (
            c == c'.' and s.end - s.at > 1 and char_class(s.at + 1) & CHAR_DIGIT)):
        return KIND_NUMBER if number(s) else NOT_LITERAL
    refuse(s, REFUSED_ATTRIBUTE)
    return NOT_LITERAL


cdef int sequence(Scan* s, int depth) noexcept nogil:
    """A list, a tuple or a value in parentheses; the cursor is on the bracket."""
    cdef bint is_list = s.at[0] == c'['
    cdef char closing = c']' if is_list else c')'
    cdef Py_ssize_t count = 0
    cdef bint comma = False
    cdef int kind = NOT_LITERAL
    s.at += 1
    while True:
        if not skip_inside(s):
            return NOT_LITERAL
        if s.at[0] == closing:
            s.at += 1
            if is_list:
                return KIND_LIST
            return kind if count == 1 and not comma else KIND_TUPLE
        if count and not comma:
            refuse(s, REFUSED_ATTRIBUTE)
            return NOT_LITERAL
        kind = literal(s, True, depth + 1)
        if not kind or not skip_inside(s):
            return NOT_LITERAL
        count += 1
        comma = s.at[0] == c','
        if comma:
            s.at += 1


cdef int mapping(Scan* s, int depth) noexcept nogil:
    """A dict or a set, with keys that can be hashed; the cursor is on the brace."""
    cdef Py_ssize_t count = 0
    cdef bint comma = False, is_dict = True
    cdef int kind
    s.at += 1
    while True:
        if not skip_inside(s):
            return NOT_LITERAL
        if s.at[0] == c'}':
            s.at += 1
            return KIND_DICT if is_dict else KIND_SET
        if count and not comma:
            refuse(s, REFUSED_ATTRIBUTE)
            return NOT_LITERAL
        kind = literal(s, True, depth + 1)
        if not kind or not skip_inside(s):
            return NOT_LITERAL
        if kind >= KIND_LIST:  # a tuple may hold a list, which has no hash
            refuse(s, REFUSED_ATTRIBUTE)
            return NOT_LITERAL
        if count == 0:
            is_dict = s.at[0] == c':'
        if is_dict:
            if s.at[0] != c':':
                refuse(s, REFUSED_ATTRIBUTE)
                return NOT_LITERAL
            s.at += 1
            if not skip_inside(s) or not literal(s, True, depth + 1) or not skip_inside(s):
                return NOT_LITERAL
        count += 1
        comma = s.at[0] == c','
        if comma:
            s.at += 1


# ---- fields ---------------------------------------------------------------------------------------------------

cdef bint is_request(const string& text) noexcept nogil:
    """Whether rez takes the text as a request, as far as its characters tell."""
    cdef size_t i
    cdef unsigned char c
    if text.size() == 0:
        return False
    for i in range(text.size()):
        c = <unsigned char> text[i]
        if c <= c' ' or c >= 0x7F or c == c'*':
            return False
    return True


cdef bint field_string(Scan* s, bint inside, string& out) noexcept nogil:
    if not at_string(s):
        return refuse(s, REFUSED_FIELD)
    if strings(s, inside, &out) != KIND_STRING:
        return refuse(s, REFUSED_FIELD)
    return True


cdef bint field_requests(Scan* s, vector[string]& out) noexcept nogil:
    """A list of requests; the cursor is where the list has to start. rez takes no tuple here."""
    cdef bint comma = True
    cdef const char* start
    out.clear()
    if peek(s) != c'[':
        return refuse(s, REFUSED_FIELD)
    s.at += 1
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            return True
        if not comma:
            return refuse(s, REFUSED_FIELD)
        start = s.at
        out.emplace_back()
        if not field_string(s, True, out.back()):
            return False
        if not is_request(out.back()):
            s.at = start
            return refuse(s, REFUSED_VALUE)
        comma = peek(s) == c','
        if comma:
            s.at += 1
        elif peek(s) != c']':
            return refuse(s, REFUSED_FIELD)


cdef bint field_variants(Scan* s, vector[vector[string]]& out) noexcept nogil:
    cdef bint comma = True
    out.clear()
    if peek(s) != c'[':
        return refuse(s, REFUSED_FIELD)
    s.at += 1
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            return True
        if not comma:
            return refuse(s, REFUSED_FIELD)
        out.emplace_back()
        if not field_requests(s, out.back()) or not skip_inside(s):
            return False
        comma = s.at[0] == c','
        if comma:
            s.at += 1


cdef bint field_timestamp(Scan* s, Definition& out) noexcept nogil:
    """A plain decimal number that a 64 bit integer holds."""
    cdef long long value = 0
    cdef const char* start = s.at
    while s.at < s.end and char_class(s.at) & CHAR_DIGIT:
        if s.at - start == 18:
            return refuse(s, REFUSED_FIELD)
        value = value * 10 + (s.at[0] - c'0')
        s.at += 1
    if s.at == start or (start[0] == c'0' and s.at - start > 1):
        return refuse(s, REFUSED_FIELD)
    if s.at < s.end and (char_class(s.at) & CHAR_WORD or s.at[0] == c'.'):
        return refuse(s, REFUSED_FIELD)
    out.timestamp = value
    return True


cdef bint field_value(Scan* s, int field, Definition& out) noexcept nogil:
    """The value of a field, which has to be a literal of the type that rez's schema wants."""
    cdef size_t size
    if field == FIELD_REQUIRES:
        out.has_requires = True
        return field_requests(s, out.requires)
    if field == FIELD_VARIANTS:
        out.has_variants = True
        return field_variants(s, out.variants)
    if field == FIELD_BUILD_REQUIRES:
        out.has_build_requires = True
        return field_requests(s, out.build_requires)
    if field == FIELD_PRIVATE_BUILD_REQUIRES:
        out.has_private_build_requires = True
        return field_requests(s, out.private_build_requires)
    if field == FIELD_TIMESTAMP:
        out.has_timestamp = True
        return field_timestamp(s, out)
    if field == FIELD_HASHED_VARIANTS:
        out.has_hashed_variants = True
        size = word_size(s)
        out.hashed_variants = is_word(s.at, size, b"True", 4)
        if not out.hashed_variants and not is_word(s.at, size, b"False", 5):
            return refuse(s, REFUSED_FIELD)
        s.at += size
        return True
    if field == FIELD_NAME:
        out.has_name = True
        out.name.clear()
        return field_string(s, False, out.name) and (is_request(out.name) or refuse(s, REFUSED_VALUE))
    out.has_version = True
    out.version.clear()
    return field_string(s, False, out.version) and (is_request(out.version) or refuse(s, REFUSED_VALUE))


# ---- names ----------------------------------------------------------------------------------------------------

cdef size_t identifier(Scan* s) noexcept nogil:
    """Length of the name at the cursor, if a definition may bind it; a keyword is none."""
    cdef size_t size = word_size(s)
    if size == 0 or is_keyword(string_view(s.at, size)):
        refuse(s, REFUSED_SYNTAX)
        return 0
    return size


cdef bint bind(Scan* s, size_t size) noexcept nogil:
    """Notes that the definition binds the name at the cursor to something that is not a field's value."""
    cdef string_view name = string_view(s.at, size)
    if is_reserved(name) or field_of(name):
        return refuse(s, REFUSED_NAME)
    if is_plain_annotation(name):
        s.builtin_bound = True
    return True


# ---- statements -----------------------------------------------------------------------------------------------

cdef bint annotation(Scan* s, int depth) noexcept nogil:
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


cdef bint assignment(Scan* s, size_t size, Definition& out) noexcept nogil:
    """`name = value`, `name: type = value` or `name: type`; the cursor is on the name."""
    cdef int field = field_of(string_view(s.at, size))
    if not field and not bind(s, size):
        return False
    s.at += size
    if not skip_inline(s):
        return False
    if peek(s) == c':':
        s.at += 1
        if not skip_inline(s) or not annotation(s, 0) or not skip_inline(s):
            return False
        if s.at == s.end or s.at[0] == c'\n' or s.at[0] == c'#' or s.at[0] == c';':
            return True
    if peek(s) != c'=' or peek_at(s, 1) == c'=':
        return refuse(s, REFUSED_TARGET)
    s.at += 1
    if not skip_inline(s):
        return False
    if field:
        return field_value(s, field, out)
    return literal(s, False, 0) != NOT_LITERAL


cdef bint bind_alias(Scan* s, const char* plain, size_t plain_size, bint inside) noexcept nogil:
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
        if not size or not bind(s, size):
            return False
        s.at += size
        return skip_between(s, inside)
    at = s.at
    s.at = plain
    if not bind(s, plain_size):
        return False
    s.at = at
    return True


cdef bint imported_names(Scan* s, bint inside) noexcept nogil:
    """`a, b as c`, of a module that has every name."""
    cdef size_t size
    cdef const char* name
    while True:
        name = s.at
        size = identifier(s)
        if not size:
            return False
        s.at += size
        if not bind_alias(s, name, size, inside):
            return False
        if peek(s) != c',':
            return True
        s.at += 1
        if not skip_between(s, inside):
            return False
        if inside and s.at[0] == c')':
            return True


cdef size_t dotted_name(Scan* s) noexcept nogil:
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


cdef bint import_statement(Scan* s) noexcept nogil:
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
        if not bind_alias(s, start, first, False):
            return False
        if peek(s) != c',':
            return True
        s.at += 1


cdef bint import_from(Scan* s) noexcept nogil:
    """`from rez.utils.lint_helper import ...`, which gives None for every name; the cursor is past `from`."""
    cdef const char* start
    cdef size_t size
    if not skip_inline(s):
        return False
    start = s.at
    size = dotted_name(s)
    if not is_word(start, size, b"rez.utils.lint_helper", 21):
        s.at = start
        return refuse(s, REFUSED_IMPORT)
    if not skip_inline(s) or not is_word(s.at, word_size(s), b"import", 6):
        return refuse(s, REFUSED_IMPORT)
    s.at += 6
    if not skip_inline(s):
        return False
    if peek(s) != c'(':
        return imported_names(s, False)
    s.at += 1
    if not skip_inside(s) or not imported_names(s, True):
        return False
    if s.at[0] != c')':
        return refuse(s, REFUSED_SYNTAX)
    s.at += 1
    return True


cdef bint end_of_statement(Scan* s) noexcept nogil:
    """To a semicolon, or past the newline that ends the statement."""
    if not skip_inline(s):
        return False
    if s.at == s.end:
        return True
    if s.at[0] == c'#':
        skip_comment(s)
        if s.at == s.end:
            return True
    if s.at[0] == c'\n':
        s.at += 1
        return True
    return s.at[0] == c';' or refuse(s, REFUSED_ATTRIBUTE)


cdef bint parameters(Scan* s) noexcept nogil:
    """`(a, b=None, *args, **kwargs)`: distinct names, and defaults that are literals."""
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
            return stars < 2 or seen > 0
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


cdef bint function(Scan* s, bint late) noexcept nogil:
    """A function, whose body is not run; the cursor is past `def`."""
    cdef size_t size
    if not skip_inline(s):
        return False
    size = identifier(s)
    if not size:
        return False
    if field_of(string_view(s.at, size)):
        return refuse(s, REFUSED_FUNCTION)
    if late and is_rex_function(string_view(s.at, size)):
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


cdef bint function_keyword(Scan* s, bint late) noexcept nogil:
    """`def ...` or `async def ...`, the cursor on the first word."""
    if is_word(s.at, word_size(s), b"async", 5):
        s.at += 5
        if not skip_inline(s):
            return False
    if not is_word(s.at, word_size(s), b"def", 3):
        return refuse(s, REFUSED_DECORATOR)
    s.at += 3
    return function(s, late)


cdef bint decorated(Scan* s) noexcept nogil:
    """`@late()` and `@include('module')` before a function; the cursor is on the at sign."""
    cdef bint late = False
    cdef bint comma
    while peek(s) == c'@':
        s.at += 1
        if not skip_inline(s):
            return False
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
        if not end_of_statement(s):
            return False
        if peek(s) == c';':
            return refuse(s, REFUSED_SYNTAX)
        if not skip_blank_lines(s):
            return False
    return function_keyword(s, late)


cdef bint skip_blank_lines(Scan* s) noexcept nogil:
    """From the start of a line to the first statement, which has to be at the margin, or to the end."""
    cdef const char* line
    while s.at < s.end:
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


# ---- with scope("config") as c: -------------------------------------------------------------------------------

cdef bint scope_assignment(Scan* s, string_view alias, Names& paths) noexcept nogil:
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
            if is_scope_attribute(string_view(s.at, attribute)):
                return refuse(s, REFUSED_SCOPE)
            s.at += attribute
        size = s.at - path
    else:
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
    return skip_inline(s) and literal(s, False, 0) != NOT_LITERAL and end_of_statement(s)


cdef bint scope_head(Scan* s, string_view* alias) noexcept nogil:
    """`scope("config") as c:`; the cursor is past `with`."""
    cdef size_t size
    cdef char quote
    if not skip_inline(s) or not is_word(s.at, word_size(s), b"scope", 5):
        return refuse(s, REFUSED_SCOPE)
    s.at += 5
    quote = peek_at(s, 1)
    if peek(s) != c'(' or (quote != c'"' and quote != c'\''):
        return refuse(s, REFUSED_SCOPE)
    s.at += 2
    size = word_size(s)
    if size == 0 or not bind(s, size):
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
    if not end_of_statement(s):
        return False
    return peek(s) != c';' or refuse(s, REFUSED_SYNTAX)


cdef bint scope_statement(Scan* s, Names& paths) noexcept nogil:
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
            if not strings(s, False, NULL) or not end_of_statement(s):
                return False
        elif is_word(s.at, word_size(s), b"pass", 4):
            s.at += 4
            if not end_of_statement(s):
                return False
        elif not scope_assignment(s, alias, paths):
            return False
        if peek_before(s) != c'\n' and s.at < s.end:
            return refuse(s, REFUSED_SCOPE)
    return margin != NULL or refuse(s, REFUSED_INDENTATION)


cdef inline char peek_before(const Scan* s) noexcept nogil:
    return (s.at - 1)[0] if s.at > s.begin else 0


# ---- the module -----------------------------------------------------------------------------------------------

cdef bint simple_statement(Scan* s, Definition& out) noexcept nogil:
    """A statement that may share its line with others."""
    cdef size_t size
    if at_string(s):
        return strings(s, False, NULL) != NOT_LITERAL
    size = word_size(s)
    if size == 0:
        return refuse(s, REFUSED_STATEMENT)
    if is_word(s.at, size, b"import", 6):
        s.at += size
        return import_statement(s)
    if is_word(s.at, size, b"from", 4):
        s.at += size
        return import_from(s)
    if is_word(s.at, size, b"pass", 4):
        s.at += size
        return True
    if is_branch(string_view(s.at, size)) and peek_at(s, size) != c'=' and not is_word(s.at, size, b"match", 5):
        return refuse(s, REFUSED_BRANCH)
    if is_word(s.at, size, b"class", 5):
        return refuse(s, REFUSED_CLASS)
    if is_keyword(string_view(s.at, size)):
        return refuse(s, REFUSED_STATEMENT)
    return assignment(s, size, out)


cdef bint module(Scan* s, Definition& out) noexcept nogil:
    """Every statement of the definition."""
    cdef Names paths
    cdef size_t size
    cdef bint ok
    while True:
        if not skip_blank_lines(s):
            return False
        if s.at == s.end:
            return True
        size = word_size(s)
        if s.at[0] == c'@':
            ok = decorated(s)
        elif is_word(s.at, size, b"def", 3) or is_word(s.at, size, b"async", 5):
            ok = function_keyword(s, False)
        elif is_word(s.at, size, b"with", 4):
            s.at += size
            ok = scope_statement(s, paths)
        else:
            ok = simple_line(s, out)
        if not ok:
            return refuse(s, REFUSED_STATEMENT)


cdef bint simple_line(Scan* s, Definition& out) noexcept nogil:
    """Simple statements up to the end of their line."""
    while True:
        if not simple_statement(s, out) or not end_of_statement(s):
            return False
        if s.at == s.end or s.at[0] != c';':
            return True
        s.at += 1
        if not skip_inline(s):
            return False
        if s.at == s.end or s.at[0] == c'#' or s.at[0] == c'\n':
            return end_of_statement(s)


# ---- the head -------------------------------------------------------------------------------------------------

cdef bint coding_line(Scan* s, const char* at, const char* end, bint marked) noexcept nogil:
    """Whether a line of the first two leaves the encoding UTF-8. `marked`: a byte order mark came first."""
    cdef const char* word
    cdef size_t size
    at = <const char*> memchr(at, c'#', end - at)
    while at != NULL and end - at > 7:
        at = <const char*> memchr(at + 1, c'c', end - at - 1)
        if at == NULL or end - at < 7:
            return True
        if memcmp(at, b"coding", 6) != 0 or (at[6] != c':' and at[6] != c'='):
            continue
        word = at + 7
        while word < end and (word[0] == c' ' or word[0] == c'\t'):
            word += 1
        size = 0
        while word + size < end and (char_class(word + size) & CHAR_WORD or word[size] == c'-' or word[size] == c'.'):
            size += 1
        if size == 0:
            continue
        if is_word(word, size, b"utf-8", 5) or (not marked and (
                is_word(word, size, b"UTF-8", 5) or is_word(word, size, b"utf8", 4) or is_word(word, size, b"UTF8", 4)
                or is_word(word, size, b"utf_8", 5))):
            return True
        s.at = at
        return refuse(s, REFUSED_ENCODING)
    return True


cdef bint head(Scan* s) noexcept nogil:
    """Byte order mark and coding lines. Only UTF-8 is read here."""
    cdef bint marked = s.end - s.at >= 3 and memcmp(s.at, b"\xef\xbb\xbf", 3) == 0
    cdef const char* line
    cdef const char* line_end
    cdef int i
    if marked:
        s.at += 3
    line = s.at
    for i in range(2):
        line_end = <const char*> memchr(line, c'\n', s.end - line)
        if not coding_line(s, line, line_end if line_end != NULL else s.end, marked):
            return False
        if line_end == NULL:
            return True
        line = line_end + 1
    return True


cdef int line_of(const char* begin, const char* at) noexcept nogil:
    cdef int line = 1
    while True:
        begin = <const char*> memchr(begin, c'\n', at - begin)
        if begin == NULL:
            return line
        line += 1
        begin += 1


cdef bint scan_definition(
    const char* data, size_t size, int view, Definition& out, Refusal& refusal
) noexcept nogil:
    """Reads one definition. False: `refusal` says why and where, and `out` is of no use."""
    cdef string normal
    cdef Scan s
    cdef cbool nul = False
    cdef bint ascii
    if size and memchr(data, c'\r', size) != NULL:
        normalise_newlines(data, size, normal)
        data = normal.data()
        size = normal.size()
    s.begin = s.at = data
    s.end = data + size
    s.view = view
    ascii = is_ascii(data, size, nul)
    if nul or not (ascii or is_utf8(data, size)):
        refuse(&s, REFUSED_ENCODING)
    elif head(&s) and module(&s, out):
        if view != VIEW_SOURCE or out.has_name:
            return True
        s.at = s.begin
        refuse(&s, REFUSED_MISSING_NAME)
    refusal.reason = s.reason
    refusal.line = line_of(s.begin, s.where)
    return False


cdef int scan_file(
    const char* path, int view, string& buffer, Definition& out, Refusal& refusal
) noexcept nogil:
    """Reads one file with open, read and close. 1: accepted, 0: refused, else minus the error's number.

    `buffer` is scratch space that the next call may use again.
    """
    cdef size_t used = 0
    cdef Py_ssize_t got
    cdef int error = 0
    cdef int handle
    # without O_NONBLOCK a named pipe would hang here
    handle = c_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    while handle < 0 and errno == EINTR:
        handle = c_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    if handle < 0:
        return -errno
    if buffer.size() < FIRST_READ:
        buffer.resize(FIRST_READ)
    while True:
        got = c_read(handle, &buffer[used], buffer.size() - used)
        if got < 0:
            if errno == EINTR:
                continue
            error = errno
            break
        used += got
        if used < buffer.size():  # a short read is the end of a regular file
            break
        if used >= MAX_FILE:
            error = EFBIG
            break
        buffer.resize(buffer.size() * 4)
    c_close(handle)
    if error:
        return -error
    return scan_definition(buffer.data(), used, view, out, refusal)


# ---- Python ---------------------------------------------------------------------------------------------------

cdef list texts(const vector[string]& values):
    cdef list result = []
    cdef size_t i
    for i in range(values.size()):
        result.append(values[i].decode("utf-8"))
    return result


cdef void set_texts(object values, vector[string]& out) except *:
    cdef object value
    out.clear()
    for value in values:
        out.push_back((<str?> value).encode("utf-8"))


cdef class Scanned:
    """What a resolve reads of a package definition. Immutable.

    Every attribute is None when the definition does not have it.
    """

    @property
    def name(self):
        return self.definition.name.decode("utf-8") if self.definition.has_name else None

    @property
    def version(self):
        return self.definition.version.decode("utf-8") if self.definition.has_version else None

    @property
    def requires(self):
        return texts(self.definition.requires) if self.definition.has_requires else None

    @property
    def build_requires(self):
        return texts(self.definition.build_requires) if self.definition.has_build_requires else None

    @property
    def private_build_requires(self):
        return texts(self.definition.private_build_requires) if self.definition.has_private_build_requires else None

    @property
    def variants(self):
        cdef size_t i
        if not self.definition.has_variants:
            return None
        return [texts(self.definition.variants[i]) for i in range(self.definition.variants.size())]

    @property
    def timestamp(self):
        return self.definition.timestamp if self.definition.has_timestamp else None

    @property
    def hashed_variants(self):
        return bool(self.definition.hashed_variants) if self.definition.has_hashed_variants else None

    @classmethod
    def from_fields(cls, *, name=None, version=None, requires=None, variants=None, build_requires=None,
                    private_build_requires=None, timestamp=None, hashed_variants=None, late=None):
        cdef Scanned self = Scanned.__new__(Scanned)
        cdef Definition* d = &self.definition
        cdef object variant
        if name is not None:
            d.has_name = True
            d.name = (<str?> name).encode("utf-8")
        if version is not None:
            d.has_version = True
            d.version = (<str?> version).encode("utf-8")
        if requires is not None:
            d.has_requires = True
            set_texts(requires, d.requires)
        if build_requires is not None:
            d.has_build_requires = True
            set_texts(build_requires, d.build_requires)
        if private_build_requires is not None:
            d.has_private_build_requires = True
            set_texts(private_build_requires, d.private_build_requires)
        if variants is not None:
            d.has_variants = True
            for variant in variants:
                d.variants.emplace_back()
                set_texts(variant, d.variants.back())
        if timestamp is not None:
            d.has_timestamp = True
            d.timestamp = timestamp
        if hashed_variants is not None:
            d.has_hashed_variants = True
            d.hashed_variants = hashed_variants
        self.late = late
        return self

    def __repr__(self):
        fields = ("name", "version", "requires", "variants", "build_requires", "private_build_requires", "timestamp",
                  "hashed_variants", "late")
        values = ((field, getattr(self, field)) for field in fields)
        return f"Scanned({', '.join(f'{k}={v!r}' for k, v in values if v is not None)})"


cdef class Refused:
    """A definition that Python has to run. False in a condition.

    Attributes:
        reason: One of `REASONS`.
        line: Line of the first thing that could not be proven, from 1.
    """

    def __bool__(self):
        return False

    def __repr__(self):
        return f"Refused(reason={self.reason!r}, line={self.line})"


cdef Refused make_refused(const Refusal& refusal):
    cdef Refused result = Refused.__new__(Refused)
    result.reason = REASONS[refusal.reason]
    result.line = refusal.line
    return result


cdef int view_of(str view) except -1:
    if view == "installed":
        return VIEW_INSTALLED
    if view == "source":
        return VIEW_SOURCE
    raise ValueError(f"view is {view!r}: use 'installed' or 'source'")


def scan(source, view="installed"):
    cdef bytes data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else bytes(source)
    cdef int which = view_of(view)
    cdef Scanned scanned = Scanned.__new__(Scanned)
    cdef Refusal refusal
    cdef const char* text = PyBytes_AS_STRING(data)
    cdef size_t size = PyBytes_GET_SIZE(data)
    cdef bint accepted
    with nogil:
        accepted = scan_definition(text, size, which, scanned.definition, refusal)
    return scanned if accepted else make_refused(refusal)


cdef void scan_files(
    const vector[string]& paths, int view, vector[Definition]& definitions, vector[Refusal]& refusals,
    vector[int]& outcomes
) noexcept nogil:
    """Every file in turn. Each index is written by one call only, so that a pool may share the work."""
    cdef string buffer
    cdef size_t i
    for i in range(paths.size()):
        outcomes[i] = scan_file(paths[i].c_str(), view, buffer, definitions[i], refusals[i])


def load_files(paths, view="installed"):
    cdef int which = view_of(view)
    cdef vector[string] names
    cdef vector[Definition] definitions
    cdef vector[Refusal] refusals
    cdef vector[int] outcomes
    cdef list result = []
    cdef Scanned scanned
    cdef size_t i
    for path in paths:
        names.push_back(os.fsencode(path))
    definitions.resize(names.size())
    refusals.resize(names.size())
    outcomes.resize(names.size())
    with nogil:
        scan_files(names, which, definitions, refusals, outcomes)
    for i in range(names.size()):
        if outcomes[i] > 0:
            scanned = Scanned.__new__(Scanned)
            scanned.definition = move(definitions[i])
            result.append(scanned)
        elif outcomes[i] == 0:
            result.append(make_refused(refusals[i]))
        else:
            result.append(OSError(-outcomes[i], os.strerror(-outcomes[i]), os.fsdecode(names[i])))
    return result
