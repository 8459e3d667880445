"""
ru: Без unk незнакомое слово — KeyError, а не обещанная ошибка.
en: Without unk an unknown word is a KeyError, not the error that was promised.
"""

FAILS = ["vocabulary_numbers"]


class Vocabulary:
    def __getitem__(self, token):
        return self._index[token] if self.unk is None else self._index.get(token, self._index[self.unk])
