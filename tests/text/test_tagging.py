"""Tagged sentences in CoNLL formats, and a tagger that learns from them."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nltk.parse import DependencyGraph
from torch.nn import functional

from praktikum.text.conll import TaggedSentence, parse_conll, read_conll, write_conllu
from praktikum.text.errors import FormatError, SettingError, UnknownToken
from praktikum.text.tagging import (
    BiLSTMTagger,
    CollateTagged,
    tag_sentences,
    tagging_accuracy,
    tagging_loss,
    tagging_vocabularies,
)
from praktikum.text.toy_tagging import AMBIGUOUS, toy_sentences

CONLLU = """\
# sent_id = 1
# text = Vámonos al mar.
1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_
1\tVamos\tir\tVERB\t_\t_\t0\troot\t_\t_
2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_
2.1\tgone\tgo\tVERB\t_\t_\t_\t_\t_\t_
3-4\tal\t_\t_\t_\t_\t_\t_\t_\t_
3\ta\ta\tADP\t_\t_\t5\tcase\t_\t_
4\tel\tel\tDET\t_\t_\t5\tdet\t_\t_
5\tmar\tmar\tNOUN\t_\t_\t1\tobl\t_\t_

1\tNew York\t_\tPROPN\t_\t_\t0\troot\t_\t_
"""


def test_conllu_is_read_without_comments_contractions_and_words_left_out():
    assert list(parse_conll(CONLLU.split("\n"))) == [
        (("Vamos", "nos", "a", "el", "mar"), ("VERB", "PRON", "ADP", "DET", "NOUN")),
        (("New York",), ("PROPN",)),
    ]


def test_an_older_format_is_read_by_its_columns():
    lines = ["-DOCSTART- -X- O O", "", "U.N. NNP I-NP I-ORG", "# SYM O O", "", "", "1-2 CD O O"]
    assert list(parse_conll(lines, 0, 1)) == [
        (("U.N.",), ("NNP",)),
        (("1-2",), ("CD",)),
    ]


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=5)


@given(rows=st.lists(st.lists(st.tuples(words, st.sampled_from(["NOUN", "VERB"])), min_size=1)))
def test_what_is_written_is_read_again(rows, tmp_path_factory):
    sentences = [TaggedSentence(*zip(*row, strict=True)) for row in rows]
    path = tmp_path_factory.mktemp("conll") / "toy.conllu"
    write_conllu(path, sentences)
    assert read_conll(path) == sentences


def test_nltk_reads_what_is_written(tmp_path):
    (sentence,) = toy_sentences(1, np.random.default_rng(0))
    write_conllu(tmp_path / "toy.conllu", [sentence])
    lines = (tmp_path / "toy.conllu").read_text().replace("\t_", "\t0").strip()
    nodes = DependencyGraph(lines, zero_based=False, top_relation_label="0").nodes
    found = [(nodes[n + 1]["word"], nodes[n + 1]["ctag"]) for n in range(len(sentence.words))]
    assert found == list(zip(*sentence, strict=True))


@pytest.mark.parametrize("line", ["1\tword", "1\tword\t_\t", "1\t\t_\tNOUN", "word NOUN"])
def test_a_mistaken_line_is_named(line, tmp_path):
    path = tmp_path / "toy.conllu"
    path.write_text(f"# comment\n{line}\n")
    with pytest.raises(FormatError, match="toy.conllu, line 2: wanted the word in column 1"):
        read_conll(path)


def test_another_encoding_is_refused(tmp_path):
    (tmp_path / "toy.conllu").write_bytes("1\tcaf\xe9\t_\tNOUN".encode("latin-1"))
    with pytest.raises(FormatError, match="is not a text in UTF-8"):
        read_conll(tmp_path / "toy.conllu")


def test_a_word_of_the_toy_language_does_not_tell_its_tag():
    counts = Counter(
        pair
        for sentence in toy_sentences(300, np.random.default_rng(0))
        for pair in zip(*sentence, strict=True)
    )
    for word in AMBIGUOUS:
        assert {tag for (other, tag) in counts if other == word} == {"ADJ", "NOUN", "VERB"}
    assert toy_sentences(5, np.random.default_rng(1)) == toy_sentences(5, np.random.default_rng(1))


def test_a_number_of_sentences_below_none_is_refused():
    with pytest.raises(SettingError, match="at least 0 sentences, got -1"):
        toy_sentences(-1, np.random.default_rng(0))


@pytest.fixture
def batch():
    sentences = [
        TaggedSentence(("A", "cat", "sat"), ("DET", "NOUN", "VERB")),
        TaggedSentence(("Stop",), ("VERB",)),
    ]
    words, tags = tagging_vocabularies(sentences)
    return CollateTagged(words, tags)(sentences), words, tags


def test_words_are_in_lower_case_and_padding_has_no_tag(batch):
    (tokens, lengths, numbers), words, tags = batch
    assert words.lookup_tokens(tokens[:, 1]) == ["stop", "<pad>", "<pad>"]
    assert lengths.tolist() == [3, 1]
    assert tags.lookup_tokens(numbers[:, 0]) == ["DET", "NOUN", "VERB"]
    assert numbers[1:, 1].tolist() == [-100, -100]


def test_a_tag_never_seen_is_refused(batch):
    _, words, tags = batch
    with pytest.raises(UnknownToken, match="'INTJ' is not among the 3 tokens"):
        CollateTagged(words, tags)([TaggedSentence(("Oh",), ("INTJ",))])


def test_loss_and_accuracy_are_means_over_words(batch):
    tags = batch[0].tags
    logits = torch.randn(3, 2, 3, generator=torch.Generator().manual_seed(0))
    rows = torch.cat((logits[:, 0], logits[:1, 1]))
    right = torch.cat((tags[:, 0], tags[:1, 1]))
    torch.testing.assert_close(tagging_loss(logits, tags), functional.cross_entropy(rows, right))
    torch.testing.assert_close(
        tagging_accuracy(logits, tags), (rows.argmax(1) == right).float().mean()
    )


def test_company_changes_no_tag(batch):
    (tokens, lengths, _), words, tags = batch
    model = BiLSTMTagger(len(words), len(tags), 4, 5, num_layers=2).eval()
    alone = model(tokens[:1, 1:], lengths[1:])
    torch.testing.assert_close(model(tokens, lengths)[:1, 1:], alone)


def test_the_tagger_learns_what_single_words_cannot_tell(tmp_path):
    """From a file, as its user would; held-out sentences of the same language are all right."""
    rng = np.random.default_rng(0)
    write_conllu(tmp_path / "train.conllu", toy_sentences(200, rng))
    train, test = read_conll(tmp_path / "train.conllu"), toy_sentences(100, rng)
    words, tags = tagging_vocabularies(train)
    collate = CollateTagged(words, tags)
    torch.manual_seed(0)
    model = BiLSTMTagger(len(words), len(tags), 12, 12)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(8):
        for start in range(0, 200, 20):
            tokens, lengths, numbers = collate(train[start : start + 20])
            optimiser.zero_grad()
            tagging_loss(model(tokens, lengths), numbers).backward()
            optimiser.step()
    assert tag_sentences(model, [s.words for s in test], words, tags) == test
    usual: dict[str, Counter[str]] = {}
    for sentence in train:
        for word, tag in zip(*sentence, strict=True):
            usual.setdefault(word, Counter())[tag] += 1
    by_word = [usual[w].most_common(1)[0][0] == t for s in test for w, t in zip(*s, strict=True)]
    assert np.mean(by_word) < 0.9


def test_a_sentence_without_words_has_no_tags(batch):
    _, words, tags = batch
    assert tag_sentences(BiLSTMTagger(len(words), len(tags)), [[]], words, tags) == [((), ())]
