"""A folder of photos and a folder of masks with the same stems, as a dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from torch.utils.data import Dataset

from .errors import FormatError, MissingData
from .photos_reading import Foreground, read_mask, read_photo

__all__ = ["PhotosDataset", "pictures_by_stem", "unpaired_stems"]

SHOWN = 5  # names in an error


class PhotosDataset(Dataset[Any]):
    """Photos with their masks, in the order of their stems; any formats that Pillow reads.

    images_dir, target_dir: `a.jpg` in one belongs to `a.png`, say, in the other; hidden files and
                            files that don't look like pictures are passed over
    transforms:             called with (image, mask), byte arrays (height, width, 3) and
                            (height, width); what it returns is the item. None returns the two
    foreground:             what of a mask counts, see `read_mask`
    mask_suffix:            what masks' stems have more, such as "_mask"

    Raises MissingData or FormatError, with every name that has no partner or two.
    """

    def __init__(
        self,
        images_dir: Path | str,
        target_dir: Path | str,
        transforms: Callable[..., Any] | None = None,
        *,
        foreground: Foreground = "half",
        mask_suffix: str = "",
    ) -> None:
        """Make `stems`, sorted, and `files`, the paths of (photo, mask) in that order.

        `transforms` and `foreground` are kept under their names. Raises what the class promises.
        """
        images = pictures_by_stem(Path(images_dir), "")
        masks = pictures_by_stem(Path(target_dir), mask_suffix)
        if not images:
            raise MissingData(f"{images_dir}: there are no pictures here")
        if images.keys() != masks.keys():
            raise FormatError(unpaired_stems(Path(images_dir), Path(target_dir), images, masks))
        self.stems = sorted(images)
        self.files = [(images[stem], masks[stem]) for stem in self.stems]
        self.transforms = transforms
        self.foreground = foreground

    def __len__(self) -> int:
        """Return the number of photos."""
        return len(self.files)

    def __getitem__(self, index: int) -> Any:
        """Return photo number `index` and its mask, or what `transforms` makes of them.

        Raises FormatError if a file can't be read or the two differ in size.
        """
        image_file, mask_file = self.files[index]
        image, mask = read_photo(image_file), read_mask(mask_file, self.foreground)
        if image.shape[:2] != mask.shape:
            raise FormatError(
                f"{mask_file}: the mask must be as large as the photo once it is upright, "
                f"{image.shape[1]}×{image.shape[0]}, got {mask.shape[1]}×{mask.shape[0]}; was it "
                "drawn before the photo was turned or resized?"
            )
        return self.transforms(image, mask) if self.transforms else (image, mask)


def pictures_by_stem(folder: Path, suffix: str) -> dict[str, Path]:
    """Return the pictures of a folder by their stems without `suffix`.

    Raises MissingData if there is no such folder, FormatError if two have the same stem.
    """
    if not folder.is_dir():
        raise MissingData(f"{folder}: a folder was wanted, there is none")
    known = Image.registered_extensions()
    files: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.name.startswith(".") or file.suffix.lower() not in known or not file.is_file():
            continue
        stem = file.stem.removesuffix(suffix)
        if stem in files:
            raise FormatError(
                f"{folder}: {files[stem].name} and {file.name} have the same stem; keep one"
            )
        files[stem] = file
    return files


def unpaired_stems(
    images_dir: Path, target_dir: Path, images: dict[str, Path], masks: dict[str, Path]
) -> str:
    """Return what to say about photos without masks and masks without photos."""
    lines = []
    for folder, missing in (
        (target_dir, images.keys() - masks.keys()),
        (images_dir, masks.keys() - images.keys()),
    ):
        if missing:
            names = ", ".join(sorted(missing)[:SHOWN])
            more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
            lines.append(f"{folder}: nothing for {names}{more}")
    return "\n".join(lines)
