# cython: language_level=3
"""What the scanner keeps of a definition, and what it keeps it in.

    Draft        on the stack while a definition is read; room for most of them without an allocation
      chars    foo1.2.3a-1b-2+<3c-1d-1
      ends       3    8  11   17  20  23        where each text ends: the texts are numbered
      starts                   4   5   6        which texts are a variant's
      fields     name = 0   version = 1   requires = [2, 4)   variants = [0, 2) of starts

    Definition   the same three arrays in one block of memory, final; texts are made when they are read
"""

from libc.stdint cimport uint32_t
from libcpp cimport bool as cbool


cdef extern from *:
    """
    #ifndef REZFAST_DEFINITION
    #define REZFAST_DEFINITION
    #include <cstdint>
    #include <cstdlib>
    #include <cstring>
    #include <memory>
    #include <new>
    #include <string_view>
    namespace rezfast {

    struct Range { uint32_t first = 0, last = 0; };

    // What a resolve reads of one package definition; the numbers are those of texts.
    struct Fields {
        bool has_name = false, has_version = false, has_requires = false, has_variants = false;
        bool has_build_requires = false, has_private_build_requires = false;
        bool has_timestamp = false, has_hashed_variants = false;
        bool hashed_variants = false;
        uint32_t name = 0, version = 0;
        Range requires_, build_requires, private_build_requires, variants;
        long long timestamp = 0;
    };

    // Some texts of a definition, UTF-8 without an end mark. It is of use while the definition is.
    class Texts {
    public:
        Texts() = default;
        Texts(const char* chars, const uint32_t* ends, Range range) : chars_(chars), ends_(ends), range_(range) {}
        size_t size() const { return range_.last - range_.first; }
        std::string_view operator[](size_t i) const {
            size_t number = range_.first + i;
            uint32_t begin = number ? ends_[number - 1] : 0;
            return {chars_ + begin, ends_[number] - begin};
        }

    private:
        const char* chars_ = nullptr;
        const uint32_t* ends_ = nullptr;
        Range range_;
    };

    // An array that starts on the stack. When memory runs out it drops what it cannot hold, and says so.
    template <class T, size_t N>
    class Stack {
    public:
        Stack() = default;
        Stack(const Stack&) = delete;
        Stack& operator=(const Stack&) = delete;
        ~Stack() { if (data_ != here_) std::free(data_); }
        const T* data() const { return data_; }
        size_t size() const { return size_; }
        bool failed() const { return failed_; }
        // Room for `more` after the end, or nullptr.
        T* room(size_t more) {
            return capacity_ - size_ >= more || grow(more) ? data_ + size_ : nullptr;
        }
        void advance(size_t by) { size_ += by; }
        void push(T value) {
            if (T* at = room(1)) { *at = value; ++size_; }
        }

    private:
        bool grow(size_t more) {
            size_t wanted = (size_ + more) * 2;
            T* grown = static_cast<T*>(std::malloc(wanted * sizeof(T)));
            if (!grown) { failed_ = true; return false; }
            std::memcpy(grown, data_, size_ * sizeof(T));
            if (data_ != here_) std::free(data_);
            data_ = grown;
            capacity_ = wanted;
            return true;
        }
        T* data_ = here_;
        size_t size_ = 0, capacity_ = N;
        bool failed_ = false;
        T here_[N];
    };

    class Draft : public Fields {
    public:
        uint32_t text_count() const { return static_cast<uint32_t>(ends_.size()); }
        uint32_t start_count() const { return static_cast<uint32_t>(starts_.size()); }

        // Adds a text; returns its number.
        uint32_t add(const char* at, size_t size) {
            if (char* to = chars_.room(size)) {
                std::memcpy(to, at, size);
                chars_.advance(size);
            }
            ends_.push(static_cast<uint32_t>(chars_.size()));
            return text_count() - 1;
        }

        // The same for a short text behind which something may be read: `short_size` bytes in all.
        static constexpr size_t short_size = 32;
        void add_short(const char* at, size_t size) {
            if (char* to = chars_.room(short_size)) {
                std::memcpy(to, at, short_size);
                chars_.advance(size);
            }
            ends_.push(static_cast<uint32_t>(chars_.size()));
        }

        // The next text is the first of a variant, or there are no more variants.
        void start() { starts_.push(text_count()); }

        bool failed() const { return chars_.failed() || ends_.failed() || starts_.failed(); }

    private:
        friend class Definition;
        Stack<char, 2048> chars_;
        Stack<uint32_t, 192> ends_;
        Stack<uint32_t, 128> starts_;
    };

    class Definition : public Fields {
    public:
        // Takes a draft. False, and nothing is kept, when there is no memory.
        bool take(const Draft& draft) {
            size_t ends = draft.ends_.size(), starts = draft.starts_.size(), chars = draft.chars_.size();
            uint32_t* block = nullptr;
            if (ends + starts) {
                block = static_cast<uint32_t*>(std::malloc((ends + starts) * sizeof(uint32_t) + chars));
                if (!block || draft.failed()) { std::free(block); return false; }
                std::memcpy(block, draft.ends_.data(), ends * sizeof(uint32_t));
                std::memcpy(block + ends, draft.starts_.data(), starts * sizeof(uint32_t));
                std::memcpy(block + ends + starts, draft.chars_.data(), chars);
            }
            static_cast<Fields&>(*this) = draft;
            block_.reset(block);
            starts_ = static_cast<uint32_t>(ends);
            chars_ = static_cast<uint32_t>(ends + starts);
            return true;
        }

        Texts name_text() const { return texts({name, name + has_name}); }
        Texts version_text() const { return texts({version, version + has_version}); }
        Texts requires_texts() const { return texts(requires_); }
        Texts build_requires_texts() const { return texts(build_requires); }
        Texts private_build_requires_texts() const { return texts(private_build_requires); }
        size_t variant_count() const { return variants.last - variants.first; }
        Texts variant_texts(size_t i) const {
            const uint32_t* start = block_.get() + starts_ + variants.first + i;
            return texts({start[0], start[1]});
        }

    private:
        struct Free { void operator()(uint32_t* block) const { std::free(block); } };
        Texts texts(Range range) const {
            return {reinterpret_cast<const char*>(block_.get() + chars_), block_.get(), range};
        }
        std::unique_ptr<uint32_t[], Free> block_;
        uint32_t starts_ = 0, chars_ = 0;  // where they begin in the block
    };

    // Why a definition was not accepted: an index into REASONS of _scan.pyx, and the line, from 1.
    struct Refusal {
        int reason = 0;
        int line = 0;
    };

    // What became of one file. `result`: 1 accepted, 0 refused, else minus the error's number.
    struct FileOutcome {
        Definition definition;
        Refusal refusal;
        int result = 0;
        bool has_nul = false;  // of a refused file: it is no text at all
        size_t size = 0;  // bytes read
        long long nanoseconds = 0;  // spent scanning, if asked for
    };

    }
    #endif
    """
    cdef cppclass text_view "std::string_view":
        const char* data() noexcept nogil
        size_t size() noexcept nogil

    cdef cppclass Range "rezfast::Range":
        uint32_t first
        uint32_t last

    cdef cppclass Fields "rezfast::Fields":
        cbool has_name
        cbool has_version
        cbool has_requires
        cbool has_variants
        cbool has_build_requires
        cbool has_private_build_requires
        cbool has_timestamp
        cbool has_hashed_variants
        cbool hashed_variants
        uint32_t name
        uint32_t version
        Range requires "requires_"  # `requires` is a keyword of C++20
        Range build_requires
        Range private_build_requires
        Range variants
        long long timestamp

    cdef cppclass Texts "rezfast::Texts":
        Texts() noexcept nogil
        size_t size() noexcept nogil
        text_view operator[](size_t) noexcept nogil

    cdef cppclass Draft "rezfast::Draft"(Fields):
        Draft() noexcept nogil
        uint32_t text_count() noexcept nogil
        uint32_t start_count() noexcept nogil
        uint32_t add(const char*, size_t) noexcept nogil
        void add_short(const char*, size_t) noexcept nogil
        void start() noexcept nogil

    cdef cppclass Definition "rezfast::Definition"(Fields):
        Definition() noexcept nogil
        bint take(const Draft&) noexcept nogil
        Texts name_text() noexcept nogil
        Texts version_text() noexcept nogil
        Texts requires_texts() noexcept nogil
        Texts build_requires_texts() noexcept nogil
        Texts private_build_requires_texts() noexcept nogil
        size_t variant_count() noexcept nogil
        Texts variant_texts(size_t) noexcept nogil

    cdef cppclass Refusal "rezfast::Refusal":
        int reason
        int line

    cdef cppclass FileOutcome "rezfast::FileOutcome":
        Definition definition
        Refusal refusal
        int result
        cbool has_nul
        size_t size
        long long nanoseconds
