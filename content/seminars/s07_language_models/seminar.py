# %% [markdown] lang="ru"
# # Языковые модели
#
# Языковая модель отвечает на один вопрос: **какое слово дальше?** Кто умеет на него отвечать,
# умеет и оценивать тексты, и писать их. Семинар идёт по четырём затруднениям.
#
# 1. *Редкость.* Почти все сочетания слов не встречались ни разу. N-граммы учатся сглаживать,
#    сети — обобщать.
# 2. *Смысл.* Слово — это номер; откуда взять близость «list» и «tuple»?
# 3. *Выбор.* Модель даёт распределение, а написать надо одно слово. Самое вероятное — не всегда
#    лучшее.
# 4. *Оценка.* Как сравнить написанное с тем, что написал бы человек? BLEU и ROUGE — ответы старые,
#    грубые и до сих пор обязательные.
#
# Тексты есть в любом Python: это разделы его справочника. Скачивать ничего не нужно; числа у вас
# могут немного отличаться, если версия Python другая.

# %% [markdown] lang="en"
# # Language models
#
# A language model answers one question: **which word is next?** Whoever can answer it can judge
# texts, and write them. The seminar follows four difficulties.
#
# 1. *Sparsity.* Nearly all combinations of words have never been seen. N-grams learn to smooth,
#    networks to generalise.
# 2. *Meaning.* A word is a number; where does the nearness of “list” and “tuple” come from?
# 3. *Choice.* A model gives a distribution, and one word must be written. The likeliest isn't
#    always the best.
# 4. *Judgement.* How does one compare what was written with what a person would have written? BLEU
#    and ROUGE are old, coarse, and still required.
#
# The texts are in every Python: the topics of its manual. Nothing is downloaded; your numbers may
# differ a little if your Python is another version.

# %%
import math
import re
from collections import Counter
from collections.abc import Sequence
from pydoc_data.topics import topics

import matplotlib.pyplot as plt
import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)
plt.rcParams.update({"figure.figsize": (10, 3), "figure.constrained_layout.use": True})

# %% [markdown] lang="ru"
# ## 1. Вероятность текста
#
# Вероятность текста раскладывается по цепочке, и это ещё не модель, а тождество:
#
# $$p(w_1\dots w_T)=\prod_{t=1}^{T}p(w_t\mid w_1\dots w_{t-1}).$$
#
# Модель начинается там, где мы решаем, *что помнить* о прошлом: ничего (униграммы), последнее слово
# (биграммы) или вектор состояния (рекуррентная сеть).
#
# Сравнивают модели **перплексией** на новых текстах — экспонентой средней потери:
#
# $$\mathrm{PPL}=\exp\Big(-\frac1T\sum_t\log p(w_t\mid w_{<t})\Big).$$
#
# Читается она так: модель сомневается, как если бы каждый раз выбирала из PPL равных слов. Две
# перплексии сравнимы, только если словарь и тексты одни и те же: стоит объявить редкие слова одним
# `<unk>`, и перплексия упадёт у кого угодно.

# %% [markdown] lang="en"
# ## 1. The probability of a text
#
# The probability of a text falls apart into a chain, and that isn't a model yet but an identity:
#
# $$p(w_1\dots w_T)=\prod_{t=1}^{T}p(w_t\mid w_1\dots w_{t-1}).$$
#
# The model begins where we decide *what to remember* of the past: nothing (unigrams), the last word
# (bigrams), or a vector of state (a recurrent network).
#
# Models are compared by their **perplexity** on new texts, the exponential of the mean loss:
#
# $$\mathrm{PPL}=\exp\Big(-\frac1T\sum_t\log p(w_t\mid w_{<t})\Big).$$
#
# It reads so: the model is in doubt as if it chose among PPL equal words each time. Two
# perplexities compare only if vocabulary and texts are the same: declare rare words to be one
# `<unk>`, and anybody's perplexity falls.


# %%
def sentences_of(text):
    """Yield the sentences of prose in a topic as tuples of words; no code and no grammar."""
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.startswith("   ") or any(sign in paragraph for sign in ("::=", "***", "===")):
            continue
        for sentence in re.split(r"(?<=[.:;])\s", " ".join(paragraph.split())):
            words = re.findall(r"[a-z]+", sentence.lower())
            if 5 <= len(words) <= 40:
                yield tuple(words)


everything = [sentence for text in topics.values() for sentence in sentences_of(text)]
unique = list(dict.fromkeys(everything))
order = np.random.default_rng(0).permutation(len(unique))
n_test = len(unique) // 6
test, train = ([unique[i] for i in part] for part in (order[:n_test], order[n_test:]))

frequency = Counter(word for sentence in train for word in sentence)
words = ["<s>", "<unk>", *(word for word, count in frequency.most_common() if count >= 3)]
number, n_words = {word: i for i, word in enumerate(words)}, len(words)


def stream(sentences):
    """All sentences as one row of numbers; <s> (0) stands before, between and after them."""
    marked = ((*(number.get(word, 1) for word in sentence), 0) for sentence in sentences)
    return np.array([0, *(token for sentence in marked for token in sentence)])


train_stream, test_stream = stream(train), stream(test)
print(f"{len(everything)} sentences, {len(unique)} of them different")
print(f"{len(train_stream)} tokens to train on, {len(test_stream)} to test on, {n_words} words")
print(f"share of <unk> in the test: {(test_stream == 1).mean():.3f}")
print("an example:", " ".join(train[3]))

# %% [markdown] lang="ru"
# Обратите внимание на строку с `dict.fromkeys`. В справочнике одни и те же фразы повторяются из
# раздела в раздел. Не убери мы повторы *до* деления, тест наполовину состоял бы из выученного
# наизусть, и перплексия вышла бы замечательной. Дубликаты между обучением и тестом — самая частая
# утечка в текстовых данных.
#
# ## 2. N-граммы: считаем и сглаживаем
#
# Оценка максимума правдоподобия для биграмм — просто доля: $c(h,w)/c(h)$. Беда видна сразу.

# %% [markdown] lang="en"
# Note the line with `dict.fromkeys`. In the manual the same phrases come again from topic to topic.
# Had we not removed repetitions *before* dividing, half of the test would be known by heart, and
# the perplexity would be splendid. Duplicates between training and test are the commonest leak in
# text data.
#
# ## 2. N-grams: count and smooth
#
# The maximum-likelihood estimate of bigrams is just a share: $c(h,w)/c(h)$. The trouble shows at
# once.

# %%
counts = np.zeros((n_words, n_words), dtype=int)  # (word before, word)
np.add.at(counts, (train_stream[:-1], train_stream[1:]), 1)
totals = counts.sum(axis=1, keepdims=True)
unigrams = counts.sum(axis=0) / counts.sum()
before, after = test_stream[:-1], test_stream[1:]


def perplexity(probabilities):
    """Perplexity on the test of a matrix of p(w | h)."""
    return np.exp(-np.log(probabilities[before, after]).mean())


unseen = (counts[before, after] == 0).mean()
print(f"cells of the table that are not zero: {(counts > 0).mean():.4f}")
print(f"test bigrams that never came in training: {unseen:.2f}: one is enough for PPL = ∞")

alphas = np.logspace(-4, 1, 26)
add_alpha = [perplexity((counts + a) / (totals + a * n_words)) for a in alphas]

discount = 0.75
given_away = discount * (counts > 0).sum(axis=1, keepdims=True) / np.maximum(totals, 1)
discounted = np.maximum(counts - discount, 0) / np.maximum(totals, 1)
discounted = discounted + np.where(totals > 0, given_away, 1.0) * unigrams
results = {
    "uniform": n_words,
    "unigrams": np.exp(-np.log(unigrams[after]).mean()),
    "bigrams, best α": min(add_alpha),
    "bigrams, discounting": perplexity(discounted),
}
figure, axes = plt.subplots(1, 2)
axes[0].loglog(alphas, add_alpha, label="add-α")
axes[0].axhline(results["unigrams"], color="k", ls="--", lw=1, label="unigrams")
axes[0].axhline(results["bigrams, discounting"], color="C1", label="discounting")
axes[0].set(xlabel="α", title="perplexity of bigrams on the test")
axes[0].legend()
ranks = np.arange(1, n_words - 1)
axes[1].loglog(ranks, [frequency[word] for word in words[2:]], ".", ms=3)
axes[1].loglog(ranks, frequency[words[2]] / ranks, "k--", lw=1, label="1 / rank")
axes[1].set(xlabel="rank of a word", title="how often it came: Zipf's law")
axes[1].legend()
plt.show()
print({name: round(float(value), 1) for name, value in results.items()})

# %% [markdown] lang="ru"
# Прибавить $\alpha$ всем — значит раздать вероятность поровну всему словарю. При законе Ципфа это
# щедрость не туда: `the` и `frozenset` после незнакомого слова вовсе не равновероятны. Поэтому
# хороши те сглаживания, которые раздают отнятое **по модели попроще**:
#
# $$p(w\mid h)=\frac{\max(c(h,w)-D,0)}{c(h)}+\frac{D\,N(h)}{c(h)}\,p_{\text{проще}}(w),$$
#
# где $N(h)$ — сколько *разных* слов встречалось после $h$: у каждого отняли по $D$. Здесь
# $p_{\text{проще}}$ — частоты слов. Кнезер и Ней заметили, что частота — не то, что нужно. «Francisco»
# частое слово, но встречается только после «San»; после всего остального оно маловероятно. Значит,
# раздавать надо не по тому, *сколько раз* слово встретилось, а по тому, *после скольких разных* слов.
# Это упражнение 1, и оно бьёт кривую на графике.
#
# ## 3. Рекуррентная сеть по потоку
#
# Биграммы забывают всё, кроме одного слова. LSTM несёт состояние. Учим её по-старинному: текст —
# один длинный поток, разрезанный на восемь столбцов; окна по 20 слов, состояние переходит из окна в
# окно, а градиент на границе обрывается (`detach`) — усечённое BPTT прошлого семинара. Матрица
# эмбеддингов служит и на выходе (*tied weights*): слова, похожие как контекст, похожи и как ответ.

# %% [markdown] lang="en"
# To add $\alpha$ everywhere is to deal probability out evenly to the whole vocabulary. Under Zipf's
# law that is generosity in the wrong place: after an unknown word `the` and `frozenset` are by no
# means equally likely. So the good smoothings deal out what was taken away **by a simpler model**:
#
# $$p(w\mid h)=\frac{\max(c(h,w)-D,0)}{c(h)}+\frac{D\,N(h)}{c(h)}\,p_{\text{simpler}}(w),$$
#
# where $N(h)$ is how many *different* words came after $h$: each gave $D$ away. Here
# $p_{\text{simpler}}$ is the frequency of words. Kneser and Ney saw that frequency isn't what is
# needed. “Francisco” is frequent, but it only comes after “San”; after anything else it is
# unlikely. So one should deal out not by *how often* a word came but by *after how many different*
# words. That is exercise 1, and it beats the curve in the picture.
#
# ## 3. A recurrent network along the stream
#
# Bigrams forget all but one word. An LSTM carries a state. We train it the old way: the text is one
# long stream cut into eight columns; windows are 20 words, the state goes from window to window,
# and the gradient stops at the border (`detach`): last seminar's truncated BPTT. The matrix of
# embeddings serves at the output as well (*tied weights*): words alike as contexts are alike as
# answers.


# %%
class StreamLSTM(nn.Module):
    """Words [time, columns] and a state to logits of the next words and the state after."""

    def __init__(self, embedding=96, hidden=128, dropout=0.4):
        super().__init__()
        self.embed = nn.Embedding(n_words, embedding)
        nn.init.uniform_(self.embed.weight, -0.1, 0.1)
        self.recurrent = nn.LSTM(embedding, hidden)
        self.project = nn.Linear(hidden, embedding)
        self.bias = nn.Parameter(torch.zeros(n_words))
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens, state=None):
        hidden, state = self.recurrent(self.dropout(self.embed(tokens)), state)
        features = self.project(self.dropout(hidden))
        return functional.linear(features, self.embed.weight, self.bias), state


def columns(row, n_columns=8):
    length = len(row) // n_columns
    return torch.from_numpy(row[: length * n_columns]).view(n_columns, length).T


def train_along(stream, model, epochs, window=20, lr=6e-3):
    """Train in place, and return the perplexities on the test after each epoch."""
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    steps = epochs * math.ceil((len(stream) - 1) / window)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, lr, total_steps=steps)
    reached = []
    for _ in range(epochs):
        model.train()
        state = None
        for start in range(0, len(stream) - 1, window):
            part = stream[start : start + window + 1]
            logits, state = model(part[:-1], state)
            state = tuple(tensor.detach() for tensor in state)
            loss = functional.cross_entropy(logits.flatten(0, 1), part[1:].flatten())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        reached.append(np.exp(-np.log(test_probabilities(model)).mean()))
    return reached


@torch.no_grad()
def test_probabilities(model):
    """What the model gave to each word of the test, after all words before it."""
    logits, _ = model.eval()(torch.from_numpy(before)[:, None])
    return logits[:, 0].softmax(dim=-1)[torch.arange(len(after)), torch.from_numpy(after)].numpy()


torch.manual_seed(0)
model = StreamLSTM()
curve = train_along(columns(train_stream), model, epochs=10)
by_lstm, by_bigrams = test_probabilities(model), discounted[before, after]
shares = np.linspace(0, 1, 21)
mixtures = [np.exp(-np.log(s * by_lstm + (1 - s) * by_bigrams).mean()) for s in shares]
results |= {"LSTM": curve[-1], "both, half and half": mixtures[10]}

context_count = totals[before, 0]
edges = np.quantile(context_count, [0, 0.2, 0.4, 0.6, 0.8, 1])
bins = np.clip(np.digitize(context_count, edges) - 1, 0, 4)
figure, axes = plt.subplots(1, 3)
axes[0].plot(range(1, 11), curve, ".-", label="LSTM")
axes[0].axhline(results["bigrams, discounting"], color="C1", label="bigrams")
axes[0].set(xlabel="epoch", title="perplexity on the test", yscale="log")
axes[0].legend()
axes[1].plot(shares, mixtures)
axes[1].set(xlabel="share of the LSTM", title="perplexity of a mixture")
for probabilities, name in ((by_lstm, "LSTM"), (by_bigrams, "bigrams")):
    losses = [-np.log(probabilities[bins == b]).mean() for b in range(5)]
    axes[2].plot(losses, ".-", label=name)
labels = [f"≤{int(edge)}" for edge in edges[1:]]
axes[2].set_xticks(range(5), labels)
axes[2].set(xlabel="how often the word before was seen", title="mean loss, nats")
axes[2].legend()
plt.show()
print({name: round(float(value), 1) for name, value in results.items()})

# %% [markdown] lang="ru"
# Двадцать с лишним тысяч слов — для сети крошки, и она лишь немного лучше таблицы: отсюда урок
# «сначала n-граммы». Но ошибаются модели по-разному, и видно, где. После редкого слова таблица
# помнит наизусть, что шло дальше; после частого (`the`, `of`) одного слова прошлого мало, а сеть
# помнит, о чём предложение. Поэтому **смесь заметно лучше обеих**. Её долю подбирают на отдельных
# данных; здесь мы подсмотрели в тест, чтобы нарисовать кривую, и в отчёт взяли половину.
#
# ## 4. Эмбеддинги: смысл из соседей
#
# «Слово узнаётся по компании, в которой оно бывает» (Фёрс, 1957). Два пути к одному месту:
#
# - **посчитать**: таблица совместных появлений, из неё поточечная взаимная информация
#   $\mathrm{PMI}=\log\frac{p(w,c)}{p(w)p(c)}$ (отрицательное обнулить), затем SVD;
# - **выучить**: word2vec. Skip-gram предсказывает соседей по слову, CBOW — слово по соседям. Полный
#   softmax по словарю дорог, и его заменяют задачей попроще: отличить настоящего соседа от $k$
#   случайных слов (*negative sampling*):
#
# $$-\log\sigma(u_c^\top v_w)-\sum_{j=1}^{k}\log\sigma(-u_{n_j}^\top v_w).$$
#
# Леви и Голдберг показали, что минимум этой потери — это $u_c^\top v_w=\mathrm{PMI}-\log k$: второй
# путь раскладывает ту же матрицу, что и первый. Ниже — оба и третий, даровой: эмбеддинги нашей LSTM.

# %% [markdown] lang="en"
# Some twenty thousand words are crumbs for a network, and it is only a little better than the
# table: hence the lesson “n-grams first”. But the models err in different ways, and one sees where.
# After a rare word the table knows by heart what came next; after a frequent one (`the`, `of`) one
# word of the past is too little, and the network remembers what the sentence is about. So **a
# mixture is clearly better than both**. Its share is chosen on separate data; here we peeped at the
# test to draw the curve, and took the half for the report.
#
# ## 4. Embeddings: meaning out of neighbours
#
# “You shall know a word by the company it keeps” (Firth, 1957). Two ways lead to one place:
#
# - **count**: a table of co-occurrences, of it the pointwise mutual information
#   $\mathrm{PMI}=\log\frac{p(w,c)}{p(w)p(c)}$ (negative ones to zero), then an SVD;
# - **learn**: word2vec. Skip-gram predicts neighbours by a word, CBOW a word by its neighbours. A
#   whole softmax over the vocabulary is dear, and is replaced by a simpler problem: tell the true
#   neighbour from $k$ random words (*negative sampling*):
#
# $$-\log\sigma(u_c^\top v_w)-\sum_{j=1}^{k}\log\sigma(-u_{n_j}^\top v_w).$$
#
# Levy and Goldberg showed that this loss has its minimum at $u_c^\top v_w=\mathrm{PMI}-\log k$: the
# second way factorises the same matrix as the first. Below are both, and a third for free: the
# embeddings of our LSTM.

# %%
from praktikum.text.word2vec import SkipGram, WindowDataset
from praktikum.text.word_vectors import WordVectors


def pmi_vectors(stream, window=4, n_features=50):
    """Vectors (words, features) by counting: an SVD of positive PMI."""
    together = np.zeros((n_words, n_words))
    for shift in range(1, window + 1):
        np.add.at(together, (stream[:-shift], stream[shift:]), 1 / shift)  # near ones count more
    together = together + together.T
    share = together.sum(axis=1) / together.sum()
    expected = share[:, None] * share
    with np.errstate(divide="ignore"):
        pmi = np.log(together / together.sum() / expected)
    left, strength, _ = np.linalg.svd(np.maximum(pmi, 0))
    return left[:, :n_features] * np.sqrt(strength[:n_features])


def word2vec_vectors(stream, epochs=12, batch_size=512):
    dataset = WindowDataset([stream.tolist()], n_words, window=4, negatives=8, threshold=3e-3)
    torch.manual_seed(0)
    skip_gram = SkipGram(n_words, 50)
    optimiser = torch.optim.Adam(skip_gram.parameters(), lr=0.01)
    for epoch in range(epochs):
        dataset.set_epoch(epoch)
        for places in torch.randperm(len(dataset)).split(batch_size):
            loss = skip_gram(dataset.collate(places.tolist()))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return skip_gram.input.weight.detach().numpy()


vectors = {
    "PMI and SVD": WordVectors(words, pmi_vectors(train_stream)),
    "word2vec": WordVectors(words, word2vec_vectors(train_stream)),
    "LSTM": WordVectors(words, model.embed.weight.detach().numpy()),
}
for word in ("list", "method", "returns", "class", "can", "string"):
    for name, table in vectors.items():
        near = ", ".join(other for other, _ in table.nearest(word, 5))
        print(f"{word if name == 'PMI and SVD' else '':10}{name:14}{near}")

# %% [markdown] lang="ru"
# Первые два смотрят на широкое окно и находят слова **об одном и том же**. LSTM предсказывает
# следующее слово, и близкими у неё становятся слова, которые могут **стоять на одном месте**:
# вспомогательные глаголы к вспомогательным глаголам. «Близость» — это то, чему учили.
#
# Текста мало, поэтому аналогий («король − мужчина + женщина») тут не выйдет. Для них берут готовые
# векторы: `WordVectors.load` читает формат GloVe, `analogy` решает пропорции.
#
# ### Чем заменить torchtext
#
# Библиотека больше не развивается и с новым PyTorch не собирается. Её обязанности разошлись так:
#
# | было в torchtext | теперь |
# |---|---|
# | `Field`, `get_tokenizer` | регулярное выражение; для подслов — `tokenizers` |
# | `Vocab`, `build_vocab_from_iterator` | `Counter` и словарь; здесь — `praktikum.text.vocabulary` |
# | `datasets.IMDB` | `datasets` от Hugging Face или свой `Dataset`, как в задании 3 |
# | `BucketIterator` | `DataLoader` с `batch_sampler` и `collate_fn` |
# | `GloVe`, `FastText` | текстовый файл и `WordVectors.load` |
#
# Ничего, что нельзя написать самому за вечер, — и в задании 3 вы это напишете.

# %% [markdown] lang="en"
# The first two look at a wide window and find words **about the same thing**. The LSTM predicts the
# next word, and near each other come words that can **stand in the same place**: auxiliary verbs by
# auxiliary verbs. “Nearness” is what was trained for.
#
# The text is small, so there will be no analogies (“king − man + woman”) here. For those one takes
# ready vectors: `WordVectors.load` reads GloVe's format, `analogy` solves proportions.
#
# ### What replaces torchtext
#
# The library is no longer developed, and doesn't build with a new PyTorch. Its duties went like so:
#
# | it was in torchtext | it is now |
# |---|---|
# | `Field`, `get_tokenizer` | a regular expression; for subwords, `tokenizers` |
# | `Vocab`, `build_vocab_from_iterator` | a `Counter` and a dict; here `praktikum.text.vocabulary` |
# | `datasets.IMDB` | Hugging Face's `datasets`, or a `Dataset` of your own, as in task 3 |
# | `BucketIterator` | `DataLoader` with a `batch_sampler` and a `collate_fn` |
# | `GloVe`, `FastText` | a text file and `WordVectors.load` |
#
# Nothing that can't be written in an evening, and in task 3 you will write it.

# %% [markdown] lang="ru"
# ## 5. Как писать: жадность, случай и луч
#
# Самый вероятный *текст* — не то же, что самое вероятное слово на каждом шаге. Хватает двух слов,
# чтобы жадность ошиблась. Луч (*beam search*) держит несколько начал сразу и здесь не ошибается.

# %% [markdown] lang="en"
# ## 5. How to write: greed, chance and beams
#
# The likeliest *text* isn't the likeliest word at each step. Two words are enough for greed to
# fail. *Beam search* keeps several beginnings at once, and doesn't fail here.

# %%
first = {"nice": 0.5, "dog": 0.4, "car": 0.1}
second = {
    "nice": {"woman": 0.4, "house": 0.3, "guy": 0.3},
    "dog": {"has": 0.9, "runs": 0.05, "and": 0.05},
    "car": {"is": 0.5, "drives": 0.3, "turns": 0.2},
}
greedy_first = max(first, key=first.get)
greedy_text = (greedy_first, max(second[greedy_first], key=second[greedy_first].get))
texts = {(a, b): first[a] * second[a][b] for a in first for b in second[a]}
beam = sorted(first, key=first.get, reverse=True)[:2]  # two beginnings are kept
beam_text = max(((a, b) for a in beam for b in second[a]), key=texts.get)
print(f"greedy: {' '.join(greedy_text)}, p = {texts[greedy_text]:.2f}")
print(f"a beam of two: {' '.join(beam_text)}, p = {texts[beam_text]:.2f}")

# %% [markdown] lang="ru"
# Можно и не искать вероятнейшего, а **бросать кости**. Тогда мешает хвост: каждое редкое слово
# почти невозможно, но вместе они весят немало, и раз в несколько слов модель срывается. Хвост
# укорачивают тремя способами:
#
# - **температура** $\tau$: softmax от логитов$/\tau$. Меньше единицы — острее;
# - **top-k**: только $k$ лучших слов. Но где выбор очевиден, $k=20$ — много, а где открыт — мало;
# - **top-p (nucleus)**: лучшие слова, пока их вероятности не наберут $p$. Их число само следует за
#   уверенностью модели — посмотрим, насколько.

# %% [markdown] lang="en"
# One may also not look for the likeliest but **throw dice**. Then the tail is in the way: each rare
# word is all but impossible, but together they weigh a lot, and every few words the model slips.
# The tail is shortened in three ways:
#
# - **temperature** $\tau$: the softmax of logits$/\tau$. Below one it is sharper;
# - **top-k**: only the $k$ best words. But where the choice is obvious $k=20$ is many, and where it
#   is open it is few;
# - **top-p (nucleus)**: the best words until their probabilities sum to $p$. Their number follows
#   the model's certainty by itself; let us see how far.

# %%
from praktikum.text.sampling import top_p


@torch.no_grad()
def write(choose, n=24, beginning="the"):
    """Words that `choose` takes from the logits, and the log-probability of each."""
    tokens, state, losses = [0, number[beginning]], None, []
    logits, state = model.eval()(torch.tensor(tokens)[:, None])
    for _ in range(n):
        row = logits[-1, 0]
        row[1] = -torch.inf  # <unk> is no word
        tokens.append(int(choose(row)))
        losses.append(float(row.log_softmax(dim=0)[tokens[-1]]))
        logits, state = model(torch.tensor([[tokens[-1]]]), state)
    return " ".join("/" if token == 0 else words[token] for token in tokens[1:]), losses


def by_chance(temperature=1.0, p=1.0, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def choose(logits):
        probabilities = top_p(logits / temperature, p).softmax(dim=0)
        return torch.multinomial(probabilities, 1, generator=generator)

    return choose


ways = {
    "greedy": torch.argmax,
    "τ = 0.5": by_chance(0.5),
    "τ = 1": by_chance(),
    "τ = 1.5": by_chance(1.5),
    "top-p, p = 0.8": by_chance(p=0.8),
}
written = {name: write(choose, 60) for name, choose in ways.items()}
for name, (text, _) in written.items():
    print(f"{name:16}{' '.join(text.split()[:24])}")

with torch.no_grad():
    test_logits = model.eval()(torch.from_numpy(before)[:, None])[0][:, 0]
sizes = top_p(test_logits, 0.8).isfinite().sum(dim=1).numpy()
figure, axes = plt.subplots(1, 2)
axes[0].hist(sizes, bins=np.unique(np.geomspace(1, n_words, 30).astype(int)))
axes[0].set(xscale="log", xlabel="words in the nucleus, p = 0.8", title="places of the test")
for name in ("greedy", "top-p, p = 0.8", "τ = 1"):
    axes[1].plot(np.cumsum(written[name][1]), label=name)
axes[1].plot(np.cumsum(np.log(by_lstm[:60])), "k:", label="people")
axes[1].set(xlabel="words", title="log-probability of the text so far")
axes[1].legend(fontsize=8)
plt.show()

# %% [markdown] lang="ru"
# Справа видно то, что Хольцман с соавторами назвали «странным случаем»: люди то и дело выбирают
# маловероятное слово, а жадный текст держится наверху — и ходит по кругу. Чем точнее мы ищем самый
# вероятный текст, тем он скучнее. Поэтому луч хорош там, где ответ почти задан (перевод,
# распознавание речи), а случай — там, где пишут свободно.
#
# У луча есть и своя причуда. Логарифмы вероятностей складываются, и каждое слово текст удешевляет:
# короткие тексты выигрывают. Это лечат делением на длину в степени $\alpha$.
#
# ## 6. BLEU и ROUGE
#
# Текст написан; рядом лежит эталон. **BLEU** (перевод) — точность: какая доля n-грамм кандидата есть
# в эталоне? Одной точности мало, поэтому есть обрезание (слово засчитывается не чаще, чем в эталоне)
# и штраф за краткость:
#
# $$\mathrm{BLEU}=100\cdot\min\!\big(1,e^{1-r/c}\big)\cdot\Big(\prod_{n=1}^4p_n\Big)^{1/4}.$$
#
# **ROUGE** (реферирование) спрашивает о полноте: какая доля эталона попала в кандидата? ROUGE-N — по
# n-граммам, ROUGE-L — по самой длинной общей подпоследовательности.

# %% [markdown] lang="en"
# On the right is what Holtzman and co-authors called a “curious case”: people choose an unlikely
# word every now and then, and the greedy text stays on top, and goes in circles. The better we
# search for the likeliest text, the duller it gets. So beams are good where the answer is all but
# given (translation, speech recognition), and chance where one writes freely.
#
# A beam has a whim of its own. Logarithms of probabilities add up, and each word makes a text
# cheaper: short texts win. The cure is to divide by a power $\alpha$ of the length.
#
# ## 6. BLEU and ROUGE
#
# The text is written; a reference lies beside it. **BLEU** (translation) is a precision: which
# share of the candidate's n-grams has the reference? Precision alone is not enough, so there is
# clipping (a word counts no oftener than in the reference) and a penalty for brevity:
#
# $$\mathrm{BLEU}=100\cdot\min\!\big(1,e^{1-r/c}\big)\cdot\Big(\prod_{n=1}^4p_n\Big)^{1/4}.$$
#
# **ROUGE** (summaries) asks for recall: which share of the reference got into the candidate?
# ROUGE-N goes by n-grams, ROUGE-L by the longest common subsequence.

# %%
from praktikum.text.bleu import corpus_bleu as library_bleu
from praktikum.text.rouge import rouge_l as library_rouge_l
from praktikum.text.rouge import rouge_n

rng = np.random.default_rng(0)
sentences = [sentence for sentence in test if len(sentence) >= 10][:200]
references = [" ".join(sentence) for sentence in sentences]


def partly_replaced(sentence):
    drawn = rng.choice(words[2:], size=len(sentence))
    return [new if rng.random() < 0.3 else old for old, new in zip(sentence, drawn, strict=True)]


damages = {
    "the same": lambda sentence: sentence,
    "first half only": lambda sentence: sentence[: len(sentence) // 2],
    "said twice": lambda sentence: sentence * 2,
    "30 % replaced": partly_replaced,
    "halves swapped": lambda s: (*s[len(s) // 2 :], *s[: len(s) // 2]),
    "shuffled": rng.permutation,
    "another sentence": lambda _: sentences[rng.integers(len(sentences))],
}
print(f"{'':20}{'BLEU':>7}{'ROUGE-1':>22}{'ROUGE-2 F₁':>13}{'ROUGE-L F₁':>13}")
for name, damage in damages.items():
    candidates = [" ".join(damage(sentence)) for sentence in sentences]
    bleu = library_bleu(candidates, [[reference] for reference in references]).score
    one, two = (rouge_n(candidates, references, n) for n in (1, 2))
    long = library_rouge_l(candidates, references)
    shares = f"P {one.precision.mean():.2f} R {one.recall.mean():.2f}"
    print(f"{name:20}{bleu:7.1f}{shares:>22}{two.f1.mean():13.2f}{long.f1.mean():13.2f}")

# %% [markdown] lang="ru"
# Прочтите таблицу по строкам: что каждая мера *не замечает*? ROUGE-1 не видит порядка; BLEU почти не
# замечает переставленных половин; точность не видит пропущенного, полнота — лишнего. И ни одна не
# видит смысла: «not» весит столько же, сколько «the».
#
# Ещё три ловушки BLEU:
#
# 1. **Это мера корпуса.** Совпадения складываются по всем предложениям, и лишь потом делятся. Среднее
#    BLEU предложений — другое число, к тому же у многих предложений нет ни одной общей 4-граммы, и
#    они получают ноль. Для отдельных предложений нужно сглаживание (Чен и Черри описали семь).
# 2. **Она зависит от токенизации** сильнее, чем модели отличаются друг от друга. Поэтому `sacrebleu`
#    режет текст сам (правила 13a) и печатает подпись; числа без подписи не сравнивают.
# 3. **Она не линейна по качеству**: 30 и 32 — разница, 3 и 5 — шум.

# %% [markdown] lang="en"
# Read the table by rows: what does each measure *fail to see*? ROUGE-1 sees no order; BLEU hardly
# minds swapped halves; precision doesn't see what is left out, recall what is superfluous. And none
# sees meaning: “not” weighs as much as “the”.
#
# Three more traps of BLEU:
#
# 1. **It measures a corpus.** Matches are summed over all sentences, and only then divided. The
#    mean of the sentences' BLEU is another number; and many sentences have not one common 4-gram,
#    and get zero. Single sentences need smoothing (Chen and Cherry described seven).
# 2. **It depends on tokenisation** more than models differ from each other. So `sacrebleu` cuts
#    the text itself (rules 13a) and prints a signature; numbers without one aren't compared.
# 3. **It isn't linear in quality**: 30 and 32 is a difference, 3 and 5 is noise.

# %%
some_candidates = [" ".join(partly_replaced(sentence)) for sentence in sentences]
pairs = [[reference] for reference in references]
of_sentences = [
    library_bleu([candidate], [own], smoothing="none").score
    for candidate, own in zip(some_candidates, pairs, strict=True)
]
print(f"BLEU of the corpus {library_bleu(some_candidates, pairs).score:.1f}")
print(
    f"mean BLEU of sentences {np.mean(of_sentences):.1f}, zeros: {of_sentences.count(0)} of {len(sentences)}"
)
for smoothing in ("floor", "add-k", "exp"):
    smoothed = [
        library_bleu([candidate], [own], smoothing=smoothing).score
        for candidate, own in zip(some_candidates, pairs, strict=True)
    ]
    print(f"  smoothed by {smoothing:6} {np.mean(smoothed):.1f}")
for tokeniser in ("13a", "char", "none"):
    text, own = "It's 3.14, isn't it?", [["It is 3.14, isn't it?"]]
    print(f"{tokeniser:5} {library_bleu([text], own, tokeniser=tokeniser).score:.1f}")

# %% [markdown] lang="ru"
# ## 7. Разметка: слово за словом
#
# Частеречная разметка — тоже задача о последовательности, но ответ нужен для *каждого* слова.
# Классика — скрытая марковская модель: теги сменяют друг друга по цепи, каждый тег порождает слово.
# Лучшую цепочку тегов находит алгоритм Витерби (упражнение 7). Сеть учит $p(\text{тег}\mid
# \text{предложение})$ прямо. Вопрос в том, в какую сторону она смотрит.
#
# Данные — игрушечный английский, где «light» бывает прилагательным, существительным и глаголом, и
# решает то слово слева, то слово **справа**.

# %% [markdown] lang="en"
# ## 7. Tagging: word by word
#
# Tagging parts of speech is a problem of sequences too, but an answer is wanted for *each* word. The
# classic is a hidden Markov model: tags follow each other in a chain, and each tag makes a word. The
# best chain of tags is found by Viterbi's algorithm (exercise 7). A network learns
# $p(\text{tag}\mid\text{sentence})$ directly. The question is which way it looks.
#
# The data are a toy English where “light” may be an adjective, a noun or a verb, and now the word
# on the left decides, now the word on the **right**.

# %%
from torch.nn.utils.rnn import pad_sequence

from praktikum.text.toy_tagging import AMBIGUOUS, toy_sentences

drawn = toy_sentences(600, np.random.default_rng(1))
tag_names = sorted({tag for sentence in drawn for tag in sentence.tags})
lexicon = sorted({word for sentence in drawn for word in sentence.words})
word_rows = [torch.tensor([1 + lexicon.index(word) for word in s.words]) for s in drawn]
tag_rows = [torch.tensor([tag_names.index(tag) for tag in s.tags]) for s in drawn]
tokens, tags = pad_sequence(word_rows), pad_sequence(tag_rows, padding_value=-1)
lengths = torch.tensor([len(row) for row in word_rows])
torn = torch.tensor([0, *(1 + lexicon.index(word) for word in AMBIGUOUS)])[1:]


class Tagger(nn.Module):
    def __init__(self, bidirectional):
        super().__init__()
        self.embed = nn.Embedding(len(lexicon) + 1, 16, padding_idx=0)
        self.recurrent = nn.LSTM(16, 24, bidirectional=bidirectional)
        self.head = nn.Linear(48 if bidirectional else 24, len(tag_names))

    def forward(self, tokens, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embed(tokens), lengths, enforce_sorted=False
        )
        hidden, _ = nn.utils.rnn.pad_packed_sequence(self.recurrent(packed)[0])
        logits = self.head(hidden)
        return functional.pad(logits, (0, 0, 0, 0, 0, len(tokens) - len(logits)))


def accuracies(predicted, columns):
    """The share of right tags among all words, and among those of several parts of speech."""
    real = tags[:, columns] >= 0
    right = (predicted == tags[:, columns])[real].float()
    return right.mean().item(), right[torch.isin(tokens[:, columns], torn)[real]].mean().item()


held_out = slice(400, 600)
commonest = torch.zeros(len(lexicon) + 1, len(tag_names))
known = tags[:, :400] >= 0
commonest.index_put_((tokens[:, :400][known], tags[:, :400][known]), torch.tensor(1.0), True)
rows = {"the word's commonest tag": accuracies(commonest.argmax(1)[tokens[:, held_out]], held_out)}
for name, bidirectional in (("LSTM, left to right", False), ("LSTM, both ways", True)):
    torch.manual_seed(0)
    tagger = Tagger(bidirectional)
    optimiser = torch.optim.Adam(tagger.parameters(), lr=0.02)
    for batch in (part for _ in range(6) for part in torch.randperm(400).split(25)):
        logits = tagger(tokens[:, batch], lengths[batch])
        loss = functional.cross_entropy(
            logits.flatten(0, 1), tags[:, batch].flatten(), ignore_index=-1
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        predicted = tagger(tokens[:, held_out], lengths[held_out]).argmax(dim=-1)
    rows[name] = accuracies(predicted, held_out)
print(f"{'':28}all words   words like “light”")
for name, (everywhere, hard) in rows.items():
    print(f"{name:28}{everywhere:9.3f}{hard:21.3f}")

# %% [markdown] lang="ru"
# Общая точность льстит: больше половины слов однозначны. На спорных видно, что левого контекста не
# хватает: «the light…» — лампа или прилагательное, решает следующее слово. Для разметки смотреть
# вперёд можно, а для языковой модели — нельзя: двунаправленная сеть просто подсмотрела бы ответ.
#
# Настоящие корпуса лежат в формате CoNLL: слово и тег в строке, предложения разделены пустой.
# `praktikum.text.conll` читает его, `BiLSTMTagger` учится на нём же.
#
# ## Проверьте себя
#
# <details><summary>Перплексия модели равна размеру словаря. Что она выучила?</summary>
#
# Ничего: так же сомневается равномерное распределение. А больше размера словаря бывает? Да, если
# модель уверена и неправа.
#
# </details>
#
# <details><summary>Вы подняли порог частоты слова с 3 до 10, и перплексия упала вдвое. Модель стала
# лучше?</summary>
#
# Нет: больше слов стали одним `<unk>`, а его угадать легко. Сравнивать можно лишь при одном словаре.
#
# </details>
#
# <details><summary>Можно ли сравнить перплексию по словам и по буквам?</summary>
#
# Прямо — нет: единицы разные. Переведите обе в биты на букву: $\log_2\mathrm{PPL}$ на единицу,
# умноженное на число единиц и делённое на число букв.
#
# </details>
#
# <details><summary>Почему луч шириной 1 — это жадный поиск, а очень широкий луч может дать текст
# хуже?</summary>
#
# При ширине 1 остаётся одно лучшее начало. А широкий луч находит более *вероятные* тексты, и если
# модель считает вероятным пустой или повторяющийся текст, он его найдёт.
#
# </details>
#
# <details><summary>Зачем word2vec случайные слова? Что выучится без них?</summary>
#
# Без отрицательных примеров потерю обнулит один вектор на всех: скалярные произведения растут, и
# каждое слово «соседствует» с каждым.
#
# </details>
#
# <details><summary>Кандидат — одно слово «the», эталон — длинная фраза с «the». Что скажут точность,
# BLEU и ROUGE-1?</summary>
#
# Точность униграмм 1; BLEU ноль (нет биграмм), а без этого его убил бы штраф за краткость; полнота
# ROUGE-1 близка к нулю.
#
# </details>

# %% [markdown] lang="en"
# The accuracy over all words flatters: more than half of them have one part of speech. On the
# others one sees that the left context is not enough: “the light…” is a lamp or an adjective, and
# the next word decides. A tagger may look ahead, a language model may not: a bidirectional network
# would just peep at the answer.
#
# Real corpora are in CoNLL's format: a word and its tag on a line, an empty line between sentences.
# `praktikum.text.conll` reads it, and `BiLSTMTagger` learns from it.
#
# ## Check yourself
#
# <details><summary>A model's perplexity is the size of the vocabulary. What has it learned?</summary>
#
# Nothing: the uniform distribution is as much in doubt. And can it be more than the size? Yes, if
# the model is sure and wrong.
#
# </details>
#
# <details><summary>You raised the least frequency of a word from 3 to 10, and the perplexity halved.
# Has the model become better?</summary>
#
# No: more words have become one `<unk>`, which is easy to guess. Only with one vocabulary do
# perplexities compare.
#
# </details>
#
# <details><summary>Can a perplexity of words be compared with one of letters?</summary>
#
# Not directly: the units differ. Turn both into bits a letter: $\log_2\mathrm{PPL}$ of a unit times
# the number of units divided by the number of letters.
#
# </details>
#
# <details><summary>Why is a beam of 1 greedy search, and why may a very wide beam give a worse
# text?</summary>
#
# With a width of 1 one best beginning is left. A wide beam finds more *probable* texts, and if the
# model thinks an empty or repeating text probable, it will find it.
#
# </details>
#
# <details><summary>What are the random words of word2vec for? What would be learned without them?
# </summary>
#
# Without negative examples one vector for all brings the loss to zero: scores grow, and every word
# is every word's neighbour.
#
# </details>
#
# <details><summary>The candidate is the single word “the”, the reference a long phrase with “the”.
# What do precision, BLEU and ROUGE-1 say?</summary>
#
# Unigram precision is 1; BLEU is zero (no bigrams), and else the brevity penalty would have killed
# it; the recall of ROUGE-1 is near zero.
#
# </details>

# %% [markdown] lang="ru"
# ## Упражнения
#
# Семь функций с вырезанными телами. Что написать, сказано в docstring; под каждой — ячейка с
# проверкой.
#
# ### 1. Биграммы со сглаживанием Кнезера — Нея
#
# От скидки из раздела 2 отличается одной строкой. Потом подставьте функцию в `perplexity` и
# сравните с графиком.

# %% [markdown] lang="en"
# ## Exercises
#
# Seven functions with their bodies cut out. What to write is said in the docstring; below each is
# a cell that checks it.
#
# ### 1. Bigrams smoothed by Kneser and Ney
#
# It differs from the discounting of section 2 by one line. Then put your function into
# `perplexity` and compare with the picture.

# %% include="exercises:kneser_ney"

# %% check="kneser-ney"

# %% [markdown] lang="ru"
# ### 2. Пары слов для skip-gram
#
# Обучающая выборка word2vec из текста. Осторожнее у краёв.

# %% [markdown] lang="en"
# ### 2. Pairs of words for skip-gram
#
# The training data of word2vec out of a text. Mind the ends.

# %% include="exercises:skip_gram_pairs"

# %% check="pairs"

# %% [markdown] lang="ru"
# ### 3. Градиент negative sampling руками
#
# Формула — в разделе 4; autograd отдыхает.

# %% [markdown] lang="en"
# ### 3. The gradient of negative sampling by hand
#
# The formula is in section 4; autograd has a rest.

# %% include="exercises:negative_sampling"

# %% check="negative-sampling"

# %% [markdown] lang="ru"
# ### 4. Ядро распределения
#
# Кто входит в top-p? Самое коварное — слово, на котором сумма перешагнула $p$.

# %% [markdown] lang="en"
# ### 4. The nucleus of a distribution
#
# Who is in top-p? The tricky one is the word at which the sum steps over $p$.

# %% include="exercises:nucleus"

# %% check="nucleus"

# %% [markdown] lang="ru"
# ### 5. BLEU корпуса
#
# Обрезание, штраф за краткость и порядок действий: сначала сложить, потом делить.

# %% [markdown] lang="en"
# ### 5. BLEU of a corpus
#
# Clipping, the brevity penalty, and the order of things: sum first, then divide.

# %% include="exercises:corpus_bleu"

# %% check="bleu"

# %% [markdown] lang="ru"
# ### 6. ROUGE-L
#
# Таблица динамического программирования, как в расстоянии Левенштейна.

# %% [markdown] lang="en"
# ### 6. ROUGE-L
#
# A table of dynamic programming, as for Levenshtein's distance.

# %% include="exercises:rouge_l"

# %% check="rouge"

# %% [markdown] lang="ru"
# ### 7. Самая вероятная разметка
#
# Алгоритм Витерби — тот же луч, но точный: в марковской цепи достаточно помнить по одному лучшему
# началу на каждый тег.

# %% [markdown] lang="en"
# ### 7. The likeliest tags
#
# Viterbi's algorithm is a beam that is exact: in a Markov chain it is enough to remember one best
# beginning for each tag.

# %% include="exercises:viterbi"

# %% check="viterbi"
