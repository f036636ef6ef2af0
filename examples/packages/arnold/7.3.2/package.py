name = "arnold"
version = "7.3.2"
description = "The Arnold renderer itself, without an application."
authors = ["Autodesk"]
tools = ["kick", "maketx"]
requires = ["~studio_ocio"]
timestamp = 1717545600


def commands():
    env.PATH.prepend("{root}/bin")
    env.ARNOLD_PLUGIN_PATH.append("{root}/plugins")
    env.ADSKFLEX_LICENSE_FILE = "27000@licences"
