"""Published sets of sound, in archives laid out as theirs, served from this machine."""

import io
import tarfile
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from praktikum.data import esc50, librispeech, speech_commands, voicebank_demand
from praktikum.data.errors import BrokenFile, FormatError, MissingData
from praktikum.data.esc50 import open_esc50, read_esc50
from praktikum.data.librispeech import LIBRISPEECH, open_librispeech, read_librispeech
from praktikum.data.published_archives import PublishedArchive, bring, unpack_tree
from praktikum.data.speech_catalogue import open_speech
from praktikum.data.speech_commands import SPEECH_COMMANDS, background_noises, read_speech_commands
from praktikum.data.voicebank_demand import VOICEBANK_DEMAND, open_voicebank_demand, read_pairs


def sound(kind="WAV", rate=16_000, seconds=0.1, seed=0):
    """The bytes of a file of noise."""
    samples = np.random.default_rng(seed).uniform(-0.5, 0.5, int(rate * seconds))
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind)
    return file.getvalue()


def tarred(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def laid_out(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def served(folder, archive, content):
    """The archive as if its publisher were a folder here and had published no checksum."""
    (folder / archive.name).write_bytes(content)
    return replace(
        archive, address=(folder / archive.name).as_uri(), size=len(content), md5=None, sha256=None
    )


@pytest.fixture
def publisher(tmp_path):
    (tmp_path / "publisher").mkdir()
    return tmp_path / "publisher"


LIBRI = {
    "84/121123/84-121123-0000.flac": sound("FLAC"),
    "84/121123/84-121123-0001.flac": sound("FLAC", seed=1),
    "84/121123/84-121123.trans.txt": b"84-121123-0000 GO DO YOU HEAR\n84-121123-0001 BUT IN LESS\n",
}
COMMANDS = {
    "yes/aa_nohash_0.wav": sound(),
    "yes/bb_nohash_0.wav": sound(),
    "no/aa_nohash_1.wav": sound(),
    "no/cc_nohash_0.wav": sound(),
    "_background_noise_/pink_noise.wav": sound(),
    "validation_list.txt": b"yes/bb_nohash_0.wav\n",
    "testing_list.txt": b"no/cc_nohash_0.wav\n",
}
NOISES = {
    "audio/1-17-A-0.wav": sound(rate=44_100),
    "audio/2-18-B-3.wav": sound(rate=44_100),
    "meta/esc50.csv": b"filename,fold,target,category,esc10\n"
    b"1-17-A-0.wav,1,0,dog,True\n2-18-B-3.wav,2,3,rain,False\n",
}


def test_librispeech_comes_from_its_archives(publisher, tmp_path, monkeypatch):
    archives = {
        part: served(
            publisher,
            LIBRISPEECH[part],
            tarred({f"LibriSpeech/{part}/{name}": content for name, content in LIBRI.items()}),
        )
        for part in LIBRISPEECH
    }
    monkeypatch.setattr(librispeech, "LIBRISPEECH", archives)
    train, _, _ = parts = open_speech("librispeech", tmp_path, download=True)
    assert [len(part) for part in parts] == [2, 2, 2]
    assert [(one.name, one.text, one.speaker) for one in train] == [
        ("84-121123-0000", "GO DO YOU HEAR", "84"),
        ("84-121123-0001", "BUT IN LESS", "84"),
    ]
    assert train[0].samples.shape == (1600,)
    for archive in archives.values():
        (publisher / archive.name).unlink()
    assert len(open_librispeech(tmp_path / "librispeech").test[:1]) == 1  # from here


def test_texts_without_sounds_are_told_line_by_line(tmp_path):
    files = dict(LIBRI)
    del files["84/121123/84-121123-0001.flac"]
    with pytest.raises(FormatError, match=r"a sound and a text, got '84-121123-0001 BUT IN LESS'"):
        read_librispeech(laid_out(tmp_path, files))
    with pytest.raises(MissingData, match="no SPEAKER/CHAPTER"):
        read_librispeech(tmp_path / "elsewhere")


def test_speech_commands_come_from_their_archive(publisher, tmp_path, monkeypatch):
    content = tarred({f"./{name}": content for name, content in COMMANDS.items()})
    archive = served(publisher, SPEECH_COMMANDS, content)
    monkeypatch.setattr(speech_commands, "SPEECH_COMMANDS", archive)
    parts = open_speech("speech-commands", tmp_path, download=True)
    assert [[(one.text, one.speaker) for one in part] for part in parts] == [
        [("no", "aa"), ("yes", "aa")],
        [("yes", "bb")],
        [("no", "cc")],
    ]
    noises = background_noises(tmp_path / "speech-commands" / "unpacked")
    assert [path.name for path in noises] == ["pink_noise.wav"]


def test_lists_of_words_that_are_not_there_are_refused(tmp_path):
    home = laid_out(tmp_path, COMMANDS | {"testing_list.txt": b"no/dd_nohash_0.wav"})
    with pytest.raises(FormatError, match=r"1 not there, first no/dd_nohash_0\.wav"):
        read_speech_commands(home)
    (home / "testing_list.txt").unlink()
    with pytest.raises(MissingData, match=r"and testing_list\.txt"):
        read_speech_commands(home)


def test_voicebank_demand_comes_in_pairs_at_16_khz(publisher, tmp_path, monkeypatch):
    speakers = {"train": ("p225", "p226", "p287"), "test": ("p232",)}
    archives = {
        part: tuple(
            served(
                publisher,
                archive,
                zipped(
                    {
                        f"{archive.name[:-4]}/{speaker}_001.wav": sound(rate=48_000, seed=seed)
                        for speaker in speakers[part]
                    }
                ),
            )
            for seed, archive in enumerate(pair)
        )
        for part, pair in VOICEBANK_DEMAND.items()
    }
    monkeypatch.setattr(voicebank_demand, "VOICEBANK_DEMAND", archives)
    parts = open_voicebank_demand(tmp_path / "pairs", download=True)
    assert [[noisy.stem[:4] for noisy, _ in part.files] for part in parts] == [
        ["p225"],
        ["p226", "p287"],
        ["p232"],
    ]
    pair = parts.test[0]
    assert pair.noisy.shape == pair.speech.shape == (1600,)
    assert not np.array_equal(pair.noisy, pair.speech)
    assert "noisy" in str(parts.test.files[0][0])


def test_files_without_a_partner_and_pairs_of_two_lengths_are_refused(tmp_path):
    noisy = laid_out(tmp_path / "noisy", {"a.wav": sound(), "b.wav": sound()})
    clean = laid_out(tmp_path / "clean", {"a.wav": sound(seconds=0.2)})
    with pytest.raises(FormatError, match=r"1 files are in one of .* alone: b\.wav"):
        read_pairs(noisy, clean)
    (noisy / "b.wav").unlink()
    with pytest.raises(FormatError, match=r"as many samples as in .*wanted, 3200, got 1600"):
        voicebank_demand.NoisyFiles(read_pairs(noisy, clean))[0]
    with pytest.raises(MissingData, match="no WAV files are here"):
        read_pairs(tmp_path / "no", tmp_path / "no")


def test_esc_50_comes_from_its_archive_and_its_checksum_is_kept(
    publisher, tmp_path, monkeypatch, caplog
):
    content = zipped({f"ESC-50-master/{name}": content for name, content in NOISES.items()})
    archive = replace(served(publisher, esc50.ESC50, content), size=None)
    monkeypatch.setattr(esc50, "ESC50", archive)
    dog, rain = open_esc50(tmp_path / "esc", download=True)
    assert (dog.category, dog.fold, rain.category, rain.fold) == ("dog", 1, "rain", 2)
    assert rain.samples().shape == (1600,)
    assert open_esc50(tmp_path / "esc", folds=[2]) == [rain]
    assert "no checksum of ESC-50.zip is known; trusting what came" in caplog.text
    (tmp_path / "esc" / "ESC-50.zip").write_bytes(content + b"!")
    with pytest.raises(BrokenFile, match="its SHA-256 must be"):
        bring(archive, tmp_path / "esc", may_download=False)


def test_a_list_of_noises_without_recordings_is_refused(tmp_path):
    home = laid_out(tmp_path, NOISES)
    (home / "audio" / "2-18-B-3.wav").unlink()
    with pytest.raises(FormatError, match=r"wanted filename, fold and category, got .*2-18-B-3"):
        read_esc50(home)
    with pytest.raises(MissingData, match=r"esc50\.csv: the list of recordings was wanted"):
        read_esc50(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "open_set",
    [open_librispeech, speech_commands.open_speech_commands, open_voicebank_demand, open_esc50],
)
def test_nothing_is_downloaded_unless_asked(open_set, tmp_path):
    with pytest.raises(MissingData, match="isn't there: ask for it to be downloaded, or bring it"):
        open_set(tmp_path / "data")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ({"size": 6}, "must have 6 bytes, got 7"),
        ({"md5": "0" * 32}, "its MD5 must be 000"),
        ({"sha256": "0" * 64}, "its SHA-256 must be 000"),
    ],
)
def test_another_archive_than_the_published_is_refused(tmp_path, published, said):
    (tmp_path / "a.zip").write_bytes(b"content")
    with pytest.raises(BrokenFile, match=said):
        bring(PublishedArchive("a.zip", "", **published), tmp_path, may_download=False)
    assert not (tmp_path / "a.zip.sha256").exists()


def test_a_server_that_does_not_answer_leaves_nothing(tmp_path):
    archive = PublishedArchive("a.zip", (tmp_path / "nowhere").as_uri())
    with pytest.raises(MissingData, match="cannot be downloaded .* save it as"):
        bring(archive, tmp_path / "data", may_download=True)
    assert not list((tmp_path / "data").iterdir())


@pytest.mark.parametrize("name", ["../out.wav", "/out.wav", "a/../../out.wav", ".hidden.wav"])
@pytest.mark.parametrize("pack", [tarred, zipped])
def test_names_that_lead_elsewhere_are_passed_over(tmp_path, name, pack):
    archive = tmp_path / ("a.tar.gz" if pack is tarred else "a.zip")
    archive.write_bytes(pack({name: b"bad", "in/good.wav": b"good"}))
    unpack_tree(archive, tmp_path / "here" / "home", lambda path: path.suffix == ".wav")
    files = [path for path in (tmp_path / "here").rglob("*") if path.is_file()]
    assert files == [tmp_path / "here" / "home" / "in" / "good.wav"]
    assert not list(tmp_path.glob("out.wav"))


@pytest.mark.parametrize("ending", [".tar.gz", ".zip"])
@pytest.mark.parametrize("pack", ["bomb", "torn"])
def test_what_is_torn_or_grows_without_bound_is_refused_and_leaves_nothing(tmp_path, ending, pack):
    build = tarred if ending == ".tar.gz" else zipped_tightly
    content = build({"a.wav": bytes(10**6) if pack == "bomb" else sound()})
    archive = tmp_path / f"a{ending}"
    archive.write_bytes(content if pack == "bomb" else content[: len(content) // 2])
    with pytest.raises(BrokenFile, match="more than 5 times its size|is no whole archive"):
        unpack_tree(archive, tmp_path / "here" / "home", lambda path: True)
    assert not list((tmp_path / "here").iterdir())


def zipped_tightly(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_every_archive_but_githubs_has_a_published_checksum():
    archives = [*LIBRISPEECH.values(), SPEECH_COMMANDS, *sum(VOICEBANK_DEMAND.values(), ())]
    assert all(
        len(archive.sha256 or "") == 64 or len(archive.md5 or "") == 32 for archive in archives
    )
