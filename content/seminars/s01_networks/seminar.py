# %% [markdown] lang="ru"
# # Нейронные сети: от перцептрона до инициализации
#
# Нейронная сеть — это функция с параметрами, и ничего больше. Удивительно другое: почему такая
# простая функция приближает почти всё, почему её вообще удаётся обучить и почему иногда не
# удаётся. Этот семинар отвечает на три вопроса:
#
# 1. **Что сеть может выразить?** Перцептрон, XOR, глубина, универсальная аппроксимация.
# 2. **Как искать её параметры?** Градиентный спуск и его родственники, с траекториями на овраге.
# 3. **С чего начинать поиск?** Активации, затухание сигнала, инициализации Xavier и Kaiming с
#    выводом.
#
# Всё измеренное ниже измерено ячейкой, рядом с которой стоит. Ячейки короткие: меняйте в них
# константы и смотрите, что сломается. Так этот семинар и задуман. Нужны только NumPy, SciPy и
# matplotlib. В конце вас ждут вопросы для самопроверки и восемь упражнений с автоматической
# проверкой; баллов за них нет, зато после них задание 1 пойдёт легче.

# %% [markdown] lang="en"
# # Neural networks: from the perceptron to initialisation
#
# A neural network is a function with parameters, and nothing more. The surprise lies elsewhere:
# why so simple a function approximates almost anything, why it can be trained at all, and why
# sometimes it cannot. This seminar answers three questions:
#
# 1. **What can a network express?** The perceptron, XOR, depth, universal approximation.
# 2. **How do we look for its parameters?** Gradient descent and its relatives, as paths in a
#    ravine.
# 3. **Where do we start looking?** Activations, the fading signal, Xavier's and Kaiming's
#    initialisations, derived.
#
# Whatever is measured below is measured by the cell that stands beside it. The cells are short:
# change their constants and see what breaks. That is how this seminar is meant to be read. All it
# takes is NumPy, SciPy and matplotlib. At the end there are questions for self-check and eight
# exercises with automatic checks; they bring no points, but they make task 1 easier.

# %%
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from scipy import optimize

from praktikum.scratch.initialisation import kaiming_normal, normal, xavier_normal
from praktikum.scratch.optimisers import AdaGrad, Adam, Nesterov, RMSProp

BLUE, ORANGE, GREEN = "#2b6cb0", "#dd7a26", "#2f9268"
RED, PURPLE, GREY = "#c53d3d", "#7b55a8", "#718096"
plt.rcParams.update(
    {
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.titlesize": "medium",
        "grid.alpha": 0.25,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
    }
)

# %% [markdown] lang="ru"
# ## 1. Перцептрон: машина, которая учится на ошибках
#
# В 1958 году психолог Фрэнк Розенблатт описал машину, которая не запрограммирована, а *обучается*.
# Её железное воплощение, Mark I, смотрело на мир 400 фотоэлементами, а веса хранило в
# потенциометрах, которые вращали электромоторы. Формула помещается в строку:
#
# $$\hat y = \operatorname{sign}(w^\top x), \qquad x = (x_1, \dots, x_d, 1).$$
#
# Единица в конце $x$ превращает последний вес в порог (смещение). Граница решения $w^\top x = 0$ —
# гиперплоскость, а $w$ — её нормаль.
#
# **Правило Розенблатта.** Идём по примерам. Ответ верен — ничего не делаем. Ошиблись на паре
# $(x, y)$, где $y = \pm 1$, — прибавляем: $w \leftarrow w + yx$. Зачем? Затем, что
# $y\,(w + yx)^\top x = y\,w^\top x + \|x\|^2$: на этом примере дело точно стало лучше. А не стало
# ли оно хуже на остальных?

# %% [markdown] lang="en"
# ## 1. The perceptron: a machine that learns from its mistakes
#
# In 1958 the psychologist Frank Rosenblatt described a machine that isn't programmed but *learns*.
# Its embodiment in hardware, the Mark I, looked at the world through 400 photocells and kept its
# weights in potentiometers turned by electric motors. The formula takes a line:
#
# $$\hat y = \operatorname{sign}(w^\top x), \qquad x = (x_1, \dots, x_d, 1).$$
#
# The one at the end of $x$ makes the last weight a threshold (the bias). The decision boundary
# $w^\top x = 0$ is a hyperplane, and $w$ is its normal.
#
# **Rosenblatt's rule.** Walk through the examples. The answer is right: do nothing. It is wrong on
# a pair $(x, y)$ with $y = \pm 1$: add, $w \leftarrow w + yx$. Why? Because
# $y\,(w + yx)^\top x = y\,w^\top x + \|x\|^2$: on this example things have certainly become
# better. But haven't they become worse on the others?


# %%
def perceptron(X, y, max_epochs=100):
    """Every weight vector that Rosenblatt's rule goes through, the zero one first."""
    weights = [np.zeros(X.shape[1])]
    for _ in range(max_epochs):
        mistakes = 0
        for x, label in zip(X, y, strict=True):
            if label * (x @ weights[-1]) <= 0:
                weights.append(weights[-1] + label * x)
                mistakes += 1
        if mistakes == 0:
            break
    return np.array(weights)


rng = np.random.default_rng(5)
points = rng.uniform(-1, 1, size=(400, 2))
distance = points @ [0.8, 0.6] - 0.25  # to the line that labels them
points, distance = points[np.abs(distance) > 0.05], distance[np.abs(distance) > 0.05]
points, y = points[:80], np.sign(distance[:80])
X = np.column_stack([points, np.ones(len(points))])  # the last weight is the bias

history = perceptron(X, y)
print(f"{len(history) - 1} corrections; mistakes left: {np.sum(y * (X @ history[-1]) <= 0)}")


# %%
def boundary(weights, x1):
    return -(weights[2] + weights[0] * x1) / weights[1]


ends = np.array([-1.1, 1.1])
fig, ax = plt.subplots(figsize=(6.6, 4.4))
for step, weights in enumerate(history[1:-1], start=1):
    opacity = 0.1 + 0.5 * step / len(history)
    ax.plot(ends, boundary(weights, ends), color=GREY, lw=1, alpha=opacity)
ax.plot(ends, boundary(history[-1], ends), color="black", lw=2.4, label="the last correction")
for label, colour in [(1, BLUE), (-1, ORANGE)]:
    ax.scatter(*points[y == label].T, color=colour, s=28, label=f"y = {label:+d}", zorder=3)
ax.set(xlim=ends, ylim=ends, xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
ax.set_title("Boundaries after each correction: the darker, the later")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown] lang="ru"
# Граница мечется: исправляя один пример, она портит другие. И всё же она останавливается. Это не
# везение, а теорема.
#
# **Теорема Новикова (1962).** Пусть выборка линейно разделима с зазором $\gamma$: есть единичный
# вектор $u$, для которого $y\,u^\top x \ge \gamma > 0$ на всех примерах, и пусть $\|x\| \le R$.
# Тогда перцептрон исправится не более $R^2/\gamma^2$ раз.
#
# *Доказательство* — две оценки на $w_t$, вектор после $t$ исправлений.
#
# * **Пол.** Каждое исправление приближает к $u$:
#   $u^\top w_{t} = u^\top w_{t-1} + y\,u^\top x \ge u^\top w_{t-1} + \gamma$. Поэтому
#   $\|w_t\| \ge u^\top w_t \ge \gamma t$.
# * **Потолок.** Исправляем только на ошибке, то есть при $y\,w_{t-1}^\top x \le 0$, поэтому
#   $\|w_t\|^2 = \|w_{t-1}\|^2 + 2y\,w_{t-1}^\top x + \|x\|^2 \le \|w_{t-1}\|^2 + R^2$. Значит,
#   $\|w_t\| \le R\sqrt t$.
#
# Пол растёт как $t$, потолок — как $\sqrt t$; они сходятся при $t = R^2/\gamma^2$, и дальше идти
# некуда. Нарисуем эти ножницы. Зазор $\gamma$ возьмём наибольший возможный: найдём разделяющую
# плоскость максимальной ширины (привет, SVM).

# %% [markdown] lang="en"
# The boundary rushes about: in mending one example it spoils others. And yet it stops. That is not
# luck but a theorem.
#
# **Novikoff's theorem (1962).** Let the sample be linearly separable with the margin $\gamma$:
# there is a unit vector $u$ with $y\,u^\top x \ge \gamma > 0$ on all examples; and let
# $\|x\| \le R$. Then the perceptron makes at most $R^2/\gamma^2$ corrections.
#
# *The proof* is two bounds on $w_t$, the vector after $t$ corrections.
#
# * **The floor.** Every correction brings us closer to $u$:
#   $u^\top w_{t} = u^\top w_{t-1} + y\,u^\top x \ge u^\top w_{t-1} + \gamma$. So
#   $\|w_t\| \ge u^\top w_t \ge \gamma t$.
# * **The ceiling.** We correct only after a mistake, that is when $y\,w_{t-1}^\top x \le 0$, so
#   $\|w_t\|^2 = \|w_{t-1}\|^2 + 2y\,w_{t-1}^\top x + \|x\|^2 \le \|w_{t-1}\|^2 + R^2$. Hence
#   $\|w_t\| \le R\sqrt t$.
#
# The floor grows as $t$ and the ceiling as $\sqrt t$; they meet at $t = R^2/\gamma^2$, and beyond
# there is nowhere to go. Let us draw these scissors. For $\gamma$ we take the largest one
# possible: we find the separating plane of the widest margin (SVM says hello).

# %%
# min |v|² under y·(x·v) ≥ 1; the margin is then 1/|v|
widest = optimize.minimize(
    lambda v: v @ v / 2,
    history[-1],
    jac=lambda v: v,
    constraints={
        "type": "ineq",
        "fun": lambda v: y * (X @ v) - 1,
        "jac": lambda _: y[:, None] * X,
    },
).x
gamma, radius = 1 / np.linalg.norm(widest), np.linalg.norm(X, axis=1).max()
bound = (radius / gamma) ** 2

corrections = np.arange(1, len(history))
lengths = np.linalg.norm(history[1:], axis=1)
grid = np.geomspace(1, 3 * bound)
fig, ax = plt.subplots(figsize=(6.6, 4))
before = grid[grid < bound]
ax.fill_between(before, gamma * before, radius * np.sqrt(before), color=GREY, alpha=0.12)
ax.loglog(grid, radius * np.sqrt(grid), color=RED, label=r"ceiling $R\sqrt{t}$")
ax.loglog(grid, gamma * grid, color=BLUE, label=r"floor $\gamma t$")
ax.loglog(corrections, lengths, ".-", color="black", ms=5, label=r"$\|w_t\|$, measured")
ax.axvline(bound, color=GREY, ls=":", label=f"$R^2/\\gamma^2$ = {bound:.0f}")
ax.set(xlabel="corrections $t$", ylabel="length", title="Why the corrections come to an end")
ax.legend()
plt.show()
print(f"γ = {gamma:.3f}, R = {radius:.2f}: at most {bound:.0f} corrections;")
print(f"it took {corrections[-1]}")

# %% [markdown] lang="ru"
# Обратите внимание на честность оценки: она верна, но груба — на деле исправлений потребовалось в
# двадцать с лишним раз меньше. Так бывает с большинством теорем про обучение: они говорят, *от
# чего* зависит ответ (здесь — от зазора, но не от размерности!), а не каков он.
#
# ## 2. XOR: то, чего один нейрон не может
#
# А если зазора нет вовсе? Самый маленький пример — исключающее «или».
#
# **Утверждение.** Никакие $w_1, w_2, b$ не дают $w_1x_1 + w_2x_2 + b > 0$ ровно там, где
# $x_1 \oplus x_2 = 1$. *Доказательство.* На 01 и 10 нужно $w_2 + b > 0$ и $w_1 + b > 0$; сложим:
# $w_1 + w_2 + 2b > 0$. На 00 и 11 нужно $b \le 0$ и $w_1 + w_2 + b \le 0$; сложим:
# $w_1 + w_2 + 2b \le 0$. Противоречие. ∎
#
# Что тогда делает правило Розенблатта? Посмотрим на веса $(w_1, w_2, b)$ по ходу трёх эпох.

# %% [markdown] lang="en"
# Note how honest the bound is: true, but crude; in fact it took over twenty times fewer
# corrections. So it is with most theorems about learning: they tell *on what* the answer depends
# (here: on the margin, and not on the dimension!), not what it is.
#
# ## 2. XOR: what one neuron cannot do
#
# And what if there is no margin at all? The smallest example is the exclusive "or".
#
# **Proposition.** No $w_1, w_2, b$ give $w_1x_1 + w_2x_2 + b > 0$ exactly where
# $x_1 \oplus x_2 = 1$. *Proof.* On 01 and 10 we need $w_2 + b > 0$ and $w_1 + b > 0$; add them:
# $w_1 + w_2 + 2b > 0$. On 00 and 11 we need $b \le 0$ and $w_1 + w_2 + b \le 0$; add them:
# $w_1 + w_2 + 2b \le 0$. A contradiction. ∎
#
# What does Rosenblatt's rule do then? Let us look at the weights $(w_1, w_2, b)$ in the course of
# three epochs.

# %%
bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
xor = np.array([-1, 1, 1, -1])
stuck = perceptron(np.column_stack([bits, np.ones(4)]), xor, max_epochs=3)
print("\n".join(f"{t:2d}: {w}" for t, w in enumerate(stuck.astype(int))))

# %% [markdown] lang="ru"
# Веса ходят по кругу длины 4, и так будет всегда: ошибка на каждом примере каждой эпохи.
#
# XOR — не курьёз. Спросим иначе: *какую долю* всех булевых функций вычисляет один пороговый
# нейрон? Функций от $n$ битов $2^{2^n}$, а вопрос «разделима ли линейно эта разметка?» — задача
# линейного программирования: существует ли $v$, при котором $y\,v^\top x \ge 1$ на всех вершинах
# куба?

# %% [markdown] lang="en"
# The weights go round in a circle of length 4, and will for ever: a mistake on every example of
# every epoch.
#
# XOR is no curiosity. Ask it another way: *what share* of all Boolean functions can one threshold
# neuron compute? There are $2^{2^n}$ functions of $n$ bits, and "is this labelling linearly
# separable?" is a linear program: is there a $v$ with $y\,v^\top x \ge 1$ at all corners of the
# cube?


# %%
def count_separable(n_bits):
    """How many Boolean functions of n_bits one threshold neuron computes, and out of how many."""
    corners = np.array(list(np.ndindex(*(2,) * n_bits)))
    inputs = np.column_stack([corners, np.ones(len(corners))])
    count = 0
    for outputs in np.ndindex(*(2,) * len(corners)):
        labels = 2 * np.array(outputs) - 1
        plane = optimize.linprog(
            np.zeros(n_bits + 1),
            A_ub=-labels[:, None] * inputs,
            b_ub=-np.ones(len(corners)),
            bounds=(None, None),
        )
        count += plane.status == 0  # a feasible plane was found
    return count, 2 ** len(corners)


for n_bits in (1, 2, 3):
    count, total = count_separable(n_bits)
    print(f"{n_bits} bits: {count:3d} of {total:3d} functions, {count / total:.0%}")

# %% [markdown] lang="ru"
# При двух битах не везёт лишь XOR и его отрицанию, при трёх не везёт уже большинству, а при
# четырёх, как известно, разделимы только 1882 функции из 65 536 (меньше 3 %). Доля стремится к
# нулю: одиночный нейрон не умеет почти ничего.
#
# Именно это разобрали Минский и Пейперт в книге «Перцептроны» (1969). Они знали, что несколько
# слоёв спасают; никто не знал, как несколько слоёв *обучать*. Сначала убедимся, что спасают.
#
# ### Два нейрона складывают плоскость
#
# Возьмём два нейрона с активацией $\operatorname{ReLU}(z) = \max(0, z)$ и подберём веса руками:
#
# $$h_1 = \operatorname{ReLU}(x_1 + x_2), \qquad h_2 = \operatorname{ReLU}(x_1 + x_2 - 1), \qquad
# \text{выход} = h_1 - 2h_2.$$

# %% [markdown] lang="en"
# With two bits only XOR and its negation are out of luck, with three already most functions are,
# and with four, as is known, only 1882 functions of 65,536 are separable (less than 3%). The share
# tends to zero: a single neuron can do almost nothing.
#
# That is what Minsky and Papert took apart in "Perceptrons" (1969). They knew that several layers
# would help; what nobody knew was how to *train* several layers. First let us see that they do
# help.
#
# ### Two neurons fold the plane
#
# Take two neurons with the activation $\operatorname{ReLU}(z) = \max(0, z)$ and choose the weights
# by hand:
#
# $$h_1 = \operatorname{ReLU}(x_1 + x_2), \qquad h_2 = \operatorname{ReLU}(x_1 + x_2 - 1), \qquad
# \text{output} = h_1 - 2h_2.$$


# %%
def relu(z):
    return np.maximum(z, 0)


W1, b1 = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])
w2 = np.array([1.0, -2.0])

hidden = relu(bits @ W1.T + b1)
print("x1 x2   h1 h2   output")
for x, h in zip(bits, hidden.astype(int), strict=True):
    print(f" {x[0]}  {x[1]}    {h[0]}  {h[1]}      {h @ w2:.0f}")

# %%
axis = np.linspace(-0.35, 1.35, 200)
plane = np.stack(np.meshgrid(axis, axis), axis=-1)  # (200, 200, 2)
output = relu(plane @ W1.T + b1) @ w2

fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.2))
left.contourf(axis, axis, output, levels=[-9, 0.5, 9], colors=[ORANGE, BLUE], alpha=0.18)
left.contour(axis, axis, output, levels=[0.5], colors="black", linewidths=1.5)
right.axline((0.5, 0), slope=0.5, color="black", lw=1.5)
right.fill_between([-1, 3], [-0.75, 1.25], -3, color=BLUE, alpha=0.18, lw=0)
right.fill_between([-1, 3], [-0.75, 1.25], 3, color=ORANGE, alpha=0.18, lw=0)
for value, colour in [(-1, ORANGE), (1, BLUE)]:
    left.scatter(*bits[xor == value].T, s=130, color=colour, zorder=3)
    right.scatter(*hidden[xor == value].T, s=130, color=colour, zorder=3)
for corner in bits:
    left.annotate(f"{corner[0]}{corner[1]}", corner, (9, 9), textcoords="offset points")
for place, names, shift in [((0, 0), "00", 12), ((1, 0), "01 and 10", -22), ((2, 1), "11", 12)]:
    right.annotate(names, place, (0, shift), textcoords="offset points", ha="center")
left.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", title="Input plane: two lines are needed")
right.set(xlim=(-0.5, 2.5), ylim=(-0.9, 1.6), aspect="equal")
right.set(xlabel="$h_1$", ylabel="$h_2$", title="Hidden plane: one line is enough")
plt.show()

# %% [markdown] lang="ru"
# Справа вся суть глубокого обучения в миниатюре. Скрытый слой не классифицирует, он
# *перерисовывает пространство*: точки 01 и 10 слились в одну, лист сложился, и последнему
# линейному слою осталось провести прямую. Признаки для линейного классификатора больше не
# придумывает человек: их вычисляет предыдущий слой.
#
# ## 3. Многослойный перцептрон
#
# Повторим слой $L$ раз, и получится **MLP** (multilayer perceptron):
#
# $$h^{(0)} = x, \qquad z^{(l)} = W^{(l)} h^{(l-1)} + b^{(l)}, \qquad h^{(l)} =
# \varphi\big(z^{(l)}\big), \qquad \text{выход} = z^{(L)}.$$
#
# Договоримся об обозначениях: $W^{(l)}$ имеет размер `(fan_out, fan_in)`, то есть (сколько
# нейронов, сколько у каждого входов); так же хранит веса и PyTorch. Объекты лежат в *строках*
# матрицы `x`, поэтому в коде слой выглядит как `x @ W.T + b`. После последнего слоя активации нет.
#
# Зачем вообще $\varphi$? Без неё слои схлопываются:
# $W^{(2)}(W^{(1)}x + b^{(1)}) + b^{(2)} = (W^{(2)}W^{(1)})\,x + \text{const}$. Сто линейных слоёв
# — это один линейный слой. Ниже одни и те же случайные веса с тремя разными $\varphi$.

# %% [markdown] lang="en"
# The right picture is deep learning in miniature. The hidden layer doesn't classify, it *redraws
# the space*: the points 01 and 10 have merged, the sheet has been folded, and all that is left to
# the last, linear, layer is to draw a line. Features for the linear classifier are no longer
# invented by a person: the layer before computes them.
#
# ## 3. The multilayer perceptron
#
# Repeat the layer $L$ times, and you have an **MLP**:
#
# $$h^{(0)} = x, \qquad z^{(l)} = W^{(l)} h^{(l-1)} + b^{(l)}, \qquad h^{(l)} =
# \varphi\big(z^{(l)}\big), \qquad \text{output} = z^{(L)}.$$
#
# Let us agree on the notation: $W^{(l)}$ has the shape `(fan_out, fan_in)`, that is (how many
# neurons, how many inputs each has); PyTorch keeps its weights in the same way. Examples are the
# *rows* of the matrix `x`, so in code a layer is `x @ W.T + b`. There is no activation after the
# last layer.
#
# Why have $\varphi$ at all? Without it layers collapse:
# $W^{(2)}(W^{(1)}x + b^{(1)}) + b^{(2)} = (W^{(2)}W^{(1)})\,x + \text{const}$. A hundred linear
# layers are one linear layer. Below are the same random weights with three different $\varphi$.


# %%
def mlp(x, weights, biases, activation):
    """Outputs (n, n_outputs) of the network for the rows of x (n, n_inputs)."""
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        x = activation(x @ W.T + b)
    return x @ weights[-1].T + biases[-1]


rng = np.random.default_rng(0)
sizes = [2, 16, 16, 16, 16, 1]
weights = [kaiming_normal(m, n, rng) for m, n in pairwise(sizes)]
biases = [rng.normal(0, 0.3, n) for n in sizes[1:]]

axis = np.linspace(-2, 2, 240)
plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
fig, axes = plt.subplots(1, 3, figsize=(11, 3.8))
shapes = {"identity": lambda z: z, "tanh": np.tanh, "ReLU": relu}
for ax, (name, activation) in zip(axes, shapes.items(), strict=True):
    surface = mlp(plane, weights, biases, activation).reshape(240, 240)
    ax.contourf(axis, axis, surface, levels=24, cmap="RdBu_r")
    ax.set(title=f"output, φ = {name}", xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.grid(False)
plt.show()

# %% [markdown] lang="ru"
# ### Почему глубина
#
# Сеть с ReLU — кусочно-линейная функция. Сколько у неё кусков? Один скрытый слой из $n$ нейронов
# даёт на прямой не больше $n + 1$ куска: каждый нейрон добавляет один излом. А теперь возьмём
# «палатку» из двух нейронов $T(x) = 2\operatorname{ReLU}(x) - 4\operatorname{ReLU}(x - \tfrac12)$
# и применим её к самой себе.

# %% [markdown] lang="en"
# ### Why depth
#
# A network with ReLU is a piecewise linear function. Of how many pieces? One hidden layer of $n$
# neurons makes at most $n + 1$ pieces of a line: each neuron adds one bend. Now take a "tent" of
# two neurons, $T(x) = 2\operatorname{ReLU}(x) - 4\operatorname{ReLU}(x - \tfrac12)$, and apply it
# to itself.


# %%
def tent(x):
    return 2 * relu(x) - 4 * relu(x - 0.5)


x = np.linspace(0, 1, 2**12 + 1)
wave = x
fig, axes = plt.subplots(1, 4, figsize=(11, 2.6), sharey=True)
for depth, ax in enumerate(axes, start=1):
    wave = tent(wave)
    pieces = 1 + np.count_nonzero(np.diff(np.sign(np.diff(wave))))
    ax.plot(x, wave, color=BLUE)
    ax.set(title=f"depth {depth}: {2 * depth} neurons, {pieces} pieces", xlabel="$x$")
axes[0].set_ylabel("output")
plt.show()

# %% [markdown] lang="ru"
# Глубина $L$ и $2L$ нейронов дают $2^L$ кусков. Сети с одним скрытым слоем для той же пилы
# понадобится не меньше $2^L - 1$ нейронов: при $L = 20$ — сорок нейронов против миллиона. Это
# (упрощённая) теорема Телгарского (2016). Каждый слой складывает отрезок пополам, и всё, что
# нарисовано дальше, повторяется в обеих половинах.
#
# Честная оговорка: теорема говорит, что *существуют* функции, для которых глубина экономит
# экспоненциально. Она не говорит, что ваша функция такова и что спуск найдёт эти веса.
#
# ## 4. Универсальная аппроксимация своими руками
#
# **Теорема** (Цыбенко и Хорник, 1989; Лешно и др., 1993). Для любой непрерывной $f$ на компакте и
# любого $\varepsilon > 0$ найдётся сеть с одним скрытым слоем, которая отличается от $f$ не более
# чем на $\varepsilon$. Активация годится любая (локально ограниченная, кусочно-непрерывная), кроме
# многочлена.
#
# На отрезке и с ReLU теорему можно доказать за минуту. Возьмём узлы $t_0 < t_1 < \dots < t_n$ и
# ломаную через точки $(t_k, f(t_k))$. Пусть $s_k$ — её наклон на $k$-м отрезке. Ломаная — это
# сумма «петель» (hinges):
#
# $$f(t_0) + \sum_{k=0}^{n-1} c_k \operatorname{ReLU}(x - t_k), \qquad c_0 = s_0, \quad c_k = s_k -
# s_{k-1}.$$
#
# Каждая петля включается в своём узле и меняет наклон на $c_k$. Это и есть сеть: $n$ скрытых
# нейронов, веса входа 1, смещения $-t_k$, веса выхода $c_k$.

# %% [markdown] lang="en"
# Depth $L$ and $2L$ neurons make $2^L$ pieces. A network with one hidden layer needs at least
# $2^L - 1$ neurons for the same saw: with $L = 20$, forty neurons against a million. This is
# (simplified) Telgarsky's theorem (2016). Every layer folds the segment in two, and whatever is
# drawn afterwards is repeated in both halves.
#
# An honest reservation: the theorem says that there *are* functions for which depth saves
# exponentially. It doesn't say that yours is one of them, nor that descent will find these
# weights.
#
# ## 4. Universal approximation by hand
#
# **Theorem** (Cybenko and Hornik, 1989; Leshno et al., 1993). For every continuous $f$ on a
# compact set and every $\varepsilon > 0$ there is a network with one hidden layer that differs
# from $f$ by at most $\varepsilon$. Any activation will do (locally bounded, piecewise continuous)
# unless it is a polynomial.
#
# On a segment and with ReLU the theorem is proved in a minute. Take knots
# $t_0 < t_1 < \dots < t_n$ and the broken line through the points $(t_k, f(t_k))$. Let $s_k$ be
# its slope on segment $k$. The broken line is a sum of hinges:
#
# $$f(t_0) + \sum_{k=0}^{n-1} c_k \operatorname{ReLU}(x - t_k), \qquad c_0 = s_0, \quad c_k = s_k -
# s_{k-1}.$$
#
# Each hinge comes on at its knot and changes the slope by $c_k$. And that is the network: $n$
# hidden neurons, input weights 1, biases $-t_k$, output weights $c_k$.


# %%
def target(x):
    return np.sin(3 * np.pi * x**2) + 0.5 * x


def build_by_hand(width):
    """Knots (width,) and changes of slope (width,) of the broken line through the target."""
    knots = np.linspace(0, 1, width + 1)
    slopes = np.diff(target(knots)) / np.diff(knots)
    return knots[:-1], np.diff(slopes, prepend=0)


x = np.linspace(0, 1, 2001)
knots, turns = build_by_hand(width=10)
hinges = turns * relu(x[:, None] - knots)  # (2001, 10)

fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.9))
for hinge, shade in zip(hinges.T, plt.cm.viridis(np.linspace(0, 0.9, 10)), strict=True):
    left.plot(x, hinge, color=shade, lw=1.4)
left.set(xlabel="$x$", ylabel="$c_k\\,$ReLU$(x-t_k)$", title="Ten hinges…")
right.plot(x, target(x), color=ORANGE, lw=4, alpha=0.6, label="target")
right.plot(x, target(0) + hinges.sum(axis=1), color=BLUE, label="network of ten neurons")
right.plot(knots, target(knots), "o", color=BLUE, ms=4)
right.set(xlabel="$x$", title="…and their sum")
right.legend(loc="lower left")
plt.show()

# %% [markdown] lang="ru"
# Насколько хороша ломаная? Ошибка линейной интерполяции на шаге $h$ не превосходит
# $\tfrac{h^2}{8}\max|f''|$. При ширине $n$ шаг равен $1/n$, так что ошибка убывает как $n^{-2}$:
# вдвое шире — вчетверо точнее. Проверим.

# %% [markdown] lang="en"
# How good is the broken line? Linear interpolation with the step $h$ errs by at most
# $\tfrac{h^2}{8}\max|f''|$. At the width $n$ the step is $1/n$, so the error falls as $n^{-2}$:
# twice as wide, four times as exact. Let us check.

# %%
widths = np.array([2, 4, 8, 16, 32, 64])


def error_by_hand(width):
    knots, turns = build_by_hand(width)
    return target(0) + relu(x[:, None] - knots) @ turns - target(x)


step = 1e-4
inside = np.linspace(step, 1 - step, 2001)
second = (target(inside - step) - 2 * target(inside) + target(inside + step)) / step**2
largest = np.array([np.abs(error_by_hand(width)).max() for width in widths])
bounds = np.abs(second).max() / 8 / widths**2
for width, error, ceiling in zip(widths, largest, bounds, strict=True):
    print(f"width {width:3d}: largest error {error:.5f}, bound {ceiling:.5f}")

# %% [markdown] lang="ru"
# ### Та же сеть, но обученная
#
# Теорема обещает, что хорошие веса *существуют*. Найдёт ли их обучение? Возьмём сеть того же вида
# $\sum_k v_k \operatorname{ReLU}(w_k x + b_k) + c$ со случайными весами и будем уменьшать половину
# среднего квадрата ошибки
#
# $$\mathcal L(w, b, v, c) = \frac{1}{2N} \sum_{i=1}^N \big(\hat y_i - y_i\big)^2.$$
#
# Для этого нужен градиент. Здесь его можно выписать цепным правилом: ошибка $(\hat y_i - y_i)/N$
# умножается на $v_k$ и доходит до $z_{ik} = w_kx_i + b_k$ только там, где петля включена,
# $z_{ik} > 0$. На следующем семинаре мы научим этому машину, а пока напишем руками и, как
# положено, сверим с конечными разностями.

# %% [markdown] lang="en"
# ### The same network, but trained
#
# The theorem promises that good weights *exist*. Will training find them? Take a network of the
# same kind, $\sum_k v_k \operatorname{ReLU}(w_k x + b_k) + c$, with random weights, and reduce
# half the mean squared error
#
# $$\mathcal L(w, b, v, c) = \frac{1}{2N} \sum_{i=1}^N \big(\hat y_i - y_i\big)^2.$$
#
# This takes the gradient. Here we can write it out by the chain rule: the error
# $(\hat y_i - y_i)/N$ is multiplied by $v_k$ and reaches $z_{ik} = w_kx_i + b_k$ only where the
# hinge is on, $z_{ik} > 0$. In the next seminar we shall teach the machine to do so; for now we
# write it by hand and, as is proper, compare it with finite differences.


# %%
def curve_loss(theta, x, y):
    """Half the mean squared error of the network with theta = (w, b, v, c), and its gradient."""
    w, b, v = theta[:-1].reshape(3, -1)
    z = np.outer(x, w) + b  # (n, width)
    error = relu(z) @ v + theta[-1] - y
    grad_output = error / len(x)
    grad_z = np.outer(grad_output, v) * (z > 0)  # nothing flows where the hinge is off
    gradient = [x @ grad_z, grad_z.sum(axis=0), grad_output @ relu(z), [grad_output.sum()]]
    return error @ error / len(x) / 2, np.concatenate(gradient)


def random_start(width, rng):
    w = rng.normal(0, np.sqrt(2), width)
    b = -w * rng.uniform(0, 1, width)  # the knot −b/w falls on the segment
    return np.concatenate([w, b, rng.normal(0, np.sqrt(2 / width), width), [0.0]])


sample = np.linspace(0, 1, 400)
theta = random_start(10, np.random.default_rng(1))
numeric = optimize.approx_fprime(theta, lambda t: curve_loss(t, sample, target(sample))[0])
exact = curve_loss(theta, sample, target(sample))[1]
print(f"largest difference from finite differences: {np.abs(numeric - exact).max():.1e}")


# %%
def train(width, seed):
    start = random_start(width, np.random.default_rng(seed))
    options = {"maxiter": 600, "maxfun": 900}
    data = (sample, target(sample))
    return optimize.minimize(
        curve_loss, start, data, jac=True, method="L-BFGS-B", options=options
    ).x


def root_mean_square(values):
    return np.sqrt(np.mean(np.square(values), axis=-1))


def curve_error(theta):
    w, b, v = theta[:-1].reshape(3, -1)
    return relu(np.outer(x, w) + b) @ v + theta[-1] - target(x)


trained = {width: np.array([train(width, seed) for seed in range(5)]) for width in widths}
errors = np.array([root_mean_square([curve_error(t) for t in runs]) for runs in trained.values()])
by_hand = np.array([root_mean_square(error_by_hand(width)) for width in widths])

fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4))
left.plot(x, target(x), color=ORANGE, lw=4, alpha=0.6, label="target")
for seed, theta in enumerate(trained[16]):
    left.plot(x, target(x) + curve_error(theta), color=GREEN, lw=1.2, alpha=0.8,
              label="trained, width 16, five starts" if seed == 0 else None)  # fmt: skip
left.set(xlabel="$x$", ylim=(-1.7, 2))
left.legend(loc="upper left")
right.loglog(widths, by_hand, "o-", color=BLUE, label="built by hand, equal knots")
right.loglog(widths, np.median(errors, axis=1), "o-", color=GREEN, label="trained, median of five")
right.fill_between(widths, errors.min(axis=1), errors.max(axis=1), color=GREEN, alpha=0.15, lw=0)
right.loglog(widths, by_hand[-1] * (widths / widths[-1]) ** -2.0, ":", color=GREY, label="slope −2")
right.set(xlabel="width", ylabel="root mean square error")
right.set_xticks(widths, widths)
right.set_xticks([], minor=True)
right.legend(loc="lower left")
plt.show()
print("width   by hand   trained: best   median    worst")
for width, hand, runs in zip(widths, by_hand, errors, strict=True):
    print(f"{width:5d} {hand:9.4f} {runs.min():15.4f} {np.median(runs):8.4f} {runs.max():8.4f}")

# %% [markdown] lang="ru"
# Вот урок, который теорема об аппроксимации не преподаёт. Построенная руками сеть идёт по прямой с
# наклоном −2. Лучшая из пяти обученных опережает её, пока нейронов мало: тогда важно *двигать*
# узлы туда, где кривая изгибается. Но типичный запуск проигрывает почти при любой ширине, хотя
# конструкция принадлежит тому же классу и обучение могло бы её найти. Многие запуски застревают:
# целый горб справа остаётся незамеченным. Помогает запас ширины: чем больше петель в начальной
# точке, тем вернее среди них найдутся удачные.
#
# Выразить, найти и обобщить — три разные задачи. Первую мы разобрали, вторая начинается сейчас.
#
# ## 5. Градиентный спуск
#
# Вблизи точки $x$ гладкая функция почти линейна:
# $f(x + \Delta) \approx f(x) + \nabla f(x)^\top \Delta$. Среди всех $\Delta$ данной длины сильнее
# всего её уменьшает $\Delta \propto -\nabla f(x)$. Отсюда
#
# $$x_{k+1} = x_k - \alpha \nabla f(x_k).$$
#
# Но насколько далеко можно верить линейному приближению? Всё видно на квадратичной функции
# $f(x) = \tfrac12 \sum_i \lambda_i x_i^2$ (это не потеря общности: так выглядит окрестность
# невырожденного минимума в собственных осях гессиана). Координаты распадаются:
#
# $$x_i \leftarrow (1 - \alpha\lambda_i)\, x_i.$$
#
# * Спуск сходится, если и только если $|1 - \alpha\lambda_i| < 1$ для всех $i$, то есть
#   $\alpha < 2/\lambda_{\max}$.
# * Скорость задаёт худшая координата. Наилучший шаг уравнивает крайние:
#   $\alpha^* = 2/(\lambda_{\min} + \lambda_{\max})$, и тогда расстояние за шаг умножается на
#   $\dfrac{\kappa - 1}{\kappa + 1}$, где $\kappa = \lambda_{\max}/\lambda_{\min}$ — *число
#   обусловленности*.
#
# При $\kappa \gg 1$ линии уровня — длинный овраг: шаг ограничивает крутая стенка, а идти нужно
# вдоль пологого дна.

# %% [markdown] lang="en"
# Here is the lesson that the approximation theorem doesn't teach. The network built by hand
# follows a line of slope −2. The best of five trained ones is ahead of it while neurons are few:
# then it matters to *move* the knots to where the curve bends. But a typical run loses at almost
# any width, although the construction belongs to the same class and training could have found it.
# Many runs are stuck: a whole hump on the right goes unnoticed. Spare width helps: the more hinges
# there are at the start, the more surely there are lucky ones among them.
#
# To express, to find and to generalise are three different problems. We have seen the first; the
# second begins now.
#
# ## 5. Gradient descent
#
# Near a point $x$ a smooth function is almost linear:
# $f(x + \Delta) \approx f(x) + \nabla f(x)^\top \Delta$. Of all $\Delta$ of a given length the one
# that reduces it most is $\Delta \propto -\nabla f(x)$. Hence
#
# $$x_{k+1} = x_k - \alpha \nabla f(x_k).$$
#
# But how far can the linear approximation be believed? A quadratic
# $f(x) = \tfrac12 \sum_i \lambda_i x_i^2$ shows it all (no loss of generality: so looks the
# neighbourhood of a non-degenerate minimum in the eigenaxes of its Hessian). The coordinates come
# apart:
#
# $$x_i \leftarrow (1 - \alpha\lambda_i)\, x_i.$$
#
# * Descent converges if and only if $|1 - \alpha\lambda_i| < 1$ for all $i$, that is
#   $\alpha < 2/\lambda_{\max}$.
# * The worst coordinate sets the pace. The best step makes the extreme ones equal:
#   $\alpha^* = 2/(\lambda_{\min} + \lambda_{\max})$, and then every step multiplies the distance
#   by $\dfrac{\kappa - 1}{\kappa + 1}$, where $\kappa = \lambda_{\max}/\lambda_{\min}$ is the
#   *condition number*.
#
# With $\kappa \gg 1$ the level lines are a long ravine: the step is limited by the steep wall,
# while the way to go is along the gentle bottom.

# %%
curvatures = np.array([1.0, 25.0])  # the condition number is 25
start = np.array([-2.0, 0.6])
Gradient = Callable[[np.ndarray], np.ndarray]


def ravine(point):
    return point**2 @ curvatures / 2


def slope(point):
    return curvatures * point


def heavy_ball(start, gradient: Gradient, n_steps, lr, momentum):
    """Points (n_steps + 1, ...) of Polyak's x + momentum·(x − previous) − lr·gradient."""
    path = [start, start]
    for _ in range(n_steps):
        x, previous = path[-1], path[-2]
        path.append(x - lr * gradient(x) + momentum * (x - previous))
    return np.array(path[1:])


def draw_ravine(ax, path, colour, title, marker=4.0):
    first, second = np.linspace(-2.3, 2.3, 161), np.linspace(-1, 1, 161)
    heights = ravine(np.stack(np.meshgrid(first, second), axis=-1))
    levels = np.geomspace(0.02, 20, 12)
    ax.contour(first, second, heights, levels=levels, colors=GREY, linewidths=0.6, alpha=0.6)
    ax.plot(*path.T, ".-", color=colour, lw=1.2, ms=marker)
    ax.plot(0, 0, "*", color="black", ms=9, zorder=4)
    ax.set(xlim=(-2.3, 2.3), ylim=(-1, 1), xlabel="$x_1$", ylabel="$x_2$", title=title)
    ax.grid(False)
    ax.label_outer()


fig, axes = plt.subplots(1, 3, figsize=(11.5, 3), sharey=True)
for ax, lr, colour in zip(axes, [0.01, 2 / 26, 2.02 / 25], [GREEN, BLUE, RED], strict=True):
    path = heavy_ball(start, slope, 30, lr, momentum=0)
    draw_ravine(ax, path, colour, f"α = {lr:.3f}: loss {ravine(path[-1]):.2g} after 30 steps")
plt.show()

# %% [markdown] lang="ru"
# Слева робко, в середине лучшее из возможного (и всё равно зигзаг), справа шаг больше
# $2/\lambda_{\max} = 0{,}08$ всего на один процент, и спуск расходится. Запомните этот зигзаг:
# почти вся глава об оптимизации — попытки от него избавиться.
#
# ### Инерция
#
# **Тяжёлый шарик** (Поляк, 1964) помнит, откуда пришёл:
# $x_{k+1} = x_k - \alpha\nabla f(x_k) + \beta\,(x_k - x_{k-1})$. Поперёк оврага толчки чередуются
# и гасят друг друга, вдоль складываются. На квадратичной функции с наилучшими $\alpha$ и $\beta$
# множитель за шаг становится $\dfrac{\sqrt\kappa - 1}{\sqrt\kappa + 1}$: число обусловленности
# сменилось корнем из него. Сколько шагов нужно, чтобы расстояние уменьшилось в миллион раз?

# %% [markdown] lang="en"
# Left: timid; middle: the best there is (and still a zigzag); right: the step exceeds
# $2/\lambda_{\max} = 0.08$ by a mere per cent, and descent diverges. Remember this zigzag: almost
# the whole chapter on optimisation is about getting rid of it.
#
# ### Inertia
#
# The **heavy ball** (Polyak, 1964) remembers where it came from:
# $x_{k+1} = x_k - \alpha\nabla f(x_k) + \beta\,(x_k - x_{k-1})$. Across the ravine the pushes
# alternate and cancel, along it they add up. On a quadratic with the best $\alpha$ and $\beta$ the
# factor of a step becomes $\dfrac{\sqrt\kappa - 1}{\sqrt\kappa + 1}$: the condition number has
# given way to its root. How many steps does it take to make the distance a million times smaller?

# %%
conditions = np.array([3, 10, 30, 100, 300, 1000])


def steps_needed(condition, lr, momentum):
    gradient = partial(np.multiply, [1, condition])
    path = heavy_ball(np.ones(2), gradient, 12 * condition + 100, lr, momentum)
    distance = np.linalg.norm(path, axis=1) / np.sqrt(2)
    return int(np.flatnonzero(distance > 1e-6)[-1]) + 1


roots = np.sqrt(conditions)
plain = [steps_needed(k, 2 / (1 + k), 0) for k in conditions]
inertial = [
    steps_needed(k, (2 / (1 + r)) ** 2, ((r - 1) / (r + 1)) ** 2)
    for k, r in zip(conditions, roots, strict=True)
]

fig, ax = plt.subplots(figsize=(6.6, 4))
ax.loglog(conditions, plain, "o", color=BLUE, label="gradient descent")
ax.loglog(conditions, np.log(1e-6) / np.log((conditions - 1) / (conditions + 1)), color=BLUE, lw=1)
ax.loglog(conditions, inertial, "o", color=ORANGE, label="heavy ball")
ax.loglog(conditions, np.log(1e-6) / np.log((roots - 1) / (roots + 1)), color=ORANGE, lw=1)
ax.set(xlabel=r"condition number $\kappa$", ylabel="steps", title="Dots: measured; lines: theory")
ax.legend()
plt.show()
print("gradient descent:", plain)
print("heavy ball:      ", inertial)

# %% [markdown] lang="ru"
# Теория спуска попала точно. Шарик чуть отстаёт от своей линии: при наилучших константах корни
# характеристического многочлена кратные, и к $q^k$ добавляется множитель порядка $k$. Но разница
# между $\kappa$ и $\sqrt\kappa$ никуда не делась: тысячи шагов против сотен.
#
# ## 6. Шесть методов на одном овраге
#
# | Метод | Шаг, $g_k = \nabla f(x_k)$ | Идея |
# |---|---|---|
# | GD | $x - \alpha g$ | по антиградиенту |
# | Momentum | $x - \alpha g_k + \beta(x_k - x_{k-1})$ | накопить скорость |
# | Nesterov | $v \leftarrow \beta v + g$; $x - \alpha(g + \beta v)$ | смотреть вперёд |
# | AdaGrad | $G \leftarrow G + g^2$; $x - \alpha g/\sqrt{G}$ | свой шаг каждой координате |
# | RMSProp | $G \leftarrow \rho G + (1-\rho)g^2$; $x - \alpha g/\sqrt{G}$ | забывать старое |
# | Adam | RMSProp от накопленной скорости, оба средних с поправкой | всё сразу |
#
# (Нестеров — 1983, AdaGrad — 2011, RMSProp — 2012, Adam — 2015 год. Квадраты, корни и деление —
# покоординатные; к корню прибавляют малое $\epsilon$, чтобы не делить на нуль.) Поправка в Adam —
# на нулевое начало: $m_k = (1-\beta_1)\sum_i \beta_1^{k-i} g_i$ есть взвешенная сумма с суммой
# весов $1 - \beta_1^k$, а не 1; на неё и делят.
#
# Первые два метода — наша `heavy_ball`, остальные возьмём из `praktikum.scratch.optimisers`: у
# каждого `step(weights, grad)` возвращает новые веса.

# %% [markdown] lang="en"
# For descent the theory is exact. The ball lags a little behind its line: with the best constants
# the roots of the characteristic polynomial are double, and $q^k$ gains a factor of order $k$. But
# the difference between $\kappa$ and $\sqrt\kappa$ is all there: thousands of steps against
# hundreds.
#
# ## 6. Six methods in one ravine
#
# | Method | Step, $g_k = \nabla f(x_k)$ | Idea |
# |---|---|---|
# | GD | $x - \alpha g$ | against the gradient |
# | Momentum | $x - \alpha g_k + \beta(x_k - x_{k-1})$ | gather speed |
# | Nesterov | $v \leftarrow \beta v + g$; $x - \alpha(g + \beta v)$ | look ahead |
# | AdaGrad | $G \leftarrow G + g^2$; $x - \alpha g/\sqrt{G}$ | a step for each coordinate |
# | RMSProp | $G \leftarrow \rho G + (1-\rho)g^2$; $x - \alpha g/\sqrt{G}$ | forget old gradients |
# | Adam | RMSProp of the gathered speed, both means corrected | everything at once |
#
# (Nesterov: 1983, AdaGrad: 2011, RMSProp: 2012, Adam: 2015. Squares, roots and division are taken
# coordinate by coordinate; a small $\epsilon$ is added to the root so as not to divide by zero.)
# Adam's correction is for the zero start: $m_k = (1-\beta_1)\sum_i \beta_1^{k-i} g_i$ is a
# weighted sum whose weights add up to $1 - \beta_1^k$ and not to 1; it is divided by that.
#
# The first two methods are our `heavy_ball`; the others come from `praktikum.scratch.optimisers`:
# each has `step(weights, grad)`, which returns new weights.


# %%
def follow(start, gradient: Gradient, n_steps, optimiser_class, **settings):
    """Points (n_steps + 1, ...) that an optimiser visits; it sees flat arrays."""
    optimiser, path = optimiser_class(**settings), [start]
    for _ in range(n_steps):
        flat = optimiser.step(path[-1].ravel(), gradient(path[-1]).ravel())
        path.append(flat.reshape(start.shape))
    return np.array(path)


methods = {
    "GD": (partial(heavy_ball, lr=0.07, momentum=0), GREY),
    "Momentum": (partial(heavy_ball, lr=0.02, momentum=0.8), BLUE),
    "Nesterov": (partial(follow, optimiser_class=Nesterov, lr=0.02, momentum=0.8), PURPLE),
    "AdaGrad": (partial(follow, optimiser_class=AdaGrad, lr=0.5), GREEN),
    "RMSProp": (partial(follow, optimiser_class=RMSProp, lr=0.1, alpha=0.9), ORANGE),
    "Adam": (partial(follow, optimiser_class=Adam, lr=0.2), RED),
}
fig, axes = plt.subplots(2, 3, figsize=(11.5, 5.4), sharex=True, sharey=True)
for ax, (name, (method, colour)) in zip(axes.flat, methods.items(), strict=True):
    path = method(start, slope, 50)
    draw_ravine(ax, path, colour, f"{name}: loss {ravine(path[-1]):.0e} after 50 steps")
plt.show()

# %% [markdown] lang="ru"
# У каждого свой почерк. Спуск зигзагует, инерция описывает дуги, Нестеров тормозит раньше и почти
# не колеблется. AdaGrad и RMSProp делят на размер градиента и потому идут чуть ли не по прямой:
# масштабы осей им безразличны. Adam мчится, проскакивает и возвращается по спирали. Шаги подобраны
# вручную, так что это *не* соревнование: другие константы переставят призовые места.
#
# ### Чего не видно на красивой картинке
#
# Покоординатное деление чинит овраг, *вытянутый вдоль осей*. А если его повернуть? GD, momentum и
# Nesterov поворота не заметят: их формулы не знают о координатах. А остальные? Возьмём медиану по
# 200 начальным точкам на одной линии уровня.

# %% [markdown] lang="en"
# Each has its own hand. Descent zigzags, inertia draws arcs, Nesterov brakes earlier and hardly
# swings. AdaGrad and RMSProp divide by the size of the gradient and so walk almost straight: the
# scales of the axes are all one to them. Adam rushes, overshoots and comes back in a spiral. The
# steps were chosen by hand, so this is *not* a contest: other constants would hand out the medals
# differently.
#
# ### What the pretty picture hides
#
# Division coordinate by coordinate mends a ravine *stretched along an axis*. What if we turn it?
# GD, momentum and Nesterov won't notice: their formulas know of no coordinates. And the others? We
# take the median over 200 starting points of one level line.

# %%
around = np.linspace(0, 2 * np.pi, 200, endpoint=False)
crowd = 3 * np.column_stack([np.cos(around), np.sin(around) / 5])  # all at one height


def loss_in_turned_ravine(method, degrees, n_steps):
    """The median loss over the crowd after n_steps in the ravine turned by an angle."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    path = method(crowd @ turn, lambda point: slope(point @ turn.T) @ turn, n_steps)
    return np.median(ravine(path[-1] @ turn.T))


degrees = np.linspace(0, 45, 19)
fig, ax = plt.subplots(figsize=(6.8, 4.1))
for name, (method, colour) in methods.items():
    losses = [loss_in_turned_ravine(method, angle, 50) for angle in degrees]
    ax.semilogy(degrees, losses, color=colour, label=name)
ax.set(xlabel="rotation of the ravine, degrees", ylabel="median loss after 50 steps")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
for name in ("AdaGrad", "RMSProp", "Adam"):
    late = [loss_in_turned_ravine(methods[name][0], angle, 200) for angle in (0, 45)]
    print(f"{name:7s} after 200 steps: {late[0]:.0e} at 0°, {late[1]:.0e} at 45°")

# %% [markdown] lang="ru"
# Преимущество AdaGrad держалось на осях: поворот на 45° отнимает у него за 50 шагов четыре
# порядка, за 200 — семнадцать. В нейросетях оси всё-таки особенные (вес — отдельная связь,
# масштабы слоёв различны), поэтому покоординатный шаг и полезен. Но это свойство задачи, а не
# магия метода.
#
# Заодно вскрылось ещё кое-что. Шаг RMSProp почти не зависит от размера градиента, поэтому с
# постоянным $\alpha$ он обычно не сходится вовсе, а дрожит у дна на расстоянии порядка $\alpha$:
# на предыдущей картинке ему просто повезло с началом. Adam с его инерцией на пятидесятом шаге ещё
# раскручивает спираль, зато к двухсотому приходит, и угол ему почти безразличен.
#
# ### Шум
#
# Настоящую функцию потерь по миллиону примеров целиком не считают: берут случайную порцию
# (мини-батч) размера $B$. Градиент по ней несмещён, а его дисперсия пропорциональна $1/B$. Добавим
# к градиенту нормальный шум и посмотрим на те же шесть методов.

# %% [markdown] lang="en"
# AdaGrad's advantage rested on the axes: a turn by 45° takes four orders of magnitude away in 50
# steps, seventeen in 200. In neural networks axes are special after all (a weight is a separate
# connection, layers differ in scale), and that is why a step for each coordinate is useful. But it
# is a property of the problem and no magic of the method.
#
# Something else has come to light. RMSProp's step hardly depends on the size of the gradient, so
# with a constant $\alpha$ it usually doesn't converge at all but trembles near the bottom at a
# distance of the order of $\alpha$: in the picture before it was merely lucky with its start.
# Adam, with its inertia, is still in its spiral at step fifty, but by step two hundred it arrives,
# and the angle is almost all one to it.
#
# ### Noise
#
# Nobody computes a real loss on all of a million examples: one takes a random portion, a
# mini-batch, of $B$. Its gradient is unbiased, and its variance is proportional to $1/B$. We add
# normal noise to the gradient and look at the same six methods.

# %%
NOISE = 4.0


def noisy_slope(rng):
    return lambda point: slope(point) + NOISE * rng.normal(size=point.shape)


fig, axes = plt.subplots(2, 3, figsize=(11.5, 5.4), sharex=True, sharey=True)
for ax, (name, (method, colour)) in zip(axes.flat, methods.items(), strict=True):
    path = method(start, noisy_slope(np.random.default_rng(4)), 150)
    draw_ravine(ax, path, colour, f"{name}, noisy gradient, 150 steps", marker=2.5)
plt.show()

# %% [markdown] lang="ru"
# С постоянным шагом спуск не сходится: он долетает до дна и дрожит. Насколько сильно? Для
# координаты с кривизной $\lambda$ и шума с дисперсией $s^2$:
# $\;x \leftarrow (1 - \alpha\lambda)x - \alpha\xi$. В установившемся режиме дисперсии слева и
# справа равны, $V = (1 - \alpha\lambda)^2 V + \alpha^2s^2$, откуда
#
# $$V = \frac{\alpha s^2}{\lambda\,(2 - \alpha\lambda)} \approx \frac{\alpha s^2}{2\lambda}.$$
#
# Дисперсия дрожания пропорциональна шагу (пока он мал); чтобы сойтись, шаг надо уменьшать. Условия
# Роббинса — Монро (1951): $\sum\alpha_k = \infty$ (дойти хватит из любой дали),
# $\sum\alpha_k^2 < \infty$ (шум в сумме конечен). Слева проверим формулу, справа посмотрим на
# средние по 1000 запусков.

# %% [markdown] lang="en"
# With a constant step descent doesn't converge: it arrives at the bottom and trembles. How
# strongly? For a coordinate of curvature $\lambda$ and noise of variance $s^2$:
# $\;x \leftarrow (1 - \alpha\lambda)x - \alpha\xi$. In the steady state the variances left and
# right are equal, $V = (1 - \alpha\lambda)^2 V + \alpha^2s^2$, whence
#
# $$V = \frac{\alpha s^2}{\lambda\,(2 - \alpha\lambda)} \approx \frac{\alpha s^2}{2\lambda}.$$
#
# The variance of the tremble is proportional to the step (while that is small); to converge, the
# step must shrink. The conditions of Robbins and Monro (1951): $\sum\alpha_k = \infty$ (enough to
# arrive from however far), $\sum\alpha_k^2 < \infty$ (the noise is finite in total). On the left
# we check the formula, on the right we look at means over 1000 runs.

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
lrs = np.geomspace(0.004, 0.07, 7)
many = np.zeros((500, 2))
spread = []
for lr in lrs:
    late = heavy_ball(many, noisy_slope(np.random.default_rng(0)), 600, lr, momentum=0)[-50:]
    spread.append(late.var(axis=(0, 1)))
fine = np.geomspace(0.004, 0.07)[:, None]
theory = fine * NOISE**2 / (curvatures * (2 - fine * curvatures))
for axis, colour in [(0, BLUE), (1, ORANGE)]:
    left.loglog(lrs, np.array(spread)[:, axis], "o", color=colour)
    left.loglog(fine, theory[:, axis], color=colour, lw=1, label=f"λ = {curvatures[axis]:.0f}")
left.set(
    xlabel="step α", ylabel="variance", title="The tremble of GD. Dots: measured; lines: theory"
)
left.set_xticks([0.005, 0.01, 0.02, 0.05], ["0.005", "0.01", "0.02", "0.05"])
left.set_xticks([], minor=True)
left.legend()

steps = np.arange(1, 302)
for name, (method, colour) in methods.items():
    path = method(np.tile(start, (1000, 1)), noisy_slope(np.random.default_rng(4)), 300)
    right.loglog(steps, ravine(path).mean(axis=1), color=colour, label=name)
decaying = [np.tile(start, (1000, 1))]
gradient = noisy_slope(np.random.default_rng(4))
for step in steps[:-1]:
    decaying.append(decaying[-1] - 0.07 / (1 + 0.07 * step) * gradient(decaying[-1]))
right.loglog(steps, ravine(np.array(decaying)).mean(axis=1), "k--", label="GD, step ~ 1/k")
right.set(xlabel="step", ylabel="mean loss", title="The same noise for all")
right.legend(loc="lower left", fontsize="small")
plt.show()

# %% [markdown] lang="ru"
# Справа видны две породы методов: с постоянным эффективным шагом (выходят на полку, высота полки —
# плата за скорость) и с убывающим (AdaGrad, у которого $G$ растёт сам, и спуск с шагом $\sim 1/k$;
# они продолжают снижаться). Отсюда практический приём: сначала большой шаг, затем снижать по
# расписанию.
#
# ## 7. Активации и их градиенты
#
# Активация нужна нелинейная, это мы видели. Но не всякая нелинейность одинаково пропускает
# градиент: цепное правило умножает его на $\varphi'(z)$ *в каждом слое*.

# %% [markdown] lang="en"
# Two breeds of methods show on the right: with a constant effective step (they come to a shelf,
# and its height is the price of speed) and with a decreasing one (AdaGrad, whose $G$ grows by
# itself, and descent with a step $\sim 1/k$; they go on falling). Hence a practical device: a
# large step first, then lower it on schedule.
#
# ## 7. Activations and their gradients
#
# The activation must not be linear; that we have seen. But not every nonlinearity lets the
# gradient through alike: the chain rule multiplies it by $\varphi'(z)$ *in every layer*.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def elu(z):
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


activations = {  # the function, its derivative, its colour
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)), GREEN),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, BLUE),
    "ReLU": (relu, lambda z: np.where(z > 0, 1.0, 0.0), RED),
    "LeakyReLU": (lambda z: np.where(z > 0, z, 0.1 * z), lambda z: np.where(z > 0, 1, 0.1), ORANGE),
    "ELU": (elu, lambda z: np.where(z > 0, 1, np.exp(np.minimum(z, 0))), PURPLE),
}
z = np.linspace(-5, 5, 1001)
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.9))
for name, (function, derivative, colour) in activations.items():
    wide = {"lw": 4, "alpha": 0.5} if name == "ReLU" else {}
    left.plot(z, function(z), color=colour, label=name, **wide)
    right.plot(z, derivative(z), color=colour, **wide)
left.set(ylim=(-1.3, 3), xlabel="$z$", title=r"activation $\varphi(z)$")
right.set(xlabel="$z$", title=r"derivative $\varphi'(z)$")
left.legend()
plt.show()

# %% [markdown] lang="ru"
# **Насыщение.** Производная сигмоиды нигде не превышает $\tfrac14$, а на краях экспоненциально
# мала. Через $L$ слоёв множитель не больше $4^{-L}$, и это в *лучшем* случае, когда все $z = 0$.
# Почему бы не умножить веса на четыре? Потому что тогда вырастут и сами $z$, нейроны уйдут на
# пологие края, и производная упадёт ещё сильнее. Слева: средняя производная при
# $z \sim \mathcal N(0, s^2)$. Справа: произведение $L$ производных вдоль одного пути, среднее при
# $s = 1$ (сплошные) и наибольшее возможное (пунктир).

# %% [markdown] lang="en"
# **Saturation.** The sigmoid's derivative never exceeds $\tfrac14$, and at the ends it is
# exponentially small. Over $L$ layers the factor is at most $4^{-L}$, and that at *best*, when all
# $z = 0$. Why not multiply the weights by four? Because then $z$ grows too, the neurons move off
# to the flat ends, and the derivative falls even more. Left: the mean derivative with
# $z \sim \mathcal N(0, s^2)$. Right: the product of $L$ derivatives along one path, its mean at
# $s = 1$ (solid) and the largest possible (dashed).

# %%
standard = np.random.default_rng(0).normal(size=50_000)
scales, depths = np.geomspace(0.1, 30, 40), np.arange(1, 13)
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.9))
for name in ("sigmoid", "tanh", "ReLU"):
    _, derivative, colour = activations[name]
    left.loglog(scales, [derivative(s * standard).mean() for s in scales], color=colour, label=name)
    right.semilogy(depths, derivative(standard).mean() ** depths, ".-", color=colour)
    right.semilogy(depths, derivative(z).max() ** depths, "--", color=colour)
left.set(xlabel="deviation $s$ of $z$", ylabel=r"mean $\varphi'(z)$", title="Saturation")
left.legend()
right.set(xlabel="layers $L$", title="Product of derivatives along a path", ylim=(1e-9, 3))
plt.show()

# %% [markdown] lang="ru"
# У ReLU производная на включённом пути ровно 1, сколько бы слоёв ни было, и от масштаба $z$ не
# зависит: насыщаться ей негде. В среднем путь выживает с вероятностью $2^{-L}$, но эту двойку
# можно вернуть весами, и именно она появится в инициализации Kaiming.
#
# **Мёртвые ReLU.** Плата: если $z < 0$ на *всех* примерах, то и градиент нейрона нулевой на всех
# примерах, и нейрон больше не изменится никогда. Убивает обычно слишком большой шаг: смещение
# отбрасывает далеко в минус, и обратной дороги нет. Обучим сеть ширины 64 из раздела 4 простым
# спуском с разным шагом.

# %% [markdown] lang="en"
# On an active path ReLU's derivative is exactly 1, however many layers there are, and doesn't
# depend on the scale of $z$: it has nowhere to saturate. On average a path survives with
# probability $2^{-L}$, but this two can be returned by the weights, and it will appear in
# Kaiming's initialisation.
#
# **Dead ReLUs.** The price: if $z < 0$ on *all* examples, the neuron's gradient is zero on all
# examples, and the neuron will never change again. The killer is usually a step that is too large:
# the bias is thrown far into the negative, and there is no way back. We train the network of
# section 4, 64 neurons wide, by plain descent with various steps.


# %%
def descend(lr, seed, n_steps=300):
    """The share of dead neurons after each step, and the last loss."""
    theta, dead = random_start(64, np.random.default_rng(seed)), []
    for _ in range(n_steps):
        loss, gradient = curve_loss(theta, sample, target(sample))
        theta = theta - lr * gradient
        w, b, _ = theta[:-1].reshape(3, -1)
        dead.append(np.mean(np.max(np.outer([0, 1], w) + b, axis=0) <= 0))  # linear: ends suffice
    return dead, loss


fig, ax = plt.subplots(figsize=(6.8, 4))
for lr, colour in zip(
    [0.1, 0.3, 0.5, 0.7, 1.0], plt.cm.inferno(np.linspace(0.15, 0.8, 5)), strict=True
):
    runs = [descend(lr, seed) for seed in range(5)]
    dead = np.mean([dead for dead, _ in runs], axis=0)
    loss = np.median([loss for _, loss in runs])
    ax.semilogx(np.arange(1, 301), dead, color=colour, label=f"step {lr}: final loss {loss:.3f}")
ax.set(xlabel="iteration", ylabel="share of dead neurons", ylim=(-0.03, 1.03))
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown] lang="ru"
# Смерть наступает на первых же шагах, и потери это переживают плохо: выжившие нейроны вынуждены
# работать за всех. LeakyReLU и ELU оставляют слева небольшой наклон, по которому можно вернуться.
#
# ## 8. Инициализация: почему начало решает
#
# ### Нули не годятся
#
# Если у всех нейронов слоя веса одинаковы и на входе, и на выходе, они вычисляют одно и то же,
# получают один и тот же градиент и остаются близнецами навсегда: симметрия не нарушается.
# Смещениям нуль не вредит, а весам нужна случайность. Остаётся вопрос о её *масштабе*.

# %% [markdown] lang="en"
# Death comes in the very first steps, and the loss takes it badly: the survivors have to work for
# all. LeakyReLU and ELU leave a small slope on the left, by which one can come back.
#
# ## 8. Initialisation: why the start decides
#
# ### Zeros won't do
#
# If all neurons of a layer have equal weights, incoming and outgoing, they compute the same,
# receive the same gradient and remain twins for ever: the symmetry is never broken. Zero does no
# harm to biases; weights need randomness. What remains is the question of its *scale*.

# %%
twins = np.concatenate([np.full(3 * 8, 0.5), [0.0]])  # eight neurons, all weights equal
for _ in range(500):
    twins = twins - 0.1 * curve_loss(twins, sample, target(sample))[1]
w, b, v = twins[:-1].reshape(3, -1)
print("after 500 steps: w =", w.round(6))
print("different neurons:", len({tuple(neuron) for neuron in np.round([w, b, v], 9).T}))

# %% [markdown] lang="ru"
# ### Прямой проход: вывод
#
# Пусть $W_{ij}$ независимы, со средним 0 и дисперсией $\sigma^2$, и не зависят от входа слоя $x$;
# смещения нулевые. Обозначим $n_\text{in}$ число входов. Для $z_i = \sum_j W_{ij}x_j$
#
# $$\mathbb E z_i = 0, \qquad \mathbb E z_i^2 = \sum_{j,k} \mathbb E[W_{ij}W_{ik}]\;\mathbb
# E[x_jx_k] = \sigma^2\sum_j \mathbb E x_j^2 = n_\text{in}\,\sigma^2\;\mathbb E[x^2],$$
#
# где $\mathbb E[x^2]$ — второй момент, усреднённый по координатам. Перекрёстные члены исчезли
# благодаря независимости *весов*; независимости координат $x$ не понадобилось. И это именно второй
# момент, а не дисперсия: после ReLU среднее не равно нулю, и на этом различии держится вся
# история.
#
# Теперь активация.
#
# * **tanh и вообще $\varphi(z) \approx z$ около нуля.** Пока $z$ малы,
#   $\mathbb E[h^2] \approx \mathbb E[z^2]$, и слой умножает второй момент на
#   $n_\text{in}\sigma^2$. Масштаб сохраняется при $\sigma^2 = 1/n_\text{in}$.
# * **ReLU.** Если распределение весов симметрично, то и $z$ симметрично: $z$ и $-z$ одинаково
#   распределены. Поэтому на положительную половину приходится ровно половина второго момента:
#   $\mathbb E[\operatorname{ReLU}(z)^2] = \mathbb E[z^2; z > 0] = \tfrac12\mathbb E[z^2]$. Слой
#   умножает второй момент на $\tfrac12 n_\text{in}\sigma^2$, и масштаб сохраняется при
#   $\sigma^2 = 2/n_\text{in}$. Вот откуда двойка.
#
# За $L$ слоёв множитель возводится в степень $L$. При $n = 256$ и $\sigma = 0{,}01$ слой с ReLU
# умножает второй момент на $0{,}0128$; тридцать слоёв — на $10^{-57}$.
#
# ### Обратный проход: вывод
#
# Пусть $g^{h}$ — градиент потерь по выходу слоя $h = \varphi(z)$, а $g^x$ — по его входу. По
# цепному правилу
#
# $$g^x_j = \sum_{i=1}^{n_\text{out}} W_{ij}\,\delta_i, \qquad \delta_i = \varphi'(z_i)\,g^{h}_i.$$
#
# Сделаем допущение: $\delta$ и $W$ независимы (строго говоря, это не так: $z$ зависит от $W$;
# насколько это важно, покажет опыт). Тогда тем же способом
#
# $$\mathbb E[(g^x)^2] = n_\text{out}\,\sigma^2\;\mathbb E[\delta^2], \qquad \mathbb E[\delta^2]
# \approx \mathbb E[\varphi'(z)^2]\;\mathbb E[(g^h)^2].$$
#
# Для линейной области $\varphi' = 1$: нужно $\sigma^2 = 1/n_\text{out}$. Для ReLU $\varphi'(z)^2$
# равно 1 с вероятностью $\tfrac12$, отсюда опять двойка: $\sigma^2 = 2/n_\text{out}$.
#
# ### Два условия, одна дисперсия
#
# * **Xavier** (Глоро, Бенжио, 2010), для tanh: $\sigma^2 = 1/n_\text{in}$ вперёд и
#   $\sigma^2 = 1/n_\text{out}$ назад вместе невозможны, если $n_\text{in} \ne n_\text{out}$.
#   Компромисс: $\sigma^2 = \dfrac{2}{n_\text{in} + n_\text{out}}$.
# * **Kaiming** (Хе и др., 2015), для ReLU: $\sigma^2 = \dfrac{2}{n_\text{in}}$. Компромисс не
#   нужен: если точно выполнено прямое условие, то обратный проход умножает второй момент на
#   $\prod_l n_\text{out}^{(l)}/n_\text{in}^{(l)}$, а это произведение телескопическое: остаётся
#   отношение крайних размеров, от глубины не зависящее.
#
# Теперь опыт: 30 слоёв по 256 нейронов, веса $\mathcal N(0, \sigma^2)$, на вход и (с обратного
# конца) в качестве градиента подан нормальный шум.

# %% [markdown] lang="en"
# ### Forward: the derivation
#
# Let $W_{ij}$ be independent, of mean 0 and variance $\sigma^2$, and independent of the layer's
# input $x$; biases are zero. Let $n_\text{in}$ be the number of inputs. For
# $z_i = \sum_j W_{ij}x_j$
#
# $$\mathbb E z_i = 0, \qquad \mathbb E z_i^2 = \sum_{j,k} \mathbb E[W_{ij}W_{ik}]\;\mathbb
# E[x_jx_k] = \sigma^2\sum_j \mathbb E x_j^2 = n_\text{in}\,\sigma^2\;\mathbb E[x^2],$$
#
# where $\mathbb E[x^2]$ is the second moment, averaged over coordinates. The cross terms have gone
# thanks to the independence of the *weights*; that of the coordinates of $x$ was not needed. And
# it is the second moment, not the variance: after ReLU the mean isn't zero, and the whole story
# hangs on this difference.
#
# Now the activation.
#
# * **tanh, and any $\varphi(z) \approx z$ near zero.** While $z$ is small,
#   $\mathbb E[h^2] \approx \mathbb E[z^2]$, and the layer multiplies the second moment by
#   $n_\text{in}\sigma^2$. The scale is kept if $\sigma^2 = 1/n_\text{in}$.
# * **ReLU.** If the weights' distribution is symmetric, so is that of $z$: $z$ and $-z$ are
#   distributed alike. So exactly half of the second moment falls on the positive half:
#   $\mathbb E[\operatorname{ReLU}(z)^2] = \mathbb E[z^2; z > 0] = \tfrac12\mathbb E[z^2]$. The
#   layer multiplies the second moment by $\tfrac12 n_\text{in}\sigma^2$, and the scale is kept if
#   $\sigma^2 = 2/n_\text{in}$. That is where the two comes from.
#
# Over $L$ layers the factor is raised to the power $L$. With $n = 256$ and $\sigma = 0.01$ a layer
# with ReLU multiplies the second moment by $0.0128$; thirty layers, by $10^{-57}$.
#
# ### Backward: the derivation
#
# Let $g^{h}$ be the gradient of the loss by the layer's output $h = \varphi(z)$, and $g^x$ that by
# its input. By the chain rule
#
# $$g^x_j = \sum_{i=1}^{n_\text{out}} W_{ij}\,\delta_i, \qquad \delta_i = \varphi'(z_i)\,g^{h}_i.$$
#
# Assume that $\delta$ and $W$ are independent (strictly they aren't: $z$ depends on $W$; how much
# this matters, the experiment will show). Then in the same way
#
# $$\mathbb E[(g^x)^2] = n_\text{out}\,\sigma^2\;\mathbb E[\delta^2], \qquad \mathbb E[\delta^2]
# \approx \mathbb E[\varphi'(z)^2]\;\mathbb E[(g^h)^2].$$
#
# In the linear region $\varphi' = 1$: we need $\sigma^2 = 1/n_\text{out}$. For ReLU
# $\varphi'(z)^2$ is 1 with probability $\tfrac12$, whence the two again:
# $\sigma^2 = 2/n_\text{out}$.
#
# ### Two conditions, one variance
#
# * **Xavier** (Glorot, Bengio, 2010), for tanh: $\sigma^2 = 1/n_\text{in}$ forward and
#   $\sigma^2 = 1/n_\text{out}$ backward can't both hold if $n_\text{in} \ne n_\text{out}$. The
#   compromise: $\sigma^2 = \dfrac{2}{n_\text{in} + n_\text{out}}$.
# * **Kaiming** (He et al., 2015), for ReLU: $\sigma^2 = \dfrac{2}{n_\text{in}}$. No compromise is
#   needed: if the forward condition holds exactly, the backward pass multiplies the second moment
#   by $\prod_l n_\text{out}^{(l)}/n_\text{in}^{(l)}$, and this product telescopes: what remains is
#   the ratio of the outermost sizes, whatever the depth.
#
# Now the experiment: 30 layers of 256 neurons, weights from $\mathcal N(0, \sigma^2)$; normal
# noise is fed to the input and (from the other end) as the gradient.

# %%
DEPTH, WIDTH = 30, 256


def scales_by_depth(std, activation, derivative, rng):
    """Root mean squares of activations and of gradients by them, both (DEPTH + 1,)."""
    weights = [normal(WIDTH, WIDTH, rng, std=std) for _ in range(DEPTH)]
    h, g = rng.normal(size=(2, 100, WIDTH))
    forward, backward, passed = [root_mean_square(h.ravel())], [root_mean_square(g.ravel())], []
    for W in weights:
        z = h @ W.T
        h = activation(z)
        passed.append(derivative(z))
        forward.append(root_mean_square(h.ravel()))
    for W, share in zip(reversed(weights), reversed(passed), strict=True):
        g = (g * share) @ W
        backward.append(root_mean_square(g.ravel()))
    return np.array(forward), np.array(backward[::-1])


settings = {
    "σ = 0.01": (0.01, GREY),
    "σ = 0.05": (0.05, GREEN),
    "σ = 0.2": (0.2, PURPLE),
    "Xavier, σ = 0.0625": (np.sqrt(1 / WIDTH), BLUE),
    "Kaiming, σ ≈ 0.088": (np.sqrt(2 / WIDTH), RED),
}
layers = np.arange(DEPTH + 1)
fig, axes = plt.subplots(2, 2, figsize=(10.5, 7), sharex=True)
for row, name in zip(axes, ["tanh", "ReLU"], strict=True):
    activation, derivative, _ = activations[name]
    for label, (std, colour) in settings.items():
        rng = np.random.default_rng(0)
        forward, backward = scales_by_depth(std, activation, derivative, rng)
        row[0].semilogy(layers, forward, ".", color=colour, label=label)
        row[1].semilogy(layers, backward, ".", color=colour)
        if name == "ReLU":
            factor = np.sqrt(WIDTH * std**2 / 2)
            row[0].semilogy(layers, factor**layers, color=colour, lw=1)
            row[1].semilogy(layers, factor ** (DEPTH - layers), color=colour, lw=1)
    row[0].set(title=f"{name}: activations, root mean square")
    row[1].set(title=f"{name}: gradients, root mean square")
axes[0, 0].legend(fontsize="small")
for ax in axes[1]:
    ax.set(xlabel="layer")
plt.show()

# %% [markdown] lang="ru"
# Точки — измерения, линии (нижний ряд) — наша теория: совпадают на тридцати порядках, и в обратном
# проходе тоже, хотя там мы сделали допущение. С Kaiming сеть с ReLU доносит сигнал туда и обратно
# без потерь; при $\sigma$ чуть меньше он гаснет, чуть больше — взрывается, и оба раза
# *экспоненциально* по глубине.
#
# У tanh картина мягче. При больших $\sigma$ вперёд не взрывается ничего: $|\tanh| \le 1$; зато
# взрывается градиент. А Xavier, строго говоря, *не* сохраняет дисперсию: она медленно убывает,
# потому что $\tanh^2 z \approx z^2 - \tfrac23z^4$ меньше, чем $z^2$. Обозначив
# $q = \mathbb E[h^2]$ и взяв для нормального $z$ момент $\mathbb E z^4 = 3q^2$, получим
# $q_{l+1} \approx q_l - 2q_l^2$, откуда $q_l \approx \dfrac{1}{2l}$: не экспонента, а гипербола.
# Проверим и это предсказание.

# %% [markdown] lang="en"
# Dots are measurements, lines (lower row) our theory: they agree over thirty orders of magnitude,
# backward too, although there we made an assumption. With Kaiming a ReLU network carries the
# signal there and back without loss; with a slightly smaller $\sigma$ it fades, with a slightly
# larger one it explodes, both times *exponentially* in depth.
#
# With tanh the picture is softer. At large $\sigma$ nothing explodes forward: $|\tanh| \le 1$; the
# gradient does. And Xavier, strictly speaking, does *not* keep the variance: it slowly decreases,
# because $\tanh^2 z \approx z^2 - \tfrac23z^4$ is less than $z^2$. With $q = \mathbb E[h^2]$ and,
# for a normal $z$, $\mathbb E z^4 = 3q^2$, we get $q_{l+1} \approx q_l - 2q_l^2$, whence
# $q_l \approx \dfrac{1}{2l}$: no exponential but a hyperbola. Let us check this prediction too.

# %%
activation, derivative, _ = activations["tanh"]
runs = [scales_by_depth(1 / np.sqrt(WIDTH), activation, derivative, np.random.default_rng(seed))
        for seed in range(5)]  # fmt: skip
second_moment = np.mean([forward**2 for forward, _ in runs], axis=0)
for layer in (5, 10, 20, 30):
    print(f"layer {layer:2d}: E[h²] = {second_moment[layer]:.4f}, 1/(2l) = {1 / (2 * layer):.4f}")

# %% [markdown] lang="ru"
# ### И что с того обучению?
#
# Возьмём задачу, в которой прямой не обойтись: две спирали. Десять скрытых слоёв по 32 нейрона с
# ReLU, потери логистические, $\log(1 + e^{-y\hat y})$; смещения заменим единицей во входе. Пять
# инициализаций, по два запуска, два оптимизатора: Nesterov и Adam.
#
# Для ширины 32 наша теория предсказывает множитель масштаба за слой
# $\sqrt{32\,\sigma^2/2} = 4\sigma$: $\sigma = 0{,}5$ даёт ровно удвоение, за десять слоёв — в
# тысячу раз; $\sigma = 0{,}1$ — сжатие до $10^{-4}$.

# %% [markdown] lang="en"
# ### And what is it to training?
#
# Take a problem for which no straight line will do: two spirals. Ten hidden layers of 32 neurons
# with ReLU, the logistic loss $\log(1 + e^{-y\hat y})$; a one in the input stands for biases. Five
# initialisations, two runs each, two optimisers: Nesterov and Adam.
#
# For a width of 32 our theory predicts that a layer multiplies the scale by
# $\sqrt{32\,\sigma^2/2} = 4\sigma$: $\sigma = 0.5$ doubles it exactly, a thousand times in ten
# layers; $\sigma = 0.1$ shrinks it to $10^{-4}$.


# %%
def spirals(n, rng):
    """Points (n, 3), the last coordinate one, on two arms of a spiral, and labels −1 and 1."""
    angle = 3 * np.pi * np.sqrt(rng.uniform(0.03, 1, n))
    labels = rng.choice([-1, 1], n)
    arm = np.column_stack([np.cos(angle), np.sin(angle)]) * (labels * angle / 5)[:, None]
    return np.column_stack([arm + rng.normal(0, 0.05, (n, 2)), np.ones(n)]), labels


def spiral_loss(weights, X, labels):
    """The mean logistic loss of a deep ReLU network without biases, and gradients by weights."""
    hidden = [X]
    for W in weights[:-1]:
        hidden.append(relu(hidden[-1] @ W.T))
    margins = labels * (hidden[-1] @ weights[-1].T)[:, 0]
    gradients = []
    # the derivative of log(1 + exp(−m)) is −1 / (1 + exp(m)); logaddexp doesn't overflow
    g = (-labels * np.exp(-np.logaddexp(0, margins)) / len(labels))[:, None]
    for W, h in zip(reversed(weights), reversed(hidden), strict=True):
        gradients.append(g.T @ h)
        g = (g @ W) * (h > 0)
    return np.logaddexp(0, -margins).mean(), gradients[::-1]


X, labels = spirals(240, np.random.default_rng(0))
sizes = [3] + [32] * 10 + [1]


def train_deep(init, optimiser, seed, n_steps=300):
    """Losses before each step, and the last weights; a diverged run ends with infinity."""
    rng = np.random.default_rng(seed)
    weights = [init(m, n, rng) for m, n in pairwise(sizes)]
    cuts = np.cumsum([W.size for W in weights])[:-1]
    losses = np.full(n_steps, np.inf)
    for step in range(n_steps):
        losses[step], gradients = spiral_loss(weights, X, labels)
        flat, grad = (
            np.concatenate([a.ravel() for a in arrays]) for arrays in (weights, gradients)
        )
        if np.abs(grad).max() > 1e12:
            losses[step:] = np.inf
            break
        parts = np.split(optimiser.step(flat, grad), cuts)
        weights = [part.reshape(W.shape) for part, W in zip(parts, weights, strict=True)]
    return losses, weights


inits = {
    "σ = 0.01": (partial(normal, std=0.01), GREY),
    "σ = 0.1": (partial(normal, std=0.1), GREEN),
    "σ = 0.5": (partial(normal, std=0.5), PURPLE),
    "Xavier": (xavier_normal, BLUE),
    "Kaiming": (kaiming_normal, RED),
}
for name, (init, _) in inits.items():
    rng = np.random.default_rng(0)
    loss, gradients = spiral_loss([init(m, n, rng) for m, n in pairwise(sizes)], X, labels)
    largest = max(np.abs(gradient).max() for gradient in gradients)
    print(f"{name:8s}: loss {loss:7.3f}, largest gradient {largest:.1e}")

optimisers = {"Nesterov": lambda: Nesterov(lr=0.015), "Adam": lambda: Adam(lr=0.003)}

# %%
learned = {}
fig, axes = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True)
for ax, (optimiser_name, make) in zip(axes, optimisers.items(), strict=True):
    for name, (init, colour) in inits.items():
        for seed in range(2):
            losses, learned[optimiser_name, name, seed] = train_deep(init, make(), seed)
            ax.semilogy(losses, color=colour, lw=1.4, alpha=0.85, label=name if seed == 0 else None)
    ax.set(xlabel="step", title=optimiser_name, ylim=(1e-4, 30))
axes[0].set_ylabel("training loss")
axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %%
fresh, fresh_labels = spirals(2000, np.random.default_rng(1))
axis = np.linspace(-2.2, 2.2, 160)
plane = np.stack([*np.meshgrid(axis, axis), np.ones((160, 160))], axis=-1).reshape(-1, 3)


def deep_output(weights, inputs):
    return mlp(inputs, weights, [0.0] * len(weights), relu)[:, 0]


fig, axes = plt.subplots(1, 3, figsize=(11, 4.2), sharey=True)
for ax, name in zip(axes, ["σ = 0.01", "σ = 0.5", "Kaiming"], strict=True):
    weights = learned["Adam", name, 0]
    accuracy = np.mean(deep_output(weights, fresh) * fresh_labels > 0)
    side = deep_output(weights, plane).reshape(160, 160) > 0
    ax.contourf(axis, axis, side, levels=[-0.5, 0.5, 1.5], colors=[ORANGE, BLUE], alpha=0.3)
    for label, colour in [(-1, ORANGE), (1, BLUE)]:
        ax.scatter(*X[labels == label, :2].T, s=8, color=colour)
    ax.set(title=f"Adam, {name}: accuracy {accuracy:.1%}", xlabel="$x_1$", aspect="equal")
    ax.grid(False)
axes[0].set_ylabel("$x_2$")
plt.show()

# %% [markdown] lang="ru"
# Слева, у метода с инерцией, за 300 шагов справляется только Kaiming. Xavier теряет в каждом слое
# с ReLU множитель $\sqrt2$ и не успевает. При $\sigma = 0{,}01$ и $0{,}1$ потери замерли на
# $\ln 2 \approx 0{,}693$: выход сети — нуль. При $\sigma = 0{,}5$ обучение расходится в первые же
# шаги, и кривых не видно.
#
# Справа Adam спасает почти всех: его шаг не зависит от масштаба градиента. Почти, но не
# $\sigma = 0{,}01$: там градиент меньше $\epsilon = 10^{-8}$ в знаменателе, и нормировать уже
# нечего (числа напечатаны выше). Так что хороший оптимизатор маскирует плохое начало, но не
# отменяет его, а взорванное начало ещё и даёт рваную границу.
#
# Что ещё лечит ту же болезнь: нормализация (BatchNorm, семинар 3) возвращает масштаб в каждом слое
# насильно, а остаточные связи оставляют сигналу прямую дорогу (встретим их в свёрточных сетях).
#
# ## Итог
#
# * Нейрон делит пространство плоскостью; слой перерисовывает пространство; глубина складывает его,
#   и число кусков растёт экспоненциально.
# * Один скрытый слой приближает любую непрерывную функцию. Существование хороших весов и умение их
#   найти — разные вещи.
# * Спуск тормозит число обусловленности; инерция заменяет $\kappa$ на $\sqrt\kappa$;
#   покоординатные методы чинят овраги вдоль осей; шум требует убывающего шага.
# * Масштаб сигнала за $L$ слоёв умножается на $q^L$. Чтобы $q = 1$, нужна дисперсия весов
#   $2/n_\text{in}$ для ReLU и $2/(n_\text{in} + n_\text{out})$ для tanh.
#
# **Что почитать.** Glorot, Bengio, *Understanding the difficulty of training deep feedforward
# neural networks* (2010); He et al., *Delving deep into rectifiers* (2015); Telgarsky, *Benefits
# of depth in neural networks* (2016); Goh, *Why momentum really works* (Distill, 2017); Kingma,
# Ba, *Adam* (2015).

# %% [markdown] lang="en"
# On the left, with inertia alone, only Kaiming makes it in 300 steps. Xavier loses a factor of
# $\sqrt2$ in every layer with ReLU and is too late. At $\sigma = 0.01$ and $0.1$ the loss is
# frozen at $\ln 2 \approx 0.693$: the network's output is zero. At $\sigma = 0.5$ training
# diverges in its very first steps, and there are no curves to be seen.
#
# On the right Adam saves almost everyone: its step doesn't depend on the gradient's scale. Almost,
# but not $\sigma = 0.01$: there the gradient is smaller than the $\epsilon = 10^{-8}$ in the
# denominator, and there is nothing left to normalise (the numbers are printed above). So a good
# optimiser masks a bad start but doesn't undo it, and an exploded start also leaves a ragged
# boundary.
#
# What else cures the same disease: normalisation (BatchNorm, seminar 3) restores the scale in each
# layer by force, and residual connections leave the signal a straight road (we shall meet them in
# convolutional networks).
#
# ## In short
#
# * A neuron cuts the space by a plane; a layer redraws the space; depth folds it, and the number
#   of pieces grows exponentially.
# * One hidden layer approximates any continuous function. That good weights exist and that we can
#   find them are different things.
# * Descent is slowed by the condition number; inertia puts $\sqrt\kappa$ in place of $\kappa$;
#   coordinatewise methods mend ravines along the axes; noise wants a decreasing step.
# * Over $L$ layers the scale of the signal is multiplied by $q^L$. For $q = 1$ the weights need
#   the variance $2/n_\text{in}$ with ReLU and $2/(n_\text{in} + n_\text{out})$ with tanh.
#
# **Further reading.** Glorot, Bengio, *Understanding the difficulty of training deep feedforward
# neural networks* (2010); He et al., *Delving deep into rectifiers* (2015); Telgarsky, *Benefits
# of depth in neural networks* (2016); Goh, *Why momentum really works* (Distill, 2017); Kingma,
# Ba, *Adam* (2015).

# %% [markdown] lang="ru"
# ## Вопросы для самопроверки
#
# Сначала ответьте, потом раскрывайте.
#
# <details><summary>1. Все признаки (вместе с единицей смещения) умножили на 10. Как изменится
# оценка Новикова? А если в правиле Розенблатта поставить шаг: w ← w + ηyx?</summary>
#
# Никак в обоих случаях. Вырастут в 10 раз и $R$, и $\gamma$, а в оценку входит их отношение. Если
# начать с нуля, шаг $\eta$ умножает все $w_t$ на $\eta$ и не меняет ни одного знака, то есть ни
# одной ошибки.
#
# </details>
#
# <details><summary>2. Может ли один-единственный нейрон вычислить XOR, если разрешить другую
# активацию?</summary>
#
# Да: $\varphi(z) = z^2$ при $z = x_1 - x_2$. Доказательство невозможности опиралось на порог
# (монотонность). Но такой нейрон — решение одной задачи; слой ReLU решает их все.
#
# </details>
#
# <details><summary>3. Почему из теоремы об универсальной аппроксимации исключены
# многочлены?</summary>
#
# Если $\varphi$ — многочлен степени $d$, то сеть с одним скрытым слоем любой ширины — тоже
# многочлен степени не выше $d$. Такие функции образуют конечномерное пространство и приблизить
# произвольную непрерывную не могут.
#
# </details>
#
# <details><summary>4. Спуск на овраге с шагом ровно 2/λ_max: что произойдёт? А с шагом
# 1/λ_max?</summary>
#
# При $\alpha = 2/\lambda_{\max}$ крутая координата умножается на $-1$ и прыгает вечно между двумя
# стенками. При $\alpha = 1/\lambda_{\max}$ она обнулится за один шаг, а пологая умножается на
# $1 - 1/\kappa$: примерно вдвое медленнее, чем с наилучшим шагом.
#
# </details>
#
# <details><summary>5. Покажите, что тяжёлый шарик — это то же, что v ← βv + g, x ← x − αv с
# нулевым начальным v.</summary>
#
# Из второго равенства $x_k - x_{k-1} = -\alpha v_k$. Тогда
# $x_{k+1} - x_k = -\alpha v_{k+1} = -\alpha g_k - \alpha\beta v_k$
# $= -\alpha g_k + \beta(x_k - x_{k-1})$. В первом шаге $v = 0$, что соответствует $x_{-1} = x_0$.
#
# </details>
#
# <details><summary>6. Какой первый шаг делает Adam? Что изменится, если умножить функцию потерь на
# 1000?</summary>
#
# После поправки $\hat m_1 = g$, $\hat v_1 = g^2$, и шаг равен
# $-\alpha\,g/(|g| + \epsilon) \approx -\alpha\operatorname{sign} g$: каждая координата сдвигается
# на $\alpha$. Умножение потерь на 1000 не изменит траекторию (пока $|g| \gg \epsilon$): и
# числитель, и знаменатель вырастут в 1000 раз.
#
# </details>
#
# <details><summary>7. В глубокой сети ReLU постоянной ширины σ слишком мала. У какого слоя
# градиент по весам меньше: у первого или у последнего?</summary>
#
# У всех скрытых слоёв он одного порядка. Градиент по $W^{(l)}$ — произведение $\delta^{(l)}$ на
# вход слоя. Если слой умножает масштаб на $q$, то вход слоя $l$ порядка $q^{l-1}$, а
# $\delta^{(l)}$ порядка $q^{L-l}$; произведение порядка $q^{L-1}$ от $l$ не зависит. Все слои
# учатся одинаково — одинаково плохо.
#
# </details>
#
# <details><summary>8. Выведите дисперсию весов для LeakyReLU с наклоном a слева от нуля.</summary>
#
# По симметрии $\mathbb E[\varphi(z)^2] = \tfrac12\mathbb E[z^2] + \tfrac12a^2\mathbb E[z^2]$
# $= \tfrac{1 + a^2}{2}\mathbb E[z^2]$, поэтому $\sigma^2 = \dfrac{2}{(1 + a^2)\,n_\text{in}}$. При
# $a = 0$ это Kaiming, при $a = 1$ — линейный слой.
#
# </details>
#
# <details><summary>9. Коллега сохраняет не второй момент, а дисперсию выхода ReLU: Var[h] = (1/2 −
# 1/(2π)) E[z²]. Что случится с его сетью?</summary>
#
# Он возьмёт $\sigma^2 n_\text{in} = 1/(\tfrac12 - \tfrac1{2\pi}) \approx 2{,}93$. Но следующий
# слой суммирует вторые моменты, а не дисперсии, поэтому $\mathbb E[z^2]$ будет расти в
# $2{,}93/2 \approx 1{,}47$ раза за слой: через 30 слоёв — в сто с лишним тысяч раз.
#
# </details>

# %% [markdown] lang="en"
# ## Questions for self-check
#
# Answer first, unfold afterwards.
#
# <details><summary>1. All features (the bias's one too) are multiplied by 10. What becomes of
# Novikoff's bound? And if Rosenblatt's rule gets a step: w ← w + ηyx?</summary>
#
# Nothing, in both cases. Both $R$ and $\gamma$ become 10 times larger, and the bound has their
# ratio. Started from zero, the step $\eta$ multiplies all $w_t$ by $\eta$ and changes no sign,
# hence no mistake.
#
# </details>
#
# <details><summary>2. Can one single neuron compute XOR if another activation is
# allowed?</summary>
#
# Yes: $\varphi(z) = z^2$ with $z = x_1 - x_2$. The proof of impossibility relied on the threshold
# (on monotonicity). But such a neuron solves one problem; a layer of ReLUs solves them all.
#
# </details>
#
# <details><summary>3. Why does the universal approximation theorem exclude polynomials?</summary>
#
# If $\varphi$ is a polynomial of degree $d$, a network with one hidden layer of any width is a
# polynomial of degree at most $d$ too. Such functions form a space of finite dimension and can't
# approximate an arbitrary continuous one.
#
# </details>
#
# <details><summary>4. Descent in a ravine with the step of exactly 2/λ_max: what happens? And with
# the step 1/λ_max?</summary>
#
# At $\alpha = 2/\lambda_{\max}$ the steep coordinate is multiplied by $-1$ and jumps between the
# two walls for ever. At $\alpha = 1/\lambda_{\max}$ it becomes zero in one step, and the gentle
# one is multiplied by $1 - 1/\kappa$: about half as fast as with the best step.
#
# </details>
#
# <details><summary>5. Show that the heavy ball is the same as v ← βv + g, x ← x − αv with v zero
# at the start.</summary>
#
# By the second equality $x_k - x_{k-1} = -\alpha v_k$. Then
# $x_{k+1} - x_k = -\alpha v_{k+1} = -\alpha g_k - \alpha\beta v_k$
# $= -\alpha g_k + \beta(x_k - x_{k-1})$. In the first step $v = 0$, which corresponds to
# $x_{-1} = x_0$.
#
# </details>
#
# <details><summary>6. What is Adam's first step? What changes if the loss is multiplied by
# 1000?</summary>
#
# After the correction $\hat m_1 = g$ and $\hat v_1 = g^2$, so the step is
# $-\alpha\,g/(|g| + \epsilon) \approx -\alpha\operatorname{sign} g$: every coordinate moves by
# $\alpha$. Multiplying the loss by 1000 doesn't change the path (as long as $|g| \gg \epsilon$):
# numerator and denominator both grow 1000 times.
#
# </details>
#
# <details><summary>7. In a deep ReLU network of constant width σ is too small. Which layer has the
# smaller gradient by its weights, the first or the last?</summary>
#
# In all hidden layers it is of one order. The gradient by $W^{(l)}$ is the product of
# $\delta^{(l)}$ and the layer's input. If a layer multiplies the scale by $q$, the input of layer
# $l$ is of the order $q^{l-1}$ and $\delta^{(l)}$ of the order $q^{L-l}$; the product, of the
# order $q^{L-1}$, doesn't depend on $l$. All layers learn alike: alike badly.
#
# </details>
#
# <details><summary>8. Derive the variance of weights for LeakyReLU with the slope a to the left of
# zero.</summary>
#
# By symmetry $\mathbb E[\varphi(z)^2] = \tfrac12\mathbb E[z^2] + \tfrac12a^2\mathbb E[z^2]$
# $= \tfrac{1 + a^2}{2}\mathbb E[z^2]$, so $\sigma^2 = \dfrac{2}{(1 + a^2)\,n_\text{in}}$. At
# $a = 0$ this is Kaiming, at $a = 1$ a linear layer.
#
# </details>
#
# <details><summary>9. A colleague keeps not the second moment but the variance of ReLU's output:
# Var[h] = (1/2 − 1/(2π)) E[z²]. What will happen to their network?</summary>
#
# They will take $\sigma^2 n_\text{in} = 1/(\tfrac12 - \tfrac1{2\pi}) \approx 2.93$. But the next
# layer adds up second moments, not variances, so $\mathbb E[z^2]$ will grow $2.93/2 \approx 1.47$
# times a layer: over 30 layers, more than a hundred thousand times.
#
# </details>

# %% [markdown] lang="ru"
# ## Упражнения
#
# В каждой ячейке ниже тело функции предстоит написать вам; что она должна вернуть, сказано в её
# строке документации. Ячейка под функцией проверяет написанное на случайных входах и говорит, где
# первое расхождение. Порядок любой.
#
# ### 1. Перцептрон на много классов
#
# Классов теперь $K$, и у каждого своя строка весов; ответ — класс с наибольшей оценкой. Ошиблись —
# награждаем строку верного класса и штрафуем строку названного. (Покажите на досуге: это шаг длины
# 1 против градиента функции $\max_k s_k - s_y$.)

# %% [markdown] lang="en"
# ## Exercises
#
# In each cell below the body of the function is yours to write; what it must return is said in its
# docstring. The cell under a function checks it on random inputs and says where the first
# difference is. Take them in any order.
#
# ### 1. A perceptron for many classes
#
# Now there are $K$ classes, each with its row of weights; the answer is the class with the largest
# score. After a mistake we reward the row of the right class and punish that of the named one. (At
# leisure, show that this is a step of length 1 against the gradient of $\max_k s_k - s_y$.)

# %% include="exercises:multiclass_update"

# %% check="perceptron"

# %% [markdown] lang="ru"
# ### 2. Чётность своими руками
#
# XOR трёх, четырёх, $n$ битов — чётность числа единиц. Обобщите сеть из раздела 2: $n$ нейронов,
# никакого обучения. Подсказка: нарисуйте ломаную, которая в точках $0, 1, 2, \dots, n$ принимает
# значения $0, 1, 0, 1, \dots$

# %% [markdown] lang="en"
# ### 2. Parity by hand
#
# XOR of three, four, $n$ bits is the parity of the number of ones. Generalise the network of
# section 2: $n$ neurons and no training. A hint: draw the broken line that takes the values
# $0, 1, 0, 1, \dots$ at the points $0, 1, 2, \dots, n$.

# %% include="exercises:parity_network"

# %% check="parity"

# %% [markdown] lang="ru"
# ### 3. Сеть вместо `np.interp`
#
# Сеть из раздела 4 за правым краем отрезка убегает по прямой. Постройте такую, что всюду совпадает
# с `np.interp`: за обоими краями она постоянна. Узлы расположены неравномерно.

# %% [markdown] lang="en"
# ### 3. A network in place of `np.interp`
#
# Beyond the right end of the segment the network of section 4 runs off along a line. Build one
# that equals `np.interp` everywhere: constant beyond both ends. The knots are not evenly spaced.

# %% include="exercises:interpolation_network"

# %% check="interpolation"

# %% [markdown] lang="ru"
# ### 4. Много сетей за один проход
#
# В опытах одну сеть обучают из нескольких начал. Вместо цикла по сетям сложите их веса в стопку и
# пустите все сети разом: `@` умеет перемножать стопки матриц. В задании 1 это пригодится как
# приём, а на семинаре 3 вернётся под именем broadcasting.

# %% [markdown] lang="en"
# ### 4. Many networks in one pass
#
# In experiments one network is trained from several starts. Instead of looping over networks,
# stack their weights and run all networks at once: `@` multiplies stacks of matrices. Keep the
# device in mind for task 1; in seminar 3 it comes back under the name of broadcasting.

# %% include="exercises:forward_many"

# %% check="forward"

# %% [markdown] lang="ru"
# ### 5. Наилучший шаг спуска
#
# Овраг повёрнут, собственные оси неизвестны; дан лишь гессиан. Найдите наилучший постоянный шаг и
# множитель, на который он в худшем случае умножает расстояние.

# %% [markdown] lang="en"
# ### 5. The best step of descent
#
# The ravine is rotated, its eigenaxes are unknown; only the Hessian is given. Find the best
# constant step and the factor by which it multiplies the distance in the worst case.

# %% include="exercises:best_lr"

# %% check="descent"

# %% [markdown] lang="ru"
# ### 6. AdamW
#
# Лощилов и Хуттер (2019) заметили, что L2-штраф в Adam работает не так, как задумано: прибавленный
# к градиенту, он делится на $\sqrt{\hat v}$, и веса с большими градиентами почти не затухают. В
# AdamW затухание отделено от средних. Напишите его; сегодня им обучают почти все большие модели.

# %% [markdown] lang="en"
# ### 6. AdamW
#
# Loshchilov and Hutter (2019) noticed that an L2 penalty doesn't do in Adam what it is meant to:
# added to the gradient, it is divided by $\sqrt{\hat v}$, and weights with large gradients hardly
# decay. In AdamW the decay is kept apart from the means. Write it; today almost all large models
# are trained by it.

# %% include="exercises:adamw_path"

# %% check="adamw"

# %% [markdown] lang="ru"
# ### 7. Множитель для любой активации
#
# Двойку Kaiming мы получили из симметрии. А для синуса или вашей собственной активации? Если
# $z \sim \mathcal N(0, 1)$, то масштаб сохраняют веса с отклонением
# $\text{gain}/\sqrt{n_\text{in}}$, где $\text{gain} = 1/\sqrt{\mathbb E[\varphi(z)^2]}$.

# %% [markdown] lang="en"
# ### 7. The gain of any activation
#
# Kaiming's two came from symmetry. And for a sine, or an activation of your own? If
# $z \sim \mathcal N(0, 1)$, the scale is kept by weights of the deviation
# $\text{gain}/\sqrt{n_\text{in}}$ with $\text{gain} = 1/\sqrt{\mathbb E[\varphi(z)^2]}$.

# %% include="exercises:gain"

# %% check="gain"

# %% [markdown] lang="ru"
# ### 8. Равномерная инициализация
#
# Вывод говорил только о дисперсии; форма распределения нужна была лишь симметричной. Напишите
# равномерный вариант, в котором можно выбрать, какой из двух проходов сохранить.

# %% [markdown] lang="en"
# ### 8. Uniform initialisation
#
# The derivation spoke of the variance only; of the shape of the distribution it wanted nothing but
# symmetry. Write a uniform variant in which one can choose which of the two passes to keep.

# %% include="exercises:scaled_uniform"

# %% check="initialisation"
