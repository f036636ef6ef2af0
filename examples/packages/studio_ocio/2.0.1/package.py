name = "studio_ocio"
version = "2.0.1"
description = "The studio's colour configuration, ACES 1.3 with built-in transforms."
authors = ["colour"]
requires = [
    "opencolorio-2.3+<3",
    # its displays are not known to the older applications
    "!nuke-<15",
    "!maya-<2024",
]
timestamp = 1710460800


def commands():
    env.OCIO = "{root}/config.ocio"
    env.STUDIO_COLOURSPACE = "ACEScg"
    if "nuke" in resolve:
        env.NUKE_PATH.append("{root}/nuke")
