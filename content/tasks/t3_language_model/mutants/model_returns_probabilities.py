"""
ru: Модель возвращает вероятности, а не логиты.
en: The model returns probabilities instead of logits.
"""

FAILS = ["model_logits"]


class LSTMLanguageModel:
    def forward(self, tokens, state=None):
        if state is None:
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
        return LanguageOutput(
            self.predict(features).softmax(dim=-1), after, hidden, dropped, weights
        )
