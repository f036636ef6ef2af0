# cython: language_level=3
"""Texts that are put together out of literals and of what `name` and `version` were set to.

    uuid = 'tool-{version}'.format(version=str(version))
    uuid = 'repository.%s' % name
    title = name + ' ' + version

Only that they are texts is found out, and that Python makes them without an error; which texts is nobody's concern.
No field may be made like this.
"""

from libcpp.string cimport string

from rezfast._lex cimport (
    CHAR_DIGIT, CHAR_WORD, KIND_STRING, NOT_LITERAL, REFUSED_ATTRIBUTE, REFUSED_NESTING, Scan, at_string, char_class,
    is_word, peek, peek_at, refuse, skip_between, skip_inside, strings, word_size,
)
from rezfast._rules cimport Names, has_name, is_keyword, string_view


cdef enum:
    MAX_TEXT_DEPTH = 5
    MAX_TEXTS = 32  # that one format takes


cdef inline bint at_text(const Scan* s) noexcept nogil:
    """Whether a text that is no literal may start at the cursor."""
    cdef size_t size = word_size(s)
    return is_word(s.at, size, b"name", 4) or is_word(s.at, size, b"version", 7) or is_word(s.at, size, b"str", 3)


cdef inline bint fits_format(const string& template, size_t count, const Names& keywords) noexcept nogil:
    """Whether `template.format` takes these: its fields are empty, a number or a name, and nothing more."""
    cdef const char* at = template.data()
    cdef const char* end = at + template.size()
    cdef const char* field
    cdef size_t index = 0, number
    cdef bint numbered = False
    while at < end:
        if at[0] != c'{' and at[0] != c'}':
            at += 1
            continue
        if end - at > 1 and at[1] == at[0]:
            at += 2
            continue
        if at[0] == c'}':
            return False
        at += 1
        field = at
        while at < end and char_class(at) & CHAR_WORD:
            at += 1
        if at == end or at[0] != c'}':
            return False
        if at == field:
            if numbered or index >= count:
                return False
            index += 1
        elif char_class(field) & CHAR_DIGIT:
            number = <size_t> (field[0] - c'0')
            if at - field > 1 or index or number >= count:
                return False
            numbered = True
        elif not has_name(keywords, string_view(field, at - field)):
            return False
        at += 1
    return True


cdef inline bint fits_percent(const string& template, size_t count) noexcept nogil:
    """Whether `template % texts` takes so many: it has a `%s` for each, and otherwise `%%` alone."""
    cdef const char* at = template.data()
    cdef const char* end = at + template.size()
    cdef size_t found = 0
    while at < end:
        if at[0] == c'%':
            at += 1
            if at == end:
                return False
            if at[0] == c's':
                found += 1
            elif at[0] != c'%':
                return False
        at += 1
    return found == count


cdef inline bint format_call(Scan* s, const string& template, int depth) noexcept nogil:
    """`.format(...)` of a template; the cursor is past the bracket."""
    cdef Names keywords
    cdef size_t count = 0, size
    cdef const char* name
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c')':
            s.at += 1
            return fits_format(template, count, keywords) or refuse(s, REFUSED_ATTRIBUTE)
        name = s.at
        size = word_size(s)
        s.at += size
        if size and not skip_inside(s):
            return False
        if size and s.at[0] == c'=':
            s.at += 1
            if is_keyword(string_view(name, size)) or has_name(keywords, string_view(name, size)):
                return refuse(s, REFUSED_ATTRIBUTE)
            keywords.push_back(string_view(name, size))
            if not skip_inside(s):
                return False
        elif keywords.size():
            return refuse(s, REFUSED_ATTRIBUTE)
        else:
            s.at = name
            count += 1
        if count + keywords.size() > MAX_TEXTS or not text(s, True, depth + 1) or not skip_inside(s):
            return refuse(s, REFUSED_ATTRIBUTE)
        if s.at[0] == c',':
            s.at += 1
        elif s.at[0] != c')':
            return refuse(s, REFUSED_ATTRIBUTE)


cdef inline bint percent_values(Scan* s, const string& template, bint inside, int depth) noexcept nogil:
    """What follows `%`: one text, or a tuple of them."""
    cdef string unused
    cdef size_t count = 0
    if not skip_between(s, inside):
        return False
    if peek(s) != c'(':
        return (text_operand(s, inside, depth + 1, False) == KIND_STRING and fits_percent(template, 1)) or refuse(
            s, REFUSED_ATTRIBUTE)
    s.at += 1
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c')' and count:
            s.at += 1
            return fits_percent(template, count) or refuse(s, REFUSED_ATTRIBUTE)
        if count == MAX_TEXTS or not text(s, True, depth + 1) or not skip_inside(s):
            return refuse(s, REFUSED_ATTRIBUTE)
        count += 1
        if s.at[0] == c',':
            s.at += 1
        elif s.at[0] != c')':
            return refuse(s, REFUSED_ATTRIBUTE)


cdef inline bint text_name(Scan* s, int depth) noexcept nogil:
    """`name`, `version`, or `str(...)` of a text."""
    cdef size_t size = word_size(s)
    if is_word(s.at, size, b"str", 3) and not s.builtin_bound and peek_at(s, 3) == c'(':
        s.at += 4
        if not skip_inside(s) or not text(s, True, depth + 1) or not skip_inside(s) or s.at[0] != c')':
            return refuse(s, REFUSED_ATTRIBUTE)
        s.at += 1
        return True
    if not (s.name_bound and is_word(s.at, size, b"name", 4)) and not (
            s.version_bound and is_word(s.at, size, b"version", 7)):
        return refuse(s, REFUSED_ATTRIBUTE)
    s.at += size
    return True


cdef inline int text_operand(Scan* s, bint inside, int depth, bint percent) noexcept nogil:
    """A string, formatted or not, or a name. Returns its kind. `percent`: `%` may follow and belongs to it."""
    cdef const char* start = s.at
    cdef string template
    cdef int kind
    if depth > MAX_TEXT_DEPTH:
        refuse(s, REFUSED_NESTING)
        return NOT_LITERAL
    if not at_string(s):
        return KIND_STRING if text_name(s, depth) else NOT_LITERAL
    kind = strings(s, inside, NULL)
    if kind != KIND_STRING:
        return kind
    if peek(s) == c'.' and s.end - s.at > 8 and is_word(s.at, 8, b".format(", 8):
        s.at = start
        if not strings(s, inside, &template):
            return NOT_LITERAL
        s.at += 8
        return KIND_STRING if format_call(s, template, depth) else NOT_LITERAL
    if percent and peek(s) == c'%':
        s.at = start
        if not strings(s, inside, &template):
            return NOT_LITERAL
        s.at += 1
        return KIND_STRING if percent_values(s, template, inside, depth) else NOT_LITERAL
    return KIND_STRING


cdef inline int text(Scan* s, bint inside, int depth) noexcept nogil:
    """A string, or a text that is put together; the cursor is where it starts. Returns its kind.

    The cursor ends on what follows, which the caller has to look at: it may go on with the expression.
    """
    cdef int kind = text_operand(s, inside, depth, True)
    while kind == KIND_STRING:
        if not skip_between(s, inside):
            return NOT_LITERAL
        if peek(s) != c'+':
            return kind
        s.at += 1
        if not skip_between(s, inside):
            return NOT_LITERAL
        if text_operand(s, inside, depth, True) != KIND_STRING:
            refuse(s, REFUSED_ATTRIBUTE)
            return NOT_LITERAL
    return kind
