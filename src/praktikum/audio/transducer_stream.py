"""Greedy decoding of a transducer, frame by frame as they come.

In each frame the likeliest symbol is written until it is the blank; then comes the next frame. So
nothing that was written is ever taken back, and however a stream is cut into pieces, the same is
written. Graves, 2012, section 2.5, with a beam of one.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError
from .transducer import Joint, PredictionNetwork, PredictionState

__all__ = ["TransducerStream", "transducer_greedy"]


class TransducerStream:
    """What is written of one stream.

    prediction, joint: of a trained `Transducer`, in evaluation mode
    most:              symbols that may be written in one frame
    """

    def __init__(self, prediction: PredictionNetwork, joint: Joint, most: int = 10) -> None:
        if most < 1:
            raise SettingError(f"most must be at least 1 symbol a frame, got {most}")
        self.prediction, self.joint, self.most = prediction, joint, most
        self.symbols: list[int] = []
        self._state: PredictionState | None = None
        self._read(torch.tensor([prediction.blank], device=joint.predict.weight.device))

    @torch.no_grad()
    def push(self, heard: Float[Tensor, "frames d_encoder"]) -> list[int]:
        """Return the symbols that the next frames of the encoder add."""
        before = len(self.symbols)
        for frame in heard:
            for _ in range(self.most):
                symbol = self.joint(frame[None], self._written).argmax(dim=-1)  # (1)
                if int(symbol) == self.prediction.blank:
                    break
                self.symbols.append(int(symbol))
                self._read(symbol)
        return self.symbols[before:]

    @torch.no_grad()
    def _read(self, symbol: Int[Tensor, " one"]) -> None:
        """Let the prediction network know what was written."""
        self._written, self._state = self.prediction.step(symbol, self._state)


def transducer_greedy(
    prediction: PredictionNetwork,
    joint: Joint,
    heard: Float[Tensor, "batch frames d_encoder"],
    lengths: Int[Tensor, " batch"],
    *,
    most: int = 10,
) -> list[list[int]]:
    """Return the symbols that are written of each input, at most `most` in a frame."""
    return [
        TransducerStream(prediction, joint, most).push(frames[:length])
        for frames, length in zip(heard, lengths.tolist(), strict=True)
    ]
