name = "maya"
version = "2023.3"
description = "Autodesk Maya. Its interpreter is Python 3.9."
authors = ["Autodesk"]
tools = ["maya", "mayapy", "mayabatch"]
requires = [
    "python-3.9",
    "!pyside-6+",
    "~usd-23",
]
timestamp = 1679875200


def commands():
    env.MAYA_LOCATION = "{root}"
    env.MAYA_VERSION = "2023"
    env.PATH.prepend("{root}/bin")
    env.MAYA_DISABLE_CIP = 1
