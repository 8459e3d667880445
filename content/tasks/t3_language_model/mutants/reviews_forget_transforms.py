"""
ru: transforms не применяются.
en: transforms are not applied.
"""

FAILS = ["reviews_of_folder"]


class LargeMovieReviewDataset:
    def __getitem__(self, index):
        return self.reviews[index]
