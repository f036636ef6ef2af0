# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False, freethreading_compatible=True
"""The resolve loop: rez's phase algorithm on package tables, without the GIL.

A phase repeats, until nothing changes: extract what all rows of a scope require, merge what was
extracted, intersect the scopes with it, append scopes for families that are new, and reduce: drop
the rows that contradict another scope. A phase that stops with a scope still open is split: the
better rows of the first open scope go on, the rest waits.

    scopes     python[2 rows]  maya[1]  !foo-3  .eph[1+<2]     one array, changed in place
    changes    (1, maya as it was) (0, python as it was) ...    undone to a mark when a phase fails
    choices    [mark, split scope, the rest of its rows] ...    what rez keeps as its phase stack
    dependents python -> (maya, slot 3) -> (houdini, slot 0)    who must be looked at when it changes

A scope's arrays belong to the epoch (phase) that copied them. `settled` are the slots whose one
remaining requirement its target has met for good: no later narrowing can make them matter again.
What is equal to rez step for step: which rows and scopes there are at the end of each round, the
order of new scopes, every split, the count of steps and failures. What is not: the order of
reductions, which changes no answer; `rezfast.solve.replay` repeats a phase in rez's order when
somebody asks why it failed.

Returns of the inner functions: GOING, FAILED (the phase), RAISED (an exception is in `raised`).
"""

from cython.operator cimport dereference as deref
from cpython.exc cimport PyErr_CheckSignals
from libc.string cimport memcpy, memset
from libcpp.algorithm cimport sort
from libcpp.string cimport string
from libcpp.utility cimport pair

from rezfast._tables cimport (
    FAMILY_LISTED,
    FAMILY_MISSING,
    FAMILY_UNKNOWN,
    NOT_FOUND,
    VERSION_BROKEN,
    VERSION_LATE,
    VERSION_UNLOADED,
    Dependency,
    Mask as RowMask,
    PackageVariant,
    PackageVersion,
    Requirement_,
    Row,
    Slot,
    admitted,
    is_loaded,
    load_mask,
    set_loaded,
)
from rezfast._version cimport (
    Requirement,
    RequirementData,
    VersionRange,
    make_requirement,
    merge_requirements,
    range_compare,
    range_contains,
    range_difference,
    range_intersection,
    range_intersects,
    range_issuperset,
    range_union,
    requirement_text,
)

from rezfast.errors import (
    PackageFamilyNotFoundError,
    PackageNotFoundError,
    PackageRequestError,
    ResolveError,
    RezError,
)

cdef extern from "<time.h>" nogil:
    struct timespec:
        long tv_sec
        long tv_nsec
    int clock_gettime(int, timespec*)
    int CLOCK_MONOTONIC

cdef enum Outcome:
    RAISED = -1
    GOING = 0
    FAILED = 1

cdef enum Status:
    STATUS_PENDING = 0
    STATUS_SOLVED = 1
    STATUS_EXHAUSTED = 2
    STATUS_FAILED = 3
    STATUS_CYCLIC = 4
    STATUS_RETRY = 5

cdef enum Stop:
    STOP_DONE = 0
    STOP_MAX_FAILS = 1
    STOP_TIME = 2

# how many steps pass between two looks for a pending Ctrl-C
cdef enum:
    SIGNAL_INTERVAL = 512


cdef struct SortKey:
    uint32_t row
    uint32_t first      # of its requested requirements, in `NativeSolver.key_requirements`
    uint32_t requested
    uint32_t additional


cdef double now() noexcept nogil:
    cdef timespec t
    clock_gettime(CLOCK_MONOTONIC, &t)
    return t.tv_sec + t.tv_nsec * 1e-9


cdef class NativeSolver:
    """One solve over a set of tables. `rezfast.Solver` is its public face.

    Args:
        tables: The packages.
        request: The requested requirements, as texts or `Requirement` objects.
        hooks: None, or an object with what the tables cannot know: `excludes(variant list)` of a
            package filter and the orders of package orderers.
        context: What late bound attributes are evaluated in.
        building: Read `build_requires` too.
        intersection_priority: rez's `variant_select_mode` of that name.
        raise_missing: rez's `error_on_missing_variant_requires`.
    """
    cdef readonly Tables tables
    cdef Store* store
    cdef object hooks
    cdef object context
    cdef object raised
    cdef dict look_errors                    # (family, row) -> why it cannot be looked at
    cdef readonly bint building
    cdef bint filtering
    cdef bint timestamps
    cdef bint ordering
    cdef bint hook_failed
    cdef bint intersection_priority
    cdef bint raise_missing

    cdef vector[uint32_t] request
    cdef pair[uint32_t, uint32_t] clash      # two requests that cannot meet
    cdef vector[int32_t] request_place       # family -> place in the request, -1: not requested

    cdef vector[Scope] scopes
    cdef vector[int32_t] scope_of            # family -> scope, -1: none
    cdef vector[int32_t] dependents_of       # family -> first of `dependents`, -1: none
    cdef vector[Dependent] dependents
    cdef vector[Change] changes
    cdef vector[Choice] choices
    cdef Arena arena
    cdef uint32_t epoch
    cdef uint32_t first_open                 # scopes before it are solved

    cdef vector[uint32_t] dirty              # scopes with something to extract
    cdef vector[uint8_t] is_dirty
    cdef vector[uint32_t] changed            # scopes whose dependents must be reduced
    cdef vector[uint8_t] is_changed
    cdef vector[uint32_t] widened            # conflict scopes that became packages

    cdef vector[Extraction] extractions      # of one round
    cdef vector[uint32_t] extracted_requirements
    cdef vector[Target] targets
    cdef vector[int32_t] target_of           # family -> target, -1: none
    cdef vector[pair[uint32_t, uint32_t]] candidates
    cdef vector[uint64_t] scratch
    cdef vector[uint64_t] scratch2
    cdef vector[uint32_t] split_versions
    cdef vector[uint32_t] split_rows
    cdef vector[uint64_t] split_shared
    cdef vector[uint64_t] split_own
    cdef vector[SortKey] sort_keys

    cdef deque[Bounds] ranges                # of ephemerals, as they narrow
    cdef unordered_map[uint32_t, Overlay] overlays
    cdef unordered_map[uint64_t, vector[uint32_t]] row_orders
    cdef unordered_map[uint32_t, vector[uint32_t]] version_orders
    cdef vector[uint32_t] key_requirements
    cdef vector[uint32_t] key_places

    cdef int status_
    cdef readonly int num_solves
    cdef readonly int num_fails
    cdef vector[int] failed_at
    cdef vector[pair[uint32_t, uint32_t]] solution   # (family, row); row NOT_FOUND: an ephemeral
    cdef vector[uint32_t] cycle
    cdef readonly int num_extractions
    cdef readonly int num_intersections
    cdef readonly int num_reductions

    def __cinit__(
        self, Tables tables, request, *, hooks=None, context=None, bint building=False,
        bint intersection_priority=False, bint raise_missing=True,
    ):
        cdef int outcome
        self.tables = tables
        self.store = tables.store
        self.hooks = hooks
        self.context = context
        self.look_errors = {}
        self.building = building
        self.intersection_priority = intersection_priority
        self.raise_missing = raise_missing
        self.filtering = hooks is not None and hooks.filtering
        self.timestamps = hooks is not None and hooks.timestamps
        self.ordering = hooks is not None and hooks.ordering
        self.clash.first = self.clash.second = NOT_FOUND
        if not self.merge_request(request):
            self.request.clear()
            self.status_ = STATUS_FAILED
            self.num_fails = 1
            return
        with nogil:
            self.resume()
            outcome = self.start()
            self.store.lock.unlock_shared()
        if outcome == RAISED:
            raise self.raised

    cdef bint merge_request(self, request) except -1:
        """Take the request up, one requirement a family. False: two items contradict each other."""
        cdef uint32_t number, merged
        cdef size_t i
        cdef Requirement item
        cdef string text
        cdef vector[uint32_t] targets
        cdef uint32_t target
        for asked in request:
            if isinstance(asked, str):
                text = asked.encode()
                number = self.tables.intern_requirement(text)
                if number == NOT_FOUND:
                    raise PackageRequestError(asked)
            else:
                item = asked
                requirement_text(item.data, text)
                number = self.tables.intern_request(item.data, text)
            target = self.tables.target(number)
            for i in range(targets.size()):
                if targets[i] == target:
                    merged = self.tables.intern_merged(self.request[i], number)
                    if merged == NOT_FOUND:
                        self.clash.first = self.request[i]
                        self.clash.second = number
                        return False
                    self.request[i] = merged
                    break
            else:
                self.request.push_back(number)
                targets.push_back(target)
        return True

    # -- the outside -----------------------------------------------------------------------------

    @property
    def status(self) -> str:
        """`pending`, `exhausted`, `solved`, `failed`, `cyclic`, or `unsolved` with a retry due."""
        return ("pending", "solved", "exhausted", "failed", "cyclic", "unsolved")[self.status_]

    @property
    def failed_steps(self) -> list[int]:
        """Numbers, from 1, of the steps that failed."""
        return list(self.failed_at)

    @property
    def request_conflict(self) -> tuple | None:
        """The two requests that contradict each other (rez: `RequirementList.conflict`)."""
        if self.clash.first == NOT_FOUND:
            return None
        return self.tables.requirement(self.clash.first), self.tables.requirement(self.clash.second)

    @property
    def merged_request(self) -> list:
        """The request, one requirement a family, in the order of asking."""
        cdef size_t i
        return [self.tables.requirement(self.request[i]) for i in range(self.request.size())]

    def run(self, int max_fails=-1, double time_limit=-1) -> str:
        """Solve to the end, or to a limit: `done`, `max_fails` or `time_limit`."""
        cdef int stop = STOP_DONE
        cdef int outcome = GOING
        cdef double deadline = now() + time_limit
        with nogil:
            self.resume()
            while self.is_unsolved():
                outcome = self.step_once()
                if outcome == RAISED:
                    break
                if not self.is_unsolved():
                    break
                if max_fails >= 0 and self.num_fails > 0 and self.num_fails >= max_fails:
                    stop = STOP_MAX_FAILS
                    break
                if time_limit >= 0 and now() > deadline:
                    stop = STOP_TIME
                    break
                if self.num_solves % SIGNAL_INTERVAL == 0 and self.interrupted():
                    outcome = RAISED
                    break
            self.store.lock.unlock_shared()
        if outcome == RAISED:
            raise self.raised
        return ("done", "max_fails", "time_limit")[stop]

    def step(self) -> None:
        """One solve step (rez: `Solver.solve_step`)."""
        cdef int outcome = GOING
        with nogil:
            self.resume()
            if self.is_unsolved():
                outcome = self.step_once()
            self.store.lock.unlock_shared()
        if outcome == RAISED:
            raise self.raised

    def advance(self, int step) -> None:
        """Run to just before solve step `step` does its work: its scopes are split, not solved."""
        cdef int outcome = GOING
        with nogil:
            self.resume()
            while self.is_unsolved() and self.num_solves < step - 1 and outcome != RAISED:
                outcome = self.step_once()
            if outcome != RAISED and self.is_unsolved():
                self.prepare()
            self.store.lock.unlock_shared()
        if outcome == RAISED:
            raise self.raised

    def resolved_packages(self) -> list:
        """The variants of the answer, in rez's order."""
        cdef size_t i
        cdef list result = []
        for i in range(self.solution.size()):
            if self.solution[i].second != NOT_FOUND:
                result.append(self.tables.variant(self.solution[i].first, self.solution[i].second))
        return result

    def resolved_ephemerals(self) -> list:
        """The ephemerals of the answer, in rez's order."""
        cdef size_t i
        cdef Scope* scope
        cdef list result = []
        for i in range(self.solution.size()):
            if self.solution[i].second == NOT_FOUND:
                scope = &self.scopes[self.scope_of[self.solution[i].first]]
                result.append(self.ephemeral_requirement(scope))
        return result

    cdef object ephemeral_requirement(self, Scope* scope):
        """What an ephemeral scope stands at: the request as it was written, until it narrows."""
        if scope.requirement != NOT_FOUND:
            return self.tables.requirement(scope.requirement)
        return self.range_requirement(scope.family, deref(scope.range))

    def cycle_packages(self) -> list:
        """The variants of the cycle that ended the solve, each requiring the next."""
        cdef size_t i
        cdef Scope* scope
        cdef list result = []
        for i in range(self.cycle.size()):
            scope = &self.scopes[self.cycle[i]]
            result.append(self.tables.variant(scope.family, self.only_row(scope)))
        return result

    def export_scopes(self) -> list[tuple]:
        """The scopes as they stand, for a replay in rez's order.

        Each is `(family, kind, requirement, variants, extracted, sorted)`: kind `packages`,
        `conflict` or `ephemeral`; the requirement of the latter two; the variants of the first,
        by version as listed or, once it was split, as ordered; the families extracted from it.
        """
        cdef size_t i, r, s
        cdef Scope* scope
        cdef Family* family
        cdef list result = []
        cdef vector[uint32_t] rows
        for i in range(self.scopes.size()):
            scope = &self.scopes[i]
            family = self.store.families[scope.family]
            if scope.kind == SCOPE_CONFLICT:
                result.append((
                    self.tables.family_name(scope.family), "conflict",
                    self.tables.requirement(scope.requirement), [], [], False,
                ))
            elif scope.kind == SCOPE_EPHEMERAL:
                result.append((
                    self.tables.family_name(scope.family), "ephemeral",
                    self.ephemeral_requirement(scope), [], [], False,
                ))
            else:
                with nogil:
                    self.resume()
                    self.ordered_rows(<uint32_t> i, rows)
                    self.store.lock.unlock_shared()
                variants = [self.tables.variant(scope.family, rows[r]) for r in range(rows.size())]
                if not scope.sorted:
                    variants.sort(key=_listing_order)
                extracted = [
                    self.tables.family_name(family.slots[s].family)
                    for s in range(min(family.slots.size(), scope.slot_words * 64))
                    if (scope.extracted[s >> 6] >> (s & 63)) & 1
                ]
                result.append((
                    self.tables.family_name(scope.family), "packages", None, variants, extracted,
                    scope.sorted,
                ))
        return result

    @property
    def changed_scopes(self) -> list[int]:
        """The scopes that the coming phase starts from."""
        cdef size_t i
        return [self.changed[i] for i in range(self.changed.size())]

    def take_up(self) -> None:
        """After a failed step: go back to what is left to try, which the next step would do."""
        if self.status_ == STATUS_RETRY:
            self.prepare()

    def variants(self, str name, VersionRange wanted) -> list:
        """The variants of a family in a range that this solve may use, as listed."""
        cdef Family* family = self.tables.family_at(self.tables.intern_family(name.encode()))
        cdef vector[uint64_t] rows
        cdef uint32_t w, row
        cdef uint64_t bits
        cdef list result = []
        with nogil:
            self.resume()
            self.allowed_rows(family, rows)
            self.scratch.assign(family.words, 0)
            rows_in_range(family, wanted.bounds, self.scratch.data(), family.words)
            self.store.lock.unlock_shared()
        for w in range(<uint32_t> self.scratch.size()):
            bits = rows[w] & self.scratch[w]
            while bits:
                row = w * 64 + lowest_bit(bits)
                bits &= bits - 1
                result.append(self.tables.variant(family.id, row))
        result.sort(key=_listing_order)
        return result

    def ordered_variants(self, list variants) -> list:
        """The variants of one package in this solve's order of preference."""
        cdef vector[uint32_t] rows
        cdef PackageVariant variant
        cdef Family* family = NULL
        cdef size_t r
        for item in variants:
            variant = item
            family = self.tables.family_at(variant._family)
            rows.push_back(variant._row)
        if family == NULL:
            return []
        with nogil:
            self.resume()
            self.order_rows(family, rows)
            self.store.lock.unlock_shared()
        return [self.tables.variant(family.id, rows[r]) for r in range(rows.size())]

    # -- starting ------------------------------------------------------------------------------------

    cdef void resume(self) noexcept nogil:
        """Take the shared lock (back). Meanwhile others may have made more families known."""
        self.store.lock.lock_shared()
        self.grow()

    cdef void grow(self) noexcept nogil:
        """Make room in the arrays that are indexed by family: loading makes new ones known."""
        cdef size_t count = self.store.families.size()
        if self.scope_of.size() < count:
            self.scope_of.resize(count, -1)
            self.dependents_of.resize(count, -1)
            self.target_of.resize(count, -1)
            self.request_place.resize(count, -1)

    cdef int start(self) noexcept nogil:
        """Make the scopes of the request."""
        cdef size_t i
        cdef Requirement_* req
        cdef int outcome
        self.grow()
        for i in range(self.request.size()):
            req = self.store.requirements[self.request[i]]
            if not req.data.conflict:
                self.request_place[req.family] = <int32_t> i
        for i in range(self.request.size()):
            outcome = self.add_requested(self.request[i])
            if outcome == RAISED:
                return RAISED
        for i in range(self.scopes.size()):
            self.mark_dirty(<uint32_t> i)
            self.mark_changed(<uint32_t> i)
            self.widened.push_back(<uint32_t> i)  # every pair must be reduced once
        return GOING

    cdef int add_requested(self, uint32_t number) noexcept nogil:
        cdef Requirement_* req = self.store.requirements[number]
        cdef Scope scope
        cdef Extraction extraction
        cdef Target target
        cdef int outcome
        if req.data.conflict or self.store.families[req.family].ephemeral:
            scope.family = req.family
            scope.kind = SCOPE_CONFLICT if not self.store.families[req.family].ephemeral \
                else SCOPE_EPHEMERAL
            scope.conflict = req.data.conflict
            scope.requirement = number
            scope.range = &req.data.range if req.data.has_range else NULL
            self.append_scope(scope)
            return GOING
        # the same path as an extracted request, with one extraction that nobody made
        extraction.scope = NOT_FOUND
        extraction.first = 0
        extraction.count = 1
        extraction.next = -1
        target.family = req.family
        target.first = 0
        target.last = 0
        self.extractions.push_back(extraction)
        self.extracted_requirements.push_back(number)
        self.targets.push_back(target)
        outcome = self.add_scope(0)
        self.forget_extractions()
        return outcome

    # -- a step ----------------------------------------------------------------------------------------

    cdef bint is_unsolved(self) noexcept nogil:
        return self.status_ in (STATUS_PENDING, STATUS_EXHAUSTED, STATUS_RETRY)

    cdef bint interrupted(self) noexcept nogil:
        """True, with the exception in `raised`, if a signal handler raised one."""
        cdef bint result = False
        self.store.lock.unlock_shared()
        with gil:
            try:
                PyErr_CheckSignals()
            except BaseException as error:
                self.raised = error
                result = True
        self.resume()
        return result

    cdef void prepare(self) noexcept nogil:
        """Bring the scopes to where the next phase starts: split, or take up what is left."""
        if self.status_ == STATUS_RETRY:
            self.take_rest()
        elif self.status_ == STATUS_EXHAUSTED:
            self.split()
        self.status_ = STATUS_PENDING

    cdef int step_once(self) noexcept nogil:
        cdef int outcome
        self.prepare()
        outcome = RAISED if self.hook_failed else self.solve_phase()
        if outcome == RAISED:
            self.forget_phase()
            return RAISED
        self.num_solves += 1
        if outcome == FAILED:
            self.forget_phase()
            self.num_fails += 1
            self.failed_at.push_back(self.num_solves)
            self.status_ = STATUS_RETRY if self.choices.size() else STATUS_FAILED
        elif self.find_open() < self.scopes.size():
            self.status_ = STATUS_EXHAUSTED
        elif self.finalise():
            self.status_ = STATUS_SOLVED
        else:
            self.status_ = STATUS_CYCLIC
            self.num_fails += 1
            self.failed_at.push_back(self.num_solves)
        return GOING

    cdef uint32_t find_open(self) noexcept nogil:
        """The first scope that is not solved; the number of scopes if all are."""
        cdef uint32_t i = self.first_open
        while i < self.scopes.size() and (
            self.scopes[i].kind != SCOPE_PACKAGES or self.scopes[i].count == 1
        ):
            i += 1
        self.first_open = i
        return i

    cdef void forget_phase(self) noexcept nogil:
        cdef size_t i
        for i in range(self.dirty.size()):
            self.is_dirty[self.dirty[i]] = 0
        for i in range(self.changed.size()):
            self.is_changed[self.changed[i]] = 0
        self.dirty.clear()
        self.changed.clear()
        self.widened.clear()
        self.forget_extractions()

    cdef void forget_extractions(self) noexcept nogil:
        cdef size_t i
        for i in range(self.targets.size()):
            self.target_of[self.targets[i].family] = -1
        self.targets.clear()
        self.extractions.clear()
        self.extracted_requirements.clear()

    cdef void mark_dirty(self, uint32_t i) noexcept nogil:
        if not self.is_dirty[i]:
            self.is_dirty[i] = 1
            self.dirty.push_back(i)

    cdef void mark_changed(self, uint32_t i) noexcept nogil:
        if not self.is_changed[i]:
            self.is_changed[i] = 1
            self.changed.push_back(i)

    cdef int solve_phase(self) noexcept nogil:
        cdef size_t i, first_new
        cdef int outcome
        while True:
            first_new = self.scopes.size()
            while True:
                if self.dirty.size() > 1:
                    sort(self.dirty.begin(), self.dirty.end())
                for i in range(self.dirty.size()):
                    self.is_dirty[self.dirty[i]] = 0
                    if self.extract(self.dirty[i]) == RAISED:
                        return RAISED
                self.dirty.clear()
                if self.extractions.empty():
                    break
                outcome = self.apply_extractions()
                if outcome != GOING:
                    return outcome
                self.forget_extractions()
            if (self.scopes.size() == first_new and self.changed.empty()
                    and self.widened.empty()):
                return GOING
            if self.reduce_scopes(first_new) == FAILED:
                return FAILED

    # -- scopes and their undoing ----------------------------------------------------------------------

    cdef void append_scope(self, const Scope& scope) noexcept nogil:
        cdef uint32_t i = <uint32_t> self.scopes.size()
        self.scopes.push_back(scope)
        self.scopes[i].epoch = self.epoch
        self.scope_of[scope.family] = <int32_t> i
        if self.is_dirty.size() <= i:
            self.is_dirty.resize(i + 1, 0)
            self.is_changed.resize(i + 1, 0)
        if scope.kind == SCOPE_PACKAGES:
            self.add_dependents(i)

    cdef void add_dependents(self, uint32_t i) noexcept nogil:
        """Let the targets of a scope's slots know that it depends on them."""
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef Dependent dependent
        cdef uint32_t slot, target
        dependent.scope = i
        for slot in range(<uint32_t> family.slots.size()):
            if bit_of(scope.settled, slot):
                continue
            target = family.slots[slot].family
            dependent.slot = slot
            dependent.next = self.dependents_of[target]
            self.dependents_of[target] = <int32_t> self.dependents.size()
            self.dependents.push_back(dependent)

    cdef void fill_scope(self, Scope& scope, const uint64_t* rows, uint32_t words) noexcept nogil:
        """Make `scope` one of packages: `rows`, nothing extracted, dead slots settled."""
        cdef Family* family = self.store.families[scope.family]
        cdef uint32_t slot, w
        cdef uint64_t any_row
        scope.kind = SCOPE_PACKAGES
        scope.words = words
        scope.slot_words = <uint32_t> ((family.slots.size() + 63) >> 6)
        scope.rows = self.arena.take(words)
        scope.settled = self.arena.take(2 * scope.slot_words)
        scope.extracted = scope.settled + scope.slot_words
        memcpy(scope.rows, rows, words * sizeof(uint64_t))
        memset(scope.settled, 0, 2 * scope.slot_words * sizeof(uint64_t))
        scope.count = count_rows(rows, words)
        for slot in range(<uint32_t> family.slots.size()):
            any_row = 0
            for w in range(words):
                any_row |= family.any_bits[slot * family.words + w] & rows[w]
            if any_row == 0:
                scope.settled[slot >> 6] |= (<uint64_t> 1) << (slot & 63)

    cdef Scope* own(self, uint32_t i) noexcept nogil:
        """The scope, ready to be changed: copied, if this phase has not yet done so."""
        cdef Scope* scope = &self.scopes[i]
        cdef Change change
        cdef uint64_t* fresh
        if scope.epoch == self.epoch:
            return scope
        change.scope = i
        change.before = deref(scope)
        self.changes.push_back(change)
        scope.epoch = self.epoch
        if scope.kind == SCOPE_PACKAGES:
            fresh = self.arena.take(scope.words + 2 * scope.slot_words)
            memcpy(fresh, scope.rows, scope.words * sizeof(uint64_t))
            scope.rows = fresh
            fresh += scope.words
            memcpy(fresh, scope.settled, scope.slot_words * sizeof(uint64_t))
            memcpy(
                fresh + scope.slot_words, scope.extracted, scope.slot_words * sizeof(uint64_t)
            )
            scope.settled = fresh
            scope.extracted = fresh + scope.slot_words
        return scope

    cdef void narrow(self, uint32_t i, const uint64_t* rows, uint32_t count) noexcept nogil:
        """Give a scope fewer rows: what was extracted from it must be extracted again."""
        cdef Scope* scope = self.own(i)
        memcpy(scope.rows, rows, scope.words * sizeof(uint64_t))
        memset(scope.extracted, 0, scope.slot_words * sizeof(uint64_t))
        scope.count = count
        self.mark_dirty(i)
        self.mark_changed(i)

    cdef void take_rest(self) noexcept nogil:
        """Undo to the last choice and go on with what it left."""
        cdef Choice* choice = &self.choices.back()
        cdef uint32_t split = choice.split
        cdef Scope rest = choice.rest
        cdef size_t i
        while self.changes.size() > choice.changes:
            i = self.changes.back().scope
            if i < choice.scopes:
                self.scopes[i] = self.changes.back().before
            self.changes.pop_back()
        while self.dependents.size() > choice.dependents:
            # the newest is the first of its family's list
            i = self.dependents.size() - 1
            self.dependents_of[self.dependent_target(i)] = self.dependents[i].next
            self.dependents.pop_back()
        while self.scopes.size() > choice.scopes:
            self.scope_of[self.scopes.back().family] = -1
            self.scopes.pop_back()
        self.arena.back_to(choice.mark)
        self.first_open = choice.first_open
        self.choices.pop_back()
        self.epoch += 1
        self.place_split(split, rest)

    cdef uint32_t dependent_target(self, size_t i) noexcept nogil:
        cdef uint32_t family = self.scopes[self.dependents[i].scope].family
        return self.store.families[family].slots[self.dependents[i].slot].family

    cdef void place_split(self, uint32_t split, const Scope& part) noexcept nogil:
        """Start a phase with one half of a split scope."""
        cdef Change change
        change.scope = split
        change.before = self.scopes[split]
        self.changes.push_back(change)
        self.scopes[split] = part
        self.scopes[split].epoch = self.epoch - 1  # its arrays are older than this phase
        self.mark_dirty(split)
        self.mark_changed(split)

    # -- extract -----------------------------------------------------------------------------------------

    cdef int extract(self, uint32_t i) noexcept nogil:
        """Extract every family that all rows of a scope require, in the order of their names."""
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family
        cdef size_t c, w
        if scope.kind != SCOPE_PACKAGES:
            return GOING
        family = self.store.families[scope.family]
        if family.has_bad_rows:
            for w in range(scope.words):
                if scope.rows[w] & family.bad_rows[w]:
                    return self.raise_bad_row(i)
        self.candidates.clear()
        if scope.count == 1:
            self.find_candidates_of_row(scope, family)
        else:
            self.find_candidates(scope, family)
        if self.candidates.empty():
            return GOING
        if self.candidates.size() > 1:
            sort(self.candidates.begin(), self.candidates.end())
        scope = self.own(i)
        for c in range(self.candidates.size()):
            self.extract_slot(i, scope, family, self.candidates[c].second)
        return GOING

    cdef void find_candidates(self, Scope* scope, Family* family) noexcept nogil:
        cdef uint32_t slot, w, word
        cdef uint64_t open_slots
        cdef const uint64_t* normal
        cdef pair[uint32_t, uint32_t] candidate
        for word in range(scope.slot_words):
            open_slots = ~(scope.settled[word] | scope.extracted[word])
            while open_slots:
                slot = word * 64 + lowest_bit(open_slots)
                open_slots &= open_slots - 1
                if slot >= family.slots.size():
                    break
                normal = &family.normal_bits[slot * family.words]
                for w in range(scope.words):
                    if scope.rows[w] & ~normal[w]:
                        break
                else:
                    candidate.first = family.slot_order[slot]
                    candidate.second = slot
                    self.candidates.push_back(candidate)

    cdef void find_candidates_of_row(self, Scope* scope, Family* family) noexcept nogil:
        cdef Row* row = &family.rows[self.only_row(scope)]
        cdef Dependency* dependency
        cdef uint32_t d
        cdef pair[uint32_t, uint32_t] candidate
        for d in range(row.first, row.first + row.count):
            dependency = &family.dependencies[d]
            if (bit_of(scope.settled, dependency.slot) or bit_of(scope.extracted, dependency.slot)
                    or self.store.requirements[dependency.requirement].data.conflict):
                continue
            candidate.first = family.slot_order[dependency.slot]
            candidate.second = dependency.slot
            self.candidates.push_back(candidate)

    cdef void extract_slot(
        self, uint32_t i, Scope* scope, Family* family, uint32_t slot
    ) noexcept nogil:
        """Record what the rows of a scope require of one target."""
        cdef Extraction extraction
        cdef Target target
        cdef uint32_t g, w, target_family = family.slots[slot].family
        cdef int32_t t
        cdef const uint64_t* bits
        extraction.scope = i
        extraction.first = <uint32_t> self.extracted_requirements.size()
        extraction.next = -1
        for g in range(
            family.slots[slot].first_group,
            family.slots[slot].first_group + family.slots[slot].group_count,
        ):
            bits = &family.group_bits[g * family.words]
            for w in range(scope.words):
                if bits[w] & scope.rows[w]:
                    self.extracted_requirements.push_back(family.group_requirements[g])
                    break
        extraction.count = <uint32_t> self.extracted_requirements.size() - extraction.first
        if extraction.count == 1:
            scope.settled[slot >> 6] |= (<uint64_t> 1) << (slot & 63)
        scope.extracted[slot >> 6] |= (<uint64_t> 1) << (slot & 63)
        self.num_extractions += 1

        t = self.target_of[target_family]
        if t < 0:
            self.target_of[target_family] = <int32_t> self.targets.size()
            target.family = target_family
            target.first = <int32_t> self.extractions.size()
            target.last = target.first
            self.targets.push_back(target)
        else:
            self.extractions[self.targets[t].last].next = <int32_t> self.extractions.size()
            self.targets[t].last = <int32_t> self.extractions.size()
        self.extractions.push_back(extraction)

    # -- merge and intersect ---------------------------------------------------------------------------------

    cdef int apply_extractions(self) noexcept nogil:
        """Intersect the scopes with one round of extractions, then append the new ones."""
        cdef size_t t, h
        cdef int outcome
        cdef pair[uint32_t, uint32_t] hit
        cdef bint fresh = False
        self.candidates.clear()
        for t in range(self.targets.size()):
            if self.scope_of[self.targets[t].family] >= 0:
                hit.first = <uint32_t> self.scope_of[self.targets[t].family]
                hit.second = <uint32_t> t
                self.candidates.push_back(hit)
            else:
                fresh = True
        if self.candidates.size() > 1:
            sort(self.candidates.begin(), self.candidates.end())
        for h in range(self.candidates.size()):
            hit = self.candidates[h]
            if self.scopes[hit.first].kind == SCOPE_PACKAGES:
                outcome = self.intersect_packages(hit.first, hit.second)
            elif self.scopes[hit.first].kind == SCOPE_EPHEMERAL:
                outcome = self.intersect_ephemeral(hit.first, hit.second)
            else:
                outcome = self.intersect_conflict(hit.first, hit.second)
            if outcome != GOING:
                return self.merged_first(outcome)
        if fresh:
            for t in range(self.targets.size()):
                if self.scope_of[self.targets[t].family] >= 0:
                    continue
                outcome = self.add_scope(<uint32_t> t)
                if outcome != GOING:
                    return self.merged_first(outcome)
                self.mark_dirty(<uint32_t> (self.scopes.size() - 1))
        return GOING

    cdef int merged_first(self, int outcome) noexcept nogil:
        """rez merges a round before it loads anything: a contradiction in it hides a later error."""
        cdef size_t t
        cdef Bounds merged
        if outcome == RAISED:
            for t in range(self.targets.size()):
                if not self.merged_range(<uint32_t> t, merged):
                    self.raised_nothing()
                    return FAILED
        return outcome

    cdef void raised_nothing(self) noexcept nogil:
        with gil:
            self.raised = None

    cdef void extraction_range(self, const Extraction& extraction, Bounds& out) noexcept nogil:
        """What one scope requires of one target: rez's union over its rows."""
        cdef Bounds every
        cdef size_t r, b
        cdef const Bounds* one
        if extraction.count == 1:
            out = self.store.requirements[self.extracted_requirements[extraction.first]].data.range
            return
        for r in range(extraction.first, extraction.first + extraction.count):
            one = &self.store.requirements[self.extracted_requirements[r]].data.range
            for b in range(one.size()):
                every.push_back(deref(one)[b])
        range_union(every, out)

    cdef bint merged_range(self, uint32_t t, Bounds& out) noexcept nogil:
        """What all scopes of this round require of one target. False: they contradict each other."""
        cdef int32_t e = self.targets[t].first
        cdef Bounds one, both
        self.extraction_range(self.extractions[e], out)
        e = self.extractions[e].next
        while e >= 0:
            self.extraction_range(self.extractions[e], one)
            if not range_intersection(out, one, both):
                return False
            out = both
            e = self.extractions[e].next
        return True

    cdef void admit(
        self, const Extraction& extraction, Family* family, uint64_t* rows, uint32_t words
    ) noexcept nogil:
        """Keep those of `rows` that one extraction admits."""
        cdef const uint64_t* mask
        cdef uint32_t r, w
        cdef uint64_t* any_of
        cdef bint exclusive = False
        cdef Bounds bounds
        if extraction.count == 1:
            mask = mask_of(self.store, self.extracted_requirements[extraction.first])
            for w in range(words):
                rows[w] &= mask[w]
            return
        for r in range(extraction.first, extraction.first + extraction.count):
            if self.store.requirements[self.extracted_requirements[r]].exclusive_lower:
                exclusive = True
        self.scratch2.assign(words, 0)
        any_of = self.scratch2.data()
        if exclusive:
            self.extraction_range(extraction, bounds)
            rows_in_range(family, bounds, any_of, words)
        else:
            for r in range(extraction.first, extraction.first + extraction.count):
                mask = mask_of(self.store, self.extracted_requirements[r])
                for w in range(words):
                    any_of[w] |= mask[w]
        for w in range(words):
            rows[w] &= any_of[w]

    cdef void admit_all(self, uint32_t t, Family* family, uint64_t* rows, uint32_t words) noexcept nogil:
        cdef int32_t e = self.targets[t].first
        while e >= 0:
            self.admit(self.extractions[e], family, rows, words)
            e = self.extractions[e].next

    cdef int intersect_packages(self, uint32_t i, uint32_t t) noexcept nogil:
        cdef Scope* scope = &self.scopes[i]
        cdef uint32_t count
        self.scratch.assign(scope.rows, scope.rows + scope.words)
        self.admit_all(t, self.store.families[scope.family], self.scratch.data(), scope.words)
        count = count_rows(self.scratch.data(), scope.words)
        if count == 0:
            return FAILED
        if count < scope.count:
            self.narrow(i, self.scratch.data(), count)
            self.num_intersections += 1
        return GOING

    cdef int intersect_ephemeral(self, uint32_t i, uint32_t t) noexcept nogil:
        cdef Scope* scope = &self.scopes[i]
        cdef Bounds merged, narrowed
        if not self.merged_range(t, merged):
            return FAILED
        if scope.range == NULL:
            narrowed = merged
        elif scope.conflict:
            if not range_difference(merged, deref(scope.range), narrowed):
                return FAILED
        elif not range_intersection(merged, deref(scope.range), narrowed):
            return FAILED
        if (not scope.conflict and scope.range != NULL
                and range_compare(narrowed, deref(scope.range)) == 0):
            return GOING
        self.ranges.push_back(narrowed)
        scope = self.own(i)
        scope.conflict = False
        scope.requirement = NOT_FOUND
        scope.range = &self.ranges.back()
        self.mark_changed(i)
        self.num_intersections += 1
        return GOING

    cdef int intersect_conflict(self, uint32_t i, uint32_t t) noexcept nogil:
        """A conflict scope whose family something requires: it becomes a scope of packages."""
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef Bounds merged, wanted
        cdef const uint64_t* mask
        cdef uint32_t w, words
        cdef int outcome
        if not self.merged_range(t, merged):
            return FAILED
        if scope.range == NULL:
            wanted = merged
        elif not range_difference(merged, deref(scope.range), wanted):
            return FAILED
        outcome = self.ensure(family, t, &wanted)
        if outcome != GOING:
            return outcome
        if family.state == FAMILY_MISSING:
            return self.raise_missing_family(scope.family, -1)
        words = family.words
        self.allowed_rows(family, self.scratch)
        self.admit_all(t, family, self.scratch.data(), words)
        scope = &self.scopes[i]
        if scope.range != NULL:
            mask = mask_of(self.store, scope.requirement)
            for w in range(words):
                self.scratch[w] &= ~mask[w]
        if count_rows(self.scratch.data(), words) == 0:
            return FAILED
        scope = self.own(i)
        self.fill_scope(deref(scope), self.scratch.data(), words)
        self.add_dependents(i)
        self.mark_dirty(i)
        self.mark_changed(i)
        self.widened.push_back(i)
        self.num_intersections += 1
        if i < self.first_open:
            self.first_open = i
        return GOING

    cdef int add_scope(self, uint32_t t) noexcept nogil:
        """Append a scope for a family that something requires and that has none yet."""
        cdef uint32_t number = self.targets[t].family
        cdef Family* family = self.store.families[number]
        cdef Scope scope
        cdef Bounds merged
        cdef int outcome
        scope.family = number
        if family.ephemeral:
            if not self.merged_range(t, merged):
                return FAILED
            self.ranges.push_back(merged)
            scope.kind = SCOPE_EPHEMERAL
            scope.range = &self.ranges.back()
            self.append_scope(scope)
            return GOING
        outcome = self.ensure(family, t, NULL)
        if outcome != GOING:
            return outcome
        if family.state == FAMILY_MISSING:
            return self.raise_missing_family(number, <int> t)
        self.allowed_rows(family, self.scratch)
        self.admit_all(t, family, self.scratch.data(), family.words)
        if count_rows(self.scratch.data(), family.words) == 0:
            if not self.merged_range(t, merged):
                return FAILED
            return self.raise_missing_package(number, merged)
        self.fill_scope(scope, self.scratch.data(), family.words)
        self.append_scope(scope)
        return GOING

    # -- loading -------------------------------------------------------------------------------------------

    cdef int ensure(self, Family* family, uint32_t t, const Bounds* wanted) noexcept nogil:
        """Have the packages loaded that a new scope may need, and only those.

        `wanted` is their range; NULL stands for the merged range of target `t`, which is worked
        out only when some version is not loaded yet or must be looked at.
        """
        cdef Bounds merged
        cdef int32_t e
        cdef bint must_look
        cdef bint whole = wanted == NULL
        if family.state == FAMILY_UNKNOWN and self.tables.complete:
            if self.python_list(family) == RAISED:
                return RAISED
        if family.state == FAMILY_MISSING:
            return GOING
        must_look = self.filtering or family.has_late or family.has_broken
        if not must_look:
            if self.tables.complete and family.unloaded.empty():
                return GOING
            e = self.targets[t].first
            while e >= 0:
                if self.all_loaded(self.extractions[e]):
                    return GOING
                e = self.extractions[e].next
        if wanted == NULL:
            if not self.merged_range(t, merged):
                return FAILED
            wanted = &merged
        if not self.tables.complete and self.python_ask(family, wanted) == RAISED:
            return RAISED
        if family.state == FAMILY_MISSING:
            return GOING
        if self.filtering and not self.timestamps:
            if self.python_hide(family, wanted) == RAISED:
                return RAISED
        if self.python_load(family, wanted) == RAISED:
            return RAISED
        if self.filtering and self.timestamps:
            if self.python_hide(family, wanted) == RAISED:
                return RAISED
        if family.has_late and self.python_late(family, wanted) == RAISED:
            return RAISED
        if not self.filtering and (whole or self.tables.complete):
            self.note_loaded(family, t)
        return GOING

    cdef bint all_loaded(self, const Extraction& extraction) noexcept nogil:
        cdef uint32_t r
        for r in range(extraction.first, extraction.first + extraction.count):
            if not is_loaded(self.store.requirements[self.extracted_requirements[r]]):
                return False
        return True

    cdef void note_loaded(self, Family* family, uint32_t t) noexcept nogil:
        """Mark the requirements of which every version is loaded, so that nobody asks again."""
        cdef int32_t e = self.targets[t].first
        cdef uint32_t r, u
        cdef Requirement_* req
        cdef bint loaded
        if not self.tables.complete and (
            self.extractions[e].next >= 0 or self.extractions[e].count > 1
        ):
            return
        while e >= 0:
            for r in range(
                self.extractions[e].first, self.extractions[e].first + self.extractions[e].count
            ):
                req = self.store.requirements[self.extracted_requirements[r]]
                if is_loaded(req):
                    continue
                loaded = True
                for u in range(<uint32_t> family.unloaded.size()):
                    if range_contains(req.data.range, family.versions[family.unloaded[u]].key):
                        loaded = False
                        break
                if loaded:
                    set_loaded(req)
            e = self.extractions[e].next

    cdef int python_list(self, Family* family) noexcept nogil:
        cdef int outcome = GOING
        cdef uint32_t number = family.id
        self.store.lock.unlock_shared()
        with gil:
            try:
                self.tables.list_family(number)
            except BaseException as error:
                self.raised = error
                outcome = RAISED
        self.resume()
        return outcome

    cdef int python_ask(self, Family* family, const Bounds* wanted) noexcept nogil:
        cdef int outcome = GOING
        cdef uint32_t number = family.id
        self.store.lock.unlock_shared()
        with gil:
            try:
                self.tables.ask(number, deref(wanted))
            except BaseException as error:
                self.raised = error
                outcome = RAISED
        self.resume()
        return outcome

    cdef int python_load(self, Family* family, const Bounds* wanted) noexcept nogil:
        """Load what is not loaded of a range; raise what is broken in it."""
        cdef vector[uint32_t] versions, broken
        cdef size_t u, v
        cdef uint32_t number = family.id
        cdef int outcome = GOING
        cdef Overlay* overlay = NULL
        if self.overlays.count(number):
            overlay = &self.overlays[number]
        for u in range(family.unloaded.size()):
            v = family.unloaded[u]
            if overlay != NULL and v < overlay.seen.size() and overlay.seen[v] == 1:
                continue
            if range_contains(deref(wanted), family.versions[v].key):
                versions.push_back(<uint32_t> v)
        if versions.size():
            self.store.lock.unlock_shared()
            with gil:
                try:
                    self.tables.load(number, versions)
                except BaseException as error:
                    self.raised = error
                    outcome = RAISED
            self.resume()
        if outcome == RAISED:
            return RAISED
        for v in range(family.versions.size()):
            if (family.versions[v].state == VERSION_BROKEN
                    and range_contains(deref(wanted), family.versions[v].key)
                    and not (overlay != NULL and v < overlay.seen.size() and overlay.seen[v] == 1)):
                self.store.lock.unlock_shared()
                with gil:
                    self.raised = self.tables.failure_of(number, <uint32_t> v)
                self.resume()
                return RAISED
        return GOING

    cdef int python_hide(self, Family* family, const Bounds* wanted) noexcept nogil:
        """Ask the package filter about the versions of a range that it has not seen."""
        cdef Overlay* overlay = &self.overlays[family.id]
        cdef int64_t timestamp
        cdef bint hidden = False
        cdef size_t v
        cdef uint32_t number = family.id
        cdef int outcome = GOING
        overlay.seen.resize(family.versions.size(), 0)
        for v in range(overlay.seen.size()):
            if overlay.seen[v] or not range_contains(deref(wanted), family.versions[v].key):
                continue
            timestamp = family.versions[v].timestamp
            self.store.lock.unlock_shared()
            with gil:
                try:
                    hidden = self.hooks.excludes(
                        self.tables.family_name(number),
                        self.tables.version_of(number, <uint32_t> v),
                        timestamp or None,
                    )
                except BaseException as error:
                    self.raised = error
                    outcome = RAISED
            self.resume()
            if outcome == RAISED:
                return RAISED
            overlay.seen[v] = 2
            if hidden:
                overlay.seen[v] = 1
        return GOING

    cdef int python_late(self, Family* family, const Bounds* wanted) noexcept nogil:
        """Evaluate the late bound packages of a range, once a solve."""
        cdef Overlay* overlay = &self.overlays[family.id]
        cdef size_t v
        cdef uint32_t number = family.id
        cdef vector[uint32_t] rows
        cdef int outcome = GOING
        if overlay.seen.size() < family.versions.size():
            overlay.seen.resize(family.versions.size(), 0)
        if overlay.late.size() < family.versions.size():
            overlay.late.resize(family.versions.size())
        for v in range(family.versions.size()):
            if (family.versions[v].state != VERSION_LATE or overlay.seen[v] == 1
                    or not overlay.late[v].empty()
                    or not range_contains(deref(wanted), family.versions[v].key)):
                continue
            rows.clear()
            self.store.lock.unlock_shared()
            with gil:
                try:
                    for row in self.tables.late_rows(
                        number, <uint32_t> v, self.building, self.context
                    ):
                        rows.push_back(row)
                except RezError as error:
                    # rez meets this error when it looks at the variant, not before
                    rows.push_back(self.tables.broken_row(number, <uint32_t> v))
                    self.look_errors[(number, rows[0])] = error
                except BaseException as error:
                    self.raised = error
                    outcome = RAISED
            self.resume()
            if outcome == RAISED:
                return RAISED
            overlay.late[v] = rows
        return GOING

    cdef void allowed_rows(self, Family* family, vector[uint64_t]& out) noexcept nogil:
        """The rows of a family that this solve may use at all."""
        cdef Overlay* overlay
        cdef size_t v, r
        cdef uint32_t row
        out = family.build_rows if self.building else family.run_rows
        out.resize(family.words)
        if not self.overlays.count(family.id):
            return
        overlay = &self.overlays[family.id]
        for v in range(family.versions.size()):
            if v < overlay.seen.size() and overlay.seen[v] == 1:
                for r in range(family.versions[v].rows.size()):
                    row = family.versions[v].rows[r]
                    out[row >> 6] &= ~((<uint64_t> 1) << (row & 63))
            elif v < overlay.late.size():
                for r in range(overlay.late[v].size()):
                    row = overlay.late[v][r]
                    out[row >> 6] |= (<uint64_t> 1) << (row & 63)

    # -- what goes wrong ------------------------------------------------------------------------------------

    cdef int raise_bad_row(self, uint32_t i) noexcept nogil:
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef uint32_t w, row = 0
        cdef uint32_t number = scope.family
        cdef uint64_t bad
        for w in range(scope.words):
            bad = scope.rows[w] & family.bad_rows[w]
            if bad:
                row = w * 64 + lowest_bit(bad)
                break
        self.store.lock.unlock_shared()
        with gil:
            self.raised = self.look_errors.get((number, row))
            if self.raised is None:
                variant = self.tables.variant(number, row)
                first, second = variant.requirements
                self.raised = ResolveError(
                    f"The package {variant} has an internal requirements conflict: "
                    f"{first} <--!--> {second}"
                )
        self.resume()
        return RAISED

    cdef int raise_missing_family(self, uint32_t number, int t) noexcept nogil:
        """A family that no repository has; `t` is the target that asks, -1 for a conflict scope."""
        cdef int32_t e
        cdef bint quiet = False
        cdef bint requested = True
        cdef vector[uint32_t] requesters
        if t >= 0:
            e = self.targets[t].first
            while e >= 0:
                if self.extractions[e].scope != NOT_FOUND:
                    requesters.push_back(self.scopes[self.extractions[e].scope].family)
                    requested = False
                e = self.extractions[e].next
            quiet = not self.raise_missing and not requested
        if quiet:
            return FAILED
        self.store.lock.unlock_shared()
        with gil:
            name = self.tables.family_name(number)
            names = ", ".join(self.tables.family_name(requester) for requester in requesters)
            required = f", was required by: {names}" if names else ""
            self.raised = PackageFamilyNotFoundError(
                f"package family not found: {name}{required} "
                f"(searched: {self.tables.source.searched})",
                family=name,
            )
        self.resume()
        return RAISED

    cdef int raise_missing_package(self, uint32_t number, const Bounds& wanted) noexcept nogil:
        self.store.lock.unlock_shared()
        with gil:
            text = str(self.range_requirement(number, wanted))
            self.raised = PackageNotFoundError(
                f"Package could not be found: {text}", requirement=text
            )
        self.resume()
        return RAISED

    cdef object range_requirement(self, uint32_t number, const Bounds& bounds):
        cdef RequirementData data
        data.name = self.tables.family_name(number).encode()
        data.range = bounds
        return make_requirement(data)

    # -- reduce ----------------------------------------------------------------------------------------------

    cdef int reduce_scopes(self, size_t first_new) noexcept nogil:
        """Drop the rows that contradict another scope, until none does."""
        cdef size_t i, next_changed = 0
        cdef uint32_t by
        cdef int32_t d
        cdef int outcome = GOING
        for i in range(first_new, self.scopes.size()):
            self.mark_changed(<uint32_t> i)
        for i in range(self.widened.size()):
            if self.reduce_by_all(self.widened[i]) == FAILED:
                return FAILED
        for i in range(first_new, self.scopes.size()):
            if self.reduce_by_all(<uint32_t> i) == FAILED:
                return FAILED
        while next_changed < self.changed.size():
            by = self.changed[next_changed]
            next_changed += 1
            self.is_changed[by] = 0
            d = self.dependents_of[self.scopes[by].family]
            while d >= 0:
                if self.reduce(self.dependents[d].scope, self.dependents[d].slot) == FAILED:
                    return FAILED
                d = self.dependents[d].next
        self.changed.clear()
        self.widened.clear()
        return GOING

    cdef int reduce_by_all(self, uint32_t i) noexcept nogil:
        cdef uint32_t slot, word
        cdef uint64_t open_slots
        cdef Scope* scope = &self.scopes[i]
        if scope.kind != SCOPE_PACKAGES:
            return GOING
        for word in range(scope.slot_words):
            open_slots = ~self.scopes[i].settled[word]
            while open_slots:
                slot = word * 64 + lowest_bit(open_slots)
                open_slots &= open_slots - 1
                if slot >= self.store.families[self.scopes[i].family].slots.size():
                    break
                if self.reduce(i, slot) == FAILED:
                    return FAILED
        return GOING

    cdef int reduce(self, uint32_t i, uint32_t slot) noexcept nogil:
        """Drop the rows of a scope whose requirement at `slot` contradicts its target."""
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef int32_t by = self.scope_of[family.slots[slot].family]
        cdef uint32_t g, w, count
        cdef const uint64_t* bits
        cdef uint64_t hit
        cdef bint dropped = False
        if by < 0 or <uint32_t> by == i or bit_of(scope.settled, slot):
            return GOING
        for g in range(
            family.slots[slot].first_group,
            family.slots[slot].first_group + family.slots[slot].group_count,
        ):
            bits = &family.group_bits[g * family.words]
            hit = 0
            for w in range(scope.words):
                hit |= bits[w] & scope.rows[w]
            if hit == 0 or not self.contradicts(family.group_requirements[g], &self.scopes[by]):
                continue
            if not dropped:
                dropped = True
                self.scratch.assign(scope.rows, scope.rows + scope.words)
            for w in range(scope.words):
                self.scratch[w] &= ~bits[w]
        if not dropped:
            return GOING
        self.num_reductions += 1
        count = count_rows(self.scratch.data(), scope.words)
        if count == 0:
            return FAILED
        self.narrow(i, self.scratch.data(), count)
        return GOING

    cdef bint contradicts(self, uint32_t number, Scope* by) noexcept nogil:
        """Whether a requirement cannot be met by what is left of its target's scope."""
        cdef Requirement_* req = self.store.requirements[number]
        cdef const uint64_t* mask
        cdef uint32_t w
        if not req.data.has_range:
            return False
        if by.kind == SCOPE_PACKAGES:
            mask = mask_of(self.store, number)
            if req.data.conflict:
                for w in range(by.words):
                    if by.rows[w] & ~mask[w]:
                        return False
                return True
            for w in range(by.words):
                if by.rows[w] & mask[w]:
                    return False
            return True
        if by.range == NULL:
            return False
        if by.kind == SCOPE_CONFLICT or by.conflict:
            return not req.data.conflict and range_issuperset(deref(by.range), req.data.range)
        if req.data.conflict:
            return range_issuperset(req.data.range, deref(by.range))
        return not range_intersects(req.data.range, deref(by.range))

    # -- split -----------------------------------------------------------------------------------------------

    cdef void split(self) noexcept nogil:
        """Split the first open scope: its best rows go on, the rest is left as a choice."""
        cdef uint32_t i = self.find_open()
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef Scope part
        cdef Choice choice
        cdef uint32_t w
        part.family = scope.family
        part.sorted = True
        choice.rest = part
        self.scratch.assign(scope.words, 0)
        self.best_rows(scope, family, self.scratch)
        self.fill_scope(part, self.scratch.data(), scope.words)
        for w in range(scope.words):
            self.scratch[w] = scope.rows[w] & ~self.scratch[w]
        self.fill_scope(choice.rest, self.scratch.data(), scope.words)
        # what was settled for all rows is settled for each half
        for w in range(scope.slot_words):
            part.settled[w] |= scope.settled[w]
            choice.rest.settled[w] |= scope.settled[w]
        choice.split = i
        choice.first_open = i
        choice.changes = self.changes.size()
        choice.scopes = self.scopes.size()
        choice.dependents = self.dependents.size()
        choice.mark = self.arena.mark()
        self.choices.push_back(choice)
        self.epoch += 1
        self.place_split(i, part)

    cdef void best_rows(self, Scope* scope, Family* family, vector[uint64_t]& out) noexcept nogil:
        """The first rows in order: all that share a family which not every row requires.

        With two rows left, or a first row that requires no more than every row does, the first.
        """
        cdef size_t v, r, w
        cdef bint first = True
        cdef uint64_t left
        cdef uint32_t cursor = 0
        cdef bint in_order = family.descending and not self.ordering
        if not in_order:
            self.order_versions(scope, family, self.split_versions)
        v = 0
        while True:
            if in_order:
                if not next_version(scope, family, &cursor, self.split_rows):
                    return
            else:
                if v == self.split_versions.size():
                    return
                rows_of_version(scope, family, self.split_versions[v], self.split_rows)
                v += 1
            self.order_rows(family, self.split_rows)
            for r in range(self.split_rows.size()):
                self.required_slots(family, self.split_rows[r], scope, self.split_own)
                if first:
                    self.split_shared = self.split_own
                else:
                    for w in range(self.split_shared.size()):
                        self.split_shared[w] &= self.split_own[w]
                left = 0
                for w in range(self.split_shared.size()):
                    left |= self.split_shared[w]
                if not first and left == 0:
                    return
                out[self.split_rows[r] >> 6] |= (<uint64_t> 1) << (self.split_rows[r] & 63)
                if first and (left == 0 or scope.count <= 2):
                    return
                first = False

    cdef void required_slots(
        self, Family* family, uint32_t number, Scope* scope, vector[uint64_t]& out
    ) noexcept nogil:
        """The slots that a row requires and that were not extracted: not every row requires them."""
        cdef Row* row = &family.rows[number]
        cdef uint32_t d, slot
        out.assign(scope.slot_words, 0)
        for d in range(row.first, row.first + row.count):
            slot = family.dependencies[d].slot
            if self.store.requirements[family.dependencies[d].requirement].data.conflict:
                continue
            if bit_of(scope.settled, slot) or bit_of(scope.extracted, slot):
                continue
            out[slot >> 6] |= (<uint64_t> 1) << (slot & 63)

    cdef void ordered_rows(self, uint32_t i, vector[uint32_t]& out) noexcept nogil:
        """All rows of a scope, in the order in which a split would take them."""
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef vector[uint32_t] versions, rows
        cdef size_t v, r
        out.clear()
        self.order_versions(scope, family, versions)
        for v in range(versions.size()):
            rows_of_version(scope, family, versions[v], rows)
            self.order_rows(family, rows)
            for r in range(rows.size()):
                out.push_back(rows[r])

    cdef void order_versions(
        self, Scope* scope, Family* family, vector[uint32_t]& out
    ) noexcept nogil:
        """The versions of a scope, the preferred first."""
        cdef vector[pair[uint32_t, uint32_t]] ranked
        cdef pair[uint32_t, uint32_t] item
        cdef vector[uint32_t]* custom = NULL
        cdef uint32_t w, row
        cdef uint64_t bits
        cdef size_t i
        if self.ordering:
            custom = self.python_version_order(family)
        for w in range(scope.words):
            bits = scope.rows[w]
            while bits:
                row = w * 64 + lowest_bit(bits)
                bits &= bits - 1
                item.second = family.rows[row].version
                item.first = family.versions[item.second].rank if custom == NULL \
                    else deref(custom)[item.second]
                ranked.push_back(item)
        sort(ranked.begin(), ranked.end())
        out.clear()
        for i in range(ranked.size()):
            if i == 0 or ranked[i].second != ranked[i - 1].second:
                out.push_back(ranked[i].second)

    cdef void order_rows(self, Family* family, vector[uint32_t]& rows) noexcept nogil:
        """Put the rows of one version in rez's order of preference."""
        cdef size_t i, j
        cdef SortKey key
        if rows.size() < 2:
            return
        if self.ordering:
            self.python_row_order(family, rows)
            return
        self.sort_keys.clear()
        self.key_requirements.clear()
        self.key_places.clear()
        for i in range(rows.size()):
            self.sort_key(family, rows[i], key)
            # insertion: a package has few variants
            self.sort_keys.push_back(key)
            j = i
            while j > 0 and self.preferred(family, key, self.sort_keys[j - 1]):
                self.sort_keys[j] = self.sort_keys[j - 1]
                j -= 1
            self.sort_keys[j] = key
        for i in range(rows.size()):
            rows[i] = self.sort_keys[i].row

    cdef void sort_key(self, Family* family, uint32_t number, SortKey& key) noexcept nogil:
        """Collect what a row is preferred by: its requirements on requested families, the others."""
        cdef Row* row = &family.rows[number]
        cdef uint32_t d, requirement
        cdef int32_t place
        cdef size_t j, start = self.key_requirements.size()
        key.row = number
        key.first = <uint32_t> start
        for d in range(row.first, row.first + row.count):
            requirement = family.dependencies[d].requirement
            place = self.request_place[family.slots[family.dependencies[d].slot].family]
            if place < 0:
                continue
            self.key_requirements.push_back(requirement)
            self.key_places.push_back(<uint32_t> place)
            j = self.key_places.size() - 1
            while j > start and self.key_places[j - 1] > <uint32_t> place:
                self.key_places[j] = self.key_places[j - 1]
                self.key_requirements[j] = self.key_requirements[j - 1]
                j -= 1
            self.key_places[j] = <uint32_t> place
            self.key_requirements[j] = requirement
        key.requested = <uint32_t> (self.key_places.size() - start)
        for d in range(row.first, row.first + row.count):
            requirement = family.dependencies[d].requirement
            if (self.store.requirements[requirement].data.conflict
                    or self.request_place[family.slots[family.dependencies[d].slot].family] >= 0):
                continue
            self.key_requirements.push_back(requirement)
            self.key_places.push_back(0)
        key.additional = <uint32_t> (self.key_places.size() - start) - key.requested

    cdef bint preferred(self, Family* family, const SortKey& a, const SortKey& b) noexcept nogil:
        """Whether row `a` comes before row `b`: rez sorts by this key, highest first."""
        cdef uint32_t k
        cdef uint32_t one, other
        cdef int order
        if self.intersection_priority and a.requested != b.requested:
            return a.requested > b.requested
        for k in range(min(a.requested, b.requested)):
            if self.key_places[a.first + k] != self.key_places[b.first + k]:
                return self.key_places[a.first + k] < self.key_places[b.first + k]
            order = self.compare(
                self.key_requirements[a.first + k], self.key_requirements[b.first + k]
            )
            if order:
                return order > 0
        if a.requested != b.requested:
            return a.requested > b.requested
        if a.additional != b.additional:
            return a.additional < b.additional
        for k in range(a.additional):
            one = self.key_requirements[a.first + a.requested + k]
            other = self.key_requirements[b.first + b.requested + k]
            if one == other:
                continue
            order = self.compare(one, other)
            if order == 0:
                order = self.store.requirements[one].data.name.compare(
                    self.store.requirements[other].data.name
                )
            if order:
                return order > 0
        return family.rows[a.row].index > family.rows[b.row].index

    cdef int compare(self, uint32_t a, uint32_t b) noexcept nogil:
        if a == b:
            return 0
        return range_compare(
            self.store.requirements[a].data.range, self.store.requirements[b].data.range
        )

    cdef vector[uint32_t]* python_version_order(self, Family* family) noexcept nogil:
        """The place of each version in the order of this solve's orderers."""
        cdef vector[uint32_t]* places = &self.version_orders[family.id]
        cdef uint32_t number = family.id
        cdef size_t count = family.versions.size()
        cdef size_t v
        cdef vector[uint32_t] positions
        if places.size() == count:
            return places
        for v in range(count):
            positions.push_back(family.versions[v].position)
        self.store.lock.unlock_shared()
        with gil:
            places.resize(count)
            try:
                order = self.hooks.version_order(
                    self.tables.family_name(number),
                    [self.tables.version_of(number, <uint32_t> v) for v in range(count)],
                    [positions[v] for v in range(count)],
                )
                for place, v in enumerate(order):
                    deref(places)[v] = place
            except BaseException as error:
                self.raised = error
                self.hook_failed = True
        self.resume()
        return places

    cdef void python_row_order(self, Family* family, vector[uint32_t]& rows) noexcept nogil:
        """Order the rows of one version by this solve's orderers."""
        cdef uint64_t key = ((<uint64_t> family.id) << 32) | family.rows[rows[0]].version
        cdef vector[uint32_t]* order = &self.row_orders[key]
        cdef vector[uint32_t] every, kept
        cdef size_t i, j
        cdef uint32_t number = family.id
        every = family.versions[family.rows[rows[0]].version].rows
        if order.size() != every.size():
            order.clear()
            self.store.lock.unlock_shared()
            with gil:
                try:
                    variants = [self.tables.variant(number, every[i]) for i in range(every.size())]
                    for i in self.hooks.variant_order(variants):
                        order.push_back(every[i])
                except BaseException as error:
                    self.raised = error
                    self.hook_failed = True
                    order.assign(every.begin(), every.end())
            self.resume()
        for i in range(order.size()):
            for j in range(rows.size()):
                if rows[j] == deref(order)[i]:
                    kept.push_back(rows[j])
        rows = kept

    # -- finish ------------------------------------------------------------------------------------------------

    cdef uint32_t only_row(self, Scope* scope) noexcept nogil:
        cdef uint32_t w
        for w in range(scope.words):
            if scope.rows[w]:
                return w * 64 + lowest_bit(scope.rows[w])
        return NOT_FOUND

    cdef bint finalise(self) noexcept nogil:
        """Order the answer: requirements before what requires them, else as requested. False: cycle."""
        cdef size_t i, position
        cdef vector[uint32_t] order          # position -> scope
        cdef vector[int32_t] place           # scope -> position
        cdef vector[pair[string, uint32_t]] named
        cdef pair[string, uint32_t] item
        cdef vector[uint64_t] reach
        cdef vector[uint8_t] state
        cdef vector[uint8_t] emitted
        cdef Scope* scope
        place.assign(self.scopes.size(), -1)
        for i in range(self.scopes.size()):
            scope = &self.scopes[i]
            if scope.kind == SCOPE_CONFLICT or (scope.kind == SCOPE_EPHEMERAL and scope.conflict):
                continue
            place[i] = 0
            item.first = self.store.families[scope.family].name
            item.second = <uint32_t> i
            if i >= self.request.size():
                named.push_back(item)
            else:
                order.push_back(<uint32_t> i)
        sort(named.begin(), named.end())
        for i in range(named.size()):
            order.push_back(named[i].second)
        for position in range(order.size()):
            place[order[position]] = <int32_t> position
        reach.assign(order.size() * ((order.size() + 63) >> 6), 0)
        state.assign(order.size(), 0)
        self.cycle.clear()
        for position in range(order.size()):
            if not self.reach_from(<uint32_t> position, order, place, reach, state):
                return False
        self.solution.clear()
        emitted.assign(order.size(), 0)
        for position in range(order.size()):
            self.emit(<uint32_t> position, order, reach, emitted)
        return True

    cdef bint reach_from(
        self, uint32_t start, vector[uint32_t]& order, vector[int32_t]& place,
        vector[uint64_t]& reach, vector[uint8_t]& state,
    ) noexcept nogil:
        """Fill in which positions can be reached from `start`, depth first. False: a cycle."""
        cdef vector[pair[uint32_t, uint32_t]] stack   # (position, next dependency)
        cdef pair[uint32_t, uint32_t] item
        cdef pair[uint32_t, uint32_t]* top
        cdef size_t words = (order.size() + 63) >> 6
        cdef size_t w
        cdef uint32_t at, target
        cdef Scope* scope
        cdef Family* family
        cdef Row* row
        cdef Dependency* dependency
        if state[start] == 2:
            return True
        item.first = start
        item.second = 0
        stack.push_back(item)
        state[start] = 1
        while stack.size():
            top = &stack.back()
            at = top.first
            scope = &self.scopes[order[at]]
            row = NULL
            if scope.kind == SCOPE_PACKAGES:
                family = self.store.families[scope.family]
                row = &family.rows[self.only_row(scope)]
            if row == NULL or top.second == row.count:
                state[at] = 2
                stack.pop_back()
                if stack.size():
                    start = stack.back().first
                    reach[start * words + (at >> 6)] |= (<uint64_t> 1) << (at & 63)
                    for w in range(words):
                        reach[start * words + w] |= reach[at * words + w]
                continue
            dependency = &family.dependencies[row.first + top.second]
            top.second += 1
            if self.store.requirements[dependency.requirement].data.conflict:
                continue
            target = <uint32_t> place[self.scope_of[family.slots[dependency.slot].family]]
            if state[target] == 1:
                for w in range(stack.size()):
                    if stack[w].first == target or self.cycle.size():
                        self.cycle.push_back(order[stack[w].first])
                return False
            if state[target] == 2:
                reach[at * words + (target >> 6)] |= (<uint64_t> 1) << (target & 63)
                for w in range(words):
                    reach[at * words + w] |= reach[target * words + w]
                continue
            state[target] = 1
            item.first = target
            item.second = 0
            stack.push_back(item)
        return True

    cdef void emit(
        self, uint32_t position, vector[uint32_t]& order, vector[uint64_t]& reach,
        vector[uint8_t]& emitted,
    ) noexcept nogil:
        """Append a scope to the answer after all that it reaches, those in order of position."""
        cdef size_t words = (order.size() + 63) >> 6
        cdef size_t w
        cdef uint64_t bits
        cdef uint32_t other
        cdef Scope* scope = &self.scopes[order[position]]
        cdef pair[uint32_t, uint32_t] item
        if emitted[position]:
            return
        emitted[position] = 1
        for w in range(words):
            bits = reach[position * words + w]
            while bits:
                other = <uint32_t> (w * 64 + lowest_bit(bits))
                bits &= bits - 1
                if not emitted[other]:
                    self.emit(other, order, reach, emitted)
        item.first = scope.family
        item.second = self.only_row(scope) if scope.kind == SCOPE_PACKAGES else NOT_FOUND
        self.solution.push_back(item)


# -- sets of rows ------------------------------------------------------------------------------------------------

cdef inline const uint64_t* mask_of(Store* store, uint32_t requirement) noexcept nogil:
    """The rows that a requirement admits; made only if rows were added since it was last asked."""
    cdef Requirement_* req = store.requirements[requirement]
    cdef RowMask* mask = load_mask(req)
    if mask == NULL or mask.rows < store.families[req.family].rows.size():
        mask = admitted(store, requirement)
    return mask.bits.data()


cdef inline bint bit_of(const uint64_t* bits, uint32_t i) noexcept nogil:
    return (bits[i >> 6] >> (i & 63)) & 1


cdef inline uint32_t count_rows(const uint64_t* rows, uint32_t words) noexcept nogil:
    cdef uint32_t w, count = 0
    for w in range(words):
        count += count_bits(rows[w])
    return count


cdef void rows_in_range(
    Family* family, const Bounds& bounds, uint64_t* out, uint32_t words
) noexcept nogil:
    cdef size_t v, r
    cdef uint32_t row
    for v in range(family.versions.size()):
        if range_contains(bounds, family.versions[v].key):
            for r in range(family.versions[v].rows.size()):
                row = family.versions[v].rows[r]
                if (row >> 6) < words:
                    out[row >> 6] |= (<uint64_t> 1) << (row & 63)


cdef void rows_of_version(
    Scope* scope, Family* family, uint32_t version, vector[uint32_t]& out
) noexcept nogil:
    cdef size_t r
    cdef uint32_t row
    out.clear()
    for r in range(family.versions[version].rows.size()):
        row = family.versions[version].rows[r]
        if (row >> 6) < scope.words and bit_of(scope.rows, row):
            out.push_back(row)


cdef bint next_version(
    Scope* scope, Family* family, uint32_t* cursor, vector[uint32_t]& out
) noexcept nogil:
    """The rows of the next version, where rows go from the highest version down."""
    cdef uint32_t w = cursor[0] >> 6
    cdef uint64_t bits
    cdef uint32_t row, version = NOT_FOUND
    out.clear()
    while w < scope.words:
        bits = scope.rows[w]
        if w == cursor[0] >> 6:
            bits &= ~(<uint64_t> 0) << (cursor[0] & 63)
        while bits:
            row = w * 64 + lowest_bit(bits)
            bits &= bits - 1
            if version == NOT_FOUND:
                version = family.rows[row].version
            elif family.rows[row].version != version:
                cursor[0] = row
                return True
            out.push_back(row)
        w += 1
    cursor[0] = scope.words * 64
    return out.size() > 0


def _listing_order(variant):
    """Key of rez's order before a split: packages as listed, variants by number."""
    return variant.listing_position, -1 if variant.index is None else variant.index
