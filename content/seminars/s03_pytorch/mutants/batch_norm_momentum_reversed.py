"""
ru: momentum понят как вес старого значения.
en: momentum is taken for the weight of the old value.
"""

import torch

FAILS = ["batch_norm_running"]


def batch_norm(input, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return (input - running_mean) / torch.sqrt(running_var + eps)
    mean, var = input.mean(dim=0), input.var(dim=0, correction=0)
    with torch.no_grad():
        running_mean.lerp_(mean, 1 - momentum)
        running_var.lerp_(input.var(dim=0), 1 - momentum)
    return (input - mean) / torch.sqrt(var + eps)
