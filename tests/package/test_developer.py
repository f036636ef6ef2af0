"""Packages in a source tree: what a build starts from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from rezfast.config import Settings, use
from rezfast.errors import (
    ConfigurationError,
    InvalidPackageError,
    PackageMetadataError,
    PackageRequestError,
    ResourceError,
)
from rezfast.packages import (
    DeveloperPackage,
    Package,
    create_package,
    get_developer_package,
    iter_packages,
)

Write = Callable[..., str]
Configure = Callable[..., None]


@pytest.fixture
def configure(tmp_path: Path) -> Iterator[Configure]:
    """Puts settings in place of the defaults."""
    before = use(Settings.from_sources({}, [], {"packages_path": []}))

    def configure(**overrides: object) -> None:
        use(Settings.from_sources({}, [], {"packages_path": [], **overrides}))

    yield configure
    use(before)


@pytest.fixture(autouse=True)
def defaults(configure: Configure) -> None:
    """No packages, nothing configured."""


def developed(path: str) -> DeveloperPackage:
    return DeveloperPackage.from_path(os.path.dirname(path))


# ---- found and read ----------------------------------------------------------------------------


def test_a_directory_with_a_definition(write: Write, tmp_path: Path) -> None:
    path = write(
        """
        name = "foo"
        version = "1.0"
        requires = ["python-3"]
        variants = [["maya-2023"], ["maya-2024"]]
        build_command = "make {install}"
        build_system = "custom"
        _studio = {"team": "pipeline"}
        def pre_build_commands():
            env.X = 1
        """
    )
    package = DeveloperPackage.from_path(str(tmp_path))
    assert package.filepath == path
    assert package.root == str(tmp_path)
    assert (package.qualified_name, package.num_variants) == ("foo-1.0", 2)
    assert [str(request) for request in package.requires or ()] == ["python-3"]
    assert [str(one.requires[-1]) for one in package.iter_variants()] == ["maya-2023", "maya-2024"]
    assert (package.build_command, package.build_system) == ("make {install}", "custom")
    assert package._studio == {"team": "pipeline"}
    assert package.pre_build_commands is not None
    assert package.base is None
    assert isinstance(package.get_variant(0).parent, DeveloperPackage)  # type: ignore[union-attr]


def test_the_file_itself_and_a_format(write: Write, tmp_path: Path) -> None:
    path = write("name = 'from_python'")
    other = write("name: from_yaml", "package.yaml")
    assert get_developer_package(path).name == "from_python"
    assert get_developer_package(other).name == "from_yaml"
    assert get_developer_package(str(tmp_path)).name == "from_python"
    assert get_developer_package(str(tmp_path), "yaml").name == "from_yaml"
    strange = write("name = 'strange'", "package.txt")
    assert get_developer_package(strange, "py").name == "strange"
    with pytest.raises(PackageMetadataError, match=r"package.txt: is no definition"):
        get_developer_package(strange)
    with pytest.raises(PackageMetadataError, match="use py or yaml"):
        get_developer_package(path, "txt")


def test_a_relative_path(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("name = 'foo'")
    monkeypatch.chdir(tmp_path)
    assert get_developer_package(".").filepath == path


def test_other_names_of_definitions(write: Write, tmp_path: Path, configure: Configure) -> None:
    names = {"package_repository": {"filesystem": {"package_filenames": ["studio", "package"]}}}
    configure(plugins=names)
    write("name = 'usual'")
    write("name = 'unusual'", "studio.py")
    assert get_developer_package(str(tmp_path)).name == "unusual"


def test_no_definition(tmp_path: Path) -> None:
    with pytest.raises(PackageMetadataError, match=r"expected package.py or package.yaml"):
        get_developer_package(str(tmp_path))
    with pytest.raises(PackageMetadataError, match=r"nowhere: does not exist"):
        get_developer_package(str(tmp_path / "nowhere"))


# ---- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version = '1'", r"package.py: has no name"),
        ("name = 5", r"package.py: has no name"),
        ("name = None", r"package.py: has no name"),
        ("", r"package.py: has no name"),
        ("name = 'a'\nversion = 1", r"package.py:2: version is wrong: .*not an int"),
        ("name = 'a'\nversion = '1..2'", r"package.py:2: version is wrong: '1..2' is not"),
        ("name = 'a'\nrequires = 'b'", r"package.py:2: requires is wrong"),
        ("name = 'a'\nrequires = ['b?-*']", r"package.py:2: requires is wrong: item 0: 'b\?'"),
        ("name = 'a'\nrequires = ['b', 'c-1.*.0']", r"package.py:2: requires is wrong: item 1"),
        ("name = 'a'\nvariants = [['b-*.1']]", r"package.py:2: variants is wrong: item 0: item 0"),
        ("name = 'a'\nbuild_command = 5", r"package.py:2: build_command is wrong"),
        ("name = 'a'\nbuild_system = ['x']", r"package.py:2: build_system is wrong"),
        ("name = 'a'\nhelp = 5", r"package.py:2: help is wrong"),
        ("name = 'a'\nauthors = 'me'", r"package.py:2: authors is wrong"),
        ("name = 'a'\ntests = {'x': {}}", r"package.py:2: tests is wrong: test 'x': .*'command'"),
        ("name = 'a'\ntimestamp = 'now'", r"package.py:2: timestamp is wrong"),
        ("name = 'a'\npreprocess = 5", r"package.py:2: preprocess is wrong"),
        ("name = 'a'\nrequires_rez_version = '99'", r"package.py:2: needs rez 99 or later"),
    ],
)  # fmt: skip
def test_wrong_definitions(write: Write, text: str, message: str) -> None:
    with pytest.raises(PackageMetadataError, match=message):
        developed(write(text))


def test_a_wrong_name(write: Write) -> None:
    with pytest.raises(PackageRequestError):
        developed(write("name = 'not a name'"))


def test_a_wrong_setting(write: Write) -> None:
    with pytest.raises(ConfigurationError, match="packages_path"):
        assert developed(
            write("name = 'a'\nwith scope('config'):\n    packages_path = 5")
        ).config.packages_path


def test_none_stands_for_no_value(write: Write) -> None:
    package = developed(write("name = 'a'\nversion = None\nrequires = None\ntools = None"))
    assert str(package.version) == ""
    assert package.requires is None
    assert set(package.data) == {"name"}


def test_what_a_build_alone_needs_is_checked_and_dropped(write: Write) -> None:
    package = developed(write("name = 'a'\nrequires_rez_version = '3.0'"))
    assert not hasattr(package, "requires_rez_version")


def test_format_version_is_an_attribute_like_any_other(write: Write) -> None:
    assert developed(write("name = 'a'\nformat_version = 2")).format_version == 2


# ---- early functions ---------------------------------------------------------------------------


def test_early_functions_run_in_the_source_tree(write: Write, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_text("")
    path = write(
        """
        import os
        name = "foo"
        here = os.getcwd()
        @early()
        def tools():
            import os
            return os.listdir("./bin")
        """
    )
    before = os.getcwd()
    package = developed(path)
    assert package.tools == ["tool"]
    assert package.here == str(tmp_path)
    assert os.getcwd() == before


BUILT = """
    name = "foo"
    variants = [["maya-2023"], ["maya-2024"]]
    @early()
    def requires():
        if building:
            return ["built-%d" % build_variant_index] + [str(r) for r in build_variant_requires]
        return ["runtime"]
    @early()
    def authors():
        return [studio]
    studio = "somebody"
"""


def test_early_functions_run_again_for_each_variant(write: Write) -> None:
    package = developed(write(BUILT))
    assert [str(request) for request in package.requires or ()] == ["runtime"]
    for variant in package.iter_variants():
        again = package.get_reevaluated(
            {
                "building": True,
                "build_variant_index": variant.index or 0,
                "build_variant_requires": variant.variant_requires,
            }
        )
        assert [str(request) for request in again.requires or ()] == [
            f"built-{variant.index}",
            f"maya-202{3 + (variant.index or 0)}",
        ]
        assert again.authors == ["somebody"]
    assert [str(request) for request in package.requires or ()] == ["runtime"]


def test_a_definition_that_decides_nothing_is_read_for_one_variant(write: Write) -> None:
    path = write("name = 'foo'\nvariants = [['maya-2023'], ['maya-2024']]\n")
    package = developed(path)
    first, second = (package.get_reevaluated({"build_variant_index": i}) for i in (0, 1))
    assert first is second
    write("name = 'foo'\nvariants = [['maya-2025']]\n")
    changed = package.get_reevaluated({"build_variant_index": 0})
    assert [[str(request) for request in one] for one in changed.variants or ()] == [["maya-2025"]]
    assert package.get_reevaluated({"build_variant_index": 0}) is changed


@pytest.mark.parametrize(
    "text",
    [
        "import os\n",
        "tools = [str(1)]\n",
        "requires = ['foo-*']\n",
        "def preprocess(this, data):\n    pass\n",
        "@late()\ndef tools():\n    return []\n",
    ],
)
def test_others_are_read_for_each(write: Write, text: str) -> None:
    package = developed(write(f"name = 'bar'\n{text}"))
    assert package.get_reevaluated({}) is not package.get_reevaluated({})


def test_objects_of_any_name(write: Write) -> None:
    package = developed(write(BUILT))
    assert package.get_reevaluated({"studio": "nobody"}).authors == ["nobody"]


def test_a_package_of_data_cannot_be_read_again() -> None:
    with pytest.raises(ResourceError, match="not read from a file"):
        create_package("foo", {}, DeveloperPackage).get_reevaluated({})


# ---- wildcards ---------------------------------------------------------------------------------


def test_wildcards_are_replaced_when_it_is_read(
    write: Write, tmp_path: Path, configure: Configure
) -> None:
    for version in ("1.54.0", "1.55.1"):
        (tmp_path / "packages" / "boost" / version).mkdir(parents=True)
    configure(packages_path=[str(tmp_path / "packages")])
    package = developed(
        write(
            """
            name = "foo"
            requires = ["boost-1.*"]
            build_requires = ["boost-1.**"]
            private_build_requires = ["boost==1.**", "other-2"]
            variants = [["boost-1.54.*"], ["boost-*"]]
            tests = {"unit": {"command": "x", "requires": ["boost-1.*"]}}
            tools = ["*"]
            """
        )
    )
    data = package.data
    assert data["requires"] == ["boost-1.55"]
    assert data["build_requires"] == ["boost-1.55.1"]
    assert data["private_build_requires"] == ["boost==1.55.1", "other-2"]
    assert data["variants"] == [["boost-1.54.0"], ["boost-1"]]
    assert data["tests"]["unit"]["requires"] == ["boost-1.55"]
    assert data["tools"] == ["*"]


# ---- modules that functions include ------------------------------------------------------------

INCLUDING = """
    name = "foo"
    @include("utils", "more")
    def commands():
        utils.set(env)
    @late()
    @include("utils")
    def tools():
        return utils.tools()
    nested = {}
"""


def test_includes_are_collected_and_copied(
    write: Write, tmp_path: Path, configure: Configure
) -> None:
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "utils.py").write_text("\ndef tools():\n    return ['saw']\n\n")
    (modules / "more.py").write_text("x = 1\n")
    configure(package_definition_python_path=str(modules))
    package = developed(write(INCLUDING))
    assert package.includes == {"utils", "more"}
    # before it is installed, the originals are used
    assert package.tools == ["saw"]
    assert package.get_variant().tools == ["saw"]  # type: ignore[union-attr]

    installed = tmp_path / "packages" / "foo"
    installed.mkdir(parents=True)
    written = package.copy_includes(str(installed))
    copies = installed / ".rez" / "include"
    assert sorted(written) == sorted(str(path) for path in copies.iterdir())
    source = (modules / "utils.py").read_bytes()
    assert (copies / "utils.py").read_bytes() == source
    assert (copies / "utils.sha1").read_text() == sha1(source.strip()).hexdigest()

    # from then on, the copies
    (installed / "package.py").write_text(Path(package.filepath or "").read_text())
    (modules / "utils.py").write_text("def tools():\n    return ['other']\n")
    found = next(iter_packages("foo", paths=[str(tmp_path / "packages")]))
    assert found.tools == ["saw"]


def test_an_included_module_has_to_be_there(
    write: Write, tmp_path: Path, configure: Configure
) -> None:
    path = write(INCLUDING)
    with pytest.raises(InvalidPackageError, match="package_definition_python_path is not set"):
        developed(path)
    configure(package_definition_python_path=str(tmp_path))
    with pytest.raises(InvalidPackageError, match=r"@include\('more'\): .*more.py does not exist"):
        developed(path)


def test_the_package_may_say_where_its_modules_are(write: Write, tmp_path: Path) -> None:
    (tmp_path / "utils.py").write_text("")
    path = write(
        f"""
        name = "foo"
        with scope("config") as c:
            c.package_definition_python_path = {str(tmp_path)!r}
        @include("utils")
        def commands(): pass
        """
    )
    assert developed(path).includes == {"utils"}


def test_nothing_is_copied_for_a_package_that_includes_nothing(
    write: Write, tmp_path: Path
) -> None:
    assert developed(write("name = 'foo'")).copy_includes(str(tmp_path)) == []
    assert not (tmp_path / ".rez").exists()


# ---- made of data ------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0", "", None])
def test_a_package_of_data(version: str | None) -> None:
    data: Mapping[str, Any] = {"version": version, "requires": ["bar-1"], "custom": 1}
    package = create_package("foo", data)
    assert type(package) is Package
    assert package.name == "foo"
    assert str(package.version) == (version or "")
    assert package.custom == 1
    assert [str(request) for request in package.requires or ()] == ["bar-1"]
    assert [one.index for one in package.iter_variants()] == [None]


def test_wrong_data() -> None:
    with pytest.raises(PackageMetadataError, match="requires is wrong"):
        create_package("foo", {"requires": "bar"})
