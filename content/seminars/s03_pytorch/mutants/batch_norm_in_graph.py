"""
ru: Статистики обновлены на месте, но внутри графа: буферы тянут его за собой.
en: The statistics are updated in place, but inside of the graph: the buffers drag it along.
"""

import torch

FAILS = ["batch_norm_running"]


def batch_norm(input, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return (input - running_mean) / torch.sqrt(running_var + eps)
    mean, var = input.mean(dim=0), input.var(dim=0, correction=0)
    running_mean.lerp_(mean, momentum)
    running_var.lerp_(input.var(dim=0), momentum)
    return (input - mean) / torch.sqrt(var + eps)
