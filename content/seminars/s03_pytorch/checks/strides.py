"""Checks of sliding windows.

The oracle: NumPy's sliding windows.
"""

import numpy as np
import torch

from praktikum.checks import check, close


def windows_case(rng):
    return rng.normal(size=(11, 3)), int(rng.integers(2, 5)), int(rng.integers(2, 4))


@check(part="strides")
def windows_values(sub, rng):
    """
    ru: Окна правильной формы с правильными значениями.
    en: The windows have the right shape and values.
    hint ru: Сколько окон помещается, если последнее касается самого конца?
    hint en: How many windows fit if the last one touches the very end?
    """
    table, width, step = windows_case(rng)
    signal = torch.from_numpy(table[:, 0].copy())
    return {
        "every_sample": sub.sliding_windows(signal, width).numpy(),
        "with_step": sub.sliding_windows(signal, width, step).numpy(),
        "whole": sub.sliding_windows(signal, 11, step).numpy(),
    }


@windows_values.expects
def _(rng):
    table, width, step = windows_case(rng)
    every = np.lib.stride_tricks.sliding_window_view(table[:, 0], width)
    return {
        "every_sample": close(every),
        "with_step": close(every[::step]),
        "whole": close(table[None, :, 0]),
    }


@check(part="strides")
def windows_share_memory(sub, rng):
    """
    ru: Окна смотрят в память сигнала: запись в сигнал видна в них.
    en: The windows look into the signal's memory: what is written into the signal is seen in them.
    """
    table, width, step = windows_case(rng)
    signal = torch.from_numpy(table[:, 0].copy())
    windows = sub.sliding_windows(signal, width, step)
    signal.neg_()
    return {"windows": windows.numpy()}


@windows_share_memory.expects
def _(rng):
    table, width, step = windows_case(rng)
    return {"windows": close(-np.lib.stride_tricks.sliding_window_view(table[:, 0], width)[::step])}


@check(part="strides")
def windows_of_a_column(sub, rng):
    """
    ru: Сигнал, который сам лежит в памяти с шагом и со смещением, режется верно.
    en: A signal that itself lies in memory with a stride and an offset is cut correctly.
    hint ru: У сигнала есть свои stride() и storage_offset().
    hint en: The signal has a stride() and a storage_offset() of its own.
    """
    table, width, step = windows_case(rng)
    return {"windows": sub.sliding_windows(torch.from_numpy(table)[2:, 1], width, step).numpy()}


@windows_of_a_column.expects
def _(rng):
    table, width, step = windows_case(rng)
    return {"windows": close(np.lib.stride_tricks.sliding_window_view(table[2:, 1], width)[::step])}
