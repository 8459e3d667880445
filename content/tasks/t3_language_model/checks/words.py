"""Checks of splitting a text into words.

The oracle: the words of which the text was put together.
"""

from praktikum.checks import check, equal

LETTERS = tuple("abcdefghijklmnopqrstuvwxyzéñüабвгдежя")
SEPARATORS = (
    " ",
    "  ",
    ", ",
    "'",
    "-",
    "_",
    " 10/10 ",
    "7",
    "<br />",
    "</p>\n<p class='x1'>",
    "! ",
)


def written_text(rng, n_words=40):
    """Return a text, and the words of which it consists."""
    lengths = rng.integers(1, 7, size=n_words)
    words = ["".join(rng.choice(LETTERS, size=length)) for length in lengths]
    shouted = [word.upper() if rng.random() < 0.4 else word for word in words]
    text = "".join(word + str(rng.choice(SEPARATORS)) for word in shouted)
    return "<i>8 " + text, words


@check(part="data", points="0.1")
def words_of_text(sub, rng):
    """
    ru: Слова — подряд идущие буквы любого алфавита, строчные; разметки, цифр и знаков нет.
    en: Words are runs of letters of any alphabet, in lower case; no markup, digits or signs.
    hint ru: \\w — это ещё цифры и подчёркивание. Теги убирает without_markup.
    hint en: \\w is digits and the underscore too. without_markup takes tags away.
    """
    text, _ = written_text(rng)
    return {"words": " ".join(sub.tokenise(text)), "no words": len(sub.tokenise("7 <br /> !"))}


@words_of_text.expects
def _(rng):
    _, words = written_text(rng)
    return {"words": equal(" ".join(words)), "no words": equal(0)}


@check(part="data", points="0.05", needs=["words_of_text"])
def words_without_stop_words(sub, rng):
    """
    ru: Стоп-слова пропущены, как бы они ни были написаны; остальные идут в том же порядке.
    en: Stop words are left out, however they are written; the others keep their order.
    """
    text, words = written_text(rng)
    return {"words": " ".join(sub.tokenise(text, set(words[::3])))}


@words_without_stop_words.expects
def _(rng):
    _, words = written_text(rng)
    left = [word for word in words if word not in words[::3]]
    return {"words": equal(" ".join(left))}
