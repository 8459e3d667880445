"""Label smoothing against torch's own, padding and gradients included."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from praktikum.text.errors import SettingError
from praktikum.text.label_smoothing import smoothed_cross_entropy
from praktikum.text.masked_loss import masked_cross_entropy

PAD = 0


def example(seed=0, vocabulary=7):
    """Return logits of three texts of four tokens, and what was to be said, with padding."""
    chance = torch.Generator().manual_seed(seed)
    logits = torch.randn(3, 4, vocabulary, generator=chance, dtype=torch.float64)
    return logits.requires_grad_(), torch.randint(vocabulary, (3, 4), generator=chance)


@given(st.integers(0, 100), st.integers(2, 9), st.floats(0, 0.99))
def test_loss_and_gradient_are_those_of_torch(seed, vocabulary, smoothing):
    logits, targets = example(seed, vocabulary)
    targets[0, 0] = 1  # torch divides by the number of targets that are not padding
    found = smoothed_cross_entropy(logits, targets, PAD, smoothing)
    expected = functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=PAD, label_smoothing=smoothing
    )
    torch.testing.assert_close(found, expected)
    gradients = [torch.autograd.grad(loss, logits)[0] for loss in (found, expected)]
    torch.testing.assert_close(*gradients)


def test_without_smoothing_it_is_the_cross_entropy():
    logits, targets = example()
    torch.testing.assert_close(
        smoothed_cross_entropy(logits, targets, PAD, 0.0),
        masked_cross_entropy(logits, targets, PAD),
    )


def test_the_loss_is_least_where_each_other_token_keeps_its_share():
    smoothing, n = 0.1, 5
    taught = torch.full((1, n), smoothing / n)
    taught[0, 2] += 1 - smoothing
    least = smoothed_cross_entropy(taught.log(), torch.tensor([2]), PAD, smoothing)
    assert least.item() == pytest.approx(-(taught * taught.log()).sum().item())
    certain = torch.tensor([[0.0, 0.0, 20.0, 0.0, 0.0]])
    assert smoothed_cross_entropy(certain, torch.tensor([2]), PAD, smoothing) > least + 1


def test_of_padding_alone_the_loss_is_nothing():
    logits, targets = example()
    loss = smoothed_cross_entropy(logits, torch.zeros_like(targets), PAD)
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


@pytest.mark.parametrize("smoothing", [-0.1, 1.0, math.nan])
def test_a_share_out_of_range_is_refused(smoothing):
    with pytest.raises(SettingError, match=r"smoothing must be in \[0, 1\), got"):
        smoothed_cross_entropy(*example(), PAD, smoothing)
