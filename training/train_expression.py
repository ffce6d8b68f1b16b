"""Trains the expression model; run it again to go on from the last checkpoint.

    python train_expression.py --data performances.jsonl.gz --out runs/expression --minutes 8
"""

import numpy as np
import torch

from expression_data import classes, load
from expression_features import COLUMNS, REALS, features, loudness_class
from expression_model import ExpressionModel
from performance_data import PITCHES
from trainer import Trainer, options

EXCERPT = 96  # chords that are trained on at a time


class Examples:
    """Excerpts in other keys, a little faster or slower; the past told in half of them."""

    def __init__(self, readings):
        self.readings = readings

    def drawn(self, draw):
        for whole in self.readings:
            count, begin = len(whole.positions), -draw.randrange(EXCERPT)
            by = draw.randint(max(-5, -whole.keys.min()), min(5, PITCHES - 1 - whole.keys.max()))
            while begin < count - EXCERPT // 4:
                rows = max(0, begin), min(count, begin + EXCERPT)
                yield whole.part(*rows, by, draw.uniform(0.9, 1.1)), draw.random() < 0.5, draw.random() < 0.5
                begin += EXCERPT

    def batches(self, most):
        def epoch(draw):
            drawn = sorted(self.drawn(draw), key=lambda e: len(e[0]))
            batches, batch = [], []
            for example in drawn:
                if batch and len(example[0]) * (len(batch) + 1) > most:
                    batches.append(batch)
                    batch = []
                batch.append(example)
            batches.append(batch)
            draw.shuffle(batches)
            return Epoch(batches)

        return epoch


class Epoch:
    """Batches whose features are made when they are asked for."""

    def __init__(self, batches):
        self.parts = batches

    def __len__(self):
        return len(self.parts)

    def __iter__(self):
        for batch in self.parts:
            yield padded([example(*parts) for parts in batch])


def example(part, with_past, with_dynamics):
    """Columns, reals, classes and what of them is known."""
    dynamics = loudness_class(part.played[:, 0].mean()) if with_dynamics else 0
    return *features(part, with_past, dynamics), classes(part.played), part.known


def padded(batch):
    longest = max(len(columns) for columns, *_ in batch)
    columns = np.zeros((len(batch), longest, len(COLUMNS)), np.int64)
    reals = np.zeros((len(batch), longest, REALS), np.float32)
    wanted = np.zeros((len(batch), longest, 4), np.int64)
    mask = np.zeros((len(batch), longest, 4), np.float32)
    for i, (c, r, y, k) in enumerate(batch):
        n = len(c)
        columns[i, :n], reals[i, :n], wanted[i, :n], mask[i, :n] = c, r, y, k
    return tuple(torch.from_numpy(a) for a in (columns, reals, wanted, mask))


def loss(model, batch):
    """Nats of a batch, and its notes."""
    columns, reals, wanted, mask = batch
    return (model.nats(columns, reals, wanted) * mask).sum(), mask[..., 0].sum()


@torch.no_grad()
def parts(model, readings, with_past=False, rows=8):
    """Nats of velocity, offset, tempo and length, by note of which they are known."""
    cut = [r.part(i, min(len(r.positions), i + 400)) for r in readings for i in range(0, len(r.positions), 400)]
    cut = sorted((c for c in cut if len(c) > 8), key=len)
    nats, counts = torch.zeros(4), torch.zeros(4)
    for begin in range(0, len(cut), rows):
        batch = padded([example(c, with_past, False) for c in cut[begin : begin + rows]])
        columns, reals, wanted, mask = batch
        nats += (model.nats(columns, reals, wanted) * mask).sum((0, 1))
        counts += mask.sum((0, 1))
    return (nats / counts).tolist()


def main():
    args = options(
        __doc__, out="runs/expression", minutes=8.0, hidden=160, dropout=0.25, rate=2e-3,
        batch_events=3000,
    ).parse_args()
    readings = load(args.data)
    train = [r for r in readings if r.split == "train"]
    valid = [r for r in readings if r.split == "valid"]
    print(f"{len(train)} performances to train on, {len(valid)} to validate")
    Trainer(
        args, lambda dropout: ExpressionModel(args.hidden, dropout=dropout), loss,
        lambda model: sum(parts(model, valid)),
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
