# cython: language_level=3
"""The values of a definition: literals that are checked and dropped, and the fields, which are kept.

    tools = ['a', ('b', 1), {'k': None}]       literal(): what Python reads without looking up a name
    requires = ['foo-1', 'bar' '-2']           field_value(): as rez's schema wants it, text kept
"""

from libc.string cimport memcmp
from libcpp.string cimport string

from rezfast._definition cimport Draft, Range
from rezfast._lex cimport (
    CHAR_BLANK, CHAR_DIGIT, CHAR_HEX, CHAR_WORD, KIND_BOOL, KIND_DICT, KIND_ELLIPSIS, KIND_LIST, KIND_NONE, KIND_NUMBER,
    KIND_SET, KIND_STRING, KIND_TUPLE, MAX_LITERAL_DEPTH, NOT_LITERAL, REFUSED_ATTRIBUTE, REFUSED_FIELD,
    REFUSED_NESTING, REFUSED_SYNTAX, REFUSED_VALUE, Scan, at_string, char_class, is_word, past_spaces, peek, peek_at,
    refuse, skip_between, skip_inside, strings, word_size,
)
from rezfast._masks cimport PlainText, indentation, plain_request, plain_text
from rezfast._rules cimport (
    FIELD_BUILD_REQUIRES, FIELD_HASHED_VARIANTS, FIELD_NAME, FIELD_PRIVATE_BUILD_REQUIRES, FIELD_REQUIRES,
    FIELD_TIMESTAMP, FIELD_VARIANTS,
)
from rezfast._text cimport at_text, text
from rezfast._version cimport RequirementData, encode_version, is_package_name, parse_requirement


cdef enum:
    MAX_NUMBER = 100


# ---- numbers -------------------------------------------------------------------------------------------------

cdef inline bint digits(Scan* s, unsigned char allowed, char highest) noexcept nogil:
    """One digit or more, single underscores between them."""
    cdef bint any_digit = False
    while s.at < s.end:
        if char_class(s.at) & allowed and (s.at[0] <= highest):
            any_digit = True
            s.at += 1
        elif s.at[0] == c'_' and any_digit and s.end - s.at > 1 and char_class(s.at + 1) & allowed:
            s.at += 1
        else:
            break
    return any_digit


cdef inline bint number(Scan* s) noexcept nogil:
    """One numeric literal that Python takes without a word."""
    cdef const char* start = s.at
    cdef bint ok
    cdef char c
    if s.at[0] == c'0' and peek_at(s, 1) != 0 and (
            peek_at(s, 1) | 0x20 == c'x' or peek_at(s, 1) | 0x20 == c'o' or peek_at(s, 1) | 0x20 == c'b'):
        c = s.at[1] | 0x20
        s.at += 2
        if peek(s) == c'_':
            s.at += 1
        ok = digits(s, CHAR_HEX if c == c'x' else CHAR_DIGIT,
                    c'f' if c == c'x' else c'7' if c == c'o' else c'1')
    else:
        ok = True
        if s.at[0] != c'.':
            if s.at[0] == c'0' and s.end - s.at > 1 and (char_class(s.at + 1) & CHAR_DIGIT or s.at[1] == c'_'):
                return refuse(s, REFUSED_SYNTAX)
            ok = digits(s, CHAR_DIGIT, c'9')
        if peek(s) == c'.':
            s.at += 1
            if s.at < s.end and char_class(s.at) & CHAR_DIGIT:
                ok = ok and digits(s, CHAR_DIGIT, c'9')
        if peek(s) == c'e' or peek(s) == c'E':
            s.at += 1
            if peek(s) == c'+' or peek(s) == c'-':
                s.at += 1
            ok = ok and digits(s, CHAR_DIGIT, c'9')
        if peek(s) == c'j' or peek(s) == c'J':
            s.at += 1
    if not ok or s.at - start > MAX_NUMBER:
        return refuse(s, REFUSED_SYNTAX)
    if s.at < s.end and (char_class(s.at) & CHAR_WORD or s.at[0] == c'.' or <unsigned char> s.at[0] >= 0x80):
        return refuse(s, REFUSED_SYNTAX)
    return True


# ---- literals -------------------------------------------------------------------------------------------------

cdef inline int literal(Scan* s, bint inside, int depth) noexcept nogil:
    """A value built of literals alone, checked and dropped. Returns its kind."""
    cdef char c
    cdef size_t size
    cdef const char* word
    if s.at == s.end:
        refuse(s, REFUSED_SYNTAX)
        return NOT_LITERAL
    if char_class(s.at) & CHAR_DIGIT and peek_at(s, 1) == c'\n':
        s.at += 1
        return KIND_NUMBER
    if depth > MAX_LITERAL_DEPTH:
        refuse(s, REFUSED_NESTING)
        return NOT_LITERAL
    if at_string(s) or at_text(s):
        return text(s, inside, 0)
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
        return KIND_ELLIPSIS
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


cdef inline int sequence(Scan* s, int depth) noexcept nogil:
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


cdef inline int mapping(Scan* s, int depth) noexcept nogil:
    """A dict or a set; the cursor is on the brace.

    Elements have to be hashable, and the keys of a dict strings: rez asks them whether they start with
    underscores.
    """
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
            if s.at[0] != c':' or kind != KIND_STRING:
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

cdef inline const char* past_word(const char* at, const char* end) noexcept nogil:
    while at < end and char_class(at) & CHAR_WORD:
        at += 1
    return at


cdef inline const char* past_version(const char* at, const char* end) noexcept nogil:
    """Past `1.2.3a`; NULL when a token is missing."""
    cdef const char* token
    while True:
        token = at
        at = past_word(token, end)
        if at == token:
            return NULL
        if at == end or at[0] != c'.':
            return at
        at += 1


cdef inline long plain_number(const char** at, const char* end) noexcept nogil:
    """The number at the cursor, which moves past it; -1 when rez may not compare it as one."""
    cdef const char* start = at[0]
    cdef long value = 0
    while at[0] < end and char_class(at[0]) & CHAR_DIGIT:
        value = value * 10 + (at[0][0] - c'0')
        at[0] += 1
        if at[0] - start > 9:
            return -1
    if at[0] == start or (start[0] == c'0' and at[0] - start > 1):
        return -1
    return -1 if at[0] < end and at[0][0] != c'.' else value


cdef inline bint is_below(const char* a, const char* a_end, const char* b, const char* b_end) noexcept nogil:
    """Whether version `a` is certainly less than `b`: plain numbers decide."""
    cdef long x, y
    while b < b_end:
        if a >= a_end:
            return True
        x = plain_number(&a, a_end)
        y = plain_number(&b, b_end)
        if x < 0 or y < 0:
            return False
        if x != y:
            return x < y
        a += 1
        b += 1
    return False


cdef inline const char* past_plain_request(const char* at, const char* end) noexcept nogil:
    """Past `foo`, `!foo-1.2`, `~foo-1.2+`, `foo-1+<2`: most requests, and right without a parse.

    NULL: not that simple.
    """
    cdef const char* token
    cdef const char* version
    if at < end and (at[0] == c'!' or at[0] == c'~'):
        at += 1
    token = at
    at = past_word(token, end)
    if at == token or (at - token == 11 and memcmp(token, b"__pycache__", 11) == 0):
        return NULL
    if at == end or at[0] != c'-':
        return at
    token = at + 1
    at = past_version(token, end)
    if at == NULL or at == end or at[0] != c'+':
        return at
    if end - at < 2 or at[1] != c'<':
        return at + 1
    version = at + 2
    end = past_version(version, end)
    return end if end != NULL and is_below(token, at, version, end) else NULL


cdef inline bint is_request(const char* text, size_t length) noexcept nogil:
    """Whether rez takes the text as a request of a package (rez: `PackageRequest`)."""
    cdef RequirementData parsed
    cdef const char* name
    cdef size_t size
    if past_plain_request(text, text + length) == text + length:
        return True
    if not parse_requirement(text, length, True, parsed):
        return False
    name = parsed.name.data()
    size = parsed.name.size()
    if size and text[0] == c'.':  # an ephemeral; behind a conflict operator rez knows none
        return is_package_name(name + 1, size - 1)
    return is_package_name(name, size)


cdef inline bint is_version(const char* text, size_t size) noexcept nogil:
    cdef string key
    return size > 0 and (past_version(text, text + size) == text + size or encode_version(text, size, key))


cdef inline bint joined_text(Scan* s, int field, Draft& out) noexcept nogil:
    """The name or the version: one string, or several that Python joins."""
    cdef string text
    if not at_string(s) or strings(s, False, &text) != KIND_STRING:
        return refuse(s, REFUSED_FIELD)
    out.add(text.data(), text.size())
    if field == FIELD_NAME:
        return is_package_name(text.data(), text.size()) or refuse(s, REFUSED_VALUE)
    return is_version(text.data(), text.size()) or refuse(s, REFUSED_VALUE)


cdef inline bint field_text(Scan* s, int field, Draft& out) noexcept nogil:
    """The same, which nearly always is a word or numbers with dots between them, in quotes, and a newline."""
    cdef const char* text = s.at + 1
    cdef PlainText plain
    cdef char quote = peek(s)
    if field == FIELD_NAME:
        out.name = out.text_count()
    else:
        out.version = out.text_count()
    if quote != c'\'' and quote != c'"':
        return joined_text(s, field, out)
    plain = plain_text(text, s.end, quote)
    if plain.size < 0 or text[plain.size + 1] != c'\n':  # something may be joined to it
        return joined_text(s, field, out)
    if not (plain.is_word and plain.size != 11 if field == FIELD_NAME else plain.is_dotted):
        return joined_text(s, field, out)
    out.add_short(text, plain.size)
    s.at += plain.size + 2
    return True


cdef inline bint plain_items(Scan* s, Draft& out) noexcept nogil:
    """Plain requests in plain quotes, each with the comma or bracket after it: nearly every list there is.

    Returns whether the last one had a comma, or there was none. The cursor goes no further than is sure.
    """
    cdef const char* at = s.at
    cdef const char* after
    cdef size_t size
    cdef int blanks
    while True:
        if s.end - at > 6 and memcmp(at, b"\n    ", 5) == 0 and at[5] != c' ':
            at += 5  # the usual: a guess that holds is quicker than a count
        elif at < s.end and at[0] == c'\n':
            blanks = indentation(at + 1, s.end)
            if blanks < 0:
                return True
            at += 1 + blanks
        elif at < s.end and at[0] == c' ':
            at += 1
        if at == s.end or (at[0] != c'\'' and at[0] != c'"'):
            return True
        size = plain_request(at + 1, s.end, at[0])
        if not size:
            return True
        after = at + size + 2
        if after[0] == c'\n':
            blanks = indentation(after + 1, s.end)
            if blanks < 0:
                return True
            after += 1 + blanks
        if after[0] != c',' and after[0] != c']':
            return True
        out.add_short(at + 1, size)
        s.at = after
        if after[0] == c']':
            return False
        at = after + 1
        s.at = at


cdef inline bint item(Scan* s, Draft& out) noexcept nogil:
    """A request that is any string, or several that Python joins; the cursor ends on the comma or bracket."""
    cdef const char* start = s.at
    cdef string text
    if not at_string(s) or strings(s, True, &text) != KIND_STRING:
        return refuse(s, REFUSED_FIELD)
    if peek(s) != c',' and peek(s) != c']':
        return refuse(s, REFUSED_FIELD)
    if not is_request(text.data(), text.size()):
        s.at = start
        return refuse(s, REFUSED_VALUE)
    out.add(text.data(), text.size())
    return True


cdef inline bint requests(Scan* s, Draft& out) noexcept nogil:
    """A list of requests; the cursor is where the list has to start. rez takes no tuple here."""
    cdef bint comma = True
    if peek(s) != c'[':
        return refuse(s, REFUSED_FIELD)
    s.at += 1
    while True:
        if comma:
            comma = plain_items(s, out)
        if not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            return True
        if not comma:
            return refuse(s, REFUSED_FIELD)
        if not item(s, out):
            return False
        comma = s.at[0] == c','
        if comma:
            s.at += 1


cdef inline bint field_requests(Scan* s, Range& range, Draft& out) noexcept nogil:
    range.first = out.text_count()
    if not requests(s, out):
        return False
    range.last = out.text_count()
    return True


cdef inline bint field_variants(Scan* s, Draft& out) noexcept nogil:
    cdef bint comma = True
    if peek(s) != c'[':
        return refuse(s, REFUSED_FIELD)
    s.at += 1
    out.variants.first = out.start_count()
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            out.variants.last = out.start_count()
            out.start()
            return True
        if not comma:
            return refuse(s, REFUSED_FIELD)
        out.start()
        if not requests(s, out) or not skip_inside(s):
            return False
        comma = s.at[0] == c','
        if comma:
            s.at += 1


cdef inline bint field_timestamp(Scan* s, Draft& out) noexcept nogil:
    """A plain decimal number that a 64 bit integer holds."""
    cdef long long value = 0
    cdef const char* start = s.at
    cdef const char* at = start
    while at < s.end and c'0' <= at[0] <= c'9' and at - start < 18:
        value = value * 10 + (at[0] - c'0')
        at += 1
    s.at = at
    if at == start or (start[0] == c'0' and at - start > 1):
        return refuse(s, REFUSED_FIELD)
    if at < s.end and (char_class(at) & CHAR_WORD or at[0] == c'.'):  # a digit, too: there are too many
        return refuse(s, REFUSED_FIELD)
    out.timestamp = value
    return True


cdef inline bint field_value(Scan* s, int field, Draft& out) noexcept nogil:
    """The value of a field, which has to be a literal of the type that rez's schema wants."""
    cdef size_t size
    if field == FIELD_REQUIRES:
        out.has_requires = True
        return field_requests(s, out.requires, out)
    if field == FIELD_VARIANTS:
        out.has_variants = True
        return field_variants(s, out)
    if field == FIELD_BUILD_REQUIRES:
        out.has_build_requires = True
        return field_requests(s, out.build_requires, out)
    if field == FIELD_PRIVATE_BUILD_REQUIRES:
        out.has_private_build_requires = True
        return field_requests(s, out.private_build_requires, out)
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
        s.name_bound = True
    else:
        out.has_version = s.version_bound = True
    return field_text(s, field, out)
