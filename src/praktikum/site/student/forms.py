"""The forms by which a student hands in, and asks what handing in would bring."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from praktikum.course.unit import Unit
from praktikum.grader.archive import MAX_ARCHIVE
from praktikum.grader.submission import MAX_BYTES
from praktikum.site.classroom.intake import SUFFIXES

__all__ = ["ForecastForm", "UploadForm"]

_MB = 2**20


class UploadForm(forms.Form):
    """One file, and an archive of predictions where the task asks for them.

    What they must be is for `classroom.intake` to say.
    """

    file = forms.FileField(
        label=gettext_lazy("Notebook or Python file"),
        allow_empty_file=True,  # the intake says it in its own words
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    archive = forms.FileField(
        label=gettext_lazy("Predictions"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )

    def __init__(self, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "Choose the file or drop it here; .ipynb or .py, up to %(limit)s MB."
        ) % {"limit": MAX_BYTES // _MB}
        if not unit.given:
            del self.fields["archive"]
            return
        self.fields["archive"].help_text = _(
            "%(name)s with a file for each of the %(count)s that were given, up to %(limit)s MB."
        ) % {"name": unit.asked.archive, "count": unit.given, "limit": MAX_ARCHIVE // _MB}


class ForecastForm(forms.Form):
    """The points that a student expects to earn."""

    points = forms.DecimalField(label=gettext_lazy("and earn, of the points of the task"))

    def __init__(self, most: Decimal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["points"].widget
        widget.attrs |= {"min": "0", "max": str(most), "step": "0.25", "inputmode": "decimal"}
