"""Scores a trained groove model on held-out takes: error of velocity and timing of every hit.

    python evaluate_groove.py --data drums.jsonl.gz --weights runs/groove/best.pt

The model is given the hits, meter, tempo and style, and plays the median of what it expects.
Beside it: quantised and flat (the training median velocity, on time), and a linear model of
the same inputs.
"""

import argparse
import json

import numpy as np
import torch

from drums_data import DRUMS, bits, load
from exporting import restored
from groove_features import COLUMNS, OFFSETS, OFFSET_STEP, VELOCITIES, WINDOW, features
from groove_model import GrooveModel
from train_groove import padded, score

UNTOLD = {"with_past": False}


def median(logs, width, least):
    """The median of distributions over classes (the last axis), linear within a class."""
    p = np.exp(logs)
    below = np.cumsum(p, -1)
    k = (below < 0.5).sum(-1, keepdims=True).clip(max=p.shape[-1] - 1)
    inside = np.take_along_axis(p, k, -1)
    part = (0.5 - (np.take_along_axis(below, k, -1) - inside)) / inside
    return (least + (k + part) * width)[..., 0]


@torch.no_grad()
def predicted(model, take):
    """Velocity and offset of every class at every step of a take."""
    columns, reals, *_ = padded([(take, features(take, **UNTOLD))])
    velocity, offset = (head[0].numpy() for head in model(columns, reals))
    return (
        median(velocity, 1 / VELOCITIES, 0.0),
        median(offset, OFFSET_STEP, -OFFSETS / 2 * OFFSET_STEP),
    )


def design(take):
    """The same inputs for a linear model: every column as zeros and ones, and the window."""
    columns, reals = features(take, **UNTOLD)
    tables = [np.eye(size, dtype=np.float32)[columns[:, i]] for i, (_, size) in enumerate(COLUMNS)]
    return np.concatenate([*tables, reals[:, :WINDOW]], -1)


def linear(takes):
    """Weights of velocity and offset for each class, by least squares with a small ridge."""
    width = design(takes[0]).shape[1]
    squares, products = np.zeros((DRUMS, width, width)), np.zeros((DRUMS, width, 2))
    for take in takes:
        x, struck = design(take), bits(take.steps) > 0
        y = np.stack([take.velocity, take.offset], -1)
        for drum in range(DRUMS):
            rows = x[struck[:, drum]].astype(np.float64)
            squares[drum] += rows.T @ rows
            products[drum] += rows.T @ y[struck[:, drum], drum]
    ridge = 10.0 * np.eye(width)
    return [np.linalg.solve(squares[d] + ridge, products[d]) for d in range(DRUMS)]


def errors(takes, predict):
    """Mean absolute errors of velocity (0..1) and offset (beats), over all hits."""
    off = [[], []]
    for take in takes:
        struck = bits(take.steps) > 0
        for kind, (found, true) in enumerate(zip(predict(take), (take.velocity, take.offset))):
            off[kind].append(np.abs(found - true)[struck])
    return [float(np.concatenate(o).mean()) for o in off]


def report(model, takes, split):
    """All figures of a split, by name."""
    train = [t for t in takes if t.split == "train"]
    test = [t for t in takes if t.split == split]
    loud = np.concatenate([t.velocity[bits(t.steps) > 0] for t in train])
    weights = linear(train)

    def flat(take):
        return np.full_like(take.velocity, np.median(loud)), np.zeros_like(take.offset)

    def by_line(take):
        y = np.stack([design(take) @ w for w in weights], 1)
        return np.clip(y[..., 0], 0, 1), y[..., 1]

    figures = {"takes": len(test), "hits": int(sum(bits(t.steps).sum() for t in test))}
    for name, predict in (
        ("", lambda take: predicted(model, take)), ("_linear", by_line), ("_flat", flat),
    ):
        figures["velocity_error" + name], figures["offset_error" + name] = errors(test, predict)
    figures["nats_per_hit"] = score(model, test)
    figures["nats_per_hit_told_the_past"] = score(model, test, with_past=True)
    return {name: round(value, 4) for name, value in figures.items()}


def make(settings):
    return GrooveModel(settings["hidden"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    args = parser.parse_args()
    model, _ = restored(args.weights, make)
    takes = load(args.data)
    for split in ("valid", "test"):
        print(split, json.dumps(report(model, takes, split), indent=2))


if __name__ == "__main__":
    main()
