# Which rows are preferred, and the split of a scope into its best rows and the rest.
# Included by _solver.pyx.

cdef struct SortKey:
    uint32_t row
    uint32_t first      # of its requested requirements, in `NativeSolver.key_requirements`
    uint32_t requested
    uint32_t additional


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
    cdef uint32_t w
    cdef uint64_t bits
    cdef uint32_t row, version = NOT_FOUND
    out.clear()
    w = max(cursor[0] >> 6, scope.low)
    while w < scope.high:
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


cdef class Splitting(Loading):
    """A solve's choices."""

    cdef vector[SortKey] sort_keys

    cdef uint32_t find_open(self) noexcept nogil:
        """The first scope that is not solved; the number of scopes if all are."""
        cdef uint32_t i = self.first_open
        while i < self.scopes.size() and (
            self.scopes[i].kind != SCOPE_PACKAGES or self.scopes[i].count == 1
        ):
            i += 1
        self.first_open = i
        return i

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
            if family.dependencies[d].conflict:
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
        for w in range(scope.low, scope.high):
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
            if (family.dependencies[d].conflict
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
        cdef uint64_t one, other
        if a == b:
            return 0
        one = self.store.facts[a].lead
        other = self.store.facts[b].lead
        if one != other and self.store.facts[a].has_range and self.store.facts[b].has_range:
            return -1 if one < other else 1
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
        """Order the rows of one version by this solve's orderers.

        Orderers of different kinds can contradict each other in a circle, and then the order of
        the input decides. rez sorts what an earlier sort left, so the last order is kept.
        """
        cdef uint64_t key = ((<uint64_t> family.id) << 32) | family.rows[rows[0]].version
        cdef vector[uint32_t]* last = &self.row_orders[key]
        cdef vector[uint32_t] before, after
        cdef size_t i, j
        cdef uint32_t number = family.id
        for i in range(last.size()):
            for j in range(rows.size()):
                if rows[j] == deref(last)[i]:
                    before.push_back(rows[j])
        if before.size() < rows.size():
            before = rows
        self.store.lock.unlock_shared()
        with gil:
            try:
                variants = [self.tables.variant(number, before[i]) for i in range(before.size())]
                for i in self.hooks.variant_order(variants):
                    after.push_back(before[i])
            except BaseException as error:
                self.raised = error
                self.hook_failed = True
                after = before
        self.resume()
        if after.size() >= last.size():
            last.assign(after.begin(), after.end())
        rows = after

    cdef void sort_first_package(self, uint32_t i) noexcept nogil:
        """Sort the variants of a scope's first package, which rez does whenever it looks at one."""
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef vector[uint32_t] rows, versions
        cdef uint32_t w, row, version, first = NOT_FOUND
        cdef uint64_t bits
        if scope.sorted:
            self.order_versions(scope, family, versions)
            first = versions[0]
        else:
            for w in range(scope.low, scope.high):
                bits = scope.rows[w]
                while bits:
                    row = w * 64 + lowest_bit(bits)
                    bits &= bits - 1
                    version = family.rows[row].version
                    if first == NOT_FOUND or (
                        family.versions[version].position < family.versions[first].position
                    ):
                        first = version
        rows_of_version(scope, family, first, rows)
        self.order_rows(family, rows)
