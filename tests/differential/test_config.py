"""Settings compared with rez: the same files and variables give the same values."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rez.config import Config, get_module_root_config
from rez.exceptions import ConfigurationError as RezConfigurationError
from rez.system import system as rez_system

from rezfast.config import Settings
from rezfast.config.system import System
from rezfast.errors import ConfigurationError

NAMES = (
    "packages_path",
    "implicit_packages",
    "package_filter",
    "package_orderers",
    "variant_select_mode",
    "allow_unversioned_packages",
    "error_on_missing_variant_requires",
    "prune_failed_graph",
    "package_definition_build_python_paths",
)

texts = st.sampled_from(
    [
        "/a",
        "~/b",
        "~",
        "~weak-1",
        "$SITE/x",
        "${SITE}y",
        "$NONE",
        "{system.arch}",
        "{other.x}",
        "",
        "a~",
    ]
)
lists = st.lists(texts, max_size=3)
dicts = st.dictionaries(st.sampled_from(["excludes", "includes", "type"]), texts, max_size=2)
values: dict[str, st.SearchStrategy[Any]] = {
    "packages_path": lists,
    "implicit_packages": lists,
    "package_filter": st.one_of(st.none(), dicts, st.lists(dicts, max_size=2)),
    "package_orderers": st.one_of(st.none(), dicts, st.lists(dicts, max_size=2)),
    "variant_select_mode": st.sampled_from(["version_priority", "intersection_priority", "best"]),
    "allow_unversioned_packages": st.one_of(st.booleans(), st.just("yes")),
    "error_on_missing_variant_requires": st.booleans(),
    "prune_failed_graph": st.booleans(),
    "package_definition_build_python_paths": lists,
}
files = st.fixed_dictionaries({}, optional=values)
modified = st.tuples(lists, lists).map(
    lambda ends: f"ModifyList(append={ends[0]}, prepend={ends[1]})"
)
variable_texts = st.sampled_from(
    ["", "a,b", "/a:~/b:$SITE", "Yes", "off", "version_priority", "1", "x y"]
)
variables = st.dictionaries(
    st.sampled_from(
        [f"REZ_{name.upper()}" for name in NAMES if "filter" not in name and "order" not in name]
    ),
    variable_texts,
    max_size=2,
)
json_variables = st.fixed_dictionaries(
    {},
    optional={f"REZ_{name.upper()}_JSON": value.map(json.dumps) for name, value in values.items()},
)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update({"HOME": "/home/td", "PATH": saved["PATH"], "SITE": "london", **variables})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def plain(value: Any) -> Any:
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def rez_values(paths: list[str]) -> dict[str, Any] | None:
    config = Config([get_module_root_config(), *paths])
    try:
        return {name: plain(getattr(config, name)) for name in NAMES}
    except RezConfigurationError:
        return None


def our_values(paths: list[str]) -> dict[str, Any] | None:
    try:
        settings = Settings.from_sources(files=paths)
        return {name: plain(getattr(settings, name)) for name in NAMES}
    except ConfigurationError:
        return None


@hypothesis_settings(max_examples=150, deadline=None)
@given(files, st.one_of(st.none(), modified), files, variables, json_variables)
def test_the_same_files_and_variables_give_the_same_settings(
    first: dict[str, Any],
    addition: str | None,
    second: dict[str, Any],
    variables: dict[str, str],
    json_variables: dict[str, str],
) -> None:
    with tempfile.TemporaryDirectory() as directory, environment({**variables, **json_variables}):
        paths = [f"{directory}/first.yaml", f"{directory}/second.py"]
        Path(paths[0]).write_text(json.dumps(first))
        lines = [f"{name} = {value!r}" for name, value in second.items()]
        if addition is not None:
            lines.append(f"packages_path = {addition}")
        Path(paths[1]).write_text("\n".join(lines))
        assert our_values(paths) == rez_values(paths)


def test_the_machine_has_the_same_name() -> None:
    ours = System({})
    for name in ("platform", "arch", "os", "variant", "user", "home", "hostname", "fqdn", "domain"):
        assert getattr(ours, name) == getattr(rez_system, name)


@given(st.text(alphabet="a1_.- é~", min_size=1, max_size=8))
def test_names_are_rewritten_as_versions_in_the_same_way(text: str) -> None:
    from rezfast.config.system import _version_text

    assert _version_text(text) == rez_system._make_safe_version_string(text)
