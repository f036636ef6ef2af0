# cython: language_level=3, boundscheck=False, wraparound=False
# What is written of a context: plain data as JSON, and a graph in the compact notation.
#
#     data  --json_text-->  pieces of text  --join-->  text
#     nodes, edges by their attributes  --compacted_graph-->  the same
#
# All of it is Python objects. It is native because every environment that is entered waits for it.

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_READ_CHAR

cdef dict CONSTANTS = {None: "null", True: "true", False: "false"}
cdef dict ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b"}
cdef str STEP = "    "


class OtherDataError(Exception):
    """There is data of a kind that is left to the `json` module."""


cdef str quoted(str text):
    """A text as JSON has it, in ASCII."""
    cdef Py_ssize_t i, size = len(text)
    cdef long sign
    for i in range(size):
        sign = <long> PyUnicode_READ_CHAR(text, i)
        if sign < 32 or sign > 126 or sign == 34 or sign == 92:
            break
    else:
        return '"' + text + '"'
    cdef list pieces = ['"']
    for i in range(size):
        sign = <long> PyUnicode_READ_CHAR(text, i)
        one = text[i]
        if one in ESCAPES:
            pieces.append(ESCAPES[one])
        elif 32 <= sign <= 126:
            pieces.append(one)
        elif sign < 0x10000:
            pieces.append("\\u%04x" % sign)
        else:
            sign -= 0x10000
            pieces.append("\\u%04x\\u%04x" % (0xD800 | (sign >> 10), 0xDC00 | (sign & 0x3FF)))
    pieces.append('"')
    return "".join(pieces)


cdef int write(object value, str line, list pieces) except -1:
    """Add the text of a value to `pieces`; `line` ends a line and indents the next."""
    cdef object kind = type(value)
    cdef str inner, start
    if kind is str:
        pieces.append(quoted(<str> value))
    elif value is None or kind is bool:
        pieces.append(CONSTANTS[value])
    elif kind is int:
        pieces.append(repr(value))
    elif kind is float and value - value == 0:
        pieces.append(repr(value))
    elif kind is dict:
        write_dict(<dict> value, line, pieces)
    elif kind is list or kind is tuple:
        if not value:
            pieces.append("[]")
            return 0
        inner = line + STEP
        start = "[" + inner
        for item in value:
            pieces.append(start)
            write(item, inner, pieces)
            start = "," + inner
        pieces.append(line)
        pieces.append("]")
    else:
        raise OtherDataError
    return 0


cdef int write_dict(dict value, str line, list pieces) except -1:
    cdef str inner, start
    if not value:
        pieces.append("{}")
        return 0
    for name in value:
        if type(name) is not str:
            raise OtherDataError
    inner = line + STEP
    start = "{" + inner
    for name in sorted(value):
        pieces.append(start)
        pieces.append(quoted(<str> name))
        pieces.append(": ")
        write(value[name], inner, pieces)
        start = "," + inner
    pieces.append(line)
    pieces.append("}")
    return 0


def plain_json_text(data) -> str:
    """See the `.pyi` file."""
    cdef list pieces = []
    write(data, "\n", pieces)
    return "".join(pieces)


cdef class Group:
    """What has the same attributes.

    Attributes:
        attributes: Their text, a tuple of pairs.
        members: The texts of the members, each with a comma and a space before it.
    """

    cdef str attributes
    cdef list members


cdef str shared_text(dict attributes):
    """The attributes but the label, sorted, as Python writes a tuple of them."""
    cdef list pairs = []
    for key, value in sorted(attributes.items()):
        if key == "label":
            continue
        # the one attribute that rez has as a number
        if key == "fontsize" and value.isdecimal():
            value = int(value)
        pairs.append((key, value))
    return repr(tuple(pairs))


cdef Group group_of(dict attributes, dict groups, dict known):
    """The group of an attribute set; `known` keeps what came of others, by what is in them."""
    cdef tuple key = tuple([pair for pair in attributes.items() if pair[0] != "label"])
    cdef PyObject* found = PyDict_GetItem(known, key)
    cdef Group group
    cdef str text
    if found != NULL:
        return <Group> found
    text = shared_text(attributes)
    group = groups.get(text)
    if group is None:
        group = Group.__new__(Group)
        group.attributes = text
        group.members = []
        groups[text] = group
    known[key] = group
    return group


cdef str listed(dict groups):
    cdef list pieces = []
    cdef Group group
    for group in groups.values():
        members = "".join(group.members)
        pieces.append(f"({group.attributes}, [{members[2:]}])")
    return "[" + ", ".join(pieces) + "]"


def compacted_graph(dict nodes, dict edges, dict targets) -> str:
    """See the `.pyi` file."""
    cdef dict known = {}, node_groups = {}, edge_groups = {}, by_object = {}
    cdef dict attributes
    cdef Group group
    cdef dict written = {}
    cdef str text
    for node, attributes in nodes.items():
        group = group_of(attributes, node_groups, known)
        text = repr(node)
        written[node] = text
        label = attributes.get("label")
        if label:
            group.members.append(f", ({text}, {label!r})")
        else:
            group.members.append(f", {text}")
    known = {}
    for node in nodes:
        for target in <list> targets[node]:
            attributes = edges[node, target]
            # most edges have one and the same dict
            found = by_object.get(id(attributes))
            if found is None:
                found = by_object[id(attributes)] = group_of(attributes, edge_groups, known)
            group = found
            label = attributes.get("label")
            if label:
                group.members.append(f", ({written[node]}, {written[target]}, {label!r})")
            else:
                group.members.append(f", ({written[node]}, {written[target]})")
    return "{'nodes': " + listed(node_groups) + ", 'edges': " + listed(edge_groups) + "}"
