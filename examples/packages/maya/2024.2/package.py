name = "maya"
version = "2024.2"
description = "Autodesk Maya. Its interpreter is Python 3.10."
authors = ["Autodesk"]
tools = ["maya", "mayapy", "mayabatch"]
requires = [
    "python-3.10",
    "!pyside-6+",
    "~usd-23+<25",
]
timestamp = 1697155200


def commands():
    env.MAYA_LOCATION = "{root}"
    env.MAYA_VERSION = "2024"
    env.PATH.prepend("{root}/bin")
    env.MAYA_DISABLE_CIP = 1
    env.MAYA_DISABLE_CER = 1
