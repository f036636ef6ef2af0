# Part of _syntax.pyx: what operators give, with limits on what they make.
#
#     a < b    a in b    a + b    "%s" % a
#
# Python's own operators do it; here is for which values they are known to be harmless.

cdef enum Comparison:
    NO_COMPARISON
    EQUAL
    UNEQUAL
    LESS
    LESS_EQUAL
    GREATER
    GREATER_EQUAL
    IN
    NOT_IN
    IS
    IS_NOT


cdef Comparison took_comparison(Cursor* c) noexcept nogil:
    cdef char first = peek(c)
    cdef Comparison found = NO_COMPARISON
    if peek(c, 1) == c'=' and (first == c'=' or first == c'!' or first == c'<' or first == c'>'):
        found = EQUAL if first == c'=' else UNEQUAL if first == c'!' else LESS_EQUAL if first == c'<' else GREATER_EQUAL
        c.at += 2
        skip_spaces(c)
    elif first == c'<' or first == c'>':
        found = LESS if first == c'<' else GREATER
        c.at += 1
        skip_spaces(c)
    elif took_word(c, "is"):
        found = IS_NOT if took_word(c, "not") else IS
    elif is_word(c, "not"):
        took_word(c, "not")
        took_word(c, "in")
        found = NOT_IN
    elif took_word(c, "in"):
        found = IN
    return found


cdef bint holds(Comparison how, object left, object right) except -1:
    if how == EQUAL:
        return left == right
    if how == UNEQUAL:
        return left != right
    if how == LESS:
        return left < right
    if how == LESS_EQUAL:
        return left <= right
    if how == GREATER:
        return left > right
    if how == GREATER_EQUAL:
        return left >= right
    return (left in right) if how == IN else (left not in right)


cdef object small(object value):
    """The value, when it has not grown large."""
    if type(value) in (str, list, tuple):
        must(len(value) <= MAX_SIZE)
    elif type(value) is int:
        must(-MAX_NUMBER < value < MAX_NUMBER)
    return value


cdef object joined(object left, object right):
    kind = type(left)
    must(kind is type(right) and kind in (str, list, tuple, int))
    return small(left + right)


cdef object filled_in(object template, object values):
    """`template % values`, with plain places only."""
    cdef str text
    must(type(template) is str)
    text = (<str>template).replace("%%", "").replace("%s", "").replace("%d", "")
    must("%" not in text)
    for value in values if type(values) is tuple else (values,):
        must(type(value) in (str, int))
    return small(template % values)
