name = "opencolorio"
version = "2.3.2"
description = "Colour management."
authors = ["Academy Software Foundation"]
tools = ["ociocheck", "ocioconvert"]
timestamp = 1709251200


def commands():
    env.PATH.prepend("{root}/bin")
    env.LD_LIBRARY_PATH.prepend("{root}/lib")
