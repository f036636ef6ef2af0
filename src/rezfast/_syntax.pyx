# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""Tells that a function of a definition compiles, without compiling it; runs definitions that are plain.

    @late()                              head    what `rezfast.package.outline` found
    def tools():
        if "paint" in resolve:           block   if, elif, else, for
            return ["a"] + names(2)      line    an expression, an assignment, return, import ...

`is_sound` is one pass over the text, by recursive descent; nothing is kept. `Definition` goes over the same
text, and works out what it says: _plain_values.pxi, _plain_statements.pxi. Both know the part of Python that
definitions are mostly written in. A text is sound only when Python's compiler takes it and has nothing to
warn of; whatever is not known here is left to the compiler.
"""

from libc.string cimport memchr, memcmp, strlen
from libcpp cimport bool as cbool


cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object, Py_ssize_t*) except NULL

cdef enum:
    # deeper, longer or more than this is not known: the compiler's own limits are far beyond
    MAX_NESTING = 20
    MAX_OPERATORS = 32
    MAX_PARTS = 16
    MAX_NOTS = 8
    MAX_BLOCKS = 12
    MAX_STATEMENT = 600
    MAX_ARGUMENTS = 8
    MAX_TEXT = 8192

cdef enum Kind:
    BROKEN  # or not known
    LITERAL  # the compiler warns of some that are called or indexed
    VALUE
    TARGET  # a value that can be assigned to

cdef const char** KEYWORDS = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "__debug__", "__future__",
]
cdef int KEYWORD_COUNT = 37

cdef struct Cursor:
    const char* at
    const char* end
    int brackets  # those that are open: lines go on in them
    int depth


include "_syntax_words.pxi"


# ---- values -----------------------------------------------------------------------


cdef cbool took_number(Cursor* c) noexcept nogil:
    cdef const char* began = c.at
    while is_digit(peek(c)):
        c.at += 1
    if c.at - began > 18 or (began[0] == c'0' and c.at - began > 1):
        return False
    if peek(c) == c'.' and is_digit(peek(c, 1)):
        c.at += 1
        while is_digit(peek(c)):
            c.at += 1
        if c.at - began > 36:
            return False
    if is_wordly(peek(c)) or peek(c) == c'.':
        return False
    skip_spaces(c)
    return True


cdef cbool took_one_string(Cursor* c) noexcept nogil:
    """Takes a text without prefix and escapes: on one line, or in triple quotes."""
    cdef char quote = peek(c)
    cdef Py_ssize_t quotes = 3 if peek(c, 1) == quote and peek(c, 2) == quote else 1
    c.at += quotes
    while c.at < c.end:
        if c.at[0] == c'\\' or (c.at[0] == c'\n' and quotes == 1):
            return False
        if c.at[0] == quote and (quotes == 1 or (peek(c, 1) == quote and peek(c, 2) == quote)):
            c.at += quotes
            return True
        c.at += 1
    return False


cdef cbool took_string(Cursor* c) noexcept nogil:
    """Takes texts that stand side by side."""
    while peek(c) == c'"' or peek(c) == c"'":
        if not took_one_string(c):
            return False
        skip_spaces(c)
    return True


cdef cbool took_names(Cursor* c) noexcept nogil:
    """Takes what `for` binds."""
    if not took_name(c):
        return False
    while took(c, c','):
        if not took_name(c):
            return False
    return True


cdef cbool took_generators(Cursor* c) noexcept nogil:
    """Takes the rest of a comprehension, after its value."""
    while took_word(c, "for"):
        if not took_names(c) or not took_word(c, "in") or not disjunction(c):
            return False
        while took_word(c, "if"):
            if not disjunction(c):
                return False
    return True


cdef cbool took_items(Cursor* c, char closing) noexcept nogil:
    """Takes the values of a list or tuple and the bracket that ends it."""
    cdef int count = 0
    while peek(c) != closing:
        if not expression(c):
            return False
        if count == 0 and is_word(c, "for"):
            if not took_generators(c):
                return False
            break
        count += 1
        if not took(c, c','):
            break
    return peek(c) == closing


cdef cbool took_pairs(Cursor* c) noexcept nogil:
    while peek(c) != c'}':
        if not expression(c) or not took(c, c':') or not expression(c):
            return False
        if not took(c, c','):
            break
    return peek(c) == c'}'


cdef cbool took_arguments(Cursor* c) noexcept nogil:
    cdef const char* names[MAX_ARGUMENTS]
    cdef Py_ssize_t sizes[MAX_ARGUMENTS]
    cdef int named = 0
    cdef int count = 0
    cdef int index
    cdef Cursor ahead
    while peek(c) != c')':
        ahead = c[0]
        if took_name(&ahead) and peek(&ahead) == c'=' and peek(&ahead, 1) != c'=':
            if named == MAX_ARGUMENTS:
                return False
            names[named] = c.at
            sizes[named] = word_size(c)
            for index in range(named):
                if sizes[index] == sizes[named] and memcmp(names[index], names[named], sizes[named]) == 0:
                    return False
            named += 1
            c.at = ahead.at
            took(c, c'=')
            if not expression(c):
                return False
        else:
            if named or not expression(c):
                return False
            if count == 0 and is_word(c, "for"):
                return took_generators(c) and peek(c) == c')'
        count += 1
        if not took(c, c','):
            break
    return peek(c) == c')'


cdef cbool took_index(Cursor* c) noexcept nogil:
    """Takes an index or a slice."""
    cdef int colons = 0
    if peek(c) == c']':
        return False
    while True:
        if peek(c) != c':' and peek(c) != c']' and not expression(c):
            return False
        if colons == 2 or not took(c, c':'):
            return peek(c) == c']'
        colons += 1


cdef cbool took_inside(Cursor* c, char opening, char kind) noexcept nogil:
    """Takes brackets and what they hold: `t`uple, `l`ist, `d`ict, `a`rguments, `i`ndex."""
    cdef char closing = c')' if opening == c'(' else <char>(opening + 2)
    cdef cbool good
    c.brackets += 1
    took(c, opening)
    if kind == c'd':
        good = took_pairs(c)
    elif kind == c'a':
        good = took_arguments(c)
    elif kind == c'i':
        good = took_index(c)
    else:
        good = took_items(c, closing)
    c.brackets -= 1
    return good and took(c, closing)


cdef Kind atom(Cursor* c) noexcept nogil:
    cdef char first = peek(c)
    if first == c'"' or first == c"'":
        return LITERAL if took_string(c) else BROKEN
    if is_digit(first):
        # an attribute of a number is unusual enough
        return LITERAL if took_number(c) and peek(c) != c'.' else BROKEN
    if first == c'(':
        return LITERAL if took_inside(c, first, c't') else BROKEN
    if first == c'[':
        return LITERAL if took_inside(c, first, c'l') else BROKEN
    if first == c'{':
        return LITERAL if took_inside(c, first, c'd') else BROKEN
    if took_name(c):
        return TARGET
    if took_word(c, "True") or took_word(c, "False") or took_word(c, "None"):
        return LITERAL
    return BROKEN


cdef Kind postfix(Cursor* c) noexcept nogil:
    """A value with what is asked of it: attributes, calls, items."""
    cdef Kind kind = atom(c)
    cdef int parts = 0
    while kind != BROKEN:
        if parts > MAX_PARTS:
            return BROKEN
        parts += 1
        if took(c, c'.'):
            if not took_name(c):
                return BROKEN
            kind = TARGET
        elif peek(c) == c'(':
            if kind == LITERAL or not took_inside(c, c'(', c'a'):
                return BROKEN
            kind = VALUE
        elif peek(c) == c'[':
            if kind == LITERAL or not took_inside(c, c'[', c'i'):
                return BROKEN
            kind = TARGET
        else:
            break
    return kind


cdef int operator_size(Cursor* c) noexcept nogil:
    """The length of the arithmetic operator that is next; 0: none, or one that assigns."""
    cdef char first = peek(c)
    cdef int size = 0
    if first == c'*' or first == c'/' or first == c'<' or first == c'>':
        size = 2 if peek(c, 1) == first else 0 if first == c'<' or first == c'>' else 1
    elif first == c'+' or first == c'-' or first == c'%' or first == c'|' or first == c'&' or first == c'^':
        size = 1
    return size if size and peek(c, size) != c'=' else 0


cdef Kind arithmetic(Cursor* c) noexcept nogil:
    cdef Kind kind
    cdef cbool is_alone = True
    cdef int size
    cdef int operators = 0
    while True:
        while peek(c) == c'-' or peek(c) == c'+' or peek(c) == c'~':
            c.at += 1
            skip_spaces(c)
            is_alone = False
            operators += 1
        kind = postfix(c)
        size = operator_size(c)
        if operators > MAX_OPERATORS:
            return BROKEN
        if kind == BROKEN or not size:
            break
        operators += 1
        is_alone = False
        c.at += size
        skip_spaces(c)
    return kind if is_alone or kind == BROKEN else LITERAL


cdef Kind comparison(Cursor* c) noexcept nogil:
    cdef Kind kind = arithmetic(c)
    cdef cbool is_alone = True
    cdef char first
    while kind != BROKEN:
        first = peek(c)
        if peek(c, 1) == c'=' and (first == c'=' or first == c'!' or first == c'<' or first == c'>'):
            c.at += 2
        elif first == c'<' or first == c'>':
            c.at += 1
        elif took_word(c, "is"):
            took_word(c, "not")
            # the compiler warns of other constants
            if kind == LITERAL or not took_word(c, "None"):
                return BROKEN
            return LITERAL
        elif is_word(c, "not"):
            took_word(c, "not")
            if not took_word(c, "in"):
                return BROKEN
        elif not took_word(c, "in"):
            break
        skip_spaces(c)
        is_alone = False
        kind = arithmetic(c)
    return kind if is_alone or kind == BROKEN else LITERAL


cdef Kind disjunction(Cursor* c) noexcept nogil:
    cdef Kind kind
    cdef cbool is_alone = True
    cdef int nots
    while True:
        nots = 0
        while took_word(c, "not"):
            is_alone = False
            nots += 1
        if nots > MAX_NOTS:
            return BROKEN
        kind = comparison(c)
        if kind == BROKEN or not (took_word(c, "and") or took_word(c, "or")):
            break
        is_alone = False
    return kind if is_alone or kind == BROKEN else LITERAL


cdef Kind expression(Cursor* c) noexcept nogil:
    cdef Kind kind
    if c.depth == MAX_NESTING:
        return BROKEN
    c.depth += 1
    kind = disjunction(c)
    if kind != BROKEN and took_word(c, "if"):
        if disjunction(c) and took_word(c, "else") and expression(c):
            kind = LITERAL
        else:
            kind = BROKEN
    c.depth -= 1
    return kind


cdef cbool took_expressions(Cursor* c) noexcept nogil:
    """Takes one value, or several with commas."""
    cdef char next
    while True:
        if not expression(c):
            return False
        if not took(c, c','):
            return True
        next = peek(c)
        if next == c'\n' or next == c'\0' or next == c'#' or next == c':':
            return True


# ---- statements -------------------------------------------------------------------


cdef cbool took_dotted(Cursor* c) noexcept nogil:
    if not took_name(c):
        return False
    while took(c, c'.'):
        if not took_name(c):
            return False
    return True


cdef cbool took_imported(Cursor* c, cbool is_dotted) noexcept nogil:
    """Takes the names after `import`."""
    while True:
        if not (took_dotted(c) if is_dotted else took_name(c)):
            return False
        if took_word(c, "as") and not took_name(c):
            return False
        if not took(c, c','):
            return True


cdef cbool took_assignment(Cursor* c) noexcept nogil:
    """Takes an expression, or what is assigned to it."""
    cdef char first
    cdef Kind kind = expression(c)
    if kind == BROKEN:
        return False
    first = peek(c)
    if first == c'=':
        c.at += 1
    elif peek(c, 1) == c'=' and (first == c'+' or first == c'-' or first == c'*' or first == c'/' or first == c'%'):
        c.at += 2
    else:
        return True
    skip_spaces(c)
    return kind == TARGET and took_expressions(c)


cdef cbool took_simple(Cursor* c, cbool is_looping) noexcept nogil:
    if took_word(c, "pass"):
        return True
    if is_word(c, "break") or is_word(c, "continue"):
        return is_looping and (took_word(c, "break") or took_word(c, "continue"))
    if took_word(c, "return"):
        return peek(c) == c'\n' or peek(c) == c'\0' or peek(c) == c'#' or took_expressions(c)
    if took_word(c, "raise"):
        return expression(c) != BROKEN
    if took_word(c, "import"):
        return took_imported(c, True)
    if took_word(c, "from"):
        return took_dotted(c) and took_word(c, "import") and took_imported(c, False)
    return took_assignment(c)


cdef cbool took_line_end(Cursor* c) noexcept nogil:
    """Takes a comment and the end of the line."""
    if peek(c) == c'#':
        while c.at < c.end and c.at[0] != c'\n':
            c.at += 1
    if c.at == c.end:
        return True
    c.at += 1
    return (c.at - 1)[0] == c'\n'


cdef cbool took_annotation(Cursor* c) noexcept nogil:
    """Takes what a function is said to give, if that is said, and the colon."""
    if peek(c) == c'-' and peek(c, 1) == c'>':
        c.at += 2
        skip_spaces(c)
        if not took_word(c, "None") and not took_dotted(c):
            return False
    return took(c, c':')


cdef cbool took_head(Cursor* c) noexcept nogil:
    """Takes decorators and the signature, which are known to be well but for an annotation."""
    cdef cbool is_decorator = True
    cdef const char* found
    cdef Cursor ahead
    while is_decorator:
        is_decorator = peek(c) == c'@'
        found = <const char*>memchr(c.at, c'\n', c.end - c.at)
        if found == NULL:
            return False
        if not is_decorator and memchr(c.at, c'>', found - c.at) != NULL:
            ahead = c[0]
            while ahead.at < found and ahead.at[0] != c')':
                ahead.at += 1
            took(&ahead, c')')
            if not took_annotation(&ahead) or (ahead.at != found and peek(&ahead) != c'#'):
                return False
        c.at = found + 1
    return True


cdef struct Level:
    Py_ssize_t indent
    cbool is_looping
    cbool has_if  # the statement before was one that `else` can follow


cdef cbool took_body(Cursor* c) noexcept nogil:
    cdef Level levels[MAX_BLOCKS]
    cdef int top = -1
    cdef cbool is_open = True  # the line before ends with a colon
    cdef cbool is_loop = False
    cdef cbool can_follow
    cdef Py_ssize_t indent
    cdef const char* began
    while c.at < c.end:
        began = c.at
        skip_indent(c)
        if c.at == c.end or c.at[0] == c'\n' or c.at[0] == c'#':
            if not took_line_end(c):
                return False
            continue
        indent = c.at - began
        if is_open:
            if indent <= (levels[top].indent if top >= 0 else 0) or top + 1 == MAX_BLOCKS:
                return False
            top += 1
            levels[top].is_looping = is_loop or (top > 0 and levels[top - 1].is_looping)
            levels[top].has_if = False
            levels[top].indent = indent
        while indent < levels[top].indent and top > 0:
            top -= 1
        if indent != levels[top].indent:
            return False
        can_follow, levels[top].has_if = levels[top].has_if, False
        is_open = is_loop = False
        if is_word(c, "if") or is_word(c, "elif"):
            if took_word(c, "elif"):
                if not can_follow:
                    return False
            else:
                took_word(c, "if")
            is_open = levels[top].has_if = True
            if not expression(c):
                return False
        elif took_word(c, "else"):
            is_open = True
            if not can_follow:
                return False
        elif took_word(c, "for"):
            is_open = is_loop = True
            if not took_names(c) or not took_word(c, "in") or not took_expressions(c):
                return False
        elif not took_simple(c, levels[top].is_looping):
            return False
        if is_open and not took(c, c':'):
            return False
        if c.at - began > MAX_STATEMENT or not took_line_end(c):
            return False
    return not is_open


def is_sound(str text):
    """Whether a function certainly compiles.

    Args:
        text: Its text from the first decorator on; see `rezfast.package.outline`.
    """
    cdef Py_ssize_t size
    cdef Cursor cursor
    cursor.at = PyUnicode_AsUTF8AndSize(text, &size)
    cursor.end = cursor.at + size
    cursor.brackets = cursor.depth = 0
    if size > MAX_TEXT:
        return False
    return took_head(&cursor) and took_body(&cursor)


include "_plain_values.pxi"
include "_plain_statements.pxi"
