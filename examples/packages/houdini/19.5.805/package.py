name = "houdini"
version = "19.5.805"
description = "SideFX Houdini on Python 3.9."
authors = ["SideFX"]
tools = ["houdini", "hython", "husk", "hbatch"]
requires = ["python-3.9"]
timestamp = 1701388800


def commands():
    env.HFS = "{root}"
    env.PATH.prepend("{root}/bin")
    env.HOUDINI_PATH.append("&")
