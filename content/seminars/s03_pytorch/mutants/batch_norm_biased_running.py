"""
ru: Накапливается смещённая дисперсия, с делителем n.
en: The running variance gathers the biased one, over n.
"""

import torch

FAILS = ["batch_norm_running"]


def batch_norm(input, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return (input - running_mean) / torch.sqrt(running_var + eps)
    mean, var = input.mean(dim=0), input.var(dim=0, correction=0)
    with torch.no_grad():
        running_mean.lerp_(mean, momentum)
        running_var.lerp_(var, momentum)
    return (input - mean) / torch.sqrt(var + eps)
