"""Trains the performance model; run it again to go on from the last checkpoint.

    python train_performance.py --data performances.jsonl.gz --out runs/performance --minutes 16
"""

import numpy as np

import note_batches
from note_batches import PARTS, Epoch, by_split, loss
from performance_data import PITCHES, load
from performance_features import features, targets
from performance_model import PerformanceModel, Step
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
            return Epoch([drawn[i : i + rows] for i in range(0, len(drawn), rows)], row)

        return epoch


def row(part, told):
    """Columns, reals and classes of an excerpt; when the next note comes is unknown of the last."""
    columns, reals = features(part, told)
    counts = np.ones((len(columns), PARTS), np.float32)
    counts[-1, 3] = 0.0
    return columns, reals, targets(part), counts


def parts(model, performances, told=(False,) * 4, excerpt=1024, rows=8):
    """Nats of key, velocity, duration and shift by note, over long excerpts from their start."""
    batches = note_batches.cut(performances, len, excerpt, rows)
    return note_batches.parts(model, Epoch([[(part, told) for part in some] for some in batches], row))


def main():
    args = options(
        __doc__, out="runs/performance", minutes=16.0, hidden=256, dropout=0.2, rate=2.5e-3,
        batch_events=1536,
    ).parse_args()
    train, valid = by_split(load(args.data))
    Trainer(
        args, lambda dropout: PerformanceModel(args.hidden, dropout=dropout), loss,
        lambda model: sum(parts(model, valid)), Step,
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
