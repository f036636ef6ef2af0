"""How pip is called, and what is told when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from rezfast.pip.extras import requested_extras
from rezfast.pip.fetch import InstallMode, Request, failure, pip_arguments


def arguments(request: Request) -> list[str]:
    """What pip is told besides where to and how quietly."""
    words = pip_arguments(request, "/wheels")
    return words[words.index("/wheels") + 2 :]


def test_one_call_for_all_that_is_asked_for() -> None:
    request = Request(("six", "./foo[bar]"), ("r.txt",), ("c.txt",))
    assert "wheel" in pip_arguments(request, "/wheels")
    assert arguments(request) == [
        "--use-pep517",
        "--constraint=c.txt",
        "--requirement=r.txt",
        "six",
        "./foo[bar]",
    ]


def test_what_is_required_may_be_left_out() -> None:
    assert arguments(Request(("six",), mode=InstallMode.no_deps))[1:] == ["--no-deps", "six"]
    twice = Request(("six",), mode=InstallMode.no_deps, extra_args=("--no-deps",))
    assert arguments(twice)[1:] == ["--no-deps", "six"]


def test_arguments_of_an_install_that_say_where_to_have_no_effect() -> None:
    extra = ("-U", "--target=/x", "-t", "/y", "--no-compile", "--pre", "--root", "/z", "-r", "f")
    assert arguments(Request(("six",), extra_args=extra))[1:] == ["--pre", "-r", "f", "six"]


def test_pep_517_may_be_turned_off_as_in_rez() -> None:
    assert arguments(Request(("six",), extra_args=("--no-use-pep517",)))[0] == "--no-use-pep517"


def test_wheels_of_another_platform_are_downloaded() -> None:
    extra = ("--platform", "win_amd64", "--only-binary=:all:")
    words = pip_arguments(Request(("six",), extra_args=extra), "/wheels")
    assert words[3:6] == ["download", "--dest", "/wheels"]
    assert words[-4:] == ["--platform", "win_amd64", "--only-binary=:all:", "six"]


RETRY = (
    "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by "
    "'NewConnectionError('<urllib3.HTTPSConnection object at 0x7f>: Failed to establish a new "
    "connection: [Errno -2] Name or service not known')': /simple/six/"
)
NOT_FOUND = (
    "ERROR: Could not find a version that satisfies the requirement six (from versions: none)",
    "ERROR: No matching distribution found for six",
)


@pytest.mark.parametrize(
    "lines, told",
    [
        (NOT_FOUND, NOT_FOUND[0].removeprefix("ERROR: ")),
        (
            (RETRY, *NOT_FOUND),
            "the index cannot be reached: [Errno -2] Name or service not known (/simple/six/)",
        ),
        (
            (
                "  error: subprocess-exited-with-error",
                "\N{MULTIPLICATION SIGN} python setup.py bdist_wheel did not run successfully.",
                "ERROR: Failed building wheel for foo",
            ),
            "python setup.py bdist_wheel did not run successfully: Failed building wheel for foo "
            "(--verbose shows what it said)",
        ),
        (
            ("Collecting six", "ERROR: Could not install: [Errno 28] No space left on device", ""),
            "Could not install: [Errno 28] No space left on device",
        ),
        (("Traceback (most recent call last):", "MemoryError"), "MemoryError"),
        (
            (
                "ERROR: Exception:",
                "Traceback (most recent call last):",
                '  File "shutil.py", line 256, in copyfile',
                "OSError: [Errno 28] No space left on device",
            ),
            "OSError: [Errno 28] No space left on device",
        ),
        ((), "it said nothing"),
    ],
)
def test_a_failure_is_one_line(lines: tuple[str, ...], told: str) -> None:
    assert failure(lines) == told


# ---- extras


@pytest.mark.parametrize(
    "word, name, extras",
    [
        ("requests[socks]", "requests", {"socks"}),
        ("Requests[socks,use-chardet]>=2,<3", "requests", {"socks", "use-chardet"}),
        ("zope.interface[test] ; python_version > '3'", "zope-interface", {"test"}),
        ("foo[x] @ https://example.com/foo.zip", "foo", {"x"}),
        ("./foo-1.0-py3-none-any.whl[x, y]", "foo", {"x", "y"}),
        ("/a/Foo_Bar-1.0.tar.gz[x]", "foo-bar", {"x"}),
        ("https://example.com/foo-1.0.zip[x]", "foo", {"x"}),
        ("git+https://example.com/foo.git#egg=foo[x]", "foo", {"x"}),
    ],
)
def test_extras_by_name(word: str, name: str, extras: set[str]) -> None:
    assert requested_extras(Request((word,))) == {name: frozenset(extras)}


def test_without_extras_there_are_none() -> None:
    assert requested_extras(Request(("six", "./foo", "foo-1.0-py3-none-any.whl", "a==1"))) == {}


def test_extras_of_a_source_tree(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'My.Project'\n")
    found = requested_extras(Request((f"{tmp_path}[x]", f"{tmp_path}/none[y]")))
    assert found == {"my-project": frozenset({"x"})}


def test_extras_in_requirement_files(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("-r first.txt\nd[e]\n")
    first = tmp_path / "first.txt"
    first.write_text(
        "a[b]==1 --hash=sha256:00 \\\n  --hash=sha256:11\n"
        "# z[z]\nc # [not one]\n--index-url https://example.com\n-r more.txt\n-e ./x#egg=f[g]\n"
    )
    wanted = {"a": frozenset("b"), "d": frozenset("e"), "f": frozenset("g")}
    assert requested_extras(Request((), (str(first),))) == wanted
    for extra in (("-r", str(first)), (f"--requirement={first}",)):
        assert requested_extras(Request((), extra_args=extra)) == wanted
    assert requested_extras(Request((), ("/nowhere.txt",))) == {}
