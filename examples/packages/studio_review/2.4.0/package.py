name = "studio_review"
version = "2.4.0"
description = "Dailies and review, on its own or in Nuke."
authors = ["editorial"]
tools = ["dailies"]
timestamp = 1715040000

# what this release was tried with
tested_pyside = ["5.15", "6.5"]


@early()
def requires():
    return ["studio_core", "studio_ocio", "pyside-" + "|".join(this.tested_pyside)]


def commands():
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
    if "nuke" in resolve:
        env.NUKE_PATH.append("{root}/nuke")
