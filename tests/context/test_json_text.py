"""The text of saved contexts: what the `json` module gives for the same data."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rezfast.context.json_text import json_text

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


def by_json(data: object) -> str:
    return json.dumps(data, indent=4, separators=(",", ": "), sort_keys=True)


@given(PLAIN)
def test_it_is_what_json_gives(data: object) -> None:
    assert json_text(data) == by_json(data)


@pytest.mark.parametrize(
    "data", [{1: "a", 2: "b"}, {None: 1}, [math.inf, math.nan], [True, 1, 0.5]]
)
def test_data_that_is_rarely_there_is_left_to_json(data: object) -> None:
    assert json_text(data) == by_json(data)


@pytest.mark.parametrize("data", [{1: "a", "b": 2}, [object()]])
def test_what_json_refuses_is_refused(data: object) -> None:
    with pytest.raises(TypeError):
        json_text(data)
