# %% [markdown] lang="ru"
# # Автоматическое дифференцирование
#
# Обучение сети – это спуск по градиенту, а градиент надо откуда-то взять. У сети миллионы
# параметров, её формула не помещается на страницу, в ней есть циклы и ветвления. И всё же
# `loss.backward()` находит все частные производные, причём **точно** (с точностью до округления)
# и **за время нескольких вычислений самой функции**. Ни вычисление приращений, ни школьные правила
# сами по себе так не умеют.
#
# Сегодня мы разберём этот фокус до винтиков:
#
# 1. почему не годятся конечные разности и символьные формулы (измерим);
# 2. вычислительный граф и правило цепочки как произведение якобианов;
# 3. прямой режим: дуальные числа, меньше тридцати строк;
# 4. обратный режим: своё автодифференцирование, сорок строк;
# 5. сколько стоит каждый режим и когда какой выбирать;
# 6. от чисел к массивам: правила для матриц и для broadcasting;
# 7. лента на практике: накопление, `no_grad`, `detach`, `retain_graph`, `create_graph`;
# 8. гессиан и его произведение на вектор, память против вычислений, численная проверка;
# 9. обучение сети, и наконец **задачи**: градиенты, которые выводят руками хотя бы раз в жизни.
#
# Формулы из задач набираются функциями на NumPy, и ячейка рядом тут же сверяет их с автоматической
# производной.

# %% [markdown] lang="en"
# # Automatic differentiation
#
# To train a network is to go down its gradient, and the gradient has to come from somewhere. A
# network has millions of parameters, its formula does not fit on a page, it has loops and branches.
# And yet `loss.backward()` finds all the partial derivatives, **exactly** (up to rounding) and **in
# the time of a few evaluations of the function itself**. Neither taking differences nor the rules
# learnt at school can do that by themselves.
#
# Today we take this trick apart to the last screw:
#
# 1. why finite differences and symbolic formulas won't do (we measure it);
# 2. the computational graph, and the chain rule as a product of Jacobians;
# 3. forward mode: dual numbers, under thirty lines;
# 4. reverse mode: an autodiff of our own, forty lines;
# 5. what each mode costs, and when to choose which;
# 6. from numbers to arrays: the rules for matrices and for broadcasting;
# 7. the tape in practice: accumulation, `no_grad`, `detach`, `retain_graph`, `create_graph`;
# 8. the Hessian and its product with a vector, memory against computing, the numerical check;
# 9. training a network, and at last the **problems**: gradients that one derives by hand at least
#    once in a lifetime.
#
# The formulas of the problems are typed as NumPy functions, and the cell beside each compares it
# with the automatic derivative at once.

# %%
import math
import time
import tracemalloc
from dataclasses import dataclass
from itertools import count, pairwise

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import SVG
from jaxtyping import Float, Int
from scipy.special import expit

from praktikum.scratch import autodiff
from praktikum.scratch.autodiff import Tensor, grad, hessian, hvp, jacobian, jvp, no_grad, vjp

plt.rcParams.update({"figure.figsize": (7, 3.6), "axes.grid": True, "grid.alpha": 0.3})

# %% [markdown] lang="ru"
# ## 1. Что не так с простыми способами
#
# ### Конечные разности
#
# Определение производной подсказывает программу: сдвинуть аргумент на $h$, вычесть, поделить.
#
# $$\frac{f(x+h)-f(x)}{h} = f'(x) + \frac{h}{2}f''(x) + \dots, \qquad
# \frac{f(x+h)-f(x-h)}{2h} = f'(x) + \frac{h^2}{6}f'''(x) + \dots$$
#
# Хочется взять $h$ поменьше, но $f(x+h)$ и $f(x)$ вычислены с относительной погрешностью
# $u \approx 1{,}1\cdot 10^{-16}$. При делении на $h$ она вырастает до $u|f|/h$. Усечение тянет $h$
# вниз, округление – вверх. Минимум суммы достигается при $h\sim u^{1/2}$ для разности вперёд (верны
# около восьми цифр) и при $h\sim u^{1/3}$ для центральной (около десяти-одиннадцати). Остальные
# цифры теряются **независимо от старания**.

# %% [markdown] lang="en"
# ## 1. What is wrong with the simple ways
#
# ### Finite differences
#
# The definition of a derivative suggests a program: move the argument by $h$, subtract, divide.
#
# $$\frac{f(x+h)-f(x)}{h} = f'(x) + \frac{h}{2}f''(x) + \dots, \qquad
# \frac{f(x+h)-f(x-h)}{2h} = f'(x) + \frac{h^2}{6}f'''(x) + \dots$$
#
# One would like a small $h$, but $f(x+h)$ and $f(x)$ come with a relative error of
# $u \approx 1.1\cdot 10^{-16}$, and division by $h$ makes $u|f|/h$ of it. Truncation pulls $h$
# down, rounding pulls it up. Their sum is least at $h\sim u^{1/2}$ for the forward difference
# (about eight digits are right) and at $h\sim u^{1/3}$ for the central one (about ten or eleven).
# The other digits are lost **however hard one tries**.


# %%
def f(x):
    return np.exp(np.sin(x))


x = 1.0
exact = np.cos(x) * f(x)
steps = 10.0 ** np.arange(-16, 0.1, 0.25)
ways = {
    "forward difference": (f(x + steps) - f(x)) / steps,
    "central difference": (f(x + steps) - f(x - steps)) / (2 * steps),
    "complex step": f(x + 1j * steps).imag / steps,
}

fig, ax = plt.subplots()
for name, slopes in ways.items():
    errors = np.abs(slopes / exact - 1)
    best = errors.argmin()
    ax.loglog(steps, np.maximum(errors, 1e-17), ".-", label=name)
    print(f"{name:20} best error {errors[best]:.0e} at h = {steps[best]:.0e}")
ax.axhline(np.finfo(float).eps / 2, color="gray", linestyle=":", label="rounding unit u")
ax.set(xlabel="step h", ylabel="relative error", title="Derivative of exp(sin x) at 1")
ax.legend(fontsize=8)
fig.tight_layout()

# %% [markdown] lang="ru"
# Две галочки – ровно то, что обещали формулы. Третья кривая – изящное исключение: если функция
# аналитическая и написана без `abs` и сравнений, то $f(x+ih) = f(x) + ih f'(x) - \dots$, и
# производная лежит в мнимой части **без вычитания** близких чисел. Запомните эту мысль: рядом со
# значением тащить вторую компоненту. Через пару страниц из неё вырастет прямой режим.
#
# Точность – ещё полбеды: дело портит цена. Градиенту по $n$ параметрам нужно $n+1$ вычислений
# функции (центральной разности – $2n$). Если потери небольшой сети с миллионом весов считаются 10
# мс, то один градиент займёт почти три часа.
#
# ### Символьное дифференцирование
#
# Можно поступить как на первом курсе: по формуле функции построить формулу производной. Правил
# немного, вот они все для многочленов. Возьмём композицию: логистическое отображение
# $x \mapsto 4x(1-x)$, применённое $k$ раз. Как программа это цикл из трёх операций на шаг;
# посмотрим, что с ней станет, если записать её формулой.

# %% [markdown] lang="en"
# The two ticks are just what the formulas promised. The third curve is an elegant exception: if the
# function is analytic and written without `abs` and comparisons, then
# $f(x+ih) = f(x) + ih f'(x) - \dots$, and the derivative lies in the imaginary part **without a
# subtraction** of close numbers. Keep this thought: to carry a second component beside the value.
# In a couple of pages forward mode will grow out of it.
#
# Accuracy is only half of the trouble; the price is the other half. A gradient by $n$ parameters
# takes $n+1$ evaluations of the function (the central difference takes $2n$). If the loss of a
# small network with a million weights takes 10 ms, one gradient takes almost three hours.
#
# ### Symbolic differentiation
#
# One can do as in the first year: from the formula of a function build the formula of its
# derivative. There are few rules; here are all of them for polynomials. Take a composition: the
# logistic map $x \mapsto 4x(1-x)$ applied $k$ times. As a program it is a loop of three operations
# a step; let us see what becomes of it when it is written out as a formula.


# %%
def derivative(expression):
    match expression:
        case "x":
            return 1
        case (("+" | "-") as sign, a, b):
            return (sign, derivative(a), derivative(b))
        case ("*", a, b):
            return ("+", ("*", derivative(a), b), ("*", a, derivative(b)))
    return 0  # a number


def length(expression):  # operations and symbols, written out
    return 1 + sum(map(length, expression[1:])) if isinstance(expression, tuple) else 1


expression, sizes = "x", []
for k in range(1, 13):
    expression = ("*", ("*", 4, expression), ("-", 1, expression))
    sizes.append((k, length(expression), length(derivative(expression)), 3 * k, 8 * k))

k, formula, slope, program, dual = np.array(sizes).T
fig, ax = plt.subplots()
ax.semilogy(k, slope, "o-", label="formula of f′")
ax.semilogy(k, formula, "o-", label="formula of f")
ax.semilogy(k, dual, "s--", label="program for f and f′ (forward mode)")
ax.semilogy(k, program, "s--", label="program for f")
ax.set(xlabel="iterations of the logistic map", ylabel="size", title="Expression swell")
ax.legend(fontsize=8)
fig.tight_layout()
print(f"12 iterations: formula {formula[-1]:,} symbols, its derivative {slope[-1]:,}")

# %% [markdown] lang="ru"
# Формула растёт как $2^k$, её производная длиннее ещё примерно в $k$ раз: это и
# называют *разбуханием выражений*. Беда не в правилах, а в записи: формула – дерево, и общие
# подвыражения в нём переписываются заново. Программа же хранит промежуточный результат в переменной
# и пользуется им сколько угодно раз. Честно будет добавить: хорошая система компьютерной алгебры
# умеет выносить общие подвыражения. Но как только она это сделает, она превратится в то, чем мы
# займёмся дальше.
#
# **Автоматическое дифференцирование** применяет те же школьные правила, но не к формуле, а
# к *вычислению*: к каждой элементарной операции в момент, когда все её числа известны. Это не
# приближение (шага $h$ нет) и не формула (на выходе число), это вторая программа, которая считает
# производную рядом с первой.
#
# ## 2. Вычислительный граф
#
# Любое вычисление – последовательность элементарных операций $v_i = \varphi_i(v_j, v_k)$. Нарисуем:
# вершина – операция с её результатом, стрелка – «этот результат понадобился там». Получается
# ориентированный граф без циклов. Цикл в программе – не цикл в графе: каждый проход добавляет новые
# вершины.
#
# Функция для опытов: $f(x, y) = x\,y\cdot\tanh x$. Её граф рисует библиотека курса по записи,
# которую оставило само вычисление; в скобках – форма массива, у числа она пустая.

# %% [markdown] lang="en"
# The formula grows like $2^k$, its derivative is about $k$ times longer still: that is *expression
# swell*. The trouble is not in the rules but in the notation: a formula is a tree, and common
# subexpressions are copied in it again and again, while a program keeps an intermediate result in a
# variable and uses it as often as it likes. To be fair, a good computer algebra system can share
# common subexpressions. But as soon as it does, it has turned into what comes next.
#
# **Automatic differentiation** applies the same school rules, not to a formula but to
# a *computation*: to each elementary operation at the moment when all of its numbers are known. It
# is no approximation (there is no step $h$) and no formula (a number comes out); it is a second
# program that computes the derivative beside the first one.
#
# ## 2. The computational graph
#
# Any computation is a sequence of elementary operations $v_i = \varphi_i(v_j, v_k)$. Let us draw
# it: a vertex is an operation with its result, an arrow says “this result was needed there”. It is
# a directed graph without cycles. A loop in the program is no cycle in the graph: each pass adds
# new vertices.
#
# The function for our experiments: $f(x, y) = x\,y\cdot\tanh x$. Its graph is drawn by the course's
# library from the record that the computation itself has left; in brackets is the shape of the
# array, for a number an empty one.

# %%
x = Tensor(0.8, requires_grad=True)
y = Tensor(1.5, requires_grad=True)
result = (x * y) * x.tanh()
SVG(autodiff.to_svg(result, {"x": x, "y": y, "f": result}))

# %% [markdown] lang="ru"
# Из $x$ в $f$ ведут два пути, и правило цепочки складывает их вклады:
#
# $$\frac{\partial f}{\partial x} = \sum_{\text{пути } x\to f}\ \prod_{\text{рёбра пути}}
# \frac{\partial v_{\text{конец}}}{\partial v_{\text{начало}}}.$$
#
# Формула верная, но как алгоритм никуда не годится: путей бывает экспоненциально много. Оба режима
# автодифференцирования – динамическое программирование по этой сумме: вершину проходят один раз, а
# различаются они лишь направлением. Если посмотреть на слои сети
# $x \to h_1 \to \dots \to h_L \to \ell$, то сумма по путям – это произведение якобианов:
#
# $$J = J_L\, J_{L-1} \cdots J_1,$$
#
# и режимы различаются расстановкой скобок. Умножение ассоциативно, ответ один, а цена разная:
# прямой режим умножает справа налево (начиная со входа), обратный – слева направо (начиная с
# выхода).

# %% [markdown] lang="en"
# Two paths lead from $x$ to $f$, and the chain rule adds up what they bring:
#
# $$\frac{\partial f}{\partial x} = \sum_{\text{paths } x\to f}\ \prod_{\text{edges of the path}}
# \frac{\partial v_{\text{end}}}{\partial v_{\text{start}}}.$$
#
# The formula is right, but as an algorithm it is hopeless: there may be exponentially many paths.
# Both modes of autodiff are dynamic programming over this sum: each vertex is visited once, and
# they differ only in direction. For the layers of a network,
# $x \to h_1 \to \dots \to h_L \to \ell$, the sum over paths is a product of Jacobians:
#
# $$J = J_L\, J_{L-1} \cdots J_1,$$
#
# and the modes differ in the placing of brackets. Multiplication is associative, the answer is the
# same, the price is not: forward mode multiplies from the right to the left (starting at the
# input), reverse mode from the left to the right (starting at the output).


# %%
def multiplications(widths):  # of the chain of Jacobians, each (next width, width)
    n, m = widths[0], widths[-1]
    layers = list(pairwise(widths))
    forward = sum(n * a * b for a, b in layers[1:])
    reverse = sum(m * a * b for a, b in layers[:-1])
    return forward, reverse


chains = {
    "network with a scalar loss": (1000, 300, 300, 100, 1),
    "curve in a big space": (1, 100, 300, 300, 1000),
    "as many outputs as inputs": (300, 300, 300, 300, 300),
}
for name, widths in chains.items():
    forward, reverse = multiplications(widths)
    print(f"{name:28} forward {forward:>12,}   reverse {reverse:>12,}")

# %% [markdown] lang="ru"
# Потери – одно число, и обратный режим выигрывает здесь почти в триста раз. Вот почему сети учат
# именно им. Обратите внимание на второе следствие: ни одного якобиана целиком строить не надо,
# достаточно умножать на него **вектор**. Слева – VJP, *vector–Jacobian product*, $u^\top J$;
# справа – JVP, *Jacobian–vector product*, $Jv$.
#
# ## 3. Прямой режим: дуальные числа
#
# Будем тащить рядом со значением $v$ его производную $\dot v$ вдоль выбранного направления.
# Формально это числа $v + \dot v\,\varepsilon$ с $\varepsilon^2 = 0$:
#
# $$(a + \dot a\varepsilon)(b + \dot b\varepsilon) = ab + (a\dot b + \dot a b)\,\varepsilon, \qquad
# \varphi(a + \dot a\varepsilon) = \varphi(a) + \varphi'(a)\,\dot a\,\varepsilon.$$
#
# Вот оно, правило Лейбница, спрятанное в умножении. В отличие от комплексного шага, слагаемого
# $-h^2$ здесь нет вовсе: $\varepsilon^2$ – точный ноль.

# %% [markdown] lang="en"
# A loss is one number, and reverse mode wins almost three hundredfold here. That is why networks
# are trained with it. Note the second consequence: no Jacobian has to be built whole, it is enough
# to multiply a **vector** by it. From the left it is the VJP, *vector–Jacobian product*,
# $u^\top J$; from the right the JVP, *Jacobian–vector product*, $Jv$.
#
# ## 3. Forward mode: dual numbers
#
# Let us carry beside a value $v$ its derivative $\dot v$ along a chosen direction. Formally these
# are numbers $v + \dot v\,\varepsilon$ with $\varepsilon^2 = 0$:
#
# $$(a + \dot a\varepsilon)(b + \dot b\varepsilon) = ab + (a\dot b + \dot a b)\,\varepsilon, \qquad
# \varphi(a + \dot a\varepsilon) = \varphi(a) + \varphi'(a)\,\dot a\,\varepsilon.$$
#
# There it is, Leibniz's rule, hidden in a multiplication. Unlike the complex step there is no term
# $-h^2$ at all: $\varepsilon^2$ is exactly zero.


# %%
@dataclass(frozen=True)
class Dual:
    value: float
    tangent: float = 0.0

    def __add__(self, other):
        other = as_dual(other)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other):
        other = as_dual(other)
        tangent = self.tangent * other.value + self.value * other.tangent
        return Dual(self.value * other.value, tangent)

    def __truediv__(self, other):
        other = as_dual(other)
        ratio = self.value / other.value
        return Dual(ratio, (self.tangent - ratio * other.tangent) / other.value)

    def tanh(self):
        t = math.tanh(self.value)
        return Dual(t, (1 - t * t) * self.tangent)

    __radd__, __rmul__ = __add__, __mul__


def as_dual(number):
    return number if isinstance(number, Dual) else Dual(number)


x, y = Dual(0.8, tangent=1.0), Dual(1.5)  # the direction: along x
t = math.tanh(0.8)
print(x * y * x.tanh())
print("by hand:", 0.8 * 1.5 * t, 1.5 * t + 0.8 * 1.5 * (1 - t * t))

# %% [markdown] lang="ru"
# Дуальному числу всё равно, что вокруг него – формула или алгоритм. Продифференцируем метод Герона:
# корень из $a$ как предел $r \leftarrow (r + a/r)/2$. Производная проходит сквозь цикл и сходится
# вслед за значением к $1/(2\sqrt a)$.

# %% [markdown] lang="en"
# A dual number does not care whether a formula or an algorithm surrounds it. Let us differentiate
# Heron's method: the root of $a$ as the limit of $r \leftarrow (r + a/r)/2$. The derivative passes
# through the loop and follows the value in converging to $1/(2\sqrt a)$.

# %%
a = Dual(2.0, tangent=1.0)
root = Dual(1.0)
for step in range(1, 7):
    root = (root + a / root) * 0.5
    wrong_value = abs(root.value - math.sqrt(2))
    wrong_slope = abs(root.tangent - 1 / (2 * math.sqrt(2)))
    print(f"step {step}: root {root.value:.15f} ({wrong_value:.0e})", end="   ")
    print(f"its derivative {root.tangent:.15f} ({wrong_slope:.0e})")

# %% [markdown] lang="ru"
# Но помните, *что* дифференцируется: исполненная ветка программы. Если написать $x^2$ с
# «оптимизацией» для единицы, производная в этой точке станет неверной, и никто не предупредит.

# %% [markdown] lang="en"
# But remember *what* is differentiated: the branch of the program that was executed. Write $x^2$
# with an “optimisation” for one, and the derivative at that point becomes wrong without any
# warning.


# %%
def square(x):
    if x.value == 1:
        return Dual(1.0)  # right as a value, constant as a program
    return x * x


print("at 0.999:", square(Dual(0.999, 1.0)).tangent, "  at 1:", square(Dual(1.0, 1.0)).tangent)

# %% [markdown] lang="ru"
# Один проход прямого режима даёт одну производную по направлению, то есть $Jv$. Чтобы собрать весь
# градиент функции от $n$ переменных, нужно $n$ проходов: цена как у конечных разностей, зато
# точность полная и память не нужна – пройденное можно сразу забыть.
#
# ## 4. Обратный режим за сорок строк
#
# Теперь с другого конца. Для каждой вершины определим *сопряжённую* переменную
# $\bar v = \partial f/\partial v$: насколько изменится **ответ**, если чуть сдвинуть $v$. У самого
# ответа она равна единице, а дальше
#
# $$\bar v = \sum_{w:\ v \to w} \bar w\, \frac{\partial w}{\partial v}.$$
#
# Чтобы вычислить $\bar v$, надо знать $\bar w$ всех, кто пользовался $v$, то есть идти от ответа
# назад. А частные производные $\partial w/\partial v$ зависят от значений, известных лишь после
# прямого прохода. Поэтому прямой проход ведёт запись – **ленту** (tape): кто из кого получен и с
# какой локальной производной. Порядок записи сам собой топологический: операция записана после
# своих аргументов. Читаем ленту с конца, и всё.

# %% [markdown] lang="en"
# One pass of forward mode gives one directional derivative, that is $Jv$. To collect the whole
# gradient of a function of $n$ variables takes $n$ passes: the price of finite differences, but
# full accuracy and no memory – what has been passed can be forgotten at once.
#
# ## 4. Reverse mode in forty lines
#
# Now from the other end. For each vertex define the *adjoint* variable
# $\bar v = \partial f/\partial v$: how much the **answer** changes when $v$ is moved a little. For
# the answer itself it is one, and then
#
# $$\bar v = \sum_{w:\ v \to w} \bar w\, \frac{\partial w}{\partial v}.$$
#
# To compute $\bar v$ one must know $\bar w$ of all who used $v$, that is, go from the answer
# backwards. And the partial derivatives $\partial w/\partial v$ depend on values that are known
# only after the forward pass. So the forward pass keeps a record, the **tape**: who was made of
# whom and with what local derivative. The order of recording is topological by itself: an operation
# is recorded after its arguments. Read the tape from its end, and that is all.


# %%
class Value:
    """A number that remembers how it was made."""

    clock = count()

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad = data, 0.0
        self.parents, self.slopes = parents, slopes  # ∂self/∂parent for each parent
        self.order = next(Value.clock)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power):
        return Value(self.data**power, (self,), (power * self.data ** (power - 1),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))

    def ancestors(self):
        seen, stack = {self}, [self]
        while stack:
            new = set(stack.pop().parents) - seen
            seen |= new
            stack += new
        return sorted(seen, key=lambda value: value.order)

    def backward(self):
        self.grad = 1.0
        for value in reversed(self.ancestors()):
            for parent, slope in zip(value.parents, value.slopes, strict=True):
                parent.grad += value.grad * slope

    __radd__, __rmul__ = __add__, __mul__


def as_value(number):
    return number if isinstance(number, Value) else Value(number)


x, y = Value(0.8), Value(1.5)
product, squashed = x * y, x.tanh()
answer = product * squashed
answer.backward()
print("tape:    name      value     adjoint")
for name, v in [("x", x), ("y", y), ("x·y", product), ("tanh x", squashed), ("f", answer)]:
    print(f"         {name:8}{v.data:8.4f}   {v.grad:8.4f}")

# %% [markdown] lang="ru"
# За **один** обратный проход получены производные по обеим переменным, а заодно по всем
# промежуточным вершинам. $\partial f/\partial x$ совпала с дуальным числом выше.
#
# Весь смысл – в двух решениях. Первое: `+=`, а не `=`; если переменная использована дважды, вклады
# складываются. Второе: обход в обратном порядке записи; вершину покидают, когда её `grad` уже
# собран целиком. Что будет, если о порядке не думать и рекурсивно проталкивать производную по
# каждому пути? Ответ тот же (это буквально сумма по путям), а время – нет.

# %% [markdown] lang="en"
# **One** reverse pass has given the derivatives by both variables and, by the way, by all
# intermediate vertices. $\partial f/\partial x$ is that of the dual number above.
#
# All the sense is in two decisions. The first: `+=`, not `=`; if a variable is used twice, the
# contributions add up. The second: the reverse order of recording; a vertex is left when its `grad`
# has been collected completely. What if one gives no thought to the order and pushes the derivative
# down each path recursively? The answer is the same (it is literally the sum over paths), the time
# is not.


# %%
def push_along_paths(value, gradient):  # returns how many vertices it visited
    value.grad += gradient
    return 1 + sum(
        push_along_paths(parent, gradient * slope)
        for parent, slope in zip(value.parents, value.slopes, strict=True)
    )


for depth in (5, 10, 15):
    start = Value(1.0)
    end = start
    for _ in range(depth):
        end = end + end  # a diamond on a diamond
    visits = push_along_paths(end, 1.0)
    by_paths, tape = start.grad, end.ancestors()
    for value in tape:
        value.grad = 0.0
    end.backward()
    same = by_paths == start.grad == 2**depth
    print(f"{depth} diamonds: {visits:>5} visits by paths, {len(tape):>2} by the tape; {same = }")

# %% [markdown] lang="ru"
# ## 5. Сколько это стоит
#
# Локальная производная элементарной операции стоит не дороже нескольких таких же операций. Поэтому
# обратный проход целиком обходится в небольшое число раз дороже прямого, **сколько бы переменных ни
# было**. Это *принцип дешёвого градиента* (Баур и Штрассен, 1983; Гриванк): градиент скалярной
# функции стоит не более чем примерно в пять раз дороже самой функции, если считать арифметику.
#
# Измерим. С этого места вместо учебного `Value` работает `Tensor` из `praktikum.scratch.autodiff`:
# та же лента, но вершины – массивы, поэтому накладные расходы платятся один раз на операцию с
# матрицами. Сеть из двух слоёв, ширина растёт, число параметров – вместе с ней.

# %% [markdown] lang="en"
# ## 5. What it costs
#
# The local derivative of an elementary operation costs no more than a few such operations. So the
# whole reverse pass costs a small number of times the forward one, **however many variables there
# are**. This is the *cheap gradient principle* (Baur and Strassen, 1983; Griewank): in arithmetic
# operations, the gradient of a scalar function costs no more than about five times the function
# itself.
#
# Let us measure it. From here on `Tensor` of `praktikum.scratch.autodiff` stands in for our toy
# `Value`: the same tape, but the vertices are arrays, so the overhead is paid once for an operation
# on matrices. A network of two layers whose width grows, and the number of parameters with it.


# %%
def fastest(action, repeats=5):  # seconds; the least of several is the least disturbed
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


rng = np.random.default_rng(2)
X = rng.normal(size=(256, 64))
rows = []
for width in (4, 16, 64, 256, 1024):
    first = Tensor(rng.normal(size=(64, width)) / 8, requires_grad=True)
    second = Tensor(rng.normal(size=(width, 1)) / width**0.5, requires_grad=True)

    def loss(first=first, second=second):
        return (((X @ first).tanh() @ second) ** 2).mean()

    plain = fastest(lambda loss=loss: no_grad()(loss)())
    full = fastest(lambda loss=loss, weights=(first, second): grad(loss(), weights))
    rows.append((first.size + second.size, full / plain))
    print(
        f"{rows[-1][0]:>6,} parameters: {plain * 1e3:.2f} ms, with the gradient {full * 1e3:.2f} ms"
    )

n, ratio = np.array(rows).T
fig, ax = plt.subplots()
ax.loglog(n, n + 1, "k:", label="finite differences: n + 1")
ax.loglog(n, ratio, "o-", label="reverse mode, measured")
ax.set(xlabel="parameters n", ylabel="time of gradient / time of value")
ax.set_title("The cheap gradient")
ax.legend()
fig.tight_layout()

# %% [markdown] lang="ru"
# Разность потребовала бы десятков тысяч вычислений, обратному режиму хватает нескольких. (Отношение
# шумит вместе с загрузкой машины; у самых узких сетей заметны накладные расходы Python.)
#
# Теперь $f: \mathbb R^n \to \mathbb R^m$ и весь якобиан. Прямой режим собирает его по столбцам, $n$
# умножений $Jv$; обратный по строкам, $m$ умножений $u^\top J$. Построим оба времени при
# $n\cdot m = 256$.

# %% [markdown] lang="en"
# Differences would take tens of thousands of evaluations, reverse mode makes do with a few. (The
# ratio is as noisy as the machine is busy; the narrowest networks show the overhead of Python.)
#
# Now $f: \mathbb R^n \to \mathbb R^m$ and the whole Jacobian. Forward mode collects it by columns,
# $n$ products $Jv$; reverse mode by rows, $m$ products $u^\top J$. Let us draw both times for
# $n\cdot m = 256$.


# %%
def times_of_jacobian(n, m):
    inner, outer = rng.normal(size=(n, 32)), rng.normal(size=(32, m))
    point = rng.normal(size=n)

    def function(x):
        return (x @ inner).tanh() @ outer

    by_columns = fastest(lambda: [jvp(function, point, v) for v in np.eye(n)], repeats=3)
    by_rows = fastest(lambda: [vjp(function, point, u) for u in np.eye(m)], repeats=3)
    return by_columns, by_rows


inputs = 2 ** np.arange(0, 9)
columns, rows = 1e3 * np.array([times_of_jacobian(n, 256 // n) for n in inputs]).T
fig, ax = plt.subplots()
ax.loglog(inputs, columns, "o-", base=2, label="by columns: n JVPs")
ax.loglog(inputs, rows, "s-", base=2, label="by rows: m VJPs")
ax.set(xlabel="inputs n  (outputs m = 256 / n)", ylabel="ms", title="A whole Jacobian")
ax.legend()
fig.tight_layout()

# %% [markdown] lang="ru"
# Чем больше входов и чем меньше выходов, тем выгоднее обратный режим; у сети с потерями $m = 1$.
# Точка пересечения лежит не ровно посередине, и вот почему: наша библиотека умеет только обратный
# режим, а $Jv$ получает двумя обратными проходами (об этом трюке – последний вопрос для
# самопроверки). Настоящий прямой режим дешевле, но наклон прямых от этого не изменится.
#
# ## 6. От чисел к массивам
#
# Вершина – массив, локальная производная – якобиан огромного размера. Спасает то, что нужен не он,
# а произведение $u^\top J$; договоримся обозначать градиент потерь по массиву чертой:
# $\bar Y_{ij} = \partial\ell/\partial Y_{ij}$, той же формы, что $Y$. Правило операции переводит
# $\bar Y$ в $\bar X$.
#
# Выводить правила удобно через дифференциал:
# $d\ell = \sum_{ij}\bar Y_{ij}\,dY_{ij} = \langle \bar Y, dY\rangle$. Подставляем $dY$ через $dX$,
# перебрасываем всё лишнее на левую сторону и читаем ответ. Для линейной операции $dY = A(dX)$ это в
# точности **сопряжённый оператор**:
# $\langle \bar Y, A(dX)\rangle = \langle A^{*}(\bar Y), dX\rangle$.
#
# **Умножение матриц.** $Y = XW$, $dY = dX\,W + X\,dW$, и поскольку
# $\langle A, B\rangle = \operatorname{tr} A^\top B$,
#
# $$d\ell = \langle \bar Y, dX\,W\rangle + \langle \bar Y, X\,dW\rangle = \langle
# \bar Y W^\top, dX\rangle + \langle X^\top \bar Y, dW\rangle \;\Rightarrow\; \bar X =
# \bar Y W^\top,\quad \bar W = X^\top\bar Y.$$
#
# **Broadcasting.** Прибавляя строку $b$ к каждой строке матрицы, NumPy копирует её: $Y_{ij} = b_j$.
# Копирование линейно, и $d\ell = \sum_{ij}\bar Y_{ij}\,db_j$, откуда
# $\bar b_j = \sum_i \bar Y_{ij}$. **Сопряжённое к копированию – сумма**: градиент суммируется по
# осям, вдоль которых массив растянули. И наоборот: сопряжённое к сумме – копирование.

# %% [markdown] lang="en"
# The more inputs and the fewer outputs, the more reverse mode pays; for a network with a loss
# $m = 1$. The lines do not cross exactly in the middle, and here is why: our library knows only
# reverse mode, and gets $Jv$ by two reverse passes (the last self-check question is about this
# trick). A real forward mode is cheaper, but the slope of the lines would stay the same.
#
# ## 6. From numbers to arrays
#
# A vertex is an array, and the local derivative a Jacobian of enormous size. What saves us is that
# not the Jacobian but the product $u^\top J$ is needed; let a bar denote the gradient of the loss
# by an array: $\bar Y_{ij} = \partial\ell/\partial Y_{ij}$, of the same shape as $Y$. The rule of
# an operation turns $\bar Y$ into $\bar X$.
#
# Rules are best derived by differentials:
# $d\ell = \sum_{ij}\bar Y_{ij}\,dY_{ij} = \langle \bar Y, dY\rangle$. Express $dY$ by $dX$, move
# all else to the left side, and read off the answer. For a linear operation $dY = A(dX)$ this is
# precisely the **adjoint operator**:
# $\langle \bar Y, A(dX)\rangle = \langle A^{*}(\bar Y), dX\rangle$.
#
# **The product of matrices.** $Y = XW$, $dY = dX\,W + X\,dW$, and since
# $\langle A, B\rangle = \operatorname{tr} A^\top B$,
#
# $$d\ell = \langle \bar Y, dX\,W\rangle + \langle \bar Y, X\,dW\rangle = \langle
# \bar Y W^\top, dX\rangle + \langle X^\top \bar Y, dW\rangle \;\Rightarrow\; \bar X =
# \bar Y W^\top,\quad \bar W = X^\top\bar Y.$$
#
# **Broadcasting.** When NumPy adds a row $b$ to every row of a matrix, it copies it:
# $Y_{ij} = b_j$. Copying is linear, and $d\ell = \sum_{ij}\bar Y_{ij}\,db_j$, hence
# $\bar b_j = \sum_i \bar Y_{ij}$. **The adjoint of copying is a sum**: the gradient is summed over
# the axes along which the array was stretched. And the other way round: the adjoint of a sum is
# copying.

# %%
X = Tensor(rng.normal(size=(5, 3)), requires_grad=True)
W = Tensor(rng.normal(size=(3, 4)), requires_grad=True)
b = Tensor(rng.normal(size=4), requires_grad=True)
Y_bar = rng.normal(size=(5, 4))

(X @ W + b).backward(Y_bar)
rules = {
    "X": (X.grad, Y_bar @ W.numpy().T),
    "W": (W.grad, X.numpy().T @ Y_bar),
    "b": (b.grad, Y_bar.sum(axis=0)),
}
for name, (tape, formula) in rules.items():
    gap = abs(tape - formula).max().item()
    print(f"{name}: shape {tape.shape}, tape and formula differ by {gap:.0e}")

# %% [markdown] lang="ru"
# Правила удобно проверять тождеством, которое связывает оба режима:
# $\langle u, Jv\rangle = \langle J^\top u, v\rangle$ для любых $u$ и $v$. Слева должен работать
# прямой режим, справа обратный; ошибка в одном из них нарушит равенство почти наверное.
# Этот *dot-product test* придумали в обратных задачах задолго до нейросетей.
#
# Важно, чтобы судьи были независимы. `jvp` нашей библиотеки сам построен из обратного режима и
# подтвердил бы даже неверное правило. Поэтому слева возьмём комплексный шаг из начала семинара,
# применённый к той же функции на чистом NumPy.

# %% [markdown] lang="en"
# Rules are conveniently tested by an identity that ties the two modes:
# $\langle u, Jv\rangle = \langle J^\top u, v\rangle$ for any $u$ and $v$. On the left forward mode
# should work, on the right reverse mode; a mistake in one of them breaks the equality almost
# surely. This *dot-product test* was invented in inverse problems long before neural networks.
#
# It matters that the judges are independent. Our library's `jvp` is itself built of reverse mode
# and would confirm even a wrong rule. So on the left we take the complex step from the beginning of
# the seminar, applied to the same function in plain NumPy.


# %%
def by_tape(x):
    return autodiff.log_softmax((x @ W.detach()).tanh())


def by_numpy(x):
    hidden = np.tanh(x @ W.numpy())
    return hidden - np.log(np.exp(hidden).sum(axis=1, keepdims=True))


point, v, u = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 4))
pushed = by_numpy(point + 1e-20j * v).imag / 1e-20  # J v
_, pulled = vjp(by_tape, point, u)  # Jᵀ u
print("<u, J v>  =", (u * pushed).sum())
print("<Jᵀ u, v> =", (pulled * v).sum().item())

# %% [markdown] lang="ru"
# Хотя якобианы строят редко, на них полезно посмотреть: структура операции видна сразу.
# Поэлементная функция диагональна, свёртка – лента, накопленная сумма – треугольник, softmax –
# диагональ минус матрица ранга один, а у матричного умножения – блоки. Обратный режим каждый раз
# умножает на такую матрицу, транспонированную, **не строя её**.

# %% [markdown] lang="en"
# Jacobians are seldom built, but they are worth a look: the structure of an operation is seen at
# once. An elementwise function is diagonal, a convolution is a band, a cumulative sum a triangle,
# softmax a diagonal minus a matrix of rank one, a product of matrices has blocks. Reverse mode
# multiplies by such a matrix, transposed, every time **without building it**.

# %%
n = 12
kernel = np.array([1.0, -2.0, 1.0])
lower = np.tri(n)
block = rng.normal(size=(4, 4))
functions = {
    "tanh": lambda x: x.tanh(),
    "convolution": lambda x: x[:-2] * kernel[0] + x[1:-1] * kernel[1] + x[2:] * kernel[2],
    "cumulative sum": lambda x: lower @ x,
    "softmax": lambda x: x.softmax(),
    "X → XW": lambda x: (x.reshape(3, 4) @ block).reshape(-1),
}
point = rng.normal(size=n) / 2
fig, axes = plt.subplots(1, 5, figsize=(11, 2.5))
for ax, (name, function) in zip(axes, functions.items(), strict=True):
    J = jacobian(function, point).numpy()
    reach = np.abs(J).max()
    ax.imshow(J, cmap="RdBu_r", vmin=-reach, vmax=reach)
    ax.set(title=name, xticks=[], yticks=[])
fig.tight_layout()

# %% [markdown] lang="ru"
# ## 7. Лента на практике
#
# Дальше – правила жизни с лентой. Они одинаковы здесь и в PyTorch, так что следующий семинар
# начнётся со знакомых мест.
#
# **Градиенты накапливаются.** `backward` *прибавляет* к `grad` листа. Это то же `+=`, что и внутри
# графа: удобно, чтобы собрать градиент большого батча по кускам, и коварно, если забыть обнулить
# его между шагами.

# %% [markdown] lang="en"
# ## 7. The tape in practice
#
# Now for the rules of living with a tape. They are the same here and in PyTorch, so the next
# seminar will begin in familiar places.
#
# **Gradients accumulate.** `backward` *adds* to `grad` of a leaf. It is the same `+=` as inside the
# graph: handy for collecting the gradient of a big batch piece by piece, and treacherous if one
# forgets to clear it between steps.

# %%
X, target = rng.normal(size=(8, 3)), rng.normal(size=8)
w = Tensor(rng.normal(size=3), requires_grad=True)


def squared_error(rows):
    return ((X[rows] @ w - target[rows]) ** 2).sum()


(whole,) = grad(squared_error(slice(None)), w)
for piece in (slice(0, 4), slice(4, 8)):
    squared_error(piece).backward()
print("by pieces == whole:", np.allclose(w.grad, whole))
squared_error(slice(None)).backward()
print("and after one more backward, not cleared:", (w.grad.numpy() / whole.numpy()).round(12))
w.grad = None

# %% [markdown] lang="ru"
# **Граф одноразовый.** После `backward` сохранённые значения освобождаются: именно они занимают
# память при обучении. Второй раз по тому же графу пройти нельзя, если не попросить
# `retain_graph=True`.

# %% [markdown] lang="en"
# **A graph is for one use.** After `backward` the saved values are released: it is they that take
# the memory in training. One cannot go through the same graph again without asking for
# `retain_graph=True`.

# %%
value = squared_error(slice(None))
value.backward()
try:
    value.backward()
except autodiff.FreedGraphError as error:
    print("FreedGraphError:", error)

value = squared_error(slice(None))
value.backward(retain_graph=True)
value.backward()
print("with retain_graph: three gradients in w.grad:", (w.grad.numpy() / whole.numpy()).round(12))

# %% [markdown] lang="ru"
# **Сойти с ленты** можно двумя способами. `no_grad()` – режим: внутри него ничего не записывается
# (шаг оптимизатора, вычисление метрик). `detach()` – ножницы: то же значение без прошлого, для
# всех, кто на него смотрит, это константа. Производная $x\cdot\texttt{detach}(x)$ равна не $2x$, а
# $x$.

# %% [markdown] lang="en"
# There are two ways to **leave the tape**. `no_grad()` is a mode: nothing is recorded inside it (an
# optimiser's step, computing metrics). `detach()` is a pair of scissors: the same value without a
# past, a constant for all who look at it. The derivative of $x\cdot\texttt{detach}(x)$ is not $2x$
# but $x$.

# %%
x = Tensor(3.0, requires_grad=True)
print("x * x           :", grad(x * x, x)[0].item())
print("x * x.detach()  :", grad(x * x.detach(), x)[0].item())
with no_grad():
    y = x * x
print("inside no_grad  :", y, "requires_grad =", y.requires_grad)

# %% [markdown] lang="ru"
# **Не портите того, что понадобится.** Производная `exp` – сам её результат, и лента хранит его по
# ссылке. Если результат изменить на месте, обратный проход посчитал бы чепуху; лента замечает это и
# отказывается.

# %% [markdown] lang="en"
# **Do not spoil what will be needed.** The derivative of `exp` is its own result, and the tape
# holds it by reference. If the result is changed in place, the reverse pass would compute nonsense;
# the tape notices it and refuses.

# %%
x = Tensor([0.0, 1.0], requires_grad=True)
y = x.exp()
y += 1
try:
    y.sum().backward()
except autodiff.InPlaceError as error:
    print("InPlaceError:", error)

x = Tensor([0.0, 1.0], requires_grad=True)
y = x + 0
y += 1  # an addition reads nobody's value: nothing is spoilt
y.sum().backward()
print("harmless:", x.grad)

# %% [markdown] lang="ru"
# **Производная производной.** Обратный проход – тоже вычисление, и если попросить
# `create_graph=True`, он сам запишется на ленту. Тогда его можно дифференцировать снова, и снова.

# %% [markdown] lang="en"
# **The derivative of a derivative.** The reverse pass is a computation too, and with
# `create_graph=True` it is recorded on the tape itself. Then it can be differentiated again, and
# again.

# %%
x = Tensor(np.linspace(-3, 3, 241), requires_grad=True)
curve = x.tanh()
fig, ax = plt.subplots()
for order in range(5):
    values = curve.detach().numpy()
    ax.plot(x.detach(), values / np.abs(values).max(), label=f"order {order}")
    (curve,) = grad(curve.sum(), x, create_graph=True)
ax.set(xlabel="x", title="tanh and its derivatives, each scaled to 1")
ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
fig.tight_layout()

# %% [markdown] lang="ru"
# Почему сумма? `curve.sum()` – скаляр, а значение в каждой точке зависит только от своего $x$:
# якобиан диагонален, и градиент суммы собирает его диагональ за один проход. Приём удобный, но
# честен он лишь для поэлементных функций.

# %% [markdown] lang="en"
# Why the sum? `curve.sum()` is a scalar, and the value at each point depends on its own $x$ only:
# the Jacobian is diagonal, and the gradient of the sum collects its diagonal in one pass. A handy
# device, but an honest one for elementwise functions only.

# %%
x = Tensor(0.5, requires_grad=True)
(slope,) = grad(x.tanh(), x, create_graph=True)
(curvature,) = grad(slope, x, retain_graph=True)
print(f"tanh at 0.5: slope {slope.item():.6f}, curvature {curvature.item():.6f}")
t = math.tanh(0.5)
print(f"by hand:          {1 - t * t:.6f},           {-2 * t * (1 - t * t):.6f}")
SVG(autodiff.to_svg(slope, {"x": x, "slope": slope}))

# %% [markdown] lang="ru"
# Вот что оставил после себя обратный проход с `create_graph`: производная $1-\tanh^2 x$ – обычное
# вычисление с обычным графом, и по нему можно пройти назад ещё раз. (Последняя вершина, `copy`, –
# забота библиотеки: чтобы два листа не получили один и тот же массив.)
#
# ## 8. Вторые производные
#
# Гессиан $H$ – якобиан градиента. Для функции двух переменных его можно построить и сделать шаг
# Ньютона $-H^{-1}\nabla f$; функция Розенброка показывает, чего он стоит против градиентного
# спуска.

# %% [markdown] lang="en"
# This is what the reverse pass leaves behind with `create_graph`: the derivative $1-\tanh^2 x$ is
# an ordinary computation with an ordinary graph, through which one can walk backwards once more.
# (The last vertex, `copy`, is the library's own care: two leaves must not get one and the same
# array.)
#
# ## 8. Second derivatives
#
# The Hessian $H$ is the Jacobian of the gradient. For a function of two variables one can build it
# and make Newton's step $-H^{-1}\nabla f$; Rosenbrock's function shows what it is worth against
# gradient descent.


# %%
def rosenbrock(point):
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def descend(step, n_steps):
    path = [np.array([-1.2, 1.0])]
    while len(path) <= n_steps and np.abs(path[-1] - 1).max() > 1e-10:
        path.append(path[-1] + step(path[-1]))
    return np.array(path)


def gradient_at(point):
    return vjp(rosenbrock, point)[1].numpy()


newton = descend(lambda p: -np.linalg.solve(hessian(rosenbrock, p).numpy(), gradient_at(p)), 50)
gradient_descent = descend(lambda p: -1e-3 * gradient_at(p), 2000)
for name, path in (("Newton", newton), ("gradient descent", gradient_descent)):
    distance = np.linalg.norm(path[-1] - 1)
    print(f"{name:17}{len(path) - 1:>5} steps, distance to the minimum {distance:.0e}")

xs, ys = np.meshgrid(np.linspace(-1.8, 1.8, 200), np.linspace(-3.5, 2.5, 200))
fig, ax = plt.subplots()
ax.contour(xs, ys, rosenbrock((xs, ys)), levels=np.logspace(-1, 3.5, 14), cmap="viridis", alpha=0.5)
ax.plot(*gradient_descent.T, ".-", markersize=3, label="gradient descent, 2000 steps")
ax.plot(*newton.T, "o-", markersize=5, label=f"Newton, {len(newton) - 1} steps")
ax.plot(1, 1, "k*", markersize=12)
ax.set(xlabel="x", ylabel="y", title="Rosenbrock's valley")
ax.legend(fontsize=8, loc="upper center")
fig.tight_layout()

# %% [markdown] lang="ru"
# У сети с миллионом весов в гессиане $10^{12}$ чисел: восемь терабайт. Но его **произведение на
# вектор** стоит как два-три градиента:
#
# $$Hv = \nabla_w\,\langle \nabla f(w),\, v\rangle.$$
#
# Скалярное произведение – скаляр, его градиент – один обратный проход. Этого хватает, чтобы узнать
# кривизну вдоль направления, $v^\top H v$, найти наибольшее собственное значение степенным методом,
# решить систему методом сопряжённых градиентов.
#
# Зачем кривизна? На выпуклой квадратичной функции градиентный спуск сходится из любой точки тогда и
# только тогда, когда шаг меньше $2/\lambda_{\max}$. Измерим $\lambda_{\max}$, не строя $H$, и
# проверим границу с двух сторон.

# %% [markdown] lang="en"
# For a network with a million weights the Hessian has $10^{12}$ numbers: eight terabytes. But
# its **product with a vector** costs about two or three gradients:
#
# $$Hv = \nabla_w\,\langle \nabla f(w),\, v\rangle.$$
#
# The inner product is a scalar, its gradient one reverse pass. That is enough to learn the
# curvature along a direction, $v^\top H v$, to find the largest eigenvalue by the power method, to
# solve a system by conjugate gradients.
#
# What is curvature for? On a convex quadratic function gradient descent converges from any point if
# and only if its step is less than $2/\lambda_{\max}$. Let us measure $\lambda_{\max}$ without
# building $H$, and try the bound from both sides.

# %%
X = rng.normal(size=(200, 30)) * np.linspace(0.2, 2, 30)
target = X @ rng.normal(size=30)


def least_squares(w):
    return ((X @ w - target) ** 2).mean() / 2


v = rng.normal(size=30)
for _ in range(100):  # the power method
    v = v / np.linalg.norm(v)
    v = hvp(least_squares, np.zeros(30), v)[1].numpy()
sharpest = np.linalg.norm(v)
product = fastest(lambda: hvp(least_squares, np.zeros(30), v))
print(
    f"a product costs {product / fastest(lambda: vjp(least_squares, np.zeros(30))):.1f} gradients"
)
print("λ_max by 100 products:", sharpest, "  by eigvalsh:", np.linalg.eigvalsh(X.T @ X / 200)[-1])

fig, ax = plt.subplots()
for share in (0.5, 0.97, 1.03):
    w, losses = np.zeros(30), []
    for _ in range(150):
        value, gradient = vjp(least_squares, w)
        losses.append(value.item())
        w = w - share * 2 / sharpest * gradient.numpy()
    ax.semilogy(losses, label=f"lr = {share} · 2/λ")
ax.set(xlabel="step", ylabel="loss", title="Least squares by gradient descent")
ax.legend()
fig.tight_layout()

# %% [markdown] lang="ru"
# ## 9. Память против вычислений
#
# У обратного режима есть цена, которой нет у прямого: лента хранит промежуточные результаты всех
# слоёв до конца обратного прохода. Для глубокой сети это главная статья расходов памяти. Её можно
# обменять на время: сохранять активации только на *контрольных точках*, а отрезки между ними
# пересчитывать, когда до них дойдёт обратный проход. При $L$ слоях и отрезках длины $s$ в памяти
# живут $L/s$ контрольных точек и один отрезок, всего $L/s + s$; минимум при $s = \sqrt L$, а цена –
# один лишний прямой проход.

# %% [markdown] lang="en"
# ## 9. Memory against computing
#
# Reverse mode has a price that forward mode does not have: the tape keeps the intermediate results
# of all layers until the reverse pass ends. In a deep network this is the largest item of memory.
# It can be traded for time: keep activations at *checkpoints* only, and compute the stretches
# between them again when the reverse pass comes there. With $L$ layers and stretches of length $s$,
# what lives in memory is $L/s$ checkpoints and one stretch, $L/s + s$ in all; it is least at
# $s = \sqrt L$, and the price is one more forward pass.

# %%
depth = 64
weights = [Tensor(rng.normal(size=(64, 64)) / 8, requires_grad=True) for _ in range(depth)]
batch = rng.normal(size=(256, 64))


def run(h, layers):
    for weight in layers:
        h = (h @ weight).tanh()
    return h


def gradients_with_checkpoints(stretch):
    starts, h = [], Tensor(batch)
    with no_grad():
        for begin in range(0, depth, stretch):
            starts.append(h)
            h = run(h, weights[begin : begin + stretch])
    gradient = np.full(h.shape, 1 / h.size)  # of the mean, which is our loss
    found = [None] * depth
    for begin, start in zip(range(0, depth, stretch)[::-1], starts[::-1], strict=True):
        layers = weights[begin : begin + stretch]
        leaf = Tensor(start, requires_grad=True)
        end = run(leaf, layers)
        gradient, *found[begin : begin + stretch] = grad(end, (leaf, *layers), gradient)
    return found


def peak_of(action):  # megabytes
    tracemalloc.start()
    action()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak


def plain():
    return grad(run(Tensor(batch), weights).mean(), weights)


stretches = (1, 2, 4, 8, 16, 32, 64)
peaks = [peak_of(lambda s=s: gradients_with_checkpoints(s)) for s in stretches]
whole = peak_of(plain)
slower = fastest(lambda: gradients_with_checkpoints(8)) / fastest(plain)
same = all(np.allclose(a, b) for a, b in zip(plain(), gradients_with_checkpoints(8), strict=True))
print(f"stretches of 8: {peaks[3] / whole:.2f} of the memory, {slower:.2f} of the time; {same = }")

fig, ax = plt.subplots()
ax.semilogx(stretches, peaks, "o-", base=2, label="with checkpoints")
ax.axhline(whole, color="gray", linestyle="--", label="the whole tape")
ax.set(xlabel="layers between checkpoints", ylabel="peak, MB", title=f"{depth} layers", ylim=0)
ax.legend()
fig.tight_layout()

# %% [markdown] lang="ru"
# Градиенты те же, а память на пике – треть. По счёту операций лишний прямой проход стоит около
# трети времени; секундомер показывает то больше, то меньше: короткая лента лучше помещается в кэш и
# часть потери возвращает.
#
# ## 10. Численная проверка – близорукий судья
#
# Конечные разности плохи как способ обучения, зато незаменимы как **проверка**: они ничего не знают
# о ваших формулах. Но у них есть предел, который мы видели на первой картинке. Сверим градиент сети
# с центральной разностью при разных шагах: верный градиент, градиент с ошибкой в 1 % и верный, но
# посчитанный во `float32`.
#
# Экономный вариант: не перебирать все координаты, а взять случайное направление $v$ и сравнить
# $\langle\nabla f, v\rangle$ с разностью вдоль $v$ – два вычисления вместо $2n$.

# %% [markdown] lang="en"
# The gradients are the same, and the peak of memory is a third. By the count of operations one more
# forward pass costs about a third of the time; the stopwatch shows now more, now less: a short tape
# fits the cache better and gives a part of the loss back.
#
# ## 10. The numerical check, a short-sighted judge
#
# Finite differences are bad for training but indispensable as a **check**: they know nothing of
# your formulas. Yet they have the limit that we saw in the first picture. Let us compare a
# network's gradient with the central difference at various steps: the right gradient, one with a
# mistake of 1 %, and the right one computed in `float32`.
#
# The thrifty variant does not go over all the coordinates but takes a random direction $v$ and
# compares $\langle\nabla f, v\rangle$ with the difference along $v$: two evaluations instead of
# $2n$.

# %%
inputs, labels = rng.normal(size=(32, 10)), rng.integers(4, size=32)
out = rng.normal(size=(20, 4))


def loss_of(w):  # in the precision of w
    kind = w.dtype
    hidden = (inputs.astype(kind) @ w.reshape(10, 20)).tanh()
    return autodiff.cross_entropy(hidden @ out.astype(kind), labels)


w = rng.normal(size=200) / 3
direction = rng.normal(size=200)
direction /= np.linalg.norm(direction)
steps = 10.0 ** np.arange(-11, -0.9, 0.5)


def check_errors(dtype, factor=1.0):
    at, along = w.astype(dtype), direction.astype(dtype)
    slope = factor * float(vjp(loss_of, at)[1].numpy() @ along)
    moved = [(at + dtype(h) * along, at - dtype(h) * along) for h in steps]
    differences = [
        (loss_of(Tensor(up)).item() - loss_of(Tensor(down)).item()) / (2 * h)
        for h, (up, down) in zip(steps, moved, strict=True)
    ]
    return np.abs(np.array(differences) / slope - 1)


fig, ax = plt.subplots()
for label, errors in {
    "right, float64": check_errors(np.float64),
    "1 % wrong, float64": check_errors(np.float64, factor=1.01),
    "right, float32": check_errors(np.float32),
}.items():
    ax.loglog(steps, errors, ".-", label=label)
    print(
        f"{label:20} {errors[steps.searchsorted(4e-6)]:.0e} at h = 1e-5, {errors.min():.0e} at best"
    )
ax.set(xlabel="step h", ylabel="relative disagreement", title="Gradient check along a direction")
ax.legend(fontsize=8)
fig.tight_layout()

# %% [markdown] lang="ru"
# В двойной точности у верного градиента согласие до десятка цифр, ошибочный упирается в свой
# процент при любом шаге: их не спутать, порог $10^{-6}$ разделяет с запасом. Во `float32` хорошего
# шага почти нет, и порог пришлось бы ослабить так, что под него пролезали бы мелкие ошибки. Отсюда
# правило: **проверяйте градиенты в `float64`**, даже если обучаете в `float32`.
#
# И ещё один подвох: излом. Если точка ближе к нулю ReLU, чем шаг $h$, разность видит обе стороны и
# возвращает нечто среднее, хотя градиент верен.

# %% [markdown] lang="en"
# In double precision the right gradient agrees to some ten digits, and the wrong one rests at its
# one per cent at any step: they cannot be confused, a threshold of $10^{-6}$ tells them apart with
# room to spare. In `float32` there is hardly a good step, and the threshold would have to be so
# loose that small mistakes would slip under it. Hence the rule: **check gradients in `float64`**,
# even if you train in `float32`.
#
# And one more trap: a kink. If the point is nearer to ReLU's zero than the step $h$, the difference
# sees both sides and returns something in between, although the gradient is right.

# %%
near_kink, h = 1e-7, 5e-6
difference = (max(near_kink + h, 0) - max(near_kink - h, 0)) / (2 * h)
by_tape = vjp(autodiff.relu, near_kink)[1].item()
print(f"the slope of ReLU at 1e-7: {by_tape} by the tape, {difference:.2f} by the difference")

# %% [markdown] lang="ru"
# ## 11. Всё вместе: обучаем сеть
#
# Осталось пустить инструмент в дело. Три спирали, сеть $2\to 48\to 48\to 3$, кросс-энтропия, спуск
# с моментом. Ни одной производной руками: прямой проход, `grad`, шаг внутри `no_grad`.

# %% [markdown] lang="en"
# ## 11. All together: training a network
#
# It remains to put the tool to work. Three spirals, a network $2\to 48\to 48\to 3$, cross-entropy,
# descent with momentum. Not one derivative by hand: a forward pass, `grad`, a step inside
# `no_grad`.


# %%
def spirals(n_each):
    radius = np.tile(np.linspace(0.05, 1, n_each), 3)
    label = np.repeat(np.arange(3), n_each)
    angle = 4 * radius + label * 2 * np.pi / 3 + rng.normal(scale=0.15, size=radius.size)
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1), label


def logits_of(x):
    *hidden, last = layers
    for weight, bias in hidden:
        x = autodiff.relu(x @ weight + bias)
    return x @ last[0] + last[1]


points, classes = spirals(120)
layers = []
for d_in, d_out in ((2, 48), (48, 48), (48, 3)):
    weight = Tensor(rng.normal(size=(d_in, d_out)) * np.sqrt(2 / d_in), requires_grad=True)
    layers.append((weight, Tensor(np.zeros(d_out), requires_grad=True)))
parameters = [parameter for layer in layers for parameter in layer]
velocity = [np.zeros(parameter.shape) for parameter in parameters]

history = []
for _ in range(400):
    loss = autodiff.cross_entropy(logits_of(points), classes)
    history.append(loss.item())
    gradients = grad(loss, parameters)
    with no_grad():
        for parameter, momentum, gradient in zip(parameters, velocity, gradients, strict=True):
            momentum *= 0.9
            momentum += gradient.numpy()
            parameter -= 0.1 * momentum

with no_grad():
    accuracy = (logits_of(points).numpy().argmax(axis=1) == classes).mean()
    grid = np.stack(np.meshgrid(*[np.linspace(-1.15, 1.15, 160)] * 2), axis=-1)
    regions = logits_of(grid).numpy().argmax(axis=-1)
print(f"loss {history[0]:.3f} → {history[-1]:.3f}, accuracy on the training points {accuracy:.1%}")

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
left.semilogy(history)
left.set(xlabel="step", ylabel="cross-entropy")
right.contourf(*grid.T, regions.T, levels=[-0.5, 0.5, 1.5, 2.5], cmap="viridis", alpha=0.35)
right.scatter(*points.T, c=classes, s=9, cmap="viridis", edgecolors="black", linewidths=0.2)
right.set(aspect="equal", xticks=[], yticks=[])
fig.tight_layout()

# %% [markdown] lang="ru"
# ## 12. Задачи
#
# Теперь роли меняются: формулу выводите вы, а лента проверяет. В каждой задаче дана операция, и для
# скалярных потерь $\ell$ за ней надо найти градиенты по входам операции. Напишите ответ функцией на
# NumPy и запустите ячейку с проверкой под ней. Она подставит случайные числа и сравнит ваш ответ с
# автоматическим до восьмого знака.
#
# Что сказано в условии словами, в коде сказано docstring-ом: формы, нормировки, соглашения. Под
# проверкой свёрнут подробный вывод; откройте его после своей попытки, а не вместо неё.
#
# Рецепт один на все задачи: (1) запишите $d\ell = \langle\bar Y, dY\rangle$; (2) выразите $dY$
# через дифференциалы входов; (3) перебросьте множители, чтобы остался
# $\langle\,\cdot\,, dX\rangle$; (4) проверьте формы.

# %% [markdown] lang="en"
# ## 12. Problems
#
# Now the parts are exchanged: you derive the formula, and the tape does the checking. Each problem
# gives an operation; for a scalar loss $\ell$ behind it, find the gradients by the operation's
# inputs. Write the answer as a NumPy function and run the check in the cell below it. It
# substitutes random numbers and compares your answer with the automatic one to eight digits.
#
# What the problem says in words, the code says in a docstring: shapes, normalisation, conventions.
# Below the check a detailed derivation is folded away; open it after your own attempt, not instead
# of it.
#
# There is one recipe for all the problems: (1) write $d\ell = \langle\bar Y, dY\rangle$; (2)
# express $dY$ by the inputs' differentials; (3) move the factors so that
# $\langle\,\cdot\,, dX\rangle$ remains; (4) check the shapes.

# %% [markdown] lang="ru"
# ### Задача 1. Логистическая регрессия со сдвигом
#
# Метки $y_i\in\{-1,+1\}$, потери
#
# $$\ell(w, b) = \frac1N\sum_{i=1}^N \log\bigl(1 + e^{-m_i}\bigr),
# \qquad m_i = y_i\,(\langle w, x_i\rangle + b).$$
#
# Найдите $\partial\ell/\partial w$ и $\partial\ell/\partial b$. Ответ не должен переполняться, даже
# если отступ $m_i$ равен минус пяти тысячам.

# %% [markdown] lang="en"
# ### Problem 1. Logistic regression with a bias
#
# The labels are $y_i\in\{-1,+1\}$, the loss is
#
# $$\ell(w, b) = \frac1N\sum_{i=1}^N \log\bigl(1 + e^{-m_i}\bigr),
# \qquad m_i = y_i\,(\langle w, x_i\rangle + b).$$
#
# Find $\partial\ell/\partial w$ and $\partial\ell/\partial b$. The answer must not overflow even if
# a margin $m_i$ is minus five thousand.

# %% include="exercises:grad_logistic_regression"

# %% check="logistic"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# Обозначим $s_i = \langle w, x_i\rangle + b$, $m_i = y_i s_i$. Производная одного слагаемого:
#
# $$\frac{d}{dm}\log(1+e^{-m}) = \frac{-e^{-m}}{1+e^{-m}} = -\frac{1}{1+e^{m}} = -\sigma(-m).$$
#
# Последняя запись и есть лекарство от переполнения: `expit` считает $\sigma(-m)$ без
# $\infty/\infty$ при любом знаке. Дальше
#
# $$\frac{\partial\ell}{\partial s_i} = -\frac{1}{N}\,y_i\,\sigma(-m_i) =: g_i, \qquad d\ell =
# \sum_i g_i\,(\langle x_i, dw\rangle + db),$$
#
# $$\frac{\partial\ell}{\partial w} = X^\top g, \qquad \frac{\partial\ell}{\partial b} =
# \sum_i g_i.$$
#
# Читается это так: объект тянет веса к себе (со знаком метки) с силой $\sigma(-m_i)$, вероятностью
# ошибки на нём. Уверенно верные объекты почти не участвуют. А сдвиг – вес при постоянном признаке,
# равном единице: столбец единиц в $X^\top g$ и даёт сумму.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# Let $s_i = \langle w, x_i\rangle + b$ and $m_i = y_i s_i$. The derivative of one term is
#
# $$\frac{d}{dm}\log(1+e^{-m}) = \frac{-e^{-m}}{1+e^{-m}} = -\frac{1}{1+e^{m}} = -\sigma(-m).$$
#
# The last form is the remedy against overflow: `expit` computes $\sigma(-m)$ without
# $\infty/\infty$ for either sign. Further,
#
# $$\frac{\partial\ell}{\partial s_i} = -\frac{1}{N}\,y_i\,\sigma(-m_i) =: g_i, \qquad d\ell =
# \sum_i g_i\,(\langle x_i, dw\rangle + db),$$
#
# $$\frac{\partial\ell}{\partial w} = X^\top g, \qquad \frac{\partial\ell}{\partial b} =
# \sum_i g_i.$$
#
# It reads as follows: an example pulls the weights towards itself (with the sign of its label) with
# the force $\sigma(-m_i)$, the probability of a mistake on it. Examples that are confidently right
# hardly take part. And the bias is the weight of a constant feature equal to one: the column of
# ones in $X^\top g$ gives the sum.
#
# </details>

# %% [markdown] lang="ru"
# ### Задача 2. Полносвязный слой
#
# $Y = XW + b$, где $X\in\mathbb R^{N\times d_{in}}$, $W\in\mathbb R^{d_{in}\times d_{out}}$, а
# строка $b\in\mathbb R^{d_{out}}$ прибавлена к каждому объекту. Сверху пришёл $\bar Y$. Найдите
# $\bar X$, $\bar W$ и $\bar b$.

# %% [markdown] lang="en"
# ### Problem 2. A dense layer
#
# $Y = XW + b$, where $X\in\mathbb R^{N\times d_{in}}$, $W\in\mathbb R^{d_{in}\times d_{out}}$, and
# the row $b\in\mathbb R^{d_{out}}$ is added to every example. From above comes $\bar Y$. Find
# $\bar X$, $\bar W$ and $\bar b$.

# %% include="exercises:grad_dense"

# %% check="dense"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# $dY = dX\,W + X\,dW + \mathbf 1\,db$, где $\mathbf 1$ – столбец из $N$ единиц: так записывается
# broadcasting.
#
# $$d\ell = \operatorname{tr}\bigl(\bar Y^\top dX\,W\bigr) +
# \operatorname{tr}\bigl(\bar Y^\top X\,dW\bigr) +
# \operatorname{tr}\bigl(\bar Y^\top\mathbf 1\,db\bigr).$$
#
# След не меняется при циклической перестановке, $\operatorname{tr}(ABC) = \operatorname{tr}(CAB)$,
# и первое слагаемое равно $\operatorname{tr}(W\bar Y^\top dX) = \langle \bar Y W^\top, dX\rangle$.
# Так же поступим с остальными:
#
# $$\bar X = \bar Y W^\top, \qquad \bar W = X^\top\bar Y, \qquad \bar b = \mathbf 1^\top\bar Y =
# \sum_i \bar Y_{i\cdot}.$$
#
# Делить на $N$ здесь не надо: усреднение по батчу, если оно есть, живёт в потерях и уже учтено в
# $\bar Y$. Если правило забылось, его восстанавливают формы: из $\bar Y$ ($N\times d_{out}$) и $X$
# ($N\times d_{in}$) матрицу $d_{in}\times d_{out}$ можно собрать единственным способом.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# $dY = dX\,W + X\,dW + \mathbf 1\,db$, where $\mathbf 1$ is a column of $N$ ones: that is how
# broadcasting is written.
#
# $$d\ell = \operatorname{tr}\bigl(\bar Y^\top dX\,W\bigr) +
# \operatorname{tr}\bigl(\bar Y^\top X\,dW\bigr) +
# \operatorname{tr}\bigl(\bar Y^\top\mathbf 1\,db\bigr).$$
#
# A trace does not change under a cyclic shift, $\operatorname{tr}(ABC) = \operatorname{tr}(CAB)$,
# and the first term equals $\operatorname{tr}(W\bar Y^\top dX) = \langle \bar Y W^\top, dX\rangle$.
# The others are done likewise:
#
# $$\bar X = \bar Y W^\top, \qquad \bar W = X^\top\bar Y, \qquad \bar b = \mathbf 1^\top\bar Y =
# \sum_i \bar Y_{i\cdot}.$$
#
# There is nothing to divide by $N$ here: a mean over the batch, if there is one, lives in the loss
# and is already counted in $\bar Y$. If you forget the rule, the shapes restore it: there is only
# one way to make a $d_{in}\times d_{out}$ matrix of $\bar Y$ ($N\times d_{out}$) and $X$
# ($N\times d_{in}$).
#
# </details>

# %% [markdown] lang="ru"
# ### Задача 3. ReLU
#
# $Y_{ij} = \max(X_{ij}, 0)$. Найдите $\bar X$ по $\bar Y$. В нуле производной нет; договоримся
# брать ноль, как PyTorch. Не портите входные массивы.

# %% [markdown] lang="en"
# ### Problem 3. ReLU
#
# $Y_{ij} = \max(X_{ij}, 0)$. Find $\bar X$ from $\bar Y$. At zero there is no derivative; let us
# agree to take zero, as PyTorch does. Do not spoil the input arrays.

# %% include="exercises:grad_relu"

# %% check="relu"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# Функция поэлементная: $dY_{ij} = [X_{ij} > 0]\,dX_{ij}$, якобиан диагонален, и умножение на него –
# поэлементное произведение:
#
# $$\bar X = \bar Y \odot [X > 0].$$
#
# Условие стоит на **вход**, а не на градиент: отрицательный $\bar Y$ проходит без изменений. Любое
# число из $[0, 1]$ в нуле дало бы субградиент; важно лишь, чтобы соглашение было одно на всех, ведь
# точные нули встречаются чаще, чем кажется (нулевые сдвиги, пустые пиксели).
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# The function is elementwise: $dY_{ij} = [X_{ij} > 0]\,dX_{ij}$, the Jacobian is diagonal, and a
# product with it is elementwise:
#
# $$\bar X = \bar Y \odot [X > 0].$$
#
# The condition is on the **input**, not on the gradient: a negative $\bar Y$ passes unchanged. Any
# number of $[0, 1]$ would give a subgradient at zero; what matters is that all keep to one
# convention, for exact zeros are met more often than one thinks (zero biases, empty pixels).
#
# </details>

# %% [markdown] lang="ru"
# ### Задача 4. Log-softmax
#
# Для каждой строки $x$ матрицы логитов
#
# $$z_k = x_k - \log\sum_j e^{x_j}.$$
#
# По $\bar z$ найдите $\bar x$. Якобиан $K\times K$ строить не надо, а логиты могут измеряться
# тысячами.

# %% [markdown] lang="en"
# ### Problem 4. Log-softmax
#
# For each row $x$ of the matrix of logits
#
# $$z_k = x_k - \log\sum_j e^{x_j}.$$
#
# Find $\bar x$ from $\bar z$. There is no need to build the $K\times K$ Jacobian, and the logits
# may be in the thousands.

# %% include="exercises:grad_log_softmax"

# %% check="log-softmax"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# Производная $\log\sum_j e^{x_j}$ по $x_k$ равна $e^{x_k}/\sum_j e^{x_j} = p_k$, вероятности
# softmax. Поэтому $dz_k = dx_k - \langle p, dx\rangle$, и
#
# $$d\ell = \sum_k \bar z_k\,dx_k - \Bigl(\sum_k\bar z_k\Bigr)\langle p, dx\rangle \;\Rightarrow\;
# \bar x = \bar z - p\sum_k\bar z_k.$$
#
# То есть $\bar x = (I - p\mathbf 1^\top)\bar z$: вместо матрицы хватило одной суммы. Сложив
# компоненты, получим $\sum_k \bar x_k = 0$: сдвиг всех логитов на одно число ничего не меняет, и
# градиент ему ортогонален. Та же инвариантность позволяет вычесть из строки её максимум, и тогда ни
# одна экспонента не превысит единицы.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# The derivative of $\log\sum_j e^{x_j}$ by $x_k$ is $e^{x_k}/\sum_j e^{x_j} = p_k$, the softmax
# probabilities. So $dz_k = dx_k - \langle p, dx\rangle$, and
#
# $$d\ell = \sum_k \bar z_k\,dx_k - \Bigl(\sum_k\bar z_k\Bigr)\langle p, dx\rangle \;\Rightarrow\;
# \bar x = \bar z - p\sum_k\bar z_k.$$
#
# That is, $\bar x = (I - p\mathbf 1^\top)\bar z$: one sum stands in for a matrix. Adding up the
# components gives $\sum_k \bar x_k = 0$: shifting all logits by one number changes nothing, and the
# gradient is orthogonal to such a shift. By the same invariance one may subtract from a row its
# maximum, and then no exponential exceeds one.
#
# </details>

# %% [markdown] lang="ru"
# ### Задача 5. Кросс-энтропия
#
# $N$ объектов, логиты $x_i\in\mathbb R^K$, верные классы $c_i$:
#
# $$\ell = -\frac1N\sum_{i=1}^N \log\operatorname{softmax}(x_i)_{c_i}.$$
#
# Найдите $\partial\ell/\partial x$.

# %% [markdown] lang="en"
# ### Problem 5. Cross-entropy
#
# $N$ examples, logits $x_i\in\mathbb R^K$, right classes $c_i$:
#
# $$\ell = -\frac1N\sum_{i=1}^N \log\operatorname{softmax}(x_i)_{c_i}.$$
#
# Find $\partial\ell/\partial x$.

# %% include="exercises:grad_cross_entropy"

# %% check="cross-entropy"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# Потери – это log-softmax, из которого выбрали по одному элементу:
# $\bar z_{ik} = -\frac1N[k = c_i]$. Подставим в ответ предыдущей задачи, сумма по строке равна
# $-1/N$:
#
# $$\bar x_{ik} = -\frac1N[k=c_i] + \frac1N p_{ik} = \frac1N\bigl(p_{ik} - [k = c_i]\bigr).$$
#
# Вероятность минус правильный ответ – одна из самых красивых формул курса. Она ограничена: как бы
# ни ошиблась сеть, компоненты не больше $1/N$ по модулю, и при полной уверенности в неверном классе
# градиент не исчезает (сравните с квадратом ошибки после softmax). В коде единицу вычитают из пар
# индексов `grad[np.arange(N), labels]`; запись `grad[:, labels]` тронула бы целые столбцы.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# The loss is log-softmax with one element picked from each row: $\bar z_{ik} = -\frac1N[k = c_i]$.
# Substitute it in the answer to the previous problem; a row sums to $-1/N$:
#
# $$\bar x_{ik} = -\frac1N[k=c_i] + \frac1N p_{ik} = \frac1N\bigl(p_{ik} - [k = c_i]\bigr).$$
#
# Probability minus the right answer is one of the most beautiful formulas of the course. It is
# bounded: however wrong the network is, no component exceeds $1/N$ in modulus, and when it is fully
# sure of a wrong class the gradient does not vanish (compare a squared error after softmax). In
# code one is subtracted at pairs of indices, `grad[np.arange(N), labels]`; `grad[:, labels]` would
# touch whole columns.
#
# </details>

# %% [markdown] lang="ru"
# ### Задача 6. BatchNorm
#
# В обучении слой нормирует каждый признак по батчу (столбец $x\in\mathbb R^N$):
#
# $$\mu = \frac1N\sum_i x_i,\quad v = \frac1N\sum_i(x_i-\mu)^2,\quad s = \sqrt{v+\epsilon},\quad
# \hat x_i = \frac{x_i-\mu}{s},\quad y_i = \gamma\hat x_i + \beta.$$
#
# По $\bar y$ найдите $\bar x$, $\bar\gamma$, $\bar\beta$. Помните, что $\mu$ и $v$ сами зависят от
# $x$. Зачем слой нужен, расскажет следующий семинар; пока это хорошее упражнение на граф, где из
# входа ведут три пути.

# %% [markdown] lang="en"
# ### Problem 6. BatchNorm
#
# In training the layer normalises each feature over the batch (a column $x\in\mathbb R^N$):
#
# $$\mu = \frac1N\sum_i x_i,\quad v = \frac1N\sum_i(x_i-\mu)^2,\quad s = \sqrt{v+\epsilon},\quad
# \hat x_i = \frac{x_i-\mu}{s},\quad y_i = \gamma\hat x_i + \beta.$$
#
# Find $\bar x$, $\bar\gamma$, $\bar\beta$ from $\bar y$. Remember that $\mu$ and $v$ depend on $x$
# themselves. What the layer is for, the next seminar will tell; for now it is a good exercise on a
# graph in which three paths lead from the input.

# %% include="exercises:grad_batch_norm"

# %% check="batch-norm"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# Параметры просты: $dy_i = \hat x_i\,d\gamma + d\beta + \gamma\,d\hat x_i$, откуда
# $\bar\gamma = \sum_i\bar y_i\hat x_i$, $\bar\beta = \sum_i\bar y_i$ (снова сопряжённое к
# копированию) и $\bar{\hat x} = \gamma\bar y$.
#
# Теперь нормировка. Обозначим среднее по батчу угловыми скобками $\langle\cdot\rangle$.
# Дифференцируем по очереди:
#
# $$d\mu = \langle dx\rangle,
# \qquad dv = 2\langle (x-\mu)(dx - d\mu)\rangle = 2s\,\langle\hat x\,dx\rangle,$$
#
# ведь $\langle \hat x\rangle = 0$ и слагаемое с $d\mu$ пропало. Далее
# $ds = dv/(2s) = \langle\hat x\,dx\rangle$, и
#
# $$d\hat x_i = \frac{dx_i - d\mu}{s} - \frac{x_i-\mu}{s^2}\,ds = \frac1s\Bigl(dx_i -
# \langle dx\rangle - \hat x_i\,\langle\hat x\,dx\rangle\Bigr).$$
#
# Вот три пути: прямой, через среднее, через дисперсию. Оператор в скобках симметричен: это
# $I - \frac1N\mathbf 1\mathbf 1^\top - \frac1N\hat x\hat x^\top$, поэтому сопряжённый к нему – он
# сам, и ответ пишется сразу:
#
# $$\bar x = \frac{\gamma}{s}\Bigl(\bar y - \langle\bar y\rangle -
# \hat x\,\langle\hat x\,\bar y\rangle\Bigr).$$
#
# Смысл геометрический: из градиента вычтены составляющие вдоль $\mathbf 1$ и (почти целиком, с
# точностью до $\epsilon$) вдоль $\hat x$. Сдвинуть и растянуть признак бесполезно, нормировка всё
# вернёт, и градиент это знает.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# The parameters are simple: $dy_i = \hat x_i\,d\gamma + d\beta + \gamma\,d\hat x_i$, hence
# $\bar\gamma = \sum_i\bar y_i\hat x_i$, $\bar\beta = \sum_i\bar y_i$ (the adjoint of copying again)
# and $\bar{\hat x} = \gamma\bar y$.
#
# Now the normalisation. Let angle brackets $\langle\cdot\rangle$ denote the mean over the batch.
# Differentiate in turn:
#
# $$d\mu = \langle dx\rangle,
# \qquad dv = 2\langle (x-\mu)(dx - d\mu)\rangle = 2s\,\langle\hat x\,dx\rangle,$$
#
# for $\langle \hat x\rangle = 0$ and the term with $d\mu$ is gone. Then
# $ds = dv/(2s) = \langle\hat x\,dx\rangle$, and
#
# $$d\hat x_i = \frac{dx_i - d\mu}{s} - \frac{x_i-\mu}{s^2}\,ds = \frac1s\Bigl(dx_i -
# \langle dx\rangle - \hat x_i\,\langle\hat x\,dx\rangle\Bigr).$$
#
# Here are the three paths: direct, through the mean, through the variance. The operator in brackets
# is symmetric: it is $I - \frac1N\mathbf 1\mathbf 1^\top - \frac1N\hat x\hat x^\top$, so it is its
# own adjoint, and the answer can be written at once:
#
# $$\bar x = \frac{\gamma}{s}\Bigl(\bar y - \langle\bar y\rangle -
# \hat x\,\langle\hat x\,\bar y\rangle\Bigr).$$
#
# The meaning is geometric: the components along $\mathbf 1$ and (almost entirely, up to $\epsilon$)
# along $\hat x$ are subtracted from the gradient. It is useless to shift or to stretch a feature,
# the normalisation will undo it, and the gradient knows that.
#
# </details>

# %% [markdown] lang="ru"
# ### Задача 7. Три сопряжённых оператора
#
# Линейная операция $y = Ax$ в обратном режиме превращается в $\bar x = A^\top\bar y$. Матрицу $A$
# не строят никогда. Напишите $A^\top$ для трёх операций, которые встретятся на каждом шагу:
#
# 1. `unbroadcast` – сопряжённое к растяжению массива до большей формы: то, что делает лента после
#    каждого `+` и `*`;
# 2. `adjoint_gather` – к выбору строк `table[index]`: так устроен слой эмбеддингов, и одно слово
#    может встретиться в батче много раз;
# 3. `adjoint_cumsum` – к накопленной сумме.

# %% [markdown] lang="en"
# ### Problem 7. Three adjoint operators
#
# A linear operation $y = Ax$ becomes $\bar x = A^\top\bar y$ in reverse mode. The matrix $A$ is
# never built. Write $A^\top$ for three operations that are met at every step:
#
# 1. `unbroadcast`, adjoint to stretching an array to a larger shape: what the tape does after every
#    `+` and `*`;
# 2. `adjoint_gather`, adjoint to picking rows, `table[index]`: this is how an embedding layer
#    works, and a word may occur in a batch many times;
# 3. `adjoint_cumsum`, adjoint to a cumulative sum.

# %% include="exercises:unbroadcast exercises:adjoint_gather exercises:adjoint_cumsum"

# %% check="adjoints"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# **Растяжение.** Элемент, скопированный в несколько мест, влияет на ответ через каждое из них:
# $\bar x = \sum_{\text{копии}}\bar y$. NumPy выравнивает формы справа, поэтому новые оси стоят
# спереди (их суммируем и убираем), а растянутые оси имели длину 1 (суммируем, но оставляем:
# `keepdims=True`). Ось, которая имела длину 1 и осталась длины 1, суммировать безвредно.
#
# **Выбор строк.** $y_i = x_{k_i}$, то есть $A_{ik} = [k = k_i]$, и
# $\bar x_k = \sum_{i:\,k_i=k}\bar y_i$: выбор превращается в *рассыпание со сложением*.
# `grad[index] += g` читает, складывает и записывает весь набор сразу, так что из повторов выживает
# один. `np.add.at` складывает честно.
#
# **Накопленная сумма.** $y_t = \sum_{s\le t}x_s$, матрица $A$ – нижний треугольник единиц.
# Транспонированный треугольник верхний: $\bar x_s = \sum_{t\ge s}\bar y_t$, накопленная сумма с
# конца. Так градиент течёт по рекуррентной сети: прошлое собирает вклады всего будущего.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# **Stretching.** An element copied to several places acts on the answer through each of them:
# $\bar x = \sum_{\text{copies}}\bar y$. NumPy aligns shapes from the right, so new axes stand in
# front (they are summed over and dropped), and stretched axes were of length 1 (summed over but
# kept: `keepdims=True`). An axis that was of length 1 and stayed so may be summed over harmlessly.
#
# **Picking rows.** $y_i = x_{k_i}$, that is $A_{ik} = [k = k_i]$, and
# $\bar x_k = \sum_{i:\,k_i=k}\bar y_i$: a gather turns into a *scatter with addition*.
# `grad[index] += g` reads, adds and writes the whole set at once, so of repetitions one survives.
# `np.add.at` adds honestly.
#
# **A cumulative sum.** $y_t = \sum_{s\le t}x_s$, the matrix $A$ is a lower triangle of ones. The
# transposed triangle is an upper one: $\bar x_s = \sum_{t\ge s}\bar y_t$, a cumulative sum from the
# end. That is how a gradient flows through a recurrent network: the past collects what all the
# future brings.
#
# </details>

# %% [markdown] lang="ru"
# ### Задача 8. Гессиан, умноженный на вектор
#
# Для логистической регрессии без сдвига,
# $\ell(w) = \frac1N\sum_i\log(1+e^{-y_i\langle w,x_i\rangle})$, найдите $Hv = \nabla^2\ell(w)\,v$.
# Матрицу $d\times d$ строить нельзя: проверка меряет память.

# %% [markdown] lang="en"
# ### Problem 8. A Hessian times a vector
#
# For logistic regression without a bias,
# $\ell(w) = \frac1N\sum_i\log(1+e^{-y_i\langle w,x_i\rangle})$, find $Hv = \nabla^2\ell(w)\,v$. You
# may not build a $d\times d$ matrix: the check measures memory.

# %% include="exercises:hvp_logistic_regression"

# %% check="hvp"

# %% [markdown] lang="ru"
# <details><summary>Вывод</summary>
#
# Из задачи 1: $\nabla\ell = -\frac1N\sum_i y_i\,\sigma(-m_i)\,x_i$,
# $m_i = y_i\langle w, x_i\rangle$. Продифференцируем вдоль $v$, то есть прямым режимом:
# $\dot w = v$, $\dot m_i = y_i\langle x_i, v\rangle$, $\sigma' = \sigma(1-\sigma)$ и
#
# $$Hv = \frac1N\sum_i y_i\,\sigma(m_i)\,\sigma(-m_i)\,y_i\,\langle x_i, v\rangle\,x_i =
# \frac1N X^\top\bigl(c\odot (Xv)\bigr), \qquad c_i = \sigma(m_i)\bigl(1-\sigma(m_i)\bigr),$$
#
# так как $y_i^2 = 1$. Мы применили прямой режим поверх обратного; лента в `hvp` берёт обратный
# поверх обратного. Порядок скобок решает: $X^\top(c\odot(Xv))$ стоит $O(Nd)$, а
# $(X^\top\operatorname{diag}(c)X)v$ – $O(Nd^2)$ времени и $O(d^2)$ памяти. Все $c_i > 0$, поэтому
# $v^\top Hv \ge 0$: потери выпуклы.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Derivation</summary>
#
# From problem 1, $\nabla\ell = -\frac1N\sum_i y_i\,\sigma(-m_i)\,x_i$ with
# $m_i = y_i\langle w, x_i\rangle$. Differentiate along $v$, that is, in forward mode: $\dot w = v$,
# $\dot m_i = y_i\langle x_i, v\rangle$, $\sigma' = \sigma(1-\sigma)$, and
#
# $$Hv = \frac1N\sum_i y_i\,\sigma(m_i)\,\sigma(-m_i)\,y_i\,\langle x_i, v\rangle\,x_i =
# \frac1N X^\top\bigl(c\odot (Xv)\bigr), \qquad c_i = \sigma(m_i)\bigl(1-\sigma(m_i)\bigr),$$
#
# since $y_i^2 = 1$. We have put forward mode over reverse mode; the tape's `hvp` puts reverse over
# reverse. The order of brackets decides: $X^\top(c\odot(Xv))$ costs $O(Nd)$, while
# $(X^\top\operatorname{diag}(c)X)v$ costs $O(Nd^2)$ time and $O(d^2)$ memory. All $c_i > 0$, so
# $v^\top Hv \ge 0$: the loss is convex.
#
# </details>

# %% [markdown] lang="ru"
# ## Вопросы для самопроверки
#
# <details><summary>1. Почему нельзя получить точную производную, просто взяв шаг разности
# поменьше?</summary>
#
# Погрешность усечения убывает с шагом, а погрешность округления растёт как $u|f|/h$: вычитаются
# близкие числа, и верные цифры сокращаются. Сумма имеет минимум; для центральной разности он
# порядка $u^{2/3}\approx 10^{-11}$ и достигается при $h\sim 10^{-5}$.
#
# </details>
#
# <details><summary>2. У функции 10 входов и 10 000 выходов. Каким режимом считать
# якобиан?</summary>
#
# Прямым: 10 проходов вместо 10 000, и ленту хранить не нужно. Обратный режим хорош, когда выходов
# мало.
#
# </details>
#
# <details><summary>3. Почему в обратном проходе стоит «+=», а не «=»?</summary>
#
# Переменная может входить в несколько операций; по правилу цепочки вклады всех путей складываются.
# С `=` остался бы вклад последней по порядку обхода операции: для $x\cdot x$ получилось бы $x$
# вместо $2x$.
#
# </details>
#
# <details><summary>4. К слою X + b, где b формы (d,), пришёл градиент формы (N, d). Какой формы
# градиент по b и как он получен?</summary>
#
# Формы `(d,)`: градиент всегда имеет форму своего массива. Он просуммирован по оси объектов, потому
# что `b` был скопирован $N$ раз, а сопряжённое к копированию – сумма.
#
# </details>
#
# <details><summary>5. Чем отличаются no_grad() и detach()?</summary>
#
# `no_grad()` выключает запись для всех операций внутри блока. `detach()` отрезает от прошлого один
# тензор; операции с ним записываются, но дальше него градиент не пойдёт.
#
# </details>
#
# <details><summary>6. Из-за чего обучение требует намного больше памяти, чем применение
# сети?</summary>
#
# Из-за промежуточных результатов: они нужны локальным производным и живут до обратного прохода. При
# применении каждый слой можно забыть сразу. Контрольные точки возвращают большую часть этой памяти
# за один дополнительный прямой проход.
#
# </details>
#
# <details><summary>7. Численная проверка верного градиента ReLU-сети показала ошибку 30 % в одной
# координате. Что могло случиться?</summary>
#
# Точка попала к излому ближе, чем на шаг: разность захватила обе стороны. Смените случайную точку
# или уменьшите шаг. Если ошибка осталась той же при разных точках и шагах, виновата всё-таки
# формула. Ещё одна частая причина – проверка во `float32`.
#
# </details>
#
# <details><summary>8. Как получить произведение J v, имея только обратный режим?</summary>
#
# Произведение $g(u) = J^\top u$ линейно по $u$. Возьмём
# $\langle g(u), v\rangle = \langle u, Jv\rangle$ и продифференцируем по $u$ ещё одним обратным
# проходом: получится $Jv$, причём значение $u$ неважно. Это и есть трюк двойного обратного прохода,
# которым пользуется `jvp` библиотеки.
#
# </details>
#
# ## Что почитать
#
# - A. Griewank, A. Walther. *Evaluating Derivatives: Principles and Techniques of Algorithmic
#   Differentiation*, 2-е изд., SIAM, 2008 – главная книга: режимы, оценки сложности, контрольные
#   точки.
# - A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind. *Automatic Differentiation in
#   Machine Learning: a Survey*, JMLR 18 (2018) – обзор с историей.
# - W. Baur, V. Strassen. *The Complexity of Partial Derivatives*, Theoretical Computer Science 22
#   (1983) – принцип дешёвого градиента.
# - B. A. Pearlmutter. *Fast Exact Multiplication by the Hessian*, Neural Computation 6 (1994) –
#   откуда взялось $Hv$.
# - T. Chen, B. Xu, C. Zhang, C. Guestrin. *Training Deep Nets with Sublinear Memory Cost*, 2016 –
#   контрольные точки в обучении сетей.

# %% [markdown] lang="en"
# ## Self-check questions
#
# <details><summary>1. Why can't one get an exact derivative by just taking a smaller step of the
# difference?</summary>
#
# The truncation error falls with the step, but the rounding error grows like $u|f|/h$: close
# numbers are subtracted and right digits cancel. The sum has a minimum; for the central difference
# it is about $u^{2/3}\approx 10^{-11}$, reached at $h\sim 10^{-5}$.
#
# </details>
#
# <details><summary>2. A function has 10 inputs and 10,000 outputs. Which mode is right for its
# Jacobian?</summary>
#
# Forward: 10 passes instead of 10,000, and no tape to keep. Reverse mode is good when outputs are
# few.
#
# </details>
#
# <details><summary>3. Why does the reverse pass have “+=” and not “=”?</summary>
#
# A variable may enter several operations; by the chain rule the contributions of all paths add up.
# With `=` only that of the operation visited last would stay: for $x\cdot x$ one would get $x$
# instead of $2x$.
#
# </details>
#
# <details><summary>4. A gradient of shape (N, d) comes to the layer X + b with b of shape (d,). Of
# what shape is the gradient by b, and how is it made?</summary>
#
# Of shape `(d,)`: a gradient always has the shape of its array. It is summed over the axis of
# examples, because `b` was copied $N$ times and the adjoint of copying is a sum.
#
# </details>
#
# <details><summary>5. How do no_grad() and detach() differ?</summary>
#
# `no_grad()` switches recording off for all operations inside the block. `detach()` cuts one tensor
# off its past; operations with it are recorded, but no gradient goes beyond it.
#
# </details>
#
# <details><summary>6. Why does training take so much more memory than using a network?</summary>
#
# Because of the intermediate results: the local derivatives need them, and they live until the
# reverse pass. In use each layer can be forgotten at once. Checkpoints return most of this memory
# for one additional forward pass.
#
# </details>
#
# <details><summary>7. A numerical check of the right gradient of a ReLU network shows an error of
# 30 % in one coordinate. What may have happened?</summary>
#
# The point came nearer to a kink than the step: the difference took both sides. Draw another random
# point or make the step smaller. If the error stays the same for different points and steps, the
# formula is to blame after all. Another frequent cause is a check in `float32`.
#
# </details>
#
# <details><summary>8. How does one get the product J v having only reverse mode?</summary>
#
# The product $g(u) = J^\top u$ is linear in $u$. Take
# $\langle g(u), v\rangle = \langle u, Jv\rangle$ and differentiate it by $u$ with one more reverse
# pass: the result is $Jv$, and the value of $u$ does not matter. This is the double-backward trick
# that the library's `jvp` uses.
#
# </details>
#
# ## Further reading
#
# - A. Griewank, A. Walther. *Evaluating Derivatives: Principles and Techniques of Algorithmic
#   Differentiation*, 2nd ed., SIAM, 2008: the book on the subject, with modes, complexity bounds,
#   checkpoints.
# - A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind. *Automatic Differentiation in
#   Machine Learning: a Survey*, JMLR 18 (2018): a survey with the history.
# - W. Baur, V. Strassen. *The Complexity of Partial Derivatives*, Theoretical Computer Science 22
#   (1983): the cheap gradient principle.
# - B. A. Pearlmutter. *Fast Exact Multiplication by the Hessian*, Neural Computation 6 (1994):
#   where $Hv$ comes from.
# - T. Chen, B. Xu, C. Zhang, C. Guestrin. *Training Deep Nets with Sublinear Memory Cost*, 2016:
#   checkpoints in the training of networks.
