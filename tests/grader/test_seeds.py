"""Seeds of given images: the same for who has the secret, and of no use for anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from praktikum.grader.seeds import SecretError, attempt_seed, given_seed, open_secret, read_secret

SECRET = bytes(range(32))


def test_each_task_of_each_course_has_its_own_seed() -> None:
    seeds = {
        given_seed(secret, task) for secret in (SECRET, bytes(32)) for task in ("t1", "t2", "t12")
    }
    assert len(seeds) == 6
    assert given_seed(SECRET, "t2") == given_seed(SECRET, "t2") < 2**128


def test_no_attempts_seed_tells_the_seed_of_the_images() -> None:
    # An attempt's id is task/student/digest: it never is "given".
    assert given_seed(SECRET, "t2") != attempt_seed(SECRET, "t2/given/0123", "the_mean")


def test_a_secret_is_made_once_and_read_again(tmp_path: Path) -> None:
    assert open_secret(tmp_path / "secret") == open_secret(tmp_path / "secret")
    assert read_secret(tmp_path / "secret") == open_secret(tmp_path / "secret")


def test_reading_makes_no_secret(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="there is no secret here; `praktikum build` makes it"):
        read_secret(tmp_path / "secret")
    assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize("read", [open_secret, read_secret])
def test_a_file_that_is_no_secret_is_named(tmp_path: Path, read: object) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(SecretError, match="secret: 5 bytes, a secret has 32; move it away"):
        read(tmp_path / "secret")  # type: ignore[operator]
