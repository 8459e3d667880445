# %% [markdown] lang="ru"
# # Свёртки, цикл обучения и перенос обучения
#
# Полносвязной сети всё равно, в каком порядке идут пиксели: перемешайте их одной и той же
# перестановкой во всех картинках, и она обучится так же. Нам с вами не всё равно. Свёртка — это
# способ рассказать сети то, что мы знаем о картинках заранее, и заплатить за это не параметрами, а
# их **отсутствием**.
#
# Сегодня: сама свёртка и её арифметика; что добавила каждая из сетей от LeNet до ResNet; цикл
# обучения, написанный один раз целиком; аугментация; перенос обучения. Данные — только те, что уже
# лежат на вашем диске: цифры 8×8 из scikit-learn и фотография из scikit-image. Каждое утверждение
# измеряет ячейка рядом с ним.

# %% [markdown] lang="en"
# # Convolutions, the training loop and transfer learning
#
# A fully connected network doesn't care about the order of the pixels: shuffle them by one and the
# same permutation in all pictures, and it learns just as well. You and I do care. A convolution is
# a way to tell the network what we know about pictures beforehand, and to pay for it not in
# parameters but in their **absence**.
#
# Today: the convolution itself and its arithmetic; what each network from LeNet to ResNet added;
# the training loop, written out once in full; augmentation; transfer learning. The data are only
# what lies on your disk already: digits of 8×8 pixels from scikit-learn and a photograph from
# scikit-image. Every claim is measured by the cell beside it.

# %%
import copy
import math
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import scipy.signal
import skimage.data
import torch
import torch.nn.functional as F  # noqa: N812 - everyone calls it F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.data import DataLoader

from praktikum.data import ImageExamples, ShiftAndFlip, digits
from praktikum.engine import (
    LoggingSettings,
    OptimiserSettings,
    ScheduleSettings,
    Step,
    Trainer,
    TrainerSettings,
    load_weights,
)
from praktikum.engine.schedule import lr_factor
from praktikum.vision import convolution
from praktikum.vision import receptive_field as fields
from praktikum.vision.resnet import ResNet
from praktikum.vision.small_cnn import SmallCNN
from praktikum.vision.transfer import discriminative_rates
from praktikum.vision.vgg import VGG

plt.rcParams.update({"figure.figsize": (9, 3.2), "figure.constrained_layout.use": True})
plt.rcParams.update({"axes.grid": True, "grid.alpha": 0.3})
torch.manual_seed(4)
print("torch", torch.__version__, "| numpy", np.__version__)

# %% [markdown] lang="ru"
# ## 1. Свёртка руками
#
# Положим на картинку окошко $k\times l$, перемножим числа в нём с числами ядра, сложим. Сдвинем
# окошко на пиксель, повторим:
#
# $$y_{o,i,j} = b_o + \sum_{c}\sum_{k}\sum_{l} w_{o,c,k,l}\; x_{c,\;i+k,\;j+l}.$$
#
# Каналы $c$ входа складываются, каждый канал $o$ выхода получает собственное ядро. Формула
# переписывается в код дословно — два цикла по местам окна, остальное делает NumPy.

# %% [markdown] lang="en"
# ## 1. A convolution by hand
#
# Lay a window of $k\times l$ pixels on the picture, multiply the numbers in it by those of the
# kernel, add up. Move the window by a pixel, repeat:
#
# $$y_{o,i,j} = b_o + \sum_{c}\sum_{k}\sum_{l} w_{o,c,k,l}\; x_{c,\;i+k,\;j+l}.$$
#
# The channels $c$ of the input are added up, each channel $o$ of the output gets a kernel of its
# own. The formula turns into code word for word: two loops over the places of the window, NumPy
# does the rest.


# %%
def conv2d_by_loops(image, weight):
    """Return (out_channels, out_height, out_width) for an image (channels, height, width)."""
    _, height, width = image.shape
    out_channels, _, k, l = weight.shape  # noqa: E741 - as in the formula
    output = np.empty((out_channels, height - k + 1, width - l + 1))
    for i, j in np.ndindex(*output.shape[1:]):
        window = image[:, i : i + k, j : j + l]
        output[:, i, j] = (weight * window).sum(axis=(1, 2, 3))
    return output


camera = skimage.data.camera().reshape(128, 4, 128, 4).mean(axis=(1, 3)) / 255  # 128×128, grey
sobel = np.outer([1, 2, 1], [-1, 0, 1])
kernels = {
    "mean of 3×3": np.full((3, 3), 1 / 9),
    "left edge +": sobel,
    "upper edge +": sobel.T,
    "brighter than around": np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
}
weight = np.stack(list(kernels.values()))[:, None].astype(float)  # (4, 1, 3, 3)
output = conv2d_by_loops(camera[None], weight)
theirs = F.conv2d(torch.from_numpy(camera)[None, None], torch.from_numpy(weight))[0].numpy()
print("input", camera[None].shape, "→ output", output.shape)
print(f"largest difference from torch: {np.abs(output - theirs).max():.1e}")

figure, axes = plt.subplots(1, 5, figsize=(12, 2.7))
for axis, (name, picture) in zip(
    axes, {"input": camera, **dict(zip(kernels, output, strict=True))}.items(), strict=True
):
    axis.imshow(picture, cmap="gray")
    axis.set_title(name, fontsize=9)
    axis.set_axis_off()
plt.show()

# %% [markdown] lang="ru"
# До обучаемых ядер оставалось немного: Собель (1968) выписал свои числа, а сеть подберёт их сама.
#
# Педант заметит, что это не свёртка, а **взаимная корреляция**: настоящая свёртка сначала
# переворачивает ядро. Для обучаемого ядра разницы нет — сеть выучит перевёрнутое. Но если вы
# сравниваете с SciPy или переносите готовый фильтр, разница есть.
#
# А теперь вытянем картинку в вектор. Свёртка линейна, значит, это умножение на матрицу. На какую?
# Спросим её саму, подавая по очереди единичные векторы (для наглядности — в одномерном случае).

# %% [markdown] lang="en"
# Trained kernels were not far off: Sobel (1968) wrote his numbers down, a network finds its own.
#
# A pedant will remark that this is no convolution but a **cross-correlation**: a true convolution
# flips the kernel first. For a trained kernel it makes no difference: the network learns the
# flipped one. But if you compare with SciPy or take over a given filter, there is one.
#
# Now let us unroll the picture into a vector. A convolution is linear, so it is a multiplication by
# a matrix. By which? We ask it, feeding unit vectors one by one (in one dimension, to see better).

# %%
both = [
    scipy.signal.correlate2d(camera, sobel, "valid"),
    scipy.signal.convolve2d(camera, sobel, "valid"),
    scipy.signal.convolve2d(camera, sobel[::-1, ::-1], "valid"),
]
for name, answer in zip(("correlate2d", "convolve2d", "convolve2d, flipped"), both, strict=True):
    print(f"{name:20} equals ours: {np.allclose(answer, output[1])}")

taps = torch.tensor([[[1.0, -2.0, 0.5]]], dtype=torch.float64)


def as_matrix(size, **geometry):
    units = torch.eye(size, dtype=torch.float64)[:, None]  # a batch of unit vectors
    return F.conv1d(units, taps, **geometry)[:, 0].T  # (out, in)


settings = [{}, {"padding": 1}, {"stride": 2}, {"dilation": 2}]
figure, axes = plt.subplots(1, 4, figsize=(12, 2.9))
for axis, geometry in zip(axes, settings, strict=True):
    matrix = as_matrix(12, **geometry)
    axis.imshow(matrix.numpy(), cmap="RdBu", vmin=-2, vmax=2)
    axis.set_title(f"{geometry or 'plain'}: {tuple(matrix.shape)}", fontsize=9)
    axis.grid(visible=False)
plt.show()

matrix = as_matrix(12)
signal = torch.randn(1, 1, 12, dtype=torch.float64, requires_grad=True)
upstream = torch.randn(1, 1, 10, dtype=torch.float64)
F.conv1d(signal, taps).backward(upstream)
print(f"dense layer 12 → 10: {matrix.numel()} weights, of which {matrix.count_nonzero()} not zero,")
print(f"and of these {len(matrix[matrix != 0].unique())} different")
print(
    "gradient by the input is the transposed matrix:",
    torch.allclose(signal.grad[0, 0], matrix.T @ upstream[0, 0]),
)

# %% [markdown] lang="ru"
# Свёрточный слой — это полносвязный, у которого почти все веса обнулены, а оставшиеся приравнены
# друг другу по диагоналям. Обратный проход умножает на ту же матрицу, но транспонированную: на
# следующем семинаре она станет самостоятельным слоем.
#
# ### Эквивариантность и где она кончается
#
# Одинаковые диагонали значат: сдвинули вход — сдвинулся выход, $f(Tx)=Tf(x)$. Но это обещание
# держится не везде. Сдвинем фотографию по кругу и сравним две стороны равенства: вдали от края,
# у края (дополнение нулями) и после слоёв с шагом.

# %% [markdown] lang="en"
# A convolutional layer is a dense one with nearly all weights set to zero and the rest made equal
# along the diagonals. The backward pass multiplies by the same matrix transposed: in the next
# seminar it will become a layer in its own right.
#
# ### Equivariance, and where it ends
#
# Equal diagonals mean: shift the input, and the output shifts, $f(Tx)=Tf(x)$. But the promise
# doesn't hold everywhere. Let us shift the photograph in a circle and compare the two sides of the
# equation: far from the border, at the border (zero padding), and after layers with a stride.

# %%
photograph = torch.from_numpy(camera)[None, None]
filters = torch.from_numpy(weight)


def shifted(x, pixels):
    return torch.roll(x, pixels, dims=-1)


layers = {
    "conv 3×3, padding 1": (lambda x: F.conv2d(x, filters, padding=1), 1),
    "the same, stride 2": (lambda x: F.conv2d(x, filters, padding=1, stride=2), 2),
    "max-pooling 2×2": (lambda x: F.max_pool2d(x, 2), 2),
}
print("shift: layer                |f(Tx) − Tf(x)| inside,   at the border")
for pixels in (1, 2):
    for name, (layer, stride) in layers.items():
        expected = shifted(layer(photograph), pixels // stride)
        error = (layer(shifted(photograph, pixels)) - expected).abs()
        inside, border = error[..., 4:-4, 4:-4].max(), error.max()
        print(f"{pixels}:     {name:20} {inside:23.1e} {border:16.1e}")

# %% [markdown] lang="ru"
# Вдали от края свёртка эквивариантна точно. Слой с шагом 2 переживает только **чётные** сдвиги;
# нечётный даёт другие числа. Поэтому классификатор, у которого пять таких слоёв, устойчив к сдвигу
# не по построению, а лишь настолько, насколько выучил, — к этому мы вернёмся в разделе об
# аугментации.
#
# ## 2. Арифметика размеров
#
# Ядро $k$ с разрежением (*dilation*) $d$ накрывает $d(k-1)+1$ пикселей. Картинка с дополнением
# имеет $n+2p$. Первое окно стоит у края, каждое следующее — на $s$ дальше:
#
# $$n' = \left\lfloor \frac{n + 2p - d(k-1) - 1}{s} \right\rfloor + 1.$$
#
# Пол — не мелочь: при $s>1$ крайние пиксели могут не попасть ни в одно окно, и слой их просто не
# видит. На рисунке точки внизу — вход (серые — дополнение), вверху — выход, линии — кто кого видит.

# %% [markdown] lang="en"
# Far from the border a convolution is equivariant exactly. A layer with a stride of 2 survives only
# **even** shifts; an odd one gives other numbers. So a classifier with five such layers is robust
# to shifts not by construction, but only as far as it has learnt to be; we come back to it in the
# section on augmentation.
#
# ## 2. The arithmetic of sizes
#
# A kernel of $k$ with dilation $d$ covers $d(k-1)+1$ pixels. A padded picture has $n+2p$. The first
# window stands at the edge, each further one $s$ pixels on:
#
# $$n' = \left\lfloor \frac{n + 2p - d(k-1) - 1}{s} \right\rfloor + 1.$$
#
# The floor is no trifle: with $s>1$ the last pixels may get into no window at all, and the layer
# just doesn't see them. In the picture the dots below are the input (grey: padding), those above
# the output, and lines say who sees whom.

# %%
geometries = [
    {"kernel": 3},
    {"kernel": 3, "padding": 1},
    {"kernel": 3, "stride": 2},
    {"kernel": 3, "padding": 2, "dilation": 2},
]
figure, axes = plt.subplots(1, 4, figsize=(12, 2.2))
for axis, geometry in zip(axes, geometries, strict=True):
    size = 8
    k, s = geometry["kernel"], geometry.get("stride", 1)
    p, d = geometry.get("padding", 0), geometry.get("dilation", 1)
    outputs = convolution.output_size(size, **geometry)
    same = F.conv1d(torch.ones(1, 1, size), torch.ones(1, 1, k), None, s, p, d).shape[-1]
    pixels = np.arange(-p, size + p)
    axis.scatter(
        pixels,
        np.zeros(len(pixels)),
        c=np.where((pixels < 0) | (pixels >= size), 0.7, 0),
        cmap="gray",
        vmin=0,
        vmax=1,
        zorder=2,
    )
    seen = set()
    for out in range(outputs):
        looks = [out * s - p + d * tap for tap in range(k)]
        middle = sum(looks) / k
        axis.plot([middle] * k, [1] * k, "o", color="C1", zorder=2)
        for pixel in looks:
            axis.plot([pixel, middle], [0, 1], color=f"C{out % 3}", lw=0.8)
        seen.update(looks)
    unseen = sorted(set(range(size)) - seen)
    axis.set_title(", ".join(f"{key} {value}" for key, value in geometry.items()), fontsize=9)
    axis.set_axis_off()
    print(f"{size} → {outputs} (torch: {same}), unseen pixels: {unseen or 'none'}  {geometry}")
plt.show()

# %% [markdown] lang="ru"
# Полезно помнить три частных случая: $s=1$, $p=\frac{d(k-1)}{2}$ сохраняет размер (потому ядра и
# нечётные); $k=s$ режет картинку на плитки без перекрытий; $k=1$ смешивает только каналы.
#
# ### Сколько это стоит
#
# Слой с $C$ каналами на входе и $C'$ на выходе хранит $C'Ck^2$ весов, а умножений делает столько же
# **на каждый пиксель выхода**. Если каналы разбить на группы, каждая группа видит только своих;
# в пределе групп столько же, сколько каналов (*depthwise*), и тогда смешивает каналы отдельная
# свёртка 1×1. Посчитаем для слоя 64 → 64 на карте 32×32 и заодно сравним скорость трёх способов
# вычислить одно и то же: циклы, матричное умножение из нашей библиотеки (напишете его в упражнении)
# и PyTorch.

# %% [markdown] lang="en"
# Three special cases are worth remembering: $s=1$, $p=\frac{d(k-1)}{2}$ keeps the size (which is
# why kernels are odd); $k=s$ cuts the picture into tiles that don't overlap; $k=1$ mixes channels
# only.
#
# ### What it costs
#
# A layer with $C$ channels in and $C'$ out holds $C'Ck^2$ weights, and makes as many
# multiplications **for each output pixel**. If the channels are split into groups, each group sees
# its own alone; in the extreme there are as many groups as channels (*depthwise*), and then a
# separate 1×1 convolution does the mixing. Let us count for a layer 64 → 64 on a map of 32×32, and
# also compare the speed of three ways to compute the same thing: loops, the matrix product of our
# library (you'll write it in an exercise) and PyTorch.

# %%
dense = (64 * 32 * 32) ** 2
costs = {
    "dense": (dense, dense),
    "conv 5×5": (64 * 64 * 25, 64 * 64 * 25 * 32 * 32),
    "conv 3×3": (64 * 64 * 9, 64 * 64 * 9 * 32 * 32),
    "depthwise 3×3 + 1×1": (64 * 9 + 64 * 64, (64 * 9 + 64 * 64) * 32 * 32),
    "conv 1×1": (64 * 64, 64 * 64 * 32 * 32),
}
for name, (weights, products) in costs.items():
    print(f"{name:20} {weights:13,} weights {products:14,} multiplications")
separable = nn.Sequential(
    nn.Conv2d(64, 64, 3, padding=1, groups=64, bias=False), nn.Conv2d(64, 64, 1, bias=False)
)
print("torch agrees on depthwise + 1×1:", sum(p.numel() for p in separable.parameters()))

image, weight = np.random.default_rng(0).random((1, 8, 40, 40)), np.ones((8, 8, 3, 3))
ways = {
    "loops": lambda: conv2d_by_loops(image[0], weight)[None],
    "one matrix product": lambda: convolution.conv2d(image, weight),
    "torch": lambda: F.conv2d(torch.from_numpy(image), torch.from_numpy(weight)).numpy(),
}
for name, way in ways.items():
    times = []
    for _ in range(3):
        start = time.perf_counter()
        answer = way()
        times.append(time.perf_counter() - start)
    print(f"{name:19} {1e3 * min(times):8.2f} ms, sum {answer.sum():.6f}")

# %% [markdown] lang="ru"
# ## 3. Рецептивное поле
#
# От каких пикселей картинки зависит один пиксель глубокого слоя? Идём от картинки вглубь и помним
# два числа: размер поля $r$ и шаг $j$ — на сколько пикселей картинки отстоят друг от друга взгляды
# соседей. Слой прибавляет к полю свои $d(k-1)$ промежутков, каждый длиной $j$:
#
# $$r' = r + d\,(k-1)\,j,\qquad j' = s\,j.$$
#
# Формуле можно не верить: производная выхода по пикселю либо тождественный ноль, либо нет. Возьмём
# положительные веса, чтобы слагаемые не сократились, и посчитаем пиксели с ненулевым градиентом.

# %% [markdown] lang="en"
# ## 3. The receptive field
#
# On which pixels of the picture does one pixel of a deep layer depend? We go from the picture into
# the depth with two numbers in mind: the size of the field $r$ and the jump $j$, how many pixels of
# the picture lie between what two neighbours look at. A layer adds its $d(k-1)$ gaps to the field,
# each of length $j$:
#
# $$r' = r + d\,(k-1)\,j,\qquad j' = s\,j.$$
#
# There's no need to trust the formula: the derivative of the output by a pixel is either
# identically zero or it isn't. We take positive weights, so that no terms cancel, and count the
# pixels with a gradient.


# %%
def conv(kernel=3, stride=1, dilation=1):
    return nn.Conv2d(1, 1, kernel, stride, dilation * (kernel - 1) // 2, dilation, bias=False)


def gradient_map(model, side=65):
    """Return |d (middle output pixel) / d (picture)|."""
    picture = torch.rand(1, 1, side, side, requires_grad=True)
    output = model(picture)
    output[0, 0, output.shape[2] // 2, output.shape[3] // 2].backward()
    return picture.grad[0, 0].abs()


stacks = {
    "one 7×7": [conv(7)],
    "three 3×3": [conv() for _ in range(3)],
    "3×3 at stride 2, three times": [conv(stride=2) for _ in range(3)],
    "3×3, dilation 1, 2, 4": [conv(dilation=d) for d in (1, 2, 4)],
}
for name, layers in stacks.items():
    model = nn.Sequential(*layers)
    for layer in layers:
        nn.init.constant_(layer.weight, 1.0)
    rows = gradient_map(model).sum(dim=1).nonzero()
    measured = (rows.max() - rows.min() + 1).item()
    field = fields.receptive_field(fields.windows_of(model))
    parameters = sum(p.numel() for p in model.parameters())
    print(
        f"{name:29} measured {measured:2}, by formula {field.size:2}, "
        f"jump {field.jump}, weights {parameters}"
    )

# %% [markdown] lang="ru"
# Три ядра 3×3 видят столько же, сколько одно 7×7, а весов у них 27 против 49 (и вдобавок между ними
# помещаются две нелинейности) — на этом соображении построена VGG. Шаг и разрежение растят поле
# экспоненциально: первый — ценой разрешения, второе — не платя ничем, кроме дыр.
#
# Но «зависит» не значит «заметно зависит». Путей к центральному пикселю поля гораздо больше, чем
# к угловому, — их число биномиально, и карта градиента при случайных весах похожа на гауссиану
# ширины $\sim\sqrt{\text{глубины}}$ ([Luo et al., 2016](https://arxiv.org/abs/1701.04128)). Это
# *эффективное* рецептивное поле.

# %% [markdown] lang="en"
# Three 3×3 kernels see as much as one 7×7, with 27 weights against 49 (and room for two
# nonlinearities between them): VGG is built on this consideration. Stride and dilation make the
# field grow exponentially: the former at the price of resolution, the latter at no price but holes.
#
# But “depends” doesn't mean “depends noticeably”. There are many more paths to the central pixel of
# the field than to the corner one: their number is binomial, and with random weights the map of the
# gradient looks like a Gaussian of width $\sim\sqrt{\text{depth}}$ ([Luo et al.,
# 2016](https://arxiv.org/abs/1701.04128)). This is the *effective* receptive field.

# %%
figure, axes = plt.subplots(1, 3, figsize=(9, 3))
for axis, depth in zip(axes, (5, 10, 20), strict=True):
    total = torch.zeros(65, 65)
    for seed in range(8):
        torch.manual_seed(seed)
        first, *rest = (nn.Conv2d(c, 8, 3, padding=1) for c in (1, *[8] * (depth - 1)))
        squares = gradient_map(nn.Sequential(first, *rest)) ** 2
        total += squares / squares.sum()
    energy = total.flatten().sort(descending=True).values.cumsum(0) / total.sum()
    side = (energy < 0.95).sum().sqrt()
    axis.imshow(total.sqrt().numpy(), cmap="magma")
    half, middle = depth + 0.5, 32
    corner = (middle - half, middle - half)
    axis.add_patch(plt.Rectangle(corner, 2 * half, 2 * half, fill=False, color="w"))
    axis.set_title(f"{depth} layers: sees {2 * depth + 1}²", fontsize=9)
    axis.set_axis_off()
    print(f"{depth:2} layers: field {2 * depth + 1}², 95 % of the energy in about {side:.0f}²")
plt.show()

# %% [markdown] lang="ru"
# ## 4. От LeNet до ResNet
#
# Посмотрим, что добавила каждая из сетей. Самим картинкам ImageNet здесь делать нечего: устройство
# `meta` (с ним вы знакомы с прошлого семинара) считает формы без данных, и хук на каждом слое
# сложит параметры и умножения.
#
# - **LeNet-5** (1998): свёртка — уменьшение — свёртка — уменьшение — полносвязные слои. Весь план
#   уже здесь.
# - **AlexNet** (2012): тот же план, но ReLU вместо tanh, Dropout, аугментация — и видеокарты.
# - **VGG-16** (2014): только 3×3, зато много; глубина как главный ингредиент.
# - **ResNet** (2015): BatchNorm, среднее по пикселям вместо полносвязных слоёв — и короткие пути.

# %% [markdown] lang="en"
# ## 4. From LeNet to ResNet
#
# Let us see what each of the networks added. No picture of ImageNet is needed for that: the `meta`
# device (you know it from the last seminar) computes shapes without data, and a hook on each layer
# adds up parameters and multiplications.
#
# - **LeNet-5** (1998): convolve, reduce, convolve, reduce, dense layers. The whole plan is here.
# - **AlexNet** (2012): the same plan, but ReLU for tanh, Dropout, augmentation, and graphics cards.
# - **VGG-16** (2014): nothing but 3×3, and many of them; depth as the main ingredient.
# - **ResNet** (2015): BatchNorm, a mean over pixels instead of dense layers, and short ways.


# %%
def lenet5(n_classes=10):
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(),
        nn.Linear(84, n_classes),
    )  # fmt: skip


def alexnet(n_classes=1000):
    """All on one card: Krizhevsky, “One weird trick for parallelizing CNNs”, 2014."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten(),
        nn.Dropout(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
        nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, n_classes),
    )  # fmt: skip


def cost(model, shape):
    """Return parameters, those of them in dense layers, multiplications for one picture."""
    products = []

    def count(layer, _inputs, output):
        products.append(layer.weight.numel() * math.prod(output.shape[2:]))

    layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    for layer in layers:
        layer.register_forward_hook(count)
    model.eval()(torch.empty(1, *shape, device="meta"))
    in_dense = sum(m.weight.numel() for m in layers if isinstance(m, nn.Linear))
    return sum(p.numel() for p in model.parameters()), in_dense, sum(products)


with torch.device("meta"):
    zoo = {
        "LeNet-5": (lenet5(), (1, 32, 32), 5),
        "AlexNet": (alexnet(), (3, 224, 224), 8),
        "VGG-16": (VGG(16, batch_norm=False), (3, 224, 224), 16),
        "ResNet-18": (ResNet(18), (3, 224, 224), 18),
        "ResNet-50": (ResNet(50), (3, 224, 224), 50),
    }
figure, axis = plt.subplots(figsize=(6, 3.2))
for name, (model, shape, depth) in zoo.items():
    parameters, in_dense, products = cost(model, shape)
    print(
        f"{name:9} {depth:2} layers {parameters:12,} parameters ({in_dense / parameters:4.0%} "
        f"in dense layers) {products / 1e9:9.4f}·10⁹ multiplications"
    )
    axis.loglog(parameters, products, "o")
    axis.annotate(name, (parameters, products), xytext=(5, -4), textcoords="offset points")
axis.set(xlabel="parameters", ylabel="multiplications", xlim=(3e4, 1e9))
plt.show()

# %% [markdown] lang="ru"
# Девять десятых весов AlexNet и VGG сидят в полносвязных слоях, а почти все умножения — в
# свёртках. ResNet заменила этот хвост средним по пикселям: параметров в пять с лишним раз меньше,
# чем у VGG, при втрое большей глубине, и входная картинка может быть любого размера.
#
# ## 5. Зачем короткие пути
#
# Глубже — не всегда лучше, и дело не в переобучении: у слишком глубокой обычной сети больше ошибка
# **на обучении**. Хотя решение заведомо существует: лишние слои могли бы просто повторять вход.
# Остаточный блок делает «повторить вход» бесплатным: $y = x + f(x)$. Тогда
#
# $$\frac{\partial y}{\partial x} = I + \frac{\partial f}{\partial x},$$
#
# и в произведении якобианов по слоям всегда есть слагаемое $I$ — дорога, на которой градиент никто
# не умножает. Измерим норму градиента по весам каждого слоя сети до обучения.

# %% [markdown] lang="en"
# Nine tenths of the weights of AlexNet and VGG sit in dense layers, and nearly all multiplications
# in convolutions. ResNet replaced this tail by a mean over pixels: more than five times fewer
# parameters than VGG at three times the depth, and the input picture may have any size.
#
# ## 5. What short ways are for
#
# Deeper isn't always better, and overfitting has no part in it: a plain network that is too deep
# has a larger error **on the training set**. Yet a solution is known to exist: the extra layers
# could just repeat their input. A residual block makes “repeat the input” free: $y = x + f(x)$.
# Then
#
# $$\frac{\partial y}{\partial x} = I + \frac{\partial f}{\partial x},$$
#
# and in the product of Jacobians over layers there's always the term $I$, a road on which no one
# multiplies the gradient. Let us measure the norm of the gradient by the weights of each layer,
# before training.


# %%
class Layer(nn.Module):
    """ReLU of a 3×3 convolution, with or without BatchNorm and the short way."""

    def __init__(self, width, residual, norm):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1, bias=not norm)
        self.norm = nn.BatchNorm2d(width) if norm else nn.Identity()
        self.residual = residual

    def forward(self, x):
        y = torch.relu(self.norm(self.conv(x)))
        return x + y if self.residual else y


def chain(depth, residual, norm, width=8):
    torch.manual_seed(0)
    middle = [Layer(width, residual, norm) for _ in range(depth)]
    head = [nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * width, 10)]
    return nn.Sequential(nn.Conv2d(1, width, 3, padding=1), *middle, *head)


def scaled(images):
    """Bytes to numbers from −1 to 1."""
    return torch.as_tensor(images).float() / 127.5 - 1


splits = digits()
train_images, train_labels = scaled(splits.train.images), torch.from_numpy(splits.train.labels)
test_images, test_labels = scaled(splits.test.images), torch.from_numpy(splits.test.labels)

figure, axes = plt.subplots(1, 2)
for axis, norm in zip(axes, (False, True), strict=True):
    for residual in (False, True):
        for depth, style in ((10, "-"), (40, "--")):
            model = chain(depth, residual, norm)
            F.cross_entropy(model(train_images[:64]), train_labels[:64]).backward()
            norms = [
                layer.conv.weight.grad.norm().item() for layer in model if hasattr(layer, "conv")
            ]
            kind = "residual" if residual else "plain"
            axis.semilogy(
                np.linspace(0, 1, depth),
                norms,
                style,
                color=f"C{int(residual)}",
                label=f"{kind}, {depth} layers",
            )
            print(
                f"{'BatchNorm' if norm else 'no norm':9} {kind:8} {depth} layers: "
                f"first {norms[0]:.1e}, last {norms[-1]:.1e}, ratio {norms[0] / norms[-1]:.1e}"
            )
    axis.set(title="with BatchNorm" if norm else "without", xlabel="place in the network")
axes[0].set_ylabel("norm of the gradient")
axes[0].legend(fontsize=8)
plt.show()

# %% [markdown] lang="ru"
# Без нормировки градиент обычной сети из сорока слоёв гаснет на семнадцать порядков; с BatchNorm
# — наоборот, **растёт** к первым слоям в сотни раз (нормировка при прямом проходе сжимает сигнал,
# а при обратном, значит, растягивает). Короткий путь без нормировки градиент выравнивает, но
# раздувает вместе с сигналом: слагаемые копятся. Вместе с BatchNorm разница между первым и
# последним слоями — меньше порядка. Теперь обучим сети с BatchNorm, мелкую и глубокую.

# %% [markdown] lang="en"
# Without normalisation the gradient of a plain network of forty layers fades by seventeen orders of
# magnitude; with BatchNorm, on the contrary, it **grows** towards the first layers some hundreds of
# times (what normalising compresses on the way forward, it stretches on the way back). The short
# way without normalisation levels the gradient, but blows it up together with the signal: the terms
# pile up. Together with BatchNorm, first and last layer are only less than one order apart. Now let
# us train the networks with BatchNorm, a shallow one and a deep one.


# %%
def fit(model, images, labels, steps, lr, batch_size=32, seed=0, groups=None, augment=None):
    """Train by AdamW along one cycle; return the loss of every step."""
    groups = groups or [{"params": [p for p in model.parameters() if p.requires_grad], "lr": lr}]
    optimizer = torch.optim.AdamW(groups, lr=lr)
    peak = [group["lr"] for group in optimizer.param_groups]
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak, total_steps=steps, cycle_momentum=False
    )
    rng, losses = np.random.default_rng(seed), []
    model.train()
    for _ in range(steps):
        chosen = rng.permutation(len(labels))[:batch_size]
        batch = images[chosen] if augment is None else augment(images[chosen], rng)
        loss = F.cross_entropy(model(batch), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    return (model(images).argmax(dim=1) == labels).float().mean().item()


figure, axis = plt.subplots(figsize=(6, 3.2))
for residual in (False, True):
    for depth, style in ((4, "-"), (32, "--")):
        losses = fit(chain(depth, residual, norm=True), train_images, train_labels, 70, 0.005)
        kind = "residual" if residual else "plain"
        smooth = np.convolve(losses, np.ones(5) / 5, "valid")
        axis.plot(smooth, style, color=f"C{int(residual)}", label=f"{kind}, {depth} layers")
        print(
            f"{kind:8} {depth:2} layers: training loss of the last 10 steps "
            f"{np.mean(losses[-10:]):.3f}"
        )
axis.set(xlabel="step", ylabel="training loss (mean of 5)", yscale="log")
axis.legend()
plt.show()

# %% [markdown] lang="ru"
# Без коротких путей тридцать два слоя обучаются хуже четырёх — **на обучающей** выборке. С ними
# лишняя глубина почти не вредит, а дальше её уже можно обращать в пользу.
#
# ## 6. Цикл обучения целиком
#
# Пять строк шага вы писали на прошлом семинаре. Всё остальное, что есть в настоящем цикле, — про
# то, чтобы обучению можно было **верить** и чтобы его можно было **продолжить**:
#
# - порядок данных — функция от (seed, номер эпохи), а не от того, что было раньше;
# - расписание темпа: разогрев, затем ступенька вниз в десять раз каждые две эпохи;
# - обрезка градиента по норме: один неудачный батч не унесёт веса в бесконечность;
# - проверка после каждой эпохи: `eval`, `no_grad`, среднее по **объектам**, а не по батчам;
# - чекпойнт: веса, оптимизатор, номер эпохи; пишется под временным именем и переименовывается,
#   чтобы убитый процесс не оставил половину файла;
# - лучшая эпоха выбирается по проверке, а тестовая выборка не участвует ни в чём.

# %% [markdown] lang="en"
# Without short ways thirty-two layers are trained worse than four, on the **training** set. With
# them the extra depth does hardly any harm, and from there on it can be put to use.
#
# ## 6. The training loop in full
#
# The five lines of a step you wrote in the last seminar. All the rest of a real loop is there so
# that a training run can be **believed** and can be **gone on with**:
#
# - the order of data is a function of (seed, number of the epoch), not of what has happened before;
# - a schedule of the rate: a warm-up, then a tenfold step down every two epochs;
# - clipping by norm: one unlucky batch won't carry the weights off to infinity;
# - validation after each epoch: `eval`, `no_grad`, a mean over **examples**, not over batches;
# - a checkpoint: weights, optimiser, number of the epoch; written under a temporary name and
#   renamed, so that a killed process doesn't leave half a file;
# - the best epoch is chosen on validation data, and the test set takes no part in anything.


# %%
class EpochOrder:
    """Batches of indices in an order that depends on the seed and the epoch alone."""

    def __init__(self, size, batch_size, seed):
        self.size, self.batch_size, self.seed, self.epoch = size, batch_size, seed, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        return math.ceil(self.size / self.batch_size)

    def __iter__(self):
        order = np.random.default_rng([self.seed, self.epoch]).permutation(self.size).tolist()
        for start in range(0, self.size, self.batch_size):
            yield order[start : start + self.batch_size]


EPOCHS, LR, CLIP, WARMUP_SHARE = 4, 0.01, 2.0, 0.2

valid_part, train_part = splits.train.split(200, np.random.default_rng(0))
train_set = ImageExamples(train_part, ShiftAndFlip(shift=1), seed=0)  # shifted at random, see 8
train_loader = DataLoader(train_set, batch_sampler=EpochOrder(len(train_set), 64, seed=0))
valid_loader = DataLoader(ImageExamples(valid_part), batch_size=128)
n_updates = EPOCHS * len(train_loader)
n_warmup = round(WARMUP_SHARE * n_updates)


def rate_factor(update):
    if update < n_warmup:
        return (update + 1) / (n_warmup + 1)
    return 0.1 ** (update // (2 * len(train_loader)))


def new_model():
    torch.manual_seed(0)
    return SmallCNN(n_classes=10, in_channels=1, width=8)


def new_optimizer(model):
    # Kernels first, then biases and BatchNorm, as the Trainer has them: the norm of the gradient
    # is a sum, and the last bits of a sum of floats depend on the order of the terms.
    parameters = sorted(model.parameters(), key=lambda parameter: parameter.ndim == 1)
    return torch.optim.AdamW(parameters, lr=LR, weight_decay=0.0)


@torch.no_grad()
def validate(model, loader):
    """Return the mean loss and the accuracy over all examples."""
    model.eval()
    loss = right = 0.0
    for images, labels in loader:
        logits = model(scaled(images))
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        right += (logits.argmax(dim=1) == labels).sum().item()
    return loss / len(loader.dataset), right / len(loader.dataset)


def save(path, **state):
    """Write whole or not at all: the renaming is atomic."""
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    temporary.replace(path)


def train(model, folder, stop_after=EPOCHS):
    """Train to the end, or to the end of an epoch; go on from last.pt if there is one."""
    optimizer, history, best, first = new_optimizer(model), [], math.inf, 0
    if (folder / "last.pt").exists():
        state = torch.load(folder / "last.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        history, best, first = state["history"], state["best"], state["epoch"]
    update = first * len(train_loader)
    for epoch in range(first, stop_after):
        train_set.set_epoch(epoch)
        train_loader.batch_sampler.set_epoch(epoch)
        model.train()
        for images, labels in train_loader:
            for group in optimizer.param_groups:
                group["lr"] = LR * rate_factor(update)
            loss = F.cross_entropy(model(scaled(images)), labels)
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], CLIP)
            optimizer.step()
            history.append((loss.item(), norm.item(), group["lr"]))
            update += 1
        valid_loss, valid_accuracy = validate(model, valid_loader)
        if valid_loss < best:
            best = valid_loss
            save(folder / "best.pt", model=model.state_dict())
        save(
            folder / "last.pt",
            model=model.state_dict(),
            optimizer=optimizer.state_dict(),
            history=history,
            best=best,
            epoch=epoch + 1,
        )
        print(f"epoch {epoch + 1}: valid loss {valid_loss:.4f}, accuracy {valid_accuracy:.1%}")
    return history


by_hand = new_model()
with tempfile.TemporaryDirectory() as folder:
    history = train(by_hand, Path(folder))
    print("files:", sorted(path.name for path in Path(folder).iterdir()))

figure, axes = plt.subplots(1, 3, figsize=(11, 2.8))
for axis, values, name in zip(
    axes, np.transpose(history), ("loss", "norm of the gradient", "rate"), strict=True
):
    axis.plot(values)
    axis.set(title=name, xlabel="update")
axes[0].set_yscale("log")
axes[1].axhline(CLIP, color="k", ls="--", lw=1, label="clipped above")
axes[1].legend()
plt.show()
print(f"clipped: {np.mean(np.array(history)[:, 1] > CLIP):.0%} of the updates")

# %% [markdown] lang="ru"
# Теперь прервём обучение посередине и продолжим в новом «процессе» — с новой моделью и новым
# оптимизатором. Если чекпойнт хранит всё, что влияет на будущее, веса совпадут **до бита**. А чтобы
# увидеть, что проверка не пустая, забудем один раз состояние оптимизатора.

# %% [markdown] lang="en"
# Now let us interrupt the training midway and go on in a new “process”, with a new model and a new
# optimiser. If the checkpoint holds all that has a say in the future, the weights will agree **to
# the bit**. And to see that the test is not an empty one, let us once forget the optimiser's state.


# %%
def same(first, second):
    states = first.state_dict(), second.state_dict()
    return all(torch.equal(states[0][name], states[1][name]) for name in states[0])


for forgotten in (None, "optimizer"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "last.pt"
        train(new_model(), Path(folder), stop_after=2)
        state = torch.load(path, weights_only=True)
        if forgotten:
            state[forgotten] = new_optimizer(new_model()).state_dict()
            save(path, **state)
        resumed = new_model()
        train(resumed, Path(folder))
    print(f"forgotten: {forgotten}; bit for bit as without the stop: {same(resumed, by_hand)}")

# %% [markdown] lang="ru"
# ## 7. То же самое — одним вызовом
#
# Второй раз этот цикл мы писать не будем: в `praktikum.engine` он лежит один на весь курс. От
# задачи ему нужна одна функция — `objective(model, batch)`, возвращающая потери и метрики; всё
# остальное — значения.

# %% [markdown] lang="en"
# ## 7. The same, in one call
#
# We won't write this loop a second time: `praktikum.engine` holds one for the whole course. Of the
# task it needs one function, `objective(model, batch)`, which returns the loss and the metrics; all
# the rest are values.


# %%
def objective(model, batch):
    images, labels = batch
    logits = model(scaled(images))
    right = (logits.argmax(dim=1) == labels).float().mean()
    return Step(F.cross_entropy(logits, labels), len(labels), {"accuracy": right})


settings = TrainerSettings(
    epochs=EPOCHS,
    clip_norm=CLIP,
    optimiser=OptimiserSettings("adamw", lr=LR, weight_decay=0.0),
    schedule=ScheduleSettings("step", warmup=WARMUP_SHARE, step_every=2, step_factor=0.1),
    logging=LoggingSettings(progress=False, scalars=False, hyperparameters=False, pictures=False),
)
by_trainer = new_model()
with tempfile.TemporaryDirectory() as folder:
    trainer = Trainer(settings, Path(folder))
    result = trainer.fit(by_trainer, train_loader, valid_loader, objective)
    print("files:", sorted(path.name for path in Path(folder).iterdir()))
    load_weights(Path(folder) / "best.pt", best := new_model())
for epoch in result.epochs:
    values = epoch.valid
    print(
        f"epoch {epoch.epoch}: valid loss {values['loss']:.4f}, accuracy {values['accuracy']:.1%}"
    )
print("bit for bit the weights of the loop by hand:", same(by_trainer, by_hand))
print(f"test accuracy of the best epoch: {accuracy(best, test_images, test_labels):.1%}")

figure, axis = plt.subplots(figsize=(7, 2.8))
for schedule in (
    ScheduleSettings("constant", warmup=0.1),
    ScheduleSettings("step", warmup=0.1, step_every=3, step_factor=0.3),
    ScheduleSettings("cosine", warmup=0.1),
    ScheduleSettings("one-cycle"),
):
    factors = [lr_factor(schedule, update, 100, 10) for update in range(100)]
    axis.plot(factors, label=schedule.name)
axis.set(xlabel="update (10 an epoch)", ylabel="share of the full rate")
axis.legend(fontsize=8)
plt.show()

# %% [markdown] lang="ru"
# Совпадение до бита — не фокус, а следствие: тот же порядок данных, те же случайные сдвиги (они
# зависят от seed, эпохи и номера объекта, а не от очереди вызовов), те же формулы в том же порядке.
# Зато теперь в придачу есть накопление, EMA, bf16, остановка по терпению и TensorBoard.
#
# Почему почти все расписания начинаются с разогрева? У Adam в первые шаги оценка второго момента
# сделана по нескольким градиентам, и шаг по каждой координате близок к полному темпу, каким бы
# случайным ни был знак.
#
# ## 8. Аугментация
#
# Свёрточная сеть эквивариантна к сдвигам лишь отчасти (раздел 1), к поворотам и яркости — никак.
# Чего нет в устройстве, тому можно научить данными: показывать каждый раз чуть другую картинку **с
# тем же ответом**. Правило одно: преобразование не должно менять класс. Отражение безвредно для
# котиков и вредно для цифр. Возьмём по десять примеров на класс и проверим оба.

# %% [markdown] lang="en"
# Agreement to the bit is no trick but a consequence: the same order of data, the same random shifts
# (they depend on the seed, the epoch and the example's number, not on the order of calls), the same
# formulas in the same order. And now accumulation, EMA, bf16, patience and TensorBoard come free.
#
# Why do nearly all schedules begin with a warm-up? In its first steps Adam estimates the second
# moment by a few gradients, and the step in each coordinate is close to the full rate, however
# accidental its sign is.
#
# ## 8. Augmentation
#
# A convolutional network is equivariant to shifts only in part (section 1), and to turns and
# brightness not at all. What isn't in the architecture can be taught by data: show a slightly
# different picture each time, **with the same answer**. There is one rule: the change must not
# change the class. A mirror does no harm to cats and much harm to digits. Let us take ten examples
# of each class and try both.

# %%
changes = {
    "none": ShiftAndFlip(),
    "shift": ShiftAndFlip(shift=1),
    "flip": ShiftAndFlip(flip=True),
}
rng = np.random.default_rng(0)
figure, axes = plt.subplots(2, 8, figsize=(10, 2.6))
for row, name in zip(axes, ("shift", "flip"), strict=True):
    for axis, index in zip(row, (0, 0, 0, 0, 9, 9, 9, 9), strict=True):
        axis.imshow(changes[name](splits.train.images[index], rng)[0], cmap="gray_r")
        axis.set_axis_off()
    row[0].set_title(name, fontsize=9, loc="left")
plt.show()


def augmented(change):
    def augment(images, rng):
        return torch.from_numpy(np.stack([change(image, rng) for image in images.numpy()]))

    return augment


shifted_images = torch.cat([torch.roll(test_images, by, dims=3) for by in (-1, 1)])
twice = torch.cat([test_labels] * 2)
print("augmentation  test: as it is   moved by a pixel")
for name, change in changes.items():
    scores = []
    for seed in range(3):
        few, _ = splits.train.per_class(10, np.random.default_rng(seed))
        torch.manual_seed(seed)
        model = SmallCNN(10, 1, width=8)
        fit(
            model,
            scaled(few.images),
            torch.from_numpy(few.labels),
            60,
            0.01,
            seed=seed,
            augment=augmented(change),
        )
        scores.append(
            (accuracy(model, test_images, test_labels), accuracy(model, shifted_images, twice))
        )
    plain, moved = np.mean(scores, axis=0)
    print(f"{name:13} {plain:16.1%} {moved:18.1%}")

# %% [markdown] lang="ru"
# На сдвинутом тесте разница огромна, на нетронутом сдвиги не помогают: цифры в нём и так по центру,
# а учить теперь надо больше. Аугментация окупается там, где обещает то, что и правда встретится.
# Отражение вредит: место в сети уходит на картинки, которых в тесте нет. Проверку и тест не аугментируют: иначе вы
# измеряете не модель, а её вместе с преобразованием.
#
# ## 9. Перенос обучения
#
# Размеченных картинок по три на класс, зато есть сеть, обученная на похожих. Что с ней делать?
# Сеть — это ступени и линейная голова, и вариантов три:
#
# - **linear probing**: заморозить все ступени, обучить голову;
# - **дообучение** (*fine-tuning*) с замороженными первыми ступенями;
# - дообучение целиком, но с **разным темпом**: ранние ступени почти готовы, поэтому учатся
#   медленнее, темп ступени — доля $\eta$ от темпа следующей.
#
# Исходная сеть умеет читать чистые цифры. Новых задач две: те же цифры под сильным шумом (рядом) и
# негатив с шумом (далеко).

# %% [markdown] lang="en"
# On the shifted test set the difference is huge; on the untouched one shifts don't help: its digits
# are centred anyway, and now there is more to learn. Augmentation pays where it promises what will
# really be met. A mirror does harm: room in the network goes to pictures that the test set doesn't
# have. Validation and test data are
# not augmented: otherwise you measure not the model but the model together with the change.
#
# ## 9. Transfer learning
#
# There are three labelled pictures of each class, but also a network trained on similar ones. What
# to do with it? A network is stages and a linear head, and there are three ways:
#
# - **linear probing**: freeze all stages, train the head;
# - **fine-tuning** with the first stages frozen;
# - fine-tuning of everything, but at **different rates**: early stages are nearly ready, so they
#   learn more slowly; the rate of a stage is a share $\eta$ of that of the next.
#
# The network we start from can read clean digits. There are two new tasks: the same digits under
# strong noise (near), and their negative with noise (far).

# %%
torch.manual_seed(0)
source = SmallCNN(10, 1, width=8)
fit(source, train_images, train_labels, 200, 0.01, batch_size=64)
print(f"source network, clean digits: {accuracy(source, test_images, test_labels):.1%}")


def noisy(images, seed):
    return images + 0.6 * torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))


domains = {
    "near: noise": noisy,
    "far: negative and noise": lambda images, seed: noisy(-images, seed),
}
figure, axes = plt.subplots(2, 10, figsize=(10, 2.2))
for row, (name, domain) in zip(axes, domains.items(), strict=True):
    for axis, picture in zip(row, domain(test_images[:10], 1), strict=True):
        axis.imshow(picture[0].numpy(), cmap="gray_r", vmin=-1.5, vmax=1.5)
        axis.set_axis_off()
    score = accuracy(source, domain(test_images, 1), test_labels)
    row[0].set_title(f"{name}; the source network as it is: {score:.1%}", fontsize=9, loc="left")
plt.show()


def transferred(method, images, labels, seed):
    """Train for the new task from `source` (or from scratch) with few labels."""
    torch.manual_seed(seed)
    model = SmallCNN(10, 1, width=8)
    groups = None
    if method != "from scratch":
        model.load_state_dict(source.state_dict())
        model.replace_head(10)
    if method.startswith("frozen"):
        model.freeze(int(method.split()[1]))
    if method == "rates ×0.5":
        groups = [
            {"params": stage.parameters, "lr": 0.01 * stage.scale}
            for stage in discriminative_rates(model, decay=0.5)
        ]
    fit(model, images, labels, 40, 0.01, seed=seed, groups=groups)
    return model


methods = ("from scratch", "frozen 0", "frozen 1", "frozen 2", "frozen 3", "rates ×0.5")
results = {}
for name, domain in domains.items():
    new_test = domain(test_images, 1)
    for method in methods:
        scores = []
        for seed in range(3):
            few, _ = splits.train.per_class(3, np.random.default_rng(seed))
            images = domain(scaled(few.images), 100 + seed)
            model = transferred(method, images, torch.from_numpy(few.labels), seed)
            scores.append(accuracy(model, new_test, test_labels))
        results[name, method] = np.mean(scores), np.std(scores, ddof=1)

print(f"{'3 labels a class, 3 seeds':26}", *(f"{method:>13}" for method in methods))
for name in domains:
    cells = (f"{mean:6.1%} ±{spread:5.1%}" for mean, spread in (results[name, m] for m in methods))
    print(f"{name:26}", *cells)

figure, axis = plt.subplots(figsize=(7, 3))
for color, name in zip(("C0", "C1"), domains, strict=True):
    means, spreads = np.transpose([results[name, f"frozen {n}"] for n in range(4)])
    axis.errorbar(range(4), means, spreads, fmt="o-", color=color, capsize=3, label=name)
    axis.axhline(results[name, "from scratch"][0], color=color, ls="--", lw=1)
    axis.plot(-0.25, results[name, "rates ×0.5"][0], "*", ms=11, color=color)
axis.set(xlabel="frozen stages (3: linear probe)", ylabel="test accuracy", xticks=range(4))
axis.set_title("dashed: from scratch; star: all stages, rates ×0.5", fontsize=9)
axis.legend(fontsize=8)
plt.show()

# %% [markdown] lang="ru"
# Две задачи — два противоположных совета. Рядом с исходной задачей признаки уже хороши, и чем
# меньше мы их трогаем, тем лучше: тридцать картинок скорее испортят ступени, чем исправят. Далеко
# от неё признаки чужие: голова поверх них почти ничего не может, и лучше отпустить почти все
# ступени — даже тогда начать с обученных весов выгоднее, чем со случайных. Разный темп — середина
# между «заморозить» и «отпустить». Поэтому и не существует правила «сколько ступеней заморозить»:
# это гиперпараметр, и выбирают его на проверке.
#
# ### Заморозить — это не только `requires_grad_(False)`
#
# У BatchNorm есть состояние, которое меняется **без градиента**. Заморозим ступени двумя способами,
# «обучим» голову на тех же цифрах в другом масштабе, $4x+2$, и спросим сеть о прежних с её прежней
# головой.

# %% [markdown] lang="en"
# Two tasks, two opposite pieces of advice. Near the old task the features are good already, and the
# less we touch them the better: thirty pictures will sooner spoil the stages than mend them. Far
# from it the features are foreign: a head on top can do next to nothing, and it's better to let nearly all
# stages go; even then trained weights are a better start than random ones. Different rates are the
# middle between freezing and letting go. That's why there is no rule for how many stages to freeze:
# it is a hyperparameter, chosen on validation data.
#
# ### To freeze is more than `requires_grad_(False)`
#
# BatchNorm has a state that changes **without a gradient**. Let us freeze the stages in two ways,
# “train” a head on the same digits in another scale, $4x+2$, and ask the network about the former
# ones with its old head.

# %%
for way in ("requires_grad_(False) alone", "freeze(3): eval mode too"):
    model = copy.deepcopy(source)
    if way.startswith("freeze"):
        model.freeze(3)
    else:
        for stage in model.stages():
            stage.requires_grad_(False)
    old_head = copy.deepcopy(model.fc)
    fit(model, 4 * train_images + 2, train_labels, 20, 0.01)
    frozen_weight = model.blocks[0][0].weight
    model.fc = old_head
    print(
        f"{way:28} kernels unchanged: {torch.equal(frozen_weight, source.blocks[0][0].weight)}, "
        f"clean digits: {accuracy(model, test_images, test_labels):.1%}"
    )

# %% [markdown] lang="ru"
# Ни одно ядро не изменилось, голова прежняя, а сеть разучилась. Второе, что легко забыть при
# переносе: картинки нужно подавать в том масштабе, к которому сеть привыкла. Чужие среднее и
# дисперсия не вызывают ошибки — только тихо портят ответ.
#
# ## Что унести с собой
#
# - Свёртка — полносвязный слой с общими и нулевыми весами; эквивариантность точна внутри картинки и
#   при шаге 1.
# - Поле зрения растят глубина, шаг и разрежение; заметно влияет лишь его середина.
# - Короткий путь не делает сеть сильнее на бумаге, он делает её **обучаемой**.
# - Цикл обучения верен, если прерванный и продолженный запуск даёт те же биты.
# - Аугментация — утверждение о том, что не меняет ответ; проверяйте его на данных.
# - Чем дальше новая задача, тем меньше замораживают. BatchNorm замораживают отдельно.
#
# ## Вопросы для самопроверки
#
# Сначала ответьте, потом раскрывайте.

# %% [markdown] lang="en"
# Not one kernel has changed, the head is the old one, and the network has unlearnt its trade.
# Another thing easily forgotten in transfer: pictures must be fed in the scale that the network is
# used to. A foreign mean and deviation raise no error; they just quietly spoil the answer.
#
# ## What to take away
#
# - A convolution is a dense layer with shared and zero weights; its equivariance is exact inside of
#   the picture and at a stride of 1.
# - Depth, stride and dilation make the field of view grow; only its middle has a noticeable say.
# - A short way doesn't make a network stronger on paper, it makes it **trainable**.
# - A training loop is right if a run interrupted and resumed gives the same bits.
# - Augmentation is a claim about what doesn't change the answer; test it on data.
# - The further the new task, the less is frozen. BatchNorm has to be frozen by itself.
#
# ## Self-check questions
#
# Answer first, then unfold.

# %% [markdown] lang="ru"
# <details><summary>1. Свёртка 7×7 с шагом 2 и дополнением 3 получает 224 пикселя. Сколько выйдет?
# Все ли пиксели входа увидены?</summary>
#
# $\lfloor(224+6-7)/2\rfloor+1 = 112$. Последнее окно начинается с $111\cdot2-3=219$ и кончается на
# 225: все пиксели до 223-го увидены, а из трёх столбцов дополнения справа пригодились два.
#
# </details>
#
# <details><summary>2. Зачем нужна свёртка 1×1, если она не смотрит на соседей?</summary>
#
# Она смешивает каналы: это полносвязный слой, применённый в каждом пикселе отдельно. Ею дёшево
# меняют число каналов — перед дорогой свёрткой 3×3 и на коротком пути.
#
# </details>
#
# <details><summary>3. Почему сеть из одних свёрток 3×3 без нелинейностей — это одна свёртка?
# Какого размера при десяти слоях?</summary>
#
# Композиция линейных эквивариантных отображений линейна и эквивариантна (вдали от края). Поле
# растёт на два пикселя за слой: одно ядро $21\times21$.
#
# </details>
#
# <details><summary>4. VGG-16 обучалась на картинках 224×224. Почему её нельзя применить к 320×240
# без переделки, а ResNet можно?</summary>
#
# Первый полносвязный слой VGG ждёт ровно $512\cdot7\cdot7$ чисел. ResNet берёт среднее по всем
# пикселям последней карты, сколько бы их ни было. (Слой, приводящий карту к 7×7, спасает и VGG.)
#
# </details>
#
# <details><summary>5. В остаточной ветви последнему BatchNorm ставят γ = 0. Чему равен блок в
# начале обучения и что с градиентом?</summary>
#
# Если после суммы ничего не стоит, блок тождествен: сигнал и градиент проходят без изменений, какой
# бы глубокой ни была сеть. Веса внутри ветви на первом шаге градиента не получают, а сама γ получает, и со второго
# шага оживает вся ветвь.
#
# </details>
#
# <details><summary>6. Проверочная выборка: 100 объектов, батчи по 64. Среднее двух средних точностей
# — 0,75, а вы знаете, что на первом батче точность 1. Какова точность?</summary>
#
# На втором батче из 36 объектов точность 0,5. Верных $64+18=82$ из ста: 0,82, а не 0,75. Среднее
# средних даёт объекту маленького батча больший вес.
#
# </details>
#
# <details><summary>7. Обучение прервали после эпохи и продолжили с весами из чекпойнта, но без
# состояния AdamW. Что увидите?</summary>
#
# Моменты начнутся с нуля, и поправка на смещение сделает первые шаги почти полного размера по
# каждой координате: при большом темпе — скачок потерь, при малом — просто другая траектория (так
# и вышло в разделе 6). Если сначала начнётся и расписание, разогрев повторится, а темп будет не тот.
#
# </details>
#
# <details><summary>8. Можно ли один раз посчитать признаки и обучать голову на них, если включена
# аугментация?</summary>
#
# Нет: признаки посчитаны для одной версии картинки. Либо отказаться от аугментации, либо сохранить
# признаки нескольких версий, либо прогонять ступени заново на каждой эпохе.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>1. A 7×7 convolution with stride 2 and padding 3 gets 224 pixels. How many come
# out? Are all pixels of the input seen?</summary>
#
# $\lfloor(224+6-7)/2\rfloor+1 = 112$. The last window begins at $111\cdot2-3=219$ and ends at 225:
# all pixels up to 223 are seen, and of the three columns of padding on the right two are used.
#
# </details>
#
# <details><summary>2. What is a 1×1 convolution for, if it doesn't look at neighbours?</summary>
#
# It mixes channels: it is a dense layer applied in each pixel on its own. It changes the number of
# channels cheaply, before an expensive 3×3 convolution and on the short way.
#
# </details>
#
# <details><summary>3. Why is a network of nothing but 3×3 convolutions without nonlinearities one
# convolution? Of which size, with ten layers?</summary>
#
# A composition of linear equivariant maps is linear and equivariant (far from the border). The
# field grows by two pixels a layer: one kernel of $21\times21$.
#
# </details>
#
# <details><summary>4. VGG-16 was trained on pictures of 224×224. Why can't it be applied to 320×240
# as it is, while ResNet can?</summary>
#
# VGG's first dense layer expects exactly $512\cdot7\cdot7$ numbers. ResNet takes the mean over all
# pixels of the last map, however many there are. (A layer that brings the map to 7×7 saves VGG,
# too.)
#
# </details>
#
# <details><summary>5. The last BatchNorm of a residual branch is given γ = 0. What is the block at
# the start of training, and what about the gradient?</summary>
#
# If nothing comes after the sum, the block is the identity: signal and gradient pass unchanged,
# however deep the network. The weights inside the branch get no gradient in the first step, but γ
# itself does, and from the second step on the whole branch is alive.
#
# </details>
#
# <details><summary>6. A validation set of 100 examples, batches of 64. The mean of the two mean
# accuracies is 0.75, and you know that on the first batch it is 1. What is the accuracy?</summary>
#
# On the second batch, of 36 examples, it is 0.5. So $64+18=82$ of a hundred are right: 0.82, not
# 0.75. A mean of means gives an example of a small batch more weight.
#
# </details>
#
# <details><summary>7. A run was stopped after an epoch and resumed with the checkpoint's weights,
# but without the state of AdamW. What will you see?</summary>
#
# The moments start from zero, and the bias correction makes the first steps of nearly full size in
# each coordinate: at a high rate a jump of the loss, at a low one just another trajectory (as in
# section 6). If the schedule starts anew as well, the warm-up repeats and the rate is wrong.
#
# </details>
#
# <details><summary>8. Can one compute the features once and train a head on them, if augmentation
# is on?</summary>
#
# No: the features are those of one version of the picture. Either do without augmentation, or keep
# the features of several versions, or run the stages again in each epoch.
#
# </details>

# %% [markdown] lang="ru"
# ## Упражнения
#
# Девять функций с вырезанными телами. Что именно написать, сказано в docstring; под ними — ячейки с
# проверкой.
#
# ### 1. Размеры туда и обратно
#
# Пол в формуле размера необратим: одному выходу отвечает несколько входов. На следующем семинаре
# это станет неприятностью, когда картинку придётся увеличивать обратно.

# %% [markdown] lang="en"
# ## Exercises
#
# Nine functions with their bodies cut out. What to write is said in the docstring; below them are
# cells that check it.
#
# ### 1. Sizes there and back
#
# The floor in the formula of sizes can't be undone: several inputs have the same output. In the
# next seminar this becomes a nuisance, when the picture has to be enlarged again.

# %% include="exercises:input_sizes exercises:receptive_field"

# %% check="geometry"

# %% [markdown] lang="ru"
# ### 2. Свёртка одним умножением матриц
#
# Так её и считают: ради одного большого умножения не жалко скопировать каждый пиксель девять раз.

# %% [markdown] lang="en"
# ### 2. A convolution as one matrix product
#
# This is how it is computed in earnest: for one large product it's worth copying each pixel nine
# times.

# %% include="exercises:conv2d"

# %% check="conv2d"

# %% [markdown] lang="ru"
# ### 3. Остаточный блок с предактивацией
#
# В первом ResNet после суммы стоит ReLU, и тождества нет. Через полгода авторы переставили слои.

# %% [markdown] lang="en"
# ### 3. A residual block with pre-activation
#
# In the first ResNet a ReLU stands after the sum, so there's no identity. A few months later its
# authors put the layers in another order.

# %% include="exercises:PreActivationBlock"

# %% check="residual"

# %% [markdown] lang="ru"
# ### 4. Один шаг по нескольким батчам
#
# Большой батч не помещается в память? Сложите градиенты нескольких маленьких. Только осторожно с
# тем, чей вес каков и когда обрезать.

# %% [markdown] lang="en"
# ### 4. One step over several batches
#
# A large batch doesn't fit into memory? Add up the gradients of several small ones. But mind whose
# weight is what, and when to clip.

# %% include="exercises:accumulated_step"

# %% check="step"

# %% [markdown] lang="ru"
# ### 5. Разогрев и косинус
#
# Самое распространённое расписание последних лет — три строки, в которых удобно ошибиться на
# единицу.

# %% [markdown] lang="en"
# ### 5. Warm-up and cosine
#
# The most widespread schedule of recent years: three lines in which it's easy to be off by one.

# %% include="exercises:warmup_cosine"

# %% check="schedule"

# %% [markdown] lang="ru"
# ### 6. Mixup: картинки, которых не было
#
# Аугментация, которая нарочно меняет ответ — вместе с картинкой и в той же пропорции.

# %% [markdown] lang="en"
# ### 6. Mixup: pictures that never were
#
# An augmentation that changes the answer on purpose, together with the picture and in the same
# proportion.

# %% include="exercises:mixup"

# %% check="mixup"

# %% [markdown] lang="ru"
# ### 7. Заморозить по-настоящему
#
# Чтобы следующий `state_dict` замороженных ступеней не отличался ни в одном бите.

# %% [markdown] lang="en"
# ### 7. To freeze in earnest
#
# So that the next `state_dict` of the frozen stages doesn't differ in a single bit.

# %% include="exercises:freeze_stages"

# %% check="freeze"

# %% [markdown] lang="ru"
# ### 8. Каждой ступени свой темп
#
# Темп — по глубине, штраф на веса — по числу осей параметра.

# %% [markdown] lang="en"
# ### 8. To each stage its own rate
#
# The rate goes by depth, weight decay by the number of a parameter's axes.

# %% include="exercises:parameter_groups"

# %% check="rates"
