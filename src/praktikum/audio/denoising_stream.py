"""A recording of any length through a denoiser, in constant memory and without seams.

The recording is cut into windows that overlap by all that can matter to a sample, the model's
`context`; of each window the middle is kept. Since a sample sees in its window what it would see
in the whole recording, there is nothing to fade: what comes out is what the whole gives, to the
rounding of float32.
"""

from collections.abc import Iterable, Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from .denoiser import LEVEL, RATE, Denoiser
from .errors import SettingError

__all__ = ["denoise_stream", "gain_to_level"]


def denoise_stream(
    model: Denoiser, blocks: Iterable[Float[Tensor, "channels _"]], seconds: float = 8.0
) -> Iterator[Float[Tensor, "channels _"]]:
    """Yield the speech of a recording at 16 kHz that comes in blocks of any length.

    model:   in evaluation mode; channels are denoised each by itself
    blocks:  of a level near `LEVEL`
    seconds: how much is kept of a window

    Raises SettingError: the model's reach has no end, or it is being trained.
    """
    context, hop = model.context, model.framing.hop
    if context is None or model.training:
        raise SettingError(
            "a stream needs a trained model of bounded reach: call model.eval(), and let before "
            "and after be numbers of frames"
        )
    middle = max(1, round(seconds * RATE / hop)) * hop
    held, done = None, 0  # samples of `held` that have come out already and are context now
    for block in blocks:
        held = block if held is None else torch.cat((held, block), dim=1)
        while held.shape[1] >= done + middle + context:
            yield _speech(model, held[:, : done + middle + context])[:, done : done + middle]
            past = max(0, done + middle - context)  # whole hops, so frames stay where they are
            held, done = held[:, past:], done + middle - past
    if held is not None and held.shape[1] > done:
        yield _speech(model, held)[:, done:]


def gain_to_level(energy: float, samples: int) -> float:
    """Return by what to multiply a recording of so much energy to bring it to `LEVEL`.

    energy: the sum of squares of its samples; where it is 0, the gain is 1
    """
    return LEVEL / (energy / samples) ** 0.5 if energy > 0 else 1.0


@torch.no_grad()
def _speech(
    model: Denoiser, noisy: Float[Tensor, "channels time"]
) -> Float[Tensor, "channels time"]:
    speech: Tensor = model(noisy)
    return speech
