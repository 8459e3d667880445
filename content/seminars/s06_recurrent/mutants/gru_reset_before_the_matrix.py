"""
ru: r умножает состояние до матрицы, как в первой статье, а не после, как в torch.
en: r multiplies the state before the matrix, as in the first paper, not after it, as in torch.
"""

FAILS = ["gru_step"]


def gru_step(x, hidden, weight_ih, weight_hh, bias_ih, bias_hh):
    input_r, input_z, input_n = (x @ weight_ih.T + bias_ih).chunk(3, dim=1)
    hidden_r, hidden_z, _ = (hidden @ weight_hh.T + bias_hh).chunk(3, dim=1)
    r, z = (input_r + hidden_r).sigmoid(), (input_z + hidden_z).sigmoid()
    size = hidden.shape[1]
    n = (input_n + (r * hidden) @ weight_hh[2 * size :].T + bias_hh[2 * size :]).tanh()
    return (1 - z) * n + z * hidden
