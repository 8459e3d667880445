"""The tape's manners: accumulation, release, no_grad, detach, higher orders, in-place changes."""

import gc
import threading
import weakref

import numpy as np
import pytest
import torch

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor, grad, no_grad, tape


def leaf(*values):
    return Tensor(values, requires_grad=True, dtype=float)


def test_backward_adds_to_grad():
    x = leaf(1, 2)
    (x * x).sum().backward()
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [4, 8])


def test_a_value_used_many_times_collects_all_gradients():
    x = leaf(2)
    y = x * x
    (y * y + y * x + x).sum().backward()
    assert x.grad.item() == 4 * 2**3 + 3 * 2**2 + 1


def test_two_leaves_never_share_the_memory_of_a_gradient():
    x, y = leaf(1), leaf(2)
    (x + y).backward()
    x.grad.data[...] = 7
    assert y.grad.item() == 1


def test_a_long_chain_needs_no_recursion():
    x = y = leaf(1)
    for _ in range(20_000):
        y = y + 1.0
    y.backward()
    del y
    assert x.grad.item() == 1


def test_a_graph_is_freed_without_the_garbage_collector():
    gc.disable()
    try:
        x = leaf(1, 2)
        hidden = (x * 2).exp()
        memory = weakref.ref(hidden.data)
        loss = (hidden * hidden).sum()
        del hidden
        loss.backward()
        assert memory() is None
    finally:
        gc.enable()


def test_a_second_backward_through_a_freed_graph_is_refused():
    y = leaf(1, 2).exp().sum()
    y.backward()
    with pytest.raises(
        ad.FreedGraphError, match=r"saved for sum were released .*retain_graph=True"
    ):
        y.backward()


def test_a_retained_graph_serves_again():
    x = leaf(1, 2)
    y = (x**3).sum()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_array_equal(x.grad.data, [6, 24])


def test_a_non_scalar_needs_a_gradient():
    y = leaf(1, 2) * 2
    with pytest.raises(ad.GradientError, match=r"backward from shape \(2,\) needs a gradient"):
        y.backward()


def test_a_non_scalar_takes_a_gradient():
    x = leaf(1, 2)
    (x * x).backward([1.0, 10.0])
    np.testing.assert_array_equal(x.grad.data, [2, 40])


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ad.GradientError, match=r"gradient's shape \(3,\) must be .*\(2,\)"):
        (leaf(1, 2) * 2).backward(np.ones(3))


def test_backward_from_a_constant_is_refused():
    with pytest.raises(ad.GradientError, match=r"this output, of shape .* no place on the tape"):
        Tensor(1.0).backward()


def test_integers_have_no_gradient():
    with pytest.raises(ad.GradientError, match=r"only floating-point Tensors .* got int64"):
        Tensor([1, 2], requires_grad=True)


def test_a_result_stays_on_the_tape_until_detached():
    y = leaf(1) * 2
    with pytest.raises(ad.GradientError, match=r"use detach"):
        y.requires_grad_(False)
    assert not y.detach().requires_grad


def test_numpy_does_not_take_a_tensor_off_the_tape_unasked():
    with pytest.raises(ad.GradientError, match=r"say detach\(\).numpy\(\)"):
        np.asarray(leaf(1))
    np.testing.assert_array_equal(np.asarray(Tensor([1.0])), [1])


def test_nothing_is_recorded_inside_no_grad():
    x = leaf(1)
    with no_grad():
        inside = x * 2
        assert not ad.is_recording()
    assert not inside.requires_grad
    assert (x * 2).requires_grad


def test_no_grad_decorates_and_survives_an_exception():
    @no_grad()
    def fail():
        assert not ad.is_recording()
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ad.is_recording()


def test_no_grad_is_a_matter_of_its_thread():
    seen = []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append(ad.is_recording()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_detach_stops_the_gradient_and_shares_memory():
    x = leaf(3)
    y = x * x.detach()
    y.backward()
    assert x.grad.item() == 3
    assert x.detach().data is x.data


def test_higher_orders_of_a_polynomial():
    x = leaf(2)
    y = x**5
    orders = []
    for _ in range(5):
        (y,) = grad(y.sum(), x, create_graph=True)
        orders.append(y.item())
    assert orders == [80, 160, 240, 240, 120]


def test_create_graph_leaves_a_differentiable_grad():
    x = leaf(2)
    (x**3).backward(create_graph=True)
    penalty = x.grad**2
    x.grad = None
    penalty.backward()
    assert x.grad.item() == 2 * (3 * 2**2) * (6 * 2)


def test_grad_reaches_results_and_touches_no_leaf():
    x = leaf(2)
    h = x * x
    by_h, by_x = grad(h * h, [h, x])
    assert (by_h.item(), by_x.item(), x.grad) == (8, 32, None)


def test_grad_by_a_result_leaves_what_lies_behind_it_alone():
    x = leaf(2)
    h = x * x
    grad(h * h, h)
    h.backward()
    assert x.grad.item() == 4


def test_grad_of_several_outputs_is_of_their_weighted_sum():
    x = leaf(1, 2)
    (g,) = grad([x * 2, (x**2).sum()], x, [np.array([1.0, 0.0]), None])
    np.testing.assert_array_equal(g.data, [2 + 2, 4])


def test_grad_does_not_walk_where_it_need_not():
    x, w = leaf(2), leaf(3)
    calls = []
    noisy = tape.operation(np.copy, lambda g, *_: calls.append(1) or g, name="noisy")
    grad(x * x + noisy(w), x)
    assert calls == []


def test_an_input_that_plays_no_part_is_named():
    x, w = leaf(2), leaf(3)
    with pytest.raises(ad.GradientError, match=r"input 1 plays no part .* allow_unused=True"):
        grad(x * x, [x, w], retain_graph=True)
    assert grad(x * x, [x, w], allow_unused=True)[1] is None


# In-place changes


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda h: h.add_(1.0), "exp reads its output, of shape \\(2,\\)"),
        (lambda h: h.__setitem__(0, 5.0), "exp reads its output"),
        (lambda h: h.__imul__(2.0), "exp reads its output"),
        (lambda h: h.zero_(), "exp reads its output"),
        (lambda h: h.detach().add_(1.0), "exp reads its output"),
    ],
)
def test_a_change_of_a_value_that_the_tape_needs_is_refused(spoil, what):
    hidden = leaf(1, 2).exp()
    loss = (hidden + 1).sum()
    spoil(hidden)
    with pytest.raises(ad.InPlaceError, match=what):
        loss.backward()


def test_a_changed_input_is_named():
    x, c = leaf(1, 2), Tensor([3.0, 4.0])
    y = (x * c).sum()
    c += 1
    with pytest.raises(ad.InPlaceError, match=r"multiply reads its input 2"):
        y.backward()


def test_a_change_through_a_view_is_seen():
    x, c = leaf(1, 2), Tensor([3.0, 4.0])
    y = (x * c).sum()
    c[:1].add_(1.0)
    with pytest.raises(ad.InPlaceError, match=r"multiply reads its input 2"):
        y.backward()


def test_a_change_under_a_recorded_view_is_refused():
    h = leaf(1, 2) * 1.0
    view = h.reshape(2, 1)
    h *= 3.0
    with pytest.raises(ad.InPlaceError, match=r"reshape reads the array under the view"):
        view.sum().backward()


@pytest.mark.parametrize("function", [lambda h: h + 1.0, lambda h: h * 2.0, lambda h: h.sum()])
def test_a_change_of_a_value_that_no_rule_reads_is_harmless(function, near):
    x, z = leaf(1, 2), torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    for t in (x, z):
        h = t * 1.0
        y = function(h)
        h += 1.0
        (y.sum() + (h * h).sum()).backward()
    near(x.grad, z.grad)


def test_recorded_changes_have_torchs_gradients(rng, near):
    start, row = rng.normal(size=(3, 2)), rng.normal(size=2)
    results = []
    for t, r in [
        (Tensor(start, requires_grad=True), Tensor(row, requires_grad=True)),
        (torch.tensor(start, requires_grad=True), torch.tensor(row, requires_grad=True)),
    ]:
        h = t * 2
        h[1] = r * r
        h += r
        h *= 3.0
        (h * h).sum().backward()
        results.append((t.grad, r.grad))
    near(results[0][0], results[1][0])
    near(results[0][1], results[1][1])


def test_a_constant_becomes_a_result_when_a_result_is_written_into_it():
    x, total = leaf(1, 2), Tensor(np.zeros((2, 2)))
    total[0] = x * 3
    total.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [3, 3])


def test_a_leaf_is_changed_only_inside_no_grad():
    x = leaf(1, 2)
    with pytest.raises(ad.InPlaceError, match=r"a leaf .* do it inside no_grad\(\)"):
        x += 1.0
    with no_grad():
        x += 1.0
    assert x.is_leaf
    np.testing.assert_array_equal(x.data, [2, 3])


def test_a_recorded_change_of_a_view_is_refused():
    h = leaf(1, 2) * 1.0
    with pytest.raises(ad.InPlaceError, match=r"x\[i\] = x\[i\] \+ y"):
        h[:1] += 1.0


def test_an_in_place_change_keeps_shape_and_dtype():
    x = Tensor([1.0, 2.0], dtype=np.float32)
    x += np.array([1.0, 2.0])
    assert x.dtype == np.float32
    with pytest.raises(ad.ShapeError, match=r"cannot turn shape \(2,\) into \(3, 2\)"):
        x += np.ones((3, 2))


def test_memory_that_is_reused_does_not_look_changed():
    for _ in range(50):
        h = Tensor(np.ones(3)) * 1.0
        h += 1.0
        x = leaf(1, 2, 3)
        (x.exp() * Tensor(np.ones(3))).sum().backward()


def test_changes_of_memory_that_is_gone_are_forgotten():
    before = len(tape._changes)
    for _ in range(50):
        h = Tensor(np.ones(3))
        h += 1.0
    del h
    assert len(tape._changes) == before


def test_a_tensor_copies_its_data_and_from_numpy_shares_it():
    array = np.ones(2)
    assert not np.shares_memory(Tensor(array).data, array)
    assert ad.from_numpy(array).data is array


def test_a_tensor_shows_what_it_is():
    x = leaf(1)
    assert repr(x) == "Tensor([1.], requires_grad=True)"
    assert repr(x.exp() * 0.0) == "Tensor([0.], made by multiply)"
    assert (float(x), bool(x), x.item()) == (1.0, True, 1.0)
