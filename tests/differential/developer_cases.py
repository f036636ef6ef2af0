"""Generated definitions that are to be built: early functions, wildcards, scopes, preprocess."""

from __future__ import annotations

from textwrap import indent

from hypothesis import strategies as st

VERSIONS = {
    "boost": ("1.54.1", "1.55.0", "1.55.1.beta", "2.0", "2"),
    "maya": ("2022.1", "2023.3", "2024"),
    "python": ("2.7.18", "3.10.4", "3.9.7", "3"),
    "unversioned": ("",),
}
"""The packages that wildcards find."""

names = st.sampled_from([*VERSIONS, "nowhere", "a_b"])
versions = st.sampled_from(["1", "2", "3", "1.55", "2023", "3.9", "1.55.1", "0.x-1"])
wildcards = st.sampled_from(["*", "**", "*.*", "*.*.*"])
WRONG = ("*.1", "1.5*", "**.*", "***", "*-*.1")


@st.composite
def ends(draw: st.DrawFn) -> str:
    """A version that mostly ends in wildcards."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from(WRONG))
    if kind <= 2:
        return draw(versions)
    if kind <= 4:
        return draw(wildcards)
    return f"{draw(versions)}.{draw(wildcards)}"


@st.composite
def requests(draw: st.DrawFn) -> str:
    """A request, mostly with wildcards, mostly right.

    One bound of a range at most is a wildcard: how two of them compare is chance in rez.
    """
    prefix = draw(st.sampled_from([""] * 6 + ["!", "~", "."]))
    name = draw(names)
    form = draw(
        st.sampled_from(
            ["", "-{0}", "-{0}", "-{0}", "=={0}", "-{0}+", "<{0}", ">={0}", ">{0}", "<={0}", "@{0}",
             "-{0}+<{1}", "-{1}+<{0}", "-{0}|{1}", "-{0}..{1}", "-{0}+|<{1}"]
        )
    )  # fmt: skip
    return prefix + name + form.format(draw(ends()), draw(versions))


request_lists = st.lists(requests(), max_size=3)
texts = st.text("abc é\\'\"\n{}", max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | texts,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "_b", "__c", "d"]), inner, max_size=2)
    ),
    max_leaves=4,
)

REQUESTS = ("requires", "build_requires", "private_build_requires")

EARLY = (
    "return {value!r}",
    "return this.first",
    "return this.no_such_attribute",
    "return [this.name, str(building), str(build_variant_index)]",
    "return [str(one) for one in build_variant_requires]",
    "from rez.package_py_utils import expand_requires\nreturn expand_requires(*{requests!r})",
    "from rez.package_py_utils import expand_requirement\nreturn [expand_requirement('boost-*')]",
    "from rez.package_py_utils import exec_command\nreturn [exec_command('x', ['echo', 'a'])[0]]",
    "def inner():\n    return {value!r}\nreturn inner()",
    "return 1 / 0",
    "raise InvalidPackageError('no')",
    "return helper()",
    "return studio",
)
CHANGES = (
    "data[{name!r}] = {value!r}",
    "data[{name!r}] = {requests!r}",
    "data.pop({name!r}, None)",
    "data['seen'] = [this.name, str(this.version), sorted(this.data)]",
    "data['config'] = {{**data.get('config', {{}}), 'release_packages_path': '/x'}}",
    "data['requires'] = data.get('requires', []) + {requests!r}",
    "def commands():\n    env.X = 1\ndata['commands'] = commands",
    "@early()\ndef added():\n    return [this.name, building]\ndata['added'] = added",
    "data['nested'] = {{'f': len, 'g': lambda: 0, '__x': 1, 'y': {value!r}}}",
    "from rez.package_py_utils import InvalidPackageError\n"
    "if data.get('authors'): raise InvalidPackageError('authors')",
    "from rez.exceptions import InvalidPackageError as Invalid\nraise Invalid('always')",
    "raise ValueError('ignored')",
    "data.update(name='renamed')",
    "pass",
)

NAMES = ("description", "authors", "tools", "first", "custom", "requires", "variants", "help")


@st.composite
def bodies(draw: st.DrawFn, pool: tuple[str, ...], count: int) -> str:
    """Lines of a function."""
    lines = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=count))
    return "\n".join(
        line.format(
            name=draw(st.sampled_from(NAMES)), value=draw(values), requests=draw(request_lists)
        )
        for line in lines
    )


@st.composite
def parts(draw: st.DrawFn) -> str:
    """A statement of a definition."""
    kind = draw(st.integers(0, 9))
    if kind <= 2:
        return f"{draw(st.sampled_from(REQUESTS))} = {draw(request_lists)!r}"
    if kind == 3:
        return f"variants = {draw(st.lists(request_lists, max_size=3))!r}"
    if kind <= 5:
        name = draw(st.sampled_from((*NAMES, *REQUESTS)))
        return f"@early()\ndef {name}():\n" + indent(draw(bodies(EARLY, 1)), "    ")
    if kind == 6:
        tests = {"unit": {"command": "run", "requires": draw(request_lists)}, "lint": "lint"}
        return f"tests = {tests!r}"
    if kind == 7:
        setting = draw(
            st.sampled_from(
                ["package_preprocess_mode = 'before'", "package_preprocess_mode = 'after'",
                 "release_packages_path = '/y'"]
            )
        )  # fmt: skip
        return f"with scope('config') as c:\n    c.{setting}"
    if kind == 8:
        return draw(
            st.sampled_from(
                ["@late()\ndef help():\n    return this.name", "requires_rez_version = '3.0'",
                 "build_command = False", "build_command = ['make', '{install}']",
                 "def pre_build_commands():\n    env.A = 1", "import os", "version = None",
                 "requires_rez_version = '99'", "build_system = 'cmake'", "format_version = 2"]
            )
        )  # fmt: skip
    return f"{draw(st.sampled_from(NAMES))} = {draw(values)!r}"


@st.composite
def definitions(draw: st.DrawFn) -> str:
    """The text of a definition."""
    lines = ["name = 'foo'", f"version = '{draw(st.sampled_from(['1.0', '2', '']))}'"]
    lines += ["studio = ['x']", "def helper():\n    return ['helped']"]
    lines += draw(st.lists(parts(), max_size=5))
    if draw(st.booleans()):
        lines.append("def preprocess(this, data):\n" + indent(draw(bodies(CHANGES, 3)), "    "))
    return "\n".join(lines) + "\n"


COMMON = """
def check(this, data):
    data["checked"] = data.get("checked", []) + [this.name]
    if data.get("first") is None and "custom" in data:
        raise InvalidPackageError("common")
"""
"""A preprocess function for all packages, by name in the settings."""
