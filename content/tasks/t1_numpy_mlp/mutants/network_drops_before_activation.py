"""
ru: Dropout стоит перед активацией, а BatchNorm — после.
en: Dropout stands before the activation, BatchNorm after it.
"""

import numpy as np

FAILS = ["network_structure"]


def make_network(
    input_size,
    hidden_layers_size,
    output_size,
    n_layers,
    activation_class,
    *,
    init=kaiming_normal,
    batch_norm=False,
    dropout=0.0,
    rng=None,
    dtype=np.float64,
):
    rng = np.random.default_rng(rng)
    network = []
    for _ in range(n_layers - 1):
        network.append(Dense(input_size, hidden_layers_size, init=init, rng=rng, dtype=dtype))
        if dropout > 0:
            network.append(Dropout(dropout, rng=rng))
        network.append(activation_class())
        if batch_norm:
            network.append(BatchNorm(hidden_layers_size, dtype=dtype))
        input_size = hidden_layers_size
    network.append(Dense(input_size, output_size, init=init, rng=rng, dtype=dtype))
    network.append(LogSoftmax())
    return network
