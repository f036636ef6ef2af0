# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""Reads what a resolve needs out of a package definition, without running it.

One pass over the bytes, statement by statement; no tree is built.

    # -*- coding: utf-8 -*-          head       byte order mark, encoding, validity of the text
    name = 'foo'                     field   -> Definition.name
    requires = ['bar-1', 'baz']      field   -> Definition.requires
    tools = ['x']                    literal    checked, not kept
    with scope('config') as c:       scope      checked: it can only make `config`
        c.x.y = 1
    def commands():                  body       skipped: rez does not run it to know the fields
        env.PATH.append('{root}')
    if is_windows: ...               refused -> Refusal{reason, line}: Python has to run it

Only what is known to leave a field as it is written, and to raise nothing, is accepted. All the rest is
refused, and a refusal costs no more than time.

    installed view   a package in a repository: the directory gives name and version
    source view      what a build starts from: it must name itself, and has no preprocess function
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.errno cimport EFBIG, EINTR, EINVAL, errno
from libc.string cimport memchr, memcmp, strlen
from libcpp cimport bool as cbool
from libcpp.string cimport string
from libcpp.utility cimport move
from libcpp.vector cimport vector

from rezfast._blocks cimport compound_statement, is_compound
from rezfast._lex cimport (
    CHAR_WORD, REFUSED_ENCODING, REFUSED_MISSING_NAME, Scan, char_class, is_word, refuse, word_size,
)
from rezfast._rules cimport Names, is_ascii, is_utf8, normalise_newlines
from rezfast._statements cimport simple_line, skip_blank_lines

import os


cdef extern from "<fcntl.h>" nogil:
    int c_open "open"(const char*, int)
    int O_RDONLY, O_CLOEXEC, O_NOCTTY, O_NONBLOCK

cdef extern from "<unistd.h>" nogil:
    Py_ssize_t c_read "read"(int, void*, size_t)
    int c_close "close"(int)


# In the order of `Reason` in _lex.pxd.
REASONS = (
    "accepted", "encoding", "syntax", "indentation", "string", "nesting", "dynamic-field", "invalid-value",
    "dynamic-attribute", "field-function", "signature", "decorator", "assignment", "reserved-name", "import", "scope",
    "branch", "class", "statement", "preprocess", "missing-name",
)

cdef enum:
    FIRST_READ = 65536  # a definition smaller than this takes three system calls
    MAX_FILE = 64 << 20


# ---- the whole  ------------------------------------------------------------------------------------------------

cdef bint coding_line(Scan* s, const char* at, const char* end, bint marked) noexcept nogil:
    """Whether a line of the first two leaves the encoding UTF-8. `marked`: a byte order mark came first."""
    cdef const char* word
    cdef size_t size
    at = <const char*> memchr(at, c'#', end - at)
    while at != NULL and end - at > 7:
        at = <const char*> memchr(at + 1, c'c', end - at - 1)
        if at == NULL or end - at < 7:
            return True
        if memcmp(at, b"coding", 6) != 0 or (at[6] != c':' and at[6] != c'='):
            continue
        word = at + 7
        while word < end and (word[0] == c' ' or word[0] == c'\t'):
            word += 1
        size = 0
        while word + size < end and (char_class(word + size) & CHAR_WORD or word[size] == c'-' or word[size] == c'.'):
            size += 1
        if size == 0:
            continue
        if is_word(word, size, b"utf-8", 5) or (not marked and (
                is_word(word, size, b"UTF-8", 5) or is_word(word, size, b"utf8", 4) or is_word(word, size, b"UTF8", 4)
                or is_word(word, size, b"utf_8", 5))):
            return True
        s.at = at
        return refuse(s, REFUSED_ENCODING)
    return True


cdef bint head(Scan* s) noexcept nogil:
    """Byte order mark and coding lines. Only UTF-8 is read here."""
    cdef bint marked = s.end - s.at >= 3 and memcmp(s.at, b"\xef\xbb\xbf", 3) == 0
    cdef const char* line
    cdef const char* line_end
    cdef int i
    if marked:
        s.at += 3
    line = s.at
    for i in range(2):
        line_end = <const char*> memchr(line, c'\n', s.end - line)
        if not coding_line(s, line, line_end if line_end != NULL else s.end, marked):
            return False
        if line_end == NULL:
            return True
        line = line_end + 1
    return True


cdef bint module(Scan* s, Definition& out) noexcept nogil:
    """Every statement of the definition."""
    cdef Names paths
    while True:
        if not skip_blank_lines(s):
            return False
        if s.at == s.end:
            return True
        if is_compound(s, word_size(s)):
            s.features_closed = True
            if not compound_statement(s, word_size(s), paths):
                return False
        elif not simple_line(s, out):
            return False


cdef int line_of(const char* begin, const char* at) noexcept nogil:
    cdef int line = 1
    while True:
        begin = <const char*> memchr(begin, c'\n', at - begin)
        if begin == NULL:
            return line
        line += 1
        begin += 1


cdef bint scan_definition(
    const char* data, size_t size, int view, Definition& out, Refusal& refusal
) noexcept nogil:
    """Reads one definition. False: `refusal` says why and where, and `out` is of no use."""
    cdef string normal
    cdef Scan s
    cdef cbool nul = False
    cdef bint ascii
    if size and memchr(data, c'\r', size) != NULL:
        normalise_newlines(data, size, normal)
        data = normal.data()
        size = normal.size()
    s.begin = s.at = data
    s.end = data + size
    s.view = view
    ascii = is_ascii(data, size, nul)
    if nul or not (ascii or is_utf8(data, size)):
        refuse(&s, REFUSED_ENCODING)
    elif head(&s) and module(&s, out):
        if view != VIEW_SOURCE or out.has_name:
            return True
        s.at = s.begin
        refuse(&s, REFUSED_MISSING_NAME)
    refusal.reason = s.reason
    refusal.line = line_of(s.begin, s.where)
    return False


cdef int scan_file(
    const char* path, int view, string& buffer, Definition& out, Refusal& refusal
) noexcept nogil:
    """Reads one file with open, read and close. 1: accepted, 0: refused, else minus the error's number.

    `buffer` is scratch space that the next call may use again.
    """
    cdef size_t used = 0
    cdef Py_ssize_t got
    cdef int error = 0
    cdef int handle
    # without O_NONBLOCK a named pipe would hang here
    handle = c_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    while handle < 0 and errno == EINTR:
        handle = c_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    if handle < 0:
        return -errno
    if buffer.size() < FIRST_READ:
        buffer.resize(FIRST_READ)
    while True:
        got = c_read(handle, &buffer[used], buffer.size() - used)
        if got < 0:
            if errno == EINTR:
                continue
            error = errno
            break
        used += got
        if used < buffer.size():  # a short read is the end of a regular file
            break
        if used >= MAX_FILE:
            error = EFBIG
            break
        buffer.resize(buffer.size() * 4)
    c_close(handle)
    if error:
        return -error
    return scan_definition(buffer.data(), used, view, out, refusal)


# ---- Python --------------------------------------------------------------------------------------------------

cdef list texts(const vector[string]& values):
    cdef list result = []
    cdef size_t i
    for i in range(values.size()):
        result.append(values[i].decode("utf-8"))
    return result


cdef void set_texts(object values, vector[string]& out) except *:
    cdef object value
    out.clear()
    for value in values:
        out.push_back((<str?> value).encode("utf-8"))


cdef class Scanned:
    """What a resolve reads of a package definition. Immutable.

    Every attribute is None when the definition does not have it.
    """

    @property
    def name(self):
        return self.definition.name.decode("utf-8") if self.definition.has_name else None

    @property
    def version(self):
        return self.definition.version.decode("utf-8") if self.definition.has_version else None

    @property
    def requires(self):
        return texts(self.definition.requires) if self.definition.has_requires else None

    @property
    def build_requires(self):
        return texts(self.definition.build_requires) if self.definition.has_build_requires else None

    @property
    def private_build_requires(self):
        return texts(self.definition.private_build_requires) if self.definition.has_private_build_requires else None

    @property
    def variants(self):
        cdef size_t i
        if not self.definition.has_variants:
            return None
        return [texts(self.definition.variants[i]) for i in range(self.definition.variants.size())]

    @property
    def timestamp(self):
        return self.definition.timestamp if self.definition.has_timestamp else None

    @property
    def hashed_variants(self):
        return bool(self.definition.hashed_variants) if self.definition.has_hashed_variants else None

    @classmethod
    def from_fields(cls, *, name=None, version=None, requires=None, variants=None, build_requires=None,
                    private_build_requires=None, timestamp=None, hashed_variants=None, late=None):
        cdef Scanned self = Scanned.__new__(Scanned)
        cdef Definition* d = &self.definition
        cdef object variant
        if name is not None:
            d.has_name = True
            d.name = (<str?> name).encode("utf-8")
        if version is not None:
            d.has_version = True
            d.version = (<str?> version).encode("utf-8")
        if requires is not None:
            d.has_requires = True
            set_texts(requires, d.requires)
        if build_requires is not None:
            d.has_build_requires = True
            set_texts(build_requires, d.build_requires)
        if private_build_requires is not None:
            d.has_private_build_requires = True
            set_texts(private_build_requires, d.private_build_requires)
        if variants is not None:
            d.has_variants = True
            for variant in variants:
                d.variants.emplace_back()
                set_texts(variant, d.variants.back())
        if timestamp is not None:
            d.has_timestamp = True
            d.timestamp = timestamp
        if hashed_variants is not None:
            d.has_hashed_variants = True
            d.hashed_variants = hashed_variants
        self.late = late
        return self

    def __repr__(self):
        fields = ("name", "version", "requires", "variants", "build_requires", "private_build_requires", "timestamp",
                  "hashed_variants", "late")
        values = ((field, getattr(self, field)) for field in fields)
        return f"Scanned({', '.join(f'{k}={v!r}' for k, v in values if v is not None)})"


cdef class Refused:
    """A definition that Python has to run. False in a condition.

    Attributes:
        reason: One of `REASONS`.
        line: Line of the first thing that could not be proven, from 1.
    """

    def __bool__(self):
        return False

    def __repr__(self):
        return f"Refused(reason={self.reason!r}, line={self.line})"


cdef Refused make_refused(const Refusal& refusal):
    cdef Refused result = Refused.__new__(Refused)
    result.reason = REASONS[refusal.reason]
    result.line = refusal.line
    return result


cdef int view_of(str view) except -1:
    if view == "installed":
        return VIEW_INSTALLED
    if view == "source":
        return VIEW_SOURCE
    raise ValueError(f"view is {view!r}: use 'installed' or 'source'")


def scan(source, view="installed"):
    cdef bytes data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else bytes(source)
    cdef int which = view_of(view)
    cdef Scanned scanned = Scanned.__new__(Scanned)
    cdef Refusal refusal
    cdef const char* text = PyBytes_AS_STRING(data)
    cdef size_t size = PyBytes_GET_SIZE(data)
    cdef bint accepted
    with nogil:
        accepted = scan_definition(text, size, which, scanned.definition, refusal)
    return scanned if accepted else make_refused(refusal)


cdef void scan_files(
    const vector[string]& paths, int view, vector[Definition]& definitions, vector[Refusal]& refusals,
    vector[int]& outcomes
) noexcept nogil:
    """Every file in turn. Each index is written by one call only, so that a pool may share the work."""
    cdef string buffer
    cdef size_t i
    for i in range(paths.size()):
        if strlen(paths[i].c_str()) != paths[i].size():
            outcomes[i] = -EINVAL  # a NUL would cut the path short
        else:
            outcomes[i] = scan_file(paths[i].c_str(), view, buffer, definitions[i], refusals[i])


def load_files(paths, view="installed"):
    cdef int which = view_of(view)
    cdef vector[string] names
    cdef vector[Definition] definitions
    cdef vector[Refusal] refusals
    cdef vector[int] outcomes
    cdef list result = []
    cdef Scanned scanned
    cdef size_t i
    for path in paths:
        names.push_back(os.fsencode(path))
    definitions.resize(names.size())
    refusals.resize(names.size())
    outcomes.resize(names.size())
    with nogil:
        scan_files(names, which, definitions, refusals, outcomes)
    for i in range(names.size()):
        if outcomes[i] > 0:
            scanned = Scanned.__new__(Scanned)
            scanned.definition = move(definitions[i])
            result.append(scanned)
        elif outcomes[i] == 0:
            result.append(make_refused(refusals[i]))
        else:
            result.append(OSError(-outcomes[i], os.strerror(-outcomes[i]), os.fsdecode(names[i])))
    return result
