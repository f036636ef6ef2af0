name = "python"
version = "3.11.9"
description = "The CPython interpreter that every tool of a show shares."
authors = ["Python Software Foundation"]
tools = ["python3", "pip3"]
uuid = "packages.python"
timestamp = 1712275200


def commands():
    env.PATH.prepend("{root}/bin")
    env.LD_LIBRARY_PATH.prepend("{root}/lib")
    env.PYTHONHOME = "{root}"
    if "maya" in resolve or "houdini" in resolve:
        # these bring an interpreter of their own
        env.PYTHONHOME.unset()
