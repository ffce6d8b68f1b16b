"""Scores a trained chorale model on the grids of the published split.

    python evaluate_chorale.py --data chorales.jsonl.gz --weights runs/chorale/best.pt

Framewise: nats of a step of the grid, its four voices together, as the papers count them; what
is held counts as sung again. `chronological` is exact: step by step, the voices of a step in
random order, the past 56 steps seen; every third quarter, fifth eighth and seventh sixteenth is
asked, unless --every says otherwise. `random` is the mean over random orders of all cells of a
window of 64 steps, estimated from random moments of such orders. Neither key, meter nor phrase
ends are told. Per token: nats of a cell (a fourth of a step). The 5-gram reads cells in the same
order as the chronological figure, soprano first, in six kinds of context; see `contexts`.
"""

import argparse
import json
import random

import numpy as np
import torch

from chorale_data import MASKED, OUTSIDE, TOKENS, VOICES, by_split, coarser, load, shifts, transposed
from chorale_features import WINDOW, features
from chorale_model import ChoraleModel
from exporting import restored
from ngram_baseline import Interpolated

PAST = 56
RESOLUTIONS = (("quarter", 2, 3), ("eighth", 1, 5), ("sixteenth", 0, 7))


def windows_of(piece, resolution, draw, every=1):
    """For cells in order of time: the window that ends after the cell, and where the cell is."""
    tokens, length = piece.tokens, len(piece)
    for step in range(0, length, every):
        begin = max(0, step - PAST + 1) // 4 * 4
        seen = np.full((WINDOW, VOICES), OUTSIDE, np.int64)
        part = tokens[begin : begin + WINDOW]
        seen[: len(part)] = part
        later = np.zeros((WINDOW, VOICES), bool)
        later[step - begin :] = True
        order = list(range(VOICES))
        draw.shuffle(order)
        for voice in order:
            hidden = np.where(later & (seen != OUTSIDE), MASKED, seen)
            yield hidden, step - begin, voice, int(tokens[step, voice])
            later[step - begin, voice] = False


def batch_of(rows, resolution):
    tokens = np.stack(rows)
    n = len(rows)
    place = np.tile(np.arange(WINDOW) % 4, (n, 1)) * (resolution == 0)
    zero = np.zeros(n, np.int64)
    blank = np.zeros((n, WINDOW), np.int64)
    columns = features(tokens, np.zeros_like(tokens), place, zero, zero + resolution, zero, blank, blank)
    return torch.from_numpy(columns), torch.zeros(n, WINDOW, 12)


@torch.no_grad()
def chronological(model, pieces, resolution, every=1, seed=2):
    """Nats of a step, in order of time; only every so many-th step is asked."""
    draw = random.Random(seed)
    nats, steps, pending = 0.0, 0, []

    def flush():
        nonlocal nats
        if pending:
            tokens, _ = model(*batch_of([p[0] for p in pending], resolution))
            for log, (_, step, voice, token) in zip(tokens.numpy(), pending):
                nats -= float(log[step, voice, token])
            pending.clear()

    for piece in pieces:
        grid = coarser(piece, 1 << resolution) if resolution else piece
        steps += len(range(0, len(grid), every))
        for asked in windows_of(grid, resolution, draw, every):
            pending.append(asked)
            if len(pending) == 32:
                flush()
    flush()
    return nats / steps


@torch.no_grad()
def orderless(model, pieces, resolution, times=6, seed=2):
    """Nats of a step in random order, from random moments of random orders."""
    generator = np.random.default_rng(seed)
    nats, windows = 0.0, 0.0
    for piece in pieces:
        grid = coarser(piece, 1 << resolution) if resolution else piece
        rows, masks = [], []
        for begin in range(0, len(grid), WINDOW):
            part = grid.tokens[begin : begin + WINDOW]
            if len(part) < WINDOW // 4:
                continue
            for _ in range(times):
                cells = part.size
                mask = np.zeros(cells, bool)
                mask[generator.permutation(cells)[: generator.integers(1, cells + 1)]] = True
                mask = mask.reshape(part.shape)
                seen = np.full((WINDOW, VOICES), OUTSIDE, np.int64)
                seen[: len(part)] = np.where(mask, MASKED, part)
                rows.append(seen)
                masks.append((mask, part))
        if not rows:
            continue
        tokens, _ = model(*batch_of(rows, resolution))
        for log, (mask, part) in zip(tokens.numpy(), masks):
            steps, voices = np.nonzero(mask)
            cost = -log[steps, voices, part[steps, voices]].mean()
            nats, windows = nats + VOICES * float(cost) * len(part), windows + len(part)
    return nats / windows


def contexts(tokens, step, voice):
    """What the 5-gram knows of a cell, the least first: its voice, then ever more of the past."""
    def at(t, v):
        return int(tokens[t, v]) if t >= 0 else -1

    above = tuple(at(step, v) for v in range(voice))
    past = tuple(at(step - n, voice) for n in range(1, 5))
    chord = tuple(at(step - 1, v) for v in range(VOICES))
    return [
        (voice,), (voice, past[0]), (voice, past[0], above[-1:]), (voice, past[0], above),
        (voice, past, above), (voice, past, above, chord, step % 4),
    ]


def ngram(train, test, factor):
    """Nats of a step of an interpolated 5-gram, trained in every key that fits the voices."""
    counts = Interpolated(TOKENS)
    for piece in train:
        low, high = shifts(piece)
        for by in range(max(low, -5), min(high, 6) + 1):
            tokens = coarser(transposed(piece, by), factor).tokens
            for step in range(len(tokens)):
                for voice in range(VOICES):
                    counts.count(contexts(tokens, step, voice), int(tokens[step, voice]))
    nats, steps = 0.0, 0
    for piece in test:
        tokens = coarser(piece, factor).tokens
        steps += len(tokens)
        for step in range(len(tokens)):
            for voice in range(VOICES):
                p = counts.probability(contexts(tokens, step, voice), int(tokens[step, voice]))
                nats -= np.log(p)
    return float(nats / steps)


def report(model, pieces, split, every=None):
    """All figures of a split, by name."""
    test = by_split(pieces, split)
    figures = {"chorales": len(test)}
    for name, resolution, usual in RESOLUTIONS:
        figures[f"{name}_chronological"] = chronological(model, test, resolution, every or usual)
        figures[f"{name}_random"] = orderless(model, test, resolution)
    for name in ("chronological", "random"):
        figures[f"token_{name}"] = figures[f"sixteenth_{name}"] / VOICES
    return {name: round(value, 4) for name, value in figures.items()}


def make(settings):
    return ChoraleModel(settings["hidden"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights")
    parser.add_argument("--split", default="test")
    parser.add_argument("--every", type=int, help="ask every so many-th step")
    parser.add_argument("--ngram", action="store_true", help="the 5-gram instead (some minutes)")
    args = parser.parse_args()
    pieces = load(args.data)
    if args.ngram:
        train, test = by_split(pieces, "train"), by_split(pieces, args.split)
        for name, resolution, _ in RESOLUTIONS:
            nats = ngram(train, test, 1 << resolution)
            print(f"5-gram, {name}: {nats:.4f} nats a step", flush=True)
        return
    torch.set_num_threads(1)
    model, _ = restored(args.weights, make)
    print(json.dumps(report(model, pieces, args.split, args.every), indent=2))


if __name__ == "__main__":
    main()
