"""
ru: z открывает дорогу новому: формула из другой статьи.
en: z lets the new in: the formula of another paper.
"""

FAILS = ["gru_step"]


def gru_step(x, hidden, weight_ih, weight_hh, bias_ih, bias_hh):
    input_r, input_z, input_n = (x @ weight_ih.T + bias_ih).chunk(3, dim=1)
    hidden_r, hidden_z, hidden_n = (hidden @ weight_hh.T + bias_hh).chunk(3, dim=1)
    r, z = (input_r + hidden_r).sigmoid(), (input_z + hidden_z).sigmoid()
    n = (input_n + r * hidden_n).tanh()
    return z * n + (1 - z) * hidden
