name = "htoa"
version = "6.3.2"
description = "Arnold in Houdini."
authors = ["Autodesk"]
requires = ["arnold-7.3"]
variants = [
    ["houdini-20.0"],
    ["houdini-20.5"],
]
timestamp = 1718064000


def commands():
    env.HOUDINI_PATH.prepend("{root}/htoa")
    env.HTOA = "{root}"
