# Withdrawn: .ignore2025.2 beside this directory hides it.
name = "maya"
version = "2025.2"
description = "Autodesk Maya. Withdrawn after the crash in the graph editor."
authors = ["Autodesk"]
tools = ["maya", "mayapy", "mayabatch"]
requires = [
    "python-3.11",
    "!pyside-5",
    "~usd-24+",
]
timestamp = 1718236800


def commands():
    env.MAYA_LOCATION = "{root}"
    env.MAYA_VERSION = "2025"
    env.PATH.prepend("{root}/bin")
