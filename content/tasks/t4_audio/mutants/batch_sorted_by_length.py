"""
ru: Пары переставлены по длине, домены — нет.
en: Pairs are sorted by length, domains are not.
"""

FAILS = ["batch_of_pairs"]


def collate_noisy(pairs):
    domains = tuple(pair.domain for pair in pairs)
    pairs = sorted(pairs, key=lambda pair: -len(pair.noisy))
    lengths = torch.tensor([len(pair.noisy) for pair in pairs])
    noisy, speech = (
        torch.nn.utils.rnn.pad_sequence(list(map(torch.from_numpy, waveforms)), batch_first=True)
        for waveforms in zip(*((pair.noisy, pair.speech) for pair in pairs), strict=True)
    )
    return NoisyBatch(noisy, speech, lengths, domains)
