# cython: language_level=3
"""The attributes of a source package, as a build wants them: a resolve does not look at these.

    tools = ['a', 'b']                     what rez's schema wants of each (rez: `rez.package_maker`)
    tests = {'unit': {'command': 'x', 'requires': ['foo-1']}}
"""

from libcpp.string cimport string

from rezfast._lex cimport (
    KIND_BOOL, KIND_NONE, KIND_STRING, NOT_LITERAL, REFUSED_ATTRIBUTE, REFUSED_VALUE, Scan, at_string, is_word, peek,
    refuse, skip_inside, strings, word_size,
)
from rezfast._rules cimport (
    SOURCE_ANY, SOURCE_COMMAND, SOURCE_HELP, SOURCE_REFUSED, SOURCE_TESTS, SOURCE_TEXT, SOURCE_TEXT_LIST, source_kind,
    string_view,
)
from rezfast._text cimport text
from rezfast._values cimport is_request, literal


cdef inline bint text_list(Scan* s) noexcept nogil:
    """A list of texts, checked and dropped; the cursor is where it has to start."""
    cdef bint comma = True
    if peek(s) != c'[':
        return refuse(s, REFUSED_ATTRIBUTE)
    s.at += 1
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            return True
        if not comma or text(s, True, 0) != KIND_STRING:
            return refuse(s, REFUSED_ATTRIBUTE)
        comma = peek(s) == c','
        if comma:
            s.at += 1


cdef inline bint text_or_list(Scan* s, bint inside) noexcept nogil:
    return text_list(s) if peek(s) == c'[' else text(s, inside, 0) == KIND_STRING or refuse(s, REFUSED_ATTRIBUTE)


cdef inline bint help_list(Scan* s) noexcept nogil:
    """`[['Manual', 'https://...']]`: a list of lists of texts."""
    cdef bint comma = True
    if peek(s) != c'[':
        return text(s, False, 0) == KIND_STRING or refuse(s, REFUSED_ATTRIBUTE)
    s.at += 1
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            return True
        if not comma or not text_list(s) or not skip_inside(s):
            return refuse(s, REFUSED_ATTRIBUTE)
        comma = s.at[0] == c','
        if comma:
            s.at += 1


cdef inline bint request_list(Scan* s) noexcept nogil:
    """A list of requests, checked and dropped."""
    cdef string request
    cdef bint comma = True
    if peek(s) != c'[':
        return refuse(s, REFUSED_ATTRIBUTE)
    s.at += 1
    while True:
        if not skip_inside(s):
            return False
        if s.at[0] == c']':
            s.at += 1
            return True
        request.clear()
        if not comma or not at_string(s) or strings(s, True, &request) != KIND_STRING:
            return refuse(s, REFUSED_ATTRIBUTE)
        if not is_request(request.data(), request.size()):
            return refuse(s, REFUSED_VALUE)
        comma = peek(s) == c','
        if comma:
            s.at += 1


cdef inline bint dict_key(Scan* s, bint* last, string& key) noexcept nogil:
    """The key of the next item of a dict and its colon, or the brace that ends it (`last`)."""
    if not skip_inside(s):
        return False
    last[0] = s.at[0] == c'}'
    if last[0]:
        s.at += 1
        return True
    key.clear()
    if not at_string(s) or strings(s, True, &key) != KIND_STRING or peek(s) != c':':
        return refuse(s, REFUSED_ATTRIBUTE)
    # rez drops these before it looks at the rest
    if key.size() > 1 and key[0] == c'_' and key[1] == c'_':
        return refuse(s, REFUSED_ATTRIBUTE)
    s.at += 1
    return skip_inside(s)


cdef inline bint next_item(Scan* s) noexcept nogil:
    """Past the comma after an item of a dict, if there is one; what may follow else is its end."""
    if not skip_inside(s):
        return False
    if s.at[0] == c',':
        s.at += 1
        return True
    return s.at[0] == c'}' or refuse(s, REFUSED_ATTRIBUTE)


cdef inline bint test_entry(Scan* s) noexcept nogil:
    """`{'command': 'x', 'requires': [...], ...}`; the cursor is past the brace."""
    cdef string key
    cdef bint last = False, command = False, ok
    while True:
        if not dict_key(s, &last, key):
            return False
        if last:
            return command or refuse(s, REFUSED_ATTRIBUTE)
        if is_word(key.data(), key.size(), b"command", 7):
            command = True
            ok = text_or_list(s, True)
        elif is_word(key.data(), key.size(), b"requires", 8):
            ok = request_list(s)
        elif is_word(key.data(), key.size(), b"run_on", 6):
            ok = text_or_list(s, True)
        elif is_word(key.data(), key.size(), b"on_variants", 11):
            ok = literal(s, True, 0) == KIND_BOOL
        else:
            ok = literal(s, True, 0) != NOT_LITERAL
        if not ok or not next_item(s):
            return refuse(s, REFUSED_ATTRIBUTE)


cdef inline bint tests_dict(Scan* s) noexcept nogil:
    """`{'name': 'command', 'name': ['command', ...], 'name': {...}}`."""
    cdef string key
    cdef bint last = False, ok
    if peek(s) != c'{':
        return refuse(s, REFUSED_ATTRIBUTE)
    s.at += 1
    while True:
        if not dict_key(s, &last, key):
            return False
        if last:
            return True
        if s.at[0] == c'{':
            s.at += 1
            ok = test_entry(s)
        else:
            ok = text_or_list(s, True)
        if not ok or not next_item(s):
            return refuse(s, REFUSED_ATTRIBUTE)


cdef inline bint source_attribute(Scan* s, string_view name) noexcept nogil:
    """A value of the type that rez's schema wants. None is right everywhere: rez drops it."""
    cdef int wanted = source_kind(name)
    cdef int kind
    if wanted == SOURCE_REFUSED:
        return refuse(s, REFUSED_ATTRIBUTE)
    if is_word(s.at, word_size(s), b"None", 4) or wanted == SOURCE_ANY:
        return literal(s, False, 0) != NOT_LITERAL
    if wanted == SOURCE_TEXT_LIST:
        return text_list(s)
    if wanted == SOURCE_HELP:
        return help_list(s)
    if wanted == SOURCE_TESTS:
        return tests_dict(s)
    if wanted == SOURCE_COMMAND and peek(s) == c'[':
        return text_list(s)
    if wanted == SOURCE_COMMAND and is_word(s.at, word_size(s), b"False", 5):
        s.at += 5
        return True
    kind = literal(s, False, 0)
    if kind == (KIND_STRING if wanted == SOURCE_TEXT or wanted == SOURCE_COMMAND else KIND_BOOL):
        return True
    return refuse(s, REFUSED_ATTRIBUTE)
