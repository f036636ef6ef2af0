name = "nuke"
version = "14.1.4"
description = "Foundry Nuke on Python 3.9."
authors = ["Foundry"]
tools = ["Nuke14.1"]
requires = ["python-3.9"]
timestamp = 1714521600


def commands():
    env.NUKE_LOCATION = "{root}"
    env.PATH.prepend("{root}")
    alias("nuke", "{root}/Nuke14.1")
