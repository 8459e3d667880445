"""
ru: Тексты всегда идут строками.
en: Texts are always rows.
"""

FAILS = ["padding"]


def pad_sequences(sequences, pad, batch_first=False):
    if not sequences:
        raise ShapeError("there is no batch of no texts")
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    rows = torch.full((len(sequences), int(lengths.max())), pad)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence, dtype=torch.long)
    return rows, lengths
