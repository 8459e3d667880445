"""Ctrl-C asks the loop to stop at the next place where it can go on later.

The second Ctrl-C stops at once, with what was saved before.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType, TracebackType

__all__ = ["Interruption"]


class Interruption:
    """A context in which ``asked`` turns true when Ctrl-C is pressed.

    Python delivers signals to the main thread only; in another thread it does nothing.
    """

    def __init__(self) -> None:
        self.asked = False
        self._active = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Interruption:
        if self._active:
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._active:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        sys.stderr.write("\nCtrl-C: saving after this batch; once more to stop at once\n")
