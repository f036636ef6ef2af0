"""Packages with tests of every form, for both runners of them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from textwrap import dedent

import rez

REZ_PACKAGES = Path(rez.__file__).parent / "data" / "tests" / "builds" / "packages"

_HOSTS = {
    "python-3.11": "def commands():\n    env.PATH.append('{root}/bin')\n",
    "maya-2022.1": "",
    "maya-2023.4": "",
    "houdini-20": "",
    "extra-2": "",
}

PLUGIN = """
    name = "plugin"
    version = "1.0"
    variants = [["maya-2022"], ["maya-2023"], ["houdini"], ["maya-2023", "houdini-20"]]
    tests = {
        "text": "echo text {name}-{version} {index} $REZ_MAYA_VERSION",
        "words": ["printf", "%s|", "{index}", "$REZ_MAYA_VERSION", "a b", "it's", "*"],
        "several": {"command": "echo several $REZ_USED_RESOLVE", "on_variants": True},
        "once": {"command": "echo once", "on_variants": False},
        "maya": {
            "command": "echo maya {index}",
            "on_variants": {"type": "requires", "value": ["maya"]},
        },
        "maya_2022": {
            "command": "echo maya_2022 {index}",
            "on_variants": {"type": "requires", "value": ["maya-2022"]},
        },
        "narrower": {
            "command": "echo narrower {index}",
            "on_variants": {"type": "requires", "value": ["maya-2022.1"]},
        },
        "not_maya": {
            "command": "echo not_maya {index}",
            "on_variants": {"type": "requires", "value": ["!maya"]},
        },
        "both": {
            "command": "echo both {index}",
            "on_variants": {"type": "requires", "value": ["houdini", "maya"]},
        },
        "only_houdini": {
            "command": "echo only_houdini {index}",
            "on_variants": {"type": "requires", "value": ["houdini", "!maya"]},
        },
        "needs": {"command": "echo needs $REZ_EXTRA_VERSION", "requires": ["extra-2"]},
        "needs_houdini": {"command": "echo needs_houdini {index}", "requires": ["houdini"]},
        "without_maya": {
            "command": "echo without_maya {index}",
            "requires": ["!maya"],
            "on_variants": True,
        },
        "impossible": {"command": "echo never", "requires": ["extra-9"]},
        "unknown": {"command": "echo never", "requires": ["nowhere"], "on_variants": True},
        "fails": {"command": "echo fails {index} && exit 3", "on_variants": True},
        "fails_once": "exit 4",
        "fails_later": {
            "command": 'case "$REZ_USED_REQUEST" in *houdini*) exit 5; esac',
            "on_variants": True,
        },
        "prepared": {"command": "echo $PREPARED_NAME $PREPARED_INDEX", "on_variants": True},
        "not_found": ["there-is-no-such-program"],
        "releasing": {"command": "echo releasing", "run_on": "pre_release"},
        "installing": {"command": "echo installing", "run_on": ["default", "pre_install"]},
        "asked": {"command": "echo asked", "run_on": "explicit", "on_variants": True},
        "never": {"command": "echo never", "run_on": []},
    }

    def pre_test_commands():
        if test.name == "prepared":
            env.PREPARED_NAME = test.name
            env.PREPARED_INDEX = "{this.version}-{this.index}"
"""

_TESTED = {
    "plugin": PLUGIN,
    "plain": """
        name = "plain"
        version = "2.0"
        requires = ["maya"]
        tests = {
            "text": "echo plain {root}",
            "several": {"command": "echo several", "on_variants": True},
            "filtered": {
                "command": "echo filtered",
                "on_variants": {"type": "requires", "value": ["maya"]},
            },
            "kept_out": {
                "command": "echo kept_out",
                "on_variants": {"type": "requires", "value": ["!maya"]},
            },
        }
        """,
    "unversioned": """
        name = "unversioned"
        tests = {"text": "echo $REZ_USED_REQUEST", "empty": ""}
        """,
    "untested": """
        name = "untested"
        version = "1.0"
        """,
    "late": """
        name = "late"
        version = "1.0"
        variants = [["maya-2022"], ["maya-2023"]]

        @late()
        def tests():
            found = {"all": {"command": "echo all {index}", "on_variants": True}}
            if this.is_package or this.index == 1:
                found["second"] = {"command": "echo second {index}", "on_variants": True}
            return found

        @late()
        def requires():
            if in_context() and testing:
                return ["extra"]
            return []
        """,
    # no resolve can be made to choose the first one
    "hidden": """
        name = "hidden"
        version = "1.0"
        variants = [["maya-2022"], ["maya-2022.1"], ["maya-2023"]]
        tests = {
            "several": {"command": "echo several {index}", "on_variants": True},
            "text": "echo text {index}",
        }
        """,
}  # fmt: skip


def make_repository(root: Path) -> Path:
    """A repository of these packages and those of rez's own tests, with a python to run."""
    shutil.copytree(REZ_PACKAGES, root, ignore=shutil.ignore_patterns("__pycache__"))
    for qualified, body in _HOSTS.items():
        name, _, version = qualified.partition("-")
        _write(root / name / version, f"name = {name!r}\nversion = {version!r}\n{body}")
    for name, text in _TESTED.items():
        text = dedent(text)
        version = "" if name == "unversioned" else "2.0" if name == "plain" else "1.0"
        _write(root / name / version, text)
    program = root / "python" / "3.11" / "bin" / "python"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    return root


def _write(place: Path, text: str) -> None:
    place.mkdir(parents=True, exist_ok=True)
    (place / "package.py").write_text(text)
