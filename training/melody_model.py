"""The melody network: tables of features, a two-layer LSTM, two heads that may copy.

At each event it predicts the token and then, given the token, the duration. Both heads
may add weight to what a look-back column holds, by a gate computed from the state: that
is how repetition is learned quickly.
"""

import torch
from torch import nn
from torch.nn import functional as F

from melody_data import NO_DURATION, TOKENS
from melody_features import COLUMNS, DURATION_COPIES, TOKEN_COPIES

RANK = 8  # of the learned description of the token that the duration depends on


class FeatureTables(nn.Module):
    """One table per column, stacked; a row of columns becomes the sum of their entries."""

    def __init__(self, width):
        super().__init__()
        sizes = torch.tensor([size for _, size in COLUMNS])
        self.register_buffer("offsets", sizes.cumsum(0) - sizes)
        self.weight = nn.Parameter(torch.randn(int(sizes.sum()), width) * 0.08)

    def forward(self, columns):
        rows = columns + self.offsets
        flat = F.embedding_bag(rows.reshape(-1, rows.shape[-1]), self.weight, mode="sum")
        return flat.reshape(*columns.shape[:-1], -1)


class Gathered(nn.Module):
    """The same sum written with gather, for export."""

    def __init__(self, tables):
        super().__init__()
        self.weight, self.offsets = tables.weight, tables.offsets

    def forward(self, columns):
        return F.embedding(columns + self.offsets, self.weight).sum(-2)


class MelodyModel(nn.Module):
    """Events in, logits of tokens and durations out.

    `columns` is batch x events x len(COLUMNS), `tones` batch x events x 24.
    """

    def __init__(self, hidden=256, layers=2, dropout=0.0):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.entry, self.entry_tones = FeatureTables(hidden), nn.Linear(24, hidden)
        self.lstm = nn.LSTM(hidden, hidden, layers, batch_first=True, dropout=dropout)
        self.near, self.near_tones = FeatureTables(256), nn.Linear(24, 256)
        self.far = nn.Linear(hidden, 256)
        self.token = nn.Linear(256, TOKENS)
        self.token_gates = nn.Linear(256, len(TOKEN_COPIES))
        self.token_look = nn.Parameter(torch.randn(TOKENS, RANK) * 0.3)
        # Per duration: a base, RANK directions, one for each look-back token that is repeated.
        self.parts = 1 + RANK + len(TOKEN_COPIES)
        self.duration = nn.Linear(256, self.parts * NO_DURATION)
        self.duration_gates = nn.Linear(256, len(DURATION_COPIES))
        self.dropout = nn.Dropout(dropout)

    def describe(self, columns, tones, state=None):
        """The vector both heads read, batch x events x 256, and the new LSTM state."""
        x = F.relu(self.entry(columns) + self.entry_tones(tones))
        y, state = self.lstm(self.dropout(x), state)
        z = self.near(columns) + self.near_tones(tones) + self.far(self.dropout(y))
        return self.dropout(F.relu(z)), state

    def token_logits(self, z, columns):
        copies = F.one_hot(columns[..., TOKEN_COPIES], TOKENS).float()
        return self.token(z) + (self.token_gates(z).unsqueeze(-1) * copies).sum(-2)

    def duration_base(self, z, columns):
        """Parts that the token selects from (.. x parts x durations)."""
        parts = self.duration(z).unflatten(-1, (self.parts, NO_DURATION))
        copies = F.one_hot(columns[..., DURATION_COPIES], NO_DURATION + 1)[..., :-1].float()
        copied = (self.duration_gates(z).unsqueeze(-1) * copies).sum(-2)
        return torch.cat([parts[..., :1, :] + copied.unsqueeze(-2), parts[..., 1:, :]], -2)

    def duration_logits(self, base, columns, tokens):
        """Logits given the token (training: one token an event)."""
        same = (columns[..., TOKEN_COPIES] == tokens.unsqueeze(-1)).float()
        one = torch.ones_like(same[..., :1])
        select = torch.cat([one, self.token_look[tokens], same], -1)
        return torch.matmul(select.unsqueeze(-2), base).squeeze(-2)

    def nats(self, columns, tones, tokens, durations):
        """Nats of every event: token and duration apart."""
        z, _ = self.describe(columns, tones)
        logits = self.token_logits(z, columns)
        token = F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none")
        base = self.duration_base(z, columns)
        logits = self.duration_logits(base, columns, tokens)
        duration = F.cross_entropy(logits.transpose(1, 2), durations, reduction="none")
        return token, duration


class Step(nn.Module):
    """One event for every row of a batch, with the state as input and output (for export)."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        model.entry, model.near = Gathered(model.entry), Gathered(model.near)

    def forward(self, columns, tones, h, c):
        model = self.model
        columns, tones = columns.unsqueeze(1), tones.unsqueeze(1)
        z, (h, c) = model.describe(columns, tones, (h, c))
        columns, z = columns.squeeze(1), z.squeeze(1)
        tokens = torch.log_softmax(model.token_logits(z, columns), -1)
        base = model.duration_base(z, columns)
        every = torch.arange(TOKENS)
        same = (columns[:, TOKEN_COPIES].unsqueeze(1) == every.view(1, -1, 1)).float()
        look = model.token_look.unsqueeze(0).expand(same.shape[0], -1, -1)
        select = torch.cat([torch.ones_like(same[..., :1]), look, same], -1)
        durations = torch.log_softmax(torch.matmul(select, base), -1)
        return tokens, durations, h, c
