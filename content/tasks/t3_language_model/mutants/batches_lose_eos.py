"""
ru: Обрезка съедает <eos>: модель не учится заканчивать.
en: Truncation eats <eos>: the model doesn't learn to end.
"""

FAILS = ["language_batches"]


class CollateLanguage:
    def __call__(self, texts):
        shortened = [
            text if self.max_length is None else truncate(text, self.max_length) for text in texts
        ]
        if any(len(text) < 2 for text in shortened):
            raise ShapeError("a language model needs texts of at least two tokens, got a shorter")
        inputs, lengths = pad_sequences([t[:-1] for t in shortened], self.pad, self.batch_first)
        targets, _ = pad_sequences([t[1:] for t in shortened], self.pad, self.batch_first)
        return LanguageBatch(inputs, targets, lengths)
