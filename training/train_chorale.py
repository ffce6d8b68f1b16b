"""Trains the chorale model; run it again to go on from the last checkpoint.

    python train_chorale.py --data chorales.jsonl.gz --out runs/chorale --minutes 28
"""

import random

import numpy as np
import torch

from chorale_data import HELD, MASKED, OUTSIDE, PITCHES, STRUCK, VOICES, by_split, chords_of
from chorale_data import coarser, load, shifts, transposed
from chorale_features import COLUMNS, REALS, WINDOW, features, places
from chorale_model import ChoraleModel, Step
from trainer import Trainer, options

RESOLUTIONS = (1, 2, 4)  # sixteenths, eighths, quarters


class Examples:
    """Windows in random keys, with random cells hidden and random conditions told."""

    def __init__(self, pieces):
        self.versions = [[p, coarser(p, 2), coarser(p, 4)] for p in pieces]
        self.chords = {id(p): chords_of(p) for p in pieces}
        lengths = np.array([len(p) for p in pieces], float)
        self.weights = list(lengths / lengths.sum())
        self.steps = int(lengths.sum())

    def window(self, draw):
        """One example as a row of arrays; see `stacked`."""
        (versions,) = draw.choices(self.versions, self.weights)
        resolution = draw.choices((0, 1, 2), (0.64, 0.16, 0.2))[0]
        piece = versions[resolution]
        by = draw.randint(*shifts(piece))
        sung = transposed(piece, by)
        begin = draw.randint(-WINDOW // 4, max(0, len(piece) - 3 * WINDOW // 4))
        row = cut(sung, begin, resolution, self.told(versions[0], by) if resolution == 0 else None)
        if draw.random() < 0.4:
            row["meter"], row["place"] = 0, row["beat"]
        if draw.random() < 0.5:
            row["key"] = 0
        if draw.random() < 0.4:
            row["fermata"][:] = 0
        shown = draw.choice((0.0, 0.0, 0.0, 1.0, draw.random()))
        hidden = np.repeat(np.array([draw.random() >= shown for _ in range(WINDOW // 4)]), 4)
        row["root"][hidden], row["tones"][hidden] = 0, 0.0
        inside = row["tokens"][:, 0] != OUTSIDE
        row["mask"], row["scored"] = masks(draw, inside)
        row["quiet"] = strikes_hidden(draw, row["mask"])
        return row

    def told(self, piece, by):
        roots, tones = self.chords[id(piece)]
        return np.where(roots > 0, 1 + (roots - 1 + by) % 12, 0), np.roll(tones, by, 1)

    def batches(self, most):
        rows = max(1, most // WINDOW)

        def epoch(draw):
            return Epoch(self, draw, rows, 6 * self.steps // (rows * WINDOW))

        return epoch


class Epoch:
    """Batches that are made when they are asked for."""

    def __init__(self, examples, draw, rows, count):
        self.examples, self.draw, self.rows, self.count = examples, draw, rows, count

    def __len__(self):
        return self.count

    def __iter__(self):
        for _ in range(self.count):
            yield stacked([self.examples.window(self.draw) for _ in range(self.rows)])


def cut(piece, begin, resolution=0, chords=None):
    """The window of a piece that begins at a step, nothing hidden."""
    take = np.arange(begin, begin + WINDOW)
    inside = (take >= 0) & (take < len(piece))
    at = take.clip(0, len(piece) - 1)
    row = {
        "tokens": np.where(inside[:, None], piece.tokens[at], OUTSIDE),
        "strikes": np.where(inside[:, None], piece.strikes[at], 0),
        "place": places(len(piece), piece.bar, piece.pickup)[at], "beat": at % 4,
        "meter": piece.meter, "resolution": resolution, "key": piece.key,
        "fermata": np.zeros(WINDOW, np.int64), "root": np.zeros(WINDOW, np.int64),
        "tones": np.zeros((WINDOW, REALS), np.float32),
    }
    before = piece.tokens[(at - 1).clip(0)]
    row["repeats"] = (
        inside[:, None] & (at > 0)[:, None] & (piece.strikes[at] > 0)
        & (before == piece.tokens[at]) & (before < PITCHES)
    )
    if resolution:
        row["place"] = np.zeros(WINDOW, np.int64)
    if piece.fermatas is not None:
        row["fermata"] = np.where(inside, 1 + piece.fermatas[at], 0)
    if chords is not None:
        roots, tones = chords
        row["root"] = np.where(inside, roots[at], 0)
        row["tones"] = np.where(inside[:, None], tones[at], 0.0).astype(np.float32)
    return row


def masks(draw, inside):
    """Cells that are hidden, and how much each counts (the sum of a window is 1)."""
    generator = np.random.default_rng(draw.getrandbits(32))
    mask = np.zeros((WINDOW, VOICES), bool)
    chance = draw.random()
    weights = None
    if chance < 0.4:
        share = draw.random()
        mask[:] = generator.random(mask.shape) < share
    elif chance < 0.75:
        # Some voices are to be sung; of them, beats before the rest, are known already.
        voices = generator.permutation(VOICES)[: draw.randint(1, VOICES)]
        beats, others = (1.0, draw.random()) if draw.random() < 0.4 else (draw.random(), 0.0)
        if draw.random() < 0.3:
            others = beats = draw.random()
        share = np.where(np.arange(WINDOW) % 4 == 0, 1 - beats, 1 - others)
        mask[:, voices] = generator.random((WINDOW, len(voices))) < share[:, None]
        if draw.random() < 0.3:
            span = draw.randint(4, WINDOW)
            begin = draw.randint(0, WINDOW - span)
            outside = np.ones(WINDOW, bool)
            outside[begin : begin + span] = False
            mask[outside] = False
    else:
        steps = np.flatnonzero(inside)
        now = int(steps[generator.integers(len(steps))])
        mask[now + 1 :] = True
        voices = generator.permutation(VOICES)[: draw.randint(1, VOICES)]
        mask[now, voices] = True
        weights = np.full(mask.shape, 0.3 / max(1, VOICES * (WINDOW - now - 1)))
        weights[now] = 0.7 / len(voices)
    mask &= inside[:, None]
    if not mask.any():
        mask[np.flatnonzero(inside)[0], draw.randrange(VOICES)] = True
    weights = mask / mask.sum() if weights is None else weights * mask
    return mask, weights


def strikes_hidden(draw, mask):
    """Cells of which it is not told whether they are struck: all hidden ones, and more."""
    generator = np.random.default_rng(draw.getrandbits(32))
    share = draw.choice((0.0, 1.0, draw.random()))
    voices = generator.random(VOICES) < draw.choice((0.3, 0.7, 1.0))
    return mask | ((generator.random(mask.shape) < share) & voices)


def stacked(rows):
    """A batch: columns, reals, and per cell target, weight, strike target, strike weight."""
    whole = {name: np.stack([np.asarray(row[name]) for row in rows]) for name in rows[0]}
    tokens = np.where(whole["mask"], MASKED, whole["tokens"])
    strikes = np.where(whole["quiet"], 0, whole["strikes"])
    columns = features(
        tokens, strikes, whole["place"], whole["meter"], whole["resolution"], whole["key"],
        whole["fermata"], whole["root"],
    )
    counted = whole["repeats"] & whole["quiet"] & (whole["tokens"] != OUTSIDE)
    # Only where this note and the one before are known is there a question of striking.
    before = np.concatenate([whole["mask"][:, :1], whole["mask"][:, :-1]], 1)
    counted &= ~whole["mask"] & ~before
    target = np.where(whole["tokens"] == OUTSIDE, 0, whole["tokens"])
    struck = (whole["strikes"] == STRUCK).astype(np.int64)
    arrays = (columns, whole["tones"], target, whole["scored"].astype(np.float32), struck,
              counted.astype(np.float32))
    return tuple(torch.from_numpy(a) for a in arrays)


def parts(model, batch):
    """Nats of every cell, and of every strike."""
    columns, reals, target, _, struck, _ = batch
    tokens, strikes = model(columns, reals)
    return (
        -tokens.gather(-1, target.unsqueeze(-1)).squeeze(-1),
        -strikes.gather(-1, struck.unsqueeze(-1)).squeeze(-1),
    )


def loss(model, batch):
    """Nats of a step (four cells) in the mean of each window, and the number of windows."""
    tokens, strikes = parts(model, batch)
    _, _, _, weight, _, counted = batch
    struck = (strikes * counted).sum() / counted.sum().clamp(min=1.0)
    return VOICES * (tokens * weight).sum() + 0.5 * len(weight) * struck, len(weight)


def orderless_batches(pieces, rows=32, seed=5):
    """Windows of grids, each with a random share of its cells hidden, always the same ones."""
    draw = random.Random(seed)
    examples = []
    for piece in pieces:
        for begin in range(0, len(piece), WINDOW):
            row = cut(piece, begin)
            inside = row["tokens"] != OUTSIDE
            count = draw.randint(1, int(inside.sum()))
            chosen = draw.sample(list(np.flatnonzero(inside.reshape(-1))), count)
            mask = np.zeros(inside.size, bool)
            mask[chosen] = True
            row["mask"] = mask.reshape(inside.shape)
            row["scored"], row["quiet"] = row["mask"] / count, row["mask"]
            examples.append(row)
    return [stacked(examples[i : i + rows]) for i in range(0, len(examples), rows)]


@torch.no_grad()
def score(model, batches):
    """Nats of a step in random order, estimated; by window."""
    nats = windows = 0.0
    for batch in batches:
        n, w = loss(model, batch)
        nats, windows = nats + float(n), windows + w
    return nats / windows


def main():
    args = options(
        __doc__, out="runs/chorale", minutes=28.0, hidden=160, dropout=0.1, rate=1.5e-3,
        batch_events=1536,
    ).parse_args()
    pieces = load(args.data)
    train, valid = by_split(pieces, "train"), by_split(pieces, "valid")
    print(f"{len(train)} chorales to train on, {len(valid)} to validate; {len(COLUMNS)} columns")
    held_out = orderless_batches(valid)
    Trainer(
        args, lambda dropout: ChoraleModel(args.hidden, dropout=dropout), loss,
        lambda model: score(model, held_out), Step,
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
