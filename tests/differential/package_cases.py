"""Generated definitions that use what a definition may: Python source, mostly right."""

from __future__ import annotations

from hypothesis import strategies as st

texts = st.one_of(
    st.sampled_from(
        ["", "a", "foo bar", "Grüße 北京 🎉", "  indented\n    more\n", "{root}", "#x"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30),
    st.integers(80, 3000).map(lambda count: "long text " * (count // 10)),
)
requests = st.sampled_from(
    ["foo", "foo-1", "foo-1.2+<3", "foo==1.0", "!foo-2", "~foo-1", ".eph-1", "a_b-1|3", "a.b-2"]
)
wrong_requests = st.sampled_from(["", "foo bar", "foo-1.*", "!.eph-1", "-1", "foo-2+<1", "é"])
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 1 << 70), st.floats(allow_nan=False), texts,
    st.binary(max_size=4),
)  # fmt: skip
keys = st.sampled_from(["a", "b c", "d.e", "__private", "_f", "requires", "name"]) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=4
)
plain_values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keys, inner, max_size=3),
        st.tuples(inner, inner),
        st.sets(st.integers(0, 5), min_size=1, max_size=2),
    ),
    max_leaves=6,
)
request_lists = st.lists(requests, max_size=3)
commands = st.one_of(texts, st.lists(texts, max_size=2), plain_values)
help_values = st.one_of(texts, st.lists(st.lists(texts, max_size=3), max_size=2))
tests_values = st.dictionaries(
    keys,
    st.one_of(
        texts,
        st.lists(texts, max_size=2),
        st.fixed_dictionaries(
            {},
            optional={
                "command": texts | st.lists(texts, max_size=2),
                "requires": request_lists | st.lists(wrong_requests, max_size=1),
                "run_on": texts | st.lists(texts, max_size=2),
                "on_variants": st.booleans()
                | st.fixed_dictionaries(
                    {"type": st.sampled_from(["requires", "other"]), "value": request_lists}
                ),
                "extra": plain_values,
            },
        ),
    ),
    max_size=3,
)

STANDARD = {
    "name": texts,
    "version": texts,
    "description": texts,
    "authors": st.lists(texts, max_size=3),
    "requires": request_lists,
    "build_requires": request_lists,
    "private_build_requires": request_lists,
    "variants": st.lists(request_lists.filter(bool), max_size=3),
    "has_plugins": st.booleans(),
    "plugin_for": st.lists(texts, max_size=2),
    "uuid": texts,
    "config": st.dictionaries(st.sampled_from(["x_y", "release_vcs"]), plain_values, max_size=2),
    "tools": st.lists(texts, max_size=3),
    "help": help_values,
    "hashed_variants": st.booleans(),
    "relocatable": st.none() | st.booleans(),
    "cachable": st.none() | st.booleans(),
    "tests": tests_values,
    "pre_commands": commands,
    "commands": commands,
    "post_commands": commands,
    "pre_build_commands": commands,
    "pre_test_commands": commands,
    "timestamp": st.integers(-5, 1 << 70),
    "revision": plain_values,
    "changelog": texts,
    "release_message": texts | st.none(),
    "previous_version": st.sampled_from(["1.0", "", "1..0", "2-b"]),
    "previous_revision": plain_values,
    "vcs": texts,
    "build_system": texts,
    "build_command": texts | st.just(False),
    "requires_rez_version": st.sampled_from(["2.10", "99"]),
}
LATE = ("requires", "build_requires", "private_build_requires", "tools", "help", "custom", "other")
REX = ("commands", "pre_commands", "post_commands", "pre_build_commands", "pre_test_commands")
ARBITRARY = ("custom", "other", "_private", "__hidden", "ünï")
BODIES = (
    "pass",
    'env.PATH.append("{root}/bin")',
    '# a comment\n\n    x = "text"\n    if x:\n        env.X = "{x}"',
    '"""Says something."""\n    for i in range(3):\n        info(i)  # é',
)


@st.composite
def assignments(draw: st.DrawFn) -> str:
    """One attribute set to a literal, of the right kind five times out of six."""
    name = draw(st.sampled_from((*STANDARD, *ARBITRARY)))
    right = STANDARD.get(name, plain_values)
    value = draw(plain_values if draw(st.integers(0, 5)) == 0 else right)
    if name in ("requires", "build_requires") and draw(st.integers(0, 7)) == 0:
        value = [*draw(request_lists), draw(wrong_requests)]
    return f"{name} = {value!r}"


@st.composite
def early_functions(draw: st.DrawFn) -> str:
    """An early bound attribute; sometimes one that fails."""
    name = draw(st.sampled_from((*STANDARD, *ARBITRARY)))
    value = draw(STANDARD.get(name, plain_values))
    result = draw(
        st.sampled_from(
            [
                repr(value),
                f"{value!r} if building else {value!r}",
                "build_variant_index",
                "[str(x) for x in build_variant_requires]",
                "this.custom",
                "this.name",
                "this.missing",
                "[this.version, __hidden]",
                "testing",
                "helper()",
                "sorted(os.path.__all__)[:2]",
            ]
        )
    )
    argument = draw(st.sampled_from(["", "", "", "data", "data, more"]))
    return f"@early()\ndef {name}({argument}):\n    import os.path\n    return {result}"


@st.composite
def late_functions(draw: st.DrawFn) -> str:
    """A late bound attribute; sometimes one that fails, or that may not be late bound."""
    name = draw(st.sampled_from((*LATE, *LATE, "variants", "description", "tests", "has_plugins")))
    value = draw(STANDARD.get(name, plain_values))
    result = draw(
        st.sampled_from(
            [
                repr(value),
                "['in'] if in_context() else ['out']",
                "[] if this.is_package else ['foo-1']",
                "this.name",
                "[this.qualified_name]",
                "this.missing",
                # one that asks for itself makes rez's messages grow until memory ends
                "this.missing" if name == "custom" else "this.custom",
                "[str(this.version)]",
                "helper()",
                "1 / 0",
                "['foo-1'] + 2",
            ]
        )
    )
    return f"@late()\ndef {name}():\n    import os\n    return {result}"


@st.composite
def scopes(draw: st.DrawFn) -> str:
    """A `with scope(...)`, in the forms it has."""
    name = draw(st.sampled_from(["config", "custom", "other"]))
    value = draw(plain_values)
    return draw(
        st.sampled_from(
            [
                f"with scope({name!r}):\n    x_y = {value!r}",
                f"with scope({name!r}) as c:\n    c.x_y = {value!r}\n    c.plugins.some.z = 1",
                f"with scope({name!r}) as c:\n    c['x_y'] = {value!r}\n    _ = c.nothing",
                f"with scope({name!r}):\n    a = 1\n    with scope('in') as i:\n        i.b.c = 2",
                f"with scope({name!r}):\n    import os\n    def f(): pass\n    a = {value!r}",
            ]
        )
    )


@st.composite
def other_statements(draw: st.DrawFn) -> str:
    """What becomes no attribute, and what plain Python does."""
    return draw(
        st.sampled_from(
            [
                "import os, sys as system",
                "from os import path, getcwd",
                "def helper():\n    return ['helped']",
                "def preprocess(this, data):\n    data['authors'] = []",
                "class Thing:\n    pass",
                "custom = {'f': lambda: 1, 'm': __import__('os'), '__x': 1, 'deep': {'__y': 2}}",
                "other = [lambda: 1]",
                "custom = lambda: 1",
                "for _private in range(2):\n    pass",
                "authors = ['%s' % x for x in 'ab']",
                "requires = ['foo-%d' % n for n in range(2)]",
                "requires = (globals().get('requires') or []) + ['more-1']",
                "len = 3",
                "str = str",
                "1 / 0",
                "raise InvalidPackageError('no')",
                "custom = {1: 2}",
                "if True:\n    uuid = 'x'",
                "description = '''\n    block\n      more\n    '''",
            ]
        )
    )


@st.composite
def command_functions(draw: st.DrawFn) -> str:
    """Commands, as functions."""
    name = draw(st.sampled_from(REX))
    decorator = draw(st.sampled_from(["", "", "@include('utils')\n"]))
    return f"{decorator}def {name}():\n    {draw(st.sampled_from(BODIES))}"


@st.composite
def definitions(draw: st.DrawFn) -> str:
    """A whole definition."""
    statement = st.one_of(
        assignments(),
        assignments(),
        early_functions(),
        late_functions(),
        command_functions(),
        scopes(),
        other_statements(),
    )
    parts = draw(st.lists(statement, max_size=7))
    return "\n\n".join([*parts, ""])
