"""Statistics of melodies."""

import os

import numpy as np

import melody_data
from musical.copying import copying, told_copies
from musical.counting import LAGS, entropy, lag_shares
from musical.drawing import BLUE, GREY, compare, finish, lines, pairs, panels


def tunes_of(samples):
    """Samples as (bar, length, notes above the tonic C in the middle)."""
    return [(s["bar"], s["length"], [(a, b, p - 60) for a, b, p in s["notes"]]) for s in samples]


def excerpts(tunes, meter, bars, whole=False):
    """The first bars of tunes of a meter, as long as samples are; or only whole tunes of that
    length, which samples, told where they end, must be like in their form."""
    result = []
    for tune in tunes:
        end = bars * tune.bar
        if tune.meter == meter and (tune.end == end if whole else tune.end >= end):
            reference = melody_data.reference_pitch(tune.tonic)
            notes = [(a, min(b, end), p - reference) for a, b, p in tune.notes if 0 <= a < end]
            if len(notes) > 2 * bars:
                result.append((tune.bar, end, notes))
    return result


def bars_of(bar, length, notes):
    rows = [[] for _ in range(-(-length // bar))]
    for a, b, p in notes:
        rows[a // bar].append((a % bar, b - a, p))
    return [tuple(r) for r in rows]


def melody_numbers(tunes):
    notes = [n for _, _, ns in tunes for n in ns]
    intervals = [b[2] - a[2] for _, _, ns in tunes for a, b in zip(ns, ns[1:])]
    lasts = [(ns[-1][2] % 12, (ns[-1][1] - ns[-1][0]) / 24) for _, _, ns in tunes]
    bars = sum(length / bar for bar, length, _ in tunes)
    return {
        "entropy": [entropy([p % 12 for _, _, p in ns], 12) for _, _, ns in tunes],
        "lengths": [(b - a) / 6 for a, b, _ in notes],
        "intervals": intervals,
        "repeats": lag_shares(tunes, lambda t: bars_of(*t)),
        "notes per bar": len(notes) / bars,
        "in the scale": np.mean([p % 12 in (0, 2, 4, 5, 7, 9, 11) for _, _, p in notes]),
        "on the bar line": sum(a % bar == 0 for bar, _, ns in tunes for a, _, _ in ns) / bars,
        "triplets": np.mean([a % 6 not in (0, 3) or (b - a) % 6 not in (0, 3) for a, b, _ in notes]),
        "ends on the tonic": np.mean([pc == 0 for pc, _ in lasts]),
        "ends on its triad": np.mean([pc in (0, 4, 7) for pc, _ in lasts]),
        "beats of the last note": np.mean([long for _, long in lasts]),
        "AABB": np.mean([aabb(bars_of(*t)) for t in tunes]),
    }


def aabb(bars):
    """Whether the four bars after the first four are mostly these again, and bars 13-16 likewise
    those of 9-12 (sixteen bars), or half as long."""
    def like(a, b):
        return sum(x == y for x, y in zip(a, b)) >= len(a) / 2

    if len(bars) < 16:
        return False
    return like(bars[0:4], bars[4:8]) and like(bars[8:12], bars[12:16]) or like(bars[0:2], bars[2:4]) and like(
        bars[4:6], bars[6:8]
    )


def words_of(tunes):
    return [[(p, b - a) for a, b, p in notes] for _, _, notes in tunes]


def melody(args, data):
    tunes = [w for w, _ in melody_data.load(os.path.join(args.data, "melodies.jsonl.gz"))]
    played = [p or w for w, p in melody_data.load(os.path.join(args.data, "melodies.jsonl.gz"))]
    major = [t for t in tunes if t.mode == 1]
    samples = tunes_of(lines(os.path.join(args.samples, "melody-44.jsonl")))
    real = excerpts(major, "4/4", 16, whole=True)
    ours, theirs = melody_numbers(samples), melody_numbers(real)
    figure, axes = panels()
    compare(axes[0, 0], ours["entropy"], theirs["entropy"], np.linspace(1, 3.6, 27), "pitch classes in key, entropy in bits")
    compare(axes[0, 1], ours["lengths"], theirs["lengths"], np.arange(0.25, 17, 0.5), "length of notes, sixteenths")
    compare(axes[0, 2], ours["intervals"], theirs["intervals"], np.arange(-12.5, 13), "intervals, semitones")
    pairs(axes[1, 0], LAGS, ours["repeats"], theirs["repeats"], "bars equal to the one n before")
    chord_tones(axes[1, 1], args)
    train = [t for t in (*tunes, *played) if t.split == "train"]
    held = excerpts([t for t in major if t.split != "train"], "4/4", 16)
    whole = [(t.bar, t.end, [(a, b, p - melody_data.reference_pitch(t.tonic)) for a, b, p in t.notes]) for t in train]
    copied = copying(words_of(samples), words_of(held), words_of(whole))
    compare(axes[1, 2], *copied, np.arange(0, 70, 3), "longest run shared with training, notes", "held out")
    finish(figure, args.out, "melody")
    table(f"melody, 4/4, major, 16 bars ({len(real)} tunes)", ours, theirs)
    told_copies(copied)
    forms(args, major)


# Name of the samples, meter, bars.
FORMS = (("44", "4/4", 16), ("34", "3/4", 16), ("68", "6/8", 16), ("22", "2/2", 16), ("32", "4/4", 32))


def forms(args, tunes):
    """Repetition and AABB in every meter, and in 32 bars: whole tunes of that length beside."""
    figure, axes = panels()
    titles, shares = [], []
    for (name, meter, bars), axis in zip(FORMS, axes.flat):
        ours = melody_numbers(tunes_of(lines(os.path.join(args.samples, f"melody-{name}.jsonl"))))
        real = excerpts(tunes, meter, bars, whole=True)
        theirs = melody_numbers(real)
        pairs(axis, LAGS, ours["repeats"], theirs["repeats"], f"{meter}, {bars} bars: equal to the one n before")
        titles.append(meter if bars == 16 else f"{bars} bars")
        shares.append((ours["AABB"], theirs["AABB"]))
        if name != "44":
            table(f"melody, {meter}, {bars} bars ({len(real)} tunes)", ours, theirs)
    pairs(axes.flat[5], titles, *zip(*shares), "form of AABB")
    finish(figure, args.out, "melody-forms")


def chord_tones(axis, args):
    """Share of chord tones on strong beats, with the chords that were given and with the same in
    another order."""
    chords = [(0, 4, 7), (9, 0, 4), (5, 9, 0), (7, 11, 2)]  # C Am F G
    samples = tunes_of(lines(os.path.join(args.samples, "melody-over.jsonl")))
    free = tunes_of(lines(os.path.join(args.samples, "melody-44.jsonl")))

    def share(tunes, shift, strong):
        notes = [(a, p) for _, _, ns in tunes for a, _, p in ns if a % strong == 0]
        return np.mean([p % 12 in chords[(a // 96 + shift) % 4] for a, p in notes])

    rows = [
        ("given", samples, (0,)), ("shuffled", samples, (1, 2, 3)), ("none given", free, (0, 1, 2, 3)),
    ]
    print("chord tones over C Am F G")
    for strong, name, offset in ((96, "bar lines", -0.2), (48, "half bars", 0.2)):
        values = [np.mean([share(t, s, strong) for s in shifts]) for _, t, shifts in rows]
        axis.bar(np.arange(3) + offset, values, 0.38, label=name, color=BLUE if offset < 0 else GREY)
        print(f"  {name}: " + ", ".join(f"{r[0]} {v:.0%}" for r, v in zip(rows, values)))
    axis.set_xticks(range(3), [r[0] for r in rows])
    axis.set_title("chord tones", fontsize=9)
    axis.legend(frameon=False, fontsize=8)


def table(title, ours, theirs):
    print(f"{title}: samples (data)")
    print("  bars as 1, 2, 4, 8 before: " + ", ".join(f"{a:.0%} ({b:.0%})" for a, b in zip(ours["repeats"], theirs["repeats"])))
    print(f"  pitch-class entropy: {np.mean(ours['entropy']):.2f} ({np.mean(theirs['entropy']):.2f}) bits")
    for name, value in ours.items():
        if not isinstance(value, list):
            print(f"  {name}: {value:.2f} ({theirs[name]:.2f})")
