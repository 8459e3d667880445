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
from .sound import Sound
from .sound_files import read_sound, write_sound
from .speech_catalogue import SPEECH_SETS, open_speech
from .text_catalogue import TEXT_DATASETS, open_texts
from .utterances import SpeechSplits, Utterance

__all__ = [
    "DATA_FOLDER",
    "IMAGE_DATASETS",
    "SPEECH_SETS",
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
    "Sound",
    "SpeechSplits",
    "TextSplits",
    "Utterance",
    "digits",
    "open_image_folder",
    "open_images",
    "open_speech",
    "open_texts",
    "patches",
    "read_reviews",
    "read_sound",
    "write_sound",
]
