"""Settings compared with rez: the same files, variables and overrides give the same values."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rez.config import Config, _create_locked_config, get_module_root_config
from rez.plugin_managers import plugin_manager
from rez.system import system as rez_system
from rez.utils.data_utils import AttrDictWrapper, ModifyList, convert_dicts

from rezfast.config import Settings, kinds, sources
from rezfast.config.kinds import Kind
from rezfast.config.plugin_table import PLUGINS
from rezfast.config.system import System
from rezfast.config.table import OWN, SETTINGS
from rezfast.errors import ConfigurationError

ERROR = "an error"

texts = st.sampled_from(
    [
        "/a",
        "~/b",
        "~",
        "~weak-1",
        "$SITE/x",
        "${SITE}y",
        "$NONE",
        "{system.arch}",
        "{other.x}",
        "{{x}}",
        "{",
        "{p}{s}",
        "",
        "a~",
        "force",
    ]
)
lists = st.lists(texts, max_size=3)
keys = st.sampled_from(["excludes", "includes", "type", "os"])
dicts = st.dictionaries(keys, texts | lists | st.dictionaries(keys, texts, max_size=1), max_size=2)
remap = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("record_path", "pip_install", "rez_install", "more"), texts)
)
complete_remap = st.fixed_dictionaries(
    dict.fromkeys(("record_path", "pip_install", "rez_install"), texts)
)
# something of every type: most of it is wrong for any one setting
anything: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, 3, -1, 2.5, "1", "text", [], ["a"], [1], [None], {}, {"a": 1}, [{}]]
)
words = st.sampled_from(
    [
        *("version_priority", "intersection_priority", "never", "always", "parent", "append"),
        *("parent_priority", "prepend", "single", "py", "platform_specific", "both", "before"),
        *("after", "override", "physical_cores", "logical_cores", "default", "mkdir", "Debug"),
        "ninja",
    ]
)
command = st.fixed_dictionaries(
    {"command": texts},
    optional={"args": texts | lists, "pretty_args": st.booleans(), "user": texts, "other": texts},
)
typical: dict[Kind, st.SearchStrategy[Any]] = {
    kinds.PATH_LIST: lists,
    kinds.WORD_LIST: lists,
    kinds.OPTIONAL_WORD_LIST: lists | st.none(),
    kinds.TEXT: texts,
    kinds.OPTIONAL_TEXT: texts | st.none(),
    kinds.TEXT_OR_FUNCTION: texts,
    kinds.INTEGER: st.integers(-2, 99999),
    kinds.THREADS: st.integers(-2, 9) | words,
    kinds.NUMBER: st.sampled_from([0.0, -1.0, 2.5]),
    kinds.FLAG: st.booleans(),
    kinds.OPTIONAL_FLAG: st.booleans() | st.none(),
    kinds.FORCED_FLAG: st.booleans() | st.just("force"),
    kinds.MAPPING: dicts,
    kinds.OPTIONAL_MAPPING: dicts | st.none(),
    kinds.MAPPING_LIST: dicts | st.lists(dicts, max_size=2) | st.none(),
    kinds.REMAPS: st.lists(complete_remap | remap, max_size=2),
}
variable_texts = st.sampled_from(
    ["", "a,b", "/a:~/b:$SITE", "Yes", "off", "1", "-2", "1.5", "x y", "k:1,l:2.5,m:x:y", "force"]
)


def values_of(kind: Kind) -> st.SearchStrategy[Any]:
    """Mostly what a setting of this kind may be, and now and then what it may not."""
    return typical.get(kind, words) | typical.get(kind, words) | anything


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update({"HOME": "/home/td", "PATH": saved["PATH"], "SITE": "london", **variables})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def outcome(ask: Callable[[], Any]) -> Any:
    """What a setting comes to; rez has many kinds of errors."""
    try:
        with redirect_stderr(StringIO()):
            return plain(ask())
    except Exception:
        return ERROR


def our_outcome(ask: Callable[[], Any]) -> Any:
    """The same for ours, where there is one kind of error."""
    try:
        return plain(ask())
    except ConfigurationError:
        return ERROR


class Stack:
    """Sources of one setting: a YAML file, a Python file, two variables, an override.

    A value is given as its Python expression where it goes into a Python file.
    """

    def __init__(
        self,
        first: list[Any],
        second: list[str],
        text: str | None,
        json_value: list[Any],
        override: list[Any],
    ) -> None:
        self.first = first
        self.second = second
        self.text = text
        self.json_value = json_value
        self.override = override

    def __repr__(self) -> str:
        return f"Stack({self.__dict__})"

    def variables(self, name: str) -> dict[str, str]:
        """The environment variables."""
        found = {} if self.text is None else {f"REZ_{name.upper()}": self.text}
        if self.json_value:
            found[f"REZ_{name.upper()}_JSON"] = json.dumps(self.json_value[0])
        return found

    def overrides(self, name: str) -> list[tuple[str, Any]]:
        """The override, if there is one."""
        return [(name, value) for value in self.override]

    def files(self, name: str, directory: str) -> list[str]:
        """Write the files; give their paths."""
        paths = [f"{directory}/first.yaml", f"{directory}/second.py"]
        Path(paths[0]).write_text(json.dumps(dict(zip([name], self.first, strict=False))))
        Path(paths[1]).write_text("".join(f"{name} = {text}\n" for text in self.second))
        return paths


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """A value or none, where None is a value."""
    return st.lists(values, max_size=1)


def stacks(kind: Kind) -> st.SearchStrategy[Stack]:
    values = values_of(kind)
    additions = st.builds("ModifyList(append={}, prepend={})".format, lists, lists)
    seldom = st.none() | st.none()
    return st.builds(
        Stack,
        maybe(values),
        maybe(values.map(repr) | additions),
        seldom | variable_texts,
        st.just([]) | st.just([]) | maybe(values),
        st.just([]) | st.just([]) | maybe(values | st.builds(ModifyList, lists, lists)),
    )


def ours(value: Any) -> Any:
    """An override as we take it: our class in place of rez's."""
    if isinstance(value, ModifyList):
        return sources.ModifyList(value.append, value.prepend)
    return value


@pytest.mark.parametrize("name", [name for name in SETTINGS if name not in OWN])
def test_a_setting_has_the_same_value_from_the_same_sources(name: str) -> None:
    @hypothesis_settings(max_examples=25, deadline=None, database=None)
    @given(stacks(SETTINGS[name][0]))
    def check(stack: Stack) -> None:
        with tempfile.TemporaryDirectory() as directory, environment(stack.variables(name)):
            paths = stack.files(name, directory)
            config = Config([get_module_root_config(), *paths], dict(stack.overrides(name)))
            is_broken = outcome(lambda: config._data) == ERROR
            theirs = outcome(lambda: getattr(config, name))
            overrides = {name: ours(value) for name, value in stack.overrides(name)}
            settings = Settings.from_sources(files=paths, overrides=overrides)
            mine = our_outcome(lambda: getattr(settings, name))
        # a list that cannot be added to is an error of every setting there, whoever wins
        if not (is_broken and stack.variables(name)):
            assert mine == theirs

    check()


@pytest.mark.parametrize("plugin_type", PLUGINS)
def test_plugins_have_the_same_settings(plugin_type: str) -> None:
    def section(rows: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        fields = {
            name: section(row) if isinstance(row, dict) else field(row[0])
            for name, row in rows.items()
        }
        return st.fixed_dictionaries({}, optional={**fields, "other": texts | lists | dicts})

    def field(kind: Kind) -> st.SearchStrategy[Any]:
        return values_of(kind) | st.lists(command, max_size=2) | lists

    given_plugins = section(PLUGINS[plugin_type])

    @hypothesis_settings(max_examples=60, deadline=None, database=None)
    @given(given_plugins, given_plugins)
    def check(first: Any, second: Any) -> None:
        with tempfile.TemporaryDirectory() as directory, environment({}):
            paths = [f"{directory}/first.yaml", f"{directory}/second.py"]
            Path(paths[0]).write_text(json.dumps({"plugins": {plugin_type: first}}))
            Path(paths[1]).write_text(f"plugins = { ({plugin_type: second})!r}\n")
            theirs = outcome(lambda: rez_section(Config([get_module_root_config(), *paths])))
            mine = our_outcome(
                lambda: Settings.from_sources(files=paths).plugins[plugin_type].data()
            )
        assert mine == theirs

    def rez_section(config: Config) -> Any:
        found = getattr(config.plugins, plugin_type)
        return convert_dicts(found, dict, (dict, AttrDictWrapper))

    check()


def test_the_settings_and_their_defaults_are_the_same() -> None:
    with environment({}):
        theirs = _create_locked_config()
        mine = Settings.locked()
        known = {key for key in Config.schema._schema if isinstance(key, str)}
        assert set(SETTINGS) - set(OWN) == known
        assert list(PLUGINS) == plugin_manager.get_plugin_types()
        expected = theirs.data
        # the documentation of rez's class, which gets there by accident
        del expected["__doc__"]
        ours_alone = {name: value for name, value in mine.data().items() if name in OWN}
        assert list(ours_alone) == list(OWN)
        assert plain(mine.data()) == plain({**expected, **ours_alone})
        assert list(mine.nonlocal_packages_path) == theirs.nonlocal_packages_path


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_value_in_a_file_of_its_own(form: str, tmp_path: Path) -> None:
    other = tmp_path / f"filter.{form}"
    other.write_text('[{"excludes": "glob(*-{system.arch})"}]')
    path = tmp_path / "rezconfig.py"
    path.write_text(f"package_filter = DelayLoad({str(other)!r})\n")
    theirs = Config([get_module_root_config(), str(path)]).package_filter
    assert plain(Settings.from_sources({}, [str(path)]).package_filter) == plain(theirs)


OVERRIDES: list[tuple[str, Any]] = [
    ("packages_path", ["/a"]),
    ("tmpdir", None),
    ("optionvars", {"role": {"name": "x"}}),
    ("optionvars", {"role": {"site": "y"}}),
    ("plugins.release_hook.emailer.sender", "a"),
    ("plugins.release_vcs.git.more", 1),
    ("plugins.shell.fish.prompt", "$"),
    ("quiet", True),
]


def test_overrides_in_code() -> None:
    with environment({"REZ_PACKAGES_PATH": "/text"}):
        theirs = Config([get_module_root_config()])
        mine = Settings.from_sources(files=[])
        for field, value in OVERRIDES:
            theirs.override(field, value)
            mine = mine.override(field, value)
            name = field.partition(".")[0]
            if name != "plugins":
                assert plain(getattr(mine, name)) == plain(getattr(theirs, name))
                assert mine.is_overridden(name) and theirs.is_overridden(name)
        for name in ("packages_path", "tmpdir", "optionvars", "quiet"):
            theirs.remove_override(name)
            mine = mine.without_override(name)
            assert plain(getattr(mine, name)) == plain(getattr(theirs, name))


@pytest.mark.parametrize("topic", ["untimestamped", "shell_startup", "plugins", "memcache"])
@pytest.mark.parametrize("given", [{}, {"quiet": True}, {"warn_all": True, "debug_none": True}])
def test_what_to_warn_and_tell_of(topic: str, given: dict[str, Any]) -> None:
    overrides = {**given, "warn_untimestamped": True, "debug_plugins": True}
    theirs, mine = _create_locked_config(overrides), Settings.locked(overrides)
    for ask in ("warn", "debug"):
        try:
            expected = getattr(theirs, ask)(topic)
        except AttributeError:
            with pytest.raises(AttributeError):
                getattr(mine, ask)(topic)
        else:
            assert getattr(mine, ask)(topic) is expected


class TestTheProgram:
    """`rezfast config` prints what `rez-config` prints."""

    FILE = (
        "packages_path = ModifyList(prepend=['{system.home}/x'])\n"
        "optionvars = {'show': {'name': 'x', 'fps': [24, 25.0]}}\n"
        "plugins = {'release_vcs': {'tag_name': 'v'}}\n"
    )

    @staticmethod
    def run(program: str, words: list[str], home: Path) -> str:
        return subprocess.run(
            [sys.executable, "-c", program, *words],
            env={"HOME": str(home), "PATH": os.environ["PATH"], "REZ_BUILD_THREAD_COUNT": "3"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    @classmethod
    def both(cls, words: list[str], home: Path) -> tuple[str, str]:
        (home / ".rezconfig.py").write_text(cls.FILE)
        rez = "import sys; from rez.cli._main import run; run('config')"
        rezfast = "import sys; from rezfast.cli import main; main(['config', *sys.argv[1:]])"
        return cls.run(rezfast, words, home), cls.run(rez, words, home)

    @pytest.mark.parametrize(
        "words",
        [
            ["packages_path"],
            ["optionvars.show.name"],
            ["--json", "optionvars"],
            ["plugins.release_vcs"],
            ["plugins.shell.zsh.prompt"],
            ["build_thread_count"],
        ],
    )
    def test_of_a_field(self, words: list[str], tmp_path: Path) -> None:
        mine, theirs = self.both(words, tmp_path)
        assert mine == theirs

    def test_of_everything(self, tmp_path: Path) -> None:
        mine, theirs = self.both([], tmp_path)
        expected = yaml.safe_load(theirs)
        del expected["__doc__"]
        found = yaml.safe_load(mine)
        assert {name: value for name, value in found.items() if name not in OWN} == expected
        lines = [line for line in mine.splitlines() if not line.startswith(OWN)]
        assert all(line in theirs for line in lines)

    def test_of_the_files(self, tmp_path: Path) -> None:
        for words in (["--search-list"], ["--source-list"]):
            mine, theirs = self.both(words, tmp_path)
            assert theirs == f"{get_module_root_config()}\n{mine}"


def test_the_machine_has_the_same_name() -> None:
    ours = System({})
    names = ("platform", "arch", "os", "variant", "user", "home", "hostname", "fqdn", "domain")
    for name in (*names, "shell", "rez_version"):
        assert getattr(ours, name) == getattr(rez_system, name)


@given(st.text(alphabet="a1_.- é~", min_size=1, max_size=8))
def test_names_are_rewritten_as_versions_in_the_same_way(text: str) -> None:
    from rezfast.config.system import _version_text

    assert _version_text(text) == rez_system._make_safe_version_string(text)
