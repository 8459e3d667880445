"""
ru: Состояние передано с историей: градиент идёт через все куски.
en: The state is handed on with its history: the gradient goes through all chunks.
"""

import torch

FAILS = ["run_in_chunks"]


def run_in_chunks(layer, input, chunk):
    outputs, state = [], None
    for part in input.split(chunk):
        output, state = layer(part, state)
        outputs.append(output)
    return torch.cat(outputs)
