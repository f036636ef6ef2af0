"""From a source tree under version control to a released package.

process.py         a release as a whole: build, install and tag, or nothing
commands.py       programs that are run, and what becomes of their failures: one line each
vcs.py            what a version control system has to offer
git.py            git
stub.py           a version control system for tests, a file
detection.py      which of them a source tree is in
changelog.py      what has changed since the last release, cut to size
checks.py         what has to be so before a release; the tag's name; what a release writes down
hooks.py          what may be done around a release
command_hook.py   a hook that runs programs that the settings name
run_hooks.py      runs the hooks that the settings name
message.py        what the user says of a release, written in an editor
"""
