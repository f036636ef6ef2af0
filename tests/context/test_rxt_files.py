"""Saving and loading contexts: whole files or none, and one clear line for what is no context."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from context.configured import configured

from rezfast import ResolvedContext, clear_caches
from rezfast.context.patch import PatchLock
from rezfast.context.whole_file import write_whole
from rezfast.errors import ResolvedContextError


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    """Settings of no user."""
    clear_caches()
    with configured(implicit_packages=[], standard_system_paths=["/sys/bin"]):
        yield
    clear_caches()


@pytest.fixture
def context(tmp_path: Path) -> ResolvedContext:
    """The context of a package foo."""
    place = tmp_path / "packages" / "foo" / "1"
    place.mkdir(parents=True)
    (place / "package.py").write_text("name = 'foo'\nversion = '1'\ncommands = 'env.A = 1'\n")
    return ResolvedContext(["foo"], package_paths=[str(tmp_path / "packages")])


def changed(context: ResolvedContext, **values: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(context.to_dict())), **values}


def test_what_is_saved_is_loaded(context: ResolvedContext, tmp_path: Path) -> None:
    context.patch_locks = {"foo": PatchLock.lock_2}
    context.save(str(tmp_path / "a.rxt"))
    loaded = ResolvedContext.load(str(tmp_path / "a.rxt"))
    assert loaded == context
    assert loaded.to_dict() == context.to_dict()
    assert loaded.load_path == str(tmp_path / "a.rxt")
    assert loaded.patch_locks == {"foo": PatchLock.lock_2}
    assert loaded.get_environ({})["A"] == "1"


def test_a_failed_context_is_saved_with_its_failure(
    context: ResolvedContext, tmp_path: Path
) -> None:
    failed = ResolvedContext(["foo-1", "!foo-1"], package_paths=context.package_paths)
    failed.save(str(tmp_path / "a.rxt"))
    loaded = ResolvedContext.load(str(tmp_path / "a.rxt"))
    assert not loaded.success
    assert loaded.failure_description == failed.failure_description
    assert loaded.has_graph


def test_a_file_holds_handles_so_later_edits_count(
    context: ResolvedContext, tmp_path: Path
) -> None:
    context.save(str(tmp_path / "a.rxt"))
    definition = tmp_path / "packages" / "foo" / "1" / "package.py"
    definition.write_text("name = 'foo'\nversion = '1'\ncommands = 'env.A = 2'\n")
    clear_caches()
    assert ResolvedContext.load(str(tmp_path / "a.rxt")).get_environ({})["A"] == "2"


def test_single_fields_can_be_asked_for(context: ResolvedContext) -> None:
    assert context.to_dict(fields=["status", "package_requests"]) == {
        "status": "solved",
        "package_requests": ["foo"],
    }


def test_a_file_in_a_bundle_names_its_repositories_relatively(
    context: ResolvedContext, tmp_path: Path
) -> None:
    (tmp_path / "bundle.yaml").write_text("")
    context.save(str(tmp_path / "context.rxt"))
    data = json.loads((tmp_path / "context.rxt").read_text())
    assert data["resolved_packages"][0]["variables"]["location"] == "packages"
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    tmp_path.rename(moved)
    loaded = ResolvedContext.load(str(moved / "context.rxt"))
    assert loaded.get_environ({})["REZ_FOO_ROOT"] == str(moved / "packages" / "foo" / "1")


# ---- what is no context -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it holds no mapping"),
        ("[1]", "it holds no mapping"),
        ("{", "is no context: Expecting"),
        ("{}", "it has no serialize_version"),
        ("a: [", "neither JSON nor YAML"),
        ('{"serialize_version": "x"}', "it has no serialize_version that is a number"),
        ('{"serialize_version": "4.9"}', "it has no 'timestamp'"),
    ],
)
def test_a_file_that_is_no_context_is_one_clear_line(
    text: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "a.rxt").write_text(text)
    with pytest.raises(ResolvedContextError) as caught:
        ResolvedContext.load(str(tmp_path / "a.rxt"))
    assert str(caught.value).startswith(str(tmp_path / "a.rxt"))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.rxt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResolvedContextError, match="is no context"):
        ResolvedContext.load(str(tmp_path / "a.rxt"))


def test_a_newer_major_format_is_one_clear_line(context: ResolvedContext) -> None:
    with pytest.raises(ResolvedContextError, match=r"is of format 5\.0, which a newer release"):
        ResolvedContext.from_dict(changed(context, serialize_version="5.0"))
    assert ResolvedContext.from_dict(changed(context, serialize_version="4.99")) == context


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "odd"}, "status is 'odd'"),
        ({"package_requests": "foo"}, "package_requests is not a list"),
        ({"package_requests": ["foo bar"]}, "foo bar"),
        ({"default_patch_lock": "lock_9"}, "'lock_9', which is none of no_lock"),
        ({"resolved_packages": [{"key": "filesystem.variant"}]}, "no name of a package"),
        ({"resolved_packages": [5]}, "no handle"),
        ({"created": "today"}, "created is no number: 'today'"),
        ({"solve_time": None}, "solve_time is no number: None"),
        ({"requested_timestamp": [1]}, "requested_timestamp is no number"),
        ({"graph": {}}, "graph is not a text"),
        ({"package_filter": [{"excludes": ["after(x)"]}]}, "after(x)"),
    ],
)
def test_wrong_values_are_named(
    values: dict[str, Any], reason: str, context: ResolvedContext
) -> None:
    with pytest.raises(ResolvedContextError) as caught:
        ResolvedContext.from_dict(changed(context, **values))
    assert reason in str(caught.value)


@pytest.mark.parametrize("variables", [{"name": "../../etc"}, {"version": "../1"}, {"name": 5}])
def test_handles_do_not_lead_out_of_their_repository(
    variables: dict[str, Any], context: ResolvedContext
) -> None:
    data = changed(context)
    data["resolved_packages"][0]["variables"].update(variables)
    with pytest.raises(ResolvedContextError):
        ResolvedContext.from_dict(data)


# ---- whole or not at all ------------------------------------------------------------------------


def left(directory: Path) -> list[str]:
    return sorted(one.name for one in directory.iterdir() if one.name != "packages")


def test_a_full_disk_leaves_the_old_file(context: ResolvedContext, tmp_path: Path) -> None:
    (tmp_path / "a.rxt").write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError) as caught:
            context.save(str(tmp_path / "a.rxt"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.filename == str(tmp_path / "a.rxt")
    assert (tmp_path / "a.rxt").read_text() == "old"
    assert left(tmp_path) == ["a.rxt"]


def test_a_directory_that_is_not_there(context: ResolvedContext, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        context.save(str(tmp_path / "nowhere" / "a.rxt"))
    assert caught.value.filename == str(tmp_path / "nowhere" / "a.rxt")


def test_a_file_system_that_takes_no_files(context: ResolvedContext) -> None:
    with pytest.raises(OSError) as caught:
        context.save("/proc/a.rxt")
    assert caught.value.filename == "/proc/a.rxt"


def test_a_writer_that_is_killed_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "a.rxt"
    old, new = b"o" * 300_000, b"n" * 300_000
    path.write_bytes(old)
    script = (
        "import sys; from rezfast.context.whole_file import write_whole\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        f"    write_whole({str(path)!r}, b'n' * 300_000)\n"
        f"    write_whole({str(path)!r}, b'o' * 300_000)\n"
    )
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        assert path.read_bytes() in (old, new)


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_whole(str(tmp_path / "link"), b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(str(tmp_path / "pipe"), b"content")
        assert os.read(reader, 100) == b"content"
    finally:
        os.close(reader)
