name = "pyside"
version = "6.5.3"
description = "Qt 6 for tools that run outside an application."
authors = ["The Qt Company"]
variants = [
    ["python-3.10"],
    ["python-3.11"],
]
timestamp = 1695945600


def commands():
    env.PYTHONPATH.prepend("{root}/python")
    env.QT_PLUGIN_PATH.append("{root}/plugins")
