"""A trained recogniser with all that it needs to write down what is said, in one file.

The file is safetensors, which can hold nothing but tensors: weights in half precision, and as
metadata the recogniser's settings, its symbols and its language.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from praktikum.text.vocabulary import Vocabulary

from .ctc_beam import Scorer, ctc_beam_search
from .ctc_decoding import ctc_greedy
from .model_file import reading_model, write_model
from .recogniser import Recogniser, RecogniserSettings
from .speech_features import speech_features
from .spoken_form import SpokenForm, spoken_form

__all__ = ["BLANK", "SHIPPED", "Transcriber", "symbols_of_language"]

BLANK = "<blank>"
SHIPPED = Path(__file__).parent / "models" / "asr-small.safetensors"
"""The model that comes with the package; `asr-small.md` beside it tells of it."""


def symbols_of_language(form: SpokenForm) -> Vocabulary:
    """Return the symbols that a recogniser of a language says: the blank, then all characters."""
    return Vocabulary([BLANK, *form.alphabet], unk=None)


class Transcriber:
    """Writes down what is said.

    model:    trained
    symbols:  what its outputs stand for, the blank first
    language: that is spoken, a key of `SPOKEN`
    """

    def __init__(self, model: Recogniser, symbols: Vocabulary, language: str) -> None:
        self.model, self.symbols, self.language = model.eval(), symbols, language
        self.form = spoken_form(language)

    @torch.no_grad()
    def log_probs(self, samples: Float32[np.ndarray, " time"]) -> Float[Tensor, "frames symbols"]:
        """Return the log-probabilities of the symbols, every 40 ms of one channel at 16 kHz."""
        device = next(self.model.parameters()).device
        features = speech_features(samples, self.model.settings.n_mels).to(device)
        lengths = torch.tensor([len(features)], device=device)
        log_probs, _ = self.model(features[None], lengths)
        found: Tensor = log_probs[0].cpu()
        return found

    def __call__(
        self,
        samples: Float32[np.ndarray, " time"],
        scorer: Scorer | None = None,
        beam_size: int = 1,
    ) -> str:
        """Return what is said, in the language's spoken form.

        Args:
            samples: one channel at 16 kHz.
            scorer: a language model's word, see `language_score`.
            beam_size: beginnings that are followed; 1 without a scorer is the best path.
        """
        log_probs = self.log_probs(samples)
        if beam_size == 1 and scorer is None:
            (said,) = ctc_greedy(log_probs[None], torch.tensor([len(log_probs)]))
        else:
            best = ctc_beam_search(log_probs, beam_size=beam_size, scorer=scorer)[0]
            said = list(best.symbols)
        return self.text(said)

    def text(self, symbols: Sequence[int]) -> str:
        """Return symbols as a text, with single spaces."""
        return " ".join("".join(self.symbols.lookup_tokens(symbols)).split())

    def save(self, path: Path) -> None:
        """Write the file, weights in half precision."""
        metadata = {
            "settings": json.dumps(asdict(self.model.settings)),
            "symbols": json.dumps(self.symbols.tokens, ensure_ascii=False),
            "language": self.language,
        }
        weights = {
            name: tensor.detach().to("cpu", torch.float16).contiguous()
            for name, tensor in self.model.state_dict().items()
        }
        write_model(path, weights, metadata)

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Transcriber:
        """Return what `save` wrote, in single precision.

        Raises:
            WeightsError: the file is not one of `save`.
            MissingPackage: safetensors is not installed.
        """
        with reading_model(path, "recogniser", "Transcriber.save") as (tensors, strings):
            weights = {name: tensor.float() for name, tensor in tensors.items()}
            settings = RecogniserSettings(**json.loads(strings["settings"]))
            symbols = Vocabulary(json.loads(strings["symbols"]), unk=None)
            model = Recogniser(settings, len(symbols))
            model.load_state_dict(weights)
            return cls(model, symbols, strings["language"])
