"""Checks of the measure, the loss and the denoiser.

The oracles: projections in NumPy; a network of which only the last layer is left, so that its mask
is known; each pair by itself.
"""

import numpy as np
import torch
from scipy.special import expit

from praktikum.audio.denoiser import DenoiserSettings
from praktikum.checks import check, close, equal
from praktikum.data.noisy_speech import NoisyPair

from .drawn_weights import drawn, with_weights


def waveforms_case(rng):
    """Return estimates and speech [batch, time]: of a wrong loudness, upside down, poor, unrelated."""
    speech = rng.normal(size=(4, 300))
    noise = rng.normal(size=(4, 300)) * [[0.05], [0.3], [2.0], [1.0]]
    return np.array([[3.0], [-0.2], [1.0], [0.0]]) * speech + noise, speech


def projected_ratio(estimate, speech):
    """Return SI-SDR in dB, by the angle between the two."""
    cosine = estimate @ speech / np.linalg.norm(estimate) / np.linalg.norm(speech)
    return 10 * np.log10(cosine**2 / (1 - cosine**2))


@check(part="training", points="0.3")
def ratio_of_scaled(sub, rng):
    """
    ru: SI-SDR — отношение энергий двух частей оценки: вдоль речи и поперёк; громкость не важна.
    en: SI-SDR is the ratio of energies of the estimate along the speech and across it, at any level.
    hint ru: К чему подбирается множитель? Он минимизирует расстояние до оценки.
    hint en: What is the factor for? It makes the distance from the estimate least.
    """
    estimates, speech = map(torch.from_numpy, waveforms_case(rng))
    return {
        "SI-SDR": sub.si_sdr(estimates, speech),
        "ten times louder": sub.si_sdr(10 * estimates, speech),
        "perfect, finite": bool(sub.si_sdr(speech, speech).isfinite().all()),
        "of silence": sub.si_sdr(torch.zeros_like(speech), speech),
    }


@ratio_of_scaled.expects
def _(rng):
    estimates, speech = waveforms_case(rng)
    ratios = [projected_ratio(*each) for each in zip(estimates, speech, strict=True)]
    return {
        "SI-SDR": close(ratios, rtol=1e-3, atol=1e-2),
        "ten times louder": close(ratios, rtol=1e-3, atol=1e-2),
        "perfect, finite": equal(True),
        "of silence": close(np.zeros(4), atol=1e-3),
    }


@check(part="training", points="0.15", needs=["ratio_of_scaled"])
def loss_of_waveforms(sub, rng):
    """
    ru: Потери — среднее SI-SDR по батчу со знаком минус; через них проходит градиент.
    en: The loss is minus the mean SI-SDR of the batch, and passes a gradient.
    """
    estimates, speech = (torch.from_numpy(each[:3]) for each in waveforms_case(rng))
    loss = sub.DenoisingLoss()(estimates.requires_grad_(), speech)
    return {"loss": loss.detach(), "gradient": torch.autograd.grad(loss, estimates)[0]}


@loss_of_waveforms.expects
def _(rng):
    estimates, speech = (each[:3] for each in waveforms_case(rng))
    ratios = [projected_ratio(*each) for each in zip(estimates, speech, strict=True)]
    energy = np.sum(speech**2, axis=1, keepdims=True)
    along = np.sum(estimates * speech, axis=1, keepdims=True) / energy * speech
    across = estimates - along
    # of ln |along|² - ln |across|²: each part's gradient is twice itself over its energy
    gradient = along / np.sum(along**2, axis=1, keepdims=True)
    gradient = gradient - across / np.sum(across**2, axis=1, keepdims=True)
    return {
        "loss": close(-np.mean(ratios), rtol=1e-3, atol=1e-2),
        "gradient": close(-20 / np.log(10) / 3 * gradient, rtol=1e-3, atol=1e-6),
    }


N_FFT, HOP = 16, 8
SETTINGS = DenoiserSettings(
    d_model=6, n_heads=1, n_blocks=1, d_feedforward=4, kernel_size=3, n_fft=N_FFT, hop=HOP
)


class Passing(torch.nn.Module):
    """Gives back what it gets, and keeps the lengths that it was told."""

    def forward(self, x, lengths=None):
        self.lengths = lengths
        return x


def denoiser(sub, seed):
    """Return a denoiser with drawn weights, without its Conformer."""
    model = with_weights(sub.Denoiser(SETTINGS), seed).eval()
    model.conformer = Passing()
    return model


def spectra_case(rng):
    """Return a seed and spectra [batch, frames, bins]."""
    seed, shape = int(rng.integers(2**31)), (2, 5, N_FFT // 2 + 1)
    return seed, rng.normal(size=shape) + 1j * rng.normal(size=shape)


@check(part="training", points="0.15")
def mask_of_spectrum(sub, rng):
    """
    ru: Маска от 0 до 1 зависит от логарифма модуля спектра, а Conformer знает длины.
    en: The mask, from 0 to 1, depends on the log of the magnitudes; the Conformer knows lengths.
    """
    seed, spectra = spectra_case(rng)
    model, lengths = denoiser(sub, seed), torch.tensor([5, 3])
    mask = model.mask(torch.from_numpy(spectra), lengths).detach()
    return {"mask": mask, "lengths told": model.conformer.lengths}


@mask_of_spectrum.expects
def _(rng):
    seed, spectra = spectra_case(rng)
    bins, d_model = N_FFT // 2 + 1, SETTINGS.d_model
    features = np.log(np.abs(spectra) + 1e-3) / 2
    hidden = features @ drawn(seed, "input.weight", (d_model, bins)).T
    hidden = hidden + drawn(seed, "input.bias", (d_model,))
    output = hidden @ drawn(seed, "output.weight", (bins, d_model)).T
    mask = expit(output + drawn(seed, "output.bias", (bins,)))
    return {"mask": close(mask, rtol=1e-5), "lengths told": equal([5, 3])}


def noisy_case(rng):
    """Return a mask's bias for each bin, and waveforms [batch, time] padded with zeros."""
    bias, noisy = rng.normal(size=N_FFT // 2 + 1), rng.normal(size=(3, 77))
    lengths = rng.permutation([77, 50, 64])
    noisy[np.arange(77) >= lengths[:, None]] = 0
    return bias, noisy, lengths


@check(
    part="training", points="0.2", needs=["spectrum_values", "inverse_nearest", "mask_of_spectrum"]
)
def denoised_waveform(sub, rng):
    """
    ru: Спектр умножен на маску и снова стал волной той же длины; длина кадрам не кратна.
    en: The spectrum is masked and is a waveform again, of its old length, whatever the hop.
    hint ru: Сколько кадров у дополненной волны? Где в выходе дополнение?
    hint en: How many frames has the padded waveform? Where in the output is padding?
    """
    bias, noisy, lengths = noisy_case(rng)
    model = denoiser(sub, 0)
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.copy_(torch.from_numpy(bias))
        alone = model(torch.from_numpy(noisy))
        padded = model(torch.from_numpy(noisy), torch.from_numpy(lengths))
    return {"alone": alone, "padded": padded, "frames told": model.conformer.lengths}


def masked_by_loops(bias, noisy):
    """Return one waveform with each frame's spectrum multiplied by sigmoid(bias)."""
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)
    n_frames = -(-len(noisy) // HOP) + N_FFT // (2 * HOP)
    padded = np.zeros((n_frames - 1) * HOP + N_FFT)
    padded[N_FFT // 2 : N_FFT // 2 + len(noisy)] = noisy
    added, cover = np.zeros_like(padded), np.zeros_like(padded)
    for start in range(0, n_frames * HOP, HOP):
        here = slice(start, start + N_FFT)
        spectrum = np.fft.rfft(padded[here] * taper) * expit(bias)
        added[here] += np.fft.irfft(spectrum) * taper
        cover[here] += taper**2
    kept = slice(N_FFT // 2, N_FFT // 2 + len(noisy))
    return added[kept] / cover[kept]


@denoised_waveform.expects
def _(rng):
    bias, noisy, lengths = noisy_case(rng)
    alone = np.array([masked_by_loops(bias, each) for each in noisy])
    real = np.arange(77) < lengths[:, None]
    frames = [-(-length // HOP) + N_FFT // (2 * HOP) for length in lengths]
    return {
        "alone": close(alone, rtol=1e-5, atol=1e-7),
        "padded": close(alone * real, rtol=1e-5, atol=1e-7),
        "frames told": equal(frames),
    }


class Halving(torch.nn.Module):
    """Takes half of the next sample away in evaluation; says rubbish at padding and in training."""

    def forward(self, noisy, lengths):
        estimate = noisy - noisy.roll(-1, dims=1) / 2
        estimate[torch.arange(noisy.shape[1]) >= lengths[:, None] - 1] = 0
        rubbish = torch.arange(noisy.shape[1]) >= lengths[:, None]
        estimate[rubbish | self.training] = 7
        return estimate


def domains_case(rng):
    """Return pairs of various lengths in three domains, more in some than in others."""
    domains = rng.permutation(["known"] * 5 + ["unknown"] * 3 + ["other"] * 2)
    pairs = []
    for domain in domains:
        speech = rng.normal(size=int(rng.integers(50, 200)))
        noise = rng.normal(scale=rng.uniform(0.1, 2), size=len(speech))
        pairs.append(NoisyPair(*map(np.float32, (speech + noise, speech)), str(domain)))
    return pairs


@check(part="training", points="0.2", needs=["ratio_of_scaled", "batch_of_pairs"])
def gains_of_domains(sub, rng):
    """
    ru: Выигрыш усреднён по парам каждого домена отдельно; дополнение и размер батча ни при чём.
    en: Gains are averaged over the pairs of each domain; padding and the batch size don't matter.
    hint ru: В каком режиме модель, когда её оценивают? А после?
    hint en: In which mode is a model when it is judged? And after that?
    """
    pairs, model = domains_case(rng), Halving().train()
    observed = {}
    for batch_size in (4, 50):
        gains = sub.gains_by_domain(model, pairs, batch_size)
        observed |= {f"{domain}, by {batch_size}": gain for domain, gain in gains.items()}
    return observed | {"in training again": model.training}


@gains_of_domains.expects
def _(rng):
    found = {}
    for noisy, speech, domain in domains_case(rng):
        noisy, speech = noisy.astype(float), speech.astype(float)
        estimate = np.append(noisy[:-1] - noisy[1:] / 2, 0)
        gain = projected_ratio(estimate, speech) - projected_ratio(noisy, speech)
        found.setdefault(domain, []).append(gain)
    means = {domain: close(np.mean(gains), rtol=1e-3, atol=1e-2) for domain, gains in found.items()}
    named = {f"{domain}, by {size}": mean for size in (4, 50) for domain, mean in means.items()}
    return named | {"in training again": equal(True)}
