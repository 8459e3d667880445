"""
ru: Маска из нулей и единиц: среднее уменьшилось.
en: The mask is of zeros and ones: the mean is smaller.
"""

FAILS = ["cells_scale_of_masks"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(input[0], self.p_input, self.generator)
        hidden_mask = dropout_mask(hidden, self.p_hidden, self.generator)
        input_mask, hidden_mask = (input_mask > 0).double(), (hidden_mask > 0).double()
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
