"""Photos with masks, and the files that hold them: nothing here knows how they are read."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

# Sorted as stems, as names of files and as stems with a suffix, these come in three orders.
STEMS = ("a", "a-1", "a1", "b10", "b9")


def drawn_photos(rng):
    """Return photos and masks by stem, each pair of another size, in a random order."""
    photos = {}
    for stem in rng.permutation(STEMS):
        height, width = rng.integers(4, 9, size=2)
        image = rng.integers(256, size=(height, width, 3), dtype=np.uint8)
        mask = rng.integers(2, size=(height, width), dtype=np.uint8)
        mask[0, :2] = 0, 1
        photos[str(stem)] = image, mask
    return photos


@contextmanager
def folders_of(photos, suffix="", photo_format="png"):
    """Give a folder of photos and one of masks, white on black; they go at the end."""
    with tempfile.TemporaryDirectory() as name:
        images_dir, target_dir = Path(name, "photos"), Path(name, "masks")
        images_dir.mkdir()
        target_dir.mkdir()
        for stem, (image, mask) in photos.items():
            Image.fromarray(image).save(images_dir / f"{stem}.{photo_format}")
            Image.fromarray(255 * mask).save(target_dir / f"{stem}{suffix}.png")
        yield images_dir, target_dir


def save_on_its_side(image, file):
    """Save a photo as a camera does that was held on its side: turned, with a tag that says so."""
    exif = Image.Exif()
    exif[0x0112] = 6  # show it turned by 90 degrees clockwise
    Image.fromarray(np.ascontiguousarray(np.rot90(image))).save(file, exif=exif)
