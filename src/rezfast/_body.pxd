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
    CHAR_WORD_START, MAX_BRACKETS, REFUSED_INDENTATION, REFUSED_NESTING, REFUSED_STRING, REFUSED_SYNTAX, Scan,
    char_class, past_spaces, refuse, skip_comment,
)
from rezfast._masks cimport CLOSERS, Stops, indentation


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


cdef inline bint refuse_at(Scan* s, const char* at) noexcept nogil:
    s.at = at
    return refuse(s, REFUSED_SYNTAX)


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


cdef inline bint goes_on(const char* line, const char* end, Py_ssize_t width) noexcept nogil:
    """Whether a line is certainly code of the body, as nearly every line is. False: it takes a closer look."""
    cdef int blanks = indentation(line, end)
    return blanks >= width and line[blanks] > c' ' and line[blanks] != c'\\'


cdef inline bint skip_text(Scan* s, Stops& stops, const char* at) noexcept nogil:
    """Over the string whose first quote is at `at`, the last stop."""
    cdef char quote = at[0]
    cdef bint triple = s.end - at > 2 and at[1] == quote and at[2] == quote
    cdef bint formatted = char_class(at - 1) & CHAR_WORD_START and is_formatted(s, at)
    cdef const char* text = at + (3 if triple else 1)
    stops.move(text)
    while True:
        if not stops.any():
            return refuse_at(s, s.end)
        at = stops.take()
        if at[0] == quote:
            if not triple:
                break
            if s.end - at > 2 and at[1] == quote and at[2] == quote:
                stops.move(at + 3)
                break
        elif at[0] == c'\\':
            if s.end - at < 2:
                return refuse_at(s, at)
            stops.move(at + 2)
        elif at[0] == c'\n' and not triple:
            return refuse_at(s, at)
    if formatted and not format_is_plain(text, at, quote):
        s.at = at
        return refuse(s, REFUSED_STRING)
    return True


cdef inline bint skip_code(Scan* s, Py_ssize_t* width) noexcept nogil:
    """Over one logical line, its newline included, or, with a `width`, over it and the rest of the body."""
    cdef char[MAX_BRACKETS + 1] closing  # what has to close the open brackets, the innermost last
    cdef char* top = closing
    cdef const char* at
    cdef const char* end = s.end
    cdef Stops stops = Stops(s.at, end)
    cdef int kind
    cdef char c
    closing[0] = 0
    while stops.any():
        at = stops.take()
        c = at[0]
        if c == c'#':
            while c != c'\n':
                if not stops.any():
                    s.at = end
                    return top == closing or refuse(s, REFUSED_SYNTAX)
                at = stops.take()
                c = at[0]
        if CLOSERS[<unsigned char> c]:
            if top - closing == MAX_BRACKETS:
                s.at = at
                return refuse(s, REFUSED_NESTING)
            top += 1
            top[0] = CLOSERS[<unsigned char> c]
        elif c == top[0]:
            top -= 1
        elif c == c'\'' or c == c'"':
            if char_class(at - 1) & CHAR_WORD_START or not stops.skip_short_text(at):
                if not skip_text(s, stops, at):
                    return False
        elif c == c'\n':
            if top != closing:
                continue
            if width == NULL:
                s.at = at + 1
                return True
            if not goes_on(at + 1, end, width[0]):
                s.at = at + 1
                kind = start_line(s, width)
                if kind != LINE_CODE:
                    return kind == LINE_END
                stops.move(s.at)
        elif c == c')' or c == c']' or c == c'}':
            return refuse_at(s, at)
        elif c == c'\\':
            if end - at < 3 or at[1] != c'\n':
                return refuse_at(s, at)
            stops.move(at + 2)
    s.at = end
    return top == closing or refuse(s, REFUSED_SYNTAX)


cdef inline bint skip_logical_line(Scan* s) noexcept nogil:
    """Over one logical line, its newline included."""
    return skip_code(s, NULL)


cdef inline bint skip_block(Scan* s) noexcept nogil:
    """Over the indented lines of a body; the cursor is at the start of its first line."""
    cdef Py_ssize_t width = 0
    cdef int kind = start_line(s, &width)
    return skip_code(s, &width) if kind == LINE_CODE else kind == LINE_END
