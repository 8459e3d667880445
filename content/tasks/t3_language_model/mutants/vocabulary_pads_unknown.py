"""
ru: Незнакомое слово получает номер 0, а не номер unk.
en: An unknown word gets the number 0 instead of that of unk.
"""

FAILS = ["vocabulary_numbers"]


class Vocabulary:
    def __getitem__(self, token):
        if token not in self._index and self.unk is None:
            raise UnknownToken(token)
        return self._index.get(token, 0)
