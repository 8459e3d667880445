"""Sequences: recurrent cells and layers, their dropouts, backpropagation through time.

Layers take and return [time, batch, features], and are called as torch's are:
`output, (h, c) = LSTM(8, 16)(input)`.
"""

from .cells import GRUCell, LSTMCell, RNNCell
from .embedding_dropout import EmbeddingDropout
from .errors import SequenceError, SettingError, ShapeError
from .layers import GRU, LSTM, RNN
from .lengths import mask_of_lengths
from .locked_dropout import LockedDropout
from .recurrent_dropout import RecurrentDropoutLSTM
from .variational_dropout import MaskedWeightLSTM, VariationalLSTM
from .weight_drop import WeightDrop
from .zoneout import ZoneoutLSTM

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "EmbeddingDropout",
    "GRUCell",
    "LSTMCell",
    "LockedDropout",
    "MaskedWeightLSTM",
    "RNNCell",
    "RecurrentDropoutLSTM",
    "SequenceError",
    "SettingError",
    "ShapeError",
    "VariationalLSTM",
    "WeightDrop",
    "ZoneoutLSTM",
    "mask_of_lengths",
]
