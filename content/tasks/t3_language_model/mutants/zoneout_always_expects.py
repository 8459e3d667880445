"""
ru: Настройка expectation не замечена.
en: The setting expectation goes unnoticed.
"""

FAILS = ["zoneout_sequence"]


class ZoneoutLSTM:
    def scan(self, input, state, weights):
        hidden, cell = state
        hiddens, cells = [], []
        for from_input in weights.from_input(input).unbind(0):
            new_hidden, new_cell = lstm_step(from_input, hidden, cell, weights)
            cell = zone_out(cell, new_cell, self.p_cell, self.training, self.generator)
            hidden = zone_out(hidden, new_hidden, self.p_hidden, self.training, self.generator)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
