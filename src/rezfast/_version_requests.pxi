# What Python sees of requirements and versioned objects.

cdef Requirement make_requirement(const RequirementData& data):
    cdef Requirement requirement = Requirement.__new__(Requirement, UNSET)
    requirement.data = data
    return requirement


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

    ``foo-1+`` requires foo of that range; ``!foo-1`` forbids it; ``~foo-1`` allows foo to be absent
    or in the range. The name ends at the first of ``- @ # = < >``; it is not checked, which
    `package_request` does.

    Args:
        s: The text.
        invalid_bound_error: See `VersionRange`.

    Raises:
        VersionError: What follows the name is not a range; has `text` and `position`.
    """

    def __cinit__(self, s, bint invalid_bound_error=True):
        cdef string raw
        cdef Fault fault
        if s is UNSET:
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
