name = "studio_core"
version = "1.4.0"
description = "Paths, shots, publishing: the library under every in-house tool."
authors = ["pipeline"]
requires = [
    "python-3.9+<3.11",
    "shotgrid_api-3",
    "site_env",
]
timestamp = 1688169600


def commands():
    env.PYTHONPATH.append("{root}/python")
