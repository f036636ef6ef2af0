name = "studio_rig"
version = "3.2.0"
description = "The rigging toolkit, before it moved to OpenUSD."
authors = ["rigging"]
requires = [
    "maya-2023+<2025",
    "numpy-1",
    "!usd-24+",
]
timestamp = 1691712000


def commands():
    env.MAYA_PLUG_IN_PATH.append("{root}/plug-ins")
    env.PYTHONPATH.append("{root}/python")
