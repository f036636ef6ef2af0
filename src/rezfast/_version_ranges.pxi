# What Python sees of ranges: an immutable object around a vector of bounds.

cdef object range_error(str kind, str text, const string& raw, const Fault& fault):
    cdef Py_ssize_t position, bar
    if fault.problem == PROBLEM_SYNTAX:
        position, where = place(text, raw, fault.at)
    else:
        position = len(decode(raw.substr(0, fault.at)))
        bar = text.find("|", position)
        piece = text[position:] if bar < 0 else text[position:bar]
        if fault.problem == PROBLEM_EMPTY_UPPER:
            where = f"invalid bound {piece!r}, no version is below the empty version"
        elif fault.problem == PROBLEM_BOUND:
            where = f"invalid bound {piece!r}, no version is between its ends"
        else:
            where = "its pieces join into an impossible bound"
    return VersionError(f"Invalid {kind} {text!r}: {where}", text, position)


cdef VersionRange make_range(const Bounds& bounds):
    cdef VersionRange range = VersionRange.__new__(VersionRange, None)
    range.bounds = bounds
    return range


cdef bint has_bound(const Bounds& bounds, bint upper) except -1:
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
        raise VersionError(f"Invalid bound {decode(text)!r}: no version is between its ends",
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

    ``3`` is 3 and all that begins with it; ``3+`` or ``>=3``, ``>3``, ``<5``, ``<=5``, ``==3``
    exactly 3; ``3+<5``, ``>3<=5``, ``3..5`` (both included), ``<5,>=3``; pieces are separated by
    ``|``; the empty text is any version. Pieces that overlap are joined as rez joins them.

    Args:
        range_str: The text. None is the range of no versions.
        invalid_bound_error: False accepts an impossible piece such as ``5+<3``, which is empty.

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
        return has_bound(self.bounds, False)

    def upper_bounded(self):
        """True if there is an upper bound."""
        return has_bound(self.bounds, True)

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
        """The items in the range, until none can follow. See `iter_intersect_test`."""
        return RangeIterator(self, iterable, key, descending, True, False)

    def iter_non_intersecting(self, iterable, key=None, bint descending=False):
        """The items not in the range, until none can follow. See `iter_intersect_test`."""
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
        # Its text would not do: reading it may join pieces or refuse impossible ones.
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
