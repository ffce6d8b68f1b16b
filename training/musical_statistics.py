"""Musical statistics of samples against the data, and what they copy, in tables and pictures.

    ./samples samples
    python musical_statistics.py --data DATA --samples samples --out statistics

DATA has melodies.jsonl.gz, drums.jsonl.gz and chords.jsonl.gz. The samples are those of the models
in stdlib/models at the temperatures that the program uses, seeds 0 and up. What is copied is the
longest run that is also somewhere in the training data: of notes (pitch above the tonic, length),
of sixteenths of drums, of chords (above the tonic, length); beside it the same for real music that
was held out, cut to the same length.
"""

import argparse
import json
import os

import matplotlib
import numpy as np

import chords_data
import drums_data
import melody_data

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

BLUE, GREY = "#2a6f97", "#b8b8b8"
LAGS = (1, 2, 4, 8)


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# -- Copying -----------------------------------------------------------------------------------


def hashes(row, k, base=np.uint64(0x9E3779B97F4A7C15)):
    """A 64-bit hash of every k symbols in a row."""
    result = np.zeros(max(0, len(row) - k + 1), np.uint64)
    for i in range(k):
        result = result * base + row[i : len(row) - k + 1 + i]
    return result


def longest_shared(pieces, train, most=128):
    """For each piece the length of its longest run of symbols that a training piece has too."""
    def joined(rows):
        ends = np.cumsum([len(r) + 1 for r in rows])
        flat = np.concatenate([np.append(np.asarray(r, np.int64), -1 - i) for i, r in enumerate(rows)])
        return flat, ends

    (known, _), (asked, ends) = joined(train), joined(pieces)
    asked = np.where(asked < 0, asked - len(train) - 1, asked)  # ends of pieces match nothing
    owner = np.searchsorted(ends, np.arange(len(asked)), side="right")
    longest = np.zeros(len(pieces), int)
    for k in range(1, most + 1):
        found = np.isin(hashes(asked.astype(np.uint64), k), hashes(known.astype(np.uint64), k))
        if not found.any():
            break
        longest[np.unique(owner[: len(found)][found])] = k
    return longest


def told_apart(rows):
    """Symbols of any kind as small numbers, the same for the same."""
    table = {}
    return [[table.setdefault(symbol, len(table)) for symbol in row] for row in rows]


def copying(samples, held_out, train):
    rows = told_apart([*samples, *held_out, *train])
    n, m = len(samples), len(held_out)
    return longest_shared(rows[:n], rows[n + m :]), longest_shared(rows[n : n + m], rows[n + m :])


# -- Melodies ----------------------------------------------------------------------------------


def tunes_of(samples):
    """Samples as (bar, length, notes above the tonic C in the middle)."""
    return [(s["bar"], s["length"], [(a, b, p - 60) for a, b, p in s["notes"]]) for s in samples]


def excerpts(tunes, meter, bars):
    """The first bars of tunes of a meter, as long as samples are."""
    result = []
    for tune in tunes:
        end = bars * tune.bar
        if tune.meter == meter and tune.end >= end:
            reference = melody_data.reference_pitch(tune.tonic)
            notes = [(a, min(b, end), p - reference) for a, b, p in tune.notes if 0 <= a < end]
            if len(notes) > 2 * bars:
                result.append((tune.bar, end, notes))
    return result


def entropy(values, classes):
    counts = np.bincount(values, minlength=classes)
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log2(share)).sum())


def repeats(units, lag):
    """Share of bars equal to the one `lag` before, and of how many."""
    same = sum(a == b for a, b in zip(units, units[lag:]))
    return same, max(0, len(units) - lag)


def bars_of(bar, length, notes):
    rows = [[] for _ in range(-(-length // bar))]
    for a, b, p in notes:
        rows[a // bar].append((a % bar, b - a, p))
    return [tuple(r) for r in rows]


def lag_shares(tunes, split):
    shares = []
    for lag in LAGS:
        counts = [repeats(split(tune), lag) for tune in tunes]
        shares.append(sum(c[0] for c in counts) / max(1, sum(c[1] for c in counts)))
    return shares


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
    real = excerpts(major, "4/4", 16)
    ours, theirs = melody_numbers(samples), melody_numbers(real)
    figure, axes = plt.subplots(2, 3, figsize=(11, 6), dpi=80)
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
    table("melody, 4/4, major, 16 bars", ours, theirs)
    told_copies(copied)
    for name, meter in (("34", "3/4"), ("68", "6/8"), ("22", "2/2")):
        these = tunes_of(lines(os.path.join(args.samples, f"melody-{name}.jsonl")))
        table(f"melody, {meter}", melody_numbers(these), melody_numbers(excerpts(major, meter, 16) or real))


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


# -- Drums -------------------------------------------------------------------------------------


def drums(args, data):
    takes = drums_data.load(os.path.join(args.data, "drums.jsonl.gz"))
    beats = [t for t in takes if t.kind[0] == drums_data.BEAT and t.meter == 1 and len(t) >= 128]
    samples = lines(os.path.join(args.samples, "drums.jsonl"))
    figure, axes = plt.subplots(2, 3, figsize=(11, 6), dpi=80)
    bars = sum(s["length"] / 16 for s in samples)
    hits = [h for s in samples for h in s["hits"]]
    ours = [sum(h[1] == d for h in hits) / bars for d in range(9)]
    struck = [drums_data.bits(t.steps) for t in beats]
    theirs = sum(s.sum(0) for s in struck) / (sum(len(t) for t in beats) / 16)
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
    for drum, name in ((2, "closed hat"), (1, "snare")):
        off = np.concatenate([t.offset[:, drum][(s[:, drum] > 0) & (np.arange(len(t)) % 4 == 2)] for t, s in zip(beats, struck)])
        mine = [h[3] for h in hits if h[1] == drum and h[0] % 4 == 2]
        compare(axes[1, 1], mine, off, np.linspace(-0.125, 0.125, 21), "offbeat eighths of the hat (filled), snare", line=drum == 1)
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


# -- Chords ------------------------------------------------------------------------------------


def chords(args, data):
    songs = [s for s in chords_data.load(os.path.join(args.data, "chords.jsonl.gz"))]
    samples = [chord_row(s) for s in lines(os.path.join(args.samples, "chords.jsonl"))]

    def cut(song, bars=16):
        end = bars * song.bar
        row = [(b, min(e, end), t) for b, e, t in song.chords if 0 <= b < end]
        return row if song.meter == "4/4" and song.mode == 1 and song.end >= end and len(row) > 3 else None

    real = [row for row in map(cut, songs) if row]
    figure, axes = plt.subplots(2, 3, figsize=(11, 6), dpi=80)
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


# -- Pictures and tables -----------------------------------------------------------------------


def compare(axis, ours, theirs, edges, title, name="data", line=False):
    """Two histograms in one: the data filled, the samples as a line."""
    weight = [np.full(len(v), 1 / max(1, len(v))) for v in (ours, theirs)]
    style = {"histtype": "step", "linestyle": ":"} if line else {}
    axis.hist(np.clip(theirs, edges[0], edges[-1]), edges, weights=weight[1], color=GREY, label=None if line else name, **style)
    axis.hist(np.clip(ours, edges[0], edges[-1]), edges, weights=weight[0], histtype="step", color=BLUE, linewidth=1.6, linestyle=":" if line else "-", label=None if line else "samples")
    axis.set_title(title, fontsize=9)
    axis.legend(frameon=False, fontsize=8)


def pairs(axis, names, ours, theirs, title, turn=0):
    at = np.arange(len(names))
    axis.bar(at - 0.2, theirs, 0.38, color=GREY, label="data")
    axis.bar(at + 0.2, ours, 0.38, color=BLUE, label="samples")
    axis.set_xticks(at, names, fontsize=7, rotation=turn)
    axis.set_title(title, fontsize=9)
    axis.legend(frameon=False, fontsize=8)


def finish(figure, folder, name):
    os.makedirs(folder, exist_ok=True)
    figure.tight_layout()
    figure.savefig(os.path.join(folder, f"{name}.png"))


def table(title, ours, theirs):
    print(f"{title}: samples (data)")
    print("  bars as 1, 2, 4, 8 before: " + ", ".join(f"{a:.0%} ({b:.0%})" for a, b in zip(ours["repeats"], theirs["repeats"])))
    print(f"  pitch-class entropy: {np.mean(ours['entropy']):.2f} ({np.mean(theirs['entropy']):.2f}) bits")
    for name, value in ours.items():
        if not isinstance(value, list):
            print(f"  {name}: {value:.2f} ({theirs[name]:.2f})")


def told_copies(copied):
    for name, values in zip(("samples", "held out"), copied):
        marks = np.percentile(values, (10, 50, 90, 100))
        print(f"  longest run shared with training, {name}: 10 50 90 100 %: " + " ".join(f"{v:.0f}" for v in marks))


KINDS = {"melody": melody, "drums": drums, "chords": chords}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder of the data")
    parser.add_argument("--samples", required=True)
    parser.add_argument("--out", default="statistics")
    parser.add_argument("--only", choices=KINDS)
    args = parser.parse_args()
    for kind in [args.only] if args.only else KINDS:
        KINDS[kind](args, args.data)


if __name__ == "__main__":
    main()
