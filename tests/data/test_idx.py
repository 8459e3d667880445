"""IDX: agreement with bytes written by the format's description, and every kind of broken file."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from praktikum.data.errors import FormatError
from praktikum.data.idx import parse_idx

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx(array: np.ndarray) -> bytes:
    """Write an array as the description of the format says."""
    code = CODES[array.dtype.str[1:]]
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


@given(
    st.sampled_from(sorted(CODES)).flatmap(
        lambda kind: arrays(np.dtype(kind), array_shapes(max_dims=4, max_side=5))
    )
)
def test_what_was_written_is_read(array):
    np.testing.assert_array_equal(parse_idx(idx(array)), array)


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "came nothing", id="empty"),
        pytest.param(b"PK\3\4" + GOOD[4:], "came 50 4b 03 04", id="another format"),
        pytest.param(b"\0\0\7\1" + GOOD[4:], "begins with 00 00", id="unknown type"),
        pytest.param(GOOD[:9], "ends within the lengths of its 2 axes", id="torn head"),
        pytest.param(GOOD[:-1], r"shape \(2, 3\) of uint8 needs 6 bytes, came 5", id="torn"),
        pytest.param(GOOD + b"\0", "needs 6 bytes, came 7", id="too long"),
        pytest.param(
            b"\0\0\x08\x04" + b"\xff" * 16, "needs 3402823", id="lengths that no memory holds"
        ),
    ],
)
def test_a_file_that_does_not_follow_the_format_is_refused(content, said):
    with pytest.raises(FormatError, match=said) as caught:
        parse_idx(content, "t10k-images")
    assert str(caught.value).startswith("t10k-images: ")
