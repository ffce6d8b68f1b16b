"""Statistics of performances: time, loudness, intervals, keys, repetition, copying."""

import os

import numpy as np

import performance_data
import performance_statistics
from musical.copying import copying, told_copies
from musical.counting import LAGS, entropy
from musical.drawing import compare, finish, lines, pairs, panels

SECONDS = 32.0  # of a sample
SPAN = 64  # notes over which pitch classes are counted
RUNS = tuple(2 * lag for lag in LAGS)  # notes of a run that may come again; there are no bars


def excerpts(records, seconds=SECONDS):
    """Stretches of recordings as long as samples are, times from their own start."""
    result = []
    for record in records:
        notes = np.array(record["notes"]) / (1, 1, 1, 127)
        for begin in np.arange(0, notes[-1, 0] - seconds, seconds):
            part = notes[(notes[:, 0] >= begin) & (notes[:, 0] < begin + seconds)]
            if len(part) > SPAN:
                result.append(part - (begin, 0, 0, 0))
    return result


def heard_before(pieces, run):
    """The share of notes that end a run of so many keys which was heard before in the piece."""
    again = every = 0
    for piece in pieces:
        keys, seen = tuple(piece[:, 2].astype(int).tolist()), set()
        for end in range(run, len(keys) + 1):
            word = keys[end - run : end]
            again, every = again + (word in seen), every + 1
            seen.add(word)
    return again / every


def spans(pieces):
    for piece in pieces:
        for begin in range(0, len(piece) - SPAN + 1, SPAN):
            yield piece[begin : begin + SPAN, 2].astype(int) % 12


def words_of(pieces):
    """Steps from key to key: keys in any transposition."""
    return [np.diff(np.asarray(p)[:, 2].astype(int)).tolist() for p in pieces]


def performances(args, data):
    path = os.path.join(data, "performances.jsonl.gz")
    records = performance_data.records_of(path)
    split = performance_data.split_of(records)
    samples = [np.array(s["notes"]) for s in lines(os.path.join(args.samples, "performance.jsonl"))]
    samples = [s for s in samples if len(s) > SPAN]
    real = excerpts(records)
    figure, axes = panels()
    ours, theirs = np.concatenate(samples), np.concatenate(real)
    keys = [[entropy(pcs, 12) for pcs in spans(some)] for some in (samples, real)]
    compare(axes[0, 0], *keys, np.linspace(1.5, 3.6, 27), f"pitch classes of {SPAN} notes, entropy in bits")
    log = lambda values: np.log10(np.maximum(values, 1e-2))  # noqa: E731
    compare(axes[0, 1], log(ours[:, 1]), log(theirs[:, 1]), np.linspace(-2, 1, 31), "length of notes, log10 of seconds")
    gaps = [np.concatenate([np.diff(p[:, 0]) for p in some]) for some in (samples, real)]
    compare(axes[0, 2], *map(log, gaps), np.linspace(-2, 0.7, 28), "time to the next note, log10 of seconds")
    steps = [np.concatenate([np.diff(p[:, 2]) for p in some]) for some in (samples, real)]
    compare(axes[1, 0], *steps, np.arange(-24.5, 25), "from key to key, semitones")
    again = [[heard_before(some, run) for run in RUNS] for some in (samples, real)]
    pairs(axes[1, 1], RUNS, *again, "runs of n keys that were heard before")
    of = lambda kinds: [r for r in records if split(r["id"]) in kinds]  # noqa: E731
    train = [np.array(r["notes"]) for r in of(("train",))]
    copied = copying(words_of(samples), words_of(excerpts(of(("valid", "test")))), words_of(train))
    compare(axes[1, 2], *copied, np.arange(0, 60, 3), "longest run of keys shared with training", "held out")
    finish(figure, args.out, "performance")
    print(f"performances: samples (data), {len(samples)} and {len(real)}")
    told = [performance_statistics.statistics(some) for some in (samples, real)]
    print("\n".join(f"  {name}: {told[0][name]} ({told[1][name]})" for name in told[0]))
    print(f"  entropy, bits: {np.mean(keys[0]):.2f} ({np.mean(keys[1]):.2f})")
    for run, a, b in zip(RUNS, *again):
        print(f"  runs of {run} keys heard before: {a:.1%} ({b:.1%})")
    told_copies(copied)
