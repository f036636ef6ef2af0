name = "houdini"
version = "20.5.370"
description = "SideFX Houdini on Python 3.11."
authors = ["SideFX"]
tools = ["houdini", "hython", "husk", "hbatch"]
requires = [
    "python-3.11",
    "~usd-24+",
]
timestamp = 1727740800


def commands():
    env.HFS = "{root}"
    env.PATH.prepend("{root}/bin")
    env.HOUDINI_PATH.append("&")
    env.HOUDINI_PACKAGE_VERBOSE = 0
