"""
ru: Маска одна на последовательность, что бы ни говорил per_step.
en: There is one mask for a sequence, whatever per_step says.
"""

FAILS = ["update_masks_in_time"]


class RecurrentDropoutLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        mask = dropout_mask(cell, self.p, self.generator)
        hiddens, cells = [], []
        for step, from_input in enumerate(weights.from_input(input).unbind(0)):
            i, f, g, o = lstm_gates(from_input, hidden, weights)
            cell = f * cell + i * (mask * g)
            hidden = o * cell.tanh()
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
