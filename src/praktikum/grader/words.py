"""Sentences about verdicts, in both languages; reports and the terminal use the same ones."""

from __future__ import annotations

from collections.abc import Mapping

from praktikum.checks import LANGUAGES, Language, Reason, Status, Text, Verdict
from praktikum.course.thresholds import Threshold
from praktikum.course.unit import Part
from praktikum.grader.phrasing import number
from praktikum.grader.tally import PartTally

__all__ = ["NOT_MEASURED", "NOT_RUN", "STATUS", "predictions_in_words", "sentence"]

STATUS: dict[Status, Text] = {
    Status.PASSED: Text(ru="верно", en="passed"),
    Status.FAILED: Text(ru="неверно", en="failed"),
    Status.BLOCKED: Text(ru="не дошло", en="blocked"),
    Status.ERROR: Text(ru="наша ошибка", en="our error"),
}

NOT_RUN = Text(ru="эту проверку ещё не запускали.", en="this check has not been run yet.")
NOT_MEASURED = Text(
    ru="Предсказания ещё не измерены; баллы за них не потеряны.",
    en="Predictions have not been measured yet; their points are not lost.",
)

_MEASURED = {
    "iou": Text(
        ru="IoU масок {value}, в среднем по {given} картинкам",
        en="IoU of the masks: {value}, the mean over {given} images",
    ),
    "si_sdr": Text(
        ru="SI-SDR речи {value} дБ, в среднем по {given} записям",
        en="SI-SDR of the speech: {value} dB, the mean over {given} recordings",
    ),
}
_UNUSABLE = {
    "iou": Text(
        ru=" (без годной маски {lost}: за каждую такую 0)",
        en=" (without a usable mask {lost}: each counts 0)",
    ),
    "si_sdr": Text(
        ru=" (без годной записи {lost}: за каждую такую 0)",
        en=" (without a usable recording {lost}: each counts 0)",
    ),
}
_NEXT = {
    "iou": Text(
        ru=". С IoU {value} — {points} из {possible}.",
        en=". From {value} on: {points} of {possible}.",
    ),
    "si_sdr": Text(
        ru=". С {value} дБ — {points} из {possible}.",
        en=". From {value} dB on: {points} of {possible}.",
    ),
}

_REASON: dict[Reason, Text] = {
    Reason.VALUE: Text(
        ru="значение не то, что ожидалось.",
        en="the value is not the expected one.",
    ),
    Reason.RANGE: Text(
        ru="значение вне допустимых пределов.",
        en="the value is outside of what is possible.",
    ),
    Reason.SHAPE: Text(
        ru="форма не та, что ожидалась.",
        en="the shape is not the expected one.",
    ),
    Reason.DTYPE: Text(
        ru="тип элементов не тот, что ожидался.",
        en="the type of the elements is not the expected one.",
    ),
    Reason.NOT_FINITE: Text(
        ru="значение — не конечное число.",
        en="the value is not a finite number.",
    ),
    Reason.MISSING: Text(
        ru="такого имени в решении нет: функция или класс удалены, переименованы "
        "или не определились из-за ошибки.",
        en="the submission has no such name: a function or class was removed, renamed, "
        "or not defined because of an error.",
    ),
    Reason.NOT_WRITTEN: Text(
        ru="здесь ещё ничего не написано.",
        en="nothing is written here yet.",
    ),
    Reason.SIGNATURE: Text(
        ru="функцию нельзя вызвать так, как это делает задание.",
        en="the function cannot be called the way the task calls it.",
    ),
    Reason.RAISED: Text(
        ru="код прервался с исключением.",
        en="the code raised an exception.",
    ),
    Reason.TIMEOUT: Text(
        ru="код не уложился в отведённое время.",
        en="the code did not finish in the time it has.",
    ),
    Reason.CRASHED: Text(
        ru="процесс с решением завершился, не вернув ответа.",
        en="the submission's process ended without giving an answer.",
    ),
    Reason.MEMORY: Text(
        ru="коду не хватило отведённой памяти.",
        en="the code needed more memory than it has.",
    ),
    Reason.NOT_AN_ARRAY: Text(
        ru="вместо числа или массива чисел вернулось что-то другое.",
        en="something other than a number or an array of numbers was returned.",
    ),
    Reason.NEEDS: Text(
        ru="сначала должна пройти проверка «{needed}».",
        en="the check “{needed}” has to pass first.",
    ),
    Reason.UNREADABLE: Text(
        ru="файл не удалось прочитать как тетрадь Jupyter.",
        en="the file could not be read as a Jupyter notebook.",
    ),
    Reason.OURS: Text(
        ru="проверка не состоялась по нашей вине; баллы за неё не потеряны, "
        "разберётся преподаватель.",
        en="the check went wrong through our fault; its points are not lost, "
        "an instructor will look into it.",
    ),
}


def sentence(verdict: Verdict, statements: Mapping[str, Text] | None = None) -> Text:
    """Return in one sentence why a check did not pass, with the place where that is known.

    What was got and expected, the hint and (except for a blocked check) the detail are left to
    be shown beside it. The sentence of a check that passed is its status. A check that another
    one needs is called by its statement where ``statements`` has it, else by its name.
    """
    if verdict.reason is None:
        return STATUS[verdict.status]
    text = _REASON[verdict.reason]
    if verdict.reason is Reason.NEEDS:
        name = Text(ru=verdict.detail, en=verdict.detail)
        needed = (statements or {}).get(verdict.detail, name)
        text = Text(
            ru=text.ru.format(needed=needed.ru.rstrip(".")),
            en=text.en.format(needed=needed.en.rstrip(".")),
        )
    if verdict.where:
        return Text(ru=f"{verdict.where}: {text.ru}", en=f"{verdict.where}: {text.en}")
    return Text(ru=text.ru[0].upper() + text.ru[1:], en=text.en[0].upper() + text.en[1:])


def predictions_in_words(part: PartTally) -> Text:
    """Return what a part's predictions reached, and what would bring more points."""
    if (measured := part.measured) is None:
        return NOT_MEASURED
    lost, step = measured.given - measured.usable, part.next_threshold
    said: dict[Language, str] = {}
    for language in LANGUAGES:
        value, what = number(measured.value, language), _MEASURED[measured.measure]
        text = what[language].format(value=value, given=measured.given)
        text += _UNUSABLE[measured.measure][language].format(lost=lost) if lost else ""
        said[language] = text + (_next(step, part.part, language) if step else ".")
    return Text(**said)


def _next(step: Threshold, part: Part, language: Language) -> str:
    return _NEXT["iou" if part.by_iou else "si_sdr"][language].format(
        value=number(step.value, language),
        points=number(step.points, language),
        possible=number(part.by_predictions, language),
    )
