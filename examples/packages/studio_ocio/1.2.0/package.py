name = "studio_ocio"
version = "1.2.0"
description = "The studio's colour configuration, ACES 1.2."
authors = ["colour"]
requires = ["opencolorio-2.2+<3"]
timestamp = 1675209600


def commands():
    env.OCIO = "{root}/config.ocio"
    env.STUDIO_COLOURSPACE = "ACES - ACEScg"
