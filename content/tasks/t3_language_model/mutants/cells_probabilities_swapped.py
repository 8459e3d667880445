"""
ru: Вероятности входа и скрытого состояния перепутаны.
en: The probabilities of the input and of the hidden state are swapped.
"""

FAILS = ["cells_scale_of_masks"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(input[0], self.p_hidden, self.generator)
        hidden_mask = dropout_mask(hidden, self.p_input, self.generator)
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
