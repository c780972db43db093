"""All weights are one vector with names."""

from __future__ import annotations

import numpy as np

from rnn.model.parameters import Parameters


def test_a_view_and_the_vector_are_the_same_memory() -> None:
    parameters = Parameters({"a.W": (2, 3), "a.b": (3,), "ab.c": (1,)})
    parameters["a.W"][...] = np.arange(6.0).reshape(2, 3)
    parameters.vector[6:] = [7.0, 8.0, 9.0, 10.0]
    np.testing.assert_array_equal(parameters.vector, [0, 1, 2, 3, 4, 5, 7, 8, 9, 10])
    np.testing.assert_array_equal(parameters["a.b"], [7.0, 8.0, 9.0])
    assert list(parameters) == ["a.W", "a.b", "ab.c"]
    assert len(parameters) == 3


def test_a_group_has_the_names_behind_its_dot_and_no_others() -> None:
    parameters = Parameters({"a.W": (2,), "ab.c": (1,)})
    group = parameters.group("a")
    assert list(group) == ["W"]
    group["W"][0] = 5.0
    assert parameters.vector[0] == 5.0
