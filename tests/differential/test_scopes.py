"""`with scope(...)` compared with rez's: what every use of its object adds to a definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rez.utils.scope import ScopeContext as RezScopeContext

from rezfast.package.scopes import ScopeContext

STATEMENTS = [
    "c.update(x=1)",
    "c.update({'x':1})",
    "c.update({'x':{'y':1}}); c.x.z=2",
    "c.update([('x',1)])",
    "c.x.update({'y':1})",
    "c['x']=1",
    "c.x['y']=1",
    "c['x']={'y':1}; c.x.z=2",
    "c.x={'y':1}; c.x.z=2",
    "c.setdefault('x',1)",
    "c.x=1; del c['x']",
    "c.x=1; del c.x",
    "z=c.get('x')",
    "c.x=1; z=c.get('x',2)",
    "c.x=1; z='x' in c",
    "c.x=1; z=len(c)",
    "c.x=1; z=list(c)",
    "c.x=1; z=list(c.items())",
    "c.x=1; c.pop('x')",
    "z=c.pop('x')",
    "c |= {'x':1}",
    "c = c | {'x':1}",
    "c.x=1; c.clear()",
    "c.x=1; z=c.copy()",
    "z=bool(c)",
    "c.x=1; z=bool(c)",
    "z=str(c.x)",
    "z=c.name",
    "c.name='a'",
    "c.name='a'; z=c.name",
    "z=c.data",
    "c.data=3; z=c.data",
    "c.data.x=3",
    "c.context=3",
    "c.read_only=True; c.y=1",
    "c.pending=3",
    "c.locals=4",
    "z=c['q']",
    "c.x=1; z=c=={'x':1}",
    "c.__foo__=1",
    "z=c.__foo__",
    "c.to_dict=1",
    "c.x.y.z=1; d=c.x; d.w=2",
    "z=c.x.y; z.w=3",
    "c.keys=1",
    "c.x=[1]; c.x.append(2)",
    "c.x.y=1; c.x.update({'w':{'v':1}})",
    "c.x.y=1; c.x['w']=1",
    "z={**c}",
    "c.x=1; z={**c}",
    "c.update()",
    "c.update(None)",
    "c.x.setdefault('y',1)",
    "c.x |= {'y':1}",
    "c.read_only",
    "c.x.data['q']=1",
    "c.merge=1",
    "c.fromkeys=1",
    "z=c.popitem()",
    "c.x=1; z=c.popitem()",
    "z=hash(c)",
    "z=c.x.data",
    "z=c.__missing__",
    "c.x.read_only=True",
    "z=isinstance(c, dict)",
    "c['a.b']=1",
    "setattr(c,'q',1)",
    "z=getattr(c,'q',3)",
    "z=hasattr(c,'q')",
    "del c['zz']",
]


def added(make: Callable[[], Any], text: str) -> str:
    """The attributes that a definition has of its scopes, or the fact that it fails."""
    scopes = make()
    try:
        exec(compile(text, "package.py", "exec", dont_inherit=True), {"scope": scopes})
        return repr(scopes.to_dict())
    except (AttributeError, KeyError, RecursionError, TypeError) as error:
        # a scope that rez fills without end is an error here, too
        return "" if isinstance(error, RecursionError) else type(error).__name__


@pytest.mark.parametrize("statement", STATEMENTS)
def test_one_scope(statement: str) -> None:
    text = f"with scope('s') as c:\n    {statement}\n"
    expected = added(RezScopeContext, text)
    found = added(ScopeContext, text)
    assert found == (expected or "TypeError")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_scope_in_one_that_is_entered_again(statement: str) -> None:
    text = (
        "x = 1\nz = 2\n"
        f"with scope('s') as c:\n    c.y = 1\n    with scope('t') as c:\n        {statement}\n"
        f"with scope('s') as c:\n    {statement}\n    x = 1\n    z = 3\n"
    )
    expected = added(RezScopeContext, text)
    found = added(ScopeContext, text)
    assert found == (expected or "TypeError")
