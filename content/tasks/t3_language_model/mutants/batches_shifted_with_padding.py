"""
ru: Сдвинут дополненный батч: на вход попадает <eos>, а длины на единицу больше.
en: The padded batch is shifted: <eos> gets into the input, and lengths are one too large.
"""

FAILS = ["language_batches"]


class CollateLanguage:
    def __call__(self, texts):
        shortened = [
            text if self.max_length is None else truncate(text, self.max_length, self.eos)
            for text in texts
        ]
        if any(len(text) < 2 for text in shortened):
            raise ShapeError("a language model needs texts of at least two tokens, got a shorter")
        tokens, lengths = pad_sequences(shortened, self.pad, self.batch_first)
        return LanguageBatch(tokens[:-1], tokens[1:], lengths)
