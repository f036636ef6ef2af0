"""`rezfast config`: the settings, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rezfast.cli.outcome import EXIT_OK, UsageError, write_out
from rezfast.cli.parameters import Option, Parameters
from rezfast.config import Settings, settings
from rezfast.config.explain import Explanation, explain, explain_all, value_of

if TYPE_CHECKING:
    from rezfast.cli.parameters import Given

HELP = """Show all settings, or the one that FIELD names.

A FIELD is a setting ('packages_path'), a plugin's ('plugins.release_vcs.tag_name') or an item of
a setting that is a dict ('context_tracking_amqp.userid').

Settings come from, weakest first: rez's defaults, each file of $REZ_CONFIG_FILE, ~/.rezconfig.py
or ~/.rezconfig, $REZ_<SETTING>_JSON, $REZ_<SETTING>. Lists and dicts are printed as YAML, as
rez-config does.

\b
Examples:
  rezfast config packages_path
  rezfast config --explain packages_path
  rezfast config --json plugins.package_repository

\b
Exit code:
  0  shown
  2  there is no such setting, or a file or a value cannot be used
"""

PARAMETERS = Parameters(
    words="field",
    metavar="FIELD",
    needed=False,
    options=[
        Option(
            "--explain",
            "--origin",
            kind="flag",
            help="Say what a setting is for and which sources give it. Without FIELD: all of them.",
        ),
        Option("--search-list", kind="flag", help="List the config files that are looked for."),
        Option("--source-list", kind="flag", help="List the config files that are there."),
        Option("--json", kind="flag", help="Print JSON, as $REZ_<SETTING>_JSON takes it."),
        Option("--debug", kind="flag", help="Show a traceback when something goes wrong."),
    ],
)


def run(given: Given) -> int:
    """Show what is asked for, return the exit code. `given` is by `PARAMETERS`."""
    field = _field(given)
    current = settings()
    if given["search_list"] or given["source_list"]:
        files = current.searched_files if given["search_list"] else current.sourced_files
        write_out(_json(files) if given["json"] else "".join(f"{path}\n" for path in files))
    elif given["explain"]:
        write_out(_explained(current, field, as_json=given["json"]))
    else:
        value = current.data() if field is None else value_of(current, field)
        write_out(_json(value) if given["json"] else _yaml(value))
    return EXIT_OK


def _field(given: Given) -> str | None:
    """The one field that is asked about; None for all."""
    fields = given["field"]
    if len(fields) > 1:
        raise UsageError(f"one FIELD at a time, please; got {' and '.join(fields)}")
    listing = [name for name in ("search_list", "source_list", "explain") if given[name]]
    if len(listing) > 1:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in listing)
        raise UsageError(f"{names} cannot be asked for together")
    if fields and listing and listing != ["explain"]:
        raise UsageError(f"--{listing[0].replace('_', '-')} lists files and takes no FIELD")
    return fields[0] if fields else None


def _explained(current: Settings, field: str | None, *, as_json: bool) -> str:
    found = explain_all(current) if field is None else explain(current, field)
    if as_json:
        objects = [_explanation_object(current, each) for each in found]
        return _json(objects[0] if len(objects) == 1 and field == found[0].field else objects)
    if len(found) == 1:
        return _at_length(current, found[0], field or found[0].field)
    lines: list[str] = []
    section = None
    for each in found:
        if each.section != section:
            section = each.section
            lines.append(f"\n{section}\n" if lines else f"{section}\n")
        lines.append(f"  {each.field} = {_on_a_line(value_of(current, each.field))}\n")
        origin = "" if len(each.sources) == 1 else f"  [from {each.origin}]"
        lines.append(f"      {each.doc}{origin}\n")
    return "".join(lines)


def _at_length(current: Settings, explained: Explanation, field: str) -> str:
    """Everything about one setting, for a person to read."""
    value = value_of(current, field)
    # a field in a dict has no documentation of its own; its setting's is shown
    lines = [explained.doc, ""]
    if field != explained.field:
        lines.insert(0, f"{field} is an item of {explained.field}.")
    lines += [
        f"type     {explained.kind}",
        f"value    {_on_a_line(value)}",
        "sources, strongest last:",
    ]
    width = max(len(source.where) for source in explained.sources)
    lines += [
        f"  {source.where:<{width}}  {_on_a_line(source.value)}" for source in explained.sources
    ]
    if explained.variables:
        lines.append(f"set it in a rezconfig file, or as ${' or $'.join(explained.variables)}")
    else:
        lines.append("set it in a rezconfig file; plugins' settings have no variables")
    return "\n".join(lines) + "\n"


def _explanation_object(current: Settings, explained: Explanation) -> dict[str, Any]:
    return {
        "field": explained.field,
        "section": explained.section,
        "doc": explained.doc,
        "type": explained.kind,
        "value": value_of(current, explained.field),
        "origin": explained.origin,
        "sources": [{"where": each.where, "value": each.value} for each in explained.sources],
        "variables": explained.variables,
    }


def _on_a_line(value: Any) -> str:
    """A value as JSON, which is short and tells a text from a number."""
    return _json(value).rstrip()


def _json(value: Any) -> str:
    # Deferred: a single setting is mostly asked for as text.
    from json import dumps

    return dumps(value, default=str, ensure_ascii=False) + "\n"


def _yaml(value: Any) -> str:
    """A dict or a list as YAML, anything else as Python prints it (rez: `rez-config`)."""
    if not isinstance(value, (dict, list)):
        return f"{value}\n"
    # Deferred: most settings are a single text or number.
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes what YAML has no word for, such as a function, as Python prints it."""

    def as_text(dumper: yaml.SafeDumper, item: object) -> yaml.Node:
        return dumper.represent_str(str(item))

    Dumper.add_multi_representer(object, as_text)
    text: str = yaml.dump(value, Dumper=Dumper, default_flow_style=False)
    return text.strip() + "\n"
