"""Pickles: the oracle is Python's own pickle; nothing that a pickle asks for is ever run."""

import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.data.errors import FormatError
from praktikum.data.plain_pickle import parse_pickle

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.binary(max_size=300) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=12,
)

# {'data': array([[1, 2, 3]], dtype=uint8), 'labels': [7]} as Python 2 and NumPy 1 wrote it.
PYTHON_2 = (
    b"\x80\x02}q\x01(U\x04dataq\x02cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\n"
    b"q\x04K\x00\x85U\x01b\x87Rq\x05(K\x01K\x01K\x03\x86cnumpy\ndtype\nq\x06U\x02u1K\x00K\x01\x87R"
    b"q\x07(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x03\x01\x02\x03tb"
    b"U\x06labelsq\x08]q\x09K\x07au."
)


class Calls:
    """What a hostile pickle holds: a call, made while it is loaded."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@given(PLAIN, st.sampled_from([3, 4]))
def test_plain_data_are_read_as_python_reads_them(value, protocol):
    content = pickle.dumps(value, protocol)
    assert parse_pickle(content) == pickle.loads(content)


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_of_bytes_is_read_as_numpy_reads_it(protocol, order):
    array = np.asarray(np.arange(24, dtype=np.uint8).reshape(2, 3, 4), order=order)
    read = parse_pickle(pickle.dumps([array, array], protocol))
    np.testing.assert_array_equal(read[0], array)
    np.testing.assert_array_equal(read[1], array)


def test_a_pickle_of_python_2_gives_bytes_for_its_strings():
    read = parse_pickle(PYTHON_2)
    assert list(read) == [b"data", b"labels"]
    np.testing.assert_array_equal(read[b"data"], np.array([[1, 2, 3]], np.uint8))
    assert read[b"labels"] == [7]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("deep", [False, True])
def test_no_call_is_made(protocol, deep, tmp_path):
    evil = Calls(Path.touch, tmp_path / "was-run")
    content = pickle.dumps({"data": [evil]} if deep else evil, protocol)
    with pytest.raises(FormatError, match="refused"):
        parse_pickle(content)
    assert not list(tmp_path.iterdir())
    pickle.loads(content)  # while Python's own would make it
    assert (tmp_path / "was-run").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(pickle.dumps(Calls(subprocess.run, "true"), 4), "subprocess.run", id="a call"),
        pytest.param(pickle.dumps(np.zeros(3), 4), "numpy.dtype", id="an array of floats"),
        pytest.param(b"cos\nsystem\n(S'true'\ntR.", "os.system", id="a call in protocol 0"),
        pytest.param(b"(S'true'\nios\nsystem\n.", "INST", id="an instance of protocol 0"),
        pytest.param(b"\x80\x02]}b.", "set the state of", id="a state for a list"),
        pytest.param(b"\x80\x02Pfile\n.", "PERSID", id="a persistent name"),
        pytest.param(b"\x80\x02}q\x01(U\x04data", "not a whole pickle", id="torn"),
        pytest.param(b"\x80\x02}", "not a whole pickle", id="no end"),
        pytest.param(b"\x80\x02.", "not a whole pickle", id="nothing on the stack"),
        pytest.param(b"\x80\x02K\x01a.", "not a whole pickle", id="an element of no list"),
        pytest.param(b"\x80\x02h\x05.", "not a whole pickle", id="from an empty memo"),
        pytest.param(b"\xff\xd8\xff\xe0JFIF", "not a whole pickle", id="a photograph"),
        pytest.param(PYTHON_2.replace(b"K\x01K\x03\x86", b"K\x02K\x03\x86"), "shape", id="size"),
    ],
)
def test_anything_else_is_refused_by_its_name(content, said):
    with pytest.raises(FormatError, match=said) as caught:
        parse_pickle(content, "data_batch_1")
    assert str(caught.value).startswith("data_batch_1")
