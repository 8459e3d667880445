"""Our classifiers of texts through the Trainer of 🤗 transformers.

Its Trainer calls a model with a batch's columns by name, and takes the loss out of what comes back;
`LabelledClassifier` is the few lines between that and `model(tokens, mask)`. All the rest that its
`TrainingArguments` can do (schedules, precision, accumulation, several devices) is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn
from torch.nn import functional

from .collation import pad_sequences
from .layerwise import LayerRate

if TYPE_CHECKING:
    import evaluate
    import transformers

__all__ = ["LabelledClassifier", "huggingface_trainer"]


class LabelledClassifier(nn.Module):
    """A classifier as 🤗's Trainer calls it.

    Args:
        model: gives logits [batch, labels] for tokens [batch, time] and a mask, True at tokens.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        input_ids: Int[Tensor, "batch time"],
        attention_mask: Bool[Tensor, "batch time"],
        labels: Int[Tensor, " batch"] | None = None,
    ) -> dict[str, Tensor]:
        """Return the logits, and before them the cross-entropy (nats) where there are labels."""
        logits = self.model(input_ids, attention_mask)
        if labels is None:
            return {"logits": logits}
        return {"loss": functional.cross_entropy(logits, labels), "logits": logits}


def huggingface_trainer(
    model: nn.Module,
    arguments: transformers.TrainingArguments,
    train: Sized,
    valid: Sized,
    *,
    pad: int = 0,
    metric: evaluate.EvaluationModule | None = None,
    rates: Sequence[LayerRate] | None = None,
) -> transformers.Trainer:
    """Return 🤗's Trainer, ready for `train()` and `evaluate()`; it trains the model in place.

    Args:
        model: see `LabelledClassifier`.
        arguments: how to train.
        train: rows with ``input_ids`` (numbers of tokens) and ``label``: a list, or a Dataset of
            🤗 datasets.
        valid: the same, for `evaluate()`.
        pad: number of the padding token.
        metric: any of 🤗 evaluate that compares labels, such as `scores_metric()`.
        rates: layers with learning rates of their own, see `layerwise_rates`; without them all
            that is trained learns at the rate of the arguments.
    """
    import transformers

    def collate(rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
        tokens, lengths = pad_sequences([row["input_ids"] for row in rows], pad, batch_first=True)
        return {
            "input_ids": tokens,
            "attention_mask": torch.arange(tokens.shape[1]) < lengths[:, None],
            "labels": torch.tensor([row["label"] for row in rows]),
        }

    def scores(outcome: transformers.EvalPrediction) -> dict[str, float]:
        assert metric is not None
        labels = np.argmax(outcome.predictions, axis=-1)
        found: dict[str, float] = metric.compute(predictions=labels, references=outcome.label_ids)
        return found

    return transformers.Trainer(
        LabelledClassifier(model),
        arguments,
        data_collator=collate,
        train_dataset=train,
        eval_dataset=valid,
        compute_metrics=None if metric is None else scores,
        optimizers=(None if rates is None else _adamw(rates, arguments), None),
    )


def _adamw(
    rates: Iterable[LayerRate], arguments: transformers.TrainingArguments
) -> torch.optim.AdamW:
    """What the Trainer would make itself, with a rate for each layer."""
    groups = [
        {
            "params": [p for p in rate.parameters if (p.ndim > 1) == decays],
            "lr": arguments.learning_rate * rate.scale,
            "weight_decay": arguments.weight_decay if decays else 0.0,
        }
        for rate in rates
        for decays in (True, False)
    ]
    betas = (arguments.adam_beta1, arguments.adam_beta2)
    return torch.optim.AdamW(groups, betas=betas, eps=arguments.adam_epsilon)
