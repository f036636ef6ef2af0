"""What is refused is evaluated, and comes out as rez reads it from an installed package."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

from rezfast._scan import load_files
from rezfast.errors import PackageDefinitionFileMissing, PackageMetadataError
from rezfast.package.definition import complete, from_data, load_data, load_definition

Write = Callable[..., str]


def test_a_plain_definition_is_only_scanned(write: Write) -> None:
    record = load_definition(write('name = "foo"\nrequires = ["a"]'))
    assert record.requires == ["a"]
    assert record.late is None


def test_a_computed_field_is_evaluated(write: Write) -> None:
    record = load_definition(
        write(
            """
            import os
            name = "foo"
            version = "1." + str(1 + 1)
            requires = ["a-%d" % i for i in range(2)]
            variants = [["python-" + v] for v in ("2", "3")]
            build_requires = requires[:1]
            if os.sep == "/":
                hashed_variants = True
                timestamp = int("12")
            """
        )
    )
    assert record.name == "foo"
    assert record.version == "1.2"
    assert record.requires == ["a-0", "a-1"]
    assert record.variants == [["python-2"], ["python-3"]]
    assert record.build_requires == ["a-0"]
    assert record.private_build_requires is None
    assert record.hashed_variants is True
    assert record.timestamp == 12


def test_complete_takes_what_load_files_gave(write: Write) -> None:
    scanned = write('requires = ["a"]', "a.py")
    refused = write('requires = "a b".split()', "b.py")
    outcomes = load_files([scanned, refused])
    assert complete(scanned, outcomes[0]) is outcomes[0]
    assert complete(refused, outcomes[1]).requires == ["a", "b"]


def test_an_early_function_runs(write: Write) -> None:
    record = load_definition(
        write(
            """
            base_requires = ["a"]
            @early()
            def requires():
                return this.base_requires + (["b"] if building else ["c"])
            @early()
            def variants(data):
                return [[data["base_requires"][0]]]
            """
        )
    )
    assert record.requires == ["a", "c"]
    assert record.variants == [["a"]]


def test_an_early_function_sees_no_function_after_it(write: Write) -> None:
    path = write(
        """
        @early()
        def requires():
            return this.tools
        @early()
        def tools():
            return []
        """
    )
    with pytest.raises(PackageMetadataError, match=r"'tools': it is not bound yet"):
        load_definition(path)


def test_a_function_without_a_decorator_is_no_field(write: Write) -> None:
    assert load_definition(write("def requires():\n    return ['a']\n")).requires is None


def test_a_scope_adds_an_attribute_and_forgets_its_names(write: Write) -> None:
    data = load_data(
        write(
            """
            requires = ["a"]
            with scope("config") as c:
                requires = ["b"]
                c.plugins.x.y = 1
            with scope("config") as c:
                c.plugins.x.z = 2
                with scope("inner"):
                    w = 3
            """
        )
    )
    assert data == {
        "requires": ["a"],
        "config": {"requires": ["b"], "plugins": {"x": {"y": 1, "z": 2}}, "inner": {"w": 3}},
    }


def test_modules_functions_and_private_names_are_dropped(write: Write) -> None:
    data = load_data(
        write(
            """
            import os
            __private = 1
            _kept = 2
            format_version = 2
            def helper(): pass
            nested = {"f": helper, "__x": 1, "y": {"os": os}}
            def commands(): pass
            """
        )
    )
    assert set(data) == {"_kept", "nested", "commands"}
    assert data["nested"] == {"y": {}}


def test_rez_lint_helper_gives_none_without_rez(write: Write) -> None:
    data = load_data(
        write(
            """
            from rez.utils.lint_helper import env, this
            from rez.utils import lint_helper
            used = lint_helper.used(env)
            requires = ["a"] + []
            """
        )
    )
    assert data["env"] is None
    assert data["requires"] == ["a"]


def test_names_of_rez_are_there(write: Write) -> None:
    load_definition(write("x = (early, late, include, scope, ModifyList, InvalidPackageError)"))


def test_an_annotation_is_not_evaluated(write: Write) -> None:
    assert load_definition(write("requires: Studio[0] = ['a'] + []")).requires == ["a"]


def test_latin_1_is_read_as_it_says(write: Write, tmp_path: object) -> None:
    path = write("")
    with open(path, "wb") as file:
        file.write(b'# coding: latin-1\ndescription = "\xe9"\nrequires = ["a"]\n')
    assert load_data(path)["description"] == "é"
    assert load_definition(path).requires == ["a"]


# ---- yaml --------------------------------------------------------------------------------------


def test_yaml(write: Write) -> None:
    record = load_definition(
        write(
            """
            name: foo
            version: "1.0"
            requires: [a-1, "!b"]
            variants:
            - [python-2]
            - [python-3]
            timestamp: 5
            hashed_variants: true
            1: not a name
            """,
            "package.yaml",
        )
    )
    assert (record.name, record.version, record.timestamp) == ("foo", "1.0", 5)
    assert record.requires == ["a-1", "!b"]
    assert record.variants == [["python-2"], ["python-3"]]
    assert record.hashed_variants is True


def test_empty_yaml(write: Write) -> None:
    assert load_definition(write("", "package.yaml")).requires is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1\nb: 2", r"package.yaml:2: is not valid YAML: .*expected ',' or ']'"),
        ("- a\n- b", r"package.yaml: has to hold a mapping"),
        ("requires: a", r"package.yaml:1: requires is wrong: it has to be a list"),
        ("name: x\nrequires: [2.6]", r"package.yaml:2: requires is wrong: 2.6 in it is a float"),
        ("a: !!python/name:os.system x", r"package.yaml:1: is not valid YAML: could not determine"),
    ],
)
def test_yaml_that_cannot_be_used(write: Write, text: str, message: str) -> None:
    with pytest.raises(PackageMetadataError, match=message):
        load_definition(write(text, "package.yaml"))


def test_yaml_that_is_no_text(write: Write) -> None:
    path = write("", "package.yaml")
    with open(path, "wb") as file:
        file.write(b"name: foo\nx: \xff\n")
    with pytest.raises(PackageMetadataError, match=r"package.yaml:2: is not UTF-8 text"):
        load_definition(path)


# ---- values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("requires = None", r"package.py:1: requires is wrong: .* not None"),
        ("\nrequires = ('a',)", r"package.py:2: requires is wrong: .* not a tuple"),
        ("requires = [1]", r"package.py:1: requires is wrong: 1 in it is an int, not a string"),
        ("requires = ['a b']", r"package.py:1: requires is wrong: 'a b' is not a package request"),
        ("requires = ['a-*']", r"requires is wrong: 'a-\*' is not a package request"),
        ("requires = ['a-2+<1']", r"requires is wrong: 'a-2\+<1' is not a package request"),
        ("requires = ['__pycache__']", r"'__pycache__' is not a package name"),
        ("requires = ['!.a']", r"'.a' is not a package name"),
        ("variants = ['a']", r"package.py:1: variants is wrong: .* not a str"),
        ("variants = [('a',)]", r"package.py:1: variants is wrong: .* not a tuple"),
        ("@late()\ndef variants(): return []", r"package.py:2: variants is wrong: .* SourceCode"),
        ("requires = ['\\ud800']", r"package.py:1: requires is wrong"),
    ],
)
def test_a_wrong_value_is_an_error(write: Write, text: str, message: str) -> None:
    with pytest.raises(PackageMetadataError, match=message) as caught:
        load_definition(write(text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("build_requires", "None"),
        ("private_build_requires", "('a',)"),
        ("timestamp", "1.5"),
        ("timestamp", "10**30"),
        ("hashed_variants", "1"),
    ],
)
def test_other_fields_may_be_wrong_until_somebody_asks(
    write: Write, field: str, value: str
) -> None:
    record = load_definition(write(f"requires = ['a']\n{field} = {value}\n"))
    assert record.requires == ["a"]
    assert getattr(record, field) is None
    assert record.late.attributes == {field}
    with pytest.raises(PackageMetadataError, match=rf"package.py:2: {field} is wrong"):
        record.late.evaluate(field, None, None)


def test_a_wrong_name_or_version_is_no_error(write: Write) -> None:
    record = load_definition(write("name = 5\nversion = 1.0\nrequires = ['a']"))
    assert record.name is None
    assert record.version is None
    assert record.requires == ["a"]


def test_a_flag_is_a_number(write: Write) -> None:
    assert load_definition(write("timestamp = True")).timestamp == 1


def test_data_in_memory(tmp_path: object) -> None:
    record = from_data({"requires": ["a"], "variants": [["b"]]}, "memory")
    assert record.requires == ["a"]
    with pytest.raises(PackageMetadataError, match=r"^memory: requires is wrong"):
        from_data({"requires": "a"}, "memory")


# ---- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb = foo\n", r"package.py:2: raised NameError: name 'foo' is not defined"),
        ("a = (\n", r"package.py:1: is not valid Python"),
        ("def commands():\n    a = = 1\nx = y\n", r"package.py:2: is not valid Python"),
        ("import sys\nsys.exit(3)\n", r"package.py:2: called sys.exit\(\)"),
        ("def f(): f()\nf()\n", r"package.py:1: raised RecursionError"),
        ("raise InvalidPackageError('not\\nthis')\n", r"package.py:1: not this"),
        (
            "raise KeyboardInterrupt and ValueError\n",
            r"package.py:1: raised ValueError, in `raise Key",
        ),
        (
            "@early()\ndef requires():\n    return 1 / 0\n",
            r"package.py:3: raised ZeroDivisionError",
        ),
        ("@early()\ndef x(a, b): pass\n", r"package.py:1: @early function x\(\) takes 2 arguments"),
        ("@late()\ndef commands(): pass\n", r"package.py:1: raised ValueError: @late cannot"),
        ("x = {1: 2}\n", r"package.py: 1 is the key of a dict"),
        ("import not_there_at_all\n", r"package.py:1: raised ModuleNotFoundError"),
    ],
)
def test_an_error_names_the_line(write: Write, text: str, message: str) -> None:
    with pytest.raises(PackageMetadataError, match=message) as caught:
        load_definition(write(text))
    assert "\n" not in str(caught.value)
    assert caught.value.path is not None


@pytest.mark.parametrize("content", [b"a = '\xff'\n", b"a = 1\0\n", b"# coding: nonesuch\n"])
def test_what_is_no_text_is_an_error(write: Write, content: bytes) -> None:
    path = write("")
    with open(path, "wb") as file:
        file.write(content)
    with pytest.raises(PackageMetadataError, match=r"package.py(:\d)?: is not valid Python"):
        load_definition(path)


def test_a_missing_file_is_said_to_be_missing(write: Write) -> None:
    for name in ("none.py", "none.yaml"):
        with pytest.raises(PackageDefinitionFileMissing, match=f"{name}: does not exist"):
            load_definition(name)


def test_a_directory_cannot_be_read(tmp_path: object) -> None:
    with pytest.raises(PackageMetadataError, match="cannot be read: Is a directory"):
        load_definition(str(tmp_path))


def test_a_file_may_be_too_large(write: Write) -> None:
    path = write("")
    with open(path, "wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(PackageMetadataError, match="cannot be read: File too large"):
        load_definition(path)
    with pytest.raises(PackageMetadataError, match="larger than 64 MB"):
        load_data(path)


def test_an_empty_definition_is_a_package_without_requirements(write: Write) -> None:
    assert load_definition(write("")).requires is None


HELD = [
    "def helper():\n    return 'helped'\nheld = [lambda: helper()]",
    "word = 'helped'\n@early()\ndef held():\n    return [lambda: word]",
    "word = 'helped'\ndef f():\n    return word\nheld = [f]\n@early()\ndef f():\n    return 1",
    "word = 'helped'\ndef helper():\n    return word\n@early()\ndef held():\n    return [helper]",
    "word = 'helped'\nclass A:\n    def __call__(self):\n        return word\nheld = [A()]",
    "def helper():\n    return 'helped'\ndef preprocess(this=0, data=0):\n    return helper()\n"
    "held = [preprocess]",
]


@pytest.mark.parametrize("text", HELD)
def test_a_function_that_an_attribute_holds_keeps_its_globals(write: Write, text: str) -> None:
    assert load_data(write(text))["held"][0]() == "helped"


def test_a_definition_of_commands_leaves_nothing_to_the_garbage_collector(write: Write) -> None:
    path = write("name = 'foo'\n@early()\ndef tools():\n    return []\ndef commands():\n    pass\n")
    load_data(path)
    gc.collect()
    gc.disable()
    try:
        load_data(path)
        assert gc.collect() == 0
    finally:
        gc.enable()
