"""What every network here shares: tables of features and an LSTM that remembers.

A step reads small integers (looked up in tables) and real numbers, and describes itself in a
vector of 256 that the heads of a model read.
"""

import torch
from torch import nn
from torch.nn import functional as F

DESCRIPTION = 256  # width of the vector that the heads read


def weighed(weights, rows):
    """The sum of `rows` (.. x n x width), each times its weight (.. x n).

    A product of matrices on purpose: ONNX Runtime's sum adds in another order where a batch has one
    row only, and a seed must give the same phrase to the bit, alone and in company.
    """
    return torch.matmul(weights.unsqueeze(-2), rows).squeeze(-2)


class FeatureTables(nn.Module):
    """One table per column, stacked; a row of columns becomes the sum of their entries."""

    def __init__(self, columns, width):
        super().__init__()
        sizes = torch.tensor([size for _, size in columns])
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
        self.register_buffer("ones", torch.ones(len(tables.offsets)), persistent=False)

    def forward(self, columns):
        return weighed(self.ones, F.embedding(columns + self.offsets, self.weight))


class Trunk(nn.Module):
    """Columns (batch x steps x columns) and reals (batch x steps x reals) to descriptions.

    The step itself is read twice: by the LSTM, and directly, beside what the LSTM remembers.
    """

    def __init__(self, columns, reals, hidden=256, layers=2, dropout=0.0):
        super().__init__()
        self.hidden, self.layers, self.reals, self.columns = hidden, layers, reals, columns
        self.entry, self.entry_tones = FeatureTables(columns, hidden), nn.Linear(reals, hidden)
        self.lstm = nn.LSTM(
            hidden, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0
        )
        self.near, self.near_tones = FeatureTables(columns, DESCRIPTION), nn.Linear(reals, DESCRIPTION)
        self.far = nn.Linear(hidden, DESCRIPTION)
        self.dropout = nn.Dropout(dropout)

    def describe(self, columns, reals, state=None):
        """The vector the heads read, batch x steps x DESCRIPTION, and the new LSTM state."""
        x = F.relu(self.entry(columns) + self.entry_tones(reals))
        y, state = self.lstm(self.dropout(x), state)
        z = self.near(columns) + self.near_tones(reals) + self.far(self.dropout(y))
        return self.dropout(F.relu(z)), state

    def gathered(self):
        """Itself, with its tables in the form that is exported."""
        self.entry, self.near = Gathered(self.entry), Gathered(self.near)
        return self


def example(model, rows=2):
    """Inputs of one exported step, all zero."""
    state = torch.zeros(model.layers, rows, model.hidden)
    columns = torch.zeros(rows, len(model.columns), dtype=torch.int64)
    return columns, torch.zeros(rows, model.reals), state, state
