"""What is told of a context: its summary, its tools, how it differs from another.

That the lines are rez's is shown in tests/differential/test_context_text.py.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context.configured import configured

from rezfast.context.info import columns, print_info, print_resolve_diff, print_tools
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import ResolvedContextError
from rezfast.repository import clear_caches
from rezfast.solve.filters import PackageFilterList

Make = Callable[..., ResolvedContext]


@pytest.fixture(autouse=True)
def plain_settings() -> Iterator[None]:
    with configured(implicit_packages=["~platform==linux"]):
        yield


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Two tools with a program of the same name, one of them without its variant's directory."""
    for name, version, text in (
        ("brush", "1.0", "tools = ['paint', 'mix']"),
        ("brush", "1.1", "tools = ['paint', 'mix']"),
        ("roller", "2.0", "tools = ['paint']\nrequires = ['brush-1.1']"),
        ("wall", "3.0", "variants = [['brush-1']]"),
    ):
        directory = tmp_path / name / version
        directory.mkdir(parents=True)
        (directory / "package.py").write_text(f"name = {name!r}\nversion = {version!r}\n{text}\n")
    clear_caches()
    return tmp_path


@pytest.fixture
def make(packages: Path) -> Make:
    def context(*requests: str, **options: Any) -> ResolvedContext:
        return ResolvedContext(requests, package_paths=[str(packages)], **options)

    return context


def told(context: ResolvedContext, **options: Any) -> str:
    """The summary, without who made it when, and without figures."""
    buffer = io.StringIO()
    print_info(context, buffer, **options)
    text = re.sub(r"by \S+@\S+, on .*, using Rez v[0-9.]+", "by ME", buffer.getvalue())
    return re.sub(r"[0-9]+\.[0-9]+ secs", "0.00 secs", text)


# ---- the summary


def test_who_resolved_it_when_and_with_what(make: Make) -> None:
    context = make("brush")
    context.user, context.host, context.created = "me", "here", 86400
    buffer = io.StringIO()
    print_info(context, buffer)
    first = buffer.getvalue().splitlines()[0]
    assert re.fullmatch(
        r"resolved by me@here, on \w{3} Jan 0\d \d\d:00:00 1970, using Rez v3\.4\.0", first
    )
    buffer = io.StringIO()
    print_info(context, buffer, verbosity=1)
    assert buffer.getvalue().splitlines()[0].endswith(" 1970 (86400), using Rez v3.4.0")


def test_requests_and_packages(make: Make, packages: Path) -> None:
    assert told(make("wall", "brush<2", ".studio-2")) == (
        "resolved by ME\n\n"
        "requested packages:\n"
        "wall              \n"
        "brush<2           \n"
        ".studio-2         (ephemeral)\n"
        "~platform==linux  (implicit)\n\n"
        "resolved packages:\n"
        f"brush-1.1  {packages}/brush/1.1         \n"
        f"wall-3.0   {packages}/wall/3.0/brush-1  (NOT FOUND)\n"
        f".studio-2  {' ' * len(f'{packages}/wall/3.0/brush-1')}  (ephemeral)\n"
    )


def test_packages_in_the_order_in_which_they_are_set_up(make: Make) -> None:
    context = make("wall", "roller")
    by_order = [line.split()[0] for line in told(context, source_order=True).splitlines()[8:]]
    assert by_order == [one.qualified_package_name for one in context.resolved_packages or ()]
    by_name = [line.split()[0] for line in told(context).splitlines()[8:]]
    assert by_name == sorted(by_order)
    assert by_name != by_order


def test_uris_in_place_of_directories(make: Make, packages: Path) -> None:
    text = told(make("wall"), show_resolved_uris=True)
    assert f"wall-3.0   {packages}/wall/3.0/package.py[0]  \n" in text
    assert "NOT FOUND" not in text


def test_packages_of_the_local_repository_are_marked(make: Make, packages: Path) -> None:
    with configured(local_packages_path=str(packages), implicit_packages=[]):
        clear_caches()
        text = told(make("brush"), verbosity=1)
    assert f"search paths:\n{packages}  (local)\n" in text
    assert text.count("(local)") == 2


def test_what_was_hidden_is_told_in_the_long_form(make: Make, packages: Path) -> None:
    rules = PackageFilterList.from_pod([{"excludes": ["brush-1.1"]}])
    text = told(make("brush", package_filter=rules, timestamp=1_700_000_000), verbosity=1)
    assert f"\nsearch paths:\n{packages}  \n\n" in text
    assert "\npackage filters:\n- excludes:\n  - range(brush-1.1)\n\n" in text
    assert re.search(r"^packages released after .* \(1700000000\) were ignored$", text, re.M)
    assert re.search(
        r"\nresolve details:\nload time:         0.00 secs\nsolve time:        0.00 secs\n"
        r"packages queried:  \d+\nfrom cache:        False\n\Z",
        text,
    )


def test_the_longest_form_has_the_tools(make: Make) -> None:
    context = make("brush")
    buffer = io.StringIO()
    print_tools(context, buffer)
    assert told(context, verbosity=2).endswith(f"\n\ntools:\n{buffer.getvalue()}")


def test_the_file_of_a_loaded_context_is_told(make: Make, tmp_path: Path) -> None:
    context = make("brush")
    context.set_load_path("/shows/wall.rxt")
    assert told(context, verbosity=1).endswith("rxt file:          /shows/wall.rxt\n")


def test_a_failed_resolve_is_told_with_its_reason(make: Make) -> None:
    assert told(make("brush-1.0", "roller")) == (
        "resolve failed, by ME\n\n"
        "requested packages:\n"
        "brush-1.0         \n"
        "roller            \n"
        "~platform==linux  (implicit)\n\n"
        "The context failed to resolve:\n"
        "The following package conflicts occurred: (brush-1.1 <--!--> brush==1.0)\n\n"
        "Resolve paths starting from initial requests to conflict:\n"
        "  brush-1.0 --> brush-1.0\n"
        "  roller --> roller-2.0 --> brush-1.1\n\n"
        "'rezfast env --fail-graph' with the same request shows the failure as a graph.\n\n"
    )


def test_a_package_that_is_gone_is_marked(make: Make, packages: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.rxt"
    make("roller").save(str(file))
    (packages / "roller" / "2.0" / "package.py").unlink()
    clear_caches()
    text = told(ResolvedContext.load(str(file)))
    assert f"\nbrush-1.1   {packages}/brush/1.1     \n" in text
    assert f"\nroller-2.0  {packages}/roller/2.0[]  (NOT FOUND)\n" in text


def test_a_payload_from_the_package_cache_is_marked_in_its_own_environment(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "current.rxt"
    file.touch()
    context = make("brush")
    context.set_load_path(str(file))
    cached = tmp_path / "cache"
    cached.mkdir()
    monkeypatch.setenv("REZ_BRUSH_ORIG_ROOT", "/somewhere")
    monkeypatch.setenv("REZ_BRUSH_ROOT", str(cached))
    assert "(cached)" not in told(context)
    monkeypatch.setenv("REZ_RXT_FILE", str(file))
    assert f"brush-1.1  {cached}  (cached)\n" in told(context)


# ---- tools


def test_tools_by_package_with_those_in_conflict(make: Make) -> None:
    buffer = io.StringIO()
    print_tools(make("roller"), buffer)
    assert buffer.getvalue() == (
        "TOOL   PACKAGE     \n"
        "----   -------     \n"
        "mix    brush-1.1   \n"
        "paint  brush-1.1   (in conflict)\n"
        "paint  roller-2.0  (in conflict)\n"
    )


def test_nothing_is_told_where_there_are_no_tools(make: Make) -> None:
    buffer = io.StringIO()
    print_tools(make(), buffer)
    assert buffer.getvalue() == ""


# ---- differences


def test_how_two_contexts_differ(make: Make, packages: Path) -> None:
    with configured(packages_path=[str(packages)], implicit_packages=[]):
        old, new = make("brush-1.0", "wall"), make("brush-1.1", "roller")
        assert diff(old, new, ("old", "new")) == (
            "old        new         \n"
            "---        ---         \n"
            "brush-1.0  brush-1.1   (+1 versions)\n"
            "-          roller-2.0  \n"
            "wall-3.0   -           \n"
        )
        assert "(-1 versions)" in diff(new, old)
        assert diff(old, old) == ""


def test_packages_are_compared_where_they_come_from(make: Make, packages: Path) -> None:
    old, new = make("brush-1.0"), make("brush-1.1")
    with configured(packages_path=["/nowhere"]):
        assert diff(old, new) == "brush-1.0  brush-1.1  (+1 versions)\n"
    shutil.rmtree(packages / "brush")
    clear_caches()
    assert diff(new, old) == "brush-1.1  brush-1.0  (-1 versions)\n"


def test_the_files_of_both_are_the_heading_if_there_are_two(make: Make, packages: Path) -> None:
    with configured(packages_path=[str(packages)], implicit_packages=[]):
        old, new = make("brush-1.0"), make("brush-1.1")
        old.set_load_path("/shows/old.rxt")
        assert diff(old, new, True) == "brush-1.0  brush-1.1  (+1 versions)\n"
        new.set_load_path("/shows/new.rxt")
        assert diff(old, new, True).startswith("old.rxt    new.rxt    \n-------    -------    \n")


def test_a_failed_resolve_differs_from_nothing(make: Make) -> None:
    with pytest.raises(ResolvedContextError):
        diff(make("brush"), make("brush-1.0", "roller"))


def diff(a: ResolvedContext, b: ResolvedContext, heading: Any = None) -> str:
    buffer = io.StringIO()
    print_resolve_diff(a, b, heading, buffer)
    return buffer.getvalue()


# ---- where it is written


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours_as_configured(make: Make) -> None:
    terminal = Terminal()
    print_info(make("wall", ".studio-2"), terminal)
    lines = terminal.getvalue().splitlines()
    assert lines[2] == "\x1b[1mrequested packages:\x1b[0m"
    assert lines[4] == "\x1b[34m.studio-2         (ephemeral)\x1b[0m"
    assert lines[5] == "\x1b[36m~platform==linux  (implicit)\x1b[0m"
    assert lines[-2].startswith("\x1b[31m\x1b[1mwall-3.0 ")

    with configured(
        heading_fore="lightblue_ex", heading_back="Red", heading_styles=["bright", "dim"]
    ):
        terminal = Terminal()
        print_info(make(), terminal)
        assert "\x1b[94m\x1b[41m\x1b[1m\x1b[2mresolved packages:\x1b[0m" in terminal.getvalue()


def test_colours_can_be_off_and_can_be_forced(make: Make) -> None:
    with configured(color_enabled=False):
        terminal = Terminal()
        print_info(make("wall"), terminal)
        assert "\x1b" not in terminal.getvalue()
    with configured(color_enabled="force"):
        buffer = io.StringIO()
        print_info(make("wall"), buffer)
        assert "\x1b[1mresolved packages:\x1b[0m" in buffer.getvalue()


def test_without_a_buffer_it_is_stdout(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    context = make("roller")
    context.print_info()
    context.print_tools()
    assert capsys.readouterr().out.count("roller-2.0") == 2


def test_columns_stand_under_each_other() -> None:
    assert columns([("a", "bb", "c"), ("aaa", "b", "cc")]) == ["a    bb  c", "aaa  b   cc"]
    assert columns([("alone",)]) == ["alone"]
    assert columns([]) == []


def test_the_time_zone_is_the_user_s(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "XYZ-3")
    time.tzset()
    try:
        context = make()
        context.created = 0
        buffer = io.StringIO()
        print_info(context, buffer, verbosity=1)
        assert "on Thu Jan 01 03:00:00 XYZ 1970 (0)," in buffer.getvalue()
    finally:
        os.environ.pop("TZ")
        time.tzset()
