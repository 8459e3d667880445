"""A tiny BERT of ours, with LoRA, through the Trainer of 🤗 transformers."""

import pytest
import torch
from datasets import Dataset
from transformers import TrainingArguments

from praktikum.text.bert import Bert, BertConfig
from praktikum.text.bert_heads import BertClassifier
from praktikum.text.classification_scores import scores_metric
from praktikum.text.huggingface_training import LabelledClassifier, huggingface_trainer
from praktikum.text.layerwise import layerwise_rates
from praktikum.text.lora import add_lora
from praktikum.text.trained_parameters import train_only

CONFIG = BertConfig(
    n_tokens=20,
    d_model=16,
    n_layers=2,
    n_heads=2,
    d_feedforward=32,
    dropout=0.0,
    attention_dropout=0.0,
)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return BertClassifier(Bert(CONFIG), 2, pooling="mean")


@pytest.fixture
def rows():
    """Texts of various lengths; their label is whether token 5 or token 6 is in them."""
    numbers = torch.Generator().manual_seed(0)
    texts = [torch.randint(7, 20, (3 + i % 4,), generator=numbers).tolist() for i in range(48)]
    return Dataset.from_list(
        [{"input_ids": [*text, 5 + i % 2], "label": i % 2} for i, text in enumerate(texts)]
    )


def arguments(folder, **settings):
    return TrainingArguments(
        str(folder),
        **{"per_device_train_batch_size": 8, "report_to": [], "use_cpu": True, "seed": 0},
        **{"disable_tqdm": True, "save_strategy": "no", "logging_strategy": "no"},
        **settings,
    )


def test_lora_learns_and_is_scored(model, rows, tmp_path):
    add_lora(model, ["q_proj", "v_proj", "linear?"], rank=4)
    train_only(model, ["lora_?", "classifier.*"])
    frozen = model.bert.tokens.weight.clone()
    trainer = huggingface_trainer(
        model,
        arguments(tmp_path, num_train_epochs=8, learning_rate=2e-2, warmup_steps=5),
        rows,
        rows,
        metric=scores_metric(cache_dir=str(tmp_path)),
    )
    trainer.train()
    found = trainer.evaluate()
    assert {"eval_loss", "eval_accuracy", "eval_f1"} <= found.keys()
    assert found["eval_accuracy"] == 1.0
    assert torch.equal(model.bert.tokens.weight, frozen)


def test_layers_learn_at_their_own_rates_and_biases_do_not_decay(model, rows, tmp_path):
    rates = layerwise_rates(model, ["bert.tokens", "bert.encoder.layers"], 0.5)
    settings = arguments(tmp_path, learning_rate=0.8, weight_decay=0.1)
    trainer = huggingface_trainer(model, settings, rows, rows, rates=rates)
    groups = {}
    for group in trainer.create_optimizer().param_groups:
        for parameter in group["params"]:
            groups[parameter] = (group["lr"], group["weight_decay"])
    assert groups[model.classifier.weight] == (0.8, 0.1)
    assert groups[model.classifier.bias] == (0.8, 0.0)
    assert groups[model.bert.encoder.layers[0].linear1.weight] == (0.2, 0.1)
    assert groups[model.bert.tokens.weight] == (0.1, 0.1)
    assert len(groups) == len(list(model.parameters()))


def test_padding_changes_nothing(model, rows, tmp_path):
    trainer = huggingface_trainer(model.eval(), arguments(tmp_path), rows, rows)
    together = trainer.data_collator([rows[i] for i in range(4)])
    alone = [trainer.data_collator([rows[i]]) for i in range(4)]
    assert together["input_ids"].shape == (4, 7)
    wrapped = LabelledClassifier(model)
    logits = torch.cat([wrapped(**batch)["logits"] for batch in alone])
    output = wrapped(**together)
    torch.testing.assert_close(output["logits"], logits)
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 0, 1]))
    torch.testing.assert_close(output["loss"], expected)
