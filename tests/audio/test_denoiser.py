"""The denoiser: its measures and losses against others' formulas, its waveforms against torch's."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from praktikum.audio.denoiser import LEVEL, RATE, Denoiser, DenoiserSettings
from praktikum.audio.denoiser_file import SHIPPED, load_denoiser, save_denoiser
from praktikum.audio.denoising_loss import DenoisingLoss, spectral_distance
from praktikum.audio.denoising_metrics import pesq, si_sdr, si_sdr_gain, snr, snr_gain, stoi
from praktikum.audio.denoising_stream import denoise_stream, gain_to_level
from praktikum.audio.errors import MissingPackage, SettingError, WeightsError

SMALL = {"d_model": 8, "n_blocks": 2, "d_feedforward": 8, "n_fft": 32, "hop": 16, "kernel_size": 3}


def small(**changes):
    """Return a small denoiser whose masks differ from bin to bin and from frame to frame."""
    torch.manual_seed(0)
    settings = DenoiserSettings(**(SMALL | {"before": 4, "after": 4} | changes))
    model = Denoiser(settings).double().eval()
    nn.init.normal_(model.output.weight, std=2)
    return model


def waves(*shape):
    """Return noise of the level that the model expects, in double precision."""
    return torch.randn(*shape, dtype=torch.float64) * LEVEL


def test_si_sdr_is_the_ratio_of_the_parts_along_and_across_the_speech():
    torch.manual_seed(0)
    speech, noise = waves(3, 500), waves(3, 500)
    estimate = 0.3 * speech + noise
    for row in range(3):
        basis = speech[row].numpy()[:, None]
        scale, across, *_ = np.linalg.lstsq(basis, estimate[row].numpy(), rcond=None)
        along = np.sum((basis @ scale) ** 2)
        expected = 10 * np.log10(along / across[0])
        assert si_sdr(estimate, speech)[row].item() == pytest.approx(expected, abs=1e-5)
    torch.testing.assert_close(si_sdr(7 * estimate, speech), si_sdr(estimate, speech))


def test_snr_and_gains_are_those_of_a_known_mixture():
    speech = torch.tensor([3.0, 0.0, 4.0, 0.0])
    noise = torch.tensor([0.0, 5.0, 0.0, 0.0])
    assert snr(speech + noise, speech).item() == pytest.approx(0, abs=1e-6)
    better = speech + noise / math.sqrt(10)
    assert snr_gain(better, speech + noise, speech).item() == pytest.approx(10, abs=1e-5)
    assert si_sdr_gain(better, speech + noise, speech).item() == pytest.approx(10, abs=1e-5)


@pytest.mark.parametrize("measure", [snr, si_sdr])
def test_measures_are_finite_for_perfect_and_silent_waveforms(measure):
    speech, silence = torch.ones(1, 10), torch.zeros(1, 10)
    estimates = torch.cat((speech, silence, speech)).requires_grad_()
    found = measure(estimates, torch.cat((speech, speech, silence)))
    (grad,) = torch.autograd.grad(found.sum(), estimates)
    assert found.isfinite().all()
    assert grad.isfinite().all()
    assert found[0].item() == pytest.approx(80, abs=0.1)


@pytest.mark.parametrize(("ours", "package"), [(pesq, "pesq"), (stoi, "pystoi")])
def test_pesq_and_stoi_are_those_of_their_packages_with_speech_and_estimate_in_place(ours, package):
    library = pytest.importorskip(package, reason=f"{package} is optional")
    time = torch.arange(2 * RATE) / RATE
    speech = torch.sin(2 * math.pi * 300 * time) * (torch.sin(2 * math.pi * 2 * time) > 0) * 0.1
    torch.manual_seed(0)
    noisy = speech + 0.02 * torch.randn(2 * RATE)
    first, second = speech.double().numpy(), noisy.double().numpy()
    if package == "pesq":
        expected = library.pesq(RATE, first, second, "wb")
        assert math.isnan(ours(torch.zeros(2 * RATE), speech))
    else:
        expected = library.stoi(first, second, RATE)
        assert math.isnan(ours(noisy[:4000], speech[:4000]))
    assert ours(noisy, speech) == pytest.approx(expected)


def test_a_measure_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pystoi", None)
    with pytest.raises(MissingPackage, match="this measure needs pystoi: pip install pystoi"):
        stoi(torch.ones(10), torch.ones(10))


def test_the_spectral_distance_is_that_of_compressed_magnitudes():
    torch.manual_seed(0)
    speech, estimate = waves(2, 3000), waves(2, 3000)
    magnitudes = [
        torch.stft(
            waveform,
            512,
            256,
            window=torch.hann_window(512, dtype=torch.float64),
            pad_mode="constant",
            return_complex=True,
        ).abs()
        for waveform in (estimate, speech)
    ]
    compressed = [(magnitude.square() + 1e-6) ** 0.15 for magnitude in magnitudes]
    expected = functional.mse_loss(*compressed)
    torch.testing.assert_close(spectral_distance(estimate, speech), expected)
    loss = DenoisingLoss(spectral=5.0)(estimate, speech)
    torch.testing.assert_close(loss, 5 * expected - si_sdr(estimate, speech).mean())


@pytest.mark.parametrize("hop", [16, 8])
@pytest.mark.parametrize("time", [160, 1, 171])
def test_what_comes_out_is_torchs_inverse_of_the_masked_spectrum(hop, time):
    model = small(hop=hop)
    noisy = waves(2, time)
    frames = -(-time // hop) + 16 // hop  # all that have a sample under their window
    padded = functional.pad(noisy, (0, (frames - 1) * hop - time))
    window = torch.hann_window(32, dtype=torch.float64)
    spectrum = torch.stft(padded, 32, hop, window=window, pad_mode="constant", return_complex=True)
    mask = model.mask(spectrum.transpose(1, 2)).transpose(1, 2)
    assert 0 < mask.min() < 0.4 < 0.6 < mask.max() < 1
    expected = torch.istft(spectrum * mask, 32, hop, window=window, length=padded.shape[1])
    torch.testing.assert_close(model(noisy), expected[:, :time])


def test_a_mask_of_ones_gives_the_waveform_back():
    model = small()
    nn.init.zeros_(model.output.weight)
    nn.init.constant_(model.output.bias, 50.0)
    noisy = waves(2, 333)
    torch.testing.assert_close(model(noisy), noisy)


@pytest.mark.parametrize("hop", [16, 8])
@pytest.mark.parametrize("positions", ["relative", "rotary"])
def test_padding_changes_nothing_and_comes_out_silent(hop, positions):
    model = small(hop=hop, positions=positions)
    noisy, lengths = waves(3, 400), torch.tensor([400, 123, 208])
    for row, length in enumerate(lengths):
        noisy[row, length:] = 0
    found = model(noisy, lengths)
    for row, length in enumerate(lengths):
        torch.testing.assert_close(found[row, :length], model(noisy[row : row + 1, :length])[0])
        assert not found[row, length:].any()


@pytest.mark.parametrize("after", [4, 0])
def test_a_sample_depends_on_nothing_beyond_the_context(after):
    model = small(after=after)
    context, middle = model.context, 3 * model.context
    noisy = waves(1, 6 * context).requires_grad_()
    (grad,) = torch.autograd.grad(model(noisy)[0, middle], noisy)
    touched = grad[0].nonzero().flatten()
    assert middle - context <= touched.min() < middle - context / 2
    assert middle < touched.max() <= middle + (context if after else model.settings.n_fft)


@pytest.mark.parametrize("after", [4, 0])
@pytest.mark.parametrize("block", [37, 16, 5000])
def test_a_stream_is_equal_to_the_whole(block, after):
    model = small(after=after).float()
    noisy = waves(2, 2345).float()
    with torch.no_grad():
        whole = model(noisy)
    parts = list(denoise_stream(model, noisy.split(block, dim=1), seconds=200 / RATE))
    found = torch.cat(parts, dim=1)
    assert found.shape == whole.shape
    error = 10 * torch.log10((found - whole).square().sum() / whole.square().sum())
    assert error < -100  # dB
    assert max(part.shape[1] for part in parts) <= 208 + model.context


def test_a_stream_holds_no_more_than_a_window():
    model = small()
    sizes = []
    model.register_forward_pre_hook(lambda _, inputs: sizes.append(inputs[0].shape[1]))
    for _ in denoise_stream(model, (waves(1, 50) for _ in range(100)), seconds=200 / RATE):
        pass
    assert max(sizes) <= 208 + 2 * model.context


def test_the_gain_brings_a_recording_to_the_level_of_the_model():
    waveform = torch.randn(1000) * 3
    gain = gain_to_level(waveform.square().sum().item(), 1000)
    assert (waveform * gain).square().mean().sqrt().item() == pytest.approx(LEVEL, rel=1e-5)
    assert gain_to_level(0.0, 1000) == 1


def test_a_denoiser_learns_mixtures_by_heart():
    torch.manual_seed(0)
    model = Denoiser(DenoiserSettings(**(SMALL | {"n_blocks": 1})))
    time = torch.arange(640) / RATE
    speech = LEVEL * torch.sin(2 * math.pi * torch.tensor([[500.0], [1500.0]]) * time)
    noisy = speech + LEVEL * torch.randn(2, 640)
    optimiser, loss = torch.optim.Adam(model.parameters(), lr=1e-2), DenoisingLoss()
    for _ in range(25):
        optimiser.zero_grad()
        loss(model(noisy), speech).backward()
        optimiser.step()
    assert si_sdr_gain(model(noisy), noisy, speech).min() > 5  # dB


def test_a_saved_denoiser_is_the_same_to_half_precision(tmp_path):
    model = small(positions="rotary", norm="batch").float()
    model.conformer.blocks[0].convolution.norm.running_var.fill_(1e-9)  # no half is so small
    save_denoiser(model, tmp_path / "models" / "mine.safetensors")
    loaded = load_denoiser(tmp_path / "models" / "mine.safetensors")
    assert loaded.settings == model.settings
    assert not loaded.training
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(loaded.get_parameter(name), parameter, rtol=1e-3, atol=1e-7)
    for name, buffer in model.named_buffers():
        assert torch.equal(loaded.get_buffer(name), buffer)


def test_what_is_no_denoiser_is_refused(tmp_path):
    from safetensors.torch import save_file

    torn, other = tmp_path / "torn.safetensors", tmp_path / "other.safetensors"
    torn.write_bytes(b"not at all")
    save_file({"weight": torch.ones(2)}, other, {"settings": '{"d_model": 8, "n_heads": 2}'})
    for path in (torn, other, tmp_path / "none.safetensors"):
        with pytest.raises(WeightsError, match=f"{path.name} is not a saved denoiser"):
            load_denoiser(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DenoiserSettings(n_fft=512, hop=300), "twice hop=300 must divide n_fft=512"),
        (lambda: DenoisingLoss(-1.0), "spectral is a weight and must be 0 or more, got -1.0"),
        (lambda: list(denoise_stream(small(before=None), [])), "a trained model of bounded reach"),
        (lambda: list(denoise_stream(small().train(), [])), r"call model.eval\(\)"),
    ],
)
def test_wrong_settings_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()


def test_the_model_that_ships_is_small_and_takes_noise_away():
    assert SHIPPED.stat().st_size < 2e6  # bytes
    assert "CC BY-SA" in SHIPPED.with_suffix(".md").read_text(encoding="utf-8")
    model = load_denoiser()
    rng = np.random.default_rng(0)
    time = np.arange(2 * RATE) / RATE
    voiced = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 12))
    speech = torch.tensor(voiced * (np.sin(2 * np.pi * 1.5 * time) > 0), dtype=torch.float32)[None]
    speech *= LEVEL / speech.square().mean().sqrt()
    noise = torch.tensor(rng.standard_normal((1, 2 * RATE)), dtype=torch.float32)
    noisy = speech + noise * LEVEL * 10 ** (-5 / 20)  # 5 dB
    with torch.no_grad():
        assert si_sdr_gain(model(noisy), noisy, speech).item() > 3
