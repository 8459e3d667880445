"""
ru: Нули стоят перед волной.
en: Zeros stand before the waveform.
"""

FAILS = ["batch_of_pairs"]


def collate_noisy(pairs):
    lengths = torch.tensor([len(pair.noisy) for pair in pairs])
    noisy, speech = (
        torch.stack(
            [
                functional.pad(torch.from_numpy(each), (int(max(lengths)) - len(each), 0))
                for each in waveforms
            ]
        )
        for waveforms in zip(*((pair.noisy, pair.speech) for pair in pairs), strict=True)
    )
    return NoisyBatch(noisy, speech, lengths, tuple((pair.domain for pair in pairs)))
