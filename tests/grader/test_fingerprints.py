"""What two works share is found after renaming and reformatting, and what they don't is not."""

from __future__ import annotations

import random

import pytest

from praktikum.grader.fingerprints import (
    RUN,
    WINDOW,
    fingerprints,
    shared_lines,
    similarity,
)
from praktikum.grader.similar_works import of_cells, similar_pairs

WORK = '''
class Dense:
    """A layer."""

    def forward(self, input):
        self.input = input
        return input @ self.weight + self.bias

    def backward(self, grad):
        # the chain rule
        self.weight_grad = self.input.T @ grad
        self.bias_grad = np.sum(grad, axis=0)
        return grad @ self.weight.T
'''
RENAMED = '''
class Layer:
    def forward(self, x):
        self.kept = x
        return x @ self.w + self.b
    def backward(self,
                 upstream):
        """Another text."""
        self.gw = self.kept.T @ upstream
        self.gb = np.sum(upstream, axis=0)   # summed
        return upstream @ self.w.T
'''
OTHER = """
def greedy(model, prompt, limit):
    tokens = list(prompt)
    while len(tokens) < limit and tokens[-1] != STOP:
        tokens.append(int(model(tokens)[-1].argmax()))
    return tokens
"""
NOTHING: frozenset[int] = frozenset()


def marks(source: str) -> frozenset[int]:
    return frozenset(fingerprints(source))


def statements(rng: random.Random, count: int) -> str:
    """Lines of four tokens each, ``name op= name``, by which code of any length is made."""
    signs = ["+", "-", "*", "/", "@", "%", "&", "|", "^", "<<", ">>", "//", "**"]
    return "".join(f"a = b {rng.choice(signs)} c\n" for _ in range(count))


def test_renaming_comments_and_layout_hide_nothing() -> None:
    assert similarity(marks(WORK), marks(RENAMED), NOTHING) == 1


def test_other_code_shares_nothing() -> None:
    assert similarity(marks(WORK), marks(OTHER), NOTHING) == 0


def test_another_function_of_a_library_is_another_step() -> None:
    assert marks(WORK) != marks(WORK.replace("np.sum", "np.mean"))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_shared_for_long_enough_is_found(seed: int) -> None:
    """The guarantee of winnowing: a shared run of RUN + WINDOW - 1 tokens has a fingerprint."""
    rng = random.Random(seed)
    shared = statements(rng, -(-(RUN + WINDOW - 1) // 5) + 1)
    works = [
        marks(statements(rng, rng.randint(5, 30)) + shared + statements(rng, 9)) for _ in range(2)
    ]
    assert works[0] & works[1]


def test_what_is_shorter_than_a_run_has_no_fingerprint() -> None:
    assert fingerprints("a = b + c\n" * (RUN // 6)) == {}


def test_far_fewer_fingerprints_are_kept_than_runs() -> None:
    """2 / (WINDOW + 1) of them, says the paper of winnowing for random hashes."""
    source = statements(random.Random(1), 2000)
    runs = 2000 * 5 - RUN + 1
    kept = sum(map(len, fingerprints(source).values()))
    assert kept / runs == pytest.approx(2 / (WINDOW + 1), rel=0.15)


@pytest.mark.parametrize(
    "source", ["def f(:\n  '''", "%%bash\nrm -rf /", "\x00", "if x:\n\t a\n  b"]
)
def test_what_is_no_python_is_passed_over(source: str) -> None:
    assert fingerprints(source) == {}


def test_lines_that_are_shared_are_told() -> None:
    work = OTHER + WORK
    lines = shared_lines(fingerprints(work), marks(RENAMED), NOTHING)
    texts = [work.splitlines()[line - 1] for line in sorted(lines)]
    assert any("weight_grad" in text for text in texts)
    assert not any("tokens" in text for text in texts)


def test_what_everybody_was_given_is_nobodys_own() -> None:
    given, both = marks(WORK), frozenset(of_cells([WORK, OTHER]))
    assert similar_pairs({"one": both, "other": given}, given) == []
    [pair] = similar_pairs({"one": both, "copy": both, "other": given}, given)
    assert (pair.one, pair.other, pair.part) == ("copy", "one", 1)


def test_lines_of_cells_count_through_the_work() -> None:
    [first], [second] = (
        {lines for places in of_cells(cells).values() for lines in places}
        for cells in (["a = b + c\n" * 4], ["\n\n\n", "a = b + c\n" * 4])
    )
    assert second == (first[0] + 3, first[1] + 3)


def test_what_many_have_is_left_out_if_wished() -> None:
    works = {str(number): marks(WORK) for number in range(4)}
    works |= {"x": marks(WORK) | marks(OTHER), "y": marks(OTHER)}
    everything = similar_pairs(works, NOTHING)
    rare = similar_pairs(works, NOTHING, most=3)
    assert len(everything) == 11
    assert [(pair.one, pair.other, pair.part) for pair in rare] == [("x", "y", 1)]
