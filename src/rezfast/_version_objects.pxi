# What Python sees of _version.pyx: immutable objects around a key, a vector of bounds, a requirement.
# Texts cross as UTF-8; a lone surrogate survives the round trip.

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


cdef object range_error(str kind, str text, const string& raw, const Fault& fault):
    cdef Py_ssize_t position, bar
    if fault.problem == PROBLEM_SYNTAX:
        position, where = place(text, raw, fault.at)
    else:
        position = len(decode(raw.substr(0, fault.at)))
        bar = text.find("|", position)
        piece = text[position:] if bar < 0 else text[position:bar]
        if fault.problem == PROBLEM_EMPTY_UPPER:
            where = f"no version is below the empty version ({piece!r})"
        else:
            where = f"invalid bound {piece!r}, its lower end is above its upper end"
    return VersionError(f"Invalid {kind} {text!r}: {where}", text, position)


cdef Version make_version(const string& key, const string& text):
    cdef Version version = Version.__new__(Version)
    version.key = key
    version.text = text
    return version


cdef VersionRange make_range(const Bounds& bounds):
    cdef VersionRange range = VersionRange.__new__(VersionRange, None)
    range.bounds = bounds
    return range


cdef Requirement make_requirement(const RequirementData& data):
    cdef Requirement requirement = Requirement.__new__(Requirement, None)
    requirement.data = data
    return requirement


cdef class VersionToken:
    """One token of a version, such as ``2`` or ``07b`` (rez: `AlphanumericVersionToken`).

    Tokens compare subtoken by subtoken: letters before numbers, letters by code point
    (``Z < _ < a``), numbers by value and then by padding (``01 < 1`` but ``0 < 00``). A token equals
    tokens only: ``Version("1.2").major == 1`` is False.

    Raises:
        VersionError: The text is not letters, digits and ``_``.
    """
    cdef string key
    cdef string text

    def __cinit__(self, token):
        cdef size_t end
        self.text = utf8(token)
        end = append_token(self.text.data(), 0, self.text.size(), self.key)
        if end == 0 or end != self.text.size():
            position, where = place(token, self.text, end)
            raise VersionError(f"Invalid version token {token!r}: {where}", token, position)

    def next(self):
        """The token ``_`` longer: above this one and below all that are above it in a version."""
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


cdef list tokens_of(Version version):
    cdef vector[size_t] ends = token_ends(version)
    cdef size_t i
    return [VersionToken(decode(version.text.substr(ends[i], ends[i + 1] - ends[i])))
            for i in range(0, ends.size(), 2)]


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
        return self[0]

    @property
    def minor(self):
        """Second token. IndexError when there is none."""
        return self[1]

    @property
    def patch(self):
        """Third token. IndexError when there is none."""
        return self[2]

    def as_tuple(self):
        """The tokens as strings: ``("1", "2", "12")``; empty for `Version.inf`."""
        return tuple([str(token) for token in tokens_of(self)])

    def __len__(self):
        return token_ends(self).size() // 2

    def __getitem__(self, index):
        """A `VersionToken`, or a list of them for a slice."""
        tokens = tokens_of(self)
        try:
            return tokens[index]
        except IndexError:
            raise IndexError("version token index out of range") from None

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


cdef bint side_matches(const Bounds& bounds, bint upper) except -1:
    if bounds.empty():
        raise IndexError("the range of no versions has no bounds")
    if upper:
        return not (is_infinite(bounds.back().upper) and bounds.back().upper_inclusive)
    return not (bounds.front().lower.empty() and bounds.front().lower_inclusive)


cdef VersionRange from_sides(Version lower, bint lower_inclusive, Version upper,
                             bint upper_inclusive):
    # One bound; None is no bound on that side. VersionError as rez, for ends that cannot be.
    cdef Bounds bounds
    cdef Bound bound
    cdef string text
    no_lower(bound)
    no_upper(bound)
    if lower is not None:
        bound.lower = lower.key
        bound.lower_text = lower.text
        bound.lower_inclusive = lower_inclusive
    if upper is not None:
        bound.upper = upper.key
        bound.upper_text = upper.text
        bound.upper_inclusive = upper_inclusive
        if not is_set(bound.upper) and not upper_inclusive:
            raise VersionError(f"Invalid upper bound: '<{upper}', no version is below it",
                               str(upper), 0)
    bounds.push_back(bound)
    if not ends_are_valid(&bound, &bound):
        range_text(bounds, text)
        raise VersionError(f"Invalid bound {decode(text)!r}: its lower end is above its upper end",
                           decode(text), 0)
    return make_range(bounds)


cdef list as_ranges(object other):
    if isinstance(other, VersionRange):
        return [other]
    ranges = list(other)
    for range_ in ranges:
        if not isinstance(range_, VersionRange):
            raise TypeError(f"expected a VersionRange, got {type(range_).__name__}")
    return ranges


cdef class VersionRange:
    """A set of versions: one or more contiguous pieces (rez: `VersionRange`).

    ``3`` is 3 and all that begins with it; ``3+`` or ``>=3``, ``>3``, ``<5``, ``<=5``, ``==3`` exactly
    3; ``3+<5``, ``>3<=5``, ``3..5`` (both included), ``<5,>=3``; pieces are joined with ``|``; the empty text is
    any version. Pieces that overlap are joined as rez joins them.

    Args:
        range_str: The text. None is the range of no versions.
        invalid_bound_error: False accepts an impossible piece such as ``5+<3``, which holds nothing.

    Raises:
        VersionError: The text is not a range; has `text` and `position`.
    """

    def __cinit__(self, range_str="", *, bint invalid_bound_error=True):
        cdef string raw
        cdef Fault fault
        if range_str is None:
            return
        raw = utf8(range_str)
        if not parse_range_at(raw.data(), raw.size(), invalid_bound_error, self.bounds, fault):
            raise range_error("version range", range_str, raw, fault)

    # -- what it covers --

    def is_any(self):
        """True for the range of all versions, the empty text."""
        return range_is_any(self.bounds)

    def lower_bounded(self):
        """True if there is a lower bound above the empty version."""
        return side_matches(self.bounds, False)

    def upper_bounded(self):
        """True if there is an upper bound."""
        return side_matches(self.bounds, True)

    def bounded(self):
        """True if there are a lower and an upper bound."""
        return self.lower_bounded() and self.upper_bounded()

    def contains_version(self, Version version not None):
        """True if `version` is in the range."""
        return range_contains(self.bounds, version.key)

    def issuperset(self, VersionRange range not None):
        """True if every piece of `range` is inside a piece of this one."""
        return range_issuperset(self.bounds, range.bounds)

    def issubset(self, VersionRange range not None):
        """True if every piece of this range is inside a piece of `range`."""
        return range_issuperset(range.bounds, self.bounds)

    def intersects(self, VersionRange other not None):
        """True if the two ranges have versions in common."""
        return range_intersects(self.bounds, other.bounds)

    def __contains__(self, version_or_range):
        if isinstance(version_or_range, Version):
            return self.contains_version(version_or_range)
        return self.issuperset(version_or_range)

    # -- algebra --

    def union(self, other):
        """This range or `other`, a range or an iterable of ranges."""
        cdef Bounds bounds = self.bounds
        cdef VersionRange one
        for one in as_ranges(other):
            bounds.insert(bounds.end(), one.bounds.begin(), one.bounds.end())
        if not join(bounds, bounds):
            raise VersionError(f"Invalid bound: {self} and {other} join into an impossible range")
        return make_range(bounds)

    def intersection(self, other):
        """What this range and `other` (one or an iterable) have in common; None for nothing."""
        cdef Bounds bounds = self.bounds
        cdef VersionRange one
        for one in as_ranges(other):
            if not range_intersection(bounds, one.bounds, bounds):
                return None
        return make_range(bounds)

    def inverse(self):
        """All other versions; None when there are none."""
        cdef Bounds bounds
        return make_range(bounds) if range_inverse(self.bounds, bounds) else None

    def __invert__(self):
        return self.inverse()

    def __and__(self, other):
        return self.intersection(other)

    def __or__(self, other):
        return self.union(other)

    def __add__(self, other):
        return self.union(other)

    def __sub__(self, VersionRange other not None):
        cdef Bounds bounds
        return make_range(bounds) if range_difference(self.bounds, other.bounds, bounds) else None

    # -- pieces --

    def span(self):
        """The contiguous range from the lowest to the highest end: ``2+<4|6+<8`` gives ``2+<8``."""
        cdef Bounds bounds
        if self.bounds.empty():
            raise IndexError("the range of no versions has no span")
        bounds.push_back(self.bounds.front())
        bounds[0].upper = self.bounds.back().upper
        bounds[0].upper_text = self.bounds.back().upper_text
        bounds[0].upper_inclusive = self.bounds.back().upper_inclusive
        if not ends_are_valid(&bounds[0], &bounds[0]):
            raise VersionError(f"Invalid bound: the range {self} has no span")
        return make_range(bounds)

    def split(self):
        """Its contiguous pieces, each as a range."""
        cdef size_t i
        return [make_range(Bounds(1, self.bounds[i])) for i in range(self.bounds.size())]

    def intervals(self):
        """Its pieces as (lower version, inclusive, upper version, inclusive).

        No lower bound is the empty version, no upper bound `Version.inf`, both inclusive. rez
        keeps these in the private `bounds`.
        """
        return [(make_version(bound.lower, bound.lower_text), bound.lower_inclusive,
                 make_version(bound.upper, bound.upper_text), bound.upper_inclusive)
                for bound in self.bounds]

    def visit_versions(self, func):
        """A range with each end's version replaced by what `func` returns for it.

        `func` takes a `Version`; None keeps it. The result is taken as it is: neither checked nor
        joined. rez changes the range in place and returns None; here ranges are immutable.
        """
        cdef Bounds bounds = self.bounds
        cdef size_t i
        cdef Version version
        for i in range(bounds.size()):
            if not (bounds[i].lower.empty() and bounds[i].lower_inclusive):
                result = func(make_version(bounds[i].lower, bounds[i].lower_text))
                if result is not None:
                    version = result
                    bounds[i].lower = version.key
                    bounds[i].lower_text = version.text
            if not is_infinite(bounds[i].upper):
                result = func(make_version(bounds[i].upper, bounds[i].upper_text))
                if result is not None:
                    version = result
                    bounds[i].upper = version.key
                    bounds[i].upper_text = version.text
        return make_range(bounds)

    # -- from and to versions --

    @classmethod
    def as_span(cls, Version lower_version=None, Version upper_version=None,
                bint lower_inclusive=True, bint upper_inclusive=True):
        """The range between two versions; None is no bound on that side.

        Raises:
            VersionError: Nothing can be between them.
        """
        return from_sides(lower_version, lower_inclusive, upper_version, upper_inclusive)

    @classmethod
    def from_version(cls, Version version not None, op=None):
        """The range that an operator makes of a version.

        `op` is one of ``gt > gte >= lt < lte <= eq ==``; None gives the version and all that begin
        with it.

        Raises:
            VersionError: The operator is unknown, or nothing is below an empty version.
        """
        if op is None:
            return from_sides(version, True, version.next(), False)
        if op in ("eq", "=="):
            return from_sides(version, True, version, True)
        if op in ("gt", ">"):
            return from_sides(version, False, None, True)
        if op in ("gte", ">="):
            return from_sides(version, True, None, True)
        if op in ("lt", "<"):
            return from_sides(None, True, version, False)
        if op in ("lte", "<="):
            return from_sides(None, True, version, True)
        raise VersionError(f"Unknown bound operation {op!r}: expected one of > >= < <= ==")

    @classmethod
    def from_versions(cls, versions):
        """The range of exactly these versions: ``==3|==4|==5.1``."""
        cdef Bounds bounds
        cdef Bound bound
        cdef Version version
        for version in sorted(versions):
            if not bounds.empty() and bounds.back().lower == version.key:
                continue
            bound.lower = bound.upper = version.key
            bound.lower_text = bound.upper_text = version.text
            bounds.push_back(bound)
        return make_range(bounds)

    def to_versions(self):
        """The versions of its exact pieces (``==1``), leaving others out; None if it has none."""
        versions = [make_version(bound.lower, bound.lower_text) for bound in self.bounds
                    if bound.lower_inclusive and bound.upper_inclusive
                    and bound.lower == bound.upper]
        return versions or None

    # -- over sorted versions --

    def iter_intersect_test(self, iterable, key=None, bint descending=False):
        """Pairs (in the range?, item) over items sorted by version.

        Args:
            iterable: The items, ascending.
            key: Gives the `Version` of an item; without it the items are versions.
            descending: The items come in descending order.
        """
        return RangeIterator(self, iterable, key, descending, True, True)

    def iter_intersecting(self, iterable, key=None, bint descending=False):
        """The items in the range; stops reading when none can follow. See `iter_intersect_test`."""
        return RangeIterator(self, iterable, key, descending, True, False)

    def iter_non_intersecting(self, iterable, key=None, bint descending=False):
        """The items outside the range; stops reading when none can follow. See `iter_intersect_test`."""
        return RangeIterator(self, iterable, key, descending, False, True)

    def __len__(self):
        return self.bounds.size()

    def __richcmp__(self, other, int op):
        if not isinstance(other, VersionRange):
            return NotImplemented
        return holds(range_compare((<VersionRange> self).bounds, (<VersionRange> other).bounds), op)

    def __hash__(self):
        cdef string all
        for bound in self.bounds:
            all.append(bound.lower).push_back(<char> (2 + bound.lower_inclusive))
            all.append(bound.upper).push_back(<char> (2 + bound.upper_inclusive))
        return hash_bytes(all)

    def __str__(self):
        cdef string text
        range_text(self.bounds, text)
        return decode(text)

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        # Its text would not do: parsing joins pieces that stand apart.
        return restore_range, (self.intervals(),)


def restore_range(intervals):
    """The range of given `VersionRange.intervals`, unchecked; for pickle."""
    cdef Bounds bounds
    cdef Bound bound
    cdef Version lower, upper
    for lower, lower_inclusive, upper, upper_inclusive in intervals:
        bound.lower, bound.lower_text = lower.key, lower.text
        bound.upper, bound.upper_text = upper.key, upper.text
        bound.lower_inclusive = lower_inclusive
        bound.upper_inclusive = upper_inclusive
        bounds.push_back(bound)
    return make_range(bounds)


cdef class RangeIterator:
    # Walks bounds beside sorted items, so that each bound is looked at once, and settles the answer
    # when no bound can hold a later item. With a settled answer the key is no longer asked for.
    cdef VersionRange range
    cdef object items, key
    cdef bint descending, inside, outside, started
    cdef int settled
    cdef Py_ssize_t index

    def __cinit__(self, VersionRange range, iterable, key, bint descending, bint inside,
                  bint outside):
        self.range = range
        self.items = iter(iterable)
        self.key = key
        self.descending = descending
        self.inside = inside
        self.outside = outside
        self.settled = 1 if range_is_any(range.bounds) else -1

    def __iter__(self):
        return self

    def __next__(self):
        cdef bint contains
        while True:
            item = next(self.items)
            if self.settled >= 0:
                contains = self.settled
                if not (self.inside if contains else self.outside):
                    raise StopIteration
            else:
                contains = self.test(item if self.key is None else self.key(item))
            if self.inside and self.outside:
                return contains, item
            if self.inside if contains else self.outside:
                return item

    cdef bint test(self, Version version) except -1:
        cdef const Bounds* bounds = &self.range.bounds
        cdef Py_ssize_t count = bounds.size(), step = -1 if self.descending else 1
        cdef int side
        if version is None:
            raise TypeError("expected a Version, got None")
        if not self.started:
            self.started = True
            self.index = 0 if step == 1 else count - 1
        while 0 <= self.index < count:
            side = bound_side(bounds[0][self.index], version.key)
            if side == 0:
                if self.index == (0 if self.descending else count - 1):
                    self.settle(bounds[0][self.index])
                return True
            if side != step:
                return False
            self.index += step
        self.settled = 0
        return False

    cdef void settle(self, const Bound& bound):
        # Inside the last bound, and that one is open: all that follows is in it.
        if bound.lower.empty() and bound.lower_inclusive if self.descending \
                else is_infinite(bound.upper):
            self.settled = 1


cdef class VersionedObject:
    """A name and a version, such as ``foo-1.0`` (rez: `VersionedObject`).

    The name ends at the first ``-``, ``@`` or ``#``, which is kept for `str` only.

    Raises:
        VersionError: What follows the name is not a version.
    """
    cdef readonly str name
    cdef readonly Version version
    cdef str separator

    def __cinit__(self, s):
        cdef Py_ssize_t i
        self.separator = "-"
        if not isinstance(s, str):
            raise TypeError(f"expected a str, got {type(s).__name__}: {s!r}")
        for i in range(len(s)):
            if s[i] in "-@#":
                self.name = s[:i]
                self.separator = s[i]
                self.version = Version(s[i + 1:])
                return
        self.name = s
        self.version = Version()

    @classmethod
    def construct(cls, str name not None, Version version=None):
        """The object of this name and version; without a version it is unversioned."""
        cdef VersionedObject other = VersionedObject.__new__(cls, "")
        other.name = name
        if version is not None:
            other.version = version
        return other

    def as_exact_requirement(self):
        """The requirement text for just this object: ``maya==2016.1``."""
        return f"{self.name}=={self.version}" if self.version else self.name

    def __eq__(self, other):
        if not isinstance(other, VersionedObject):
            return NotImplemented
        return self.name == other.name and self.version == other.version

    def __hash__(self):
        return hash((self.name, self.version))

    def __str__(self):
        return f"{self.name}{self.separator}{self.version}" if self.version else self.name

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self):
        return type(self), (self.name + self.separator + str(self.version),)


cdef class Requirement:
    """What is asked of a family: a name and a range, maybe a prefix (rez: `Requirement`).

    ``foo-1+`` requires foo of that range; ``!foo-1`` forbids it; ``~foo-1`` allows foo to be absent or in the
    range. The name ends at the first of ``- @ # = < >``. Names are not checked, see `package_request`.

    Args:
        s: The text.
        invalid_bound_error: See `VersionRange`.

    Raises:
        VersionError: What follows the name is not a range; has `text` and `position`.
    """

    def __cinit__(self, s, bint invalid_bound_error=True):
        cdef string raw
        cdef Fault fault
        if s is None:
            return
        raw = utf8(s)
        if not parse_requirement_at(raw.data(), raw.size(), invalid_bound_error, self.data, fault):
            raise range_error("requirement", s, raw, fault)

    @classmethod
    def construct(cls, str name not None, VersionRange range=None):
        """The requirement for a name and a range; without a range any version will do."""
        cdef RequirementData data
        data.name = utf8(name)
        if range is None:
            parse_range(b"", 0, True, data.range)
        else:
            data.range = range.bounds
        return make_requirement(data)

    @classmethod
    def package_request(cls, str s not None):
        """The requirement for a text whose name must be a package name (rez: `PackageRequest`).

        An ephemeral has one leading dot before such a name, and no prefix.

        Raises:
            VersionError: The range is not one.
            PackageRequestError: The name is not one.
        """
        cdef Requirement request = cls(s)
        cdef string name = request.data.name
        if s.startswith("."):
            name.erase(0, 1)
        if not is_package_name(name.data(), name.size()):
            raise PackageRequestError(f"Not a valid package name: {decode(name)!r} in {s!r}")
        return request

    @property
    def name(self):
        """Name of the family, with the leading dot of an ephemeral."""
        return decode(self.data.name)

    @property
    def range(self):
        """Its range; of a weak requirement the range that it forbids, None when that is nothing."""
        return make_range(self.data.range) if self.data.has_range else None

    @property
    def conflict(self):
        """True for ``!foo`` and ``~foo``: it forbids what is in `range`."""
        return self.data.conflict

    @property
    def weak(self):
        """True for ``~foo``."""
        return self.data.weak

    @property
    def ephemeral(self):
        """True if the name begins with a dot: there is no package behind it."""
        return not self.data.name.empty() and self.data.name[0] == 46

    def safe_str(self):
        """Its text, which is safe as a file name when the name and range are (rez: the same)."""
        return str(self)

    def conflicts_with(self, other):
        """True if a `Requirement` or `VersionedObject` cannot hold beside this one."""
        cdef Requirement request
        cdef VersionedObject thing
        if isinstance(other, Requirement):
            request = other
            if (self.data.name != request.data.name or not self.data.has_range
                    or not request.data.has_range):
                return False
            if self.data.conflict:
                return (not request.data.conflict
                        and range_issuperset(self.data.range, request.data.range))
            if request.data.conflict:
                return range_issuperset(request.data.range, self.data.range)
            return not range_intersects(self.data.range, request.data.range)
        thing = other
        if thing is None:
            raise TypeError("expected a Requirement or a VersionedObject, got None")
        if self.data.name != utf8(thing.name) or not self.data.has_range:
            return False
        return range_contains(self.data.range, thing.version.key) == self.data.conflict

    def merged(self, Requirement other not None):
        """One requirement that asks for both; None when they conflict or differ in name."""
        cdef RequirementData data
        return make_requirement(data) if merge_requirements(self.data, other.data, data) else None

    def __eq__(self, other):
        cdef Requirement request
        if not isinstance(other, Requirement):
            return NotImplemented
        request = other
        return (self.data.name == request.data.name
                and self.data.has_range == request.data.has_range
                and self.data.conflict == request.data.conflict
                and range_compare(self.data.range, request.data.range) == 0)

    def __hash__(self):
        # rez hashes the text: equal requirements written with different separators hash apart.
        return hash(str(self))

    def __str__(self):
        cdef string text
        requirement_text(self.data, text)
        return decode(text)

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return restore_requirement, (self.name, self.range, self.conflict, self.weak,
                                     chr(self.data.separator))


def restore_requirement(name, range, conflict, weak, separator):
    """The requirement of these parts, unchecked; for pickle."""
    cdef RequirementData data
    cdef VersionRange given
    data.name = utf8(name)
    data.has_range = range is not None
    if range is not None:
        given = range
        data.range = given.bounds
    data.conflict = conflict
    data.weak = weak
    data.separator = ord(separator)
    return make_requirement(data)


def is_valid_package_name(name, raise_error=False):
    """True if `name` may be a package's (rez: `rez.utils.formatting.is_valid_package_name`).

    Raises:
        PackageRequestError: With `raise_error`, when it may not.
    """
    cdef string raw = utf8(name)
    if is_package_name(raw.data(), raw.size()):
        return True
    if raise_error:
        raise PackageRequestError(f"Not a valid package name: {name!r}")
    return False
