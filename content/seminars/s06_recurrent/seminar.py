# %% [markdown] lang="ru"
# # Рекуррентные сети
#
# Картинку сеть видит целиком. Текст, звук, показания датчика приходят **по порядку**, и длина их
# заранее неизвестна. Рекуррентная сеть читает такую последовательность шаг за шагом и носит с собой
# состояние — всё, что она запомнила.
#
# 1. *Как устроена* рекуррентная сеть и как считать в ней градиенты (обратное распространение во
#    времени, BPTT).
# 2. *Почему она забывает*: градиенты затухают или взрываются; измерим, насколько далеко они доходят.
# 3. *Что помогает*: LSTM и GRU, ограничение нормы градиента, усечённый BPTT.
# 4. *Что делать с разными длинами*: набивка, маски, упаковка.
#
# Данные рисуем сами или берём встроенные; всё считается на процессоре за секунды.

# %% [markdown] lang="en"
# # Recurrent networks
#
# A network sees a picture as a whole. Text, sound, the readings of a sensor come **in order**, and
# nobody knows their length beforehand. A recurrent network reads such a sequence step by step and
# carries a state along: all that it has remembered.
#
# 1. *How it is made*, and how gradients are computed in it (backpropagation through time, BPTT).
# 2. *Why it forgets*: gradients vanish or explode; we measure how far they reach.
# 3. *What helps*: LSTM and GRU, clipping the norm of the gradient, truncated BPTT.
# 4. *What to do about lengths*: padding, masks, packing.
#
# We draw the data ourselves or take what is built in; everything runs on a processor in seconds.

# %%
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import torch
from jaxtyping import Float, Int
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

plt.rcParams.update({"figure.figsize": (10, 3), "figure.constrained_layout.use": True})
torch.set_num_threads(1)  # steps are small and follow one another: a second thread has no work

# %% [markdown] lang="ru"
# ## 1. Одна и та же клетка на каждом шаге
#
# $$h_t=\tanh(W_{ih}x_t+W_{hh}h_{t-1}+b).$$
#
# Веса у всех шагов **одни**. Отсюда три следствия: параметров столько же, сколько бы ни длилась
# последовательность; сеть применима к любой длине; а «развёрнутая» во времени, она превращается в
# очень глубокую сеть из одинаковых слоёв. Порядок осей в torch — `[время, батч, признаки]`
# (`batch_first=False`): шаг — это непрерывный кусок памяти.
#
# Напишем RNN в несколько строк и сверим с `nn.RNN`.

# %% [markdown] lang="en"
# ## 1. The same cell at every step
#
# $$h_t=\tanh(W_{ih}x_t+W_{hh}h_{t-1}+b).$$
#
# All steps have **the same** weights. Three things follow: there are as many parameters however
# long the sequence is; the network can be applied to any length; and “unrolled” in time it becomes
# a very deep network of equal layers. In torch the axes are `[time, batch, features]`
# (`batch_first=False`): one step is one contiguous piece of memory.
#
# Let us write an RNN in a few lines and compare it with `nn.RNN`.


# %%
def unroll(network, input, hidden):
    """States of a nn.RNN of one layer, computed step by step."""
    states = []
    for x in input:  # (batch, features)
        sums = x @ network.weight_ih_l0.T + hidden @ network.weight_hh_l0.T
        hidden = torch.tanh(sums + network.bias_ih_l0 + network.bias_hh_l0)
        states.append(hidden)
    return torch.stack(states)


torch.manual_seed(0)
network = nn.RNN(input_size=3, hidden_size=5)
input = torch.randn(7, 2, 3)  # 7 steps, 2 sequences, 3 features
output, last = network(input)
print("output", tuple(output.shape), "| last state", tuple(last.shape))
print("by hand the same:", torch.allclose(unroll(network, input, torch.zeros(2, 5)), output))
print("the last state is the last output:", torch.equal(output[-1], last[0]))
print({name: tuple(p.shape) for name, p in network.named_parameters()})

# %% [markdown] lang="ru"
# Смещений два, `bias_ih` и `bias_hh`, хотя хватило бы одного: так сложилось в cuDNN.
#
# ## 2. Обратное распространение во времени
#
# Ничего нового здесь нет: развернём сеть и пойдём назад по цепочке. Пусть $a_t$ — то, что стоит под
# tanh. К $h_t$ градиент приходит **двумя дорогами**: прямо из потери и через следующий шаг:
#
# $$\frac{\partial L}{\partial h_t}=\underbrace{g_t}_{\text{от потери}}
# +\underbrace{W_{hh}^\top\frac{\partial L}{\partial a_{t+1}}}_{\text{от следующего шага}},\qquad
# \frac{\partial L}{\partial a_t}=\frac{\partial L}{\partial h_t}\circ(1-h_t^2).$$
#
# А веса общие, поэтому их градиенты **складываются** по шагам:
#
# $$\frac{\partial L}{\partial W_{hh}}=\sum_t\frac{\partial L}{\partial a_t}\,h_{t-1}^\top,\qquad
# \frac{\partial L}{\partial W_{ih}}=\sum_t\frac{\partial L}{\partial a_t}\,x_t^\top.$$
#
# Это и есть BPTT; код вы напишете в упражнении 1. Разложим пока градиент $W_{hh}$ по шагам и
# посмотрим, кто сколько внёс, когда потеря смотрит лишь на последнее состояние.

# %% [markdown] lang="en"
# There are two biases, `bias_ih` and `bias_hh`, though one would do: that's how it came about in
# cuDNN.
#
# ## 2. Backpropagation through time
#
# Nothing new here: unroll the network and go back along the chain. Let $a_t$ be what stands under
# the tanh. The gradient comes to $h_t$ **by two ways**: straight from the loss, and through the
# next step:
#
# $$\frac{\partial L}{\partial h_t}=\underbrace{g_t}_{\text{from the loss}}
# +\underbrace{W_{hh}^\top\frac{\partial L}{\partial a_{t+1}}}_{\text{from the next step}},\qquad
# \frac{\partial L}{\partial a_t}=\frac{\partial L}{\partial h_t}\circ(1-h_t^2).$$
#
# And the weights are shared, so their gradients **add up** over steps:
#
# $$\frac{\partial L}{\partial W_{hh}}=\sum_t\frac{\partial L}{\partial a_t}\,h_{t-1}^\top,\qquad
# \frac{\partial L}{\partial W_{ih}}=\sum_t\frac{\partial L}{\partial a_t}\,x_t^\top.$$
#
# That's all of BPTT; the code is exercise 1. Meanwhile let us split the gradient of $W_{hh}$ by
# steps and see who gives how much when the loss looks at the last state only.

# %%
torch.manual_seed(0)
network, input = nn.RNN(4, 16).double(), torch.randn(30, 8, 4, dtype=torch.float64)
with torch.no_grad():
    states = network(input)[0]
    grad = torch.randn(8, 16, dtype=torch.float64)  # of the loss by the last state
    shares = []
    for t in reversed(range(30)):
        grad_sums = grad * (1 - states[t] ** 2)
        share = grad_sums.T @ (states[t - 1] if t else torch.zeros_like(states[0]))
        shares.append(share.norm().item())
        grad = grad_sums @ network.weight_hh_l0

plt.semilogy(range(29), shares[:-1], ".-")
plt.xlabel("steps back from the end")
plt.title("share of a step in the gradient of W_hh, norm")
plt.grid(alpha=0.3)
plt.show()
print(f"the last 5 steps give {sum(shares[:5]) / sum(shares):.0%} of all")

# %% [markdown] lang="ru"
# ## 3. Затухают или взрываются
#
# За $k$ шагов назад градиент умножается на $k$ якобианов
# $\partial h_t/\partial h_{t-1}=\mathrm{diag}(1-h_t^2)\,W_{hh}$. Если они сжимают, он затухает
# экспоненциально, если растягивают, — экспоненциально взрывается
# ([Bengio et al., 1994](https://ieeexplore.ieee.org/document/279181);
# [Pascanu et al., 2013](https://arxiv.org/abs/1211.5063)). Множитель tanh не больше единицы и
# только сжимает.
#
# `norms_by_distance` меряет, насколько последнее состояние зависит от входа $k$ шагов назад.
# Возьмём $W_{hh}=\rho Q$ с ортогональной $Q$: сама матрица растягивает ровно в $\rho$ раз.

# %% [markdown] lang="en"
# ## 3. They vanish or they explode
#
# Over $k$ steps back the gradient is multiplied by $k$ Jacobians
# $\partial h_t/\partial h_{t-1}=\mathrm{diag}(1-h_t^2)\,W_{hh}$. Where they contract it vanishes
# exponentially, where they expand it explodes exponentially
# ([Bengio et al., 1994](https://ieeexplore.ieee.org/document/279181);
# [Pascanu et al., 2013](https://arxiv.org/abs/1211.5063)). The factor of the tanh is at most one:
# it can only contract.
#
# `norms_by_distance` measures how much the last state depends on the input $k$ steps before. Take
# $W_{hh}=\rho Q$ with an orthogonal $Q$: the matrix itself stretches by $\rho$ exactly.

# %%
from praktikum.sequence import growth_rate, norms_by_distance

torch.manual_seed(0)
input = torch.randn(50, 16, 8)
orthogonal = torch.linalg.qr(torch.randn(32, 32)).Q
plain = {}
for scale in (0.5, 1.0, 1.5, 3.0):
    network = nn.RNN(8, 32)
    network.load_state_dict(network.state_dict() | {"weight_hh_l0": scale * orthogonal})
    plain[f"RNN, ρ = {scale}"] = norms_by_distance(network, input)
gated = {"GRU": norms_by_distance(nn.GRU(8, 32), input)}
for forget in (0, 2, 5):
    network = nn.LSTM(8, 32)
    with torch.no_grad():
        network.bias_ih_l0[32:64] = forget  # i f g o: the second quarter
    gated[f"LSTM, forget bias {forget}"] = norms_by_distance(network, input)

figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True)
for axis, curves in zip(axes, (plain, gated), strict=True):
    for name, norms in curves.items():
        axis.semilogy(norms, label=f"{name}: ×{growth_rate(norms):.2f} a step")
    axis.set(xlabel="steps back", ylim=(1e-10, 1e7))
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
axes[0].set_ylabel("norm of the gradient")
plt.show()

# %% [markdown] lang="ru"
# Посередине — узкий гребень. При $\rho=1$ градиент всё равно затухает: его сжимает tanh, и тем
# сильнее, чем крупнее входы. Взрыв заметен сразу (потеря становится `nan`), а затухание коварно:
# сеть исправно учится — но только на близком.
#
# Справа — то, ради чего придумали LSTM. Но смотрите: «из коробки» она забывает почти как RNN! Всё
# решает вентиль забывания.
#
# ## 4. LSTM и GRU
#
# LSTM ([Hochreiter, Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735)) носит кроме $h$
# **ячейку** $c$, которая меняется *сложением*:
#
# $$c_t=f_t\circ c_{t-1}+i_t\circ g_t,\qquad h_t=o_t\circ\tanh c_t,$$
#
# где вентили $i,f,o=\sigma(\cdot)$ и обновление $g=\tanh(\cdot)$ — четыре части одной суммы
# $W_{ih}x_t+W_{hh}h_{t-1}+b$. По главной дороге $\partial c_t/\partial c_{t-1}=\mathrm{diag}(f_t)$:
# ни матрицы, ни tanh. Пока $f\approx1$, градиент проходит нетронутым. А в начале обучения
# $f\approx\sigma(0)=0{,}5$, и за 20 шагов от него остаётся $2^{-20}$. Поэтому смещение вентиля
# забывания начинают с положительного числа
# ([Jozefowicz et al., 2015](https://proceedings.mlr.press/v37/jozefowicz15.html)).
#
# GRU ([Cho et al., 2014](https://arxiv.org/abs/1406.1078)) обходится без отдельной ячейки и тремя
# частями вместо четырёх:
#
# $$h_t=(1-z_t)\circ n_t+z_t\circ h_{t-1},\qquad
# n_t=\tanh\bigl(W_{in}x_t+b_{in}+r_t\circ(W_{hn}h_{t-1}+b_{hn})\bigr).$$
#
# Проверим память делом. Первый символ — один из четырёх, дальше идёт шум из других символов; в
# конце надо назвать первый. Считаем, сколько шагов обучения понадобилось до 95 % верных ответов, с
# двумя разными зёрнами.

# %% [markdown] lang="en"
# In the middle there is a narrow ridge. Even with $\rho=1$ the gradient vanishes: tanh contracts
# it, the more so the larger the inputs. An explosion is seen at once (the loss becomes `nan`);
# vanishing is insidious: the network learns all right, but only from what is near.
#
# On the right is what the LSTM was invented for. But look: “out of the box” it forgets nearly as
# the RNN does! The forget gate decides it all.
#
# ## 4. LSTM and GRU
#
# Besides $h$ the LSTM ([Hochreiter, Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735))
# carries a **cell** $c$ that changes by *addition*:
#
# $$c_t=f_t\circ c_{t-1}+i_t\circ g_t,\qquad h_t=o_t\circ\tanh c_t,$$
#
# where the gates $i,f,o=\sigma(\cdot)$ and the update $g=\tanh(\cdot)$ are four parts of one sum
# $W_{ih}x_t+W_{hh}h_{t-1}+b$. On the main road $\partial c_t/\partial c_{t-1}=\mathrm{diag}(f_t)$:
# no matrix, no tanh. While $f\approx1$ the gradient passes untouched. But at the start of training
# $f\approx\sigma(0)=0.5$, and after 20 steps $2^{-20}$ of it is left. So the bias of the forget
# gate is started from a positive number
# ([Jozefowicz et al., 2015](https://proceedings.mlr.press/v37/jozefowicz15.html)).
#
# The GRU ([Cho et al., 2014](https://arxiv.org/abs/1406.1078)) does without a cell of its own, and
# with three parts instead of four:
#
# $$h_t=(1-z_t)\circ n_t+z_t\circ h_{t-1},\qquad
# n_t=\tanh\bigl(W_{in}x_t+b_{in}+r_t\circ(W_{hn}h_{t-1}+b_{hn})\bigr).$$
#
# Let us try the memory out. The first symbol is one of four, then comes a noise of other symbols;
# at the end the first must be named. We count the updates until 95% of the answers are right, with
# two different seeds.


# %%
def draw_memory(batch, time, generator):
    """One-hot sequences (time, batch, 8) and the first symbols (batch,)."""
    symbols = torch.randint(4, 8, (time, batch), generator=generator)
    symbols[0] = torch.randint(4, (batch,), generator=generator)
    return functional.one_hot(symbols, 8).float(), symbols[0]


def last_output(layer, input):
    return layer(input)[0][-1]


def updates_until_learned(layer, time, run=last_output, limit=160):
    """Updates until 95% of the last ten batches are named right; None if it never happens."""
    head, generator = nn.Linear(32, 4), torch.Generator().manual_seed(1)
    parameters = [*layer.parameters(), *head.parameters()]
    optimizer, right = torch.optim.Adam(parameters, 0.01), []
    for update in range(limit):
        input, first = draw_memory(32, time, generator)
        logits = head(run(layer, input))
        right.append((logits.argmax(dim=1) == first).float().mean().item())
        if update >= 10 and np.mean(right[-10:]) > 0.95:
            return update
        optimizer.zero_grad()
        functional.cross_entropy(logits, first).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    return None


def patient_lstm(forget=5.0):
    layer = nn.LSTM(8, 32)
    with torch.no_grad():
        layer.bias_ih_l0[32:64] = forget
    return layer


kinds = {
    "RNN": lambda: nn.RNN(8, 32),
    "GRU": lambda: nn.GRU(8, 32),
    "LSTM": lambda: nn.LSTM(8, 32),
    "LSTM, forget bias 5": patient_lstm,
}
print(f"{'updates until learned':<22}{'T = 20':<12}T = 30")
for name, make in kinds.items():
    row = f"{name:<22}"
    for time in (20, 30):
        learned = []
        for seed in (1, 3):
            torch.manual_seed(seed)
            learned.append(updates_until_learned(make(), time) or "—")
        row += f"{', '.join(map(str, learned)):<12}"
    print(row)

# %% [markdown] lang="ru"
# LSTM с обычным началом здесь хуже простой RNN, а с открытым вентилем забывания уверенно помнит и
# тридцать шагов. Архитектура даёт *возможность* помнить; помнит ли сеть, решают начальные веса и
# обучение. (Сто шестьдесят шагов обучения — мало; со временем и остальные выучили бы больше.
# Попробуйте другие зёрна: разброс велик.)
#
# ## 5. Взрыв: обрыв на поверхности потерь
#
# Где градиенты взрываются, поверхность потерь обрывается отвесно. Пример из статьи Паскану: сеть из
# одного нейрона, $x_{t+1}=w\,\sigma(x_t)+b$, пятьдесят шагов, потеря $(\sigma(x_{50})-0{,}7)^2$.
# Один шаг спуска у обрыва — и параметры улетают. Лекарство: **сохранить направление, ограничить
# длину**,
#
# $$g\leftarrow g\cdot\min\Bigl(1,\ \frac{\tau}{\lVert g\rVert}\Bigr),$$
#
# где норма берётся у *всех* градиентов вместе.

# %% [markdown] lang="en"
# With its usual start the LSTM is worse here than the plain RNN; with an open forget gate it
# reliably remembers over thirty steps, too. The architecture makes remembering *possible*; whether
# a network does remember is up to its initial weights and training. (A hundred and sixty updates
# are few; given time, the others would learn more too. Try other seeds: they differ a lot.)
#
# ## 5. Explosion: a cliff in the loss
#
# Where gradients explode, the surface of the loss falls off a cliff. An example from the paper of
# Pascanu: a network of one neuron, $x_{t+1}=w\,\sigma(x_t)+b$, fifty steps, the loss
# $(\sigma(x_{50})-0.7)^2$. One step of descent at the cliff, and the parameters are gone. The cure
# is **to keep the direction and to limit the length**,
#
# $$g\leftarrow g\cdot\min\Bigl(1,\ \frac{\tau}{\lVert g\rVert}\Bigr),$$
#
# where the norm is that of *all* the gradients together.


# %%
def loss_of_neuron(w, b):
    x = torch.full_like(w, 0.5)
    for _ in range(50):
        x = w * torch.sigmoid(x) + b
    return (torch.sigmoid(x) - 0.7) ** 2


def descend(limit, steps=60, lr=0.5):
    """Points (steps, 2) and losses of gradient descent from (4.5, -2) with clipping."""
    point, points, losses = torch.tensor([4.5, -2.0], requires_grad=True), [], []
    for _ in range(steps):
        loss = loss_of_neuron(*point)
        (grad,) = torch.autograd.grad(loss, point)
        points.append(point.tolist())
        losses.append(loss.item())
        shorter = grad * min(1.0, limit / max(grad.norm().item(), 1e-12))
        point = (point - lr * shorter).detach().requires_grad_()
    return np.array(points), losses


w, b = torch.meshgrid(torch.linspace(3.4, 5.2, 150), torch.linspace(-3, -1, 150), indexing="ij")
figure, axes = plt.subplots(1, 2, figsize=(10, 3.6))
image = axes[0].pcolormesh(w, b, loss_of_neuron(w, b), cmap="viridis", shading="auto")
figure.colorbar(image, ax=axes[0])
for limit, colour in ((float("inf"), "red"), (1.0, "orange"), (0.1, "white")):
    points, losses = descend(limit)
    name = "no clipping" if limit == float("inf") else f"τ = {limit}"
    axes[0].plot(*points.T, ".-", color=colour, ms=4, lw=1, label=name)
    axes[1].semilogy(losses, color="gray" if colour == "white" else colour, label=name)
    print(
        f"{name:12} ends at w = {points[-1, 0]:.2f}, b = {points[-1, 1]:.2f}; loss {losses[-1]:.4f}"
    )
axes[0].set(xlim=(3.4, 5.2), ylim=(-3, -1), xlabel="w", ylabel="b", title="the loss and the paths")
axes[0].legend(fontsize=8, facecolor="gray")
axes[1].set(xlabel="step", title="loss")
axes[1].legend()
plt.show()

# %% [markdown] lang="ru"
# Без ограничения один прыжок уносит точку далеко за край картинки, туда, где градиент почти
# нулевой, и спуск там застревает. Ограничение нормы от этого спасает; от *затухания* — нет: ноль
# сколько ни дели, длиннее не станет. Порог подбирают по графику нормы: пусть срабатывает на
# выбросах, а не на каждом шаге. Резать каждое число отдельно (`clip_grad_value_`) тоже можно, но
# тогда меняется и направление.
#
# ## 6. Усечённый BPTT
#
# Книгу целиком назад не пройти: память растёт с длиной. Поэтому длинную последовательность режут на
# куски: **состояние** передают дальше, а **градиент** на границе обрывают (`detach`). Значения те
# же, что у одного длинного прохода, но учиться сеть может лишь на зависимостях внутри куска.
# Проверим на той же памяти, $T=30$.

# %% [markdown] lang="en"
# Without a limit one leap takes the point far beyond the edge of the picture, to where the gradient
# is nearly zero, and there the descent is stuck. Clipping saves from that; from *vanishing* it
# doesn't: no division makes zero any longer. The threshold is chosen by a plot of norms: let it act
# on outliers, not at every step. Cutting each number by itself (`clip_grad_value_`) is possible
# too, but then the direction changes as well.
#
# ## 6. Truncated BPTT
#
# One can't go back through a whole book: memory grows with length. So a long sequence is cut into
# chunks: the **state** is handed on, the **gradient** is cut off where they meet (`detach`). The
# values are those of one long run, but the network can only learn dependencies within a chunk. Let
# us try it on the same memory, $T=30$.


# %%
def in_chunks(chunk):
    def run(layer, input):
        state = None
        for part in input.split(chunk):
            output, state = layer(part, state)
            state = tuple(tensor.detach() for tensor in state)
        return output[-1]

    return run


for chunk in (30, 15, 10):
    torch.manual_seed(1)
    learned = updates_until_learned(patient_lstm(), 30, in_chunks(chunk), limit=100)
    said = "never learned" if learned is None else f"learned in {learned} updates"
    print(f"chunks of {chunk}: {said}")

# %% [markdown] lang="ru"
# ## 7. Последовательности разной длины
#
# В батче все строки одной длины: короткие дополняют **набивкой** (padding). Дальше есть где
# ошибиться:
#
# - «последний» выход `output[-1]` у короткой последовательности посчитан уже по набивке;
# - обратный проход двунаправленной сети начинает с набивки, а не с конца текста;
# - потеря и метрики не должны считать набивку.
#
# **Упаковка** решает первые два: `PackedSequence` хранит только настоящие шаги, сначала первые шаги
# всех последовательностей, потом вторые, и так далее, и помнит, сколько последовательностей живы на
# каждом шаге (`batch_sizes`). Маска и `gather` дают то же без упаковки.

# %% [markdown] lang="en"
# ## 7. Sequences of various lengths
#
# In a batch all rows are equally long: short ones are filled up with **padding**. From here on
# there is much to go wrong:
#
# - the “last” output `output[-1]` of a short sequence has been computed from padding;
# - the backward half of a bidirectional network begins with padding, not with the end of the text;
# - losses and metrics must not count padding.
#
# **Packing** solves the first two: a `PackedSequence` keeps real steps only, first the first steps
# of all sequences, then the second ones, and so on, and remembers how many sequences are alive at
# each step (`batch_sizes`). A mask and `gather` give the same without packing.

# %%
torch.manual_seed(0)
lengths = torch.tensor([9, 7, 7, 4, 2])
padded = pad_sequence([torch.randn(int(length), 3) for length in lengths])  # (9, 5, 3)
layer = nn.LSTM(3, 4, bidirectional=True)

packed = pack_padded_sequence(padded, lengths)
output, (hidden, _) = layer(packed)
output, _ = pad_packed_sequence(output)
careless, (careless_hidden, _) = layer(padded)
ends = output[lengths - 1, torch.arange(5), :4]  # the forward half at each sequence's own end
print("batch sizes", packed.batch_sizes.tolist(), "| steps kept", len(packed.data), "of", 9 * 5)
print("the last state is the output at a sequence's own end:", torch.allclose(ends, hidden[0]))

figure, axes = plt.subplots(1, 3, figsize=(10, 2.6))
alive = torch.arange(9)[:, None] < lengths
axes[0].imshow(alive.T, cmap="Blues", vmax=1.5)
axes[0].set(xlabel="step", ylabel="sequence", title="real steps")
places = torch.full((9, 5), -1)
places[alive] = torch.arange(len(packed.data))
axes[1].imshow(places.T, cmap="Blues")
for step, sequence in np.argwhere(places.numpy() >= 0):
    axes[1].text(step, sequence, int(places[step, sequence]), ha="center", va="center", fontsize=7)
axes[1].set(xlabel="step", title="place in the packed data")
difference = (careless - output).abs().mean(dim=2).detach() * alive
axes[2].imshow(difference.T, cmap="Reds")
axes[2].set(xlabel="step", title="what padding spoils")
plt.show()
for half, one, two in zip(("forward", "backward"), hidden, careless_hidden, strict=True):
    print(f"last {half} state spoilt by padding:", ((one - two).abs() > 1e-6).any(dim=1).tolist())

# %% [markdown] lang="ru"
# Самая длинная последовательность не страдает. У остальных испорчены оба последних состояния:
# прямое досчитано по набивке, обратное с неё началось. А выходы на настоящих шагах портит одна
# обратная половина: она пришла в конец текста, уже «начитавшись» набивки.
#
# Наши `RNN`, `GRU` и `LSTM` из `praktikum.sequence` умеют и то и другое: принимают
# `PackedSequence` или просто `lengths`.

# %% [markdown] lang="en"
# The longest sequence doesn't suffer. Of the others both last states are spoilt: the forward one
# went on through padding, the backward one began with it. As for the outputs at real steps, the
# backward half alone spoils them: it has come to the end of the text having “read” padding first.
#
# Our own `RNN`, `GRU` and `LSTM` in `praktikum.sequence` can do both: they take a
# `PackedSequence`, or simply `lengths`.

# %%
from praktikum.sequence import LSTM

ours = LSTM(3, 4, bidirectional=True)
ours.load_state_dict(layer.state_dict())  # the parameters have torch's names
by_lengths, (last_hidden, _) = ours(padded, lengths=lengths)
print("the same by lengths:", torch.allclose(by_lengths, output, atol=1e-6))
print("and the last states:", torch.allclose(last_hidden, hidden, atol=1e-6))

# %% [markdown] lang="ru"
# ## 8. Читаем цифры построчно
#
# Напоследок настоящая задача. Картинка 8×8 — последовательность из восьми строк по восемь чисел.
# Сеть читает её сверху вниз, и после **каждой** строки можно спросить, что она думает.

# %% [markdown] lang="en"
# ## 8. Reading digits line by line
#
# A real problem to finish with. A picture of 8×8 is a sequence of eight rows of eight numbers. The
# network reads it from top to bottom, and after **each** row one may ask what it thinks.

# %%
digits = load_digits()
order = torch.randperm(len(digits.target), generator=torch.Generator().manual_seed(0))
pictures = torch.tensor(digits.images / 16, dtype=torch.float32)[order]
labels = torch.tensor(digits.target)[order]
torch.manual_seed(0)
layer, head = nn.LSTM(8, 48), nn.Linear(48, 10)
parameters = [*layer.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, 5e-3)
for _ in range(16):
    for rows in torch.randperm(1347).split(64):
        output, _ = layer(pictures[rows].transpose(0, 1))  # (8 rows, batch, 8)
        loss = functional.cross_entropy(head(output[-1]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()

test_pictures, test_labels = pictures[1347:], labels[1347:]
with torch.no_grad():
    answers = head(layer(test_pictures.transpose(0, 1))[0]).softmax(dim=2)  # (8, 450, 10)
right = (answers.argmax(dim=2) == test_labels).float().mean(dim=1)
print("right after each row:", [round(share, 2) for share in right.tolist()])

figure, axes = plt.subplots(2, 6, figsize=(10, 3.6))
for (above, below), index in zip(axes.T, range(6), strict=True):
    above.imshow(test_pictures[index], cmap="gray_r")
    above.set_axis_off()
    below.imshow(answers[:, index], cmap="Blues", vmin=0, vmax=1, aspect="auto")
    below.set(xticks=range(10), yticks=[])
    below.tick_params(labelsize=7)
axes[1, 0].set_ylabel("rows read")
plt.show()

# %% [markdown] lang="ru"
# Учили сеть отвечать лишь после последней строки, поэтому до неё она не обязана быть права, и её
# промежуточная «уверенность» ничего не стоит. Хотите ответа на ходу — потеря должна смотреть на все
# шаги.
#
# ## Вопросы для самопроверки
#
# <details><summary>1. Сколько параметров у nn.LSTM(32, 128)? Зависит ли это от длины текста?</summary>
#
# $4\cdot128\cdot(32+128)+2\cdot4\cdot128=82\,944$: четыре вентиля, две матрицы, два смещения. От
# длины не зависит: веса у шагов общие.
#
# </details>
#
# <details><summary>2. Почему градиенты весов при BPTT складываются по шагам, а не
# усредняются?</summary>
#
# Одна и та же переменная входит в вычисление много раз, и по правилу цепи вклады всех вхождений
# складываются. Оттого длинные последовательности дают и более длинный градиент.
#
# </details>
#
# <details><summary>3. Помогает ли ограничение нормы от затухания? А большой шаг обучения?</summary>
#
# Нет и нет. Затухает вклад *далёких* шагов относительно близких; общий множитель этого отношения не
# меняет.
#
# </details>
#
# <details><summary>4. Чему равна производная c_t по c_{t-1} в LSTM? Может ли градиент ячейки
# взорваться?</summary>
#
# По прямой дороге — $\mathrm{diag}(f_t)$, не больше единицы, взрыва нет. Но $f,i,g$ зависят от
# $h_{t-1}$, а оно — от $c_{t-1}$; по этой окольной дороге стоят матрицы, и взрыв возможен. Поэтому
# норму ограничивают и в LSTM.
#
# </details>
#
# <details><summary>5. Батч из текстов длины 10, 10 и 1000. Что дороже: набивка или упаковка? Что
# сделать до них?</summary>
#
# Набивка считает 3000 шагов вместо 1020. Упаковка считает 1020, но после десятого шага — по одной
# последовательности, без выгоды от батча. Лучше собирать в батч тексты близкой длины.
#
# </details>
#
# <details><summary>6. Почему обычный dropout на h_t на каждом шаге вредит памяти?</summary>
#
# Маски независимы: за $k$ шагов число уцелеет с вероятностью $(1-p)^k$. Память стирается
# экспоненциально. Как сделать правильно — в задании 3.
#
# </details>
#
# <details><summary>7. Сохраняется ли состояние между батчами? Когда это нужно, а когда это
# ошибка?</summary>
#
# Само — нет: без аргумента оно начинается с нулей. Передают его (без истории), когда следующий
# батч продолжает те же тексты, как при обучении языковой модели. Если тексты независимы, это
# утечка из одного в другой.
#
# </details>

# %% [markdown] lang="en"
# The network was taught to answer after the last row only, so before it there is no duty to be
# right, and its “confidence” on the way is worth nothing. If you want answers as you go, the loss
# must look at all steps.
#
# ## Questions to check yourself
#
# <details><summary>1. How many parameters has nn.LSTM(32, 128)? Does that depend on the length of
# the text?</summary>
#
# $4\cdot128\cdot(32+128)+2\cdot4\cdot128=82\,944$: four gates, two matrices, two biases. It doesn't
# depend on the length: steps share their weights.
#
# </details>
#
# <details><summary>2. Why are gradients of weights added over steps in BPTT, and not
# averaged?</summary>
#
# One and the same variable enters the computation many times, and by the chain rule what comes
# from all its places is added. That's why longer sequences give longer gradients, too.
#
# </details>
#
# <details><summary>3. Does clipping the norm help against vanishing? And a larger learning
# rate?</summary>
#
# No and no. What vanishes is the part of *distant* steps relative to near ones; a common factor
# doesn't change that ratio.
#
# </details>
#
# <details><summary>4. What is the derivative of c_t by c_{t-1} in a LSTM? Can the cell's gradient
# explode?</summary>
#
# By the direct road it is $\mathrm{diag}(f_t)$, at most one: no explosion. But $f,i,g$ depend on
# $h_{t-1}$, and that on $c_{t-1}$; matrices stand on this detour, and an explosion is possible. So
# the norm is clipped for LSTMs too.
#
# </details>
#
# <details><summary>5. A batch of texts of length 10, 10 and 1000. Which costs more, padding or
# packing? What should be done before either?</summary>
#
# Padding computes 3000 steps instead of 1020. Packing computes 1020, but after the tenth step one
# sequence at a time, with no gain from the batch. It's better to put texts of similar length
# together.
#
# </details>
#
# <details><summary>6. Why does ordinary dropout of h_t at every step harm the memory?</summary>
#
# The masks are independent: over $k$ steps a number survives with probability $(1-p)^k$. Memory is
# wiped out exponentially. How to do it right is in task 3.
#
# </details>
#
# <details><summary>7. Is the state kept between batches? When is that needed, and when is it a
# mistake?</summary>
#
# Not by itself: without an argument it starts from zeros. It is handed on (without history) when
# the next batch continues the same texts, as in training a language model. If the texts have
# nothing to do with each other, it is a leak from one into another.
#
# </details>

# %% [markdown] lang="ru"
# ## Упражнения
#
# Семь функций с вырезанными телами. Что написать, сказано в docstring; под каждой — ячейка с
# проверкой.
#
# ### 1. Обратный проход во времени
#
# Формулы — в части 2. Помните о двух дорогах и об общих весах.

# %% [markdown] lang="en"
# ## Exercises
#
# Seven functions with their bodies cut out. What to write is said in the docstring; below each is
# a cell that checks it.
#
# ### 1. Backward through time
#
# The formulas are in part 2. Mind the two ways, and the shared weights.

# %% include="exercises:rnn_backward"

# %% check="bptt"

# %% [markdown] lang="ru"
# ### 2. Шаг LSTM
#
# Четыре вентиля, одна сумма. Проверяются и градиенты: ячейку отсоединять нельзя.

# %% [markdown] lang="en"
# ### 2. A step of the LSTM
#
# Four gates, one sum. Gradients are checked too: the cell must not be detached.

# %% include="exercises:lstm_step"

# %% check="lstm"

# %% [markdown] lang="ru"
# ### 3. Шаг GRU
#
# Статей две, и формулы в них расходятся; здесь нужна та, что в torch.

# %% [markdown] lang="en"
# ### 3. A step of the GRU
#
# There are two papers, and their formulas differ; the one that's wanted is torch's.

# %% include="exercises:gru_step"

# %% check="gru"

# %% [markdown] lang="ru"
# ### 4. Укоротить, не повернув
#
# Одна норма на всех. Короткий градиент трогать незачем, нулевой — нельзя делить.

# %% [markdown] lang="en"
# ### 4. Shorter, but not turned
#
# One norm for all. There is no need to touch a short gradient, and no way to divide by zero.

# %% include="exercises:clip_by_norm"

# %% check="clipping"

# %% [markdown] lang="ru"
# ### 5. Длинный текст кусками
#
# Состояние идёт дальше, градиент остаётся.

# %% [markdown] lang="en"
# ### 5. A long text in chunks
#
# The state goes on, the gradient stays behind.

# %% include="exercises:run_in_chunks"

# %% check="chunks"

# %% [markdown] lang="ru"
# ### 6. Упаковка
#
# Хватит одной маски: посмотрите, в каком порядке булева маска достаёт элементы.

# %% [markdown] lang="en"
# ### 6. Packing
#
# One mask will do: see in which order a Boolean mask takes elements out.

# %% include="exercises:pack"

# %% check="packing"

# %% [markdown] lang="ru"
# ### 7. Задом наперёд, но без хвоста
#
# То, чего не хватало обратной половине сети в части 7.

# %% [markdown] lang="en"
# ### 7. Backwards, but not the tail
#
# What the backward half of the network lacked in part 7.

# %% include="exercises:reverse_sequences"

# %% check="reversal"
