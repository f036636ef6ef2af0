"""What stands in for `contextlib`, `functools` and `shlex` does what they do."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from rezfast import managers

BOTH = pytest.mark.parametrize("home", [contextlib, managers], ids=["contextlib", "managers"])


def _told(home: ModuleType, log: list[str], name: str, swallows: bool = False) -> Any:
    def steps() -> Iterator[str]:
        log.append(f"enter {name}")
        try:
            yield name
        except ValueError as error:
            log.append(f"{name} sees {error}")
            if not swallows:
                raise
        finally:
            log.append(f"leave {name}")

    return home.contextmanager(steps)()


@BOTH
def test_managers_are_left_in_reverse_order_and_see_the_error(home: ModuleType) -> None:
    log: list[str] = []
    with pytest.raises(ValueError, match="broken"), home.ExitStack() as stack:
        assert stack.enter_context(_told(home, log, "a")) == "a"
        stack.enter_context(_told(home, log, "b"))
        raise ValueError("broken")
    assert log == ["enter a", "enter b", "b sees broken", "leave b", "a sees broken", "leave a"]


@BOTH
def test_an_error_that_one_takes_is_gone_for_those_before_it(home: ModuleType) -> None:
    log: list[str] = []
    with home.ExitStack() as stack:
        stack.enter_context(_told(home, log, "a"))
        stack.enter_context(_told(home, log, "b", swallows=True))
        raise ValueError("broken")
    assert log[2:] == ["b sees broken", "leave b", "leave a"]


@BOTH
def test_an_error_while_leaving_takes_the_place_of_the_first(home: ModuleType) -> None:
    def fail() -> None:
        raise KeyError("second")

    log: list[str] = []
    with pytest.raises(KeyError, match="second") as raised, home.ExitStack() as stack:
        stack.enter_context(_told(home, log, "a"))
        stack.callback(fail)
        raise ValueError("first")
    assert isinstance(raised.value.__context__, ValueError)
    assert log == ["enter a", "leave a"]


@BOTH
def test_what_is_popped_is_left_by_who_has_it(home: ModuleType) -> None:
    log: list[str] = []
    with home.ExitStack() as stack:
        stack.enter_context(_told(home, log, "a"))
        kept = stack.pop_all()
    assert log == ["enter a"]
    with home.ExitStack() as other:
        other.push(kept)
    assert log == ["enter a", "leave a"]


@BOTH
def test_a_generator_that_does_not_yield_once_is_wrong(home: ModuleType) -> None:
    def never() -> Iterator[None]:
        yield from ()

    def twice() -> Iterator[None]:
        yield
        yield

    with pytest.raises(RuntimeError, match="didn't yield"), home.contextmanager(never)():
        pass
    with pytest.raises(RuntimeError, match="didn't stop"), home.contextmanager(twice)():
        pass


@BOTH
@pytest.mark.parametrize("error", [StopIteration("inside"), RuntimeError("inside"), OSError(2)])
def test_an_error_from_inside_goes_through_as_it_is(home: ModuleType, error: Exception) -> None:
    def plain() -> Iterator[None]:
        yield

    with pytest.raises(type(error)) as raised, home.contextmanager(plain)():
        raise error
    assert raised.value is error


@BOTH
def test_only_the_named_errors_are_suppressed(home: ModuleType) -> None:
    with home.suppress(OSError, KeyError):
        raise FileNotFoundError
    with pytest.raises(ValueError, match="not"), home.suppress(OSError):
        raise ValueError("not that")


@pytest.mark.parametrize(
    "word", ["", "plain", "a b", "it's", "$x", "ä", "a/b:c,d=e@f%g+h.i-j_k", "\n"]
)
def test_words_are_quoted_as_shlex_does(word: str) -> None:
    assert managers.quote(word) == shlex.quote(word)
    assert managers.join(["x", word]) == shlex.join(["x", word])


def test_what_is_kept_is_not_worked_out_again() -> None:
    asked: list[int] = []

    @managers.lru_cache(maxsize=2)
    def square(number: int) -> int:
        asked.append(number)
        return number * number

    assert [square(3), square(3), square(4), square(5), square(3)] == [9, 9, 16, 25, 9]
    assert asked == [3, 4, 5, 3]
