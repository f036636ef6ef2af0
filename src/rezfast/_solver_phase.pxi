# One phase: extract, merge, intersect, append, reduce, until nothing changes.
# Included by _solver.pyx.

cdef class Phase(Splitting):
    """rez's phase algorithm on the scopes of a solve."""

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

    cdef int extract(self, uint32_t i) noexcept nogil:
        """Extract every family that all rows of a scope require, in the order of their names."""
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family
        cdef Dependency* dependency
        cdef size_t c, w
        if scope.kind != SCOPE_PACKAGES:
            return GOING
        family = self.store.families[scope.family]
        if family.has_bad_rows:
            for w in range(scope.low, scope.high):
                if scope.rows[w] & family.bad_rows[w]:
                    return self.raise_bad_row(i)
        if self.ordering:
            self.sort_first_package(i)
            if self.hook_failed:
                return RAISED
            scope = &self.scopes[i]
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
            if scope.count == 1:
                dependency = &family.dependencies[self.candidates[c].second]
                self.extracted_requirements.push_back(dependency.requirement)
                self.add_extraction(i, scope, family, dependency.slot, 1)
            else:
                self.extract_slot(i, scope, family, self.candidates[c].second)
        return GOING

    cdef void find_candidates(self, Scope* scope, Family* family) noexcept nogil:
        """The slots that every row of a scope requires: (place of the target's name, slot)."""
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
                for w in range(scope.low, scope.high):
                    if scope.rows[w] & ~normal[w]:
                        break
                else:
                    candidate.first = family.slot_order[slot]
                    candidate.second = slot
                    self.candidates.push_back(candidate)

    cdef void find_candidates_of_row(self, Scope* scope, Family* family) noexcept nogil:
        """The same of a scope with one row left: (place of the target's name, dependency)."""
        cdef Row* row = &family.rows[self.only_row(scope)]
        cdef Dependency* dependency
        cdef uint32_t d
        cdef pair[uint32_t, uint32_t] candidate
        for d in range(row.first, row.first + row.count):
            dependency = &family.dependencies[d]
            if (bit_of(scope.settled, dependency.slot) or bit_of(scope.extracted, dependency.slot)
                    or dependency.conflict):
                continue
            candidate.first = family.slot_order[dependency.slot]
            candidate.second = d
            self.candidates.push_back(candidate)

    cdef void extract_slot(
        self, uint32_t i, Scope* scope, Family* family, uint32_t slot
    ) noexcept nogil:
        """Record what the rows of a scope require of one target."""
        cdef uint32_t g, w
        cdef size_t before = self.extracted_requirements.size()
        cdef const uint64_t* bits
        for g in range(
            family.slots[slot].first_group,
            family.slots[slot].first_group + family.slots[slot].group_count,
        ):
            bits = &family.group_bits[g * family.words]
            for w in range(scope.low, scope.high):
                if bits[w] & scope.rows[w]:
                    self.extracted_requirements.push_back(family.group_requirements[g])
                    break
        self.add_extraction(
            i, scope, family, slot, <uint32_t> (self.extracted_requirements.size() - before)
        )

    cdef void add_extraction(
        self, uint32_t i, Scope* scope, Family* family, uint32_t slot, uint32_t count
    ) noexcept nogil:
        """Note an extraction of the last `count` of `extracted_requirements`."""
        cdef Extraction extraction
        cdef Target target
        cdef uint32_t target_family = family.slots[slot].family
        cdef int32_t t
        extraction.scope = i
        extraction.first = <uint32_t> self.extracted_requirements.size() - count
        extraction.count = count
        extraction.next = -1
        if count == 1:
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
                    return FAILED  # `raised` stays behind: nobody looks at it after FAILED
        return outcome

    cdef void admit(
        self, const Extraction& extraction, Family* family, uint64_t* rows,
        uint32_t low, uint32_t high,
    ) noexcept nogil:
        """Keep those of `rows`, in the words from `low` to `high`, that one extraction admits."""
        cdef const uint64_t* mask
        cdef uint32_t r, w
        cdef uint64_t* any_of
        cdef bint exclusive = False
        cdef Bounds bounds
        if extraction.count == 1:
            mask = mask_of(self.store, self.extracted_requirements[extraction.first])
            for w in range(low, high):
                rows[w] &= mask[w]
            return
        if low == high:
            return
        if self.scratch2.size() < high:
            self.scratch2.resize(high)
        any_of = self.scratch2.data()
        memset(any_of + low, 0, (high - low) * sizeof(uint64_t))
        for r in range(extraction.first, extraction.first + extraction.count):
            if self.store.facts[self.extracted_requirements[r]].exclusive_lower:
                exclusive = True
                break
            mask = mask_of(self.store, self.extracted_requirements[r])
            for w in range(low, high):
                any_of[w] |= mask[w]
        if exclusive:
            self.extraction_range(extraction, bounds)
            memset(any_of, 0, high * sizeof(uint64_t))
            rows_in_range(family, bounds, any_of, high)
        for w in range(low, high):
            rows[w] &= any_of[w]

    cdef void admit_all(
        self, uint32_t t, Family* family, uint64_t* rows, uint32_t low, uint32_t high
    ) noexcept nogil:
        cdef int32_t e = self.targets[t].first
        while e >= 0:
            self.admit(self.extractions[e], family, rows, low, high)
            e = self.extractions[e].next

    cdef uint64_t* copy_rows(self, Scope* scope) noexcept nogil:
        """The rows of a scope in `scratch`: only the words that it has rows in."""
        if self.scratch.size() < scope.words:
            self.scratch.resize(scope.words)
        memcpy(
            self.scratch.data() + scope.low, scope.rows + scope.low,
            (scope.high - scope.low) * sizeof(uint64_t),
        )
        return self.scratch.data()

    cdef int intersect_packages(self, uint32_t i, uint32_t t) noexcept nogil:
        cdef Scope* scope = &self.scopes[i]
        cdef uint64_t* rows = self.copy_rows(scope)
        cdef uint64_t left = 0
        cdef bint less = False
        cdef uint32_t w
        self.admit_all(t, self.store.families[scope.family], rows, scope.low, scope.high)
        for w in range(scope.low, scope.high):
            left |= rows[w]
            if rows[w] != scope.rows[w]:
                less = True
        if left == 0:
            return FAILED
        if less:
            self.narrow(i, rows)
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
        self.admit_all(t, family, self.scratch.data(), 0, words)
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
        self.admit_all(t, family, self.scratch.data(), 0, family.words)
        if count_rows(self.scratch.data(), family.words) == 0:
            if not self.merged_range(t, merged):
                return FAILED
            return self.raise_missing_package(number, merged)
        self.fill_scope(scope, self.scratch.data(), family.words)
        self.append_scope(scope)
        return GOING

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
        cdef uint32_t g, w
        cdef const uint64_t* bits
        cdef uint64_t* rows = NULL
        cdef uint64_t left = 0
        if by < 0 or <uint32_t> by == i or bit_of(scope.settled, slot):
            return GOING
        for g in range(
            family.slots[slot].first_group,
            family.slots[slot].first_group + family.slots[slot].group_count,
        ):
            bits = &family.group_bits[g * family.words]
            for w in range(scope.low, scope.high):
                if bits[w] & scope.rows[w]:
                    break
            else:
                continue
            if not self.contradicts(family.group_requirements[g], &self.scopes[by]):
                continue
            if rows == NULL:
                rows = self.copy_rows(scope)
            for w in range(scope.low, scope.high):
                rows[w] &= ~bits[w]
        if rows == NULL:
            return GOING
        self.num_reductions += 1
        for w in range(scope.low, scope.high):
            left |= rows[w]
        if left == 0:
            return FAILED
        self.narrow(i, rows)
        return GOING

    cdef bint contradicts(self, uint32_t number, Scope* by) noexcept nogil:
        """Whether a requirement cannot be met by what is left of its target's scope."""
        cdef const Facts* facts = &self.store.facts[number]
        cdef const Bounds* asked
        cdef const uint64_t* mask
        cdef uint32_t w
        if not facts.has_range:
            return False
        if by.kind == SCOPE_PACKAGES:
            mask = mask_of(self.store, number)
            if facts.conflict:
                for w in range(by.low, by.high):
                    if by.rows[w] & ~mask[w]:
                        return False
                return True
            for w in range(by.low, by.high):
                if by.rows[w] & mask[w]:
                    return False
            return True
        if by.range == NULL:
            return False
        asked = &self.store.requirements[number].data.range
        if by.kind == SCOPE_CONFLICT or by.conflict:
            return not facts.conflict and range_issuperset(deref(by.range), deref(asked))
        if facts.conflict:
            return range_issuperset(deref(asked), deref(by.range))
        return not range_intersects(deref(asked), deref(by.range))
