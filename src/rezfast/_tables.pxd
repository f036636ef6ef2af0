# What the solver may use of the package tables. The data is drawn at the top of _tables.pyx.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cbool
from libcpp.string cimport string
from libcpp.unordered_map cimport unordered_map
from libcpp.utility cimport pair
from libcpp.vector cimport vector

from rezfast._definition cimport Definition
from rezfast._version cimport Bounds, RequirementData

cdef extern from *:
    """
    #ifndef REZFAST_TABLES
    #define REZFAST_TABLES
    #include <atomic>
    #include <cstdint>
    #include <shared_mutex>
    #include <string>
    #include <unordered_map>
    #include <vector>
    namespace rezfast {

    struct Requirement {
        RequirementData data;
        std::string text;
        uint32_t family = 0;
        bool is_any = false;
        std::atomic<bool> loaded{false};  // every version it admits has its rows
    };

    // What a solve looks at again and again of a requirement, side by side in one array.
    struct Facts {
        std::atomic<uint64_t*> mask{nullptr};   // the rows of its target that it admits
        uint64_t lead = 0;              // the first bytes of its lowest bound's key, to compare by
        uint32_t family = 0;
        bool conflict = false;
        bool has_range = false;
        bool exclusive_lower = false;   // rez's union of such ranges is not the union of the sets
        Facts() = default;
        Facts(const Facts& o) : mask(o.mask.load()), lead(o.lead), family(o.family),
            conflict(o.conflict), has_range(o.has_range), exclusive_lower(o.exclusive_lower) {}
    };

    inline uint64_t lead_of(const std::string& key) {
        uint64_t lead = 0;
        for (size_t i = 0; i < 8; ++i) lead = lead << 8 | (i < key.size() ? (uint8_t) key[i] : 0);
        return lead;
    }

    struct Dependency { uint32_t slot, requirement; bool conflict; };

    struct Row { uint32_t version; int32_t index; uint32_t first, count; };

    struct Slot { uint32_t family, first_group, group_count; };

    struct PackageVersion {
        std::string key, text;
        uint32_t position = 0;   // where the source listed it
        uint32_t rank = 0;       // 0 is the highest version
        uint8_t state = 0;       // a VersionState
        int64_t timestamp = 0;   // 0: none given
        std::vector<uint32_t> rows;
    };

    struct Family {
        std::string name;
        uint32_t id = 0;
        uint8_t state = 0;       // a FamilyState
        bool ephemeral = false;
        bool descending = true;  // rows go from the highest version to the lowest
        bool has_bad_rows = false;
        bool has_late = false;
        bool has_broken = false;
        uint32_t words = 0;      // of a set of rows
        std::vector<uint32_t> requirements;               // whose target it is
        std::vector<PackageVersion> versions;
        std::vector<Row> rows;
        std::vector<Dependency> dependencies;
        std::vector<Slot> slots;
        std::vector<uint32_t> slot_order;                 // a slot's place by target name
        std::unordered_map<uint32_t, uint32_t> slot_of;   // target family -> slot
        std::vector<uint32_t> group_requirements;
        std::vector<uint8_t> group_conflicts;
        std::vector<uint64_t> group_bits;                 // words a group
        std::vector<uint64_t> normal_bits, any_bits;      // words a slot
        std::vector<uint64_t> run_rows, build_rows, bad_rows;
        std::vector<uint32_t> unloaded;                   // versions without rows yet
        std::vector<Bounds> asked;                        // of a source that lists by range
        std::unordered_map<std::string, uint32_t> version_of;   // key -> version
    };

    struct Store {
        std::vector<Family*> families;
        std::unordered_map<std::string, uint32_t> family_of;
        std::vector<Requirement*> requirements;
        std::vector<Facts> facts;                         // of the requirement of that number
        std::unordered_map<std::string, uint32_t> requirement_of;
        std::shared_mutex lock;
        ~Store() {
            for (Family* f : families) delete f;
            for (Requirement* r : requirements) delete r;
            for (Facts& f : facts) delete[] f.mask.load();
        }
    };

    inline const uint64_t* load_mask(const Store* s, uint32_t requirement) {
        return s->facts[requirement].mask.load(std::memory_order_acquire);
    }
    // Another thread may have been faster: then its mask is as good.
    inline const uint64_t* publish_mask(Store* s, uint32_t requirement, uint64_t* fresh) {
        uint64_t* seen = nullptr;
        if (s->facts[requirement].mask.compare_exchange_strong(
                seen, fresh, std::memory_order_acq_rel)) return fresh;
        delete[] fresh;
        return seen;
    }
    inline void drop_mask(Store* s, uint32_t requirement) {
        delete[] s->facts[requirement].mask.exchange(nullptr);
    }
    inline uint64_t* new_mask(size_t words) { return new uint64_t[words](); }
    inline bool is_loaded(Requirement* r) { return r->loaded.load(std::memory_order_acquire); }
    inline void set_loaded(Requirement* r) { r->loaded.store(true, std::memory_order_release); }
    }
    #endif
    """
    cdef cppclass Requirement_ "rezfast::Requirement":
        RequirementData data
        string text
        uint32_t family
        cbool is_any

    cdef cppclass Facts "rezfast::Facts":
        uint64_t lead
        uint32_t family
        cbool conflict
        cbool has_range
        cbool exclusive_lower

    cdef cppclass Dependency "rezfast::Dependency":
        uint32_t slot
        uint32_t requirement
        cbool conflict

    cdef cppclass Row "rezfast::Row":
        uint32_t version
        int32_t index
        uint32_t first
        uint32_t count

    cdef cppclass Slot "rezfast::Slot":
        uint32_t family
        uint32_t first_group
        uint32_t group_count

    cdef cppclass PackageVersion "rezfast::PackageVersion":
        string key
        string text
        uint32_t position
        uint32_t rank
        uint8_t state
        int64_t timestamp
        vector[uint32_t] rows

    cdef cppclass Family "rezfast::Family":
        string name
        uint32_t id
        uint8_t state
        cbool ephemeral
        cbool descending
        cbool has_bad_rows
        cbool has_late
        cbool has_broken
        uint32_t words
        vector[uint32_t] requirements
        vector[PackageVersion] versions
        vector[Row] rows
        vector[Dependency] dependencies
        vector[Slot] slots
        vector[uint32_t] slot_order
        unordered_map[uint32_t, uint32_t] slot_of
        vector[uint32_t] group_requirements
        vector[uint8_t] group_conflicts
        vector[uint64_t] group_bits
        vector[uint64_t] normal_bits
        vector[uint64_t] any_bits
        vector[uint64_t] run_rows
        vector[uint64_t] build_rows
        vector[uint64_t] bad_rows
        vector[uint32_t] unloaded
        vector[Bounds] asked
        unordered_map[string, uint32_t] version_of

    cdef cppclass shared_mutex "std::shared_mutex":
        void lock() nogil
        void unlock() nogil
        void lock_shared() nogil
        void unlock_shared() nogil

    cdef cppclass Store "rezfast::Store":
        vector[Family*] families
        unordered_map[string, uint32_t] family_of
        vector[Requirement_*] requirements
        vector[Facts] facts
        unordered_map[string, uint32_t] requirement_of
        shared_mutex lock

    const uint64_t* load_mask "rezfast::load_mask"(const Store*, uint32_t) noexcept nogil
    const uint64_t* publish_mask "rezfast::publish_mask"(
        Store*, uint32_t, uint64_t*
    ) noexcept nogil
    void drop_mask "rezfast::drop_mask"(Store*, uint32_t) noexcept nogil
    uint64_t* new_mask "rezfast::new_mask"(size_t) noexcept nogil
    uint64_t lead_of "rezfast::lead_of"(const string&) noexcept nogil
    cbool is_loaded "rezfast::is_loaded"(Requirement_*) noexcept nogil
    void set_loaded "rezfast::set_loaded"(Requirement_*) noexcept nogil

cdef enum FamilyState:
    FAMILY_UNKNOWN = 0
    FAMILY_MISSING = 1
    FAMILY_LISTED = 2

cdef enum VersionState:
    VERSION_UNLOADED = 0
    VERSION_LOADED = 1
    VERSION_BROKEN = 2
    VERSION_LATE = 3

cdef enum:
    NOT_FOUND = 0xFFFFFFFF

# Shared lock held:
cdef const uint64_t* admitted(Store* store, uint32_t requirement) noexcept nogil


cdef class PackageVariant:
    cdef readonly str name
    cdef readonly object version
    cdef readonly object index
    cdef Tables _tables
    cdef uint32_t _family
    cdef uint32_t _row
    cdef list _requirements
    cdef frozenset _required
    cdef frozenset _concerned


cdef class Tables:
    cdef Store* store
    cdef readonly object source
    cdef readonly bint complete
    cdef object _guard
    cdef dict _failures
    cdef dict _late
    cdef dict _variants
    cdef dict _versions
    cdef dict _requirements

    # Without any lock held, with or without the GIL:
    cdef Family* family_at(self, uint32_t family) noexcept nogil
    cdef uint32_t intern_family(self, const string& name) noexcept nogil
    cdef uint32_t intern_requirement(self, const string& text) noexcept nogil
    cdef void find_requirements(
        self, const vector[string]& texts, vector[uint32_t]& numbers, vector[uint32_t]& families
    ) noexcept nogil
    cdef uint32_t intern_merged(self, uint32_t first, uint32_t second) noexcept nogil
    cdef uint32_t target(self, uint32_t requirement) noexcept nogil
    cdef uint32_t intern_request(self, RequirementData& data, const string& key) noexcept nogil
    # Without any lock held, with the GIL:
    cdef int list_family(self, uint32_t family) except -1
    cdef int ask(self, uint32_t family, const Bounds& asked) except -1
    cdef int load(self, uint32_t family, vector[uint32_t]& versions) except -1
    cdef list late_rows(self, uint32_t family, uint32_t version, bint building, object context)
    cdef int _add_versions(self, uint32_t family, listed) except -1
    cdef int _add_records(
        self, Family* family, vector[pair[uint32_t, uint32_t]]& ranked, list records
    ) except -1
    cdef void _add_packages(
        self, Family* family, vector[pair[uint32_t, uint32_t]]& ranked,
        vector[const Definition*]& packages, vector[uint8_t]& late, vector[uint32_t]& broken,
        vector[string]& offending,
    ) noexcept nogil
    cdef uint32_t broken_row(self, uint32_t family, uint32_t version) noexcept
    cdef object failure_of(self, uint32_t family, uint32_t version)
    cdef PackageVariant variant(self, uint32_t family, uint32_t row)
    cdef object version_of(self, uint32_t family, uint32_t version)
    cdef object requirement(self, uint32_t requirement)
    cdef str family_name(self, uint32_t family)
