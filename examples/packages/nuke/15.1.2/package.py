name = "nuke"
version = "15.1.2"
description = "Foundry Nuke on Python 3.10."
authors = ["Foundry"]
tools = ["Nuke15.1"]
requires = ["python-3.10"]
timestamp = 1725148800


def commands():
    env.NUKE_LOCATION = "{root}"
    env.PATH.prepend("{root}")
    alias("nuke", "{root}/Nuke15.1")
