"""Listen, attend and spell: shapes, padding, what it learns, and that decoders ask it rightly."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from praktikum.audio.errors import SettingError
from praktikum.audio.las import LAS
from praktikum.audio.listener import Listener
from praktikum.audio.speller import Speller, SpellerStep
from praktikum.text.decoding import greedy

EOS, SOS = 0, 1


def make(seed=0, hidden=8, n_halvings=2):
    torch.manual_seed(seed)
    listener = Listener(4, hidden, n_halvings)
    return LAS(listener, Speller(7, 2 * hidden, 12), SOS, EOS)


FEATURES, LENGTHS = torch.randn(3, 13, 4, generator=torch.Generator().manual_seed(1)), [13, 8, 5]
READ = torch.tensor([[SOS, 3, 4, 5], [SOS, 6, 2, 2], [SOS, 5, 5, 3]])


def test_each_halving_leaves_half_the_steps_rounded_up():
    output, lengths = Listener(4, 8, 3)(FEATURES, torch.tensor(LENGTHS))
    assert output.shape == (3, 2, 16)
    assert lengths.tolist() == [2, 1, 1]


def test_without_halvings_the_listener_is_torchs_lstm():
    listener = Listener(4, 8, 0)
    peer = nn.LSTM(4, 8, bidirectional=True, batch_first=True)
    peer.load_state_dict(listener.layers[0].state_dict())
    output, _ = listener(FEATURES, torch.tensor([13, 13, 13]))
    torch.testing.assert_close(output, peer(FEATURES)[0])


def test_a_halving_reads_two_steps_as_one():
    listener = Listener(4, 8, 1)
    below, above = (nn.LSTM(width, 8, bidirectional=True, batch_first=True) for width in (4, 32))
    for peer, layer in zip((below, above), listener.layers, strict=True):
        peer.load_state_dict(layer.state_dict())
    pairs = below(FEATURES[:, :12])[0].reshape(3, 6, 32)
    output, _ = listener(FEATURES[:, :12], torch.tensor([12, 12, 12]))
    torch.testing.assert_close(output, above(pairs)[0])


def test_padding_changes_nothing():
    model = make().eval()
    padded = torch.cat((FEATURES, torch.full((3, 6, 4), 9.0)), dim=1)
    together, _ = model(padded, torch.tensor(LENGTHS), READ)
    for number, length in enumerate(LENGTHS):
        alone, _ = model(
            FEATURES[number : number + 1, :length], torch.tensor([length]), READ[number][None]
        )
        torch.testing.assert_close(together[number], alone[0])


def test_attention_looks_at_real_steps_only():
    _, looked = make()(FEATURES, torch.tensor(LENGTHS), READ)
    assert looked.shape == (3, 4, 4)
    torch.testing.assert_close(looked.sum(-1), torch.ones(3, 4))
    assert looked[2, :, 2:].count_nonzero() == 0


def test_step_by_step_the_speller_says_the_same():
    model = make().eval()
    logits, _ = model(FEATURES, torch.tensor(LENGTHS), READ)
    heard = model.speller.hear(*model.listener(FEATURES, torch.tensor(LENGTHS)))
    step, state = SpellerStep(model.speller, heard), None
    for tokens, expected in zip(READ.unbind(1), logits.unbind(1), strict=True):
        found, state = step(tokens, state)
        torch.testing.assert_close(found, expected)


def test_with_sampling_at_one_the_speller_reads_what_it_drew():
    model = make().eval()
    generator = torch.Generator().manual_seed(0)
    logits, _ = model(FEATURES, torch.tensor(LENGTHS), READ, 1.0, generator)
    generator.manual_seed(0)
    read = [READ[:, 0]]
    for said in logits.unbind(1)[:-1]:
        torch.rand(3, generator=generator)
        read.append(torch.multinomial(said.softmax(-1), 1, generator=generator)[:, 0])
    assert not torch.equal(torch.stack(read, dim=1), READ)
    expected, _ = model(FEATURES, torch.tensor(LENGTHS), torch.stack(read, dim=1))
    torch.testing.assert_close(logits, expected)


def test_sampling_takes_about_its_share():
    model = make().eval()
    features, lengths = FEATURES[:1].expand(400, -1, -1), torch.full((400,), 13)
    read = torch.full((400, 2), SOS)  # which the speller hardly ever says
    model.speller.predict[-1].bias.data[SOS] = -100
    logits, _ = model(features, lengths, read, 0.3, torch.Generator().manual_seed(0))
    differ = (logits[:, 1] - model(features, lengths, read)[0][:, 1]).abs().amax(1) > 1e-6
    assert differ.float().mean().item() == pytest.approx(0.3, abs=0.07)


def test_it_learns_eight_texts_by_heart_and_the_beam_finds_them():
    model = make(hidden=12, n_halvings=1)
    generator = torch.Generator().manual_seed(0)
    features, lengths = torch.randn(8, 12, 4, generator=generator), torch.full((8,), 12)
    texts = torch.randint(2, 7, (8, 4), generator=generator)
    read, said = functional.pad(texts, (1, 0), value=SOS), functional.pad(texts, (0, 1), value=EOS)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(90):
        logits, _ = model(features, lengths, read, sampling=0.1, generator=generator)
        loss = functional.cross_entropy(logits.transpose(1, 2), said)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    beams = model.transcribe(features, lengths, max_length=8, beam_size=3)
    assert torch.equal(beams.tokens[:, 0, :5], said)
    assert beams.lengths[:, 0].tolist() == [5] * 8


def test_a_beam_of_one_is_greedy():
    model = make(3).eval()
    lengths = torch.tensor(LENGTHS)
    beams = model.transcribe(FEATURES, lengths, max_length=6, beam_size=1)
    heard = model.speller.hear(*model.listener(FEATURES, lengths))
    step = SpellerStep(model.speller, heard)
    expected = greedy(
        step, torch.full((3,), SOS), model.speller.begin(heard), eos=EOS, max_length=6
    )
    assert torch.equal(beams.tokens[:, 0], expected.tokens)


def test_saved_and_loaded_it_says_the_same(tmp_path):
    model, other = make(0).eval(), make(1).eval()
    torch.save(model.state_dict(), tmp_path / "las.pt")
    other.load_state_dict(torch.load(tmp_path / "las.pt"))
    ask = FEATURES, torch.tensor(LENGTHS), READ
    assert torch.equal(model(*ask)[0], other(*ask)[0])


def test_sampling_must_be_a_probability():
    with pytest.raises(SettingError, match="sampling must be a probability from 0 to 1, got 1.5"):
        make()(FEATURES, torch.tensor(LENGTHS), READ, 1.5)
