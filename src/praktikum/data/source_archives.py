"""Source archives of PyPI packages, fetched by pip and never run.

pip knows where this machine gets its packages: indexes, proxies, certificates and passwords are as
the user has set them. But before it keeps a source archive it runs the package's own setup.py, to
learn its name. Here that is answered by a stand-in for setuptools, which reads the name from the
PKG-INFO that every source archive holds; so nothing of the package runs, nor is a build
environment downloaded. What came is then checked as any `PublishedFile`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .errors import MissingData
from .published_files import PublishedFile, read_checked

__all__ = ["fetch_source_archive"]

STAND_IN = """
import email, pathlib

class __legacy__:
    @staticmethod
    def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
        metadata = pathlib.Path("PKG-INFO").read_bytes()
        package = email.message_from_bytes(metadata)
        folder = "{Name}-{Version}.dist-info".format_map(package)
        pathlib.Path(metadata_directory, folder).mkdir()
        pathlib.Path(metadata_directory, folder, "METADATA").write_bytes(metadata)
        return folder
"""


def fetch_source_archive(
    file: PublishedFile, requirement: str, folder: Path, timeout: float = 300.0
) -> Path:
    """Put the source archive of a package into the folder and return where it is.

    Args:
        file: what must come; its mirrors are not used.
        requirement: the package and its version, as in ``name==1.0``.
        folder: made if it is not there; a failure leaves in it what was there.
        timeout: seconds for all of it.

    Raises:
        MissingData: pip cannot get the archive; the text says why.
        BrokenFile: what came is not the published archive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=folder) as temporary:
        _run_pip(requirement, Path(temporary).resolve(), timeout, f"put {file.name} into {folder}")
        came = Path(temporary) / file.name
        if not came.is_file():
            raise MissingData(f"pip's {requirement} came without {file.name}; put it into {folder}")
        read_checked(file, came)
        came.replace(folder / file.name)
    return folder / file.name


def _run_pip(requirement: str, folder: Path, timeout: float, advice: str) -> None:
    """Have pip put the source archive into the folder; `advice` ends the text of an error."""
    stand_in = folder / "stand_in" / "setuptools"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").touch()
    (stand_in / "build_meta.py").write_text(STAND_IN, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
    own = {
        "PYTHONPATH": str(stand_in.parent),
        "PIP_USE_PEP517": "1",  # older versions would run setup.py itself; newer ones pass it over
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }
    try:
        subprocess.run(
            [*pip, "--no-build-isolation", "--quiet", "--dest", str(folder), requirement],
            env=os.environ | own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise MissingData(
            f"pip could not download {requirement} in {timeout:g} seconds; try again, or {advice}"
        ) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or ["it did not say why"]
        raise MissingData(
            f"pip cannot download {requirement} (is there a network?): {said[-1]}. You can bring "
            f"the file by other means: {advice}"
        ) from error
