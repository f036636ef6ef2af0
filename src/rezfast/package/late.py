"""Requirements that a package makes up when a resolve looks at it.

rez: `PackageBaseResourceWrapper._eval_late_binding`.
"""

from __future__ import annotations

import os

from rezfast.errors import PackageMetadataError
from rezfast.package.containment import contained
from rezfast.package.functions import SourceCode
from rezfast.package.included import INCLUDE_DIRECTORY
from rezfast.package.requests import request_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def run_late(function: SourceCode, this: object, context: object | None, modules: str) -> Any:
    """What a late bound function gives.

    Args:
        function: The function.
        this: The package or variant that it belongs to.
        context: See `LateBindings.evaluate`.
        modules: Directory of the modules that it includes.

    Raises:
        PackageMetadataError: The function failed.
    """
    names: dict[str, Any] = {"in_context": lambda: context is not None}
    if context is not None:
        names["context"] = context
        bindings = getattr(context, "_get_pre_resolve_bindings", None)
        names.update(bindings() if bindings is not None else {})
    names["this"] = this
    return contained(function.path, lambda: function.run(names, "", modules))


class LateBindings:
    """Attributes of one package that have no value before somebody asks.

    Attributes:
        attributes: Their names. Besides late bound functions they include an attribute whose value
            rez would reject, but only once it is asked for: `evaluate` raises then.
    """

    def __init__(
        self,
        path: str,
        functions: Mapping[str, SourceCode],
        broken: Mapping[str, PackageMetadataError],
    ) -> None:
        self.attributes = frozenset(functions) | frozenset(broken)
        self._path = path
        self._functions = functions
        self._broken = broken

    def evaluate(self, attribute: str, package: object, context: object | None) -> list[str]:
        """The requests that an attribute holds in a context. Nothing is kept between calls.

        Args:
            attribute: One of `attributes`.
            package: What the function finds as `this`.
            context: What it finds as `context`, or None when there is none: `in_context()` says
                which. The names that a context gives (`request`, `building` and so on) come from
                the mapping that its `_get_pre_resolve_bindings()` returns, as in rez.

        Raises:
            PackageMetadataError: The function failed, or gave no list of requests.
        """
        broken = self._broken.get(attribute)
        if broken is not None:
            raise broken.with_traceback(None)
        function = self._functions[attribute]
        base = getattr(package, "base", None) or os.path.dirname(self._path)
        value = run_late(function, package, context, os.path.join(base, INCLUDE_DIRECTORY))
        try:
            return request_list(value)
        except ValueError as error:
            raise PackageMetadataError(
                f"{attribute}() gave a wrong value: {error}", self._path, function.line
            ) from None

    def __repr__(self) -> str:
        return f"LateBindings({', '.join(sorted(self.attributes))})"
