"""The types of the settings, for type checkers: `Settings` has these attributes.

Read by nobody else. `table` is where a setting comes from; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from rezfast.config.plugins import Plugins
from rezfast.config.system import System


class Declared:
    """What `Settings` can be asked for; the documentation is in `table`."""

    plugins: Plugins
    system: System
    nonlocal_packages_path: tuple[str, ...]
    package_filenames: tuple[str, ...]
    check_package_definition_files: bool
    file_lock_dir: str | None

    packages_path: tuple[str, ...]
    local_packages_path: str
    release_packages_path: str
    tmpdir: str | None
    context_tmpdir: str | None
    package_definition_build_python_paths: tuple[str, ...]
    package_definition_python_path: str | None

    plugin_path: tuple[str, ...]
    bind_module_path: tuple[str, ...]

    resolve_caching: bool
    cache_package_files: bool
    cache_listdir: bool
    resource_caching_maxsize: int
    memcached_uri: tuple[str, ...]
    memcached_package_file_min_compress_len: int
    memcached_context_file_min_compress_len: int
    memcached_listdir_min_compress_len: int
    memcached_resolve_min_compress_len: int

    default_relocatable: bool
    default_relocatable_per_package: dict[str, Any]
    default_relocatable_per_repository: dict[str, Any]

    default_cachable: bool | None
    default_cachable_per_package: dict[str, Any]
    default_cachable_per_repository: dict[str, Any]
    cache_packages_path: str | None
    read_package_cache: bool
    write_package_cache: bool
    package_cache_max_variant_days: int
    package_cache_during_build: bool
    package_cache_async: bool
    package_cache_local: bool
    package_cache_same_device: bool
    package_cache_clean_limit: float
    package_cache_log_days: int
    package_cache_space_buffer: int
    package_cache_used_threshold: int

    implicit_packages: tuple[str, ...]
    platform_map: dict[str, Any]
    prune_failed_graph: bool
    variant_select_mode: str
    package_filter: tuple[dict[str, Any], ...]
    package_orderers: tuple[dict[str, Any], ...]
    allow_unversioned_packages: bool
    error_on_missing_variant_requires: bool

    parent_variables: tuple[str, ...]
    all_parent_variables: bool
    resetting_variables: tuple[str, ...]
    all_resetting_variables: bool
    default_shell: str | None
    terminal_emulator_command: str | None
    new_session_popen_args: dict[str, Any]
    env_var_separators: dict[str, Any]
    pathed_env_vars: tuple[str, ...]
    suite_visibility: str
    rez_tools_visibility: str
    package_commands_sourced_first: bool
    standard_system_paths: tuple[str, ...]
    package_preprocess_function: str | Callable[..., Any] | None
    package_preprocess_mode: str

    context_tracking_host: str | None
    context_tracking_amqp: dict[str, Any]
    context_tracking_context_fields: tuple[str, ...]
    context_tracking_extra_fields: dict[str, Any]

    warn_shell_startup: bool
    warn_untimestamped: bool
    warn_all: bool
    warn_none: bool
    debug_file_loads: bool
    debug_plugins: bool
    debug_package_release: bool
    debug_bind_modules: bool
    debug_resources: bool
    debug_package_exclusions: bool
    debug_resolve_memcache: bool
    debug_memcache: bool
    debug_context_tracking: bool
    debug_shell_startup: bool
    debug_all: bool
    debug_none: bool
    catch_rex_errors: bool
    shell_error_truncate_cap: int

    build_directory: str
    build_thread_count: int
    release_hooks: tuple[str, ...]
    prompt_release_message: bool
    make_package_temporarily_writable: bool
    variant_shortlinks_dirname: str | None
    use_variant_shortlinks: bool
    default_build_process: str

    suite_alias_prefix_char: str

    quiet: bool
    show_progress: bool
    editor: str | None
    image_viewer: str | None
    browser: str | None
    difftool: str | None
    dot_image_format: str
    set_prompt: bool
    prefix_prompt: bool

    max_package_changelog_chars: int
    max_package_changelog_revisions: int
    create_executable_script_mode: str
    pip_extra_args: tuple[str, ...]
    pip_install_remaps: tuple[dict[str, str], ...]
    pip_cache_path: str
    optionvars: dict[str, Any]

    warn_old_commands: bool
    error_old_commands: bool
    debug_old_commands: bool
    rez_1_environment_variables: bool
    disable_rez_1_compatibility: bool

    documentation_url: str

    color_enabled: bool | Literal["force"]
    critical_fore: str | None
    critical_back: str | None
    critical_styles: tuple[str, ...]
    error_fore: str | None
    error_back: str | None
    error_styles: tuple[str, ...]
    warning_fore: str | None
    warning_back: str | None
    warning_styles: tuple[str, ...]
    info_fore: str | None
    info_back: str | None
    info_styles: tuple[str, ...]
    debug_fore: str | None
    debug_back: str | None
    debug_styles: tuple[str, ...]
    heading_fore: str | None
    heading_back: str | None
    heading_styles: tuple[str, ...]
    local_fore: str | None
    local_back: str | None
    local_styles: tuple[str, ...]
    implicit_fore: str | None
    implicit_back: str | None
    implicit_styles: tuple[str, ...]
    ephemeral_fore: str | None
    ephemeral_back: str | None
    ephemeral_styles: tuple[str, ...]
    alias_fore: str | None
    alias_back: str | None
    alias_styles: tuple[str, ...]

    use_pyside: bool
    use_pyqt: bool
    gui_threads: bool
