# cython: language_level=3
"""Code that is not run: where the body of a function ends.

    def commands():
        env.PATH.append('{root}/bin')     from stop to stop (see _masks.pxd): brackets, strings, comments, newlines
        if system.platform == 'linux':    a newline outside of brackets: is the next line indented?
            ...
    tools = ['a']                         no: the body has ended

Indentation, brackets and strings count; whether the rest is Python does not.
"""

from libc.string cimport memchr

from rezfast._lex cimport (
    MAX_BRACKETS, REFUSED_INDENTATION, REFUSED_NESTING, REFUSED_STRING, REFUSED_SYNTAX, Scan, past_spaces,
    peek_at, refuse, skip_comment,
)
from rezfast._masks cimport Stops, indentation


cdef enum Line:
    LINE_REFUSED
    LINE_CODE
    LINE_END


cdef inline bint format_is_plain(const char* at, const char* end, char quote) noexcept nogil:
    """Whether the text of an f-string ends at the same quote by the rules before and after Python 3.12.

    From 3.12 on a replacement field may hold any quote. The two rules agree when the field is closed by the
    time the old rule sees the end.
    """
    cdef int depth = 0
    cdef char c
    while at < end:
        c = at[0]
        if depth == 0:
            if (c == c'{' or c == c'}') and end - at > 1 and at[1] == c:
                at += 1
            elif c == c'{':
                depth = 1
            elif c == c'}':
                return False
            elif c == c'\\':
                if end - at > 1 and (at[1] == c'{' or at[1] == c'}'):
                    return False
                at += 1
        elif c == c'{':
            depth += 1
        elif c == c'}':
            depth -= 1
        elif c == c'\\' or c == c'#' or c == quote:
            return False
        elif c == c'\'' or c == c'"':
            at = <const char*> memchr(at + 1, c, end - at - 1)
            if at == NULL:
                return False
        at += 1
    return depth == 0


cdef inline bint is_formatted(const Scan* s) noexcept nogil:
    """Whether the quote at the cursor has the prefix of an f-string or a t-string."""
    cdef char c = s.at[-1] | 0x20 if s.at > s.begin else 0
    if c == c'r' and s.at - s.begin > 1:
        c = s.at[-2] | 0x20
    return c == c'f' or c == c't'


cdef inline bint skip_string(Scan* s, Stops& stops) noexcept nogil:
    """Over a string; the cursor is on its first quote, and so is the last stop."""
    cdef char quote = s.at[0]
    cdef char c
    cdef bint triple = peek_at(s, 1) == quote and peek_at(s, 2) == quote
    cdef bint formatted = is_formatted(s)
    cdef const char* start = s.at + (3 if triple else 1)
    stops.move(start)
    while True:
        s.at = stops.next()
        if s.at == s.end:
            return refuse(s, REFUSED_SYNTAX)
        c = s.at[0]
        if c == quote:
            if not triple:
                break
            if peek_at(s, 1) == quote and peek_at(s, 2) == quote:
                break
        elif c == c'\\':
            if s.end - s.at < 2:
                return refuse(s, REFUSED_SYNTAX)
            stops.move(s.at + 2)
            continue
        elif c == c'\n' and not triple:
            return refuse(s, REFUSED_SYNTAX)
        stops.drop()
    if formatted and not format_is_plain(start, s.at, quote):
        return refuse(s, REFUSED_STRING)
    if triple:
        stops.move(s.at + 3)
    else:
        stops.drop()
    return True


cdef inline int start_line(Scan* s, Py_ssize_t* width) noexcept nogil:
    """From the start of a line to the next code of the body, or to the line that is not of it.

    `width` is the indentation of the body's first line, 0 before it is known.
    """
    cdef const char* line
    while s.at < s.end:
        line = s.at
        while line < s.end and line[0] == c'\f':  # a form feed starts the column afresh
            line += 1
        s.at = past_spaces(line, s.end)
        if s.at == s.end:
            break
        if s.at[0] == c'\n':
            s.at += 1
        elif s.at[0] == c'#':
            skip_comment(s)
        elif s.at[0] == c'\f' or s.at[0] == c'\\':
            refuse(s, REFUSED_INDENTATION)
            return LINE_REFUSED
        elif s.at == line:
            break
        elif s.at - line < width[0]:
            refuse(s, REFUSED_INDENTATION)
            return LINE_REFUSED
        else:
            width[0] = width[0] or s.at - line
            return LINE_CODE
    if not width[0]:
        refuse(s, REFUSED_INDENTATION)
        return LINE_REFUSED
    return LINE_END


cdef inline int next_line(Scan* s, Stops& stops, Py_ssize_t* width) noexcept nogil:
    """`start_line` after the newline at the cursor, which is the last stop."""
    cdef int blanks = indentation(s.at + 1, s.end)
    cdef int kind
    cdef char c
    if blanks >= width[0] and blanks < 16:
        c = s.at[1 + blanks]
        if c > c' ' and c != c'\\':  # nearly every line
            stops.drop()
            return LINE_CODE
    s.at += 1
    kind = start_line(s, width)
    if kind == LINE_CODE:
        stops.move(s.at)
    return kind


cdef inline bint skip_code(Scan* s, Py_ssize_t* width) noexcept nogil:
    """Over one logical line, its newline included, or, with a `width`, over it and the rest of the body."""
    cdef char[MAX_BRACKETS] closing
    cdef int depth = 0
    cdef int kind
    cdef char c
    cdef Stops stops = Stops(s.at, s.end)
    while True:
        s.at = stops.next()
        if s.at == s.end:
            return depth == 0 or refuse(s, REFUSED_SYNTAX)
        c = s.at[0]
        if c == c'\'' or c == c'"':
            if not skip_string(s, stops):
                return False
        elif c == c'\n':
            if depth:
                stops.drop()
            elif width == NULL:
                s.at += 1
                return True
            else:
                kind = next_line(s, stops, width)
                if kind != LINE_CODE:
                    return kind == LINE_END
        elif c == c'(' or c == c'[' or c == c'{':
            if depth == MAX_BRACKETS:
                return refuse(s, REFUSED_NESTING)
            closing[depth] = c + (1 if c == c'(' else 2)
            depth += 1
            stops.drop()
        elif c == c')' or c == c']' or c == c'}':
            if depth == 0 or closing[depth - 1] != c:
                return refuse(s, REFUSED_SYNTAX)
            depth -= 1
            stops.drop()
        elif c == c'#':
            skip_comment(s)
            stops.move(s.at)
        elif c == c'\\':
            if peek_at(s, 1) != c'\n' or s.end - s.at < 3:
                return refuse(s, REFUSED_SYNTAX)
            stops.move(s.at + 2)
        else:
            stops.drop()


cdef inline bint skip_logical_line(Scan* s) noexcept nogil:
    """Over one logical line, its newline included."""
    return skip_code(s, NULL)


cdef inline bint skip_block(Scan* s) noexcept nogil:
    """Over the indented lines of a body; the cursor is at the start of its first line."""
    cdef Py_ssize_t width = 0
    cdef int kind = start_line(s, &width)
    return skip_code(s, &width) if kind == LINE_CODE else kind == LINE_END
