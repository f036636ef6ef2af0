# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""Package tables: the packages of a search path as flat arrays, the only thing the solver reads.

    Store
      families[id]      interned by name; a family is known before it is listed, listed before
                        it is loaded, and loaded version by version as solves need it
        versions[v]     key, rank (0 is the highest), rows
        rows[r]         one variant as a solve sees it: version, index, dependencies[first:+count]
        slots[s]        one target family that some row depends on
          groups[g]     one requirement on that target, and the set of rows that write it

                          rows     0 1 2 3 4 5 6 7
            slot python   any      1 1 1 1 1 1 0 1
              python-2.7           1 1 1 . . . . .
              python-3             . . . 1 1 . . .
              !python-2            . . . . . 1 . 1    a conflict: in `any`, not in `normal`

      requirements[id]  interned by text
      facts[id]         what solves look at all the time of that requirement: its target, and its
                        mask, the set of its target's rows that it admits

A set of rows is a bitset of `Family.words` words. Rows and slots are only ever appended, so what a
running solve holds (row and slot numbers) stays true; groups are laid out anew when rows are added.
A row is one variant under one reading: `run_rows` are those of an ordinary solve, `build_rows` those
of a building one, and a row made for a late bound package belongs to the solve that asked for it.

Threads: a solve holds `Store.lock` shared while it runs without the GIL. Whoever adds (a family, a
requirement, rows) gives its shared hold back first and takes the lock alone. Masks are the
exception: they are published with one atomic exchange, since they are made all the time, and
dropped when their target gets more rows.
"""

from cython.operator cimport dereference as deref
from libcpp.algorithm cimport sort
from libcpp.utility cimport pair

from rezfast._definition cimport Texts, text_view
from rezfast._scan cimport Scanned
from rezfast._version cimport (
    Version,
    encode_version,
    is_package_name,
    make_requirement,
    make_version,
    merge_requirements,
    parse_requirement,
    range_contains,
    range_is_any,
    range_issuperset,
    requirement_text,
)
from rezfast._version cimport make_range

from _thread import RLock

from rezfast.errors import PackageMetadataError


# -- masks ---------------------------------------------------------------------------------------

cdef const uint64_t* admitted(Store* store, uint32_t requirement) noexcept nogil:
    """The rows of its target that a requirement admits. The caller holds the lock shared.

    What is returned is good for as long as the lock is held: it is made anew when rows are added.
    """
    cdef Requirement_* req
    cdef Family* family
    cdef const uint64_t* made = load_mask(store, requirement)
    cdef uint64_t* fresh
    cdef size_t v, r
    cdef uint32_t row
    if made != NULL:
        return made
    req = store.requirements[requirement]
    family = store.families[req.family]
    fresh = new_mask(family.words)
    if req.data.has_range:
        for v in range(family.versions.size()):
            if family.versions[v].rows.empty():
                continue
            if req.is_any or range_contains(req.data.range, family.versions[v].key):
                for r in range(family.versions[v].rows.size()):
                    row = family.versions[v].rows[r]
                    fresh[row >> 6] |= (<uint64_t> 1) << (row & 63)
    return publish_mask(store, requirement, fresh)


include "_tables_adding.pxi"


# -- the Python side --------------------------------------------------------------------------------

cdef class PackageVariant:
    """One variant of a package, as a solve picks it (rez: `rez.solver.PackageVariant`).

    Attributes:
        name: Family name.
        version: `rezfast.Version` of the package.
        index: Number of the variant in the package's `variants`, or None if it has none.
    """

    @property
    def uri(self) -> str:
        """Where the variant comes from, as rez writes it: `/path/foo/1.0/package.py[0]`."""
        index = "" if self.index is None else self.index
        return f"{self.package_uri}[{index}]"

    @property
    def package_uri(self) -> str:
        """Where the package comes from, as rez writes it: `/path/foo/1.0/package.py`."""
        return self._tables.source.uri(self.name, self.listing_position)

    @property
    def listing_position(self) -> int:
        """Place of the package in its source's listing of the family."""
        cdef Family* family = self._tables.family_at(self._family)
        cdef uint32_t position
        self._tables.store.lock.lock_shared()
        position = family.versions[family.rows[self._row].version].position
        self._tables.store.lock.unlock_shared()
        return position

    @property
    def qualified_package_name(self) -> str:
        """Name and version: `foo-1.0`."""
        text = str(self.version)
        return f"{self.name}-{text}" if text else self.name

    @property
    def requirements(self) -> list:
        """The merged requirements of the variant that the solve saw, in rez's order."""
        cdef Family* family = self._tables.family_at(self._family)
        cdef Row* row
        cdef vector[uint32_t] numbers
        cdef size_t d
        if self._requirements is not None:
            return self._requirements
        self._tables.store.lock.lock_shared()
        row = &family.rows[self._row]
        for d in range(row.first, row.first + row.count):
            # a package whose requirements cannot be read has one that stands for none
            if family.dependencies[d].requirement != NOT_FOUND:
                numbers.push_back(family.dependencies[d].requirement)
        self._tables.store.lock.unlock_shared()
        self._requirements = [
            self._tables.requirement(numbers[d]) for d in range(numbers.size())
        ]
        return self._requirements

    @property
    def required_names(self) -> frozenset[str]:
        """The families that the variant requires (rez: `request_fams`)."""
        if self._required is None:
            self._required = frozenset(one.name for one in self.requirements if not one.conflict)
        return self._required

    @property
    def concerned_names(self) -> frozenset[str]:
        """The families that the variant says anything about."""
        if self._concerned is None:
            self._concerned = frozenset(one.name for one in self.requirements)
        return self._concerned

    def requirement_on(self, str family) -> object:
        """What the variant says about a family; None if nothing."""
        for one in self.requirements:
            if one.name == family:
                return one
        return None

    def __eq__(self, other):
        if not isinstance(other, PackageVariant):
            return NotImplemented
        return (self.name, self.version, self.index) == (other.name, other.version, other.index)

    def __hash__(self):
        return hash((self.name, self.version, self.index))

    def __str__(self) -> str:
        return f"{self.qualified_package_name}[{'' if self.index is None else self.index}]"

    def __repr__(self) -> str:
        return f"PackageVariant({self})"


cdef class Tables:
    """The packages that a source offers, as tables; shared by every solve over that source.

    Args:
        source: Gives families and packages: `versions(name) -> list[str] | None`,
            `load(name, positions) -> list[Scanned | Exception]`, `uri(name, position) -> str`;
            or, with `complete` False, `find(name, range) -> list[tuple[int, str]] | None` in
            place of `versions`: positions and texts, whose lists are added up.
    """

    def __cinit__(self, source):
        self.store = new Store()
        self.source = source
        self.complete = source.complete
        self._guard = RLock()
        self._failures = {}
        self._late = {}
        self._variants = {}
        self._versions = {}
        self._requirements = {}

    def __dealloc__(self):
        del self.store

    cdef Family* family_at(self, uint32_t number) noexcept nogil:
        cdef Family* family
        self.store.lock.lock_shared()
        family = self.store.families[number]
        self.store.lock.unlock_shared()
        return family

    cdef uint32_t intern_family(self, const string& name) noexcept nogil:
        cdef uint32_t number = NOT_FOUND
        cdef unordered_map[string, uint32_t].iterator found
        self.store.lock.lock_shared()
        found = self.store.family_of.find(name)
        if found != self.store.family_of.end():
            number = deref(found).second
        self.store.lock.unlock_shared()
        if number == NOT_FOUND:
            self.store.lock.lock()
            number = add_family(self.store, name)
            self.store.lock.unlock()
        return number

    cdef uint32_t intern_requirement(self, const string& text) noexcept nogil:
        cdef uint32_t number = NOT_FOUND
        cdef unordered_map[string, uint32_t].iterator found
        self.store.lock.lock_shared()
        found = self.store.requirement_of.find(text)
        if found != self.store.requirement_of.end():
            number = deref(found).second
        self.store.lock.unlock_shared()
        if number == NOT_FOUND:
            self.store.lock.lock()
            number = add_requirement(self.store, text)
            self.store.lock.unlock()
        return number

    cdef void find_requirements(
        self, const vector[string]& texts, vector[uint32_t]& numbers, vector[uint32_t]& families
    ) noexcept nogil:
        """Requirements that are known by their texts, and their targets; else NOT_FOUND."""
        cdef unordered_map[string, uint32_t].iterator found
        cdef size_t i
        numbers.assign(texts.size(), NOT_FOUND)
        families.assign(texts.size(), NOT_FOUND)
        self.store.lock.lock_shared()
        for i in range(texts.size()):
            found = self.store.requirement_of.find(texts[i])
            if found != self.store.requirement_of.end():
                numbers[i] = deref(found).second
                families[i] = self.store.facts[numbers[i]].family
        self.store.lock.unlock_shared()

    cdef uint32_t intern_merged(self, uint32_t first, uint32_t second) noexcept nogil:
        cdef uint32_t number
        self.store.lock.lock()
        number = merge(self.store, first, second)
        self.store.lock.unlock()
        return number

    cdef uint32_t target(self, uint32_t requirement) noexcept nogil:
        cdef uint32_t family
        self.store.lock.lock_shared()
        family = self.store.facts[requirement].family
        self.store.lock.unlock_shared()
        return family

    cdef uint32_t intern_request(self, RequirementData& data, const string& key) noexcept nogil:
        cdef uint32_t number
        self.store.lock.lock()
        number = add_requirement_data(self.store, data, key)
        self.store.lock.unlock()
        return number

    cdef int list_family(self, uint32_t number) except -1:
        """Learn which versions a family has, if not known yet."""
        cdef Family* family = self.family_at(number)
        with self._guard:
            if family.state != FAMILY_UNKNOWN or family.ephemeral or not self.complete:
                return 0
            texts = self.source.versions(self.family_name(number))
            self._add_versions(number, None if texts is None else list(enumerate(texts)))
        return 0

    cdef int _add_versions(self, uint32_t number, listed) except -1:
        """Add `(position, version text)` pairs to a family; None: the source has no such family."""
        cdef Family* family = self.family_at(number)
        cdef vector[pair[uint32_t, string]] encoded
        cdef pair[uint32_t, string] item
        cdef size_t i
        if listed is not None:
            for position, text in listed:
                item.first = position
                item.second = <string> text.encode()
                encoded.push_back(item)
        cdef bint missing = listed is None
        with nogil:
            self.store.lock.lock()
            if missing:
                if family.state == FAMILY_UNKNOWN:
                    family.state = FAMILY_MISSING
            else:
                for i in range(encoded.size()):
                    add_version(family, encoded[i].second, encoded[i].first)
                rank_versions(family)
                family.state = FAMILY_LISTED
            self.store.lock.unlock()
        return 0

    cdef int ask(self, uint32_t number, const Bounds& asked) except -1:
        """Of a source that lists by range: learn the versions in a range, if not asked before."""
        cdef Family* family = self.family_at(number)
        cdef size_t i
        with self._guard:
            for i in range(family.asked.size()):
                if range_issuperset(family.asked[i], asked):
                    return 0
            found = self.source.find(self.family_name(number), make_range(asked))
            self._add_versions(number, found)
            with nogil:
                self.store.lock.lock()
                family.asked.push_back(asked)
                self.store.lock.unlock()
        return 0

    cdef int load(self, uint32_t number, vector[uint32_t]& versions) except -1:
        """Load packages and add their rows. A broken one is kept with its error."""
        cdef Family* family = self.family_at(number)
        cdef vector[pair[uint32_t, uint32_t]] ranked
        cdef pair[uint32_t, uint32_t] item
        cdef size_t i
        with self._guard:
            # versions and their states change under the guard alone
            for i in range(versions.size()):
                if family.versions[versions[i]].state == VERSION_UNLOADED:
                    item.first = family.versions[versions[i]].rank
                    item.second = versions[i]
                    ranked.push_back(item)
            if ranked.empty():
                return 0
            sort(ranked.begin(), ranked.end())
            positions = [family.versions[ranked[i].second].position for i in range(ranked.size())]
            records = self.source.load(self.family_name(number), positions)
            self._add_records(family, ranked, records)
        return 0

    cdef int _add_records(
        self, Family* family, vector[pair[uint32_t, uint32_t]]& ranked, list records
    ) except -1:
        cdef vector[const Definition*] packages
        cdef vector[uint8_t] late
        cdef vector[uint32_t] broken
        cdef vector[string] offending
        cdef Definition no_definition
        cdef size_t i
        cdef Scanned record
        for i in range(ranked.size()):
            outcome = records[i]
            if isinstance(outcome, Scanned):
                record = <Scanned> outcome
                packages.push_back(&record.definition)
                late.push_back(record.late is not None)
                if record.late is not None:
                    self._late[(family.id, ranked[i].second)] = record
            elif getattr(outcome, "attribute", None) == "requires":
                # the package is there; rez meets this error when it looks at its requirements
                self._late[(family.id, ranked[i].second)] = outcome
                packages.push_back(&no_definition)
                late.push_back(True)
            else:
                self._failures[(family.id, ranked[i].second)] = outcome
                packages.push_back(NULL)
                late.push_back(False)
        with nogil:
            self.store.lock.lock()
            self._add_packages(family, ranked, packages, late, broken, offending)
            self.store.lock.unlock()
        for i in range(broken.size()):
            text = offending[i].decode("utf-8", "replace")
            where = self.source.uri(
                self.family_name(family.id), family.versions[broken[i]].position
            )
            self._failures[(family.id, broken[i])] = PackageMetadataError(
                f"{text!r} is not a valid package request", path=where
            )
        for i in range(ranked.size()):
            # a package may be told by its release time although its requirements are wrong
            released = getattr(records[i], "timestamp", None)
            if released and isinstance(records[i], Exception):
                family.versions[ranked[i].second].timestamp = released
        return 0

    cdef void _add_packages(
        self, Family* family, vector[pair[uint32_t, uint32_t]]& ranked,
        vector[const Definition*]& packages, vector[uint8_t]& late, vector[uint32_t]& broken,
        vector[string]& offending,
    ) noexcept nogil:
        cdef size_t i, kept = 0
        cdef string text
        cdef uint32_t version
        for i in range(ranked.size()):
            version = ranked[i].second
            if late[i]:
                family.versions[version].state = VERSION_LATE
                family.versions[version].timestamp = packages[i].timestamp
                family.has_late = True
            elif packages[i] == NULL:
                family.versions[version].state = VERSION_BROKEN
            elif not add_package(self.store, family, version, deref(packages[i]), text):
                family.versions[version].state = VERSION_BROKEN
                broken.push_back(version)
                offending.push_back(text)
            if family.versions[version].state == VERSION_BROKEN:
                family.has_broken = True
        for i in range(family.unloaded.size()):
            if family.versions[family.unloaded[i]].state == VERSION_UNLOADED:
                family.unloaded[kept] = family.unloaded[i]
                kept += 1
        family.unloaded.resize(kept)
        lay_out(self.store, family)

    cdef list late_rows(self, uint32_t number, uint32_t version, bint building, object context):
        """Rows of a package with late bound requirements, as they come out in `context`.

        They belong to no reading: the solve that asks adds them to the rows it may use. The same
        requirements give the same rows, so a long-lived process does not pile them up.
        """
        cdef Family* family = self.family_at(number)
        cdef Scanned record
        cdef Scanned bound
        cdef string offending
        cdef size_t i, before = 0
        cdef bint ok = False
        found = self._late[(number, version)]
        if isinstance(found, Exception):
            raise found
        record = <Scanned> found
        name = self.family_name(number)
        with self._guard:
            uri = self.source.uri(name, family.versions[version].position)
        package = LatePackage(name, self.version_of(number, version), record, uri)
        fields = {"requires": record.requires, "build_requires": record.build_requires}
        for attribute in fields:
            if attribute in record.late.attributes and (building or attribute == "requires"):
                fields[attribute] = record.late.evaluate(attribute, package, context)
        requires = fields["requires"] or []
        build_requires = (fields["build_requires"] or []) if building else []
        key = (number, version, building, tuple(requires), tuple(build_requires))
        bound = Scanned.from_fields(
            requires=requires, variants=record.variants or [], build_requires=build_requires
        )
        with self._guard:
            known = self._late.get(key)
            if known is not None:
                return known
            with nogil:
                self.store.lock.lock()
                before = family.versions[version].rows.size()
                ok = add_variants(
                    self.store, family, version, bound.definition, 3 if building else 2, offending
                )
                lay_out(self.store, family)
                self.store.lock.unlock()
            if not ok:
                text = offending.decode("utf-8", "replace")
                raise PackageMetadataError(f"{text!r} is not a valid package request", uri)
            added = [
                family.versions[version].rows[i]
                for i in range(before, family.versions[version].rows.size())
            ]
            self._late[key] = added
            return added

    cdef uint32_t broken_row(self, uint32_t number, uint32_t version) noexcept:
        """A row for a package whose requirements cannot be read: looking at it is an error."""
        cdef Family* family = self.family_at(number)
        cdef uint32_t row
        with nogil:
            self.store.lock.lock()
            row = add_broken_row(self.store, family, version)
            self.store.lock.unlock()
        return row

    def timestamp(self, str name, position) -> int | None:
        """When one package, told by its place in the source's listing, was released; loads it.

        Raises:
            PackageMetadataError: It cannot be read at all. Another attribute that is wrong does
                not matter here.
        """
        cdef uint32_t number = self.intern_family(name.encode())
        cdef Family* family = self.family_at(number)
        cdef vector[uint32_t] one
        cdef size_t v
        with self._guard:
            for v in range(family.versions.size()):
                if family.versions[v].position == <uint32_t> position:
                    one.push_back(<uint32_t> v)
                    self.load(number, one)
                    if family.versions[v].state == VERSION_BROKEN:
                        failure = self.failure_of(number, <uint32_t> v)
                        if getattr(failure, "attribute", None) is None:
                            raise failure
                    return family.versions[v].timestamp or None
        return None

    def timestamps(self, str name) -> list[tuple[Version, int | None]]:
        """When each package of a family was released; all of them are loaded to know."""
        cdef uint32_t number = self.intern_family(name.encode())
        cdef Family* family = self.family_at(number)
        cdef vector[uint32_t] every
        cdef size_t v
        self.list_family(number)
        with self._guard:
            every = family.unloaded
            self.load(number, every)
            return [
                (self.version_of(number, <uint32_t> v), family.versions[v].timestamp or None)
                for v in range(family.versions.size())
                if family.versions[v].state != VERSION_BROKEN
            ]

    cdef object failure_of(self, uint32_t number, uint32_t version):
        return self._failures[(number, version)]

    cdef str family_name(self, uint32_t number):
        return self.family_at(number).name.decode()

    cdef object version_of(self, uint32_t number, uint32_t version):
        """The one `Version` object that stands for a version of a family."""
        cdef Family* family
        cdef string encoded, text
        key = (number, version)
        made = self._versions.get(key)
        if made is None:
            family = self.family_at(number)
            self.store.lock.lock_shared()
            encoded = family.versions[version].key
            text = family.versions[version].text
            self.store.lock.unlock_shared()
            made = self._versions.setdefault(key, make_version(encoded, text))
        return made

    cdef object requirement(self, uint32_t number):
        cdef Requirement_* req
        made = self._requirements.get(number)
        if made is None:
            self.store.lock.lock_shared()
            req = self.store.requirements[number]
            self.store.lock.unlock_shared()
            made = self._requirements.setdefault(number, make_requirement(req.data))
        return made

    cdef PackageVariant variant(self, uint32_t number, uint32_t row):
        """The one `PackageVariant` object that stands for a row."""
        cdef uint64_t key = ((<uint64_t> number) << 32) | row
        cdef PackageVariant made
        cdef Family* family
        cdef Row data
        found = self._variants.get(key)
        if found is not None:
            return <PackageVariant> found
        family = self.family_at(number)
        self.store.lock.lock_shared()
        data = family.rows[row]
        self.store.lock.unlock_shared()
        made = PackageVariant.__new__(PackageVariant)
        made.name = self.family_name(number)
        made.version = self.version_of(number, data.version)
        made.index = None if data.index < 0 else data.index
        made._tables = self
        made._family = number
        made._row = row
        return <PackageVariant> self._variants.setdefault(key, made)


class LatePackage:
    """What `this` is while a late bound attribute is evaluated for a solve."""

    is_package = True
    is_variant = False

    def __init__(self, name: str, version: Version, record: Scanned, uri: str) -> None:
        self.name = name
        self.version = version
        self.uri = uri
        self._record = record

    def __getattr__(self, attribute: str):
        return getattr(self._record, attribute)
