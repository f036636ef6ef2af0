name = "studio_core"
version = "2.1.0"
description = "Paths, shots, publishing: the library under every in-house tool."
authors = ["pipeline"]
tools = ["studio-where"]
requires = [
    "python-3.10+",
    "shotgrid_api-3.4+",
    "site_env",
]
timestamp = 1720569600


def commands():
    env.PATH.append("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
    env.STUDIO_CORE_CACHE = "${STUDIO_SCRATCH}/core"
