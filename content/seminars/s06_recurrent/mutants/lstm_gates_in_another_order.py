"""
ru: Вентили взяты в порядке i f o g.
en: The gates are taken in the order i f o g.
"""

FAILS = ["lstm_step"]


def lstm_step(x, hidden, cell, weight_ih, weight_hh, bias):
    i, f, o, g = (x @ weight_ih.T + hidden @ weight_hh.T + bias).chunk(4, dim=1)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell
