"""The recipe of denoising: its domains and its measures, and a run from end to end."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import ConcatDataset

from praktikum.audio.denoiser import DenoiserSettings
from praktikum.audio.denoising_loss import DenoisingLoss
from praktikum.audio.denoising_metrics import si_sdr_gain, snr_gain
from praktikum.data.noisy_speech import NoisyPair
from praktikum.data.utterances import SpeechSplits, Utterance
from praktikum.data.voicebank_demand import NoisySplits
from praktikum.engine import SettingError
from praktikum.recipes import denoise
from praktikum.recipes.config import read_config
from praktikum.recipes.denoise import (
    RECIPE,
    DenoiseConfig,
    DenoisingData,
    DenoisingObjective,
    measure,
)
from praktikum.recipes.run import train_run

CONFIGS = Path(__file__).parents[2] / "configs"
TINY = DenoiseConfig(
    data=DenoisingData(
        speech=("one", "two"),
        unknown_voice="three",
        known=("white", "babble"),
        unknown=("siren",),
        seconds=0.2,
        examples=4,
        pieces=1,
        valid=2,
        test=3,
        least_seconds=0.5,
        batch_size=2,
    ),
    network=DenoiserSettings(d_model=8, n_blocks=1, d_feedforward=8, n_fft=64, hop=32),
)


def spoken(pitch, seconds=0.6):
    """Return a tone that comes and goes."""
    time = np.arange(round(seconds * 16_000)) / 16_000
    samples = 0.2 * np.sin(2 * np.pi * pitch * time) * (np.sin(2 * np.pi * 4 * time) > 0)
    return Utterance(samples.astype(np.float32), "", str(pitch), "")


@pytest.fixture(autouse=True)
def voices(monkeypatch):
    """Three sets of speech, each with a voice of its own and sentences too short to be tested."""

    def opened(name, folder, download):
        pitch = {"one": 300, "two": 500, "three": 900}[name]
        parts = [[spoken(pitch, 0.3)] + [spoken(pitch + k) for k in range(n)] for n in (5, 3, 4)]
        return SpeechSplits(*parts, source=name, licence="none")

    monkeypatch.setattr(denoise, "open_speech", opened)


def pitch_of(samples):
    return np.argmax(np.abs(np.fft.rfft(samples))) * 16_000 / len(samples)


@pytest.mark.parametrize("name", ["denoise-small", "denoise-rope", "denoise-full"])
def test_the_configs_can_be_read(name):
    config = read_config(CONFIGS / f"{name}.toml").values
    assert isinstance(config, DenoiseConfig)
    assert (config.trainer.monitor, config.trainer.higher_is_better) == ("gain", True)


def test_the_small_configs_differ_in_their_positions_alone():
    small, rope = (
        read_config(CONFIGS / f"denoise-{name}.toml").values for name in ("small", "rope")
    )
    assert small.network.positions == "relative"
    assert replace(rope, network=replace(rope.network, positions="relative")) == small


def test_training_hears_all_voices_but_the_unknown_one_and_never_an_unknown_noise():
    run = RECIPE.assemble(TINY, Path())
    assert len(run.train.dataset.speech) == 12
    assert len(run.train.dataset.noises.pieces) == 2
    batch = next(iter(run.train))
    assert batch.noisy.shape == (2, 3200)
    known, unknown, other = run.test.dataset.datasets
    assert len(unknown.noises.pieces) == 1
    for part in (known, unknown):
        assert {round(pitch_of(pair.speech)) // 100 for pair in (part[0], part[1])} == {3}
    assert round(pitch_of(other[0].speech)) // 100 == 9


def test_each_domain_has_as_many_long_utterances_as_asked_for_and_batches_of_its_own():
    run = RECIPE.assemble(TINY, Path())
    domains = ("known noise", "unknown noise", "Russian speech")
    for loader, count in ((run.valid, 2), (run.test, 3)):
        seen = [batch.domains for batch in loader]
        assert all(len(set(batch)) == 1 for batch in seen)
        found = [domain for batch in seen for domain in batch]
        assert found == [domain for domain in domains for _ in range(count)]
        assert all(int(length) == 9600 for batch in loader for length in batch.lengths)


def test_held_out_mixtures_are_the_same_each_time():
    first, second = (RECIPE.assemble(TINY, Path()).test.dataset[4].noisy for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_objective_is_the_loss_and_the_gain_in_all_and_in_the_domain():
    run = RECIPE.assemble(TINY, Path())
    batch = next(iter(run.test))
    step = DenoisingObjective(3.0)(run.model, batch)
    estimate = run.model(batch.noisy)
    torch.testing.assert_close(step.loss, DenoisingLoss(3.0)(estimate, batch.speech))
    gain = si_sdr_gain(estimate, batch.noisy, batch.speech).mean()
    assert set(step.metrics) == {"gain", "gain, known noise"}
    for value in step.metrics.values():
        torch.testing.assert_close(value, gain)
    assert step.size == 2


def test_ready_made_pairs_are_trained_on_and_take_the_place_of_known_noise(monkeypatch):
    def pairs(count):
        speech = spoken(700).samples
        return [NoisyPair(speech + 0.1, speech, "VoiceBank-DEMAND") for _ in range(count)]

    splits = NoisySplits(pairs(6), pairs(4), pairs(9))
    monkeypatch.setattr(denoise, "open_voicebank_demand", lambda folder, download: splits)
    data = replace(TINY.data, pairs="voicebank-demand")
    run = RECIPE.assemble(replace(TINY, data=data), Path())
    assert len(run.train.dataset) == 6
    assert next(iter(run.train)).noisy.shape == (2, 3200)
    domains = [pair.domain for pair in (run.test.dataset[i] for i in range(9))]
    expected = ["VoiceBank-DEMAND"] * 3 + ["unknown noise"] * 3 + ["Russian speech"] * 3
    assert domains == expected


def test_measures_are_means_over_all_and_over_each_domain():
    known, _, other = RECIPE.assemble(TINY, Path()).test.dataset.datasets
    longer = [
        NoisyPair(np.tile(pair.noisy, 3), np.tile(pair.speech, 3), pair.domain)
        for pair in (known[0], other[0])
    ]
    pairs = ConcatDataset([longer, [other[1]]])
    found = measure(lambda noisy: noisy * 0.5, pairs)
    assert found["SI-SDR gain"] == pytest.approx(0, abs=1e-4)  # it does not care for loudness
    gains = [
        float(snr_gain(noisy * 0.5, noisy, speech))
        for noisy, speech in ([torch.from_numpy(part) for part in pair[:2]] for pair in pairs)
    ]
    assert found["SNR gain"] == pytest.approx(np.mean(gains), abs=1e-4)
    assert {"SI-SDR gain, known noise", "SI-SDR gain, Russian speech"} < set(found)
    for name, package in (("PESQ", "pesq"), ("STOI", "pystoi")):
        assert (name in found) == bool(importlib.util.find_spec(package))


@pytest.mark.filterwarnings(
    "ignore:Not enough STFT frames:RuntimeWarning"
)  # half a second is short
def test_a_tiny_run_reports_its_gains_by_domain_beside_noisereduce(tmp_path):
    text = (
        'recipe = "denoise"\n'
        "[data]\nspeech = ['one', 'two']\nunknown_voice = 'three'\nknown = ['white']\n"
        "unknown = ['siren']\nseconds = 0.2\nexamples = 4\npieces = 1\nvalid = 1\ntest = 1\n"
        "least_seconds = 0.5\nbatch_size = 2\n"
        "[network]\nd_model = 8\nn_blocks = 1\nd_feedforward = 8\nn_fft = 64\nhop = 32\n"
        "[trainer]\nepochs = 1\nmonitor = 'gain'\nhigher_is_better = true\n"
        "[trainer.logging]\nprogress = false\n"
    )
    (tmp_path / "tiny.toml").write_text(text)
    history = train_run(read_config(tmp_path / "tiny.toml"), tmp_path / "run")
    assert {"gain", "gain, unknown noise", "gain, Russian speech"} <= set(history.best.valid)
    report = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    assert "| noisy, as it came |" in report
    assert "| this run (relative positions) |" in report
    if importlib.util.find_spec("noisereduce"):
        assert "| noisereduce |" in report


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DenoisingData(speech=()), "speech=.* must name at least one set"),
        (lambda: DenoisingData(known=("purple",)), "be one or more of white, pink"),
        (lambda: DenoisingData(unknown=("white",)), "kinds that are not among the known"),
        (lambda: DenoisingData(seconds=0), "seconds=0 must be at least 0.1"),
        (lambda: DenoisingData(train_snr=(5.0, 0.0)), "train_snr=.* must be the lower one first"),
        (lambda: DenoisingData(speed=(0.1, 1.0)), "must lie in 0.5 to 2"),
        (lambda: DenoiseConfig(spectral=-1), "spectral=-1 must be at least 0"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()
