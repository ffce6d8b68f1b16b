"""The drums network: at each sixteenth, which of the 512 combinations of nine classes sounds.

A combination's logit is a sum over its classes, over pairs of them, and its own; classes, and
whole combinations, of 1, 2, 4 and 8 bars ago may be copied by gates computed from the state.
"""

import torch
from torch import nn
from torch.nn import functional as F

from drums_data import COMBINATIONS, DRUMS
from drums_features import BARS_AT, COLUMNS, EXIST_AT, LAGS, REALS
from network import DESCRIPTION, Trunk, weighed

PAIRS = [(i, j) for i in range(DRUMS) for j in range(i)]


class DrumsModel(Trunk):
    """Steps in, log-probabilities of the combinations out."""

    def __init__(self, hidden=256, layers=2, dropout=0.0):
        super().__init__(COLUMNS, REALS, hidden, layers, dropout)
        every = torch.arange(COMBINATIONS)
        classes = torch.stack([every >> i & 1 for i in range(DRUMS)], -1).float()
        pairs = torch.stack([classes[:, i] * classes[:, j] for i, j in PAIRS], -1)
        self.register_buffer("classes", classes, persistent=False)
        self.register_buffer("parts", torch.cat([classes, pairs], -1).T, persistent=False)
        self.single = nn.Linear(DESCRIPTION, DRUMS)
        self.pair = nn.Linear(DESCRIPTION, len(PAIRS))
        self.whole = nn.Linear(DESCRIPTION, COMBINATIONS)
        self.class_gates = nn.Linear(DESCRIPTION, len(LAGS) * DRUMS)
        self.whole_gates = nn.Linear(DESCRIPTION, len(LAGS))

    def log_probabilities(self, z, reals):
        past = reals[..., BARS_AT:EXIST_AT].unflatten(-1, (len(LAGS), DRUMS))
        exists = reals[..., EXIST_AT:].unsqueeze(-1)
        gates = self.class_gates(z).unflatten(-1, (len(LAGS), DRUMS))
        every = torch.ones(len(LAGS))
        single = self.single(z) + weighed(every, gates * (2 * past - 1) * exists)
        logits = torch.matmul(torch.cat([single, self.pair(z)], -1), self.parts) + self.whole(z)
        # The number of classes in which a combination agrees with the past one; 9 is all.
        agree = torch.matmul(2 * past - 1, self.classes.T) + (1 - past).sum(-1, keepdim=True)
        same = F.relu(agree - (DRUMS - 1)) * exists
        logits = logits + weighed(self.whole_gates(z), same)
        return torch.log_softmax(logits, -1)

    def nats(self, columns, reals, targets):
        """Nats of every step."""
        z, _ = self.describe(columns, reals)
        logs = self.log_probabilities(z, reals)
        return -logs.gather(-1, targets.unsqueeze(-1)).squeeze(-1)


class Step(nn.Module):
    """One sixteenth for every row of a batch, with the state as input and output (for export)."""

    def __init__(self, model):
        super().__init__()
        self.model = model.gathered()

    def forward(self, columns, reals, h, c):
        z, (h, c) = self.model.describe(columns.unsqueeze(1), reals.unsqueeze(1), (h, c))
        return self.model.log_probabilities(z.squeeze(1), reals), h, c
