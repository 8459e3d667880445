"""BLEU beside sacrebleu and ROUGE beside rouge-score, side by side in one process.

    pip install sacrebleu rouge-score
    python benchmarks/text_metrics.py [--rounds 5]

Lines of made-up words that are as frequent as Zipf's law has it, with punctuation; a candidate is
its reference with words replaced, left out and swapped. BLEU: 10,000 lines; ROUGE-1, 2, L and Lsum:
2,000 texts of two lines. sacrebleu's memory of lines is emptied before each round. Sides take
turns; times are of the processor, the best of the rounds is shown. Scores are compared, too.
"""

import argparse
import gc
import random
import time
from collections.abc import Callable

import numpy as np

from praktikum.text.bleu import corpus_bleu
from praktikum.text.rouge import rouge_l, rouge_lsum, rouge_n

BLEU_PAIRS, ROUGE_PAIRS, BAR, AGREE = 10_000, 2_000, 0.3, 1e-9
VOCABULARY = 20_000
Pairs = tuple[list[str], list[str]]


def make_pairs(n_pairs: int, n_lines: int, rng: random.Random) -> Pairs:
    """Return candidates and their references, texts of `n_lines` lines."""
    letters = "etaoinshrdlu"
    words = ["".join(rng.choices(letters, k=rng.randint(1, 9))) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]

    def line() -> list[str]:
        drawn = rng.choices(words, weights, k=rng.randint(8, 30))
        return [word + ("," if rng.random() < 0.08 else "") for word in drawn]

    def changed(tokens: list[str]) -> list[str]:
        kept = [rng.choice(words) if rng.random() < 0.2 else word for word in tokens]
        cut = rng.randrange(len(kept))
        return [word for word in kept[cut:] + kept[:cut] if rng.random() > 0.1]

    texts = [[line() for _ in range(n_lines)] for _ in range(n_pairs)]
    candidates = [[changed(tokens) for tokens in text] for text in texts]
    joined = (["\n".join(" ".join(t) + "." for t in text) for text in side]
              for side in (candidates, texts))  # fmt: skip
    return tuple(joined)  # type: ignore[return-value]


def best_seconds(sides: list[Callable[[], object]], rounds: int) -> list[float]:
    """Return the least processor time of each side; they take turns in every round."""
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, taken in zip(sides, times, strict=True):
            gc.collect()
            start = time.process_time()
            side()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def bleu_row(rounds: int) -> tuple[str, list[float], float]:
    """Return a name, the two times, and by how much the scores differ."""
    from sacrebleu.metrics import BLEU
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    from sacrebleu.tokenizers.tokenizer_re import TokenizerRegexp

    candidates, references = make_pairs(BLEU_PAIRS, 1, random.Random(0))

    def ours() -> float:
        return corpus_bleu(candidates, [[line] for line in references]).score

    def theirs() -> float:
        Tokenizer13a.__call__.cache_clear()
        TokenizerRegexp.__call__.cache_clear()
        return BLEU().corpus_score(candidates, [references]).score

    difference = abs(ours() - theirs())
    return f"BLEU, {BLEU_PAIRS:,} pairs", best_seconds([ours, theirs], rounds), difference


def rouge_row(rounds: int, kind: str) -> tuple[str, list[float], float]:
    """Return a name, the two times, and the largest difference of an F₁ of a pair."""
    from rouge_score.rouge_scorer import RougeScorer

    candidates, references = make_pairs(ROUGE_PAIRS, 2, random.Random(1))
    measures = {
        "rouge1": lambda: rouge_n(candidates, references, 1),
        "rouge2": lambda: rouge_n(candidates, references, 2),
        "rougeL": lambda: rouge_l(candidates, references),
        "rougeLsum": lambda: rouge_lsum(candidates, references),
    }
    kinds = list(measures) if kind == "all" else [kind]

    def ours() -> list[list[float]]:
        return [measures[name]().f1.tolist() for name in kinds]

    def theirs() -> list[list[float]]:
        scorer = RougeScorer(kinds)
        scores = [scorer.score(*pair) for pair in zip(references, candidates, strict=True)]
        return [[score[name].fmeasure for score in scores] for name in kinds]

    difference = float(np.abs(np.subtract(ours(), theirs())).max())
    return f"{kind}, {ROUGE_PAIRS:,} pairs", best_seconds([ours, theirs], rounds), difference


def main() -> None:
    """Measure every metric and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"{'':<26}{'ours, s':>9}{'peer, s':>9}{'ratio':>8}{'bar':>6}  agree to 1e-9")
    rows = [lambda: bleu_row(rounds)]
    rows += [
        lambda kind=kind: rouge_row(rounds, kind)
        for kind in ("rouge1", "rouge2", "rougeL", "rougeLsum", "all")
    ]
    for row in rows:
        name, (ours, theirs), difference = row()
        agree = "yes" if difference <= AGREE else f"NO: {difference:.1e}"
        print(f"{name:<26}{ours:>9.3f}{theirs:>9.3f}{ours / theirs:>8.2f}{BAR:>6.1f}  {agree}")


if __name__ == "__main__":
    main()
