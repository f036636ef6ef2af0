name = "studio_farm"
version = "1.3.0"
description = "Sends work to the render farm."
authors = ["systems"]
tools = ["farmsubmit", "farmstat"]
timestamp = 1712534400


@late()
def requires():
    """On a blade the library is the one that the blade's image was made with."""
    import os

    if os.getenv("STUDIO_FARM_BLADE"):
        return ["studio_core==1.4.0"]
    return ["studio_core"]


def commands():
    env.PATH.prepend("{root}/bin")
    env.PYTHONPATH.append("{root}/python")
    env.FARM_HOST = "dispatcher"
