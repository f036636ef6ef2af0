"""The command language of packages: what `commands()` may call, and what becomes of it.

`executor.RexExecutor` runs commands; `interpreter.ActionInterpreter` is the base of what they are
turned into; `bindings` are the objects that they find. docs/commands.md is the language.
"""
