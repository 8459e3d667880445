"""
ru: Одна маска на весь батч.
en: One mask for the whole batch.
"""

FAILS = ["cells_one_mask_of_a_sequence"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(input[0, :1], self.p_input, self.generator)
        hidden_mask = dropout_mask(hidden[:1], self.p_hidden, self.generator)
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
