# A combined family: every version in one file. An override replaces the attributes that it names
# for the versions in its range.
name = "numpy"
description = "Arrays."
authors = ["NumPy Developers"]
versions = ["1.24.4", "1.26.4", "2.1.1"]
requires = ["python-3.9+<3.12"]
version_overrides = {
    "1.24": {"requires": ["python-3.9|3.10"]},
    "2+": {"requires": ["python-3.10+"]},
}


def commands():
    env.PYTHONPATH.append("/sw/numpy/{version}/python{resolve.python.version.major}.{resolve.python.version.minor}")
