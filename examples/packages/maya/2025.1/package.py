name = "maya"
version = "2025.1"
description = "Autodesk Maya. Its interpreter is Python 3.11."
authors = ["Autodesk"]
tools = ["maya", "mayapy", "mayabatch"]
requires = [
    "python-3.11",
    "!pyside-5",
    "~usd-24+",
]
timestamp = 1716336000


def commands():
    env.MAYA_LOCATION = "{root}"
    env.MAYA_VERSION = "2025"
    env.PATH.prepend("{root}/bin")
    env.MAYA_DISABLE_CIP = 1
    env.MAYA_DISABLE_CER = 1
