"""
ru: Данное состояние забыто: каждый кусок читается с начала.
en: The given state is forgotten: each piece is read from the start.
"""

FAILS = ["model_goes_on"]


class LSTMLanguageModel:
    def forward(self, tokens, state=None):
        state = self.initial_state(tokens.shape[1])
        hidden = self.drop_input(self.embed(tokens))
        finals = []
        for number, (layer, (h, c)) in enumerate(zip(self.layers, state.layers, strict=True)):
            if number:
                hidden = self.drop_hidden(hidden)
            hidden, (h, c) = layer(hidden, (h[None], c[None]))
            finals.append((h[0], c[0]))
        dropped = self.drop_output(hidden)
        features, memory, weights = self.look_back(dropped, state.memory)
        after = LanguageState(tuple(finals), memory)
        return LanguageOutput(self.predict(features), after, hidden, dropped, weights)
