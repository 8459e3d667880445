"""
ru: p понято как вероятность оставить.
en: p is taken for the probability of keeping.
"""

FAILS = ["cells_scale_of_masks"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(
            input[0], 1 - self.p_input if self.p_input else 0.0, self.generator
        )
        hidden_mask = dropout_mask(
            hidden, 1 - self.p_hidden if self.p_hidden else 0.0, self.generator
        )
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
