"""The groove network: given what is hit, how hard and how early or late each hit is played.

It runs from step to step but sees the hits of a bar to either side. Velocity and offset are
distributions over classes, so that an accent or a ghost note, straight or swung, need not
become the mean of both.
"""

import torch
from torch import nn

from drums_data import DRUMS
from groove_features import COLUMNS, OFFSETS, REALS, VELOCITIES
from network import DESCRIPTION, Trunk


class GrooveModel(Trunk):
    """Steps in, log-probabilities of velocity and offset of every class out."""

    def __init__(self, hidden=192, layers=1, dropout=0.0):
        super().__init__(COLUMNS, REALS, hidden, layers, dropout)
        self.velocity = nn.Linear(DESCRIPTION, DRUMS * VELOCITIES)
        self.offset = nn.Linear(DESCRIPTION, DRUMS * OFFSETS)

    def heads(self, z):
        velocity = torch.log_softmax(self.velocity(z).unflatten(-1, (DRUMS, VELOCITIES)), -1)
        offset = torch.log_softmax(self.offset(z).unflatten(-1, (DRUMS, OFFSETS)), -1)
        return velocity, offset

    def forward(self, columns, reals):
        return self.heads(self.describe(columns, reals)[0])

    def nats(self, columns, reals, velocities, offsets):
        """Nats of velocity and of offset of every class at every step."""
        velocity, offset = self(columns, reals)
        return (
            -velocity.gather(-1, velocities.unsqueeze(-1)).squeeze(-1),
            -offset.gather(-1, offsets.unsqueeze(-1)).squeeze(-1),
        )


class Step(nn.Module):
    """One sixteenth for every row of a batch, with the state as input and output (for export)."""

    def __init__(self, model):
        super().__init__()
        self.model = model.gathered()

    def forward(self, columns, reals, h, c):
        z, (h, c) = self.model.describe(columns.unsqueeze(1), reals.unsqueeze(1), (h, c))
        return *self.model.heads(z.squeeze(1)), h, c
