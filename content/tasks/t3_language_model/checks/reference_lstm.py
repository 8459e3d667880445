"""The LSTM as its equations stand, one gate after another, with a mask wherever one may be laid."""

import torch

from praktikum.sequence.masks import dropout_mask

from .recurrent_weights import drawn


def weights_of(seed, n_inputs, n_hidden, layer=0):
    """Return the drawn parameters of a layer as leaves: weight_ih, weight_hh, bias_ih, bias_hh."""
    shapes = {
        "weight_ih": (4 * n_hidden, n_inputs),
        "weight_hh": (4 * n_hidden, n_hidden),
        "bias_ih": (4 * n_hidden,),
        "bias_hh": (4 * n_hidden,),
    }
    return {
        name: torch.from_numpy(drawn(seed, f"{name}_l{layer}", shape)).requires_grad_()
        for name, shape in shapes.items()
    }


def step(x, h, c, weights, update_mask=1.0):
    """Return h' and c': Semeniuta's mask lies on g."""
    sums = x @ weights["weight_ih"].T + weights["bias_ih"]
    sums = sums + h @ weights["weight_hh"].T + weights["bias_hh"]
    n_hidden = h.shape[1]
    i, f, g, o = (sums[:, gate * n_hidden : (gate + 1) * n_hidden] for gate in range(4))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g) * update_mask
    return torch.sigmoid(o) * torch.tanh(c), c


def variational(input, state, weights, input_mask, hidden_mask):
    """Return the hidden states after every step and the last cell, under masks of x and of h."""
    (h,), (c,) = state
    outputs = []
    for x in input:
        h, c = step(x * input_mask, h * hidden_mask, c, weights)
        outputs.append(h)
    return torch.stack(outputs), c


def plain_hiddens(seed, input, state=None, num_layers=1):
    """Return what `torch.nn.LSTM` with the drawn weights says after every step."""
    n_hidden = 3 if state is None else state[0].shape[-1]
    layer = torch.nn.LSTM(input.shape[-1], n_hidden, num_layers).double()
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            parameter.copy_(torch.from_numpy(drawn(seed, name, parameter.shape)))
        return layer(input, state)[0].numpy()


def drawn_mask(generator, p, *shape):
    """Return the mask that comes next from a generator; how one is drawn is given to students."""
    return dropout_mask(torch.empty(shape, dtype=torch.float64), p, generator)
