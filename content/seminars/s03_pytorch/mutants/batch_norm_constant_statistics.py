"""
ru: Среднее и дисперсия батча отрезаны от графа: градиент неверен.
en: The mean and variance of the batch are cut off the graph: the gradient is wrong.
"""

import torch

FAILS = ["batch_norm_train"]


def batch_norm(input, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        return (input - running_mean) / torch.sqrt(running_var + eps)
    with torch.no_grad():
        mean, var = input.mean(dim=0), input.var(dim=0, correction=0)
        running_mean.lerp_(mean, momentum)
        running_var.lerp_(input.var(dim=0), momentum)
    return (input - mean) / torch.sqrt(var + eps)
