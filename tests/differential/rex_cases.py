"""Commands of packages, made up: what both tools are asked to run, as plain data.

A `RexCase` is a parent environment, a request and packages with commands. `rex_cases()` makes them
for hypothesis. The commands are Python text that mixes every function of the command language with
strings that mean something to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

FAMILIES = ("foo", "bar", "maya.core", "_x1")


@dataclass(frozen=True)
class PackageCase:
    """One resolved package.

    Attributes:
        name, version: As a package has them.
        root: Its payload.
        cached: Where that is cached, or None.
        extra: Its attribute `extra`.
        code: Its commands.
    """

    name: str
    version: str
    root: str
    cached: str | None
    extra: object
    code: str


@dataclass(frozen=True)
class RexCase:
    """What is run.

    Attributes:
        environ: The parent environment.
        parent_variables: True, or names.
        separators: The setting `env_var_separators`.
        optionvars: The setting of that name.
        requests, implicits, ephemerals: As texts.
        building: Whether it is a build's environment.
        packages: In order.
        as_script: Whether the interpreter is one that makes a script, rather than Python's.
    """

    environ: dict[str, str]
    parent_variables: bool | list[str]
    separators: dict[str, str]
    optionvars: dict[str, object]
    requests: list[str]
    implicits: list[str]
    ephemerals: list[str]
    building: bool
    packages: list[PackageCase] = field(default_factory=list)
    as_script: bool = False


# ---- values

PIECES = (
    *(
        "/bin",
        "a",
        "b c",
        "",
        ":",
        ";",
        ",",
        " ",
        "é",
        "日本",
        "'",
        '"',
        "\\",
        "\n",
        "`ls`",
        "%PATH%",
    ),
    *("$A", "${A}", "$B", "${B}", "$A1", "$_", "$1", "$", "$$A", "${", "${}", "${A", "$(ls)"),
    *("%PATH%", "!x", "(", ")", "|", "&", "#"),
    *("${UP}", "$LIST", "${NOT_THERE}", "$PATH", "${x y}", "${A}${B}", "${{A}}", "$é"),
    *("~", "~/x", "~nobody/x", "x~"),
    *("{root}", "{base}", "{this.root}", "{this.base}", "{this.name}", "{this.extra}", "{this}"),
    *("{version}", "{version.major}", "{version.minor}", "{version[1]}", "{version[9]}"),
    *("{this.version.patch}", "{resolve.foo.root}", "{resolve.foo.version}", "{resolve[bar].root}"),
    *("{resolve.nope.root}", "{request.foo}", "{request[bar]}", "{request.nope}", "{request}"),
    *("{ephemerals[e.x]}", "{implicits[foo]}", "{system.platform}", "{building}", "{x}", "{y}"),
    *("{nope}", "{nope.root}", "{root.bad}", "{root[0]}", "{root[a]}", "{this.bad}", "{x.real}"),
    *("{", "}", "{{", "}}", "{{root}}", "{}", "{0}", "{} {0}", "{ }", "{.a}", "{[a]}", "{a.}"),
    *("{root!r}", "{root!s}", "{root!z}", "{root:>9}", "{root:d}", "{root:{x}}", "{x:{y:{x}}}"),
    *("{env.A}", "{env.B}", "{env[A]}", "{env.A.name}", "{extra}", "{this.extra[0]}", "{l}"),
)

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)
names = st.sampled_from(
    ("A", "B", "C", "PATH", "LIST", "SPACED", "UP", "_", "x1", "PYTHONPATH", "CMAKE_MODULE_PATH")
)
keys = st.one_of(
    names.map(repr),
    st.sampled_from(("'${A}'", "'$A'", "'{this.name}_V'", "'{x}'", "'a b'", "5", "''", "'~'")),
)


def _escaped(parts: list[tuple[str, str]]) -> str:
    (kind, text), *rest = parts
    first = {"l": "literal", "e": "expandable"}[kind]
    return f"{first}({text!r})" + "".join(f".{kind}({text!r})" for kind, text in rest)


escaped = st.lists(st.tuples(st.sampled_from("le"), texts), min_size=1, max_size=3).map(_escaped)
values = st.one_of(
    texts.map(repr),
    texts.map(repr),
    escaped,
    st.tuples(escaped, texts).map(lambda pair: f"{pair[0]} + {pair[1]!r}"),
    names.map(lambda name: f"env.{name}"),
    names.map(lambda name: f"env['{name}']"),
    st.sampled_from(
        (
            *("5", "None", "1.5", "True", "['a', 'b']", "version", "this", "version.major", "l"),
            *("version[:2]", "version.as_tuple()", "len(version)", "request", "x", "y", "root"),
            *("request.get('foo', 'none')", "this.extra", "literal(5)", "system.platform"),
            *("literal('a:$B').split(':')[0]", "expandable('~/$A').expanduser()", "resolve.foo"),
            *("optionvars('a.b')", "optionvars('a.z', 'd')", "optionvars('a.b.c')"),
            *("optionvars('nope')", "request.get_range('foo', '1+')", "list(version)[0:0]"),
            *("ephemerals.get('e.x', 'e.x-1')", "ephemerals.get_range('e.x')", "implicits['foo']"),
        )
    ),
    texts.map(lambda text: f"expandvars({text!r})"),
    texts.map(lambda text: f"expandvars({text!r}, False)"),
    texts.map(lambda text: f"format({text!r})"),
    names.map(lambda name: f"getenv('{name}')"),
)

conditions = st.one_of(
    keys.map(lambda key: f"defined({key})"),
    keys.map(lambda key: f"undefined({key})"),
    names.map(lambda name: f"env.{name}"),
    names.map(lambda name: f"not env.{name}"),
    names.map(lambda name: f"'{name}' in env"),
    names.map(lambda name: f"'{name}' in env.keys()"),
    st.tuples(names, texts).map(lambda pair: f"env.{pair[0]} == {pair[1]!r}"),
    st.tuples(names, names).map(lambda pair: f"env.{pair[0]} != env.{pair[1]}"),
    st.sampled_from(
        (
            *("building", "'foo' in resolve", "'foo' in request", "'e.x' in ephemerals"),
            *("intersects(request.get('foo', '0'), '1+')", "intersects(request.foo, '1.5+<3')"),
            *("intersects(request.get_range('foo', '0'), '1')", "intersects(resolve.foo, '1+')"),
            *(
                "intersects(version, '2')",
                "intersects(this, '<2')",
                "intersects(this.version, '1')",
            ),
            *("intersects(ephemerals.get_range('e.x', '1'), '1')", "intersects(None, '1')"),
            *("intersects(ephemerals.get('e.x', '0'), '1')", "intersects('!foo', '1')"),
            *("version.major == 1", "version.minor is None", "this.is_variant", "env.get('B')"),
            *(
                "resolve.get('bar')",
                "'bar' not in implicits",
                "len(env) > 2",
                "expandable('') == ''",
            ),
        )
    ),
)

# ---- statements

simple = st.one_of(
    st.tuples(names, values).map(lambda pair: f"env.{pair[0]} = {pair[1]}"),
    st.tuples(keys, values).map(lambda pair: f"env[{pair[0]}] = {pair[1]}"),
    st.tuples(keys, values).map(lambda pair: f"setenv({pair[0]}, {pair[1]})"),
    st.tuples(names, values).map(lambda pair: f"env.{pair[0]}.append({pair[1]})"),
    st.tuples(names, values).map(lambda pair: f"env.{pair[0]}.append({pair[1]})"),
    st.tuples(names, values).map(lambda pair: f"env.{pair[0]}.prepend({pair[1]})"),
    st.tuples(keys, values).map(lambda pair: f"appendenv({pair[0]}, {pair[1]})"),
    st.tuples(keys, values).map(lambda pair: f"prependenv({pair[0]}, {pair[1]})"),
    keys.map(lambda key: f"unsetenv({key})"),
    names.map(lambda name: f"env.{name}.unset()"),
    st.tuples(keys, values).map(lambda pair: f"resetenv({pair[0]}, {pair[1]}, ['B'])"),
    st.tuples(names, values).map(lambda pair: f"env.{pair[0]}.reset({pair[1]})"),
    st.tuples(names, values).map(lambda pair: f"env.{pair[0]}.setdefault({pair[1]})"),
    st.tuples(texts, values).map(lambda pair: f"alias({pair[0]!r}, {pair[1]})"),
    values.map(lambda value: f"info({value})"),
    values.map(lambda value: f"error({value})"),
    values.map(lambda value: f"comment({value})"),
    values.map(lambda value: f"source({value})"),
    values.map(lambda value: f"command({value})"),
    values.map(lambda value: f"x = {value}"),
    values.map(lambda value: f"y = str({value})"),
    values.map(lambda value: f"l = [{value}]"),
    names.map(lambda name: f"env.pop('{name}')"),
    names.map(lambda name: f"del env['{name}']"),
    st.sampled_from(("info()", "shebang()", "comment(' '.join(env))", "env.update(A='1')", "pass")),
)
rare = st.sampled_from(
    (
        *("stop('no: %s', root)", "stop('100%')", "raise ValueError('x')", "env.NOT_THERE.get()"),
        *("1 / 0", "undefined_name", "assert False", "env._data = 1", "if:", "int(env.A)"),
        *("stop('a')", "import os.nope", "version.nope", "resolve.nope", "request['nope']"),
    )
)


def _indented(statements: list[str]) -> str:
    return "\n".join(f"    {line}" for text in statements for line in text.split("\n"))


def _block(parts: tuple[str, list[str], list[str]]) -> str:
    condition, then, otherwise = parts
    text = f"if {condition}:\n{_indented(then)}"
    return f"{text}\nelse:\n{_indented(otherwise)}" if otherwise else text


blocks = st.tuples(
    conditions, st.lists(simple, min_size=1, max_size=2), st.lists(simple, max_size=2)
).map(_block)


def _guarded(text: str) -> str:
    return f"try:\n{_indented([text])}\nexcept Exception as e:\n    comment(type(e).__name__)"


functions = st.lists(simple, min_size=1, max_size=2).map(
    lambda body: f"def helper():\n{_indented(body)}\nhelper()"
)
# failing ends a case: what may fail is guarded, so that it goes on, but for the last statement
statements = st.one_of(simple, simple, blocks, functions).map(_guarded)
last = st.one_of(st.just("pass"), st.just("pass"), st.just("pass"), simple, blocks, rare)
codes = st.tuples(st.lists(statements, min_size=1, max_size=8), last).map(
    lambda pair: "\n".join([*pair[0], pair[1]])
)

# ---- cases

versions = st.sampled_from(("", "1", "1.2.3", "2.0.beta", "1.02", "0.1", "20.5.332"))
packages = st.builds(
    PackageCase,
    name=st.sampled_from(FAMILIES),
    version=versions,
    root=st.sampled_from(("/sw/foo/1", "/a b/$A", "/sw/{x}", "/r/é", "~/p")),
    cached=st.sampled_from((None, None, "/cache/foo")),
    extra=st.sampled_from(("e", "{root}/e", "$A", 5, None, ["p", "q"], "{nope}")),
    code=codes,
)
requirements = st.lists(
    st.sampled_from(("foo-1", "bar-2+<3", "!foo-2", "~maya.core-1", "foo==1.2.3", "foo", "bar")),
    max_size=3,
)


def rex_cases(max_packages: int = 3) -> st.SearchStrategy[RexCase]:
    """Cases.

    Args:
        max_packages: How many packages one has at most.
    """
    return st.builds(
        RexCase,
        environ=st.dictionaries(names, st.sampled_from(("", "up", "/p:/q", "a;b", "$B", "~"))),
        parent_variables=st.one_of(st.lists(names, max_size=3), st.just(True)),
        separators=st.sampled_from(
            ({}, {"CMAKE_MODULE_PATH": ";", "SPACED": " "}, {"A": ",", "PATH": "::"})
        ),
        optionvars=st.sampled_from(({}, {"a": {"b": 5}}, {"a": "{root}"})),
        requests=requirements,
        implicits=requirements,
        ephemerals=st.lists(st.sampled_from((".e.x-1", ".e.x-2+", ".foo-0")), max_size=2),
        building=st.booleans(),
        packages=st.lists(packages, min_size=1, max_size=max_packages),
        as_script=st.booleans(),
    )
