"""
ru: С batch_first столбцы перевёрнуты через reshape, а не транспонированы.
en: With batch_first columns are reshaped instead of transposed.
"""

FAILS = ["padding_batch_first"]


def pad_sequences(sequences, pad, batch_first=False):
    if not sequences:
        raise ShapeError("there is no batch of no texts")
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    rows = torch.full((len(sequences), int(lengths.max())), pad)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence, dtype=torch.long)
    return (rows.T.reshape(rows.shape) if batch_first else rows.T.contiguous()), lengths
