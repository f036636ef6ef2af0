# The answer in rez's order, or the cycle that there is none for. Included by _solver.pyx.

cdef class Answering(Phase):
    """The end of a solve."""

    cdef bint finalise(self) noexcept nogil:
        """Order the answer: requirements before what requires them, else as requested. False: cycle."""
        cdef size_t i, position
        cdef vector[uint32_t] order          # position -> scope
        cdef vector[int32_t] place           # scope -> position
        cdef vector[uint32_t] named
        cdef vector[const Row*] rows         # position -> row, NULL of an ephemeral
        cdef vector[uint64_t] reach
        cdef vector[uint8_t] state
        cdef vector[uint8_t] emitted
        cdef Scope* scope
        place.assign(self.scopes.size(), -1)
        for i in range(self.scopes.size()):
            scope = &self.scopes[i]
            if scope.kind == SCOPE_CONFLICT or (scope.kind == SCOPE_EPHEMERAL and scope.conflict):
                continue
            if i >= self.request.size():
                named.push_back(<uint32_t> i)
            else:
                order.push_back(<uint32_t> i)
        sort_by_name(named, deref(self.store), self.scopes)
        order.insert(order.end(), named.begin(), named.end())
        rows.resize(order.size(), NULL)
        for position in range(order.size()):
            place[order[position]] = <int32_t> position
            scope = &self.scopes[order[position]]
            if scope.kind == SCOPE_PACKAGES:
                rows[position] = &self.store.families[scope.family].rows[self.only_row(scope)]
        reach.assign(order.size() * ((order.size() + 63) >> 6), 0)
        state.assign(order.size(), 0)
        self.cycle.clear()
        for position in range(order.size()):
            if not self.reach_from(<uint32_t> position, order, place, rows, reach, state):
                return False
        self.solution.clear()
        emitted.assign(order.size(), 0)
        for position in range(order.size()):
            self.emit(<uint32_t> position, order, reach, emitted)
        return True

    cdef bint reach_from(
        self, uint32_t start, vector[uint32_t]& order, vector[int32_t]& place,
        vector[const Row*]& rows, vector[uint64_t]& reach, vector[uint8_t]& state,
    ) noexcept nogil:
        """Fill in which positions can be reached from `start`, depth first. False: a cycle."""
        cdef vector[pair[uint32_t, uint32_t]] stack   # (position, next dependency)
        cdef pair[uint32_t, uint32_t] item
        cdef pair[uint32_t, uint32_t]* top
        cdef size_t words = (order.size() + 63) >> 6
        cdef size_t w
        cdef uint32_t at, target
        cdef Family* family
        cdef const Row* row
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
            row = rows[at]
            if row == NULL or top.second == row.count:
                state[at] = 2
                stack.pop_back()
                if stack.size():
                    start = stack.back().first
                    reach[start * words + (at >> 6)] |= (<uint64_t> 1) << (at & 63)
                    for w in range(words):
                        reach[start * words + w] |= reach[at * words + w]
                continue
            family = self.store.families[self.scopes[order[at]].family]
            dependency = &family.dependencies[row.first + top.second]
            top.second += 1
            if dependency.conflict:
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
