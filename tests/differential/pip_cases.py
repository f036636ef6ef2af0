"""Generated versions, specifiers, markers and metadata of Python distributions."""

from __future__ import annotations

from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet

RELEASES = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(
    lambda numbers: ".".join(map(str, numbers))
)
_NUMBER = st.integers(0, 3)
_PRE = st.builds("{}{}".format, st.sampled_from(["a", "b", "rc"]), _NUMBER)
_POST = st.builds(".post{}".format, _NUMBER)
_DEV = st.builds(".dev{}".format, _NUMBER)
_NONE = st.just("")
# a local version of a number is one more component of the release to rez
LOCALS = st.sampled_from(["+cu118", "+cpu", "+abc.7", "+local", "+rocm5.7", "+ubuntu1"])
SUFFIXES = st.one_of(_PRE, _POST, _DEV)
LONG_SUFFIXES = st.builds(
    "{}{}{}".format, st.one_of(_NONE, _PRE), st.one_of(_NONE, _POST), st.one_of(_NONE, _DEV)
)
VERSIONS = st.builds(
    "{}{}{}".format,
    RELEASES,
    st.one_of(_NONE, SUFFIXES, LONG_SUFFIXES),
    st.one_of(_NONE, LOCALS),
)
# as people write them, before they are normalised
SPELLINGS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "v", "0"]),
    RELEASES,
    st.sampled_from(["", "-alpha.1", "_BETA2", "c1", ".pre4", "preview"]),
    st.sampled_from(["", "-1", ".rev3", "r4", ".POST"]),
    st.sampled_from(["", ".dev", "-DEV2", "+Ubuntu-1"]),
)
OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "~=")


def specifiers(versions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One specifier with one of those versions, or with a wildcard."""
    plain = st.builds("{}{}".format, st.sampled_from(OPERATORS), versions)
    wildcard = st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), RELEASES)
    return st.one_of(plain, wildcard).filter(_valid)


def _valid(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


NAMES = st.sampled_from(["six", "Foo-Bar", "foo_bar", "ruamel.yaml", "PyYAML"])
_COMPARISONS = st.sampled_from(
    [
        'python_version < "3.8"',
        'python_version >= "3.0"',
        'python_full_version != "2.7.1"',
        'sys_platform == "linux"',
        'sys_platform == "win32"',
        'platform_system != "Java"',
        'platform_machine == "x86_64"',
        'platform_python_implementation == "CPython"',
        'implementation_name != "pypy"',
        'os_name == "posix"',
    ]
)
# without parentheses, in which rez does not see variables
MARKERS = st.lists(_COMPARISONS, min_size=1, max_size=3).flatmap(
    lambda parts: st.lists(
        st.sampled_from([" and ", " or "]), min_size=len(parts) - 1, max_size=len(parts) - 1
    ).map(lambda words: "".join(a + b for a, b in zip(parts, [*words, ""], strict=True)))
)
REQUIREMENTS = st.builds(
    "{}{}{}".format,
    NAMES,
    st.one_of(_NONE, specifiers(RELEASES)),
    st.one_of(
        _NONE,
        MARKERS.map("; {}".format),
        st.just('; extra == "x"'),
        st.just('; extra == "x" and python_version > "3"'),
    ),
)
