name = "studio_rig"
version = "4.0.0"
description = "The rigging toolkit on OpenUSD."
authors = ["rigging"]
requires = [
    "maya-2024+",
    "numpy-1.26+",
    "usd-24+",
    ".studio.rig_units==cm",
]
timestamp = 1724976000


def commands():
    env.MAYA_PLUG_IN_PATH.append("{root}/plug-ins")
    env.PYTHONPATH.append("{root}/python")
    env.STUDIO_RIG_UNITS = "cm"
