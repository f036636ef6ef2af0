name = "mtoa"
version = "5.3.5"
description = "Arnold in Maya."
authors = ["Autodesk"]
requires = ["arnold-7.2"]
variants = [
    ["maya-2023"],
    ["maya-2024"],
]
timestamp = 1702512000


def commands():
    env.MAYA_MODULE_PATH.append("{root}")
    env.MAYA_RENDER_DESC_PATH.append("{root}")
    env.MTOA_PATH = "{root}"
