"""
ru: При применении нормируют статистиками батча.
en: Evaluation normalises by the statistics of the batch.
"""

import torch

FAILS = ["batch_norm_eval"]


def batch_norm(input, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    mean, var = input.mean(dim=0), input.var(dim=0, correction=0)
    if training:
        with torch.no_grad():
            running_mean.lerp_(mean, momentum)
            running_var.lerp_(input.var(dim=0), momentum)
    return (input - mean) / torch.sqrt(var + eps)
