"""What `bench.definitions` loads: definitions with functions, in the shapes that studios write."""

from __future__ import annotations

#: By what each of them has. `$MARK` becomes something else in every copy.
DYNAMIC = {
    "early and late functions, a scope": """\
name = "foo"
version = "1.0.$MARK"

def _description():
    return "something"

description = _description()

@early()
def authors():
    return ["a", "b"]

@early()
def requires():
    if building:
        return ["python-2"]
    return ["runtimeonly-1.2", "python-2"]

variants = [["maya-2017"], ["maya-2018"]]

@late()
def tools():
    import os
    return sorted(os.environ)[:1]

@late()
def build_requires():
    if this.is_package:
        return []
    return ["cmake"]

with scope("custom") as c:
    c.x.y = 1

def commands():
    env.PATH.append("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
""",
    "late tools, commands that look around": """\
name = "paint_plugin"
version = "1.0.$MARK"
description = "Brushes of the paint department."
authors = ["ana", "bo"]
requires = ["python-3.9+<3.12", "paint-2021+", "studio_core-4"]
variants = [["platform-linux"], ["platform-windows"]]

@late()
def tools():
    found = ["brush-edit", "brush-list"]
    if in_context() and "paint" in request:
        found.append("brush-live")
    return found

def pre_commands():
    env.BRUSH_TEMP = "/tmp/brush"

def commands():
    env.PATH.append("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
    env.PAINT_PLUGIN_PATH.append("{root}/plugins")
    if "paint" in resolve:
        if resolve.paint.version.major >= 2023:
            env.PAINT_PLUGIN_PATH.append("{root}/plugins_2023")
        else:
            env.PAINT_PLUGIN_PATH.append("{root}/plugins_old")
    if building:
        env.BRUSH_INCLUDE_DIR = "{root}/include"
        env.BRUSH_LIBRARY_DIR = "{root}/lib"
    for language in ("en", "fr", "de"):
        env["BRUSH_HELP_" + language.upper()] = "{root}/help/" + language
    alias("brush", "brush-edit --studio")

def post_commands():
    if "BRUSH_CACHE" not in env:
        env.BRUSH_CACHE = "{env.BRUSH_TEMP}/cache"
""",
    "late requires": """\
name = "renderer_bridge"
version = "1.0.$MARK"
requires = ["renderer-5"]
variants = [["maya-2023"], ["maya-2024"], ["houdini-20"]]
hashed_variants = True

@late()
def private_build_requires():
    if this.is_package:
        return []
    elif this.index == 0:
        return ["maya_2023_build_utils"]
    elif this.index == 1:
        return ["maya_2024_build_utils"]
    else:
        return ["houdini_build_utils"]

def commands():
    env.LD_LIBRARY_PATH.append("{root}/lib")
    if "maya" in resolve:
        env.MAYA_PLUG_IN_PATH.append("{root}/maya")
    if "houdini" in resolve:
        env.HOUDINI_PATH.append("{root}/houdini")
""",
    "version from a helper, imports": """\
import os
import sys

name = "pipeline_tools"

def _read_version():
    numbers = [1, 0, "$MARK"]
    return ".".join(str(number) for number in numbers)

version = _read_version()
description = "Tools on " + sys.platform

requires = ["python-3", "studio_core-4.1+"]
if os.getenv("PIPELINE_TOOLS_GUI"):
    requires.append("qt-5.15")

@early()
def tools():
    return ["pipe-%s" % word for word in ("check", "copy", "publish", "status")]

tests = {
    "unit": {"command": "python -m pytest {root}/tests", "requires": ["pytest-7"]},
    "lint": "ruff {root}/python",
}

def commands():
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.prepend("{root}/python")
    env.PIPELINE_TOOLS_ROOT = "{root}"
    if intersects(resolve.python, "3.11+"):
        env.PIPELINE_TOOLS_FAST = "1"
""",
    "configuration, early requires": """\
name = "studio_core"
version = "4.1.$MARK"
authors = ["core"]
uuid = "6c43d533-92bb-4f8b-b812-7020bf54d3f1"

with scope("config"):
    release_packages_path = "/software/packages/core"

@early()
def requires():
    wanted = ["python-3.9+", "yaml-6"]
    if not building:
        wanted.append("studio_data-2")
    return wanted

@early()
def variants():
    return [["platform-%s" % one, "arch-x86_64"] for one in ("linux", "osx", "windows")]

def commands():
    env.PYTHONPATH.append("{root}/python")
    env.STUDIO_CORE_VERSION = "{version}"
    if system.platform == "linux":
        env.STUDIO_CORE_TEMP = "/var/tmp/studio"
    elif system.platform == "osx":
        env.STUDIO_CORE_TEMP = "/private/tmp/studio"
    else:
        env.STUDIO_CORE_TEMP = "C:/temp/studio"
""",
    "commands, written by a release": """\
# -*- coding: utf-8 -*-

name = 'compositor'

version = '12.0.$MARK'

description = 'Layers and nodes.'

authors = ['cy', 'di']

requires = [
    'python-3.9+',
    'ocio-2.1',
    'studio_core-4'
]

tools = ['comp', 'comp-render']

def commands():
    env.PATH.append("{root}/bin")
    env.OCIO_PLUGINS.append("{root}/ocio")
    env.COMP_LICENSE = "5053@licenses"
    if "studio_core" in resolve:
        env.COMP_INIT.append("{root}/studio")
    if system.platform == "linux":
        env.LD_LIBRARY_PATH.append("{root}/lib")
    alias("comp-safe", "comp --safe")

timestamp = 1600130028

format_version = 2
""",
}
