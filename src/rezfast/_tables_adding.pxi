# Adding to the tables: families, requirements, packages as rows, and the groups laid out from them.
# Included by _tables.pyx, where the picture is. The store's lock is held alone by the caller.

cdef uint32_t add_family(Store* store, const string& name) noexcept nogil:
    cdef Family* family
    cdef unordered_map[string, uint32_t].iterator found = store.family_of.find(name)
    if found != store.family_of.end():
        return deref(found).second
    family = new Family()
    family.name = name
    family.id = <uint32_t> store.families.size()
    family.ephemeral = name.size() > 0 and name[0] == c'.'
    store.family_of[name] = family.id
    store.families.push_back(family)
    return family.id


cdef uint32_t add_requirement_data(
    Store* store, RequirementData& data, const string& key
) noexcept nogil:
    cdef Requirement_* req
    cdef uint32_t number
    cdef Facts facts
    cdef size_t i
    cdef unordered_map[string, uint32_t].iterator found = store.requirement_of.find(key)
    if found != store.requirement_of.end():
        return deref(found).second
    req = new Requirement_()
    req.data = data
    requirement_text(data, req.text)
    req.family = add_family(store, data.name)
    req.is_any = data.has_range and range_is_any(data.range)
    number = <uint32_t> store.requirements.size()
    store.requirements.push_back(req)
    store.families[req.family].requirements.push_back(number)
    facts.family = req.family
    facts.conflict = data.conflict
    facts.has_range = data.has_range
    for i in range(data.range.size()):
        if not data.range[i].lower_inclusive:
            facts.exclusive_lower = True
    if data.range.size():
        facts.lead = lead_of(data.range[0].lower)
    store.facts.push_back(facts)
    store.requirement_of[key] = number
    return number


cdef uint32_t add_requirement(Store* store, const string& text) noexcept nogil:
    """Number of the requirement that `text` writes; NOT_FOUND if it writes none."""
    cdef RequirementData data
    cdef size_t skip
    cdef unordered_map[string, uint32_t].iterator found = store.requirement_of.find(text)
    if found != store.requirement_of.end():
        return deref(found).second
    if not parse_requirement(text.data(), text.size(), True, data):
        return NOT_FOUND
    skip = 1 if data.name.size() > 0 and data.name[0] == c'.' else 0
    if not is_package_name(data.name.data() + skip, data.name.size() - skip):
        return NOT_FOUND
    return add_requirement_data(store, data, text)


cdef uint32_t merge(Store* store, uint32_t first, uint32_t second) noexcept nogil:
    """Number of the requirement that says both; NOT_FOUND if nothing satisfies both."""
    cdef RequirementData data
    cdef string key
    if not merge_requirements(
        store.requirements[first].data, store.requirements[second].data, data
    ):
        return NOT_FOUND
    requirement_text(data, key)
    key.push_back(c'\n')  # no requirement's text ends so: a merged range need not parse back
    return add_requirement_data(store, data, key)


cdef bint add_row(
    Store* store, Family* family, uint32_t version, int32_t index,
    const Texts* lists, size_t list_count, string& offending,
) noexcept nogil:
    """Append one row whose requirements are those of `lists`, merged as rez merges them.

    False, and `offending` set, if a text is no requirement. A row whose requirements contradict
    each other is kept as a bad row: its two dependencies are the pair that cannot meet.
    """
    cdef vector[uint32_t] numbers
    cdef uint32_t number, merged, target, slot
    cdef size_t i, j, k
    cdef bint placed
    cdef Row row
    cdef Dependency dependency
    cdef text_view written
    cdef string text
    cdef uint32_t position = <uint32_t> family.rows.size()
    row.version = version
    row.index = index
    row.first = <uint32_t> family.dependencies.size()
    for i in range(list_count):
        for j in range(lists[i].size()):
            written = lists[i][j]
            text.assign(written.data(), written.size())
            number = add_requirement(store, text)
            if number == NOT_FOUND:
                offending = text
                return False
            target = store.facts[number].family
            placed = False
            for k in range(numbers.size()):
                if store.facts[numbers[k]].family != target:
                    continue
                placed = True
                if numbers[k] == number:
                    break
                merged = merge(store, numbers[k], number)
                if merged == NOT_FOUND:
                    dependency.slot = NOT_FOUND
                    dependency.conflict = False
                    dependency.requirement = numbers[k]
                    family.dependencies.push_back(dependency)
                    dependency.requirement = number
                    family.dependencies.push_back(dependency)
                    row.count = 2
                    family.has_bad_rows = True
                    family.rows.push_back(row)
                    family.versions[version].rows.push_back(position)
                    return True
                numbers[k] = merged
                break
            if not placed:
                numbers.push_back(number)
    for k in range(numbers.size()):
        slot = slot_for(family, store.facts[numbers[k]].family)
        dependency.slot = slot
        dependency.conflict = store.facts[numbers[k]].conflict
        dependency.requirement = numbers[k]
        family.dependencies.push_back(dependency)
    row.count = <uint32_t> numbers.size()
    family.rows.push_back(row)
    family.versions[version].rows.push_back(position)
    return True


cdef uint32_t add_broken_row(Store* store, Family* family, uint32_t version) noexcept nogil:
    """The row of a version that has no readable requirements; made once."""
    cdef Row row
    cdef Dependency dependency
    cdef size_t r
    for r in range(family.versions[version].rows.size()):
        if family.rows[family.versions[version].rows[r]].count == 1 and (
            family.dependencies[family.rows[family.versions[version].rows[r]].first].requirement
            == NOT_FOUND
        ):
            return family.versions[version].rows[r]
    row.version = version
    row.index = -1
    row.first = <uint32_t> family.dependencies.size()
    row.count = 1
    dependency.slot = NOT_FOUND
    dependency.requirement = NOT_FOUND
    dependency.conflict = False
    family.dependencies.push_back(dependency)
    family.versions[version].rows.push_back(<uint32_t> family.rows.size())
    family.rows.push_back(row)
    family.has_bad_rows = True
    lay_out(store, family)
    return <uint32_t> (family.rows.size() - 1)


cdef uint32_t slot_for(Family* family, uint32_t target) noexcept nogil:
    cdef Slot slot
    cdef unordered_map[uint32_t, uint32_t].iterator found = family.slot_of.find(target)
    if found != family.slot_of.end():
        return deref(found).second
    slot.family = target
    slot.first_group = 0
    slot.group_count = 0
    family.slots.push_back(slot)
    family.slot_of[target] = <uint32_t> (family.slots.size() - 1)
    return <uint32_t> (family.slots.size() - 1)


cdef bint add_variants(
    Store* store, Family* family, uint32_t version, const Definition& package, size_t list_count,
    string& offending,
) noexcept nogil:
    """Append a row a variant: `requires` and the variant's own, with 3 lists `build_requires` too."""
    cdef Texts[3] lists
    cdef size_t i, count = package.variant_count()
    lists[0] = package.requires_texts()
    lists[2] = package.build_requires_texts()
    for i in range(max(count, <size_t> 1)):
        if count:
            lists[1] = package.variant_texts(i)
        if not add_row(
            store, family, version, <int32_t> i if count else -1, lists, list_count, offending
        ):
            return False
    return True


cdef bint add_package(
    Store* store, Family* family, uint32_t version, const Definition& package, string& offending
) noexcept nogil:
    """Append the rows of one package: one a variant, twice if building reads it differently."""
    cdef size_t count = package.variant_count()
    cdef size_t i, first_row = family.rows.size()
    cdef size_t builds = 1 if package.build_requires_texts().size() else 0
    cdef size_t reading
    cdef uint32_t row
    for reading in range(1 + builds):
        if not add_variants(store, family, version, package, 2 + reading, offending):
            # the package is broken as a whole: its rows so far belong to no reading
            family.versions[version].rows.clear()
            return False
    family.run_rows.resize((family.rows.size() + 63) >> 6)
    family.build_rows.resize(family.run_rows.size())
    for i in range(max(count, <size_t> 1)):
        row = <uint32_t> (first_row + i)
        family.run_rows[row >> 6] |= (<uint64_t> 1) << (row & 63)
        row += <uint32_t> (builds * max(count, <size_t> 1))
        family.build_rows[row >> 6] |= (<uint64_t> 1) << (row & 63)
    family.versions[version].timestamp = package.timestamp
    family.versions[version].state = VERSION_LOADED
    return True


cdef void order_slots(Store* store, Family* family) noexcept nogil:
    """Number the slots by the name of their target."""
    cdef vector[pair[string, uint32_t]] named
    cdef pair[string, uint32_t] item
    cdef size_t i
    for i in range(family.slots.size()):
        item.first = store.families[family.slots[i].family].name
        item.second = <uint32_t> i
        named.push_back(item)
    sort(named.begin(), named.end())
    family.slot_order.resize(named.size())
    for i in range(named.size()):
        family.slot_order[named[i].second] = <uint32_t> i


cdef void lay_out(Store* store, Family* family) noexcept nogil:
    """Rebuild the groups of every slot from the rows."""
    cdef unordered_map[uint64_t, uint32_t] group_of
    cdef vector[pair[uint64_t, uint32_t]] keys
    cdef pair[uint64_t, uint32_t] item
    cdef size_t r, d, g, words = (family.rows.size() + 63) >> 6
    cdef uint64_t key, bit
    cdef uint32_t slot, last_rank = 0
    cdef bint conflict
    cdef Row* row
    cdef Dependency* dependency

    for g in range(family.requirements.size()):
        drop_mask(store, family.requirements[g])
    if family.slot_order.size() != family.slots.size():
        order_slots(store, family)
    family.words = <uint32_t> words
    family.run_rows.resize(words)
    family.build_rows.resize(words)
    family.bad_rows.assign(words, 0)
    family.descending = True
    for r in range(family.rows.size()):
        row = &family.rows[r]
        if family.versions[row.version].rank < last_rank:
            family.descending = False
        last_rank = family.versions[row.version].rank
        for d in range(row.first, row.first + row.count):
            dependency = &family.dependencies[d]
            if dependency.slot == NOT_FOUND:
                family.bad_rows[r >> 6] |= (<uint64_t> 1) << (r & 63)
                break
            item.first = ((<uint64_t> dependency.slot) << 32) | dependency.requirement
            if group_of.insert(item).second:
                keys.push_back(item)
    sort(keys.begin(), keys.end())

    family.group_requirements.resize(keys.size())
    family.group_conflicts.resize(keys.size())
    family.group_bits.assign(keys.size() * words, 0)
    family.normal_bits.assign(family.slots.size() * words, 0)
    family.any_bits.assign(family.slots.size() * words, 0)
    for g in range(family.slots.size()):
        family.slots[g].group_count = 0
    for g in range(keys.size()):
        key = keys[g].first
        group_of[key] = <uint32_t> g
        slot = <uint32_t> (key >> 32)
        if family.slots[slot].group_count == 0:
            family.slots[slot].first_group = <uint32_t> g
        family.slots[slot].group_count += 1
        family.group_requirements[g] = <uint32_t> key
        family.group_conflicts[g] = store.facts[<uint32_t> key].conflict
    for r in range(family.rows.size()):
        row = &family.rows[r]
        bit = (<uint64_t> 1) << (r & 63)
        for d in range(row.first, row.first + row.count):
            dependency = &family.dependencies[d]
            if dependency.slot == NOT_FOUND:
                break
            key = ((<uint64_t> dependency.slot) << 32) | dependency.requirement
            g = group_of[key]
            family.group_bits[g * words + (r >> 6)] |= bit
            conflict = family.group_conflicts[g]
            family.any_bits[dependency.slot * words + (r >> 6)] |= bit
            if not conflict:
                family.normal_bits[dependency.slot * words + (r >> 6)] |= bit


cdef bint add_version(
    Family* family, const string& text, uint32_t position
) noexcept nogil:
    """Append a version, unless an equal one is there: the first repository on the path wins."""
    cdef PackageVersion version
    if not encode_version(text.data(), text.size(), version.key):
        return False
    if family.version_of.count(version.key):
        return True
    version.text = text
    version.position = position
    family.version_of[version.key] = <uint32_t> family.versions.size()
    family.unloaded.push_back(<uint32_t> family.versions.size())
    family.versions.push_back(version)
    return True


cdef void rank_versions(Family* family) noexcept nogil:
    cdef vector[pair[string, uint32_t]] keys
    cdef pair[string, uint32_t] item
    cdef size_t i, count = family.versions.size()
    for i in range(count):
        item.first = family.versions[i].key
        item.second = <uint32_t> i
        keys.push_back(item)
    sort(keys.begin(), keys.end())
    for i in range(count):
        family.versions[keys[i].second].rank = <uint32_t> (count - 1 - i)
