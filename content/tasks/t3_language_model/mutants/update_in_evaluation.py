"""
ru: Прибавка выпадает и при применении.
en: The update is dropped in evaluation too.
"""

FAILS = ["update_plain"]


class RecurrentDropoutLSTM:
    def scan(self, input, state, weights):
        hidden, cell = state
        mask = dropout_mask(cell, self.p, self.generator)
        hiddens, cells = [], []
        for step, from_input in enumerate(weights.from_input(input).unbind(0)):
            if self.per_step and step:
                mask = dropout_mask(cell, self.p, self.generator)
            i, f, g, o = lstm_gates(from_input, hidden, weights)
            cell = f * cell + i * (mask * g)
            hidden = o * cell.tanh()
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
