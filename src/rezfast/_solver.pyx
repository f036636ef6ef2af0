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
    Facts,
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


cdef double now() noexcept nogil:
    cdef timespec t
    clock_gettime(CLOCK_MONOTONIC, &t)
    return t.tv_sec + t.tv_nsec * 1e-9


include "_solver_state.pxi"
include "_solver_loading.pxi"
include "_solver_split.pxi"
include "_solver_phase.pxi"
include "_solver_answer.pxi"


cdef class NativeSolver(Answering):
    """One solve over a set of tables. `rezfast.Solver` is its public face.

    Args:
        tables: The packages.
        request: The requested requirements, as texts or `Requirement` objects.
        hooks: None, or an object with what the tables cannot know: the verdicts of
            a package filter and the orders of package orderers.
        context: What late bound attributes are evaluated in.
        building: Read `build_requires` too.
        intersection_priority: rez's `variant_select_mode` of that name.
        raise_missing: rez's `error_on_missing_variant_requires`.
    """

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
        cdef uint32_t number, merged, target
        cdef size_t i, place
        cdef Requirement item
        cdef vector[string] texts
        cdef vector[uint32_t] numbers, families, targets
        cdef list items = list(request)
        for asked in items:
            texts.emplace_back()
            if isinstance(asked, str):
                texts.back().assign(<string> asked.encode())
            else:
                item = asked
                requirement_text(item.data, texts.back())
        # nearly always all of them are known, and then one hold of the lock finds them
        self.tables.find_requirements(texts, numbers, families)
        for place, asked in enumerate(items):
            number = numbers[place]
            if number == NOT_FOUND and isinstance(asked, str):
                number = self.tables.intern_requirement(texts[place])
                if number == NOT_FOUND:
                    raise PackageRequestError(asked)
            elif number == NOT_FOUND:
                item = asked
                number = self.tables.intern_request(item.data, texts[place])
            target = families[place]
            if target == NOT_FOUND:
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


def _listing_order(variant):
    """Key of rez's order before a split: packages as listed, variants by number."""
    return variant.listing_position, -1 if variant.index is None else variant.index
