"""A package definition: scanned when it can be, evaluated when it must be.

definition.py   what the rooms above call: a path in, a record out
evaluate.py     runs a definition with Python, as rez does for an installed package
scopes.py       `with scope("config") as c:`
functions.py    `@early`, `@late`, `@include`, and functions that are kept for later
write.py        attributes to the text of a definition
late.py         the requirements that a package makes up when a resolve looks at it
attributes.py   every attribute's check, as tables
resource.py     what the objects of one package share
model.py        the objects: families, packages, variants
"""
