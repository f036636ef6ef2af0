name = "studio_usd_publish"
version = "1.0.3"
description = "Publishes assets as OpenUSD."
authors = ["pipeline"]
requires = [
    "studio_core",
    "usd-23+<24",
]
timestamp = 1704844800


def commands():
    env.PYTHONPATH.append("{root}/python")
    env.PXR_PLUGINPATH_NAME.append("{root}/plugin")
