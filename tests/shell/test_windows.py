"""Scripts for the shells of Windows, which are written anywhere: no value becomes a command.

What they have in common with rez's is in tests/differential/test_shells.py.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from rezfast import config
from rezfast.config import Settings
from rezfast.errors import RexError
from rezfast.rex.interpreter import OutputStyle
from rezfast.rex.strings import EscapedString, literal
from rezfast.shell import create_shell
from rezfast.shell.process import start


def script(name: str, action: str, *arguments: Any) -> str:
    """The script of one action, without its line break at the end."""
    shell = create_shell(name)
    getattr(shell, action)(*arguments)
    return shell.get_output()[:-1]


class TestCmd:
    @pytest.mark.parametrize(
        "value, written",
        [
            ("plain", "plain"),
            ("a b", "a b"),
            ("a & b", "a ^& b"),
            ("a|b>c<d", "a^|b^>c^<d"),
            ("%X%", "%X%"),
            ("100%", "100%%"),
            ("a^b", "a^^b"),
            # what is escaped already stays so
            ("a^&b", "a^&b"),
            # but an escaped caret escapes nothing
            ("a^^&calc", "a^^^&calc"),
            # nor does one at the end take in the next line
            ("a^", "a^^"),
            ("a^^^", "a^^^^"),
            # between quotes carets would be text, so the quotes lose their meaning
            ('say "hi"', 'say "hi"'),
            ('"a & b"', '^"a ^& b^"'),
            ('"&calc', '^"^&calc'),
        ],
    )
    def test_expandable_values(self, value: str, written: str) -> None:
        assert script("cmd", "setenv", "A", value) == f"set A={written}"

    def test_literal_values_refer_to_nothing(self) -> None:
        assert script("cmd", "setenv", "A", literal("%X% 5%")) == "set A=%%X%% 5%%"
        value = literal("%X%").e(" %X%")
        assert script("cmd", "setenv", "A", value) == "set A=%%X%% %X%"

    @pytest.mark.parametrize("text", ["a\ncalc", "a\r\ncalc", "\n"])
    def test_a_line_break_in_a_value_is_refused(self, text: str) -> None:
        refused: list[tuple[str, list[Any]]] = [
            ("setenv", ["A", text]),
            ("setenv", ["A", literal(text)]),
            ("alias", ["a", text]),
            ("source", [text]),
            ("command", [["run", text]]),
        ]
        for action, arguments in refused:
            with pytest.raises(RexError, match="line break"):
                script("cmd", action, *arguments)

    @pytest.mark.parametrize("text", ["on", "OFF", " off ", "/?", "set /?"])
    def test_echo_prints_words_that_mean_something_to_it(self, text: str) -> None:
        assert script("cmd", "info", text) == f"echo({text}"

    def test_paths_with_special_characters_are_quoted(self) -> None:
        assert script("cmd", "source", "C:\\a b\\c.bat") == 'call "C:\\a b\\c.bat"'
        assert script("cmd", "source", "C:\\a&calc") == 'call "C:\\a&calc"'
        with pytest.raises(RexError, match="quotes"):
            script("cmd", "source", 'a" & calc "')

    def test_a_comment_takes_in_no_other_line(self) -> None:
        assert script("cmd", "comment", "a^\nb") == "REM a^ \nREM b"
        assert script("cmd", "comment", "a\rcalc") == "REM a\nREM calc"

    def test_words_of_a_command_line_stay_words(self) -> None:
        cmd = create_shell("cmd")
        assert cmd.join(["echo", "a b", 'say "hi"', ""]) == 'echo "a b" "say \\"hi\\"" ""'
        assert cmd.join(["echo", "a&calc", 'a"&calc']) == 'echo a^&calc a\\^"^&calc'
        assert cmd.join("a & b") == "a & b"

    def test_a_command_may_be_a_list(self) -> None:
        assert script("cmd", "command", ["run", "a b", literal("c")]) == 'run "a b" c'

    def test_an_alias_in_front_of_a_command_is_replaced(
        self, tmp_path: Path, started: list[Any]
    ) -> None:
        shell = create_shell("cmd")
        shell.alias("hi", "echo hello")
        shell.spawn_shell("context.bat", str(tmp_path), command="hi you")
        text = (tmp_path / "rez-shell.bat").read_text()
        assert text.endswith(
            "\ncall context.bat\nset REZ_STORED_PROMPT_CMD=\nset PROMPT="
            "%REZ_ENV_PROMPT% \necho hello you\nexit %errorlevel%\n"
        )

    def test_it_starts_with_a_script(self, tmp_path: Path, started: list[Any]) -> None:
        create_shell("cmd").spawn_shell("context.bat", str(tmp_path), command="run", quiet=True)
        create_shell("cmd").spawn_shell(
            "context.bat", str(tmp_path), pre_command="START /W", add_rez=False
        )
        path = tmp_path / "rez-shell.bat"
        assert started == [
            ([str(tmp_path / "cmd"), "/Q", "/C", f"call {path}"], False),
            (["START", "/W", str(tmp_path / "cmd"), "/Q", "/K", f"call {path}"], True),
        ]
        assert path.read_text() == (
            "set REZ_ENV_PROMPT=%REZ_ENV_PROMPT%$G\n"
            'echo %PATHEXT%|C:\\Windows\\System32\\findstr.exe /i /c:".PY">nul '
            "|| set PATHEXT=%PATHEXT%;.PY\n"
            "(call )\n"
            "call context.bat\n"
            "cmd /Q /K\n"
            "exit %errorlevel%\n"
        )

    def test_evaluated_it_has_no_comments(self) -> None:
        shell = create_shell("cmd")
        shell.comment("a")
        shell.setenv("A", "1")
        shell.setenv("B", "2")
        assert shell.get_output(OutputStyle.eval) == "set A=1&& set B=2"


@pytest.mark.parametrize("name", ["powershell", "pwsh"])
class TestPowerShell:
    @pytest.mark.parametrize(
        "value, written",
        [
            ("plain", "plain"),
            ('it\'s "x"', 'it`\'s `"x`"'),
            ("$X ${X} $Env:X ${Env:X}", "$X ${X} $Env:X ${Env:X}"),
            # text does not run
            ("$(calc)", "`$(calc)"),
            ("${function:x}", "`${function:x}"),
            ("$5 $$ $?", "`$5 `$$ `$?"),
            # nor does it end
            ("a`", "a``"),
            ("a`n", "a``n"),
            ('`";calc;"', '```";calc;`"'),
            ("“;calc;”", "`“;calc;`”"),
            ("a\nb", "a\nb"),
        ],
    )
    def test_expandable_values(self, name: str, value: str, written: str) -> None:
        assert script(name, "setenv", "A", value) == f'Set-Item -Path "Env:A" -Value "{written}"'

    def test_literal_values_refer_to_nothing(self, name: str) -> None:
        value = literal("$X $(calc)").e(" $X")
        wanted = 'Set-Item -Path "Env:A" -Value "`$X `$(calc) $X"'
        assert script(name, "setenv", "A", value) == wanted

    def test_lines_are_printed_as_text(self, name: str) -> None:
        assert script(name, "info", "hello you") == "Write-Host hello you"
        assert script(name, "info", "") == "Write-Host "
        assert script(name, "info", "$X") == "Write-Host ${Env:X}"
        assert script(name, "info", "a; calc") == 'Write-Host "a; calc"'
        assert script(name, "info", "-NoNewline") == 'Write-Host "-NoNewline"'
        assert script(name, "info", "a  b") == 'Write-Host "a  b"'
        assert script(name, "info", "a,b") == 'Write-Host "a,b"'
        assert script(name, "error", "$(calc)") == 'Write-Error "`$(calc)"'

    def test_sourced_paths_are_text(self, name: str) -> None:
        assert script(name, "source", "/a b/it's") == '. "/a b/it\'s"'
        assert script(name, "source", '/a";calc;"') == '. "/a`";calc;`""'

    def test_names_are_text(self, name: str) -> None:
        wanted = 'Remove-Item -ErrorAction SilentlyContinue "Env:A`";calc"'
        assert script(name, "unsetenv", 'A";calc') == wanted

    def test_words_of_a_command_line_stay_words(self, name: str) -> None:
        shell = create_shell(name)
        assert shell.join(["a", "b c", "$X", "$(calc)", "a`b"]) == (
            '& a "b c" "$X" "`$(calc)" "a``b"'
        )
        assert script(name, "command", ["a", "b c", literal("$X")]) == 'a "b c" "`$X"'

    def test_it_starts_with_a_script(self, name: str, tmp_path: Path, started: list[Any]) -> None:
        config.use(Settings.locked({"plugins": {"shell": {name: {"execution_policy": "Bypass"}}}}))
        shell = create_shell(name)
        shell.spawn_shell("/c.ps1", str(tmp_path), command="run", norc=True, stdin=True)
        text = (tmp_path / "rez-shell.ps1").read_text()
        assert text.startswith('. "/c.ps1"\nFunction prompt {"> $ "}\nrun\n$_rez_shell')
        shell.spawn_shell("/c.ps1", str(tmp_path), add_rez=False, pre_command=["nice"])
        program, path = str(tmp_path / name), str(tmp_path / "rez-shell.ps1")
        policy = ["-ExecutionPolicy", "Bypass", "-File", path]
        assert started == [
            ([program, "-NoLogo", *policy], False),
            (["nice", program, "-NoExit", "-NoLogo", *policy], False),
        ]

    def test_paths_have_backslashes_on_windows(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shell = create_shell(name)
        assert shell.normalize_path("/a/b") == "/a/b"
        monkeypatch.setattr("sys.platform", "win32")
        assert shell.normalize_path("C:/a/b") == "C:\\a\\b"


class TestGitBash:
    def test_path_like_values_are_posix_paths(self) -> None:
        value = EscapedString.join(":", ["C:\\a b\\c", "${PATH}", "d:\\e"])
        assert script("gitbash", "setenv", "PATH", value) == 'export PATH="/C/a b/c:${PATH}:/d/e"'
        assert script("gitbash", "setenv", "OTHER", "C:\\a") == 'export OTHER="C:\\\\a"'
        assert script("gitbash", "setenv", "PATH", literal("C:\\a")) == "export PATH='C:\\a'"

    def test_the_bash_of_the_linux_subsystem_gives_a_warning(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        program = tmp_path / "System32" / "bash"
        program.parent.mkdir()
        program.touch(0o755)
        monkeypatch.setenv("PATH", str(program.parent))
        assert create_shell("gitbash").executable == str(program)
        assert "Windows Subsystem for Linux" in capsys.readouterr().err


@pytest.fixture(autouse=True)
def defaults() -> Any:
    previous = config.use(Settings.locked())
    yield
    config.use(previous)


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The command lines that are started, and whether by a shell of the system: none runs."""
    lines: list[Any] = []

    def keep(command: list[str], environ: object, *, shell: bool = False, **rest: Any) -> Any:
        lines.append((command, shell))
        return start(["true"], None, stdout=subprocess.DEVNULL).wait()

    for module in ("cmd", "powershell_base"):
        monkeypatch.setattr(f"rezfast.shell.{module}.start", keep)
    monkeypatch.delenv("PROMPT", raising=False)
    for name in ("cmd", "powershell", "pwsh"):
        (tmp_path / name).touch(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return lines
