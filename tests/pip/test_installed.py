"""Distributions in a directory that pip has installed into."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from differential.wheels import line

from rezfast.errors import ConfigurationError, DistributionError
from rezfast.pip.files import PackageFile, Remap, write_files
from rezfast.pip.installed import InstalledDistribution, installed_distributions

INFO = "foo-1.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n"


def installed(target: Path, files: dict[str, str], record: str | None = None) -> Path:
    """What pip leaves in `target`: `files` are by their paths in RECORD."""
    info = target / INFO
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(METADATA)
    lines = ""
    for path, content in files.items():
        place = target / path.removeprefix("../../lib/python/").removeprefix("../../")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
        lines += line(path, content.encode())
    (info / "RECORD").write_text(lines + f"{INFO}/RECORD,,\n" if record is None else record)
    return info


def package_files(info: Path, remaps: Sequence[Remap]) -> dict[str, PackageFile]:
    distribution = InstalledDistribution(str(info))
    return {file.destination: file for file in distribution.package_files(remaps)}


def test_files_go_where_rez_puts_them(tmp_path: Path, remaps: Sequence[Remap]) -> None:
    info = installed(
        tmp_path,
        {
            "foo/__init__.py": "",
            "../../bin/tool": "#!/bin/sh\n",
            "../../lib/python/late.py": "",
            "../../share/foo.txt": "",
            "../../include/site/python3.11/foo/foo.h": "",
        },
    )
    files = package_files(info, remaps)
    assert {place: file.source for place, file in files.items()} == {
        "python/foo/__init__.py": "foo/__init__.py",
        "bin/tool": "bin/tool",
        "python/late.py": "late.py",
        "share/foo.txt": "share/foo.txt",
        "include/foo/foo.h": "include/site/python3.11/foo/foo.h",
        f"python/{INFO}/RECORD": None,
    }


def test_scripts_lose_the_interpreter_that_installed_them(
    tmp_path: Path, remaps: Sequence[Remap]
) -> None:
    script = "#!/home/me/build/venv/bin/python3.11\nprint('hi')\n"
    files = package_files(installed(tmp_path, {"../../bin/tool": script}), remaps)
    assert files["bin/tool"].content == b"#!/usr/bin/env python\nprint('hi')\n"
    assert files["bin/tool"].executable


def test_what_is_recorded_and_not_there_is_left_out(
    tmp_path: Path, remaps: Sequence[Remap], caplog: pytest.LogCaptureFixture
) -> None:
    info = installed(tmp_path, {"foo.py": "", "gone.py": ""})
    (tmp_path / "gone.py").unlink()
    assert "python/gone.py" not in package_files(info, remaps)
    assert "gone.py is not there, and is left out" in caplog.text


def test_a_changed_file_is_not_copied(tmp_path: Path, remaps: Sequence[Remap]) -> None:
    info = installed(tmp_path / "target", {"foo.py": "X = 1\n"})
    (tmp_path / "target/foo.py").write_text("X = 2\n")
    distribution = InstalledDistribution(str(info))
    with pytest.raises(DistributionError, match=r"foo\.py is damaged: its sha256 is not"):
        write_files(distribution.package_files(remaps), distribution, str(tmp_path / "root"))


@pytest.mark.parametrize("path", ["/etc/passwd", "..", ".", "a\\b", "C:/x"])
def test_a_record_with_a_path_that_is_none(
    tmp_path: Path, remaps: Sequence[Remap], path: str
) -> None:
    with pytest.raises(DistributionError, match="RECORD has the path"):
        package_files(installed(tmp_path, {}, f"{path},,\n"), remaps)


@pytest.mark.parametrize("path", ["../evil", "../../../evil", "foo/../../evil", "../../.."])
def test_a_record_that_leads_outside_needs_a_rule(
    tmp_path: Path, remaps: Sequence[Remap], path: str
) -> None:
    with pytest.raises(DistributionError, match="a rule in pip_install_remaps says where"):
        package_files(installed(tmp_path, {}, f"{path},,\n"), remaps)


def test_a_rule_that_is_no_expression_is_an_error_of_the_setting(tmp_path: Path) -> None:
    rule = {"record_path": "(", "pip_install": "", "rez_install": ""}
    with pytest.raises(ConfigurationError, match=r"pip_install_remaps: '\('"):
        package_files(installed(tmp_path, {"../../bin/x": ""}), [rule])


def test_without_a_record_the_files_are_not_known(tmp_path: Path) -> None:
    info = installed(tmp_path, {})
    (info / "RECORD").unlink()
    with pytest.raises(DistributionError, match="it has no RECORD"):
        package_files(info, ())


def test_all_distributions_in_a_directory_by_name(tmp_path: Path) -> None:
    for name in ("b-1.dist-info", "a-1.dist-info", "a", "bin"):
        os.mkdir(tmp_path / name)
    assert [os.path.basename(found.path) for found in installed_distributions(str(tmp_path))] == [
        "a-1.dist-info",
        "b-1.dist-info",
    ]
    with pytest.raises(DistributionError, match="missing: cannot be listed: No such file"):
        installed_distributions(str(tmp_path / "missing"))
