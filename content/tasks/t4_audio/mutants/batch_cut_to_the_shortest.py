"""
ru: Волны обрезаны до самой короткой.
en: Waveforms are cut to the shortest.
"""

FAILS = ["batch_of_pairs"]


def collate_noisy(pairs):
    lengths = torch.tensor([len(pair.noisy) for pair in pairs])
    noisy, speech = (
        torch.stack([torch.from_numpy(each)[: min(lengths)] for each in waveforms])
        for waveforms in zip(*((pair.noisy, pair.speech) for pair in pairs), strict=True)
    )
    return NoisyBatch(noisy, speech, lengths, tuple((pair.domain for pair in pairs)))
