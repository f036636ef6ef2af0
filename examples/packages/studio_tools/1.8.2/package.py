name = "studio_tools"
version = "1.8.2"
description = "Menus, publishers and scene checks for artists."
authors = ["pipeline"]
tools = ["publish", "scenecheck"]
requires = [
    "studio_core-1",
    "studio_ocio-1",
    # the first review protocol: a request for another one rules this version out
    ".studio.review-1",
    "~arnold-7.2",
]
variants = [
    ["maya-2023"],
    ["maya-2024"],
    ["houdini-19.5"],
    ["houdini-20.0"],
    ["nuke-14"],
]
timestamp = 1690848000


def commands():
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
    env.STUDIO_REVIEW_PROTOCOL = 1
    if "maya" in resolve:
        env.MAYA_SCRIPT_PATH.append("{root}/maya/scripts")
