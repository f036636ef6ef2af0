name = "houdini"
version = "20.0.751"
description = "SideFX Houdini on Python 3.10."
authors = ["SideFX"]
tools = ["houdini", "hython", "husk", "hbatch"]
requires = [
    "python-3.10",
    "~usd-23+",
]
timestamp = 1719792000


def commands():
    env.HFS = "{root}"
    env.PATH.prepend("{root}/bin")
    env.HOUDINI_PATH.append("&")
