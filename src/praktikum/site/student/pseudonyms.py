"""Names under which students stand on a public board, and which nobody can trace back.

A name follows from a secret, the task and the person, so it stays the same from visit to visit
and differs from task to task. Where two would have the same, one of them is numbered.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from praktikum.checks import Text

__all__ = ["pseudonyms"]

_NATURES = {
    "бодрый": "brisk",
    "быстрый": "swift",
    "вежливый": "polite",
    "верный": "loyal",
    "весёлый": "merry",
    "дальний": "distant",
    "добрый": "kind",
    "звонкий": "ringing",
    "зимний": "wintry",
    "зоркий": "keen",
    "лесной": "sylvan",
    "ловкий": "deft",
    "мудрый": "wise",
    "мягкий": "gentle",
    "ночной": "nocturnal",
    "пёстрый": "motley",
    "редкий": "rare",
    "скромный": "modest",
    "смелый": "bold",
    "снежный": "snowy",
    "сонный": "sleepy",
    "степной": "steppe",
    "тихий": "quiet",
    "упорный": "stubborn",
    "хитрый": "sly",
    "чуткий": "alert",
}
_ANIMALS = {
    "аист": "stork",
    "барсук": "badger",
    "бобр": "beaver",
    "бурундук": "chipmunk",
    "волк": "wolf",
    "воробей": "sparrow",
    "грач": "rook",
    "дрозд": "thrush",
    "енот": "raccoon",
    "ёж": "hedgehog",
    "журавль": "crane",
    "заяц": "hare",
    "зубр": "bison",
    "кабан": "boar",
    "кот": "cat",
    "крот": "mole",
    "лебедь": "swan",
    "лемминг": "lemming",
    "лис": "fox",
    "лось": "elk",
    "морж": "walrus",
    "олень": "deer",
    "песец": "arctic fox",
    "скворец": "starling",
    "соболь": "sable",
    "стриж": "swift",
    "сурок": "marmot",
    "суслик": "gopher",
    "тюлень": "seal",
    "хорёк": "polecat",
}


def pseudonyms(secret: bytes, task: str, students: Iterable[str]) -> dict[str, Text]:
    """Return a name for each student; no two have the same.

    Of students who would share a name all but one are numbered, in an order that the secret sets.
    """
    keyed = sorted((_digest(secret, task, student), student) for student in students)
    natures, animals = list(_NATURES.items()), list(_ANIMALS.items())
    taken: dict[Text, int] = {}
    names: dict[str, Text] = {}
    for digest, student in keyed:
        nature = natures[digest % len(natures)]
        animal = animals[digest // len(natures) % len(animals)]
        name = Text(
            ru=f"{nature[0].capitalize()} {animal[0]}", en=f"{nature[1].capitalize()} {animal[1]}"
        )
        taken[name] = count = taken.get(name, 0) + 1
        names[student] = name if count == 1 else _numbered(name, count)
    return names


def _numbered(name: Text, count: int) -> Text:
    return Text(ru=f"{name.ru} {count}", en=f"{name.en} {count}")


def _digest(secret: bytes, task: str, student: str) -> int:
    message = f"pseudonym/{task}/{student}".encode()
    return int.from_bytes(hmac.new(secret, message, hashlib.sha256).digest()[:8], "big")
