"""From lines to lines: by a model with opinions, and by a memory, against scikit-learn's search."""

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from praktikum.sequence import Seq2SeqTransformer
from praktikum.text.attention_map import draw_attention_map
from praktikum.text.beam_search import beam_search
from praktikum.text.errors import SettingError, ShapeError
from praktikum.text.pair_batches import CollatePairs
from praktikum.text.translation_memory import TranslationMemory
from praktikum.text.translation_step import TranslationStep
from praktikum.text.translator import Translator

PAD, SOS, EOS = 0, 1, 2
LETTERS = "абвг "
LINES = ["аб", "в", "гб вв а", "г", "абв гаа", "", "бв"]


class Letters:
    """A coder whose tokens are letters, after three special ones."""

    def encode(self, text):
        return [LETTERS.index(letter) + 3 for letter in text]

    def decode(self, ids):
        return "".join(LETTERS[token - 3] for token in ids)


@pytest.fixture
def translator():
    """A model of random weights large enough for it to have opinions about its sources."""
    torch.manual_seed(3)
    sizes = {"n_heads": 2, "n_encoder_layers": 1, "n_decoder_layers": 2, "d_feedforward": 12}
    model = Seq2SeqTransformer(8, d_model=8, tied=False, **sizes).double().eval()
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=1.5)
    return Translator(model, Letters(), PAD, SOS, EOS)


@pytest.mark.parametrize("beam_size", [1, 3])
@pytest.mark.parametrize("together", [True, False])
def test_each_line_gets_the_best_of_its_own_beam(translator, beam_size, together):
    asked = {"beam_size": beam_size, "batch_size": 64 if together else 1}
    found = translator.translate(LINES, length_penalty=0.7, extra=3, **asked)
    step = TranslationStep(translator.model)
    for line, translation in zip(LINES, found, strict=True):
        source = torch.tensor([[*Letters().encode(line), EOS]])
        beams = beam_search(
            step,
            torch.tensor([SOS]),
            step.read(source),
            eos=EOS,
            max_length=3 + (8 if together else source.shape[1]),
            beam_size=beam_size,
            length_penalty=0.7,
        )
        written = [token for token in beams.tokens[0, 0].tolist() if token not in (PAD, SOS, EOS)]
        assert translation == Letters().decode(written).strip()
    assert len(set(found)) > 2


def test_a_line_ends_where_its_tokens_do(translator):
    assert translator.target("аб") == [SOS, 3, 4, EOS]
    assert translator.line(torch.tensor([SOS, 7, 4, PAD, 5, EOS, 3, EOS])) == "бв"
    assert translator.line(torch.tensor([3, 4])) == "аб"


def test_a_look_is_the_attention_of_each_layer_and_head(translator):
    look = translator.look("аб", "гв б")
    assert look.weights.shape == (2, 2, 5, 3)
    torch.testing.assert_close(look.weights.sum(-1), torch.ones(2, 2, 5).double())
    assert (look.seen, look.written) == (["а", "б", "<eos>"], ["г", "в", "", "б", "<eos>"])
    step, state = TranslationStep(translator.model), None
    state = step.read(torch.tensor([[3, 4, EOS]]))
    model = translator.model
    for time, token in enumerate([SOS, 6, 5, 7, 4]):
        _, maps = model.decode(
            torch.tensor([[token]]), state.memory, caches=state.caches, need_weights=True
        )
        torch.testing.assert_close(torch.cat(maps)[:, :, 0], look.weights[:, :, time])


def test_a_map_of_a_translation_has_the_tokens_of_both():
    weights = torch.tensor([[0.5, 0.5], [0.1, 0.9], [1.0, 0.0]])
    (axes,) = draw_attention_map(weights, ["a", "b"], ["а", "бэ", "в"]).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["а", "бэ", "в"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("looks at", "writes")
    with pytest.raises(ShapeError, match="3 for the rows, got 2 and 1"):
        draw_attention_map(weights, ["a", "b"], ["а"])


def test_a_batch_of_pairs_is_what_is_read_and_what_is_written():
    batch = CollatePairs(PAD)([([5, 6, EOS], [SOS, 7, EOS]), ([5, EOS], [SOS, 3, 4, EOS])])
    assert batch.source.tolist() == [[5, 6, EOS], [5, EOS, PAD]]
    assert batch.lengths.tolist() == [3, 2]
    assert batch.inputs.tolist() == [[SOS, 7, PAD], [SOS, 3, 4]]
    assert batch.targets.tolist() == [[7, EOS, PAD], [3, 4, EOS]]
    with pytest.raises(ShapeError, match="needs its <sos> and a token after it"):
        CollatePairs(PAD)([([5], [SOS])])


@pytest.mark.parametrize(
    ("features", "settings"),
    [
        ("words", {"ngram_range": (1, 2), "token_pattern": r"\w+"}),
        ("characters", {"analyzer": "char_wb", "ngram_range": (2, 5)}),
    ],
)
def test_a_memory_finds_the_neighbours_that_scikit_learn_finds(features, settings):
    rng = np.random.default_rng(0)
    words = ["file", "files", "open", "opened", "cannot", "not", "found", "group", "user"]
    known = [" ".join(rng.choice(words, 4)) for _ in range(400)]
    asked = [" ".join(rng.choice(words, 3)) for _ in range(300)]
    targets = [str(number) for number in range(400)]
    vectoriser = TfidfVectorizer(sublinear_tf=True, **settings)
    search = NearestNeighbors(n_neighbors=1, metric="cosine").fit(vectoriser.fit_transform(known))
    distances = search.kneighbors(vectoriser.transform(asked))[0][:, 0]
    found = TranslationMemory(known, targets, features).translate(asked)
    own = vectoriser.transform([known[int(number)] for number in found])
    likeness = own.multiply(vectoriser.transform(asked)).sum(axis=1)
    np.testing.assert_allclose(1 - np.ravel(likeness), distances, atol=1e-12)


@pytest.mark.parametrize("sources", [[], ["a"]])
def test_a_memory_of_nothing_is_refused(sources):
    with pytest.raises(ShapeError, match=f"one at least; got {len(sources)} sources and 0 targets"):
        TranslationMemory(sources, [])


def test_no_lines_together_are_refused(translator):
    with pytest.raises(SettingError, match="batch_size must be at least 1 line, got 0"):
        translator.translate(["а"], batch_size=0)
