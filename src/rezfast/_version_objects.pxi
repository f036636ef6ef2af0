# What Python sees of versions: immutable objects around a key and a text.
# Texts cross as UTF-8; a lone surrogate survives the round trip.

# Makes an object whose C fields the caller fills in; no text means this.
cdef object UNSET = object()


cdef string utf8(object text) except *:
    cdef Py_ssize_t size
    cdef const char* data
    cdef bytes raw
    if not isinstance(text, str):
        raise TypeError(f"expected a str, got {type(text).__name__}: {text!r}")
    try:
        data = PyUnicode_AsUTF8AndSize(text, &size)
    except UnicodeEncodeError:
        raw = (<str> text).encode("utf-8", "surrogatepass")
        return string(<const char*> raw, len(raw))
    return string(data, size)


cdef str decode(const string& text):
    return PyUnicode_DecodeUTF8(text.data(), text.size(), b"surrogatepass")


cdef bint holds(int order, int op) noexcept:
    # Whether a three-way comparison satisfies a Python operator.
    if op == Py_EQ:
        return order == 0
    if op == Py_NE:
        return order != 0
    if op == Py_LT:
        return order < 0
    if op == Py_LE:
        return order <= 0
    if op == Py_GT:
        return order > 0
    return order >= 0


cdef tuple place(str text, const string& raw, size_t at):
    # Where a text stops making sense: (offset in characters, words for it).
    cdef Py_ssize_t position = len(decode(raw.substr(0, at)))
    if position >= len(text):
        return position, "it ends too early"
    return position, f"cannot read {text[position]!r} at character {position + 1}"


cdef object version_error(str text, const string& raw, size_t at):
    position, where = place(text, raw, at)
    return VersionError(
        f"Invalid version {text!r}: {where}; expected letters, digits or '_'", text, position)


cdef Version make_version(const string& key, const string& text):
    cdef Version version = Version.__new__(Version)
    version.key = key
    version.text = text
    return version


cdef class VersionToken:
    """One token of a version, such as ``2`` or ``07b`` (rez: `AlphanumericVersionToken`).

    Tokens compare subtoken by subtoken: letters before numbers, letters by code point
    (``Z < _ < a``), numbers by value and then by padding (``01 < 1`` but ``0 < 00``). A token
    equals tokens only: ``Version("1.2").major == 1`` is False.

    Raises:
        VersionError: The text is not letters, digits and ``_``.
    """
    cdef string key
    cdef string text

    def __cinit__(self, token):
        cdef size_t end
        if token is UNSET:
            return
        self.text = utf8(token)
        end = append_token(self.text.data(), 0, self.text.size(), self.key)
        if end == 0 or end != self.text.size():
            position, where = place(token, self.text, end)
            raise VersionError(f"Invalid version token {token!r}: {where}", token, position)

    def next(self):
        """The token above this one and below the numbers after it: ``2`` gives ``2_``."""
        return VersionToken(str(self) + "_")

    def less_than(self, VersionToken other not None):
        """True if this token is below `other`."""
        return self.key.compare(other.key) < 0

    def __richcmp__(self, other, int op):
        if not isinstance(other, VersionToken):
            return NotImplemented
        return holds((<VersionToken> self).key.compare((<VersionToken> other).key), op)

    def __hash__(self):
        return hash_bytes(self.key)

    def __str__(self):
        return decode(self.text)

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self):
        return type(self), (str(self),)


cdef vector[size_t] token_ends(Version version):
    # Pairs of offsets into the text: where a token starts, where it ends.
    cdef vector[size_t] ends
    cdef size_t i = 0, size = version.text.size()
    cdef const char* text = version.text.data()
    if is_infinite(version.key):
        return ends
    while i < size:
        ends.push_back(i)
        while i < size and is_token_char(text[i]):
            i += 1
        ends.push_back(i)
        if i < size:
            i = skip_character(text, i, size)
    return ends


cdef VersionToken token_at(Version version, const vector[size_t]& ends, size_t index):
    cdef VersionToken token = VersionToken.__new__(VersionToken, UNSET)
    cdef size_t start = ends[2 * index]
    token.text = version.text.substr(start, ends[2 * index + 1] - start)
    append_token(token.text.data(), 0, token.text.size(), token.key)
    return token


cdef VersionToken token_or_error(Version version, Py_ssize_t index):
    cdef vector[size_t] ends = token_ends(version)
    cdef Py_ssize_t count = ends.size() // 2
    if index < 0:
        index += count
    if not 0 <= index < count:
        raise IndexError("version token index out of range")
    return token_at(version, ends, index)


cdef list tokens_of(Version version):
    cdef vector[size_t] ends = token_ends(version)
    cdef size_t i
    return [token_at(version, ends, i) for i in range(ends.size() // 2)]


cdef class Version:
    """A version: tokens with one separator character between two of them (rez: `Version`).

    Separators are kept for `str` only: ``1.0 == 1-0``. The empty version ``""`` is the smallest and
    stands for "unversioned"; it is False as a bool. `Version.inf` is above every version.

    Args:
        ver_str: The text, such as ``"2.3.07b"``. None is the empty version.

    Raises:
        VersionError: The text is not a version; has `text` and `position`.
    """

    def __cinit__(self, ver_str=""):
        cdef size_t where
        if ver_str is None:
            return
        self.text = utf8(ver_str)
        if not encode_at(self.text.data(), self.text.size(), self.key, &where):
            raise version_error(ver_str, self.text, where)

    def copy(self):
        """This version: it is immutable. RuntimeError for `Version.inf`, as in rez."""
        if is_infinite(self.key):
            raise RuntimeError("Version.inf cannot be copied")
        return self

    def trim(self, len_):
        """The version of the first `len_` tokens; all of them when there are fewer.

        A negative `len_` leaves that many tokens off the end, as a slice does.
        """
        cdef vector[size_t] ends
        cdef Py_ssize_t count
        cdef string text
        cdef size_t where
        cdef string key
        if is_infinite(self.key):
            raise RuntimeError("Version.inf cannot be trimmed")
        ends = token_ends(self)
        count = len(range(ends.size() // 2)[:len_])
        if count:
            text = self.text.substr(0, ends[2 * count - 1])
        encode_at(text.data(), text.size(), key, &where)
        return make_version(key, text)

    def next(self):
        """The smallest version above all that begin with this one: ``1.2`` gives ``1.2_``.

        `Version.inf` for the empty version.
        """
        cdef string key
        if not is_set(self.key):
            return Version.inf
        next_key(self.key, key)
        return make_version(key, string(self.text).append(b"_"))

    def __next__(self):
        return self.next()

    @property
    def major(self):
        """First token. IndexError when there is none."""
        return token_or_error(self, 0)

    @property
    def minor(self):
        """Second token. IndexError when there is none."""
        return token_or_error(self, 1)

    @property
    def patch(self):
        """Third token. IndexError when there is none."""
        return token_or_error(self, 2)

    def as_tuple(self):
        """The tokens as strings: ``("1", "2", "12")``; empty for `Version.inf`."""
        return tuple([str(token) for token in tokens_of(self)])

    def __len__(self):
        return token_ends(self).size() // 2

    def __iter__(self):
        return iter(tokens_of(self))

    def __getitem__(self, index):
        """A `VersionToken`, or a list of them for a slice."""
        if isinstance(index, slice):
            return tokens_of(self)[index]
        return token_or_error(self, index)

    def __bool__(self):
        return is_set(self.key)

    def __richcmp__(self, other, int op):
        if not isinstance(other, Version):
            return NotImplemented
        return holds((<Version> self).key.compare((<Version> other).key), op)

    def __hash__(self):
        return hash_bytes(self.key)

    def __str__(self):
        return decode(self.text)

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        if is_infinite(self.key):
            return getattr, (Version, "inf")
        return type(self), (str(self),)


cdef void set_class_attribute(type cls, str name, object value):
    (<dict> (<PyTypeObject*> cls).tp_dict)[name] = value
    PyType_Modified(<PyTypeObject*> cls)


set_class_attribute(Version, "inf", make_version(string(1, <char> 0xFF), b"[INF]"))
