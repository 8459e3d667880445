"""Decoding of an encoder–decoder with its caches: against decoding without, and against all."""

from itertools import product

import pytest
import torch

from praktikum.sequence import KeyValueCache, Seq2SeqTransformer
from praktikum.text.beam_search import beam_search
from praktikum.text.decoding import greedy, sample
from praktikum.text.decoding_step import select_rows
from praktikum.text.translation_step import TranslationStep

SOS, EOS = 1, 2
ASK = {"eos": EOS, "max_length": 4}


@pytest.fixture
def model():
    """A model of 5 tokens whose random weights are large enough for it to have opinions."""
    torch.manual_seed(0)
    sizes = {"n_heads": 2, "n_encoder_layers": 1, "n_decoder_layers": 2, "d_feedforward": 12}
    model = Seq2SeqTransformer(5, d_model=8, **sizes).double().eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    return model


@pytest.fixture
def sources():
    """Six sources of different lengths, with where each ends."""
    chance = torch.Generator().manual_seed(1)
    return torch.randint(5, (6, 7), generator=chance), torch.tensor([7, 3, 1, 5, 2, 6])


class WithoutCaches:
    """The same model as a step that reads all tokens anew each time; its state is all of them."""

    def __init__(self, model):
        self.model = model

    def __call__(self, tokens, state):
        source, lengths, written = state
        written = torch.cat((written, tokens[:, None]), dim=1)
        logits = self.model(source, written, lengths)[:, -1]
        return logits, (source, lengths, written)


def both_ways(model, sources):
    """Return each step with its first state: through caches, and without."""
    source, lengths = sources
    step = TranslationStep(model)
    nothing = source.new_empty(len(source), 0)
    return (step, step.read(source, lengths)), (WithoutCaches(model), (source, lengths, nothing))


@pytest.mark.parametrize(
    "search",
    [
        greedy,
        lambda *args, **ask: sample(*args, generator=torch.Generator().manual_seed(3), **ask),
        lambda *args, **ask: beam_search(*args, beam_size=3, length_penalty=0.6, **ask),
    ],
    ids=["greedy", "sample", "beam"],
)
def test_caches_change_nothing_that_is_written(model, sources, search):
    starts = torch.full((6,), SOS)
    found, expected = (
        search(step, starts, state, **ASK | {"max_length": 9})
        for step, state in both_ways(model, sources)
    )
    assert torch.equal(found.tokens, expected.tokens)
    assert torch.equal(found.lengths, expected.lengths)
    torch.testing.assert_close(found.log_probs, expected.log_probs)
    assert len(set(found.lengths.flatten().tolist())) > 1  # some ended early, so rows were taken


@torch.no_grad()
def log_prob(model, source, text):
    """Return the log-probability of one translation, of one pass of the model."""
    written = torch.tensor([[SOS, *text]])
    log_probs = model(source, written)[0].log_softmax(-1)
    return sum(float(log_probs[time, token]) for time, token in enumerate(text))


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_wide_beam_finds_the_best_of_all_translations(model, sources, penalty):
    source, lengths = sources
    words = [token for token in range(5) if token != EOS]
    texts = [(*text, EOS) for n in range(4) for text in product(words, repeat=n)]
    texts += product(words, repeat=4)
    step = TranslationStep(model)
    starts = torch.full((6,), SOS)
    beams = beam_search(
        step,
        starts,
        step.read(source, lengths),
        beam_size=len(texts),
        length_penalty=penalty,
        **ASK,
    )
    for row in range(6):
        own = source[row : row + 1, : lengths[row]]
        scores = [log_prob(model, own, text) / len(text) ** penalty for text in texts]
        found = beams.scores(penalty)[row]
        torch.testing.assert_close(found.double(), torch.tensor(sorted(scores)[::-1]).double())
        best = beams.tokens[row, 0, : beams.lengths[row, 0]]
        assert tuple(best.tolist()) == texts[scores.index(max(scores))]


def test_a_cache_gives_its_sequences_and_keeps_its_own():
    cache = KeyValueCache()
    keys, values = torch.randn(2, 3, 1, 4, 5).unbind(0)
    cache.append(keys, values)
    rows = torch.tensor([2, 0, 2, 1])
    taken = select_rows([cache], rows)[0]
    assert torch.equal(taken.key, keys[rows])
    taken.append(keys[rows], values[rows])
    assert torch.equal(taken.value, torch.cat((values, values), dim=2)[rows])
    assert torch.equal(cache.value, values)


def test_an_empty_cache_gives_an_empty_one():
    assert len(select_rows(KeyValueCache(), torch.tensor([0, 0]))) == 0
