"""
ru: Маска скрытого состояния разыгрывается на каждом шаге заново.
en: The mask of the hidden state is drawn anew at every step.
"""

FAILS = ["cells_one_mask_of_a_sequence"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(input[0], self.p_input, self.generator)
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden_mask = dropout_mask(hidden, self.p_hidden, self.generator)
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
