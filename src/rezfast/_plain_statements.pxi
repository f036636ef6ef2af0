# Part of _syntax.pyx: definitions that are run here, statement by statement.
#
#     name = "foo"              evaluated: _plain_values.pxi
#     @early()
#     def requires(): ...       noted; `Definition.early` runs it
#     def commands(): ...       noted; kept as text
#     with scope("config"): ... run with the scopes of rezfast.package.scopes
#
# A statement is recognized before it is run, and so are those that are passed over.

cdef enum Flow:
    GOES_ON
    BREAKS
    CONTINUES
    RETURNS

cdef class Definition(Values):
    """A definition that is plain enough to be run without Python's compiler.

    Args:
        text: Its text after an empty line, its last line ended.
        make_scopes: Makes what it finds as `scope`, when it uses it.
        scope_kind: The class of the objects that a scope makes.
        taken: Names that it must not bind.
        kept: Names of functions that are kept without a decorator.

    Attributes:
        functions: Every function in it, those that another one replaces as well.

    Raises:
        Exception: It is not plain. Nothing has happened.
    """

    cdef readonly list functions
    cdef str _text
    cdef const char* _counted
    cdef int _line
    cdef object _scopes
    cdef object _make_scopes
    cdef frozenset _taken
    cdef frozenset _kept
    cdef object _result
    cdef int _scopes_begun
    cdef int _loops
    cdef int _blocks
    cdef int _calls
    # what early functions find and others made: it is not changed here
    cdef list _foreign

    def __init__(self, str text, object make_scopes, object scope_kind, frozenset taken, frozenset kept):
        cdef Cursor cursor
        cdef Py_ssize_t size
        self._text = text
        self._make_scopes = make_scopes
        self._scope_kind = scope_kind
        self._taken = taken
        self._kept = kept
        self.names = {}
        self.functions = []
        self._inner = []
        self._foreign = []
        self._line = 0
        cursor.at = self._counted = PyUnicode_AsUTF8AndSize(text, &size)
        must(size <= MAX_DEFINITION)
        cursor.end = cursor.at + size
        cursor.brackets = cursor.depth = 0
        self._steps_left = MAX_STEPS + size
        self.run(&cursor)

    def attributes(self):
        """What it binds that rez looks at, by name; functions are `Function`."""
        cdef dict found = {}
        cdef dict python = vars(_python)
        for name, value in self.names.items():
            if name not in python or python[name] != value:
                found[name] = value
        if self._scopes is not None:
            found.update(self._scopes.to_dict())
        self.be_shallow(found, 0)
        return found

    def early(self, Function function, dict objects, dict data):
        """The value of an early function.

        Args:
            function: The function.
            objects: What it finds besides the definition's names.
            data: The attributes as they stand, which it finds as `this`.

        Raises:
            Exception: It is not plain.
        """
        must("this" not in objects)
        self._inner = []
        self._objects = objects
        self._data = data
        self._foreign = list(objects.values())
        value = self.returned(function)
        if type(value) is dict:
            self.be_shallow(value, 0)
        return value

    cdef int be_shallow(self, dict values, int level) except -1:
        """Leaves dicts to Python that are deep in dicts: it may find them too deep."""
        must(level < MAX_LEVELS)
        for value in values.values():
            if type(value) is dict:
                self.step()
                self.be_shallow(value, level + 1)
        return 0

    # ---- at the left edge

    cdef int run(self, Cursor* c) except -1:
        cdef Py_ssize_t indent
        while c.at < c.end:
            indent = took_indent(c)
            if indent < 0:
                return 0
            must(indent == 0)
            if c.at[0] == c'@' or is_word(c, "def"):
                self.function(c)
            elif is_word(c, "with"):
                self.scope(c)
            elif took_word(c, "import"):
                self.imports(c)
            else:
                self.statement(c, 0, True)
        return 0

    cdef int imports(self, Cursor* c) except -1:
        cdef str name
        while True:
            name = took_word_text(c)
            module = MODULES[name]
            must(_sys.modules.get(name) is module)
            self.bind(name, module)
            if not took(c, c','):
                return must(took_line_end(c))

    cdef int scope(self, Cursor* c) except -1:
        took_word(c, "with")
        must(took_word(c, "scope") and peek(c) == c'(')
        c.brackets += 1
        took(c, c'(')
        must(peek(c) == c'"' or peek(c) == c"'")
        if self._scopes is None:
            self._scopes = self._make_scopes()
        scope = self._scopes(string_value(c))
        c.brackets -= 1
        must(took(c, c')'))
        scope.begin(self.names)
        if took_word(c, "as"):
            self.bind(took_word_text(c), scope)
        must(took(c, c':') and took_line_end(c))
        self.block(c, 0, True)
        # every scope goes through all names, and through all that scopes hold
        self._scopes_begun += 1
        must(self._scopes_begun <= MAX_SCOPES)
        self._steps_left -= len(self.names) >> 2
        self.step()
        scope.end(self.names)
        return 0

    cdef int function(self, Cursor* c) except -1:
        cdef Function made = Function.__new__(Function)
        cdef const char* began = c.at
        cdef list decorators = []
        while self._counted < began:
            self._line += self._counted[0] == c'\n'
            self._counted += 1
        made.line = self._line
        made._kind = HELPER
        while took(c, c'@'):
            self.decorator(c, made, decorators)
            must(took_line_end(c))
        must(took_word(c, "def"))
        made.name = took_word_text(c)
        must(took(c, c'(') and took(c, c')') and took_annotation(c) and took_line_end(c))
        made._body = c.at
        skip_body(c)
        made._end = c.at
        made.text = text_between(began, c.at - (c.at[-1] == c'\n'))
        made.decorators = tuple(reversed(decorators))
        if made._kind == HELPER and made.name in self._kept:
            made._kind = KEPT
        # rez's own rules: what they say about these is for Python to find out
        must((made.name in self._kept) == (made._kind == KEPT and ("late", ()) not in decorators))

        # where a text goes on over lines, so may a function that seems to end
        must(memchr(began, c'\\', c.at - began) == NULL or "\\\n" not in made.text + "\n")
        must('"""' not in made.text and "'''" not in made.text)
        if made._kind != KEPT:
            must(not decorators and is_sound(made.text))
        self.functions.append(made)
        return self.bind(made.name, made)

    cdef int decorator(self, Cursor* c, Function function, list decorators) except -1:
        cdef str name = took_word_text(c)
        cdef list given = []
        must(took(c, c'('))
        while peek(c) == c'"' or peek(c) == c"'":
            must(name == "include")
            given.append(string_value(c))
            if not took(c, c','):
                break
        must(took(c, c')') and function._kind != EARLY)
        if name == "early":
            must(function._kind == HELPER and not decorators)
            function._kind = EARLY
            return 0
        must(name == "late" or (name == "include" and given))
        if name == "late":
            function._kind = KEPT
        decorators.append((name, tuple(given)))
        return 0

    # ---- statements

    cdef int bind(self, str name, object value) except -1:
        if self._locals is not None:
            must(name in self._bound)
            self._locals[name] = value
            return 0
        must(name not in self._taken)
        self.names[name] = value
        return 0

    cdef Flow block(self, Cursor* c, Py_ssize_t outer, bint is_live) except *:
        """Takes the lines after a colon, and runs them when they are to be run."""
        cdef Py_ssize_t indent = -1
        cdef Py_ssize_t found
        cdef Flow flow = GOES_ON
        cdef Flow last
        cdef Cursor ahead
        must(self._blocks < MAX_BLOCKS)
        self._blocks += 1
        while True:
            ahead = c[0]
            found = took_indent(&ahead)
            # what comes after a block is looked at once more than it is taken
            self.repeat(c.at, ahead.at)
            if indent < 0:
                must(found > outer)
                indent = found
            elif found != indent:
                must(found <= outer)
                self._blocks -= 1
                return flow
            c[0] = ahead
            last = self.statement(c, indent, is_live and flow == GOES_ON)
            if is_live and flow == GOES_ON:
                flow = last

    cdef Flow statement(self, Cursor* c, Py_ssize_t indent, bint is_live) except *:
        cdef Flow flow
        self.step()
        if took_word(c, "if"):
            return self.branches(c, indent, is_live)
        if took_word(c, "for"):
            return self.loop(c, indent, is_live)
        if is_live:
            flow = self.simple(c)
        else:
            flow = GOES_ON
            must(self._locals is not None or not (is_word(c, "return") or is_word(c, "import") or is_word(c, "from")))
            must(took_simple(c, self._loops > 0))
        must(took_line_end(c))
        return flow

    cdef Flow branches(self, Cursor* c, Py_ssize_t indent, bint is_live) except *:
        """Takes what follows `if`."""
        cdef int elifs = 0
        cdef Py_ssize_t found
        cdef bint is_done = not is_live
        cdef bint is_chosen
        cdef Flow flow = GOES_ON
        cdef Flow last
        cdef Cursor ahead
        while True:
            is_chosen = False
            if is_done:
                must(expression(c) != BROKEN)
            else:
                is_chosen = bool(self.expression(c))
            must(took(c, c':') and took_line_end(c))
            last = self.block(c, indent, is_chosen)
            if is_chosen:
                flow = last
                is_done = True
            ahead = c[0]
            found = took_indent(&ahead)
            self.repeat(c.at, ahead.at)
            if found != indent:
                return flow
            if took_word(&ahead, "elif"):
                elifs += 1
                must(elifs <= MAX_ELIFS)
                c[0] = ahead
                continue
            if took_word(&ahead, "else"):
                c[0] = ahead
                must(took(c, c':') and took_line_end(c))
                last = self.block(c, indent, not is_done)
                return flow if is_done else last
            return flow

    cdef Flow loop(self, Cursor* c, Py_ssize_t indent, bint is_live) except *:
        """Takes what follows `for`."""
        cdef list targets = took_targets(c)
        cdef dict bound = {}
        cdef Cursor at
        cdef Flow flow = GOES_ON
        items = ()
        if is_live:
            items = self.expression(c)
        else:
            must(took_expressions(c))
        must(took(c, c':') and took_line_end(c))
        at.at = NULL
        self._loops += 1
        for item in items:
            if at.at != NULL:
                self.repeat(c.at, at.at)
            bind_targets(bound, targets, item)
            for name in targets:
                self.bind(name, bound[name])
            at = c[0]
            flow = self.block(&at, indent, True)
            if flow == BREAKS or flow == RETURNS:
                break
        self.block(c, indent, False)
        self._loops -= 1
        return flow if flow == RETURNS else GOES_ON

    cdef Flow simple(self, Cursor* c) except *:
        cdef Cursor ahead = c[0]
        cdef str name
        if took_word(c, "pass"):
            return GOES_ON
        if is_word(c, "break") or is_word(c, "continue"):
            must(self._loops > 0)
            return BREAKS if took_word(c, "break") else CONTINUES if took_word(c, "continue") else GOES_ON
        if took_word(c, "return"):
            must(self._locals is not None)
            ends = peek(c) == c'\n' or peek(c) == c'\0' or peek(c) == c'#'
            self._result = None if ends else self.expression(c)
            return RETURNS
        if took_name(&ahead):
            if peek(&ahead) == c'=' and peek(&ahead, 1) != c'=':
                name = took_word_text(c)
                took(c, c'=')
                self.bind(name, self.expression(c))
                return GOES_ON
            if peek(&ahead) == c'+' and peek(&ahead, 1) == c'=':
                name = took_word_text(c)
                c.at += 2
                skip_spaces(c)
                self.bind(name, self.grown(name, self.expression(c)))
                return GOES_ON
        ahead = c[0]
        if expression(&ahead) == TARGET and peek(&ahead) == c'=' and peek(&ahead, 1) != c'=':
            self.assign(c, &ahead)
        elif not self.changed(c):
            self.expression(c)
        return GOES_ON

    cdef bint is_own(self, object value) except -1:
        for other in self._foreign:
            if other is value:
                return False
        return True

    cdef object grown(self, str name, object value):
        """What `name += value` binds."""
        # to read a name comes before; nothing that an expression does can bind it
        cdef object before = self._locals[name] if self._locals is not None else self.names[name]
        must(type(before) is type(value) and type(value) in (str, list, int) and self.is_own(before))
        before += value
        return small(before)

    cdef int assign(self, Cursor* c, Cursor* after) except -1:
        """Sets an attribute of a scope's object, or an item."""
        cdef const char* end = after.at
        cdef object value
        cdef object target
        took(after, c'=')
        value = self.expression(after)
        target = self.looked_up(took_word_text(c))
        while True:
            if took(c, c'.'):
                name = took_word_text(c)
                self.in_scope(target, name)
                if c.at == end:
                    setattr(target, name, value)
                    break
                target = getattr(target, name)
                continue
            must(peek(c) == c'[')
            c.brackets += 1
            took(c, c'[')
            key = self.expression(c)
            c.brackets -= 1
            must(took(c, c']') and type(target) in (dict, list))
            if c.at == end:
                must(self.is_own(target))
                target[key] = value
                break
            target = target[key]
        c[0] = after[0]
        return 0

    cdef bint changed(self, Cursor* c) except -1:
        """Runs a statement that changes a list or dict; False: it is something else."""
        cdef Cursor ahead = c[0]
        cdef list given = []
        cdef dict named = {}
        cdef const char* end
        if not (took_name(&ahead) and took(&ahead, c'.') and took_name(&ahead) and peek(&ahead) == c'('):
            return False
        ahead = c[0]
        must(expression(&ahead) != BROKEN)
        end = ahead.at
        ahead = c[0]
        name = took_word_text(&ahead)
        took(&ahead, c'.')
        method = took_word_text(&ahead)
        if method not in CHANGES or self.is_this(name):
            return False
        must(not self.arguments(&ahead, given, named) and not named and ahead.at == end)
        target = self.looked_up(name)
        must(type(target) in (list, dict) and self.is_own(target))
        for one in given:
            self.weigh(one)
        getattr(target, method)(*given)
        must(method == "append" or method == "insert" or len(target) <= MAX_SIZE)
        c[0] = ahead
        return True

    # ---- functions

    cdef object called(self, Function function):
        """What a function gives that is called by its name."""
        must(function._kind == HELPER)
        inner, self._inner = self._inner, []
        objects, self._objects = self._objects, None
        data, self._data = self._data, None
        value = self.returned(function)
        self._inner, self._objects, self._data = inner, objects, data
        return value

    cdef object returned(self, Function function):
        cdef Cursor cursor
        cdef int loops = self._loops
        cdef int blocks
        if function._bound is None:
            function._bound = bound_in(function)
        must(self._calls < MAX_CALLS)
        self._calls += 1
        self.repeat(function._body, function._end)
        names, bound = self._locals, self._bound
        self._locals, self._bound = {}, function._bound
        self._loops = 0
        blocks, self._blocks = self._blocks, 0
        cursor.at = function._body
        cursor.end = function._end
        cursor.brackets = cursor.depth = 0
        self._result = None
        self.block(&cursor, 0, True)
        value, self._result = self._result, None
        self._locals, self._bound = names, bound
        self._loops, self._blocks = loops, blocks
        self._calls -= 1
        return value


cdef Py_ssize_t took_indent(Cursor* c) noexcept nogil:
    """Takes lines without code, and the indentation of the next; -1: there is none."""
    cdef const char* began
    while c.at < c.end:
        began = c.at
        skip_indent(c)
        if c.at == c.end:
            return -1
        if c.at[0] != c'\n' and c.at[0] != c'#':
            return c.at - began
        took_line_end(c)
    return -1


cdef int skip_body(Cursor* c) except -1:
    """Goes to where the next statement at the left edge is, behind a function's signature."""
    cdef const char* found
    cdef bint has_code = False
    while c.at < c.end:
        if c.at[0] != c' ' and c.at[0] != c'\n' and c.at[0] != c'#':
            break
        found = <const char*>memchr(c.at, c'\n', c.end - c.at)
        must(found != NULL)
        if c.at[0] == c' ' and not has_code:
            skip_indent(c)
            has_code = c.at[0] != c'\n' and c.at[0] != c'#'
        c.at = found + 1
    return must(has_code)


cdef frozenset bound_in(Function function):
    """The names that a function may bind: nothing else means the definition's.

    Lines inside brackets may seem to bind something: that only leaves more to Python.
    """
    cdef set found = set()
    for line in function.text.split("\n"):
        line = line.strip()
        word, _, rest = line.partition(" ")
        must(word != "import" and word != "from")
        if word == "for":
            must(" in " in rest)
            found.update([name.strip() for name in rest.partition(" in ")[0].split(",")])
            continue
        left, sign, right = line.partition("=")
        if sign:
            found.add(left.rstrip("+-*/%").strip())
    return frozenset(found)
