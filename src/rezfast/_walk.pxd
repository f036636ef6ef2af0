# cython: language_level=3
"""A walk over code that is not run, 64 bytes at a time.

    bytes     env.PATH.append('{root}/bin')\\n        # as always
    all       ...............111....1.....111.........1.........     (the lowest bit is the first byte)
    texts     ................1..........1.1.........1.........
                              over these  .. and these  here it asks

Brackets that fit, strings, comments and newlines between lines of the body are walked over; what is left to ask
about are odd strings, joined lines, and the end of the body. The walk is compiled twice where a processor may do
more than the compiler was told, and the rest of the scanner need not know.
"""

from rezfast._masks cimport indentation  # whose C++ this uses


cdef extern from *:
    """
    #ifndef REZFAST_WALK
    #define REZFAST_WALK
    namespace rezfast {

    // The stops in code that is not run: brackets, and what matters to texts: quotes, `#`, newlines and backslashes.
    struct Stops { uint64_t all, texts; };

    // Where the stops are in 64 bytes. A call each: what it needs does not stay in registers that the walk wants.
    struct Look {
        [[gnu::noinline]] static Stops at(const char* bytes) {
            Stops stops{0, 0};
            for (int part = 0; part < 64; part += 16) {
                Bytes lanes = load_bytes(bytes + part), even = lanes & 0xFE, folded = lanes | 0x20;
                auto texts = (lanes == '\\n') | (even == '"') | (lanes == '\\'') | (lanes == '\\\\');
                stops.texts |= bits_of(texts) << part;
                stops.all |= bits_of(texts | (even == '(') | (folded == '{') | (folded == '}')) << part;
            }
            return stops;
        }
    };

    #ifdef REZFAST_WIDE
    // The same for a processor of which more is known: what the halves of a byte have in common says which stop it is.
    struct WideLook {
        enum Kind : char { ROUND = 1, SQUARE = 2, BACKSLASH = 0x20, NEWLINE = 0x40, QUOTE = -0x80 };

        [[gnu::target("avx2"), gnu::noinline]] static Stops at(const char* bytes) {
            const __m256i low = _mm256_broadcastsi128_si256(_mm_setr_epi8(
                0, 0, QUOTE, QUOTE, 0, 0, 0, QUOTE, ROUND, ROUND, NEWLINE, SQUARE, BACKSLASH, SQUARE, 0, 0));
            const __m256i high = _mm256_broadcastsi128_si256(_mm_setr_epi8(
                NEWLINE, 0, QUOTE | ROUND, 0, 0, BACKSLASH | SQUARE, 0, SQUARE, 0, 0, 0, 0, 0, 0, 0, 0));
            Stops stops{0, 0};
            for (int part = 0; part < 64; part += 32) {
                const __m256i lanes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + part));
                const __m256i halves = _mm256_and_si256(_mm256_srli_epi16(lanes, 4), _mm256_set1_epi8(15));
                const __m256i kinds = _mm256_and_si256(
                    _mm256_shuffle_epi8(low, lanes), _mm256_shuffle_epi8(high, halves));
                // the highest bit is set from a kind on: the lowest of texts, the lowest of all
                const __m256i texts = _mm256_adds_epu8(kinds, _mm256_set1_epi8(0x80 - BACKSLASH));
                const __m256i all = _mm256_adds_epu8(kinds, _mm256_set1_epi8(0x80 - ROUND));
                stops.texts |= uint64_t(static_cast<uint32_t>(_mm256_movemask_epi8(texts))) << part;
                stops.all |= uint64_t(static_cast<uint32_t>(_mm256_movemask_epi8(all))) << part;
            }
            return stops;
        }
    };
    #endif

    template <class Look>
    [[gnu::noinline]] inline Stops look_at_last(const char* at, size_t left) {
        char rest[64] = {};
        std::memcpy(rest, at, left);
        return Look::at(rest);
    }

    // What closes a bracket; 0 for everything else.
    struct Closers { char of[256]; };
    constexpr Closers make_closers() {
        Closers closers{};
        closers.of[int('(')] = ')';
        closers.of[int('[')] = ']';
        closers.of[int('{')] = '}';
        return closers;
    }
    static constexpr Closers closers = make_closers();

    // The letters before a quote that make it an f-string, or may: `r` leaves it open.
    struct Prefixes { bool of[256]; };
    constexpr Prefixes make_prefixes() {
        Prefixes prefixes{};
        for (char c : {'f', 'F', 't', 'T', 'r', 'R'}) prefixes.of[int(c)] = true;
        return prefixes;
    }
    static constexpr Prefixes prefixes = make_prefixes();

    // The bits up to the lowest that is set, that one included; all of them where none is.
    inline uint64_t up_to_lowest(uint64_t bits) { return bits ^ (bits - 1); }

    // 64 bytes of the code, and where their stops are.
    struct Place {
        const char* base = nullptr;
        const char* end = nullptr;  // of the code
        uint64_t stops = 0;  // without those that are done
        uint64_t texts = 0;

        // Nothing is known of what begins at `to`.
        void begin(const char* to) { base = to - 64; stops = 0; }

        // Goes on at `to`, which is behind the last stop.
        void move(const char* to) {
            const size_t done = to - base;
            if (done < 64) stops &= ~uint64_t(0) << done;
            else begin(to);
        }
    };

    template <class Look>
    struct Window : Place {
        explicit Window(const Place& place) : Place(place) {}

        bool next() {
            const Py_ssize_t left = end - base - 64;
            if (left <= 0) return false;
            base += 64;
            const Stops found = left >= 64 ? Look::at(base) : look_at_last<Look>(base, left);
            stops = found.all;
            texts = found.texts;
            return true;
        }

        // Takes the next stop that is no bracket, and what is before it; nullptr at the end.
        const char* next_text() {
            uint64_t left;
            while (!(left = stops & texts)) {
                if (!next()) return nullptr;
            }
            stops &= ~up_to_lowest(left);
            return base + __builtin_ctzll(left);
        }

        // What the backslash at `stop` escapes is no stop. False: it is not in this window.
        bool skip_escaped(const char* stop) {
            const size_t found = stop - base;
            stops &= ~(uint64_t(2) << found);
            return found < 63;
        }

        // Over a comment, to its newline, which is not done. False: it is the last line.
        bool skip_comment() {
            for (;;) {
                const char* stop = next_text();
                if (!stop) return false;
                if (*stop == '\\n') {
                    stops |= uint64_t(1) << (stop - base);
                    return true;
                }
            }
        }

        // Over a string of one line; `at` is its quote, the last stop. False: it takes a closer look.
        bool skip_text(const char* at) {
            for (;;) {
                const char* stop = next_text();
                if (!stop || *stop == '\\n') return false;
                if (*stop == *at) return true;
                if (*stop == '\\\\' && !skip_escaped(stop)) return false;
            }
        }

        // Over a string in three quotes, of which `at` is the first. False: it takes a closer look.
        bool skip_long_text(const char* at) {
            move(at + 3);
            do {
                for (uint64_t left = stops & texts; left; left &= left - 1) {
                    const char* stop = base + __builtin_ctzll(left);
                    if (*stop == *at) {
                        if (end - stop < 3) return false;
                        if (stop[1] == *at && stop[2] == *at) {
                            move(stop + 3);
                            return true;
                        }
                    } else if (*stop == '\\\\') {  // what it escapes is no stop
                        if (stop == base + 63) return false;
                        left &= ~(uint64_t(2) << (stop - base));
                    }
                }
            } while (next());
            return false;
        }

        // Over an f-string of one line whose fields hold no field, no backslash, and quotes of the other kind only: any
        // Python ends it at the same quote. False: it takes a closer look.
        bool skip_formatted(const char* at) {
            const char quote = *at;
            char inner = 0;  // the quote of a string in a field
            bool field = false;
            for (;;) {
                if (!stops) {
                    if (!next()) return false;
                    continue;
                }
                const int found = __builtin_ctzll(stops);
                const char* stop = base + found;
                const char c = *stop;
                stops &= stops - 1;
                if (c == '}' && field && !inner) {
                    field = false;
                } else if ((c == '{' || c == '}') && !field) {
                    if (end - stop < 2) return false;
                    if (stop[1] == c) {  // a brace that stands for itself
                        if (!skip_escaped(stop)) return false;
                    } else if (c == '{') {
                        field = true;
                    } else {
                        return false;
                    }
                } else if (c == quote) {
                    return !field;
                } else if (c == '\\\\' || c == '\\n') {
                    return false;
                } else if (inner) {
                    if (c == inner) inner = 0;
                } else if (field) {
                    if (c == '#' || c == '{') return false;
                    if (c == '"' || c == '\\'') inner = c;
                }
            }
        }

        // Over any string whose end every Python sees in the same place; `at` is its first quote, which the window may
        // be past. False: it takes a closer look.
        [[gnu::noinline]] bool skip_string(const char* at) {
            const bool triple = end - at > 2 && at[1] == *at && at[2] == *at;
            char before = at[-1] | 0x20;
            if (before == 'r') before = at[-2] | 0x20;
            if (triple) return before != 'f' && before != 't' && skip_long_text(at);
            begin(at + 1);
            return before == 'f' || before == 't' ? skip_formatted(at) : skip_text(at);
        }
    };

    // A walk over code that is not run, from stop to stop.
    struct Walk {
        static constexpr int most_brackets = 100;
        Place place;
        int depth = 0;
        char closing[most_brackets + 1] = {};  // what has to close the open brackets, the innermost last

        Walk() = default;
        Walk(const char* at, const char* end) { place.end = end; place.begin(at); }

        void move(const char* to) { place.move(to); }
    };

    // Over a string as most are: it holds no escape, and its fields no brackets and no strings. `at` is its first
    // quote, the last stop. False: there is more to ask about, and the window may be past it.
    template <class Look>
    inline bool skip_short(Window<Look>& window, const char* at) {
        const char quote = *at;
        if (!prefixes.of[static_cast<unsigned char>(at[-1])]) {
            const char* stop = window.next_text();
            if (!stop || *stop != quote) return false;
            return stop != at + 1 || window.end - stop < 2 || stop[1] != quote || window.skip_long_text(at);
        }
        char brace = '{';  // the next one
        for (;;) {
            if (!window.stops) {
                if (!window.next()) return false;
                continue;
            }
            const char* stop = window.base + __builtin_ctzll(window.stops);
            window.stops &= window.stops - 1;
            if (*stop == brace) brace ^= '{' ^ '}';
            else return *stop == quote && brace == '{' && stop != at + 1;
        }
    }

    // Over brackets, comments, plain strings, and newlines that the body goes on behind (see `goes_on`); brackets that
    // are open are noted. Returns the first stop that takes a closer look, or nullptr at the end.
    template <class Look>
    inline const char* walk_with(Walk& state, Py_ssize_t width) {
        Window<Look> window(state.place);  // in registers, while nothing has its address
        const char* at;
        char* const bottom = state.closing;
        char* top = bottom + state.depth;
        for (;;) {
            if (!window.stops) {
                at = nullptr;
                if (!window.next()) break;
                continue;
            }
            at = window.base + __builtin_ctzll(window.stops);
            window.stops &= window.stops - 1;
            const char c = *at;
            const char closer = closers.of[static_cast<unsigned char>(c)];
            if (closer) {
                if (top == bottom + Walk::most_brackets) break;
                *++top = closer;
            } else if (c == *top) {
                --top;
            } else if (c == '\\n') {
                if (top == bottom && !goes_on(at + 1, window.end, width)) break;
            } else if (c == '#') {
                if (!window.skip_comment()) break;
            } else if (c != '"' && c != '\\'') {
                break;
            } else if (!skip_short(window, at)) {
                Window<Look> moved = window;
                const bool skipped = moved.skip_string(at);
                window = moved;
                if (!skipped) break;
            }
        }
        state.place = window;
        state.depth = static_cast<int>(top - bottom);
        return at;
    }

    #ifdef REZFAST_WIDE
    [[gnu::target("avx2,bmi,bmi2"), gnu::flatten, gnu::noinline]]
    inline const char* walk_wide(Walk& state, Py_ssize_t width) { return walk_with<WideLook>(state, width); }
    #endif

    inline const char* walk(Walk& state, Py_ssize_t width) {
    #ifdef REZFAST_WIDE
        if (is_wide) return walk_wide(state, width);
    #endif
        return walk_with<Look>(state, width);
    }

    }
    #endif
    """
    cdef cppclass Walk "rezfast::Walk":
        int depth
        char* closing
        Walk() noexcept nogil
        Walk(const char* at, const char* end) noexcept nogil
        void move(const char* to) noexcept nogil

    enum:
        MAX_BRACKETS "rezfast::Walk::most_brackets"

    const char* walk "rezfast::walk"(Walk& state, Py_ssize_t width) noexcept nogil
