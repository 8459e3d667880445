"""Pairs from catalogues of gettext, which Babel writes here and Python's own gettext reads too."""

import gettext
from collections import Counter

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from praktikum.data.errors import BrokenFile, FormatError, MissingData
from praktikum.data.gettext_catalogues import (
    catalogues_of_package,
    catalogues_of_system,
    read_catalogue,
)
from praktikum.data.parallel_texts import (
    available_catalogues,
    catalogue_pairs,
    parse_pairs,
    read_pairs,
)
from praktikum.data.translations import Translation, clean_pairs, cleaned, split_by_source


@pytest.fixture
def write_catalogue(tmp_path):
    """Write messages into the catalogue of a program, where a system has them."""

    def write(messages, program="editor", charset="utf-8"):
        catalogue = Catalog(locale="ru", charset=charset)
        for source, target in messages.items():
            context, _, source = source.rpartition("|")
            plural = tuple(source.split("/")) if "/" in source else source
            catalogue.add(plural, target, context=context or None)
        path = tmp_path / "ru" / "LC_MESSAGES" / f"{program}.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_mo(file, catalogue)
        return path

    return write


FILES = ("%d файл", "%d файла", "%d файлов")
MESSAGES = {"Open": "Открыть", "menu|Close": "Закрыть", "%d file/%d files": FILES}


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r"])
def test_a_catalogue_is_read_as_by_python(write_catalogue, charset):
    path = write_catalogue(MESSAGES, charset=charset)
    with path.open("rb") as file:
        python = gettext.GNUTranslations(file)
    expected = {
        ("Open", python.gettext("Open")),
        ("Close", python.pgettext("menu", "Close")),
        ("%d file", python.ngettext("%d file", "%d files", 1)),
        ("%d files", python.ngettext("%d file", "%d files", 5)),
    }
    assert set(read_catalogue(path)) == expected
    assert len(read_catalogue(path)) == 4


def test_of_a_big_endian_catalogue_the_words_are_the_same(write_catalogue):
    path = write_catalogue({"Open": "Открыть"})
    content = bytearray(path.read_bytes())
    expected = read_catalogue(path)
    for start in (0, 4, 8, 12, 16, 20, 24, *range(28, 28 + 32, 4)):
        content[start : start + 4] = content[start : start + 4][::-1]
    path.write_bytes(content)
    assert read_catalogue(path) == expected == [("Open", "Открыть")]


@pytest.mark.parametrize("spoil", [lambda c: c[:40], lambda c: b"PO\0\0" + c[4:], lambda c: b""])
def test_a_torn_catalogue_is_refused(write_catalogue, spoil):
    path = write_catalogue(MESSAGES)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BrokenFile, match=r"editor.mo is no whole catalogue of gettext"):
        read_catalogue(path)


def test_text_in_another_encoding_than_it_says_is_refused(write_catalogue):
    path = write_catalogue(MESSAGES)
    content = path.read_bytes().replace("Открыть".encode(), b"\xff" * len("Открыть".encode()))
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"editor.mo: its text cannot be read: 'utf-8' codec"):
        read_catalogue(path)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("Save _As…", "Сохранить _как…", ("Save As…", "Сохранить как…")),
        ("invalid LC_ALL value", "неверный LC_ALL", ("invalid LC_ALL value", "неверный LC_ALL")),
        ("  two\n  lines\t", "две\nстроки", ("two lines", "две строки")),
        ("%d of %s", "%d из %s", ("{1} of {2}", "{1} из {2}")),
        ("%d of %s", "из %2$s %1$d", ("{1} of {2}", "из {2} {1}")),
        ("%(a)s to %(b)s", "В %(b)s из %(a)s", ("{1} to {2}", "В {2} из {1}")),
        ("No {0} in {1}!", "В {1} нет {0}!", ("No {1} in {2}!", "В {2} нет {1}!")),
        ("{} bytes", "{} байт", ("{1} bytes", "{1} байт")),
        ("%-10.3f seconds", "%-10.3f секунды", ("{1} seconds", "{1} секунды")),
        ('a <a href="%s">b</a> it', 'и <a href="%s">б</a>', ("a {1}b{2} it", "и {1}б{2}")),
        ("100% of it, 5%% more", "100% его, 5%% ещё", ("100% of it, 5% more", "100% его, 5% ещё")),
        ("usage: <file>", "запуск: <файл>", ("usage: <file>", "запуск: <файл>")),
    ],
)
def test_pairs_are_cleaned(source, target, expected):
    assert cleaned(source, target) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("%s of %s", "из %s"),  # a place is lost
        ("%(a)s is", "%(b)s есть"),  # and another invented
        ("UTF-8", "UTF-8"),  # not translated
        ("...", "и так далее"),  # no English
        ("%d x", "%d х"),  # a letter is no word
        ("Ввод", "Ввод"),
        ("word", "слово " * 20),  # cannot mean the same
        ("word " * 70, "слово " * 60),  # a page
        ("", ""),
    ],
)
def test_what_teaches_nothing_is_left_out(source, target):
    assert cleaned(source, target) is None


def test_a_source_comes_once_with_its_commonest_translation():
    pairs = [("Edit", "Редактировать"), ("Open", "Открыть"), *[("Edit", "Правка")] * 2]
    pairs += [("_Open", "_Открытие")]
    assert clean_pairs(pairs) == [("Edit", "Правка"), ("Open", "Открыть")]


def test_no_source_is_in_two_parts():
    words = [f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
    sources = [f"{word} file{sign}" for word in words for sign in ("", ".", " {1}!")]
    sources += [source.upper() for source in sources]
    parts = split_by_source([Translation(source, "файл") for source in sources], 0.2, 0.3)
    held = [{pair.source.lower().strip(" .!{1}") for pair in part} for part in parts]
    assert sum(map(len, held)) == len(set().union(*held)) == 100
    assert [len(part) / 600 for part in parts] == pytest.approx([0.5, 0.2, 0.3], abs=0.12)


def test_catalogues_of_packages_and_of_the_system_are_found(write_catalogue, tmp_path):
    pytest.importorskip("django", reason="its catalogues are looked for")
    own = write_catalogue(MESSAGES)
    found = available_catalogues(packages=["django"], folders=[tmp_path, tmp_path / "absent"])
    assert found == [*catalogues_of_package("django"), own]
    pairs = catalogue_pairs(found)
    assert len(pairs) > 500
    assert {pair.source: pair.target for pair in pairs}["{1} files"] == "{1} файлов"


def test_of_two_catalogues_of_a_program_the_first_is_taken(write_catalogue, tmp_path):
    first = write_catalogue(MESSAGES)
    second = tmp_path / "second" / "ru" / "LC_MESSAGES" / first.name
    second.parent.mkdir(parents=True)
    second.write_bytes(first.read_bytes())
    assert catalogues_of_system(folders=[tmp_path, tmp_path / "second"]) == [first]


def test_without_catalogues_the_error_says_what_would_bring_some(tmp_path):
    with pytest.raises(MissingData, match=r"no Russian .* `pip install django` brings"):
        available_catalogues(packages=["no_such_package"], folders=[tmp_path])


def test_djangos_own_pairs_are_clean():
    pytest.importorskip("django", reason="its catalogues are read")
    pairs = catalogue_pairs(catalogues_of_package("django"))
    assert (
        dict(pairs)["Enter a valid email address."] == "Введите правильный адрес электронной почты."
    )
    assert max(Counter(pair.source for pair in pairs).values()) == 1
    assert not [pair for pair in pairs if "%(" in pair.source + pair.target]


@pytest.mark.parametrize(
    "line",
    [
        "Go.\tИди.",
        "Go.\tИди.\tCC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM)",
        "1276\tGo.\t5410\tИди.",
        "\ufeffGo.\t Иди. ",
    ],
)
def test_files_of_pairs_have_two_three_or_four_columns(line):
    assert parse_pairs(f"{line}\nRun!\tБеги!\nRun!\tБегите!\n") == [
        ("Go.", "Иди."),
        ("Run!", "Беги!"),
    ]


def test_mistaken_lines_are_told(tmp_path):
    path = tmp_path / "rus.txt"
    path.write_text("Go.\tИди.\nGo. Иди.\n\tИди.\n" + "x\n" * 10, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        read_pairs(path)
    first, *others = str(caught.value).splitlines()
    assert first == f"{path}: line 2: wanted source, tab and target, got 'Go. Иди.'"
    assert len(others) == 10
    assert others[-1] == "and 2 lines more"


def test_a_file_that_is_not_there_or_not_utf8_is_told(tmp_path):
    with pytest.raises(MissingData, match=r"rus.txt is not there: wanted a text file of pairs"):
        read_pairs(tmp_path / "rus.txt")
    (tmp_path / "rus.txt").write_bytes("Go.\tИди.".encode("cp1251"))
    with pytest.raises(FormatError, match="byte 4 is not UTF-8; save it as UTF-8"):
        read_pairs(tmp_path / "rus.txt")
