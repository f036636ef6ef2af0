"""From a source tree under version control to a released package.

commands.py      programs that are run, and what becomes of their failures: one line each
vcs.py           what a version control system has to offer, and which one a source tree is in
git.py           git
stub.py          a version control system for tests, a file
changelog.py     what has changed since the last release, cut to size
checks.py        what has to be so before a release; the tag's name; what a release writes down
hooks.py         what a studio runs around a release
command_hook.py  a hook that runs programs that the settings name
"""
