# The text of ranges and requirements: printing and a hand-written parser, without Python.

# ---- printing ----

cdef void append_bound(const Bound& a, string& out) noexcept nogil:
    cdef string after
    if not is_infinite(a.upper):
        if a.lower == a.upper:
            out.append(b"==").append(a.lower_text)
            return
        if a.lower_inclusive and a.upper_inclusive and is_set(a.lower):
            out.append(a.lower_text).append(b"..").append(a.upper_text)
            return
        if a.lower_inclusive and not a.upper_inclusive:
            next_key(a.lower, after)
            if after == a.upper:
                out.append(a.lower_text)
                return
    if is_set(a.lower):
        if a.lower_inclusive:
            out.append(a.lower_text).append(b"+")
        else:
            out.append(b">").append(a.lower_text)
    elif not a.lower_inclusive:
        out.append(b">")
    if not is_infinite(a.upper):
        out.append(b"<=" if a.upper_inclusive else b"<").append(a.upper_text)


cdef void range_text(const Bounds& a, string& out) noexcept nogil:
    cdef size_t i
    out.clear()
    for i in range(a.size()):
        if i:
            out.push_back(<char> 124)
        append_bound(a[i], out)


# ---- reading ranges ----

# The grammar of one alternative; V is tokens joined by one '.' or '-' each:
#     V    ==[V]    [V]..[V]    [V]+    (> | >=)[V]    <V    <=[V]
#     ([V][+] | (> | >=)[V])  [,]  (<V | <=[V])          lower, then upper
#     ([V][+] | (< | <=)[V])   ,   (>[V] | >=[V] | <V)   upper, then lower
# A comma needs a version before it; upper-then-lower needs the comma when there is one. One newline
# may end an alternative.

cdef Sign read_sign(const char* text, size_t* i, size_t end) noexcept nogil:
    cdef char c
    if i[0] == end:
        return SIGN_NONE
    c = text[i[0]]
    if c != 60 and c != 62:
        return SIGN_NONE
    i[0] += 1
    if i[0] < end and text[i[0]] == 61:
        i[0] += 1
        return SIGN_LE if c == 60 else SIGN_GE
    return SIGN_LT if c == 60 else SIGN_GT


cdef size_t read_version(const char* text, size_t i, size_t end) noexcept nogil:
    cdef size_t last = i
    while i < end and is_token_char(text[i]):
        while i < end and is_token_char(text[i]):
            i += 1
        last = i
        if i < end and (text[i] == 46 or text[i] == 45):
            i += 1
    return last


cdef bint read_second(const char* text, size_t i, size_t end, Sign sign, Part& part,
                      size_t* where) noexcept nogil:
    # The second half of a two-sided alternative; the first half is in part.lower.
    cdef size_t version, version_end, at
    cdef bint comma = False, named = part.lower_end > part.lower
    cdef Sign second
    if named and i < end and text[i] == 44:
        comma = True
        i += 1
    at = i
    second = read_sign(text, &i, end)
    version = i
    version_end = read_version(text, i, end)
    where[0] = at if second == SIGN_NONE else version_end
    if second == SIGN_NONE or version_end != end or (second == SIGN_LT and version == end):
        return False
    part.shape = SHAPE_BOTH
    if (second == SIGN_LT or second == SIGN_LE) and sign != SIGN_LT and sign != SIGN_LE:
        part.upper, part.upper_end = version, version_end
        part.lower_inclusive = sign != SIGN_GT
        part.upper_inclusive = second == SIGN_LE
        return True
    where[0] = at
    if second == SIGN_LE or sign == SIGN_GT or sign == SIGN_GE or comma != named:
        return False
    part.upper, part.upper_end = part.lower, part.lower_end
    part.lower, part.lower_end = version, version_end
    part.lower_inclusive = second != SIGN_GT
    part.upper_inclusive = sign != SIGN_LT
    return True


cdef bint read_part(const char* text, size_t i, size_t end, Part& part,
                    size_t* where) noexcept nogil:
    cdef Sign sign
    cdef bint exact
    part.lower_inclusive = part.upper_inclusive = True
    if end > i and text[end - 1] == 10:
        end -= 1
    if i == end:
        part.shape = SHAPE_NOTHING
        return True
    exact = text[i] == 61
    if exact:
        if i + 1 == end or text[i + 1] != 61:
            where[0] = i + 1
            return False
        i += 2
    sign = read_sign(text, &i, end) if not exact else SIGN_NONE
    part.lower = i
    part.lower_end = i = read_version(text, i, end)
    if exact:
        part.shape = SHAPE_BOTH
        part.upper, part.upper_end = part.lower, part.lower_end
        where[0] = i
        return i == end
    if sign == SIGN_NONE:
        part.shape = SHAPE_PREFIX
        if i + 1 < end and text[i] == 46 and text[i + 1] == 46:
            part.shape = SHAPE_BOTH
            part.upper = i + 2
            part.upper_end = where[0] = read_version(text, i + 2, end)
            return where[0] == end
        if i < end and text[i] == 43:
            part.shape = SHAPE_LOWER
            i += 1
        if i == end:
            return True
    elif i == end and not (sign == SIGN_LT and part.lower == end):
        part.shape = SHAPE_LOWER
        part.lower_inclusive = sign == SIGN_GE
        if sign == SIGN_LT or sign == SIGN_LE:
            part.shape = SHAPE_UPPER
            part.upper, part.upper_end = part.lower, part.lower_end
            part.upper_inclusive = sign == SIGN_LE
        return True
    return read_second(text, i, end, sign, part, where)


cdef bint build_bound(const char* text, const Part& part, bint check, Bound& out,
                      Problem* problem) noexcept nogil:
    if part.shape == SHAPE_UPPER:
        no_lower(out)
    else:
        out.lower_text.assign(text + part.lower, part.lower_end - part.lower)
        encode_version(out.lower_text.data(), out.lower_text.size(), out.lower)
        out.lower_inclusive = part.lower_inclusive
    if part.shape == SHAPE_LOWER:
        no_upper(out)
    elif part.shape == SHAPE_PREFIX:
        next_key(out.lower, out.upper)
        out.upper_text.assign(out.lower_text)
        out.upper_text.push_back(<char> 95)
        out.upper_inclusive = False
    else:
        out.upper_text.assign(text + part.upper, part.upper_end - part.upper)
        encode_version(out.upper_text.data(), out.upper_text.size(), out.upper)
        out.upper_inclusive = part.upper_inclusive
        problem[0] = PROBLEM_EMPTY_UPPER
        if out.upper.empty() and not out.upper_inclusive:
            return False
        problem[0] = PROBLEM_BOUND
        return not check or ends_are_valid(&out, &out)
    return True


cdef bint parse_range_at(const char* text, size_t size, bint check, Bounds& out,
                         Fault& fault) noexcept nogil:
    cdef size_t start = 0, end
    cdef bint is_any = False
    cdef Part part
    cdef Bound bound
    out.clear()
    while True:
        end = start
        while end < size and text[end] != 124:
            end += 1
        fault.at = start
        if end == start:
            is_any = True
        else:
            fault.problem = PROBLEM_SYNTAX
            if not read_part(text, start, end, part, &fault.at):
                return False
            # What stands after an empty alternative is read, and its bounds are not looked at.
            if not is_any and part.shape != SHAPE_NOTHING:
                fault.at = start
                if not build_bound(text, part, check, bound, &fault.problem):
                    return False
                out.push_back(bound)
        if end == size:
            break
        start = end + 1
    if is_any or out.empty():
        no_lower(bound)
        no_upper(bound)
        out.assign(1, bound)
    fault.problem = PROBLEM_JOIN
    fault.at = 0
    return join(out, out)


cdef bint parse_range(const char* text, size_t size, bint check_bounds,
                      Bounds& out) noexcept nogil:
    cdef Fault fault
    return parse_range_at(text, size, check_bounds, out, fault)


# ---- requirements ----

cdef bint parse_requirement_at(const char* text, size_t size, bint check, RequirementData& out,
                               Fault& fault) noexcept nogil:
    cdef size_t start = 0, i
    cdef char c = 0
    out.conflict = size > 0 and (text[0] == 33 or text[0] == 126)
    out.weak = out.conflict and text[0] == 126
    out.separator = 45
    out.has_range = True
    start = 1 if out.conflict else 0
    i = start
    while i < size:
        c = text[i]
        if c == 45 or c == 64 or c == 35 or 60 <= c <= 62:
            break
        i += 1
    out.name.assign(text + start, i - start)
    if i < size and not 60 <= c <= 62:
        out.separator = c
        i += 1
    if not parse_range_at(text + i, size - i, check, out.range, fault):
        fault.at += i
        return False
    if out.weak:
        out.has_range = range_inverse(out.range, out.range)
        if not out.has_range:
            out.range.clear()
    return True


cdef bint parse_requirement(const char* text, size_t size, bint check_bounds,
                            RequirementData& out) noexcept nogil:
    cdef Fault fault
    return parse_requirement_at(text, size, check_bounds, out, fault)


cdef bint is_package_name(const char* text, size_t size) noexcept nogil:
    cdef size_t i
    cdef bint dot = True
    for i in range(size):
        if not is_token_char(text[i]) and (dot or text[i] != 46):
            return False
        dot = text[i] == 46
    return not dot and string(text, size) != b"__pycache__"


cdef void requirement_text(const RequirementData& a, string& out) noexcept nogil:
    cdef Bounds asked
    cdef string text
    cdef bint narrowed
    # A weak requirement keeps what it forbids and prints what it allows.
    if a.weak or not a.has_range:
        narrowed = a.has_range and not a.range.empty() and range_inverse(a.range, asked)
    else:
        asked = a.range
        narrowed = True
    out.clear()
    if a.conflict or a.weak:
        out.push_back(<char> (126 if a.weak else 33))
    out.append(a.name)
    if narrowed and not range_is_any(asked):
        range_text(asked, text)
        if text.empty() or not 60 <= text[0] <= 62:
            out.push_back(a.separator)
        out.append(text)


cdef bint merge_requirements(const RequirementData& a, const RequirementData& b,
                             RequirementData& out) noexcept nogil:
    cdef RequirementData merged
    cdef Bounds both, rest
    cdef bint from_b
    if a.name != b.name:
        return False
    if not a.has_range or not b.has_range:
        merged = b if not a.has_range else a
        out = merged
        return True
    from_b = a.conflict and not b.conflict
    merged.name = a.name
    merged.conflict = b.conflict if from_b else a.conflict
    merged.weak = b.weak if from_b else a.weak
    merged.separator = b.separator if from_b else a.separator
    if a.conflict and b.conflict:
        both = a.range
        both.insert(both.end(), b.range.begin(), b.range.end())
        range_union(both, merged.range)
        merged.weak = a.weak and b.weak and range_inverse(merged.range, rest)
    elif a.conflict:
        if not range_difference(b.range, a.range, merged.range):
            return False
    elif b.conflict:
        if not range_difference(a.range, b.range, merged.range):
            return False
    elif not range_intersection(a.range, b.range, merged.range):
        return False
    out = merged
    return True
