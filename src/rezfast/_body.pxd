# cython: language_level=3
"""Code that is not run: where the body of a function ends.

    def commands():
        env.PATH.append('{root}/bin')     from stop to stop (see _walk.pxd): brackets, strings, comments, newlines
        if system.platform == 'linux':    a newline outside of brackets: is the next line indented?
            ...
    tools = ['a']                         no: the body has ended

Indentation, brackets and strings count; whether the rest is Python does not.
"""

from libc.string cimport memchr

cdef extern from *:
    const Py_ssize_t PY_SSIZE_T_MAX

from rezfast._lex cimport (
    CHAR_WORD_START, REFUSED_INDENTATION, REFUSED_NESTING, REFUSED_STRING, REFUSED_SYNTAX, Scan,
    char_class, past_spaces, refuse, skip_comment,
)
from rezfast._masks cimport text_stop
from rezfast._walk cimport MAX_BRACKETS, Walk, walk


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


cdef inline bint is_formatted(const Scan* s, const char* quote) noexcept nogil:
    """Whether a quote has the prefix of an f-string or a t-string."""
    cdef char c = quote[-1] | 0x20 if quote > s.begin else 0
    if c == c'r' and quote - s.begin > 1:
        c = quote[-2] | 0x20
    return c == c'f' or c == c't'


cdef inline bint is_opening(char c) noexcept nogil:
    return c == c'(' or c == c'[' or c == c'{'


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


cdef inline bint skip_text(Scan* s) noexcept nogil:
    """Over any string; the cursor is on its first quote."""
    cdef const char* at = s.at
    cdef char quote = at[0]
    cdef bint triple = s.end - at > 2 and at[1] == quote and at[2] == quote
    cdef bint formatted = char_class(at - 1) & CHAR_WORD_START and is_formatted(s, at)
    cdef const char* text = at + (3 if triple else 1)
    at = text
    while True:
        at = text_stop(at, s.end, triple)
        s.at = at
        if at == s.end:
            return refuse(s, REFUSED_SYNTAX)
        if at[0] == quote:
            if not triple or (s.end - at > 2 and at[1] == quote and at[2] == quote):
                break
            at += 1
        elif at[0] == c'\\':
            if s.end - at < 2:
                return refuse(s, REFUSED_SYNTAX)
            at += 2
        elif at[0] == c'\n' and not triple:
            return refuse(s, REFUSED_SYNTAX)
        else:
            at += 1
    if formatted and not format_is_plain(text, at, quote):
        return refuse(s, REFUSED_STRING)
    s.at = at + (3 if triple else 1)
    return True


cdef inline bint skip_code(Scan* s, Py_ssize_t* width) noexcept nogil:
    """Over one logical line, its newline included, or, with a `width`, over it and the rest of the body."""
    cdef Walk state = Walk(s.at, s.end)
    cdef const char* at
    cdef int kind
    cdef char c
    while True:
        at = walk(state, PY_SSIZE_T_MAX if width == NULL else width[0])
        if at == NULL:
            s.at = s.end
            return state.depth == 0 or refuse(s, REFUSED_SYNTAX)
        s.at = at
        c = at[0]
        if c == c'\n':
            s.at += 1
            if width == NULL:
                return True
            kind = start_line(s, width)
            if kind != LINE_CODE:
                return kind == LINE_END
        elif c == c'#':
            skip_comment(s)
        elif c == c'\'' or c == c'"':
            if not skip_text(s):
                return False
        elif c == c'\\' and s.end - at > 2 and at[1] == c'\n':
            s.at += 2
        else:
            # an opening bracket is one too many, a closing one fits none
            return refuse(s, REFUSED_NESTING if state.depth == MAX_BRACKETS and is_opening(c) else REFUSED_SYNTAX)
        state.move(s.at)


cdef inline bint skip_logical_line(Scan* s) noexcept nogil:
    """Over one logical line, its newline included."""
    return skip_code(s, NULL)


cdef inline bint skip_block(Scan* s) noexcept nogil:
    """Over the indented lines of a body; the cursor is at the start of its first line."""
    cdef Py_ssize_t width = 0
    cdef int kind = start_line(s, &width)
    return skip_code(s, &width) if kind == LINE_CODE else kind == LINE_END
