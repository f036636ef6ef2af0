# The state of one solve: its scopes, how they change, and how changes are undone.
# Included by _solver.pyx, where the picture is.

cdef inline const uint64_t* mask_of(Store* store, uint32_t requirement) noexcept nogil:
    """The rows that a requirement admits; made when it is first asked."""
    cdef const uint64_t* mask = load_mask(store, requirement)
    return mask if mask != NULL else admitted(store, requirement)


cdef inline void close_in(Scope* scope) noexcept nogil:
    """Count the rows of a scope and find the words they are in."""
    cdef uint32_t w, low = scope.words, high = 0, count = 0
    for w in range(scope.low, scope.high):
        if scope.rows[w]:
            count += count_bits(scope.rows[w])
            high = w + 1
            if low > w:
                low = w
    scope.count = count
    scope.low = low
    scope.high = high


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


cdef class SolveState:
    """Scopes, their undo trail, and the extractions of the round that runs."""

    cdef readonly Tables tables
    cdef Store* store
    cdef object hooks
    cdef object context
    cdef object raised
    cdef dict look_errors                    # (family, row) -> why it cannot be looked at
    cdef readonly bint building
    cdef bint filtering
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

    cdef object ephemeral_requirement(self, Scope* scope):
        """What an ephemeral scope stands at: the request as it was written, until it narrows."""
        if scope.requirement != NOT_FOUND:
            return self.tables.requirement(scope.requirement)
        return self.range_requirement(scope.family, deref(scope.range))

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
        cdef const uint64_t* any_bits
        scope.kind = SCOPE_PACKAGES
        scope.words = words
        scope.slot_words = <uint32_t> ((family.slots.size() + 63) >> 6)
        scope.rows = self.arena.take(words)
        scope.settled = self.arena.take(2 * scope.slot_words)
        scope.extracted = scope.settled + scope.slot_words
        memcpy(scope.rows, rows, words * sizeof(uint64_t))
        memset(scope.settled, 0, 2 * scope.slot_words * sizeof(uint64_t))
        scope.low = 0
        scope.high = words
        close_in(&scope)
        for slot in range(<uint32_t> family.slots.size()):
            any_bits = &family.any_bits[slot * family.words]
            for w in range(scope.low, scope.high):
                if any_bits[w] & rows[w]:
                    break
            else:
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

    cdef void narrow(self, uint32_t i, const uint64_t* rows) noexcept nogil:
        """Give a scope fewer rows: what was extracted from it must be extracted again.

        Of `rows`, only the words that the scope has rows in are looked at.
        """
        cdef Scope* scope = self.own(i)
        memcpy(
            scope.rows + scope.low, rows + scope.low,
            (scope.high - scope.low) * sizeof(uint64_t),
        )
        memset(scope.extracted, 0, scope.slot_words * sizeof(uint64_t))
        close_in(scope)
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

    cdef object range_requirement(self, uint32_t number, const Bounds& bounds):
        cdef RequirementData data
        data.name = self.tables.family_name(number).encode()
        data.range = bounds
        return make_requirement(data)

    cdef uint32_t only_row(self, Scope* scope) noexcept nogil:
        return scope.low * 64 + lowest_bit(scope.rows[scope.low])
