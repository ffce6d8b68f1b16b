"""Scores a trained expression model on held-out recordings: errors of what is added to the score.

    python evaluate_expression.py --data performances.jsonl.gz --weights runs/expression/best.pt

The model is given the estimated score and plays the median of what it expects, not told how the
past was played. Beside it: flat (the median of the training set: as written, evenly loud) and a
linear model of the same inputs.
"""

import argparse
import json

import numpy as np
import torch

from evaluate_groove import median
from exporting import restored
from expression_data import KINDS, LENGTH_LEAST, LENGTH_STEP, OFFSET_STEP, OFFSETS, TEMPI
from expression_data import TEMPO_STEP, VELOCITIES, load
from expression_features import COLUMNS, WINDOW, features
from expression_model import ExpressionModel
from train_expression import parts

SCALES = (
    (1 / VELOCITIES, 0.0), (OFFSET_STEP, -OFFSETS / 2 * OFFSET_STEP),
    (TEMPO_STEP, -TEMPI / 2 * TEMPO_STEP), (LENGTH_STEP, LENGTH_LEAST),
)


@torch.no_grad()
def predicted(model, table):
    """The medians of what is played (notes x 4)."""
    columns, reals = (torch.from_numpy(part).unsqueeze(0) for part in table)
    logs = model(columns.long(), reals)
    found = [median(log[0].numpy(), width, least) for log, (width, least) in zip(logs, SCALES)]
    return np.stack(found, -1)


def design(table):
    """The same inputs for a linear model: every column as zeros and ones, and the window."""
    columns, reals = table
    tables = [np.eye(size, dtype=np.float32)[columns[:, i]] for i, (_, size) in enumerate(COLUMNS)]
    return np.concatenate([*tables, reals[:, :WINDOW]], -1)


def linear(readings):
    """Weights (inputs x 4) by least squares with a small ridge."""
    width = design(features(readings[0].part(0, 4), False)).shape[1]
    squares, products = np.zeros((4, width, width)), np.zeros((4, width))
    for reading in readings:
        x = design(features(reading, False)).astype(np.float64)
        for k in range(4):
            known = reading.known[:, k] > 0
            squares[k] += x[known].T @ x[known]
            products[k] += x[known].T @ reading.played[known, k]
    ridge = 10.0 * np.eye(width)
    return np.stack([np.linalg.solve(squares[k] + ridge, products[k]) for k in range(4)], -1)


def errors(readings, predict):
    """Mean absolute errors of velocity, offset (s), tempo (log) and length (octaves)."""
    off = [[] for _ in KINDS]
    for reading in readings:
        found = predict(reading)
        for k in range(4):
            known = reading.known[:, k] > 0
            off[k].append(np.abs(found - reading.played)[known, k])
    return [float(np.concatenate(o).mean()) for o in off]


def report(model, readings, split):
    """All figures of a split, by name."""
    train = [r for r in readings if r.split == "train"]
    test = [r for r in readings if r.split == split]
    middle = [
        np.median(np.concatenate([r.played[r.known[:, k] > 0, k] for r in train])) for k in range(4)
    ]
    # Flat in everything that is written; only how loud and how detached is that of the data.
    flat = np.array([middle[0], 0.0, 0.0, middle[3]])
    weights = linear([r for r in train if len(r) < 6000])
    figures = {"performances": len(test), "notes": sum(len(r) for r in test)}
    for suffix, predict in (
        ("", lambda r: predicted(model, features(r, False))),
        ("_linear", lambda r: design(features(r, False)) @ weights),
        ("_flat", lambda r: np.tile(flat, (len(r), 1))),
    ):
        for kind, error in zip(KINDS, errors(test, predict)):
            figures[f"{kind}_error{suffix}"] = error
    figures["nats_per_note"] = sum(parts(model, test))
    figures["nats_per_note_told_the_past"] = sum(parts(model, test, True))
    return {name: round(value, 4) for name, value in figures.items()}


def make(settings):
    return ExpressionModel(settings["hidden"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, _ = restored(args.weights, make)
    for split in ("valid", "test"):
        print(split, json.dumps(report(model, load(args.data), split), indent=2))


if __name__ == "__main__":
    main()
