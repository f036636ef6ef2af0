# cython: language_level=3
"""`with scope(...)`: settings of a package, which no field depends on.

    with scope('config') as c:
        release_packages_path = '/a'                        a name of the scope's own
        c.plugins.release.x = [1]                           a setting below others
        import os                                           in a source package, as a build reads it:
        c.release_packages_path = os.environ['STUDIO']      a setting that the environment gives,
        if kind == 'int': c.x = 1                           or that depends on a name or the platform

What a build finds in the environment reaches no field. Whether it is there at all shows when the build evaluates
the definition, so an installed package, which a resolve would take without evaluating it, is refused.
"""

from libc.string cimport memcmp

from rezfast._lex cimport (
    KIND_STRING, NOT_LITERAL, REFUSED_IMPORT, REFUSED_INDENTATION, REFUSED_SCOPE, Scan, at_string, is_word, peek,
    peek_at, refuse, skip_comment, skip_inline, skip_inside, strings, word_size,
)
from rezfast._rules cimport (
    SOURCE_ANY, Names, has_name, has_prefix_path, is_keyword, is_scope_attribute, source_kind, string_view,
)
from rezfast._scan cimport VIEW_SOURCE
from rezfast._statements cimport bind, end_of_line, identifier
from rezfast._values cimport literal


cdef enum:
    MAX_SCOPE_NAMES = 256
    MAX_BRANCHES = 8
    # modules that a scope's body has imported
    HAS_OS = 1
    HAS_SYS = 2
    HAS_PLATFORM = 4


# ---- the environment ------------------------------------------------------------------------------------------

cdef inline int module_named(const char* name, size_t size) noexcept nogil:
    if is_word(name, size, b"os", 2):
        return HAS_OS
    if is_word(name, size, b"sys", 3):
        return HAS_SYS
    return HAS_PLATFORM if is_word(name, size, b"platform", 8) else 0


cdef inline bint take(Scan* s, const char* text, size_t size) noexcept nogil:
    """Whether the text is at the cursor, as it is written nearly always; the cursor moves past it."""
    if <size_t> (s.end - s.at) < size or memcmp(s.at, text, size) != 0:
        return False
    s.at += size
    return True


cdef inline bint import_in_scope(Scan* s, string_view alias, int* modules) noexcept nogil:
    """`import os`; the cursor is past `import`."""
    cdef size_t size
    cdef int module
    if not skip_inline(s):
        return False
    size = word_size(s)
    module = module_named(s.at, size)
    if not module or string_view(s.at, size) == alias:
        return refuse(s, REFUSED_IMPORT)
    modules[0] |= module
    s.at += size
    return True


cdef inline bint quoted(Scan* s) noexcept nogil:
    return skip_inside(s) and at_string(s) and strings(s, True, NULL) == KIND_STRING and skip_inside(s)


cdef inline bint quoted_name(Scan* s) noexcept nogil:
    """The name of a variable, which is a plain word: of others the environment may raise what it likes."""
    cdef char quote = peek(s)
    if quote != c'\'' and quote != c'"':
        return False
    s.at += 1
    s.at += word_size(s)
    if s.at[-1] == quote or peek(s) != quote:
        return False
    s.at += 1
    return True


cdef inline bint from_platform(Scan* s, int modules) noexcept nogil:
    """`sys.platform`, `str(sys.platform)`, `platform.system()`: texts, whatever the machine is."""
    cdef const char* start = s.at
    if modules & HAS_SYS and (take(s, b"sys.platform", 12)
                              or (not s.builtin_bound and take(s, b"str(sys.platform)", 17))):
        return True
    if modules & HAS_PLATFORM and take(s, b"platform.system()", 17):
        return True
    s.at = start
    return False


cdef inline bint from_environment(Scan* s, int modules) noexcept nogil:
    """`os.environ['X']`, `os.environ.get('X', 'y')`, `os.getenv('X')`."""
    cdef const char* start = s.at
    cdef char close = c')'
    cdef bint found
    if not modules & HAS_OS:
        return False
    if take(s, b"os.environ[", 11):
        close = c']'
        found = quoted_name(s)
    elif take(s, b"os.environ.get(", 15) or take(s, b"os.getenv(", 10):
        found = quoted_name(s)
        if found and peek(s) == c',':
            s.at += 1
            found = quoted(s)
    else:
        found = False
    if found and peek(s) == close:
        s.at += 1
        return True
    s.at = start
    return False


cdef inline bint operand(Scan* s, Names& own, int modules) noexcept nogil:
    """What can be compared with a text and never raises."""
    cdef size_t size
    if at_string(s):
        return strings(s, False, NULL) == KIND_STRING or refuse(s, REFUSED_SCOPE)
    if from_platform(s, modules):
        return True
    size = word_size(s)
    if not size or not has_name(own, string_view(s.at, size)):
        return refuse(s, REFUSED_SCOPE)
    s.at += size
    return True


cdef inline bint condition(Scan* s, Names& own, int modules) noexcept nogil:
    """`kind == 'int':` or `'win' in sys.platform:`; the cursor is past `if`."""
    cdef bint is_text
    if not skip_inline(s):
        return False
    is_text = at_string(s)
    if not operand(s, own, modules) or not skip_inline(s):
        return False
    if is_text and is_word(s.at, word_size(s), b"in", 2):
        s.at += 2
        if not skip_inline(s) or not from_platform(s, modules):
            return refuse(s, REFUSED_SCOPE)
    elif not take(s, b"==", 2) and not take(s, b"!=", 2):
        return refuse(s, REFUSED_SCOPE)
    elif not skip_inline(s) or not operand(s, own, modules):
        return False
    return skip_inline(s) and block_begins(s)


cdef inline bint block_begins(Scan* s) noexcept nogil:
    if peek(s) != c':':
        return refuse(s, REFUSED_SCOPE)
    s.at += 1
    if not skip_inline(s):
        return False
    if s.at < s.end and s.at[0] != c'\n' and s.at[0] != c'#':
        return refuse(s, REFUSED_SCOPE)
    return end_of_line(s)


# ---- the body -------------------------------------------------------------------------------------------------

cdef inline bint sets_preprocess(const Scan* s, size_t size) noexcept nogil:
    """Whether a setting names a function that rewrites a source package."""
    return s.view == VIEW_SOURCE and size >= 18 and memcmp(s.at, b"package_preprocess", 18) == 0


cdef inline bint scope_assignment(
    Scan* s, string_view alias, Names& paths, Names& own, int modules, int depth,
) noexcept nogil:
    """`x = literal` or `alias.x.y = literal`, neither of which leaves the scope."""
    cdef const char* start = s.at
    cdef const char* path
    cdef size_t size = identifier(s)
    cdef size_t attribute
    if not size:
        return False
    if string_view(s.at, size) == alias:
        s.at += size
        path = s.at + 1
        if peek(s) != c'.':
            return refuse(s, REFUSED_SCOPE)
        while peek(s) == c'.':
            s.at += 1
            attribute = identifier(s)
            if not attribute:
                return False
            if is_scope_attribute(string_view(s.at, attribute)) or sets_preprocess(s, attribute):
                return refuse(s, REFUSED_SCOPE)
            s.at += attribute
        size = s.at - path
    else:
        if sets_preprocess(s, size) or module_named(s.at, size) & modules:
            return refuse(s, REFUSED_SCOPE)
        if not bind(s, size):
            return False
        if not depth:
            own.push_back(string_view(s.at, size))
        path = start
        s.at += size
    # what is a plain value already has no attributes
    if paths.size() == MAX_SCOPE_NAMES or has_prefix_path(paths, string_view(path, size)):
        return refuse(s, REFUSED_SCOPE)
    paths.push_back(string_view(path, size))
    if not skip_inline(s):
        return False
    if peek(s) != c'=':
        return refuse(s, REFUSED_SCOPE)
    s.at += 1
    if not skip_inline(s):
        return False
    return from_environment(s, modules) or from_platform(s, modules) or literal(s, False, 0) != NOT_LITERAL


cdef inline bint scope_head(Scan* s, string_view* alias) noexcept nogil:
    """`scope("config") as c:`; the cursor is past `with`."""
    cdef size_t size
    cdef char quote
    if s.reserved_bound or not skip_inline(s) or not is_word(s.at, word_size(s), b"scope", 5):
        return refuse(s, REFUSED_SCOPE)
    s.at += 5
    quote = peek_at(s, 1)
    if peek(s) != c'(' or (quote != c'"' and quote != c'\''):
        return refuse(s, REFUSED_SCOPE)
    s.at += 2
    size = word_size(s)
    if size == 0 or not bind(s, size):
        return refuse(s, REFUSED_SCOPE)
    if s.view == VIEW_SOURCE and not is_word(s.at, size, b"config", 6) and (
            source_kind(string_view(s.at, size)) != SOURCE_ANY):  # a build wants something other than a dict
        return refuse(s, REFUSED_SCOPE)
    s.at += size
    if peek(s) != quote or peek_at(s, 1) != c')':
        return refuse(s, REFUSED_SCOPE)
    s.at += 2
    if not skip_inline(s):
        return False
    if is_word(s.at, word_size(s), b"as", 2):
        s.at += 2
        if not skip_inline(s):
            return False
        size = identifier(s)
        if not size or not bind(s, size):
            return False
        alias[0] = string_view(s.at, size)
        s.at += size
        if not skip_inline(s):
            return False
    if peek(s) != c':':
        return refuse(s, REFUSED_SCOPE)
    s.at += 1
    return skip_inline(s) and end_of_line(s)


cdef inline bint scope_line(
    Scan* s, string_view alias, Names& paths, Names& own, int* modules, const char* margin, Py_ssize_t width,
    bint* branched, int depth,
) noexcept nogil:
    """One statement of a body; `branched`: the last one was an `if`, so that this may be its `else`."""
    cdef size_t size = word_size(s)
    cdef bint after = branched[0]
    branched[0] = False
    if at_string(s):
        if not strings(s, False, NULL):
            return False
    elif is_word(s.at, size, b"pass", 4):
        s.at += 4
    elif s.view == VIEW_SOURCE and is_word(s.at, size, b"import", 6) and not depth:
        s.at += 6
        if not import_in_scope(s, alias, modules):
            return False
    elif s.view == VIEW_SOURCE and (
        is_word(s.at, size, b"if", 2) or (after and is_word(s.at, size, b"elif", 4))
    ):
        s.at += size
        branched[0] = True
        return condition(s, own, modules[0]) and scope_body(
            s, alias, paths, own, modules, margin, width, depth + 1)
    elif s.view == VIEW_SOURCE and after and is_word(s.at, size, b"else", 4):
        s.at += size
        return skip_inline(s) and block_begins(s) and scope_body(
            s, alias, paths, own, modules, margin, width, depth + 1)
    elif is_keyword(string_view(s.at, size)):
        return refuse(s, REFUSED_SCOPE)
    elif not scope_assignment(s, alias, paths, own, modules[0], depth):
        return False
    return skip_inline(s) and end_of_line(s)


cdef inline bint scope_body(
    Scan* s, string_view alias, Names& paths, Names& own, int* modules, const char* outer, Py_ssize_t outer_width,
    int depth,
) noexcept nogil:
    """Statements that are indented alike, further than the line that they belong to."""
    cdef const char* line
    cdef const char* margin = NULL
    cdef Py_ssize_t width = 0
    cdef bint branched = False
    if depth > MAX_BRANCHES:
        return refuse(s, REFUSED_SCOPE)
    while s.at < s.end:
        line = s.at
        while s.at < s.end and (s.at[0] == c' ' or s.at[0] == c'\t'):
            s.at += 1
        if s.at == s.end:
            break
        if s.at[0] == c'\n':
            s.at += 1
            continue
        if s.at[0] == c'#':
            skip_comment(s)
            continue
        if margin == NULL and s.at - line > outer_width and memcmp(outer, line, outer_width) == 0:
            margin = line
            width = s.at - line
        elif margin == NULL or s.at - line > width or memcmp(margin, line, s.at - line) != 0:
            return refuse(s, REFUSED_INDENTATION)
        elif s.at - line < width:  # whose margin it is shows further out
            s.at = line
            break
        if not scope_line(s, alias, paths, own, modules, margin, width, &branched, depth):
            return False
    return margin != NULL or refuse(s, REFUSED_INDENTATION)


cdef inline bint scope_statement(Scan* s, Names& paths) noexcept nogil:
    """A `with scope(...)` block; the cursor is past `with`. What it binds is gone when it ends."""
    cdef string_view alias
    cdef Names own
    cdef int modules = 0
    return scope_head(s, &alias) and scope_body(s, alias, paths, own, &modules, s.at, 0, 0)
