# %% [markdown] lang="ru"
# # Dropout, BatchNorm и знакомство с PyTorch
#
# Два слоя, без которых не обходится почти ни одна сеть прошлого десятилетия, объединяет странное
# свойство: **во время обучения они делают не то, что во время применения**. Начнём с них — на
# NumPy, где всё видно насквозь. А потом перейдём на PyTorch и будем знакомиться с ним как люди,
# которые уже знают NumPy и уже писали backpropagation руками: не «вот кнопка», а «вот что под
# ней».
#
# Правило семинара: каждое утверждение проверяется ячейкой рядом. Где PyTorch отказывается что-то
# делать, мы просим его отказаться вслух и читаем сообщение; где он молча делает не то — ловим его
# за руку.

# %% [markdown] lang="en"
# # Dropout, BatchNorm and an introduction to PyTorch
#
# Two layers that hardly any network of the past decade does without share an odd property: **in
# training they do something other than in use**. We begin with them, in NumPy, where nothing is
# hidden. Then we move to PyTorch, and get to know it as people who already know NumPy and have
# already written backpropagation by hand: not “here is a button” but “here is what's under it”.
#
# The rule of the seminar: every claim is tested by the cell beside it. Where PyTorch refuses to
# do something, we ask it to refuse aloud and read the message; where it silently does the wrong
# thing, we catch it in the act.

# %%
import copy
import io
import textwrap
import warnings
from collections.abc import Callable
from contextlib import contextmanager

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - everyone calls it F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

plt.rcParams.update({"figure.figsize": (9, 3.2), "figure.constrained_layout.use": True})
plt.rcParams.update({"axes.grid": True, "grid.alpha": 0.3})
torch.manual_seed(3)
print("torch", torch.__version__, "| numpy", np.__version__)


@contextmanager
def refuses(*errors):
    """Run a block that must fail with one of `errors`, and print the message."""
    try:
        yield
    except errors as error:
        print(f"{type(error).__name__}: {textwrap.shorten(str(error), 230, placeholder=' …')}")
    else:
        raise AssertionError("nothing was refused")


# %% [markdown] lang="ru"
# ## 1. Dropout
#
# Сеть, которой хватает параметров, чтобы выучить обучающую выборку наизусть, это и делает.
# Dropout ([Srivastava et al., 2014](https://jmlr.org/papers/v15/srivastava14a.html)) мешает ей
# грубо и действенно: на каждом шаге каждый нейрон с вероятностью $p$ выключается. Полагаться на
# одного-единственного соседа становится опасно, и признаки приходится дублировать.
#
# $$y_i = \frac{m_i}{1-p}\,x_i,\qquad m_i \sim \mathrm{Bernoulli}(1-p)\ \text{независимо}.$$
#
# Деление на $1-p$ — не украшение. С ним $\mathbb{E}\,y_i = x_i$, и слой, стоящий дальше, в
# среднем видит то же, что увидит при применении, когда Dropout просто ничего не делает. Такой
# вариант называется *inverted dropout*; его и реализуют все современные библиотеки.
#
# Настоящий слой — с режимами, памятью и обратным проходом — вы напишете в бонусе задания 1. Здесь
# хватит самой формулы: множитель $m/(1-p)$ — это одна строка NumPy. А `nn.Dropout`, готовый слой
# PyTorch, пусть будет свидетелем: устройство модулей разберём в разделе 10, пока достаточно знать,
# что слой — это объект, который вызывают как функцию.

# %% [markdown] lang="en"
# ## 1. Dropout
#
# A network with enough parameters to learn the training set by heart does exactly that. Dropout
# ([Srivastava et al., 2014](https://jmlr.org/papers/v15/srivastava14a.html)) gets in its way,
# crudely and effectively: at each step each neuron is switched off with probability $p$. Relying
# on one single neighbour becomes dangerous, and features have to be duplicated.
#
# $$y_i = \frac{m_i}{1-p}\,x_i,\qquad m_i \sim \mathrm{Bernoulli}(1-p)\ \text{independently}.$$
#
# The division by $1-p$ is no decoration. With it $\mathbb{E}\,y_i = x_i$, and the next layer sees
# on average what it will see in use, when Dropout simply does nothing. This variant is called
# *inverted dropout*; it is what every modern library implements.
#
# A real layer, with its modes, its memory and its backward pass, is what you write in the bonus of
# task 1. Here the formula itself will do: the factor $m/(1-p)$ is one line of NumPy. And let
# `nn.Dropout`, PyTorch's ready-made layer, be our witness: how modules work is the matter of
# section 10; for now it's enough to know that a layer is an object that is called like a function.


# %%
def factors(shape, p, rng):
    """Return m / (1 - p): 0 with probability p, and 1 / (1 - p) otherwise."""
    return (rng.random(shape) >= p) / (1 - p)


rng = np.random.default_rng(0)
ones = np.ones((2, 10))
print("train:", ones * factors(ones.shape, 0.5, rng), sep="\n")
print("same input, next call:", ones * factors(ones.shape, 0.5, rng), sep="\n")

layer = nn.Dropout(0.5)
print("torch, train:", layer(torch.from_numpy(ones)).numpy(), sep="\n")
layer.eval()
print("torch, eval:", layer(torch.from_numpy(ones)).numpy(), sep="\n")

# %% [markdown] lang="ru"
# Маска новая при каждом вызове. Среднее сохранено, а что с дисперсией? Если $x$ имеет среднее
# $\mu$ и дисперсию $\sigma^2$, то $\mathbb{E}\,y^2 = \mathbb{E}\,x^2/(1-p)$, и потому
#
# $$\mathrm{Var}\,y = \frac{\sigma^2+\mu^2}{1-p}-\mu^2
# = \sigma^2 + \frac{p}{1-p}\,(\sigma^2+\mu^2).$$
#
# То есть Dropout **увеличивает** дисперсию, и тем сильнее, чем дальше среднее от нуля. Проверим
# и на нашем множителе, и на слое PyTorch.

# %% [markdown] lang="en"
# The mask is new at each call. The mean is kept, but what of the variance? If $x$ has mean $\mu$
# and variance $\sigma^2$, then $\mathbb{E}\,y^2 = \mathbb{E}\,x^2/(1-p)$, and therefore
#
# $$\mathrm{Var}\,y = \frac{\sigma^2+\mu^2}{1-p}-\mu^2
# = \sigma^2 + \frac{p}{1-p}\,(\sigma^2+\mu^2).$$
#
# So Dropout **increases** the variance, and the more so the further the mean is from zero. Let us
# test it both on our factors and on PyTorch's layer.

# %%
rng = np.random.default_rng(1)
rates = np.linspace(0, 0.9, 10)
figure, axes = plt.subplots(1, 2, sharey=True)
for axis, mean in zip(axes, (0.0, 1.0), strict=True):
    signal = rng.normal(mean, 1.0, size=(400, 500))
    ours = [(signal * factors(signal.shape, p, rng)).var() for p in rates]
    theirs = [nn.Dropout(p)(torch.from_numpy(signal)).var().item() for p in rates]
    law = (1 + mean**2) / (1 - rates) - mean**2
    axis.plot(rates, law, "k", lw=1, label="formula")
    axis.plot(rates, ours, "o", ms=9, mfc="none", label="by hand, train")
    axis.plot(rates, theirs, "x", label="torch, train")
    axis.axhline(signal.var(), ls="--", color="k", label="eval")
    axis.set(title=f"input N({mean:.0f}, 1)", xlabel="p", yscale="log")
    print(f"mean {mean:.0f}: largest relative error {np.max(np.abs(ours / law - 1)):.3f}")
axes[0].set_ylabel("variance of the output")
axes[0].legend()
plt.show()

# %% [markdown] lang="ru"
# А если масштаб забыть? Тогда в обучении каждый слой отдаёт дальше лишь долю $1-p$ сигнала, а при
# применении — весь. Ошибка перемножается по слоям: сеть, обученная на одних числах, получает на
# вход другие. Ниже — шесть линейных слоёв с положительными весами (чтобы среднее не терялось в
# знаках).

# %% [markdown] lang="en"
# And what if the scale is forgotten? Then in training every layer passes on only a share $1-p$ of
# the signal, and in use all of it. The error multiplies from layer to layer: a network trained on
# some numbers is fed with others. Below are six linear layers with positive weights (so that
# signs don't hide the mean).

# %%
rng = np.random.default_rng(2)
weights = [rng.uniform(0, 2 / 200, size=(200, 200)) for _ in range(6)]
signal, p = rng.uniform(0, 2, size=(500, 200)), 0.5


def mean_by_layer(scale):
    x, means = signal, []
    for weight in weights:
        x = (x * (rng.random(x.shape) >= p) * scale) @ weight
        means.append(x.mean())
    return np.array(means)


x, without_dropout = signal, []
for weight in weights:
    x = x @ weight
    without_dropout.append(x.mean())

print(f"{'layer':29}", *(f"{layer:6}" for layer in range(1, 7)))
for name, scale in (("inverted, 1/(1-p)", 1 / (1 - p)), ("forgotten, 1", 1.0)):
    ratio = np.array(without_dropout) / mean_by_layer(scale)
    print(f"eval/train, {name:17}", *(f"{value:6.2f}" for value in ratio))

# %% [markdown] lang="ru"
# Без масштаба шестой слой при применении получает сигнал в $2^6=64$ раза больше обычного.
#
# Обратный проход не требует новых идей: для слоя маска — константа, поэтому градиент умножается
# на **ту же** маску с тем же множителем. Важно слово «ту же»: новая маска в `backward` дала бы
# градиент другой функции. Спросим у PyTorch: отношение выхода ко входу выдаёт маску прямого
# прохода, градиент суммы выходов — маску обратного.

# %% [markdown] lang="en"
# Without the scale the sixth layer, in use, gets a signal $2^6=64$ times the usual one.
#
# The backward pass needs no new idea: to the layer the mask is a constant, so the gradient is
# multiplied by the **same** mask with the same factor. “The same” matters: a fresh mask in
# `backward` would give the gradient of another function. Let us ask PyTorch: the ratio of output
# to input gives away the mask of the forward pass, the gradient of the sum of outputs that of the
# backward pass.

# %%
x = torch.randn(8, requires_grad=True)
output = nn.Dropout(0.3)(x)
output.sum().backward()
print("output / input:", (output / x).detach().numpy().round(3))
print("gradient:      ", x.grad.numpy().round(3))

# %% [markdown] lang="ru"
# Самая частая ошибка с Dropout — забыть переключить режим. Модуль PyTorch рождается в режиме
# обучения; переключает его `model.eval()`, а возвращает `model.train()`. Обратите внимание на
# третью строку: `torch.no_grad()` выключает запись графа, **но не Dropout**. Это разные
# рубильники.

# %% [markdown] lang="en"
# The most frequent mistake with Dropout is to forget the switch. A PyTorch module is born in
# training mode; `model.eval()` switches it, `model.train()` switches it back. Mind the third
# line: `torch.no_grad()` turns off the recording of the graph, **but not Dropout**. These are two
# different switches.

# %%
model = nn.Sequential(nn.Linear(10, 100), nn.ReLU(), nn.Dropout(0.5), nn.Linear(100, 1))
point = torch.randn(1, 10)


def spread(calls=200):
    return torch.cat([model(point) for _ in range(calls)]).std().item()


print(f"train():            deviation of 200 predictions {spread():.4f}")
model.eval()
print(f"eval():             deviation of 200 predictions {spread():.4f}")
model.train()
with torch.no_grad():
    print(f"train(), no_grad(): deviation of 200 predictions {spread():.4f}")

# %% [markdown] lang="ru"
# ## 2. BatchNorm
#
# На первом семинаре мы подбирали дисперсию весов так, чтобы сигнал не гас и не взрывался хотя бы
# на нулевом шаге. BatchNorm ([Ioffe, Szegedy, 2015](https://arxiv.org/abs/1502.03167)) не
# надеется на удачное начало, а нормирует сигнал на каждом шаге. По батчу из $n$ объектов, для
# каждого признака отдельно:
#
# $$\hat x = \frac{x-\bar x}{\sqrt{s^2+\varepsilon}},\qquad y=\gamma\hat x+\beta,\qquad
# \bar x=\frac1n\sum_k x_k,\quad s^2=\frac1n\sum_k (x_k-\bar x)^2.$$
#
# $\gamma$ и $\beta$ обучаются: если нормировка вредна, сеть может её отменить. При применении
# батча может и не быть (один объект!), поэтому в обучении слой копит скользящие средние, и в
# режиме `eval` нормирует ими:
#
# $$\text{running}\leftarrow
# (1-\text{momentum})\cdot\text{running}+\text{momentum}\cdot\text{batch}.$$
#
# Осторожно: здесь momentum — вес **нового** значения, у оптимизаторов наоборот.
#
# Нормировка в обоих режимах одна и та же, меняется лишь то, чьи среднее и дисперсию в неё
# подставляют. Её мы и напишем ($\gamma=1$, $\beta=0$), а копить статистики предоставим
# `nn.BatchNorm1d`: слой целиком — снова бонус задания 1.

# %% [markdown] lang="en"
# ## 2. BatchNorm
#
# In the first seminar we chose the variance of the weights so that the signal neither fades nor
# explodes, at least at step zero. BatchNorm ([Ioffe, Szegedy,
# 2015](https://arxiv.org/abs/1502.03167)) does not hope for a lucky start: it normalises the
# signal at every step. Over a batch of $n$ examples, for each feature on its own:
#
# $$\hat x = \frac{x-\bar x}{\sqrt{s^2+\varepsilon}},\qquad y=\gamma\hat x+\beta,\qquad
# \bar x=\frac1n\sum_k x_k,\quad s^2=\frac1n\sum_k (x_k-\bar x)^2.$$
#
# $\gamma$ and $\beta$ are trained: if normalising does harm, the network can undo it. In use
# there may be no batch at all (a single example!), so in training the layer gathers moving
# averages, and in `eval` mode normalises by them:
#
# $$\text{running}\leftarrow
# (1-\text{momentum})\cdot\text{running}+\text{momentum}\cdot\text{batch}.$$
#
# Careful: momentum here is the weight of the **new** value; with optimisers it is the other way
# round.
#
# The normalising is the same in both modes; all that changes is whose mean and variance go into
# it. This is what we write ($\gamma=1$, $\beta=0$), and leave the gathering of statistics to
# `nn.BatchNorm1d`: the whole layer is, again, in the bonus of task 1.


# %%
def normalise(x, mean, var, eps=1e-5):
    return (x - mean) / np.sqrt(var + eps)


def normalise_by_batch(x):
    return normalise(x, x.mean(axis=0), x.var(axis=0))


def report(mode, ours, theirs):
    same = np.allclose(ours, theirs.detach().numpy())
    print(f"{mode}: mean {ours.mean():6.3f}, variance {ours.var():.3f}; as torch: {same}")


rng = np.random.default_rng(5)
layer = nn.BatchNorm1d(1, dtype=torch.float64)
history = []
for step in range(60):
    batch = rng.normal(5.0, 3.0, size=(64, 1))
    output = layer(torch.from_numpy(batch))
    history.append((layer.running_mean.item(), layer.running_var.item()))
    if step == 0:
        print(f"batch: mean {batch.mean():6.3f}, variance {batch.var():.3f}")
        report("train", normalise_by_batch(batch), output)

layer.eval()
report("eval ", normalise(batch, *history[-1]), layer(torch.from_numpy(batch)))

steps = np.arange(1, 61)
figure, axes = plt.subplots(1, 2)
for axis, values, start, limit, name in zip(
    axes, np.transpose(history), (0, 1), (5, 9), ("running_mean", "running_var"), strict=True
):
    axis.plot(steps, values, label=name)
    axis.plot(steps, limit + (start - limit) * 0.9**steps, "k--", label="expected value")
    axis.set_xlabel("step")
    axis.legend()
plt.show()

# %% [markdown] lang="ru"
# В `eval` среднее и дисперсия выхода уже не ровно 0 и 1: батч нормирован не своими статистиками.
# Начальные 0 и 1 забываются как $0{,}9^t$: после десяти шагов от них остаётся 35 %, после сорока
# — 1,5 %. Отсюда первая ловушка: модель, которую оценили в `eval` после пары десятков шагов,
# нормирует **начальными** статистиками и выглядит хуже, чем есть.
#
# Что BatchNorm делает с дисперсией в глубину? Возьмём двадцать слоёв с ReLU и заведомо неудачными
# весами: одни слишком малы, другие слишком велики.

# %% [markdown] lang="en"
# In `eval` mode the output's mean and variance are no longer exactly 0 and 1: the batch is
# normalised by statistics not its own. The initial 0 and 1 are forgotten as $0.9^t$: after ten
# steps 35 % of them is left, after forty, 1.5 %. Hence the first trap: a model evaluated in
# `eval` mode after a couple of dozen steps normalises by the **initial** statistics and looks
# worse than it is.
#
# What does BatchNorm do to the variance by depth? Let us take twenty layers with ReLU and weights
# that are bad on purpose: some too small, some too large.


# %%
def deviation_by_depth(factor, normalised, depth=20, width=256):
    """Deviation of each layer's pre-activations; weights are Kaiming's times `factor`."""
    rng = np.random.default_rng(6)
    x, deviations = rng.normal(size=(128, width)), []
    for _ in range(depth):
        weight = factor * rng.normal(scale=np.sqrt(2 / width), size=(width, width))
        z = x @ weight.T
        if normalised:
            z = normalise_by_batch(z)
        deviations.append(z.std())
        x = np.maximum(z, 0)
    return deviations


figure, axis = plt.subplots(figsize=(7, 3.4))
for color, factor in (("C0", 0.5), ("C2", 1.0), ("C3", 2.0)):
    plain, normed = (deviation_by_depth(factor, normalised) for normalised in (False, True))
    axis.semilogy(range(1, 21), plain, color=color, label=f"{factor:g} × Kaiming")
    axis.semilogy(range(1, 21), normed, "o", ms=4, color=color)
    print(
        f"{factor:g} × Kaiming, layer 20: {plain[-1]:9.2e} plain, {normed[-1]:.4f} with BatchNorm"
    )
axis.set(xlabel="layer", ylabel="deviation", title="lines: plain; dots: with BatchNorm")
axis.set_xticks(range(0, 21, 5))
axis.legend()
plt.show()

# %% [markdown] lang="ru"
# Линии расходятся на двенадцать порядков, точки лежат друг на друге: масштаб весов до BatchNorm
# не значит ничего, потому что $\mathrm{BN}(cx)=\mathrm{BN}(x)$ (с точностью до $\varepsilon$).
#
# У этой услуги есть цена: **объекты батча перестают быть независимыми.** Выход для вашей картинки
# в обучении зависит от того, с кем она попала в батч. Градиент платит той же монетой: по каждому
# признаку он ортогонален вектору из единиц (сдвиг батча ничего не меняет) и самому $\hat x$
# (растяжение тоже). Градиент возьмём у PyTorch, а его скалярное произведение с направлением
# сравним с наклоном нашей собственной функции — центральной разностью вдоль того же направления.

# %% [markdown] lang="en"
# The lines are twelve orders of magnitude apart, the dots lie on each other: the scale of weights
# before a BatchNorm means nothing, because $\mathrm{BN}(cx)=\mathrm{BN}(x)$ (up to
# $\varepsilon$).
#
# The service has a price: **the examples of a batch are no longer independent.** In training, the
# output for your picture depends on who shares the batch with it. The gradient pays in the same
# coin: for each feature it is orthogonal to the vector of ones (shifting the batch changes
# nothing) and to $\hat x$ itself (nor does stretching). We take the gradient from PyTorch, and
# compare its dot product with a direction to the slope of our own function: to a central
# difference along the same direction.

# %%
rng = np.random.default_rng(7)
mine = rng.normal(size=(1, 3))
for name, others in (("small neighbours", 0.1), ("large neighbours", 10.0)):
    batch = np.concatenate([mine, rng.normal(scale=others, size=(7, 3))])
    in_training = normalise_by_batch(batch)[0]
    in_use = normalise(batch, mean=0, var=1)[0]  # as if long trained
    print(f"{name}: train {in_training.round(2)}, eval {in_use.round(2)}")

x, readout = rng.normal(2, 3, size=(8, 3)), rng.normal(size=(8, 3))


def losses(x):
    """One number for each feature, made of the normalised batch."""
    return (normalise_by_batch(x) * readout).sum(axis=0)


tensor = torch.tensor(x, requires_grad=True)
(nn.BatchNorm1d(3, dtype=torch.float64)(tensor) * torch.from_numpy(readout)).sum().backward()
directions = {
    "1, a shift": np.ones_like(x),
    "x̂, a stretch": normalise_by_batch(x),
    "random": rng.normal(size=x.shape),
}
for name, direction in directions.items():
    products = (tensor.grad.numpy() * direction).sum(axis=0)
    slopes = (losses(x + 5e-6 * direction) - losses(x - 5e-6 * direction)) / 1e-5
    print(
        *(f"{product:8.1e}" for product in products),
        f"| slopes differ by {np.abs(products - slopes).max():.0e} at most | gradient · ({name})",
    )

# %% [markdown] lang="ru"
# (Второе произведение не совсем ноль: ему мешает $\varepsilon$.)
#
# Следствие: **батч из одного объекта** нормировать нечем — дисперсия нулевая, $\hat x\equiv0$.
# PyTorch честно отказывается. Обычно это случается на последнем, неполном батче эпохи: если
# резать 1 347 объектов на батчи по два, один останется. Лекарство — `drop_last=True`.
#
# А теперь соединим героев. Dropout увеличивает дисперсию **только в обучении**. BatchNorm,
# стоящий следом, честно запоминает увеличенную, а при применении получает обычную. Это *variance
# shift* ([Li et al., 2018](https://arxiv.org/abs/1801.05134)): при входе с нулевым средним после
# BatchNorm остаётся дисперсия $1-p$ вместо единицы.

# %% [markdown] lang="en"
# (The second product isn't quite zero: $\varepsilon$ is in the way.)
#
# A consequence: there is nothing to normalise **a batch of one** with: the variance is zero,
# $\hat x\equiv0$. PyTorch honestly refuses. Usually this strikes at the last, incomplete batch of
# an epoch: cut 1,347 examples into batches of two, and one is left over. The cure is
# `drop_last=True`.
#
# Now let the two heroes meet. Dropout increases the variance **in training only**. A BatchNorm
# right after it faithfully remembers the increased one, and in use gets the ordinary one. This is
# *variance shift* ([Li et al., 2018](https://arxiv.org/abs/1801.05134)): for an input of zero
# mean, what comes out of BatchNorm has variance $1-p$ instead of one.

# %%
with refuses(ValueError):
    nn.BatchNorm1d(3)(torch.zeros(1, 3))

for p in (0.1, 0.3, 0.5):
    for order in ("Dropout → BatchNorm", "BatchNorm → Dropout"):
        pair = [nn.Dropout(p), nn.BatchNorm1d(20)]
        block = nn.Sequential(*(pair if order.startswith("Dropout") else pair[::-1]))
        for _ in range(100):
            block(torch.randn(256, 20))
        block.eval()
        variance = block(torch.randn(5000, 20)).var().item()
        print(f"p = {p}, {order}: variance in eval {variance:.3f}")

# %% [markdown] lang="ru"
# Вывод для практики: Dropout ставят после последнего BatchNorm — например, перед выходным слоем.

# %% [markdown] lang="en"
# The practical moral: put Dropout after the last BatchNorm, for instance before the output layer.

# %% [markdown] lang="ru"
# ## 3. Тензор — это память и способ её читать
#
# `torch.Tensor` — это `ndarray`, к которому приделаны устройство и автоматическое
# дифференцирование, а некоторые имена заменены (`axis` → `dim`, `keepdims` → `keepdim`,
# `concatenate` → `cat`, `copy` → `clone`, `transpose(0, 2, 1)` → `permute(0, 2, 1)`). Всё
# остальное в голове можно оставить как есть — кроме одного вопроса, который в PyTorch приходится
# задавать на каждом шагу: **чья это память?**

# %% [markdown] lang="en"
# ## 3. A tensor is memory and a way to read it
#
# A `torch.Tensor` is an `ndarray` with a device and automatic differentiation added, and some
# names changed (`axis` → `dim`, `keepdims` → `keepdim`, `concatenate` → `cat`, `copy` → `clone`,
# `transpose(0, 2, 1)` → `permute(0, 2, 1)`). The rest of your NumPy may stay as it is, except for
# one question that PyTorch makes you ask at every turn: **whose memory is this?**

# %%
array = np.zeros(3)
shared = torch.from_numpy(array)  # the same memory
copied = torch.tensor(array)  # a copy
array[0] = 7
print("from_numpy:", shared.tolist(), "| torch.tensor:", copied.tolist())

shared[1] = -1  # and back: writing into the tensor changes the array
print("array:", array)

# %% [markdown] lang="ru"
# Память тензора — одномерное хранилище (*storage*). Форма, шаги (*strides*) и смещение (*offset*)
# говорят, где в нём лежит элемент:
#
# $$\text{address}(i, j) = \text{offset} + i\cdot\text{stride}_0 + j\cdot\text{stride}_1.$$
#
# В NumPy шаги измеряются в байтах, в PyTorch — в элементах. На рисунке число в клетке — номер
# элемента хранилища; цвет одинаковый всюду, где память одна и та же.

# %% [markdown] lang="en"
# The memory of a tensor is a one-dimensional *storage*. Shape, strides and offset say where in it
# an element lies:
#
# $$\text{address}(i, j) = \text{offset} + i\cdot\text{stride}_0 + j\cdot\text{stride}_1.$$
#
# NumPy measures strides in bytes, PyTorch in elements. In the picture the number in a cell is the
# index in the storage; the colour is the same wherever the memory is the same.

# %%
storage = torch.arange(12)
table = storage.view(3, 4)
views = {
    "table": table,
    "table.T": table.T,
    "table[1:, ::2]": table[1:, ::2],
    "table[:, 1:2].expand(3, 4)": table[:, 1:2].expand(3, 4),
}
figure, axes = plt.subplots(1, 4, figsize=(11, 2.9))
for axis, (name, view) in zip(axes, views.items(), strict=True):
    axis.matshow(view, vmin=0, vmax=11, cmap="viridis", alpha=0.6)
    for i, j in np.ndindex(*view.shape):
        axis.text(j, i, view[i, j].item(), ha="center", va="center")
    axis.set_title(f"{name}\nstride {view.stride()}, offset {view.storage_offset()}", fontsize=9)
    axis.set(xlim=(-0.5, 3.5), ylim=(3.5, -0.5))
    axis.set_axis_off()
plt.show()
addresses = {view.untyped_storage().data_ptr() for view in views.values()}
print("storages behind the four tensors:", len(addresses))
print("strides in bytes, NumPy:", table.numpy().strides, "| in elements, torch:", table.stride())

# %% [markdown] lang="ru"
# Транспонирование, срез и `expand` не двигают ни байта — меняются только шаги и смещение. Нулевой
# шаг и есть broadcasting: одна и та же клетка читается много раз, поэтому `expand` до миллиона
# строк бесплатен.
#
# А что шагами не выразить, то требует копии — или PyTorch откажется.

# %% [markdown] lang="en"
# Transposing, slicing and `expand` do not move a byte: only the strides and the offset change. A
# stride of zero is what broadcasting is: the same cell is read many times, so to `expand` to a
# million rows is free.
#
# What strides cannot express needs a copy, or is refused.

# %%
million = torch.ones(1, 4).expand(1_000_000, 4)
print("elements:", million.numel(), "| bytes behind them:", million.untyped_storage().nbytes())

with refuses(RuntimeError):
    table.T.view(12)  # no single stride walks 0, 4, 8, 1, 5, …
with refuses(RuntimeError):
    million[:10].add_(1)  # ten rows that are one row
with refuses(ValueError):
    table[::-1]  # NumPy can; a tensor has no negative strides, use .flip(0)

# %% [markdown] lang="ru"
# ### Вид или копия?
#
# Составим таблицу опытным путём: пишем в результат и смотрим, изменился ли исходный тензор.

# %% [markdown] lang="en"
# ### A view or a copy?
#
# Let us fill in the table by experiment: write into the result and see whether the source has
# changed.

# %%
operations = {
    "x[1:]": lambda x: x[1:],
    "x[[0, 1]]  (list)": lambda x: x[[0, 1]],
    "x[x >= 0]  (mask)": lambda x: x[x >= 0],
    "x.T": lambda x: x.T,
    "x.view(12)": lambda x: x.view(12),
    "x.reshape(12)": lambda x: x.reshape(12),
    "x.T.reshape(12)": lambda x: x.T.reshape(12),
    "x.contiguous()": lambda x: x.contiguous(),
    "x.T.contiguous()": lambda x: x.T.contiguous(),
    "x.to(float32)": lambda x: x.to(torch.float32),
    "x.to(float64)": lambda x: x.to(torch.float64),
    "x.detach()": lambda x: x.detach(),
    "x.clone()": lambda x: x.clone(),
}
for name, operation in operations.items():
    source = torch.arange(12.0).view(3, 4)
    operation(source).fill_(-1)
    print(f"{name:20}", "view" if (source == -1).any() else "copy")

# %% [markdown] lang="ru"
# Самые коварные строки — `reshape`, `contiguous` и `to`: **исходная память, если получится, иначе
# копия.** Код, который пишет в результат `reshape`, на одних входах работает, а на других молча
# не делает ничего. Если вам нужен именно вид — просите `view`: он либо даст его, либо откажется.
# Если копия — `clone`.
#
# ## 4. Broadcasting: удобство с острыми краями
#
# Правила те же, что в NumPy: формы выравниваются по правому краю, единицы растягиваются. И та же
# классическая авария: модель возвращает `(n, 1)`, ответы лежат в `(n,)`, разность имеет форму
# `(n, n)` — и никакой ошибки.

# %% [markdown] lang="en"
# The treacherous lines are `reshape`, `contiguous` and `to`: **the same memory if possible,
# otherwise a copy.** Code that writes into the result of `reshape` works for some inputs and
# silently does nothing for others. If you need a view, ask for `view`: it gives one or refuses.
# If you need a copy, `clone`.
#
# ## 4. Broadcasting: a convenience with sharp edges
#
# The rules are NumPy's: shapes are aligned at the right, ones are stretched. And so is the
# classical accident: the model returns `(n, 1)`, the answers lie in `(n,)`, the difference has
# the shape `(n, n)`, and there is no error anywhere.

# %%
x = torch.linspace(-1, 1, 50)[:, None]
y = 2 * x[:, 0] + 0.3 * torch.randn(50)
figure, axis = plt.subplots(figsize=(6, 3.4))
axis.plot(x, y, ".", color="0.5")
for name, target in (("(50, 1) - (50,)", y), ("(50, 1) - (50, 1)", y[:, None])):
    line = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(line.parameters(), lr=0.3)
    for _ in range(200):
        optimizer.zero_grad()
        difference = line(x) - target
        loss = (difference**2).mean()
        loss.backward()
        optimizer.step()
    shape, slope = tuple(difference.shape), line.weight.item()
    print(f"{name:18} → {shape!s:8}: slope {slope:6.3f}, loss {loss:.3f}")
    axis.plot(x, line(x).detach(), label=f"{name}: slope {slope:.2f}")
axis.legend()
plt.show()

# %% [markdown] lang="ru"
# Функция потерь убывала и сошлась — к константе: каждое предсказание сравнили с **каждым**
# ответом, а тогда лучшее, что можно сделать, — предсказывать среднее. Готовая `F.mse_loss` в этой
# ситуации предупреждает, своя формула — нет. Дешёвая защита — проверять формы там, где тензоры
# встречаются впервые, и писать их в типах, как в наших упражнениях:
# `Float[Tensor, "batch features"]`.

# %% [markdown] lang="en"
# The loss went down and converged, to a constant: each prediction was compared with **every**
# answer, and then the best one can do is to predict the mean. The ready-made `F.mse_loss` warns
# in this situation; a formula of your own does not. A cheap protection is to check shapes where
# tensors first meet, and to write them into the types as our exercises do:
# `Float[Tensor, "batch features"]`.

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    F.mse_loss(line(x), y)
print(caught[0].category.__name__, "|", " ".join(str(caught[0].message).split())[:160])

# %% [markdown] lang="ru"
# ## 5. dtype: сколько знаков у вас есть
#
# NumPy по умолчанию считает в float64, PyTorch — в float32: вдвое меньше памяти, и точности для
# обучения хватает. Но `from_numpy` сохраняет тип, и первая же встреча данных с моделью
# заканчивается так:

# %% [markdown] lang="en"
# ## 5. dtype: how many digits you have
#
# NumPy computes in float64 by default, PyTorch in float32: half the memory, and precise enough
# for training. But `from_numpy` keeps the dtype, and so the first meeting of data and model ends
# like this:

# %%
with refuses(RuntimeError):
    nn.Linear(4, 2)(torch.from_numpy(np.zeros((3, 4))))

for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
    info = torch.finfo(dtype)
    print(f"{dtype!s:15} {info.bits:2} bits, eps {info.eps:.1e}, max {info.max:.1e}")

print("int / int:      ", (torch.tensor(7) / torch.tensor(2)).dtype)
print("float32 + 1:    ", (torch.zeros(2) + 1).dtype, "(a Python number has no say)")
print("float32 + 0-dim:", (torch.zeros(2) + torch.tensor(1.0, dtype=torch.float64)).dtype)
print("float32 + 1-dim:", (torch.zeros(2) + torch.ones(2, dtype=torch.float64)).dtype)
print("2²⁴ + 1 in float32:", (torch.tensor(2.0**24) + 1).item())

# %% [markdown] lang="ru"
# Последняя строка — не курьёз: счётчик, который прибавляет по единице в float32, останавливается
# на $2^{24}=16\,777\,216$. А вычитание близких чисел съедает знаки ещё быстрее. Поэтому градиенты
# сверяют с конечными разностями только в float64:

# %% [markdown] lang="en"
# The last line is no curiosity: a counter that adds ones in float32 stops at
# $2^{24}=16\,777\,216$. And subtracting close numbers eats digits even faster. That is why
# gradients are compared with finite differences in float64 only:

# %%
steps = 10.0 ** torch.arange(-12, 0)
figure, axis = plt.subplots(figsize=(6, 3.2))
for dtype in (torch.float32, torch.float64):
    at = torch.tensor(1.0, dtype=dtype)
    h = steps.to(dtype)
    slope = ((at + h).exp() - (at - h).exp()) / (2 * h)
    error = (slope / at.exp() - 1).abs()
    print(f"{dtype}: smallest relative error {error.min():.0e} at h = {h[error.argmin()]:.0e}")
    axis.loglog(steps, error.clamp(min=1e-16), "o-", label=str(dtype))
axis.set(xlabel="h", ylabel="relative error", title="central difference of exp at 1")
axis.legend()
plt.show()

# %% [markdown] lang="ru"
# ## 6. Устройство
#
# Тензор живёт на устройстве, и операция требует, чтобы все её участники жили на одном. Код,
# который не зависит от железа, выбирает устройство **один раз** и больше нигде не пишет `"cuda"`.
#
# Видеокарты под рукой может и не быть, зато второе устройство есть всегда: `meta`. У его тензоров
# есть форма и тип, но нет данных. На нём можно увидеть ошибку смешения устройств, а заодно
# посчитать память модели, которая в ноутбук не поместится.

# %% [markdown] lang="en"
# ## 6. Device
#
# A tensor lives on a device, and an operation wants all that take part in it to live on the same
# one. Code that doesn't depend on the hardware chooses the device **once** and writes `"cuda"`
# nowhere else.
#
# There may be no graphics card at hand, but a second device always is: `meta`. Its tensors have a
# shape and a dtype, and no data. It lets us see the error of mixed devices, and count the memory
# of a model that no laptop would hold.

# %%
accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
device = accelerator or torch.device("cpu")
model = nn.Linear(4, 2).to(device)  # a module moves its parameters in place
inputs = torch.randn(3, 4).to(device)  # a tensor returns a new one: `x.to(device)` alone is lost
mask = torch.zeros_like(inputs)  # …_like is born where its model lives
print(f"device: {device}; output on {model(inputs).device.type}, mask on {mask.device.type}")

with refuses(RuntimeError):
    torch.ones(3) + torch.empty(3, device="meta")

with torch.device("meta"):
    giant = nn.Sequential(*(nn.Linear(16384, 16384) for _ in range(96)))
size = sum(parameter.numel() * parameter.element_size() for parameter in giant.parameters())
print(f"giant: {size / 2**30:.1f} GiB of parameters, none of them allocated")
print("its output:", tuple(giant(torch.empty(32, 16384, device="meta")).shape))

# %% [markdown] lang="ru"
# ## 7. Autograd: граф, по которому можно погулять
#
# На прошлом семинаре мы написали ленту операций сами. В PyTorch она та же: каждый тензор,
# полученный из того, что требует градиента, хранит `grad_fn` — узел, который умеет умножать на
# транспонированный якобиан своей операции, — а узел знает, от кого он произошёл
# (`next_functions`). Листья — это `AccumulateGrad`: здесь градиент складывается в `.grad`.

# %% [markdown] lang="en"
# ## 7. Autograd: a graph you can walk
#
# In the last seminar we wrote the tape of operations ourselves. PyTorch's is the same: each
# tensor made of something that requires a gradient holds a `grad_fn`, a node that can multiply by
# the transposed Jacobian of its operation, and the node knows whom it came from
# (`next_functions`). The leaves are `AccumulateGrad`: that is where the gradient is added to
# `.grad`.


# %%
def walk(node, depth=0):
    saved = {name: getattr(node, name) for name in dir(node) if name.startswith("_saved_")}
    kept = [
        f"{name.removeprefix('_saved_')} {tuple(value.shape)}"
        for name, value in saved.items()
        if isinstance(value, Tensor)
    ]
    print("  " * depth + type(node).__name__, *(["keeps", *kept] if kept else []))
    for parent, _ in node.next_functions:
        if parent is not None:  # None: no gradient is wanted there
            walk(parent, depth + 1)


weight = torch.randn(3, 2, requires_grad=True)
bias = torch.zeros(3, requires_grad=True)
inputs = torch.randn(5, 2)
hidden = torch.tanh(inputs @ weight.T + bias)
loss = hidden.square().mean()
walk(loss.grad_fn)

# %% [markdown] lang="ru"
# Видно всё, что мы делали руками. `TanhBackward0` хранит **результат** (производная $1-y^2$
# выражается через него), `PowBackward0` — вход; умножение хранит левую матрицу, `inputs`: она
# нужна для градиента весов. А правую — нет, потому что градиента по `inputs` никто не просил.
# Сохранённые тензоры и есть память, которой платят за обучение.
#
# Сверимся с формулами: при $L=\frac{1}{nk}\sum h^2$ имеем
# $\partial L/\partial z = \frac{2}{nk}\,h\,(1-h^2)$.

# %% [markdown] lang="en"
# Everything that we did by hand is in sight. `TanhBackward0` keeps its **result** (the derivative
# $1-y^2$ is written through it), `PowBackward0` its input; the product keeps its left matrix,
# `inputs`: the gradient of the weights needs it. It doesn't keep the right one, since nobody
# asked for a gradient by `inputs`. The saved tensors are the memory that training costs.
#
# Let us check with the formulas: for $L=\frac{1}{nk}\sum h^2$ we have
# $\partial L/\partial z = \frac{2}{nk}\,h\,(1-h^2)$.

# %%
loss.backward()
by_hand = 2 / hidden.numel() * hidden * (1 - hidden**2)
print("weight:", torch.allclose(weight.grad, by_hand.T @ inputs))
print("bias:  ", torch.allclose(bias.grad, by_hand.sum(dim=0)))
print("leaves:", weight.is_leaf, "| hidden:", hidden.is_leaf, "→ hidden.grad is not kept")

with refuses(RuntimeError):
    loss.backward()  # the saved tensors were freed on the way

# %% [markdown] lang="ru"
# ### Накопление
#
# `backward` **прибавляет** к `.grad`, а не записывает. Если параметр участвует в функции потерь
# дважды, иначе и нельзя; но то же самое происходит и между вызовами. Отсюда
# `optimizer.zero_grad()` в каждом цикле обучения — и отсюда же полезный приём: большой батч можно
# пройти по частям.

# %% [markdown] lang="en"
# ### Accumulation
#
# `backward` **adds** to `.grad`, it doesn't assign. If a parameter takes part in the loss twice,
# it has to; but the same happens between calls. Hence the `optimizer.zero_grad()` in every
# training loop, and hence a useful trick too: a large batch can be passed in pieces.

# %%
parameter = torch.tensor(3.0, requires_grad=True)
for call in range(1, 4):
    (parameter**2).backward()
    print(f"after call {call}: grad = {parameter.grad.item():.0f}", end="; ")
print("the true derivative is 6")

features, answers = torch.randn(32, 4, dtype=torch.float64), torch.randn(32, 1, dtype=torch.float64)
model = nn.Linear(4, 1, dtype=torch.float64)
whole = torch.autograd.grad(F.mse_loss(model(features), answers), model.weight)[0]
for name, pieces in (("8 × 4", (8, 8, 8, 8)), ("24 + 8", (24, 8))):
    for share in ("1 / number of pieces", "rows / all rows"):
        model.zero_grad()
        for rows, targets in zip(features.split(pieces), answers.split(pieces), strict=True):
            factor = 1 / len(pieces) if share.startswith("1") else len(rows) / 32
            (factor * F.mse_loss(model(rows), targets)).backward()
        error = ((model.weight.grad - whole).norm() / whole.norm()).item()
        print(f"pieces {name:6}, each loss times {share:21}: relative error {error:.0e}")

# %% [markdown] lang="ru"
# Вторая ловушка в том же приёме: среднее средних — это среднее всего, только если части
# одинаковы. А с BatchNorm накопление не эквивалентно большому батчу ни при каких весах:
# статистики у каждого куска свои.
#
# ### Запись на месте
#
# Операции с подчёркиванием (`add_`, `mul_`, `x[0] = …`, `+=`) меняют память, на которую,
# возможно, рассчитывает граф. Чтобы не получить тихо неверный градиент, каждый тензор носит
# **счётчик версий**, общий для всех видов одной памяти; узел запоминает версию того, что
# сохранил, и в `backward` сравнивает.

# %% [markdown] lang="en"
# The second trap of the same trick: the mean of means is the mean of all only if the pieces are
# equal. And with BatchNorm, accumulation isn't equivalent to a large batch whatever the factors:
# each piece has statistics of its own.
#
# ### In-place writes
#
# Operations with an underscore (`add_`, `mul_`, `x[0] = …`, `+=`) change memory on which the
# graph may rely. So as not to get a silently wrong gradient, each tensor carries a **version
# counter**, shared by all views of one memory; a node remembers the version of what it saved, and
# compares in `backward`.

# %%
w = torch.ones(3, requires_grad=True)

y = w.exp()  # ExpBackward saves its result: exp is its own derivative
print("version before:", y._version, end=" ")
y[0] = 0
print("| after:", y._version)
with refuses(RuntimeError):
    y.sum().backward()

y = w + 1  # AddBackward saves nothing, so nothing is spoilt
y.mul_(5)
y.sum().backward()
print("add, then mul_: allowed, grad =", w.grad.tolist())

with refuses(RuntimeError):
    w.add_(1)  # a leaf's history would be lost; optimisers do it under no_grad

# %% [markdown] lang="ru"
# Итак, правила: пока граф записывается, нельзя менять **лист**, который требует градиента; нельзя
# менять то, что **сохранил** узел; остальное можно. А теперь способ обойти защиту — и причина
# никогда им не пользоваться. `x.detach()` делит с `x` и память, и счётчик; `x.data` — только
# память.

# %% [markdown] lang="en"
# So the rules: while the graph is recorded, a **leaf** that requires a gradient must not be
# changed; what a node has **saved** must not be changed; the rest may be. And now the way round
# the guard, and the reason never to use it. `x.detach()` shares with `x` both the memory and the
# counter; `x.data` only the memory.


# %%
def gradient_after(write: Callable[[Tensor], object]) -> Tensor:
    w = torch.ones(3, requires_grad=True)
    y = w.exp()
    write(y)
    y.sum().backward()
    return w.grad


print("truth:      ", gradient_after(lambda _y: None).tolist())
print(
    "via .data:  ",
    gradient_after(lambda y: y.data.mul_(100)).tolist(),
    "← wrong, and no one complains",
)
with refuses(RuntimeError):
    gradient_after(lambda y: y.detach().mul_(100))

# %% [markdown] lang="ru"
# ### Без графа: `detach`, `no_grad`, `inference_mode`
#
# - `detach` отрезает один тензор: дальше него градиент не идёт;
# - `no_grad` не записывает ничего внутри блока, но тензоры получаются обычные;
# - `inference_mode` идёт дальше: не ведёт даже счётчик версий. Зато такой тензор нельзя вернуть в
#   дифференцируемое вычисление, где его пришлось бы сохранить.

# %% [markdown] lang="en"
# ### Without a graph: `detach`, `no_grad`, `inference_mode`
#
# - `detach` cuts off one tensor: the gradient goes no further;
# - `no_grad` records nothing inside the block, but the tensors are ordinary ones;
# - `inference_mode` goes further: it doesn't even keep the version counter. In return, such a
#   tensor can't go back into a differentiable computation that would have to save it.

# %%
deep = nn.Sequential(*(nn.Sequential(nn.Linear(256, 256), nn.Tanh()) for _ in range(20)))
batch = torch.randn(64, 256)


def saved_bytes(context):
    """Bytes that the graph of one forward pass keeps alive, besides parameters and input."""
    kept = {}
    owned = {value.data_ptr() for value in (*deep.parameters(), batch)}
    with (
        torch.autograd.graph.saved_tensors_hooks(
            lambda x: kept.update({x.data_ptr(): x.nbytes}) or x, lambda x: x
        ),
        context,
    ):
        deep(batch)
    return sum(size for address, size in kept.items() if address not in owned)


for name, context in (
    ("recording", torch.enable_grad()),
    ("no_grad", torch.no_grad()),
    ("inference_mode", torch.inference_mode()),
):
    print(f"{name:15} keeps {saved_bytes(context) / 2**10:6.0f} KiB of activations")

with torch.inference_mode():
    frozen = torch.ones(3) * 2
with refuses(RuntimeError):
    (frozen * torch.ones(3, requires_grad=True)).sum()  # the product must save `frozen`

# %% [markdown] lang="ru"
# 1280 КиБ — это ровно $20 \cdot 64 \cdot 256 \cdot 4$ байт: двадцать выходов `tanh`. Они же
# служат входами следующих линейных слоёв, так что отдельно хранить те не приходится.
#
# ## 8. Градиент градиента
#
# Обратный проход сам состоит из дифференцируемых операций. С `create_graph=True` его тоже
# записывают, и результат можно дифференцировать дальше — столько раз, сколько не жалко памяти.

# %% [markdown] lang="en"
# 1280 KiB is exactly $20 \cdot 64 \cdot 256 \cdot 4$ bytes: twenty outputs of `tanh`. They serve
# as the inputs of the next linear layers too, so those need not be kept separately.
#
# ## 8. A gradient of a gradient
#
# The backward pass itself consists of differentiable operations. With `create_graph=True` it is
# recorded as well, and the result can be differentiated further, as often as memory allows.

# %%
t = torch.linspace(-3, 3, 301, dtype=torch.float64, requires_grad=True)
figure, axes = plt.subplots(1, 2, sharey=True)
for axis, function in zip(axes, (torch.tanh, torch.relu), strict=True):
    value = function(t)
    for order in range(4):
        axis.plot(t.detach(), value.detach(), label=f"order {order}")
        if order < 3:
            (value,) = torch.autograd.grad(value.sum(), t, create_graph=True)
        if function is torch.tanh and order == 1:
            curve, formula = (
                value.detach(),
                (-2 * torch.tanh(t) * (1 - torch.tanh(t) ** 2)).detach(),
            )
    axis.set(title=function.__name__, ylim=(-2.2, 2.2))
axes[0].legend()
plt.show()
print("tanh'' against -2 tanh (1 - tanh²): largest error", (curve - formula).abs().max().item())

# %% [markdown] lang="ru"
# Правый рисунок — предупреждение. Вторая производная ReLU для autograd — тождественный ноль (в
# изломе тоже: дельта-функции он не знает). Поэтому штрафовать сеть с ReLU за кривизну
# бессмысленно, а за **норму градиента** — можно: градиент зависит от весов и тогда, когда
# активация не искривлена. Такой штраф вы напишете в упражнении.
#
# ## 9. Функциональный взгляд: `torch.func`
#
# До сих пор градиент был побочным эффектом: `backward` что-то кладёт в `.grad`. `torch.func`
# устроен как математика: `grad(f)` — это функция. Преобразования сочетаются: гессиан — якобиан
# градиента, `vmap` превращает функцию одного объекта в функцию батча.

# %% [markdown] lang="en"
# The right picture is a warning. To autograd the second derivative of ReLU is identically zero
# (at the kink too: it knows no delta functions). So it makes no sense to penalise the curvature
# of a ReLU network, but to penalise the **norm of its gradient** does: the gradient depends on
# the weights even when the activation isn't curved. You will write such a penalty in an exercise.
#
# ## 9. The functional view: `torch.func`
#
# So far a gradient was a side effect: `backward` puts something into `.grad`. `torch.func` works
# like mathematics: `grad(f)` is a function. Transformations compose: the Hessian is the Jacobian
# of the gradient, `vmap` turns a function of one example into a function of a batch.

# %%
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap

matrix = torch.randn(4, 4, dtype=torch.float64)


def energy(x: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    return x @ matrix @ x + (x**4).sum()


at, direction = torch.randn(2, 4, dtype=torch.float64)
symmetric = matrix + matrix.T
exact_hessian = symmetric + torch.diag(12 * at**2)

with warnings.catch_warnings(action="ignore"):  # forward mode loads rules by a deprecated way
    full = hessian(energy)(at)
_, product = jvp(grad(energy), (at,), (direction,))  # forward over reverse: H v without H
_, pull = vjp(energy, at)
print("grad:   ", torch.allclose(grad(energy)(at), symmetric @ at + 4 * at**3))
print("vjp:    ", torch.allclose(pull(torch.tensor(1.0, dtype=at.dtype))[0], grad(energy)(at)))
print("hessian:", torch.allclose(full, exact_hessian))
print("hvp:    ", torch.allclose(product, exact_hessian @ direction))
older = torch.autograd.functional.hvp(energy, at, direction)[1]
print("torch.autograd.functional.hvp:", torch.allclose(older, product))

points = torch.randn(1000, 4, dtype=torch.float64)
print("vmap:   ", vmap(grad(energy))(points).shape, "gradients, one per point, no loop")

# %% [markdown] lang="ru"
# Какой режим выбрать для якобиана $m\times n$? Обратный проходит один раз на каждый **выход**
# ($m$), прямой — на каждый **вход** ($n$). Вместо секундомера, который на занятой машине врёт,
# посчитаем операции точно.

# %% [markdown] lang="en"
# Which mode for a Jacobian of $m\times n$? Reverse mode passes once for each **output** ($m$),
# forward mode once for each **input** ($n$). Instead of a stopwatch, which lies on a busy
# machine, we count operations exactly.

# %%
from torch.utils.flop_counter import FlopCounterMode

for n_inputs, n_outputs in ((10, 1000), (1000, 10)):
    mixing = torch.randn(n_inputs, n_outputs)
    for transform in (jacrev, jacfwd):
        with FlopCounterMode(display=False) as counter:
            jacobian = transform(lambda x, mixing=mixing: torch.tanh(x @ mixing))(
                torch.randn(1, n_inputs)
            )
        shape = f"{n_outputs} × {n_inputs}"
        flops = counter.get_total_flops()
        print(f"Jacobian {shape:9} by {transform.__name__}: {flops / 1e6:6.2f} Mflop")

# %% [markdown] lang="ru"
# Функция потерь — это $m=1$, $n$ = миллионы. Потому обучение и живёт в обратном режиме.
#
# ### Своя операция
#
# Иногда autograd дифференцирует честно, но глупо. $\log(1+e^x)$ при $x=1000$ равен 1000, а
# записанный «как в учебнике» даёт бесконечность и NaN в градиенте. Если вы знаете лучшие формулы,
# научите им граф: `torch.autograd.Function` — это те самые `forward` и `backward` из задания 1, а
# проверяет их `gradcheck`.

# %% [markdown] lang="en"
# A loss function is $m=1$, $n$ = millions. That is why training lives in reverse mode.
#
# ### An operation of our own
#
# At times autograd differentiates honestly but foolishly. $\log(1+e^x)$ at $x=1000$ is 1000, but
# written “as in the textbook” it gives infinity, and NaN for the gradient. If you know better
# formulas, teach them to the graph: `torch.autograd.Function` is the very `forward` and
# `backward` of task 1, and `gradcheck` tests them.


# %%
class Softplus(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * torch.sigmoid(x)


for name, softplus in (
    ("textbook", lambda x: torch.log(1 + torch.exp(x))),
    ("ours", Softplus.apply),
):
    x = torch.tensor([-1000.0, 0.0, 1000.0], requires_grad=True)
    y = softplus(x)
    y.sum().backward()
    print(f"{name:9} value {[round(v, 4) for v in y.tolist()]}, gradient {x.grad.tolist()}")

samples = torch.randn(6, dtype=torch.float64, requires_grad=True)
print("gradcheck:    ", torch.autograd.gradcheck(Softplus.apply, samples))
print("gradgradcheck:", torch.autograd.gradgradcheck(Softplus.apply, samples))

# %% [markdown] lang="ru"
# ## 10. Модули: где живут параметры
#
# `nn.Module` — не магия, а учёт. Присваивание `self.weight = nn.Parameter(...)` заносит тензор в
# реестр; по реестрам рекурсивно ходят `parameters()`, `to()`, `state_dict()`, `train()`. Что в
# реестр не попало, того для PyTorch нет. Реестров три:
#
# | что | обучается | в `state_dict` | переезжает с `.to()` |
# |---|---|---|---|
# | `nn.Parameter` | да | да | да |
# | буфер (`register_buffer`) | нет | да (если не `persistent=False`) | да |
# | подмодуль | рекурсивно | рекурсивно | рекурсивно |
# | просто тензор в атрибуте | нет | нет | **нет** |
#
# Соберём слой, в котором есть всё это, и допустим две типичные ошибки.

# %% [markdown] lang="en"
# ## 10. Modules: where parameters live
#
# `nn.Module` is no magic but bookkeeping. Assigning `self.weight = nn.Parameter(...)` enters the
# tensor in a register; the registers are walked recursively by `parameters()`, `to()`,
# `state_dict()`, `train()`. What isn't in a register doesn't exist for PyTorch. There are three:
#
# | what | is trained | in `state_dict` | moves with `.to()` |
# |---|---|---|---|
# | `nn.Parameter` | yes | yes | yes |
# | a buffer (`register_buffer`) | no | yes (unless `persistent=False`) | yes |
# | a submodule | recursively | recursively | recursively |
# | just a tensor in an attribute | no | no | **no** |
#
# Let us build a layer that has all of these, and make two typical mistakes.


# %%
class Scaled(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(size))
        self.register_buffer("calls", torch.tensor(0))
        self.linear = nn.Linear(size, size)
        self.offset = torch.zeros(size)  # mistake 1: neither a parameter nor a buffer
        self.more = [nn.Linear(size, size) for _ in range(3)]  # mistake 2: a plain list

    def forward(self, x):
        self.calls += 1
        x = self.linear(x * self.gain) + self.offset
        for layer in self.more:
            x = layer(x)
        return x


scaled = Scaled(4)
print("state_dict:", list(scaled.state_dict()))
print("parameters:", sum(p.numel() for p in scaled.parameters()), "of", 4 + 4 * (4 * 4 + 4))
scaled.to(torch.float64)
print("after .to(float64):", scaled.gain.dtype, scaled.offset.dtype, scaled.more[0].weight.dtype)

scaled.more = nn.ModuleList(scaled.more)
print("with ModuleList:", sum(p.numel() for p in scaled.parameters()))

# %% [markdown] lang="ru"
# Обе ошибки не мешают вычислению: выход считается, градиент течёт, но три слоя никогда не
# обучатся, потому что оптимизатор их не получил. Привычка: после сборки модели посмотреть на
# число параметров и сравнить с ожидаемым.
#
# ### `state_dict`: ссылки, а не снимок
#
# Словарь состояния сохраняют в файл и загружают обратно; `weights_only=True` (так по умолчанию
# начиная с PyTorch 2.6) не позволяет файлу исполнить чужой код. Но пока словарь в памяти, он
# **ссылается на живые тензоры**. «Запомнить лучшие веса» присваиванием — значит запомнить
# последние.

# %% [markdown] lang="en"
# Neither mistake gets in the way of computing: there is an output, the gradient flows, but three
# layers will never train, as the optimiser did not get them. A habit worth having: after building
# a model, look at the number of its parameters and compare with what you expect.
#
# ### `state_dict`: references, not a snapshot
#
# The state dictionary is saved to a file and loaded back; `weights_only=True` (the default since
# PyTorch 2.6) does not let the file run anyone's code. But as long as the dictionary is in
# memory, it **refers to the living tensors**. To “remember the best weights” by assignment is to
# remember the last ones.

# %%
model = nn.Linear(2, 1)
best_wrong, best_right = model.state_dict(), copy.deepcopy(model.state_dict())
before = model.weight.detach().clone()
with torch.no_grad():
    model.weight.add_(100)  # “training goes on”
print("by assignment kept:", torch.equal(best_wrong["weight"], before))
print("by deepcopy kept:  ", torch.equal(best_right["weight"], before))

file = io.BytesIO()
torch.save(best_right, file)
file.seek(0)
print("loading:", model.load_state_dict(torch.load(file, weights_only=True)))
print("weights are back:", torch.equal(model.weight, before))
with refuses(RuntimeError):
    nn.Linear(2, 1).load_state_dict({"weight": torch.zeros(1, 3)})

# %% [markdown] lang="ru"
# ## 11. Хуки: подсмотреть, не переписывая
#
# Хук — функция, которую модуль вызывает сам: `register_forward_hook` — после прямого прохода
# (видны вход и выход), `register_full_backward_hook` — после обратного (видны градиенты по входу
# и выходу). Им не нужно ничего знать о коде модели. Повторим опыт с глубиной — теперь в PyTorch и
# сразу в обе стороны: как ведут себя отклонения сигнала **и градиента** в сети из двадцати слоёв
# при инициализации по умолчанию.

# %% [markdown] lang="en"
# ## 11. Hooks: peeking without rewriting
#
# A hook is a function that the module itself calls: `register_forward_hook` after the forward
# pass (it sees input and output), `register_full_backward_hook` after the backward one (it sees
# the gradients by input and by output). They need to know nothing about the model's code. Let us
# repeat the experiment with depth, now in PyTorch and in both directions: how do the deviations
# of the signal **and of the gradient** behave in a network of twenty layers with the default
# initialisation?


# %%
def profile(model, batch):
    """Deviations of the outputs of the Linear layers and of the gradients by them."""
    signal, gradient, handles = [], [], []
    for module in model.modules():
        if isinstance(module, nn.Linear):
            handles += [
                module.register_forward_hook(lambda _m, _x, y: signal.append(y.std().item())),
                module.register_full_backward_hook(
                    lambda _m, _grad_x, grad_y: gradient.append(grad_y[0].std().item())
                ),
            ]
    # A full backward hook wants a gradient by the input too: without it the first layer would warn.
    model(batch.requires_grad_()).square().mean().backward()
    for handle in handles:
        handle.remove()  # a forgotten hook goes on being called
    return signal, gradient[::-1]  # backward visits the layers from the last to the first


def tower(norm, depth=20, width=128):
    blocks = [(nn.Linear(width, width), norm(width), nn.ReLU()) for _ in range(depth)]
    return nn.Sequential(*(layer for block in blocks for layer in block))


torch.manual_seed(8)
figure, axes = plt.subplots(1, 2)
for name, norm in (("plain", lambda _width: nn.Identity()), ("BatchNorm", nn.BatchNorm1d)):
    for axis, values, what in zip(
        axes, profile(tower(norm), torch.randn(256, 128)), ("signal", "gradient"), strict=True
    ):
        axis.semilogy(range(1, 21), values, "o-", label=name)
        axis.set(title=what, xlabel="layer", ylabel="deviation", xticks=range(0, 21, 5))
        print(f"{name:9} {what:8}: layer 1 {values[0]:.1e}, layer 20 {values[-1]:.1e}")
axes[0].set_ylim(0.01, 1)
axes[0].legend()
plt.show()

# %% [markdown] lang="ru"
# Инициализация `nn.Linear` по умолчанию ($U(\pm 1/\sqrt{n})$, то есть дисперсия $1/3n$ вместо
# $2/n$ у Kaiming) теряет сигнал: каждый слой с ReLU умножает дисперсию примерно на $1/6$, пока не
# останется один лишь сдвиг (bias). Градиент до первого слоя такой сети почти не доходит. С
# BatchNorm сигнал держится; градиент же к первым слоям растёт, хотя и умеренно: бесплатных
# решений нет.
#
# ## 12. Данные: `Dataset` и `DataLoader`
#
# `Dataset` отвечает на два вопроса: сколько объектов и каков объект номер $i$. `DataLoader`
# решает, в каком порядке спрашивать (*sampler*), и как склеить ответы в батч (*collate*). Начнём
# со второго: `default_collate` превращает список пар в пару тензоров, а вот последовательности
# разной длины склеить не умеет.

# %% [markdown] lang="en"
# The default initialisation of `nn.Linear` ($U(\pm 1/\sqrt{n})$, a variance of $1/3n$ rather than
# Kaiming's $2/n$) loses the signal: each layer with ReLU multiplies the variance by about $1/6$,
# until nothing but the bias is left. Hardly any gradient reaches the first layer of such a
# network. With BatchNorm the signal holds; the gradient grows towards the first layers, though
# moderately: nothing is free.
#
# ## 12. Data: `Dataset` and `DataLoader`
#
# A `Dataset` answers two questions: how many examples, and what is example number $i$. A
# `DataLoader` decides in what order to ask (*sampler*), and how to glue the answers into a batch
# (*collate*). We begin with the latter: `default_collate` turns a list of pairs into a pair of
# tensors, but cannot glue sequences of different lengths.


# %%
class Words(Dataset):
    """Words as sequences of letter numbers, from 1; 0 is for padding."""

    words = ("tensor", "view", "graph", "leaf", "buffer", "hook", "batch", "seed")

    def __len__(self):
        return len(self.words)

    def __getitem__(self, index):
        return torch.tensor([ord(letter) - 96 for letter in self.words[index]])


def pad(
    sequences: list[Int[Tensor, " length"]],
) -> tuple[Int[Tensor, "batch longest"], Int[Tensor, " batch"]]:
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return nn.utils.rnn.pad_sequence(sequences, batch_first=True), lengths


with refuses(RuntimeError):
    next(iter(DataLoader(Words(), batch_size=3)))
for letters, lengths in DataLoader(Words(), batch_size=3, collate_fn=pad):
    print(tuple(letters.shape), "lengths", lengths.tolist())

# %% [markdown] lang="ru"
# Третий батч неполный: 8 не делится на 3 (`drop_last=True` его бы отбросил).
#
# Теперь порядок. По умолчанию объекты идут подряд, с `shuffle=True` — случайной перестановкой, а
# `sampler` позволяет что угодно: например, выравнивать классы, когда одного в двадцать раз больше
# другого.

# %% [markdown] lang="en"
# The third batch is incomplete: 3 does not divide 8 (`drop_last=True` would have dropped it).
#
# Now the order. By default examples go one after another, with `shuffle=True` in a random
# permutation, and a `sampler` allows anything: for instance, levelling the classes when one is
# twenty times as frequent as another.

# %%
from torch.utils.data import WeightedRandomSampler, get_worker_info

labels = torch.cat([torch.zeros(2000, dtype=torch.int64), torch.ones(100, dtype=torch.int64)])
weights = 1 / labels.bincount()[labels]
sampler = WeightedRandomSampler(weights, len(labels), generator=torch.Generator().manual_seed(0))
imbalanced = TensorDataset(torch.arange(len(labels)), labels)
for name, options in (("shuffle", {"shuffle": True}), ("weighted", {"sampler": sampler})):
    seen, classes = map(
        torch.cat, zip(*DataLoader(imbalanced, batch_size=50, **options), strict=True)
    )
    different = f"different examples {len(seen.unique())} of {len(seen)}"
    print(f"{name:8}: classes {classes.bincount().tolist()}, {different}")

# %% [markdown] lang="ru"
# Цена видна в последнем столбце: выборка идёт с возвращением, редкие объекты повторяются по многу
# раз, а часть частых за эпоху не встретится вовсе.
#
# ### Рабочие процессы и их случайность
#
# С `num_workers=2` каждый процесс получает **копию** вашего датасета. PyTorch сам сеет в каждом
# `torch`, `random` и глобальный `np.random` по-разному. Но если датасет носит с собой собственный
# `np.random.Generator`, копии генератора одинаковы — и «случайные» аугментации у разных процессов
# совпадают.
#
# (Ячейка порождает процессы через `fork`. В Windows его нет: там класс датасета должен лежать в
# отдельном модуле, а не в тетради.)

# %% [markdown] lang="en"
# The price is in the last column: it draws with replacement, rare examples recur many times, and
# some of the frequent ones don't turn up in an epoch at all.
#
# ### Workers and their randomness
#
# With `num_workers=2` each process gets a **copy** of your dataset. PyTorch itself seeds `torch`,
# `random` and the global `np.random` in each of them differently. But if the dataset carries a
# `np.random.Generator` of its own, the copies of the generator are the same, and the “random”
# augmentations of different workers coincide.
#
# (The cell starts processes by `fork`. Windows has none: there the class of the dataset must lie
# in a module of its own, not in a notebook.)


# %%
class Noise(Dataset):
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return index, get_worker_info().id, self.rng.random(), torch.rand(()).item()


def reseed(_worker_id: int) -> None:
    info = get_worker_info()
    info.dataset.rng = np.random.default_rng(info.seed)  # info.seed = base seed + worker's number


for name, init in (("copied generator", None), ("worker_init_fn", reseed)):
    loader = DataLoader(
        Noise(),
        num_workers=2,
        worker_init_fn=init,
        generator=torch.Generator().manual_seed(1),
        multiprocessing_context="fork",
    )
    print(name)
    for item in loader:
        index, worker, own, from_torch = (value.item() for value in item)
        print(f"  item {index}, worker {worker}: own {own:.4f}, torch {from_torch:.4f}")

# %% [markdown] lang="ru"
# ## 13. Первый цикл обучения
#
# Всё готово. Рукописные цифры из scikit-learn: 1 347 картинок $8\times8$ для обучения и 450 для
# проверки. В модели — оба героя первых разделов, в правильном порядке.
#
# Цикл намеренно написан целиком: пять строк обучения вы будете писать ещё много раз, а ошибки
# почти всегда живут в них.

# %% [markdown] lang="en"
# ## 13. A first training loop
#
# Everything is ready. Handwritten digits from scikit-learn: 1,347 pictures of $8\times8$ to train
# on and 450 to validate. The model holds both heroes of the first sections, in the right order.
#
# The loop is written out on purpose: you will write its five lines many times over, and that's
# where mistakes nearly always live.

# %%
from praktikum.scratch.digits import digits_split

digits = digits_split(dtype=np.float32)


def on_device(*arrays):  # small data may live there; a large set moves batch by batch
    return TensorDataset(*(torch.from_numpy(array).to(device) for array in arrays))


train_set = on_device(digits.X_train, digits.y_train)
valid_set = on_device(digits.X_test, digits.y_test)


def make_model():
    layers = nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 10)
    return nn.Sequential(*layers).to(device)


@torch.no_grad()
def evaluate(model, dataset):
    """Mean cross-entropy and accuracy over a dataset, in evaluation mode."""
    was_training = model.training
    model.eval()
    loss = correct = 0.0
    for inputs, targets in DataLoader(dataset, batch_size=256):
        logits = model(inputs)
        loss += F.cross_entropy(logits, targets, reduction="sum").item()  # batches differ in size
        correct += (logits.argmax(dim=1) == targets).sum().item()
    model.train(was_training)
    return loss / len(dataset), correct / len(dataset)


def fit(model, seed, epochs=15):
    order = torch.Generator().manual_seed(seed)
    loader = DataLoader(train_set, batch_size=64, shuffle=True, drop_last=True, generator=order)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    history = []
    for _ in range(epochs):
        model.train()
        running = 0.0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
            running += loss.item()  # .item(): not the tensor with its graph
        measured = *evaluate(model, train_set), *evaluate(model, valid_set)
        history.append((running / len(loader), *measured))
    return np.array(history)


torch.manual_seed(0)
model = make_model()
history = fit(model, seed=0)

epochs = np.arange(1, len(history) + 1)
figure, axes = plt.subplots(1, 2)
for column, label in (
    (0, "train, Dropout on"),
    (1, "train, eval mode"),
    (3, "validation, eval mode"),
):
    axes[0].semilogy(epochs, history[:, column], "o-", ms=3, label=label)
axes[0].set(xlabel="epoch", title="cross-entropy", xticks=range(0, 16, 5))
axes[0].legend(fontsize=8)
for column, label in ((2, "train"), (4, "validation")):
    axes[1].plot(epochs, 100 * history[:, column], "o-", ms=3, label=label)
axes[1].set(xlabel="epoch", title="accuracy, %", xticks=range(0, 16, 5))
axes[1].legend()
plt.show()
print(f"last epoch: train {history[-1, 2]:.1%}, validation {history[-1, 4]:.1%}")

# %% [markdown] lang="ru"
# Синяя кривая слева выше оранжевой не потому, что что-то сломано: накопленная за эпоху потеря
# измерена с включённым Dropout и по весам, которые в начале эпохи были хуже. Сравнивать с
# валидацией надо ту, что посчитана в `eval`.
#
# А теперь — самая дорогая забытая строчка. Оценим **одну и ту же** модель четырьмя способами: в
# правильном режиме и в режиме обучения, на перемешанной выборке и на отсортированной по классам
# (так часто лежат файлы в папках).

# %% [markdown] lang="en"
# The blue curve on the left is above the orange one not because something is broken: the loss
# gathered over an epoch was measured with Dropout on, and with weights that were worse at the
# start of the epoch. What to compare with validation is the one computed in `eval` mode.
#
# And now the most expensive forgotten line. Let us evaluate **one and the same** model in four
# ways: in the right mode and in training mode, on shuffled data and on data sorted by class (the
# way files often lie in folders).


# %%
def accuracy(model, training, order):
    probe = copy.deepcopy(model).train(training)  # a copy: training mode moves running statistics
    inputs, targets = (tensor[order] for tensor in valid_set.tensors)
    with torch.no_grad():
        predicted = torch.cat([probe(batch).argmax(dim=1) for batch in inputs.split(32)])
    return (predicted == targets).float().mean().item()


by_class = valid_set.tensors[1].argsort(stable=True)
shuffled = torch.randperm(len(valid_set), device=device)
for training in (False, True):
    mode = "train()" if training else "eval() "
    mixed, sorted_ = (accuracy(model, training, order) for order in (shuffled, by_class))
    print(f"{mode}: shuffled {mixed:.1%}, sorted by class {sorted_:.1%}")

# %% [markdown] lang="ru"
# В батче из одних троек BatchNorm вычитает из каждой тройки «среднюю тройку» — ровно то, по чему
# её узнают. На перемешанных данных та же ошибка стоит немного, и потому её легко не заметить до
# самого внедрения.
#
# ## 14. Воспроизводимость
#
# «Запустите с `seed=0`» — обещание, которое легко нарушить нечаянно. Случайность входит через три
# двери: начальные веса, порядок данных, Dropout. Если все три берут числа из одного глобального
# генератора, то лишний вызов `torch.rand` где угодно сдвигает всё последующее. Свой `Generator`
# для порядка данных (он уже есть в `fit`) эту связь рвёт.

# %% [markdown] lang="en"
# In a batch of nothing but threes BatchNorm subtracts the “mean three” from every three: exactly
# what it is recognised by. On shuffled data the same mistake costs little, and so it easily goes
# unnoticed right up to deployment.
#
# ## 14. Reproducibility
#
# “Run it with `seed=0`” is a promise easily broken by accident. Randomness comes in by three
# doors: initial weights, the order of the data, Dropout. If all three draw from one global
# generator, an extra `torch.rand` anywhere shifts everything after it. A `Generator` of its own
# for the order of data (`fit` already has it) cuts this tie.


# %%
def run(seed, extra_draw=False):
    torch.manual_seed(seed)
    model = make_model()
    if extra_draw:
        torch.rand(1)
    fit(model, seed, epochs=2)
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def first_order(seed, extra_draw, own):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed) if own else None
    if extra_draw:
        torch.rand(1)
    loader = DataLoader(train_set, shuffle=True, batch_size=64, generator=generator)
    return torch.cat([y for _, y in loader])


reference = run(0)
print("same seed, bit for bit:        ", torch.equal(reference, run(0)))
print("another seed:                  ", torch.equal(reference, run(1)))
print("one extra torch.rand (Dropout):", torch.equal(reference, run(0, extra_draw=True)))
for own in (False, True):
    same = torch.equal(first_order(0, False, own), first_order(0, True, own))
    whose = "its own" if own else "the global"
    print(
        f"order of data by {whose} generator, after one extra torch.rand:",
        "same" if same else "other",
    )

# %% [markdown] lang="ru"
# Вторая причина расхождений — не генераторы, а арифметика: сложение чисел с плавающей точкой не
# ассоциативно. Стоит другому железу, другому числу потоков или другой версии библиотеки сложить в
# другом порядке, и последние биты разойдутся.

# %% [markdown] lang="en"
# The second cause of divergence is not generators but arithmetic: floating-point addition is not
# associative. Let other hardware, another number of threads or another version of a library add
# in another order, and the last bits part ways.

# %%
terms = np.random.default_rng(0).random(100_000, dtype=np.float32)
for name, total in (
    ("one by one", terms.cumsum()[-1]),
    ("one by one, sorted", np.sort(terms).cumsum()[-1]),
    ("torch.sum", torch.from_numpy(terms).sum().item()),
    ("in float64", terms.astype(np.float64).sum()),
):
    print(f"{name:19} {total:.5f}")

torch.use_deterministic_algorithms(True)
print("deterministic mode fills uninitialised memory with", torch.empty(2).tolist())
torch.use_deterministic_algorithms(False)

# %% [markdown] lang="ru"
# `torch.use_deterministic_algorithms(True)` требует от каждой операции детерминированной
# реализации, а где её нет (речь прежде всего о видеокартах), вместо тихого расхождения будет
# ошибка. Заодно он заполняет `torch.empty` значениями NaN, чтобы забытая инициализация не
# зависела от мусора в памяти. Что **не** обещано никаким флагом: одинаковые биты на разном железе
# и в разных версиях PyTorch. Поэтому рядом с результатом записывают версии, а выводы делают по
# нескольким запускам.

# %% [markdown] lang="en"
# `torch.use_deterministic_algorithms(True)` demands a deterministic implementation of each
# operation, and where there is none (above all on graphics cards) an error instead of a silent
# divergence. It also fills `torch.empty` with NaN, so that a forgotten initialisation doesn't
# depend on rubbish in memory. What **no** flag promises: the same bits on different hardware and
# in different versions of PyTorch. So write the versions beside the result, and draw conclusions
# from several runs.

# %% [markdown] lang="ru"
# ## Что унести с собой
#
# - `train()`/`eval()` меняет **поведение** слоёв, `no_grad` — **запись графа**. Это независимые
#   переключатели.
# - Тензор — это шаги поверх памяти. Прежде чем писать на место, ответьте, чья она.
# - `backward` прибавляет; граф после него свободен; сохранённое трогать нельзя.
# - Чего нет в реестрах модуля, то не обучается, не сохраняется и не переезжает.
# - Датасет отвечает за объект, загрузчик — за порядок и склейку; у каждой случайности — свой
#   генератор.
#
# ## Вопросы для самопроверки
#
# Сначала ответьте, потом раскрывайте.

# %% [markdown] lang="en"
# ## What to take away
#
# - `train()`/`eval()` changes the **behaviour** of layers, `no_grad` the **recording of the
#   graph**. These are independent switches.
# - A tensor is strides over memory. Before you write in place, say whose memory it is.
# - `backward` adds; the graph is free after it; what is saved must not be touched.
# - What is in no register of a module is not trained, not saved and not moved.
# - A dataset answers for the example, a loader for order and glue; each randomness has a
#   generator of its own.
#
# ## Self-check questions
#
# Answer first, then unfold.

# %% [markdown] lang="ru"
# <details><summary>1. На вход Dropout с p = 0,5 подали признак, всегда равный 3. Чему равны
# среднее и дисперсия выхода в обучении?</summary>
#
# Среднее 3, дисперсия $\frac{p}{1-p}\mu^2 = 9$: выход равен 0 или 6 с равной вероятностью. У
# входа дисперсия была нулевая — весь шум принёс Dropout.
#
# </details>
#
# <details><summary>2. Почему перед BatchNorm обычно ставят Linear(..., bias=False)?</summary>
#
# Сдвиг одинаков для всех объектов батча, и вычитание среднего его уничтожает; градиент по нему —
# тождественный ноль. Роль сдвига играет $\beta$.
#
# </details>
#
# <details><summary>3. x имеет форму (3, 4) и шаги (4, 1). Каковы шаги x.T[1:, ::2], и где его
# первый элемент?</summary>
#
# У `x.T` шаги (1, 4). Срез `1:` сдвигает начало на 1, срез `::2` удваивает второй шаг: шаги (1,
# 8), смещение 1.
#
# </details>
#
# <details><summary>4. Почему y = torch.sigmoid(x); y.mul_(2) ломает backward, а y = x * 3;
# y.mul_(2) — нет?</summary>
#
# Узел сигмоиды сохраняет свой результат $y$: через него выражается производная $y(1-y)$, и запись
# на место его портит. Умножению на число для градиента нужно только само число, результат не
# сохраняется.
#
# </details>
#
# <details><summary>5. Модель оценивают под torch.no_grad(), но без eval(). Что не так в сети с
# Dropout и BatchNorm?</summary>
#
# Всё поведение осталось обучающим: предсказания случайны из-за Dropout, зависят от соседей по
# батчу из-за BatchNorm, а накопленные статистики сдвигаются данными из теста, то есть модель ещё
# и меняется.
#
# </details>
#
# <details><summary>6. За эпоху вы складываете total += loss, не вызывая item(). Что
# произойдёт?</summary>
#
# `total` станет тензором с графом, в котором живы графы всех шагов: память растёт с каждым
# батчем. Ошибки не будет — до тех пор, пока память не кончится.
#
# </details>
#
# <details><summary>7. Сколько проходов нужно обратному и прямому режимам для градиента функции из
# ℝⁿ в ℝ? А для произведения гессиана на вектор?</summary>
#
# Обратному один, прямому $n$. Произведение $Hv$ — производная градиента вдоль $v$: один прямой
# проход поверх одного обратного, сам гессиан $n\times n$ строить не нужно.
#
# </details>
#
# <details><summary>8. Вы загрузили state_dict, и предсказания всё равно отличаются от прежних на
# том же входе. Что проверить в первую очередь?</summary>
#
# Режим: свежая модель рождается в `train()`, а `state_dict` режима не хранит. Затем — всё ли, что
# влияет на выход, было параметром или буфером: простой тензор в атрибуте в словарь не попадает.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>1. Dropout with p = 0.5 is fed with a feature that always equals 3. What are
# the mean and variance of the output in training?</summary>
#
# The mean is 3, the variance $\frac{p}{1-p}\mu^2 = 9$: the output is 0 or 6 with equal
# probability. The input's variance was zero; all the noise came from Dropout.
#
# </details>
#
# <details><summary>2. Why does one usually put Linear(..., bias=False) before
# BatchNorm?</summary>
#
# The bias is the same for all examples of the batch, and subtracting the mean destroys it; the
# gradient by it is identically zero. Its part is played by $\beta$.
#
# </details>
#
# <details><summary>3. x has the shape (3, 4) and strides (4, 1). What are the strides of x.T[1:,
# ::2], and where is its first element?</summary>
#
# `x.T` has strides (1, 4). The slice `1:` moves the start by 1, the slice `::2` doubles the
# second stride: strides (1, 8), offset 1.
#
# </details>
#
# <details><summary>4. Why does y = torch.sigmoid(x); y.mul_(2) break backward, while y = x * 3;
# y.mul_(2) doesn't?</summary>
#
# The node of the sigmoid saves its result $y$: the derivative $y(1-y)$ is written through it, and
# the in-place write spoils it. Multiplying by a number needs only the number for its gradient;
# the result is not saved.
#
# </details>
#
# <details><summary>5. A model is evaluated under torch.no_grad(), but without eval(). What is
# wrong in a network with Dropout and BatchNorm?</summary>
#
# All behaviour is still that of training: predictions are random because of Dropout and depend on
# their neighbours in the batch because of BatchNorm, and the running statistics are moved by test
# data, so the model even changes.
#
# </details>
#
# <details><summary>6. Over an epoch you add total += loss without calling item(). What
# happens?</summary>
#
# `total` becomes a tensor with a graph in which the graphs of all steps are alive: memory grows
# with each batch. There is no error, until memory runs out.
#
# </details>
#
# <details><summary>7. How many passes do reverse and forward mode need for the gradient of a
# function from ℝⁿ to ℝ? And for a Hessian-vector product?</summary>
#
# Reverse mode one, forward mode $n$. The product $Hv$ is the derivative of the gradient along
# $v$: one forward pass over one reverse pass, and the $n\times n$ Hessian itself need not be
# built.
#
# </details>
#
# <details><summary>8. You have loaded a state_dict, and the predictions still differ from the
# earlier ones on the same input. What do you look at first?</summary>
#
# The mode: a fresh model is born in `train()`, and a `state_dict` doesn't keep the mode. Then,
# whether all that influences the output was a parameter or a buffer: a plain tensor in an
# attribute does not get into the dictionary.
#
# </details>

# %% [markdown] lang="ru"
# ## Упражнения
#
# Восемь функций с вырезанными телами. Что именно написать, сказано в docstring; под каждой —
# ячейка с проверкой. Баллов здесь нет, зато через месяц каждая из них вам понадобится.
#
# ### 1. Dropout своими руками
#
# Теперь на тензорах: autograd сам сделает обратный проход, если не мешать ему.

# %% [markdown] lang="en"
# ## Exercises
#
# Eight functions with their bodies cut out. What to write is said in the docstring; below each is
# a cell that checks it. There are no points to be had, but within a month you will need every one
# of them.
#
# ### 1. Dropout by hand
#
# On tensors now: autograd makes the backward pass itself, if you don't get in its way.

# %% include="exercises:inverted_dropout"

# %% check="dropout"

# %% [markdown] lang="ru"
# ### 2. BatchNorm: обучение и применение
#
# Где смещённая дисперсия, а где несмещённая? Что в графе, а что вне его?

# %% [markdown] lang="en"
# ### 2. BatchNorm: training and evaluation
#
# Which variance is biased, and which isn't? What is in the graph, and what outside of it?

# %% include="exercises:batch_norm"

# %% check="batch-norm"

# %% [markdown] lang="ru"
# ### 3. Скользящие окна без единой копии
#
# Окна пересекаются, а память одна: так устроены и свёртки через im2col, и кадры спектрограммы.

# %% [markdown] lang="en"
# ### 3. Sliding windows without a single copy
#
# The windows overlap and the memory is one: convolutions by im2col and the frames of a
# spectrogram are made like this.

# %% include="exercises:sliding_windows"

# %% check="strides"

# %% [markdown] lang="ru"
# ### 4. Своя операция с честно придуманным градиентом
#
# `gradcheck` здесь не поможет: градиент намеренно не тот, что у функции. Зато без него бинарная
# сеть не сдвинулась бы с места.

# %% [markdown] lang="en"
# ### 4. An operation with a gradient of our own
#
# `gradcheck` is no help here: the gradient is on purpose not that of the function. But without it
# a binary network would never move.

# %% include="exercises:BinarySign"

# %% check="function"

# %% [markdown] lang="ru"
# ### 5. Градиент градиента
#
# Штраф из WGAN-GP: критик должен меняться со скоростью единица. Чтобы обучать критика этим
# штрафом, придётся дифференцировать градиент.

# %% [markdown] lang="en"
# ### 5. A gradient of a gradient
#
# The penalty of WGAN-GP: the critic should change at unit speed. To train the critic by this
# penalty, one has to differentiate a gradient.

# %% include="exercises:gradient_penalty"

# %% check="penalty"

# %% [markdown] lang="ru"
# ### 6. Dataset со стандартизацией
#
# Чьи среднее и дисперсию применять к тесту? И что делать с угловым пикселем, который у всех цифр
# одинаков?

# %% [markdown] lang="en"
# ### 6. A Dataset that standardises
#
# Whose mean and variance should be applied to the test set? And what about the corner pixel that
# is the same in all digits?

# %% include="exercises:StandardizedDataset"

# %% check="dataset"

# %% [markdown] lang="ru"
# ### 7. Один шаг обучения
#
# Пять строк, и у каждой своё место.

# %% [markdown] lang="en"
# ### 7. One training step
#
# Five lines, each with a place of its own.

# %% include="exercises:train_step"

# %% check="training"

# %% [markdown] lang="ru"
# ### 8. Градиент по каждому объекту
#
# `backward` отдаёт сумму по батчу. А чтобы найти объект, который тянет модель в свою сторону, или
# обучать с дифференциальной приватностью, нужны слагаемые.

# %% [markdown] lang="en"
# ### 8. A gradient for every example
#
# `backward` gives the sum over the batch. To find the example that pulls the model its own way,
# or to train with differential privacy, one needs the terms.

# %% include="exercises:per_sample_gradients"

# %% check="per-sample"
