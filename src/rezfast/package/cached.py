"""`cached`: an attribute that is worked out once an object."""

from __future__ import annotations

from rezfast.typed import Generic, T

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self, overload


class cached(Generic[T]):
    """A method as an attribute whose value is kept in the object.

    `functools.cached_property` takes a lock for it, up to Python 3.11, which costs more than most
    of what is kept here; two threads may both work a value out, and get equal ones.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self._name = function.__name__
        self.__doc__ = function.__doc__

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value = self._function(instance)
        instance.__dict__[self._name] = value
        return value
