"""
ru: Прибавка взята без графа: градиент по ней не идёт.
en: The update is taken off the graph: no gradient goes through it.
"""

FAILS = ["update_sequence"]


class RecurrentDropoutLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        mask = dropout_mask(cell, self.p, self.generator)
        hiddens, cells = [], []
        for step, from_input in enumerate(weights.from_input(input).unbind(0)):
            if self.per_step and step:
                mask = dropout_mask(cell, self.p, self.generator)
            i, f, g, o = lstm_gates(from_input, hidden, weights)
            cell = f * cell + i * (mask * g.detach())
            hidden = o * cell.tanh()
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
