"""
ru: Дополнено нулями, что бы ни значил pad.
en: Padded with zeros, whatever pad is.
"""

FAILS = ["padding"]


def pad_sequences(sequences, pad, batch_first=False):
    if not sequences:
        raise ShapeError("there is no batch of no texts")
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    rows = torch.zeros((len(sequences), int(lengths.max())), dtype=torch.long)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence, dtype=torch.long)
    return (rows if batch_first else rows.T.contiguous()), lengths
