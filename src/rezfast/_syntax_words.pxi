# Part of _syntax.pyx: where it stands in a text, and the words and spaces that come next.

cdef inline cbool is_digit(char c) noexcept nogil:
    return c'0' <= c <= c'9'


cdef inline cbool is_letter(char c) noexcept nogil:
    return c'a' <= c <= c'z' or c'A' <= c <= c'Z' or c == c'_'


cdef inline cbool is_wordly(char c) noexcept nogil:
    return is_letter(c) or is_digit(c) or <unsigned char>c >= 0x80  # of UTF-8


cdef inline char peek(Cursor* c, Py_ssize_t ahead=0) noexcept nogil:
    return c.at[ahead] if c.end - c.at > ahead else c'\0'


cdef void skip_indent(Cursor* c) noexcept nogil:
    while c.at < c.end and c.at[0] == c' ':
        c.at += 1


cdef cbool goes_on(Cursor* c) noexcept nogil:
    """Whether a line ends here that goes on with code on the next one."""
    cdef Cursor ahead = c[0]
    if peek(c) != c'\\' or peek(c, 1) != c'\n':
        return False
    ahead.at += 2
    skip_indent(&ahead)
    return ahead.at < ahead.end and ahead.at[0] != c'\n' and ahead.at[0] != c'#' and ahead.at[0] != c'\\'


cdef void skip_spaces(Cursor* c) noexcept nogil:
    cdef const char* found
    while c.at < c.end:
        if c.at[0] == c' ' or (c.brackets and c.at[0] == c'\n'):
            c.at += 1
        elif goes_on(c):
            c.at += 2
        elif c.brackets and c.at[0] == c'#':
            found = <const char*>memchr(c.at, c'\n', c.end - c.at)
            c.at = c.end if found == NULL else found
        else:
            return


cdef inline cbool took(Cursor* c, char sign) noexcept nogil:
    """Takes a character, and the spaces after it."""
    if peek(c) != sign:
        return False
    c.at += 1
    skip_spaces(c)
    return True


cdef Py_ssize_t word_size(Cursor* c) noexcept nogil:
    """The length of the word that is next; 0: there is none, or it is not plain."""
    cdef const char* at = c.at
    if at == c.end or not is_letter(at[0]):
        return 0
    while at < c.end and is_wordly(at[0]):
        if <unsigned char>at[0] >= 0x80:
            return 0
        at += 1
    return at - c.at


cdef cbool is_word(Cursor* c, const char* word) noexcept nogil:
    cdef Py_ssize_t size = strlen(word)
    return c.end - c.at >= size and memcmp(c.at, word, size) == 0 and not is_wordly(peek(c, size))


cdef cbool took_word(Cursor* c, const char* word) noexcept nogil:
    if not is_word(c, word):
        return False
    c.at += strlen(word)
    skip_spaces(c)
    return True


cdef cbool took_name(Cursor* c) noexcept nogil:
    """Takes a word that can be a name."""
    cdef Py_ssize_t size = word_size(c)
    cdef int index
    if not size:
        return False
    for index in range(KEYWORD_COUNT):
        if KEYWORDS[index][0] == c.at[0] and strlen(KEYWORDS[index]) == <size_t>size \
                and memcmp(KEYWORDS[index], c.at, size) == 0:
            return False
    c.at += size
    skip_spaces(c)
    return True
