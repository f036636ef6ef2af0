"""The settings there are: one row each, by section; rez 3.4.0's names, types and defaults.
`OWN` are those that rez does not have.

A row is the kind, the default and one line of documentation. What this machine answers for a
default of None is in `machine`. Defaults are shared: whoever merges into one makes a copy.
"""

from __future__ import annotations

import os

from rezfast.config.kinds import (
    ANYTHING,
    FLAG,
    FORCED_FLAG,
    INTEGER,
    MAPPING,
    MAPPING_LIST,
    NUMBER,
    OPTIONAL_FLAG,
    OPTIONAL_MAPPING,
    OPTIONAL_TEXT,
    OPTIONAL_WORD_LIST,
    PATH_LIST,
    REMAPS,
    TEXT,
    TEXT_OR_FUNCTION,
    THREADS,
    WORD_LIST,
    choice,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rezfast.config.kinds import Kind

    Row = tuple[Kind, Any, str]

_COMPRESSED = "Size in bytes from which memcached entries are compressed, for {}; 0: never."


def _colours(
    name: str, what: str, fore: str | None, styles: list[str] | None = None
) -> dict[str, Row]:
    """The three rows of a kind of text on a terminal."""
    colours = "black, red, green, yellow, blue, magenta, cyan or white"
    return {
        f"{name}_fore": (OPTIONAL_TEXT, fore, f"Text colour of {what}: {colours}."),
        f"{name}_back": (OPTIONAL_TEXT, None, f"Background of {what}: {colours}."),
        f"{name}_styles": (
            OPTIONAL_WORD_LIST,
            styles,
            f"Styles of {what}: any of dim, normal, bright.",
        ),
    }


SECTIONS: dict[str, dict[str, Row]] = {
    "Paths": {
        "packages_path": (
            PATH_LIST,
            ["~/packages", "~/.rez/packages/int", "~/.rez/packages/ext"],
            "Repositories to search for packages; of equal versions the first path's wins.",
        ),
        "local_packages_path": (TEXT, "~/packages", "Where a build installs packages."),
        "release_packages_path": (
            TEXT,
            "~/.rez/packages/int",
            "Where a release installs packages; usually a shared place.",
        ),
        "tmpdir": (
            OPTIONAL_TEXT,
            None,
            "Directory of temporary files, best on a local disk; none: the system's.",
        ),
        "context_tmpdir": (
            OPTIONAL_TEXT,
            None,
            "Directory of the temporary files of environments, which other machines may have to "
            "reach; none: the system's.",
        ),
        "package_definition_build_python_paths": (
            PATH_LIST,
            [],
            "Added to sys.path while a definition is evaluated for a build: for early functions "
            "and preprocess.",
        ),
        "package_definition_python_path": (
            OPTIONAL_TEXT,
            None,
            "Directory of the modules that @include copies into a package.",
        ),
    },
    "Extensions": {
        "plugin_path": (PATH_LIST, [], "Where to look for plugins."),
        "bind_module_path": (
            PATH_LIST,
            [],
            "Where to look for modules that bind software of this machine as packages.",
        ),
    },
    "Caching in memcached": {
        "resolve_caching": (FLAG, True, "Whether resolves are kept in memcached."),
        "cache_package_files": (FLAG, True, "Whether package definitions are kept in memcached."),
        "cache_listdir": (FLAG, True, "Whether directory listings are kept in memcached."),
        "resource_caching_maxsize": (
            INTEGER,
            -1,
            "Number of families, packages and variants that a process keeps in memory; 0: none, "
            "-1: no limit.",
        ),
        "memcached_uri": (
            OPTIONAL_WORD_LIST,
            [],
            "The memcached servers, as 127.0.0.1:11211; none: memcached is not used.",
        ),
        "memcached_package_file_min_compress_len": (
            INTEGER,
            16384,
            _COMPRESSED.format("package definitions"),
        ),
        "memcached_context_file_min_compress_len": (INTEGER, 1, _COMPRESSED.format("contexts")),
        "memcached_listdir_min_compress_len": (
            INTEGER,
            16384,
            _COMPRESSED.format("directory listings"),
        ),
        "memcached_resolve_min_compress_len": (INTEGER, 1, _COMPRESSED.format("resolves")),
    },
    "Copying packages": {
        "default_relocatable": (
            FLAG,
            True,
            "Whether a package that does not say so itself may be copied to another repository.",
        ),
        "default_relocatable_per_package": (
            OPTIONAL_MAPPING,
            None,
            "The same by package name, before default_relocatable.",
        ),
        "default_relocatable_per_repository": (
            OPTIONAL_MAPPING,
            None,
            "The same by repository path, before both others.",
        ),
    },
    "Caching package payloads": {
        "default_cachable": (
            OPTIONAL_FLAG,
            False,
            "Whether a package that does not say so itself may be cached; none: if it may be "
            "copied.",
        ),
        "default_cachable_per_package": (
            OPTIONAL_MAPPING,
            None,
            "The same by package name, before default_cachable.",
        ),
        "default_cachable_per_repository": (
            OPTIONAL_MAPPING,
            None,
            "The same by repository path, before both others.",
        ),
        "cache_packages_path": (
            OPTIONAL_TEXT,
            None,
            "Directory of the package cache, on a local disk; none: no payload is cached.",
        ),
        "read_package_cache": (FLAG, True, "Whether environments use payloads from the cache."),
        "write_package_cache": (FLAG, True, "Whether environments add payloads to the cache."),
        "package_cache_max_variant_days": (
            INTEGER,
            30,
            "Days without use after which cleaning drops a cached payload; 0: never.",
        ),
        "package_cache_during_build": (FLAG, False, "Whether a build uses the package cache."),
        "package_cache_async": (
            FLAG,
            True,
            "Whether payloads are cached in the background; otherwise an environment waits.",
        ),
        "package_cache_local": (
            FLAG,
            False,
            "Whether local packages are cached too; meant for tests.",
        ),
        "package_cache_same_device": (
            FLAG,
            False,
            "Whether packages on the disk of the cache are cached too; meant for tests.",
        ),
        "package_cache_clean_limit": (
            NUMBER,
            0.5,
            "Seconds that each update of the cache may spend on cleaning; -1.0: it does not clean.",
        ),
        "package_cache_log_days": (INTEGER, 7, "Days for which logs of the cache are kept."),
        "package_cache_space_buffer": (
            INTEGER,
            104857600,
            "Bytes of the cache's disk that stay free.",
        ),
        "package_cache_used_threshold": (
            INTEGER,
            80,
            "Percentage of its disk in use from which the cache checks package_cache_space_buffer "
            "before it adds a payload.",
        ),
    },
    "Resolving": {
        "implicit_packages": (
            WORD_LIST,
            ["~platform=={system.platform}", "~arch=={system.arch}", "~os=={system.os}"],
            "Requests that are added to every request for an environment.",
        ),
        "platform_map": (
            OPTIONAL_MAPPING,
            {},
            "Other names of this machine's os and arch: for each a dict of regular expressions and "
            "replacements, the first one that matches counts.",
        ),
        "prune_failed_graph": (
            FLAG,
            True,
            "Whether the graph of a failed resolve shows only what led to the failure.",
        ),
        "variant_select_mode": (
            choice("version_priority", "intersection_priority"),
            "version_priority",
            "Which variants are preferred: those with higher versions of what is requested, or "
            "those with more of it.",
        ),
        "package_filter": (
            MAPPING_LIST,
            None,
            "Filters that hide packages from a resolve, each with rules under excludes and "
            "includes.",
        ),
        "package_orderers": (
            MAPPING_LIST,
            None,
            "Orderers, which say which versions are tried first; each has a type.",
        ),
        "allow_unversioned_packages": (
            FLAG,
            True,
            "Whether packages without a version are packages.",
        ),
        "error_on_missing_variant_requires": (
            FLAG,
            True,
            "Whether a variant that requires a missing family ends the resolve; otherwise the next "
            "variant is tried.",
        ),
    },
    "Environments": {
        "parent_variables": (
            WORD_LIST,
            [],
            "Variables that packages add to as they are in the calling environment; others begin "
            "empty.",
        ),
        "all_parent_variables": (FLAG, False, "Whether every variable is a parent variable."),
        "resetting_variables": (
            WORD_LIST,
            [],
            "Variables that several packages may set, where the last one wins; otherwise that is "
            "an error.",
        ),
        "all_resetting_variables": (FLAG, False, "Whether every variable is a resetting variable."),
        "default_shell": (
            OPTIONAL_TEXT,
            "",
            "Shell that environments start, such as bash; none or empty: the one in use.",
        ),
        "terminal_emulator_command": (
            OPTIONAL_TEXT,
            None,
            "Command that opens a terminal and runs what is added to it; none: one that is found.",
        ),
        "new_session_popen_args": (
            OPTIONAL_MAPPING,
            None,
            "Arguments of subprocess.Popen that start a shell in a process group of its own.",
        ),
        "env_var_separators": (
            MAPPING,
            {"CMAKE_MODULE_PATH": ";", "DOXYGEN_TAGFILES": " "},
            "What stands between the items of a variable, by its name; others have the system's "
            "path separator.",
        ),
        "pathed_env_vars": (
            WORD_LIST,
            ["*PATH"],
            "Patterns of the names of variables that hold paths, which some shells write "
            "differently.",
        ),
        "suite_visibility": (
            choice("never", "always", "parent", "parent_priority"),
            "always",
            "Which suites on PATH can be seen in a new environment: none, all, the suite of the "
            "tool that runs, or all with that one first.",
        ),
        "rez_tools_visibility": (
            choice("never", "append", "prepend"),
            "append",
            "Where rez's own tools are on the PATH of an environment.",
        ),
        "package_commands_sourced_first": (
            FLAG,
            True,
            "Whether packages' commands run before a shell's startup files such as .bashrc.",
        ),
        "standard_system_paths": (
            PATH_LIST,
            [],
            "What PATH begins with when packages add to it; empty: what a clean shell has.",
        ),
        "package_preprocess_function": (
            TEXT_OR_FUNCTION,
            None,
            "Function that looks over every definition before a build; a name is imported from "
            "package_definition_build_python_paths.",
        ),
        "package_preprocess_mode": (
            choice("before", "after", "override"),
            "override",
            "When a package's own preprocess runs: before that function, after it, or in its "
            "place.",
        ),
    },
    "Context tracking": {
        "context_tracking_host": (
            OPTIONAL_TEXT,
            "",
            "AMQP server, host or host:port, that hears of each context; stdout: print it; empty: "
            "nobody does.",
        ),
        "context_tracking_amqp": (
            OPTIONAL_MAPPING,
            {
                "userid": "",
                "password": "",
                "connect_timeout": 10,
                "exchange_name": "",
                "exchange_routing_key": "REZ.CONTEXT",
                "message_delivery_mode": 1,
            },
            "How to reach that server and what a message is marked with.",
        ),
        "context_tracking_context_fields": (
            WORD_LIST,
            [
                "status",
                "timestamp",
                "solve_time",
                "load_time",
                "from_cache",
                "package_requests",
                "implicit_packages",
                "resolved_packages",
            ],
            "Fields of the context that are sent.",
        ),
        "context_tracking_extra_fields": (
            OPTIONAL_MAPPING,
            {},
            "Fields of your own that are sent as well; one that is empty is left out.",
        ),
    },
    "Warnings and debugging": {
        "warn_shell_startup": (FLAG, False, "Warn of startup options that a shell does not have."),
        "warn_untimestamped": (FLAG, False, "Warn of packages without a release time."),
        "warn_all": (FLAG, False, "Every warning."),
        "warn_none": (FLAG, False, "No warnings; beats warn_all."),
        "debug_file_loads": (FLAG, False, "Tell of files that are read and written."),
        "debug_plugins": (FLAG, False, "Tell of plugins that are loaded."),
        "debug_package_release": (FLAG, False, "Tell of the commands of a release, and of pip's."),
        "debug_bind_modules": (FLAG, False, "Tell what bind modules do."),
        "debug_resources": (FLAG, False, "Tell of packages that are looked for, read and copied."),
        "debug_package_exclusions": (FLAG, False, "Tell which packages a filter hides, and why."),
        "debug_resolve_memcache": (FLAG, False, "Tell how a resolve uses memcached."),
        "debug_memcache": (
            FLAG,
            False,
            "Tell of every use of memcached, with keys that people can read.",
        ),
        "debug_context_tracking": (FLAG, False, "Tell of what is sent to the AMQP server."),
        "debug_shell_startup": (FLAG, False, "Tell how a shell is started."),
        "debug_all": (FLAG, False, "Every debugging message."),
        "debug_none": (FLAG, False, "No debugging messages; beats debug_all."),
        "catch_rex_errors": (
            FLAG,
            True,
            "Whether an error in packages' commands is told without rez's own stack.",
        ),
        "shell_error_truncate_cap": (
            INTEGER,
            750,
            "Characters that are shown of a failed shell command's output; 0: all.",
        ),
    },
    "Building and releasing": {
        "build_directory": (
            TEXT,
            "build",
            "Where a build works; relative to the package's sources.",
        ),
        "build_thread_count": (
            THREADS,
            "physical_cores",
            "Number of jobs that a build runs at once; in a build it is $REZ_BUILD_THREAD_COUNT.",
        ),
        "release_hooks": (WORD_LIST, [], "Release hooks that run, in this order."),
        "prompt_release_message": (
            FLAG,
            False,
            "Whether a release asks for its message in an editor.",
        ),
        "make_package_temporarily_writable": (
            FLAG,
            True,
            "Whether a read-only package is made writable while something is added to it.",
        ),
        "variant_shortlinks_dirname": (
            OPTIONAL_TEXT,
            "_v",
            "Directory in a package with short links to its hashed variants; none: no such links.",
        ),
        "use_variant_shortlinks": (
            FLAG,
            True,
            "Whether the root of a variant is its short link, if there is one.",
        ),
        "default_build_process": (TEXT, "local", "Build process that builds and releases use."),
    },
    "Suites": {
        "suite_alias_prefix_char": (
            TEXT,
            "+",
            "What options for rez begin with when given to a suite's tool; not a dash.",
        ),
    },
    "Appearance": {
        "quiet": (FLAG, False, "No warnings, debugging messages or progress; beats warn_, debug_."),
        "show_progress": (FLAG, True, "Whether progress bars are shown."),
        "editor": (
            OPTIONAL_TEXT,
            None,
            "Program to edit text; none: $EDITOR or one that is found.",
        ),
        "image_viewer": (OPTIONAL_TEXT, None, "Program to view images; none: one that is found."),
        "browser": (OPTIONAL_TEXT, None, "Program to read documentation; none: Python's choice."),
        "difftool": (OPTIONAL_TEXT, None, "Program to compare files; none: one that is found."),
        "dot_image_format": (TEXT, "png", "Format that graphs are drawn in."),
        "set_prompt": (FLAG, True, "Whether the prompt of an environment shows that it is one."),
        "prefix_prompt": (FLAG, True, "Whether that mark stands before the prompt, not after it."),
    },
    "Miscellaneous": {
        "max_package_changelog_chars": (
            INTEGER,
            65536,
            "Characters that are kept of a package's changelog; 0: all.",
        ),
        "max_package_changelog_revisions": (
            INTEGER,
            0,
            "Latest commits that are kept in a package's changelog; 0: all.",
        ),
        "create_executable_script_mode": (
            choice("single", "py", "platform_specific", "both"),
            "single",
            "Which scripts are written for a tool: the one asked for, one in Python, one in Python "
            "on Windows only, or both.",
        ),
        "pip_extra_args": (
            OPTIONAL_WORD_LIST,
            [],
            "Arguments that are added to the call of pip install.",
        ),
        "pip_install_remaps": (
            REMAPS,
            [
                {
                    "record_path": r"^{p}{s}{p}{s}(bin{s}.*)",
                    "pip_install": r"\1",
                    "rez_install": r"\1",
                },
                {
                    "record_path": r"^{p}{s}{p}{s}lib{s}python{s}(.*)",
                    "pip_install": r"\1",
                    "rez_install": r"python{s}\1",
                },
            ],
            "Where files go that pip's record has outside the package: a regular expression on the "
            "record, where pip put the file, where it belongs; {p} is .. and {s} is /.",
        ),
        "pip_cache_path": (
            TEXT,
            None,
            "Directory for unpacked wheels, so that none is unpacked twice; empty: none are kept.",
        ),
        "optionvars": (
            OPTIONAL_MAPPING,
            None,
            "Data of your own, which packages' commands read with optionvars().",
        ),
    },
    "Compatibility with rez 1": {
        "warn_old_commands": (FLAG, True, "Warn of commands of rez 1 (deprecated)."),
        "error_old_commands": (FLAG, False, "Refuse commands of rez 1 (deprecated)."),
        "debug_old_commands": (FLAG, False, "Tell what becomes of rez 1 commands (deprecated)."),
        "rez_1_environment_variables": (
            FLAG,
            False,
            "Whether environments have the variables of rez 1, as REZ_RESOLVE (deprecated).",
        ),
        "disable_rez_1_compatibility": (
            FLAG,
            True,
            "Whether rez 1 is refused and all settings of this section are beaten (deprecated).",
        ),
    },
    "Help": {
        "documentation_url": (
            TEXT,
            "https://rez.readthedocs.io",
            "Where the documentation of rez is.",
        ),
    },
    "Colours": {
        "color_enabled": (
            FORCED_FLAG,
            os.name == "posix",
            "Whether output has colours on a terminal; force: elsewhere too.",
        ),
        **_colours("critical", "critical messages", "red", ["bright"]),
        **_colours("error", "errors", "red"),
        **_colours("warning", "warnings", "yellow"),
        **_colours("info", "information", "green"),
        **_colours("debug", "debugging messages", "blue"),
        **_colours("heading", "headings", None, ["bright"]),
        **_colours("local", "local packages", "green"),
        **_colours("implicit", "implicit packages", "cyan"),
        **_colours("ephemeral", "ephemerals", "blue"),
        **_colours("alias", "tools of suites", "cyan"),
    },
    "Windows of rez-gui": {
        "use_pyside": (FLAG, False, "Use PySide; neither: what is found."),
        "use_pyqt": (FLAG, False, "Use PyQt."),
        "gui_threads": (FLAG, True, "Whether work is done beside the windows, in threads."),
    },
}

SETTINGS: dict[str, Row] = {}
for _rows in SECTIONS.values():
    SETTINGS.update(_rows)

# `plugins.package_repository.filesystem`. It is here because a resolve reads it, and of plugins
# nothing else.
FILESYSTEM: dict[str, Row] = {
    "file_lock_type": (
        choice("default", "link", "mkdir", "symlink"),
        "default",
        "How a lock is made; default: a hard link where there are such.",
    ),
    "file_lock_timeout": (INTEGER, 10, "Seconds to wait for a lock; 0: forever."),
    "file_lock_dir": (
        OPTIONAL_TEXT,
        None,
        "Directory for locks in the repository, such as .lock; none: the repository itself.",
    ),
    "check_package_definition_files": (
        ANYTHING,
        False,
        "Whether a version directory counts only if it holds a definition; costs time.",
    ),
    "package_filenames": (
        WORD_LIST,
        ["package"],
        "Names, without extension, that a definition may have; installed as the first.",
    ),
}

# What the machine answers when no source does.
FOUND = (
    "tmpdir",
    "context_tmpdir",
    "editor",
    "image_viewer",
    "difftool",
    "terminal_emulator_command",
    "new_session_popen_args",
    "pip_cache_path",
)
OWN = ("pip_cache_path",)
