"""
ru: Названа только первая ошибка.
en: Only the first mistake is told.
"""

FAILS = ["reviews_with_mistakes"]


class LargeMovieReviewDataset:
    def __init__(self, folder, part="train", transforms=None):
        mistakes = []
        self.transforms = transforms
        self.reviews = [
            review
            for kind in ("neg", "pos")
            for review in read_folder(Path(folder, part, kind), kind == "pos", mistakes)
        ]
        if mistakes:
            raise FormatError(mistakes[0])
