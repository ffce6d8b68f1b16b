"""Statistics of chord progressions."""

import os

import numpy as np

import chords_data
from musical.copying import copying, told_copies
from musical.counting import LAGS, lag_shares
from musical.drawing import compare, finish, lines, pairs, panels


def chords(args, data):
    songs = [s for s in chords_data.load(os.path.join(args.data, "chords.jsonl.gz"))]
    samples = [chord_row(s) for s in lines(os.path.join(args.samples, "chords.jsonl"))]

    def cut(song, bars=16):
        end = bars * song.bar
        row = [(b, min(e, end), t) for b, e, t in song.chords if 0 <= b < end]
        return row if song.meter == "4/4" and song.mode == 1 and song.end >= end and len(row) > 3 else None

    real = [row for row in map(cut, songs) if row]
    figure, axes = panels()
    size = len(chords_data.QUALITIES)
    roots = lambda rows: [t // size for row in rows for _, _, t in row if t < chords_data.NO_CHORD]  # noqa: E731
    kinds = lambda rows: [t % size for row in rows for _, _, t in row if t < chords_data.NO_CHORD]  # noqa: E731
    motion = lambda rows: [(b[2] // size - a[2] // size) % 12 for row in rows for a, b in zip(row, row[1:])]  # noqa: E731
    share = lambda values, n: np.bincount(values, minlength=n)[:n] / len(values)  # noqa: E731
    names = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
    pairs(axes[0, 0], names, share(roots(samples), 12), share(roots(real), 12), "roots above the tonic")
    pairs(axes[0, 1], [q or "maj" for q in chords_data.QUALITIES], share(kinds(samples), size), share(kinds(real), size), "qualities", turn=60)
    pairs(axes[0, 2], range(12), share(motion(samples), 12), share(motion(real), 12), "from root to root, semitones up")
    compare(axes[1, 0], [(e - b) / 2 for r in samples for b, e, _ in r], [(e - b) / 2 for r in real for b, e, _ in r], np.arange(0.25, 9, 0.5), "length, beats")

    def split(row):
        steps = np.zeros(128, int)
        for b, e, t in row:
            steps[b:e] = t
        return [tuple(s) for s in steps.reshape(16, 8)]

    shares = [lag_shares(r, split) for r in (samples, real)]
    pairs(axes[1, 1], LAGS, *shares, "bars equal to the one n before")
    word = lambda row: [(t, e - b) for b, e, t in row]  # noqa: E731
    held = [row for row in (cut(s) for s in songs if s.split != "train") if row]
    train = [word(s.chords) for s in songs if s.split == "train"]
    copied = copying([word(r) for r in samples], [word(r) for r in held], train)
    compare(axes[1, 2], *copied, np.arange(0, 34, 2), "longest run shared with training, chords", "held out")
    finish(figure, args.out, "chords")
    print("chords, bars as 1, 2, 4, 8 before: " + ", ".join(f"{a:.0%} ({b:.0%})" for a, b in zip(*shares)))
    told_copies(copied)


def chord_row(sample):
    marks = [(round(2 * at), chords_data.token_of(name, 0)) for at, name in sample["chords"]]
    ends = [at for at, _ in marks[1:]] + [round(2 * sample["length"])]
    return [(b, e, chords_data.NO_CHORD if t is None else t) for (b, t), e in zip(marks, ends)]
