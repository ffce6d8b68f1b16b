"""Trains the expression model; run it again to go on from the last checkpoint.

    python train_expression.py --data performances.jsonl.gz --out runs/expression --minutes 8
"""

import note_batches
from expression_data import classes, load
from expression_features import features, loudness_class
from expression_model import ExpressionModel
from note_batches import Epoch, by_split, loss
from performance_data import PITCHES
from trainer import Trainer, batched, options

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
            return Epoch(batched(self.drawn(draw), most, draw, lambda e: len(e[0])), row)

        return epoch


def row(part, with_past, with_dynamics):
    """Columns, reals, classes and what of them is known."""
    dynamics = loudness_class(part.played[:, 0].mean()) if with_dynamics else 0
    return *features(part, with_past, dynamics), classes(part.played), part.known


def parts(model, readings, with_past=False, rows=8):
    """Nats of velocity, offset, tempo and length, by note of which they are known."""
    batches = note_batches.cut(readings, lambda r: len(r.positions), 400, rows)
    examples = [[(part, with_past, False) for part in some] for some in batches]
    return note_batches.parts(model, Epoch(examples, row))


def main():
    args = options(
        __doc__, out="runs/expression", minutes=8.0, hidden=160, dropout=0.25, rate=2e-3,
        batch_events=3000,
    ).parse_args()
    train, valid = by_split(load(args.data))
    Trainer(
        args, lambda dropout: ExpressionModel(args.hidden, dropout=dropout), loss,
        lambda model: sum(parts(model, valid)),
    ).run(Examples(train).batches(args.batch_events))


if __name__ == "__main__":
    main()
