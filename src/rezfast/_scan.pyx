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
from cpython.unicode cimport PyUnicode_DecodeUTF8
from cpython.exc cimport PyErr_CheckSignals
from libc.errno cimport EFBIG, EINTR, EINVAL, ENXIO, ESPIPE, errno
from libc.stdint cimport SIZE_MAX, int64_t
from libc.string cimport memchr, memcmp, strlen
from libcpp cimport bool as cbool
from libcpp.string cimport string
from libcpp.utility cimport move
from libcpp.vector cimport vector

from rezfast._blocks cimport compound_statement, is_compound
from rezfast._definition cimport Draft, Range, Texts, text_view
from rezfast._lex cimport (
    CHAR_WORD, REFUSED_ENCODING, REFUSED_MISSING_NAME, REFUSED_NESTING, Scan, char_class, is_word, refuse, word_size,
)
from rezfast._pool cimport Pool, Reader, Work, read_at
from rezfast._masks cimport Odd, odd_bytes
from rezfast._rules cimport Names, is_utf8, normalise_newlines
from rezfast._statements cimport simple_line, skip_blank_lines

cimport cython

import os
from operator import index


cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object)
    void* PyUnicode_DATA(object)
    Py_ssize_t PyUnicode_GET_LENGTH(object)

cdef extern from *:
    """
    #include <sys/stat.h>
    #include <chrono>
    namespace rezfast {
    inline long long monotonic_ns() {
        return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    }
    """
    long long monotonic_ns "rezfast::monotonic_ns"() noexcept nogil
    cdef struct FileStatus "stat":
        int st_mode
        long long st_size
    int c_fstat "fstat"(int, FileStatus*) nogil
    int c_stat "stat"(const char*, FileStatus*) nogil
    bint S_ISREG(int) nogil


# In the order of `Reason` in _lex.pxd.
REASONS = (
    "accepted", "encoding", "syntax", "indentation", "string", "nesting", "dynamic-field", "invalid-value",
    "dynamic-attribute", "field-function", "signature", "decorator", "assignment", "reserved-name", "import", "scope",
    "branch", "class", "statement", "preprocess", "missing-name",
)

cdef enum:
    FIRST_READ = 65536  # a definition smaller than this takes three system calls
    KEPT_BUFFER = 1 << 20  # a longer one is given back before the next file
    SHORT_SOURCE = 8192  # bytes that take less time than giving the GIL away and getting it back
    LARGE_BATCH = 64  # files; fewer are read by one thread
    MAX_THREADS = 1024
    SIGNAL_INTERVAL = 50_000_000  # nanoseconds without a look at signals
    TAKE_INTERVAL = 2_000_000  # nanoseconds whose outcomes are still in the processor's cache


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
    if s.end - line > 24 and memcmp(line, b"# -*- coding: utf-8 -*-\n\n", 25) == 0:  # what rez itself writes
        return True
    for i in range(2):
        line_end = <const char*> memchr(line, c'\n', s.end - line)
        if not coding_line(s, line, line_end if line_end != NULL else s.end, marked):
            return False
        if line_end == NULL:
            return True
        line = line_end + 1
    return True


cdef bint module(Scan* s, Draft& out) noexcept nogil:
    """Every statement of the definition."""
    cdef Names paths
    cdef size_t size
    while True:
        if not skip_blank_lines(s):
            return False
        if s.at == s.end:
            return True
        size = word_size(s)
        if is_compound(s, size):
            s.features_closed = True
            if not compound_statement(s, size, paths):
                return False
        elif not simple_line(s, size, out):
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
    cdef Draft draft
    cdef Odd odd = odd_bytes(data, size)
    if odd.cr:
        normalise_newlines(data, size, normal)
        data = normal.data()
        size = normal.size()
    s.begin = s.at = data
    s.end = data + size
    s.view = view
    if odd.nul or (odd.high and not is_utf8(data, size)):
        refuse(&s, REFUSED_ENCODING)
    elif head(&s) and module(&s, draft):
        if view == VIEW_SOURCE and not draft.has_name:
            s.at = s.begin
            refuse(&s, REFUSED_MISSING_NAME)
        elif out.take(draft):
            return True
        else:  # no memory
            refuse(&s, REFUSED_NESTING)
    refusal.reason = s.reason
    refusal.line = line_of(s.begin, s.where)
    return False


# ---- files ---------------------------------------------------------------------------------------------------

cdef int read_rest(int handle, string& buffer, size_t* used) noexcept nogil:
    """Reads on after a first read that filled the buffer. Returns 0 or the error's number."""
    cdef FileStatus status
    cdef Py_ssize_t got
    if c_fstat(handle, &status) != 0:
        return errno
    if not S_ISREG(status.st_mode):
        return ENXIO
    if status.st_size > MAX_FILE:
        return EFBIG
    # one byte more than there should be: a read that does not fill the buffer is the last
    buffer.resize(max(<size_t> status.st_size, used[0]) + 1)
    while True:
        got = read_at(handle, &buffer[used[0]], buffer.size() - used[0], used[0])
        if got < 0:
            if errno == EINTR:
                continue
            return errno
        used[0] += got
        if used[0] < buffer.size():
            return 0
        if used[0] > MAX_FILE:
            return EFBIG
        buffer.resize(buffer.size() * 2)


cdef int read_file(const char* path, Reader& reader, size_t* used) noexcept nogil:
    """Reads one file with open, read and close; only one that is empty or long takes more calls.

    Returns 0 or the error's number: ENXIO for what is neither a file nor a directory.
    """
    cdef FileStatus status
    cdef Py_ssize_t got
    cdef int error = 0
    cdef int handle
    cdef string* buffer = &reader.buffer
    used[0] = 0
    handle = reader.open(path)
    if handle < 0:
        return errno
    if buffer.size() < FIRST_READ or buffer.size() > KEPT_BUFFER:
        buffer[0] = string()
        buffer.resize(FIRST_READ)
    # a read at an offset: pipes, sockets and terminals have none, and say so
    got = read_at(handle, buffer.data(), buffer.size(), 0)
    while got < 0 and errno == EINTR:
        got = read_at(handle, buffer.data(), buffer.size(), 0)
    if got < 0:
        error = ENXIO if errno == ESPIPE else errno
    elif got == 0:
        if c_fstat(handle, &status) != 0:
            error = errno
        elif not S_ISREG(status.st_mode):
            error = ENXIO
    else:
        used[0] = got
        if used[0] == buffer.size():
            error = read_rest(handle, buffer[0], used)
    reader.release(handle)
    return error


cdef bint is_device(const char* path) noexcept nogil:
    cdef FileStatus status
    return c_stat(path, &status) == 0 and not S_ISREG(status.st_mode)


cdef void scan_file(const char* path, int view, cbool timed, Reader& reader, FileOutcome& out) noexcept nogil:
    """Reads and scans one file. `path` may be NULL: a text that can be no path."""
    cdef const char* text = reader.fetched(&out.size)
    cdef int64_t started
    cdef int error
    if text == NULL:
        error = read_file(path, reader, &out.size) if path != NULL else EINVAL
        if error:
            out.result = -error
            return
        text = reader.buffer.data()
    started = monotonic_ns() if timed else 0
    out.result = scan_definition(text, out.size, view, out.definition, out.refusal)
    if timed:
        out.nanoseconds = monotonic_ns() - started
    if not out.result and out.refusal.reason == REFUSED_ENCODING:
        if is_device(path):  # one that gave less than was asked for, as a file does at its end
            out.result = -ENXIO
        else:
            out.has_nul = memchr(text, 0, out.size) != NULL


cdef size_t thread_count(object threads) except 0:
    """How many threads to use: what was asked for, REZFAST_THREADS, or the processors this process may use."""
    cdef object wanted
    if threads is not None:
        wanted = index(threads)
        if wanted < 1:
            raise ValueError(f"threads is {threads!r}: use a number from 1, or None")
        return min(wanted, MAX_THREADS)
    wanted = os.environ.get("REZFAST_THREADS")
    if wanted is not None:
        if not (wanted.isascii() and wanted.isdigit() and int(wanted[:19])):
            raise ValueError(f"REZFAST_THREADS is {wanted!r}: use a whole number from 1, or unset it")
        return min(int(wanted[:19]), MAX_THREADS)
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


cdef const char* path_text(object path, list kept) except? NULL:
    """A path as the system wants it, owned by `path` or by what is put into `kept`; NULL when it can be none."""
    cdef const char* text
    cdef Py_ssize_t size
    if type(path) is str and PyUnicode_IS_COMPACT_ASCII(path):
        text = <const char*> PyUnicode_DATA(path)
        size = PyUnicode_GET_LENGTH(path)
    else:
        try:
            path = os.fsencode(path)
        except UnicodeError:
            return NULL
        text = PyBytes_AS_STRING(path)
        size = PyBytes_GET_SIZE(path)
        kept.append(path)
    # a NUL would cut the path short
    return text if <Py_ssize_t> strlen(text) == size else NULL


cdef Py_ssize_t scan_paths(
    const char** paths, size_t count, vector[FileOutcome]& outcomes, int view, bint timed, size_t threads,
    size_t most_bytes, TakeOutcomes take, object taker,
) except -1:
    """Reads and scans the files, up to as many as come to `most_bytes`; returns how many those are.

    `take`, which may be NULL, gets the outcomes and `taker` as they come, in order. An exception of it or of a signal
    ends it all; no thread outlives the call.
    """
    cdef Work work
    cdef Pool* pool
    cdef bint over = False
    cdef size_t taken = 0, ready
    cdef int64_t interval = SIGNAL_INTERVAL if take == NULL else TAKE_INTERVAL
    outcomes.clear()
    outcomes.resize(count)
    work.paths = paths
    work.outcomes = outcomes.data()
    work.count = count
    work.view = view
    work.timed = timed
    work.threads = threads
    work.most_bytes = most_bytes
    pool = new Pool(scan_file, work)
    try:
        while True:
            with nogil:
                over = pool.work(interval)
            if take != NULL:
                ready = pool.done() if over else pool.ready()
                take(outcomes, taken, ready, taker)
                taken = ready
            if over:
                return pool.done()
            PyErr_CheckSignals()
    finally:
        with nogil:
            del pool


# ---- Python --------------------------------------------------------------------------------------------------

cdef str text_of(text_view text):
    return PyUnicode_DecodeUTF8(text.data(), text.size(), NULL)


cdef list list_of(Texts texts):
    cdef size_t i
    return [text_of(texts[i]) for i in range(texts.size())]


cdef void add_texts(object values, Draft& out) except *:
    cdef object value
    cdef bytes text
    for value in values:
        text = (<str?> value).encode("utf-8")
        out.add(PyBytes_AS_STRING(text), PyBytes_GET_SIZE(text))


cdef void set_range(object values, Range& range, Draft& out) except *:
    range.first = out.text_count()
    add_texts(values, out)
    range.last = out.text_count()


@cython.no_gc  # `late` knows nothing of its record, and a survey holds very many of these
cdef class Scanned:
    """What a resolve reads of a package definition. Immutable.

    Every attribute is None when the definition does not have it.
    """

    @property
    def name(self):
        return text_of(self.definition.name_text()[0]) if self.definition.has_name else None

    @property
    def version(self):
        return text_of(self.definition.version_text()[0]) if self.definition.has_version else None

    @property
    def requires(self):
        return list_of(self.definition.requires_texts()) if self.definition.has_requires else None

    @property
    def build_requires(self):
        return list_of(self.definition.build_requires_texts()) if self.definition.has_build_requires else None

    @property
    def private_build_requires(self):
        if not self.definition.has_private_build_requires:
            return None
        return list_of(self.definition.private_build_requires_texts())

    @property
    def variants(self):
        cdef size_t i
        if not self.definition.has_variants:
            return None
        return [list_of(self.definition.variant_texts(i)) for i in range(self.definition.variant_count())]

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
        cdef Draft d
        cdef object variant
        if name is not None:
            d.has_name = True
            d.name = d.text_count()
            add_texts((name,), d)
        if version is not None:
            d.has_version = True
            d.version = d.text_count()
            add_texts((version,), d)
        if requires is not None:
            d.has_requires = True
            set_range(requires, d.requires, d)
        if build_requires is not None:
            d.has_build_requires = True
            set_range(build_requires, d.build_requires, d)
        if private_build_requires is not None:
            d.has_private_build_requires = True
            set_range(private_build_requires, d.private_build_requires, d)
        if variants is not None:
            d.has_variants = True
            for variant in variants:
                d.start()
                add_texts(variant, d)
            d.variants.last = d.start_count()
            d.start()
        if timestamp is not None:
            d.has_timestamp = True
            d.timestamp = timestamp
        if hashed_variants is not None:
            d.has_hashed_variants = True
            d.hashed_variants = hashed_variants
        if not self.definition.take(d):
            raise MemoryError
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


cdef Scanned make_scanned(Definition& definition):
    """Takes the definition's contents."""
    cdef Scanned result = Scanned.__new__(Scanned)
    result.definition = move(definition)
    return result


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
    cdef Definition definition
    cdef Refusal refusal
    cdef const char* text
    cdef Py_ssize_t size
    cdef int which = view_of(view)
    cdef bint accepted
    if type(source) is str and PyUnicode_IS_COMPACT_ASCII(source):
        text = <const char*> PyUnicode_DATA(source)
        size = PyUnicode_GET_LENGTH(source)
    else:
        if isinstance(source, str):
            source = (<str> source).encode("utf-8", "surrogatepass")
        elif type(source) is not bytes:
            source = bytes(source)
        text = PyBytes_AS_STRING(source)
        size = PyBytes_GET_SIZE(source)
    if size <= SHORT_SOURCE:
        accepted = scan_definition(text, size, which, definition, refusal)
    else:
        with nogil:
            accepted = scan_definition(text, size, which, definition, refusal)
    return make_scanned(definition) if accepted else make_refused(refusal)


def load_files(paths, view="installed"):
    cdef int which = view_of(view)
    cdef vector[const char*] texts
    cdef vector[FileOutcome] outcomes
    cdef list result = []
    cdef list given = list(paths)
    cdef list kept = []
    cdef size_t i
    cdef int error
    for path in given:
        texts.push_back(path_text(path, kept))
    # the number of threads may take a system call to know
    threads = thread_count(None) if texts.size() >= LARGE_BATCH else 1
    scan_paths(texts.data(), texts.size(), outcomes, which, False, threads, SIZE_MAX, NULL, None)
    for i in range(outcomes.size()):
        if outcomes[i].result > 0:
            result.append(make_scanned(outcomes[i].definition))
        elif outcomes[i].result == 0:
            result.append(make_refused(outcomes[i].refusal))
        else:
            error = -outcomes[i].result
            result.append(OSError(error, os.strerror(error), os.fsdecode(given[i])))
    return result
