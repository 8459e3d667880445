"""Data sets: some are always here, others are read from disk or downloaded and checked."""

from .catalogue import DATA_FOLDER, IMAGE_DATASETS, open_images
from .digits import digits
from .errors import BrokenFile, DataError, FormatError, MissingData
from .image_examples import ImageExamples, ShiftAndFlip
from .image_folder import ImageFolder, open_image_folder
from .labelled_images import ImageSplits, LabelledImages
from .patches import patches
from .rated_texts import RatedText, TextSplits
from .reviews import LargeMovieReviewDataset, read_reviews
from .text_catalogue import TEXT_DATASETS, open_texts

__all__ = [
    "DATA_FOLDER",
    "IMAGE_DATASETS",
    "TEXT_DATASETS",
    "BrokenFile",
    "DataError",
    "FormatError",
    "ImageExamples",
    "ImageFolder",
    "ImageSplits",
    "LabelledImages",
    "LargeMovieReviewDataset",
    "MissingData",
    "RatedText",
    "ShiftAndFlip",
    "TextSplits",
    "digits",
    "open_image_folder",
    "open_images",
    "open_texts",
    "patches",
    "read_reviews",
]
