"""Trains the drums model; run it again to go on from the last checkpoint.

    python train_drums.py --data drums.jsonl.gz --out runs/drums --minutes 14
"""

import numpy as np
import torch

from drums_data import BEAT, FILL, load
from drums_features import COLUMNS, REALS, features
from drums_model import DrumsModel, Step
from trainer import Trainer, batched, options

LONGEST = 256  # steps of a take that are trained on at a time


class Examples:
    """Draws training examples: takes, excerpts that end, beats with a fill after them."""

    def __init__(self, takes):
        self.beats = [t for t in takes if t.kind[0] == BEAT]
        self.fills = {}
        for take in takes:
            if take.kind[0] == FILL:
                for key in ((take.drummer, take.style), take.style, None):
                    self.fills.setdefault((key, take.bar), []).append(take)
        self.takes = takes

    def drawn(self, draw):
        """One epoch: every step of every take once, and some beats that a fill ends."""
        for take in self.takes:
            begin = 0
            if len(take) > LONGEST:
                begin = draw.randrange(0, 16) * take.bar
            while begin < len(take):
                yield take.part(begin, begin + LONGEST), draw.random() < 0.5
                begin += LONGEST
        for take in draw.sample(self.beats, len(self.beats) // 3):
            yield self.filled(take, draw), True

    def filled(self, take, draw):
        """Some bars of a beat, then a fill, of the same drummer and style where there is one."""
        bars = draw.choice((1, 3, 3, 7, 7, 15))
        begin = take.bar * draw.randrange(0, max(1, len(take) // take.bar - bars + 1))
        for key in ((take.drummer, take.style), take.style, None):
            fills = self.fills.get((key, take.bar))
            if fills:
                return take.part(begin, begin + bars * take.bar).then(draw.choice(fills))
        return take

    def batches(self, most):
        def epoch(draw):
            examples = [
                (take, features(
                    take, with_left, draw.random() < 0.7, draw.random() < 0.6, draw.random() < 0.6,
                ))
                for take, with_left in self.drawn(draw)
            ]
            return batched(examples, most, draw, length=lambda e: len(e[0]))

        return epoch


def padded(batch):
    longest = max(len(take) for take, _ in batch)
    columns = np.zeros((len(batch), longest, len(COLUMNS)), np.int64)
    reals = np.zeros((len(batch), longest, REALS), np.float32)
    targets = np.zeros((len(batch), longest), np.int64)
    mask = np.zeros((len(batch), longest), np.float32)
    for i, (take, (c, r)) in enumerate(batch):
        n = len(take)
        columns[i, :n], reals[i, :n], targets[i, :n], mask[i, :n] = c, r, take.steps, 1.0
    return tuple(torch.from_numpy(a) for a in (columns, reals, targets, mask))


def loss(model, batch):
    columns, reals, targets, mask = padded(batch)
    return (model.nats(columns, reals, targets) * mask).sum(), mask.sum()


@torch.no_grad()
def nats_of(model, takes, rows=16, **conditions):
    """Nats of every step of every take, in the order of `takes`."""
    order = sorted(range(len(takes)), key=lambda i: len(takes[i]))
    result = [None] * len(takes)
    for begin in range(0, len(order), rows):
        part = order[begin : begin + rows]
        batch = [(takes[i], features(takes[i], **conditions)) for i in part]
        columns, reals, targets, _ = padded(batch)
        for i, nats in zip(part, model.nats(columns, reals, targets).numpy()):
            result[i] = nats[: len(takes[i])]
    return result


UNTOLD = {"with_style": False, "with_kind": False, "with_tempo": False}


def score(model, takes, **conditions):
    """Nats per sixteenth, given meter and position only unless told otherwise."""
    nats = nats_of(model, takes, **(UNTOLD | conditions))
    return float(sum(n.sum() for n in nats)) / sum(len(t) for t in takes)


def main():
    args = options(
        __doc__, out="runs/drums", minutes=14.0, hidden=192, dropout=0.3, rate=3e-3,
        batch_events=3000,
    ).parse_args()
    takes = load(args.data)
    train = [t for t in takes if t.split == "train"]
    valid = [t for t in takes if t.split == "valid"]
    print(f"{len(train)} takes to train on, {len(valid)} to validate")
    Trainer(
        args, lambda dropout: DrumsModel(args.hidden, dropout=dropout), loss,
        lambda model: score(model, valid), Step,
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
