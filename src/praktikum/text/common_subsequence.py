"""The longest common subsequence, a whole row of its table in one machine operation.

Neighbours in a row of the table differ by 0 or 1, so a row is an integer: bit i is 0 where the
length grows at the i-th token of the first text. Hyyrö, 2004, "Bit-parallel LCS-length computation
revisited", has the next row as an addition, whose carries do the work of the inner loop:
row ← (row + (row & M)) | (row & ~M), where the bits of M say where the next token of the second
text stands in the first. Integers of Python have as many bits as one likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["common_length", "common_positions", "positions_of_tokens"]


def positions_of_tokens(tokens: Sequence[str]) -> dict[str, int]:
    """Return for each token the integer whose bit i is 1 where the token is the i-th.

    >>> {token: bin(bits) for token, bits in positions_of_tokens("abb").items()}
    {'a': '0b1', 'b': '0b110'}
    """
    positions: dict[str, int] = {}
    bit = 1
    for token in tokens:
        positions[token] = positions.get(token, 0) | bit
        bit <<= 1
    return positions


def common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence.

    >>> common_length("ABCBDAB", "BDCABA")
    4
    """
    positions = positions_of_tokens(first)
    everything = row = (1 << len(first)) - 1
    for token in second:
        matches = row & positions.get(token, 0)
        if matches:
            row = (row + matches) | (row - matches)
    return len(first) - (row & everything).bit_count()


def common_positions(first_positions: Mapping[str, int], second: Sequence[str]) -> int:
    """Return where in the first text one of the longest common subsequences lies, as bits.

    Of several it is the one that rouge-score takes: seen from the end of both texts, a match of
    the two last tokens is taken; else the last token of the second text is given up if the length
    grows at the last one of the first, and that one is given up otherwise.

    `first_positions` is the first text as `positions_of_tokens` has it.
    """
    row = (1 << sum(bits.bit_count() for bits in first_positions.values())) - 1
    left, rows = row, []
    for token in second:
        matches = row & first_positions.get(token, 0)
        row = (row + matches) | (row - matches)
        rows.append(row)
    taken = 0
    for token, row in zip(reversed(second), reversed(rows), strict=True):
        matching = first_positions.get(token, 0)
        stop = left & (matching | ~row)  # all above the highest such token is given up
        if not stop:
            break
        bit = 1 << (stop.bit_length() - 1)
        if matching & bit:
            taken |= bit
            left = bit - 1
        else:
            left = (bit << 1) - 1
    return taken
