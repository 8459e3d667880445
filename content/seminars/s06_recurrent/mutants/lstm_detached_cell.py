"""
ru: Старая ячейка отсоединена: градиент не идёт по главной дороге.
en: The old cell is detached: no gradient goes by the main road.
"""

FAILS = ["lstm_step"]


def lstm_step(x, hidden, cell, weight_ih, weight_hh, bias):
    i, f, g, o = (x @ weight_ih.T + hidden @ weight_hh.T + bias).chunk(4, dim=1)
    new = f.sigmoid() * cell.detach() + i.sigmoid() * g.tanh() + 0 * cell
    return o.sigmoid() * new.tanh(), new
