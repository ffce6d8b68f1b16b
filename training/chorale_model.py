"""The chorale network: what each masked cell of a window sings, given all that are known.

An instance of an orderless NADE (Uria, Murray and Larochelle 2014), as Coconet is (Huang et al.
2017), but on steps rather than on a picture: each step is a sum of table entries, blocks of
attention and short convolutions pass between steps. Two things keep it independent of key: a
voice may copy its nearest known neighbours by a gate, and intervals to the other voices and
to those neighbours have weights of their own.
"""

import torch
from torch import nn
from torch.nn import functional as F

from chorale_data import PITCHES, TOKENS, VOICES
from chorale_features import COLUMNS, LEAP, REALS, SEEN, WINDOW
from network import FeatureTables, Gathered

HEADS = 4
LEAPS = 2 * LEAP + 3  # clipped, and one for what is no interval
OTHERS = VOICES - 1


def interval_tables():
    """For a token that is seen and one that is sung: class of harmonic and of melodic interval."""
    seen, sung = torch.arange(SEEN).unsqueeze(1), torch.arange(TOKENS).unsqueeze(0)
    both = (seen < PITCHES) & (sung < PITCHES)
    harmonic = torch.where(both, (sung - seen) % 12, 12)
    melodic = torch.where(both, (sung - seen).clamp(-LEAP - 1, LEAP + 1) + LEAP + 1, LEAPS)
    return harmonic, melodic


class Block(nn.Module):
    """Attention within a window by content and distance, then a short convolution."""

    def __init__(self, width, dropout):
        super().__init__()
        self.attend, self.mix = nn.LayerNorm(width), nn.LayerNorm(width)
        self.ask, self.answer = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.distance = nn.Parameter(torch.zeros(HEADS, 2 * WINDOW - 1))
        self.near = nn.Conv1d(width, width, 5, padding=2, groups=width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)
        steps = torch.arange(WINDOW)
        self.register_buffer("far", steps.unsqueeze(0) - steps.unsqueeze(1) + WINDOW - 1)

    def forward(self, x):
        width = x.shape[-1]
        parts = self.ask(self.attend(x)).reshape(-1, WINDOW, 3, HEADS, width // HEADS)
        q, k, v = parts.permute(2, 0, 3, 1, 4).unbind(0)
        scores = torch.matmul(q, k.transpose(-1, -2)) * (width // HEADS) ** -0.5
        weights = torch.softmax(scores + self.distance[:, self.far], -1)
        y = torch.matmul(weights, v).transpose(1, 2).reshape(-1, WINDOW, width)
        x = x + self.dropout(self.answer(y))
        y = self.near(self.mix(x).transpose(1, 2)).transpose(1, 2)
        return x + self.dropout(self.down(self.dropout(F.gelu(self.up(y)))))


class ChoraleModel(nn.Module):
    """Windows in (windows x steps x columns, and reals), log-probabilities of each cell out."""

    def __init__(self, hidden=160, layers=5, dropout=0.0):
        super().__init__()
        self.columns, self.reals, self.hidden = COLUMNS, REALS, hidden
        self.entry, self.entry_tones = FeatureTables(COLUMNS, hidden), nn.Linear(REALS, hidden)
        self.blocks = nn.ModuleList(Block(hidden, dropout) for _ in range(layers))
        self.last, self.far = nn.LayerNorm(hidden), nn.Linear(hidden, hidden)
        self.near = FeatureTables(COLUMNS, hidden)
        self.plain = nn.Linear(hidden, VOICES * TOKENS)
        self.copies = nn.Linear(hidden, VOICES * 2)
        self.harmonic = nn.Linear(hidden, VOICES * OTHERS * 12)
        self.melodic = nn.Linear(hidden, VOICES * 2 * LEAPS)
        self.strike = nn.Linear(hidden, VOICES)
        self.dropout = nn.Dropout(dropout)
        harmonic, melodic = interval_tables()
        self.register_buffer("harmonic_class", harmonic, persistent=False)
        self.register_buffer("melodic_class", melodic, persistent=False)

    def describe(self, columns, reals):
        x = self.dropout(self.entry(columns) + self.entry_tones(reals))
        for block in self.blocks:
            x = block(x)
        return self.dropout(F.gelu(self.far(self.last(x)) + self.near(columns)))

    def forward(self, columns, reals):
        """Log-probabilities of tokens (.. x VOICES x TOKENS) and of holding or striking (.. x 2)."""
        z = self.describe(columns, reals)
        seen, left = columns[..., :VOICES], columns[..., 2 * VOICES : 3 * VOICES]
        right = columns[..., 4 * VOICES : 5 * VOICES]
        shape = z.shape[:-1]
        logits = self.plain(z).reshape(*shape, VOICES, TOKENS)
        near = torch.stack([left, right], -1)
        same = F.one_hot(near, SEEN)[..., :TOKENS].to(z.dtype)
        gates = self.copies(z).reshape(*shape, VOICES, 2, 1)
        logits = logits + (gates * same).sum(-2)
        steps = F.pad(self.melodic(z).reshape(*shape, VOICES, 2, LEAPS), (0, 1))
        logits = logits + steps.gather(-1, self.melodic_class[near]).sum(-2)
        chords = F.pad(self.harmonic(z).reshape(*shape, VOICES, OTHERS, 12), (0, 1))
        others = torch.stack(
            [seen[..., [u for u in range(VOICES) if u != v]] for v in range(VOICES)], -2
        )
        logits = logits + chords.gather(-1, self.harmonic_class[others]).sum(-2)
        strike = self.strike(z).unsqueeze(-1)
        strike = torch.cat([torch.zeros_like(strike), strike], -1)
        return torch.log_softmax(logits, -1), torch.log_softmax(strike, -1)


class Step(nn.Module):
    """The network on rows that are the steps of one window after another (for export)."""

    def __init__(self, model):
        super().__init__()
        model.entry, model.near = Gathered(model.entry), Gathered(model.near)
        self.model = model

    @staticmethod
    def inputs():
        """Inputs of one exported call, all zero: two windows."""
        rows = 2 * WINDOW
        return torch.zeros(rows, len(COLUMNS), dtype=torch.int64), torch.zeros(rows, REALS)

    def forward(self, columns, reals):
        columns = columns.reshape(-1, WINDOW, len(COLUMNS))
        tokens, strikes = self.model(columns, reals.reshape(-1, WINDOW, REALS))
        return tokens.reshape(-1, VOICES, TOKENS), strikes.reshape(-1, VOICES, 2)
