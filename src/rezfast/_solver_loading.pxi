# How a solve gets at packages: what must be loaded, hidden or evaluated before a scope is made,
# and what is raised when they are not there. Included by _solver.pyx.
#
# Python is called with the shared lock given back, and only here and for custom orderers.

cdef class Loading(SolveState):
    """A solve's way to the packages of its tables."""

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
        # before loading: what a filter hides by its name need not even be readable
        if self.filtering and self.python_hide(family, wanted) == RAISED:
            return RAISED
        if self.python_load(family, wanted) == RAISED:
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
        cdef uint32_t position
        cdef bint hidden = False
        cdef size_t v
        cdef uint32_t number = family.id
        cdef int outcome = GOING
        overlay.seen.resize(family.versions.size(), 0)
        for v in range(overlay.seen.size()):
            if overlay.seen[v] or not range_contains(deref(wanted), family.versions[v].key):
                continue
            position = family.versions[v].position
            self.store.lock.unlock_shared()
            with gil:
                try:
                    hidden = self.hooks.excludes(
                        self.tables.family_name(number),
                        self.tables.version_of(number, <uint32_t> v),
                        position,
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

    cdef int raise_bad_row(self, uint32_t i) noexcept nogil:
        cdef Scope* scope = &self.scopes[i]
        cdef Family* family = self.store.families[scope.family]
        cdef uint32_t w, row = 0
        cdef uint32_t number = scope.family
        cdef uint64_t bad
        for w in range(scope.low, scope.high):
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
