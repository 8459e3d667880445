"""Sequences: recurrent cells and layers, their dropouts, backpropagation through time.

Layers take and return [time, batch, features], and are called as torch's are:
`output, (h, c) = LSTM(8, 16)(input)`.
"""

from .bptt import ArrayWeights, lstm_backward, lstm_forward, rnn_backward, rnn_forward
from .cells import GRUCell, LSTMCell, RNNCell
from .clipping import clip_grad_norm_, clip_grad_value_
from .embedding_dropout import EmbeddingDropout
from .errors import SequenceError, SettingError, ShapeError
from .fast_lstm import FastLSTM
from .gradient_flow import growth_rate, norms_by_distance
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
    "ArrayWeights",
    "EmbeddingDropout",
    "FastLSTM",
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
    "clip_grad_norm_",
    "clip_grad_value_",
    "growth_rate",
    "lstm_backward",
    "lstm_forward",
    "mask_of_lengths",
    "norms_by_distance",
    "rnn_backward",
    "rnn_forward",
]
