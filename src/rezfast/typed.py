"""What the standard library has for types and that a program needs when it runs.

`typing`, `enum`, `types` and `collections.abc` with all that they import take longer to import than
a small resolve takes. These are for the modules that `rezfast resolve`, `env` and `build`
import. Type checkers see the originals.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping, Sequence
    from enum import Enum
    from importlib import import_module
    from types import CodeType, FunctionType, ModuleType
    from typing import Any, Generic, Protocol, TypedDict, TypeVar, overload

    T = TypeVar("T")
else:
    import sys
    from _collections_abc import Callable, Mapping, MutableMapping, Sequence

    Any = object
    T = None

    class Generic:
        """A class with parameters, which mean nothing when a program runs."""

        def __class_getitem__(cls, parameters):
            return cls

    class Protocol:
        """What an object has to offer; nobody asks for it when a program runs."""

    class TypedDict(dict):
        """A dict; nobody asks for its keys when a program runs."""

        def __init_subclass__(cls, total=True):
            pass

    def overload(function):
        """One of the ways to call a function, all of which are the last one."""
        return function

    def _function():
        """A function, for its type."""

    FunctionType = type(_function)
    CodeType = type(_function.__code__)
    ModuleType = type(sys)

    def import_module(name):
        """The module of that full name."""
        __import__(name)
        return sys.modules[name]

    class _EnumType(type):
        """Makes a member of every value in the body of a class."""

        def __new__(cls, name, bases, body):
            values = {
                key: value
                for key, value in body.items()
                if key[:1] != "_" and not hasattr(type(value), "__get__")
            }
            made = super().__new__(
                cls, name, bases, {key: body[key] for key in body if key not in values}
            )
            members = {}
            for key, value in values.items():
                member = object.__new__(made)
                member.__dict__.update(name=key, value=value)
                member.__init__(*(value if isinstance(value, tuple) else (value,)))
                members[key] = member
                type.__setattr__(made, key, member)
            type.__setattr__(made, "__members__", members)
            return made

        def __call__(cls, value):
            for member in cls:
                if member is value or member.value == value:
                    return member
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")

        def __getitem__(cls, name):
            return cls.__members__[name]

        def __iter__(cls):
            return iter(cls.__members__.values())

        def __len__(cls):
            return len(cls.__members__)

        def __contains__(cls, member):
            return isinstance(member, cls)

        def __setattr__(cls, name, value):
            if name in cls.__members__:
                raise AttributeError(f"cannot reassign member {name!r}")
            super().__setattr__(name, value)

        def __repr__(cls):
            return f"<enum {cls.__name__!r}>"

    class Enum(metaclass=_EnumType):
        """Members by name: as `enum.Enum`, for members that are all different."""

        def __init__(self, *given):
            pass

        def __repr__(self):
            return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

        def __str__(self):
            return f"{type(self).__name__}.{self.name}"

        def __copy__(self):
            return self

        def __deepcopy__(self, memory):
            return self

        def __reduce_ex__(self, protocol):
            return type(self), (self.value,)


__all__ = [
    "Any",
    "Callable",
    "CodeType",
    "Enum",
    "FunctionType",
    "Generic",
    "Mapping",
    "ModuleType",
    "MutableMapping",
    "Protocol",
    "Sequence",
    "T",
    "TypedDict",
    "import_module",
    "overload",
]
