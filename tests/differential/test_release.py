"""Version control, checks before a release, hooks: compared with rez's."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import types
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import rez.packages
import rez.release_hook
import rez.release_vcs
from release.conftest import Tree
from rez.build_process import BuildProcessHelper
from rez.config import Config, _replace_config
from rez.exceptions import RezError as RezsError
from rez.package_repository import package_repository_manager

import rezfast.release.detection
import rezfast.release.run_hooks
from rezfast.config import settings, use
from rezfast.errors import RezError
from rezfast.release.checks import check_release, release_data, release_tag_name
from rezfast.repository import clear_caches
from rezfast.repository.install import install_variants

# rez loads its plugins in a way that Python deprecates
pytestmark = pytest.mark.filterwarnings("ignore")

SETTINGS = "with scope('config') as c:\n    c.plugins.release_vcs.{}\n"


@pytest.fixture(autouse=True)
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same settings for both, and a git that knows nothing of the machine."""
    for variable in [name for name in os.environ if name.startswith(("REZ_", "GIT_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A Developer")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "developer@studio.example")
    (tmp_path / "released").mkdir()
    monkeypatch.setenv("REZ_RELEASE_PACKAGES_PATH", str(tmp_path / "released"))
    before = use(None)
    forget()
    with _replace_config(Config._create_main_config()):
        yield
    use(before)
    forget()


def forget() -> None:
    """Both look at repositories and sources again."""
    clear_caches()
    package_repository_manager.clear_caches()


@pytest.fixture
def tree(tmp_path: Path, studio: None) -> Tree:
    return Tree(tmp_path, "name = 'foo'\nversion = '1.0'\n")


def answer(ask: Callable[[], Any]) -> Any:
    """What a call gives; "refused" for an error that is one. What is printed is kept away."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            return ask()
        except (RezError, RezsError):
            return "refused"


def both(path: Path) -> tuple[Any, Any]:
    """The version control system of a source tree: ours and rez's."""
    forget()
    ours = rezfast.release.detection.create_release_vcs(str(path))
    theirs = rez.release_vcs.create_release_vcs(str(path))
    return ours, theirs


# ---- git ---------------------------------------------------------------------------


def configured(tree: Tree, setting: str) -> None:
    tree.commit("package.py", "name = 'foo'\nversion = '1.0'\n" + SETTINGS.format(setting), "set")
    tree.git("push", "-q")


def on_topic(tree: Tree) -> None:
    tree.git("checkout", "-q", "-b", "topic")


def pushed_topic(tree: Tree) -> None:
    on_topic(tree)
    tree.git("push", "-q", "--set-upstream", "origin", "topic")


def changed(tree: Tree) -> None:
    (tree.path / "package.py").write_text("name = 'foo'\nversion = '2.0'\n")


def staged(tree: Tree) -> None:
    (tree.path / "new").touch()
    tree.git("add", "new")


def ahead(tree: Tree) -> None:
    tree.commit("a", "1", "a")
    tree.commit("b", "1", "b")


def behind(tree: Tree) -> None:
    tree.elsewhere("b", "1")
    tree.git("fetch", "-q")


def parted(tree: Tree) -> None:
    behind(tree)
    tree.commit("a", "1", "a")


STATES: dict[str, list[Callable[[Tree], object]]] = {
    "clean": [],
    "untracked": [lambda tree: (tree.path / "x").touch()],
    "changed": [changed],
    "staged": [staged],
    "ahead": [ahead],
    "behind": [behind],
    "parted": [parted],
    "topic": [on_topic],
    "topic with upstream": [pushed_topic],
    "topic allowed": [lambda tree: configured(tree, "git.allow_no_upstream = True"), on_topic],
    "topic allowed, changed": [
        lambda tree: configured(tree, "git.allow_no_upstream = True"),
        on_topic,
        staged,
    ],
    "branch allowed": [lambda tree: configured(tree, "releasable_branches = ['^m', 'x']")],
    "branch not allowed": [
        lambda tree: configured(tree, "releasable_branches = ['^main$']"),
        pushed_topic,
    ],
    "part of a branch": [
        lambda tree: configured(tree, "releasable_branches = ['opi']"),
        pushed_topic,
    ],
    "detached": [lambda tree: tree.git("checkout", "-q", "--detach")],
    "tagged": [lambda tree: tree.git("tag", "foo-1.0")],
    "remote gone": [lambda tree: tree.remote.rename(tree.remote.with_name("gone"))],
    "branch gone at the remote": [
        pushed_topic,
        lambda tree: tree.git("branch", "-D", "topic", at=tree.remote),
        lambda tree: tree.git("fetch", "-q", "--prune"),
    ],
}


@pytest.mark.parametrize("state", STATES)
def test_states_of_a_working_copy(tree: Tree, state: str) -> None:
    first = {"commit": tree.git("rev-parse", "HEAD")}
    for step in STATES[state]:
        step(tree)
    ours, theirs = both(tree.path)
    questions: dict[str, Callable[[Any], Any]] = {
        "name": lambda vcs: vcs.name(),
        "roots": lambda vcs: (vcs.vcs_root, vcs.pkg_root),
        "may be released": lambda vcs: vcs.validate_repostate(),
        "branch": lambda vcs: vcs.get_local_branch(),
        "upstream": lambda vcs: list(vcs.get_tracking_branch()),
        "revision": lambda vcs: list(vcs.get_current_revision().items()),
        "changelog": lambda vcs: vcs.get_changelog(),
        "changelog since": lambda vcs: vcs.get_changelog(first),
        "changelog since another vcs": lambda vcs: vcs.get_changelog(1234),
        "changelog since nowhere": lambda vcs: vcs.get_changelog({"commit": "0123abcd"}),
        "changelog of one": lambda vcs: vcs.get_changelog(first, max_revisions=1),
        "tag": lambda vcs: vcs.tag_exists("foo-1.0"),
        "no tag": lambda vcs: vcs.tag_exists("foo-2.0"),
    }
    if answer(lambda: ours.get_tracking_branch())[0] and state != "branch gone at the remote":
        # without an upstream rez reads the first line of `git status` and says 0
        questions["commits ahead"] = lambda vcs: vcs.get_relative_to_remote()
    for what, ask in questions.items():
        mine, others = answer(partial(ask, ours)), answer(partial(ask, theirs))
        assert mine == others, what


@pytest.mark.parametrize("message", ["the first", "", None, "two\nlines", "'quoted' $HOME"])
def test_tags(tmp_path: Path, studio: None, message: str | None) -> None:
    made = []
    for index in (0, 1):
        root = tmp_path / str(index)
        root.mkdir()
        tree = Tree(root, "name = 'foo'\nversion = '1.0'\n")
        vcs = both(tree.path)[index]
        answer(partial(vcs.create_release_tag, "foo-1.0", message))
        answer(partial(vcs.create_release_tag, "foo-1.0", "again"))
        made.append(
            [
                tree.git("for-each-ref", "--format=%(refname) %(objecttype) %(contents)", at=at)
                for at in (tree.path, tree.remote)
            ]
        )
    assert made[0] == made[1]
    assert "refs/tags/foo-1.0 tag" in made[0][1]


def test_which_system_a_source_tree_is_in(tree: Tree, tmp_path: Path) -> None:
    below = tree.path / "a" / "b"
    below.mkdir(parents=True)
    (tree.path / "a" / ".stub").touch()
    (tmp_path / "alone").mkdir()
    places = [tree.path, tree.path / "a", below, tmp_path / "alone"]
    for place in places:
        (place / "package.py").write_text("name = 'foo'\n")
    (below / ".stub").touch()
    for place in places:
        for name in (None, "git", "stub", "cvs"):

            def facts(create: Callable[..., Any], place: Path = place, name: Any = name) -> Any:
                vcs = create(str(place), name)
                return vcs.name(), vcs.vcs_root, vcs.pkg_root

            mine = answer(partial(facts, rezfast.release.detection.create_release_vcs))
            theirs = answer(partial(facts, rez.release_vcs.create_release_vcs))
            assert mine == theirs, (place, name)


def test_the_stub(tmp_path: Path, studio: None) -> None:
    """Each reads what the other has written."""
    (tmp_path / "package.py").write_text("name = 'foo'\n")
    (tmp_path / ".stub").touch()
    ours, theirs = both(tmp_path)
    theirs.time = ours.time
    for revision in (None, 5, {"commit": 1}):
        assert ours.get_changelog(revision) == theirs.get_changelog(revision)
    assert ours.get_current_revision() == theirs.get_current_revision()
    answer(lambda: ours.create_release_tag("foo-1", "by us"))
    answer(lambda: theirs.create_release_tag("foo-2", None))
    answer(lambda: ours.create_release_tag("foo-3", "two\nlines"))
    for name in ("foo-1", "foo-2", "foo-3", "foo-4"):
        assert ours.tag_exists(name) == theirs.tag_exists(name)


# ---- checks ------------------------------------------------------------------------


def process(theirs: Any, **options: Any) -> Any:
    """rez's release process, as far as it needs no build."""
    system = types.SimpleNamespace(package=theirs.package, working_dir=theirs.pkg_root)
    return BuildProcessHelper(theirs.pkg_root, system, vcs=theirs, quiet=True, **options)


RELEASED: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "older": [{"version": "0.9", "revision": {"commit": "HEAD~1"}}, {"version": "0.10"}],
    "the same": [{"version": "1.0"}],
    "newer": [{"version": "0.9"}, {"version": "1.1"}],
    "of the same uuid": [{"version": "0.9", "uuid": "ours"}],
    "of another uuid": [{"version": "0.9", "uuid": "theirs"}],
    "of another uuid once": [{"version": "0.8", "uuid": "theirs"}, {"version": "0.9"}],
}


@pytest.mark.parametrize("released", RELEASED)
@pytest.mark.parametrize("tagged", [False, True])
def test_checks_and_what_is_written_down(
    tree: Tree, tmp_path: Path, released: str, tagged: bool
) -> None:
    text = "name = 'foo'\nversion = '1.0'\nuuid = 'ours'\n"
    tree.commit("package.py", text + SETTINGS.format("check_tag = True"), "second")
    tree.git("push", "-q")
    if tagged:
        tree.git("tag", "foo-1.0")
    for attributes in RELEASED[released]:
        place = tmp_path / "released" / "foo" / attributes["version"]
        place.mkdir(parents=True)
        lines = [f"{name} = {value!r}\n" for name, value in attributes.items()]
        (place / "package.py").write_text("name = 'foo'\n" + "".join(lines))
    ours, theirs = both(tree.path)
    for options in (
        {},
        {"ensure_latest": False},
        {"ignore_existing_tag": True},
        {"skip_repo_errors": True, "ensure_latest": False, "ignore_existing_tag": True},
    ):
        mine = answer(partial(check_release, ours.package, ours, **options))
        assert mine == answer(process(theirs, **options).pre_release), options
    data = release_data(ours.package, ours)
    expected = process(theirs).get_release_data()
    for values in (data, expected):
        values["previous_version"] = str(values["previous_version"])
    assert data == expected


@pytest.mark.parametrize(
    "tag", ["{qualified_name}", "{version}", "v{version.major}", "{nothing}/{name}", "", "{uuid}"]
)
def test_names_of_tags(tree: Tree, tag: str) -> None:
    tree.commit(
        "package.py",
        "name = 'foo'\nversion = '1.0'\n" + SETTINGS.format(f"tag_name = {tag!r}"),
        "tag",
    )
    ours, theirs = both(tree.path)
    assert release_tag_name(ours.package, ours) == process(theirs).get_current_tag_name()


@pytest.mark.parametrize("limit", [0, 1, 50, 10**6])
def test_long_changelogs(tree: Tree, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    for length in range(8):
        tree.commit("a", str(length), "x" * length + "." * 40)
    monkeypatch.setenv("REZ_MAX_PACKAGE_CHANGELOG_CHARS", str(limit))
    monkeypatch.setenv("REZ_MAX_PACKAGE_CHANGELOG_REVISIONS", "3")
    use(None)
    with _replace_config(Config._create_main_config()):
        ours, theirs = both(tree.path)
        assert settings().max_package_changelog_chars == limit
        assert release_data(ours.package, ours) == process(theirs).get_release_data()


# ---- the command hook --------------------------------------------------------------


SHOW = "import os, sys; print(sys.argv[1:], os.environ.get('WHO'), file=open('said', 'a'))"


def shows(*args: str, **more: Any) -> dict[str, Any]:
    return {"command": sys.executable, "args": ["-c", SHOW, *args], **more}


COMMANDS: dict[str, list[dict[str, Any]]] = {
    "names": [
        shows("{package.qualified_name}", "{package.tools}", "{package.uuid}", "{x} {package.x}")
    ],
    "release": [
        shows("{release.path}", "{release[path]}", "{release}", "{num_variants} {variants}")
    ],
    "system": [shows("{system.platform}", "{system.user}", "{system.rez_version}")],
    "not pretty": [shows("{package.tools}", "{variants}", pretty_args=False)],
    "variables": [shows("$WHO ${WHO}x $NOBODY", env={"WHO": "Ann {x}"}), shows("$WHO")],
    "one text": [{"command": "touch", "args": "  a  {package.name} 'b c' "}],
    "fails": [{"command": "false"}, shows("after")],
    "not there": [{"command": "no-such-program"}, shows("after")],
}


@pytest.mark.parametrize("stop", [True, False])
@pytest.mark.parametrize("cancel", [True, False])
@pytest.mark.parametrize("case", COMMANDS)
def test_commands(
    tmp_path: Path,
    studio: None,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
    cancel: bool,
    stop: bool,
) -> None:
    given = {"cancel_on_error": cancel, "stop_on_error": stop}
    for event in ("pre_build", "pre_release", "post_release"):
        given[f"{event}_commands"] = COMMANDS[case]  # type: ignore[assignment]
    source = tmp_path / "source"
    source.mkdir()
    (source / "package.py").write_text(
        "name = 'foo'\nversion = '1.0'\nvariants = [['a-1'], ['a-2']]\ntools = ['x', 'y']\n"
        f"config = {{'plugins': {{'release_hook': {{'command': {given!r}}}}}}}\n"
    )
    outcomes = []
    for index, module in enumerate((rezfast.release.run_hooks, rez.release_hook)):
        place = tmp_path / str(index)
        place.mkdir()
        monkeypatch.chdir(place)
        forget()
        hook = module.create_release_hook("command", str(source))
        outcome = []
        for event in ("pre_build", "pre_release"):
            for variants in (None, [0, 1]):
                call = getattr(hook, event)
                outcome.append(
                    answer(partial(call, user="me", install_path="/released", variants=variants))
                )
        answer(partial(hook.post_release, user="me", install_path="/r", variants=[]))
        said = place / "said"
        names = sorted(path.name for path in place.iterdir())
        outcomes.append([outcome, names, said.read_text() if said.exists() else ""])
    assert outcomes[0] == outcomes[1]


def test_commands_after_a_release(
    tmp_path: Path, studio: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = [
        "{package.root} {package.base} {package.uri}",
        "{variants[0][index]} {variants[1][variant_requires]} {variants[1][name]}",
        "{variants[1][location]} {num_variants} {variants[0].index}",
    ]
    config = {"plugins": {"release_hook": {"command": {"post_release_commands": [shows(*args)]}}}}
    source = tmp_path / "source"
    source.mkdir()
    (source / "package.py").write_text(
        f"name = 'foo'\nversion = '1.0'\nvariants = [['a-1'], ['a-2']]\nconfig = {config!r}\n"
    )
    monkeypatch.chdir(tmp_path)
    location = str(tmp_path / "released")
    mine = rezfast.release.run_hooks.create_release_hook("command", str(source))
    installed = install_variants(list(mine.package.iter_variants()), location)
    answer(lambda: mine.post_release(user="me", install_path=location, variants=installed))
    forget()
    hook = rez.release_hook.create_release_hook("command", str(source))
    package = rez.packages.get_package("foo", "1.0", paths=[location])
    variants = list(package.iter_variants())
    answer(lambda: hook.post_release(user="me", install_path=location, variants=variants))
    lines = (tmp_path / "said").read_text().splitlines()
    assert len(lines) == 2 and lines[0] == lines[1]
