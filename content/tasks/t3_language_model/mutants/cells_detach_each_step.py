"""
ru: Состояние оторвано от графа на каждом шаге: градиент не идёт во времени.
en: The state is cut off the graph at each step: no gradient goes through time.
"""

FAILS = ["cells_sequence"]


class VariationalLSTM:
    def scan(self, input, state, weights):
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(input[0], self.p_input, self.generator)
        hidden_mask = dropout_mask(hidden, self.p_hidden, self.generator)
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(
                from_input, hidden.detach() * hidden_mask, cell.detach(), weights
            )
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
