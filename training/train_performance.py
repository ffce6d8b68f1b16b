"""Trains the performance model; run it again to go on from the last checkpoint.

    python train_performance.py --data performances.jsonl.gz --out runs/performance --minutes 16
"""

import numpy as np
import torch

from performance_data import PITCHES, load
from performance_features import COLUMNS, REALS, features, targets
from performance_model import PerformanceModel
from trainer import Trainer, options

EXCERPT = 192  # notes that are trained on at a time


class Examples:
    """Excerpts in other keys, a little faster or slower, with some of the conditions told."""

    def __init__(self, performances):
        self.performances = performances

    def drawn(self, draw):
        for whole in self.performances:
            begin = -draw.randrange(EXCERPT)
            while begin < len(whole) - EXCERPT // 4:
                rows = max(0, begin), min(len(whole), begin + EXCERPT)
                low, high = whole.pitches.min(), whole.pitches.max()
                by = draw.randint(max(-6, -low), min(6, PITCHES - 1 - high))
                part = whole.part(*rows, by, draw.uniform(0.88, 1.14), draw.randint(-6, 6))
                if len(part) > 8:
                    yield part, tuple(draw.random() < 0.5 for _ in range(4))
                begin += EXCERPT

    def batches(self, most):
        def epoch(draw):
            drawn = list(self.drawn(draw))
            draw.shuffle(drawn)
            rows = max(1, most // EXCERPT)
            return Epoch([drawn[i : i + rows] for i in range(0, len(drawn), rows)])

        return epoch


class Epoch:
    """Batches whose features are made when they are asked for."""

    def __init__(self, batches):
        self.parts = batches

    def __len__(self):
        return len(self.parts)

    def __iter__(self):
        for parts in self.parts:
            yield padded([(*features(part, told), targets(part)) for part, told in parts])


def padded(batch):
    longest = max(len(columns) for columns, _, _ in batch)
    columns = np.zeros((len(batch), longest, len(COLUMNS)), np.int64)
    reals = np.zeros((len(batch), longest, REALS), np.float32)
    wanted = np.zeros((len(batch), longest, 4), np.int64)
    mask = np.zeros((len(batch), longest, 4), np.float32)
    for i, (c, r, y) in enumerate(batch):
        n = len(c)
        columns[i, :n], reals[i, :n], wanted[i, :n], mask[i, :n] = c, r, y, 1.0
        mask[i, n - 1, 3] = 0.0
    return tuple(torch.from_numpy(a) for a in (columns, reals, wanted, mask))


def loss(model, batch):
    """Nats of a batch, and its notes."""
    columns, reals, wanted, mask = batch
    return (model.nats(columns, reals, wanted) * mask).sum(), mask[..., 0].sum()


@torch.no_grad()
def parts(model, performances, told=(False,) * 4, excerpt=1024, rows=8):
    """Nats of key, velocity, duration and shift by note, over long excerpts from their start."""
    cut = [p.part(i, min(len(p), i + excerpt)) for p in performances for i in range(0, len(p), excerpt)]
    cut = sorted((c for c in cut if len(c) > 8), key=len)
    nats, counts = torch.zeros(4), torch.zeros(4)
    for begin in range(0, len(cut), rows):
        batch = padded([(*features(c, told), targets(c)) for c in cut[begin : begin + rows]])
        columns, reals, wanted, mask = batch
        nats += (model.nats(columns, reals, wanted) * mask).sum((0, 1))
        counts += mask.sum((0, 1))
    return (nats / counts).tolist()


def main():
    args = options(
        __doc__, out="runs/performance", minutes=16.0, hidden=256, dropout=0.2, rate=2.5e-3,
        batch_events=1536,
    ).parse_args()
    performances = load(args.data)
    train = [p for p in performances if p.split == "train"]
    valid = [p for p in performances if p.split == "valid"]
    print(f"{len(train)} performances to train on, {len(valid)} to validate")
    Trainer(
        args, lambda dropout: PerformanceModel(args.hidden, dropout=dropout), loss,
        lambda model: sum(parts(model, valid)),
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
