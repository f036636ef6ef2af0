from collections.abc import Callable, Mapping
from typing import Any, Literal

class Function:
    name: str
    line: int
    decorators: tuple[tuple[str, tuple[str, ...]], ...]
    text: str
    kind: Literal["helper", "early", "kept"]

class Definition:
    functions: list[Function]
    def __init__(
        self,
        text: str,
        make_scopes: Callable[[], Any],
        scope_kind: type,
        taken: frozenset[str],
        kept: frozenset[str],
    ) -> None: ...
    def attributes(self) -> dict[str, Any]: ...
    def early(
        self, function: Function, objects: Mapping[str, Any], data: Mapping[str, Any]
    ) -> Any: ...

def is_sound(text: str) -> bool: ...
