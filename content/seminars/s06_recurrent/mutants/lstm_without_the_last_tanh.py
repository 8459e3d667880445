"""
ru: Ячейка выходит наружу без tanh.
en: The cell goes out without a tanh.
"""

FAILS = ["lstm_step"]


def lstm_step(x, hidden, cell, weight_ih, weight_hh, bias):
    i, f, g, o = (x @ weight_ih.T + hidden @ weight_hh.T + bias).chunk(4, dim=1)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell, cell
