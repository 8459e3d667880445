"""The forms by which an appeal is filed and answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from praktikum.grader.phrasing import plain
from praktikum.grader.report import Report
from praktikum.site.appeals.filing import Topic
from praktikum.site.phrasing_tags import language

__all__ = ["AnswerForm", "AppealForm"]

_LONGEST = 5_000  # characters
_WHOLE = ":"  # the key of no part


class AppealForm(forms.Form):
    """What a student objects to, and why."""

    about = forms.ChoiceField(label=gettext_lazy("About"))
    text = forms.CharField(
        label=gettext_lazy("What should be looked at, and why"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, report: Report, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._topics = dict(_topics(report))
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (key, words) for key, (_, words) in self._topics.items()
        ]

    @property
    def topic(self) -> Topic:
        """What was chosen."""
        return self._topics[self.cleaned_data["about"]][0]


class AnswerForm(forms.Form):
    """What the staff answers, and the points by hand that the part is to have then."""

    granted = forms.TypedChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("1", gettext_lazy("granted")), ("0", gettext_lazy("declined"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    points = forms.DecimalField(
        label=gettext_lazy("Points by hand from now on"),
        required=False,
        min_value=0,
        decimal_places=2,
    )
    answers_seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    points_seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, most: Decimal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most = most
        if not most:
            del self.fields["points"]
            return
        self.fields["points"].help_text = _(
            "Up to %(most)s for this part; leave it empty to change nothing."
        ) % {"most": plain(most)}
        self.fields["points"].widget.attrs |= {"max": plain(most), "step": "0.05"}

    def clean_points(self) -> Decimal | None:
        points: Decimal | None = self.cleaned_data["points"]
        if points is not None and points > self._most:
            raise forms.ValidationError(
                _("This part has room for %(most)s points by hand.") % {"most": plain(self._most)}
            )
        return points


def _topics(report: Report) -> list[tuple[str, tuple[Topic, str]]]:
    """Return what can be appealed against: a key for the form, the topic, and words."""
    said = language()
    topics = [(_WHOLE, (Topic(), _("the whole attempt")))]
    for part in report.tally.parts:
        title = part.part.title[said]
        topics.append((part.part.id, (Topic(part.part.id), title)))
        for one in part.checks:
            if not one.earned:
                topic = Topic(part.part.id, one.check.name)
                words = f"{title}: {one.check.statement[said]}"
                topics.append((f"{part.part.id}:{one.check.name}", (topic, words)))
    return topics
