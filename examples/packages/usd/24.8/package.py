name = "usd"
version = "24.8"
description = "OpenUSD, built once for each interpreter."
authors = ["Pixar"]
tools = ["usdview", "usdcat", "usdrecord"]
variants = [
    ["python-3.10"],
    ["python-3.11"],
]
timestamp = 1723852800


def commands():
    env.USD_INSTALL_ROOT = "{root}"
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.prepend("{root}/lib/python")
    env.PXR_PLUGINPATH_NAME.append("{root}/plugin/usd")
