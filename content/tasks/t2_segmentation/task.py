# %% [markdown] lang="ru"
# # Задание 2. Сегментация изображений
#
# Сеть должна найти на картинке людей: для каждого пикселя сказать, человек это или фон. Вы пройдёте
# весь путь: файлы на диске, аугментации, функция потерь, метрика, две архитектуры, опыты с логами и
# выводы по ним. Цикл обучения писать не нужно: он есть в библиотеке, и сеть, потери и данные
# передаются ему как значения.
#
# | часть | что нужно сделать | баллы | кто оценивает |
# |---|---|---|---|
# | 1 | теория: предположения свёртки; арифметика двух слоёв | 0,5 + 0,5 | преподаватель |
# | 2 | набор фотографий с масками | 1 | проверки |
# | 3 | аугментации изображения вместе с маской | 2 | проверки 1,5, преподаватель 0,5 |
# | 4 | функция потерь Dice | 1 | проверки |
# | 5 | IoU и U-Net | 1,5 | проверки |
# | 6 | обучение: логи и сравнение функций потерь | 1 | поровну |
# | 6 | качество: маски, предсказанные для выданных картинок | 0,5 | по IoU со скрытыми масками |
# | 7 | LinkNet: качество и скорость | 2 | поровну |
# | 8 | бонус: постобработка | 1 | проверки 0,6, преподаватель 0,4 |
# | 8 | бонус: приём, который повышает качество | 2 | преподаватель 1, по IoU 1 |
# | 8 | бонус: другой фреймворк; `torch.compile` | 1 + 0,25 | преподаватель |
#
# Правила те же, что в первом задании. Docstring функции — это условие, имена и аргументы менять
# нельзя. Ячейку `check_part(…)` можно запускать сколько угодно раз; при выставлении оценки проверки
# те же, а входные данные другие. Ячейки «Ваш ответ» и «Ваши выводы» читает преподаватель.
#
# Готовые реализации того, что требуется написать (`torchvision`, `segmentation_models_pytorch`,
# `albumentations` и подобные), в частях 2–7 использовать нельзя.

# %% [markdown] lang="en"
# # Task 2. Image segmentation
#
# A network is to find people in a picture: to say of each pixel whether it is a person or
# background. You go the whole way: files on a disk, augmentations, a loss, a measure, two
# architectures, experiments with logs, and conclusions. The training loop you need not write: the
# library has one, and takes the network, the loss and the data as values.
#
# | part | what to do | points | who marks it |
# |---|---|---|---|
# | 1 | theory: what convolution assumes; the arithmetic of two layers | 0.5 + 0.5 | the instructor |
# | 2 | a dataset of photos with masks | 1 | checks |
# | 3 | augmentations of an image together with its mask | 2 | checks 1.5, the instructor 0.5 |
# | 4 | the Dice loss | 1 | checks |
# | 5 | IoU and U-Net | 1.5 | checks |
# | 6 | training: logs and the comparison of losses | 1 | half and half |
# | 6 | quality: masks that you predict for given images | 0.5 | by IoU with hidden masks |
# | 7 | LinkNet: quality and speed | 2 | half and half |
# | 8 | bonus: post-processing | 1 | checks 0.6, the instructor 0.4 |
# | 8 | bonus: a trick that lifts the quality | 2 | the instructor 1, by IoU 1 |
# | 8 | bonus: another framework; `torch.compile` | 1 + 0.25 | the instructor |
#
# The rules are those of the first task. A function's docstring is the statement of the problem;
# leave names and arguments as they are. Run a `check_part(…)` cell as often as you like; grading
# asks the same checks with other inputs. The cells "Your answer" and "Your conclusions" are read
# by the instructor.
#
# Ready-made versions of what you are to write (`torchvision`, `segmentation_models_pytorch`,
# `albumentations` and the like) are not allowed in parts 2 to 7.

# %%
import copy
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from PIL import Image as PillowImage
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, Subset

from praktikum.data.errors import FormatError, MissingData
from praktikum.data.photos import pictures_by_stem, unpaired_stems
from praktikum.data.photos_reading import Foreground, read_mask, read_photo
from praktikum.data.silhouettes import SilhouettesDataset
from praktikum.data.silhouettes_textures import scenes
from praktikum.engine import (
    Example,
    LoggingSettings,
    OptimiserSettings,
    ScheduleSettings,
    Step,
    Trainer,
    TrainerSettings,
)
from praktikum.vision.augmentation import (
    Augmentation,
    Image,
    Mask,
    Pair,
    check_probability,
    random_cut,
    shared_tensor,
)
from praktikum.vision.encoder import MULTIPLES
from praktikum.vision.errors import SettingError, ShapeError
from praktikum.vision.he_initialisation import initialise_for_relu
from praktikum.vision.segmentation_data import AugmentedPairs, Pairs, denormalised
from praktikum.vision.segmentation_losses import Reduction, check_reduction, reduce
from praktikum.vision.upsampling import UpsamplingKind, make_upsampling

torch.set_num_threads(1)  # so that times can be compared
logging.getLogger("praktikum").setLevel(logging.WARNING)

# %% [markdown] lang="ru"
# ## Часть 1. Теория (1 балл)
#
# ### 1.1. Что предполагает свёртка (0,5 балла)
#
# Свёрточный слой — это полносвязный слой, на веса которого наложены ограничения. Какие предположения
# о данных стоят за этими ограничениями? Для каждого назовите, какое ограничение ему соответствует и
# что пришлось бы делать полносвязному слою, если бы ограничения не было. Запишите равенство, которое
# выражает эквивариантность к сдвигу, и скажите, чем она отличается от инвариантности и что её
# нарушает в настоящих сетях. Приведите пример данных, для которых предположения неверны.

# %% [markdown] lang="en"
# ## Part 1. Theory (1 point)
#
# ### 1.1. What convolution assumes (0.5 points)
#
# A convolutional layer is a dense layer with constraints on its weights. Which assumptions about
# the data are behind these constraints? For each, name the constraint that expresses it, and what
# a dense layer would have to do without it. Write the equation of equivariance to shifts, and say
# how it differs from invariance and what breaks it in real networks. Give an example of data for
# which the assumptions are wrong.

# %% [markdown] lang="ru" answer="theory_convolution"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="theory_convolution"
# **Your answer.**

# %% [markdown] lang="ru" solution="theory_convolution"
# **Решение.** Полносвязный слой переводит картинку в картинку матрицей $W$, где $W_{pq}$ связывает
# пиксель $q$ входа с пикселем $p$ выхода. Свёртка требует двух вещей.
#
# *Локальность*: $W_{pq} = 0$, если $|p - q|$ больше радиуса ядра. Предположение: то, что нужно знать
# о точке, видно рядом с ней, а далёкое добавят следующие слои, у которых область видимости больше.
# Без этого слой должен сам научиться не смотреть на далёкие пиксели, то есть подобрать нули почти
# для всех своих весов.
#
# *Одинаковость по сдвигу*: $W_{pq} = w_{q - p}$, веса общие для всех мест. Предположение: признак
# значит одно и то же, где бы он ни встретился. Без этого слой учит один и тот же детектор для
# каждого места отдельно и для каждого места должен увидеть примеры.
#
# Из второго следует эквивариантность: если $(S_a x)_p = x_{p - a}$ — сдвиг, то
# $f(S_a x) = S_a f(x)$: сдвинулся вход — на столько же сдвинулся выход. Инвариантность —
# $f(S_a x) = f(x)$: выход сдвига не замечает. Классификатору нужна вторая (её даёт, например,
# усреднение по всем местам), сегментации — именно первая: маска должна сдвинуться вместе с
# человеком. Нарушают эквивариантность дополнение нулями у краёв и любое прореживание: после пулинга
# или шага 2 она остаётся лишь для сдвигов на чётное число пикселей.
#
# Предположения неверны там, где место имеет значение или соседство ничего не значит: столбцы
# таблицы, идущие в произвольном порядке; выровненные по шаблону лица, где рот всегда внизу; карта
# Земли в проекции, где у полюсов пиксель другого размера.

# %% [markdown] lang="en" solution="theory_convolution"
# **Solution.** A dense layer maps a picture to a picture by a matrix $W$, where $W_{pq}$ ties pixel
# $q$ of the input to pixel $p$ of the output. Convolution demands two things.
#
# *Locality*: $W_{pq} = 0$ where $|p - q|$ exceeds the radius of the kernel. The assumption: what
# must be known of a point is seen near it, and further layers, which see more, will add what is far.
# Without it the layer must learn by itself not to look at distant pixels, that is, find zeros for
# nearly all of its weights.
#
# *Sameness under shifts*: $W_{pq} = w_{q - p}$, all places share the weights. The assumption: a
# feature means the same wherever it is met. Without it the layer learns one and the same detector
# for each place anew, and has to see examples at each place.
#
# Equivariance follows from the second: if $(S_a x)_p = x_{p - a}$ is a shift, then
# $f(S_a x) = S_a f(x)$: as the input moves, so does the output. Invariance is $f(S_a x) = f(x)$:
# the output doesn't notice. A classifier needs the latter (an average over all places gives it),
# segmentation needs just the former: the mask must move together with the person. Equivariance is
# broken by padding with zeros at the borders and by any thinning out: after pooling or a stride of
# 2 it holds only for shifts by an even number of pixels.
#
# The assumptions fail where the place matters or being neighbours means nothing: columns of a table
# in arbitrary order; faces aligned to a template, where the mouth is always below; a map of the
# Earth in a projection where pixels near the poles are of another size.

# %% [markdown] lang="ru"
# ### 1.2. Размеры, параметры, операции (0,5 балла)
#
# На вход приходит вектор из 1000 чисел (один канал). Сравните два слоя: полносвязный 1000×100 и
# одномерный свёрточный с десятью фильтрами ширины 3 и дополнением (padding) 1, шаг 1. У обоих есть
# сдвиги. Для каждого найдите размер выхода, число параметров и число умножений и сложений. Как
# изменятся все эти числа, если вход станет вдвое длиннее?

# %% [markdown] lang="en"
# ### 1.2. Sizes, parameters, operations (0.5 points)
#
# The input is a vector of 1000 numbers (one channel). Compare two layers: a dense one of 1000×100
# and a one-dimensional convolution with ten filters of width 3, padding 1, stride 1. Both have
# biases. For each, find the size of the output, the number of parameters, and the number of
# multiplications and of additions. What becomes of all these numbers if the input is twice as long?

# %% [markdown] lang="ru" answer="theory_layers"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="theory_layers"
# **Your answer.**

# %% [markdown] lang="ru" solution="theory_layers"
# **Решение.** Число на выходе полносвязного слоя — сумма 1000 произведений и сдвига: 1000 умножений
# и 1000 сложений (999 внутри суммы и одно со сдвигом). Число на выходе свёртки — сумма трёх
# произведений и сдвига: по 3. Длина выхода свёртки $1000 + 2 \cdot 1 - 3 + 1 = 1000$ у каждого из
# десяти каналов.
#
# | | полносвязный | свёрточный | вход вдвое длиннее: полносвязный | свёрточный |
# |---|---|---|---|---|
# | выход | 100 | 10 × 1000 | 100 | 10 × 2000 |
# | веса | 100 000 | 30 | 200 000 | 30 |
# | сдвиги | 100 | 10 | 100 | 10 |
# | параметров | 100 100 | 40 | 200 100 | 40 |
# | умножений | 100 000 | 30 000 | 200 000 | 60 000 |
# | сложений | 100 000 | 30 000 | 200 000 | 60 000 |
#
# (Умножения на нули, которыми вход дополнен, посчитаны; без них их меньше на 20, по одному с
# каждого края у каждого фильтра.) Параметров у свёртки в 2500 раз меньше, и от длины входа их число
# не зависит. Операций же лишь втрое меньше: каждый вес применяется 1000 раз. Поэтому свёрточные
# сети невелики на диске, но считают много, а память у них уходит на выходы, которых здесь в 100 раз
# больше.

# %% [markdown] lang="en" solution="theory_layers"
# **Solution.** A number in the output of the dense layer is a sum of 1000 products and a bias: 1000
# multiplications and 1000 additions (999 within the sum, one of the bias). A number in the output
# of the convolution is a sum of three products and a bias: 3 of each. The length of the
# convolution's output is $1000 + 2 \cdot 1 - 3 + 1 = 1000$ for each of ten channels.
#
# | | dense | convolution | input twice as long: dense | convolution |
# |---|---|---|---|---|
# | output | 100 | 10 × 1000 | 100 | 10 × 2000 |
# | weights | 100,000 | 30 | 200,000 | 30 |
# | biases | 100 | 10 | 100 | 10 |
# | parameters | 100,100 | 40 | 200,100 | 40 |
# | multiplications | 100,000 | 30,000 | 200,000 | 60,000 |
# | additions | 100,000 | 30,000 | 200,000 | 60,000 |
#
# (Multiplications by the zeros of the padding are counted; without them there are 20 fewer, one at
# each end for each filter.) The convolution has 2500 times fewer parameters, and their number
# doesn't depend on the length. Its operations are only three times fewer: each weight is used 1000
# times. So convolutional networks are small on disk but compute much, and their memory goes into
# outputs, of which there are 100 times as many here.

# %% [markdown] lang="ru"
# ## Часть 2. Набор фотографий (1 балл)
#
# Фотографии лежат в одной папке, маски в другой; пару находят по основе имени: `anna.jpg` и
# `anna.png`. Конструктор строит список пар и сразу отказывается работать, если у кого-то пары нет:
# ошибка в тысячном файле не должна всплыть через час обучения.
#
# Уже есть: `pictures_by_stem(folder, suffix)` — словарь «основа → файл» (он сам откажет, если нет
# папки или основа повторилась); `unpaired_stems(…)` — текст ошибки о тех, кто остался без пары;
# `read_photo` и `read_mask`, которые умеют поворот EXIF, палитры, 16 бит и прочее.

# %% [markdown] lang="en"
# ## Part 2. The dataset of photos (1 point)
#
# Photos lie in one folder and masks in another; a pair is found by its stem: `anna.jpg` and
# `anna.png`. The constructor makes the list of pairs and refuses at once if anyone lacks a partner:
# a mistake in the thousandth file must not come up after an hour of training.
#
# There are already: `pictures_by_stem(folder, suffix)`, a dictionary from stems to files (it
# refuses by itself where there is no folder or a stem occurs twice); `unpaired_stems(…)`, the text
# of the error about those without a partner; `read_photo` and `read_mask`, which know about EXIF
# rotation, palettes, 16 bits and the rest.

# %% include="data.photos:PhotosDataset"

# %% check="dataset"

# %% [markdown] lang="ru"
# Данные для опытов нарисует программа: выдуманные люди на фоне настоящих снимков, 64×48 пикселей.
# Они сохраняются в файлы, и дальше работает ваш `PhotosDataset`. В обучающей и проверочной частях
# фоны общие, а на тестовых картинках фоны, ткани и лица другие.
#
# Можно взять и настоящие фотографии: положите их с масками в папки и подставьте пути; картинки
# разного размера приведёт к одному `praktikum.vision.augmentation.Resize`.

# %% [markdown] lang="en"
# The program draws the data of the experiments: made-up people before real scenes, 64×48 pixels.
# They are saved to files, and from there on your `PhotosDataset` works. Training and validation
# share their scenes; the scenes, fabrics and faces of the test pictures are others.
#
# Real photos will do as well: put them into folders with their masks and give the paths;
# `praktikum.vision.augmentation.Resize` brings pictures to one size.

# %%
FOLDER = Path(tempfile.mkdtemp(prefix="task2-"))  # pictures and logs of this session


def save_people(name, length, **settings):
    """Draw people into FOLDER/name/photos and FOLDER/name/masks, and open them as a dataset."""
    images_dir, target_dir = FOLDER / name / "photos", FOLDER / name / "masks"
    images_dir.mkdir(parents=True, exist_ok=True)
    target_dir.mkdir(exist_ok=True)
    for number, (image, mask) in enumerate(
        SilhouettesDataset(length, 64, 48, **settings)[i] for i in range(length)
    ):
        PillowImage.fromarray(image).save(images_dir / f"{number:04}.png")
        PillowImage.fromarray(255 * mask).save(target_dir / f"{number:04}.png")
    return PhotosDataset(images_dir, target_dir)


photos = save_people("train", 300, seed=1)
valid_photos = save_people("valid", 80, seed=2)
test_photos = save_people("test", 120, seed=3, split="test")

_, axes = plt.subplots(2, 8, figsize=(10, 3.4), layout="constrained")
for column, index in zip(axes.T, range(8)):
    for ax, picture in zip(column, photos[index]):
        ax.imshow(picture, cmap="gray")
        ax.axis("off")
plt.show()

# %% [markdown] lang="ru"
# ## Часть 3. Аугментации (2 балла)
#
# Аугментация получает изображение `(height, width, 3)`, маску `(height, width)` — байты — и
# генератор `rng` и возвращает новую пару. Случайность — только из `rng`: тогда один и тот же
# генератор даёт одну и ту же пару. Пришедшие массивы менять нельзя: они ещё пригодятся в следующей
# эпохе.
#
# Напишите отражение, случайную вырезку, яркость, замену фона и их композицию. Для замены фона уже
# есть `random_cut(picture, height, width, rng)`: новый массив с наибольшей вырезкой нужных
# пропорций в случайном месте. `shared_tensor` — массив как тензор (байты PyTorch отражает и
# сдвигает быстрее NumPy); пользоваться им не обязательно.

# %% [markdown] lang="en"
# ## Part 3. Augmentations (2 points)
#
# An augmentation gets an image `(height, width, 3)` and a mask `(height, width)`, both bytes, and a
# generator `rng`, and returns a new pair. Chance comes from `rng` alone: then one generator gives
# one pair. The arrays that come in must not be changed: the next epoch needs them.
#
# Write the flip, the random crop, brightness, the replacement of the background, and their
# composition. For backgrounds there is `random_cut(picture, height, width, rng)`: a new array with
# the largest cut of these proportions at a random place. `shared_tensor` is an array as a tensor
# (PyTorch turns and shifts bytes faster than NumPy); you need not use it.

# %% include="vision.augmentation:Compose vision.augmentation:HorizontalFlip"

# %% include="vision.augmentation:RandomCrop"

# %% include="vision.augmentation:Brightness"

# %% include="vision.augmentation:BackgroundReplacement"

# %% check="augmentations"

# %%
image, mask = photos[3]
shown = {
    "as it is": Compose([]),
    "flip": HorizontalFlip(p=1.0),
    "crop 44×36": RandomCrop(44, 36),
    "brightness": Brightness(0.35, p=1.0),
    "background": BackgroundReplacement(scenes("train"), p=1.0),
    "all": Compose(
        [
            BackgroundReplacement(scenes("train")),
            RandomCrop(56, 42),
            HorizontalFlip(),
            Brightness(),
        ]
    ),
}
_, axes = plt.subplots(2, len(shown), figsize=(10, 4), layout="constrained")
for column, (name, augmentation) in zip(axes.T, shown.items()):
    for ax, picture in zip(column, augmentation(image, mask, np.random.default_rng(1))):
        ax.imshow(picture, cmap="gray")
        ax.axis("off")
    column[0].set_title(name, fontsize=9)
plt.show()

# %% [markdown] lang="ru" answer="augmentations"
# **Ваши выводы.** Чем каждая аугментация полезна для таких данных и чем может навредить? Какая
# невозможна здесь, но уместна для других снимков? Почему тестовые данные не аугментируют? Покажите
# каждую аугментацию на картинках.

# %% [markdown] lang="en" answer="augmentations"
# **Your conclusions.** What is each augmentation good for with such data, and what harm may it do?
# Which one is out of place here but right for other pictures? Why aren't test data augmented? Show
# each augmentation in pictures.

# %% [markdown] lang="ru" solution="augmentations"
# **Пример выводов.** Отражение безопасно: отражённый человек — всё ещё человек, и данных становится
# вдвое больше. Отражение сверху вниз, естественное для снимков со спутника, здесь только отняло бы у
# сети силы: вниз головой у нас никто не стоит. Вырезка учит не полагаться на то, что человек
# посередине и виден целиком, но слишком маленькая оставляет кусок одежды, по которому и человек не
# скажет, что это. Яркость имитирует разный свет; при большом limit половина пикселей упирается в 0
# или 255, и картинка теряет то, по чему её размечают. Замена фона — самая сильная: сеть не может
# запомнить фоны. Но у вставленного человека резкая граница и свет не от этого фона, и сеть может
# научиться искать следы вставки вместо людей, поэтому её применяют не ко всем картинкам.
#
# Тест отвечает на вопрос, как сеть работает на настоящих данных, поэтому его не меняют. Аугментации
# при применении бывают, но усредняют тогда предсказания, а правильные ответы остаются прежними.

# %% [markdown] lang="en" solution="augmentations"
# **An example.** The flip is safe: a mirrored person is a person, and there are twice as many data.
# The flip upside down, natural for pictures from a satellite, would only waste the network's
# strength here: nobody stands on their head. The crop teaches not to rely on people being in the
# middle and seen as a whole, but too small a one leaves a piece of cloth that a human couldn't name
# either. Brightness imitates other light; with a large limit half of the pixels reach 0 or 255 and
# the picture loses what it is judged by. Replacing the background is the strongest: the network
# can't remember backgrounds. But the person who was pasted has a hard edge and the light of another
# place, and the network may learn to look for traces of pasting, so not all pictures get it.
#
# The test answers how the network works on real data, so it isn't changed. There is augmentation at
# inference too, but then predictions are averaged, while the right answers stay as they are.

# %% [markdown] lang="ru"
# ## Часть 4. Функция потерь Dice (1 балл)
#
# Для вероятностей $p$ и маски $t$ одного канала, суммы — по всем пикселям,
#
# $$\operatorname{Dice} = 1 - \frac{2 \sum p\,t + s}{\sum p + \sum t + s} .$$
#
# Кросс-энтропия сравнивает пиксели по одному, Dice — области целиком: маленький объект весит столько
# же, сколько большой. Число $s$ (`smooth`) спасает от деления нуля на ноль, когда маска пуста.

# %% [markdown] lang="en"
# ## Part 4. The Dice loss (1 point)
#
# For the probabilities $p$ and the mask $t$ of one channel, with sums over all pixels,
#
# $$\operatorname{Dice} = 1 - \frac{2 \sum p\,t + s}{\sum p + \sum t + s} .$$
#
# Cross-entropy compares pixels one by one, Dice compares regions as wholes: a small object weighs
# as much as a large one. The number $s$ (`smooth`) saves us from zero over zero where the mask is
# empty.

# %% include="vision.segmentation_losses:DiceLoss"

# %% check="dice"

# %% [markdown] lang="ru"
# ## Часть 5. IoU и U-Net (1,5 балла)
#
# ### Метрика
#
# IoU — площадь пересечения предсказанной маски с правильной, делённая на площадь объединения. В
# отличие от Dice она работает с масками, а не с вероятностями, и градиента не имеет.

# %% [markdown] lang="en"
# ## Part 5. IoU and U-Net (1.5 points)
#
# ### The measure
#
# IoU is the area of the intersection of the predicted mask with the right one, over the area of
# their union. Unlike Dice it works on masks rather than on probabilities, and has no gradient.

# %% include="vision.segmentation_metrics:_iou_of_masks vision.segmentation_metrics:IoUScore"

# %% [markdown] lang="ru"
# ### Сеть
#
# Кодировщик — свёрточная часть VGG-13: блоки из двух свёрток 3×3, между блоками пулинг, который
# уменьшает картинку вдвое. Он отдаёт выходы **всех** блоков. Декодер идёт обратно: удваивает размер
# самого грубого уровня, кладёт рядом по каналам то, что кодировщик видел в этом размере, сворачивает
# вместе — и так до исходного размера. Последняя свёртка 1×1 даёт логит для каждого класса.
#
# Конструкторы U-Net уже написаны; вам остаются блок кодировщика и прямые проходы. Размеры, которые
# не делятся на два, пулинг округляет вверх, а `upsampling(features, size)` обрезает до `size`.

# %% [markdown] lang="en"
# ### The network
#
# The encoder is the convolutional part of VGG-13: blocks of two 3×3 convolutions, and between them
# pooling, which halves the picture. It hands out the outputs of **all** blocks. The decoder goes
# back: doubles the size of the coarsest level, lays beside it, as further channels, what the encoder
# saw at that size, convolves both together, and so on up to the full size. A last 1×1 convolution
# gives a logit for each class.
#
# The constructors of U-Net are written already; what is left to you is the encoder's block and the
# forward passes. Pooling rounds odd sizes up, and `upsampling(features, size)` cuts to `size`.

# %% include="vision.encoder:convolutions vision.encoder:VGG13Encoder"

# %% include="vision.unet:UNetDecoderBlock vision.unet:UNet"

# %% check="unet"

# %%
for num_blocks in (1, 2, 3):
    encoder, network = VGG13Encoder(num_blocks), UNet(num_blocks=num_blocks)
    counts = (sum(p.numel() for p in part.parameters()) for part in (encoder, network))
    print(
        f"{num_blocks} blocks: {next(counts):,} parameters in the encoder, {next(counts):,} in all"
    )

# %% [markdown] lang="ru"
# ## Часть 6. Обучение и сравнение функций потерь (1,5 балла)
#
# Цикл обучения — `Trainer.fit(model, train, valid, objective)`. Ему нужна *цель*: объект, который
# для модели и батча возвращает `Step(loss, size, metrics)`. Напишите смесь потерь
#
# $$L = w_{\text{BCE}} \cdot \operatorname{BCE} + w_{\text{Dice}} \cdot \operatorname{Dice}$$
#
# и цель, которая сообщает цикл потери и IoU. Функция `illustrate` уже есть: через неё в логи попадают
# картинки, всегда для одних и тех же примеров.

# %% [markdown] lang="en"
# ## Part 6. Training and the comparison of losses (1.5 points)
#
# The training loop is `Trainer.fit(model, train, valid, objective)`. It needs an *objective*: an
# object that returns `Step(loss, size, metrics)` for a model and a batch. Write the mixture
#
# $$L = w_{\text{BCE}} \cdot \operatorname{BCE} + w_{\text{Dice}} \cdot \operatorname{Dice}$$
#
# and the objective that tells the loop the loss and the IoU. The function `illustrate` is there
# already: through it pictures get into the logs, always of the same examples.

# %% include="vision.segmentation_losses:BCEDiceLoss"

# %% include="recipes.segmentation:SegmentationObjective recipes.segmentation:illustrate"

# %% check="comparison"

# %% [markdown] lang="ru"
# Одна настройка на все опыты: меняться должно только то, что сравнивают. Логи пишутся в папку
# `FOLDER / "runs"`; посмотреть на них можно так: `tensorboard --logdir …`. Там потери и IoU по
# батчам и эпохам, нормы весов и градиентов и предсказания на четырёх картинках после каждой эпохи.

# %% [markdown] lang="en"
# One setting for all experiments: nothing may change but what is compared. Logs are written to the
# folder `FOLDER / "runs"`; look at them with `tensorboard --logdir …`. There are loss and IoU by
# batch and by epoch, norms of weights and gradients, and predictions for four pictures after each
# epoch.

# %%
AUGMENTATION = Compose([HorizontalFlip(), Brightness(0.15)])
valid, test = AugmentedPairs(valid_photos), AugmentedPairs(test_photos)
make_loader = partial(DataLoader, batch_size=4)


@dataclass(frozen=True)
class Run:
    """A trained network, and what became of it."""

    model: nn.Module
    trainer: Trainer
    iou_by_epoch: list[float]  # on validation data

    def iou(self, pairs):
        """Return the mean IoU over pictures."""
        objective = SegmentationObjective(1.0, 0.0)
        return self.trainer.evaluate(self.model, make_loader(pairs), objective)["iou"]


def train(
    name, network, bce_weight=0.5, dice_weight=0.5, *, augmentation=AUGMENTATION, seed=0, epochs=4
):
    torch.manual_seed(seed)
    model = network(num_blocks=4, width=8, batch_norm=True)
    settings = TrainerSettings(
        epochs=epochs,
        seed=seed,
        clip_norm=1.0,
        monitor="iou",
        higher_is_better=True,
        optimiser=OptimiserSettings(lr=2e-3),
        schedule=ScheduleSettings(name="one-cycle"),
        logging=LoggingSettings(progress=False, norms=True, every=20),
    )
    trainer = Trainer(settings, FOLDER / "runs" / f"{name}, seed {seed}, {time.time_ns()}")
    history = trainer.fit(
        model,
        make_loader(AugmentedPairs(photos, augmentation, seed=seed), shuffle=True),
        make_loader(valid),
        SegmentationObjective(bce_weight, dice_weight),
        illustrate=partial(illustrate, pairs=Subset(valid, range(4))),
    )
    return Run(model.eval(), trainer, [epoch.valid["iou"] for epoch in history.epochs])


# %%
weights = {
    "BCE": (1.0, 0.0),
    "0.8 BCE + 0.2 Dice": (0.8, 0.2),
    "0.5 BCE + 0.5 Dice": (0.5, 0.5),
    "0.2 BCE + 0.8 Dice": (0.2, 0.8),
    "Dice": (0.0, 1.0),
}
runs = {name: train(name, UNet, *pair) for name, pair in weights.items()}
again = train("0.5 BCE + 0.5 Dice", UNet, seed=1)  # how much does chance alone change?

_, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
for name, result in runs.items():
    print(f"{name:20}  IoU: validation {result.iou(valid):.3f}, test {result.iou(test):.3f}")
    ax.plot(range(1, 1 + len(result.iou_by_epoch)), result.iou_by_epoch, "o-", label=name)
ax.set(xlabel="epoch", ylabel="IoU on validation", ylim=(0, 1))
ax.legend(fontsize="small")
plt.show()
print(f"{'another seed':20}  IoU: validation {again.iou(valid):.3f}, test {again.iou(test):.3f}")
print("tensorboard --logdir", FOLDER / "runs")

# %%
compared = ("BCE", "0.5 BCE + 0.5 Dice", "Dice")
_, axes = plt.subplots(len(compared) + 1, 6, figsize=(9, 7.5), layout="constrained")
for column, index in zip(axes.T, range(6)):
    inputs, target = test[index]
    column[0].imshow(denormalised(inputs).clamp(0, 1).permute(1, 2, 0))
    column[0].contour(target[0], levels=[0.5], colors="red", linewidths=1)
    for ax, name in zip(column[1:], compared):
        with torch.no_grad():
            ax.imshow(
                torch.sigmoid(runs[name].model(inputs[None])[0, 0]), cmap="gray", vmin=0, vmax=1
            )
for ax, name in zip(axes[:, 0], ("test picture", *compared)):
    ax.set_ylabel(name, fontsize=8)
for ax in axes.ravel():
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown] lang="ru" answer="comparison"
# **Ваши выводы.** Какие потери дают лучший IoU и насколько это больше разброса между зёрнами? Чем
# отличаются карты вероятностей? Как ведут себя градиенты? Приложите картинки из логов.

# %% [markdown] lang="en" answer="comparison"
# **Your conclusions.** Which loss gives the best IoU, and by how much against the spread over
# seeds? How do the maps of probabilities differ? How do the gradients behave? Add pictures from the
# logs.

# %% [markdown] lang="ru" solution="comparison"
# **Пример выводов.** У нас вышло (IoU на валидации и на тесте): BCE 0,56 и 0,54; смеси с долей Dice
# 0,2, 0,5 и 0,8 — 0,55 и 0,56, 0,58 и 0,57, 0,57 и 0,56; чистая Dice 0,32 и 0,36. Та же смесь
# пополам с другим зерном дала 0,59 и 0,56, то есть случай один меняет IoU на одну-две сотых. Поэтому о
# том, какая из смесей лучше, эти запуски не говорят ничего, преимущество смесей над BCE — на грани
# разброса, а отставание чистой Dice намного его превышает.
#
# На картах вероятностей видно, в чём дело. BCE осторожна: человек светлее фона, но далеко не белый.
# Смесь увереннее. Dice уверена в людях, а фон у неё замер около ½: все признаки последнего уровня
# там обнулены ReLU, логит равен сдвигу последней свёртки, а он за четыре эпохи почти не ушёл от нуля
# — и фон оказался чуть выше порога. Слагаемое BCE с каждого пикселя фона требует сдвинуть логит
# вниз, и в смесях такого не случилось. Обучение на эпоху дольше это исправляло: Dice доходила до
# 0,57, так что она не безнадёжна, а неустойчива вначале. На тесте все хуже, чем на валидации, где
# фоны знакомые.

# %% [markdown] lang="en" solution="comparison"
# **An example.** We got (IoU on validation and on the test): BCE 0.56 and 0.54; mixtures with a
# share of Dice of 0.2, 0.5 and 0.8 gave 0.55 and 0.56, 0.58 and 0.57, 0.57 and 0.56; Dice alone 0.32
# and 0.36. The even mixture with another seed gave 0.59 and 0.56, so chance alone moves IoU by one or
# two hundredths. Hence these runs say nothing of which mixture is best, the lead of the mixtures over
# BCE is on the verge of the spread, and Dice alone falls behind by far more than that.
#
# The maps of probabilities show why. BCE is cautious: people are brighter than the background, but
# far from white. The mixture is more certain. Dice is certain of people, but its background stands
# at about ½: all features of the last level were zeroed there by ReLU, the logit equals the bias of
# the last convolution, which in four epochs has hardly left zero, and the background came out just
# above the threshold. The BCE term demands of every background pixel that the logit go down, and
# with the mixtures this didn't happen. Training for an epoch more did cure it: Dice got to 0.57, so
# it isn't hopeless but unsteady in the beginning. All do worse on the test than on validation, where
# the scenes are familiar.

# %% [markdown] lang="ru"
# ### Качество (0,5 балла, и ещё 1 в бонусе 8.2)
#
# Вместе с тетрадью вы получили 100 картинок, папку `task2.checks/given`. Это люди на фонах, которых в
# обучении не было; правильные маски есть только у преподавателя. Предскажите их лучшей своей сетью:
# `predict_given` запишет маски в архив `masks.zip`, и он сдаётся вместе с тетрадью. Ни сеть, ни её
# веса сдавать не нужно, и учить её можно сколько угодно и на любых картинках, кроме выданных.
#
# Считается средний IoU по всем картинкам; картинка без маски даёт 0. С 0,5 начисляется 0,25 балла, с
# 0,6 — 0,5. Для сравнения: одна и та же маска для всех, самая удачная, даёт около 0,45.

# %% [markdown] lang="en"
# ### Quality (0.5 points, and 1 more in bonus 8.2)
#
# With this notebook you got 100 images, the folder `task2.checks/given`: people before scenes that
# training never showed. Only the instructor has their true masks. Predict them with the best of your
# networks: `predict_given` writes the masks into the archive `masks.zip`, which is handed in together
# with the notebook. Neither the network nor its weights are, and it may be trained for as long as
# you like, on any pictures but those given.
#
# What counts is the mean IoU over all images, where one without a mask counts 0. From 0.5 on it
# brings 0.25 points, from 0.6 on 0.5. For comparison: one mask for all images, the luckiest, gets
# about 0.45.

# %%
import zipfile

from praktikum.vision.segmentation_data import normalised

GIVEN = Path("task2.checks/given")


def predict_given(model):
    """Write masks.zip: for each given image a PNG of the same name, 255 where a person is seen."""
    files = sorted(GIVEN.glob("*.png"))
    if not files:
        print(f"no images in {GIVEN}: they come with the notebook that your course gives out")
        return
    with zipfile.ZipFile("masks.zip", "w") as archive, torch.no_grad():
        for file in files:
            image = torch.from_numpy(np.array(PillowImage.open(file))).permute(2, 0, 1)
            logits = model(normalised(image[None] / 255))[0, 0]
            mask = PillowImage.fromarray(255 * (logits > 0).numpy().astype(np.uint8))
            with archive.open(file.name, "w") as entry:
                mask.save(entry, format="PNG")
    print(f"masks.zip has {len(files)} masks")


predict_given(runs["0.5 BCE + 0.5 Dice"].model)

# %% check="quality"

# %% [markdown] lang="ru"
# ## Часть 7. LinkNet (2 балла)
#
# LinkNet устроена как U-Net, но пропущенные признаки не кладутся рядом, а **прибавляются**, и вверх
# идёт только четверть каналов: блок декодера сужает (1×1), удваивает размер и расширяет (1×1).
# Напишите блок целиком, с конструктором, и прямой проход сети. Уже есть
# `_activation(channels, batch_norm)` — список слоёв: BatchNorm, если о ней просили, и ReLU.

# %% [markdown] lang="en"
# ## Part 7. LinkNet (2 points)
#
# LinkNet is built like U-Net, but the skipped features are **added** rather than laid beside, and
# only a quarter of the channels goes up: a decoder block squeezes (1×1), doubles the size, and
# widens (1×1). Write the whole block, constructor included, and the forward pass of the network.
# There is `_activation(channels, batch_norm)`, a list of layers: BatchNorm where asked for, and ReLU.

# %% include="vision.linknet:_activation vision.linknet:LinkNetDecoderBlock vision.linknet:LinkNet"

# %% check="linknet"

# %% [markdown] lang="ru"
# Время меряют после прогрева, по очереди и несколько раз: соседние программы мешают, и медиана
# надёжнее среднего.

# %% [markdown] lang="en"
# Time is measured when warm, taking turns, and repeatedly: other programs interfere, and the median
# is more reliable than the mean.


# %%
def seconds_by_turns(actions, rounds=7):
    """Return the median time of each action, in seconds; they take turns."""
    times = {name: [] for name in actions}
    for turn in range(rounds + 1):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            if turn:  # the first one warms up
                times[name].append(time.perf_counter() - start)
    return {name: float(np.median(each)) for name, each in times.items()}


def training_step(model, images, masks):
    """Compute gradients. Of a copy: in training BatchNorm's running statistics change."""
    model.zero_grad()
    functional.binary_cross_entropy_with_logits(model(images), masks).backward()


runs["LinkNet"] = train("LinkNet", LinkNet)
models = {"U-Net": runs["0.5 BCE + 0.5 Dice"], "LinkNet": runs["LinkNet"]}
images, masks = next(iter(make_loader(valid, batch_size=8)))
steps = seconds_by_turns(
    {
        name: partial(training_step, copy.deepcopy(each.model).train(), images, masks)
        for name, each in models.items()
    }
)
with torch.no_grad():
    passes = seconds_by_turns({name: partial(each.model, images) for name, each in models.items()})
for name, each in models.items():
    n_parameters = sum(p.numel() for p in each.model.parameters())
    print(
        f"{name:8} IoU {each.iou(valid):.3f} and {each.iou(test):.3f}; {n_parameters:,} parameters; "
        f"training {1000 * steps[name] / 8:.2f}, inference {1000 * passes[name] / 8:.2f} ms a picture"
    )

# %% [markdown] lang="ru" answer="linknet"
# **Ваши выводы.** Во сколько раз LinkNet быстрее и меньше? За счёт чего? Что с качеством?

# %% [markdown] lang="en" answer="linknet"
# **Your conclusions.** How many times faster and smaller is LinkNet? Owing to what? What of quality?

# %% [markdown] lang="ru" solution="linknet"
# **Пример выводов.** У LinkNet в 1,7 раза меньше параметров (79 761 против 134 969), шаг обучения
# быстрее в 1,7 раза, применение — почти в 2. Кодировщик у обеих один и тот же, разница вся в
# декодере: сумма не удваивает число каналов, поэтому на каждом уровне нет свёртки по вдвое более
# широкому входу, а самая дорогая операция — повышение размера — идёт по четверти каналов. Отношение
# времён не равно отношению параметров: время определяют верхние уровни, где пикселей много, а
# параметров мало.
#
# Плата — качество: 0,52 против 0,58 на валидации и 0,51 против 0,57 на тесте. Это больше разброса
# между зёрнами (0,01), хотя зерно у LinkNet одно. Объяснение правдоподобное, но не доказанное: при
# ширине 8 четверть каналов — это 4, 8 и 16 чисел на пиксель, и через такое горлышко проходит мало.
# При ширине 64 разрыв может быть другим. За то же время LinkNet успела бы пройти в 1,7 раза больше
# эпох, и сравнить их при равном времени было бы честно тоже.

# %% [markdown] lang="en" solution="linknet"
# **An example.** LinkNet has 1.7 times fewer parameters (79,761 against 134,969), its training step
# is 1.7 times faster and inference nearly 2 times. Both have the same encoder, so all of the
# difference is in the decoder: a sum doesn't double the channels, so no level has a convolution over
# an input twice as wide, and the dearest operation, the up-sampling, works on a quarter of the
# channels. The ratio of times isn't that of parameters: time is spent at the upper levels, with many
# pixels and few parameters.
#
# The price is quality: 0.52 against 0.58 on validation and 0.51 against 0.57 on the test. That is
# above the spread over seeds (0.01), though LinkNet had one seed only. An explanation that is
# plausible, though not proved: at a width of 8 a quarter of the channels is 4, 8 or 16 numbers a
# pixel, and little gets through such a neck. At a width of 64 the gap may be another. In the same
# time LinkNet could have gone through 1.7 times as many epochs, and a comparison at equal time would
# be fair too.

# %% [markdown] lang="ru"
# ## Часть 8. Бонус (до 4,25 балла)
#
# Независимые задания: делайте любые. Ячейки тех, за которые не взялись, удалите или закомментируйте,
# чтобы ноутбук выполнялся до конца.
#
# ### 8.1. Постобработка (1 балл)
#
# Сеть судит о пикселях почти по одному, а мы знаем о предметах целиком: обрывков мало, мелких дыр
# нет, границы гладкие. Три исправления — на математической морфологии (`scipy.ndimage` можно).
# Настройки подбирайте на валидации, выигрыш меряйте на тесте.

# %% [markdown] lang="en"
# ## Part 8. Bonus (up to 4.25 points)
#
# Independent problems: take any. Delete or comment out the cells of those you leave, so that the
# notebook runs to its end.
#
# ### 8.1. Post-processing (1 point)
#
# The network judges pixels nearly one by one, while we know things of whole objects: there are few
# scraps, no small holes, borders are smooth. Three repairs by mathematical morphology
# (`scipy.ndimage` is welcome). Choose settings on validation data, measure the gain on the test.

# %%
from scipy import ndimage

from praktikum.vision.postprocessing import NEIGHBOURS

Mask = Bool[np.ndarray, "height width"]  # noqa: F811 from here on, UInt8 before

# %% include="vision.postprocessing:large_components vision.postprocessing:filled_holes"

# %% include="vision.postprocessing:smoothed_borders"

# %% check="bonus_postprocessing"


# %%
def predicted_and_true(model, pairs):
    """Return predicted and true masks as boolean arrays (pictures, height, width)."""
    batches = list(make_loader(pairs, batch_size=40))
    with torch.no_grad():
        predicted = torch.cat([model(images)[:, 0] > 0 for images, _ in batches])
    return predicted.numpy(), torch.cat([masks[:, 0] > 0.5 for _, masks in batches]).numpy()


def mean_iou(predicted, target):
    arrays = (torch.from_numpy(masks.astype(np.float32))[:, None] for masks in (predicted, target))
    return float(IoUScore(from_logits=False)(*arrays))


repairs = {
    "nothing": lambda mask: mask,
    "border 1": smoothed_borders,
    "share 0.1": lambda mask: large_components(mask, 0.1),
    "share 0.3": lambda mask: large_components(mask, 0.3),
    "share 1": large_components,
    "holes up to 30": lambda mask: filled_holes(mask, 30),
    "share 0.3, holes up to 30": lambda mask: filled_holes(large_components(mask, 0.3), 30),
}
model = runs["0.5 BCE + 0.5 Dice"].model
for name, repair in repairs.items():
    scores = [
        mean_iou(np.stack([repair(mask) for mask in predicted]), target)
        for predicted, target in (predicted_and_true(model, pairs) for pairs in (valid, test))
    ]
    print(f"{name:28} IoU: validation {scores[0]:.3f}, test {scores[1]:.3f}")

# %%
predicted, target = predicted_and_true(model, test)
repaired = np.stack([repairs["share 0.3, holes up to 30"](mask) for mask in predicted])
gains = [
    mean_iou(repaired[[i]], target[[i]]) - mean_iou(predicted[[i]], target[[i]])
    for i in range(len(target))
]
order = np.argsort(gains)
_, axes = plt.subplots(3, 6, figsize=(9, 6), layout="constrained")
for column, index in zip(axes.T, [*order[:3], *order[-3:]]):
    for ax, picture in zip(column, (target[index], predicted[index], repaired[index])):
        ax.imshow(picture, cmap="gray")
        ax.set(xticks=[], yticks=[])
    column[0].set_title(f"IoU {gains[index]:+.2f}", fontsize=9)
for ax, name in zip(axes[:, 0], ("truth", "predicted", "repaired")):
    ax.set_ylabel(name)
plt.show()

# %% [markdown] lang="ru" answer="bonus_postprocessing"
# **Ваши выводы.** Что выбрано на валидации и что оно дало на тесте? Где постобработка вредит?

# %% [markdown] lang="en" answer="bonus_postprocessing"
# **Your conclusions.** What was chosen on validation, and what did it give on the test? Where does
# post-processing harm?

# %% [markdown] lang="ru" solution="bonus_postprocessing"
# **Пример выводов.** На валидации лучше всего оказались пороги по площади (0,581 против 0,580 без
# обработки), на тесте с ними 0,576 против 0,574. Прибавка в одну-две тысячных на порядок меньше
# разброса между зёрнами: здесь постобработка ничего не дала, и это тоже результат. Ошибки этих сетей
# — не обрывки и не дыры, а размытый контур и целые пропущенные руки и ноги, морфология их не вернёт.
# Помогает она там, где сеть приняла за человека отдельное пятно фона, и вредит
# там, где отдельное пятно — это голова или рука, которую сеть нашла, но не связала с туловищем.

# %% [markdown] lang="en" solution="bonus_postprocessing"
# **An example.** On validation the limits on area came out best (0.581 against 0.580 as it was), and
# on the test they give 0.576 against 0.574. A gain of one or two thousandths is ten times below the
# spread over seeds: here post-processing gave nothing, which is a result too. The mistakes of these
# networks aren't scraps or holes but a blurred outline and whole arms and legs left out, which
# morphology won't bring back. It helps where the network took a separate spot of the background for
# a person, and harms where the separate spot is a head or an arm, which
# the network found but didn't connect with the body.

# %% [markdown] lang="ru"
# ### 8.2. Приём, который повышает качество (2 балла)
#
# Поднимите IoU на тесте над лучшей сетью из части 6 чем угодно, кроме тестовых данных: нормализация,
# аугментации, усреднение предсказаний или весов, ансамбль, кодировщик с обученными весами. Условия
# равные: те же обучающие картинки. Если ваш приём удлиняет обучение, дайте столько же времени и
# сети без него. Прирост, меньший разброса между зёрнами, — не прирост.
#
# За описание приёма и его цену — до балла от преподавателя. Ещё до балла приносят маски, предсказанные
# сетью с вашим приёмом: вызовите `predict_given` снова. С IoU 0,65 — 0,25 балла, с 0,7 — 0,5, с 0,75 —
# 0,75, с 0,8 — 1. (На эту часть условие о равных данных не распространяется.)

# %% [markdown] lang="en"
# ### 8.2. A trick that lifts the quality (2 points)
#
# Raise the IoU on the test above that of the best network of part 6 by anything but test data:
# normalisation, augmentations, averaging of predictions or weights, an ensemble, an encoder with
# trained weights. Conditions are equal: the same training pictures. If your trick prolongs training,
# give the network without it as much time. A gain below the spread over seeds is no gain.
#
# For the trick and its price the instructor gives up to one point. Up to one more comes from masks
# that the network with your trick predicts: call `predict_given` again. An IoU of 0.65 brings 0.25
# points, 0.7 brings 0.5, 0.75 brings 0.75, and 0.8 brings 1. (This part doesn't ask for equal data.)

# %% [markdown] lang="ru" answer="bonus_quality"
# **Ваш приём.** Что это, почему должно помочь, что получилось и сколько стоит?

# %% [markdown] lang="en" answer="bonus_quality"
# **Your trick.** What is it, why should it help, what came of it, and what does it cost?


# %% solution="bonus_quality"
class Consensus(nn.Module):
    """The mean probability that networks see in an image, and in its mirror image, as a logit."""

    def __init__(self, models, mirrored):
        super().__init__()
        self.models, self.mirrored = nn.ModuleList(models), mirrored

    def forward(self, images):
        logits = [model(images) for model in self.models]
        if self.mirrored:
            logits += [model(images.flip(-1)).flip(-1) for model in self.models]
        return torch.logit(torch.stack(logits).sigmoid().mean(dim=0), eps=1e-6)


single = {name: [runs[name].model] for name in weights}
everyone = {"all five": [model for models in single.values() for model in models]}
for name, models in (single | everyone).items():
    pair = [Consensus(models, mirrored).eval() for mirrored in (False, True)]
    with torch.no_grad():
        seconds = seconds_by_turns(dict(enumerate(partial(each, images) for each in pair)))
    plain, mirrored = (
        f"IoU {mean_iou(*predicted_and_true(each, test)):.3f} in {1000 * each_seconds / 8:.1f} ms"
        for each, each_seconds in zip(pair, seconds.values())
    )
    print(f"{name:20} {plain}; with the mirror image {mirrored}")
predict_given(pair[1])  # of all five, with the mirror image

# %% [markdown] lang="ru" solution="bonus_quality"
# **Пример.** *Усреднение предсказаний.* Человек в зеркале — тот же человек, но свёрточная сеть не
# эквивариантна к отражению: её ответы на картинку и на отражение ошибаются отчасти по-разному, и
# среднее ошибается меньше. То же верно для сетей, обученных с разными потерями. Обучать ничего не
# пришлось: все сети уже есть.
#
# Отражение не повредило ни одной сети и прибавило от 0 до 0,015; все пять вместе дают 0,581, с
# отражениями — 0,590 против 0,574 у лучшей сети. Прибавка стабильна по знаку, но меньше разброса
# между зёрнами, поэтому за этот ответ мы не дали бы полного балла: 0,6 — больше не доказано. Цена —
# время применения: вдвое за отражение, вдесятеро за всё вместе; вместо ансамбля можно было пять раз
# дольше учить одну сеть, и это надо было бы проверить. Прибавка, которую ни с чем не спутать, здесь
# в другом — в BatchNorm: без неё сеть той же ширины в предварительном опыте дошла до 0,53 против
# 0,58 с ней.

# %% [markdown] lang="en" solution="bonus_quality"
# **An example.** *Averaging of predictions.* A person in a mirror is a person, but a convolutional
# network isn't equivariant to reflection: what it says of a picture and of its mirror image is wrong
# in partly different ways, and the mean is less wrong. The same holds for networks trained with
# different losses. Nothing had to be trained: all the networks are there.
#
# The mirror image harmed no network and added 0 to 0.015; all five together give 0.581, with mirror
# images 0.590, against 0.574 of the best network. The gain is steady in sign, but below the spread
# over seeds, so this answer wouldn't get the full point: 0.6, more isn't proved. The price is the time
# of inference: twice for the mirror, ten times for all of it; one could have trained one network
# five times as long rather than five, and that would have to be tried. The gain that can't be
# mistaken for chance is elsewhere, in BatchNorm: in a preliminary experiment a network of the same
# width got to 0.53 without it and to 0.58 with it.

# %% [markdown] lang="ru"
# ### 8.3. Другой фреймворк (1 балл)
#
# Обучите ту же U-Net на тех же данных в другом фреймворке (JAX, Keras, tinygrad…) или хотя бы с
# другой обёрткой над PyTorch (Lightning, Ignite, Accelerate). Сравните достигнутый IoU, время эпохи и
# то, сколько пришлось написать.

# %% [markdown] lang="en"
# ### 8.3. Another framework (1 point)
#
# Train the same U-Net on the same data in another framework (JAX, Keras, tinygrad…), or at least
# with another wrapper around PyTorch (Lightning, Ignite, Accelerate). Compare the IoU that it
# reaches, the time of an epoch, and how much had to be written.

# %% [markdown] lang="ru" answer="bonus_framework"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="bonus_framework"
# **Your answer.**

# %% [markdown] lang="ru" solution="bonus_framework"
# **Чего мы ждём.** Здесь нет образца: решение зависит от фреймворка, а лишних зависимостей курс не
# требует. Хороший ответ начинается с проверки переноса: взять веса одной сети, переложить в другую
# (оси свёрточного ядра и картинки в Keras и JAX идут в другом порядке: `HWIO` и `NHWC`) и убедиться,
# что логиты на одной картинке совпали до ошибок округления. После этого разница в IoU говорит об
# обучении, а не об опечатке. Дальше — тот же оптимизатор, то же расписание, то же число шагов; IoU
# в пределах разброса между зёрнами; и честный список того, что фреймворк дал даром (сборка шага,
# логи, сохранение), а что пришлось писать самому (обычно — парные аугментации и метрику).

# %% [markdown] lang="en" solution="bonus_framework"
# **What we look for.** There is no model here: an answer depends on the framework, and the course
# demands no further packages. A good one begins by proving the port: take the weights of one
# network over into the other (in Keras and JAX the axes of kernels and pictures have another order,
# `HWIO` and `NHWC`), and see that the logits for one picture agree up to rounding. From then on a
# difference in IoU speaks of training rather than of a slip. Then the same optimiser, the same
# schedule, as many steps; an IoU within the spread over seeds; and an honest list of what the
# framework gave for nothing (the step, logs, saving), and what had to be written (as a rule, paired
# augmentations and the measure).

# %% [markdown] lang="ru"
# ### 8.4. torch.compile (0,25 балла)
#
# Измерьте, сколько длится компиляция и во сколько раз быстрее становится применение сети. Через
# сколько картинок компиляция окупится? (Нужен компилятор C++.)

# %% [markdown] lang="en"
# ### 8.4. torch.compile (0.25 points)
#
# Measure how long compilation takes and how many times faster inference becomes. After how many
# pictures does it pay? (A C++ compiler is needed.)

# %% [markdown] lang="ru" answer="bonus_compile"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="bonus_compile"
# **Your answer.**

# %% solution="bonus_compile"
model = runs["0.5 BCE + 0.5 Dice"].model.eval()
compiled = torch.compile(model)
with torch.no_grad():
    start = time.perf_counter()
    same = torch.allclose(compiled(images), model(images), atol=1e-4)
    compilation = time.perf_counter() - start
    times = seconds_by_turns(
        {"eager": partial(model, images), "compiled": partial(compiled, images)}, 15
    )
print(f"same answers: {same}; compilation took {compilation:.0f} s")
print({name: f"{1000 * seconds / 8:.2f} ms a picture" for name, seconds in times.items()})
saved = (times["eager"] - times["compiled"]) / 8
print(f"pays after {compilation / saved:,.0f} pictures" if saved > 0 else "does not pay here")

# %% [markdown] lang="ru" solution="bonus_compile"
# **Пример.** У нас компиляция заняла 4 с, потому что код уже лежал в кэше компилятора (в первый раз,
# на занятой машине, — до минуты), а применение ускорилось с 2,75 до 1,84 мс на картинку: соседние
# операции слиты, промежуточные результаты реже ходят в память. Окупается это после примерно четырёх тысяч картинок, так что для
# наших опытов компилировать незачем, а для службы, которая обрабатывает миллион снимков, — стоит.
# Компиляция своя у каждого размера картинки: на картинке другого размера всё начнётся заново.

# %% [markdown] lang="en" solution="bonus_compile"
# **An example.** With us compilation took 4 s, since the code lay in the compiler's cache (the first
# time, on a busy machine, up to a minute), and inference went from 2.75 to 1.84 ms a picture: neighbouring operations are fused, and results
# between them go to memory less often. It pays after some four thousand pictures, so for our
# experiments there is no point in compiling, while for a service that works through a million of
# photos there is. Each size of a picture is compiled by itself: one of another size begins anew.

# %% [markdown] lang="ru"
# ## Сдача
#
# 1. Перезапустите ядро и выполните все ячейки сверху вниз: ноутбук должен дойти до конца без
#    ошибок.
# 2. Проверьте его из терминала так, как это сделает система проверки:
#
#    ```
#    praktikum check task2.ipynb
#    ```
#
#    Таблица покажет баллы, которые дают проверки, и все ли маски на месте; остальное ставит
#    преподаватель.
# 3. Сдайте два файла, `task2.ipynb` и `masks.zip`, до срока, который назначен в `course.toml` и
#    указан на странице курса. Каждые начатые сутки опоздания стоят один балл.
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
#    praktikum check task2.ipynb
#    ```
#
#    The table shows the points that the checks give, and whether all masks are there; the other
#    points are given by the instructor.
# 3. Hand in two files, `task2.ipynb` and `masks.zip`, before the deadline that stands in
#    `course.toml` and on the page of the course. Each started day of lateness costs one point.
#
# Do discuss ideas with each other, but write code and conclusions yourself. Good luck!
