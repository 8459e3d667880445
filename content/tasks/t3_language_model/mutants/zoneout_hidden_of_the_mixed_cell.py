"""
ru: Новое h посчитано по ячейке, часть которой уже осталась прежней.
en: The new h is made of the cell of which a part has stayed already.
"""

FAILS = ["zoneout_sequence"]


class ZoneoutLSTM:
    def scan(self, input, state, weights):
        if not self.training and not self.expectation:
            return super().scan(input, state, weights)
        hidden, cell = state
        hiddens, cells = [], []
        for from_input in weights.from_input(input).unbind(0):
            new_hidden, new_cell = lstm_step(from_input, hidden, cell, weights)
            cell = zone_out(cell, new_cell, self.p_cell, self.training, self.generator)
            o = lstm_gates(from_input, hidden, weights)[3]
            new_hidden = o * cell.tanh()
            hidden = zone_out(hidden, new_hidden, self.p_hidden, self.training, self.generator)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
