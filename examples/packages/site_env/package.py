# No version: there is one site, and everybody gets its environment as it is today.
name = "site_env"
description = "Mounts and servers of this site."
authors = ["systems"]


def commands():
    env.STUDIO_SITE = "london"
    env.STUDIO_SCRATCH = "/scratch/{system.user}"
    env.STUDIO_PROJECTS = "/mnt/projects"
