"""Wheels: what they become, and what is refused in them."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from differential.wheels import line

from rezfast.errors import ConfigurationError, DistributionError
from rezfast.pip.files import PackageFile, Remap, python_paths, write_files
from rezfast.pip.wheel import Wheel

MakeWheel = Callable[..., Path]
Remaps = Sequence[Remap]

INFO = "foo-1.0.dist-info"


def destinations(wheel: Path, remaps: Remaps) -> dict[str, PackageFile]:
    with Wheel(str(wheel)) as opened:
        return {file.destination: file for file in opened.package_files(remaps)}


def install(wheel: Path, remaps: Remaps, root: Path) -> Path:
    with Wheel(str(wheel)) as opened:
        write_files(opened.package_files(remaps), opened, str(root))
    return root


def run(root: Path, *command: str) -> str:
    environ = {
        "PATH": f"{root}/bin:{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
        "PYTHONPATH": f"{root}/python",
    }
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


# ---- what they become


def test_modules_and_metadata_go_below_python(wheel: MakeWheel, remaps: Remaps) -> None:
    made = wheel({"foo/__init__.py": "", "foo/data.json": "{}", "top.py": ""})
    assert sorted(destinations(made, remaps)) == [
        f"python/{INFO}/METADATA",
        f"python/{INFO}/RECORD",
        f"python/{INFO}/WHEEL",
        "python/foo/__init__.py",
        "python/foo/data.json",
        "python/top.py",
    ]


def test_data_directories_go_where_pip_puts_them(wheel: MakeWheel, remaps: Remaps) -> None:
    made = wheel(
        {
            "{data}/purelib/pure.py": "",
            "{data}/platlib/native.so": b"\0",
            "{data}/scripts/tool": "#!python\n",
            "{data}/data/share/foo/icon.svg": "",
            "{data}/data/lib/python/late.py": "",
            "{data}/headers/foo.h": "",
        }
    )
    found = [path for path in destinations(made, remaps) if INFO not in path]
    assert sorted(found) == [
        "bin/tool",
        "include/foo/foo.h",
        "python/late.py",
        "python/native.so",
        "python/pure.py",
        "share/foo/icon.svg",
    ]


def test_a_rule_in_pip_install_remaps_sends_files_elsewhere(wheel: MakeWheel) -> None:
    rule = {
        "record_path": r"^\.\./\.\./share/(.*)",
        "pip_install": r"share/\1",
        "rez_install": r"resources/\1",
    }
    made = wheel({"{data}/data/share/foo.txt": "", "{data}/data/etc/foo.ini": ""})
    found = destinations(made, [rule])
    assert "resources/foo.txt" in found
    assert "etc/foo.ini" in found


def test_a_rule_that_leads_outside_is_an_error_of_the_setting(wheel: MakeWheel) -> None:
    rule = {"record_path": "share", "pip_install": "share", "rez_install": "../../share"}
    with pytest.raises(ConfigurationError, match="pip_install_remaps: 'share' leads outside"):
        destinations(wheel({"{data}/data/share/foo.txt": ""}), [rule])


def test_a_rule_that_is_no_expression_is_an_error_of_the_setting(wheel: MakeWheel) -> None:
    rule = {"record_path": "(", "pip_install": "", "rez_install": ""}
    with pytest.raises(ConfigurationError, match=r"pip_install_remaps: '\('"):
        destinations(wheel({"{data}/data/x": ""}), [rule])


def test_headers_lose_the_python_that_pip_would_put_them_under(
    wheel: MakeWheel, remaps: Remaps
) -> None:
    made = wheel({"{data}/data/include/site/python3.11/foo/foo.h": ""})
    assert "include/foo/foo.h" in destinations(made, remaps)


def test_scripts_run_in_whatever_environment_they_are_found(
    wheel: MakeWheel, remaps: Remaps, tmp_path: Path
) -> None:
    made = wheel(
        {
            "foo/__init__.py": "def main(): print('entered')\n",
            "{data}/scripts/plain": "#!python\nimport foo; print('plain')\n",
            "{data}/scripts/shell": "#!/bin/sh\necho shell\n",
        },
        entry_points="[console_scripts]\nfoo-Tool = foo:main\n\n"
        "[gui_scripts]\nfoo-gui=foo:main.__call__\n",
    )
    root = install(made, remaps, tmp_path / "root")
    tools = ["foo-Tool", "foo-gui", "plain", "shell"]
    assert sorted(os.listdir(root / "bin")) == tools
    assert [run(root, tool) for tool in tools] == ["entered", "entered", "plain", "shell"]
    for tool in tools[:3]:
        assert (root / "bin" / tool).read_bytes().startswith(b"#!/usr/bin/env python\n")


def test_an_entry_point_comes_before_a_script_of_its_name(wheel: MakeWheel, remaps: Remaps) -> None:
    made = wheel(
        {"{data}/scripts/foo": "#!python\nimport pkg_resources\n"},
        entry_points="[console_scripts]\nfoo = foo:main\n",
    )
    content = destinations(made, remaps)["bin/foo"].content
    assert content is not None and b"from foo import main" in content


def test_what_can_be_run_in_a_wheel_can_be_run(
    wheel: MakeWheel, remaps: Remaps, tmp_path: Path
) -> None:
    made = wheel({"foo/helper": "#!/bin/sh\n", "foo/a.txt": ""}, executable=["foo/helper"])
    root = install(made, remaps, tmp_path / "root")
    modes = [(root / "python/foo" / name).stat().st_mode for name in ("helper", "a.txt")]
    assert [bool(mode & stat.S_IXUSR) for mode in modes] == [True, False]


def test_the_installed_distribution_knows_its_files(
    wheel: MakeWheel, remaps: Remaps, tmp_path: Path
) -> None:
    made = wheel(
        {"foo/__init__.py": "", "{data}/data/share/foo.txt": "text"},
        entry_points="[console_scripts]\nfoo = foo:main\n",
    )
    root = install(made, remaps, tmp_path / "root")
    code = "import importlib.metadata as m; print(*[f.locate().resolve() for f in m.files('foo')])"
    listed = run(root, sys.executable, "-c", code).split()
    written = [os.path.join(at, name) for at, _, names in os.walk(root) for name in names]
    assert sorted(listed) == sorted(os.path.realpath(path) for path in written)


def test_parts_of_a_namespace_package_are_found_together(
    wheel: MakeWheel, remaps: Remaps, tmp_path: Path
) -> None:
    one = wheel({"space/one.py": "X = 1\n"}, name="space-one")
    two = wheel({"space/two.py": "Y = 2\n"}, name="space-two")
    roots = [install(made, remaps, tmp_path / made.stem) for made in (one, two)]
    path = os.pathsep.join(f"{root}/python" for root in roots)
    code = "from space import one, two; print(one.X + two.Y)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "3\n"


def test_directories_in_pth_files_are_for_pythonpath(wheel: MakeWheel, remaps: Remaps) -> None:
    lines = "# where the rest is\nwin32\nwin32/lib\n../..\n/etc\nmissing\nimport os; print(1)\n"
    made = wheel({"foo.pth": lines, "win32/a.py": "", "win32/lib/b.py": ""})
    with Wheel(str(made)) as opened:
        files = opened.package_files(remaps)
        assert python_paths(files, opened) == ["python/win32", "python/win32/lib"]


def test_a_wheel_says_what_it_is_for(wheel: MakeWheel) -> None:
    with Wheel(str(wheel(tag="cp311-abi3-manylinux2014_x86_64"))) as opened:
        assert [str(tag) for tag in opened.tags] == ["cp311-abi3-manylinux2014_x86_64"]
        assert not opened.is_pure_python
        opened.verify()


# ---- what is refused


def rejected(made: Path, remaps: Remaps = ()) -> str:
    """The message of the error, which is one line and says which wheel."""
    with pytest.raises(DistributionError) as caught, Wheel(str(made)) as opened:
        opened.package_files(remaps)
        opened.verify()
    message = str(caught.value)
    assert message.startswith(f"{made}: ")
    assert "\n" not in message
    return message.removeprefix(f"{made}: ")


@pytest.mark.parametrize(
    "path",
    [
        "../evil.py",
        "foo/../../evil.py",
        "/etc/evil",
        "foo/./evil.py",
        "foo//evil.py",
        "..\\evil.py",
        "C:/evil.py",
        "{data}/scripts/../../../evil",
    ],
)
def test_a_path_that_leads_outside(wheel: MakeWheel, path: str) -> None:
    assert "which leads outside" in rejected(wheel({path: ""}))


def test_the_same_file_twice(wheel: MakeWheel) -> None:
    made = wheel()
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("foo/__init__.py", "X = 2\n")
    assert rejected(made) == "it has 'foo/__init__.py' twice"


def test_two_files_that_go_to_one_place(wheel: MakeWheel) -> None:
    made = wheel({"foo.py": "", "{data}/purelib/foo.py": ""})
    assert rejected(made) == "two files of it go to python/foo.py"


def test_a_link(wheel: MakeWheel) -> None:
    made = wheel()
    with zipfile.ZipFile(made, "a") as archive:
        link = zipfile.ZipInfo("foo/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert rejected(made) == "'foo/link' in it is neither file nor directory"


def test_metadata_that_is_missing_or_that_of_another(wheel: MakeWheel, tmp_path: Path) -> None:
    assert rejected(wheel(left_out=["METADATA"])) == "it has no METADATA"
    assert rejected(wheel(left_out=["RECORD"])) == "it has no RECORD"
    assert rejected(wheel(left_out=["WHEEL"])) == "it has no WHEEL"
    other = tmp_path / "bar-1.0-py3-none-any.whl"
    wheel().rename(other)
    assert rejected(other) == "its METADATA is that of foo 1.0"
    newer = tmp_path / "foo-2.0-py3-none-any.whl"
    wheel().rename(newer)
    assert rejected(newer) == "its METADATA is that of foo 1.0"


def test_two_directories_of_metadata(wheel: MakeWheel) -> None:
    made = wheel({"bar-1.0.dist-info/METADATA": ""})
    assert rejected(made) == f"has bar-1.0.dist-info, {INFO}, and a wheel has one"


def test_a_file_name_that_is_no_wheels(tmp_path: Path) -> None:
    path = tmp_path / "foo.whl"
    path.write_bytes(b"")
    assert rejected(path).startswith("is not named as a wheel: ")


def test_a_format_of_the_future(wheel: MakeWheel) -> None:
    made = wheel()
    content = made.read_bytes()
    # rewritten whole, since an archive cannot replace a member
    with zipfile.ZipFile(made) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[f"{INFO}/WHEEL"] = b"Wheel-Version: 2.0\n"
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    assert content != made.read_bytes()
    assert rejected(made) == "Wheel-Version 2.0 is not known, only 1.x"


def test_a_file_that_is_not_the_recorded_one(wheel: MakeWheel) -> None:
    files = {"foo.py": "X = 2\n"}
    info = [f"{INFO}/METADATA,sha256=x,1\n", f"{INFO}/WHEEL,sha256=x,1\n"]
    digest = wheel(files, record=line("foo.py", b"X = 1\n") + "".join(info))
    assert rejected(digest) == "foo.py is damaged: its sha256 is not the one in RECORD"
    size = wheel(files, record=line("foo.py", b"X = 1\n\n") + "".join(info))
    assert rejected(size) == "foo.py is damaged: it has 6 bytes, and RECORD says 7"


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("foo.py,,\n", "RECORD has no hash of 'foo.py'"),
        (
            "foo.py,md5=1234,\n",
            "line 1 of RECORD has the hash 'md5=1234', which is not one of sha256",
        ),
        ("foo.py,sha256=1234,many\n", "line 1 of RECORD has the size 'many'"),
        ("foo.py,sha256=a,1\nfoo.py,sha256=a,1\n", "RECORD has 'foo.py' twice"),
        ("foo.py,sha256=a,1,more\n", "line 1 of RECORD is not 'path,hash,size'"),
        ('"foo.py,sha256=a\n', "RECORD cannot be read: "),
        ("bar.py,sha256=a,1\n", "RECORD has 'bar.py', which is not in it"),
        ("", "it has 'foo.py', which is not in RECORD"),
    ],
)
def test_a_record_that_is_wrong(wheel: MakeWheel, record: str, message: str) -> None:
    assert rejected(wheel({"foo.py": ""}, record=record)).startswith(message)


def test_a_wheel_that_is_cut_off_or_damaged(wheel: MakeWheel, tmp_path: Path) -> None:
    made = wheel({"foo.py": os.urandom(3000)})
    content = made.read_bytes()
    for length in range(0, len(content) - 1, 97):
        made.write_bytes(content[:length])
        assert "cannot be read: " in rejected(made)
    for position in range(60, 2000, 97):
        made.write_bytes(content[:position] + b"????" + content[position + 4 :])
        assert "foo.py" in rejected(made)


def test_a_wheel_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "foo-1.0-py3-none-any.whl"
    assert rejected(path) == "the archive cannot be read: No such file or directory"


def test_an_entry_point_that_is_more_than_a_name(wheel: MakeWheel) -> None:
    for text in ("foo = foo; import os", "foo = foo", "../foo = foo:main", ".. = foo:main"):
        made = wheel(entry_points=f"[console_scripts]\n{text}\n")
        assert "is not of the form 'name = module:function'" in rejected(made)
    assert "entry_points.txt cannot be read: " in rejected(wheel(entry_points="console\n"))


def test_nothing_there_is_overwritten(wheel: MakeWheel, remaps: Remaps, tmp_path: Path) -> None:
    made = wheel()
    install(made, remaps, tmp_path / "root")
    with pytest.raises(FileExistsError):
        install(made, remaps, tmp_path / "root")
