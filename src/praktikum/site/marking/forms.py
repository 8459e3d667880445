"""The form by which points are given by hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from praktikum.grader.phrasing import plain
from praktikum.site.classroom.models import Snippet

__all__ = ["MarkForm"]

_LONGEST = 5_000  # characters of a comment


class MarkForm(forms.Form):
    """Points, a comment, and comments that were kept for use again.

    ``seen`` is the version of the points that the page showed.
    """

    points = forms.DecimalField(label=gettext_lazy("Points"), min_value=0, decimal_places=2)
    comment = forms.CharField(
        label=gettext_lazy("Comment, which the student reads"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    snippets = forms.ModelMultipleChoiceField(Snippet.objects.none(), required=False)
    keep = forms.BooleanField(label=gettext_lazy("Keep this comment for others"), required=False)
    knowingly = forms.BooleanField(required=False)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, most: Decimal, snippets: Iterable[Snippet], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        self.fields["snippets"].queryset = Snippet.objects.filter(  # type: ignore[attr-defined]
            pk__in=[each.pk for each in snippets]
        )
        widget = self.fields["points"].widget
        widget.attrs |= {"min": "0", "max": plain(most), "step": "0.05", "inputmode": "decimal"}

    def clean_points(self) -> Decimal | None:
        points: Decimal | None = self.cleaned_data["points"]
        if points is not None and points > self.most:
            wanted = _("%(points)s points, the part has %(most)s by hand at most.")
            raise forms.ValidationError(
                wanted % {"points": plain(points), "most": plain(self.most)}
            )
        return points

    @property
    def whole_comment(self) -> str:
        """The comment and below it the ones that were chosen."""
        kept = [each.text for each in self.cleaned_data["snippets"]]
        return "\n".join(filter(None, [self.cleaned_data["comment"].strip(), *kept]))
