"""The report of a run, written when the run is over, also when it was stopped."""

from __future__ import annotations

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.report import write_report
from praktikum.engine.run_folder import RunFolder

__all__ = ["Reporter"]


class Reporter(Listener):
    """Writes ``report.md`` and its plots."""

    def fit_ends(self, fit: Fit) -> None:
        """Write the report of the epochs that are finished, if one is."""
        if fit.epochs:
            write_report(RunFolder(fit.run_dir), fit.history)
