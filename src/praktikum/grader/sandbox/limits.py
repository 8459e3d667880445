"""How much one session may use."""

from __future__ import annotations

from dataclasses import dataclass, fields

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds on one session; time in seconds, sizes in bytes.

    memory_bytes:             address space beyond what the preloaded libraries take
    cpu_seconds:              CPU time of the session, all its threads together; the kernel counts
                              whole seconds
    wall_seconds:             wall time of one question, where the caller names none
    submission_wall_seconds:  wall time of all questions of one session together
    file_bytes:               size of one file
    tmp_bytes:                size of the session's /tmp, which is memory too
    threads:                  threads, the first included
    open_files:               file descriptors
    result_bytes:             size of one answer
    """

    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 60
    wall_seconds: float = 10.0
    submission_wall_seconds: float = 120.0
    file_bytes: int = 16 * MIB
    tmp_bytes: int = 32 * MIB
    threads: int = 16
    open_files: int = 64
    result_bytes: int = 64 * MIB

    def __post_init__(self) -> None:
        """Raises ValueError when a bound is not positive or an answer outgrows a frame."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value <= 0:
                raise ValueError(f"{field.name}={value} must be positive")
        if self.result_bytes >= 2**32:
            raise ValueError(
                f"result_bytes={self.result_bytes} must be below 2**32, the longest frame"
            )
