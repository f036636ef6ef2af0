# Part of _syntax.pyx: the values of expressions, worked out from their text.
#
#     first + [one for one in names if one]     recognized (_syntax.pyx), then evaluated here
#
# What is here is Python's own: the same operators and methods on the same objects. Whatever is not
# known, fails or grows large raises, and the definition is left to Python. No expression changes
# anything, but by a call of a function of the definition.

import builtins as _python
import os as _os
import sys as _sys

cdef enum:
    # more or larger than this is left to Python, which can be interrupted; steps besides one a byte
    MAX_STEPS = 4000
    MAX_CALLS = 8
    MAX_SCOPES = 64
    MAX_SIZE = 4096
    MAX_DEFINITION = 1 << 20
    MAX_ELIFS = 50
    MAX_LEVELS = 16  # of values in values

cdef object MAX_NUMBER = 1 << 62
cdef dict MODULES = {"os": _os, "sys": _sys}
cdef dict CALLED = {
    function.__name__: function
    for function in (str, int, bool, len, sorted, list, tuple, dict, range, enumerate, zip, sum, min, max)
}
cdef frozenset CONSUMERS = frozenset(("sorted", "list", "tuple", "sum", "min", "max"))
cdef frozenset TEXT_METHODS = frozenset((
    "join", "upper", "lower", "strip", "lstrip", "rstrip", "split", "rsplit", "replace", "startswith", "endswith",
    "title", "capitalize", "partition", "rpartition", "splitlines", "isdigit", "count", "find", "format",
))
cdef frozenset DICT_METHODS = frozenset(("get", "items", "keys", "values", "copy"))
cdef frozenset LIST_METHODS = frozenset(("index", "count", "copy"))
cdef frozenset PATH_METHODS = frozenset(("join", "dirname", "basename", "normpath", "splitext", "split"))
cdef frozenset CHANGES = frozenset(("append", "extend", "insert", "remove", "update"))
cdef frozenset MACHINE = frozenset(("platform", "version_info", "executable", "prefix"))
cdef frozenset INSIDE = frozenset(("context", "data", "locals", "pending"))
cdef frozenset SYSTEM = frozenset(("environ", "path", "sep", "pathsep", "name", "linesep"))


class Unknown(Exception):
    """Something that is left to Python."""


cdef int unknown() except -1:
    raise Unknown


cdef inline int must(bint condition) except -1:
    if not condition:
        raise Unknown
    return 0


cdef str text_between(const char* began, const char* end):
    return began[:end - began].decode("utf-8")


cdef str took_word_text(Cursor* c):
    """Takes a name, and gives it."""
    cdef const char* began = c.at
    cdef Py_ssize_t size = word_size(c)
    must(took_name(c))
    return text_between(began, began + size)


include "_plain_operators.pxi"


cdef object string_value(Cursor* c):
    """The value of texts that stand side by side, each on one line or in triple quotes."""
    cdef const char* began = c.at
    cdef const char* end
    cdef Py_ssize_t quotes
    cdef list parts = []
    while peek(c) == c'"' or peek(c) == c"'":
        began = c.at
        must(took_one_string(c))
        end = c.at
        quotes = 3 if end - began >= 6 and began[1] == began[0] and began[2] == began[0] else 1
        parts.append(text_between(began + quotes, end - quotes))
        skip_spaces(c)
    return parts[0] if len(parts) == 1 else "".join(parts)


cdef object number_value(Cursor* c):
    cdef const char* began = c.at
    cdef str text
    while is_digit(peek(c)) or peek(c) == c'.':
        c.at += 1
    text = text_between(began, c.at)
    # `1else` has a meaning, and Python warns of it
    must(not is_wordly(peek(c)))
    skip_spaces(c)
    return float(text) if "." in text else int(text)


cdef enum FunctionKind:
    HELPER
    EARLY
    KEPT


cdef class Function:
    """A function without parameters.

    Attributes:
        name: Its name.
        line: Where its first decorator or its `def` is, from 1.
        decorators: As `SourceCode.decorators`.
        text: All of its lines, the last one without its end.
        kind: `helper`, `early` or `kept`.
    """

    cdef readonly str name
    cdef readonly int line
    cdef readonly tuple decorators
    cdef readonly str text
    cdef FunctionKind _kind
    cdef const char* _body
    cdef const char* _end
    cdef frozenset _bound

    @property
    def kind(self):
        return "kept" if self._kind == KEPT else "early" if self._kind == EARLY else "helper"


cdef class Values:
    """What names stand for, and the values of expressions."""

    # the module's; those of the function that runs, and all that it binds; of comprehensions
    cdef readonly dict names
    cdef dict _locals
    cdef frozenset _bound
    cdef list _inner
    # what an early function finds besides, and the attributes behind its `this`
    cdef dict _objects
    cdef dict _data
    # `Attributes` of rezfast.package.scopes
    cdef object _scope_kind
    cdef Py_ssize_t _steps_left

    cdef object called(self, Function function):
        unknown()

    cdef int step(self) except -1:
        self._steps_left -= 1
        return must(self._steps_left > 0)

    cdef int repeat(self, const char* began, const char* end) except -1:
        """Counts text that is gone over once more."""
        self._steps_left -= (end - began) >> 5
        return self.step()

    cdef int weigh(self, object value, int level=0) except -1:
        """Counts a value that an operator or a function looks at, all of it perhaps."""
        kind = type(value)
        if kind is str:
            self._steps_left -= len(<str>value) >> 8
        elif kind is list or kind is tuple or kind is dict:
            must(level < MAX_LEVELS)
            self._steps_left -= len(value) >> 4
            for one in (<dict>value).values() if kind is dict else value:
                if type(one) in (str, list, tuple, dict):
                    self.weigh(one, level + 1)
            self.step()
        return must(self._steps_left > 0)

    cdef object looked_up(self, str name):
        cdef object value
        cdef dict scope
        for scope in reversed(self._inner):
            if name in scope:
                return scope[name]
        if self._locals is not None:
            if name in self._bound:
                return self._locals[name]
            if self._objects is not None and name in self._objects:
                return self._objects[name]
        must(not self.is_this(name))
        value = self.names[name]
        must(type(value) is not Function)
        return value

    cdef bint is_local(self, str name) except -1:
        for scope in self._inner:
            if name in scope:
                return True
        if self._locals is None:
            return False
        return name in self._bound or (self._objects is not None and name in self._objects)

    cdef bint is_this(self, str name) except -1:
        return name == "this" and self._data is not None and not self.is_local(name)

    # ---- operators

    cdef object expression(self, Cursor* c):
        cdef Cursor ahead = c[0]
        cdef const char* began = c.at
        cdef char first = peek(c)
        cdef int depth = c.depth
        cdef object value
        self.step()
        must(depth < MAX_NESTING)
        if first == c'"' or first == c"'":
            value = string_value(c)
            first = peek(c)
            if first == c',' or first == c'\n' or first == c']' or first == c')' or first == c'}' or first == c':':
                return value
            c[0] = ahead
        must(disjunction(&ahead) != BROKEN)
        c.depth += 1
        if took_word(&ahead, "if"):
            if self.either(&ahead):
                value = self.either(c)
                must(took_word(&ahead, "else") and expression(&ahead))
                c[0] = ahead
            else:
                must(took_word(&ahead, "else"))
                c[0] = ahead
                c.depth = depth + 1
                value = self.expression(c)
        else:
            value = self.either(c)
        c.depth = depth
        return value

    cdef object either(self, Cursor* c):
        """Values with `or`, in text that has been recognized."""
        cdef object value = self.both(c)
        while took_word(c, "or"):
            if value:
                skip_both(c)
            else:
                value = self.both(c)
        return value

    cdef object both(self, Cursor* c):
        cdef object value = self.negated(c)
        while took_word(c, "and"):
            if value:
                value = self.negated(c)
            else:
                skip_negated(c)
        return value

    cdef object negated(self, Cursor* c):
        cdef bint is_negated = False
        cdef bint has_not = False
        while took_word(c, "not"):
            has_not = True
            is_negated = not is_negated
        value = self.compared(c)
        return (not value) == is_negated if has_not else value

    cdef object compared(self, Cursor* c):
        cdef object left = self.added(c)
        cdef object right
        cdef object result = None
        cdef Comparison how
        while True:
            how = took_comparison(c)
            if how == NO_COMPARISON:
                return left if result is None else result
            if how == IS or how == IS_NOT:
                must(took_word(c, "None"))
                return result if result is False else (left is None) == (how == IS)
            if result is False:
                must(arithmetic(c) != BROKEN)
                continue
            right = self.added(c)
            self.weigh(left)
            self.weigh(right)
            result = holds(how, left, right)
            left = right

    cdef object added(self, Cursor* c):
        cdef object value = self.signed(c)
        cdef char sign
        while operator_size(c):
            sign = peek(c)
            must(operator_size(c) == 1)
            c.at += 1
            skip_spaces(c)
            if sign == c'%':
                # before `+`: what there is to the left is the whole of its left side
                value = filled_in(value, self.signed(c))
                continue
            must(sign == c'+' or sign == c'-')
            other = self.multiplied(c)
            if sign == c'+':
                value = joined(value, other)
            else:
                must(type(value) is int and type(other) is int)
                value = small(value - other)
        return value

    cdef object multiplied(self, Cursor* c):
        """What stands between two `+`."""
        cdef object value = self.signed(c)
        while peek(c) == c'%' and operator_size(c) == 1:
            c.at += 1
            skip_spaces(c)
            value = filled_in(value, self.signed(c))
        return value

    cdef object signed(self, Cursor* c):
        cdef bint is_negative = took(c, c'-')
        cdef object value = self.postfix(c)
        must(not is_negative or type(value) in (int, float))
        return -value if is_negative else value

    # ---- what has a place of its own

    cdef object postfix(self, Cursor* c):
        cdef object value = self.atom(c)
        cdef str name
        while True:
            if took(c, c'.'):
                name = took_word_text(c)
                value = self.method(c, value, name) if peek(c) == c'(' else self.attribute(value, name)
            elif peek(c) == c'[':
                value = self.item(c, value)
            else:
                must(peek(c) != c'(')
                return value

    cdef object atom(self, Cursor* c):
        cdef char first = peek(c)
        cdef str name
        cdef object value
        if first == c'"' or first == c"'":
            return string_value(c)
        if is_digit(first):
            return number_value(c)
        if first == c'(' or first == c'[' or first == c'{':
            c.brackets += 1
            took(c, first)
            value = self.pairs(c) if first == c'{' else self.items(c, c')' if first == c'(' else c']', first == c'(')
            c.brackets -= 1
            must(took(c, c')' if first == c'(' else <char>(first + 2)))
            return value
        if took_word(c, "True"):
            return True
        if took_word(c, "False"):
            return False
        if took_word(c, "None"):
            return None
        name = took_word_text(c)
        if peek(c) == c'(':
            return self.call(c, name)
        if self.is_this(name):
            must(took(c, c'.'))
            name = took_word_text(c)
            must(name[0] != "_" and peek(c) != c'(')
            value = self._data[name]
            must(type(value) is not Function)
            return value
        return self.looked_up(name)

    cdef object items(self, Cursor* c, char closing, bint is_tuple):
        cdef list found = []
        cdef Cursor ahead = c[0]
        if peek(c) == closing:
            return () if is_tuple else found
        must(expression(&ahead) != BROKEN)
        if is_word(&ahead, "for"):
            must(not is_tuple)
            return self.comprehended(c, &ahead, closing)
        while True:
            found.append(self.expression(c))
            if not took(c, c','):
                must(peek(c) == closing)
                return found[0] if is_tuple and len(found) == 1 else tuple(found) if is_tuple else found
            if peek(c) == closing:
                return tuple(found) if is_tuple else found

    cdef list comprehended(self, Cursor* c, Cursor* after, char closing):
        """The values of `VALUE for NAMES in ITEMS if ...`, up to the closing bracket."""
        cdef list found = []
        cdef dict scope = {}
        cdef Cursor at
        cdef Cursor conditions
        cdef object item
        cdef list targets
        cdef bint is_in
        took_word(after, "for")
        targets = took_targets(after)
        at = after[0]
        must(disjunction(&at) != BROKEN)
        items = self.either(after)
        conditions = after[0]
        while took_word(after, "if"):
            must(disjunction(after) != BROKEN)
        must(peek(after) == closing)
        self._inner.append(scope)
        for item in items:
            self.repeat(c.at, after.at)
            bind_targets(scope, targets, item)
            at = conditions
            is_in = True
            while is_in and took_word(&at, "if"):
                is_in = bool(self.either(&at))
            if is_in:
                at = c[0]
                found.append(self.expression(&at))
        self._inner.pop()
        c[0] = after[0]
        return found

    cdef dict pairs(self, Cursor* c):
        cdef dict found = {}
        while peek(c) != c'}':
            key = self.expression(c)
            must(took(c, c':'))
            found[key] = self.expression(c)
            if not took(c, c','):
                break
        must(peek(c) == c'}')
        return found

    cdef object item(self, Cursor* c, object value):
        cdef object found
        cdef object start = None
        cdef object end = None
        c.brackets += 1
        took(c, c'[')
        if peek(c) != c':':
            start = self.expression(c)
        if took(c, c':'):
            if peek(c) != c']':
                end = self.expression(c)
            must(type(value) in (str, list, tuple))
            self.weigh(value)
            found = value[start:end]
        else:
            must(type(value) in (str, list, tuple, dict) or value is _os.environ)
            found = value[start]
        c.brackets -= 1
        must(took(c, c']'))
        return found

    # ---- calls

    cdef bint arguments(self, Cursor* c, list given, dict named) except -1:
        """Takes what a call gives; True: it is a generator, whose values are given as a list."""
        cdef Cursor ahead
        cdef bint is_generator = False
        c.brackets += 1
        took(c, c'(')
        while peek(c) != c')':
            ahead = c[0]
            if took_name(&ahead) and peek(&ahead) == c'=' and peek(&ahead, 1) != c'=':
                name = took_word_text(c)
                took(c, c'=')
                named[name] = self.expression(c)
            else:
                ahead = c[0]
                must(expression(&ahead) != BROKEN)
                if is_word(&ahead, "for"):
                    must(not given and not named)
                    given.append(self.comprehended(c, &ahead, c')'))
                    is_generator = True
                    break
                given.append(self.expression(c))
            if not took(c, c','):
                break
        c.brackets -= 1
        must(took(c, c')'))
        return is_generator

    cdef object call(self, Cursor* c, str name):
        """A call of a function of the definition, or of one of Python's that only gives a value."""
        cdef list given = []
        cdef dict named = {}
        cdef bint is_generator = self.arguments(c, given, named)
        must(not self.is_local(name) and not self.is_this(name))
        function = self.names.get(name)
        if function is not None:
            must(type(function) is Function and not given and not named)
            return self.called(function)
        function = CALLED[name]
        must(name not in self.names and vars(_python).get(name) is function)
        must((not named or name == "dict") and (not is_generator or name in CONSUMERS))
        # `sum` of lists takes long
        must(name != "sum" or len(given) == 1)
        for value in given:
            self.weigh(value)
            if name == "range":
                must(type(value) is int and -MAX_SIZE <= value <= MAX_SIZE)
            elif name == "str" or name == "int":
                must(type(value) in (str, int, float, bool))
        return small(function(*given, **named))

    cdef object method(self, Cursor* c, object value, str name):
        cdef list given = []
        cdef dict named = {}
        cdef bint is_generator = self.arguments(c, given, named)
        kind = type(value)
        must(not is_generator or (kind is str and name == "join"))
        must(not named or name == "format")
        for one in (value, *given, *named.values()):
            self.weigh(one)
        if kind is str:
            must(name in TEXT_METHODS and len(value) <= MAX_SIZE)
            if name == "format":
                must(not (":" in value or "!" in value))
                # no attributes and items
                for part in (<str>value).split("{")[1:]:
                    part = part.partition("}")[0]
                    must(not ("." in part or "[" in part))
            for one in given:
                must(type(one) is not str or len(one) <= 64 or name == "format")
        elif kind is dict:
            must(name in DICT_METHODS)
        elif kind is list:
            must(name in LIST_METHODS)
        elif value is _os:
            must(name == "getenv")
        elif value is _os.environ:
            must(name == "get")
        else:
            must(value is _os.path and name in PATH_METHODS)
        return small(getattr(value, name)(*given, **named))

    cdef int in_scope(self, object value, str name) except -1:
        """Whether an attribute is one that a definition gives a scope, not what the scope is made of."""
        return must(isinstance(value, self._scope_kind) and name[0] != "_" and name not in INSIDE)

    cdef object attribute(self, object value, str name):
        if value is _os:
            must(name in SYSTEM)
        elif value is _sys:
            must(name in MACHINE)
        else:
            self.in_scope(value, name)
            value = getattr(value, name)
            must(not callable(value))
            return value
        return getattr(value, name)


cdef int skip_negated(Cursor* c) except -1:
    while took_word(c, "not"):
        pass
    return must(comparison(c) != BROKEN)


cdef int skip_both(Cursor* c) except -1:
    skip_negated(c)
    while took_word(c, "and"):
        skip_negated(c)
    return 0


cdef list took_targets(Cursor* c):
    """Takes the names of a `for`, and the word `in`."""
    cdef list found = [took_word_text(c)]
    while took(c, c','):
        found.append(took_word_text(c))
    must(took_word(c, "in"))
    return found


cdef int bind_targets(dict scope, list targets, object item) except -1:
    cdef list values
    if len(targets) == 1:
        scope[targets[0]] = item
        return 0
    values = list(item)
    must(len(values) == len(targets))
    scope.update(zip(targets, values))
    return 0
