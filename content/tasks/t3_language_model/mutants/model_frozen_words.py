"""
ru: Векторы слов не учатся.
en: The vectors of words don't learn.
"""

FAILS = ["model_learns", "matrix_learns_twice"]


class LSTMLanguageModel:
    def forward(self, tokens, state=None):
        if state is None:
            state = self.initial_state(tokens.shape[1])
        hidden = self.drop_input(self.embed(tokens).detach())
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
