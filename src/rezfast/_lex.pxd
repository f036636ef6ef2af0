# cython: language_level=3
"""Python's lexical rules, as far as a package definition needs them.

One `Scan` walks over the bytes of one definition. Nothing is copied and nothing is allocated, but for the
text of a string that a field asks for.

    begin            where               at                     end
      |                |                  |                      |
      v                v                  v                      v
      name = 'foo'\n requires = [ 'bar-1', ...                   (one past the last byte)
                       ^ first thing that could not be proven, once `reason` is set

Newlines are `\n` alone by the time this runs, the text is valid UTF-8, and it holds no NUL. Every function
that returns a bint or a kind returns 0 after `refuse`, and no function reads at or past `end`.
"""

from libc.string cimport memchr, memcmp
from libcpp cimport bool as cbool
from libcpp.string cimport string

from rezfast._masks cimport indentation, text_stop, word_run


cdef extern from *:
    """
    #ifndef REZFAST_LEX
    #define REZFAST_LEX
    #include <string>
    namespace rezfast {

    struct Scan {
        const char* begin = nullptr;
        const char* at = nullptr;
        const char* end = nullptr;
        const char* where = nullptr;
        int reason = 0;
        int view = 0;
        bool started = false, features_closed = false;  // `from __future__` may only come first
        bool builtin_bound = false;  // a builtin's name was bound: an annotation may mean anything
        bool reserved_bound = false;  // `scope`, `late` or their like is no longer rez's
        bool name_bound = false, version_bound = false;  // the fields have a value by now
    };

    struct CharClasses { unsigned char of[256]; };
    enum : unsigned char { CHAR_WORD_START = 1, CHAR_WORD = 2, CHAR_DIGIT = 4, CHAR_BLANK = 8,
                           CHAR_HEX = 16, CHAR_STRING_STOP = 32, CHAR_JOIN = 64 };

    constexpr CharClasses make_char_classes() {
        CharClasses t{};
        for (int c = 'a'; c <= 'z'; ++c) t.of[c] = CHAR_WORD_START | CHAR_WORD;
        for (int c = 'A'; c <= 'Z'; ++c) t.of[c] = CHAR_WORD_START | CHAR_WORD;
        for (int c = '0'; c <= '9'; ++c) t.of[c] = CHAR_WORD | CHAR_DIGIT | CHAR_HEX;
        for (int c = 'a'; c <= 'f'; ++c) t.of[c] |= CHAR_HEX;
        for (int c = 'A'; c <= 'F'; ++c) t.of[c] |= CHAR_HEX;
        t.of[int('_')] = CHAR_WORD_START | CHAR_WORD;
        for (char c : {' ', '\\t', '\\f'}) t.of[int(c)] |= CHAR_BLANK;
        t.of[int('\\\\')] |= CHAR_JOIN;
        for (char c : {'\\n', '\\\\', '\\'', '"'}) t.of[int(c)] |= CHAR_STRING_STOP;
        return t;
    }
    static constexpr CharClasses char_classes = make_char_classes();

    }
    #endif
    """
    cdef cppclass Scan "rezfast::Scan":
        const char* begin
        const char* at
        const char* end
        const char* where
        int reason
        int view
        cbool started
        cbool features_closed
        cbool builtin_bound
        cbool reserved_bound
        cbool name_bound
        cbool version_bound

    const unsigned char* CHAR_CLASSES "rezfast::char_classes.of"
    enum:
        CHAR_WORD_START "rezfast::CHAR_WORD_START"
        CHAR_WORD "rezfast::CHAR_WORD"
        CHAR_DIGIT "rezfast::CHAR_DIGIT"
        CHAR_BLANK "rezfast::CHAR_BLANK"
        CHAR_HEX "rezfast::CHAR_HEX"
        CHAR_STRING_STOP "rezfast::CHAR_STRING_STOP"
        CHAR_JOIN "rezfast::CHAR_JOIN"


# Why a definition is refused. The texts are in _scan.pyx, in this order.
cdef enum Reason:
    ACCEPTED
    REFUSED_ENCODING
    REFUSED_SYNTAX
    REFUSED_INDENTATION
    REFUSED_STRING
    REFUSED_NESTING
    REFUSED_FIELD
    REFUSED_VALUE
    REFUSED_ATTRIBUTE
    REFUSED_FUNCTION
    REFUSED_SIGNATURE
    REFUSED_DECORATOR
    REFUSED_TARGET
    REFUSED_NAME
    REFUSED_IMPORT
    REFUSED_SCOPE
    REFUSED_BRANCH
    REFUSED_CLASS
    REFUSED_STATEMENT
    REFUSED_PREPROCESS
    REFUSED_MISSING_NAME
    REASON_COUNT


# What a literal is once Python has read it; from KIND_LIST on it may have no hash.
cdef enum Kind:
    NOT_LITERAL
    KIND_STRING
    KIND_BYTES
    KIND_NUMBER
    KIND_BOOL
    KIND_NONE
    KIND_ELLIPSIS
    KIND_LIST
    KIND_TUPLE
    KIND_DICT
    KIND_SET


# Deeper literals are refused: CPython's own limit is 200, and the C stack has one too.
cdef enum:
    MAX_LITERAL_DEPTH = 50


cdef inline bint refuse(Scan* s, int reason) noexcept nogil:
    if s.reason == ACCEPTED:
        s.reason = reason
        s.where = s.at
    return False


cdef inline unsigned char char_class(const char* at) noexcept nogil:
    return CHAR_CLASSES[<unsigned char> at[0]]


cdef inline char peek(const Scan* s) noexcept nogil:
    """The byte at the cursor; NUL, which no accepted definition holds, at the end."""
    return s.at[0] if s.at < s.end else 0


cdef inline char peek_at(const Scan* s, Py_ssize_t offset) noexcept nogil:
    return s.at[offset] if s.end - s.at > offset else 0


cdef inline const char* past_spaces(const char* at, const char* end) noexcept nogil:
    """Past the blanks of an indentation, four at a time where they come in fours."""
    while end - at >= 4 and memcmp(at, b"    ", 4) == 0:
        at += 4
    while at < end and (at[0] == c' ' or at[0] == c'\t'):
        at += 1
    return at


cdef inline void skip_comment(Scan* s) noexcept nogil:
    """To the newline that ends the line, or to the end."""
    cdef const char* newline = <const char*> memchr(s.at, c'\n', s.end - s.at)
    s.at = newline if newline != NULL else s.end


cdef inline bint skip_joined(Scan* s) noexcept nogil:
    """`skip_inline`, whatever there is."""
    while s.at < s.end:
        if char_class(s.at) & CHAR_BLANK:
            s.at += 1
        elif s.at[0] == c'\\':
            # Python wants something after a joined line, even at the end of the file
            if peek_at(s, 1) != c'\n' or s.end - s.at < 3:
                return refuse(s, REFUSED_SYNTAX)
            s.at += 2
        else:
            return True
    return True


cdef inline bint skip_inline(Scan* s) noexcept nogil:
    """Over what separates tokens of one statement: blanks and joined lines."""
    if s.at < s.end and s.at[0] == c' ':
        s.at += 1
    return s.at == s.end or not char_class(s.at) & (CHAR_BLANK | CHAR_JOIN) or skip_joined(s)


cdef inline bint skip_inside(Scan* s) noexcept nogil:
    """Over what separates tokens between brackets; the end of the text is an error there."""
    while s.at < s.end:
        if s.at[0] == c'\n':
            s.at = past_spaces(s.at + 1, s.end)
        elif char_class(s.at) & CHAR_BLANK:
            s.at += 1
        elif s.at[0] == c'#':
            skip_comment(s)
        elif s.at[0] == c'\\':
            if peek_at(s, 1) != c'\n':
                return refuse(s, REFUSED_SYNTAX)
            s.at += 2
        else:
            return True
    return refuse(s, REFUSED_SYNTAX)


cdef inline bint skip_between(Scan* s, bint inside) noexcept nogil:
    return skip_inside(s) if inside else skip_inline(s)


cdef inline size_t word_size(const Scan* s) noexcept nogil:
    """Length of the identifier at the cursor; 0 when there is none that is plain ASCII.

    Python folds other letters (NFKC), so that a name which looks foreign may be a field's name.
    """
    cdef const char* p = s.at
    cdef int run
    if p >= s.end or not char_class(p) & CHAR_WORD_START:
        return 0
    run = word_run(p, s.end)
    if run < 16:
        p += run
    else:
        while p < s.end and char_class(p) & CHAR_WORD:
            p += 1
    if p < s.end and <unsigned char> p[0] >= 0x80:
        return 0
    return p - s.at


cdef inline bint is_word(const char* word, size_t size, const char* expected, size_t expected_size) noexcept nogil:
    return size == expected_size and memcmp(word, expected, size) == 0


cdef inline int hex_value(char c) noexcept nogil:
    if c <= c'9':
        return c - c'0'
    return (c | 0x20) - c'a' + 10


cdef inline void append_utf8(string* out, unsigned int code) noexcept nogil:
    if code < 0x80:
        out.push_back(<char> code)
    elif code < 0x800:
        out.push_back(<char> (0xC0 | (code >> 6)))
        out.push_back(<char> (0x80 | (code & 0x3F)))
    elif code < 0x10000:
        out.push_back(<char> (0xE0 | (code >> 12)))
        out.push_back(<char> (0x80 | ((code >> 6) & 0x3F)))
        out.push_back(<char> (0x80 | (code & 0x3F)))
    else:
        out.push_back(<char> (0xF0 | (code >> 18)))
        out.push_back(<char> (0x80 | ((code >> 12) & 0x3F)))
        out.push_back(<char> (0x80 | ((code >> 6) & 0x3F)))
        out.push_back(<char> (0x80 | (code & 0x3F)))


cdef inline bint code_escape(Scan* s, int digits, string* out) noexcept nogil:
    """`\\x..`, `\\u....`, `\\U........`: the cursor is on the letter."""
    cdef unsigned int code = 0
    cdef int i
    if s.end - s.at <= digits:
        return refuse(s, REFUSED_STRING)
    for i in range(digits):
        if not char_class(s.at + 1 + i) & CHAR_HEX:
            return refuse(s, REFUSED_STRING)
        code = code * 16 + <unsigned int> hex_value(s.at[1 + i])
    if code > 0x10FFFF:
        return refuse(s, REFUSED_STRING)
    s.at += 1 + digits
    if out != NULL:
        if 0xD800 <= code <= 0xDFFF:  # a lone surrogate has no UTF-8
            return refuse(s, REFUSED_STRING)
        append_utf8(out, code)
    return True


cdef inline bint escape(Scan* s, bint is_bytes, string* out) noexcept nogil:
    """One backslash sequence of a string that is not raw; the cursor is on the backslash."""
    cdef unsigned int code
    cdef int digits
    cdef char c = peek_at(s, 1)
    cdef char plain = 0
    s.at += 1
    if c == c'\n':
        s.at += 1
        return True
    if c == c'x':
        return code_escape(s, 2, out)
    if not is_bytes and (c == c'u' or c == c'U'):
        return code_escape(s, 4 if c == c'u' else 8, out)
    if c == 0 or (c == c'N' and not is_bytes):  # names of characters are a table this does not carry
        return refuse(s, REFUSED_STRING)
    if c'0' <= c <= c'7':
        code = 0
        digits = 0
        while digits < 3 and s.at < s.end and c'0' <= s.at[0] <= c'7':
            code = code * 8 + <unsigned int> (s.at[0] - c'0')
            s.at += 1
            digits += 1
        if out != NULL:
            append_utf8(out, code)
        return True
    if c == c'\\' or c == c'\'' or c == c'"':
        plain = c
    elif c == c'n':
        plain = c'\n'
    elif c == c't':
        plain = c'\t'
    elif c == c'r':
        plain = c'\r'
    elif c == c'a':
        plain = 7
    elif c == c'b':
        plain = 8
    elif c == c'f':
        plain = 12
    elif c == c'v':
        plain = 11
    if plain:
        s.at += 1
        if out != NULL:
            out.push_back(plain)
    elif out != NULL:
        # Python keeps an unknown escape as it stands; the character after it is read as any other
        out.push_back(c'\\')
    return True


cdef inline bint string_piece(Scan* s, string* out, int* kind) noexcept nogil:
    """One string literal, its prefix included, read as Python reads it; its text is appended to `out`."""
    cdef bint raw = False, is_bytes = False, unicode_prefix = False, triple
    cdef char c = peek(s)
    cdef char quote
    cdef const char* run
    while c != c'\'' and c != c'"':
        if (c == c'r' or c == c'R') and not raw and not unicode_prefix:
            raw = True
        elif (c == c'b' or c == c'B') and not is_bytes and not unicode_prefix:
            is_bytes = True
        elif (c == c'u' or c == c'U') and not raw and not is_bytes and not unicode_prefix:
            unicode_prefix = True
        else:
            return refuse(s, REFUSED_STRING)
        s.at += 1
        c = peek(s)
    kind[0] = KIND_BYTES if is_bytes else KIND_STRING
    quote = c
    triple = peek_at(s, 1) == quote and peek_at(s, 2) == quote
    s.at += 3 if triple else 1
    run = s.at
    while True:
        if is_bytes:
            while s.at < s.end and not char_class(s.at) & CHAR_STRING_STOP and <unsigned char> s.at[0] < 0x80:
                s.at += 1
        else:
            s.at = text_stop(s.at, s.end, triple)
        if s.at == s.end:
            return refuse(s, REFUSED_SYNTAX)
        c = s.at[0]
        if <unsigned char> c >= 0x80:
            return refuse(s, REFUSED_STRING)
        if c == quote:
            if not triple or (peek_at(s, 1) == quote and peek_at(s, 2) == quote):
                if out != NULL:
                    out.append(run, s.at - run)
                s.at += 3 if triple else 1
                return True
            s.at += 1
        elif c == c'\n' and not triple:
            return refuse(s, REFUSED_SYNTAX)
        elif c == c'\\':
            if raw:
                if s.end - s.at < 2:
                    return refuse(s, REFUSED_SYNTAX)
                s.at += 2
                continue
            if out != NULL:
                out.append(run, s.at - run)
            if not escape(s, is_bytes, out):
                return False
            run = s.at
        else:
            s.at += 1


cdef inline bint at_string(const Scan* s) noexcept nogil:
    """Whether a string literal starts at the cursor: a quote, or a prefix of one or two letters and a quote."""
    cdef char c = peek(s)
    if c == c'\'' or c == c'"':
        return True
    if s.at == s.end or not char_class(s.at) & CHAR_WORD_START:
        return False
    c = peek_at(s, 1)
    if c == c'\'' or c == c'"':
        return True
    if s.end - s.at < 3 or not char_class(s.at + 1) & CHAR_WORD_START:
        return False
    return s.at[2] == c'\'' or s.at[2] == c'"'


cdef inline int strings(Scan* s, bint inside, string* out) noexcept nogil:
    """One string literal, or several that Python joins. Returns its kind."""
    cdef int kind = NOT_LITERAL, next_kind = NOT_LITERAL
    if not string_piece(s, out, &kind):
        return NOT_LITERAL
    while True:
        if not skip_between(s, inside):
            return NOT_LITERAL
        if not at_string(s):
            return kind
        if not string_piece(s, out, &next_kind):
            return NOT_LITERAL
        if next_kind != kind:
            refuse(s, REFUSED_SYNTAX)
            return NOT_LITERAL
