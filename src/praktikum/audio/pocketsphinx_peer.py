"""What pocketsphinx hears: a recogniser of hidden Markov models with an English model inside.

Huggins-Daines et al., 2006, "PocketSphinx: a free, real-time continuous speech recognition system
for hand-held devices". It is a peer to compare with, trained on many voices and a large vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32

__all__ = ["pocketsphinx_installed", "pocketsphinx_transcripts"]


def pocketsphinx_installed() -> bool:
    """Return whether the package is there: `pip install pocketsphinx`."""
    from importlib.util import find_spec

    return find_spec("pocketsphinx") is not None


def pocketsphinx_transcripts(
    recordings: Iterable[Float32[np.ndarray, " time"]],
) -> list[str]:
    """Return what pocketsphinx hears in each recording of one channel at 16 kHz.

    Raises ImportError if the package is not installed.
    """
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    texts = []
    for samples in recordings:
        whole = np.clip(np.round(samples * 32767), -32768, 32767).astype("<i2")
        decoder.start_utt()
        decoder.process_raw(whole.tobytes(), full_utt=True)
        decoder.end_utt()
        heard = decoder.hyp()
        texts.append(heard.hypstr if heard else "")
    return texts
