"""
ru: Нормируют несмещённой дисперсией, с делителем n − 1.
en: The unbiased variance, over n − 1, does the normalising.
"""

import torch

FAILS = ["batch_norm_train"]


def batch_norm(input, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return (input - running_mean) / torch.sqrt(running_var + eps)
    mean, var = input.mean(dim=0), input.var(dim=0)
    with torch.no_grad():
        running_mean.lerp_(mean, momentum)
        running_var.lerp_(var, momentum)
    return (input - mean) / torch.sqrt(var + eps)
