"""The expression network: given what is written, how each note is played.

It runs from note to note, chord by chord and from the highest to the lowest, and sees four chords
to either side. Velocity, offset, tempo and length are distributions over classes.
"""

import torch
from torch import nn

from expression_data import LENGTHS, OFFSETS, TEMPI, VELOCITIES
from expression_features import COLUMNS, REALS
from network import DESCRIPTION, Trunk

SIZES = (VELOCITIES, OFFSETS, TEMPI, LENGTHS)


class ExpressionModel(Trunk):
    """Notes in, log-probabilities of velocity, offset, tempo and length out."""

    def __init__(self, hidden=160, layers=1, dropout=0.0):
        super().__init__(COLUMNS, REALS, hidden, layers, dropout)
        self.heads = nn.ModuleList(nn.Linear(DESCRIPTION, size) for size in SIZES)

    def answers(self, z):
        return [torch.log_softmax(head(z), -1) for head in self.heads]

    def forward(self, columns, reals):
        return self.answers(self.describe(columns, reals)[0])

    def nats(self, columns, reals, targets):
        """Nats of each of the four at every note (.. x 4)."""
        logs = self(columns, reals)
        found = [-log.gather(-1, targets[..., k : k + 1]) for k, log in enumerate(logs)]
        return torch.cat(found, -1)


class Step(nn.Module):
    """One note for every row of a batch, with the state as input and output (for export)."""

    def __init__(self, model):
        super().__init__()
        self.model = model.gathered()

    def forward(self, columns, reals, h, c):
        z, (h, c) = self.model.describe(columns.unsqueeze(1), reals.unsqueeze(1), (h, c))
        return *self.model.answers(z.squeeze(1)), h, c
