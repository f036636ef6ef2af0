"""Package filters: rules that hide some packages from a resolve (rez: `rez.package_filter`).

A `PackageFilter` hides a package when one of its exclusion rules matches and none of its
inclusion rules does. A `PackageFilterList` hides what any of its filters hides. Filters are written
in configuration as plain data ("POD"):

    {"excludes": ["glob(*.beta)", "after(1429830188)"], "includes": ["foo-5+"]}

Rules are kept by the family that they are about, so that a package is tested only against its own
family's rules and the general ones, the cheap ones first.
"""

from __future__ import annotations

import fnmatch
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Protocol, Self

from rezfast.errors import ConfigurationError
from rezfast.version import Requirement, Version

__all__ = [
    "FilterablePackage",
    "GlobRule",
    "PackageFilter",
    "PackageFilterBase",
    "PackageFilterList",
    "RangeRule",
    "RegexRule",
    "Rule",
    "TimestampRule",
    "needs_timestamp",
    "no_filter",
    "parse_rule",
    "with_timestamp",
]


class FilterablePackage(Protocol):
    """What a rule may look at. Only a timestamp needs the package's definition to be read."""

    @property
    def name(self) -> str:
        """Family name."""

    @property
    def version(self) -> Version:
        """Version; the empty version when the package has none."""

    @property
    def qualified_name(self) -> str:
        """`name-version`, or the name alone when the package has no version."""

    @property
    def timestamp(self) -> int | None:
        """Release time in seconds since the epoch; None or 0 when it is not known."""


class Rule(ABC):
    """One test of a package (rez: `Rule`). Subclasses set `name` and `_family`."""

    #: Name of the rule type, as it is written in front of the parenthesis.
    name: ClassVar[str | None] = None

    #: False for a rule that never looks at `timestamp`: applying it loads no package.
    reads_timestamp: ClassVar[bool] = True

    _family: str | None = None

    @abstractmethod
    def match(self, package: FilterablePackage) -> bool:
        """Whether the rule is about this package."""

    def family(self) -> str | None:
        """The family that the rule is about; None when it is about every family."""
        return self._family

    @abstractmethod
    def cost(self) -> int:
        """Relative cost of `match`: cheaper rules are tried first."""

    @classmethod
    @abstractmethod
    def _parse(cls, label: str, text: str) -> Rule:
        """Build the rule from what is written as `label(text)`."""

    @classmethod
    def parse_rule(cls, txt: str) -> Rule:
        """Build a rule from its text.

        Args:
            txt: `glob(PATTERN)`, `regex(PATTERN)`, `range(REQUIREMENT)`, `before(TIME)`,
                `after(TIME)`, `before(FAMILY:TIME)` or `after(FAMILY:TIME)`, TIME in seconds since
                the epoch. Without a label, text with a `*` is a glob and other text a requirement.

        Raises:
            ConfigurationError: The text is not a rule.
        """
        return parse_rule(txt)

    def __repr__(self) -> str:
        return str(self)


class _PatternRule(Rule):
    """Matches a package whose whole qualified name fits a pattern."""

    reads_timestamp = False

    def __init__(self, s: str, regex: str) -> None:
        self.txt = s
        self.regex = re.compile(regex)
        self._family = _family_of_pattern(s)

    def match(self, package: FilterablePackage) -> bool:
        return self.regex.match(package.qualified_name) is not None

    def cost(self) -> int:
        return 10

    def __str__(self) -> str:
        return f"{self.name}({self.txt})"


class RegexRule(_PatternRule):
    """Matches by regular expression, from the start of the qualified name (rez: `RegexRule`).

    Args:
        s: Pattern, such as `.*\\.beta$`.

    Raises:
        re.error: Not a regular expression.
    """

    name = "regex"

    def __init__(self, s: str) -> None:
        super().__init__(s, s)

    @classmethod
    def _parse(cls, label: str, text: str) -> RegexRule:
        return cls(text)


class GlobRule(_PatternRule):
    """Matches the qualified name by a shell pattern (rez: `GlobRule`).

    Args:
        s: Pattern, such as `foo-*` or `*.beta`.
    """

    name = "glob"

    def __init__(self, s: str) -> None:
        super().__init__(s, fnmatch.translate(s))

    @classmethod
    def _parse(cls, label: str, text: str) -> GlobRule:
        return cls(text)


class RangeRule(Rule):
    """Matches a package that a requirement allows (rez: `RangeRule`).

    `foo<10` matches foo-1.2; `!foo-2` matches every foo but foo-2.
    """

    name = "range"
    reads_timestamp = False

    def __init__(self, requirement: Requirement) -> None:
        self._requirement = requirement
        self._family = requirement.name

    def match(self, package: FilterablePackage) -> bool:
        requirement = self._requirement
        if requirement.name != package.name or requirement.range is None:
            return True
        return (package.version in requirement.range) != requirement.conflict

    def cost(self) -> int:
        return 10

    @classmethod
    def _parse(cls, label: str, text: str) -> RangeRule:
        return cls(Requirement(text))

    def __str__(self) -> str:
        return f"range({self._requirement})"


class TimestampRule(Rule):
    """Matches a package by its release time (rez: `TimestampRule`).

    Args:
        timestamp: Seconds since the epoch. Packages released then or earlier match.
        family: The family that the rule is about; None for all.
        reverse: Match packages released later than `timestamp` instead.
        match_untimestamped: Whether a package without a release time matches.
    """

    name = "timestamp"

    def __init__(
        self,
        timestamp: float,
        family: str | None = None,
        reverse: bool = False,
        match_untimestamped: bool = False,
    ) -> None:
        self.timestamp = timestamp
        self.reverse = reverse
        self.match_untimestamped = match_untimestamped
        self._family = family

    def match(self, package: FilterablePackage) -> bool:
        released = package.timestamp
        if not released:
            return self.match_untimestamped
        return (released > self.timestamp) == self.reverse

    def cost(self) -> int:
        # A hundred pattern rules are cheaper than reading one package's definition.
        return 1000

    @classmethod
    def after(cls, timestamp: float, family: str | None = None) -> Self:
        """A rule that matches packages released later than `timestamp`."""
        return cls(timestamp, family=family, reverse=True)

    @classmethod
    def before(cls, timestamp: float, family: str | None = None) -> Self:
        """A rule that matches packages released at `timestamp` or earlier."""
        return cls(timestamp, family=family)

    @classmethod
    def _parse(cls, label: str, text: str) -> TimestampRule:
        family, colon, time = text.partition(":")
        return cls(
            int(time if colon else text),
            family=family if colon else None,
            reverse=label == "after",
        )

    def __str__(self) -> str:
        label = "after" if self.reverse else "before"
        family = f"{self._family}:" if self._family else ""
        return f"{label}({family}{self.timestamp})"


_RULE_TYPES: dict[str, type[Rule]] = {
    "glob": GlobRule,
    "regex": RegexRule,
    "range": RangeRule,
    "before": TimestampRule,
    "after": TimestampRule,
}

# Greedy on purpose: `foo-1-*` is filed under "foo-1" and so hides nothing, as it does in rez.
_PATTERN_FAMILY = re.compile("([^*?]+)[-@#]")


def _family_of_pattern(pattern: str) -> str | None:
    """The family that a glob or regex is filed under: what stands before its last separator."""
    found = _PATTERN_FAMILY.match(pattern)
    return found[1] if found else None


def _split_label(text: str) -> tuple[str | None, str]:
    """Part `label(text)` into its halves; text of another form has no label."""
    label, _, rest = text.removesuffix("\n").partition("(")
    inner = rest[:-1]
    if label and inner and rest.endswith(")") and "(" not in inner and ")" not in inner:
        return label, inner
    return None, text


def parse_rule(text: str) -> Rule:
    """Build a rule from its text; see `Rule.parse_rule`.

    Raises:
        ConfigurationError: The text is not a rule.
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"a package filter rule must be text, not {text!r}")
    label, body = _split_label(text)
    if label is None:
        label = "glob" if "*" in text else "range"
        if not text or "(" in text or ")" in text:
            # Read as rez reads it: a name or pattern that no package has.
            body = f"{label}({text})"
    rule_type = _RULE_TYPES.get(label)
    if rule_type is None:
        known = ", ".join(_RULE_TYPES)
        raise ConfigurationError(
            f"package filter rule {text!r}: {label!r} is not a rule type; use one of {known}"
        )
    try:
        return rule_type._parse(label, body)
    except (ValueError, OverflowError, RecursionError, re.error) as error:
        raise ConfigurationError(f"package filter rule {text!r}: {error}") from error


class PackageFilterBase(ABC):
    """What a filter can do (rez: `PackageFilterBase`)."""

    @abstractmethod
    def excludes(self, package: FilterablePackage) -> Rule | None:
        """The rule that hides `package`, or None when the package stays visible."""

    @abstractmethod
    def add_exclusion(self, rule: Rule) -> None:
        """Hide what `rule` matches."""

    @abstractmethod
    def add_inclusion(self, rule: Rule) -> None:
        """Keep visible what `rule` matches, whatever excludes it."""

    @abstractmethod
    def copy(self) -> Self:
        """A filter of the same rules; rules added to one are not seen by the other."""

    @abstractmethod
    def to_pod(self) -> Any:
        """The filter as plain data, as it is stored in an .rxt file."""

    @abstractmethod
    def __bool__(self) -> bool:
        """False when the filter can hide nothing."""

    @property
    def sha1(self) -> str:
        """Hash of the filter's text in hexadecimal: equal filters have equal hashes."""
        # hashlib loads OpenSSL, and only cache keys need a hash.
        from hashlib import sha1

        return sha1(str(self).encode("utf-8")).hexdigest()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


_RulesByFamily = dict[str | None, list[Rule]]


class PackageFilter(PackageFilterBase):
    """Rules that exclude packages, and rules that make exceptions (rez: `PackageFilter`)."""

    def __init__(self) -> None:
        self._excludes: _RulesByFamily = {}
        self._includes: _RulesByFamily = {}

    def excludes(self, package: FilterablePackage) -> Rule | None:
        """The exclusion rule that hides `package`; None: none does, or an inclusion saves it."""
        if not self._excludes:
            return None
        rule = _first_match(self._excludes, package)
        if rule is not None and _first_match(self._includes, package) is not None:
            return None
        return rule

    def add_exclusion(self, rule: Rule) -> None:
        _add_rule(self._excludes, rule)

    def add_inclusion(self, rule: Rule) -> None:
        _add_rule(self._includes, rule)

    def copy(self) -> Self:
        other = type(self).__new__(type(self))
        other._excludes = self._excludes.copy()
        other._includes = self._includes.copy()
        return other

    def __and__(self, other: PackageFilter) -> PackageFilter:
        """One filter of both filters' rules. (rez fails here unless `other` is empty.)"""
        result = self.copy()
        for rules in other._excludes.values():
            for rule in rules:
                result.add_exclusion(rule)
        for rules in other._includes.values():
            for rule in rules:
                result.add_inclusion(rule)
        return result

    def __bool__(self) -> bool:
        return bool(self._excludes)

    @property
    def cost(self) -> float:
        """Approximate cost of the exclusion rules; a rule of one family costs a tenth."""
        total = 0.0
        for family, rules in self._excludes.items():
            cost = float(sum(rule.cost() for rule in rules))
            total += cost / 10.0 if family else cost
        return total

    @classmethod
    def from_pod(cls, data: Mapping[str, Any]) -> Self:
        """Build a filter from plain data.

        Args:
            data: `excludes` and `includes`, each a rule's text or a list of them; both optional.

        Raises:
            ConfigurationError: `data` is not of this form, or a rule cannot be parsed.
        """
        if not isinstance(data, Mapping):
            raise ConfigurationError(
                f"a package filter must be a dict with 'excludes' and 'includes', not {data!r}"
            )
        result = cls()
        for rule in _rules_in_pod(data, "excludes"):
            result.add_exclusion(rule)
        for rule in _rules_in_pod(data, "includes"):
            result.add_inclusion(rule)
        return result

    def to_pod(self) -> dict[str, list[str]]:
        data: dict[str, list[str]] = {}
        for namespace, by_family in (("excludes", self._excludes), ("includes", self._includes)):
            if by_family:
                data[namespace] = [str(rule) for rules in by_family.values() for rule in rules]
        return data

    def __str__(self) -> str:
        # `sha1` hashes this text: it is rez's, character for character.
        return str((_sorted_rules(self._excludes), _sorted_rules(self._includes)))


class PackageFilterList(PackageFilterBase):
    """Several filters: a package is hidden when any of them hides it (rez: `PackageFilterList`)."""

    def __init__(self) -> None:
        self.filters: list[PackageFilter] = []

    def add_filter(self, package_filter: PackageFilter) -> None:
        """Add a filter; the cheapest filters are applied first."""
        self.filters = sorted([*self.filters, package_filter], key=lambda x: x.cost)

    def add_exclusion(self, rule: Rule) -> None:
        """Add an exclusion to the last filter: that filter's inclusions apply to it as well."""
        if not self.filters:
            self.filters = [PackageFilter()]
        self.filters[-1].add_exclusion(rule)

    def add_inclusion(self, rule: Rule) -> None:
        """Add an inclusion to every filter in the list."""
        for package_filter in self.filters:
            package_filter.add_inclusion(rule)

    def excludes(self, package: FilterablePackage) -> Rule | None:
        """The first rule that hides `package`, or None when no filter hides it."""
        for package_filter in self.filters:
            rule = package_filter.excludes(package)
            if rule is not None:
                return rule
        return None

    def copy(self) -> Self:
        other = type(self).__new__(type(self))
        other.filters = [x.copy() for x in self.filters]
        return other

    @classmethod
    def from_pod(cls, data: Iterable[Mapping[str, Any]] | Mapping[str, Any] | None) -> Self:
        """Build a list from plain data.

        Args:
            data: A list of filters as `PackageFilter.from_pod` takes them, a single one, or None.

        Raises:
            ConfigurationError: `data` is not of this form, or a rule cannot be parsed.
        """
        result = cls()
        if data is None:
            return result
        for item in [data] if isinstance(data, Mapping) else data:
            result.add_filter(PackageFilter.from_pod(item))
        return result

    def to_pod(self) -> list[dict[str, list[str]]]:
        return [x.to_pod() for x in self.filters]

    def __bool__(self) -> bool:
        return any(self.filters)

    def __str__(self) -> str:
        return str(tuple(sorted(self.filters, key=lambda x: (x.cost, str(x)))))


#: The filter that hides nothing.
no_filter = PackageFilterList()


def with_timestamp(
    package_filter: PackageFilterBase | None, timestamp: float | None
) -> PackageFilterBase | None:
    """The filter of a resolve that must not see packages released after `timestamp`.

    Args:
        package_filter: Filter of the resolve, left as it is; None for none.
        timestamp: Seconds since the epoch; None or 0 for no limit.

    Returns:
        `package_filter` itself without a timestamp, else a copy with one more exclusion. The
        exclusion joins the list's last filter, as in rez, so that filter's inclusions escape it.
    """
    if not timestamp:
        return package_filter
    limited = package_filter.copy() if package_filter else PackageFilterList()
    limited.add_exclusion(TimestampRule.after(timestamp))
    return limited


def needs_timestamp(package_filter: PackageFilterBase | None, family: str | None = None) -> bool:
    """Whether applying a filter may look at a package's release time, and so needs it loaded.

    Args:
        package_filter: The filter; None for none. A filter of an unknown class is taken to look.
        family: Ask about the packages of this family only; None for any package.
    """
    if not package_filter:
        return False
    if isinstance(package_filter, PackageFilterList):
        return any(needs_timestamp(x, family) for x in package_filter.filters)
    if not isinstance(package_filter, PackageFilter):
        return True
    excludes = _rules_about(package_filter._excludes, family)
    # Inclusions are looked at only once an exclusion has matched.
    rules = [*excludes, *_rules_about(package_filter._includes, family)] if excludes else []
    return any(rule.reads_timestamp for rule in rules)


def _rules_about(rules: _RulesByFamily, family: str | None) -> list[Rule]:
    if family is None:
        return [rule for family_rules in rules.values() for rule in family_rules]
    return [*rules.get(family, ()), *rules.get(None, ())]


def _first_match(rules: _RulesByFamily, package: FilterablePackage) -> Rule | None:
    for rule in rules.get(package.name, ()):
        if rule.match(package):
            return rule
    for rule in rules.get(None, ()):
        if rule.match(package):
            return rule
    return None


def _add_rule(rules: _RulesByFamily, rule: Rule) -> None:
    # A new list each time: a copy of the filter shares the old one.
    family = rule.family()
    rules[family] = sorted([*rules.get(family, ()), rule], key=lambda x: x.cost())


def _rules_in_pod(data: Mapping[str, Any], namespace: str) -> list[Rule]:
    texts = data.get(namespace) or ()
    return [parse_rule(text) for text in ([texts] if isinstance(texts, str) else texts)]


def _sorted_rules(rules: _RulesByFamily) -> list[tuple[str | None, list[Rule]]]:
    return sorted(rules.items(), key=lambda item: item[0] or "")
