# %% [markdown] lang="ru"
# # Задание 3. Рекуррентные сети, Dropout и языковая модель
#
# Два вопроса о тексте: хвалит ли он фильм и каким словом продолжится. На оба отвечает LSTM, и оба раза
# главная трудность одна: текстов мало, параметров много, и сеть запоминает обучающую выборку.
# Поэтому половина задания — о dropout: куда в рекуррентной сети его можно поставить, чтобы он мешал
# зубрить и не мешал помнить. Вторая половина — языковая модель и то, как из неё получают тексты.
#
# | часть | что нужно сделать | баллы | кто оценивает |
# |---|---|---|---|
# | 1 | данные и словарь | 1 | проверки |
# | 2 | классификация с LSTM | 1 | проверки |
# | 3 | вариационный dropout двумя способами; dropout прибавки | 0,5 + 0,5 + 1 | проверки 1,8, преподаватель 0,2 |
# | 4 | сравнение семи запусков | 1 | преподаватель |
# | 5 | языковая модель: батчи, потери, сеть, обучение | 2 | проверки 1,6, преподаватель 0,4 |
# | 6 | жадное декодирование и top-k | 1 | проверки |
# | 7 | поиск по лучу | 2 | проверки 1,6, преподаватель 0,4 |
# | 8 | бонус: Zoneout; dropout слов; dropout входа и выхода | 0,5 + 0,25 + 0,25 | проверки 0,65, преподаватель 0,35 |
# | 8 | бонус: AR и TAR; NT-ASGD; общие веса; внимание | 1 + 1,5 + 1 + 2 | проверки 3,4, преподаватель 2,1 |
# | 8 | бонус: улучшения вместе | 0,5 | преподаватель |
#
# Правила прежние. Docstring функции — это условие: имена и аргументы менять нельзя, а порядок, в
# котором разыгрываются маски, указан в нём потому, что проверки сравнивают и числа. Ячейку
# `check_part(…)` можно запускать сколько угодно раз. Ячейки «Ваш ответ» и «Ваши выводы» читает
# преподаватель. В частях 3 и 8 нельзя брать готовые реализации того, что требуется написать.

# %% [markdown] lang="en"
# # Task 3. Recurrent networks, Dropout and a language model
#
# Two questions about a text: does it praise the film, and which word comes next. An LSTM answers
# both, and both times the trouble is the same: texts are few, parameters are many, and the network
# learns the training texts by heart. So half of the task is about dropout: where in a recurrent
# network it may stand so as to hinder cramming and not remembering. The other half is a language
# model, and how texts are got out of it.
#
# | part | what to do | points | who marks it |
# |---|---|---|---|
# | 1 | data and the vocabulary | 1 | checks |
# | 2 | classification with LSTM | 1 | checks |
# | 3 | variational dropout in two ways; dropout of the update | 0.5 + 0.5 + 1 | checks 1.8, the instructor 0.2 |
# | 4 | the comparison of seven runs | 1 | the instructor |
# | 5 | the language model: batches, loss, network, training | 2 | checks 1.6, the instructor 0.4 |
# | 6 | greedy decoding and top-k | 1 | checks |
# | 7 | beam search | 2 | checks 1.6, the instructor 0.4 |
# | 8 | bonus: Zoneout; dropout of words; dropout of input and output | 0.5 + 0.25 + 0.25 | checks 0.65, the instructor 0.35 |
# | 8 | bonus: AR and TAR; NT-ASGD; tied weights; attention | 1 + 1.5 + 1 + 2 | checks 3.4, the instructor 2.1 |
# | 8 | bonus: improvements together | 0.5 | the instructor |
#
# The rules are as before. A function's docstring is the statement of the problem: leave names and
# arguments as they are; the order in which masks are drawn is stated there because the checks
# compare numbers too. Run a `check_part(…)` cell as often as you like. The cells "Your answer" and
# "Your conclusions" are read by the instructor. In parts 3 and 8 ready-made versions of what you
# are to write are not allowed.

# %%
import json
import logging
import math
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, SupportsInt, cast

import matplotlib.pyplot as plt
import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
from torch.utils.data import DataLoader, Dataset

from praktikum import engine
from praktikum.data.errors import FormatError, MissingData
from praktikum.data.reviews import read_folder
from praktikum.data.snippets import open_snippets
from praktikum.sequence.cells import Weights, lstm_gates, lstm_step
from praktikum.sequence.layers import LSTM
from praktikum.sequence.lengths import mask_of_lengths
from praktikum.sequence.masks import check_probability, draw_bernoulli, dropout_mask
from praktikum.sequence.recurrent_layer import State
from praktikum.text.buckets import BucketSampler
from praktikum.text.collation import Label, LabelledBatch, LanguageBatch
from praktikum.text.errors import SettingError, ShapeError, UnknownToken
from praktikum.text.pooling import PoolingName
from praktikum.text.tokenisation import STOP_WORDS, WORD, without_markup
from praktikum.text.vocabulary import EOS, PAD, SOS, SPECIALS, UNK, Vocabulary

torch.set_num_threads(1)  # so that times can be compared
logging.getLogger("praktikum").setLevel(logging.WARNING)
FOLDER = Path(tempfile.mkdtemp(prefix="task3-"))  # logs of this session

# %% [markdown] lang="ru"
# ## Часть 1. Данные и словарь (1 балл)
#
# Большой набор отзывов (Large Movie Review Dataset, 50 000 отзывов с IMDb) раздают папками:
# `train/pos/127_10.txt` — положительный отзыв номер 127 с десятью звёздами. Конструктор читает часть
# `train` или `test`, отрицательные отзывы идут первыми. Все негодные файлы называются сразу: по ошибке
# за запуск пятьдесят тысяч файлов не исправить. Читать одну папку уже умеет
# `read_folder(folder, favourable, mistakes)`: она дописывает ошибки в список.

# %% [markdown] lang="en"
# ## Part 1. Data and the vocabulary (1 point)
#
# The Large Movie Review Dataset (50,000 reviews from IMDb) is handed out as folders:
# `train/pos/127_10.txt` is the favourable review number 127, with ten stars. The constructor reads
# the part `train` or `test`, unfavourable reviews first. All files that won't do are told at once:
# one mistake a run, and fifty thousand files will never be put right. Reading one folder is there
# already, `read_folder(folder, favourable, mistakes)`: it appends mistakes to the list.

# %% include="data.reviews:LargeMovieReviewDataset"

# %% [markdown] lang="ru"
# Текст становится словами, слова — номерами. Первые номера — у служебных токенов: `<pad>` дополняет
# короткие тексты, `<unk>` заменяет незнакомые слова, `<sos>` и `<eos>` — начало и конец. Номера не
# должны зависеть от случая, поэтому слова одной частоты идут по алфавиту. Обрезать длинный текст можно
# только так, чтобы его `<eos>` остался: иначе языковая модель не узнает, что тексты кончаются. Батч —
# матрица `[time, batch]`: у рекуррентной сети первая ось — время.

# %% [markdown] lang="en"
# A text becomes words, and words become numbers. The first numbers belong to special tokens: `<pad>`
# fills up short texts, `<unk>` stands for unknown words, `<sos>` and `<eos>` are beginning and end.
# Numbers must not depend on chance, so words of one frequency go by the alphabet. A long text may be
# cut only so that its `<eos>` stays: else a language model never learns that texts end. A batch is a
# matrix `[time, batch]`: for a recurrent network the first axis is time.

# %% include="text.tokenisation:tokenise"

# %% include="text.vocabulary:Vocabulary"

# %% include="text.collation:truncate text.collation:pad_sequences"

# %% include="text.collation:shortened_to text.collation:CollateLabelled"

# %% check="data"

# %% [markdown] lang="ru"
# **Проверьте себя.** Ответьте, прежде чем раскрывать.
#
# <details><summary>Почему словарь строят только по обучающим текстам?</summary>
#
# Слова, которых в обучении не было, встретятся и в жизни. Если дать им номера заранее, их векторы
# останутся случайными, а качество на тесте — завышенным: сеть «знает», сколько там новых слов. С
# `<unk>` она учится и тому, что делать с незнакомым, — если `min_freq` больше единицы и `<unk>` в
# обучении встречается.
#
# </details>
#
# <details><summary>Чем плохо выбросить стоп-слова в задаче о тональности? А в языковой модели?</summary>
#
# В списках стоп-слов часто стоят *not*, *no* и *never*: без них «not good» — это похвала. Поэтому в
# `STOP_WORDS` отрицаний нет. Языковой модели стоп-слова нужны все: она должна писать грамматичный текст.
#
# </details>
#
# Для опытов возьмём маленький настоящий набор: 10 605 предложений из рецензий с оценкой от −4 до 4 (их
# собрали Hutto и Gilbert; архив скачает `pip`). Из обучающей части берём каждое второе предложение,
# чтобы семь запусков поместились в полминуты. С полным набором отзывов работает тот же код:
# `LargeMovieReviewDataset(папка)`, словарь тысяч на двадцать, тексты до 200–300 слов.

# %% [markdown] lang="en"
# **Check yourself.** Answer before you unfold.
#
# <details><summary>Why is a vocabulary built of training texts only?</summary>
#
# Words that training didn't have will come up in life too. If they are given numbers beforehand, their
# vectors stay random, and quality on the test comes out too high: the network "knows" how many new
# words there are. With `<unk>` it also learns what to do about the unknown, provided that `min_freq`
# is above one, so that `<unk>` does occur in training.
#
# </details>
#
# <details><summary>What is wrong with leaving out stop words in a task about opinions? And in a language model?</summary>
#
# Lists of stop words often hold *not*, *no* and *never*: without them "not good" is praise. So there
# are no negations in `STOP_WORDS`. A language model needs all of the stop words: it has to write
# grammatical text.
#
# </details>
#
# The experiments use a small real set: 10,605 sentences from reviews, rated from −4 to 4 (collected by
# Hutto and Gilbert; `pip` fetches the archive). Of the training part we take every second sentence, so
# that seven runs fit into half a minute. The same code works for the full set of reviews:
# `LargeMovieReviewDataset(folder)`, a vocabulary of some twenty thousand, texts of up to 200 or 300
# words.

# %%
snippets = open_snippets()
texts = {"train": snippets.train[::2], "valid": snippets.valid, "test": snippets.test}
words = {part: [tokenise(each.text) for each in texts[part]] for part in texts}
vocabulary = Vocabulary.build(words["train"], min_freq=2)
labelled = {
    part: [
        (vocabulary.lookup_indices([*text, EOS]), int(each.favourable))
        for text, each in zip(words[part], texts[part])
    ]
    for part in texts
}
for part, examples in labelled.items():
    known = np.mean([vocabulary[UNK] not in tokens for tokens, _ in examples])
    favourable = np.mean([label for _, label in examples])
    print(f"{part:5} {len(examples)} texts, {favourable:.0%} favourable, {known:.0%} without <unk>")
print(len(vocabulary), "tokens:", *vocabulary.tokens[:16])
print(texts["train"][0].text, "->", words["train"][0], "->", labelled["train"][0], sep="\n")

# %% [markdown] lang="ru"
# ## Часть 2. Классификация с LSTM (1 балл)
#
# Слова становятся векторами, их читает рекуррентный слой, его выходы по всем шагам сжимаются в один
# вектор, и линейный слой выдаёт логиты. Сжимать можно по-разному: взять последний шаг, среднее или
# максимум. В любом случае дополнение не должно ни на что влиять: у каждого текста свой последний шаг.
#
# Рекуррентный слой — аргумент классификатора: годится любой, который возвращает
# `(output, (h, c))`. Так в части 4 сравнятся семь слоёв, а остальное будет одинаково.

# %% [markdown] lang="en"
# ## Part 2. Classification with LSTM (1 point)
#
# Words become vectors, a recurrent layer reads them, its outputs at all steps are pooled into one
# vector, and a linear layer gives logits. There are several ways of pooling: take the last step, the
# mean or the maximum. In each case padding must have no say: every text has a last step of its own.
#
# The recurrent layer is an argument of the classifier: any will do that returns `(output, (h, c))`.
# So in part 4 seven layers are compared, and all the rest is the same.

# %% include="text.pooling:last_step text.pooling:mean_over_steps text.pooling:max_over_steps"

# %%
POOLINGS = {"last": last_step, "mean": mean_over_steps, "max": max_over_steps}

# %% include="text.classifier:RNNClassifier"

# %% check="lstm"

# %% [markdown] lang="ru"
# <details><summary>Почему слой, который идёт только вперёд, можно пускать по дополнению, а двунаправленному нужна упаковка?</summary>
#
# То, что слой говорит на шаге t, зависит только от шагов до t, а дополнение стоит после текста: нужные
# выходы уже готовы, остальные мы не берём. Обратное направление начинает с конца матрицы, то есть с
# дополнения, и приходит к тексту с испорченным состоянием.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Why may a layer that goes forward only run over the padding, while one of both directions needs packing?</summary>
#
# What the layer says at step t depends on the steps up to t alone, and padding comes after the text:
# the outputs that are needed are ready by then, and we take no others. The backward direction starts at
# the end of the matrix, that is with padding, and comes to the text with a spoilt state.
#
# </details>

# %% [markdown] lang="ru"
# ## Часть 3. Dropout внутри LSTM (2 балла)
#
# Обычный dropout между шагами рекуррентной сети разыгрывает маску на каждом шаге заново. За сто
# шагов мимо ста масок не проходит почти ничего: сеть перестаёт помнить. Три способа этого избежать:
# одна маска на все шаги (вариационный dropout, двумя способами) и маска там, где памяти нет.
#
# Во всех трёх слоях писать нужно одно направление одного слоя — метод `scan(input, state, weights)`.
# Стопку слоёв, начальные состояния и параметры с именами `torch.nn.LSTM` даёт базовый класс `LSTM`.
# Готовы также:
#
# * `weights.from_input(input)` — $W_{ih}x + b_{ih}$ для всех шагов сразу, `[time, batch, 4·hidden]`;
# * `lstm_step(from_input, hidden, cell, weights)` — новые `(hidden, cell)` за один шаг;
#   `lstm_gates(from_input, hidden, weights)` — ворота `i, f, g, o` после активаций;
# * `dropout_mask(like, p, generator)` — маска формы `like`: 0 с вероятностью `p`, иначе $1/(1-p)$;
# * `super().scan(…)` — обычная LSTM, она пригодится при применении.
#
# Цикл пишите через `….unbind(0)`, а не `from_input[t]`: у индексации градиент — матрица нулей полного
# размера на каждом шаге, и обратный проход станет в несколько раз медленнее.
#
# ### 3.1. Вариационный dropout циклом по шагам (0,5 балла)
#
# Гал и Гахрамани умножают вход и скрытое состояние на маски, которые разыгрываются один раз на
# последовательность:
#
# $$h_t, c_t = \operatorname{LSTM}(x_t \circ m_x,\; h_{t-1} \circ m_h,\; c_{t-1}) .$$

# %% [markdown] lang="en"
# ## Part 3. Dropout within LSTM (2 points)
#
# Plain dropout between the steps of a recurrent network draws a new mask at each step. In a hundred
# steps hardly anything gets past a hundred masks: the network stops remembering. There are three ways
# out: one mask for all steps (variational dropout, done in two ways), and a mask where there is no
# memory.
#
# In all three layers you write one direction of one layer, the method `scan(input, state, weights)`.
# The stack of layers, initial states, and parameters with the names of `torch.nn.LSTM` come from the
# class `LSTM`. There are also:
#
# * `weights.from_input(input)`: $W_{ih}x + b_{ih}$ for all steps at once, `[time, batch, 4·hidden]`;
# * `lstm_step(from_input, hidden, cell, weights)`: the new `(hidden, cell)` of one step;
#   `lstm_gates(from_input, hidden, weights)`: the gates `i, f, g, o` after their activations;
# * `dropout_mask(like, p, generator)`: a mask in the shape of `like`, 0 with probability `p`, else
#   $1/(1-p)$;
# * `super().scan(…)`: the plain LSTM, good for evaluation.
#
# Write the loop with `….unbind(0)` rather than `from_input[t]`: the gradient of indexing is a matrix
# of zeros of full size at each step, and the backward pass becomes several times slower.
#
# ### 3.1. Variational dropout by a loop over steps (0.5 points)
#
# Gal and Ghahramani multiply the input and the hidden state by masks that are drawn once for a
# sequence:
#
# $$h_t, c_t = \operatorname{LSTM}(x_t \circ m_x,\; h_{t-1} \circ m_h,\; c_{t-1}) .$$

# %% include="sequence.variational_dropout:VariationalLSTM"

# %% check="variational_cells"

# %% [markdown] lang="ru"
# ### 3.2. Вариационный dropout маской весов (0,5 балла)
#
# Цикл на Python медленный. Но $(h \circ m)\,W^\top = h\,(W \circ m)^\top$: умножить признак состояния
# на маску — то же, что умножить столбец матрицы. Значит, можно замаскировать матрицы один раз и
# отдать их быстрому `torch.nn.LSTM`. Плата: маска теперь одна на весь батч. Подставить в слой чужие веса,
# не трогая его параметров, умеет `functional_call`; прямой проход уже написан.

# %% [markdown] lang="en"
# ### 3.2. Variational dropout by masked weights (0.5 points)
#
# A loop in Python is slow. But $(h \circ m)\,W^\top = h\,(W \circ m)^\top$: to multiply a feature of
# the state by the mask is to multiply a column of the matrix. So matrices can be masked once and
# given to the fast `torch.nn.LSTM`. The price: there is one mask for the whole batch now. To run a
# layer with other weights without touching its parameters is what `functional_call` does; the forward
# pass is written already.

# %% include="sequence.variational_dropout:MaskedWeightLSTM"

# %% check="variational_weights"

# %% [markdown] lang="ru"
# ### 3.3. Dropout прибавки к ячейке (1 балл)
#
# Семенюта, Северин и Барт ставят маску на то, что ячейка получает нового:
#
# $$c_t = f_t \circ c_{t-1} + i_t \circ d(g_t), \qquad h_t = o_t \circ \tanh c_t .$$
#
# Запомненное через маску не проходит, поэтому её можно разыгрывать и на каждом шаге.

# %% [markdown] lang="en"
# ### 3.3. Dropout of the cell's update (1 point)
#
# Semeniuta, Severyn and Barth lay the mask on what the cell gets that is new:
#
# $$c_t = f_t \circ c_{t-1} + i_t \circ d(g_t), \qquad h_t = o_t \circ \tanh c_t .$$
#
# What is remembered doesn't pass through the mask, so it may be drawn at every step too.

# %% include="sequence.recurrent_dropout:RecurrentDropoutLSTM"

# %% check="recurrent_dropout"

# %% [markdown] lang="ru"
# **Теория (0,2 балла).** Пусть ворота насыщены: $f = 1$, $i = 0$, и ячейка должна донести число $c_0$
# через $T$ шагов. Сравните: (а) маска на всей ячейке, новая на каждом шаге; (б) маска на всей ячейке,
# одна на все шаги; (в) маска на прибавке. С какой вероятностью число доживёт до конца и чему равны
# среднее и дисперсия того, что дошло? Подставьте $p = 0{,}25$, $T = 20$. Чем платят за (в)?

# %% [markdown] lang="en"
# **Theory (0.2 points).** Let the gates be saturated, $f = 1$ and $i = 0$, and the cell be to carry a
# number $c_0$ through $T$ steps. Compare: (a) a mask on the whole cell, new at each step; (b) a mask on
# the whole cell, one for all steps; (c) a mask on the update. With which probability does the number
# live to the end, and what are the mean and the variance of what arrives? Take $p = 0.25$, $T = 20$.
# What is the price of (c)?

# %% [markdown] lang="ru" answer="recurrent_dropout"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="recurrent_dropout"
# **Your answer.**

# %% [markdown] lang="ru" solution="recurrent_dropout"
# **Решение.** Маска $m$ равна 0 с вероятностью $p$ и $1/(1-p)$ иначе: $\mathbb{E}\,m = 1$,
# $\mathbb{E}\,m^2 = 1/(1-p)$.
#
# (а) $c_T = c_0 \prod_t m_t$ с независимыми $m_t$. Доживает с вероятностью $(1-p)^T$, среднее
# $c_0$, дисперсия $c_0^2\left((1-p)^{-T} - 1\right)$. При $p = 0{,}25$, $T = 20$ вероятность 0,003, а
# то, что дошло, увеличено в $(4/3)^{20} \approx 315$ раз: среднее держится на редчайших случаях,
# памяти на деле нет.
#
# (б) $c_T = c_0\, m^T$: доживает с вероятностью $1 - p = 0{,}75$, но увеличенным в $(1-p)^{-T}$, те же
# 315 раз. Среднее $c_0 (1-p)^{1-T} \approx 236\,c_0$, не $c_0$: одна маска спасает от забывания, но
# взрывает ячейку. Второй момент равен $c_0^2 (1-p)^{1-2T}$, дисперсия — $c_0^2\left((1-p)^{1-2T} -
# (1-p)^{2-2T}\right)$. Поэтому Гал и Гахрамани маскируют $h$, который ограничен тангенсом, а ячейку не
# трогают.
#
# (в) $c_T = c_0$ всегда: вероятность 1, дисперсия 0. Случайна только сумма прибавок, и дисперсия каждой,
# $i^2 g^2\, p/(1-p)$, с последующими шагами не растёт.
#
# Плата: связи между состояниями, то есть матрица $W_{hh}$ и всё, что уже попало в ячейку, не
# регуляризованы вовсе. То, что один раз записано, больше не портится, и зазубрить последовательность
# сеть всё ещё может.

# %% [markdown] lang="en" solution="recurrent_dropout"
# **Solution.** A mask $m$ is 0 with probability $p$ and $1/(1-p)$ otherwise: $\mathbb{E}\,m = 1$ and
# $\mathbb{E}\,m^2 = 1/(1-p)$.
#
# (a) $c_T = c_0 \prod_t m_t$ with independent $m_t$. It lives with probability $(1-p)^T$, the mean is
# $c_0$, the variance $c_0^2\left((1-p)^{-T} - 1\right)$. For $p = 0.25$, $T = 20$ the probability is
# 0.003, and what arrives is scaled up by $(4/3)^{20} \approx 315$: the mean rests on the rarest of
# cases, and there is no memory to speak of.
#
# (b) $c_T = c_0\, m^T$: it lives with probability $1 - p = 0.75$, but scaled up by $(1-p)^{-T}$, the
# same 315. The mean is $c_0 (1-p)^{1-T} \approx 236\,c_0$, not $c_0$: one mask saves from forgetting,
# but makes the cell explode. The second moment is $c_0^2 (1-p)^{1-2T}$, the variance
# $c_0^2\left((1-p)^{1-2T} - (1-p)^{2-2T}\right)$. That is why Gal and Ghahramani mask $h$, which tanh
# bounds, and leave the cell alone.
#
# (c) $c_T = c_0$ always: probability 1, variance 0. Only the sum of updates is random, and the variance
# of each, $i^2 g^2\, p/(1-p)$, doesn't grow with the steps that follow.
#
# The price: the ties between states, that is the matrix $W_{hh}$ and all that has got into the cell,
# aren't regularised at all. What was once written is never spoilt, and the network may still learn a
# sequence by heart.

# %% [markdown] lang="ru"
# ## Часть 4. Сравнение семи запусков (1 балл)
#
# Четыре реализации: `torch.nn.LSTM`; цикл по шагам; маска весов; цикл с маской прибавки. У трёх
# последних dropout можно выключить, поэтому запусков семь: одна обычная LSTM и по два на каждую
# реализацию, без dropout и с ним. Без dropout все четыре считают одно и то же и различаются только
# временем; с dropout видно, чем различаются места для маски.
#
# Обучите все семь в равных условиях. Нарисуйте потери и точность по эпохам, на обучении и на валидации;
# сведите в таблицу точность, лучшую эпоху, время. Время меряйте в одном процессе на одном потоке.

# %% [markdown] lang="en"
# ## Part 4. The comparison of seven runs (1 point)
#
# There are four implementations: `torch.nn.LSTM`; the loop over steps; masked weights; the loop with a
# masked update. In the last three dropout can be switched off, so there are seven runs: one of the
# plain LSTM, and two of each implementation, without dropout and with it. Without dropout all four
# compute the same and differ in time alone; with it one sees how the places of the mask differ.
#
# Train all seven alike. Plot loss and accuracy by epoch, on training and on validation data; put
# accuracy, best epoch and time into a table. Measure times in one process, on one thread.


# %%
@dataclass(frozen=True)
class OpinionObjective:
    """Cross-entropy and accuracy of a batch of labelled texts."""

    def __call__(self, model, batch):
        logits = model(batch.tokens, batch.lengths)
        loss = functional.cross_entropy(logits, batch.labels)
        accuracy = (logits.argmax(dim=1) == batch.labels).float().mean()
        return engine.Step(loss, len(batch.labels), {"accuracy": accuracy})


def opinion_loader(part, seed=None):
    """Return batches; with a seed, shuffled among texts of similar length."""
    collate = CollateLabelled(vocabulary[PAD], max_length=50, eos=vocabulary[EOS])
    if seed is None:
        return DataLoader(labelled[part], batch_size=128, collate_fn=collate)
    buckets = BucketSampler([len(tokens) for tokens, _ in labelled[part]], 64, seed=seed)
    return DataLoader(labelled[part], batch_sampler=buckets, collate_fn=collate)


def settings_of_run(epochs, seed, *, lr, monitor="loss", **others):
    return engine.TrainerSettings(
        epochs=epochs,
        seed=seed,
        clip_norm=1.0,
        monitor=monitor,
        higher_is_better=monitor == "accuracy",
        optimiser=engine.OptimiserSettings(others.pop("rule", "adam"), lr=lr, momentum=0.0),
        logging=engine.LoggingSettings(progress=False, every=50),
        **others,
    )


EMBEDDING, HIDDEN = 32, 32


def train_classifier(make_layer, seed=0, epochs=4):
    """Return the history of a classifier with this recurrent layer, its test accuracy and its time."""
    torch.manual_seed(seed)
    embedding = nn.Embedding(len(vocabulary), EMBEDDING, padding_idx=vocabulary[PAD])
    model = RNNClassifier(embedding, make_layer(EMBEDDING, HIDDEN), HIDDEN, 2, "mean")
    folder = FOLDER / "opinions" / str(time.time_ns())
    trainer = engine.Trainer(
        settings_of_run(epochs, seed, lr=5e-3, monitor="accuracy"), folder, clock=time.process_time
    )
    objective = OpinionObjective()
    history = trainer.fit(model, opinion_loader("train", seed), opinion_loader("valid"), objective)
    engine.load_weights(folder / "best.pt", model)
    test = trainer.evaluate(model, opinion_loader("test"), objective)["accuracy"]
    return history, test, np.median([epoch.seconds for epoch in history.epochs])


layers = {
    "nn.LSTM": nn.LSTM,
    "cells": partial(VariationalLSTM, p_input=0.0, p_hidden=0.0),
    "masked weights": partial(MaskedWeightLSTM, p_input=0.0, p_hidden=0.0),
    "update": partial(RecurrentDropoutLSTM, p=0.0),
    "cells, dropout": partial(VariationalLSTM, p_input=0.4, p_hidden=0.4),
    "masked weights, dropout": partial(MaskedWeightLSTM, p_input=0.4, p_hidden=0.4),
    "update, dropout": partial(RecurrentDropoutLSTM, p=0.4),
}
runs = {name: train_classifier(layer) for name, layer in layers.items()}
again = train_classifier(layers["nn.LSTM"], seed=1)  # how much does chance alone change?


# %%
def table_of_classifiers(runs):
    fastest = runs["nn.LSTM"][2]
    print(f"{'':24} valid  test   loss: train, valid by epoch           s an epoch  times nn.LSTM")
    for name, (history, test, seconds) in runs.items():
        losses = " ".join(f"{epoch.valid['loss']:.3f}" for epoch in history.epochs)
        print(
            f"{name:24} {history.best.valid['accuracy']:.3f}  {test:.3f}  "
            f"{history.epochs[-1].train['loss']:.3f}        {losses:30} {seconds:.2f}"
            f"        {seconds / fastest:.2f}"
        )


def plot_histories(histories, measures):
    _, axes = plt.subplots(1, 2 * len(measures), figsize=(12, 3.2), layout="constrained")
    for ax, (part, measure) in zip(axes, [(p, m) for m in measures for p in ("train", "valid")]):
        for name, history in histories.items():
            values = [getattr(epoch, part)[measure] for epoch in history.epochs]
            ax.plot(range(1, 1 + len(values)), values, "o-", ms=3, label=name)
        ax.set(xlabel="epoch", title=f"{measure}, {part}")
    axes[-1].legend(fontsize="x-small")
    plt.show()


table_of_classifiers(runs | {"nn.LSTM, another seed": again})
plot_histories({name: history for name, (history, *_) in runs.items()}, ("loss", "accuracy"))

# %% [markdown] lang="ru" answer="comparison"
# **Ваши выводы.** Совпали ли запуски без dropout? Что делает dropout с кривыми обучения и валидации?
# Какое место маски лучше, и больше ли разница, чем между зёрнами? Сколько стоит каждая реализация?

# %% [markdown] lang="en" answer="comparison"
# **Your conclusions.** Do the runs without dropout agree? What does dropout do to the curves of
# training and of validation? Which place of the mask is better, and by more than the spread over
# seeds? What does each implementation cost?

# %% [markdown] lang="ru" solution="comparison"
# **Пример выводов.** Без dropout все четыре реализации дали одно и то же: точность 0,713 на валидации и
# 0,728 на тесте, кривые совпали, — значит, это одна и та же LSTM. Различаются они только временем: маска
# весов стоит столько же, сколько `nn.LSTM` (в разных запусках от 0,9 до 1,15 её времени), циклы на Python —
# в 1,5–2,2 раза больше. В объявлении курса на длинных текстах отношения были 5,5 и 12: там цикл длиннее; к
# тому же у нас вход умножается на матрицу сразу для всех шагов, и в цикле остаётся немного.
#
# Dropout делает с кривыми то, что должен. Обычная LSTM переобучается после второй эпохи: потери на обучении
# падают до 0,27, а на валидации растут с 0,59 до 0,69. Маска прибавки сдерживает это мало (0,34 и 0,67):
# то, что уже попало в ячейку, она не трогает. С вариационным dropout потери на обучении 0,50–0,52, а на
# валидации всё ещё падают и уже ниже лучших потерь обычной LSTM: 0,57 у цикла и 0,59 у маски весов.
#
# В точности выигрыша пока нет: 0,702–0,704 на валидации против 0,713, а на тесте 0,697 у обоих
# вариационных слоёв и 0,723 у маски прибавки против 0,728. Другое зерно дало обычной LSTM 0,721 и 0,721, то
# есть разброс около 0,01: на валидации различий не видно, а три сотых на тесте — больше разброса, за четыре
# эпохи сети с $p = 0{,}4$ недоучились. Потери говорят, что вероятности у них честнее: обычная сеть уверена
# и тогда, когда ошибается. Дальше следовало бы учить каждую до остановки по валидации и со своим $p$.
#
# Цикл и маска весов регуляризуют почти одинаково, хотя во втором случае маска одна на батч: батчей в эпохе
# много, и маски успевают смениться. Практический выбор — маска весов, за время `nn.LSTM`.

# %% [markdown] lang="en" solution="comparison"
# **An example.** Without dropout all four implementations gave the same, accuracies of 0.713 on validation
# and 0.728 on the test, and their curves coincide: so they are one and the same LSTM. They differ in time
# alone: masked weights cost as much as `nn.LSTM` (0.9 to 1.15 of its time in several runs), loops in Python
# 1.5 to 2.2 times as much. In the announcement of the course the ratios were 5.5 and 12, on long texts: the
# loop is longer there; besides, ours multiplies the input by its matrix for all steps at once, and not much
# is left in the loop.
#
# Dropout does to the curves what it should. The plain LSTM overfits after the second epoch: the training
# loss falls to 0.27, while that of validation rises from 0.59 to 0.69. The masked update hinders this
# little (0.34 and 0.67): it leaves alone what has got into the cell. With variational dropout the training
# loss is 0.50 to 0.52, while that of validation still falls, and is below the plain LSTM's best already or
# level with it: 0.57 by cells and 0.59 by masked weights.
#
# In accuracy nothing is gained yet: 0.702 to 0.704 on validation against 0.713, and on the test 0.697 for
# both variational layers and 0.723 for the masked update against 0.728. Another seed gave the plain LSTM
# 0.721 and 0.721, so the spread is about 0.01: on validation no difference can be seen, while three
# hundredths on the test are more than the spread; in four epochs the networks with $p = 0.4$ haven't
# learnt all they can. The losses say that their probabilities are more honest: the plain network is
# certain also when it is wrong. Next, each should be trained until validation stops it, with a $p$ of its
# own.
#
# The loop and masked weights regularise nearly alike, though the latter have one mask for a batch: there
# are many batches in an epoch, and masks change often enough. In practice one takes masked weights, in the
# time of `nn.LSTM`.

# %% [markdown] lang="ru"
# ## Часть 5. Языковая модель (2 балла)
#
# Модель читает текст и после каждого слова выдаёт логиты следующего: $p(w_1 \ldots w_T) = \prod_t
# p(w_t \mid w_{<t})$. Тексты идут от `<sos>` до `<eos>`; вход — всё, кроме последнего токена, цель —
# всё, кроме первого.
#
# Потери — средний $-\ln p$ по **настоящим** токенам; экспонента от них называется перплексией: среди
# скольких равновероятных слов модель как будто выбирает. Дополнение в среднее не входит: иначе
# перплексия зависела бы от того, с кем текст попал в батч.

# %% [markdown] lang="en"
# ## Part 5. The language model (2 points)
#
# The model reads a text and after each word gives the logits of the next: $p(w_1 \ldots w_T) =
# \prod_t p(w_t \mid w_{<t})$. Texts go from `<sos>` to `<eos>`; the input is all but the last token,
# the target all but the first.
#
# The loss is the mean of $-\ln p$ over **real** tokens; its exponential is called perplexity: among how
# many equally likely words the model seems to choose. Padding is not in the mean, else perplexity would
# depend on who is in the batch beside a text.

# %% include="text.collation:CollateLanguage"

# %% include="text.masked_loss:n_tokens text.masked_loss:masked_cross_entropy text.masked_loss:token_accuracy"

# %% [markdown] lang="ru"
# В самой модели написан конструктор; ваши — прямой проход и шаг, с которым работает декодирование.
# Конструктор уже умеет всё, что понадобится в бонусе: dropout слов, входа и выхода, выпадение весов
# (`WeightDrop` готов), внимание. Пока вероятности нулевые и `attention=False`, ничего из этого не
# работает и писать этого не нужно; метод `tie` — тоже бонус, до него модель создаётся с `tied=False`.

# %% [markdown] lang="en"
# The model's constructor is written; yours are the forward pass, and the step that decoding works
# with. The constructor knows already what the bonus will need: dropout of words, of input and output,
# of weights (`WeightDrop` is there), attention. As long as probabilities are zero and
# `attention=False`, none of it is at work or has to be written; the method `tie` is bonus too, and
# until then models are made with `tied=False`.

# %%
from praktikum.sequence.weight_drop import WeightDrop
from praktikum.text.language_model import LanguageDropouts, LanguageOutput, LanguageState

# %% include="sequence.embedding_dropout:EmbeddingDropout sequence.locked_dropout:LockedDropout"

# %% include="text.causal_attention:CausalAttention"

# %% include="text.language_model:LSTMLanguageModel"

# %% check="language_model"

# %% [markdown] lang="ru"
# <details><summary>Потери усреднены по токенам батча. Почему среднее таких средних — ещё не логарифм перплексии?</summary>
#
# В батчах разное число токенов, и батч с короткими текстами весил бы столько же, сколько с длинными.
# Поэтому размером шага циклу обучения сообщают число настоящих токенов: с такими весами среднее точно.
#
# </details>
#
# <details><summary>Можно ли сравнить перплексии двух моделей с разными словарями?</summary>
#
# Нет. Чем меньше словарь, тем чаще правильный ответ — `<unk>`, а его угадать легко: модель, у которой весь
# словарь — `<unk>`, имеет перплексию около единицы. Сравнивают на одном словаре или в битах на символ.
#
# </details>
#
# Обучим модель на двух тысячах предложений и словаре в восемьсот слов: с полным (шестнадцать тысяч) почти всё время уходило бы на
# последнюю матрицу. Для сравнения посчитаем перплексию модели, которая знает только частоты слов.

# %% [markdown] lang="en"
# <details><summary>The loss is a mean over the tokens of a batch. Why is the mean of such means not yet the logarithm of perplexity?</summary>
#
# Batches have different numbers of tokens, and a batch of short texts would weigh as much as one of
# long texts. So the training loop is told the number of real tokens as the size of a step: with these
# weights the mean is exact.
#
# </details>
#
# <details><summary>Can perplexities of two models with different vocabularies be compared?</summary>
#
# No. The smaller the vocabulary, the more often `<unk>` is the right answer, and that is easily guessed:
# a model whose vocabulary is all `<unk>` has a perplexity of about one. One compares on one vocabulary,
# or in bits per character.
#
# </details>
#
# We train on two thousand sentences and a vocabulary of eight hundred words: with all of them (sixteen thousand) nearly all time
# would go into the last matrix. Beside it we compute the perplexity of a model that knows only how
# frequent words are.

# %%
small = Vocabulary.build(words["train"], max_size=800)
sentences = {
    part: [small.lookup_indices([SOS, *text, EOS]) for text in words[part]] for part in words
}
sentences["train"] = sentences["train"][::2]  # two thousand: each improvement costs a run
sentences["valid"] = sentences["valid"][::2]


def language_loader(part, seed=None):
    collate = CollateLanguage(small[PAD], max_length=32, eos=small[EOS])
    if seed is None:
        return DataLoader(sentences[part], batch_size=128, collate_fn=collate)
    buckets = BucketSampler([len(tokens) for tokens in sentences[part]], 32, seed=seed)
    return DataLoader(sentences[part], batch_sampler=buckets, collate_fn=collate)


@dataclass(frozen=True)
class LanguageObjective:
    """The mean −log p of a token, and with alpha and beta penalties on activations."""

    alpha: float = 0.0
    beta: float = 0.0

    def __call__(self, model, batch):
        output = model(batch.inputs)
        nats = masked_cross_entropy(output.logits, batch.targets, small[PAD])
        accuracy = token_accuracy(output.logits, batch.targets, small[PAD])
        loss, real = nats, batch.targets != small[PAD]
        if self.alpha and model.training:
            loss = loss + self.alpha * activation_penalty(output.dropped, real)
        if self.beta and model.training:
            loss = loss + self.beta * temporal_activation_penalty(output.hidden, real)
        metrics = {"nats": nats, "accuracy": accuracy}
        return engine.Step(loss, n_tokens(batch.targets, small[PAD]), metrics)


SIZE = 48


@dataclass(frozen=True)
class LanguageRun:
    """A trained model, how it was trained, and its perplexity on the test."""

    model: nn.Module
    history: engine.History
    perplexity: float


def train_language_model(
    *, epochs=4, seed=0, lr=1e-2, rule="adam", wrap=None, listen=(), objective=None, **of_model
):
    torch.manual_seed(seed)
    model = LSTMLanguageModel(len(small), SIZE, SIZE, 1, **({"tied": False} | of_model))
    nn.init.normal_(model.embed.embedding.weight, std=0.4)  # a short training wants a quick start
    model = model if wrap is None else wrap(model)
    folder = FOLDER / "language" / str(time.time_ns())
    settings = settings_of_run(epochs, seed, lr=lr, monitor="nats", rule=rule)
    trainer = engine.Trainer(settings, folder, listen, clock=time.process_time)
    objective = objective or LanguageObjective()
    loaders = language_loader("train", seed), language_loader("valid")
    history = trainer.fit(model, *loaders, objective)
    engine.load_weights(folder / "best.pt", model)
    nats = trainer.evaluate(model, language_loader("test"), objective)["nats"]
    return LanguageRun(model.eval(), history, math.exp(nats))


language_runs = {"plain": train_language_model()}
model = language_runs["plain"].model

counts = np.bincount(
    np.concatenate([text[1:] for text in sentences["train"]]), minlength=len(small)
)
unigram = np.log((counts + 1) / (counts + 1).sum())
test_tokens = np.concatenate([text[1:] for text in sentences["test"]])
print(
    f"{model.predict.weight.numel():,} of {sum(p.numel() for p in model.parameters()):,} parameters predict"
)
print(f"frequencies alone: perplexity {np.exp(-unigram[test_tokens].mean()):.0f}")
print(f"LSTM:              perplexity {language_runs['plain'].perplexity:.0f}")
plot_histories({"plain": language_runs["plain"].history}, ("nats", "accuracy"))

# %%
for sentence in sentences["test"][:4]:
    tokens = torch.tensor(sentence)[:, None]
    with torch.no_grad():
        scores = model(tokens[:-1]).logits[:, 0].log_softmax(dim=1)
    chosen = scores.gather(1, tokens[1:])[:, 0].exp()
    told = [f"{word} {p:.2f}" for word, p in zip(small.lookup_tokens(sentence[1:]), chosen)]
    print(" · ".join(told))

# %% [markdown] lang="ru" answer="language_model"
# **Ваши выводы.** Насколько модель лучше частот слов? Когда началось переобучение? Какие слова она
# предсказывает уверенно, а какие никогда?

# %% [markdown] lang="en" answer="language_model"
# **Your conclusions.** How much better than frequencies of words is the model? When did overfitting
# begin? Which words does it predict with confidence, and which never?

# %% [markdown] lang="ru" solution="language_model"
# **Пример выводов.** Перплексия на тесте 46 против 72 у частот слов: из контекста модель извлекла
# $\ln(72/46) \approx 0{,}45$ ната на слово. Потери на валидации ещё падали, когда обучение кончилось:
# переобучение не началось, модель недоучена, и это надо помнить в бонусе — регуляризации пока нечего
# лечить.
#
# Выучены местная грамматика и служебные слова: после *in* — *the* (0,24), после существительного — *of*, *is*,
# *and*; `<eos>` дороже всего там, где мысль закончена. Увереннее всего модель предсказывает `<unk>` после
# артикля (около 0,5): так она говорит «здесь будет какое-то редкое слово». Содержательных слов — *worth*,
# *seeing*, *years*, *play* — она не ждёт никогда: их вероятности меньше 0,005, по одному контексту из двух тысяч
# предложений их и не выучить.

# %% [markdown] lang="en" solution="language_model"
# **An example.** The test perplexity is 46 against 72 of frequencies: out of the context the model got
# $\ln(72/46) \approx 0.45$ nats a word. The validation loss was still falling when training ended:
# overfitting hasn't begun and the model isn't trained to the end, which is to be kept in mind in the bonus:
# there is nothing yet for regularisation to cure.
#
# What it has learnt is local grammar and function words: *the* after *in* (0.24); *of*, *is*, *and* after a
# noun; `<eos>` is likeliest where a thought is complete. With most confidence it predicts `<unk>` after an
# article (about 0.5): its way of saying "some rare word comes here". Words with content, *worth*, *seeing*,
# *years*, *play*, it never expects: their probabilities are below 0.005, and two thousand sentences don't
# suffice to learn them by their contexts.

# %% [markdown] lang="ru"
# ## Часть 6. Жадное декодирование и top-k (1 балл)
#
# Декодирование ничего не знает об LSTM. Ему нужна функция `step(tokens, state)`, которая по последним
# токенам текстов и состоянию возвращает логиты и новое состояние; тексты — первая ось состояния, поэтому
# строки состояния можно выбирать: `select_rows(state, rows)`.
#
# Жадное декодирование каждый раз берёт самый вероятный токен; `top_k` оставляет `k` лучших логитов, а `draw`
# разыгрывает из них. Тексты кончаются в разное время: кончившийся выбывает из батча, его состояние тоже.
# `sample` — декодирование со случайностью — уже собрано из ваших функций.
#
# В таком маленьком словаре самое вероятное слово — `<unk>`; чтобы тексты было интересно читать, шаг его
# запрещает. Это тоже декодирование: модель не изменилась.

# %% [markdown] lang="en"
# ## Part 6. Greedy decoding and top-k (1 point)
#
# Decoding knows nothing of LSTM. It needs a function `step(tokens, state)` that, given the last tokens
# of texts and a state, returns logits and a new state; texts are the first axis of the state, so its
# rows can be picked: `select_rows(state, rows)`.
#
# Greedy decoding takes the likeliest token each time; `top_k` leaves the `k` best logits, and `draw`
# draws from them. Texts end at different times: one that has ended leaves the batch, and so does its
# state. `sample`, decoding with chance, is made of your functions already.
#
# In so small a vocabulary the likeliest word is `<unk>`; to make texts worth reading, the step forbids
# it. That is decoding too: the model hasn't changed.

# %%
from praktikum.text.decoding import Decoded
from praktikum.text.decoding_step import State, Step, select_rows  # noqa: F811 of any model
from praktikum.text.sampling import top_p

Choose = Callable[[Float[Tensor, "rows vocabulary"]], Int[Tensor, " rows"]]

# %% include="text.sampling:top_k text.sampling:draw"

# %% include="text.decoding:decode text.decoding:greedy text.decoding:sample"

# %% check="decoding"


# %%
def begun(model, beginning):
    """Return the last token of a beginning, and the state of the model before it."""
    tokens = torch.tensor(small.lookup_indices([SOS, *beginning.split()]))[:, None]
    with torch.no_grad():
        state = model(tokens[:-1]).state if len(tokens) > 1 else model.initial_state(1)
    return tokens[-1], state


def without_unknown(tokens, state):
    """A step of the plain model that never says <unk>."""
    logits, state = model.step(tokens, state)
    logits[:, small[UNK]] = -torch.inf
    return logits, state


def shown(beginning, tokens, length):
    followed = small.lookup_tokens(tokens[: int(length)].tolist())
    return " ".join([beginning, *followed]).strip()


LIMITS = {"eos": small[EOS], "max_length": 20}
generator = torch.Generator().manual_seed(0)
for beginning in ("", "the film", "a"):
    start, state = begun(model, beginning)
    best = greedy(without_unknown, start, state, **LIMITS)
    print(
        f"greedy, log p = {best.log_probs[0]:.1f}:",
        shown(beginning, best.tokens[0], best.lengths[0]),
    )
    for k in (1, 5, 50):
        drawn = sample(without_unknown, start, state, k=k, generator=generator, **LIMITS)
        text = shown(beginning, drawn.tokens[0], drawn.lengths[0])
        print(f"top-{k}, log p = {drawn.log_probs[0]:.1f}:", text)
    print()

# %% [markdown] lang="ru"
# ## Часть 7. Поиск по лучу (2 балла)
#
# Самые вероятные токены не обязаны составить самый вероятный текст. Поиск по лучу ведёт сразу
# `beam_size` лучших начал: каждое продолжает всеми способами и из всех продолжений оставляет снова
# `beam_size`. Кончившиеся тексты остаются в луче и соревнуются с живыми, каждый при своей длине.
#
# Места всех лучей лежат на одной оси, поэтому модель вызывается один раз за шаг, сколько бы ни было
# начал. Ваши функции — цикл `beam_search` и шаг `Beam.extended`; можно обойтись и без класса `Beam`, если
# вернётся `Beams`.

# %% [markdown] lang="en"
# ## Part 7. Beam search (2 points)
#
# The likeliest tokens need not make the likeliest text. Beam search follows the `beam_size` best
# beginnings at once: it continues each in every way, and of all continuations keeps `beam_size` again.
# Texts that have ended stay in the beam and compete with live ones, each at its own length.
#
# The places of all beams lie along one axis, so the model is called once a step, however many starts
# there are. Yours are the loop, `beam_search`, and the step, `Beam.extended`; you may do without the
# class `Beam` if what returns is a `Beams`.

# %%
from praktikum.text.beam_search import Beam, Beams

# %% include="text.beam_search:Beam text.beam_search:beam_search"

# %% check="beam_search"

# %%
for beginning in ("", "the film", "a"):
    start, state = begun(model, beginning)
    for size, penalty in ((1, 0.0), (3, 0.0), (10, 0.0), (10, 1.0)):
        beams = beam_search(
            without_unknown, start, state, beam_size=size, length_penalty=penalty, **LIMITS
        )
        text = shown(beginning, beams.tokens[0, 0], beams.lengths[0, 0])
        print(f"beam {size:2}, penalty {penalty}, log p = {beams.log_probs[0, 0]:6.1f}:", text)
    print()

# %% [markdown] lang="ru" answer="beam_search"
# **Ваш ответ.** Почему сумма логарифмов предпочитает короткие тексты? Что делает деление на степень
# длины: при каком показателе длина не имеет значения, если все токены одинаково вероятны? Сравните по
# текстам жадный поиск, лучи и top-k: вероятность, длину, разнообразие.

# %% [markdown] lang="en" answer="beam_search"
# **Your answer.** Why does the sum of logarithms favour short texts? What does division by a power of
# the length do: with which exponent does length not matter where all tokens are equally likely? Compare
# greedy search, beams and top-k by their texts: probability, length, diversity.

# %% [markdown] lang="ru" solution="beam_search"
# **Решение.** Каждый токен умножает вероятность текста на число меньше единицы, то есть прибавляет к
# сумме логарифмов отрицательное: $\log p(w_1 \ldots w_L) = \sum_{t=1}^{L} \log p_t$. Если все токены
# одинаково вероятны, $p_t = q$, сумма равна $L \log q$: из двух текстов выиграет короткий. Жадный поиск этого
# не замечает, он не сравнивает тексты разной длины; луч сравнивает, и чем он шире, тем вернее находит
# самый вероятный текст — короткий.
#
# Делим на $L^{\alpha}$: оценка равна $L^{1-\alpha} \log q$. При $\alpha = 1$ длина не влияет вовсе,
# сравнивается среднее; при $\alpha < 1$ короткие ещё впереди, при $\alpha > 1$ вперёд выходят длинные.
# Настоящие токены вероятны неодинаково: внутри готовых оборотов $p_t$ близко к единице, и среднее
# поощряет дописывать их. На практике берут $\alpha$ от 0,6 до 1.
#
# Так и вышло. После «the film» лучи ширины 3 и 10 сразу закончили текст ($\log p = -2{,}2$), а жадный поиск
# дошёл до предела длины с $\log p = -43$: самые вероятные слова привели его в круг «is a movie is a
# movie». С $\alpha = 1$ луч написал «the film is it s a movie» (−12), а после «a» тоже попал в круг: в
# нём каждый следующий токен вероятен, и среднее этому радо. Top-k с $k = 50$ не повторяется, но и не связен,
# и гораздо менее вероятен (до −75 за двадцать слов); $k = 5$ — посередине: «the film s not a movie».
#
# Самый вероятный текст и хороший текст — не одно и то же. Луч нужен там, где правильный ответ почти один
# (перевод, распознавание речи), а для сочинения лучше случайность.

# %% [markdown] lang="en" solution="beam_search"
# **Solution.** Each token multiplies the probability of a text by a number below one, that is, adds
# something negative to the sum of logarithms: $\log p(w_1 \ldots w_L) = \sum_{t=1}^{L} \log p_t$. If all
# tokens are equally likely, $p_t = q$, the sum is $L \log q$: of two texts the short one wins. Greedy search
# doesn't notice, since it compares no texts of different lengths; a beam does, and the wider it is, the more
# surely it finds the likeliest text, which is a short one.
#
# Divide by $L^{\alpha}$: the score is $L^{1-\alpha} \log q$. With $\alpha = 1$ length has no say at all
# and means are compared; with $\alpha < 1$ short texts are still ahead, with $\alpha > 1$ long ones
# are. Real tokens aren't equally likely: within set phrases $p_t$ is near one, and the mean rewards
# writing them out. In practice $\alpha$ lies between 0.6 and 1.
#
# That is what came out. After "the film" beams of 3 and of 10 ended at once ($\log p = -2.2$), while greedy
# search went up to the limit of length, with $\log p = -43$: the likeliest words led it round and round, "is
# a movie is a movie". With $\alpha = 1$ the beam wrote "the film is it s a movie" (−12), and after "a" it
# went round too: in a circle each next token is likely, and the mean likes that. Top-k with $k = 50$
# doesn't repeat itself, but doesn't hang together either, and is far less likely (down to −75 in twenty
# words); $k = 5$ is in between: "the film s not a movie".
#
# The likeliest text and a good text are two things. A beam belongs where there is nearly one right answer
# (translation, speech recognition); for making things up, chance is better.

# %% [markdown] lang="ru"
# ## Часть 8. Бонус (до 7 баллов)
#
# Независимые задания: делайте любые, ячейки остальных удалите или закомментируйте. Каждое улучшение
# языковой модели надо поставить в общее сравнение: та же выборка, то же зерно, перплексия на тесте.
#
# ### 8.1. Zoneout (0,5 балла)
#
# Zoneout ничего не обнуляет: с вероятностью $p$ число состояния остаётся таким, каким было, и через
# него прошлое (и градиент) идёт без искажений. При применении берётся математическое ожидание.
# Поставьте его восьмым в сравнение части 4.

# %% [markdown] lang="en"
# ## Part 8. Bonus (up to 7 points)
#
# Independent problems: take any, and delete or comment out the cells of the others. Each improvement
# of the language model is to be put into the common comparison: the same texts, the same seed,
# perplexity on the test.
#
# ### 8.1. Zoneout (0.5 points)
#
# Zoneout zeroes nothing: with probability $p$ a number of the state stays what it was, and through it
# the past (and the gradient) passes undistorted. In evaluation the expectation is taken. Put it into
# the comparison of part 4 as the eighth run.

# %% include="sequence.zoneout:zone_out sequence.zoneout:ZoneoutLSTM"

# %% check="bonus_zoneout"

# %%
zoneout = {
    "zoneout": train_classifier(partial(ZoneoutLSTM, p_hidden=0.2, p_cell=0.4, expectation=True))
}
table_of_classifiers({"nn.LSTM": runs["nn.LSTM"]} | zoneout)

# %% [markdown] lang="ru" answer="bonus_zoneout"
# **Ваши выводы.** Чем Zoneout отличается от остальных запусков по кривым, качеству и времени?

# %% [markdown] lang="en" answer="bonus_zoneout"
# **Your conclusions.** How does Zoneout differ from the other runs in curves, quality and time?

# %% [markdown] lang="ru" solution="bonus_zoneout"
# **Пример выводов.** По потерям на обучении Zoneout ближе к обычной LSTM, чем к вариационному dropout: 0,32
# против 0,27 и 0,50. Точность 0,705 на валидации и 0,724 на тесте против 0,713 и 0,728 — в пределах разброса
# между зёрнами. По времени это самый дорогой слой, 2–2,7 времени `nn.LSTM`: два розыгрыша на каждом шаге.
# При применении он тоже не бесплатен: ожидание считается в цикле, быстрый слой не годится.

# %% [markdown] lang="en" solution="bonus_zoneout"
# **An example.** By its training loss Zoneout is nearer to the plain LSTM than to variational dropout: 0.32
# against 0.27 and 0.50. Its accuracies of 0.705 on validation and 0.724 on the test, against 0.713 and
# 0.728, are within the spread over seeds. In time it is the dearest layer, 2 to 2.7 times `nn.LSTM`: there
# are two draws at each step. It isn't free in evaluation either: the expectation is computed in the loop,
# and the fast layer won't do.

# %% [markdown] lang="ru"
# ### 8.2. Dropout слов (0,25 балла)
#
# Слово словаря выпадает целиком и везде, где стоит в батче. Допишите `EmbeddingDropout.dropped` в ячейке
# части 5.

# %% [markdown] lang="en"
# ### 8.2. Dropout of words (0.25 points)
#
# A word of the vocabulary is dropped as a whole, wherever in the batch it stands. Write
# `EmbeddingDropout.dropped` in the cell of part 5.

# %% check="bonus_embedding_dropout"

# %%
language_runs["dropout of words"] = train_language_model(dropouts=LanguageDropouts(embedding=0.05))

# %% [markdown] lang="ru"
# ### 8.3. Dropout входа и выхода (0,25 балла)
#
# До и после LSTM маска тоже одна на все шаги последовательности. Допишите `LockedDropout.dropped` в ячейке
# части 5.

# %% [markdown] lang="en"
# ### 8.3. Dropout of input and output (0.25 points)
#
# Before and after the LSTM the mask is one for all steps of a sequence too. Write
# `LockedDropout.dropped` in the cell of part 5.

# %% check="bonus_locked_dropout"

# %%
language_runs["dropout of input and output"] = train_language_model(
    dropouts=LanguageDropouts(input=0.1, output=0.2)
)

# %% [markdown] lang="ru"
# ### 8.4. AR и TAR (1 балл)
#
# Штраф за большие активации (AR) и за резкие их изменения от шага к шагу (TAR):
#
# $$L = L_{\text{CE}} + \alpha\, \overline{d(h_t)^2} + \beta\, \overline{(h_{t+1} - h_t)^2} ,$$
#
# средние — по числам настоящих шагов, $d$ — dropout выхода.

# %% [markdown] lang="en"
# ### 8.4. AR and TAR (1 point)
#
# A penalty on large activations (AR) and on their sudden changes from step to step (TAR):
#
# $$L = L_{\text{CE}} + \alpha\, \overline{d(h_t)^2} + \beta\, \overline{(h_{t+1} - h_t)^2} ,$$
#
# means are over the numbers of real steps, $d$ is the dropout of the output.

# %% include="text.activation_regularisation:mean_square text.activation_regularisation:activation_penalty text.activation_regularisation:temporal_activation_penalty"

# %% check="bonus_ar_tar"

# %%
language_runs["AR and TAR"] = train_language_model(objective=LanguageObjective(alpha=2.0, beta=1.0))

for name in ("plain", "AR and TAR"):
    batch = next(iter(language_loader("test")))
    real = batch.targets != small[PAD]
    with torch.no_grad():
        hidden = language_runs[name].model(batch.inputs).hidden
    size = activation_penalty(hidden, real).sqrt()
    change = temporal_activation_penalty(hidden, real).sqrt()
    print(f"{name:12} activations {size:.3f}, their change in a step {change:.3f}")

# %% [markdown] lang="ru" answer="bonus_ar_tar"
# **Ваши выводы.** Как изменились активации и что стало с перплексией?

# %% [markdown] lang="en" answer="bonus_ar_tar"
# **Your conclusions.** How did activations change, and what became of perplexity?

# %% [markdown] lang="ru" solution="bonus_ar_tar"
# **Пример выводов.** Сами активации штрафы изменили сильно: средняя величина упала с 0,60 до 0,20, а
# изменение за шаг — с 0,46 до 0,18, то есть примерно пропорционально: больше подействовал AR, а TAR уменьшился
# вслед за ним. Перплексия 46,3 против 46,5 — разницы нет, между зёрнами она больше (0,8). Модель не
# переобучена, поэтому ограничивать ей нечего; зато и вреда нет: маленькие активации последняя матрица
# возместила большими весами.

# %% [markdown] lang="en" solution="bonus_ar_tar"
# **An example.** Activations themselves did change much: their size fell from 0.60 to 0.20, and their change
# in a step from 0.46 to 0.18, that is, about in proportion: AR did the work, and TAR followed. Perplexity
# is 46.3 against 46.5, which is no difference, since seeds differ by more (0.8). The model doesn't overfit,
# so there is nothing to restrain; nor is there harm: the last matrix made up for small activations by large
# weights.

# %% [markdown] lang="ru"
# ### 8.5. NT-ASGD (1,5 балла)
#
# SGD с постоянным шагом под конец кружит возле минимума; среднее весов по шагам лежит к нему ближе.
# Но усреднять с самого начала нельзя: в среднее попадёт и весь спуск. NT-ASGD начинает, когда потери на
# валидации хуже лучших из тех, что были больше $n$ проверок назад. Сам оптимизатор при этом — обычный SGD,
# среднее он не видит.

# %% [markdown] lang="en"
# ### 8.5. NT-ASGD (1.5 points)
#
# SGD with a constant step ends up circling around a minimum; the mean of the weights over steps lies
# closer to it. But one can't average from the start: the whole descent would be in the mean. NT-ASGD
# begins when the validation loss is above the best of those more than $n$ checks ago. The optimiser
# itself is plain SGD, and doesn't see the mean.

# %% include="text.averaged_weights:is_stalled text.averaged_weights:AveragedWeights"

# %% check="bonus_nt_asgd"


# %%
class Averaging(engine.Listener):
    """Adds the weights to the mean after each update, and begins when training has stalled."""

    def __init__(self, n):
        self.n, self.losses, self.began = n, [], None

    def batch_ends(self, fit, step):
        del step
        fit.model.add_iterate()

    def epoch_ends(self, fit, result):
        self.losses.append(result.valid["nats"])
        if self.began is None and is_stalled(self.losses, self.n):
            fit.model.start()
            self.began = result.epoch


averaging = Averaging(n=0)  # the paper has n = 5, and hundreds of epochs
sgd = {"epochs": 7, "rule": "sgd", "lr": 6.0}
language_runs["SGD"] = train_language_model(**sgd)
language_runs["NT-ASGD"] = train_language_model(**sgd, wrap=AveragedWeights, listen=[averaging])
print("averaging began after epoch", averaging.began)
plot_histories({name: language_runs[name].history for name in ("SGD", "NT-ASGD")}, ("nats",))

# %% [markdown] lang="ru" answer="bonus_nt_asgd"
# **Ваши выводы.** Когда началось усреднение и что оно дало? Что было бы, начнись оно сразу?

# %% [markdown] lang="en" answer="bonus_nt_asgd"
# **Your conclusions.** When did averaging begin, and what did it give? What if it had begun at once?

# %% [markdown] lang="ru" solution="bonus_nt_asgd"
# **Пример выводов.** У SGD с большим шагом потери на валидации скачут от эпохи к эпохе. Усреднение
# началось после пятой эпохи, когда потери впервые поднялись над лучшими, и с этого места кривая идёт вниз
# гладко: перплексия 47,6 против 48,7 у лучшей эпохи того же SGD без усреднения. Сама траектория весов у
# обоих одна и та же, среднее на неё не влияет. Выигрыш немного больше разброса между зёрнами (0,8), но он
# получен на одном зерне, а Adam за четыре эпохи всё равно лучше.
#
# Начнись усреднение сразу, в среднее вошли бы первые эпохи, где перплексия ещё за 60: веса, с которых модель
# давно ушла. Через много эпох их доля мала, но в нашем коротком обучении они всё испортили бы.

# %% [markdown] lang="en" solution="bonus_nt_asgd"
# **An example.** With its long steps SGD's validation loss jumps from epoch to epoch. Averaging began after
# the fifth epoch, when the loss first rose above the best, and from there the curve goes down smoothly: a
# perplexity of 47.6 against 48.7 at the best epoch of the same SGD without averaging. The path of the
# weights is the same in both, the mean has no influence on it. The gain is a little above the spread over
# seeds (0.8), but comes of one seed, and Adam is better in four epochs anyway.
#
# Had averaging begun at once, the first epochs would be in the mean, with a perplexity above 60: weights
# that the model has long left. After many epochs their share is small, but in our short training they would
# have spoilt everything.

# %% [markdown] lang="ru"
# ### 8.6. Общие веса (1 балл)
#
# Вектор слова на входе и вектор, которым слово предсказывают, — об одном и том же слове. Пусть это будет
# один параметр: допишите `LSTMLanguageModel.tie` в ячейке части 5.

# %% [markdown] lang="en"
# ### 8.6. Tied weights (1 point)
#
# The vector of a word in the input and the vector that predicts it are about one and the same word. Let
# them be one parameter: write `LSTMLanguageModel.tie` in the cell of part 5.

# %% check="bonus_tied"

# %%
language_runs["tied weights"] = train_language_model(tied=True)
for name in ("plain", "tied weights"):
    n_parameters = sum(parameter.numel() for parameter in language_runs[name].model.parameters())
    print(f"{name:12} {n_parameters:,} parameters")

# %% [markdown] lang="ru" answer="bonus_tied"
# **Ваши выводы.** Почему общие веса — регуляризация? Каких слов это касается сильнее?

# %% [markdown] lang="en" answer="bonus_tied"
# **Your conclusions.** Why do tied weights regularise? Which words does it concern most?

# %% [markdown] lang="ru" solution="bonus_tied"
# **Пример выводов.** Параметров стало в 1,7 раза меньше (58 016 против 96 416), а перплексия 44,7 против
# 46,5: разница больше разброса между зёрнами, это лучшее из улучшений по отдельности. Модель обязана
# описывать слово одним вектором и как прочитанное, и как ожидаемое; слова, которые встречаются в похожих местах,
# сближаются с обеих сторон. Сильнее всего это касается редких слов: на входе градиент приходит к слову только
# тогда, когда оно прочитано, а через предсказание — на каждом шаге, ведь softmax отталкивает и слова, которых
# в батче не было.

# %% [markdown] lang="en" solution="bonus_tied"
# **An example.** There are 1.7 times fewer parameters (58,016 against 96,416), and the perplexity is 44.7
# against 46.5: more than the spread over seeds, and the best of the improvements taken alone. The model has
# to describe a word by one vector, both as read and as expected; words that occur in similar places draw
# near from both sides. It concerns rare words most: in the input a gradient comes to a word only when it is
# read, while through the prediction it comes at each step, since softmax pushes away words that aren't in
# the batch, too.

# %% [markdown] lang="ru"
# ### 8.7. Внимание и его карты (2 балла)
#
# Шаг смотрит на себя и на все прежние выходы: $a_{ti} = \operatorname{softmax}_{i \le t}
# \left(h_i^\top W h_t / \sqrt{d}\right)$, ответ — $\tanh\left(U\,[h_t; \sum_i a_{ti} h_i]\right)$. Допишите
# `CausalAttention.forward` в ячейке части 5; помните, что при генерации новых шагов один, а память растёт.

# %% [markdown] lang="en"
# ### 8.7. Attention and its maps (2 points)
#
# A step looks at itself and at all earlier outputs: $a_{ti} = \operatorname{softmax}_{i \le t}
# \left(h_i^\top W h_t / \sqrt{d}\right)$, and gives $\tanh\left(U\,[h_t; \sum_i a_{ti} h_i]\right)$. Write
# `CausalAttention.forward` in the cell of part 5; mind that in generation there is one new step, while
# memory grows.

# %% check="bonus_attention"

# %%
language_runs["attention"] = train_language_model(attention=True)

chosen = [tokens for tokens in sentences["test"] if 8 <= len(tokens) <= 14][:3]
_, axes = plt.subplots(1, 3, figsize=(12, 4.2), layout="constrained")
for ax, sentence in zip(axes, chosen):
    with torch.no_grad():
        output = language_runs["attention"].model(torch.tensor(sentence[:-1])[:, None])
    ax.imshow(output.attention[0], cmap="Blues", vmin=0)
    read, said = small.lookup_tokens(sentence[:-1]), small.lookup_tokens(sentence[1:])
    ax.set_xticks(range(len(read)), read, rotation=90, fontsize=7)
    ax.set_yticks(range(len(said)), said, fontsize=7)
    ax.set(xlabel="looked at", ylabel="to be predicted")
plt.show()

# %% [markdown] lang="ru" answer="bonus_attention"
# **Ваши выводы.** Что видно на картах? Что внимание дало и сколько стоило?

# %% [markdown] lang="en" answer="bonus_attention"
# **Your conclusions.** What do the maps show? What did attention give, and what did it cost?

# %% [markdown] lang="ru" solution="bonus_attention"
# **Пример выводов.** На картах почти всё внимание на диагонали: шаг смотрит на самого себя, то есть на слово,
# которое только что прочитал. Ближе к концу оно размывается: перед *making* видно *four*, перед *true* поровну два
# слова *of*, а перед `<eos>` — несколько последних содержательных слов. То есть модель пользуется в основном тем, что
# и так лежит в состоянии LSTM.
#
# Поэтому внимание ничего не дало: перплексия 66 против 46,5. Оно отстаёт в обучении: между LSTM и предсказанием
# теперь ещё один слой со случайными весами, и за четыре эпохи он только начал учиться (на валидации потери ещё
# быстро падают). По времени эпоха дороже на 10–15 %. При равном числе эпох для предложений из двадцати слов внимание не
# нужно; польза ожидается на длинных текстах и при долгом обучении.

# %% [markdown] lang="en" solution="bonus_attention"
# **An example.** In the maps nearly all attention is on the diagonal: a step looks at itself, that is, at the
# word that it has just read. Towards the end it spreads out: before *making* one sees *four*, before *true*
# both words *of* alike, and before `<eos>` several of the last words with content. So the model uses mostly
# what lies in the LSTM's state anyhow.
#
# Hence attention gave nothing: a perplexity of 66 against 46.5. It lags behind in training: there is one more
# layer of random weights between LSTM and prediction now, which in four epochs has only begun to learn (the
# validation loss is still falling fast). An epoch takes 10 to 15 % longer. With as many epochs, and
# sentences of twenty words, attention isn't needed; it may be of use with long texts and long training.

# %% [markdown] lang="ru"
# ### 8.8. Общее сравнение и улучшения вместе (0,5 балла)
#
# Сведите перплексии всех улучшений в одну таблицу и соберите модель, в которой они вместе. Сколько раз
# обучать модель без улучшений, чтобы знать разброс?

# %% [markdown] lang="en"
# ### 8.8. The common comparison, and improvements together (0.5 points)
#
# Put the perplexities of all improvements into one table, and make a model that has them together. How
# many times must the model without improvements be trained for the spread to be known?

# %%
language_runs["plain, another seed"] = train_language_model(seed=1)
language_runs["together"] = train_language_model(
    tied=True,
    dropouts=LanguageDropouts(embedding=0.05, output=0.1),
    objective=LanguageObjective(alpha=2.0, beta=1.0),
)
for name, run in language_runs.items():
    epoch, seconds = run.history.best.epoch, np.median([e.seconds for e in run.history.epochs])
    print(
        f"{name:28} perplexity {run.perplexity:5.1f}, best epoch {epoch} of "
        f"{len(run.history.epochs)}, {seconds:.2f} s an epoch"
    )
plot_histories({name: run.history for name, run in language_runs.items()}, ("nats",))

# %% [markdown] lang="ru" answer="bonus_embedding_dropout"
# **Ваши выводы о dropout слов.**

# %% [markdown] lang="en" answer="bonus_embedding_dropout"
# **Your conclusions on dropout of words.**

# %% [markdown] lang="ru" solution="bonus_embedding_dropout"
# **Пример выводов.** 46,6 против 46,5 при выпадении 5 % слов: ни пользы, ни вреда. Он учит не
# полагаться на отдельное слово, а наша модель на отдельные слова пока почти не опирается.

# %% [markdown] lang="en" solution="bonus_embedding_dropout"
# **An example.** 46.6 against 46.5 with 5 % of the words dropped: neither good nor harm. It teaches not to
# lean on a single word, and our model hardly leans on single words yet.

# %% [markdown] lang="ru" answer="bonus_locked_dropout"
# **Ваши выводы о dropout входа и выхода.**

# %% [markdown] lang="en" answer="bonus_locked_dropout"
# **Your conclusions on dropout of input and output.**

# %% [markdown] lang="ru" solution="bonus_locked_dropout"
# **Пример выводов.** 47,5 против 46,5, другое зерно без dropout дало 47,3: немного хуже, на грани разброса.
# Для недоученной модели шум — только помеха; на обучении потери с ним выше, а до переобучения дело не дошло.

# %% [markdown] lang="en" solution="bonus_locked_dropout"
# **An example.** 47.5 against 46.5, and another seed without dropout gave 47.3: slightly worse, on the verge
# of the spread. To a model that isn't trained to the end noise is only a hindrance; the training loss is
# higher with it, and overfitting hasn't come up.

# %% [markdown] lang="ru" answer="bonus_together"
# **Ваши выводы.** Какие улучшения складываются, какие мешают друг другу, и почему?

# %% [markdown] lang="en" answer="bonus_together"
# **Your conclusions.** Which improvements add up, which get in each other's way, and why?

# %% [markdown] lang="ru" solution="bonus_together"
# **Пример выводов.** Двух зёрен без улучшений (46,5 и 47,3) мало, чтобы знать разброс, но порядок виден:
# около единицы. Больше него выигрывают только общие веса (44,7); NT-ASGD заметно лучше своего SGD, но не Adam;
# внимание за это время не выучилось. Вместе (46,9) вышло хуже, чем одни общие веса: к ним добавились dropout
# и AR, а у общей матрицы меньше свободы возместить маленькие активации большими весами — та же матрица служит
# входом. Регуляризации складываются, когда есть переобучение; здесь обучение кончилось раньше, и каждая
# лишняя помеха только замедляет его. На полном наборе, где обучающие потери уходят далеко вниз, порядок будет
# другим, и проверять надо там: по пять зёрен, с обучением до остановки по валидации.

# %% [markdown] lang="en" solution="bonus_together"
# **An example.** Two seeds without improvements (46.5 and 47.3) are too few to know the spread, but its size
# is seen: about one. Only tied weights (44.7) gain more than that; NT-ASGD is clearly better than its SGD, but
# not than Adam; attention couldn't learn in that time. Together (46.9) came out worse than tied weights alone:
# dropout and AR were added, and a shared matrix has less freedom to make up for small activations by large
# weights, since it serves as the input too. Regularisers add up where there is overfitting; here training
# ended before, and each hindrance more only slows it down. On the full set, where the training loss goes far
# down, the order will be another, and there it has to be tried: with five seeds each, trained until validation
# stops.

# %% [markdown] lang="ru"
# ## Сдача
#
# 1. Перезапустите ядро и выполните все ячейки сверху вниз: ноутбук должен дойти до конца без ошибок.
# 2. Проверьте его из терминала так, как это сделает система проверки:
#
#    ```
#    praktikum check task3.ipynb
#    ```
#
#    Таблица покажет баллы, которые дают проверки; остальные ставит преподаватель.
# 3. Сдайте файл `task3.ipynb` до срока, который назначен в `course.toml` и указан на странице курса.
#    Каждые начатые сутки опоздания стоят один балл.
#
# Обсуждать идеи можно и нужно, а код и выводы пишите сами. Удачи!

# %% [markdown] lang="en"
# ## Handing in
#
# 1. Restart the kernel and run all cells from top to bottom: the notebook must get to its end without
#    errors.
# 2. Check it from a terminal as the grader will:
#
#    ```
#    praktikum check task3.ipynb
#    ```
#
#    The table shows the points that the checks give; the others are given by the instructor.
# 3. Hand in the file `task3.ipynb` before the deadline that stands in `course.toml` and on the page of
#    the course. Each started day of lateness costs one point.
#
# Do discuss ideas with each other, but write code and conclusions yourself. Good luck!
