name = "mtoa"
version = "5.4.2"
description = "Arnold in Maya."
authors = ["Autodesk"]
requires = ["arnold-7.3"]
variants = [
    ["maya-2024"],
    ["maya-2025"],
]
timestamp = 1717718400


def commands():
    env.MAYA_MODULE_PATH.append("{root}")
    env.MAYA_RENDER_DESC_PATH.append("{root}")
    env.MTOA_PATH = "{root}"
