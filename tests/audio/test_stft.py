"""Windows, Fourier transforms and frames beside SciPy, torch and librosa."""

import librosa
import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given
from hypothesis import strategies as st

from praktikum.audio.dft import dft, dft_matrix, fft, frequencies
from praktikum.audio.errors import SettingError, ShapeError
from praktikum.audio.stft import Framing, istft, stft
from praktikum.audio.windows import WINDOWS, window

FRAMINGS = [
    Framing(),
    Framing(512, 160, "hamming", 400),
    Framing(400, 100, "blackman"),
    Framing(256, 128, "rectangular", 255, "reflect"),
    Framing(2048, 512, padding="reflect"),
]


def signal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("length", [1, 2, 7, 400])
@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_those_of_scipy(name, length, symmetric):
    theirs = scipy.signal.get_window(
        {"rectangular": "boxcar"}.get(name, name), length, fftbins=not symmetric
    )
    ours = window(name, length, symmetric=symmetric, dtype=torch.float64)
    np.testing.assert_allclose(ours, theirs, atol=1e-15)


@pytest.mark.parametrize("name", ["hann", "hamming", "blackman"])
def test_shifted_windows_add_up_to_a_constant(name):
    added = window(name, 600, dtype=torch.float64).reshape(3, 200).sum(dim=0)
    np.testing.assert_allclose(added, added.mean().expand(200), rtol=1e-14)


@pytest.mark.parametrize(("name", "decibels"), [("rectangular", 13), ("hann", 31), ("hamming", 43)])
def test_side_lobes_are_as_low_as_the_docstring_says(name, decibels):
    spectrum = np.abs(np.fft.rfft(window(name, 64, dtype=torch.float64), 8192))
    lowest = np.argmax(np.diff(spectrum) > 0)  # the end of the main lobe
    down = -20 * np.log10(spectrum[lowest:].max() / spectrum[0])
    assert down == pytest.approx(decibels, abs=1)


def test_a_window_without_samples_is_refused():
    with pytest.raises(SettingError, match="at least 1 sample, got 0"):
        window("hann", 0)


def test_an_unknown_window_is_told_from_those_there_are(monkeypatch):
    monkeypatch.delitem(WINDOWS, "hann")  # its type lets no other name in
    with pytest.raises(SettingError, match="no window 'hann': there are rectangular, hamming"):
        window("hann", 5)


@pytest.mark.parametrize("transform", [dft, fft])
@pytest.mark.parametrize("n", [1, 2, 3, 8, 12, 60, 128, 1000])
def test_transforms_are_those_of_torch(transform, n):
    for values in (signal(2, n), torch.complex(signal(2, n), signal(2, n, seed=1))):
        torch.testing.assert_close(transform(values), torch.fft.fft(values), rtol=0, atol=1e-10)


def test_the_matrix_of_the_transform_is_unitary_but_for_its_length():
    matrix = dft_matrix(48)
    torch.testing.assert_close(matrix @ matrix.mH / 48, torch.eye(48, dtype=matrix.dtype))


def test_bins_have_the_frequencies_of_numpy():
    np.testing.assert_allclose(frequencies(400, 16_000), np.fft.rfftfreq(400, 1 / 16_000))


@pytest.mark.parametrize("framing", FRAMINGS, ids=str)
def test_spectra_are_those_of_librosa_and_torch(framing):
    waveform = signal(2, 5000)
    mode = {"zeros": "constant", "reflect": "reflect"}[framing.padding]
    name = {"rectangular": "boxcar"}.get(framing.window, framing.window)
    settings = {
        "n_fft": framing.n_fft,
        "hop_length": framing.hop,
        "win_length": framing.window_length,
    }
    ours = stft(waveform, framing)
    theirs = librosa.stft(waveform.numpy(), window=name, pad_mode=mode, **settings)
    np.testing.assert_allclose(ours, theirs, atol=1e-10)
    length = framing.window_length or framing.n_fft
    taper = torch.from_numpy(scipy.signal.get_window(name, length))
    other = torch.stft(waveform, window=taper, pad_mode=mode, return_complex=True, **settings)
    torch.testing.assert_close(ours, other)
    assert ours.shape == (2, framing.bins, framing.frames(5000))


@pytest.mark.parametrize("framing", FRAMINGS, ids=str)
def test_the_inverse_of_any_spectrum_is_torchs(framing):
    spectrum = torch.complex(
        signal(framing.bins, framing.frames(5000)),
        signal(framing.bins, framing.frames(5000), seed=1),
    )
    theirs = torch.istft(
        spectrum,
        framing.n_fft,
        framing.hop,
        framing.window_length,
        framing.taper(signal(1))[: framing.n_fft] if framing.window_length is None else
        window(framing.window, framing.window_length, dtype=torch.float64),
        length=5000,
    )  # fmt: skip
    torch.testing.assert_close(istft(spectrum, framing, 5000), theirs)


@given(
    time=st.integers(0, 700),
    n_fft=st.sampled_from([2, 16, 64, 200]),
    share=st.floats(0.05, 0.5),
    name=st.sampled_from(sorted(WINDOWS)),
)
def test_a_signal_of_any_length_comes_back(time, n_fft, share, name):
    framing = Framing(n_fft, max(1, int(share * n_fft)), name)
    waveform = signal(3, time)
    back = istft(stft(waveform, framing), framing, time)
    torch.testing.assert_close(back, waveform, rtol=0, atol=1e-9)


def test_float32_comes_back_to_its_rounding():
    waveform = signal(1, 16_000, dtype=torch.float32)
    back = istft(stft(waveform, Framing()), Framing(), 16_000)
    torch.testing.assert_close(back, waveform, rtol=0, atol=2e-6)


@pytest.mark.parametrize("batch", [(), (1,), (2, 3)])
def test_any_batch_is_done_row_by_row(batch):
    waveform = signal(*batch, 1000)
    spectrum = stft(waveform, Framing(128, 32))
    rows = [stft(row, Framing(128, 32)) for row in waveform.reshape(-1, 1000)]
    torch.testing.assert_close(spectrum, torch.stack(rows).reshape(*batch, 65, 32))
    torch.testing.assert_close(istft(spectrum, Framing(128, 32), 1000), waveform)


def test_gradients_go_through_both_ways():
    framing = Framing(16, 4)
    mask = torch.rand(9, 13, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def denoised(waveform):
        return istft(mask * stft(waveform, framing), framing, 50)

    assert torch.autograd.gradcheck(denoised, signal(2, 50).requires_grad_())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n_fft": 511}, "n_fft=511 must be even"),
        ({"hop": 0}, "hop=0 be 1 to the window's 512"),
        ({"hop": 401, "window_length": 400}, "hop=401 be 1 to the window's 400"),
        ({"window_length": 513}, "window_length=513 must be 1 to n_fft=512"),
    ],
)
def test_lengths_that_do_not_go_together_are_refused(settings, said):
    with pytest.raises(SettingError, match=said):
        Framing(**settings)


def test_windows_that_leave_gaps_have_no_inverse():
    framing = Framing(16, 16, "hann")  # zero once in every frame
    spectrum = stft(signal(100), framing)
    with pytest.raises(SettingError, match="hann window every 16 samples leaves samples uncovered"):
        istft(spectrum, framing, 100)


def test_spectra_of_another_length_are_refused():
    spectrum = stft(signal(1000), Framing(128, 32))
    with pytest.raises(
        ShapeError, match="2000 samples have 65 frequencies × 63 frames, got 65 × 32"
    ):
        istft(spectrum, Framing(128, 32), 2000)


def test_too_little_to_mirror_is_refused():
    with pytest.raises(ShapeError, match="more than 64 samples, got 64; use padding='zeros'"):
        stft(signal(64), Framing(128, 32, padding="reflect"))
