"""
ru: Негодные файлы молча пропущены.
en: Files that won't do are left out in silence.
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
