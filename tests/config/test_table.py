"""The tables of settings: rows are complete, and the types that checkers see are the table's."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rezfast.config import Settings, declared, kinds
from rezfast.config.machine import found
from rezfast.config.plugin_table import PLUGINS
from rezfast.config.table import FOUND, SECTIONS, SETTINGS

_TYPES = {
    kinds.PATH_LIST: "tuple[str, ...]",
    kinds.WORD_LIST: "tuple[str, ...]",
    kinds.OPTIONAL_WORD_LIST: "tuple[str, ...]",
    kinds.TEXT: "str",
    kinds.OPTIONAL_TEXT: "str | None",
    kinds.TEXT_OR_FUNCTION: "str | Callable[..., Any] | None",
    kinds.INTEGER: "int",
    kinds.THREADS: "int",
    kinds.NUMBER: "float",
    kinds.FLAG: "bool",
    kinds.OPTIONAL_FLAG: "bool | None",
    kinds.FORCED_FLAG: "bool | Literal['force']",
    kinds.MAPPING: "dict[str, Any]",
    kinds.OPTIONAL_MAPPING: "dict[str, Any]",
    kinds.MAPPING_LIST: "tuple[dict[str, Any], ...]",
    kinds.REMAPS: "tuple[dict[str, str], ...]",
}


def rows(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """The rows of a nested table, with their fields."""
    for name, row in table.items():
        if isinstance(row, dict):
            yield from rows(row, f"{path}{name}.")
        else:
            yield f"{path}{name}", row


ROWS = [*rows(SETTINGS), *rows(PLUGINS, "plugins.")]


def test_every_setting_is_in_one_section() -> None:
    names = [name for section in SECTIONS.values() for name in section]
    assert sorted(names) == sorted(SETTINGS)


@pytest.mark.parametrize("field, row", ROWS, ids=[field for field, _ in ROWS])
def test_a_row_has_a_kind_a_default_of_that_kind_and_one_line(field: str, row: Any) -> None:
    kind, default, doc = row
    if field in FOUND:
        assert default is None
        default = found(field, {})
    assert isinstance(kind, kinds.Kind)
    kind.check(default)
    assert doc[0].isupper() and doc.endswith(".") and "\n" not in doc and len(doc) < 160


def test_the_declared_types_are_those_of_the_table() -> None:
    tree = ast.parse(inspect.getsource(declared.Declared))
    types = {
        node.target.id: ast.unparse(node.annotation)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    expected = {name: _TYPES.get(kind, "str") for name, (kind, _, _) in SETTINGS.items()}
    assert {name: types.get(name) for name in expected} == expected
    derived = types.keys() - expected.keys()
    assert all(hasattr(Settings.locked(), name) for name in derived)


def test_values_are_copies_of_the_defaults() -> None:
    settings = Settings.locked()
    settings.platform_map["os"] = {}
    settings.env_var_separators["X"] = ":"
    settings.context_tracking_amqp["host"] = "there"
    again = Settings.locked()
    assert again.platform_map == {}
    assert "X" not in again.env_var_separators
    assert "host" not in again.context_tracking_amqp
