"""Scores a trained autoencoder on held-out windows.

    python evaluate_vae.py --kind melody-vae --data melodies.jsonl.gz --weights runs/melody-vae/best.pt

Reconstruction: the likeliest symbols from the mean point, written without looking at the truth,
against the truth. Interpolation, as in the MusicVAE paper: how far (share of sixteenths that
differ) the windows on the way between two unrelated ones are from its beginning, and how long the
longest of ten strides is; beside them the crossfade in data space, which takes each sixteenth from
one or the other by chance. Evenness of a way is its longest stride in units of an even one. Of a way of
nine points: how many of them are distinct, and the share of what differs between its ends (hits of a
drum; a melody's sixteenths) that changes once and for all. A 5-gram of the training windows tells how much the windows half-way are like music.
"""

import argparse
import json
import math

import numpy as np
import torch

from exporting import restored
from latent_data import BEYOND, FIRST, KINDS, MELODY, load
from latent_decode import decode, eased, encode, slerp
from latent_model import Vae
from ngram_baseline import ORDER, Interpolated
from train_vae import Loss, by_bar

STRIDES, POINTS = 10, 9


def make_of(settings):
    return Vae(KINDS[settings["kind"]], settings["hidden"])


def onsets(kind, symbols):
    """What begins, as a set of (window, step, what)."""
    if kind is MELODY:
        rows, steps = np.nonzero((symbols >= FIRST) & (symbols < BEYOND))
        return set(zip(rows.tolist(), steps.tolist(), symbols[rows, steps].tolist()))
    struck = symbols[..., None] >> np.arange(9) & 1
    return set(zip(*(axis.tolist() for axis in np.nonzero(struck))))


def reconstruction(model, windows):
    """Shares of sixteenths, of onsets (F1) and of whole windows that come back."""
    same = steps = whole = count = hit = true = found = 0
    for rows in by_bar(windows, np.arange(len(windows)), 512):
        bar = int(windows.bars[rows[0]])
        truth = windows.symbols[rows][:, : 2 * bar]
        again = decode(model, encode(model, windows.symbols[rows], windows.bars[rows]), bar)
        equal = again == truth
        same, steps = same + equal.sum(), steps + equal.size
        whole, count = whole + equal.all(1).sum(), count + len(rows)
        was, now = onsets(model.kind, truth), onsets(model.kind, again)
        hit, true, found = hit + len(was & now), true + len(was), found + len(now)
    return {
        "sixteenths_right": same / steps, "onsets_f1": 2 * hit / (true + found),
        "windows_exact": whole / count,
    }


class Grammar:
    """A 5-gram of symbols."""

    def __init__(self, kind, windows, most=40000):
        self.grams, self.start = Interpolated(kind.symbols), BEYOND if kind is MELODY else 0
        for i in np.random.default_rng(1).permutation(len(windows))[:most]:
            for contexts, symbol in self.walk(windows.symbols[i][: 2 * windows.bars[i]].tolist()):
                self.grams.count(contexts, symbol)

    def walk(self, symbols):
        past = (self.start,) * ORDER
        for symbol in symbols:
            yield [past[ORDER - n :] for n in range(ORDER + 1)], symbol
            past = (*past[1:], symbol)

    def nats(self, rows):
        """Mean nats per symbol of windows."""
        costs = [-math.log(self.grams.probability(c, s)) for row in rows for c, s in self.walk(row.tolist())]
        return sum(costs) / len(costs)


def interpolation(model, windows, grammar, pairs=400):
    """Ways between windows of unrelated tunes, in the latent space and in data space."""
    bar = 16
    rows = np.flatnonzero(windows.bars == bar)
    draw = np.random.default_rng(0)
    one, two = draw.choice(rows, pairs), draw.choice(rows, pairs)
    ends = [encode(model, windows.symbols[r], windows.bars[r]) for r in (one, two)]
    written = [windows.symbols[r][:, : 2 * bar] for r in (one, two)]
    parts = np.arange(STRIDES + 1) / STRIDES
    ways = np.stack([decode(model, slerp(*ends, eased(model.kind, float(p))), bar) for p in parts])
    again = [ways[0], ways[-1]]
    chance = draw.random(written[0].shape)
    fades = np.stack([np.where(chance < p, again[1], again[0]) for p in parts])
    figures = {}
    for name, way in (("latent", ways), ("crossfade", fades)):
        far = (way != way[:1]).mean(-1)  # strides x pairs
        strides = (way[1:] != way[:-1]).mean(-1)
        figures[f"{name}_distance"] = [round(float(v), 3) for v in far.mean(1)]
        figures[f"{name}_longest_stride"] = float((strides.max(0) / np.maximum(strides.mean(0), 1e-9)).mean())
        figures[f"{name}_path_over_straight"] = float(strides.sum(0).mean() / far[-1].mean())
        figures[f"{name}_half_way_5_gram"] = grammar.nats(way[STRIDES // 2])
    figures["ends_5_gram"] = grammar.nats(np.concatenate(again))
    shares = [eased(model.kind, i / (POINTS - 1)) for i in range(POINTS)]
    nine = np.stack([decode(model, slerp(*ends, share), bar) for share in shares])
    return figures | steadiness(model.kind, nine)


def steadiness(kind, way):
    """How many points of a way are distinct, and how much of what must change does so once."""
    distinct = [len({point.tobytes() for point in way[:, pair]}) for pair in range(way.shape[1])]
    cells = way if kind is MELODY else way[..., None] >> np.arange(9) & 1
    turns = (cells[1:] != cells[:-1]).sum(0)[cells[0] != cells[-1]]
    return {"latent_distinct_of_nine": np.mean(distinct), "latent_turn_once": np.mean(turns == 1)}


def report(model, windows, split):
    part = windows[split]
    loss = Loss(model.kind, 0.0, 0.0, 0.0)
    draw, nats, cost, steps = torch.Generator().manual_seed(0), 0.0, 0.0, 0
    with torch.no_grad():
        for rows in by_bar(part, np.arange(len(part)), 512):
            n, d = loss.parts(model, part.symbols[rows], part.bars[rows], draw)
            nats, cost, steps = nats + float(n.sum()), cost + float(d.sum()), steps + 2 * int(part.bars[rows].sum())
    figures = {
        "windows": len(part), "nats_given_point": nats / steps, "divergence": cost / len(part),
        **reconstruction(model, part),
        **interpolation(model, part, Grammar(model.kind, windows["train"])),
    }
    return {k: round(float(v), 4) if not isinstance(v, list) else v for k, v in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, default=MELODY.name)
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, _ = restored(args.weights, make_of)
    windows = load(KINDS[args.kind], args.data)
    for split in ("valid", "test"):
        print(split, json.dumps(report(model, windows, split), indent=2), flush=True)


if __name__ == "__main__":
    main()
