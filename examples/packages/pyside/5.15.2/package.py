name = "pyside"
version = "5.15.2"
description = "Qt 5 for tools that run outside an application."
authors = ["The Qt Company"]
variants = [
    ["python-3.9"],
    ["python-3.10"],
]
timestamp = 1682899200


def commands():
    env.PYTHONPATH.prepend("{root}/python")
    env.QT_PLUGIN_PATH.append("{root}/plugins")
