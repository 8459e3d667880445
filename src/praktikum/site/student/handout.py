"""All that a student needs to work on a task, in one archive.

The notebook, the public half of its checks (with the images to predict masks for, where the task
gives some), and the library with the same holes: what ``praktikum build`` writes for students.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from threading import Lock

from praktikum.checks import Language
from praktikum.course.build import build
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.grading.given import seed_of_images

__all__ = ["handout", "handout_name"]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes
_MODE = 0o644 << 16
_lock = Lock()
_held: dict[tuple[str, str, Language], bytes] = {}


def handout(loaded: LoadedCourse, task: str, language: Language) -> bytes:
    """Return a zip archive; it is made once for each state of the task, in some seconds."""
    pack = loaded.packs[task]
    key = (pack.digest, str(pack.unit.source.stat().st_mtime_ns), language)
    with _lock:  # a whole class may ask in the same minute
        if key not in _held:
            _held[key] = _made(loaded, task, language)
        return _held[key]


def handout_name(task: str, language: Language) -> str:
    """Return the name of the archive's file."""
    return f"{task}-{language}.zip"


def _made(loaded: LoadedCourse, task: str, language: Language) -> bytes:
    content = loaded.content
    archive = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="praktikum-handout-") as folder:
        out = Path(folder)
        unit = loaded.packs[task].unit
        build([unit], content.units.values(), language, out, seed_of_images)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted((out / "student").rglob("*")):
                if path.is_file():
                    entry = zipfile.ZipInfo(f"{task}/{path.relative_to(out / 'student')}", _EPOCH)
                    entry.external_attr = _MODE
                    packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()
