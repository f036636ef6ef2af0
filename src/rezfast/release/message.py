"""The message of a release, written in an editor (rez: in `rez-release`).

The text is kept in a file until the release is done, so that one that fails does not lose it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from contextlib import suppress
from hashlib import sha1

from rezfast.config import settings
from rezfast.errors import ReleaseError

_HEADER = "<Enter your release notes here>"
_TOKEN = "###<CHANGELOG>"
_NOTE = f"{_TOKEN} What follows is for you to look at. It is no part of the release notes."


def message_file(source: str) -> str:
    """The file that keeps the message for a source tree, in the setting `tmpdir`."""
    name = sha1(source.encode("utf-8")).hexdigest()
    directory = settings().tmpdir or tempfile.gettempdir()
    return os.path.join(directory, f"rez-release-message-{name}.txt")


def message_template(changelog: str | None) -> str:
    """What the editor shows.

    Args:
        changelog: What has changed, to look at; None: nobody knows.
    """
    return f"{_HEADER}\n\n{_NOTE}\n\n{changelog}\n" if changelog else f"{_HEADER}\n"


def message_of(text: str) -> str:
    """The message in what the editor left: without the changelog, and what was to be replaced."""
    return text.partition(_TOKEN)[0].replace(_HEADER, "").strip()


def edit_message(source: str, changelog: str | None) -> str:
    """Let the user write the message, or go on with the one that is kept.

    Args:
        source: The source tree.
        changelog: As for `message_template`.

    Returns:
        The message; empty when the user wrote none.

    Raises:
        ReleaseError: The file or the editor does not work, or somebody else has made the file.
    """
    editor = settings().editor
    if not editor:
        raise ReleaseError(
            "no editor for the message of the release: use --message, or set $EDITOR"
        )
    path = message_file(source)
    try:
        # the directory may be everybody's: what lies there is not followed, nor taken from others
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with suppress(FileExistsError), os.fdopen(os.open(path, flags, 0o600), "w") as file:
            file.write(message_template(changelog))
        if os.path.islink(path) or os.stat(path).st_uid != os.getuid():
            raise ReleaseError(f"{path}: somebody else made this file: remove it")
        command = [*shlex.split(editor), path]
        status = subprocess.run(command, check=False).returncode
        with open(path, encoding="utf-8", errors="replace") as text:
            message = message_of(text.read())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReleaseError(
            f"the release's message cannot be edited: {reason} (editor: {editor}, file: {path})"
        ) from error
    if status:
        raise ReleaseError(f"{shlex.join(command)}: the editor failed with exit status {status}")
    return message


def forget_message(source: str) -> None:
    """Remove the file that keeps the message, if there is one: the release is done."""
    with suppress(OSError):
        os.unlink(message_file(source))
