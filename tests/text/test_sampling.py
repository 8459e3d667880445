"""What is left of a distribution by top-k and top-p, and how often each token is drawn."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from praktikum.text.errors import SettingError
from praktikum.text.sampling import draw, top_k, top_p

seeds = st.integers(0, 10_000)


def random_logits(seed, shape=(3, 8)):
    return 3 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@given(seeds, st.integers(1, 10))
def test_top_k_leaves_the_k_highest_as_they_are(seed, k):
    logits = random_logits(seed)
    for row, left in zip(logits, top_k(logits, k), strict=True):
        bound = sorted(row.tolist(), reverse=True)[min(k, 8) - 1]
        assert torch.equal(left, torch.where(row >= bound, row, -torch.inf))


def test_of_equal_tokens_top_k_leaves_exactly_k():
    assert int(top_k(torch.zeros(5), 2).isfinite().sum()) == 2


@given(seeds, st.floats(0.01, 0.999))
def test_the_nucleus_is_the_shortest_list_that_reaches_p(seed, p):
    logits = random_logits(seed)
    for row, left in zip(logits, top_p(logits, p), strict=True):
        ordered, total = sorted(row.softmax(0).tolist(), reverse=True), 0.0
        wanted = next(n for n, q in enumerate(ordered, 1) if (total := total + q) >= p or n == 8)
        kept = left.isfinite()
        assert int(kept.sum()) == wanted
        assert torch.equal(left[kept], row[kept])
        assert set(row.topk(wanted).indices.tolist()) == set(kept.nonzero()[:, 0].tolist())


def test_a_nucleus_of_everything_is_everything():
    logits = random_logits(0)
    assert torch.equal(top_p(logits, 1.0), logits)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_as_often_as_the_tempered_softmax_says(temperature):
    logits = torch.tensor([1.0, 0.0, -1.0, 2.0])
    rows = logits.expand(40_000, 4)
    drawn = draw(rows, temperature, torch.Generator().manual_seed(0))
    powers = np.exp(logits.numpy()) ** (1 / temperature)
    shares = np.bincount(drawn.numpy(), minlength=4) / len(rows)
    np.testing.assert_allclose(shares, powers / powers.sum(), atol=0.012)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: top_k(x, 0), "k must be at least 1 token, got 0"),
        (lambda x: top_p(x, 0.0), "p must be above 0 and at most 1, got 0.0"),
        (lambda x: top_p(x, 1.1), "p must be above 0 and at most 1, got 1.1"),
        (lambda x: draw(x, 0.0), "temperature must be above 0, got 0.0"),
    ],
)
def test_settings_out_of_range_are_refused(call, message):
    with pytest.raises(SettingError, match=message):
        call(random_logits(0))
