# cython: language_level=3
"""Many bytes at once: where the bytes that matter are, as the bits of a number.

    bytes     foo-1.2+<3', 'bar
    word      1110101001000...      (the lowest bit is the first byte)
    dot       0000010000000...

Written with the vectors of GCC and clang, which every processor has or can do without. Named after a processor is
only what gathers a vector's truth into a number, where nothing portable comes near it, and what long texts spend
their time in, which takes half as long with wider vectors.
"""

cdef extern from *:
    """
    #ifndef REZFAST_MASKS
    #define REZFAST_MASKS
    #include <cstdint>
    #include <cstring>
    #ifdef __SSE2__
    #include <immintrin.h>
    #endif
    namespace rezfast {

    using Bytes = std::uint8_t __attribute__((vector_size(16)));

    inline Bytes load_bytes(const char* at) {
        Bytes bytes;
        std::memcpy(&bytes, at, sizeof bytes);
        return bytes;
    }

    // What long texts spend their time in is written for processors with AVX2, too; REZFAST_NARROW leaves that out, to
    // test what others run.
    #if defined(__x86_64__) && !defined(REZFAST_NARROW)
    #define REZFAST_WIDE
    inline bool has_wide() {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    }
    static const bool is_wide = has_wide();
    #endif

    // The lanes of a comparison, which are all ones or all zeros, as bits.
    template <class Truth>
    inline uint64_t bits_of(Truth truth) {
    #ifdef __SSE2__
        __m128i lanes;
        std::memcpy(&lanes, &truth, sizeof lanes);
        return static_cast<uint32_t>(_mm_movemask_epi8(lanes));
    #else
        const Bytes weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
        Bytes weighted = reinterpret_cast<Bytes>(truth) & weights;
        uint64_t half[2];
        std::memcpy(half, &weighted, sizeof half);
        // the bytes of a half have no bit in common: their sum is in the highest byte of the product
        return (half[0] * 0x0101010101010101u >> 56) | (half[1] * 0x0101010101010101u >> 56 << 8);
    #endif
    }

    // Length of the blanks at the cursor, as far as 16. A tab is none of them. -1: too near the end.
    inline int indentation(const char* at, const char* end) {
        if (end - at <= 16) return -1;
        return __builtin_ctz(~static_cast<uint32_t>(bits_of(load_bytes(at) == ' ')));
    }

    // Whether a line is certainly blank or code of a body that is indented by `width`, as nearly every line is. The
    // widest of all stands for a body of one line.
    inline bool goes_on(const char* line, const char* end, Py_ssize_t width) {
        const int blanks = indentation(line, end);
        if (blanks < 0) return false;
        if (line[blanks] > ' ') return blanks >= width && line[blanks] != '\\\\';
        return line[blanks] == '\\n' && width != PY_SSIZE_T_MAX;
    }

    // The first quote, backslash or, unless `triple`, newline; or the end.
    inline const char* text_stop(const char* at, const char* end, bool triple) {
        const std::uint8_t newline = triple ? '"' : '\\n';
        while (end - at >= 16) {
            Bytes bytes = load_bytes(at);
            uint64_t stops = bits_of((bytes == '\\'') | (bytes == '"') | (bytes == '\\\\') | (bytes == newline));
            if (stops) return at + __builtin_ctzll(stops);
            at += 16;
        }
        while (at < end && *at != '\\'' && *at != '"' && *at != '\\\\' && static_cast<std::uint8_t>(*at) != newline) ++at;
        return at;
    }

    inline Bytes word_lanes(Bytes bytes) {
        return reinterpret_cast<Bytes>(
            (Bytes((bytes | 0x20) - 'a') < 26) | (Bytes(bytes - '0') < 10) | (bytes == '_'));
    }

    // How many identifier characters there are at the cursor, up to 16; 16, too, near the end.
    inline int word_run(const char* at, const char* end) {
        if (end - at < 16) return 16;
        return __builtin_ctz(~static_cast<uint32_t>(bits_of(word_lanes(load_bytes(at)))));
    }

    // The text from `at` to the quote, as far as it is plain.
    struct PlainText {
        int size = -1;  // -1: longer than 31, not plain or near the end; else two bytes may be read behind it
        bool is_word = false;  // identifier characters alone
        bool is_dotted = false;  // words with single dots between them
    };

    inline PlainText plain_text(const char* at, const char* end, char quote) {
        PlainText found;
        if (end - at < 33) return found;
        uint64_t quotes = 0, odd = 0, word = 0, dots = 0;
        for (int half = 0; half < 32; half += 16) {
            Bytes bytes = load_bytes(at + half);
            quotes |= bits_of(bytes == static_cast<std::uint8_t>(quote)) << half;
            odd |= bits_of((bytes < 0x20) | (bytes == '\\\\') | (bytes >= 0x80)) << half;
            word |= bits_of(word_lanes(bytes)) << half;
            dots |= bits_of(bytes == '.') << half;
            if (quotes) break;
        }
        if (!quotes) return found;
        int size = __builtin_ctzll(quotes);
        const uint64_t all = (uint64_t(1) << size) - 1;
        if (odd & all) return found;
        dots &= all;
        found.size = size;
        found.is_word = size && !(~word & all);
        // a dot at the start, behind a dot or at the end is one bit of these
        found.is_dotted = size && !(~(word | dots) & all) && !(dots & ((dots << 1) | 1 | (all ^ (all >> 1))));
        return found;
    }

    // Up to eight digits as a number that compares like theirs.
    inline uint64_t comparable(const char* at, unsigned size) {
        uint64_t word;
        std::memcpy(&word, at, sizeof word);
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        return word >> (64 - 8 * size);
    }

    // Length of a plain request (`foo`, `!foo-1.2`, `~foo-1.2+`, `foo-1+<2`) from `at` to the quote. 0: it takes
    // a closer look, because it is none, longer than 31, near the end or its limits do not differ in the first number.
    inline unsigned plain_request(const char* at, const char* end, char quote) {
        if (end - at < 48) return 0;
        const unsigned sigil = (*at == '!') | (*at == '~');
        at += sigil;
        uint64_t word = 0, known = 0, digit = 0, dash = 0, plus = 0, less = 0;
        for (int half = 0; half < 32; half += 16) {
            Bytes bytes = load_bytes(at + half);
            auto digits = Bytes(bytes - '0') < 10;
            auto words = (Bytes((bytes | 0x20) - 'a') < 26) | digits | (bytes == '_');
            auto dashes = bytes == '-', pluses = bytes == '+', lesses = bytes == '<';
            word |= bits_of(words) << half;
            known |= bits_of(words | dashes | pluses | lesses | (bytes == '.')) << half;
            digit |= bits_of(digits) << half;
            dash |= bits_of(dashes) << half;
            plus |= bits_of(pluses) << half;
            less |= bits_of(lesses) << half;
            if (known != 0xFFFF) break;  // it ends in the first half, as most do
        }
        const unsigned size = __builtin_ctzll(~known);  // 32 at the most
        if (size > 31 || at[size] != quote) return 0;
        const uint64_t past = uint64_t(1) << size, all = past - 1, odd = ~word & all;
        const unsigned name = __builtin_ctzll(odd | past);
        if (!name || (name == 11 && std::memcmp(at, "__pycache__", 11) == 0)) return 0;
        if (!odd) return sigil + size;
        dash &= all; plus &= all; less &= all;
        // a name, a dash, and then nothing but dots, dashes and at most one `+` or `+<`; no empty token: only `<`
        // stands directly behind something
        const uint64_t behind = odd & (odd << 1), last = past >> 1, first = uint64_t(1) << name;
        if ((~dash & first) | (plus & (plus - 1)) | (behind ^ less) | (odd & last & ~plus)) return 0;
        if (!less) return plus & ~last ? 0 : sigil + size;
        if (less != plus << 1 || dash != first) return 0;
        // the limits are in order when their first tokens are numbers and are
        const unsigned lower = name + 1, upper = __builtin_ctzll(less) + 1;
        const unsigned lower_size = __builtin_ctzll(~digit >> lower), upper_size = __builtin_ctzll(~digit >> upper);
        const uint64_t ends = odd | past;
        if (!(ends >> (lower + lower_size) & ends >> (upper + upper_size) & 1)) return 0;
        if (((at[lower] == '0') & (lower_size > 1)) | ((at[upper] == '0') & (upper_size > 1))) return 0;
        if ((lower_size - 1) | (upper_size - 1)) {
            if (lower_size - 1 > 7 || upper_size - 1 > 7) return 0;
            return comparable(at + lower, lower_size) < comparable(at + upper, upper_size) ? sigil + size : 0;
        }
        return at[lower] < at[upper] ? sigil + size : 0;
    }

    // What a text has that is taken care of: bytes beyond ASCII, a NUL, a CR.
    struct Odd { bool high = false, nul = false, cr = false; };

    #ifdef REZFAST_WIDE
    // Whether there is any of it, 64 bytes at a time; `size` is what was looked at.
    [[gnu::target("avx2"), gnu::noinline]] inline bool is_odd(const char* at, size_t& size) {
        const __m256i cr = _mm256_set1_epi8('\\r');
        __m256i least = _mm256_set1_epi8(1), crs = _mm256_setzero_si256();  // what is beyond ASCII is below 0 here
        const char* const end = at + (size &= ~size_t(63));
        for (; at != end; at += 64) {
            const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
            const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
            least = _mm256_min_epi8(least, _mm256_min_epi8(first, second));
            crs = _mm256_or_si256(crs, _mm256_or_si256(_mm256_cmpeq_epi8(first, cr), _mm256_cmpeq_epi8(second, cr)));
        }
        return _mm256_movemask_epi8(_mm256_or_si256(crs, _mm256_cmpgt_epi8(_mm256_set1_epi8(1), least)));
    }
    #endif

    inline Odd odd_bytes(const char* at, size_t size) {
        Odd found;
    #ifdef REZFAST_WIDE
        if (size > 256 && is_wide) {
            size_t done = size;
            if (!is_odd(at, done)) {
                at += done - 16;  // so that there are 16 bytes left
                size -= done - 16;
            }
        }
    #endif
        Bytes high = {}, least = ~high, least_cr = least;  // `^` makes a CR, too, the least there is
        auto look = [&](const char* from) {
            Bytes bytes = load_bytes(from), turned = bytes ^ '\\r';
            high |= bytes;
            least = bytes < least ? bytes : least;
            least_cr = turned < least_cr ? turned : least_cr;
        };
        if (size < 16) {
            char all[16];
            std::memset(all, ' ', sizeof all);
            std::memcpy(all, at, size);
            look(all);
        } else {
            for (size_t i = 0; i + 16 < size; i += 16) look(at + i);
            look(at + size - 16);
        }
        found.high = bits_of(high >= 0x80) != 0;
        found.nul = bits_of(least == 0) != 0;
        found.cr = bits_of(least_cr == 0) != 0;
        return found;
    }

    }
    #endif
    """
    cdef struct PlainText "rezfast::PlainText":
        int size
        bint is_word
        bint is_dotted

    cdef struct Odd "rezfast::Odd":
        bint high
        bint nul
        bint cr

    int indentation "rezfast::indentation"(const char* at, const char* end) noexcept nogil
    const char* text_stop "rezfast::text_stop"(const char* at, const char* end, bint triple) noexcept nogil
    int word_run "rezfast::word_run"(const char* at, const char* end) noexcept nogil
    PlainText plain_text "rezfast::plain_text"(const char* at, const char* end, char quote) noexcept nogil
    unsigned int plain_request "rezfast::plain_request"(const char* at, const char* end, char quote) noexcept nogil
    Odd odd_bytes "rezfast::odd_bytes"(const char* at, size_t size) noexcept nogil
