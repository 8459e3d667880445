"""
ru: Тексты пересортированы по длине, а метки останутся на прежних местах.
en: Texts are sorted by length, while labels will stay in their places.
"""

FAILS = ["padding"]


def pad_sequences(sequences, pad, batch_first=False):
    if not sequences:
        raise ShapeError("there is no batch of no texts")
    sequences = sorted(sequences, key=len, reverse=True)
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    rows = torch.full((len(sequences), int(lengths.max())), pad)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence, dtype=torch.long)
    return (rows if batch_first else rows.T.contiguous()), lengths
