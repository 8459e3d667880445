"""Decoders against exhaustive search on small vocabularies, and against each other."""

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from praktikum.text.beam_search import beam_search
from praktikum.text.decoding import decode, greedy, sample
from praktikum.text.decoding_step import select_rows
from praktikum.text.errors import SettingError

EOS = 0


class Bigrams:
    """A step function: chance depends on the last token and on how many came before (the state)."""

    def __init__(self, vocabulary: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.logits = 2 * torch.randn(9, vocabulary, vocabulary, generator=generator)
        self.log_probs = self.logits.log_softmax(-1).tolist()
        self.rows: list[int] = []

    def __call__(self, tokens, state):
        time = torch.zeros_like(tokens) if state is None else state["time"]
        self.rows.append(len(tokens))
        return self.logits[time, tokens], {"time": time + 1}

    def log_prob(self, start, text):
        """Return the log-probability of a text, one token after the other."""
        total, last = 0.0, start
        for time, token in enumerate(text):
            total += self.log_probs[time][last][token]
            last = token
        return total


def every_text(vocabulary, max_length):
    """Yield every text that ends with EOS, or is cut at `max_length`."""
    words = [token for token in range(vocabulary) if token != EOS]
    for length in range(max_length):
        yield from ((*text, EOS) for text in product(words, repeat=length))
    yield from product(words, repeat=max_length)


def texts_of(decoded):
    """Return the rows of a result as tuples, without what comes after their ends."""
    pairs = zip(decoded.tokens.tolist(), decoded.lengths.tolist(), strict=True)
    return [tuple(tokens[:length]) for tokens, length in pairs]


sizes = st.integers(2, 4), st.integers(1, 3), st.integers(0, 1000)  # vocabulary, length, seed


@settings(max_examples=40)
@given(*sizes, st.sampled_from([0.0, 0.7, 1.0, 2.0]))
def test_a_beam_that_holds_all_texts_is_exhaustive_search(vocabulary, length, seed, penalty):
    step, start = Bigrams(vocabulary, seed), 1
    everything = sorted(
        every_text(vocabulary, length),
        key=lambda text: step.log_prob(start, text) / len(text) ** penalty,
        reverse=True,
    )
    beams = beam_search(
        step,
        torch.tensor([start]),
        eos=EOS,
        max_length=length,
        beam_size=len(everything) + 2,
        length_penalty=penalty,
    )
    scores = [step.log_prob(start, text) / len(text) ** penalty for text in everything]
    found = beams.scores(penalty)[0]
    torch.testing.assert_close(found[:-2], torch.tensor(scores), rtol=1e-4, atol=1e-5)
    assert found[-2:].tolist() == [-torch.inf, -torch.inf]
    assert beams.lengths[0, -2:].tolist() == [0, 0]
    texts = [
        tuple(row[:n])
        for row, n in zip(beams.tokens[0].tolist(), beams.lengths[0].tolist(), strict=True)
    ]
    assert sorted(texts[:-2]) == sorted(everything)


def slow_beam_search(step, start, length, beam_size, penalty):
    """Beam search with a list of beginnings, one after the other."""
    beam = [((), 0.0)]
    for time in range(length):
        longer = []
        for text, log_prob in beam:
            if text[-1:] == (EOS,):
                longer.append((text, log_prob))
                continue
            log_probs = step.log_probs[time][text[-1] if text else start]
            longer += [((*text, token), log_prob + new) for token, new in enumerate(log_probs)]
        longer.sort(key=lambda pair: pair[1] / len(pair[0]) ** penalty, reverse=True)
        beam = longer[:beam_size]
    return beam


@settings(max_examples=40)
@given(*sizes, st.integers(1, 4), st.sampled_from([0.0, 1.0]))
def test_all_beams_of_a_batch_are_those_of_a_slow_search(vocabulary, length, seed, size, penalty):
    step = Bigrams(vocabulary, seed)
    ask = {"eos": EOS, "max_length": length, "beam_size": size, "length_penalty": penalty}
    beams = beam_search(step, torch.arange(vocabulary), **ask)
    for start in range(vocabulary):
        expected = slow_beam_search(step, start, length, size, penalty)
        rows = zip(beams.tokens[start].tolist(), beams.lengths[start].tolist(), strict=True)
        found = [tuple(tokens[:n]) for tokens, n in rows]
        assert found[: len(expected)] == [text for text, _ in expected]
        np.testing.assert_allclose(
            beams.log_probs[start, : len(expected)], [p for _, p in expected], rtol=1e-4, atol=1e-5
        )


@given(st.integers(2, 6), st.integers(1, 8), st.integers(0, 1000), st.sampled_from([0.0, 1.5]))
def test_a_beam_of_one_is_greedy(vocabulary, length, seed, penalty):
    step, starts = Bigrams(vocabulary, seed), torch.arange(vocabulary)
    ask = {"eos": EOS, "max_length": length}
    expected = greedy(step, starts, **ask)
    beams = beam_search(step, starts, beam_size=1, length_penalty=penalty, **ask)
    assert torch.equal(beams.tokens[:, 0], expected.tokens)
    assert torch.equal(beams.lengths[:, 0], expected.lengths)
    torch.testing.assert_close(beams.log_probs[:, 0], expected.log_probs)


@given(st.integers(2, 6), st.integers(0, 1000))
def test_greedy_takes_the_likeliest_token_until_the_end(vocabulary, seed):
    step, starts = Bigrams(vocabulary, seed), torch.arange(vocabulary)
    decoded = greedy(step, starts, eos=EOS, max_length=6)
    for start, text in zip(starts.tolist(), texts_of(decoded), strict=True):
        expected, last = [], start
        while (len(expected) < 6 and last != EOS) or not expected:
            last = int(step.logits[len(expected), last].argmax())
            expected.append(last)
        assert text == tuple(expected)


def test_log_probabilities_of_sampled_texts_are_the_models():
    step, starts = Bigrams(5, 3), torch.tensor([1, 2, 3] * 20)
    generator = torch.Generator().manual_seed(0)
    ask = {"temperature": 1.7, "k": 4, "p": 0.9, "generator": generator}
    decoded = sample(step, starts, eos=EOS, max_length=5, **ask)
    expected = [
        step.log_prob(start, text)
        for start, text in zip(starts.tolist(), texts_of(decoded), strict=True)
    ]
    np.testing.assert_allclose(decoded.log_probs, expected, rtol=1e-4)


def test_texts_come_as_often_as_they_are_probable():
    step, starts = Bigrams(3, 1), torch.ones(20_000, dtype=torch.long)
    decoded = sample(
        step, starts, eos=EOS, max_length=3, generator=torch.Generator().manual_seed(0)
    )
    texts = texts_of(decoded)
    for text in every_text(3, 3):
        probability = np.exp(step.log_prob(1, text))
        assert texts.count(text) / len(texts) == pytest.approx(probability, abs=0.015)


@pytest.mark.parametrize("ask", [{"k": 1}, {"p": 1e-9}, {"temperature": 1e-4}])
def test_sampling_without_choice_is_greedy(ask):
    step, starts = Bigrams(6, 2), torch.arange(6)
    drawn = sample(step, starts, eos=EOS, max_length=8, **ask)
    assert torch.equal(drawn.tokens, greedy(step, starts, eos=EOS, max_length=8).tokens)


def test_texts_that_have_ended_cost_no_more_steps():
    step, starts = Bigrams(4, 0), torch.arange(4)
    decoded = greedy(step, starts, eos=EOS, max_length=8)
    going = [int((decoded.lengths > time).sum()) for time in range(len(step.rows))]
    assert step.rows == going
    step.rows.clear()
    beams = beam_search(step, starts, eos=EOS, max_length=8, beam_size=3)
    assert step.rows[0] == 4
    assert sum(step.rows) <= 3 * int(beams.lengths.max()) * 4


def test_after_its_end_a_text_is_eos_only():
    step = Bigrams(4, 0)
    for decoded in (
        greedy(step, torch.arange(4), eos=EOS, max_length=8),
        beam_search(step, torch.arange(4), eos=EOS, max_length=8, beam_size=3),
    ):
        time = torch.arange(decoded.tokens.shape[-1])
        after = time >= decoded.lengths[..., None]
        assert (decoded.tokens[after] == EOS).all()


class Cells(NamedTuple):
    hidden: torch.Tensor
    memory: torch.Tensor | None


def test_rows_are_selected_in_every_part_of_a_state():
    numbers, rows = torch.arange(12.0).view(3, 4), torch.tensor([2, 0, 2, 1])
    selected = select_rows({"layers": [Cells(numbers, None), (numbers + 1,)]}, rows)
    first, second = selected["layers"]
    assert isinstance(first, Cells)
    assert first.memory is None
    assert torch.equal(first.hidden, numbers[rows])
    assert torch.equal(second[0], numbers[rows] + 1)


def test_a_state_of_something_else_is_refused():
    with pytest.raises(SettingError, match=r"None, a tensor, or a tuple, list or dict .* got int"):
        select_rows((1,), torch.tensor([0]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s, x: greedy(s, x, eos=0, max_length=0), "max_length must be at least 1"),
        (lambda s, x: beam_search(s, x, eos=0, max_length=3, beam_size=0), "got 3 and 0"),
        (lambda s, x: sample(s, x, eos=0, max_length=3, temperature=0), "call greedy"),
        (lambda s, x: sample(s, x, eos=0, max_length=3, k=0), "k must be at least 1"),
        (lambda s, x: sample(s, x, eos=0, max_length=3, p=0.0), "p must be above 0"),
    ],
)
def test_settings_out_of_range_are_refused(call, message):
    with pytest.raises(SettingError, match=message):
        call(Bigrams(3, 0), torch.tensor([1]))


def test_a_step_may_write_by_its_own_rule():
    step = Bigrams(4, 0)
    decoded = decode(
        step, torch.tensor([1, 2]), None, lambda logits: logits.argmin(-1), eos=EOS, max_length=1
    )
    assert decoded.tokens[:, 0].tolist() == step.logits[0, 1:3].argmin(-1).tolist()
