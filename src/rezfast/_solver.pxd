# The solve's own state. How it is used is drawn at the top of _solver.pyx.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.deque cimport deque
from libcpp.unordered_map cimport unordered_map
from libcpp.vector cimport vector

from rezfast._tables cimport Family, Store, Tables
from rezfast._version cimport Bounds

cdef extern from *:
    """
    #ifndef REZFAST_SOLVER
    #define REZFAST_SOLVER
    #include <algorithm>
    #include <cstdint>
    #include <cstring>
    #include <memory>
    #include <vector>
    namespace rezfast {

    // What is possible for one family. Arrays are copied once an epoch, before they are changed.
    struct Scope {
        uint32_t family = 0;
        uint8_t kind = 0;                // a ScopeKind
        bool conflict = false;           // of an ephemeral: it is a conflict request
        bool sorted = false;             // it has been split: its rows go by the orderer
        uint32_t words = 0, slot_words = 0;
        uint32_t low = 0, high = 0;      // the words of `rows` outside are empty
        uint32_t count = 0;              // rows left
        uint32_t epoch = 0;
        uint32_t requirement = 0xFFFFFFFF;   // of a conflict scope
        const Bounds* range = nullptr;   // of a conflict or an ephemeral; null: no range (`~foo`)
        uint64_t* rows = nullptr;
        uint64_t* settled = nullptr;     // slots that no later narrowing can change
        uint64_t* extracted = nullptr;   // slots extracted since the last narrowing
    };

    struct Change { uint32_t scope; Scope before; };
    struct Dependent { uint32_t scope, slot; int32_t next; };
    struct Extraction { uint32_t scope, first, count; int32_t next; };
    struct Target { uint32_t family; int32_t first, last; };

    // Memory that is given back all at once, to a mark.
    struct Arena {
        static constexpr size_t BLOCK = 8192;
        struct Mark { size_t block, used; };
        std::vector<std::unique_ptr<uint64_t[]>> blocks;
        std::vector<size_t> sizes;
        size_t block = 0, used = 0;
        Mark mark() const { return Mark{block, used}; }
        void back_to(Mark m) { block = m.block; used = m.used; }
        uint64_t* take(size_t words) {
            while (block < blocks.size() && used + words > sizes[block]) { ++block; used = 0; }
            if (block == blocks.size()) {
                size_t size = words > BLOCK ? words : BLOCK;
                blocks.emplace_back(new uint64_t[size]);
                sizes.push_back(size);
                used = 0;
            }
            uint64_t* start = blocks[block].get() + used;
            used += words;
            return start;
        }
    };

    // A choice that was made, and what is left to try if it fails.
    struct Choice {
        size_t changes, scopes, dependents;
        Arena::Mark mark;
        uint32_t split, first_open;
        Scope rest;
    };

    // What one solve hides from or adds to a family: filters, late bound packages.
    struct Overlay {
        std::vector<uint8_t> seen;                     // a version: 0 not yet, 1 hidden, 2 shown
        std::vector<std::vector<uint32_t>> late;       // rows of a late bound version
        std::vector<uint64_t> allowed;
    };

    // Scopes by the names of their families.
    inline void sort_by_name(
        std::vector<uint32_t>& order, const Store& store, const std::vector<Scope>& scopes
    ) {
        std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
            return store.families[scopes[a].family]->name < store.families[scopes[b].family]->name;
        });
    }

    inline unsigned lowest_bit(uint64_t word) { return (unsigned) __builtin_ctzll(word); }
    inline unsigned count_bits(uint64_t word) { return (unsigned) __builtin_popcountll(word); }
    }
    #endif
    """
    cdef cppclass Scope "rezfast::Scope":
        uint32_t family
        uint8_t kind
        cbool conflict
        cbool sorted
        uint32_t words
        uint32_t slot_words
        uint32_t low
        uint32_t high
        uint32_t count
        uint32_t epoch
        uint32_t requirement
        const Bounds* range
        uint64_t* rows
        uint64_t* settled
        uint64_t* extracted

    cdef cppclass Change "rezfast::Change":
        uint32_t scope
        Scope before

    cdef cppclass Dependent "rezfast::Dependent":
        uint32_t scope
        uint32_t slot
        int32_t next

    cdef cppclass Extraction "rezfast::Extraction":
        uint32_t scope
        uint32_t first
        uint32_t count
        int32_t next

    cdef cppclass Target "rezfast::Target":
        uint32_t family
        int32_t first
        int32_t last

    cdef cppclass Mark "rezfast::Arena::Mark":
        pass

    cdef cppclass Arena "rezfast::Arena":
        Mark mark() noexcept nogil
        void back_to(Mark) noexcept nogil
        uint64_t* take(size_t) noexcept nogil

    cdef cppclass Choice "rezfast::Choice":
        size_t changes
        size_t scopes
        size_t dependents
        Mark mark
        uint32_t split
        uint32_t first_open
        Scope rest

    cdef cppclass Overlay "rezfast::Overlay":
        vector[uint8_t] seen
        vector[vector[uint32_t]] late
        vector[uint64_t] allowed

    void sort_by_name "rezfast::sort_by_name"(
        vector[uint32_t]&, const Store&, const vector[Scope]&
    ) noexcept nogil
    unsigned lowest_bit "rezfast::lowest_bit"(uint64_t) noexcept nogil
    unsigned count_bits "rezfast::count_bits"(uint64_t) noexcept nogil

cdef enum ScopeKind:
    SCOPE_PACKAGES = 0
    SCOPE_CONFLICT = 1
    SCOPE_EPHEMERAL = 2
