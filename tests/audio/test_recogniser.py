"""What a recogniser is made of: spoken form, features, batches, augmentation, the network."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from praktikum.audio.errors import SettingError, WeightsError
from praktikum.audio.joining_sampler import JoiningSampler
from praktikum.audio.recogniser import Recogniser, RecogniserSettings
from praktikum.audio.speech_augmentation import SpeechAugmentation
from praktikum.audio.speech_features import speech_features
from praktikum.audio.speech_pieces import quiet_pieces
from praktikum.audio.spoken_form import spoken_form
from praktikum.audio.spoken_texts import SpokenTexts, collate_speech
from praktikum.audio.transcriber import Transcriber, symbols_of_language

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Press 1, or # to exit...", "press one or pound to exit"),
        ("en", "Can\N{RIGHT SINGLE QUOTATION MARK}t 'do' that!", "can't do that"),
        ("ru", "Ещё раз: нажмите 2!", "еще раз нажмите два"),
        ("en", "...", ""),
    ],
)
def test_texts_are_brought_to_what_is_heard(language, text, said):
    assert spoken_form(language)(text) == said


def test_numbers_of_several_digits_leave_doubt():
    form = spoken_form("en")
    assert [form.is_plain(text) for text in ("dial 500", "28.8 kbit", "1 or 2")] == [0, 0, 1]


def test_an_unknown_language_is_told():
    with pytest.raises(SettingError, match="language must be one of en, ru, got 'xx'"):
        spoken_form("xx")


def test_how_loud_a_recording_is_makes_no_difference():
    samples = RNG.normal(0, 0.1, 16_000).astype(np.float32)
    torch.testing.assert_close(
        speech_features(samples), speech_features(samples / 100), rtol=0, atol=1e-3
    )


def test_features_are_there_for_silence_and_for_nothing():
    for n in (0, 10, 1600):
        assert speech_features(np.zeros(n, np.float32)).isfinite().all()


def test_pieces_are_the_recording_and_end_where_it_is_quiet():
    samples = RNG.normal(0, 0.1, 50 * 1000).astype(np.float32)
    samples[17_000:18_000] = 0
    pieces = list(quiet_pieces(samples, 1000))
    assert [start for start, _ in pieces[1:]] == [stop for _, stop in pieces[:-1]]
    assert (pieces[0][0], pieces[-1][1]) == (0, 50_000)
    assert 17_000 <= pieces[0][1] <= 18_000
    assert max(stop - start for start, stop in pieces) <= 20_000


def test_joined_batches_hold_each_utterance_once():
    sampler = JoiningSampler(range(23), 3, (1, 2), seed=1)
    batches = list(sampler)
    assert len(batches) == len(sampler)
    assert sorted(n for batch in batches for joined in batch for n in joined) == list(range(23))
    assert {len(joined) for batch in batches for joined in batch} == {1, 2}


def test_too_long_ones_are_not_joined():
    sampler = JoiningSampler([5.0] * 9, 2, (3,), longest=10)
    assert {len(joined) for batch in sampler for joined in batch} == {2}


class Said(NamedTuple):
    samples: np.ndarray
    text: str


SAID = [Said(RNG.normal(0, 0.1, n).astype(np.float32), text) for n, text in
        ((8000, "ab"), (16_000, "b"))]  # fmt: skip
SYMBOLS = symbols_of_language(spoken_form("en"))


def make_dataset(augmentation=None):
    return SpokenTexts(SAID, SYMBOLS.lookup_indices, SYMBOLS[" "], 16, augmentation)


def test_joined_utterances_have_a_space_between_their_texts():
    dataset = make_dataset()
    joined = dataset[(0, 1)]
    assert SYMBOLS.lookup_tokens(joined.symbols) == ["a", "b", " ", "b"]
    assert torch.equal(joined.features, torch.cat([dataset[0].features, dataset[1].features]))
    batch = collate_speech([dataset[0], dataset[1]])
    assert batch.lengths.tolist() == [len(dataset[n].features) for n in (0, 1)]
    assert batch.features[0, batch.lengths[0] :].count_nonzero() == 0


def test_augmentation_repeats_within_an_epoch_and_differs_between():
    dataset = make_dataset(SpeechAugmentation())
    first = dataset[0].features
    assert torch.equal(first, dataset[0].features)
    dataset.set_epoch(1)
    assert not torch.equal(first, dataset[0].features)


def test_augmentation_of_nothing_changes_nothing():
    nothing = SpeechAugmentation(0, 0, 0, 0, 0, 0, 0, 0)
    plain = make_dataset()[1].features
    torch.testing.assert_close(nothing(plain, torch.Generator()), plain)


SETTINGS = [RecogniserSettings(encoder, 16, 16, 1, 5, 2) for encoder in ("recurrent", "conformer")]


@pytest.mark.parametrize("settings", SETTINGS)
def test_padding_changes_nothing(settings):
    torch.manual_seed(0)
    model = Recogniser(settings, 5).eval()
    features, lengths = torch.randn(3, 41, 16), torch.tensor([41, 22, 7])
    together, frames = model(features, lengths)
    assert frames.tolist() == [11, 6, 2]
    for each, length, row, n in zip(features, lengths, together, frames, strict=True):
        alone, _ = model(each[None, :length], length[None])
        torch.testing.assert_close(row[:n], alone[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("settings", SETTINGS)
def test_saved_and_loaded_it_writes_the_same(settings, tmp_path):
    torch.manual_seed(0)
    transcriber = Transcriber(Recogniser(settings, len(SYMBOLS)), SYMBOLS, "en")
    transcriber.save(tmp_path / "model.safetensors")
    loaded = Transcriber.load(tmp_path / "model.safetensors")
    torch.testing.assert_close(
        loaded.log_probs(SAID[0].samples),
        transcriber.log_probs(SAID[0].samples),
        rtol=0,
        atol=0.02,
    )
    assert loaded.symbols.tokens == SYMBOLS.tokens


def test_a_file_of_something_else_is_told(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"something")
    with pytest.raises(WeightsError, match="is not a saved recogniser"):
        Transcriber.load(tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: RecogniserSettings(d_model=0), "d_model must be at least 1, got 0"),
        (lambda: RecogniserSettings(dropout=1.0), r"dropout must be in \[0, 1\), got 1.0"),
        (lambda: SpeechAugmentation(tempo=1.5), r"tempo must be in \[0, 1\), got 1.5"),
        (lambda: SpeechAugmentation(noise=-1.0), "noise must be at least 0, got -1.0"),
        (lambda: JoiningSampler([1.0], 0), r"at least 1, got 0 and \[1\]"),
    ],
)
def test_impossible_settings_are_refused(call, said):
    with pytest.raises(SettingError, match=said):
        call()
