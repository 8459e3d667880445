"""What a person reads, in the two languages of the course."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "Text"]

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Russian and in English.

    >>> Text(ru="да", en="yes")["en"]
    'yes'
    """

    ru: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.ru if language == "ru" else self.en

    def format(self, **values: object) -> Text:
        """Return the text with ``{name}`` replaced by the value of that name in both languages."""
        return Text(self.ru.format(**values), self.en.format(**values))


def parse_bilingual(docstring: str, label: str = "") -> Text | None:
    """Return what a docstring says under ``label ru:`` and ``label en:``; None where it does not.

    A sentence goes on over the following lines until the next label or a blank line.

    Raises:
        ValueError: one of the two languages is there and the other isn't.
    """
    prefix = f"{label} " if label else ""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        pattern = rf"^[ \t]*{prefix}{language}:(.+?)(?=^[ \t]*(?:\w+ )?(?:ru|en):|^[ \t]*$|\Z)"
        if match := re.search(pattern, docstring, flags=re.MULTILINE | re.DOTALL):
            found[language] = " ".join(match[1].split())
    if not found:
        return None
    if missing := [language for language in LANGUAGES if language not in found]:
        raise ValueError(f"a docstring has '{prefix}' text in one language; missing: {missing[0]}")
    return Text(**found)
