"""
ru: Сначала стоят положительные отзывы.
en: Favourable reviews come first.
"""

FAILS = ["reviews_of_folder"]


class LargeMovieReviewDataset:
    def __init__(self, folder, part="train", transforms=None):
        mistakes = []
        self.transforms = transforms
        self.reviews = [
            review
            for kind in ("pos", "neg")
            for review in read_folder(Path(folder, part, kind), kind == "pos", mistakes)
        ]
        if mistakes:
            raise FormatError("\n".join(mistakes))
