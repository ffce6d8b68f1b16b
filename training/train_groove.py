"""Trains the groove model; run it again to go on from the last checkpoint.

    python train_groove.py --data drums.jsonl.gz --out runs/groove --minutes 10
"""

import numpy as np
import torch

from drums_data import DRUMS, bits, load
from groove_features import COLUMNS, REALS, features, offset_class, velocity_class
from groove_model import GrooveModel, Step
from trainer import Trainer, batched, options

LONGEST = 192  # steps of a take that are trained on at a time


class Examples:
    """Takes in parts; the past performance is told in half of them, style and tempo in most."""

    def __init__(self, takes):
        self.takes = takes

    def drawn(self, draw):
        for take in self.takes:
            table = features(
                take, draw.random() < 0.5, draw.random() < 0.7, draw.random() < 0.7
            )
            begin = -draw.randrange(0, 12) * take.bar if len(take) > LONGEST else 0
            while begin < len(take):
                rows = slice(max(0, begin), begin + LONGEST)
                if begin + LONGEST > 0:
                    yield take.part(rows.start, rows.stop), tuple(part[rows] for part in table)
                begin += LONGEST

    def batches(self, most):
        def epoch(draw):
            return batched(self.drawn(draw), most, draw, length=lambda e: len(e[0]))

        return epoch


def padded(batch):
    longest = max(len(take) for take, _ in batch)
    columns = np.zeros((len(batch), longest, len(COLUMNS)), np.int64)
    reals = np.zeros((len(batch), longest, REALS), np.float32)
    velocities, offsets = (np.zeros((len(batch), longest, DRUMS), np.int64) for _ in range(2))
    mask = np.zeros((len(batch), longest, DRUMS), np.float32)
    for i, (take, (c, r)) in enumerate(batch):
        n = len(take)
        columns[i, :n], reals[i, :n], mask[i, :n] = c, r, bits(take.steps)
        velocities[i, :n] = velocity_class(take.velocity)
        offsets[i, :n] = offset_class(take.offset)
    return tuple(torch.from_numpy(a) for a in (columns, reals, velocities, offsets, mask))


def loss(model, batch):
    columns, reals, velocities, offsets, mask = padded(batch)
    velocity, offset = model.nats(columns, reals, velocities, offsets)
    return ((velocity + offset) * mask).sum(), mask.sum()


@torch.no_grad()
def score(model, takes, rows=16, **conditions):
    """Nats per hit, velocity and offset together; the past performance is not told."""
    order = sorted(takes, key=len)
    nats = hits = 0.0
    conditions = {"with_past": False} | conditions
    for begin in range(0, len(order), rows):
        batch = [(take, features(take, **conditions)) for take in order[begin : begin + rows]]
        n, h = loss(model, batch)
        nats, hits = nats + float(n), hits + float(h)
    return nats / hits


def main():
    args = options(
        __doc__, out="runs/groove", minutes=10.0, hidden=160, dropout=0.3, rate=2e-3,
        batch_events=3000,
    ).parse_args()
    takes = load(args.data)
    train = [t for t in takes if t.split == "train"]
    valid = [t for t in takes if t.split == "valid"]
    print(f"{len(train)} takes to train on, {len(valid)} to validate")
    Trainer(
        args, lambda dropout: GrooveModel(args.hidden, dropout=dropout), loss,
        lambda model: score(model, valid), Step,
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
