name = "studio_tools"
version = "2.1.0"
description = "Menus, publishers and scene checks for artists. For shows on OpenUSD."
authors = ["pipeline"]
tools = ["publish", "scenecheck", "playblast", "layout"]
requires = [
    "studio_core-2.1+",
    "studio_ocio-2+",
    "usd-24+",
    # compositing stays on 2.0 until Nuke reads these shows
    "!nuke",
    # either protocol, whichever the show asks for
    ".studio.review-2+<4",
    "~arnold-7.3+",
]
variants = [
    ["maya-2024+"],
    ["houdini-20+"],
]
timestamp = 1728000000


def commands():
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
    if intersects(ephemerals.get_range("studio.review", "2"), "2"):
        env.STUDIO_REVIEW_PROTOCOL = 2
    else:
        env.STUDIO_REVIEW_PROTOCOL = 3
    if "maya" in resolve:
        env.MAYA_SCRIPT_PATH.append("{root}/maya/scripts")
    if "houdini" in resolve:
        env.HOUDINI_PATH.prepend("{root}/houdini")
