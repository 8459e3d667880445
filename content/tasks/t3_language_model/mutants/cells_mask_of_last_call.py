"""
ru: Маска разыграна в первом вызове и осталась навсегда.
en: The mask is drawn in the first call and stays for ever.
"""

FAILS = ["cells_scale_of_masks"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        kept = self.__dict__.setdefault("kept", {})
        if input[0].shape not in kept:
            kept[input[0].shape] = dropout_mask(input[0], self.p_input, self.generator)
        input_mask = kept[input[0].shape]
        hidden_mask = dropout_mask(hidden, self.p_hidden, self.generator)
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
