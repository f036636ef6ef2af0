"""The message of a release, written in an editor."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from release.conftest import Use

from rezfast.errors import ReleaseError
from rezfast.release.message import edit_message, forget_message, message_file, message_of

Editor = Callable[[str], None]


@pytest.fixture
def editor(tmp_path: Path, use: Use) -> Editor:
    """Takes a shell script as the editor; `$1` is an option of it, `$2` the file."""

    def take(script: str) -> None:
        path = tmp_path / "my editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        use(editor=f"'{path}' --wait", tmpdir=str(tmp_path))

    return take


def test_the_user_writes_a_message(editor: Editor, tmp_path: Path) -> None:
    editor(f'cp "$2" {tmp_path}/seen; sed -i "s/<Enter.*/ Fixed it /" "$2"')
    assert edit_message("/src", "commit 1\n\n    more") == "Fixed it"
    assert (tmp_path / "seen").read_text() == (
        "<Enter your release notes here>\n\n"
        "###<CHANGELOG> What follows is for you to look at. It is no part of the release notes.\n\n"
        "commit 1\n\n    more\n"
    )


def test_a_message_is_kept_until_the_release_is_done(editor: Editor) -> None:
    editor('echo "Fixed it" > "$2"')
    edit_message("/src", None)
    assert os.stat(message_file("/src")).st_mode & 0o777 == 0o600
    editor("true")
    assert edit_message("/src", "another changelog") == "Fixed it"
    assert edit_message("/other", None) == ""
    forget_message("/src")
    assert edit_message("/src", None) == ""
    forget_message("/src")
    forget_message("/src")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ""),
        ("<Enter your release notes here>\n", ""),
        ("a\nb\n", "a\nb"),
        ("a\n\n###<CHANGELOG> x\nb", "a"),
        ("<Enter your release notes here> a", "a"),
    ],
)
def test_what_is_the_message(text: str, message: str) -> None:
    assert message_of(text) == message


def test_an_editor_that_fails(editor: Editor, use: Use, tmp_path: Path) -> None:
    editor("exit 3")
    with pytest.raises(ReleaseError, match="the editor failed with exit status 3"):
        edit_message("/src", None)
    use(editor="no-such-editor", tmpdir=str(tmp_path))
    with pytest.raises(ReleaseError, match=r"cannot be edited: No such file.*no-such-editor"):
        edit_message("/src", None)
    use(editor="it's", tmpdir=str(tmp_path))
    with pytest.raises(ReleaseError, match="cannot be edited: No closing quotation"):
        edit_message("/src", None)
    use(editor="", tmpdir=str(tmp_path))
    with pytest.raises(ReleaseError, match=r"no editor .* use --message"):
        edit_message("/src", None)
    use(editor="true", tmpdir="/no/such/directory")
    with pytest.raises(ReleaseError, match="cannot be edited: No such file"):
        edit_message("/src", None)


def test_a_file_of_somebody_else(editor: Editor, tmp_path: Path) -> None:
    editor('echo "Fixed it" > "$2"')
    victim = tmp_path / "victim"
    victim.touch()
    os.symlink(victim, message_file("/src"))
    with pytest.raises(ReleaseError, match="somebody else made this file"):
        edit_message("/src", None)
    assert victim.read_text() == ""
