"""The transducer's loss against the sum over every way through the lattice, and a slow loop."""

import math
from inspect import unwrap
from itertools import combinations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from praktikum.audio.errors import SettingError, ShapeError
from praktikum.audio.rnnt import rnnt_loss


def sum_over_alignments(probabilities, target):
    """Return p(target), each alignment by itself; probabilities [time, labels + 1, symbols].

    Of the frames + labels steps some are labels; the last one is a blank.
    """
    frames = len(probabilities)
    steps, total = frames + len(target), 0.0
    for places in combinations(range(steps - 1), len(target)):
        frame = said = 0
        chance = 1.0
        for step in range(steps):
            symbol = target[said] if step in places else 0
            chance *= probabilities[frame][said][symbol]
            frame, said = frame + (symbol == 0), said + (symbol != 0)
        total += chance
    return total


def slow_loss(logits, target):
    """Return the loss of one target, cell by cell, for autograd to go through."""
    log_probs = logits.log_softmax(-1)
    frames, places = logits.shape[:2]
    weights = {}
    for t in range(frames):
        for u in range(places):
            ways = [weights[t - 1, u] + log_probs[t - 1, u, 0]] if t else []
            ways += [weights[t, u - 1] + log_probs[t, u - 1, target[u - 1]]] if u else []
            weights[t, u] = torch.stack(ways).logsumexp(0) if ways else logits.new_zeros(())
    return -weights[frames - 1, places - 1] - log_probs[-1, -1, 0]


def random_batch(batch, time, labels, symbols, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(batch, time, labels + 1, symbols, generator=generator, dtype=dtype)
    targets = torch.randint(1, symbols, (batch, labels), generator=generator)
    return (2 * logits).requires_grad_(), targets


@settings(max_examples=60)
@given(
    st.integers(1, 4),
    st.lists(st.integers(1, 2), max_size=4),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 9),
)
def test_the_loss_is_the_sum_over_all_alignments(frames, target, frames_more, labels_more, seed):
    labels = len(target)
    shape = (1, frames + frames_more, labels + labels_more, 3)
    logits, _ = random_batch(*shape, seed, torch.float64)
    padded = torch.tensor([target + [9] * labels_more], dtype=torch.long)
    loss = rnnt_loss(logits, padded, torch.tensor([frames]), torch.tensor([labels]))
    probabilities = logits[0, :frames, : labels + 1].softmax(-1).tolist()
    expected = sum_over_alignments(probabilities, target)
    assert math.exp(-loss.item()) == pytest.approx(expected, rel=1e-10)


LENGTHS = torch.tensor([7, 7, 4, 1, 5]), torch.tensor([5, 0, 3, 2, 5])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_and_gradients_are_those_of_a_slow_loop(dtype):
    logits, targets = random_batch(5, 7, 5, 6, dtype=dtype)
    targets[0] = 3  # repeated labels
    weights = torch.tensor([1.0, -2.0, 0.5, 3.0, 1.0], dtype=dtype)
    losses = rnnt_loss(logits, targets, *LENGTHS, reduction="none")
    expected = torch.stack(
        [
            slow_loss(each[:time, : labels + 1], target)
            for each, target, time, labels in zip(logits, targets, *LENGTHS, strict=True)
        ]
    )
    torch.testing.assert_close(losses, expected)
    gradients = [torch.autograd.grad(each, logits, weights)[0] for each in (losses, expected)]
    torch.testing.assert_close(*gradients)


def test_the_gradient_is_that_of_finite_differences():
    logits, targets = random_batch(3, 4, 3, 4, dtype=torch.float64)
    lengths = torch.tensor([4, 3, 2]), torch.tensor([3, 0, 2])
    assert torch.autograd.gradcheck(
        lambda logits: rnnt_loss(logits, targets, *lengths, reduction="none"), logits
    )


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 100))
def test_padding_of_any_length_changes_nothing(frames, labels, seed):
    logits, targets = random_batch(2, 6, 4, 5, seed)
    lengths = torch.tensor([6, 3]), torch.tensor([4, 2])
    longer = functional.pad(logits.detach(), (0, 0, 0, labels, 0, frames), value=torch.nan)
    longer[1, 3:] = longer[1, :, 3:] = torch.nan
    longer.requires_grad_()
    loss = rnnt_loss(longer, functional.pad(targets, (0, labels), value=-1), *lengths)
    expected = rnnt_loss(logits, targets, *lengths)
    torch.testing.assert_close(loss, expected)
    (gradient,) = torch.autograd.grad(loss, longer)
    torch.testing.assert_close(gradient[:, :6, :5], *torch.autograd.grad(expected, logits))
    assert gradient[:, 6:].count_nonzero() == gradient[:, :, 5:].count_nonzero() == 0


def test_two_thousand_frames_in_float32_are_as_exact_as_in_float64():
    logits, targets = random_batch(1, 2000, 30, 5)
    lengths = torch.tensor([2000]), torch.tensor([30])
    results = []
    for dtype in (torch.float32, torch.float64):
        loss = rnnt_loss((5 * logits).to(dtype), targets, *lengths)
        results.append((loss.double(), *torch.autograd.grad(loss, logits)))
    (single, gradient), (double, expected) = results
    torch.testing.assert_close(single, double, rtol=1e-6, atol=0)
    torch.testing.assert_close(gradient / 5, expected / 5, rtol=0, atol=2e-4)


def test_without_frames_only_the_empty_target_is_possible():
    logits, targets = random_batch(2, 3, 2, 4)
    lengths = torch.tensor([0, 0]), torch.tensor([0, 2])
    losses = rnnt_loss(logits, targets, *lengths, reduction="none")
    assert losses.tolist() == [0, torch.inf]
    losses.sum().backward()
    assert logits.grad.count_nonzero() == 0


def test_symbols_that_are_ruled_out_make_no_nan():
    logits, targets = random_batch(1, 4, 2, 4)
    forbidden = int(({1, 2, 3} - set(targets[0].tolist())).pop())
    ruled = logits.detach().clone()
    ruled[..., forbidden] = -torch.inf
    ruled.requires_grad_()
    loss = rnnt_loss(ruled, targets, torch.tensor([4]), torch.tensor([2]))
    torch.testing.assert_close(loss, slow_loss(ruled[0], targets[0]))
    loss.backward()
    assert ruled.grad.isfinite().all()
    targets[0, 0] = forbidden
    impossible = rnnt_loss(ruled, targets, torch.tensor([4]), torch.tensor([2]))
    assert impossible.item() == torch.inf


@pytest.mark.parametrize(("reduction", "reduce"), [("sum", torch.sum), ("mean", torch.mean)])
def test_losses_are_reduced_over_the_batch(reduction, reduce):
    logits, targets = random_batch(5, 7, 5, 6)
    losses = rnnt_loss(logits, targets, *LENGTHS, reduction="none")
    torch.testing.assert_close(
        rnnt_loss(logits, targets, *LENGTHS, reduction=reduction), reduce(losses)
    )


def test_half_precision_is_summed_in_float32():
    logits, targets = random_batch(2, 60, 20, 8)
    lengths = torch.tensor([60, 50]), torch.tensor([20, 9])
    half = logits.detach().bfloat16().requires_grad_()
    loss = rnnt_loss(half, targets, *lengths)
    assert loss.dtype == torch.bfloat16
    assert loss.item() == pytest.approx(rnnt_loss(half.float(), targets, *lengths).item(), 0.01)
    assert torch.autograd.grad(loss, half)[0].dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"blank": 4}, SettingError, "blank must be one of the 4 symbols from 0 on, got 4"),
        ({"targets": torch.ones(2, 3, dtype=torch.long)}, ShapeError, "3 labels .* got 3"),
        ({"targets": torch.zeros(2, 2, dtype=torch.long)}, ShapeError, "not the blank, 0"),
        ({"input_lengths": torch.tensor([5, 6])}, ShapeError, "input_lengths must be from 0 to 5"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, said):
    ask = {
        "logits": torch.zeros(2, 5, 3, 4),
        "targets": torch.ones(2, 2, dtype=torch.long),
        "input_lengths": torch.tensor([5, 5]),
        "target_lengths": torch.tensor([2, 1]),
    }
    with pytest.raises(error, match=said):
        unwrap(rnnt_loss)(**(ask | change))
