"""Checks of the set of mixtures and of its batches.

The oracles: each waveform by itself; and what must hold of mixtures, whatever was drawn.
"""

import numpy as np

from praktikum.checks import between, check, equal
from praktikum.data.noisy_speech import NoisyPair
from praktikum.data.utterances import Utterance


def pairs_of(rng, lengths=(5, 9, 1, 7)):
    """Return pairs of different lengths in two domains."""
    return [
        NoisyPair(
            rng.normal(size=length).astype(np.float32),
            rng.normal(size=length).astype(np.float32),
            "odd" if number % 2 else "even",
        )
        for number, length in enumerate(rng.permutation(lengths))
    ]


@check(part="data", points="0.2")
def batch_of_pairs(sub, rng):
    """
    ru: Волны в батче — в том же порядке, дополнены нулями до самой длинной; длины верны.
    en: Waveforms of a batch keep their order, with zeros up to the longest; lengths are right.
    """
    batch = sub.collate_noisy(pairs_of(rng))
    return {
        "noisy": batch.noisy,
        "speech": batch.speech,
        "lengths": batch.lengths,
        "dtypes": f"{batch.noisy.dtype} {batch.lengths.dtype}",
        "domains": " ".join(batch.domains),
    }


def padded(waveforms):
    rows = np.zeros((len(waveforms), max(map(len, waveforms))), dtype=np.float32)
    for row, waveform in zip(rows, waveforms, strict=True):
        row[: len(waveform)] = waveform
    return rows


@batch_of_pairs.expects
def _(rng):
    pairs = pairs_of(rng)
    return {
        "noisy": equal(padded([pair.noisy for pair in pairs])),
        "speech": equal(padded([pair.speech for pair in pairs])),
        "lengths": equal([len(pair.noisy) for pair in pairs]),
        "dtypes": equal("torch.float32 torch.int64"),
        "domains": equal(" ".join(pair.domain for pair in pairs)),
    }


SIZE, EXAMPLES = 800, 12


def mixtures_case(sub, rng, seconds):
    """Return a set of mixtures of five utterances with hissing noise, at 3 to 6 dB, unfiltered."""
    utterances = [
        Utterance(rng.normal(scale=0.1, size=2000).astype(np.float32), "", "someone", str(number))
        for number in range(5)
    ]

    def hiss(length, rng):
        return rng.normal(size=length).astype(np.float32)

    bank = sub.NoiseBank({"hiss": hiss}, pieces=3, seconds=0.2)
    mixing = sub.Mixing(snr=(3.0, 6.0))
    return sub.MixedSpeech(utterances, bank, mixing, seconds, EXAMPLES, "here", seed=7)


def ratio_of(pair):
    speech, noisy = pair.speech.astype(np.float64), pair.noisy.astype(np.float64)
    return 10 * np.log10(np.sum(speech**2) / np.sum((noisy - speech) ** 2))


@check(part="data", points="0.2", needs=["mixture_ratio", "long_noise_cut"])
def mixtures_drawn(sub, rng):
    """
    ru: Пара — смесь куска речи заданной длины с шумом, при отношении из заданных пределов.
    en: A pair is a mixture of a piece of speech, as long as asked, with noise at a ratio in bounds.
    hint ru: Чем пара с заданной длиной отличается от пары без неё? Какого она домена?
    hint en: How do pairs of a given length differ from those without? Of which domain are they?
    """
    pieces = mixtures_case(sub, rng, SIZE / 16_000)
    whole = mixtures_case(sub, rng, None)
    pairs = [pieces[index] for index in range(EXAMPLES)]
    uncut = np.array([whole[index].speech for index in range(5)])
    said = np.array(whole.speech, dtype=np.float32) / 32768
    return {
        "ratios": [ratio_of(pair) for pair in pairs],
        "lengths": [[len(pair.noisy), len(pair.speech)] for pair in pairs],
        "domain": pairs[0].domain,
        "whole utterances are those of the set": bool(np.array_equal(uncut, said)),
    }


@mixtures_drawn.expects
def _(rng):
    del rng
    return {
        "ratios": between(2.99, 6.01, (EXAMPLES,)),
        "lengths": equal(np.full((EXAMPLES, 2), SIZE)),
        "domain": equal("here"),
        "whole utterances are those of the set": equal(True),
    }


@check(part="data", points="0.1", needs=["mixture_ratio", "mixtures_drawn"])
def mixtures_repeated(sub, rng):
    """
    ru: Пара зависит только от зерна, эпохи и номера: её можно спросить снова и в любом порядке.
    en: A pair depends on seed, epoch and number alone: it can be asked for again, in any order.
    hint ru: Откуда берётся генератор? Его состояние не должно переходить от пары к паре.
    hint en: Where does the generator come from? Its state must not go from pair to pair.
    """
    data = mixtures_case(sub, rng, SIZE / 16_000)
    first = [data[index].noisy for index in range(EXAMPLES)]
    again = [data[index].noisy for index in reversed(range(EXAMPLES))][::-1]
    data.set_epoch(1)
    later = [data[index].noisy for index in range(EXAMPLES)]
    data.set_epoch(0)
    back = [data[index].noisy for index in range(EXAMPLES)]
    different = {waveform.tobytes() for waveform in (*first, *later)}
    return {
        "in another order": bool(np.array_equal(first, again)),
        "in the same epoch, later": bool(np.array_equal(first, back)),
        "different pairs in two epochs": len(different),
    }


@mixtures_repeated.expects
def _(rng):
    del rng
    return {
        "in another order": equal(True),
        "in the same epoch, later": equal(True),
        "different pairs in two epochs": equal(2 * EXAMPLES),
    }
