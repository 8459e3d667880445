# %% [markdown] lang="ru"
# # Внимание и Transformer
#
# Рекуррентная сеть носит прошлое с собой в одном векторе. **Внимание** позволяет не носить, а
# возвращаться и смотреть. Transformer убирает рекуррентность вовсе и оставляет одно внимание.
# Пойдём от первого ко второму; каждый блок соберём, сверим с torch и измерим.
#
# 1. *Узкое горлышко*: что мешает сети «кодировщик — декодировщик» и как помогает внимание.
# 2. *Скалярное произведение*: запрос, ключ, значение, деление на $\sqrt d$, маски, головы.
# 3. *Порядок*: внимание его не видит, и позиции приходится добавлять.
# 4. *Слой и стопка*: обходы, нормировка, куда её поставить.
# 5. *Цена*: время и память от длины.
# 6. *Обучение и перевод*: разогрев, сглаживание меток, карты внимания, кеш ключей и значений.
#
# Данные рисуем сами; всё считается на одном ядре меньше чем за минуту.

# %% [markdown] lang="en"
# # Attention and the Transformer
#
# A recurrent network carries the past along in one vector. **Attention** lets it go back and look
# instead of carrying. The Transformer does away with recurrence and keeps attention alone. We go
# from the one to the other; each block is built, compared with torch, and measured.
#
# 1. *The bottleneck*: what hinders an encoder–decoder network, and how attention helps.
# 2. *Dot products*: query, key, value, division by $\sqrt d$, masks, heads.
# 3. *Order*: attention doesn't see it, and positions have to be added.
# 4. *The layer and the stack*: ways around, normalisation, and where it stands.
# 5. *The price*: time and memory by length.
# 6. *Training and translation*: warm-up, label smoothing, attention maps, the cache of keys and
#    values.
#
# We draw the data ourselves; everything runs on one core in less than a minute.

# %%
import math
import time
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

plt.rcParams.update({"figure.figsize": (10, 3), "figure.constrained_layout.use": True})
torch.set_num_threads(1)


def draw_map(axes, weights, rows, columns):
    """A map of attention: a row for each query, a column for each key."""
    axes.imshow(weights.detach().numpy(), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)


# %% [markdown] lang="ru"
# ## 1. Узкое горлышко
#
# Задача игрушечная, зато честная: прочитать слово из случайных букв и написать его **задом
# наперёд**. Кодировщик (двунаправленная GRU) читает, декодировщик (клетка GRU) пишет по букве, пока
# не напишет `</s>`. На обучении ему подают правильные предыдущие буквы (*teacher forcing*).
#
# Без внимания всё слово должно уместиться в **один** вектор — последнее состояние кодировщика. С
# вниманием ([Bahdanau et al., 2015](https://arxiv.org/abs/1409.0473)) на каждом шаге берётся
# взвешенное среднее *всех* состояний кодировщика $h_1\dots h_T$:
#
# $$e_{tj}=v^\top\tanh(Ws_{t-1}+Uh_j),\qquad \alpha_t=\mathrm{softmax}(e_t),\qquad
# c_t=\sum_j\alpha_{tj}h_j,$$
#
# где $s_{t-1}$ — состояние декодировщика. Веса $\alpha$ никто не размечал: им учит та же потеря.

# %% [markdown] lang="en"
# ## 1. The bottleneck
#
# The problem is a toy, but an honest one: read a word of random letters and write it **backwards**.
# The encoder (a bidirectional GRU) reads, the decoder (a GRU cell) writes letter by letter until it
# writes `</s>`. In training it is given the right letters before (*teacher forcing*).
#
# Without attention the whole word must fit into **one** vector, the encoder's last state. With
# attention ([Bahdanau et al., 2015](https://arxiv.org/abs/1409.0473)) each step takes a weighted
# mean of *all* states of the encoder $h_1\dots h_T$:
#
# $$e_{tj}=v^\top\tanh(Ws_{t-1}+Uh_j),\qquad \alpha_t=\mathrm{softmax}(e_t),\qquad
# c_t=\sum_j\alpha_{tj}h_j,$$
#
# where $s_{t-1}$ is the decoder's state. Nobody has labelled the weights $\alpha$: the same loss
# teaches them.

# %%
from praktikum.sequence import AdditiveAttention

PADDING, START, END = 0, 1, 2
letters = ["·", "<s>", "</s>", *"abcdefghij"]


def draw_words(batch, lengths, generator):
    """Words [batch, time] that end with END, and START, the same letters backwards, END."""
    low, high = lengths
    lengths = torch.randint(low, high + 1, (batch,), generator=generator)
    words = [torch.randint(3, len(letters), (n,), generator=generator) for n in lengths.tolist()]
    start, end = torch.tensor([START]), torch.tensor([END])
    source = [torch.cat((word, end)) for word in words]
    target = [torch.cat((start, word.flip(0), end)) for word in words]
    return pad_sequence(source, True), pad_sequence(target, True), lengths + 1


class RecurrentTranslator(nn.Module):
    """A GRU that reads and a GRU that writes, with additive attention between them or without."""

    def __init__(self, n_tokens, attends, hidden=64):
        super().__init__()
        self.read, self.write = nn.Embedding(n_tokens, 32), nn.Embedding(n_tokens, 32)
        self.encoder = nn.GRU(32, hidden // 2, batch_first=True, bidirectional=True)
        self.attention = AdditiveAttention(hidden, hidden, 64) if attends else None
        self.decoder = nn.GRUCell(32 + hidden, hidden)
        self.output = nn.Linear(2 * hidden, n_tokens)

    def forward(self, source, target, lengths):
        """Logits [batch, target_len, tokens] and the weights [batch, target_len, source_len]."""
        packed = pack_padded_sequence(self.read(source), lengths, True, enforce_sorted=False)
        memory, last = self.encoder(packed)
        memory, _ = pad_packed_sequence(memory, batch_first=True)
        real = (torch.arange(source.shape[1]) < lengths[:, None])[:, None]  # (batch, 1, time)
        state = context = last.transpose(0, 1).flatten(1)  # both directions
        keys = self.attention.from_key(memory) if self.attention else None  # once for all steps
        logits, maps = [], []
        for embedded in self.write(target).unbind(1):
            if self.attention:
                context, weights = self.attention(
                    state[:, None], memory, mask=real, projected_key=keys
                )
                context = context[:, 0]
                maps.append(weights[:, 0])
            state = self.decoder(torch.cat((embedded, context), 1), state)
            logits.append(self.output(torch.cat((state, context), 1)))
        return torch.stack(logits, 1), torch.stack(maps, 1) if maps else None


def train(model, draw, updates, lr, schedule, smoothing=0.0):
    """Train in place; `draw()` gives a batch, `schedule(update)` what multiplies lr."""
    optimiser = torch.optim.Adam(model.parameters(), lr, betas=(0.9, 0.98))
    for update in range(updates):
        for group in optimiser.param_groups:
            group["lr"] = lr * schedule(update)
        source, target, lengths = draw()
        logits, _ = model(source, target[:, :-1], lengths)
        loss = functional.cross_entropy(
            logits.flatten(0, 1),
            target[:, 1:].flatten(),
            ignore_index=PADDING,
            label_smoothing=smoothing,
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()


@torch.no_grad()
def exact_by_length(model, lengths):
    """Share of words of each length that are written without a single mistake."""
    generator, shares = torch.Generator().manual_seed(1), []
    for length in lengths:
        source, target, n = draw_words(100, (length, length), generator)
        right = model(source, target[:, :-1], n)[0].argmax(dim=2) == target[:, 1:]
        shares.append(right.all(dim=1).float().mean().item())
    return shares


def words_of_training(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return lambda: draw_words(64, (3, 10), generator)


UPDATES = 200
lengths, reversal = range(3, 17), {}
for name, attends in (("GRU", False), ("GRU, attention", True)):
    torch.manual_seed(0)
    recurrent = RecurrentTranslator(len(letters), attends)
    train(recurrent, words_of_training(), UPDATES, 0.01, lambda update: 1 - update / UPDATES)
    reversal[name] = exact_by_length(recurrent, lengths)

source, target, n = draw_words(1, (10, 10), torch.Generator().manual_seed(3))
_, weights = recurrent(source, target[:, :-1], n)
figure, axes = plt.subplots(1, 2, width_ratios=(3, 2))
for name, shares in reversal.items():
    axes[0].plot(lengths, shares, ".-", label=name)
axes[0].axvspan(10.5, 16, color="0.92", zorder=0)
axes[0].set(xlabel="length (grey: never seen in training)", title="words written without mistakes")
axes[0].legend()
names = [[letters[token] for token in row[0]] for row in (source, target)]
draw_map(axes[1], weights[0], names[1][1:], names[0])
axes[1].set(title="attention: writes (rows), looks at (columns)")
plt.show()

# %% [markdown] lang="ru"
# Одного вектора хватает на короткие слова, а дальше доля верных падает: шестьдесят четыре числа — и
# память, и черновик. С вниманием память растёт вместе со словом. На карте видна побочная диагональ:
# сеть сама нашла, откуда списывать.
#
# Заметьте, как считалась доля: на вход подавались *правильные* предыдущие буквы. Для слова целиком
# это то же, что жадное письмо: пока ошибок не было, входы совпадают.
#
# ## 2. Запрос, ключ, значение
#
# В этой формуле три роли: **запрос** (чего я ищу — $s_{t-1}$), **ключ** (по чему меня находят) и
# **значение** (что я отдаю). Там ключ и значение — одно и то же $h_j$; их можно разделить. А
# сходство запроса и ключа можно считать проще — скалярным произведением
# ([Vaswani et al., 2017](https://arxiv.org/abs/1706.03762)):
#
# $$\mathrm{Attention}(Q,K,V)=\mathrm{softmax}\!\Big(\frac{QK^\top}{\sqrt d}\Big)V.$$
#
# Всё внимание — два матричных умножения, никаких шагов по времени и никакой сети внутри. Зачем
# делить на $\sqrt d$? Если координаты запроса и ключа независимы, с дисперсией 1, то у
# произведения дисперсия $d$. Посмотрим, что тогда делается с softmax и с его градиентом.

# %% [markdown] lang="en"
# One vector is enough for short words, and then the share of right ones falls: sixty-four numbers
# are both memory and scratch paper. With attention memory grows with the word. The map shows the
# other diagonal: the network found by itself where to copy from.
#
# Note how the share was counted: the input was the *right* letters before. For a word as a whole
# that is the same as greedy writing: as long as there was no mistake, the inputs are equal.
#
# ## 2. Query, key, value
#
# This formula has three roles: the **query** (what I look for, $s_{t-1}$), the **key** (what I am
# found by) and the **value** (what I give). There key and value are the same $h_j$; they can be
# parted. And the likeness of a query and a key can be had more simply, by a dot product
# ([Vaswani et al., 2017](https://arxiv.org/abs/1706.03762)):
#
# $$\mathrm{Attention}(Q,K,V)=\mathrm{softmax}\!\Big(\frac{QK^\top}{\sqrt d}\Big)V.$$
#
# All of attention is two products of matrices, with no steps along time and no network inside. Why
# divide by $\sqrt d$? If the coordinates of query and key are independent and have variance 1, the
# product has variance $d$. Let us see what then becomes of the softmax and of its gradient.

# %%
sizes = [4, 16, 64, 256, 1024]
torch.manual_seed(0)
sharpness, slopes = {}, {}
for name, power in (("not divided", 0), ("divided by √d", 0.5), ("divided by d", 1)):
    sharpness[name], slopes[name] = [], []
    for d in sizes:
        query, keys = torch.randn(200, 1, d), torch.randn(200, 32, d)
        scores = (query * keys).sum(dim=2) / d**power  # (200, 32)
        weights = scores.softmax(dim=1)
        jacobian = weights.diag_embed() - weights[:, :, None] * weights[:, None]
        sharpness[name].append(weights.max(dim=1).values.mean())
        slopes[name].append(jacobian.norm(dim=(1, 2)).mean())
figure, axes = plt.subplots(1, 2)
for name in sharpness:
    axes[0].semilogx(sizes, sharpness[name], ".-", label=name)
    axes[1].loglog(sizes, slopes[name], ".-", label=name)
axes[0].axhline(1 / 32, color="k", ls=":", lw=1, label="even: 1/32")
axes[0].set(xlabel="d", title="the largest of 32 weights, mean", ylim=(0, 1.05))
axes[1].set(xlabel="d", title="norm of the softmax's Jacobian")
axes[0].legend(fontsize=8)
plt.show()

from praktikum.sequence import dot_product_attention

query, key, value = (torch.randn(2, 4, 7, 16) for _ in range(3))  # batch, heads, time, d_head
ours, weights = dot_product_attention(query, key, value, need_weights=True)
torchs = functional.scaled_dot_product_attention(query, key, value)
print("the same as torch's:", torch.allclose(ours, torchs, atol=1e-6))
sums = weights.sum(dim=3)
print("weights", tuple(weights.shape), "| sum to one:", torch.allclose(sums, torch.ones(2, 4, 7)))

# %% [markdown] lang="ru"
# Без деления softmax при больших $d$ превращается в argmax, и градиент через него исчезает: сеть
# начинает с твёрдого мнения, которое нечем изменить. Деление на $d$ — другая крайность: веса почти
# равны, внимание ничего не выбирает. Корень оставляет и то и другое независимым от $d$.
#
# ### Маски
#
# Смотреть можно не на всё. Набивка — не слова; а тот, кто учится предсказывать следующее слово, не
# должен видеть будущего. Оценкам запрещённых ключей ставят $-\infty$ **до** softmax: вес станет
# ровно нулём, а остальные снова сложатся в единицу. Причинная маска превращает обучение в
# параллельное: за один проход получаются предсказания после *каждого* начала текста, и ни одно не
# подсмотрело ответ.

# %% [markdown] lang="en"
# Without division the softmax turns into an argmax at large $d$, and the gradient through it
# vanishes: the network begins with a firm opinion that nothing can change. Division by $d$ is the
# other extreme: weights are nearly even, and attention chooses nothing. The root keeps both
# independent of $d$.
#
# ### Masks
#
# Not everything may be looked at. Padding is no words; and whoever learns to predict the next word
# must not see the future. The scores of forbidden keys are set to $-\infty$ **before** the softmax:
# their weight becomes exactly zero, and the others sum to one again. A causal mask makes training
# parallel: one pass gives predictions after *each* beginning of a text, and none has peeped.

# %%
from praktikum.sequence import causal_mask, padding_mask

steps = 8
masks = {
    "nothing hidden": torch.ones(1, 1, steps, steps, dtype=torch.bool),
    "causal": causal_mask(steps)[None, None],
    "padding after 5": padding_mask(torch.tensor([5]), steps),
    "both": causal_mask(steps) & padding_mask(torch.tensor([5]), steps),
    "window of 3": causal_mask(steps, window=3)[None, None],
}
torch.manual_seed(0)
query, key, value = (torch.randn(1, 1, steps, 16) for _ in range(3))
figure, axes = plt.subplots(1, len(masks), figsize=(10, 2.4))
for axis, (name, mask) in zip(axes, masks.items(), strict=True):
    _, weights = dot_product_attention(query, key, value, mask, need_weights=True)
    axis.imshow(weights[0, 0].numpy(), cmap="Blues", vmin=0, vmax=1)
    axis.set(title=name, xticks=[], yticks=[])
axes[0].set(xlabel="keys", ylabel="queries")
plt.show()

nothing = torch.full((3,), -torch.inf)
print("softmax of minus infinities:", nothing.softmax(dim=0).tolist())
blind = torch.zeros(steps, steps, dtype=torch.bool)
found, _ = dot_product_attention(query, key, value, blind)
print("our attention to nothing:", found.unique().tolist())

attention = nn.MultiheadAttention(16, 4, batch_first=True)
x, seen = torch.randn(2, steps, 16), causal_mask(steps)
changed = x.clone()
changed[:, -1] += 1  # another future
for name, mask in (("~mask", ~seen), ("mask", seen)):
    before, after = (attention(y, y, y, attn_mask=mask)[0][:, :-1] for y in (x, changed))
    print(f"attn_mask={name}: the past is left alone: {torch.allclose(before, after)}")

# %% [markdown] lang="ru"
# Две ловушки. **Пустая строка**: запросу, которому не на что смотреть (целиком набивка), softmax
# даёт `nan`, и в обратном проходе он заразит все веса; наше внимание отдаёт нули. **Знак маски**: у
# `scaled_dot_product_attention` и у нас `True` — смотреть, у `nn.MultiheadAttention` — наоборот, не
# смотреть. Проверка в конце ячейки — изменить будущее и убедиться, что прошлое не
# шелохнулось, — ловит и это, и перепутанные оси.
#
# ### Несколько голов
#
# Softmax выбирает что-то одно, а слову нужно разное сразу: своё определение, своё подлежащее,
# соседа. Поэтому $d$ чисел разрезают на $h$ голов по $d/h$, и каждая смотрит сама:
#
# $$\mathrm{head}_i=\mathrm{Attention}(QW^Q_i,KW^K_i,VW^V_i),\qquad
# \mathrm{out}=[\mathrm{head}_1;\dots;\mathrm{head}_h]\,W^O.$$
#
# Сколько бы ни было голов, параметров и умножений столько же. Меняется другое: ранг матрицы оценок
# одной головы не больше $d/h$ (и, конечно, числа запросов: в ячейке их 24).

# %% [markdown] lang="en"
# Two traps. **The empty row**: to a query with nothing to look at (padding all along) the softmax
# gives `nan`, which infects all weights in the backward pass; our attention gives zeros. **The
# mask's sign**: for `scaled_dot_product_attention` and for us `True` is to look, for
# `nn.MultiheadAttention` it is the opposite, not to look. The test at the end of the cell, to
# change the future and see that the past doesn't stir, catches that, and swapped axes too.
#
# ### Several heads
#
# A softmax chooses one thing, and a word needs several at once: its adjective, its subject, its
# neighbour. So $d$ numbers are cut into $h$ heads of $d/h$, and each looks by itself:
#
# $$\mathrm{head}_i=\mathrm{Attention}(QW^Q_i,KW^K_i,VW^V_i),\qquad
# \mathrm{out}=[\mathrm{head}_1;\dots;\mathrm{head}_h]\,W^O.$$
#
# However many heads there are, the parameters and the multiplications are as many. What changes is
# the rank of one head's matrix of scores: at most $d/h$ (and at most the number of queries, of
# course: the cell has 24).

# %%
from praktikum.sequence import MultiHeadAttention

torch.manual_seed(0)
x, memory = torch.randn(2, 24, 64), torch.randn(2, 30, 64)
print(f"{'heads':>5}{'parameters':>12}{'rank of scores':>16}   as torch's")
for n_heads in (1, 4, 16):
    theirs = nn.MultiheadAttention(64, n_heads, batch_first=True)
    ours = MultiHeadAttention(64, n_heads)
    ours.load_state_dict(theirs.state_dict())  # the packed matrix of torch is cut in three
    same = torch.allclose(ours(x, memory)[0], theirs(x, memory, memory)[0], atol=1e-6)
    queries, keys = (
        projection(part).unflatten(2, (n_heads, -1))[0, :, 0]  # of the first head
        for projection, part in ((ours.q_proj, x), (ours.k_proj, memory))
    )
    rank = torch.linalg.matrix_rank(queries @ keys.T)
    print(f"{n_heads:5}{sum(p.numel() for p in ours.parameters()):12}{rank:16}   {same}")

# %% [markdown] lang="ru"
# Откуда берутся запросы и ключи, решает, что это за внимание. Всё из одного текста —
# **self-attention**; запросы из декодировщика, ключи и значения из кодировщика —
# **cross-attention** (его и проверили выше: 24 запроса, 30 ключей). Ключи и значения можно делить
# между головами (*grouped queries*, аргумент `n_kv_heads`): качество почти то же, а хранить при
# письме надо меньше.
#
# ## 3. Порядок
#
# Переставьте слова — и self-attention переставит ответ, больше ничего не изменив: сумма не помнит
# порядка слагаемых. RNN знала порядок даром, вниманию его надо сообщить. Способов три:
#
# - **прибавить** к эмбеддингам вектор шага: выученный или синусоиды разных частот;
# - **повернуть** запросы и ключи на угол, который растёт с шагом (RoPE,
#   [Su et al., 2021](https://arxiv.org/abs/2104.09864)): в скалярном произведении от углов останется
#   разность, то есть расстояние;
# - **оштрафовать** оценку за расстояние (ALiBi,
#   [Press et al., 2022](https://arxiv.org/abs/2108.12409)).

# %% [markdown] lang="en"
# Where queries and keys come from decides what attention it is. All from one text is
# **self-attention**; queries from the decoder, keys and values from the encoder are
# **cross-attention** (the one tested above: 24 queries, 30 keys). Heads can share keys and values
# (*grouped queries*, the argument `n_kv_heads`): quality is nearly the same, and there is less to
# keep while writing.
#
# ## 3. Order
#
# Permute the words, and self-attention permutes the answer and changes nothing else: a sum doesn't
# remember the order of its terms. The RNN knew the order for free, attention has to be told. There
# are three ways:
#
# - **add** a vector of the step to embeddings: a learned one, or sinusoids of various frequencies;
# - **turn** queries and keys by an angle that grows with the step (RoPE,
#   [Su et al., 2021](https://arxiv.org/abs/2104.09864)): of the angles the dot product keeps the
#   difference, that is the distance;
# - **fine** a score for distance (ALiBi,
#   [Press et al., 2022](https://arxiv.org/abs/2108.12409)).

# %%
from praktikum.sequence import RotaryPositions, SinusoidalPositions, alibi_bias

torch.manual_seed(0)
attention, x, order = MultiHeadAttention(64, 4), torch.randn(1, 10, 64), torch.randperm(10)
for name, positions in (("no positions", nn.Identity()), ("sinusoids", SinusoidalPositions(64))):
    straight, permuted = attention(positions(x))[0], attention(positions(x[:, order]))[0]
    same = torch.allclose(straight[:, order], permuted, atol=1e-5)
    print(f"{name}: permuted words give the permuted answer: {same}")

figure, axes = plt.subplots(1, 4, figsize=(10, 2.7), width_ratios=(3, 3, 2, 2))
table = SinusoidalPositions(64)(torch.zeros(1, 100, 64))[0]
axes[0].imshow(table.numpy(), cmap="RdBu", aspect="auto", interpolation="nearest")
axes[0].set(title="sinusoids", xlabel="number of the vector", ylabel="step")
for step in (20, 50, 80):
    axes[1].plot((table @ table[step]).numpy(), label=f"with step {step}")
axes[1].set(title="dot products of positions", xlabel="step")
axes[1].legend(fontsize=7)
vector = torch.ones(1, 1, 1, 32).expand(-1, -1, 24, -1)  # the same word at each of 24 steps
turned = RotaryPositions(32)(vector)[0, 0]
axes[2].imshow((turned @ turned.T).numpy(), cmap="RdBu")
axes[2].set(title="RoPE: scores of\na word with itself", xlabel="key", ylabel="query")
fine = alibi_bias(8, 24)[1].masked_fill(~causal_mask(24), -torch.inf)  # of the second head
axes[3].imshow(fine.numpy(), cmap="Blues_r")
axes[3].set(title="ALiBi: the fine", xlabel="key")
plt.show()

# %% [markdown] lang="ru"
# Скалярное произведение двух синусоидальных позиций зависит только от расстояния между ними (кривые
# одинаковы и лишь сдвинуты) и убывает не монотонно. У RoPE картина из диагоналей: одно и то же
# слово через то же расстояние даёт ту же оценку, где бы ни стояло. ALiBi ничего не прибавляет к
# словам и потому легче всех переносится на тексты длиннее обучающих.
#
# ## 4. Слой и стопка
#
# Внимание смешивает слова между собой, но каждое значение берёт линейно. Думать о прочитанном —
# дело **feed-forward** блока: двух линейных слоёв с ReLU, одних и тех же для каждого шага. Вокруг
# каждого блока — обход (*residual*) и LayerNorm:
#
# $$\text{post-norm: } x\leftarrow\mathrm{norm}(x+f(x)),\qquad
# \text{pre-norm: } x\leftarrow x+f(\mathrm{norm}(x)).$$
#
# В статье 2017 года — первое; сейчас почти везде второе. Разница видна на градиентах в самом начале
# обучения. Возьмём стопку из 12 слоёв, на вход — разные случайные тексты, и посмотрим, какой
# градиент приходит к весам каждого слоя от потери на выходе.

# %% [markdown] lang="en"
# The dot product of two sinusoidal positions depends only on the distance between them (the curves
# are equal, just shifted), and it doesn't fall monotonically. RoPE's picture is made of diagonals:
# the same word at the same distance gives the same score wherever it stands. ALiBi adds nothing to
# the words, and of the three it carries over most easily to texts longer than those of training.
#
# ## 4. The layer and the stack
#
# Attention mixes words with each other, but takes each value linearly. To think about what was read
# is the business of the **feed-forward** block: two linear layers with a ReLU, the same ones for
# each step. Around each block there are a way around (*residual*) and a LayerNorm:
#
# $$\text{post-norm: } x\leftarrow\mathrm{norm}(x+f(x)),\qquad
# \text{pre-norm: } x\leftarrow x+f(\mathrm{norm}(x)).$$
#
# The paper of 2017 has the first; nowadays it is nearly always the second. The difference shows in
# the gradients at the very beginning of training. Take a stack of 12 layers, give it random texts,
# and see what gradient comes to the weights of each layer from a loss at the output.

# %%
from praktikum.sequence import Encoder, EncoderLayer

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, batch_first=True)
ours = EncoderLayer(64, 4, 256, dropout=0.0)
ours.load_state_dict(layer.state_dict())
x = torch.randn(2, 10, 64)
print("a layer like torch's:", torch.allclose(ours(x)[0], layer(x), atol=1e-5))
for name, block in ours.named_children():
    n_parameters = sum(p.numel() for p in block.parameters())
    print(f"  {name:10}{n_parameters:7} parameters, {n_parameters / 64**2:5.2f} d²")

figure, axes = plt.subplots(1, 2)
tokens, answers = torch.randint(50, (16, 20)), torch.randint(50, (16, 20))
for name, norm_first in (("post-norm", False), ("pre-norm", True)):
    norms, sizes_of_states = [], []
    for seed in range(3):
        torch.manual_seed(seed)
        encoder = Encoder(12, 64, 4, d_feedforward=256, dropout=0.0, norm_first=norm_first)
        embed, head = nn.Embedding(50, 64), nn.Linear(64, 50)
        hidden, deviations = embed(tokens), []
        for stacked in encoder.layers:
            hidden, _ = stacked(hidden)
            deviations.append(hidden.std().item())
        logits = head(encoder.norm(hidden))
        functional.cross_entropy(logits.flatten(0, 1), answers.flatten()).backward()
        norms.append([stacked.linear2.weight.grad.norm().item() for stacked in encoder.layers])
        sizes_of_states.append(deviations)
    axes[0].semilogy(range(1, 13), np.mean(norms, axis=0), ".-", label=name)
    axes[1].plot(range(1, 13), np.mean(sizes_of_states, axis=0), ".-", label=name)
axes[0].set(xlabel="layer", title="gradient of its second linear layer, norm")
axes[1].set(xlabel="layer", title="deviation of what comes out of it", ylim=(0, None))
axes[0].legend()
plt.show()

# %% [markdown] lang="ru"
# У post-norm градиент одинаково велик почти на всех слоях, сколько бы их ни было сверху: нормировка
# после каждого слоя возвращает всё к единичному размеру. У pre-norm обход нигде не прерван, поток
# растёт с глубиной (справа), и каждый следующий слой меняет его относительно всё меньше: градиенты
# верхних слоёв малы. Поэтому первые большие шаги для post-norm опасны и без разогрева скорости
# обучения глубокие стопки часто не учатся, а pre-norm прощает больше
# ([Xiong et al., 2020](https://arxiv.org/abs/2002.04745)). Заодно посчитаны параметры: слой — это
# $12d^2$ при feed-forward шириной $4d$, треть из них — внимание.
#
# ## 5. Цена
#
# Пусть длина $T$, размер $d$. Четыре проекции внимания стоят $4Td^2$ умножений, feed-forward — ещё
# $8Td^2$, оценки и взвешенное среднее — $2T^2d$. Сравним по порядку величины:
#
# | слой | умножений | шагов друг за другом | путь между словами |
# |---|---|---|---|
# | рекуррентный | $Td^2$ | $T$ | $T$ |
# | свёрточный, ядро $k$ | $kTd^2$ | 1 | $T/k$ |
# | self-attention | $T^2d+Td^2$ | 1 | 1 |
#
# Длинный путь — это затухающие градиенты семинара 6; шаги друг за другом — простой ядер. Взамен
# внимание платит $T^2$: и временем, и памятью, если матрицу весов хранить для обратного прохода.
# *Слитые* ядра (FlashAttention, `scaled_dot_product_attention`) её не хранят, а пересчитывают по
# кускам: время остаётся квадратичным, память становится линейной. Измерим: прямой и обратный проход
# одного слоя и байты, отложенные для обратного.

# %% [markdown] lang="en"
# With post-norm the gradient is about as large in nearly all layers, however many lie above: the
# normalisation after each layer brings everything back to unit size. With pre-norm the way around
# is nowhere broken, the stream grows with depth (on the right), and each next layer changes it
# relatively less: gradients of the upper layers are small. So for post-norm the first large updates
# are dangerous, and deep stacks often don't learn without a warm-up of the learning rate, while
# pre-norm forgives more ([Xiong et al., 2020](https://arxiv.org/abs/2002.04745)). The parameters
# are counted by the way: a layer is $12d^2$ with a feed-forward of $4d$, and a third of that is
# attention.
#
# ## 5. The price
#
# Let the length be $T$ and the size $d$. The four projections of attention cost $4Td^2$
# multiplications, the feed-forward block $8Td^2$ more, scores and the weighted mean $2T^2d$. Orders
# of magnitude compare so:
#
# | layer | multiplications | steps one after another | path between words |
# |---|---|---|---|
# | recurrent | $Td^2$ | $T$ | $T$ |
# | convolution, kernel $k$ | $kTd^2$ | 1 | $T/k$ |
# | self-attention | $T^2d+Td^2$ | 1 | 1 |
#
# A long path means the vanishing gradients of seminar 6; steps one after another mean
# idle cores. In return attention pays $T^2$: in time, and in memory as well if the matrix of
# weights is kept for the backward pass. *Fused* kernels (FlashAttention,
# `scaled_dot_product_attention`) don't keep it but compute it again by pieces: time stays
# quadratic, memory becomes linear. Let us measure forward and backward of one layer, and the bytes
# laid by for the backward pass.

# %%
gru, attention = nn.GRU(64, 64, batch_first=True), MultiHeadAttention(64, 4)


def fused(x):
    """The same attention through torch's fused kernel."""
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    heads = (linear(x).unflatten(2, (4, 16)).transpose(1, 2) for linear in projections)
    taken = functional.scaled_dot_product_attention(*heads)
    return attention.out_proj(taken.transpose(1, 2).flatten(2))


def kept_for_backward(run, x):
    """Megabytes that the graph of run(x) holds on to."""
    kept = {}  # by address: views share their memory

    def note(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        run(x)
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values()) / 2**20


def seconds(run, x, repeats=2):
    """Processor time of forward and backward, the least of several."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        run(x).sum().backward()
        taken.append(time.process_time() - start)
    return min(taken)


runs = {
    "GRU": lambda x: gru(x)[0],
    "attention, matrix kept": lambda x: attention(x)[0],
    "attention, fused": fused,
}
durations = [64, 128, 256, 512, 1024, 2048]
inputs = [torch.randn(1, n, 64, requires_grad=True) for n in durations]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4))
for name, run in runs.items():
    times = [1000 * seconds(run, x) for x in inputs]
    megabytes = [kept_for_backward(run, x) for x in inputs]
    axes[0].loglog(durations, times, ".-", base=2, label=name)
    axes[1].loglog(durations, megabytes, ".-", base=2, label=name)
    growth = (times[-1] / times[-3], megabytes[-1] / megabytes[-3])
    print(f"{name:24}512 → 2048: time ×{growth[0]:.0f}, memory ×{growth[1]:.0f}")
axes[0].set(xlabel="length", title="forward and backward, ms of one core")
axes[1].set(xlabel="length", title="kept for the backward pass, MB")
axes[0].legend(fontsize=8)
for axis in axes:
    axis.grid(alpha=0.3)
plt.show()

# %% [markdown] lang="ru"
# Рекуррентный слой до пары тысяч шагов медленнее, хотя умножений в нём меньше: шаги мелкие и ждут
# друг друга. У внимания сперва работают проекции (до $T\approx2d$ кривая почти линейна), потом
# берёт своё квадрат. Слитое ядро быстрее и держит в памяти не больше, чем GRU.
#
# ## 6. Собираем и учим
#
# Стопка кодировщиков, стопка декодировщиков (в каждом слое: причинное self-attention, взгляд в
# память, feed-forward), эмбеддинги с позициями — это `Seq2SeqTransformer` из `praktikum.sequence`.
# У обучения в статье две особенности.
#
# **Разогрев**: скорость обучения растёт линейно $w$ шагов, потом падает как $1/\sqrt t$. Adam в
# первые шаги знает о размерах градиентов мало, а внимание легко загнать в угол, из которого не
# выбраться. Корень хорош для сотен тысяч шагов; в коротком обучении скорость доводят до нуля — так
# сделаем и мы.
#
# **Сглаживание меток**: учить не вероятности 1 у верного слова, а $1-\varepsilon$, раздав
# $\varepsilon$ всему словарю. Модель перестаёт раздувать логиты ради последних сотых потери;
# перплексия от этого хуже, а перевод, как пишут авторы, лучше.
#
# Сравним на той же задаче: одна пара слоёв, те же слова, чуть больше шагов.

# %% [markdown] lang="en"
# Up to a couple of thousand steps the recurrent layer is slower though it has fewer
# multiplications: its steps are small and wait for each other. Of attention the projections matter
# first (up to $T\approx2d$ the curve is nearly linear), then the square takes its toll. The fused
# kernel is faster, and keeps no more in memory than the GRU.
#
# ## 6. Put together and trained
#
# A stack of encoders, a stack of decoders (in each layer causal self-attention, a look at the
# memory, feed-forward), embeddings with positions: that is `Seq2SeqTransformer` of
# `praktikum.sequence`. Training has two peculiarities in the paper.
#
# **Warm-up**: the learning rate grows linearly for $w$ updates, then falls as $1/\sqrt t$. In its
# first updates Adam knows little of how large gradients are, and attention is easily driven into a
# corner that it can't leave. The root is good for hundreds of thousands of updates; in a short run
# the rate is brought down to zero, and so shall we.
#
# **Label smoothing**: to teach not a probability of 1 at the right word but $1-\varepsilon$, with
# $\varepsilon$ dealt out to the whole vocabulary. The model no longer inflates logits for the last
# hundredths of the loss; that makes perplexity worse and, the authors report, translation better.
#
# Let us compare on the same problem: one pair of layers, the same words, a few more updates.

# %%
from praktikum.sequence import Seq2SeqTransformer


class Translator(Seq2SeqTransformer):
    """The Transformer, called as the recurrent one is."""

    def forward(self, source, target, lengths, need_weights=False):
        memory, mask = self.encode(source, lengths)
        return self.decode(target, memory, mask, need_weights=need_weights)


def of_the_paper(update, warmup=60):
    """What multiplies the peak rate: a linear rise, then one over the root."""
    return min((update + 1) / warmup, (warmup / (update + 1)) ** 0.5)


def short_run(update, warmup=60, updates=300):
    """The same rise, then a straight line down to zero."""
    return min((update + 1) / warmup, (updates - update) / (updates - warmup))


small = {"d_model": 64, "n_heads": 4, "n_encoder_layers": 1, "n_decoder_layers": 1}
small |= {"d_feedforward": 128, "dropout": 0.0, "norm_first": True}
torch.manual_seed(0)
reverser = Translator(len(letters), **small)
train(reverser, words_of_training(), 300, 5e-3, short_run)
reversal["Transformer"] = exact_by_length(reverser.eval(), lengths)

with torch.no_grad():
    _, maps = reverser(source, target[:, :-1], n, need_weights=True)
figure, axes = plt.subplots(1, 3, width_ratios=(3, 4, 3), figsize=(10, 3.2))
for name, schedule in (("the paper's", of_the_paper), ("ours, for a short run", short_run)):
    axes[0].plot([schedule(update) for update in range(300)], label=name)
axes[0].set(xlabel="update", title="share of the peak rate", ylim=(0, 1.4))
axes[0].legend(fontsize=8)
for name, shares in reversal.items():
    axes[1].plot(lengths, shares, ".-", label=name)
axes[1].axvspan(10.5, 16, color="0.92", zorder=0)
axes[1].set(xlabel="length", title="words written without mistakes")
axes[1].legend(fontsize=8)
draw_map(axes[2], maps[0][0].mean(dim=0), names[1][1:], names[0])
axes[2].set(title="mean of four heads")
plt.show()
print({name: round(shares[7], 2) for name, shares in reversal.items()}, "at length 10")
parameters = {"GRU, attention": recurrent, "Transformer": reverser}
print({name: sum(p.numel() for p in model.parameters()) for name, model in parameters.items()})

# %% [markdown] lang="ru"
# На обученных длинах внимание без рекуррентности справляется не хуже, чем с ней, а по времени ушло
# столько же. В серой области разница: рекуррентная сеть портится постепенно, Transformer — сразу.
# Букв на этих шагах он не видел ни разу, и прибавленные к ним синусоиды для него — незнакомые
# векторы. Перенос на длину — слабое место; отсюда RoPE и ALiBi.
#
# ## 7. Перевод
#
# Теперь с английского на русский. Чтобы всё уместилось в несколько секунд, язык — игрушечный, но
# трудности в нём настоящие: артикли исчезают, «did not» становится «не», наречие из конца уходит в
# начало, а прилагательное согласуется с существительным в роде, падеже и одушевлённости: *the white
# table* — белый, белая, белое, белого или белую, решает **другое** слово.
#
# Шестнадцать пар «прилагательное + существительное» мы нарочно убрали из обучения. На них видно,
# выучено ли правило или таблица. Рядом поставим соперника попроще: перевод самого похожего
# предложения из обучения.

# %% [markdown] lang="en"
# At the lengths of training attention without recurrence does as well as with it, and took about
# the same time. In the grey area there is a difference: the recurrent network decays by and by, the
# Transformer at once. It has never seen letters at these steps, and the sinusoids added to them are
# unknown vectors to it. Longer texts are a weak point; hence RoPE and ALiBi.
#
# ## 7. Translation
#
# Now from English into Russian. For all of it to fit into a few seconds the language is a toy, but
# its difficulties are real: articles disappear, “did not” becomes «не», an adverb goes from the end
# to the beginning, and an adjective agrees with its noun in gender, case and animacy: the *white*
# of *the white table* may be белый, белая, белое, белого or белую, and **another** word decides.
#
# Sixteen pairs of an adjective and a noun were left out of training on purpose. They show whether a
# rule was learned or a table. Beside it we put a simpler rival: the translation of the most similar
# sentence of the training data.

# %%
# what a Russian noun needs: nominative, accusative, and the gender
WHO = {
    "cat": "кот кота m",
    "bear": "медведь медведя m",
    "boy": "мальчик мальчика m",
    "teacher": "учитель учителя m",
    "dog": "собака собаку f",
    "fox": "лиса лису f",
    "girl": "девочка девочку f",
    "bird": "птица птицу f",
}
WHAT = {
    "house": "дом дом m",
    "table": "стол стол m",
    "book": "книга книгу f",
    "river": "река реку f",
    "letter": "письмо письмо n",
    "apple": "яблоко яблоко n",
    "window": "окно окно n",
    "tree": "дерево дерево n",
}
# the stem; nominatives m f n; accusatives of animate m and of f
LIKE = {
    "old": "стар ый ая ое ого ую",
    "new": "нов ый ая ое ого ую",
    "red": "красн ый ая ое ого ую",
    "white": "бел ый ая ое ого ую",
    "black": "чёрн ый ая ое ого ую",
    "kind": "добр ый ая ое ого ую",
    "small": "маленьк ий ая ое ого ую",
    "big": "больш ой ая ое ого ую",
}
# the infinitive, the past m and f
DID = {
    "saw": "see видел видела",
    "found": "find нашёл нашла",
    "drew": "draw рисовал рисовала",
    "loved": "love любил любила",
    "remembered": "remember помнил помнила",
    "chose": "choose выбрал выбрала",
}
WHEN = {"yesterday": "вчера", "today": "сегодня", "again": "снова"}


def noun_phrase(rng, noun, accusative):
    """English words, Russian words, and the adjective, if there is one."""
    *forms, gender = (WHO | WHAT)[noun].split()
    english, russian = [noun], [forms[accusative]]
    adjective = rng.choice(list(LIKE)) if rng.random() < 0.6 else None
    if adjective:
        stem, *endings = LIKE[adjective].split()
        place = "mfn".index(gender)
        if accusative and (gender == "f" or (gender == "m" and noun in WHO)):
            place = 4 if gender == "f" else 3
        english, russian = [adjective, noun], [stem + endings[place], *russian]
    return ["the", *english], russian, adjective


def sentence_pair(rng):
    """An English sentence, a Russian one, and the pairs (adjective, noun) in it."""
    who = rng.choice(list(WHO))
    what = rng.choice([noun for noun in WHO | WHAT if noun != who])
    subject, subject_ru, first = noun_phrase(rng, who, accusative=0)
    thing, thing_ru, second = noun_phrase(rng, what, accusative=1)
    past = rng.choice(list(DID))
    infinitive, *forms = DID[past].split()
    verb, verb_ru = [past], [forms["mf".index(WHO[who][-1])]]
    if rng.random() < 0.3:
        verb, verb_ru = ["did", "not", infinitive], ["не", *verb_ru]
    when = [rng.choice(list(WHEN))] if rng.random() < 0.7 else []
    english = [*subject, *verb, *thing, *when]
    russian = [*(WHEN[word] for word in when), *subject_ru, *verb_ru, *thing_ru]
    return tuple(map(str, english)), tuple(russian), {(first, who), (second, what)}


rng = np.random.default_rng(0)
every_pair = [(adjective, noun) for adjective in LIKE for noun in WHO | WHAT]
withheld = {every_pair[i] for i in rng.permutation(len(every_pair))[:16]}
drawn = {
    english: (russian, used) for english, russian, used in (sentence_pair(rng) for _ in range(3000))
}
known = [(e, r) for e, (r, used) in drawn.items() if not used & withheld]
data = {
    "train": known[200:1400],
    "test": known[:200],
    "new pairs": [(e, r) for e, (r, used) in drawn.items() if used & withheld][:200],
}
print({name: len(pairs) for name, pairs in data.items()}, "| for instance:")
for english, russian in data["train"][:3]:
    print("  ", " ".join(english), "→", " ".join(russian))

vocabularies = [
    ["<pad>", "<s>", "</s>", *sorted({word for pair in data["train"] for word in pair[side]})]
    for side in (0, 1)
]


def as_rows(texts, words, start=False):
    """Numbers of words, padded, with END after each text and START before it if wanted."""
    number = {word: i for i, word in enumerate(words)}
    rows = [[START] * start + [number[word] for word in text] + [END] for text in texts]
    return pad_sequence([torch.tensor(row) for row in rows], True), torch.tensor([*map(len, rows)])


sources, source_lengths = as_rows([english for english, _ in data["train"]], vocabularies[0])
targets, _ = as_rows([russian for _, russian in data["train"]], vocabularies[1], start=True)
generator = torch.Generator().manual_seed(0)


def draw_pairs():
    rows = torch.randint(len(sources), (64,), generator=generator)
    return sources[rows], targets[rows], source_lengths[rows]


torch.manual_seed(0)
translator = Translator(*map(len, vocabularies), **small)
train(translator, draw_pairs, 300, 5e-3, short_run, smoothing=0.1)


# %%
from praktikum.text.bleu import corpus_bleu

translator.eval()


@torch.no_grad()
def translate(texts, longest=12):
    """Russian words of each English text, written greedily with a cache."""
    memory, mask = translator.encode(*as_rows(texts, vocabularies[0]))
    caches = translator.empty_caches()
    tokens = torch.full((len(texts), 1), START)
    written = []
    for _ in range(longest):
        logits, _ = translator.decode(tokens, memory, mask, caches=caches)  # the new word only
        tokens = logits.argmax(dim=2)
        written.append(tokens)
    rows = [row[: row.index(END)] if END in row else row for row in torch.cat(written, 1).tolist()]
    return [tuple(vocabularies[1][token] for token in row) for row in rows]


def most_similar(texts):
    """The translation of the training sentence with the most words in common."""

    def overlap(pair, text):
        return len(set(pair[0]) & set(text)) / len(set(pair[0]) | set(text))

    return [max(data["train"], key=lambda pair: overlap(pair, text))[1] for text in texts]


print(f"{'':14}{'most similar':>26}{'Transformer':>26}")
for name in ("test", "new pairs"):
    english, russian = zip(*data[name], strict=True)
    row = f"{name:14}"
    for answers in (most_similar(english), translate(english)):
        right = np.mean([a == b for a, b in zip(answers, russian, strict=True)])
        texts = [[" ".join(text) for text in side] for side in (answers, russian)]
        bleu = corpus_bleu(texts[0], [[text] for text in texts[1]], tokeniser="none").score
        row += f"{f'BLEU {bleu:.1f}, exact {right:.0%}':>26}"
    print(row)

texts = [f"the cat saw the white {noun}".split() for noun in ("table", "river", "window", "bear")]
for text, answer in zip(texts, translate(texts), strict=True):
    print(" ".join(text), "→", " ".join(answer))

# %% [markdown] lang="ru"
# Похожее предложение даёт заметный BLEU и ни одного верного перевода: половина слов совпала, а
# фраза не та. Помните об этом, когда видите BLEU без сравнения. Transformer переводит почти всё, и
# новые пары тоже: он выучил, что форму прилагательного выбирает род существительного. Но выбирает
# он из целых слов: если бы формы «белое» в обучении не было ни с одним существительным, он бы её не
# написал. Это лечат подсловами (семинар 9).
#
# Язык здесь игрушечный, и такие проценты говорят о нём, а не о переводе вообще. Настоящие пары есть
# на каждой машине: это каталоги gettext, из которых переведены меню и сообщения программ. На них
# учится `praktikum train translate-small`. Там одно и то же переводят по-разному, слов тысячи, а до
# таких чисел далеко.
#
# ### Карты внимания
#
# Карта взгляда в память — строка на каждое написанное слово, столбец на каждое прочитанное.

# %% [markdown] lang="en"
# The similar sentence gets a noticeable BLEU and not one right translation: half of the words
# agree, and the phrase is another. Remember that when you see a BLEU with nothing beside it. The
# Transformer translates nearly everything, the new pairs too: it has learned that the noun's gender
# chooses the form of the adjective. But it chooses among whole words: had the form «белое» not come
# with any noun in training, it couldn't be written. Subwords are the cure (seminar 9).
#
# The language is a toy, and such percentages speak of it, not of translation in general. Real pairs
# are on every machine: the gettext catalogues that menus and messages of programs are translated
# from. `praktikum train translate-small` learns from them. There the same thing is translated in
# different ways, words come in thousands, and such numbers are far off.
#
# ### Maps of attention
#
# The map of the look at the memory has a row for each word written and a column for each word read.

# %%
english = "the old dog did not see the white window yesterday"
text = english.split()
(answer,) = translate([text])
with torch.no_grad():
    rows, n = as_rows([text], vocabularies[0])
    memory, mask = translator.encode(rows, n)
    written, _ = as_rows([answer], vocabularies[1], start=True)
    _, maps = translator.decode(written[:, :-1], memory, mask, need_weights=True)
    embedded = translator.positions(translator.source_embedding(rows) * 8)  # √64
    _, own = translator.transformer.encoder(embedded, need_weights=True)
read, wrote = [*text, "</s>"], [*answer, "</s>"]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.8))
draw_map(axes[0], maps[0][0].mean(dim=0), wrote, read)
axes[0].set(title="decoder to memory, mean of heads")
head = int(maps[0][0].amax(dim=2).mean(dim=1).argmax())
draw_map(axes[1], maps[0][0, head], wrote, read)
axes[1].set(title=f"the sharpest head, number {head}")
draw_map(axes[2], own[0][0].mean(dim=0), read, read)
axes[2].set(title="encoder to itself, mean")
plt.show()

# %% [markdown] lang="ru"
# Слева и в середине видно выравнивание, которому никто не учил: «собака» смотрит на *dog*, «не» —
# на *did not*, а «старая» — и на *old*, и на *dog*: корень от одного, род от другого.
#
# Но вот ловушка. «Вчера» в среднем смотрит не на *yesterday*, а на первое *the*! Разгадка на правой
# карте: *the* в кодировщике само посмотрело на *yesterday* и унесло его в свою ячейку. Так же
# «белое» и «окно» берут часть из `</s>`, а там, как и в ячейке *white*, уже лежит *window*: оттуда
# и средний род. Карта показывает **адрес**, а что по нему лежит, решили предыдущие слои. Поэтому
# карты внимания — повод для вопроса, а не объяснение
# ([Jain, Wallace, 2019](https://arxiv.org/abs/1902.10186)).
#
# ### Кеш
#
# Переводчик пишет по слову, и на каждом шаге ключи и значения прежних слов — те же самые. Посчитать
# их однажды и хранить — это и есть кеш: новому слову нужны только его запрос, ключ и значение.

# %% [markdown] lang="en"
# On the left and in the middle one sees an alignment that nobody taught: «собака» looks at *dog*,
# «не» at *did not*, and «старая» at both *old* and *dog*: the stem from the one, the gender from
# the other.
#
# But here is a trap. On average «вчера» looks not at *yesterday* but at the first *the*! The
# solution is on the map to the right: in the encoder *the* has looked at *yesterday* itself, and
# taken it away into its own place. In the same way «белое» and «окно» take a part from `</s>`, and
# there, as in the place of *white*, lies *window* already: hence the neuter. A map shows an
# **address**, and what lies there was decided by the layers before. So maps of attention are a
# reason to ask, not an explanation ([Jain, Wallace, 2019](https://arxiv.org/abs/1902.10186)).
#
# ### The cache
#
# The translator writes word by word, and at each step the keys and values of the words before are
# the same. To compute them once and keep them is the cache: a new word needs only its own query,
# key and value.

# %%
written, by_step = torch.randint(3, len(letters), (8, 160)), {"anew": [], "cached": []}
with torch.no_grad():
    memory, mask = reverser.encode(*draw_words(8, (10, 10), torch.Generator().manual_seed(0))[::2])
    caches = reverser.empty_caches()
    for step in range(160):
        start = time.process_time()
        whole, _ = reverser.decode(written[:, : step + 1], memory, mask)
        middle = time.process_time()
        new, _ = reverser.decode(written[:, step : step + 1], memory, mask, caches=caches)
        by_step["anew"].append(1000 * (middle - start))
        by_step["cached"].append(1000 * (time.process_time() - middle))
print("the same logits:", torch.allclose(whole[:, -1], new[:, 0], atol=1e-4))
plt.figure(figsize=(6, 2.8))
for name, times in by_step.items():
    plt.plot(
        np.convolve(times, np.ones(9) / 9, "valid"), label=f"{name}: {sum(times):.0f} ms in all"
    )
plt.xlabel("words written before")
plt.title("processor time of the next word, ms")
plt.ylim(0)
plt.legend()
plt.show()

# %% [markdown] lang="ru"
# Без кеша цена слова растёт с их числом, а всего письма — квадратично; с кешем слово почти ничего
# не стоит, но ключи и значения всех слоёв надо держать в памяти: $2\cdot\text{слоёв}\cdot T\cdot d$
# чисел на текст. У больших моделей это гигабайты, ради них и придумали *grouped queries*.
#
# ## Вопросы для самопроверки
#
# <details><summary>1. Чем внимание помогает RNN, если двунаправленная сеть и так
# видела всё предложение?</summary>
#
# Видела — но в последнее состояние всё не уместилось. Внимание отдаёт декодировщику каждое
# состояние отдельно, и память растёт с длиной.
#
# </details>
#
# <details><summary>2. Маску применили после softmax, обнулив веса. Что не так?</summary>
#
# Веса больше не складываются в единицу, и выход тем меньше, чем больше набивки. К тому же
# замаскированные оценки участвовали в знаменателе: будущее влияет на прошлое.
#
# </details>
#
# <details><summary>3. Сколько параметров добавит слою внимания удвоение числа голов? А удвоение
# длины текста?</summary>
#
# Ничего и ничего: $4d^2$ (и смещения). Длина меняет время и память, число голов — ранг оценок
# одной головы.
#
# </details>
#
# <details><summary>4. Зачем декодировщику причинная маска на обучении, если при письме будущего всё
# равно нет?</summary>
#
# На обучении весь правильный ответ подан сразу. Без маски шаг $t$ просто списал бы слово $t+1$ со
# своего входа; потеря стала бы нулевой, а при письме списывать неоткуда.
#
# </details>
#
# <details><summary>5. Что изменится в ответе, если убрать позиции у кодировщика? А у декодировщика
# с причинной маской?</summary>
#
# Кодировщик станет мешком слов: перестановка входа переставит его выход, и перевод не изменится. У
# декодировщика порядок отчасти остаётся: $t$-й шаг видит ровно $t$ слов, и по этому их можно
# различить.
#
# </details>
#
# <details><summary>6. Когда выгоднее рекуррентный слой?</summary>
#
# Когда текст очень длинный ($T\gg d$) или читается по одному слову: ему хватает одного состояния, а
# кеш внимания растёт с каждым словом.
#
# </details>
#
# <details><summary>7. Кеш ускоряет письмо. Почему он ничего не даёт на обучении?</summary>
#
# На обучении все шаги считаются за один проход, повторять нечего. К тому же через веса надо пустить
# градиент, а кеш хранит числа без истории.
#
# </details>
#
# <details><summary>8. Модель со сглаживанием меток $\varepsilon=0{,}1$ и словарём из 83 слов
# выучила всё. Какая у неё потеря?</summary>
#
# Не ноль, а энтропия сглаженной метки: $-(0{,}9+\frac{0{,}1}{83})\ln(0{,}9+\frac{0{,}1}{83})
# -82\cdot\frac{0{,}1}{83}\ln\frac{0{,}1}{83}\approx0{,}76$.
#
# </details>

# %% [markdown] lang="en"
# Without the cache the price of a word grows with their number, and that of all the writing
# quadratically; with it a word costs next to nothing, but the keys and values of all layers have to
# be kept: $2\cdot\text{layers}\cdot T\cdot d$ numbers a text. In large models those are gigabytes,
# and *grouped queries* were invented for their sake.
#
# ## Questions to check yourself
#
# <details><summary>1. What is attention good for in an RNN if a bidirectional network has seen the
# whole sentence anyway?</summary>
#
# It has, but not all of it fits into the last state. Attention gives the decoder each state by
# itself, and memory grows with length.
#
# </details>
#
# <details><summary>2. The mask was applied after the softmax, by zeroing weights. What is
# wrong?</summary>
#
# Weights no longer sum to one, and the output shrinks with the amount of padding. Besides, the
# masked scores took part in the denominator: the future influences the past.
#
# </details>
#
# <details><summary>3. How many parameters does a layer of attention gain by twice as many heads? By
# texts twice as long?</summary>
#
# None and none: $4d^2$ (and biases). Length changes time and memory, the number of heads the rank
# of one head's scores.
#
# </details>
#
# <details><summary>4. Why does a decoder need the causal mask in training, if there is no future in
# writing anyway?</summary>
#
# In training the whole right answer is given at once. Without the mask step $t$ would just copy
# word $t+1$ from its own input; the loss would be zero, and in writing there is nothing to copy from.
#
# </details>
#
# <details><summary>5. What changes if positions are taken from the encoder? And from a decoder with
# a causal mask?</summary>
#
# The encoder becomes a bag of words: permuting its input permutes its output, and the translation
# doesn't change. In the decoder some of the order stays: step $t$ sees exactly $t$ words, and that
# alone can tell steps apart.
#
# </details>
#
# <details><summary>6. When is a recurrent layer the better bargain?</summary>
#
# When the text is very long ($T\gg d$), or is read a word at a time: one state is enough for it,
# while attention's cache grows with each word.
#
# </details>
#
# <details><summary>7. The cache speeds up writing. Why does it give nothing in training?</summary>
#
# In training all steps are computed in one pass, and there is nothing to repeat. Besides, gradients
# must flow to the weights, and the cache keeps numbers without their history.
#
# </details>
#
# <details><summary>8. A model with label smoothing $\varepsilon=0.1$ and a vocabulary of 83 words
# has learned everything. What is its loss?</summary>
#
# Not zero but the entropy of the smoothed label: $-(0.9+\frac{0.1}{83})\ln(0.9+\frac{0.1}{83})
# -82\cdot\frac{0.1}{83}\ln\frac{0.1}{83}\approx0.76$.
#
# </details>

# %% [markdown] lang="ru"
# ## Упражнения
#
# Девять функций с вырезанными телами. Что написать, сказано в docstring; под каждой — ячейка с
# проверкой. Всё — на torch, без модулей с весами.
#
# ### 1. Аддитивное внимание
#
# Формула — в части 1. Запрос у каждой последовательности один, ключей много.

# %% [markdown] lang="en"
# ## Exercises
#
# Nine functions with their bodies cut out. What to write is said in the docstring; below each is a
# cell that checks it. All is torch, without modules that have weights.
#
# ### 1. Additive attention
#
# The formula is in part 1. Each sequence has one query and many keys.

# %% include="exercises:additive_attention"

# %% check="additive"

# %% [markdown] lang="ru"
# ### 2. Скалярное произведение с маской
#
# Отдельная забота — запросы, которым не на что смотреть.

# %% [markdown] lang="en"
# ### 2. Dot products with a mask
#
# Queries with nothing to look at need care of their own.

# %% include="exercises:scaled_attention"

# %% check="scaled"

# %% [markdown] lang="ru"
# ### 3. Несколько голов
#
# Весь вопрос в порядке осей: `reshape` не переставляет, а `transpose` не режет.

# %% [markdown] lang="en"
# ### 3. Several heads
#
# It is all about the order of axes: `reshape` doesn't permute, and `transpose` doesn't cut.

# %% include="exercises:multi_head_attention"

# %% check="heads"

# %% [markdown] lang="ru"
# ### 4. Маска декодера
#
# Причинная маска и набивка вместе, в том числе когда часть шагов уже в кеше.

# %% [markdown] lang="en"
# ### 4. The decoder's mask
#
# The causal mask and padding together, also when some of the steps are in a cache already.

# %% include="exercises:decoder_mask"

# %% check="mask"

# %% [markdown] lang="ru"
# ### 5. Синусоиды
#
# Сверьтесь с картинкой из части 3.

# %% [markdown] lang="en"
# ### 5. Sinusoids
#
# Compare with the picture of part 3.

# %% include="exercises:sinusoidal_positions"

# %% check="sinusoids"

# %% [markdown] lang="ru"
# ### 6. Повороты вместо сложения
#
# После кеша первый шаг — не нулевой.

# %% [markdown] lang="en"
# ### 6. Turning instead of adding
#
# After a cache the first step isn't step 0.

# %% include="exercises:rotate"

# %% check="rotary"

# %% [markdown] lang="ru"
# ### 7. Слой: norm до и norm после
#
# Две строки, в которых ошибаются чаще всего.

# %% [markdown] lang="en"
# ### 7. A layer: norm before and norm after
#
# Two lines, and the ones that go wrong most often.

# %% include="exercises:transformer_layer"

# %% check="layer"

# %% [markdown] lang="ru"
# ### 8. Шаг с кешем
#
# Столько шагов, сколько нужно, дают то же, что один проход с причинной маской.

# %% [markdown] lang="en"
# ### 8. A step with a cache
#
# Taken step by step, the answer is that of one pass with a causal mask.

# %% include="exercises:cached_step"

# %% check="cache"

# %% [markdown] lang="ru"
# ### 9. Сглаживание меток
#
# Потеря из части 6, без `cross_entropy`.

# %% [markdown] lang="en"
# ### 9. Label smoothing
#
# The loss of part 6, without `cross_entropy`.

# %% include="exercises:smoothed_cross_entropy"

# %% check="smoothing"
