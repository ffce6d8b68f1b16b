"""The performance network: one step a note, in four parts.

The key comes first; how hard it is struck, how long it sounds and when the next note begins are
given the key, and the duration also given roughly when the next note begins.
"""

import torch
from torch import nn
from torch.nn import functional as F

from network import DESCRIPTION, Trunk, weighed
from performance_data import DURATIONS, PITCHES, SHIFTS, VELOCITIES
from performance_features import COLUMNS, COPIES, REALS

INNER = 96
# Classes of shift, coarser: the first class of each.
COARSE = (0, 1, 3, 6, 10, 15, 21, 29, 41, 56, 76)


def coarse_of():
    """The coarse class of each class of shift."""
    return torch.tensor([sum(c >= first for first in COARSE) - 1 for c in range(SHIFTS)])


class PerformanceModel(Trunk):
    """Notes in, log-probabilities of key, velocity, duration and shift out."""

    def __init__(self, hidden=256, layers=2, dropout=0.0):
        super().__init__(COLUMNS, REALS, hidden, layers, dropout)
        self.pitch, self.gates = nn.Linear(DESCRIPTION, PITCHES), nn.Linear(DESCRIPTION, len(COPIES))
        self.inner, self.key = nn.Linear(DESCRIPTION, INNER), nn.Embedding(PITCHES, INNER)
        self.velocity, self.duration = nn.Linear(INNER, VELOCITIES), nn.Linear(INNER, DURATIONS)
        self.shift = nn.Linear(INNER, SHIFTS)
        self.spread = nn.Linear(DESCRIPTION, len(COARSE) * DURATIONS)
        self.register_buffer("coarse", coarse_of(), persistent=False)

    def keys(self, z, columns):
        same = F.one_hot(columns[..., COPIES], PITCHES + 1)[..., :-1].to(z.dtype)
        return torch.log_softmax(self.pitch(z) + weighed(self.gates(z), same), -1)

    def given(self, z, key):
        """Log-probabilities of velocity, duration (key only) and shift, given keys' vectors."""
        inner = F.relu(self.inner(z) + key)
        heads = (self.velocity(inner), self.duration(inner), self.shift(inner))
        return [torch.log_softmax(head, -1) for head in heads]

    def spreads(self, z):
        """The other factor of the duration, for every coarse shift."""
        return torch.log_softmax(self.spread(z).unflatten(-1, (len(COARSE), DURATIONS)), -1)

    def nats(self, columns, reals, targets):
        """Nats of key, velocity, duration and shift of every note (.. x 4)."""
        z, _ = self.describe(columns, reals)
        pitch, velocity, duration, shift = targets.unbind(-1)
        keys = self.keys(z, columns)
        velocities, durations, shifts = self.given(z, self.key(pitch))
        coarse = self.coarse[shift].unsqueeze(-1).unsqueeze(-1)
        chosen = self.spreads(z).gather(-2, coarse.expand(*coarse.shape[:-1], DURATIONS)).squeeze(-2)
        durations = torch.log_softmax(durations + chosen, -1)
        logs = ((keys, pitch), (velocities, velocity), (durations, duration), (shifts, shift))
        return torch.stack([-log.gather(-1, c.unsqueeze(-1)).squeeze(-1) for log, c in logs], -1)


class Step(nn.Module):
    """One note for every row of a batch, with the state as input and output (for export)."""

    def __init__(self, model):
        super().__init__()
        self.model = model.gathered()

    def forward(self, columns, reals, h, c):
        model = self.model
        z, (h, c) = model.describe(columns.unsqueeze(1), reals.unsqueeze(1), (h, c))
        z = z.squeeze(1)
        given = model.given(z.unsqueeze(1), model.key.weight.unsqueeze(0))
        return model.keys(z, columns), *given, model.spreads(z), h, c
