name = "opencolorio"
version = "2.2.1"
description = "Colour management."
authors = ["Academy Software Foundation"]
tools = ["ociocheck", "ocioconvert"]
timestamp = 1672963200


def commands():
    env.PATH.prepend("{root}/bin")
    env.LD_LIBRARY_PATH.prepend("{root}/lib")
