"""Statistics of drum rhythms and of how they are played."""

import os

import numpy as np

import drums_data
from musical.copying import copying, told_copies
from musical.counting import LAGS, lag_shares
from musical.drawing import compare, finish, lines, pairs, panels


def drums(args, data):
    takes = drums_data.load(os.path.join(args.data, "drums.jsonl.gz"))
    beats = [t for t in takes if t.kind[0] == drums_data.BEAT and t.meter == 1 and len(t) >= 128]
    samples = lines(os.path.join(args.samples, "drums.jsonl"))
    figure, axes = panels()
    bars = sum(s["length"] / 16 for s in samples)
    hits = [h for s in samples for h in s["hits"]]
    ours = [sum(h[1] == d for h in hits) / bars for d in range(9)]
    struck = [drums_data.bits(t.steps) for t in beats]
    theirs = sum(s[:128].sum(0) for s in struck) / (8 * len(beats))
    pairs(axes[0, 0], [n.replace(" ", "\n") for n in drums_data.CLASSES], ours, theirs, "hits in a bar")
    loud = np.concatenate([t.velocity[s > 0] for t, s in zip(beats, struck)])
    late = np.concatenate([t.offset[s > 0] for t, s in zip(beats, struck)])
    compare(axes[0, 1], [h[2] for h in hits], loud, np.linspace(0, 1, 26), "velocity")
    compare(axes[0, 2], [h[3] for h in hits], late, np.linspace(-0.125, 0.125, 26), "early or late, beats")
    rows = [steps_of(s) for s in samples]
    split = lambda row: [tuple(row[i : i + 16]) for i in range(0, len(row), 16)]  # noqa: E731
    real = [t.steps[:128].tolist() for t in beats]
    shares = [lag_shares(r, split)[:3] for r in (rows, real)]
    pairs(axes[1, 0], LAGS[:3], *shares, "bars equal to the one n before")
    spread = lambda struck: np.bincount(np.flatnonzero(struck.sum(1)) % 16, minlength=16)  # noqa: E731
    places = [sum(spread(drums_data.bits(np.array(r))) / (len(r) / 16) for r in some) / len(some) for some in (rows, real)]
    pairs(axes[1, 1], range(1, 17), *places, "share of bars with something at each sixteenth")
    train = [t.steps.tolist() for t in takes if t.split == "train"]
    held = [t.steps[:128].tolist() for t in beats if t.split != "train"]
    copied = copying(rows, held, train)
    compare(axes[1, 2], *copied, np.arange(0, 130, 6), "longest run shared with training, sixteenths", "held out")
    finish(figure, args.out, "drums")
    print("drums, hits in a bar: " + ", ".join(f"{n} {a:.2f} ({b:.2f})" for n, a, b in zip(drums_data.CLASSES, ours, theirs)))
    print("  bars as 1, 2, 4 before: " + ", ".join(f"{a:.0%} ({b:.0%})" for a, b in zip(*shares)))
    for name, a, b in (("velocity", [h[2] for h in hits], loud), ("offset", [h[3] for h in hits], late)):
        marks = [" ".join(f"{v:.3f}" for v in np.percentile(x, (10, 50, 90))) for x in (a, b)]
        print(f"  {name}, 10 50 90 %: {marks[0]} ({marks[1]})")
    told_copies(copied)


def steps_of(sample):
    row = [0] * sample["length"]
    for step, drum, *_ in sample["hits"]:
        row[step] |= 1 << drum
    return row


def groove(args, data):
    """When hits come: early or late by class, and where within a beat, so that swing shows."""
    takes = drums_data.load(os.path.join(args.data, "drums.jsonl.gz"))
    beats = [t for t in takes if t.kind[0] == drums_data.BEAT and t.meter == 1]
    figure, axes = panels()
    every = lines(os.path.join(args.samples, "drums.jsonl"))
    for drum, axis in zip((0, 1, 2), axes[0]):
        edges = np.linspace(-0.125, 0.125, 26)
        compare(axis, hits_of(every, drum)[1], played(beats, drum)[1], edges, f"{drums_data.CLASSES[drum]}, early or late, beats")
    print("groove, offbeats of hats and ride: where the middle half of them lie within the beat")
    for (style, file), axis in zip(STYLES, axes[1]):
        samples = lines(os.path.join(args.samples, file))
        these = [t for t in beats if t.style == 1 + drums_data.STYLES.index(style)]
        ours, theirs = (place(*hits_of(samples, *CYMBALS)), place(*played(these, *CYMBALS)))
        compare(axis, ours, theirs, np.linspace(-0.125, 0.875, 41), f"{style}: hats and ride within the beat")
        told = [" ".join(f"{v:.3f}" for v in np.percentile(offbeats(x), (25, 50, 75))) for x in (ours, theirs)]
        print(f"  {style}: {told[0]} ({told[1]})")
    finish(figure, args.out, "groove")


CYMBALS = (2, 3, 8)
STYLES = (("rock", "drums-rock.jsonl"), ("funk", "drums-funk.jsonl"), ("jazz", "drums-jazz.jsonl"))


def hits_of(samples, *drums):
    """Sixteenths and offsets of the hits of some classes of samples."""
    hits = np.array([(h[0], h[3]) for s in samples for h in s["hits"] if h[1] in drums])
    return hits[:, 0].astype(int), hits[:, 1]


def played(takes, *drums):
    """The same of takes."""
    found = [(np.nonzero(t.steps >> d & 1)[0], t.offset[:, d]) for t in takes for d in drums]
    return np.concatenate([at for at, _ in found]), np.concatenate([late[at] for at, late in found])


def place(steps, late):
    """Where within a beat (0 to 1, a little before it below 0)."""
    within = steps % 4 / 4 + late
    return np.where(within > 0.875, within - 1, within)


def offbeats(places):
    """What lies between a third and four fifths of a beat: even eighths at 0.5, swung ones later."""
    return places[(places > 0.34) & (places < 0.8)]
