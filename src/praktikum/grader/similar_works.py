"""Which works of a class are alike: for a person to look at, never a judgement.

Works are compared by the fingerprints of their code, without what the notebook gave. Cells are
fingerprinted one by one, so one that is no Python spoils no other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import combinations

from praktikum.grader.fingerprints import Fingerprints, Lines, fingerprints, similarity

__all__ = ["Likeness", "of_cells", "similar_pairs"]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two works, which part of the shorter one is in the other (0 to 1), and how much that is.

    Attributes:
        shared: how many fingerprints they have in common.
    """

    one: str
    other: str
    part: float
    shared: int


def of_cells(sources: Iterable[str]) -> Fingerprints:
    """Return the fingerprints of a work; lines count through its cells as if joined."""
    found: dict[int, list[Lines]] = defaultdict(list)
    above = 0
    for source in sources:
        for fingerprint, places in fingerprints(source).items():
            found[fingerprint] += [(first + above, last + above) for first, last in places]
        above += len(source.splitlines())
    return dict(found)


def similar_pairs(
    works: Mapping[str, Set[int]],
    given: Set[int],
    least: float = 0.5,
    most: int | None = None,
) -> list[Likeness]:
    """Return the pairs that are alike, most alike first.

    Args:
        works: the fingerprints of each work by its owner.
        given: those of what everybody was given.
        least: the part from which on a pair is told.
        most: what more works than these have counts as given: it is how one writes such a thing,
            or what everybody has copied. None: nothing does.
    """
    owners: dict[int, list[str]] = defaultdict(list)
    for owner, found in works.items():
        for fingerprint in found - given:
            owners[fingerprint].append(owner)
    common = {each for each, having in owners.items() if most is not None and len(having) > most}
    nobodys = given | common
    shared: Counter[tuple[str, str]] = Counter()
    for having in (owners[each] for each in owners.keys() - common):
        shared.update(combinations(sorted(having), 2))
    pairs = [
        Likeness(one, other, similarity(works[one], works[other], nobodys), count)
        for (one, other), count in shared.items()
    ]
    alike = [pair for pair in pairs if pair.part >= least]
    return sorted(alike, key=lambda pair: (-pair.part, -pair.shared, pair.one, pair.other))
