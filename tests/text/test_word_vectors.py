"""Vectors of words: neighbours, analogies, files like GloVe's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from praktikum.text.errors import FormatError, ShapeError, UnknownToken
from praktikum.text.word_vectors import WordVectors

PLANTED = WordVectors(
    ["man", "woman", "king", "queen", "apple", "nothing"],
    np.array([[1, 0, 0], [1, 2, 0], [1, 0, 3], [1, 2, 3], [-1, 0, 0.5], [0, 0, 0]], float),
)


def test_neighbours_are_those_of_scipys_cosine_distance():
    vectors = np.random.default_rng(0).normal(size=(30, 5))
    words = WordVectors([str(n) for n in range(30)], vectors)
    order = cdist(vectors[:1], vectors, "cosine")[0].argsort()[1:6]
    assert [int(word) for word, _ in words.nearest("0", 5)] == order.tolist()
    assert words.nearest("0", 1)[0][1] == pytest.approx(words.similarity("0", str(order[0])))


def test_king_is_to_man_as_queen_is_to_woman():
    assert PLANTED.analogy("man", "woman", "king")[0][0] == "queen"


def test_directions_are_added_not_vectors():
    """The long vector would pull the answer to itself."""
    words = WordVectors(
        ["a", "b", "c", "far", "right"],
        np.array([[1, 0, 0], [0, 100, 0], [0, 0, 1], [0, 1, 0.02], [-1, 1, 1]], float),
    )
    assert words.analogy("a", "b", "c")[0][0] == "right"


def test_the_words_asked_about_are_no_answers():
    for n in (1, 6, 100):
        assert not {"man", "woman", "king"} & {
            w for w, _ in PLANTED.analogy("man", "woman", "king", n)
        }
        assert "man" not in dict(PLANTED.nearest("man", n))


def test_a_vector_of_zeros_is_near_to_nothing():
    assert PLANTED.similarity("nothing", "man") == 0


@pytest.mark.parametrize("ask", [PLANTED.nearest, PLANTED.__getitem__])
def test_a_word_without_a_vector_is_named(ask):
    with pytest.raises(UnknownToken, match="'zebra' is not among the 6 words"):
        ask("zebra")


def test_an_embedding_begins_with_the_vectors_that_there_are():
    otherwise = np.full((3, 3), 9.0)
    matrix = PLANTED.matrix(["<pad>", "queen", "King"], otherwise)
    np.testing.assert_array_equal(matrix, [[9, 9, 9], [1, 2, 3], [1, 0, 3]])
    assert (otherwise == 9).all()


words = st.text(st.characters(codec="utf-8", exclude_characters=" \r\n"), min_size=1)
numbers = st.lists(
    st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=2
)


@given(rows=st.dictionaries(words, numbers, min_size=1, max_size=4))
def test_a_saved_file_is_loaded_again_to_the_bit(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "vectors.txt"
    saved = WordVectors(list(rows), np.array(list(rows.values()), np.float32))
    saved.save(path)
    loaded = WordVectors.load(path)
    assert loaded.words == saved.words
    np.testing.assert_array_equal(loaded.vectors, saved.vectors)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("the 1 2\nof 3 -4e-1\n", ["the", "of"], id="glove"),
        pytest.param("2 2\nthe 1 2 \nof 3 4 \n", ["the", "of"], id="word2vec"),
        pytest.param("the 1 2\n. . . 3 4\n", ["the", ". . ."], id="words with spaces"),
        pytest.param("the 1 2\r\nof 3 4\r\n", ["the", "of"], id="ends of lines of Windows"),
        pytest.param(
            "the 1 2\na\u2028b 3 4\n", ["the", "a\u2028b"], id="a line separator in a word"
        ),
    ],
)
def test_files_of_both_kinds_are_read(content, words, tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(content.encode())
    loaded = WordVectors.load(path)
    assert list(loaded.words) == words
    assert loaded.vectors.shape == (2, 2)


def test_only_the_words_that_are_wanted_are_kept(tmp_path):
    PLANTED.save(tmp_path / "vectors.txt")
    loaded = WordVectors.load(tmp_path / "vectors.txt", only={"king", "apple", "zebra"})
    assert loaded.words == ("king", "apple")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            "the 1 2\nof 3\n", "line 2: wanted a word and 2 numbers, got 2 parts", id="few"
        ),
        pytest.param(
            "the 1 2\nof 3 x\n", "line 2: wanted 2 numbers after the word", id="no number"
        ),
        pytest.param("the 1 2\nthe 3 4\n", "line 2: 'the' comes a second time", id="twice"),
        pytest.param("the\n", "line 1: wanted a word and 1 numbers", id="no numbers"),
    ],
)
def test_a_mistaken_line_is_named(content, said, tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text(content)
    with pytest.raises(FormatError, match=said):
        WordVectors.load(path)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "vectors.txt").write_bytes("caf\xe9 1 2\n".encode("latin-1"))
    with pytest.raises(FormatError, match="is not a text in UTF-8"):
        WordVectors.load(tmp_path / "vectors.txt")


def test_words_and_vectors_must_belong_together():
    with pytest.raises(ShapeError, match="got 2 words, 1 different ones, and 2 vectors"):
        WordVectors(["a", "a"], np.zeros((2, 3)))
