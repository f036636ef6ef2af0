name = "usd"
version = "23.11"
description = "OpenUSD, built once for each interpreter."
authors = ["Pixar"]
tools = ["usdview", "usdcat", "usdrecord"]
variants = [
    ["python-3.9"],
    ["python-3.10"],
]
timestamp = 1700870400


def commands():
    env.USD_INSTALL_ROOT = "{root}"
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.prepend("{root}/lib/python")
    env.PXR_PLUGINPATH_NAME.append("{root}/plugin/usd")
