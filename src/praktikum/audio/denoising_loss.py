"""What a denoiser is trained by: the waveform's SI-SDR, and how its spectrum looks to the ear.

SI-SDR alone cares for what is loud and for nothing of the level. The second part is the mean
squared difference of magnitudes that are compressed, |X|^0.3, so what is quiet counts too:
Ephrat et al., 2018, "Looking to listen at the cocktail party", section 4; Braun and Tashev, 2021,
"A consolidated view of loss functions for supervised deep learning-based speech enhancement".
"""

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn

from .denoising_metrics import si_sdr
from .errors import SettingError
from .stft import Framing, stft

__all__ = ["DenoisingLoss", "spectral_distance"]

COMPRESSION = 0.3
FLOOR = 1e-3  # of magnitudes


def spectral_distance(
    estimate: Float[Tensor, "batch time"],
    speech: Float[Tensor, "batch time"],
    framing: Framing | None = None,
) -> Float[Tensor, ""]:
    """Return the mean squared difference of compressed magnitudes, (|X|² + FLOOR²)^0.15.

    framing: of the spectra; None is frames of 512 samples every 256
    """
    framing = Framing(512, 256) if framing is None else framing
    first, second = (_compressed(stft(waveform, framing)) for waveform in (estimate, speech))
    return (first - second).square().mean()


def _compressed(
    spectrum: Complex[Tensor, "batch bins frames"],
) -> Float[Tensor, "batch bins frames"]:
    """Return |X|^0.3 with a rounded tip, (|X|² + FLOOR²)^0.15: its slope has an end at 0."""
    parts = torch.view_as_real(spectrum)
    return (parts.square().sum(dim=-1) + FLOOR**2) ** (COMPRESSION / 2)


class DenoisingLoss(nn.Module):
    """Minus the mean SI-SDR, in dB, and the weighted distance of spectra.

    spectral: the weight of the second part; 0 leaves it out

    Raises SettingError: a negative weight.
    """

    def __init__(self, spectral: float = 0.0) -> None:
        super().__init__()
        if spectral < 0:
            raise SettingError(f"spectral is a weight and must be 0 or more, got {spectral}")
        self.spectral = spectral

    def forward(
        self, estimate: Float[Tensor, "batch time"], speech: Float[Tensor, "batch time"]
    ) -> Float[Tensor, ""]:
        """Return the loss, a mean over the batch."""
        loss = -si_sdr(estimate, speech).mean()
        if self.spectral:
            loss = loss + self.spectral * spectral_distance(estimate, speech)
        return loss
