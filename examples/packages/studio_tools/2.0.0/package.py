name = "studio_tools"
version = "2.0.0"
description = "Menus, publishers and scene checks for artists."
authors = ["pipeline"]
tools = ["publish", "scenecheck", "playblast"]
requires = [
    "studio_core-2",
    "studio_ocio",
    ".studio.review-2",
    "~arnold-7.3+",
]
variants = [
    ["maya-2024+"],
    ["houdini-20+"],
    ["nuke-15+"],
]
timestamp = 1721779200


def commands():
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
    env.STUDIO_REVIEW_PROTOCOL = 2
    if "maya" in resolve:
        env.MAYA_SCRIPT_PATH.append("{root}/maya/scripts")
    if "houdini" in resolve:
        env.HOUDINI_PATH.prepend("{root}/houdini")
