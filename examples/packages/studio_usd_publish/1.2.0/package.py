name = "studio_usd_publish"
version = "1.2.0"
description = "Publishes assets as OpenUSD, from an application or from a shell."
authors = ["pipeline"]
requires = [
    "studio_core-2+",
    "usd-24+",
]
variants = [
    ["python-3.10", "maya"],
    ["python-3.10", "houdini"],
    ["python-3.11", "maya"],
    ["python-3.11", "houdini"],
    ["python-3.10+", "!maya", "!houdini"],
]
timestamp = 1726012800


def commands():
    env.PYTHONPATH.append("{root}/python")
    env.PXR_PLUGINPATH_NAME.append("{root}/plugin")
