"""Release hooks: found by name, called, cancelling."""

from __future__ import annotations

import getpass
import textwrap
from pathlib import Path
from typing import Any

import pytest
from release.conftest import Use

from rezfast.errors import ReleaseError, RezPluginError
from rezfast.release.hooks import ReleaseHookEvent
from rezfast.release.run_hooks import (
    create_release_hook,
    create_release_hooks,
    get_release_hook_types,
    run_hooks,
)
from rezfast.repository.developer import DeveloperPackage, get_developer_package

HOOK = """
    import json, os
    from rezfast.errors import ReleaseHookCancellingError, ReleaseHookError
    from rezfast.release.hooks import ReleaseHook

    class Watch(ReleaseHook):
        @classmethod
        def name(cls):
            return "watch"

        def note(self, event, **given):
            with open(os.path.join(self.source_path, "calls"), "a") as file:
                print(json.dumps([event, self.package.name, given], sort_keys=True), file=file)

        def pre_build(self, user, install_path, variants=None, release_message=None, **kwargs):
            self.note("pre_build", user=user, install_path=install_path, variants=variants)
            if release_message == "cancel":
                raise ReleaseHookCancellingError("it is Friday")
            if release_message == "fail":
                raise ReleaseHookError("no network")
            if release_message == "break":
                return 1 / 0

        def post_release(self, user, install_path, variants, **kwargs):
            self.note("post_release", user=user, more=sorted(kwargs))

    def register_plugin():
        return Watch
"""


@pytest.fixture
def package(tmp_path: Path, use: Use) -> DeveloperPackage:
    """A package `foo-1.0` whose releases a hook watches."""
    hooks = tmp_path / "studio" / "rezplugins" / "release_hook"
    hooks.mkdir(parents=True)
    (hooks / "__init__.py").touch()
    (hooks / "watch.py").write_text(textwrap.dedent(HOOK))
    (hooks / "broken.py").write_text("import no_such_module\n")
    (hooks / "empty.py").write_text("")
    source = tmp_path / "source"
    source.mkdir()
    (source / "package.py").write_text("name = 'foo'\nversion = '1.0'\n")
    use(plugin_path=[str(tmp_path / "studio")], release_hooks=["watch"])
    return get_developer_package(str(source))


def calls(package: DeveloperPackage) -> str:
    path = Path(package.root or "") / "calls"
    return path.read_text() if path.exists() else ""


def call(package: DeveloperPackage, event: ReleaseHookEvent, **kwargs: Any) -> None:
    given = {"install_path": "/released", "variants": None, "release_message": None, **kwargs}
    run_hooks(package, event, **given)


def test_the_hooks_there_are(package: DeveloperPackage) -> None:
    assert get_release_hook_types() == ["command", "watch"]


def test_a_hook_is_called_with_what_a_release_knows(package: DeveloperPackage) -> None:
    call(package, ReleaseHookEvent.pre_build, variants=[0, 2], changelog="x")
    user = getpass.getuser()
    assert calls(package) == (
        f'["pre_build", "foo", {{"install_path": "/released", "user": "{user}", '
        '"variants": [0, 2]}]\n'
    )


def test_a_hook_need_not_do_everything(package: DeveloperPackage) -> None:
    call(package, ReleaseHookEvent.pre_release)
    assert calls(package) == ""
    call(package, ReleaseHookEvent.post_release, variants=[], previous_version=None)
    assert '"more": ["previous_version", "release_message"]' in calls(package)


def test_a_hook_may_cancel_the_release(package: DeveloperPackage) -> None:
    with pytest.raises(ReleaseError) as caught:
        call(package, ReleaseHookEvent.pre_build, release_message="cancel")
    assert str(caught.value) == "build cancelled by the pre-build hook 'watch': it is Friday"


def test_a_hook_that_fails_is_told_of(
    package: DeveloperPackage, caplog: pytest.LogCaptureFixture
) -> None:
    call(package, ReleaseHookEvent.pre_build, release_message="fail")
    assert "the pre-build hook 'watch' failed: no network" in caplog.text


def test_a_hook_that_is_broken_ends_the_release(package: DeveloperPackage) -> None:
    with pytest.raises(ReleaseError, match="ended by an error in the pre-build hook 'watch'") as at:
        call(package, ReleaseHookEvent.pre_build, release_message="break")
    assert "ZeroDivisionError: division by zero" in str(at.value)
    assert "watch.py:" in str(at.value)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("broken", "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        ("empty", "cannot be loaded: RezPluginError: it has no register_plugin()"),
        ("pigeon", "there is no release hook 'pigeon' (known: command, watch)"),
    ],
)
def test_a_hook_that_is_not_there_is_left_out(
    package: DeveloperPackage, caplog: pytest.LogCaptureFixture, name: str, reason: str
) -> None:
    source = package.root or ""
    with pytest.raises(RezPluginError) as caught:
        create_release_hook(name, source)
    assert reason in str(caught.value)
    assert [hook.name() for hook in create_release_hooks([name, "watch"], source)] == ["watch"]
    assert f"Release hook '{name}' is not available: " in caplog.text


def test_the_events() -> None:
    events = [(event.label, event.noun, event.func_name) for event in ReleaseHookEvent]
    assert events == [
        ("pre-build", "build", "pre_build"),
        ("pre-release", "release", "pre_release"),
        ("post-release", "release", "post_release"),
    ]
