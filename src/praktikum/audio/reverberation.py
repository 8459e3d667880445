"""Reverberation: a sound as a room gives it back, by the room's impulse response.

What a microphone hears is the convolution of the sound with the response from the mouth to it: the
direct sound, then reflections, ever denser and weaker. A made-up response is Polack's, 1988: the
direct sound and Gaussian noise that decays by 60 dB in the reverberation time,

    h[t] = δ[t] + level · n[t] · 10^(-3 t / RT60)

How long a response reverberates is read off Schroeder's backward integral, 1965, "New method of
measuring reverberation time".
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from .errors import SettingError, ShapeError

__all__ = ["made_up_response", "reverberate", "reverberation_time"]


def reverberate(
    waveform: Float[Tensor, "*batch time"], response: Float[Tensor, " taps"]
) -> Float[Tensor, "*batch time"]:
    """Return the sound in the room, in time with the dry one and with its energy.

    The direct sound, the strongest of the response, is put at time 0; what rings on after the last
    sample is cut. So the dry sound can be the target of a model that hears this one.

    Raises ShapeError for a response without samples, SettingError for a silent one.
    """
    if not len(response):
        raise ShapeError("an impulse response needs at least 1 sample, got 0")
    if not response.any():
        raise SettingError("this impulse response is silent; take one that was recorded or made")
    direct, time = int(response.abs().argmax()), waveform.shape[-1]
    n = time + len(response) - 1
    product = torch.fft.rfft(waveform, n) * torch.fft.rfft(response.to(waveform), n)
    wet: Tensor = torch.fft.irfft(product, n)[..., direct : direct + time]
    dry_energy, wet_energy = (sound.square().sum(-1, keepdim=True) for sound in (waveform, wet))
    tiny = torch.finfo(waveform.dtype).tiny
    return wet * (dry_energy / wet_energy.clamp_min(tiny)).sqrt()


def made_up_response(
    seconds: float, rate: int, generator: torch.Generator, direct_to_reverberant: float = 5.0
) -> Float[Tensor, " taps"]:
    """Return an impulse response as long as its reverberation time.

    Args:
        seconds: in which reverberation weakens by 60 dB: 0.3 a living room, 2 a church.
        rate: samples a second, Hz.
        generator: the noise is drawn from it.
        direct_to_reverberant: how much stronger the direct sound is than all the rest, dB.

    Raises:
        SettingError: a time that is not above 0.
    """
    taps = round(seconds * rate)
    if taps < 2:
        raise SettingError(f"a reverberation of {seconds} s is too short at {rate} Hz")
    decay = 10 ** (-3 * torch.arange(taps, dtype=torch.float64) / (seconds * rate))
    response = torch.randn(taps, generator=generator, dtype=torch.float64) * decay
    response[0] = 0
    response *= 10 ** (-direct_to_reverberant / 20) / response.norm()
    response[0] = 1
    return response.to(torch.float32)


def reverberation_time(response: Float[Tensor, " taps"], rate: int) -> float:
    """Return the seconds in which a response weakens by 60 dB.

    From -5 to -25 dB after the direct sound the decay is measured, and taken for three times as
    long, as ISO 3382 has it (T20). Raises SettingError if it does not weaken so far.
    """
    after = response[int(response.abs().argmax()) + 1 :].to(torch.float64)
    left = after.square().flip(0).cumsum(0).flip(0)  # the energy still to come
    level = 10 * torch.log10(left / left[:1]) if len(left) else left
    between = ((level <= -5) & (level >= -25)).nonzero().flatten()
    if len(between) < 2 or level[-1] > -25:
        raise SettingError("the response must weaken by 25 dB for its decay to be measured")
    seconds = between.to(torch.float64) / rate
    centred = seconds - seconds.mean()
    slope = (centred * level[between]).sum() / centred.square().sum()  # dB a second
    return float(-60 / slope)
