"""
ru: h' посчитано по старой ячейке.
en: h' is computed from the old cell.
"""

FAILS = ["lstm_step"]


def lstm_step(x, hidden, cell, weight_ih, weight_hh, bias):
    i, f, g, o = (x @ weight_ih.T + hidden @ weight_hh.T + bias).chunk(4, dim=1)
    return o.sigmoid() * cell.tanh(), f.sigmoid() * cell + i.sigmoid() * g.tanh()
