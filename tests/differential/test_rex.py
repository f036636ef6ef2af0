"""Commands run by rez and by rezfast: the same actions, the same environment, the same failure."""

from __future__ import annotations

from typing import Any

import pytest
from differential.rex_cases import PackageCase, RexCase, rex_cases
from differential.rex_runs import ACTION_KINDS, FakeVariant, run_rez, run_rezfast
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rez import rex as rez_rex
from rez import rex_bindings as rez_bindings
from rez.config import config as rez_config
from rez.utils.backcompat import convert_old_commands as rez_convert_old_commands
from rez.version import Requirement as RezRequirement
from rez.version import Version as RezVersion

from rezfast import Requirement, Version
from rezfast.package.old_commands import convert_old_commands
from rezfast.rex import bindings, strings
from rezfast.rex.formatter import NamespaceFormatter


@hypothesis_settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rex_cases())
def test_generated_commands_do_what_they_do_in_rez(case: RexCase) -> None:
    assert run_rezfast(case) == run_rez(case)


def case_of(code: str, **fields: Any) -> RexCase:
    plain: dict[str, Any] = {
        "environ": {"UP": "/up", "EMPTY": ""},
        "parent_variables": [],
        "separators": {},
        "optionvars": {},
        "requests": ["foo-1", "!bar-2"],
        "implicits": ["~maya.core-1"],
        "ephemerals": [".e.x-1"],
        "building": False,
    }
    package = PackageCase("foo", "1.2.3", "/sw/foo/1.2.3", None, "e", code)
    return RexCase(**{**plain, **fields}, packages=[package])


@pytest.mark.parametrize("as_script", [False, True])
@pytest.mark.parametrize(
    "code",
    [
        "env.PATH.append('/a')\nenv.PATH.append('/b')\nenv.PATH.prepend('/c')",
        "env.UP.append('/a')",
        "env.UP.unset()\nenv.UP.append('/a')\ninfo(env.UP)",
        "env.UP.unset()\ninfo(env.UP)",
        "env.A = '{nope} {root}'",
        "env.A = '$UP1 ${UP}1 $UP/x'",
        "env.A = 'x'\nenv.B = '$A'\nenv.A = 'y'\ninfo(env.B)",
        "env.A = '$B${UP}'\nenv.B = '$A$'",
        "info('{root.nope}')",
        "info('{}')",
        "x = 5\ninfo('{x}')",
        "def f():\n    z = 5\n    info('{z}')\nf()",
        "env.NOPE\ninfo('NOPE' in env)\ninfo(bool(env.NOPE))",
        "getenv('NOPE')",
        "resetenv('A', '{root}', ['B', 'C'])",
        "env.A.reset('x')",
        "command('{root} $UP')",
        "command([literal('a'), 'b'])",
        "alias('a', literal('{root} $UP'))",
        "stop('no %s', 'maya')",
        "stop('100%')",
        "env.A = literal('$UP').e(':$UP')\nenv.A.append(literal('{root}'))",
        "info(str(request))\ninfo(str(implicits))\ninfo('{ephemerals}')",
        "for key in env:\n    comment(key)",
        "info(system.rez_version)",
        "env.append = 1\nenv['keys'] = 2\ninfo(env['keys'])",
        "version = 1\nroot = 'x'\ninfo('{root} {version}')",
        "if True:",
        "info('\\0')",
    ],
)
def test_what_is_easily_got_wrong(code: str, as_script: bool) -> None:
    for parents in ([], ["UP", "PATH"], True):
        case = case_of(code, parent_variables=parents, as_script=as_script)
        assert run_rezfast(case) == run_rez(case)


def test_kinds_of_actions_are_those_of_rez() -> None:
    rez_kinds = [kind.__name__ for _, kind in rez_rex.Action.get_command_types()]
    assert rez_kinds == ACTION_KINDS


pieces = st.sampled_from(["a", "a:b", ":", "", "$A", "{x}", " ", "~", "é"])
parts = st.lists(st.tuples(st.booleans(), pieces), min_size=1, max_size=4)


def escaped(kind: type, listed: list[tuple[bool, str]]) -> Any:
    made = kind(listed[0][1], listed[0][0])
    for is_literal, text in listed[1:]:
        made = made.literal(text) if is_literal else made.expandable(text)
    return made


@given(parts, parts, st.sampled_from([None, ":", "a", "$A"]))
def test_escaped_strings_are_those_of_rez(
    one: list[tuple[bool, str]], other: list[tuple[bool, str]], delimiter: str | None
) -> None:
    found = []
    for kind in (rez_rex.EscapedString, strings.EscapedString):
        first, second = escaped(kind, one), escaped(kind, other)
        found.append(
            [
                first.strings,
                str(first),
                repr(first),
                (first + second).strings,
                (first + "x").strings,
                first.formatted(str.upper).strings,
                [piece.strings for piece in first.split(delimiter)],
                kind.join(":", [first, "x", second]).strings,
                kind.join(":", []).strings,
                first == second,
                first != str(first),
                first == str(second),
            ]
        )
    assert found[0] == found[1]


formats = st.lists(
    st.sampled_from(
        (
            *(
                "{a}",
                "{a.b}",
                "{a[0]}",
                "{}",
                "{0}",
                "{1}",
                "{{",
                "}}",
                "{",
                "}",
                "x",
                "$X",
                "${X}",
            ),
            *("{b}", "{a!r}", "{a!s:>5}", "{n:03}", "{n:{n}}", "{c}", "${{X}}", "{}{}", "{n.real}"),
        )
    ),
    max_size=4,
).map("".join)


@given(formats, st.lists(st.sampled_from(["p", 5]), max_size=2))
def test_texts_are_formatted_as_in_rez(text: str, arguments: list[object]) -> None:
    names = {"a": "{b}$Y", "b": "deep", "n": 7}
    found = []
    for kind in (rez_rex.NamespaceFormatter, NamespaceFormatter):
        try:
            found.append(kind(names).format(text, *arguments, c="{a}"))
        except (KeyError, ValueError, IndexError, AttributeError, TypeError) as error:
            found.append(type(error))
    assert found[0] == found[1]


version_texts = st.sampled_from(["", "1", "1.2", "01.a", "1.2.3.4", "0", "2-beta_1"])


@given(version_texts, st.integers(-5, 5), st.integers(-5, 5))
def test_version_bindings_are_those_of_rez(text: str, start: int, end: int) -> None:
    found = []
    for module, kind in ((rez_bindings, RezVersion), (bindings, Version)):
        bound = module.VersionBinding(kind(text))
        found.append(
            [
                *(bound.major, bound.minor, bound.patch, bound.as_tuple(), len(bound)),
                *(str(bound), bound[start], bound[start:end], [str(token) for token in bound]),
            ]
        )
    assert found[0] == found[1]


ranges = st.sampled_from(["", "1", "1+", "<2", "1.5+<3", "==1.2", "1|3", "2"])


@given(
    st.sampled_from(["foo-1", "foo", "!foo-1", "~foo-1", "foo==1.2", "foo-2+<3"]), ranges, ranges
)
def test_intersects_is_that_of_rez(request: str, versions: str, default: str) -> None:
    found = []
    for module, requirement, version in (
        (rez_bindings, RezRequirement, RezVersion),
        (bindings, Requirement, Version),
    ):
        asked = module.RequirementsBinding([requirement(request)])
        ephemerals = module.EphemeralsBinding([requirement(f".e.{request.lstrip('!~')}")])
        package = PackageCase("foo", "1.2", "/sw/foo", None, None, "")
        variant = module.VariantBinding(FakeVariant(package, version("1.2")))
        found.append(
            [
                module.intersects(asked.foo, versions),
                module.intersects(asked.get("bar", "bar-1"), versions),
                module.intersects(asked.get_range("bar", default), versions),
                module.intersects(ephemerals.get("e.foo"), versions),
                module.intersects(ephemerals.get_range("e.none", default), versions),
                module.intersects(variant, versions),
                module.intersects(variant.version, versions),
                str(asked),
            ]
        )
    assert found[0] == found[1]


_OLD_WORDS = """
export A=B A=B:$A A=$A:C A=${A}:C:D A= PATH=!ROOT!/bin:$PATH A="B:$A" A="x_\\"y\\"_z" alias a="b_c"
a='b_c' a=b # !VERSION! !BASE! !USER! : = " ' \\" {x} CMAKE_MODULE_PATH=$CMAKE_MODULE_PATH;/x
CMAKE_MODULE_PATH='/a':'/b' DOXYGEN_TAGFILES=$DOXYGEN_TAGFILES_a echo
""".replace("_", " ").split("\n")


@hypothesis_settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from([word for line in _OLD_WORDS for word in line.split(" ") if word]),
                st.sampled_from(["", " "]),
            ),
            min_size=1,
            max_size=4,
        ).map(lambda words: "".join(word + blank for word, blank in words)),
        max_size=3,
    )
)
def test_shell_lines_of_before_rez_2_become_the_same_code(lines: list[str]) -> None:
    separators = dict(rez_config.env_var_separators)
    assert convert_old_commands(lines, separators) == rez_convert_old_commands(list(lines))
