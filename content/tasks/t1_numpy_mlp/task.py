# %% [markdown] lang="ru"
# # Задание 1. Полносвязная нейронная сеть на NumPy
#
# В этом задании вы напишете нейронную сеть целиком: слои, функцию потерь, градиенты и обучение, — и
# ничего, кроме NumPy, для этого не понадобится. Дальше в курсе всё это будет делать PyTorch; здесь
# важно один раз увидеть, что внутри нет никакого волшебства, только правило цепочки.
#
# | часть | что нужно сделать | баллы | кто оценивает |
# |---|---|---|---|
# | 1 | теория: BatchNorm, инициализация, ReLU | 1,5 + 1 + 0,5 | преподаватель |
# | 2 | слои, численный градиент, функция потерь | 3 | проверки |
# | 3 | сеть целиком и её обучение | 1 | проверки |
# | 4 | опыты: число слоёв, инициализация, активация | 1 + 1 + 1 | проверки и преподаватель поровну |
# | 5 | бонус: SGD с импульсом, Dropout, BatchNorm | 1 + 1 + 1 | проверки; за импульс — поровну |
#
# Как устроена тетрадь:
#
# * Функция, которую нужно написать, уже объявлена: есть имя, аргументы и docstring, а вместо тела
#   стоит `raise NotImplementedError`. **Docstring — это и есть условие.** Имена и аргументы не
#   меняйте: проверки находят ваши функции по именам.
# * После каждой части стоит ячейка с `check_part(…)`. Она показывает, что уже верно, а где нет — на
#   каком элементе ответ разошёлся с ожидаемым. Запускать её можно сколько угодно раз. При
#   выставлении оценки проверки те же, но входные данные другие.
# * Ячейки, в которых написано «Ваш ответ» и «Ваши выводы», читает преподаватель.
# * Пользоваться готовыми реализациями этих же слоёв и автоматическим дифференцированием нельзя:
#   смысл задания в том, чтобы написать их самому. NumPy и SciPy можно.

# %% [markdown] lang="en"
# # Task 1. A fully connected neural network in NumPy
#
# In this task you write a whole neural network: layers, a loss, gradients and training, with
# nothing but NumPy. Later in the course PyTorch does all of this for us; it pays to have seen once
# that there is no magic inside, only the chain rule.
#
# | part | what to do | points | who marks it |
# |---|---|---|---|
# | 1 | theory: BatchNorm, initialisation, ReLU | 1.5 + 1 + 0.5 | the instructor |
# | 2 | layers, the numerical gradient, the loss | 3 | checks |
# | 3 | the network as a whole and its training | 1 | checks |
# | 4 | experiments: depth, initialisation, activation | 1 + 1 + 1 | half checks, half the instructor |
# | 5 | bonus: SGD with momentum, Dropout, BatchNorm | 1 + 1 + 1 | checks; momentum half and half |
#
# How the notebook works:
#
# * A function that you are to write is declared already: it has a name, arguments and a docstring,
#   and `raise NotImplementedError` for a body. **The docstring is the statement of the problem.**
#   Leave names and arguments as they are: the checks find your functions by name.
# * Each part is followed by a cell with `check_part(…)`. It shows what is right already and, where
#   something is not, at which element your answer departs from the expected one. Run it as often as
#   you like. Grading asks the same checks with other inputs.
# * The cells that say "Your answer" and "Your conclusions" are read by the instructor.
# * Ready-made versions of these very layers and automatic differentiation are not allowed: writing
#   them is the point. NumPy and SciPy are welcome.

# %%
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from jaxtyping import Float, Int
from numpy.typing import DTypeLike
from scipy.optimize import OptimizeResult, minimize

from praktikum.scratch.activations import Batch, NoParams, Sigmoid, Tanh
from praktikum.scratch.digits import Split, digits_split
from praktikum.scratch.errors import SettingError, ShapeError
from praktikum.scratch.experiments import INITIALISATIONS
from praktikum.scratch.gradient_check import GradientComparison, compare_gradients
from praktikum.scratch.initialisation import Initialiser, kaiming_normal
from praktikum.scratch.layers import Layer
from praktikum.scratch.network import Network, evaluation, get_weights, set_weights
from praktikum.scratch.optimisers import Optimiser, Weights, check_range
from praktikum.scratch.training import History, minibatches

# %% [markdown] lang="ru"
# ## Часть 1. Теория (3 балла)
#
# Формулы можно набирать в LaTeX: `$…$` внутри строки, `$$…$$` отдельной строкой. Оценивается
# **вывод**: готовый результат легко найти, в том числе в docstring, и сам по себе он ничего не
# стоит.
#
# ### 1.1. Градиенты BatchNorm (1,5 балла)
#
# Рассмотрим один признак. По батчу из $n$ значений $x_1, \dots, x_n$ слой BatchNorm в режиме
# обучения считает
#
# $$\mu = \frac1n \sum_i x_i, \qquad \sigma^2 = \frac1n \sum_i (x_i - \mu)^2, \qquad
# \hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y_i = \gamma \hat x_i + \beta.$$
#
# Известны $g_i = \partial L / \partial y_i$, где $L$ — скалярная функция потерь.
#
# 1. Выведите $\partial L/\partial \beta$ и $\partial L/\partial \gamma$.
# 2. Выведите $\partial L/\partial x_j$ по шагам: сначала $\partial L/\partial \hat x_i$, затем
#    $\partial \mu/\partial x_j$ и $\partial \sigma^2/\partial x_j$, затем всё вместе. Приведите
#    ответ к виду, где есть только $\hat x$, $g$, $\gamma$, $\sigma^2 + \varepsilon$ и средние по
#    батчу.
# 3. Докажите, что $\sum_j \partial L/\partial x_j = 0$. Чему равна
#    $\sum_j \hat x_j \, \partial L/\partial x_j$ и когда она нулевая? Какие свойства слоя за этим
#    стоят?
# 4. Чему равен $\partial L/\partial x_j$ в режиме применения, когда вместо $\mu$ и $\sigma^2$ стоят
#    накопленные статистики?

# %% [markdown] lang="en"
# ## Part 1. Theory (3 points)
#
# Formulas are written in LaTeX: `$…$` within a line, `$$…$$` on a line of their own. It is the
# **derivation** that is marked: the result alone is easy to find, in docstrings too, and earns
# nothing.
#
# ### 1.1. The gradients of BatchNorm (1.5 points)
#
# Take a single feature. From a batch of $n$ values $x_1, \dots, x_n$ a BatchNorm layer in training
# computes
#
# $$\mu = \frac1n \sum_i x_i, \qquad \sigma^2 = \frac1n \sum_i (x_i - \mu)^2, \qquad
# \hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y_i = \gamma \hat x_i + \beta.$$
#
# The $g_i = \partial L / \partial y_i$ are given; $L$ is a scalar loss.
#
# 1. Derive $\partial L/\partial \beta$ and $\partial L/\partial \gamma$.
# 2. Derive $\partial L/\partial x_j$ step by step: first $\partial L/\partial \hat x_i$, then
#    $\partial \mu/\partial x_j$ and $\partial \sigma^2/\partial x_j$, then all of it together.
#    Bring the answer to a form with nothing but $\hat x$, $g$, $\gamma$, $\sigma^2 + \varepsilon$
#    and averages over the batch.
# 3. Prove that $\sum_j \partial L/\partial x_j = 0$. What is
#    $\sum_j \hat x_j \, \partial L/\partial x_j$, and when is it zero? Which properties of the
#    layer are behind this?
# 4. What is $\partial L/\partial x_j$ in evaluation mode, where running statistics stand in place
#    of $\mu$ and $\sigma^2$?

# %% [markdown] lang="ru" answer="theory_batchnorm"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="theory_batchnorm"
# **Your answer.**

# %% [markdown] lang="ru" solution="theory_batchnorm"
# **Решение.** Обозначим $s = \sqrt{\sigma^2 + \varepsilon}$, а черта сверху пусть значит среднее по
# батчу: $\overline{a} = \frac1n \sum_i a_i$.
#
# *1.* Параметры общие для всего батча, поэтому вклады объектов складываются:
#
# $$\frac{\partial L}{\partial \beta} = \sum_i g_i \frac{\partial y_i}{\partial \beta} = \sum_i g_i,
# \qquad \frac{\partial L}{\partial \gamma} = \sum_i g_i \hat x_i .$$
#
# *2.* От $\hat x_i$ зависит только $y_i$, так что
# $h_i := \partial L/\partial \hat x_i = \gamma g_i$. Дальше,
#
# $$\frac{\partial \mu}{\partial x_j} = \frac1n, \qquad
# \frac{\partial \sigma^2}{\partial x_j}
# = \frac2n \sum_k (x_k - \mu)\Bigl([k = j] - \frac1n\Bigr)
# = \frac2n (x_j - \mu),$$
#
# потому что $\sum_k (x_k - \mu) = 0$. Отсюда
#
# $$\frac{\partial s}{\partial x_j} = \frac{1}{2s} \cdot \frac{2}{n}(x_j - \mu) = \frac{\hat x_j}{n}.$$
#
# Теперь дифференцируем частное $\hat x_i = (x_i - \mu)/s$:
#
# $$\frac{\partial \hat x_i}{\partial x_j}
# = \frac{[i = j] - 1/n}{s} - \frac{x_i - \mu}{s^2} \cdot \frac{\hat x_j}{n}
# = \frac1s \Bigl([i = j] - \frac1n - \frac{\hat x_i \hat x_j}{n}\Bigr).$$
#
# Три слагаемых — это прямой путь, путь через среднее и путь через дисперсию. По правилу цепочки
#
# $$\frac{\partial L}{\partial x_j} = \sum_i h_i \frac{\partial \hat x_i}{\partial x_j}
# = \frac1s\Bigl(h_j - \overline{h} - \hat x_j\, \overline{h \hat x}\Bigr)
# = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}}
# \Bigl(g_j - \overline{g} - \hat x_j\, \overline{g \hat x}\Bigr).$$
#
# *3.* Так как $\sum_j \hat x_j = 0$,
#
# $$\sum_j \frac{\partial L}{\partial x_j}
# = \frac1s\Bigl(n \overline{h} - n \overline{h} - \overline{h \hat x} \sum_j \hat x_j\Bigr) = 0 .$$
#
# Выход не меняется, если ко всем $x_j$ прибавить одно число: вдоль этого направления производная
# нулевая. (Поэтому сдвиг в слое Dense перед BatchNorm не обучается и не нужен.) Вторая сумма: так
# как $\sum_j \hat x_j^2 = n \sigma^2/s^2$,
#
# $$\sum_j \hat x_j \frac{\partial L}{\partial x_j}
# = \frac1s\Bigl(n\,\overline{h \hat x} - \overline{h \hat x} \cdot \frac{n \sigma^2}{s^2}\Bigr)
# = \frac{n \varepsilon}{s^3}\, \overline{h \hat x} .$$
#
# При $\varepsilon = 0$ она равна нулю: тогда выход не меняется и при растяжении $x - \mu$ в
# несколько раз. При $\varepsilon > 0$ слой инвариантен к масштабу лишь приближённо, и сумма мала,
# но не нулевая.
#
# *4.* Накопленные статистики — постоянные, два последних пути исчезают, и
# $\partial L/\partial x_j = \gamma g_j / \sqrt{\sigma_{\text{run}}^2 + \varepsilon}$.

# %% [markdown] lang="en" solution="theory_batchnorm"
# **Solution.** Let $s = \sqrt{\sigma^2 + \varepsilon}$, and let a bar stand for the average over
# the batch: $\overline{a} = \frac1n \sum_i a_i$.
#
# *1.* The whole batch shares the parameters, so the contributions of the examples add up:
#
# $$\frac{\partial L}{\partial \beta} = \sum_i g_i \frac{\partial y_i}{\partial \beta} = \sum_i g_i,
# \qquad \frac{\partial L}{\partial \gamma} = \sum_i g_i \hat x_i .$$
#
# *2.* Only $y_i$ depends on $\hat x_i$, so $h_i := \partial L/\partial \hat x_i = \gamma g_i$.
# Next,
#
# $$\frac{\partial \mu}{\partial x_j} = \frac1n, \qquad
# \frac{\partial \sigma^2}{\partial x_j}
# = \frac2n \sum_k (x_k - \mu)\Bigl([k = j] - \frac1n\Bigr)
# = \frac2n (x_j - \mu),$$
#
# because $\sum_k (x_k - \mu) = 0$. Hence
#
# $$\frac{\partial s}{\partial x_j} = \frac{1}{2s} \cdot \frac{2}{n}(x_j - \mu) = \frac{\hat x_j}{n}.$$
#
# Now differentiate the quotient $\hat x_i = (x_i - \mu)/s$:
#
# $$\frac{\partial \hat x_i}{\partial x_j}
# = \frac{[i = j] - 1/n}{s} - \frac{x_i - \mu}{s^2} \cdot \frac{\hat x_j}{n}
# = \frac1s \Bigl([i = j] - \frac1n - \frac{\hat x_i \hat x_j}{n}\Bigr).$$
#
# The three terms are the direct path, the path through the mean and the path through the variance.
# By the chain rule
#
# $$\frac{\partial L}{\partial x_j} = \sum_i h_i \frac{\partial \hat x_i}{\partial x_j}
# = \frac1s\Bigl(h_j - \overline{h} - \hat x_j\, \overline{h \hat x}\Bigr)
# = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}}
# \Bigl(g_j - \overline{g} - \hat x_j\, \overline{g \hat x}\Bigr).$$
#
# *3.* Since $\sum_j \hat x_j = 0$,
#
# $$\sum_j \frac{\partial L}{\partial x_j}
# = \frac1s\Bigl(n \overline{h} - n \overline{h} - \overline{h \hat x} \sum_j \hat x_j\Bigr) = 0 .$$
#
# The output stays the same if one number is added to all $x_j$: the derivative along this direction
# is zero. (So the bias of a Dense layer before BatchNorm does not train and is not needed.) As for
# the second sum, $\sum_j \hat x_j^2 = n \sigma^2/s^2$, therefore
#
# $$\sum_j \hat x_j \frac{\partial L}{\partial x_j}
# = \frac1s\Bigl(n\,\overline{h \hat x} - \overline{h \hat x} \cdot \frac{n \sigma^2}{s^2}\Bigr)
# = \frac{n \varepsilon}{s^3}\, \overline{h \hat x} .$$
#
# It is zero for $\varepsilon = 0$: then the output does not change when $x - \mu$ is stretched
# either. For $\varepsilon > 0$ the layer is invariant to scale only roughly, and the sum is small
# but not zero.
#
# *4.* Running statistics are constants, the last two paths are gone, and
# $\partial L/\partial x_j = \gamma g_j / \sqrt{\sigma_{\text{run}}^2 + \varepsilon}$.

# %% [markdown] lang="ru"
# ### 1.2. Инициализация для ReLU (1 балл)
#
# Слои сети считают $z^{(l+1)} = W^{(l)} x^{(l)}$, $x^{(l)} = \max(0, z^{(l)})$; сдвиги нулевые.
# Веса $W^{(l)}$ размера $n_{\text{out}} \times n_{\text{in}}$ независимы, с нулевым средним и
# дисперсией $v$.
#
# 1. Какой должна быть $v$, чтобы $\operatorname{Var} z^{(l+1)} = \operatorname{Var} z^{(l)}$?
#    Называйте каждое предположение там, где им пользуетесь. Почему нельзя просто взять
#    $\operatorname{Var} x$ вместо $\mathbb E\, x^2$?
# 2. Какой должна быть $v$, чтобы при обратном проходе сохранялась дисперсия градиента
#    $\partial L/\partial z^{(l)}$?
# 3. Во сколько раз изменится стандартное отклонение сигнала после четырёх таких слоёв шириной 32,
#    если брать веса с отклонением $10^{-2}$? А если $10^{-1}$?
# 4. Как изменится ответ пункта 1 для LeakyReLU с наклоном $a$?

# %% [markdown] lang="en"
# ### 1.2. The initialisation for ReLU (1 point)
#
# The layers compute $z^{(l+1)} = W^{(l)} x^{(l)}$, $x^{(l)} = \max(0, z^{(l)})$; the biases are
# zero. The weights $W^{(l)}$, of size $n_{\text{out}} \times n_{\text{in}}$, are independent, with
# mean zero and variance $v$.
#
# 1. Which $v$ makes $\operatorname{Var} z^{(l+1)} = \operatorname{Var} z^{(l)}$? Name each
#    assumption where you use it. Why may we not simply take $\operatorname{Var} x$ for
#    $\mathbb E\, x^2$?
# 2. Which $v$ keeps the variance of the gradient $\partial L/\partial z^{(l)}$ in the backward
#    pass?
# 3. By what factor do four such layers of width 32 change the standard deviation of the signal if
#    the weights have the deviation $10^{-2}$? And if it is $10^{-1}$?
# 4. What becomes of the answer to 1 for LeakyReLU with the slope $a$?

# %% [markdown] lang="ru" answer="theory_init"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="theory_init"
# **Your answer.**

# %% [markdown] lang="ru" solution="theory_init"
# **Решение.**
#
# *1.* $z_j^{(l+1)} = \sum_i W_{ji} x_i$. Веса не зависят от входа и имеют нулевое среднее, поэтому
# $\mathbb E z_j = 0$ и $\mathbb E\,(W_{ji} x_i W_{jk} x_k) = 0$ при $i \ne k$ (независимость весов
# между собой; от $x_i$ независимость не нужна). Остаются квадраты:
#
# $$\operatorname{Var} z_j^{(l+1)} = \sum_i \mathbb E\, W_{ji}^2\, \mathbb E\, x_i^2
# = n_{\text{in}}\, v\, \mathbb E\, x^2,$$
#
# если все $x_i$ распределены одинаково. Брать здесь $\operatorname{Var} x$ нельзя: после ReLU
# среднее положительно, и $\mathbb E\, x^2 = \operatorname{Var} x + (\mathbb E\, x)^2$.
# Распределение $z^{(l)}$ симметрично относительно нуля (веса распределены симметрично), поэтому
# ReLU обнуляет ровно половину:
#
# $$\mathbb E\, x^2 = \mathbb E\, \max(0, z)^2 = \tfrac12\, \mathbb E\, z^2
# = \tfrac12 \operatorname{Var} z^{(l)} .$$
#
# Итак, $\operatorname{Var} z^{(l+1)} = \frac12 n_{\text{in}} v \operatorname{Var} z^{(l)}$, и
# дисперсия сохраняется при $v = 2/n_{\text{in}}$.
#
# *2.* Обозначим $\delta^{(l)} = \partial L / \partial z^{(l)}$. Тогда
# $\delta_i^{(l)} = [z_i^{(l)} > 0] \sum_j W_{ji} \delta_j^{(l+1)}$. Предположим, что
# $\delta^{(l+1)}$ не зависит от $W^{(l)}$ и от знака $z^{(l)}$, а знак положителен с вероятностью
# $\frac12$. Среднее снова нулевое, и
#
# $$\operatorname{Var} \delta^{(l)} = \tfrac12\, n_{\text{out}}\, v \operatorname{Var} \delta^{(l+1)},$$
#
# откуда $v = 2/n_{\text{out}}$. Для слоёв одинаковой ширины оба условия совпадают; если выбрать
# первое, градиент всей сети изменится лишь в постоянное число раз, которое с глубиной не растёт:
# произведение отношений $n_{\text{out}}/n_{\text{in}}$ сокращается до отношения крайних ширин.
#
# *3.* Один слой умножает дисперсию на $\frac12 \cdot 32 \cdot v$. При $v = 10^{-4}$ это
# $1{,}6 \cdot 10^{-3}$, то есть отклонение умножается на $0{,}04$, а за четыре слоя — на
# $0{,}04^4 \approx 2{,}6 \cdot 10^{-6}$: сигнал исчез. При $v = 10^{-2}$ множитель отклонения
# $\sqrt{0{,}16} = 0{,}4$, за четыре слоя $0{,}026$: слабо, но обучаемо.
#
# *4.* $\mathbb E\, x^2 = \frac12 (1 + a^2) \operatorname{Var} z$, поэтому
# $v = \dfrac{2}{(1 + a^2)\, n_{\text{in}}}$; при $a = 1$ слой линеен и $v = 1/n_{\text{in}}$.

# %% [markdown] lang="en" solution="theory_init"
# **Solution.**
#
# *1.* $z_j^{(l+1)} = \sum_i W_{ji} x_i$. The weights do not depend on the input and have mean zero,
# so $\mathbb E z_j = 0$, and $\mathbb E\,(W_{ji} x_i W_{jk} x_k) = 0$ for $i \ne k$ (the weights
# are independent of each other; the $x_i$ need not be). The squares remain:
#
# $$\operatorname{Var} z_j^{(l+1)} = \sum_i \mathbb E\, W_{ji}^2\, \mathbb E\, x_i^2
# = n_{\text{in}}\, v\, \mathbb E\, x^2,$$
#
# if all $x_i$ have one distribution. $\operatorname{Var} x$ would be wrong here: after ReLU the
# mean is positive, and $\mathbb E\, x^2 = \operatorname{Var} x + (\mathbb E\, x)^2$. The
# distribution of $z^{(l)}$ is symmetric about zero (that of the weights is), so ReLU zeroes exactly
# a half of it:
#
# $$\mathbb E\, x^2 = \mathbb E\, \max(0, z)^2 = \tfrac12\, \mathbb E\, z^2
# = \tfrac12 \operatorname{Var} z^{(l)} .$$
#
# Thus $\operatorname{Var} z^{(l+1)} = \frac12 n_{\text{in}} v \operatorname{Var} z^{(l)}$, and the
# variance is kept by $v = 2/n_{\text{in}}$.
#
# *2.* Let $\delta^{(l)} = \partial L / \partial z^{(l)}$. Then
# $\delta_i^{(l)} = [z_i^{(l)} > 0] \sum_j W_{ji} \delta_j^{(l+1)}$. Assume that $\delta^{(l+1)}$
# depends neither on $W^{(l)}$ nor on the sign of $z^{(l)}$, and that this sign is positive with
# probability $\frac12$. The mean is zero again, and
#
# $$\operatorname{Var} \delta^{(l)} = \tfrac12\, n_{\text{out}}\, v \operatorname{Var} \delta^{(l+1)},$$
#
# hence $v = 2/n_{\text{out}}$. For layers of equal width the two conditions are one. If the first
# is chosen, the gradient of the whole network changes by a constant that does not grow with depth:
# the product of the ratios $n_{\text{out}}/n_{\text{in}}$ cancels down to the ratio of the
# outermost widths.
#
# *3.* One layer multiplies the variance by $\frac12 \cdot 32 \cdot v$. With $v = 10^{-4}$ this is
# $1.6 \cdot 10^{-3}$; the deviation is multiplied by $0.04$, and over four layers by
# $0.04^4 \approx 2.6 \cdot 10^{-6}$: the signal is gone. With $v = 10^{-2}$ the factor of the
# deviation is $\sqrt{0.16} = 0.4$, over four layers $0.026$: faint, but it trains.
#
# *4.* $\mathbb E\, x^2 = \frac12 (1 + a^2) \operatorname{Var} z$, so
# $v = \dfrac{2}{(1 + a^2)\, n_{\text{in}}}$; with $a = 1$ the layer is linear and
# $v = 1/n_{\text{in}}$.

# %% [markdown] lang="ru"
# ### 1.3. Почему ReLU, а не сигмоида (0,5 балла)
#
# Оцените сверху, во сколько раз градиент может измениться, проходя через $L$ сигмоид, и сравните с
# ReLU. Назовите ещё хотя бы одно преимущество ReLU, один её недостаток и средство от него.

# %% [markdown] lang="en"
# ### 1.3. Why ReLU rather than the sigmoid (0.5 points)
#
# Give an upper bound on what $L$ sigmoids do to the size of a gradient that passes through them,
# and compare with ReLU. Name at least one more advantage of ReLU, one weakness, and a remedy for
# it.

# %% [markdown] lang="ru" answer="theory_relu"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="theory_relu"
# **Your answer.**

# %% [markdown] lang="ru" solution="theory_relu"
# **Решение.** $\sigma'(z) = \sigma(z)(1 - \sigma(z)) \le \frac14$, причём равенство достигается
# только в нуле. Поэтому $L$ сигмоид умножают градиент не более чем на $4^{-L}$ (если веса не
# возмещают этого), а насыщенные, при $|z| \gg 1$, — почти на ноль: первые слои глубокой сети не
# обучаются. У ReLU производная активного нейрона равна ровно 1, и вдоль активных путей градиент
# меняют только веса.
#
# Другие преимущества: выход сигмоиды всегда положителен, и на каждом объекте градиенты по всем весам
# нейрона следующего слоя имеют один знак, что делает шаги зигзагообразными (у ReLU он тоже
# неотрицателен, но примерно у половины нейронов точно ноль — представление разрежено); ReLU не
# требует экспонент.
#
# Недостаток: нейрон, у которого $z < 0$ на всех объектах, имеет нулевой градиент и сам уже не
# оживёт. Помогают LeakyReLU или ELU, инициализация Kaiming, меньший шаг обучения, BatchNorm перед
# активацией.

# %% [markdown] lang="en" solution="theory_relu"
# **Solution.** $\sigma'(z) = \sigma(z)(1 - \sigma(z)) \le \frac14$, with equality at zero only. So
# $L$ sigmoids multiply the gradient by at most $4^{-L}$ (unless the weights make up for it), and
# saturated ones, where $|z| \gg 1$, by almost zero: the first layers of a deep network do not
# train. With ReLU the derivative of an active neuron is exactly 1, and along active paths only the
# weights change the gradient.
#
# Other advantages: the output of a sigmoid is always positive, so on each example the gradients by
# all weights of a neuron in the next layer have one sign, which makes steps zigzag (ReLU's output is
# not negative either, but exactly zero for about half of the neurons: the representation is sparse);
# ReLU takes no exponentials.
#
# A weakness: a neuron with $z < 0$ on all examples has zero gradient and will not come back to life
# by itself. LeakyReLU or ELU, Kaiming's initialisation, a smaller step, BatchNorm before the
# activation help.

# %% [markdown] lang="ru"
# ## Часть 2. Слои и функция потерь (3 балла)
#
# Слой — это функция $y = f(x, w)$ от батча входов $x$ и собственных параметров $w$. У него два
# главных метода:
#
# * `forward(input)` считает $y$ и запоминает в `self` то, что понадобится для градиента;
# * `backward(grad_output)` получает $\partial L/\partial y$ и возвращает **пару**:
#   $\partial L/\partial x$ и $\partial L/\partial w$. Второй массив плоский; у слоя без параметров
#   он пустой.
#
# Договоримся раз и навсегда:
#
# * строка — объект: у батча форма `(batch, features)`;
# * `backward` верен для **любого** `grad_output`, а не только для того, что приходит в вашей сети;
# * чужие массивы (`input`, `grad_output`) слой не меняет;
# * всё считается в том вещественном типе, в котором пришёл вход: из float32 выходит float32;
# * на размер батча делит функция потерь. Слои градиенты по параметрам **складывают**, а не
#   усредняют.
#
# От базового класса `Layer` наследуются `get_params`, `set_params`, `train` и `eval` — прочитайте
# их docstring: `help(Layer)`.
#
# ### ReLU и Dense
#
# $$\text{ReLU:}\quad y = \max(0, x), \qquad\qquad \text{Dense:}\quad Y = X W^\top + b.$$

# %% [markdown] lang="en"
# ## Part 2. Layers and the loss (3 points)
#
# A layer is a function $y = f(x, w)$ of a batch of inputs $x$ and of its own parameters $w$. Two
# methods make it:
#
# * `forward(input)` computes $y$ and keeps in `self` what the gradient will need;
# * `backward(grad_output)` gets $\partial L/\partial y$ and returns a **pair**:
#   $\partial L/\partial x$ and $\partial L/\partial w$. The second array is flat; it is empty if
#   there are no parameters.
#
# Let us agree once and for all:
#
# * a row is an example: a batch has the shape `(batch, features)`;
# * `backward` holds for **any** `grad_output`, not only for what comes along in your network;
# * a layer does not write into arrays that are not its own (`input`, `grad_output`);
# * everything is computed in the float type of the input: out of float32 comes float32;
# * the loss divides by the batch size. Layers **sum** gradients by parameters, they do not average.
#
# `get_params`, `set_params`, `train` and `eval` are inherited from `Layer`; read about them in
# `help(Layer)`.
#
# ### ReLU and Dense
#
# $$\text{ReLU:}\quad y = \max(0, x), \qquad\qquad \text{Dense:}\quad Y = X W^\top + b.$$

# %% include="scratch.activations:ReLU"

# %% include="scratch.layers:Dense"

# %% [markdown] lang="ru"
# ### Численный градиент
#
# Ошибку в градиенте трудно заметить: сеть с ней тоже обучается, только хуже. Поэтому аналитический
# градиент всегда сверяют с численным — центральной разностью
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2 \varepsilon}.$$
#
# Напишите `numerical_gradient`. Функция `check_layer` уже готова: она сверяет с численным оба
# градиента слоя, подставив случайный `grad_output`. Кстати, подумайте:
#
# <details><summary>Почему шаг по умолчанию — 5·10⁻⁶, а не 10⁻¹²?</summary>
#
# Погрешность складывается из двух: метода, около ε²·f‴/6, и округления, около 10⁻¹⁶·|f|/ε. Первая
# растёт вместе с ε, вторая — с 1/ε, а сумма наименьшая около ε ≈ 10⁻⁵. При ε = 10⁻¹² от разности
# остались бы три-четыре верные цифры.
#
# </details>

# %% [markdown] lang="en"
# ### The numerical gradient
#
# A mistake in a gradient is hard to notice: the network still trains, only worse. So an analytic
# gradient is always held against a numerical one, the central difference
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2 \varepsilon}.$$
#
# Write `numerical_gradient`. The function `check_layer` is there already: it compares both
# gradients of a layer with numerical ones, for a random `grad_output`. A question on the way:
#
# <details><summary>Why is the default step 5·10⁻⁶ rather than 10⁻¹²?</summary>
#
# The error has two parts: that of the method, about ε²·f‴/6, and that of rounding, about
# 10⁻¹⁶·|f|/ε. The first grows with ε, the second with 1/ε, and the sum is least near ε ≈ 10⁻⁵. With
# ε = 10⁻¹² three or four digits of the difference would be left.
#
# </details>

# %% include="scratch.gradient_check:numerical_gradient scratch.gradient_check:check_layer"

# %% [markdown] lang="ru"
# ### LogSoftmax и NLL
#
# Последний слой сети превращает логиты в логарифмы вероятностей классов, а функция потерь берёт из
# них нужные:
#
# $$\text{LogSoftmax:}\quad y_i = x_i - \log \sum_j e^{x_j}, \qquad\qquad
# \text{NLL:}\quad L = -\frac1n \sum_{k=1}^n y_{k,\, c_k},$$
#
# где $c_k$ — номер верного класса объекта $k$. Логарифм взят внутри слоя не для красоты:
# вероятность $e^{-1000}$ в компьютере — ноль, а её логарифм — обычное число $-1000$.

# %% [markdown] lang="en"
# ### LogSoftmax and NLL
#
# The last layer of the network turns logits into log-probabilities of the classes, and the loss
# picks the right ones of them:
#
# $$\text{LogSoftmax:}\quad y_i = x_i - \log \sum_j e^{x_j}, \qquad\qquad
# \text{NLL:}\quad L = -\frac1n \sum_{k=1}^n y_{k,\, c_k},$$
#
# where $c_k$ is the number of the right class of example $k$. It is not for beauty that the
# logarithm is inside of the layer: a probability of $e^{-1000}$ is zero to a computer, while its
# logarithm is just $-1000$.

# %% include="scratch.activations:LogSoftmax"

# %% include="scratch.losses:NLL scratch.losses:grad_NLL"

# %% [markdown] lang="ru"
# Сверим все градиенты с численными. Относительная ошибка хорошего градиента здесь — около
# $10^{-9}$.

# %% [markdown] lang="en"
# Let us compare all gradients with numerical ones. The relative error of a good gradient is about
# $10^{-9}$ here.

# %%
rng = np.random.default_rng(0)
batch = rng.normal(size=(4, 5))
for layer in (ReLU(), Dense(5, 3, rng=rng), LogSoftmax()):
    by_input, by_params = check_layer(layer, batch, rng)
    print(f"{type(layer).__name__}\n  by input:  {by_input}\n  by params: {by_params}")

classes = rng.integers(5, size=4)
log_probs = LogSoftmax().forward(batch)
numerical = numerical_gradient(lambda z: NLL(z, classes), log_probs)
print(f"NLL\n  by input:  {compare_gradients(grad_NLL(log_probs, classes), numerical)}")

# %% check="network"

# %% [markdown] lang="ru"
# ## Часть 3. Сеть и её обучение (1 балл)
#
# Сеть — это просто список слоёв. `make_network` его собирает; прямой проход идёт по списку слева
# направо, обратный — справа налево. Все параметры сети можно выложить в один плоский массив и
# вернуть обратно: `get_weights` и `set_weights` уже написаны. Благодаря этому `compute_loss_grad`
# выглядит для SciPy обычной функцией многих переменных.
#
# Классы `BatchNorm` и `Dropout`, которые упоминает `make_network`, появятся только в бонусной
# части: Python ищет имя в момент вызова, поэтому без них всё будет работать, пока
# `batch_norm=False` и `dropout=0`.

# %% [markdown] lang="en"
# ## Part 3. The network and its training (1 point)
#
# A network is simply a list of layers. `make_network` assembles it; the forward pass goes along the
# list from left to right, the backward pass from right to left. All parameters of a network can be
# laid out in one flat array and put back: `get_weights` and `set_weights` are written already.
# Thanks to this, `compute_loss_grad` looks to SciPy like any function of many variables.
#
# The classes `BatchNorm` and `Dropout` that `make_network` speaks of appear only in the bonus part:
# Python looks a name up when it is used, so all will work without them as long as
# `batch_norm=False` and `dropout=0`.

# %% include="scratch.network:make_network"

# %% include="scratch.network:forward scratch.network:predict"

# %% include="scratch.network:compute_loss_grad"

# %% [markdown] lang="ru"
# ### Обучение
#
# Обучать будем квазиньютоновским методом L-BFGS из SciPy: он сам подбирает шаг и сходится за
# десятки проходов по данным. Класс `Recorder` дан: создайте его до начала обучения, вызывайте
# `record()` после каждой итерации (когда в сети стоят веса этой итерации), а в конце верните
# `history()`.

# %% [markdown] lang="en"
# ### Training
#
# We train with L-BFGS of SciPy, a quasi-Newton method: it finds the step by itself and converges
# within tens of passes over the data. The class `Recorder` is given: make one before training
# begins, call `record()` after each iteration (when the network has the weights of that iteration),
# and return `history()` in the end.

# %% include="scratch.training:accuracy scratch.training:Recorder"

# %% include="scratch.training:train_lbfgs"

# %% check="training"

# %% [markdown] lang="ru"
# Данные — рукописные цифры из scikit-learn: 1797 картинок 8×8, четверть из них — тест.

# %% [markdown] lang="en"
# The data are the handwritten digits of scikit-learn: 1,797 pictures of 8 by 8, a quarter of them
# for the test.

# %%
data = digits_split()
_, axes = plt.subplots(1, 10, figsize=(10, 1.4))
for ax, picture, label in zip(axes, data.X_train, data.y_train):
    ax.imshow(picture.reshape(8, 8), cmap="gray_r")
    ax.set_title(label)
    ax.axis("off")

# %%
network = make_network(64, 32, 10, 3, ReLU, rng=np.random.default_rng(0))
history = train_lbfgs(network, *data)

_, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.semilogy(history.loss)
left.set(xlabel="iteration", ylabel="NLL on the training set")
right.plot(history.train_accuracy, label="train")
right.plot(history.test_accuracy, label="test")
right.set(xlabel="iteration", ylabel="accuracy", ylim=(0.8, 1.005))
right.legend()
print(f"accuracy on the test set: {history.test_accuracy[-1]:.3f}")

# %% [markdown] lang="ru"
# ## Часть 4. Опыты (3 балла)
#
# Точность одной обученной сети — случайная величина: она зависит от начальных весов. Поэтому в
# каждом опыте сеть обучается несколько раз, а сравнивать нужно не точки, а облака. Сначала напишите
# функцию, которая проводит опыт и возвращает массив (её оценивают проверки), затем постройте
# графики и сделайте выводы (их оценивает преподаватель). Графики ниже — лишь заготовка; улучшайте
# их, если видите как.

# %% [markdown] lang="en"
# ## Part 4. Experiments (3 points)
#
# The accuracy of one trained network is a random variable: it depends on the initial weights. So in
# each experiment a network is trained several times, and it is clouds rather than points that are
# to be compared. First write the function that runs the experiment and returns an array (checks
# mark it), then draw plots and conclude (the instructor marks that). The plots below are only a
# beginning; improve them if you see how.


# %%
def plot_runs(ax, labels, runs, **style):
    """Draw each run as a dot and each setting's mean as a dash; `runs` is (settings, runs)."""
    positions = np.arange(len(labels))
    ax.plot(positions, runs.mean(axis=1), marker="_", markersize=16, **style)
    ax.plot(positions.repeat(runs.shape[1]), runs.ravel(), "o", alpha=0.4, color="C0")
    ax.set_xticks(positions, labels)
    ax.margins(x=0.15)
    ax.grid(axis="y", alpha=0.3)


# %% [markdown] lang="ru"
# ### 4.1. Число слоёв
#
# Сети с 1–5 слоями Dense, пять запусков на каждую глубину.

# %% [markdown] lang="en"
# ### 4.1. The number of layers
#
# Networks of 1 to 5 Dense layers, five runs for each depth.

# %% include="scratch.experiments:accuracy_by_depth"

# %% check="experiment_depth"

# %%
depths = (1, 2, 3, 4, 5)
by_depth = accuracy_by_depth(
    data, depths, n_runs=5, rng=np.random.default_rng(1), max_iterations=150
)

_, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
plot_runs(ax, depths, by_depth)
ax.set(xlabel="Dense layers", ylabel="test accuracy")
for depth, runs in zip(depths, by_depth):
    print(f"{depth} layers: {runs.mean():.3f} ± {runs.std(ddof=1):.3f}")

# %% [markdown] lang="ru" answer="experiment_depth"
# **Ваши выводы.** Помогает ли глубина? С какого числа слоёв и почему? Что происходит с разбросом?

# %% [markdown] lang="en" answer="experiment_depth"
# **Your conclusions.** Does depth help? From how many layers on, and why? What happens to the
# spread?

# %% [markdown] lang="ru" solution="experiment_depth"
# **Пример выводов.** Все точности лежат между 0,94 и 0,97. Один слой — логистическая регрессия:
# задача выпуклая, поэтому разброс наименьший, один-два объекта из 450 (он не нулевой: цифры почти
# разделимы, минимум лежит далеко, и L-BFGS останавливается по пути к нему). С трёх слоёв среднее
# примерно на процентный пункт выше, чем у линейной модели. Много это или мало? Пункт — четыре-пять
# объектов теста, а стандартная ошибка доли 0,96 на 450 объектах равна
# $\sqrt{0{,}96 \cdot 0{,}04 / 450} \approx 0{,}009$. Тест у всех сетей общий, так что сравнение
# несколько точнее, но честный вывод таков: нелинейность, видимо, помогает, а между тремя, четырьмя
# и пятью слоями разницы не видно. Разброс у глубоких сетей больше, чем у линейной: минимумов у
# невыпуклой функции много, и начальные веса решают, в каком из них мы окажемся.

# %% [markdown] lang="en" solution="experiment_depth"
# **An example.** All accuracies lie between 0.94 and 0.97. One layer is logistic regression: the
# problem is convex, so the spread is the least, one or two examples of 450 (it is not zero: the
# digits are almost separable, the minimum is far away, and L-BFGS stops on its way there). From
# three layers on the mean is about a percentage point above the linear model. Is that much? A point
# is four or five examples of the test, and the standard error of a share of 0.96 of 450 examples is
# $\sqrt{0.96 \cdot 0.04 / 450} \approx 0.009$. All networks share the test set, which makes the
# comparison a little sharper, but the honest conclusion is: being nonlinear seems to help, and
# between three, four and five layers no difference can be seen. The spread of deep networks is
# larger than that of the linear one: a loss that is not convex has many minima, and the initial
# weights decide in which of them we end.

# %% [markdown] lang="ru"
# ### 4.2. Инициализация
#
# Пять инициализаций: нормальная с отклонением $10^{-3}$, $10^{-2}$, $10^{-1}$, Kaiming и Xavier — в
# сетях из 3, 4 и 5 слоёв. Они лежат в словаре `INITIALISATIONS`. Отдельно посмотрим на **скорость**
# обучения: как падает функция потерь с номером итерации.

# %% [markdown] lang="en"
# ### 4.2. Initialisation
#
# Five initialisations: normal with the deviations $10^{-3}$, $10^{-2}$, $10^{-1}$, Kaiming and
# Xavier, in networks of 3, 4 and 5 layers. They are in the dictionary `INITIALISATIONS`. The
# **speed** of training is looked at separately: how the loss falls with the number of the
# iteration.

# %% include="scratch.experiments:accuracy_by_initialisation"

# %% include="scratch.experiments:loss_by_initialisation"

# %% check="experiment_init"

# %%
depths = (3, 4, 5)
by_init = accuracy_by_initialisation(
    data, depths, n_runs=3, rng=np.random.default_rng(2), max_iterations=80
)
losses = [loss_by_initialisation(data, depth, 2, rng=np.random.default_rng(3)) for depth in depths]
names = [name.replace(" ", "\n") for name in INITIALISATIONS]

_, axes = plt.subplots(2, 3, figsize=(11, 6), layout="constrained", sharey="row")
for column, (depth, accuracies, curves) in enumerate(zip(depths, by_init, losses)):
    plot_runs(axes[0, column], names, accuracies, linestyle="none")
    axes[0, column].set_title(f"{depth} layers")
    for index, (name, runs) in enumerate(zip(INITIALISATIONS, curves)):
        axes[1, column].plot(runs.mean(axis=0), color=f"C{index}", label=name)
        axes[1, column].plot(runs.T, color=f"C{index}", alpha=0.25)
    axes[1, column].set(yscale="log", ylim=(1e-3, 5), xlabel="iteration")
axes[0, 0].set_ylabel("test accuracy")
axes[1, 0].set_ylabel("training loss")
axes[1, 0].legend(fontsize="small")
plt.show()

# %% [markdown] lang="ru" answer="experiment_init"
# **Ваши выводы.** Какие сети не обучились и почему? Совпадает ли это с расчётом из 1.2? Какая
# инициализация быстрее и как это зависит от глубины?

# %% [markdown] lang="en" answer="experiment_init"
# **Your conclusions.** Which networks did not train, and why? Does it agree with what you computed
# in 1.2? Which initialisation is faster, and how does that depend on depth?

# %% [markdown] lang="ru" solution="experiment_init"
# **Пример выводов.** С $\sigma = 10^{-3}$ сети не обучаются ни при одной из этих глубин: слой
# шириной 32 умножает сигнал на $\sqrt{32/2}\,\sigma = 0{,}004$, градиенты по ранним весам
# исчезающе малы, L-BFGS останавливается сразу, и потери остаются около $\ln 10 \approx 2{,}3$. С
# $\sigma = 10^{-2}$ множитель равен 0,04: сеть из трёх слоёв выбирается с плато, из четырёх — тоже,
# но ей не всегда хватает 80 итераций, а сеть из пяти остаётся на нём навсегда. С $\sigma = 10^{-1}$
# множитель 0,4: обучаются все, и тем медленнее, чем сеть глубже. Kaiming (отклонение
# $\sqrt{2/32} = 0{,}25$) и Xavier обучаются при любой глубине. На трёх слоях они почти не
# отличаются, на пяти Kaiming заметно быстрее: множитель у Xavier на слое 32×32 равен $1/\sqrt2$, и
# сигнал слабеет с каждым слоем. Итоговая точность у сетей, которые успели обучиться, почти
# одинакова: инициализация решает, начнётся ли обучение и как быстро оно пойдёт, а не где закончится.

# %% [markdown] lang="en" solution="experiment_init"
# **An example.** With $\sigma = 10^{-3}$ the networks train at none of these depths: a layer of
# width 32 multiplies the signal by $\sqrt{32/2}\,\sigma = 0.004$, gradients by the early weights
# are vanishingly small, L-BFGS stops at once, and the loss stays near $\ln 10 \approx 2.3$. With
# $\sigma = 10^{-2}$ the factor is 0.04: a network of three layers leaves the plateau, one of four
# does too, though 80 iterations are not always enough, and one of five stays on it for good. With
# $\sigma = 10^{-1}$ the factor is 0.4: all train, the slower the deeper. Kaiming (a deviation of
# $\sqrt{2/32} = 0.25$) and Xavier train at any depth. With three layers they hardly differ, with
# five Kaiming is clearly faster: the factor of Xavier in a layer of 32 by 32 is $1/\sqrt2$, and the
# signal weakens layer by layer. The final accuracy of all networks that had the time to train is
# almost the same: initialisation decides whether training starts and how fast it goes, not where it
# ends.

# %% [markdown] lang="ru"
# ### 4.3. Активация
#
# Tanh, Sigmoid и ReLU. Первые две уже есть в библиотеке.

# %% [markdown] lang="en"
# ### 4.3. The activation
#
# Tanh, Sigmoid and ReLU. The first two are in the library already.

# %% include="scratch.experiments:accuracy_by_activation"

# %% check="experiment_activation"

# %%
activations = (Tanh, Sigmoid, ReLU)
names = [activation.__name__ for activation in activations]
depths = (2, 5)
by_activation = [
    accuracy_by_activation(data, activations, 3, rng=np.random.default_rng(4), n_layers=depth)
    for depth in depths
]

_, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
labels = [f"{name}\n{depth} layers" for depth in depths for name in names]
plot_runs(left, labels, np.concatenate(by_activation), linestyle="none")
left.set(ylabel="test accuracy")
for activation in activations:
    network = make_network(64, 32, 10, 5, activation, rng=np.random.default_rng(5))
    right.semilogy(train_lbfgs(network, *data).loss, label=activation.__name__)
right.set(xlabel="iteration", ylabel="training loss, 5 layers", ylim=(1e-4, 5))
right.legend()
plt.show()

# %% [markdown] lang="ru" answer="experiment_activation"
# **Ваши выводы.** Какая активация лучше по точности и по скорости? Как это связано с ответом в 1.3?

# %% [markdown] lang="en" answer="experiment_activation"
# **Your conclusions.** Which activation is best by accuracy and by speed? How is it related to 1.3?

# %% [markdown] lang="ru" solution="experiment_activation"
# **Пример выводов.** По точности активации в пределах разброса неразличимы: все сети попали между
# 0,93 и 0,98, и порядок на двух и на пяти слоях разный. По скорости на пяти слоях разница велика.
# Сигмоида первые полтора десятка итераций стоит на плато: её производная не больше $\frac14$, и до
# ранних слоёв градиент доходит ослабленным на порядки; L-BFGS затем подбирает масштаб сам, так что
# сеть всё же обучается, но вдвое дольше, чем с ReLU. Tanh — та же сигмоида, но с производной 1 в
# нуле и с нулевым средним, и она здесь быстрее всех: сеть неглубока, входы невелики, до насыщения
# далеко. Преимущество ReLU — в глубоких сетях, где насыщение копится от слоя к слою; пяти слоёв,
# чтобы его увидеть, мало.

# %% [markdown] lang="en" solution="experiment_activation"
# **An example.** By accuracy the activations cannot be told apart within the spread: all networks
# fell between 0.93 and 0.98, and their order with two layers and with five is not the same. The
# speed with five layers differs much. For a dozen iterations the sigmoid stays on a plateau: its
# derivative is at most $\frac14$, and what reaches the early layers is weaker by orders of
# magnitude; L-BFGS then finds the scale by itself, so the network does train, but takes about twice
# as long as ReLU. Tanh is the same sigmoid with a derivative of 1 at zero and a mean of zero, and
# it is the fastest here: the network is not deep, the inputs are not large, it is far from
# saturation. ReLU's advantage is in deep networks, where saturation adds up from layer to layer;
# five layers are too few to see it.

# %% [markdown] lang="ru"
# ## Часть 5. Бонус (до 3 баллов)
#
# Три независимых задания: делайте любые. Ячейки тех, за которые не взялись, удалите или
# закомментируйте, чтобы тетрадь выполнялась до конца.
#
# ### 5.1. SGD с импульсом против L-BFGS-B (1 балл)
#
# Напишите шаг градиентного спуска с импульсом
#
# $$v \leftarrow m v + g, \qquad w \leftarrow w - \eta v,$$
#
# обучение на мини-батчах и опыт, который сравнивает его с L-BFGS-B. Функция
# `minibatches(n_examples, batch_size, rng)`, дающая номера объектов для каждого мини-батча эпохи,
# уже есть.

# %% [markdown] lang="en"
# ## Part 5. Bonus (up to 3 points)
#
# Three independent problems: take any. Delete or comment out the cells of those you leave, so that
# the notebook runs to its end.
#
# ### 5.1. SGD with momentum against L-BFGS-B (1 point)
#
# Write a step of gradient descent with momentum
#
# $$v \leftarrow m v + g, \qquad w \leftarrow w - \eta v,$$
#
# training on mini-batches, and the experiment that compares it with L-BFGS-B. The function
# `minibatches(n_examples, batch_size, rng)`, which gives the numbers of the examples of each
# mini-batch of an epoch, is there already.

# %% include="scratch.optimisers:SGD"

# %% include="scratch.training:train_minibatches"

# %% include="scratch.experiments:momentum_against_lbfgs"

# %% check="bonus_optimiser"

# %% [markdown] lang="ru"
# Итерация L-BFGS — это около одного прохода по всей выборке, эпоха SGD — ровно один, поэтому кривые
# можно рисовать на одной оси. Проход SGD дороже по времени: шагов в нём много.

# %% [markdown] lang="en"
# An iteration of L-BFGS is about one pass over the whole set and an epoch of SGD is exactly one, so
# the curves fit on one axis. A pass of SGD takes more time: it has many steps.

# %%
_, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
network = make_network(64, 32, 10, 3, ReLU, rng=np.random.default_rng(6))
left.semilogy(train_lbfgs(network, *data, max_iterations=30).loss, "k", label="L-BFGS-B")
for lr, momentum in ((0.03, 0.0), (0.03, 0.9), (0.3, 0.9)):
    network = make_network(64, 32, 10, 3, ReLU, rng=np.random.default_rng(6))
    history = train_minibatches(
        network, *data, SGD(lr, momentum), n_epochs=30, rng=np.random.default_rng(7)
    )
    left.semilogy(history.loss, label=f"SGD, lr={lr}, momentum={momentum}")
left.set(xlabel="passes over the data", ylabel="training loss", ylim=(1e-4, 5))
left.legend(fontsize="small")

compared = momentum_against_lbfgs(data, n_runs=5, rng=np.random.default_rng(8), lr=0.03)
plot_runs(right, ["momentum", "L-BFGS-B"], compared, linestyle="none")
right.set(ylabel="test accuracy")
plt.show()

# %% [markdown] lang="ru" answer="bonus_optimiser"
# **Ваши выводы.** Какой метод быстрее, какой даёт лучшую точность на тесте? Как влияют lr и
# momentum?

# %% [markdown] lang="en" answer="bonus_optimiser"
# **Your conclusions.** Which method is faster, which is more accurate on the test? What do lr and
# momentum do?

# %% [markdown] lang="ru" solution="bonus_optimiser"
# **Пример выводов.** На тот же проход по данным SGD успевает сделать 43 шага, и потери у него
# сначала падают быстрее, чем у L-BFGS. Импульс 0,9 умножает установившийся шаг на
# $1/(1 - 0{,}9) = 10$: при lr = 0,03 это ускоряет обучение в несколько раз, а при lr = 0,3 обучение
# разваливается, и потери остаются около $\ln 10$. Плата — два параметра, которые надо подобрать, и
# время: проход из 43 шагов дороже одной итерации L-BFGS, у которого подбирать нечего. Вблизи
# минимума SGD с постоянным шагом шумит, а L-BFGS спускается всё быстрее. По точности на тесте
# импульс здесь лучше примерно на пункт: это чуть больше разброса запусков, и объяснить это можно
# шумом мини-батчей, который уводит от узких минимумов.

# %% [markdown] lang="en" solution="bonus_optimiser"
# **An example.** In one pass over the data SGD takes 43 steps, and at first its loss falls faster
# than that of L-BFGS. A momentum of 0.9 multiplies the settled step by $1/(1 - 0.9) = 10$: with lr
# = 0.03 this makes training several times faster, with lr = 0.3 training falls apart and the loss
# stays near $\ln 10$. The price is two parameters to be tuned, and time: a pass of 43 steps costs
# more than an iteration of L-BFGS, which has nothing to tune. Near a minimum SGD with a constant
# step is noisy, while L-BFGS descends ever faster. On the test momentum is about a point more
# accurate here: slightly more than the spread of the runs, perhaps because the noise of
# mini-batches leads away from narrow minima.

# %% [markdown] lang="ru"
# ### 5.2. Dropout (1 балл)
#
# В обучении слой обнуляет каждое число с вероятностью $p$, а остальные делит на $1 - p$; в режиме
# применения не делает ничего. Режим лежит в `self.training`, случайные числа берите из `self.rng`.

# %% [markdown] lang="en"
# ### 5.2. Dropout (1 point)
#
# In training the layer zeroes each number with probability $p$ and divides the others by $1 - p$;
# in evaluation it does nothing. The mode is in `self.training`, random numbers come from
# `self.rng`.

# %% include="scratch.dropout:Dropout"

# %% check="bonus_dropout"

# %% [markdown] lang="ru"
# Среднее по многим маскам близко к тому, что слой даёт в режиме применения, — ради этого и делят на
# $1 - p$. Чем больше $p$, тем больше шум, с которым приходится мириться сети.

# %% [markdown] lang="en"
# The mean over many masks is close to what the layer gives in evaluation; it is for this that we
# divide by $1 - p$. The larger $p$, the more noise the network has to live with.

# %%
picture = data.X_test[:1]
_, axes = plt.subplots(1, 5, figsize=(9, 2.2), layout="constrained")
for ax, p in zip(axes, (0.0, 0.2, 0.5, 0.8)):
    dropped = Dropout(p, rng=np.random.default_rng(9)).forward(picture)
    ax.imshow(dropped.reshape(8, 8), cmap="gray_r")
    ax.set_title(f"p = {p}")
layer = Dropout(0.8, rng=np.random.default_rng(10))
axes[4].imshow(sum(layer.forward(picture) for _ in range(1000)).reshape(8, 8), cmap="gray_r")
axes[4].set_title("p = 0.8, mean of 1000")
for ax in axes:
    ax.axis("off")

# %% [markdown] lang="ru"
# ### 5.3. BatchNorm (1 балл)
#
# Градиенты вы уже вывели в 1.1; осталось их записать. Не забудьте про накопленные статистики: они
# меняются при каждом прямом проходе в режиме обучения и работают в режиме применения.

# %% [markdown] lang="en"
# ### 5.3. BatchNorm (1 point)
#
# You have derived the gradients in 1.1 already; all that is left is to write them down. Mind the
# running statistics: they move with each forward pass in training and do the work in evaluation.

# %% include="scratch.batch_norm:BatchNorm"

# %% check="bonus_batchnorm"

# %% [markdown] lang="ru"
# Слою BatchNorm неважно, насколько слаб пришедший сигнал. Вернём безнадёжную инициализацию из 4.2 —
# пять слоёв, $\sigma = 10^{-2}$ — и поставим BatchNorm перед каждой активацией. На графике —
# стандартное отклонение сигнала после каждого скрытого слоя ещё до обучения; сравните его с
# расчётом из 1.2.

# %% [markdown] lang="en"
# A BatchNorm layer does not care how faint the signal is that reaches it. Let us take a hopeless
# initialisation of 4.2, five layers with $\sigma = 10^{-2}$, and put BatchNorm before each
# activation. The plot shows the deviation of the signal after each hidden layer before any
# training; compare it with what you computed in 1.2.

# %%
by_input, by_params = check_layer(BatchNorm(5), batch, rng)
print(f"by input:  {by_input}\nby params: {by_params}")

_, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
ax.semilogy(range(1, 5), 0.04 ** np.arange(1, 5), "k:", label=r"theory: $0.04^{\,l}$")
for batch_norm, label in ((False, "without BatchNorm"), (True, "with BatchNorm")):
    network = make_network(
        64,
        32,
        10,
        5,
        ReLU,
        init=INITIALISATIONS["normal 1e-2"],
        batch_norm=batch_norm,
        rng=np.random.default_rng(11),
    )
    output, deviations = data.X_train, []
    for layer in network:
        output = layer.forward(output)
        if isinstance(layer, ReLU):
            deviations.append(output.std())
    ax.semilogy(range(1, 5), deviations, "o-", label=label)

    train_lbfgs(network, *data, max_iterations=60)
    for _ in range(100):
        forward(network, data.X_train)  # let the running statistics catch up with the weights
    print(f"{label}: accuracy {accuracy(network, data.X_test, data.y_test):.3f}")
ax.set(xlabel="hidden layer $l$", ylabel="deviation of the signal", xticks=range(1, 5))
ax.legend()
plt.show()

# %% [markdown] lang="ru"
# ## Сдача
#
# 1. Перезапустите ядро и выполните все ячейки сверху вниз: тетрадь должна дойти до конца без
#    ошибок.
# 2. Проверьте его из терминала так, как это сделает система проверки:
#
#    ```
#    praktikum check task1.ipynb
#    ```
#
#    Таблица покажет баллы, которые дают проверки; остальные ставит преподаватель.
# 3. Сдайте файл `task1.ipynb` до срока, который назначен в `course.toml` и указан на странице
#    курса. Каждые начатые сутки опоздания стоят один балл.
#
# Обсуждать идеи можно и нужно, а код и выводы пишите сами. Удачи!

# %% [markdown] lang="en"
# ## Handing in
#
# 1. Restart the kernel and run all cells from top to bottom: the notebook must get to its end
#    without errors.
# 2. Check it from a terminal as the grader will:
#
#    ```
#    praktikum check task1.ipynb
#    ```
#
#    The table shows the points that the checks give; the others are given by the instructor.
# 3. Hand in the file `task1.ipynb` before the deadline that stands in `course.toml` and on the page
#    of the course. Each started day of lateness costs one point.
#
# Do discuss ideas with each other, but write code and conclusions yourself. Good luck!
