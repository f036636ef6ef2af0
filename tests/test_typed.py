"""`rezfast.typed`: members are as those of the `enum` module."""

from __future__ import annotations

import copy
import enum
import pickle
from typing import Any

import pytest

from rezfast.context.patch import PatchLock
from rezfast.context.status import ResolverStatus
from rezfast.rex.interpreter import OutputStyle
from rezfast.solve.status import SolverCallbackReturn, SolverStatus

KINDS: list[Any] = [PatchLock, ResolverStatus, OutputStyle, SolverCallbackReturn, SolverStatus]


@pytest.fixture(params=KINDS, ids=lambda kind: str(kind.__name__))
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """A class of members, and one of the `enum` module with the same names and values."""
    ours = request.param
    return ours, enum.Enum(ours.__name__, [(one.name, one.value) for one in ours])


def test_members_are_found_by_name_and_value(pair: tuple[Any, Any]) -> None:
    ours, theirs = pair
    assert len(ours) == len(theirs) == len(set(ours))
    assert list(ours.__members__) == list(theirs.__members__)
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine.name, mine.value) == (other.name, other.value)
        assert (str(mine), repr(mine)) == (str(other), repr(other))
        assert ours[mine.name] is ours(mine.value) is getattr(ours, mine.name) is mine
        assert mine in ours and mine != other and isinstance(mine, ours)
    assert repr(ours) == f"<enum '{ours.__name__}'>"


def test_what_is_no_member_is_an_error(pair: tuple[Any, Any]) -> None:
    for kind in pair:
        with pytest.raises(KeyError):
            kind["nothing"]
        with pytest.raises(ValueError, match="'nothing' is not a valid"):
            kind("nothing")
        with pytest.raises(AttributeError):
            setattr(kind, next(iter(kind)).name, 1)


def test_there_is_one_of_each(pair: tuple[Any, Any]) -> None:
    for one in pair[0]:
        assert pickle.loads(pickle.dumps(one)) is one
        assert copy.copy(one) is one
        assert copy.deepcopy({"a": [one]})["a"][0] is one


def test_members_may_have_attributes_of_their_own() -> None:
    assert (PatchLock.lock_3.description, PatchLock.lock_3.rank) == (PatchLock.lock_3.value)
    assert ResolverStatus.solved.description == ResolverStatus.solved.value[0]
