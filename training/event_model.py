"""The network of the models that make one event a step: a token, then how long it lasts.

Melodies and chord progressions are such. Both heads may add weight to what a look-back column
holds, by a gate computed from the state: that is how repetition is learned quickly.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from network import DESCRIPTION, Trunk, weighed

RANK = 8  # of the learned description of the token that the duration depends on


@dataclass
class Vocabulary:
    """What a model of events reads and writes."""

    columns: list  # (name, number of values)
    reals: int
    tokens: int
    durations: int
    token_copies: list  # columns that name a token which may be copied
    duration_copies: list


class EventModel(Trunk):
    """Events in, logits of tokens and durations out.

    `columns` is batch x events x columns, `reals` batch x events x reals.
    """

    def __init__(self, vocabulary, hidden=256, layers=2, dropout=0.0):
        super().__init__(vocabulary.columns, vocabulary.reals, hidden, layers, dropout)
        self.vocabulary = vocabulary
        copies = len(vocabulary.token_copies)
        self.token = nn.Linear(DESCRIPTION, vocabulary.tokens)
        self.token_gates = nn.Linear(DESCRIPTION, copies)
        self.token_look = nn.Parameter(torch.randn(vocabulary.tokens, RANK) * 0.3)
        # Per duration: a base, RANK directions, one for each look-back token that is repeated.
        self.parts = 1 + RANK + copies
        self.duration = nn.Linear(DESCRIPTION, self.parts * vocabulary.durations)
        self.duration_gates = nn.Linear(DESCRIPTION, len(vocabulary.duration_copies))

    def token_logits(self, z, columns):
        copies = F.one_hot(columns[..., self.vocabulary.token_copies], self.vocabulary.tokens)
        return self.token(z) + weighed(self.token_gates(z), copies.float())

    def duration_base(self, z, columns):
        """Parts that the token selects from (.. x parts x durations)."""
        durations = self.vocabulary.durations
        parts = self.duration(z).unflatten(-1, (self.parts, durations))
        copies = F.one_hot(columns[..., self.vocabulary.duration_copies], durations + 1)
        copied = weighed(self.duration_gates(z), copies[..., :-1].float())
        return torch.cat([parts[..., :1, :] + copied.unsqueeze(-2), parts[..., 1:, :]], -2)

    def duration_logits(self, base, columns, tokens):
        """Logits given the token (training: one token an event)."""
        copies = columns[..., self.vocabulary.token_copies]
        same = (copies == tokens.unsqueeze(-1)).float()
        one = torch.ones(*tokens.shape, 1)
        select = torch.cat([one, self.token_look[tokens], same], -1)
        return torch.matmul(select.unsqueeze(-2), base).squeeze(-2)

    def nats(self, columns, reals, tokens, durations):
        """Nats of every event: token and duration apart."""
        z, _ = self.describe(columns, reals)
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
        self.model = model.gathered()

    def forward(self, columns, reals, h, c):
        model = self.model
        columns, reals = columns.unsqueeze(1), reals.unsqueeze(1)
        z, (h, c) = model.describe(columns, reals, (h, c))
        columns, z = columns.squeeze(1), z.squeeze(1)
        tokens = torch.log_softmax(model.token_logits(z, columns), -1)
        base = model.duration_base(z, columns)
        every = torch.arange(model.vocabulary.tokens)
        copies = columns[:, model.vocabulary.token_copies]
        same = (copies.unsqueeze(1) == every.view(1, -1, 1)).float()
        look = model.token_look.unsqueeze(0).expand(same.shape[0], -1, -1)
        select = torch.cat([torch.ones_like(same[..., :1]), look, same], -1)
        durations = torch.log_softmax(torch.matmul(select, base), -1)
        return tokens, durations, h, c
