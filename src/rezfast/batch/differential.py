"""Evaluates what the scanner accepted, and reports where the two part.

Two evaluators: rezfast's own, and rez's where it can be imported. Both run the definitions.
"""

from __future__ import annotations

from time import perf_counter

from rezfast.batch.fields import FIELDS, NAMING
from rezfast.batch.figures import Example
from rezfast.batch.inspection import look_at_python, message_of
from rezfast.errors import PackageMetadataError
from rezfast.package.containment import contained
from rezfast.package.definition import from_data, load_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from rezfast._scan import Scanned

    Evaluator = Callable[[str, Sequence[str]], dict[str, Any]]
    Progress = Callable[[str, int, int, int], None]

EVALUATING = "evaluating"

EVALUATION = "evaluation"
ACCEPTED = "accepted"

_OFTEN = 16


class Difference:
    """A field of one definition on which scanning and evaluating do not agree.

    Attributes:
        path: The definition.
        field: The attribute; "evaluation" when the definition cannot be evaluated at all.
        scanned: What the scanner gave; "accepted" for an evaluation.
        evaluated: What the evaluator gave, or its error's message.
        evaluator: "rezfast", or "rez" and its version.
    """

    __slots__ = ("evaluated", "evaluator", "field", "path", "scanned")

    def __init__(
        self, path: str, field: str, scanned: object, evaluated: object, evaluator: str
    ) -> None:
        self.path = path
        self.field = field
        self.scanned = scanned
        self.evaluated = evaluated
        self.evaluator = evaluator

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "path": self.path,
            "field": self.field,
            "scanned": self.scanned,
            "evaluated": self.evaluated,
            "evaluator": self.evaluator,
        }


class Differential:
    """What evaluating the accepted definitions found.

    Attributes:
        evaluators: Who evaluated: "rezfast", and "rez 3.4.0" where rez can be imported.
        compared: How many definitions were compared, with every evaluator.
        differences: Each field that differs.
        broken_bodies: Definitions with a function that Python cannot compile. The scanner skips
            the bodies of functions: a solve does not need them. No difference, but worth knowing.
        seconds: Wall time.
    """

    def __init__(self) -> None:
        self._evaluate: dict[str, Evaluator] = {"rezfast": _by_rezfast}
        rez = _rez_evaluator()
        if rez is not None:
            self._evaluate[rez[0]] = rez[1]
        self.evaluators = list(self._evaluate)
        self.compared = 0
        self.differences: list[Difference] = []
        self.broken_bodies: list[Example] = []
        self.seconds = 0.0

    def compare(
        self, accepted: Sequence[tuple[str, Scanned]], progress: Progress | None = None
    ) -> None:
        """Evaluate definitions that were accepted, and note the differences."""
        began = perf_counter()
        try:
            for done, (path, scanned) in enumerate(accepted, 1):
                self._compare_one(path, scanned)
                self.compared += 1
                if progress is not None and (done % _OFTEN == 0 or done == len(accepted)):
                    progress(EVALUATING, done, done, len(accepted))
        finally:
            self.seconds = perf_counter() - began

    def _compare_one(self, path: str, scanned: Scanned) -> None:
        fields = [*FIELDS, *(name for name in NAMING if getattr(scanned, name) is not None)]
        expected = {field: getattr(scanned, field) for field in fields}
        for evaluator, evaluate in self._evaluate.items():
            try:
                found = evaluate(path, fields)
            except PackageMetadataError as error:
                broken = _broken(path)
                if broken is not None:
                    self.broken_bodies.append(broken)
                    return
                message = f"line {error.line}: " if error.line is not None else ""
                message += message_of(error)
                self._add(path, EVALUATION, ACCEPTED, message, evaluator)
                continue
            for field, value in expected.items():
                if not _equal(value, found[field]):
                    self._add(path, field, value, found[field], evaluator)

    def _add(self, *of: Any) -> None:
        self.differences.append(Difference(*of))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "evaluators": self.evaluators,
            "compared": self.compared,
            "seconds": self.seconds,
            "differences": [difference.to_dict() for difference in self.differences],
            "broken_bodies": [
                {"path": x.path, "line": x.line, "note": x.note} for x in self.broken_bodies
            ],
        }


def _broken(path: str) -> Example | None:
    try:
        return look_at_python(path)
    except OSError:
        return None  # then that is what the evaluator says


def _equal(scanned: Any, evaluated: Any) -> bool:
    """Equal values of one type: True is not 1, and a tuple is no list."""
    if type(scanned) is not type(evaluated):
        return False
    if isinstance(scanned, list):
        return len(scanned) == len(evaluated) and all(map(_equal, scanned, evaluated))
    return bool(scanned == evaluated)


# ---- evaluators ------------------------------------------------------------------------


def _by_rezfast(path: str, fields: Iterable[str]) -> dict[str, Any]:
    record = from_data(load_data(path), path)
    late = frozenset() if record.late is None else record.late.attributes
    return {field: "(bound late)" if field in late else getattr(record, field) for field in fields}


def _rez_evaluator() -> tuple[str, Evaluator] | None:
    """rez's name with its version, and what evaluates with it; None when it cannot be imported."""
    try:
        # rez itself, where a studio has it in this Python: it is no dependency of rezfast
        import rez
        from rez.package_resources import package_pod_schema
        from rez.serialise import FileFormat, load_from_file
        from rez.vendor.schema.schema import Schema, SchemaError
    except Exception:  # a rez that breaks when it is imported is of no use either
        return None

    schemas: dict[str, Any] = {}
    for key, schema in package_pod_schema._schema.items():
        while isinstance(key, Schema):
            key = key._schema
        schemas[key] = schema if isinstance(schema, Schema) else Schema(schema)

    def checked(field: str, value: Any) -> Any:
        try:
            schemas[field].validate(value)
        except SchemaError as error:
            return f"(rejected: {' '.join(str(error).split())})"
        return _plain(value)

    def evaluate(path: str, fields: Iterable[str]) -> dict[str, Any]:
        data = contained(path, lambda: load_from_file(path, FileFormat.py, disable_memcache=True))
        return {field: checked(field, data[field]) if field in data else None for field in fields}

    return f"rez {rez.__version__}", evaluate


def _plain(value: Any) -> Any:
    """A value of rez's as text and lists of it; whatever has none of ours as it shows itself."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is None or type(value) in (str, int, bool):
        return value
    return repr(value)
