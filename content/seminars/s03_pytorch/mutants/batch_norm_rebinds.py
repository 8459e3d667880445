"""
ru: Накопленные статистики вычислены, но не записаны на место.
en: The running statistics are computed, but not written in place.
"""

import torch

FAILS = ["batch_norm_running"]


def batch_norm(input, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return (input - running_mean) / torch.sqrt(running_var + eps)
    mean, var = input.mean(dim=0), input.var(dim=0, correction=0)
    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var = (1 - momentum) * running_var + momentum * input.var(dim=0)
    return (input - mean) / torch.sqrt(var + eps)
