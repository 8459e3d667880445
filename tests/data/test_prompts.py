"""Prompts of Asterisk: a folder laid out as Debian does, and Debian's own where installed."""

import gzip

import numpy as np
import pytest
from G722 import G722

from praktikum.data import speech_catalogue
from praktikum.data.errors import DataError, FormatError, MissingData
from praktikum.data.prompts import (
    PROMPT_VOICES,
    decode_g722,
    open_prompts,
    prompts_installed,
    read_prompt_texts,
)
from praktikum.data.speech_catalogue import open_speech

TEXTS = """\
; Core Asterisk Sounds in English

activated: Activated.
beep: [this is a simple beep tone]
beeperr: (ahooga)
join: <beep ascending>
nothing:
ru-twice: ru-twice: Нажмите 1
invalid:  I am sorry, [that]  is not valid.
iax: IAX (note: does not say "2")
letters/dot: dot [.]
letters/space: space [ ]
unrecorded: Nobody recorded this.
"""


def tone(frequency, samples=16_000):
    turns = frequency * np.arange(samples) / 16_000
    return (0.3 * np.sin(2 * np.pi * turns)).astype(np.float32)


def encoded(samples):
    return bytes(G722(16_000, 64_000).encode(np.rint(samples * 32_767).astype(np.int16)))


@pytest.fixture
def debian(tmp_path):
    """Folders of sounds and of texts as Debian's packages lay them out."""
    listed = tmp_path / "doc" / "asterisk-core-sounds-en" / "core-sounds-en.txt.gz"
    listed.parent.mkdir(parents=True)
    listed.write_bytes(gzip.compress(TEXTS.encode("utf-8-sig")))
    voice = tmp_path / "sounds" / PROMPT_VOICES["en"].folder
    (voice / "letters").mkdir(parents=True)
    for number, line in enumerate(TEXTS.splitlines()[2:-1]):
        name = line.split(":")[0]
        (voice / f"{name}.g722").write_bytes(encoded(tone(200 + 100 * number)))
    return tmp_path / "sounds", tmp_path / "doc"


def test_a_prompt_is_a_name_what_is_said_and_who_says_it(debian):
    said = {prompt.name: prompt.text for part in open_prompts("en", *debian) for prompt in part}
    assert said == {
        "activated": "Activated.",
        "iax": "IAX",
        "invalid": "I am sorry, that is not valid.",
        "letters/dot": "dot",
        "letters/space": "space",
        "ru-twice": "Нажмите 1",
    }
    splits = open_prompts("en", *debian)
    assert {prompt.speaker for part in splits for prompt in part} == {"Allison Smith"}
    assert splits.licence == "CC BY-SA 3.0"


def test_samples_are_those_that_were_encoded():
    sent = tone(440)
    came = decode_g722(encoded(sent))
    assert came.shape == sent.shape
    assert came.dtype == np.float32
    delay = 22  # samples; the codec's filters
    error = came[delay + 100 :] - sent[100:-delay]
    assert 10 * np.log10(np.sum(sent**2) / np.sum(error**2)) > 25


def test_a_slice_of_prompts_is_prompts(debian):
    train = open_prompts("en", *debian, valid=0, test=0).train
    assert [prompt.name for prompt in train[1:3]] == [train[1].name, train[2].name]


def test_shares_make_the_parts_and_the_text_alone_tells_them(debian):
    texts = dict.fromkeys(f"name{n}: Text number {n // 2}" for n in range(400))  # each text twice
    sounds, docs = debian
    listed = docs / "asterisk-core-sounds-en" / "core-sounds-en.txt.gz"
    listed.write_bytes(gzip.compress("\n".join(texts).encode()))
    for n in range(400):
        (sounds / PROMPT_VOICES["en"].folder / f"name{n}.g722").write_bytes(b"")
    parts = [{text for _, text in part.texts} for part in open_prompts("en", sounds, docs)]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]
    assert [len(part) for part in parts] == pytest.approx([150, 20, 30], abs=12)


def test_an_unknown_language_is_told_from_those_there_are():
    with pytest.raises(DataError, match="no prompts in 'tlh': there are en, es, fr, it, ru"):
        open_prompts("tlh")


@pytest.mark.parametrize("absent", ["sounds", "texts"])
def test_prompts_that_are_not_installed_say_what_to_install(debian, absent, tmp_path):
    sounds, docs = debian
    places = (tmp_path / "no", docs) if absent == "sounds" else (sounds, tmp_path / "no")
    assert prompts_installed(*places) == ()
    assert prompts_installed(sounds, docs) == ("en",)
    with pytest.raises(
        MissingData, match="apt install asterisk-core-sounds-en asterisk-core-sounds-en-g722"
    ):
        open_prompts("en", *places)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"activated: Activated.", "gzipped UTF-8 lines"),
        (gzip.compress(b"activated: caf\xe9"), "gzipped UTF-8 lines"),
        (gzip.compress(b"activated: Activated.")[:-9], "gzipped UTF-8 lines"),
        (gzip.compress(b"; nothing here"), "not one line"),
    ],
    ids=["not packed", "not UTF-8", "torn", "without lines"],
)
def test_a_list_of_texts_that_is_none_is_refused(tmp_path, content, said):
    (tmp_path / "list.gz").write_bytes(content)
    with pytest.raises(FormatError, match=said):
        read_prompt_texts(tmp_path / "list.gz")


def test_made_up_speech_stands_in_for_prompts_and_says_so(monkeypatch, caplog):
    def absent(language):
        raise MissingData(f"the prompts in '{language}' are not installed: apt install them")

    monkeypatch.setattr(speech_catalogue, "open_prompts", absent)
    splits = open_speech("prompts-ru")
    assert splits.source.startswith("synthetic")
    assert "apt install them. Synthetic speech stands in for them" in caplog.text


def test_an_unknown_set_is_told_from_those_there_are():
    with pytest.raises(DataError, match="no speech 'radio': there is prompts-en, .*formants"):
        open_speech("radio")


@pytest.mark.parametrize(
    ("language", "count", "name", "text"),
    [
        ("en", 551, "digits/7", "seven"),
        ("es", 477, "digits/7", "siete"),
        ("fr", 509, "digits/7", "sept"),
        ("it", 582, "digits/7", "sette"),
        ("ru", 554, "digits/7", "семь"),
    ],
)
def test_the_prompts_of_debian_have_their_texts(language, count, name, text):
    if language not in prompts_installed():
        pytest.skip(f"asterisk-core-sounds-{language}-g722 is not installed")
    parts = open_prompts(language)
    assert sum(map(len, parts)) == count
    said = {name: text for part in parts for name, text in part.texts}
    assert said[name].lower() == text
    prompt = parts.test[0]
    assert 0.01 < np.abs(prompt.samples).max() <= 1
