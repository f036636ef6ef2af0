"""Where variants are built and installed; short links to hashed ones."""

from __future__ import annotations

import os
import threading
from hashlib import sha1
from pathlib import Path

import pytest
from build.conftest import Source, Use

from rezfast.build.variant_paths import (
    create_shortlink,
    remove_shortlink,
    variant_paths,
)
from rezfast.errors import BuildError
from rezfast.package.model import Variant
from rezfast.repository.install import install_variants
from rezfast.repository.queries import get_package

HASHED = """
    name = 'foo'
    version = '1.0'
    hashed_variants = True
    variants = [['a-1', 'python-3.11'], ['a-2', '!b'], ['a==3']]
"""


def hashed(source: Source, count: int = 3) -> list[Variant]:
    """The variants of a package `foo-1.0`."""
    variants = [[f"a-{number}"] for number in range(1, count + 1)]
    text = f"name = 'foo'\nversion = '1.0'\nhashed_variants = True\nvariants = {variants!r}\n"
    return list(source(text).iter_variants())


def test_a_package_without_variants(source: Source) -> None:
    (variant,) = source().iter_variants()
    assert variant_paths(variant, "/build", "/p/foo/1.0") == ("/build", "/p/foo/1.0")


def test_variants_lie_below_their_requirements(source: Source) -> None:
    package = source("name = 'foo'\nvariants = [['a-1+<2', 'b==2'], ['!c']]\n")
    paths = [variant_paths(variant, "/build", "/p/foo") for variant in package.iter_variants()]
    assert paths == [
        ("/build/a-1+<2/b==2", "/p/foo/a-1+<2/b==2"),
        ("/build/!c", "/p/foo/!c"),
    ]


def test_hashed_variants_lie_below_a_hash(source: Source) -> None:
    for variant in source(HASHED).iter_variants():
        text = str([str(request) for request in variant.variant_requires])
        name = sha1(text.encode()).hexdigest()
        paths = variant_paths(variant, "/build", "/p/foo/1.0")
        assert paths == (f"/build/{name}", f"/p/foo/1.0/{name}")
    first = next(source(HASHED).iter_variants())
    expected = sha1(b"['a-1', 'python-3.11']").hexdigest()
    assert variant_paths(first, "/build", "/p").install == f"/p/{expected}"


# ---- short links ------------------------------------------------------------------


def test_a_short_link_is_made_and_used_again(source: Source, tmp_path: Path) -> None:
    base = str(tmp_path / "foo")
    first, second = hashed(source, 2)
    link = create_shortlink(first, base)
    assert link == f"{base}/_v/a"
    assert os.readlink(link) == os.path.join("..", first._non_shortlinked_subpath or "")
    assert create_shortlink(first, base) == link
    assert create_shortlink(second, base) == f"{base}/_v/b"
    assert sorted(os.listdir(f"{base}/_v")) == ["a", "b"]


def test_an_absolute_link_counts_too(source: Source, tmp_path: Path) -> None:
    (variant,) = hashed(source, 1)
    base = str(tmp_path / "foo")
    os.makedirs(f"{base}/_v")
    os.symlink(variant_paths(variant, "", base).install, f"{base}/_v/q")
    assert create_shortlink(variant, base) == f"{base}/_v/q"


def test_links_have_short_names(source: Source, tmp_path: Path) -> None:
    base = str(tmp_path / "foo")
    variants = hashed(source, 60)
    names = [os.path.basename(create_shortlink(one, base) or "") for one in variants]
    letters = [chr(ord("a") + index) for index in range(26)]
    assert names == [
        *letters,
        *(f"a{letter}" for letter in letters),
        *(f"b{x}" for x in "abcdefgh"),
    ]


@pytest.mark.parametrize(
    ("last", "following"), [("z", "aa"), ("az", "ba"), ("zz", "aaa"), ("azz", "baa"), ("m", "n")]
)
def test_the_name_after_the_last(source: Source, tmp_path: Path, last: str, following: str) -> None:
    (variant,) = hashed(source, 1)
    links = tmp_path / "foo" / "_v"
    links.mkdir(parents=True)
    (links / last).symlink_to("../elsewhere")
    (links / "NOTES.txt").touch()
    assert create_shortlink(variant, str(tmp_path / "foo")) == str(links / following)


def test_a_name_that_is_taken_by_something_else(source: Source, tmp_path: Path) -> None:
    (variant,) = hashed(source, 1)
    taken = tmp_path / "foo" / "_v" / "a"
    taken.mkdir(parents=True)
    assert create_shortlink(variant, str(tmp_path / "foo")) == str(taken.with_name("b"))


def test_links_made_at_once(source: Source, tmp_path: Path) -> None:
    base = str(tmp_path / "foo")
    variants = hashed(source, 12)
    made: list[str | None] = []
    threads = [
        threading.Thread(target=lambda one=one: made.append(create_shortlink(one, base)))
        for one in variants
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 12 and None not in made


def test_who_has_no_link(source: Source, tmp_path: Path, use: Use) -> None:
    plain = next(source("name = 'foo'\nvariants = [['a-1']]\n").iter_variants())
    assert create_shortlink(plain, str(tmp_path / "foo")) is None
    (only,) = source().iter_variants()
    assert create_shortlink(only, str(tmp_path / "foo")) is None
    use(variant_shortlinks_dirname=None)
    (variant,) = hashed(source, 1)
    assert create_shortlink(variant, str(tmp_path / "foo")) is None
    assert remove_shortlink(variant, str(tmp_path / "foo")) == []
    assert not (tmp_path / "foo").exists()


def test_the_directory_has_another_name(source: Source, tmp_path: Path, use: Use) -> None:
    use(variant_shortlinks_dirname="short")
    (variant,) = hashed(source, 1)
    assert create_shortlink(variant, str(tmp_path / "foo")) == f"{tmp_path}/foo/short/a"


def test_an_installed_variant_is_found_by_its_link(
    source: Source, tmp_path: Path, use: Use
) -> None:
    installed = install_variants(hashed(source, 2), str(tmp_path / "repository"))
    base = str(tmp_path / "repository" / "foo" / "1.0")
    link = create_shortlink(installed[1], base)

    def roots() -> list[str | None]:
        package = get_package("foo", "1.0", [str(tmp_path / "repository")])
        assert package is not None
        return [variant.root for variant in package.iter_variants()]

    use()
    long = [variant_paths(one, "", base).install for one in installed]
    assert roots() == [long[0], link]
    use(use_variant_shortlinks=False)
    assert roots() == long


def test_links_are_removed(source: Source, tmp_path: Path) -> None:
    base = str(tmp_path / "foo")
    first, second = hashed(source, 2)
    link = create_shortlink(first, base) or ""
    os.symlink(os.readlink(link), f"{base}/_v/zz")
    create_shortlink(second, base)
    assert remove_shortlink(first, base) == [link, f"{base}/_v/zz"]
    assert remove_shortlink(first, base) == []
    assert os.path.isdir(f"{base}/_v")
    assert remove_shortlink(second, base) != []
    assert not os.path.exists(f"{base}/_v")


def test_a_link_that_cannot_be_made(source: Source, tmp_path: Path) -> None:
    (variant,) = hashed(source, 1)
    (tmp_path / "foo").write_text("a file")
    with pytest.raises(BuildError, match="no short link to"):
        create_shortlink(variant, str(tmp_path / "foo"))
