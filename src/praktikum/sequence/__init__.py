"""Sequences: recurrent layers and their dropouts, backpropagation through time, attention.

Recurrent layers take and return [time, batch, features], and are called as torch's are:
`output, (h, c) = LSTM(8, 16)(input)`. Attention takes and returns [batch, time, d_model].
"""

from .absolute_positions import LearnedPositions, SinusoidalPositions
from .additive_attention import AdditiveAttention
from .attention import dot_product_attention
from .attention_masks import causal_mask, combine_masks, padding_mask
from .bptt import ArrayWeights, lstm_backward, lstm_forward, rnn_backward, rnn_forward
from .cells import GRUCell, LSTMCell, RNNCell
from .clipping import clip_grad_norm_, clip_grad_value_
from .dropout import Dropout
from .embedding_dropout import EmbeddingDropout
from .errors import SequenceError, SettingError, ShapeError, WeightsError
from .fast_lstm import FastLSTM
from .gradient_flow import growth_rate, norms_by_distance
from .key_value_cache import KeyValueCache
from .layers import GRU, LSTM, RNN
from .lengths import mask_of_lengths
from .locked_dropout import LockedDropout
from .multihead_attention import MultiHeadAttention
from .position_biases import T5Bias, alibi_bias
from .recurrent_dropout import RecurrentDropoutLSTM
from .relative_attention import RelativeMultiHeadAttention
from .rotary_positions import RotaryPositions
from .seq2seq_transformer import Seq2SeqTransformer
from .transformer import Decoder, Encoder, Transformer
from .transformer_layers import DecoderCache, DecoderLayer, EncoderLayer
from .variational_dropout import MaskedWeightLSTM, VariationalLSTM
from .vit import ViT, ViTClassifier, ViTConfig
from .weight_drop import WeightDrop
from .zoneout import ZoneoutLSTM

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "AdditiveAttention",
    "ArrayWeights",
    "Decoder",
    "DecoderCache",
    "DecoderLayer",
    "Dropout",
    "EmbeddingDropout",
    "Encoder",
    "EncoderLayer",
    "FastLSTM",
    "GRUCell",
    "KeyValueCache",
    "LSTMCell",
    "LearnedPositions",
    "LockedDropout",
    "MaskedWeightLSTM",
    "MultiHeadAttention",
    "RNNCell",
    "RecurrentDropoutLSTM",
    "RelativeMultiHeadAttention",
    "RotaryPositions",
    "Seq2SeqTransformer",
    "SequenceError",
    "SettingError",
    "ShapeError",
    "SinusoidalPositions",
    "T5Bias",
    "Transformer",
    "VariationalLSTM",
    "ViT",
    "ViTClassifier",
    "ViTConfig",
    "WeightDrop",
    "WeightsError",
    "ZoneoutLSTM",
    "alibi_bias",
    "causal_mask",
    "clip_grad_norm_",
    "clip_grad_value_",
    "combine_masks",
    "dot_product_attention",
    "growth_rate",
    "lstm_backward",
    "lstm_forward",
    "mask_of_lengths",
    "norms_by_distance",
    "padding_mask",
    "rnn_backward",
    "rnn_forward",
]
