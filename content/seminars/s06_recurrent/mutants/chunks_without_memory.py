"""
ru: Каждый кусок начат с нуля.
en: Each chunk starts from zeros.
"""

import torch

FAILS = ["run_in_chunks"]


def run_in_chunks(layer, input, chunk):
    return torch.cat([layer(part)[0] for part in input.split(chunk)])
