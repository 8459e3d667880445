"""
ru: Случайность взята не из данного генератора.
en: Chance does not come from the given generator.
"""

FAILS = ["cells_sequence"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(input[0], self.p_input)
        hidden_mask = dropout_mask(hidden, self.p_hidden)
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
