"""The border: arrays come over unharmed, and nothing else comes over."""

from __future__ import annotations

import contextlib
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, scalar_dtypes

from praktikum.checks import BorderError, decode_arrays, encode_arrays

kinds = scalar_dtypes().filter(lambda dtype: dtype.kind in "biufc")


def message(header: object, body: bytes = b"") -> bytes:
    head = json.dumps(header).encode()
    return len(head).to_bytes(4, "big") + head + body


@given(kinds.flatmap(lambda dtype: arrays(dtype, array_shapes(min_dims=0, min_side=0))))
def test_any_array_of_numbers_comes_over_as_it_was(array: np.ndarray) -> None:
    over = decode_arrays(encode_arrays({"array": array}))["array"]
    assert over.dtype == array.dtype.newbyteorder("<")
    np.testing.assert_array_equal(over, array)


@given(st.dictionaries(st.text(max_size=20), st.integers(-(2**40), 2**40), max_size=5))
def test_all_names_come_over_in_their_order(values: dict[str, int]) -> None:
    over = decode_arrays(encode_arrays(values))
    assert {name: int(value) for name, value in over.items()} == values
    assert list(over) == list(values)


def test_an_array_in_another_layout_comes_over_in_rows() -> None:
    array = np.arange(6.0).reshape(2, 3).T[::-1]
    np.testing.assert_array_equal(decode_arrays(encode_arrays({"a": array}))["a"], array)


def test_text_comes_over() -> None:
    assert decode_arrays(encode_arrays({"a": ["да", "no"]}))["a"].tolist() == ["да", "no"]


@pytest.mark.parametrize("value", [None, object(), {"a": 1}, [[1], [1, 2]], b"bytes", print])
def test_what_is_no_array_of_numbers_stays_where_it_is(value: object) -> None:
    with pytest.raises(BorderError, match="^mean is not an array"):
        encode_arrays({"mean": value})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("forged", "complaint"),
    [
        (b"", "the header is longer than the message"),
        (b"\xff\xff\xff\xff{}", "the header is longer than the message"),
        (b"\x00\x00\x00\x02{]", "the header is malformed"),
        (message(5), "the header is malformed"),
        (message([["a", "<f8"]]), "the header is malformed"),
        (message([["a", "O", []]], b"\x00" * 8), "dtype O is not one of numbers"),
        (message([["a", "V8", []]], b"\x00" * 8), "dtype V8 is not one of numbers"),
        (message([["a", "<U0", [10**9]]]), "dtype <U0 is not one of numbers"),
        (message([["a", "<f8,<f8,<f8", []]]), "a dtype is not a short string"),
        (message([["a", "<f8", [10**15]]]), "a shape has a size"),
        (message([["a", "<f8", [2**39, 2**39]]]), "a is cut short"),
        (message([["a", "<f8", [-1]]]), "a shape has a size"),
        (message([["a", "<f8", [1.5]]]), "a shape has a size"),
        (message([["a", "<f8", [True]]], b"\x00" * 8), "a shape has a size"),
        (message([["a", "<f8", [1] * 40]], b"\x00" * 8), "a shape is not a short list"),
        (message([["a", "<f8", [2]]], b"\x00" * 8), "a is cut short"),
        (message([["a", "<f8", []]], b"\x00" * 9), "bytes after the last array"),
        (message([["a", "<f8", []]] * 300), "more than 256 arrays"),
        (message(json.loads("[" * 500 + "]" * 500)), "the header is malformed"),
        (pickle.dumps([1.0]), "the header"),
    ],
)
def test_a_forged_message_is_believed_in_nothing(forged: bytes, complaint: str) -> None:
    with pytest.raises(BorderError, match=complaint):
        decode_arrays(forged)


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_harmless(noise: bytes) -> None:
    with contextlib.suppress(BorderError):
        decode_arrays(noise)
