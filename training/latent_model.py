"""Variational autoencoders of windows of two bars, after MusicVAE (Roberts et al. 2018).

The encoder reads a window at once. The decoder writes it sixteenth by sixteenth, from a plan for
each of them that comes from the point alone, and from the last sixteenths that were written. It has
no memory of its own, so in training all sixteenths of a window are learned from at once.
"""

import torch
from torch import nn
from torch.nn import functional as F

from drums_data import DRUMS as CLASSES
from drums_model import PAIRS
from latent_data import BEYOND, DRUMS, FIRST, MELODY, PLACES
from network import FeatureTables

PLAN = 96  # width of the plan for one sixteenth
SYMBOL = 48  # width of the table of a melody's symbols
CHANNELS, SPAN = 64, 4  # of the convolution over sixteenths


PAST = 4  # sixteenths that are seen as they were written


def columns_of(kind):
    """(name, number of values) of each integer column of a decoder's step."""
    places = [("step", kind.longest), ("place", PLACES), ("bar", PLACES)]
    if kind is DRUMS:
        return places
    past = [f"symbol_{i + 1}" for i in range(PAST)] + ["symbol_bar", "pitch"]
    return [(name, 64) for name in past] + places


def reals_of(kind):
    """The point, and for drums the classes 1 to PAST sixteenths and a bar ago."""
    return kind.latent + (CLASSES * (PAST + 1) if kind is DRUMS else 0)


def bits(symbols):
    """Combinations as zeros and ones, .. x CLASSES."""
    return (symbols.unsqueeze(-1) >> torch.arange(CLASSES) & 1).float()


class Encoder(nn.Module):
    """A window and its meter (windows x (longest + 1)) to the mean and the deviation of a point."""

    def __init__(self, kind, width, dropout):
        super().__init__()
        self.kind = kind
        if kind is MELODY:
            self.symbol = nn.Embedding(64, SYMBOL)
        else:
            self.register_buffer("table", bits(torch.arange(kind.symbols)), persistent=False)
        given = SYMBOL if kind is MELODY else CLASSES
        self.near = nn.Conv1d(given, CHANNELS, SPAN, padding=SPAN - 1)
        self.entry = nn.Linear((kind.longest + SPAN - 1) * CHANNELS, width)
        self.bar = nn.Embedding(PLACES, width)
        self.deep = nn.ModuleList(nn.Linear(width, width) for _ in range(2))
        self.mean, self.spread = nn.Linear(width, kind.latent), nn.Linear(width, kind.latent)
        # Drums are nearly a sum of their hits: these reach the point straight as well.
        straight = kind.longest * CLASSES if kind is DRUMS else 0
        self.straight = nn.Linear(straight, kind.latent, bias=False) if straight else None
        nn.init.constant_(self.spread.bias, -2.5)  # at first nearly without noise
        self.dropout = nn.Dropout(dropout)

    def forward(self, columns):
        symbols, bar = columns[:, :-1], columns[:, -1]
        x = self.symbol(symbols) if self.kind is MELODY else F.embedding(symbols, self.table)
        hits = x.flatten(1)
        x = F.relu(self.near(x.transpose(1, 2)))
        x = F.relu(self.entry(x.flatten(1)) + self.bar(bar))
        for layer in self.deep:
            x = x + F.relu(layer(self.dropout(x)))
        mean = self.mean(x) if self.straight is None else self.mean(x) + self.straight(hits)
        return mean, F.softplus(self.spread(x)) + 1e-3


class Decoder(nn.Module):
    """A point and what was written so far to log-probabilities of the next symbol."""

    def __init__(self, kind, hidden, width, dropout):
        super().__init__()
        self.kind, self.columns, self.reals = kind, columns_of(kind), reals_of(kind)
        self.unfold, self.bar = nn.Linear(kind.latent, width), nn.Embedding(PLACES, width)
        self.deep = nn.Linear(width, width)
        self.plans = nn.Parameter(torch.randn(kind.longest, PLAN, width) * width**-0.5)
        self.plan_bias = nn.Parameter(torch.zeros(kind.longest, PLAN))
        self.entry = FeatureTables(self.columns, hidden)
        self.struck = nn.Linear(self.reals - kind.latent, hidden) if kind is DRUMS else None
        self.near, self.far = nn.Linear(PLAN, hidden), nn.Linear(hidden, hidden)
        self.dropout = nn.Dropout(dropout)
        if kind is MELODY:
            self.head = nn.Linear(hidden, kind.symbols)
        else:
            self.head = nn.Linear(hidden, CLASSES + len(PAIRS))
            self.straight = nn.Parameter(torch.zeros(kind.longest, CLASSES, kind.latent))
            every = bits(torch.arange(kind.symbols))
            pairs = torch.stack([every[:, i] * every[:, j] for i, j in PAIRS], -1)
            self.register_buffer("parts", torch.cat([every, pairs], -1).T, persistent=False)

    def unfolded(self, point, bar):
        x = F.relu(self.unfold(point) + self.bar(bar))
        return x + F.relu(self.deep(self.dropout(x)))

    def answer(self, plan, columns, struck, hits):
        """`hits` are the classes that the point names straight (drums), or None."""
        x = self.near(plan) + self.entry(columns)
        x = F.relu(x if self.struck is None else x + self.struck(struck))
        z = self.head(x + F.relu(self.far(self.dropout(x))))
        if self.kind is DRUMS:
            z = torch.matmul(torch.cat([z[..., :CLASSES] + hits, z[..., CLASSES:]], -1), self.parts)
        return torch.log_softmax(z, -1)

    def forward(self, point, columns, struck):
        """Whole windows of the same number of steps (for training)."""
        steps = columns.shape[1]
        x = self.unfolded(point, columns[:, 0, -1])
        plan = F.linear(x, self.plans[:steps].flatten(0, 1)).unflatten(-1, (steps, PLAN))
        plan, hits = self.dropout(F.relu(plan + self.plan_bias[:steps])), None
        if self.kind is DRUMS:
            hits = torch.einsum("scl,rl->rsc", self.straight[:steps], point)
        return self.answer(plan, columns, struck, hits)


class Vae(nn.Module):
    """Both halves."""

    def __init__(self, kind, hidden=192, width=384, dropout=0.0):
        super().__init__()
        self.kind = kind
        self.encoder, self.decoder = Encoder(kind, width, dropout), Decoder(kind, hidden, width, dropout)


def told(kind, symbols, bars):
    """What a decoder reads before each step of true windows of the same number of steps: columns
    (windows x steps x columns) and, for drums, the classes of the past."""
    rows, steps = symbols.shape
    now = torch.arange(steps)
    bar = bars.unsqueeze(1).expand(rows, steps)
    begin = BEYOND if kind is MELODY else 0
    padded = torch.cat([torch.full((rows, PAST), begin), symbols], 1)
    past = [padded[:, PAST - i : PAST - i + steps] for i in range(1, PAST + 1)]
    ago = now - bar
    past.append(torch.where(ago >= 0, symbols.gather(1, ago.clamp(min=0)), begin))
    places = [now.expand(rows, steps), now % bar, bar]
    if kind is MELODY:
        return torch.stack([*past, last_pitch(past[0]), *places], -1), None
    return torch.stack(places, -1), torch.cat([bits(p) for p in past], -1)


def last_pitch(before):
    """The latest pitch that was begun before each step, BEYOND where there is none."""
    at = torch.arange(before.shape[1]).expand_as(before)
    latest = torch.where((before >= FIRST) & (before < BEYOND), at, -1).cummax(1).values
    return torch.where(latest >= 0, before.gather(1, latest.clamp(min=0)), BEYOND)


class Step(nn.Module):
    """One sixteenth for every row of a batch (for export). It has no state: all that it must know
    of the past is in what it reads."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, columns, reals):
        kind, step, bar = self.decoder.kind, columns[:, -3], columns[:, -1]
        point, hits = reals[:, : kind.latent], None
        x = self.decoder.unfolded(point, bar)
        plans = F.embedding(step, self.decoder.plans.flatten(1)).unflatten(-1, (PLAN, -1))
        plan = torch.matmul(plans, x.unsqueeze(-1)).squeeze(-1)
        plan = F.relu(plan + F.embedding(step, self.decoder.plan_bias))
        if kind is DRUMS:
            straight = F.embedding(step, self.decoder.straight.flatten(1))
            straight = straight.unflatten(-1, (CLASSES, kind.latent))
            hits = torch.matmul(straight, point.unsqueeze(-1)).squeeze(-1)
        # Melodies have no further reals; the slice keeps the input in the graph.
        return self.decoder.answer(plan, columns, reals[:, kind.latent :], hits)
