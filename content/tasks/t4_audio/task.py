# %% [markdown] lang="ru"
# # Задание 4. Шумоподавление в аудио и Conformer
#
# Запись речи с шумом — сумма двух волн, и надо вернуть одну из них. Сеть смотрит на спектр и для каждого
# его отсчёта говорит, какая доля в нём от речи; умноженный на эти доли спектр снова становится волной.
# Смотреть надо и рядом, и далеко: гласная длится сотню миллисекунд, щелчок — две, а гул — всю запись.
# Поэтому сеть — Conformer: свёртка видит соседние кадры, внимание — остальные. В этом задании вы напишете
# всё, от смешивания при точном отношении сигнала к шуму до внимания с относительными позициями.
#
# | часть | что нужно сделать | баллы | кто оценивает |
# |---|---|---|---|
# | 1 | данные и смешивание | 1,5 | проверки |
# | 2 | признаки и обратное преобразование | 1 | проверки |
# | 3 | Conformer с относительным вниманием | 3 | проверки |
# | 4 | обучение с логами по доменам: знакомый шум, незнакомый шум, русская речь | 2 | поровну |
# | 5 | RoPE вместо относительных позиций: качество и время | 1,5 | проверки 0,7, преподаватель 0,8 |
# | 6 | теория | 1 | преподаватель |
# | 7 | бонус: потоковый режим | 1 | проверки 0,7, преподаватель 0,3 |
# | 7 | бонус: перцептивная функция потерь | 1 | поровну |
# | 7 | бонус: качество на скрытых смесях | 1 | по SI-SDR с чистой речью |
#
# Правила прежние. Docstring функции — это условие: имена и аргументы менять нельзя. Ячейку
# `check_part(…)` можно запускать сколько угодно раз; при оценивании те же проверки спросят о других входах.
# Ячейки «Ваш ответ» и «Ваши выводы» читает преподаватель. Готовые реализации того, что требуется написать
# (`torch.stft`, `torchaudio`, `librosa`, Conformer из `transformers` и подобное), брать нельзя.

# %% [markdown] lang="en"
# # Task 4. Audio denoising and the Conformer
#
# A recording of noisy speech is a sum of two waves, and one of them is wanted back. A network looks at
# the spectrum and says of each of its bins what share of it is speech; the spectrum times these shares
# becomes a wave again. One has to look both near and far: a vowel lasts a hundred milliseconds, a click
# two, and a hum all of the recording. So the network is a Conformer: its convolution sees neighbouring
# frames, its attention the others. In this task you write all of it, from mixing at an exact ratio of
# signal to noise to attention with relative positions.
#
# | part | what to do | points | who marks it |
# |---|---|---|---|
# | 1 | data and mixing | 1.5 | checks |
# | 2 | features and their inverse | 1 | checks |
# | 3 | a Conformer with relative attention | 3 | checks |
# | 4 | training with logs by domain: known noise, unknown noise, Russian speech | 2 | half and half |
# | 5 | RoPE in place of relative positions: quality and time | 1.5 | checks 0.7, the instructor 0.8 |
# | 6 | theory | 1 | the instructor |
# | 7 | bonus: streaming | 1 | checks 0.7, the instructor 0.3 |
# | 7 | bonus: a perceptual loss | 1 | half and half |
# | 7 | bonus: quality on hidden mixtures | 1 | by SI-SDR with the clean speech |
#
# The rules are as before. A function's docstring is the statement of the problem: leave names and
# arguments as they are. Run a `check_part(…)` cell as often as you like; grading asks the same checks
# with other inputs. The cells "Your answer" and "Your conclusions" are read by the instructor.
# Ready-made versions of what you are to write (`torch.stft`, `torchaudio`, `librosa`, the Conformer of
# `transformers` and the like) are not allowed.

# %%
import logging
import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import matplotlib.pyplot as plt
import numpy as np
import torch
from jaxtyping import Bool, Complex, Float, Float32, Int, Int16
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import ConcatDataset, DataLoader, Dataset

from praktikum import engine
from praktikum.audio.conformer_reach import EVERYWHERE, Reach
from praktikum.audio.denoiser import FLOOR, LEVEL, RATE, DenoiserSettings
from praktikum.audio.denoising_loss import COMPRESSION
from praktikum.audio.denoising_loss import FLOOR as SPECTRAL_FLOOR
from praktikum.audio.denoising_metrics import TINY
from praktikum.audio.errors import SettingError, ShapeError
from praktikum.audio.stft import LEAST_COVER, Framing, framed
from praktikum.data.errors import DataError, MissingData
from praktikum.data.formants import formants
from praktikum.data.noises import NOISES, TALKERS, Noise, levelled
from praktikum.data.noisy_speech import SILENCE, NoisyBatch, NoisyPair
from praktikum.data.prompts import open_prompts
from praktikum.data.sound import resample
from praktikum.data.unheard_noises import UNHEARD_NOISES
from praktikum.data.utterances import SPEECH_RATE, Utterance
from praktikum.sequence import (
    KeyValueCache,
    MultiHeadAttention,
    causal_mask,
    combine_masks,
    mask_of_lengths,
)
from praktikum.sequence.absolute_positions import sinusoids
from praktikum.sequence.attention import attend_heads, check_mask
from praktikum.sequence.masks import check_probability

torch.set_num_threads(1)  # so that times can be compared
logging.getLogger("praktikum").setLevel(logging.WARNING)
FOLDER = Path(tempfile.mkdtemp(prefix="task4-"))  # logs of this session

Samples = Float32[np.ndarray, " time"]
NoiseSamples = Float32[np.ndarray, " noise_time"]  # as long as the speech, which is checked
Waveform, Decibels = Float[Tensor, "*batch time"], Float[Tensor, "*batch"]
Positions, NormName = Literal["relative", "rotary"], Literal["batch", "layer"]
Length = TypeVar("Length", int, Tensor)

# %% [markdown] lang="ru"
# ## Часть 1. Данные и смешивание (1,5 балла)
#
# Чистая речь и шум есть по отдельности, а пары «шумная волна — речь в ней» делаются на ходу, поэтому
# обучающая выборка никогда не кончается. Сила шума задаётся отношением энергий в децибелах:
#
# $$\operatorname{SNR} = 10 \log_{10} \frac{\sum_t s_t^2}{\sum_t n_t^2}.$$
#
# Меняют только шум: речь — это правильный ответ, и она должна остаться такой, какой была.

# %% [markdown] lang="en"
# ## Part 1. Data and mixing (1.5 points)
#
# Clean speech and noise are there separately, and pairs, a noisy wave and the speech in it, are made on
# the fly, so the training set never ends. How strong the noise is, is a ratio of energies in decibels:
#
# $$\operatorname{SNR} = 10 \log_{10} \frac{\sum_t s_t^2}{\sum_t n_t^2}.$$
#
# Only the noise is scaled: the speech is the right answer, and must stay as it was.

# %% include="data.mixing:snr data.mixing:mix data.mixing:fit_length"

# %% [markdown] lang="ru"
# Набор смесей собирает остальное: `NoiseBank` хранит куски шумов, `Mixing` решает, какими будут отношение и
# громкость, `MixedSpeech` вырезает речь и просит смесь. Пара с номером 7 должна быть одной и той же, сколько
# ни спрашивай, иначе опыт не повторить; в другой эпохе она другая.

# %% [markdown] lang="en"
# A set of mixtures puts the rest together: `NoiseBank` keeps pieces of noises, `Mixing` decides on ratio
# and level, `MixedSpeech` cuts speech and asks for a mixture. Pair number 7 must be the same however often
# it is asked for, or no experiment can be repeated; in another epoch it is another pair.

# %% include="data.noises:babble data.noisy_speech:NoiseBank"

# %% include="data.noisy_speech:_filtered data.noisy_speech:_rms data.noisy_speech:_as_int16 data.noisy_speech:_as_float data.noisy_speech:Mixing"

# %% include="data.noisy_speech:collate_noisy data.noisy_speech:MixedSpeech"

# %% check="data"

# %% [markdown] lang="ru"
# Речь возьмём настоящую: голосовые подсказки телефонной станции Asterisk, 16 кГц
# (`apt install asterisk-core-sounds-{en,ru} asterisk-core-sounds-{en,ru}-g722` в Debian и Ubuntu и
# `pip install 'praktikum[audio]'`). К ней добавлена синтетическая: бессмысленные слова шести голосов,
# собранные из формант. Если подсказок нет, синтетической обойдёмся: третьим доменом вместо русской речи
# будут два голоса, которых в обучении не было. Шумы тоже вычисляются, поэтому «незнакомый шум» — это виды
# шума, которых не было в обучении вовсе: сирена, дождь и «синий».

# %% [markdown] lang="en"
# The speech is real: prompts of the telephone exchange Asterisk at 16 kHz
# (`apt install asterisk-core-sounds-{en,ru} asterisk-core-sounds-{en,ru}-g722` in Debian and Ubuntu, and
# `pip install 'praktikum[audio]'`). Synthetic speech is added to it: nonsense words of six voices, put
# together from formants. Where there are no prompts the synthetic speech will do: the third domain is then
# two voices that training doesn't have, in place of Russian speech. Noises are computed too, so "unknown
# noise" means kinds of noise that training doesn't have at all: a siren, rain, and blue noise.

# %%
made_up = formants(150)
try:
    english, russian = open_prompts("en"), open_prompts("ru")
except MissingData as missing:
    print(f"{missing}.\nSynthetic speech stands in for prompts here.")
    spoken = [*made_up.train]
    held_out = {
        "valid": (made_up.valid, made_up.test[:5]),
        "test": (made_up.valid, made_up.test[5:]),
    }
    VOICE = "unknown voices"
else:
    spoken = [*english.train[:300], *made_up.train]
    held_out = {"valid": (english.valid, russian.valid), "test": (english.test, russian.test)}
    VOICE = "Russian speech"

NOISES_KNOWN = {
    **{name: make for name, make in NOISES.items() if name != "blue"},
    "babble": partial(babble, utterances=spoken),
}
NOISES_UNKNOWN = {"blue": NOISES["blue"], **UNHEARD_NOISES}
DOMAINS = ("known noise", "unknown noise", VOICE)


def mixtures_of(part, count, seed):
    """Return mixtures of whole utterances at 0 to 10 dB, so many in each of the three domains."""
    known, unknown = (
        NoiseBank(kinds, pieces=6, seed=seed) for kinds in (NOISES_KNOWN, NOISES_UNKNOWN)
    )
    ours, theirs = (
        [each for each in speech if RATE < len(each.samples) < 5 * RATE][:count]
        for speech in held_out[part]
    )
    domains = zip(DOMAINS, (ours, ours, theirs), (known, unknown, known), strict=True)
    mixing = Mixing(snr=(0.0, 10.0), level_db=(0.0, 0.0))
    return ConcatDataset(
        MixedSpeech(utterances, bank, mixing, domain=domain, seed=seed)
        for domain, utterances, bank in domains
    )


training_bank = NoiseBank(NOISES_KNOWN, pieces=8)
training_mixing = Mixing(snr=(-5.0, 15.0), level_db=(-10.0, 5.0))
train = MixedSpeech(spoken, training_bank, training_mixing, seconds=1.0, examples=240)
valid, test = mixtures_of("valid", 6, seed=100), mixtures_of("test", 16, seed=200)
print(len(spoken), "utterances to train on;", len(test), "mixtures to test on")

# %% [markdown] lang="ru"
# <details><summary>Почему выборку для проверки нельзя тоже делать на ходу, с новым зерном в каждой эпохе?</summary>
#
# Кривая на валидации тогда скакала бы и от того, что выпали смеси труднее или легче. Разность между
# эпохами одной сети и между двумя сетями видна лучше, если смеси одни и те же: их трудность из разности
# уходит.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Why can't mixtures for validation be made on the fly too, with a new seed in each epoch?</summary>
#
# The curve of validation would then jump, too, because the mixtures came out harder or easier. A difference
# between epochs of a network, or between two networks, is seen better on the same mixtures: how hard they
# are drops out of the difference.
#
# </details>

# %% [markdown] lang="ru"
# ## Часть 2. Признаки и обратное преобразование (1 балл)
#
# Оконное преобразование Фурье режет волну на кадры и берёт спектр каждого. Кадры перекрываются, поэтому
# спектр избыточен: большинство массивов нужного размера не являются спектром никакой волны — в том числе
# спектр, умноженный на маску. Обратное преобразование ищет волну, кадры которой ближе всего к тому, что дали:
#
# $$x_t = \frac{\sum_m w_{t - mh}\, \hat x_{m,\,t - mh}}{\sum_m w^2_{t - mh}} .$$
#
# Если спектр не трогали, получается исходная волна, какое бы ни было окно. Готовы `framed(waveform, framing)`,
# кадры с половиной окна нулей по краям, и `framing.taper(like)`, окно.

# %% [markdown] lang="en"
# ## Part 2. Features and their inverse (1 point)
#
# The short-time Fourier transform cuts a wave into frames and takes the spectrum of each. Frames overlap, so
# the spectrum is redundant: most arrays of that size are the spectrum of no wave, and a spectrum times a
# mask is among them. The inverse looks for the wave whose frames are nearest to what was given:
#
# $$x_t = \frac{\sum_m w_{t - mh}\, \hat x_{m,\,t - mh}}{\sum_m w^2_{t - mh}} .$$
#
# A spectrum that nobody touched gives back the wave, whatever the window. There are
# `framed(waveform, framing)`, frames with half a window of zeros at the ends, and `framing.taper(like)`, the
# window.

# %% include="audio.stft:stft audio.stft:_overlap_add audio.stft:istft"

# %% check="features"


# %%
def play(waveform):
    """Show a player of a waveform."""
    from IPython.display import Audio, display

    display(Audio(np.asarray(waveform), rate=RATE))


def draw_spectrograms(waveforms, title=""):
    """Draw the level of every bin of waveforms by name, in dB."""
    _, axes = plt.subplots(
        1, len(waveforms), figsize=(12, 2.8), layout="constrained", squeeze=False
    )
    for ax, (name, waveform) in zip(axes[0], waveforms.items(), strict=True):
        level = 20 * (stft(torch.as_tensor(waveform), Framing(512, 128)).abs() + 1e-3).log10()
        extent = (0, len(waveform) / RATE, 0, RATE / 2000)
        ax.imshow(
            level, origin="lower", aspect="auto", extent=extent, vmin=-45, vmax=25, cmap="magma"
        )
        ax.set(title=f"{title}{name}", xlabel="s", ylabel="kHz")
    plt.show()


example = test[1]
draw_spectrograms({"noisy": example.noisy, "speech": example.speech}, f"{example.domain}: ")
play(example.noisy)
play(example.speech)

# %% [markdown] lang="ru"
# ## Часть 3. Conformer с относительным вниманием (3 балла)
#
# ### 3.1. Относительные позиции
#
# В Transformer-XL оценка запроса $i$ и ключа $j$ складывается из содержания и расстояния:
#
# $$a_{ij} = \frac{(q_i + u)^\top k_j + (q_i + v)^\top W_r R_{i-j}}{\sqrt d},$$
#
# где $R_{i-j}$ — синусоида расстояния. Второе слагаемое напрямую — это вектор на каждую пару: время и память
# $O(T^2 d)$ на одни только позиции. Но различных расстояний всего $2T - 1$. Умножим каждый запрос на каждое из
# них и получим матрицу, в которой строка запроса $i$ сдвинута на $i$. Двигать ничего не надо: если читать ту же
# память со строкой на единицу короче, нужная матрица уже лежит на месте (`as_strided`).

# %% [markdown] lang="en"
# ## Part 3. A Conformer with relative attention (3 points)
#
# ### 3.1. Relative positions
#
# In Transformer-XL the score of query $i$ and key $j$ is made of content and of distance:
#
# $$a_{ij} = \frac{(q_i + u)^\top k_j + (q_i + v)^\top W_r R_{i-j}}{\sqrt d},$$
#
# where $R_{i-j}$ is the sinusoid of the distance. Taken literally the second term is a vector for every
# pair: $O(T^2 d)$ of time and memory for positions alone. But there are only $2T - 1$ distances. Multiply
# each query by each of them, and you have a matrix in which the row of query $i$ is shifted by $i$. Nothing
# has to be moved: read the same memory with rows that are one number shorter, and the matrix that is wanted
# lies there already (`as_strided`).

# %% include="sequence.relative_attention:skew sequence.relative_attention:RelativeMultiHeadAttention"

# %% [markdown] lang="ru"
# ### 3.2. Модуль свёртки
#
# Длины записей в батче разные. Для свёртки дополнение должно быть нулём, как и то, что за краями; в
# статистики нормализации оно не входит. Иначе запись зависела бы от соседей по батчу.

# %% [markdown] lang="en"
# ### 3.2. The convolution module
#
# Recordings in a batch have various lengths. For the convolution padding must be zero, as what lies beyond
# the ends is; it has no part in the statistics of the normalisation. Otherwise a recording would depend on
# its neighbours in the batch.

# %% include="audio.conformer_convolution:StepBatchNorm audio.conformer_convolution:StepCache audio.conformer_convolution:DepthwiseConvolution"

# %% include="audio.conformer_convolution:ConvolutionModule"

# %% [markdown] lang="ru"
# (`StepCache` нужен для бонуса: пока его можно не трогать.)
#
# ### 3.3. Блок и сеть
#
# Полносвязных модулей в блоке два, до внимания и после свёртки, и каждый прибавляется с весом ½: блок похож на
# два разрезанных печенья с начинкой, отсюда macaron. Все модули смотрят на нормализованный вход.

# %% [markdown] lang="en"
# (`StepCache` is for the bonus: leave it for now.)
#
# ### 3.3. The block and the network
#
# There are two feed-forward modules in a block, before the attention and after the convolution, and each is
# added with a weight of ½: two halves with a filling between them, hence "macaron". All modules look at
# their input normalised.


# %%
def _attention(d_model, n_heads, dropout, positions):
    """Return the attention of a block; `RotaryAttention` is written in part 5."""
    kinds = {"relative": RelativeMultiHeadAttention}
    if positions == "rotary":
        kinds["rotary"] = RotaryAttention
    return kinds[positions](d_model, n_heads, dropout=dropout)


# %% include="audio.sliding_cache:SlidingCache audio.conformer:BlockCache audio.conformer:FeedForward"

# %% include="audio.conformer:ConformerBlock audio.conformer:Conformer"

# %% check="conformer"

# %% [markdown] lang="ru"
# ## Часть 4. Обучение с логами по доменам (2 балла)
#
# Сеть обучают тем, чем становится волна: по SI-SDR, отношению энергий двух частей ответа, вдоль речи и поперёк
# неё. В децибелах приращение SI-SDR и есть выигрыш. Маска зависит от логарифма модулей спектра, потому что
# громкость мы слышим как отношение, а не как разность.

# %% [markdown] lang="en"
# ## Part 4. Training with logs by domain (2 points)
#
# The network is trained by what the wave becomes: by SI-SDR, the ratio of energies of two parts of the
# estimate, along the speech and across it. In decibels the rise of SI-SDR is the gain. The mask depends on
# the logarithm of magnitudes, since we hear loudness as a ratio and not as a difference.

# %% include="audio.denoising_metrics:_decibels audio.denoising_metrics:si_sdr audio.denoising_metrics:si_sdr_gain"

# %% include="audio.denoising_loss:_compressed audio.denoising_loss:spectral_distance audio.denoising_loss:DenoisingLoss"

# %% include="audio.denoiser:Denoiser"

# %% include="exercises:gains_by_domain"

# %% check="training"

# %% [markdown] lang="ru"
# (`spectral_distance` — для бонуса; с нулевым весом она не вызывается.)
#
# Обучите сеть. В логах для каждой эпохи должны быть потери и выигрыш в каждом из трёх доменов; на тесте —
# таблица выигрышей с разбросом по зёрнам. Покажите спектрограммы до и после и послушайте, что получилось.

# %% [markdown] lang="en"
# (`spectral_distance` is for the bonus; with a weight of zero it isn't called.)
#
# Train the network. For each epoch logs must have the loss and the gain in each of the three domains; for
# the test, a table of gains with the spread over seeds. Show spectrograms before and after, and listen to
# what came out.


# %%
class GainsByDomain(engine.Listener):
    """Keeps the gains in each domain after every epoch."""

    def __init__(self):
        self.gains = []

    def epoch_ends(self, fit, result):
        del result
        self.gains.append(gains_by_domain(fit.model, valid))


@dataclass(frozen=True)
class DenoisingObjective:
    """The loss of a batch of mixtures."""

    loss: nn.Module

    def __call__(self, model, batch):
        estimate = model(batch.noisy, batch.lengths)
        gain = si_sdr_gain(estimate.detach(), batch.noisy, batch.speech).mean()
        return engine.Step(self.loss(estimate, batch.speech), len(batch.noisy), {"gain": gain})


@dataclass(frozen=True)
class Run:
    """A trained network, its logs, its gains on the test, and the seconds of an epoch."""

    model: nn.Module
    history: engine.History
    gains: list
    test: dict
    seconds: float


SMALL = {"d_model": 48, "n_blocks": 2, "d_feedforward": 96, "before": None, "after": None}
EPOCHS = 4


def train_denoiser(seed=0, spectral=0.0, **settings):
    """Return a run of a network with these settings."""
    torch.manual_seed(seed)
    model = Denoiser(DenoiserSettings(**SMALL | settings))
    folder = FOLDER / str(time.time_ns())
    trainer = engine.Trainer(
        engine.TrainerSettings(
            epochs=EPOCHS,
            seed=seed,
            clip_norm=5.0,
            optimiser=engine.OptimiserSettings("adamw", lr=4e-3),
            schedule=engine.ScheduleSettings("one-cycle"),
            logging=engine.LoggingSettings(progress=False, every=20),
        ),
        folder,
        [log := GainsByDomain()],
        clock=time.process_time,
    )
    objective = DenoisingObjective(DenoisingLoss(spectral))
    batches = partial(DataLoader, batch_size=8, collate_fn=collate_noisy)
    history = trainer.fit(model, batches(train, shuffle=True), batches(valid), objective)
    engine.load_weights(folder / "best.pt", model)
    model.eval()
    seconds = float(np.median([epoch.seconds for epoch in history.epochs]))
    return Run(model, history, log.gains, gains_by_domain(model, test), seconds)


def print_gains(runs):
    """Print the gains of runs on the test, dB of SI-SDR."""
    print(f"{'':26}" + "".join(f"{domain:>16}" for domain in DOMAINS) + "   parameters  s an epoch")
    for name, run in runs.items():
        n_parameters = sum(parameter.numel() for parameter in run.model.parameters())
        gains = "".join(f"{run.test[domain]:+16.2f}" for domain in DOMAINS)
        print(f"{name:26}{gains}{n_parameters:13,}{run.seconds:12.1f}")


def plot_runs(runs):
    """Plot the losses of runs, and their gains in each domain, by epoch."""
    _, axes = plt.subplots(1, 4, figsize=(12, 3), layout="constrained")
    for name, run in runs.items():
        epochs = range(1, 1 + len(run.gains))
        [line] = axes[0].plot(
            epochs, [e.train["loss"] for e in run.history.epochs], "o-", label=name
        )
        valid_losses = [e.valid["loss"] for e in run.history.epochs]
        axes[0].plot(epochs, valid_losses, "--", color=line.get_color())
        for ax, domain in zip(axes[1:], DOMAINS, strict=True):
            ax.plot(epochs, [gains[domain] for gains in run.gains], "o-")
            ax.set(title=domain, xlabel="epoch", ylabel="gain, dB")
    axes[0].set(title="loss (dashed: validation)", xlabel="epoch")
    axes[0].legend(fontsize="x-small")
    plt.show()


runs = {
    "relative": train_denoiser(),
    "relative, another seed": train_denoiser(seed=1),
}
print_gains(runs)
plot_runs(runs)

# %%
per_domain = len(test) // 3
for index in (1, per_domain + 2, 2 * per_domain + 3):
    pair = test[index]
    with torch.no_grad():
        [denoised] = runs["relative"].model(torch.from_numpy(pair.noisy)[None])
    gain = float(si_sdr_gain(denoised, *map(torch.from_numpy, (pair.noisy, pair.speech))))
    waveforms = {"noisy": pair.noisy, "denoised": denoised, "speech": pair.speech}
    draw_spectrograms(waveforms, f"{pair.domain}: ")
    print(f"{pair.domain}: a gain of {gain:.1f} dB")
    play(denoised)

# %% [markdown] lang="ru" answer="training"
# **Ваши выводы.** Как выигрыш растёт по эпохам в каждом домене? Какой даётся хуже и почему? Что сеть делает со
# спектром, чему научилась и чему нет?

# %% [markdown] lang="en" answer="training"
# **Your conclusions.** How does the gain grow by epoch in each domain? Which goes worst, and why? What does
# the network do to the spectrum, what has it learnt and what not?

# %% [markdown] lang="ru" solution="training"
# **Пример выводов.** (Числа — с подсказками Asterisk; с синтетической речью будут другие.) На тесте выигрыш 7,5 дБ на
# знакомом шуме, 4,0 на незнакомом и 3,8 на русской речи; другое зерно дало 7,6, 4,3 и 3,5, так что разброс — около
# 0,3 дБ. На валидации все три кривые растут; на знакомом шуме и на русской речи они не вышли на плато, на незнакомом
# вторая половина обучения ничего не прибавила. Потери на обучении (от −7,5 до −10,3) с потерями на валидации прямо
# сравнивать нельзя: в обучении отношение от −5 до 15 дБ, на валидации от 0 до 10.
#
# Хуже всего даются незнакомый шум и незнакомый голос, причём по разным причинам. Сирена на спектрограмме выглядит как
# гармоники голоса, таких в обучении не было, и сеть оставила её почти целой (на этом примере выигрыша почти нет), зато
# дождь и «синий» шум похожи на те, что она знает. Русская речь — другой голос, с энергией на высоких частотах, которой у
# английских подсказок почти нет; выигрыш там меньше, хотя шумы знакомые. Сеть усвоила, что речь лежит ниже 4 кГц и
# меняется, а то, что постоянно, — шум: фон между словами и выше речи темнеет, тихие согласные кое-где пропадают вместе с
# ним. Полосы гула ниже 2 кГц ослаблены, но видны: за 120 шагов сеть не научилась отделять их от гармоник голоса.

# %% [markdown] lang="en" solution="training"
# **An example.** (Figures are those with Asterisk's prompts; with synthetic speech they are others.) On the test the
# gain is 7.5 dB for known noise, 4.0 for unknown noise and 3.8 for Russian speech; another seed gave 7.6, 4.3 and 3.5,
# so the spread is about 0.3 dB. On validation all three curves rise; for known noise and Russian speech they haven't
# levelled off, for unknown noise the second half of training added nothing. The training loss (−7.5 to −10.3) can't be
# compared with that of validation directly: training has ratios of −5 to 15 dB, validation 0 to 10.
#
# Unknown noise and an unknown voice go worst, and for different reasons. In a spectrogram a siren looks like the
# harmonics of a voice; training had none, and the network left it nearly whole (in this example there is hardly a gain),
# while rain and blue noise are like those that it knows. Russian speech is another voice, with energy at high
# frequencies that the English prompts hardly have; there the gain is less though the noises are known. The network has
# learnt that speech lies below 4 kHz and changes, and that what is steady is noise: the background between words and
# above the speech darkens, and here and there quiet consonants go with it. The lines of the hum below 2 kHz are weaker but
# still seen: in 120 steps the network hasn't learnt to tell them from the harmonics of a voice.

# %% [markdown] lang="ru"
# ## Часть 5. RoPE вместо относительных позиций (1,5 балла)
#
# Поворотные позиции добиваются того же — чтобы оценка зависела от расстояния — иначе: пары чисел запроса и ключа
# поворачиваются на угол, пропорциональный шагу, и в скалярном произведении остаётся разность углов. Пары удобно
# считать комплексными числами: поворот — умножение на $e^{i\varphi}$. Поворачивать будем там, где считается
# внимание, после кэша: тогда кэшу не нужно знать номера шагов.

# %% [markdown] lang="en"
# ## Part 5. RoPE in place of relative positions (1.5 points)
#
# Rotary positions get at the same, a score that depends on distance, in another way: pairs of numbers of
# query and key are turned by an angle proportional to the step, and the dot product keeps the difference of
# angles. Pairs are best taken for complex numbers: turning is multiplying by $e^{i\varphi}$. We turn where
# attention is computed, behind the cache: then the cache needn't know the numbers of steps.

# %% include="exercises:turned exercises:RotaryAttention"

# %% check="rope"

# %% [markdown] lang="ru"
# Сравните обе сети в равных условиях: качество по доменам рядом с разбросом по зёрнам, число параметров и время
# блока для нескольких длин. Время меряйте вперемежку и повторно, медиана надёжнее среднего.

# %% [markdown] lang="en"
# Compare both networks under equal conditions: quality by domain beside the spread over seeds, the number of
# parameters, and the time of a block at several lengths. Measure times by turns and repeatedly; a median is
# more reliable than a mean.

# %%
runs["rotary"] = train_denoiser(positions="rotary")
print_gains(runs)
plot_runs(runs)


# %%
def seconds_of_blocks(time_steps, rounds=7):
    """Return the median seconds of forward and backward of a block with each kind of positions."""
    blocks = {name: ConformerBlock(96, 2, 192, 15, 0.0, name) for name in ("relative", "rotary")}
    x, spent = torch.randn(2, time_steps, 96), {name: [] for name in blocks}
    for _ in range(rounds + 1):  # the first round warms up
        for name, block in blocks.items():
            started = time.process_time()
            block(x).sum().backward()
            spent[name].append(time.process_time() - started)
    return {name: float(np.median(times[1:])) for name, times in spent.items()}


for time_steps in (64, 256, 1024):
    seconds = seconds_of_blocks(time_steps)
    print(
        f"{time_steps:5} frames: relative {1000 * seconds['relative']:6.1f} ms, "
        f"rotary {1000 * seconds['rotary']:6.1f} ms, "
        f"ratio {seconds['relative'] / seconds['rotary']:.2f}"
    )

# %% [markdown] lang="ru" answer="rope"
# **Ваши выводы.** Велика ли разница в качестве рядом с разбросом? Во сколько раз один блок дороже другого, из
# чего складывается разница и как она меняется с длиной?

# %% [markdown] lang="en" answer="rope"
# **Your conclusions.** Is there a difference in quality beside the spread? How many times dearer is one block
# than the other, what is the difference made of, and how does it change with the length?

# %% [markdown] lang="ru" solution="rope"
# **Пример выводов.** С RoPE выигрыши 7,8, 4,3 и 3,6 дБ; с относительными позициями 7,5, 4,0, 3,8 и, с другим зерном,
# 7,6, 4,3, 3,5. Разности — 0,1–0,3 дБ, такие же, как между зёрнами, и разных знаков: при одном зерне RoPE разницы в
# качестве не доказать. Параметров у RoPE меньше на 4800: нет матрицы $W_r$ (48 × 48) и смещений $u$, $v$ (по 48) в
# каждом из двух блоков.
#
# Блок с относительными позициями дороже в 1,04 раза на 64 кадрах, в 1,2 на 256 и в 1,66 на 1024. Дело в лишнем
# произведении запросов на $2T - 1$ расстояний: это вдвое больше умножений, чем $QK^\top$, и к тому же матрица
# $T \times (2T - 1)$ на каждую голову, которую надо написать, прочесть со сдвигом и сложить. На коротких записях время
# блока определяют полносвязные слои и свёртка, линейные по $T$, и разницы почти не видно; на длинных — внимание,
# квадратичное по $T$. RoPE поворачивает $T$ векторов, это линейно, и годится любая готовая реализация внимания. В
# объявлении курса отношение времён было 1,32, оно лежит между нашими.

# %% [markdown] lang="en" solution="rope"
# **An example.** With RoPE the gains are 7.8, 4.3 and 3.6 dB; with relative positions 7.5, 4.0, 3.8 and, with another
# seed, 7.6, 4.3, 3.5. The differences are 0.1 to 0.3 dB, as between seeds, and of both signs: with one seed of RoPE no
# difference in quality is proved. RoPE has 4,800 parameters fewer: there is no matrix $W_r$ (48 × 48) and there are no
# biases $u$ and $v$ (48 each) in each of the two blocks.
#
# A block with relative positions is 1.04 times dearer at 64 frames, 1.2 times at 256 and 1.66 times at 1024. That is the
# additional product of queries with $2T - 1$ distances: twice the multiplications of $QK^\top$, and a matrix of
# $T \times (2T - 1)$ for each head that has to be written, read with a shift and added. In short recordings the time of a
# block is that of dense layers and of the convolution, linear in $T$, and the difference is hardly seen; in long ones it
# is attention's, quadratic in $T$. RoPE turns $T$ vectors, which is linear, and any ready-made attention will do behind
# it. In the announcement of the course the ratio was 1.32, which lies between ours.

# %% [markdown] lang="ru"
# ## Часть 6. Теория (1 балл)
#
# 1. Отсчёт спектра смеси — $y = s + n$, комплексные числа. Какое вещественное $m \in [0, 1]$ даёт наименьшее
#    $|m y - s|$? Пусть фазы $s$ и $n$ независимы и равномерны; какое $m$, не зависящее от фаз, лучше всего в
#    среднем и какова ошибка? Что ограничивает маску, даже если она идеальна?
# 2. Докажите, что SI-SDR не зависит от громкости ответа и равен $20 \log_{10} \operatorname{ctg} \varphi$, где
#    $\varphi$ — угол между ответом и речью. Чем это опасно, если обучать по одному SI-SDR?
# 3. Раскройте скобки в оценке из части 3: какие четыре слагаемых получились и о чём каждое? Что теряется без
#    $u$ и $v$? Почему вектора позиции ключа, прибавленного ко входу, для этого мало?
# 4. Сравните свёртку с ядром $k$ и внимание на $T$ кадров: операции, параметры, что доступно каждой за один
#    слой. Почему Conformer ставит их одну за другой, а не выбирает лучшую?

# %% [markdown] lang="en"
# ## Part 6. Theory (1 point)
#
# 1. A bin of a mixture's spectrum is $y = s + n$, complex numbers. Which real $m \in [0, 1]$ makes
#    $|m y - s|$ least? Let the phases of $s$ and $n$ be independent and uniform; which $m$ that doesn't depend
#    on the phases is best on average, and what is the error? What limits a mask, even an ideal one?
# 2. Prove that SI-SDR doesn't depend on the level of the estimate and equals
#    $20 \log_{10} \cot \varphi$, where $\varphi$ is the angle between estimate and speech. What is dangerous in
#    training by SI-SDR alone?
# 3. Multiply out the score of part 3: which four terms are there, and what is each about? What is lost without
#    $u$ and $v$? Why is a vector of the key's position, added to the input, not enough for this?
# 4. Compare a convolution with a kernel of $k$ and attention over $T$ frames: operations, parameters, what each
#    can reach in one layer. Why does the Conformer put one after the other, and not choose the better?

# %% [markdown] lang="ru" answer="theory"
# **Ваш ответ.**

# %% [markdown] lang="en" answer="theory"
# **Your answer.**

# %% [markdown] lang="ru" solution="theory"
# **Ответ.** 1. Квадрат расстояния $m^2|y|^2 - 2m\operatorname{Re}(\bar y s) + |s|^2$ наименьший при
# $m = \operatorname{Re}(\bar y s) / |y|^2 = \operatorname{Re}(s / y)$, обрезанном до $[0, 1]$: это проекция речи на
# направление смеси. Если фазы независимы и равномерны, $\mathbb E\, s \bar n = 0$, то есть
# $\mathbb E|y|^2 = |s|^2 + |n|^2$ и $\mathbb E \operatorname{Re}(\bar y s) = |s|^2$. Лучшее постоянное
# $m = |s|^2 / (|s|^2 + |n|^2)$ — фильтр Винера, ошибка $|s|^2 |n|^2 / (|s|^2 + |n|^2)$: она меньше обеих, и при
# равных энергиях шум ослаблен лишь вдвое, на 3 дБ. Даже идеальная вещественная маска оставляет составляющую речи
# поперёк $y$: у результата фаза смеси. При $\operatorname{SNR} \gg 1$ это почти неважно, при отрицательном —
# главная потеря. Выигрывает маска там, где речь и шум лежат в разных отсчётах, и тем больше, чем точнее
# частотно-временная сетка их разделяет.
#
# 2. Часть вдоль речи — $\alpha s$ с $\alpha = \langle x, s\rangle / \|s\|^2$; её длина $\|x\|\,|\cos\varphi|$, длина
# остатка $\|x\| \sin\varphi$ по теореме Пифагора. Отношение энергий — $\operatorname{ctg}^2 \varphi$, а $\|x\|$
# сократилась; угол не меняется и при умножении $x$ на любое число, в том числе отрицательное. Значит, по одному
# SI-SDR сеть может выдать волну любой громкости и даже обратного знака: маске это не позволено (она от 0 до 1), но
# общая громкость ничем не закреплена. К тому же энергию делают громкие места: тихие согласные и паузы в неё почти
# не входят, а слуху они важны.
#
# 3. $q_i^\top k_j + q_i^\top W_r R_{i-j} + u^\top k_j + v^\top W_r R_{i-j}$: содержание с содержанием; «этому
# запросу нужно то, что стоит на таком расстоянии»; «этот ключ важен всем»; «на такое расстояние смотрят все».
# Без $u$ и $v$ пропадают два последних слагаемых, и предпочтение соседних кадров пришлось бы выражать через
# содержание каждого запроса. Если позиции прибавлены ко входу, в произведении
# $(x_i + p_i)^\top A\, (x_j + p_j)$ они входят поодиночке, перемешаны с содержанием одной матрицей $A$ и зависят от
# номера кадра: для записи, которая длиннее обучающих, эти номера незнакомы, а расстояния — знакомы.
#
# 4. Поканальная свёртка: $kTd$ умножений и $kd$ параметров, за слой видны $k$ кадров, веса от содержания не зависят.
# Внимание: около $4Td^2 + 2T^2 d$ умножений и $4d^2$ параметров, видно всё, веса зависят от содержания, зато о
# соседстве надо узнать из позиций. Переходы формант и атаки — соседние кадры, одни и те же для всех времён: для них
# дешевле и надёжнее свёртка. Гул, повторяющийся шум, голос того же человека секунду назад — далеко, и где именно,
# заранее неизвестно: для них внимание. Одно не заменяет другого: свёртке понадобилось бы порядка $T/k$ слоёв, чтобы
# дотянуться до края, а вниманию пришлось бы тратить головы на соседей.

# %% [markdown] lang="en" solution="theory"
# **The answer.** 1. The squared distance $m^2|y|^2 - 2m\operatorname{Re}(\bar y s) + |s|^2$ is least at
# $m = \operatorname{Re}(\bar y s) / |y|^2 = \operatorname{Re}(s / y)$, cut to $[0, 1]$: the projection of the
# speech on the direction of the mixture. With independent uniform phases $\mathbb E\, s \bar n = 0$, so
# $\mathbb E|y|^2 = |s|^2 + |n|^2$ and $\mathbb E \operatorname{Re}(\bar y s) = |s|^2$. The best constant is
# $m = |s|^2 / (|s|^2 + |n|^2)$, Wiener's filter, with the error $|s|^2 |n|^2 / (|s|^2 + |n|^2)$: less than either,
# and at equal energies the noise is only halved, by 3 dB. Even an ideal real mask leaves out what of the speech is
# across $y$: the result has the phase of the mixture. At a high ratio that hardly matters, at a negative one it is
# the main loss. A mask gains where speech and noise lie in different bins, and the more, the better the grid of
# time and frequency separates them.
#
# 2. The part along the speech is $\alpha s$ with $\alpha = \langle x, s\rangle / \|s\|^2$; its length is
# $\|x\|\,|\cos\varphi|$, that of the rest is $\|x\| \sin\varphi$ by Pythagoras. The ratio of energies is
# $\cot^2 \varphi$, and $\|x\|$ is gone; nor does the angle change when $x$ is multiplied by any number, by a
# negative one neither. So by SI-SDR alone a network may return a wave of any level, even upside down: a mask
# can't do the latter (it is from 0 to 1), but nothing fixes the level. Besides, energy is made by loud places:
# quiet consonants and pauses hardly enter, and the ear needs them.
#
# 3. $q_i^\top k_j + q_i^\top W_r R_{i-j} + u^\top k_j + v^\top W_r R_{i-j}$: content with content; "this query needs
# what stands at that distance"; "this key matters to all"; "everyone looks that far". Without $u$ and $v$ the last
# two are gone, and a preference for neighbouring frames would have to be said through the content of each query.
# Where positions are added to the input, they enter the product $(x_i + p_i)^\top A\, (x_j + p_j)$ one by one, mixed
# with content by the same matrix $A$, and depend on the number of the frame: in a recording longer than those of
# training these numbers are new, while distances aren't.
#
# 4. A depthwise convolution: $kTd$ multiplications and $kd$ parameters; a layer reaches $k$ frames, with weights that
# don't depend on content. Attention: some $4Td^2 + 2T^2 d$ multiplications and $4d^2$ parameters; it reaches
# everything, with weights that depend on content, but has to learn from positions what is near. Glides of formants and
# onsets are neighbouring frames, alike at all times: a convolution is cheaper and safer for them. Hum, noise that
# repeats, the voice of the same person a second ago are far away, and it isn't known beforehand where: attention is
# for them. Neither replaces the other: a convolution would need about $T/k$ layers to get to the end, and attention
# would have to spend heads on neighbours.

# %% [markdown] lang="ru"
# ## Часть 7. Бонус
#
# Независимые задания: делайте любые. Ячейки тех, за которые не взялись, удалите или закомментируйте, чтобы
# ноутбук выполнялся до конца.
#
# ### 7.1. Потоковый режим (1 балл)
#
# Если внимание и свёртка не смотрят вперёд, сеть может идти за микрофоном. Свёртке для этого нужны последние
# $k - 1$ шагов, вниманию — ключи и значения последних `before` шагов; больше ничего помнить не надо, и память не
# растёт. Допишите `StepCache.extend` (часть 3), `SlidingCache.append` и шаг потока. Поток обязан давать то же, что и
# вся запись сразу.

# %% [markdown] lang="en"
# ## Part 7. Bonus
#
# Independent problems: take any. Delete or comment out the cells of those you leave, so that the notebook runs
# to its end.
#
# ### 7.1. Streaming (1 point)
#
# Where attention and convolution don't look ahead, the network can follow a microphone. For that the
# convolution needs the last $k - 1$ steps, and attention the keys and values of the last `before` steps; nothing
# else has to be kept, and memory doesn't grow. Write `StepCache.extend` (part 3), `SlidingCache.append` and the
# step of a stream. A stream must give what the whole recording at once gives.

# %% include="audio.conformer_stream:ConformerStream"

# %% check="bonus_streaming"

# %%
runs["causal"] = train_denoiser(before=32, after=0)
print_gains(runs)

causal = runs["causal"].model.conformer
steps = torch.randn(1, 1500, 48)
with torch.no_grad():
    whole = causal(steps)
stream, given, spent = ConformerStream(causal), [], []
for step in steps.split(1, dim=1):
    started = time.process_time()
    given.append(stream.step(step))
    spent.append(time.process_time() - started)
print(f"stream against whole: at most {(torch.cat(given, dim=1) - whole).abs().max():.0e} apart")
for first in (50, 500, 1400):
    print(f"steps from {first:4} on: {1000 * np.median(spent[first : first + 100]):.2f} ms a step")
kept = [len(cache.attention.kept) for cache in stream.caches]
print(f"kept after {len(spent)} steps: {kept} steps; a step is {1000 * 256 / RATE:.0f} ms of sound")

# %% [markdown] lang="ru" answer="bonus_streaming"
# **Ваши выводы.** Чего стоит запрет смотреть вперёд? Растут ли время шага и память? Какова задержка?

# %% [markdown] lang="en" answer="bonus_streaming"
# **Your conclusions.** What does it cost not to look ahead? Do the time of a step and the memory grow? What is
# the delay?

# %% [markdown] lang="ru" solution="bonus_streaming"
# **Пример выводов.** Причинная сеть с окном в 32 кадра выигрывает 7,6, 4,1 и 3,7 дБ против 7,5, 4,0 и 3,8: разница в
# пределах разброса. Через 120 шагов обучения сеть ещё не пользуется будущим так, чтобы его было жалко; при долгом
# обучении разрыв стоило бы ждать. Поток и вся запись сразу совпали до $10^{-6}$.
#
# Шаг стоит 1,5 мс и в начале, и после 1400 шагов, в кэше всегда 32 шага на блок: ни время, ни память не растут. Шаг —
# это 16 мс звука, так что сеть занимает десятую часть времени одного ядра. Задержка складывается из окна и шага: чтобы
# закончить отсчёт, нужны все кадры, которые его накрывают, то есть до конца кадра в 512 отсчётов — 32 мс, и ещё 1,5 мс
# на вычисления. Сама сеть будущего не ждёт; короче задержку делает только более короткое окно. По кадру за раз одни
# накладные расходы: кусками по несколько кадров было бы дешевле, но задержка выросла бы на их длину.

# %% [markdown] lang="en" solution="bonus_streaming"
# **An example.** The causal network with a window of 32 frames gains 7.6, 4.1 and 3.7 dB against 7.5, 4.0 and 3.8: a
# difference within the spread. After 120 steps of training the network doesn't make such use of the future yet that it
# would be missed; after long training one would expect a gap. Stream and whole agree to $10^{-6}$.
#
# A step takes 1.5 ms at the beginning and after 1,400 steps alike, and the cache always has 32 steps for each block:
# neither time nor memory grows. A step is 16 ms of sound, so the network takes a tenth of the time of one core. The delay
# is made of window and step: to finish a sample all frames over it are needed, that is until the end of a frame of 512
# samples, 32 ms, and 1.5 ms more for computing. The network itself waits for no future; only a shorter window makes the
# delay shorter. One frame at a time is mostly overhead: pieces of several frames would be cheaper, but the delay would
# grow by their length.

# %% [markdown] lang="ru"
# ### 7.2. Перцептивная функция потерь (1 балл)
#
# Ухо сжимает громкость, примерно как степень 0,3, и не слышит фазы. Расстояние между сжатыми модулями спектров
# ближе к тому, что слышно: тихие места в нём не теряются. Допишите `spectral_distance` (часть 4) и обучите сеть,
# в потерях которой оно есть.
# Сравните её с прежней по SI-SDR и по перцептивной мере: по этому расстоянию, а если установлены `pesq` и `pystoi`,
# то и по ним.

# %% [markdown] lang="en"
# ### 7.2. A perceptual loss (1 point)
#
# The ear compresses loudness, about as a power of 0.3, and hears no phase. A distance between compressed
# magnitudes of spectra is nearer to what is heard: quiet places aren't lost in it. Write `spectral_distance` (part
# 4) and train a network with it in its loss.
# Compare it with the network before by SI-SDR and by a perceptual measure: by this distance and, if `pesq` and
# `pystoi` are installed, by them.

# %% check="bonus_perceptual"

# %%
from praktikum.audio.denoising_metrics import pesq, stoi
from praktikum.audio.errors import MissingPackage

runs["perceptual"] = train_denoiser(spectral=200.0)
print_gains(runs)


def heard(enhance):
    """Return means over a third of the test: the distance of spectra, and what of PESQ and STOI is installed."""
    found = {}
    for pair in (test[index] for index in range(0, len(test), 3)):
        noisy, speech = torch.from_numpy(pair.noisy), torch.from_numpy(pair.speech)
        with torch.no_grad():
            estimate = enhance(noisy[None])
        distance = float(spectral_distance(estimate, speech[None]))
        found.setdefault("distance of spectra", []).append(distance)
        for measure in (pesq, stoi):
            try:
                found.setdefault(measure.__name__, []).append(measure(estimate[0], speech))
            except MissingPackage:
                del found[measure.__name__]
    return {name: float(np.nanmean(values)) for name, values in found.items()}


judged = {"noisy": nn.Identity()} | {name: runs[name].model for name in ("relative", "perceptual")}
for name, model in judged.items():
    print(
        f"{name:12}", ", ".join(f"{measure} {value:.3f}" for measure, value in heard(model).items())
    )

# %% [markdown] lang="ru" answer="bonus_perceptual"
# **Ваши выводы.** Что выиграно, что проиграно? Почему меры расходятся?

# %% [markdown] lang="en" answer="bonus_perceptual"
# **Your conclusions.** What is won, what is lost? Why do measures disagree?

# %% [markdown] lang="ru" solution="bonus_perceptual"
# **Пример выводов.** По SI-SDR: 7,2, 4,3 и 4,2 дБ против 7,5, 4,0 и 3,8 у сети без добавки. На знакомом шуме — потеря
# 0,3 дБ, примерно разброс; на русской речи — прибавка 0,4 дБ, чуть больше разброса, хотя обе сети обучены по разу.
# Расстояние между спектрами, которое и обучали, упало с 0,043 до 0,038 (у шумной записи 0,113); STOI вырос с 0,847 до
# 0,852, PESQ не изменился: 1,27 у обеих против 1,11 до обработки. Вес 200 выбран так, чтобы два слагаемых потерь были
# одного порядка, и не подбирался.
#
# Меры расходятся, потому что спрашивают о разном. SI-SDR — отношение энергий: всё решают громкие гласные и фаза, а тихий
# шум в паузах почти не виден. Сжатие степенью 0,3 поднимает тихие места, поэтому добавка учит их чистить и возвращать
# тихие согласные, даже если громким гласным это немного вредит. PESQ около 1,1–1,3 — самый низ шкалы: такая короткая
# тренировка до слышимого качества не доводит, и на дне шкалы сравнивать трудно.

# %% [markdown] lang="en" solution="bonus_perceptual"
# **An example.** By SI-SDR: 7.2, 4.3 and 4.2 dB against 7.5, 4.0 and 3.8 of the network without the addition. For known
# noise that is a loss of 0.3 dB, about the spread; for Russian speech a gain of 0.4 dB, slightly above it, though each
# network was trained once. The distance of spectra, which was trained for, fell from 0.043 to 0.038 (the noisy recording
# has 0.113); STOI rose from 0.847 to 0.852, PESQ stayed: 1.27 in both, against 1.11 before. The weight of 200 was chosen
# so that both terms of the loss are of one order, and wasn't tuned.
#
# Measures disagree because they ask different questions. SI-SDR is a ratio of energies: loud vowels and the phase decide,
# while quiet noise in pauses is hardly seen. A power of 0.3 raises quiet places, so the addition teaches to clean them and
# to bring quiet consonants back, even where that harms loud vowels a little. A PESQ of 1.1 to 1.3 is the very bottom of
# its scale: so short a training doesn't get to quality that one hears, and at the bottom it is hard to compare.

# %% [markdown] lang="ru"
# ### 7.3. Качество на скрытых смесях (1 балл)
#
# Вместе с тетрадью вы получили 40 записей, папку `task4.checks/given`: бессмысленные слова вымышленных голосов в
# шуме, от 0 до 10 дБ, по 30 000 отсчётов. Чистая речь есть только у преподавателя. Уберите шум лучшей своей сетью:
# `denoise_given` запишет речь в архив `speech.zip` — WAV, один канал, 16 бит, 16 кГц, имена те же, — и он сдаётся
# вместе с тетрадью. Ни сеть, ни её веса сдавать не нужно, учить её можно сколько угодно и на чём угодно, кроме
# выданных записей.
#
# Считается средний SI-SDR, каждая запись от 0 до 30 дБ, пропущенная — 0. С 9,5 дБ начисляется 0,25 балла, с 11 — 0,5,
# с 12,5 — 0,75, с 13,5 — 1. Для сравнения: записи как есть — 5,8 дБ, `noisereduce` — 7,2 дБ, сеть этой тетради — около
# 10 дБ.

# %% [markdown] lang="en"
# ### 7.3. Quality on hidden mixtures (1 point)
#
# With this notebook you got 40 recordings, the folder `task4.checks/given`: nonsense words of made-up voices in
# noise, at 0 to 10 dB, 30,000 samples each. Only the instructor has the clean speech. Take the noise away with the
# best of your networks: `denoise_given` writes the speech into the archive `speech.zip` (WAV, one channel, 16 bits,
# 16 kHz, under the same names), which is handed in together with the notebook. Neither the network nor its weights
# are, and it may be trained for as long as you like on anything but the recordings that were given.
#
# What counts is the mean SI-SDR, each recording from 0 to 30 dB, and one that is missing 0. From 9.5 dB on it brings
# 0.25 points, from 11 on 0.5, from 12.5 on 0.75, from 13.5 on 1. For comparison: the recordings as they came have 5.8
# dB, `noisereduce` gets 7.2 dB, the network of this notebook about 10 dB.

# %%
import io
import wave
import zipfile

GIVEN = Path("task4.checks/given")


def wav_of(samples):
    """Return samples of 16 bits at 16 kHz as the bytes of a WAV file."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return content.getvalue()


def denoise_given(model):
    """Write speech.zip: for each given recording the speech in it, a WAV of the same name."""
    files = sorted(GIVEN.glob("*.wav"))
    if not files:
        print(f"no recordings in {GIVEN}: they come with the notebook that your course gives out")
        return
    with zipfile.ZipFile("speech.zip", "w") as archive, torch.no_grad():
        for file in files:
            with wave.open(str(file)) as opened:
                samples = np.frombuffer(opened.readframes(opened.getnframes()), "<i2")
            noisy = torch.from_numpy(samples.astype(np.float32) / 32768)
            [speech] = model(noisy[None]) * 32768
            archive.writestr(file.name, wav_of(speech.round().clamp(-32768, 32767).numpy()))
    print(f"speech.zip has {len(files)} recordings")


denoise_given(runs["relative"].model)

# %% check="bonus_quality"

# %% [markdown] lang="ru"
# ## Сдача
#
# 1. Перезапустите ядро и выполните все ячейки сверху вниз: ноутбук должен дойти до конца без ошибок.
# 2. Проверьте его из терминала так, как это сделает система проверки:
#
#    ```
#    praktikum check task4.ipynb
#    ```
#
#    Таблица покажет баллы, которые дают проверки; остальные ставит преподаватель.
# 3. Сдайте файл `task4.ipynb`, а с ним и `speech.zip`, если брались за 7.3, до срока, который назначен в `course.toml` и указан на странице курса.
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
#    praktikum check task4.ipynb
#    ```
#
#    The table shows the points that the checks give; the others are given by the instructor.
# 3. Hand in the file `task4.ipynb`, with `speech.zip` if you took 7.3, before the deadline that stands in `course.toml` and on the page of
#    the course. Each started day of lateness costs one point.
#
# Do discuss ideas with each other, but write code and conclusions yourself. Good luck!
