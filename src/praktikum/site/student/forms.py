"""The form by which a student hands in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from praktikum.site.classroom.intake import SUFFIXES

__all__ = ["UploadForm"]


class UploadForm(forms.Form):
    """One file; what it must be is for `classroom.intake` to say."""

    file = forms.FileField(
        label=_("Notebook or Python file"),
        allow_empty_file=True,  # the intake says it in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
