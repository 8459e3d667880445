"""CTC's loss against the sum over every alignment, and against torch's."""

import math
from inspect import unwrap
from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from praktikum.audio.ctc import ctc_loss
from praktikum.audio.errors import SettingError, ShapeError


def read(alignment, blank=0):
    """Return what an alignment reads as: repetitions merged, then blanks left out."""
    merged = [a for place, a in enumerate(alignment) if place == 0 or alignment[place - 1] != a]
    return tuple(symbol for symbol in merged if symbol != blank)


def sum_over_alignments(log_probs, target, blank=0):
    """Return p(target), each alignment by itself; log_probs [time, symbols]."""
    frames, symbols = log_probs.shape
    probabilities = log_probs.exp().tolist()
    return sum(
        math.prod(probabilities[t][symbol] for t, symbol in enumerate(alignment))
        for alignment in product(range(symbols), repeat=frames)
        if read(alignment, blank) == tuple(target)
    )


def random_batch(time, batch, symbols, labels, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(time, batch, symbols, generator=generator, dtype=dtype)
    targets = torch.randint(1, symbols, (batch, labels), generator=generator)
    return logits.requires_grad_(), targets


def both(logits, targets, input_lengths, target_lengths, **ask):
    """Return our loss and torch's, and the gradients of the logits."""
    results = []
    for loss_of in (ctc_loss, functional.ctc_loss):
        loss = loss_of(logits.log_softmax(-1), targets, input_lengths, target_lengths, **ask)
        (gradient,) = torch.autograd.grad(loss.sum(), logits)
        results.append((loss.detach(), gradient))
    return results


@settings(max_examples=60)
@given(
    st.integers(0, 5), st.lists(st.integers(1, 2), max_size=4), st.integers(0, 3), st.integers(0, 9)
)
def test_the_loss_is_the_sum_over_all_alignments(frames, target, padding, seed):
    logits, _ = random_batch(frames + padding, 1, 3, 0, seed, torch.float64)
    log_probs = logits.log_softmax(-1)
    loss = ctc_loss(
        log_probs,
        torch.tensor([[*target, 7]]),  # what stands beyond the target is not looked at
        torch.tensor([frames]),
        torch.tensor([len(target)]),
        reduction="none",
    )
    expected = sum_over_alignments(log_probs[:frames, 0], target) if frames else float(not target)
    assert math.exp(-loss.item()) == pytest.approx(expected, rel=1e-10)


def test_the_blank_may_be_any_symbol():
    logits, _ = random_batch(4, 1, 3, 0, 5)
    log_probs = logits.log_softmax(-1)
    loss = ctc_loss(
        log_probs, torch.tensor([[0, 1]]), torch.tensor([4]), torch.tensor([2]), blank=2
    )
    expected = sum_over_alignments(log_probs[:, 0], [0, 1], blank=2)
    assert math.exp(-2 * loss.item()) == pytest.approx(expected)


def test_the_gradient_is_that_of_finite_differences():
    logits, targets = random_batch(6, 3, 4, 3, dtype=torch.float64)
    targets[0] = 2  # repeated labels
    lengths = torch.tensor([6, 5, 4]), torch.tensor([3, 2, 0])
    assert torch.autograd.gradcheck(
        lambda log_probs: ctc_loss(log_probs, targets, *lengths, reduction="none"),
        logits.log_softmax(-1).detach().requires_grad_(),
    )


def test_unequal_weights_of_losses_reach_their_own_gradients():
    logits, targets = random_batch(6, 2, 4, 3)
    lengths = torch.tensor([6, 5]), torch.tensor([3, 2])
    weights = torch.tensor([2.0, -3.0])
    gradients = []
    for loss_of in (ctc_loss, functional.ctc_loss):
        losses = loss_of(logits.log_softmax(-1), targets, *lengths, reduction="none")
        gradients += torch.autograd.grad(losses, logits, weights)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_and_gradients_are_torchs(reduction, dtype):
    logits, targets = random_batch(50, 6, 9, 12, dtype=dtype)
    targets[1] = 4  # the same label twelve times
    lengths = torch.tensor([50, 50, 31, 20, 13, 1]), torch.tensor([12, 12, 7, 0, 5, 1])
    (ours, gradient), (theirs, expected) = both(logits, targets, *lengths, reduction=reduction)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=5e-5)


@pytest.mark.parametrize("zero_infinity", [False, True])
def test_a_target_that_does_not_fit_is_infinite_or_nothing(zero_infinity):
    logits, targets = random_batch(4, 3, 5, 4)
    targets[0], targets[1] = torch.tensor([1, 1, 2, 3]), torch.tensor([1, 2, 3, 4])
    lengths = torch.tensor([4, 3, 4]), torch.tensor([4, 4, 2])
    ask = {"reduction": "none", "zero_infinity": zero_infinity}
    (ours, gradient), (theirs, expected) = both(logits, targets, *lengths, **ask)
    torch.testing.assert_close(ours, theirs)
    assert ours[:2].tolist() == ([0, 0] if zero_infinity else [torch.inf, torch.inf])
    torch.testing.assert_close(gradient[:, 2], expected[:, 2])
    assert gradient[:, :2].count_nonzero() == 0


@pytest.mark.parametrize("labels", [0, 900])
def test_two_thousand_frames_in_float32_are_as_exact_as_in_float64(labels):
    logits, targets = random_batch(2000, 1, 30, 900)
    logits = (5 * logits).detach().requires_grad_()
    lengths = torch.tensor([2000]), torch.tensor([labels])
    results = []
    for dtype in (torch.float32, torch.float64):
        loss = ctc_loss(logits.to(dtype).log_softmax(-1), targets, *lengths)
        results.append((loss.double(), *torch.autograd.grad(loss, logits)))
    (single, gradient), (double, expected) = results
    torch.testing.assert_close(single, double, rtol=1e-6, atol=0)
    scale = expected.abs().max()
    torch.testing.assert_close(gradient / scale, expected / scale, rtol=0, atol=1e-4)


def test_impossible_symbols_make_no_nan():
    symbols = torch.tensor([0, 1, 1, 0, 2]).repeat_interleave(10)
    log_probs = functional.one_hot(symbols)[:, None].float().log().requires_grad_()
    lengths = torch.tensor([50]), torch.tensor([2])
    loss = ctc_loss(log_probs, torch.tensor([[1, 2]]), *lengths)
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(log_probs.grad[:, 0] * 2, -functional.one_hot(symbols).float())
    assert ctc_loss(log_probs, torch.tensor([[2, 1]]), *lengths).item() == torch.inf


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 100))
def test_padding_of_any_length_changes_nothing(frames, labels, seed):
    logits, targets = random_batch(9, 2, 5, 4, seed)
    lengths = torch.tensor([9, 6]), torch.tensor([4, 2])
    longer = functional.pad(logits.detach(), (0, 0, 0, 0, 0, frames), value=torch.nan)
    longer[6:, 1] = torch.nan
    longer.requires_grad_()
    longer_targets = functional.pad(targets, (0, labels), value=-1)
    expected = ctc_loss(logits, targets, *lengths)
    loss = ctc_loss(longer, longer_targets, *lengths)
    assert loss.item() == pytest.approx(expected.item())
    (gradient,) = torch.autograd.grad(loss, longer)
    torch.testing.assert_close(gradient[:9], *torch.autograd.grad(expected, logits))
    assert gradient[9:].count_nonzero() == gradient[6:, 1].count_nonzero() == 0


def test_half_precision_is_summed_in_float32():
    logits, targets = random_batch(300, 2, 8, 20)
    lengths = torch.tensor([300, 300]), torch.tensor([20, 20])
    log_probs = logits.log_softmax(-1).bfloat16()
    loss = ctc_loss(log_probs, targets, *lengths)
    assert loss.dtype == torch.bfloat16
    assert loss.item() == pytest.approx(ctc_loss(log_probs.float(), targets, *lengths).item(), 0.01)


def test_a_batch_of_nothing_has_no_losses():
    log_probs, none = torch.zeros(5, 0, 3), torch.zeros(0, dtype=torch.long)
    losses = ctc_loss(log_probs, none.view(0, 4), none, none, reduction="none")
    assert losses.shape == (0,)


FRAMES, LABELS = torch.tensor([5, 5]), torch.tensor([2, 2])


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"blank": 3}, SettingError, "blank must be one of the 3 symbols from 0 on, got 3"),
        ({"reduction": "max"}, SettingError, "'none', 'sum' or 'mean', got 'max'"),
        ({"input_lengths": FRAMES + 1}, ShapeError, "input_lengths must be from 0 to 5, got 6"),
        ({"target_lengths": LABELS - 3}, ShapeError, "target_lengths must be from 0 to 2, got -1"),
        ({"targets": torch.tensor([[1, 2], [0, 1]])}, ShapeError, "not the blank, 0; got 0 to 2"),
        ({"targets": torch.tensor([[1, 2], [3, 1]])}, ShapeError, "from 0 to 2 and not the blank"),
        ({"targets": torch.ones(1, 2, dtype=torch.long)}, ShapeError, "2 inputs .* got 1 targets"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, said):
    ask = {
        "log_probs": torch.zeros(5, 2, 3),
        "targets": torch.tensor([[1, 2], [2, 1]]),
        "input_lengths": FRAMES,
        "target_lengths": LABELS,
    }
    unchecked = unwrap(ctc_loss)  # else beartype would refuse some of these first
    with pytest.raises(error, match=said):
        unchecked(**(ask | change))
