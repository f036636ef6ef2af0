# cython: language_level=3
"""What a name means to rez and to Python, and what bytes may be a definition at all: tables, no state."""

from libcpp.string cimport string


cdef extern from *:
    """
    #ifndef REZFAST_RULES
    #define REZFAST_RULES
    #include <cstring>
    #include <string>
    #include <string_view>
    #include <vector>
    namespace rezfast {

    using Names = std::vector<std::string_view>;

    enum Field { FIELD_NONE, FIELD_NAME, FIELD_VERSION, FIELD_REQUIRES, FIELD_VARIANTS, FIELD_BUILD_REQUIRES,
                 FIELD_PRIVATE_BUILD_REQUIRES, FIELD_TIMESTAMP, FIELD_HASHED_VARIANTS };

    template <size_t N>
    inline bool is_text(std::string_view name, const char (&text)[N]) {
        return std::memcmp(name.data(), text, N - 1) == 0;  // a size that is known needs no call
    }

    inline int field_of(std::string_view name) {
        switch (name.size()) {
            case 4: return is_text(name, "name") ? FIELD_NAME : FIELD_NONE;
            case 7: return is_text(name, "version") ? FIELD_VERSION : FIELD_NONE;
            case 8: return is_text(name, "requires") ? FIELD_REQUIRES
                : is_text(name, "variants") ? FIELD_VARIANTS : FIELD_NONE;
            case 9: return is_text(name, "timestamp") ? FIELD_TIMESTAMP : FIELD_NONE;
            case 14: return is_text(name, "build_requires") ? FIELD_BUILD_REQUIRES : FIELD_NONE;
            case 15: return is_text(name, "hashed_variants") ? FIELD_HASHED_VARIANTS : FIELD_NONE;
            case 22: return is_text(name, "private_build_requires") ? FIELD_PRIVATE_BUILD_REQUIRES : FIELD_NONE;
            default: return FIELD_NONE;
        }
    }

    template <size_t N>
    inline bool is_one_of(std::string_view name, const std::string_view (&list)[N]) {
        // the first letter spares most calls of memcmp
        for (auto& entry : list)
            if (entry.size() == name.size() && entry[0] == name[0] && entry == name) return true;
        return false;
    }

    inline bool is_keyword(std::string_view name) {
        static constexpr std::string_view list[] = {
            "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
            "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
            "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
            "__debug__"};
        return name.size() <= 9 && is_one_of(name, list);
    }

    inline bool is_branch(std::string_view name) {
        static constexpr std::string_view list[] = {"if", "for", "while", "try"};
        return is_one_of(name, list);
    }

    // Names that rez puts there itself, or drops by name from what the definition leaves behind.
    inline bool is_reserved_word(std::string_view name) {
        static constexpr std::string_view list[] = {
            "scope", "early", "late", "include", "ModifyList", "InvalidPackageError"};
        return is_one_of(name, list);
    }

    inline bool is_reserved(std::string_view name) {
        return (name.size() >= 2 && name[0] == '_' && name[1] == '_') || is_reserved_word(name);
    }

    // Functions that rez keeps as commands; `late` raises on them.
    inline bool is_rex_function(std::string_view name) {
        static constexpr std::string_view list[] = {
            "commands", "pre_commands", "post_commands", "pre_build_commands", "pre_test_commands"};
        return is_one_of(name, list);
    }

    // Attributes that rez's schema does not let a build find as a late bound function.
    inline bool cannot_be_late(std::string_view name) {
        static constexpr std::string_view list[] = {
            "description", "authors", "uuid", "config", "base", "build_system", "build_command", "changelog", "vcs",
            "release_message", "previous_version", "previous_revision", "revision", "requires_rez_version",
            "preprocess"};
        return is_one_of(name, list);
    }

    // What rez's schema wants of an attribute when it builds from the definition.
    enum SourceKind { SOURCE_ANY, SOURCE_TEXT, SOURCE_BOOL, SOURCE_TEXT_LIST, SOURCE_HELP, SOURCE_COMMAND,
                      SOURCE_TESTS, SOURCE_REFUSED };

    inline int source_kind(std::string_view name) {
        static constexpr std::string_view text[] = {
            "description", "uuid", "build_system", "changelog", "vcs", "release_message",
            "commands", "pre_commands", "post_commands", "pre_build_commands", "pre_test_commands"};
        static constexpr std::string_view flag[] = {"has_plugins", "relocatable", "cachable"};
        static constexpr std::string_view texts[] = {"authors", "tools", "plugin_for"};
        static constexpr std::string_view refused[] = {
            "base", "config", "preprocess", "requires_rez_version", "previous_version", "installed_variants",
            "skipped_variants", "package_cls"};
        return is_one_of(name, text) ? SOURCE_TEXT : is_one_of(name, flag) ? SOURCE_BOOL
            : is_one_of(name, texts) ? SOURCE_TEXT_LIST : is_one_of(name, refused) ? SOURCE_REFUSED
            : name == "help" ? SOURCE_HELP : name == "build_command" ? SOURCE_COMMAND
            : name == "tests" ? SOURCE_TESTS : SOURCE_ANY;
    }

    inline bool is_plain_annotation(std::string_view name) {
        static constexpr std::string_view list[] = {
            "str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set", "object", "None"};
        return is_one_of(name, list);
    }

    inline bool is_generic_annotation(std::string_view name) {
        static constexpr std::string_view list[] = {"list", "dict", "tuple", "set"};
        return is_one_of(name, list);
    }

    inline bool is_future_feature(std::string_view name) {
        static constexpr std::string_view list[] = {
            "nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function",
            "unicode_literals", "generator_stop", "annotations"};
        return is_one_of(name, list);
    }

    // Modules of the standard library that every supported Python has and that do nothing when imported.
    inline bool is_standard_module(std::string_view name) {
        static constexpr std::string_view list[] = {
            "abc", "argparse", "ast", "base64", "codecs", "collections", "configparser", "contextlib", "copy", "csv",
            "dataclasses", "datetime", "enum", "errno", "fnmatch", "functools", "getpass", "glob", "hashlib",
            "importlib", "inspect", "io", "itertools", "json", "locale", "logging", "math", "operator", "os",
            "os.path", "pathlib", "pickle", "platform", "posixpath", "ntpath", "pprint", "random", "re", "shlex",
            "shutil", "signal", "site", "socket", "stat", "string", "struct", "subprocess", "sys", "sysconfig",
            "tarfile", "tempfile", "textwrap", "threading", "time", "traceback", "types", "typing", "urllib",
            "uuid", "warnings", "zipfile"};
        return is_one_of(name, list);
    }

    // Attributes of rez's scope objects: `c.update.x = 1` would reach the method, not a new scope.
    inline bool is_scope_attribute(std::string_view name) {
        static constexpr std::string_view list[] = {
            "data", "read_only", "name", "context", "locals", "pending", "update", "copy", "to_dict", "format",
            "format_expand", "format_pretty", "fromkeys", "get", "items", "keys", "values", "pop", "popitem", "clear",
            "setdefault"};
        return name[0] == '_' || is_one_of(name, list);
    }

    inline bool has_prefix_path(const Names& set, std::string_view path) {
        for (auto& entry : set)
            if (entry.size() < path.size() && path[entry.size()] == '.' && path.substr(0, entry.size()) == entry)
                return true;
        return false;
    }

    inline bool has_name(const Names& set, std::string_view name) {
        for (auto& entry : set) if (entry == name) return true;
        return false;
    }

    inline bool is_utf8(const char* at, size_t n) {
        auto p = reinterpret_cast<const unsigned char*>(at);
        auto end = p + n;
        while (p < end) {
            if (*p < 0x80) { ++p; continue; }
            int more = *p >= 0xC2 && *p <= 0xDF ? 1 : (*p & 0xF0) == 0xE0 ? 2 : *p >= 0xF0 && *p <= 0xF4 ? 3 : 0;
            if (!more || end - p <= more) return false;
            if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
                (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)) return false;
            for (int i = 1; i <= more; ++i) if ((p[i] & 0xC0) != 0x80) return false;
            p += more + 1;
        }
        return true;
    }

    // What Python's tokenizer makes of line ends: CR LF and a lone CR both become LF.
    inline void normalise_newlines(const char* data, size_t size, std::string& out) {
        out.clear();
        out.reserve(size);
        for (size_t i = 0; i < size; ++i) {
            if (data[i] != '\\r') { out.push_back(data[i]); continue; }
            out.push_back('\\n');
            if (i + 1 < size && data[i + 1] == '\\n') ++i;
        }
    }

    }
    #endif
    """
    cdef cppclass string_view "std::string_view":
        string_view() noexcept nogil
        string_view(const char*, size_t) noexcept nogil
        bint operator==(string_view) noexcept nogil

    cdef cppclass Names "rezfast::Names":
        Names() noexcept nogil
        void push_back(string_view) noexcept nogil
        size_t size() noexcept nogil

    enum:
        FIELD_NONE "rezfast::FIELD_NONE"
        FIELD_NAME "rezfast::FIELD_NAME"
        FIELD_VERSION "rezfast::FIELD_VERSION"
        FIELD_REQUIRES "rezfast::FIELD_REQUIRES"
        FIELD_VARIANTS "rezfast::FIELD_VARIANTS"
        FIELD_BUILD_REQUIRES "rezfast::FIELD_BUILD_REQUIRES"
        FIELD_PRIVATE_BUILD_REQUIRES "rezfast::FIELD_PRIVATE_BUILD_REQUIRES"
        FIELD_TIMESTAMP "rezfast::FIELD_TIMESTAMP"
        FIELD_HASHED_VARIANTS "rezfast::FIELD_HASHED_VARIANTS"

    enum:
        SOURCE_ANY "rezfast::SOURCE_ANY"
        SOURCE_TEXT "rezfast::SOURCE_TEXT"
        SOURCE_HELP "rezfast::SOURCE_HELP"
        SOURCE_COMMAND "rezfast::SOURCE_COMMAND"
        SOURCE_TESTS "rezfast::SOURCE_TESTS"
        SOURCE_TEXT_LIST "rezfast::SOURCE_TEXT_LIST"
        SOURCE_REFUSED "rezfast::SOURCE_REFUSED"

    int source_kind "rezfast::source_kind"(string_view) noexcept nogil
    bint cannot_be_late "rezfast::cannot_be_late"(string_view) noexcept nogil
    int field_of "rezfast::field_of"(string_view) noexcept nogil
    bint is_keyword "rezfast::is_keyword"(string_view) noexcept nogil
    bint is_branch "rezfast::is_branch"(string_view) noexcept nogil
    bint is_reserved "rezfast::is_reserved"(string_view) noexcept nogil
    bint is_reserved_word "rezfast::is_reserved_word"(string_view) noexcept nogil
    bint is_rex_function "rezfast::is_rex_function"(string_view) noexcept nogil
    bint is_plain_annotation "rezfast::is_plain_annotation"(string_view) noexcept nogil
    bint is_generic_annotation "rezfast::is_generic_annotation"(string_view) noexcept nogil
    bint is_standard_module "rezfast::is_standard_module"(string_view) noexcept nogil
    bint is_future_feature "rezfast::is_future_feature"(string_view) noexcept nogil
    bint is_scope_attribute "rezfast::is_scope_attribute"(string_view) noexcept nogil
    bint has_prefix_path "rezfast::has_prefix_path"(const Names&, string_view) noexcept nogil
    bint has_name "rezfast::has_name"(const Names&, string_view) noexcept nogil
    bint is_utf8 "rezfast::is_utf8"(const char*, size_t) noexcept nogil
    void normalise_newlines "rezfast::normalise_newlines"(const char*, size_t, string&) noexcept nogil
