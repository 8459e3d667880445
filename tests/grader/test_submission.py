"""Reading untrusted files: what is taken, and the one line that refuses the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from praktikum.grader.submission import MAX_BYTES, SubmissionError, read_submission


def notebook(*sources: str, **metadata: object) -> bytes:
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}).encode()


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_the_code_cells_of_a_notebook_are_read_with_their_numbers(tmp_path: Path) -> None:
    content = json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": "text"},
                {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
            ]
        }
    ).encode()
    (cell,) = read_submission(put(tmp_path, "a.ipynb", content)).cells
    assert (cell.number, cell.source) == (2, "a = 1\nb = 2")


def test_a_python_file_is_one_cell(tmp_path: Path) -> None:
    assert read_submission(put(tmp_path, "a.py", b"x = 1\n")).cells[0].source == "x = 1\n"


def test_a_notebook_of_the_old_format_is_read_too(tmp_path: Path) -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}], "nbformat": 3}
    path = put(tmp_path, "a.ipynb", json.dumps(old).encode())
    assert read_submission(path).cells[0].source == "x = 1"


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = put(tmp_path, "a.ipynb", b"\xef\xbb\xbf" + notebook("x = 1"))
    assert read_submission(path).cells[0].source == "x = 1"


@pytest.mark.parametrize(
    ("metadata", "unit"),
    [
        ({"praktikum": {"unit": "t1_toy"}}, "t1_toy"),
        ({"praktikum": {"unit": "../../etc"}}, None),
        ({"praktikum": ["t1_toy"]}, None),
        ({}, None),
    ],
)
def test_the_unit_is_believed_only_if_it_is_a_name(
    tmp_path: Path, metadata: dict[str, object], unit: str | None
) -> None:
    path = put(tmp_path, "a.ipynb", notebook("x = 1", **metadata))
    assert read_submission(path).unit == unit


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ipynb", b"\x89PNG\r\n\x1a\n", "a.ipynb: this is not UTF-8 text (byte 0)"),
        ("a.ipynb", "привет".encode("cp1251"), "a.ipynb: this is not UTF-8 text"),
        ("a.ipynb", b"hello", "a.ipynb: this is not a Jupyter notebook (line 1)."),
        ("a.ipynb", b"[1, 2]", "a.ipynb: this is not a Jupyter notebook (line 1)."),
        ("a.ipynb", b'{"cells": 5}', "a.ipynb: this is not a Jupyter notebook (line 1)."),
        ("a.ipynb", notebook("x = 1")[:-20], "a.ipynb: the file breaks off in line 1;"),
        ("a.ipynb", notebook("x = 1")[:40], "a.ipynb: the file breaks off in line 1;"),
        ("a.ipynb", notebook("x = 1") + b"x", "a.ipynb: this is not a Jupyter notebook (line 1)."),
        ("a.ipynb", b"", "a.ipynb: this is not a Jupyter notebook (line 1)."),
        ("a.ipynb", b"[" * 200_000, "a.ipynb: this is not a Jupyter notebook (line 1)."),
        ("a.docx", b"PK", "a.docx: a notebook (.ipynb) or a Python file (.py) is wanted."),
        ("a.py", b"#" * (2**20 + 1), "a.py: more than 1048576 characters of code."),
    ],
)
def test_what_cannot_be_read_gets_one_clear_line(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(SubmissionError) as caught:
        read_submission(put(tmp_path, name, content))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert caught.value.text.ru != caught.value.text.en


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    with path.open("wb") as file:
        file.truncate(500 * 2**20)  # a hole in the file system: it takes no space
    with pytest.raises(SubmissionError, match=r"a.ipynb: 500 MB, the limit is 20 MB"):
        read_submission(path)
    assert MAX_BYTES == 20 * 2**20


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.py", b"x = 1")
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.py").symlink_to(secret)
    with pytest.raises(SubmissionError, match="a link to a file outside"):
        read_submission(folder / "a.py", within=folder)


@pytest.mark.parametrize("make", [Path.mkdir, Path.absolute])
def test_a_folder_or_nothing_is_no_submission(tmp_path: Path, make: object) -> None:
    make(tmp_path / "a.ipynb")  # type: ignore[operator]
    with pytest.raises(SubmissionError, match=r"a.ipynb: there is no such file"):
        read_submission(tmp_path / "a.ipynb")
