"""Transducers: decoders against every text there is, each with its probability by the loss."""

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from praktikum.audio.errors import SettingError
from praktikum.audio.rnnt import rnnt_loss
from praktikum.audio.transducer import Joint, PredictionNetwork, Transducer
from praktikum.audio.transducer_beam import transducer_beam_search
from praktikum.audio.transducer_stream import TransducerStream, transducer_greedy

D = 6


def make(symbols=3, seed=0, num_layers=1):
    torch.manual_seed(seed)
    prediction = PredictionNetwork(symbols, D, num_layers).eval()
    joint = Joint(D, D, 5, symbols).eval()
    for parameter in (*prediction.parameters(), *joint.parameters()):
        nn.init.normal_(parameter)
    return prediction, joint


def heard_frames(time, seed=0, batch=1):
    return torch.randn(batch, time, D, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def probability_of(prediction, joint, heard, text):
    """Return the log-probability of a text by the loss, which is held against enumeration."""
    targets = torch.tensor([text], dtype=torch.long).view(1, -1)
    logits = joint(heard[None, :, None], prediction(targets)[:, None])
    lengths = torch.tensor([len(heard)]), torch.tensor([len(text)])
    return -rnnt_loss(logits, targets, *lengths).item()


@pytest.mark.parametrize("num_layers", [1, 2])
def test_step_by_step_the_prediction_network_says_the_same(num_layers):
    prediction, _ = make(5, num_layers=num_layers)
    targets = torch.tensor([[1, 2, 4], [3, 3, 1]])
    whole = prediction(targets)
    output, state = prediction.step(torch.zeros(2, dtype=torch.long))
    outputs = [output]
    for symbols in targets.unbind(1):
        output, state = prediction.step(symbols, state)
        outputs.append(output)
    torch.testing.assert_close(torch.stack(outputs, dim=1), whole)


@settings(max_examples=10)
@given(st.integers(1, 3), st.integers(2, 3), st.integers(0, 1000))
def test_a_beam_that_holds_all_texts_has_their_probabilities(time, symbols, seed):
    parts, heard = make(symbols, seed), heard_frames(time, seed)[0]
    found = transducer_beam_search(*parts, heard, beam_size=10_000, most=3)
    probabilities = {each.symbols: each.log_prob for each in found}
    for text in (t for n in range(4) for t in product(range(1, symbols), repeat=n)):
        assert probabilities[text] == pytest.approx(probability_of(*parts, heard, text), abs=1e-3)
    assert found == sorted(found, key=lambda each: each.score, reverse=True)


@settings(max_examples=10)
@given(st.integers(1, 8), st.integers(0, 1000), st.integers(1, 3))
def test_greedy_takes_the_likeliest_symbol_until_it_is_the_blank(time, seed, most):
    prediction, joint = make(4, seed)
    heard = heard_frames(time, seed)
    text = []
    with torch.no_grad():
        for frame in heard[0]:
            for _ in range(most):
                written = prediction(torch.tensor([text], dtype=torch.long).view(1, -1))[0, -1]
                symbol = int(joint(frame, written).argmax())
                if not symbol:
                    break
                text.append(symbol)
    assert transducer_greedy(prediction, joint, heard, torch.tensor([time]), most=most) == [text]


@settings(max_examples=20)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.integers(0, 100))
def test_a_stream_writes_the_same_however_it_is_cut(pieces, seed):
    parts, time = make(4, seed), sum(pieces)
    heard = heard_frames(time, seed)
    stream, said, start = TransducerStream(*parts), [], 0
    for frames in pieces:
        said += stream.push(heard[0, start : start + frames])
        start += frames
    assert [said] == transducer_greedy(*parts, heard, torch.tensor([time]))
    assert said == stream.symbols


def test_frames_beyond_a_length_write_nothing():
    parts, heard = make(4, 3), heard_frames(6, 3, batch=3)
    whole = transducer_greedy(*parts, heard, torch.tensor([6, 4, 0]))
    alone = [
        transducer_greedy(*parts, heard[n : n + 1, :time], torch.tensor([time]))[0]
        for n, time in enumerate((6, 4, 0))
    ]
    assert whole == alone


class LSTMEncoder(nn.Module):
    """Hears no future, so it may run along a stream."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, D, batch_first=True)

    def forward(self, features, lengths):
        return self.lstm(features)[0], lengths


def test_a_transducer_learns_eight_texts_by_heart():
    torch.manual_seed(0)
    model = Transducer(LSTMEncoder(), PredictionNetwork(5, D), Joint(D, D, 16, 5))
    targets, lengths = torch.randint(1, 5, (8, 4)), torch.full((8,), 10)
    target_lengths = torch.tensor([4, 3, 2, 4, 1, 0, 4, 2])
    features = torch.randn(8, 10, 4)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(120):
        logits, frames = model(features, lengths, targets)
        loss = rnnt_loss(logits, targets, frames, target_lengths)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
    heard, frames = model.encoder(features, lengths)
    expected = [
        text[:length]
        for text, length in zip(targets.tolist(), target_lengths.tolist(), strict=True)
    ]
    assert transducer_greedy(model.prediction, model.joint, heard, frames) == expected
    best = [transducer_beam_search(model.prediction, model.joint, each)[0] for each in heard]
    assert [list(each.symbols) for each in best] == expected


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda p, j: TransducerStream(p, j, most=0), "most must be at least 1 symbol"),
        (lambda p, j: transducer_beam_search(p, j, torch.zeros(1, D), most=0), "got 8 and 0"),
        (lambda p, j: transducer_beam_search(p, j, torch.zeros(1, D), beam_size=0), "got 0 and 3"),
    ],
)
def test_settings_out_of_range_are_refused(call, said):
    with pytest.raises(SettingError, match=said):
        call(*make())
