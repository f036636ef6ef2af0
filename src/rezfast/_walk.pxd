# cython: language_level=3
"""A walk over code that is not run, 64 bytes at a time.

    bytes          env.PATH.append('{root}/bin')\\n        # as always
    brackets       ...............1.1....1.....1..................     (the lowest bit is the first byte)
    no_brackets    ................1..........1.1.........1.......
                                  over these  .. and these  here it asks

Brackets that fit, short strings and newlines between lines of the body are walked over; what is left to ask about
are comments, odd strings, joined lines, and the end of the body.
"""

from rezfast._masks cimport indentation  # whose C++ this uses


cdef extern from *:
    """
    #ifndef REZFAST_WALK
    #define REZFAST_WALK
    namespace rezfast {

    // The stops in code that is not run: newlines, quotes, `#`, backslashes, and brackets.
    struct StopMasks { uint64_t brackets = 0, no_brackets = 0; };

    inline StopMasks stop_masks(const char* at) {
        StopMasks masks;
        for (int part = 0; part < 64; part += 16) {
            Bytes bytes = load_bytes(at + part), even = bytes & 0xFE, folded = bytes | 0x20;
            auto brackets = (even == '(') | (folded == '{') | (folded == '}');
            auto others = (bytes == '\\n') | (even == '"') | (bytes == '\\'') | (bytes == '\\\\');
            masks.brackets |= bits_of(brackets) << part;
            masks.no_brackets |= bits_of(others) << part;
        }
        return masks;
    }

    [[gnu::noinline]] inline StopMasks last_stop_masks(const char* at, size_t left) {
        char rest[64] = {};
        std::memcpy(rest, at, left);
        return stop_masks(rest);
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

    // The stops of 64 bytes, from `base` on.
    struct Window {
        const char* base = nullptr;
        const char* end = nullptr;  // of the code
        uint64_t stops = 0, no_brackets = 0;  // `stops` without those that are done

        void look() {
            const StopMasks masks = end - base >= 64 ? stop_masks(base) : last_stop_masks(base, end - base);
            no_brackets = masks.no_brackets;
            stops = masks.no_brackets | masks.brackets;
        }

        bool next() {
            if (end - base <= 64) return false;
            base += 64;
            look();
            return true;
        }

        // Goes on at `to`, which is behind the last stop.
        void move(const char* to) {
            const size_t done = to - base;
            if (done < 64) {
                stops &= ~uint64_t(0) << done;
            } else {
                base = to;
                look();
            }
        }

        // Over the text of a string or of a comment, to the `last` byte of it, which is done or not. `from` is its first
        // byte, the last stop. False: it takes a closer look.
        bool skip_text(const char* from, char last, bool done) {
            uint64_t left = no_brackets & (~uint64_t(1) << (from - base));
            for (;;) {
                if (!left) {
                    if (!next()) return false;
                    left = no_brackets;
                    continue;
                }
                const int found = __builtin_ctzll(left);
                const char c = base[found];
                if (c == last) {
                    stops &= (done ? ~uint64_t(1) : ~uint64_t(0)) << found;
                    return true;
                }
                left &= left - 1;
                if (c == '\\n') return false;
                if (c == '\\\\' && done) {  // what it escapes is no stop
                    if (found == 63) return false;
                    left &= ~(uint64_t(2) << found);
                }
            }
        }

        // Over a string in three quotes, of which `at` is the first. False: it takes a closer look.
        bool skip_long_text(const char* at) {
            const char quote = *at;
            move(at + 3);
            uint64_t left = no_brackets & (~uint64_t(0) << (at + 3 - base));
            for (;;) {
                if (!left) {
                    if (!next()) return false;
                    left = no_brackets;
                    continue;
                }
                const int found = __builtin_ctzll(left);
                const char* stop = base + found;
                left &= left - 1;
                if (*stop == quote) {
                    if (end - stop < 3) return false;
                    if (stop[1] == quote && stop[2] == quote) {
                        move(stop + 3);
                        return true;
                    }
                } else if (*stop == '\\\\') {
                    if (found == 63) return false;
                    left &= ~(uint64_t(2) << found);
                }
            }
        }

        // Over an f-string of one line whose fields hold no field, no backslash, and quotes of the other kind only: any
        // Python ends it at the same quote. False: it takes a closer look.
        bool skip_formatted(const char* at) {
            const char quote = *at;
            char inner = 0;  // the quote of a string in a field
            bool field = false;
            uint64_t left = stops;
            for (;;) {
                if (!left) {
                    if (!next()) return false;
                    left = stops;
                    continue;
                }
                const int found = __builtin_ctzll(left);
                const char* stop = base + found;
                const char c = *stop;
                left &= left - 1;
                if (c == '}' && field && !inner) {
                    field = false;
                } else if ((c == '{' || c == '}') && !field) {
                    if (end - stop < 2) return false;
                    if (stop[1] == c) {  // a brace that stands for itself
                        if (found == 63) return false;
                        left &= ~(uint64_t(2) << found);
                    } else if (c == '{') {
                        field = true;
                    } else {
                        return false;
                    }
                } else if (c == quote) {
                    stops &= ~uint64_t(1) << found;
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

        // Over a string whose end every Python sees in the same place; `at` is its first quote, the last stop. False: it
        // takes a closer look.
        bool skip_string(const char* at) {
            const bool triple = end - at > 2 && at[1] == *at && at[2] == *at;
            char before = at[-1] | 0x20;
            if (before == 'r') before = at[-2] | 0x20;
            if (before == 'f' || before == 't') return !triple && skip_formatted(at);
            return triple ? skip_long_text(at) : skip_text(at, *at, true);
        }
    };

    // A walk over code that is not run, from stop to stop.
    struct Walk {
        static constexpr int most_brackets = 100;
        Window window;
        int depth = 0;
        char closing[most_brackets + 1] = {};  // what has to close the open brackets, the innermost last

        Walk() = default;
        Walk(const char* at, const char* end) { window.base = at; window.end = end; window.look(); }

        void move(const char* to) { window.move(to); }
    };

    // Over brackets, comments, plain strings, and newlines that the body goes on behind (see `goes_on`); brackets that
    // are open are noted. Returns the first stop that takes a closer look, or nullptr at the end.
    inline const char* walk(Walk& state, Py_ssize_t width) {
        Window window = state.window;  // in registers
        const char* at;
        char* top = state.closing + state.depth;
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
                if (top == state.closing + Walk::most_brackets) break;
                *++top = closer;
            } else if (c == *top) {
                --top;
            } else if (c == '\\n') {
                if (top == state.closing && !goes_on(at + 1, window.end, width)) break;
            } else if (c == '"' || c == '\\'') {
                if (!window.skip_string(at)) break;
            } else if (c != '#' || !window.skip_text(at, '\\n', false)) {
                break;
            }
        }
        state.window = window;
        state.depth = static_cast<int>(top - state.closing);
        return at;
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
