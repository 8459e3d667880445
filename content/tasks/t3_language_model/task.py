# %% [markdown] lang="ru"
# # Черновик

# %% [markdown] lang="en"
# # Draft

# %%
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
from torch.utils.data import Dataset

from praktikum.data.errors import FormatError, MissingData
from praktikum.data.rated_texts import RatedText
from praktikum.data.reviews import read_folder
from praktikum.sequence.cells import Weights, lstm_gates, lstm_step
from praktikum.sequence.layers import LSTM
from praktikum.sequence.masks import check_probability, draw_bernoulli, dropout_mask
from praktikum.sequence.recurrent_layer import State
from praktikum.text.errors import SettingError, ShapeError, UnknownToken
from praktikum.text.tokenisation import STOP_WORDS, WORD, without_markup
from praktikum.text.vocabulary import EOS, PAD, SOS, SPECIALS, UNK, Vocabulary


# %% include="data.reviews:LargeMovieReviewDataset"

# %% include="text.tokenisation:tokenise text.vocabulary:Vocabulary text.collation:truncate text.collation:pad_sequences"
# %% check="data"

# %% include="sequence.variational_dropout:VariationalLSTM sequence.variational_dropout:MaskedWeightLSTM"

# %% include="sequence.recurrent_dropout:RecurrentDropoutLSTM sequence.zoneout:zone_out sequence.zoneout:ZoneoutLSTM"

# %% include="sequence.embedding_dropout:EmbeddingDropout sequence.locked_dropout:LockedDropout"
