"""The rules of a course as sentences, made from the rules themselves so that both always agree."""

from __future__ import annotations

from praktikum.checks import Language, Text
from praktikum.course.book.words import days, least_points, points
from praktikum.course.rules import ByDay, PerDay, Rules

__all__ = ["rules_in_words"]

_PER_DAY = Text(
    ru="Каждые начатые сутки опоздания стоят {points}.",
    en="Each started day late costs {points}.",
)
_BY_DAY_START = Text(
    ru="Опоздание считается в начатых сутках и стоит в сумме: {days}.",
    en="Lateness is counted in started days and costs in all: {days}.",
)
_BY_DAY = Text(ru="{days} — {points}", en="{points} for {days}")
_NOTHING_LEFT = Text(
    ru="Работа, опоздавшая больше чем на {days}, баллов не приносит.",
    en="Work that is more than {days} late is worth nothing.",
)
_NOT_BELOW_ZERO = Text(
    ru="Меньше нуля балл за задание не бывает.", en="A score never falls below zero."
)
_WHOLE_MINUTE = Text(
    ru="Указанная в сроке минута входит в срок целиком, сутки опоздания начинаются после неё.",
    en="The minute that a deadline names is still on time; the first day late starts after it.",
)
_BONUS_PENALISED = {
    True: Text(
        ru="Штраф за опоздание вычитается из всей суммы, вместе с бонусными баллами.",
        en="Lateness takes from the whole sum, bonus points included.",
    ),
    False: Text(
        ru="Штраф за опоздание на бонусные баллы не распространяется.",
        en="Lateness takes nothing from bonus points.",
    ),
}
_BONUS_AFTER_DEADLINE = {
    True: Text(
        ru="Бонусные части засчитываются и после срока.",
        en="Bonus parts count after the deadline too.",
    ),
    False: Text(
        ru="Бонусные части, сданные после срока, не засчитываются.",
        en="Bonus parts that come after the deadline do not count.",
    ),
}
_ATTEMPTS = {
    "best": Text(
        ru="Сдавать задание можно несколько раз: считается лучшая попытка.",
        en="A task may be handed in several times: the best attempt counts.",
    ),
    "last": Text(
        ru="Сдавать задание можно несколько раз: считается последняя попытка.",
        en="A task may be handed in several times: the last attempt counts.",
    ),
}
_TASK_COUNTS = {
    "after_penalty": Text(
        ru="Задание засчитано, если за него набрано не меньше {points} с учётом штрафа.",
        en="A task counts if it earned at least {points}, with lateness taken off.",
    ),
    "before_penalty": Text(
        ru="Задание засчитано, если за него набрано не меньше {points} без учёта штрафа.",
        en="A task counts if it earned at least {points}, before lateness is taken off.",
    ),
}


def rules_in_words(rules: Rules, language: Language) -> list[str]:
    """Return the rules of a course, all but the scale of marks, one sentence or two to an entry."""
    marks = rules.marks
    least = least_points(marks.task_counts_from, language)
    return [
        _lateness(rules.lateness, language),
        _WHOLE_MINUTE[language],
        _BONUS_PENALISED[rules.bonus_penalised][language],
        _BONUS_AFTER_DEADLINE[rules.bonus_after_deadline][language],
        _ATTEMPTS[rules.attempts][language],
        _TASK_COUNTS[marks.task_counts][language].format(points=least),
    ]


def _lateness(rule: PerDay | ByDay, language: Language) -> str:
    if isinstance(rule, ByDay):
        each = (
            _BY_DAY[language].format(days=days(late, language), points=points(lost, language))
            for late, lost in enumerate(rule.lost, start=1)
        )
        start, limit = _BY_DAY_START[language].format(days="; ".join(each)), len(rule.lost)
    else:
        start = _PER_DAY[language].format(points=points(rule.points, language))
        if rule.last_day is None:
            return f"{start} {_NOT_BELOW_ZERO[language]}"
        limit = rule.last_day
    return f"{start} {_NOTHING_LEFT[language].format(days=days(limit, language))}"
