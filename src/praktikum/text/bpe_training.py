"""Byte-pair encoding learnt from texts: the vocabulary and merges of `tokenizers`, as quickly.

The steps are those of `bpe_steps`; only the counting differs. Different words are kept once, with
how often they occur. An index says which words a pair stands in, so a merge changes the counts of
its neighbours there and no others. The most frequent pair comes from a heap in which old counts
stay until they are met: a count that has fallen since is put back corrected.

A word is a string with one character for each of its tokens, the one whose code is the token's
number: so pairs are strings of two, and are found and merged by `str.split` and `str.join`.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .byte_bpe import BYTE_SIGNS, ByteBPE, Pair, to_signs
from .errors import SettingError
from .normalisation import Normaliser
from .pretokenisation import ByteLevelWords, PreTokeniser
from .tokenizer import Tokenizer

__all__ = ["LearntPieces", "count_words", "learn_bpe", "train_byte_bpe"]


@dataclass(frozen=True)
class LearntPieces:
    """What training makes.

    Attributes:
        tokens: in the order of their numbers.
        merges: pairs in the order in which they are to be merged.
    """

    tokens: list[str]
    merges: list[Pair]

    @property
    def vocabulary(self) -> dict[str, int]:
        """The number of each token."""
        return {token: number for number, token in enumerate(self.tokens)}


def train_byte_bpe(
    texts: Iterable[str],
    vocab_size: int,
    *,
    min_frequency: int = 2,
    special_tokens: Sequence[str] = (),
    pre_tokeniser: PreTokeniser | None = None,
) -> Tokenizer:
    """Return a byte-level tokeniser learnt from texts.

    Args:
        texts: of any language.
        vocab_size: how many tokens there are at most: the special ones, 256 bytes, then merges.
        min_frequency: how often a pair must occur to be merged.
        special_tokens: tokens with a meaning of their own; they come first.
        pre_tokeniser: where texts are cut; GPT-2's way by default.

    Raises SettingError if `vocab_size` has no room for the bytes and special tokens.
    """
    pre_tokeniser = pre_tokeniser or ByteLevelWords()
    words = count_words(texts, pre_tokeniser)
    in_signs = {to_signs(word): count for word, count in words.items()}
    learnt = learn_bpe(
        in_signs,
        vocab_size,
        min_frequency=min_frequency,
        special_tokens=special_tokens,
        alphabet=BYTE_SIGNS,
    )
    model = ByteBPE(learnt.vocabulary, learnt.merges)
    return Tokenizer(model, pre_tokeniser, special_tokens=special_tokens)


def count_words(
    texts: Iterable[str], pre_tokeniser: PreTokeniser, normaliser: Normaliser | None = None
) -> Counter[str]:
    """Return how often each word occurs in texts."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(pre_tokeniser(normaliser(text) if normaliser else text))
    return words


def learn_bpe(
    word_counts: Mapping[str, int],
    vocab_size: int,
    *,
    min_frequency: int = 2,
    special_tokens: Sequence[str] = (),
    alphabet: Iterable[str] = (),
    continued: str = "",
) -> LearntPieces:
    """Return the tokens and merges of words, the most frequent pair first.

    Args:
        word_counts: words and how often each occurs.
        vocab_size: how many tokens there are at most.
        min_frequency: how often a pair must occur to be merged.
        special_tokens: they come first.
        alphabet: characters that become tokens whether they occur or not.
        continued: what is written before tokens that do not begin a word.

    Raises SettingError if `vocab_size` has no room for the special tokens and all characters.
    """
    letters = sorted(set(alphabet).union(*word_counts))
    tokens = list(dict.fromkeys([*special_tokens, *letters]))
    if continued:
        inner = set().union(*(word[1:] for word in word_counts))
        tokens += [continued + letter for letter in sorted(inner)]
    if len(tokens) > vocab_size:
        raise SettingError(
            f"vocab_size={vocab_size} must have room for {len(tokens)} special tokens and "
            f"characters"
        )
    learner = _Learner(tokens, word_counts, continued)
    learner.learn(vocab_size, max(min_frequency, 1))
    return LearntPieces(learner.tokens, learner.merges())


class _Learner:
    """Words as they are merged, and the counts of their pairs."""

    def __init__(
        self, tokens: Sequence[str], word_counts: Mapping[str, int], continued: str
    ) -> None:
        self.tokens, self.continued = list(tokens), continued
        self._numbers = {token: number for number, token in enumerate(tokens)}
        self._merged: dict[str, None] = {}
        self._frequencies = list(word_counts.values())
        self._words = self._coded(list(word_counts))
        self._counts: dict[str, int] = defaultdict(int)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, (word, count) in enumerate(zip(self._words, self._frequencies, strict=True)):
            for left, right in pairwise(word):
                self._counts[left + right] += count
                self._places[left + right].append(place)
        self._heap = [(-count, pair) for pair, count in self._counts.items()]
        heapq.heapify(self._heap)

    def learn(self, vocab_size: int, min_frequency: int) -> None:
        """Merge until there are so many tokens or no pair is frequent enough."""
        while len(self.tokens) < vocab_size and self._heap:
            old_count, pair = heapq.heappop(self._heap)
            count = self._counts[pair]
            if count != -old_count:
                heapq.heappush(self._heap, (-count, pair))
                continue
            if count < min_frequency:
                return
            self._merge(pair, self._number_of(pair))

    def merges(self) -> list[Pair]:
        """Return the pairs as tokens, in the order in which they were last merged."""
        return [(self.tokens[ord(pair[0])], self.tokens[ord(pair[1])]) for pair in self._merged]

    def _coded(self, words: list[str]) -> list[str]:
        """Return words with a character for each token's number."""
        first = {ord(t): n for t, n in self._numbers.items() if len(t) == 1}
        if not self.continued:
            return [word.translate(first) for word in words]
        inner = {letter: self._numbers.get(self.continued + chr(letter)) for letter in first}
        return [word[:1].translate(first) + word[1:].translate(inner) for word in words]

    def _number_of(self, pair: str) -> str:
        """Return the character of what a pair makes: a new token, or one made of others before."""
        self._merged.pop(pair, None)
        self._merged[pair] = None
        left, right = (self.tokens[ord(code)] for code in pair)
        token = left + right.removeprefix(self.continued)
        number = self._numbers.setdefault(token, len(self.tokens))
        if number == len(self.tokens):
            self.tokens.append(token)
        return chr(number)

    def _merge(self, pair: str, made: str) -> None:
        """Merge a pair in all words that hold it, and count what stands beside it anew.

        The pair's own count is left as it was. It matters where a pair comes back because one of
        its tokens is made in a second way; `tokenizers` goes on from the old count, and so do we.
        """
        left, right = pair[0], pair[1]
        counts, words = self._counts, self._words
        grown: dict[str, list[int]] = defaultdict(list)
        for place in self._places.pop(pair):
            first, *others = words[place].split(pair)
            if not others:
                continue  # another merge has taken one of the two
            frequency = self._frequencies[place]
            before = first[-1:]
            last = len(others) - 1
            for number, part in enumerate(others):
                if before:
                    counts[before + left] -= frequency
                    counts[before + made] += frequency
                    grown[before + made].append(place)
                after = part[:1] or (left if number < last else "")
                if after:
                    counts[right + after] -= frequency
                    counts[made + after] += frequency
                    grown[made + after].append(place)
                before = part[-1:] or made
            words[place] = made.join([first, *others])
        for new, places in grown.items():
            self._places[new] += places
            if counts[new] > 0:
                heapq.heappush(self._heap, (-counts[new], new))
