"""The forms of the staff's pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from praktikum.course.calendar import Course
from praktikum.grader.lateness import closes
from praktikum.site.people.models import User
from praktikum.site.phrasing_tags import language, minute

__all__ = ["ExtensionForm", "PublicationForm", "RegradeForm", "TableForm"]

_LARGEST_TABLE = 2**19  # bytes: it comes back as a field, which Django limits to twice that
_CLOCK = "%Y-%m-%dT%H:%M"


class ExtensionForm(forms.Form):
    """More time for one student; times are of the zone that is active."""

    student = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Student"))
    task = forms.ChoiceField(label=gettext_lazy("Task"))
    until = forms.DateTimeField(
        label=gettext_lazy("The last minute that is on time"),
        input_formats=[_CLOCK, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format=_CLOCK, attrs={"type": "datetime-local"}),
    )
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, course: Course, students: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._course = course
        self.fields["student"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=[student.pk for student in students]
        ).order_by("name", "username")
        self.fields["task"].choices = _tasks(course)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "task" in cleaned and "until" in cleaned:
            due = self._course.task(cleaned["task"]).due
            if closes(cleaned["until"]) <= closes(due):
                late = _("The deadline is %(due)s: wanted a later one.")
                self.add_error("until", late % {"due": minute(due, self._course.zone)})
        return cleaned


class PublicationForm(forms.Form):
    """Whether students see their scores at a task."""

    task = forms.ChoiceField()
    shown = forms.ChoiceField(choices=[("1", "1"), ("0", "0")])

    def __init__(self, course: Course, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].choices = _tasks(course)  # type: ignore[attr-defined]


class RegradeForm(forms.Form):
    """A task whose attempts are all graded again, and why."""

    task = forms.ChoiceField(label=gettext_lazy("Task"))
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(
        self, course: Course, graded_here: Iterable[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = set(graded_here)
        choices = [choice for choice in _tasks(course) if choice[0] in known]
        self.fields["task"].choices = choices  # type: ignore[attr-defined]


class TableForm(forms.Form):
    """A table: first a file, which is only looked at; then the text that was looked at."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text")
        if not file and not text:
            raise forms.ValidationError(_("Choose a file."))
        if file and file.size > _LARGEST_TABLE:
            raise forms.ValidationError(_("The file is larger than 512 KB: this is no such table."))
        return cleaned

    @property
    def table(self) -> tuple[str, bytes]:
        """The table's name and bytes."""
        file = self.cleaned_data.get("file")
        if file:
            return file.name, file.read()
        return _("table"), self.cleaned_data["text"].encode()


def _tasks(course: Course) -> list[tuple[str, str]]:
    return [(task.id, task.title[language()]) for task in course.tasks]
