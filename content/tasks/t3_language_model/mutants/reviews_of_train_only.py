"""
ru: Какая бы часть ни была нужна, читается train.
en: Whatever part is wanted, train is read.
"""

FAILS = ["reviews_of_folder"]


class LargeMovieReviewDataset:
    def __init__(self, folder, part="train", transforms=None):
        mistakes = []
        self.transforms = transforms
        self.reviews = [
            review
            for kind in ("neg", "pos")
            for review in read_folder(Path(folder, "train", kind), kind == "pos", mistakes)
        ]
        if mistakes:
            raise FormatError("\n".join(mistakes))
