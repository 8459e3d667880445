"""What is close, equal or between, and how the first difference is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from praktikum.checks import Difference, Expectation, Reason, between, close, equal

finite = arrays(np.float64, array_shapes(min_dims=0), elements=st.floats(-1e6, 1e6))


def reason(expectation: Expectation, got: object) -> Reason | None:
    difference = expectation.difference(np.asarray(got))
    return difference.reason if difference else None


@given(finite)
def test_an_array_is_close_equal_and_between_itself(value: np.ndarray) -> None:
    assert close(value).difference(value) is None
    assert equal(value).difference(value) is None
    assert between(value.min(), value.max(), value.shape).difference(value) is None


@given(finite, st.floats(1e-3, 1e3))
def test_closeness_agrees_with_numpy(value: np.ndarray, by: float) -> None:
    moved = value + by
    is_close = np.allclose(moved, value, rtol=1e-3, atol=1.0)
    assert (close(value, rtol=1e-3, atol=1.0).difference(moved) is None) == is_close


def test_the_first_difference_is_told_with_its_index() -> None:
    got = np.array([[1.0, 2.0], [3.5, 4.0]])
    assert close([[1, 2], [3, 4]]).difference(got) == Difference(
        Reason.VALUE, (1, 0), got="3.5", expected="3"
    )


@pytest.mark.parametrize(
    ("expectation", "got", "wanted"),
    [
        (close([1.0, 2.0]), [1.0], Reason.SHAPE),
        (close([[1.0]]), [1.0], Reason.SHAPE),
        (close(1.0), "one", Reason.NOT_AN_ARRAY),
        (close(1.0, dtype=np.float32), 1.0, Reason.DTYPE),
        (close(1.0), np.nan, Reason.NOT_FINITE),
        (close(1.0), np.inf, Reason.NOT_FINITE),
        (close(np.inf), 1.0, Reason.VALUE),
        (close(np.inf), -np.inf, Reason.NOT_FINITE),
        (close(np.nan), 1.0, Reason.VALUE),
        (close(np.nan), np.nan, None),
        (close(-np.inf), -np.inf, None),
        (close(True), True, None),
        (equal(["a"]), ["b"], Reason.VALUE),
        (equal(["a"]), [1], Reason.DTYPE),
        (equal([1, 2]), [1, 2, 3], Reason.SHAPE),
        (equal(3), 3.0, None),
        (between(0, 1), 1.0, None),
        (between(0, 1), 1.1, Reason.RANGE),
        (between(0, 1), np.nan, Reason.NOT_FINITE),
        (between(0, 1, shape=(2,)), 0.5, Reason.SHAPE),
        (between(0, np.inf), 1e300, None),
    ],
)
def test_each_way_to_differ_has_its_reason(
    expectation: Expectation, got: object, wanted: Reason | None
) -> None:
    assert reason(expectation, got) is wanted


def test_whole_numbers_are_compared_as_such_where_they_are_expected_exactly() -> None:
    big = 2**53
    assert reason(equal(big), big + 1) is Reason.VALUE


def test_an_empty_array_is_close_to_an_empty_array() -> None:
    assert close(np.empty((0, 3))).difference(np.empty((0, 3))) is None
