"""What the standard library has for with statements, caches and words, and that a build needs.

`contextlib`, `functools` and `shlex`, with all that they import, take longer to import than a small
build takes. These do the same for what rezfast uses of them. Type checkers see the originals.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import ExitStack, contextmanager, suppress
    from functools import cache, lru_cache, partial
    from shlex import join, quote
else:
    from _functools import _lru_cache_wrapper, partial

    class suppress:
        """Nothing follows from exceptions of these types: the with statement ends."""

        def __init__(self, *types):
            self._types = types

        def __enter__(self):
            return None

        def __exit__(self, kind, error, where):
            return kind is not None and issubclass(kind, self._types)

    class _Generated:
        """A context manager whose two halves are before and after the `yield` of a generator."""

        def __init__(self, made):
            self._made = made

        def __enter__(self):
            try:
                return next(self._made)
            except StopIteration:
                raise RuntimeError("generator didn't yield") from None

        def __exit__(self, kind, error, where):
            if kind is None:
                try:
                    next(self._made)
                except StopIteration:
                    return False
                raise RuntimeError("generator didn't stop")
            try:
                self._made.throw(error)
            except StopIteration as stop:
                # an exception of this type from inside is no end of the generator
                return stop is not error
            except RuntimeError as other:
                if other is error:
                    error.__traceback__ = where
                    return False
                if isinstance(error, StopIteration) and other.__cause__ is error:
                    error.__traceback__ = where
                    return False
                raise
            except BaseException as other:
                if other is not error:
                    raise
                error.__traceback__ = where
                return False
            raise RuntimeError("generator didn't stop after throw()")

    def contextmanager(function):
        """A generator function that yields once, as a function that gives context managers."""

        def make(*given, **named):
            return _Generated(function(*given, **named))

        for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
            setattr(make, name, getattr(function, name))
        make.__wrapped__ = function
        return make

    class ExitStack:
        """Context managers that are left together, the last one first."""

        def __init__(self):
            self._exits = []

        def __enter__(self):
            return self

        def enter_context(self, manager):
            """Enter a context manager; gives what that gives."""
            kind = type(manager)
            leave = kind.__exit__
            given = kind.__enter__(manager)
            self._exits.append((leave, manager))
            return given

        def push(self, manager):
            """Leave a context manager that was entered elsewhere."""
            self._exits.append((type(manager).__exit__, manager))
            return manager

        def callback(self, function, /, *given, **named):
            """Call a function when this is left."""

            def leave(manager, kind, error, where):
                function(*given, **named)

            self._exits.append((leave, None))
            return function

        def pop_all(self):
            """Another stack with all of it; this one is empty then."""
            other = type(self)()
            other._exits, self._exits = self._exits, []
            return other

        def close(self):
            """Leave all."""
            self.__exit__(None, None, None)

        def __exit__(self, kind, error, where):
            given, current = error, error
            while self._exits:
                leave, manager = self._exits.pop()
                try:
                    about = (None, None, None)
                    if current is not None:
                        about = (type(current), current, current.__traceback__)
                    if leave(manager, *about):
                        current = None
                except BaseException as other:
                    if other.__context__ is None and other is not current:
                        other.__context__ = current
                    current = other
            if current is not None and current is not given:
                context = current.__context__
                try:
                    raise current
                finally:
                    # what it came from is told as it was, not this with statement
                    current.__context__ = context
            return given is not None and current is None

    def lru_cache(maxsize=128):
        """Keeps what a function gave for its last arguments."""

        def wrap(function):
            return _lru_cache_wrapper(function, maxsize, False, tuple)

        return wrap

    def cache(function):
        """Keeps all that a function ever gave."""
        return lru_cache(None)(function)

    _SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-"

    def quote(text):
        """A word as a shell reads it back."""
        if text and not text.strip(_SAFE):
            return text
        return "'" + text.replace("'", "'\"'\"'") + "'"

    def join(words):
        """Words as a shell reads them back."""
        return " ".join(map(quote, words))


__all__ = [
    "ExitStack",
    "cache",
    "contextmanager",
    "join",
    "lru_cache",
    "partial",
    "quote",
    "suppress",
]
