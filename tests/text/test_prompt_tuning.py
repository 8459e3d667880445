"""Prompts beside peft's, and that only they are trained."""

import peft
import pytest
import torch
from torch import nn
from transformers import BertConfig, BertForSequenceClassification

from praktikum.text.errors import SettingError
from praktikum.text.prompt_tuning import PromptedEmbedding, add_prompt, prepend_prompt

N_PROMPT = 3


@pytest.fixture
def words():
    return nn.Embedding(10, 4)


@pytest.fixture
def tokens():
    return torch.tensor([[1, 2, 3, 0], [4, 5, 6, 9]])


# peft asks transformers by a name that it is about to drop
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
def test_a_network_reads_the_prompt_as_pefts_does(tokens):
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=10,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
        pad_token_id=0,
    )
    model = BertForSequenceClassification(config).eval()
    settings = peft.PromptTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=N_PROMPT)
    theirs = peft.get_peft_model(model, settings).eval()
    mask = (tokens > 0).long()
    expected = theirs(input_ids=tokens, attention_mask=mask).logits
    ours = add_prompt(model, "bert.embeddings.word_embeddings", N_PROMPT)
    ours.prompt.data.copy_(theirs.get_prompt(1)[0])
    longer = torch.cat((torch.ones(2, N_PROMPT, dtype=torch.long), mask), dim=1)
    logits = model(input_ids=prepend_prompt(tokens, ours), attention_mask=longer).logits
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-6)


def test_vectors_are_those_of_the_table_with_the_prompt_behind_it(words, tokens):
    prompted = PromptedEmbedding(words, N_PROMPT)
    table = torch.cat((words.weight, prompted.prompt))
    numbers = prepend_prompt(tokens, prompted)
    assert numbers.tolist() == [[10, 11, 12, 1, 2, 3, 0], [10, 11, 12, 4, 5, 6, 9]]
    assert torch.equal(prompted(numbers), table[numbers])


def test_the_prompt_begins_as_words(words):
    prompt = PromptedEmbedding(words, 20, torch.Generator().manual_seed(0)).prompt
    assert all((vector == words.weight).all(dim=1).any() for vector in prompt)
    assert len(prompt.unique(dim=0)) > 1


def test_only_the_prompt_gets_a_gradient(words, tokens):
    prompted = PromptedEmbedding(words, N_PROMPT)
    table = torch.cat((words.weight.detach(), prompted.prompt.detach())).requires_grad_()
    numbers = prepend_prompt(tokens, prompted)
    prompted(numbers).square().sum().backward()
    table[numbers].square().sum().backward()
    torch.testing.assert_close(prompted.prompt.grad, table.grad[10:])
    assert prompted.weight.grad is None


def test_an_embedding_that_is_not_there_is_told_with_those_that_are(words):
    model = nn.Sequential(words, nn.Linear(4, 4))
    with pytest.raises(SettingError, match="no embedding is named 'words'; there are: 0"):
        add_prompt(model, "words", N_PROMPT)


@pytest.mark.parametrize(
    ("table", "n_prompt", "said"),
    [
        (nn.Embedding(10, 4), 0, "n_prompt=0 must be at least 1"),
        (nn.Embedding(10, 4, max_norm=1.0), 1, "without max_norm and sparse gradients"),
        (nn.Embedding(10, 4, sparse=True), 1, "without max_norm and sparse gradients"),
    ],
)
def test_impossible_prompts_are_refused(table, n_prompt, said):
    with pytest.raises(SettingError, match=said):
        PromptedEmbedding(table, n_prompt)
