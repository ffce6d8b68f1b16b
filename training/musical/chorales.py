"""Statistics of chorales: notes, intervals, chords, part-writing, repetition, copying."""

import os

import numpy as np

import chorale_statistics
from chorale_data import HELD, LOWEST, PITCHES, REST, STRUCK, VOICES, load
from musical.copying import copying, told_copies
from musical.counting import LAGS, entropy, lag_shares
from musical.drawing import compare, finish, lines, pairs, panels

BAR, BARS = 16, 8  # sixteenths of a bar, bars of a sample
SUNG = ("soprano", "alto", "tenor", "bass")


def sampled(path):
    """Tokens and strikes (sixteenths x voices) of each line."""
    for made in lines(path):
        tokens = np.full((made["length"], VOICES), REST, np.int64)
        strikes = np.full((made["length"], VOICES), HELD, np.int64)
        for voice, notes in enumerate(made["voices"]):
            for begin, end, pitch in notes:
                tokens[begin:end, voice] = pitch - LOWEST
                strikes[begin, voice] = STRUCK
        yield tokens, strikes


def excerpts(pieces):
    """The first bars of scores, as long as samples are, from the first bar line."""
    end = BARS * BAR
    cut = [(p.tokens[p.pickup :][:end], p.strikes[p.pickup :][:end]) for p in pieces if p.bar == BAR]
    return [(tokens, strikes) for tokens, strikes in cut if len(tokens) == end]


def notes_of(tokens, strikes, voice):
    """(sixteenths, pitch) of the notes of a voice."""
    at = np.flatnonzero((strikes[:, voice] == STRUCK) & (tokens[:, voice] < PITCHES))
    ends = np.append(at[1:], len(tokens))
    return list(zip((ends - at).tolist(), (tokens[at, voice] + LOWEST).tolist()))


def numbers(pieces):
    notes = [[notes_of(*piece, voice) for voice in range(VOICES)] for piece in pieces]

    def intervals(voices):
        return [b[1] - a[1] for piece in notes for v in voices for a, b in zip(piece[v], piece[v][1:])]

    sounding = [tokens[tokens < PITCHES] for tokens, _ in pieces]
    split = lambda rows: [row.tobytes() for row in rows.reshape(-1, BAR * rows[0].size)]  # noqa: E731
    return {
        "entropy": [entropy((t + LOWEST) % 12, 12) for t in sounding],
        "lengths": [length for piece in notes for voice in piece for length, _ in voice],
        "soprano": intervals((0,)), "bass": intervals((3,)),
        "repeats": lag_shares([t for t, _ in pieces], split)[:3],
        "soprano repeats": lag_shares([np.ascontiguousarray(t[:, :1]) for t, _ in pieces], split)[:3],
    }


def words_of(pieces):
    """For every beat how far the voices lie from the bass and the bass from its last note: chords in
    any key."""
    rows = []
    for tokens in pieces:
        beats = tokens[::4]
        bass = np.diff(beats[:, 3], prepend=beats[0, 3])
        above = beats[:, :3] - beats[:, 3:]
        rows.append([tuple(row) for row in np.column_stack([above, bass]).tolist()])
    return rows


def part_writing(axis, samples, real):
    """Figures of `chorale_statistics.py` as bars, and as text."""
    ours, theirs = chorale_statistics.statistics(samples), chorale_statistics.statistics(real)
    shown = [name for name in ours if "%" in name]
    short = ["parallel\nfifths", "parallel\noctaves", "crossed", "outside", "in a\nchord", "a whole\nchord", "short\nnotes"]
    pairs(axis, short, [ours[n] for n in shown], [theirs[n] for n in shown], "part-writing, %")
    axis.set_yscale("log")
    print("\n".join(f"  {name}: {ours[name]:.2f} ({theirs[name]:.2f})" for name in ours))


def chorales(args, data):
    pieces = load(os.path.join(data, "chorales.jsonl.gz"))
    samples = list(sampled(os.path.join(args.samples, "chorale.jsonl")))
    real = excerpts([p for p in pieces if (p.strikes > 0).any()])
    ours, theirs = numbers(samples), numbers(real)
    figure, axes = panels()
    compare(axes[0, 0], ours["entropy"], theirs["entropy"], np.linspace(2, 3.6, 27), "pitch classes, entropy in bits")
    compare(axes[0, 1], ours["lengths"], theirs["lengths"], np.arange(0.5, 17), "length of notes, sixteenths")
    edges = np.arange(-12.5, 13)
    compare(axes[0, 2], ours["soprano"], theirs["soprano"], edges, "intervals of soprano (filled), bass, semitones")
    compare(axes[0, 2], ours["bass"], theirs["bass"], edges, "intervals of soprano (filled), bass, semitones", line=True)
    names = [f"{who}\n{lag}" for who in ("all", "soprano") for lag in LAGS[:3]]
    pairs(axes[1, 0], names, *(n["repeats"] + n["soprano repeats"] for n in (ours, theirs)), "bars equal to the one n before")
    print("chorales: samples (data)")
    part_writing(axes[1, 1], samples, real)
    held = [p.tokens[: BARS * BAR] for p in pieces if p.split == "test"]
    copied = copying(
        words_of(t for t, _ in samples), words_of(held), words_of(p.tokens for p in pieces if p.split == "train")
    )
    compare(axes[1, 2], *copied, np.arange(0, 33, 2), "longest run of chords shared with training, beats", "held out")
    finish(figure, args.out, "chorale")
    print(f"  pitch-class entropy: {np.mean(ours['entropy']):.2f} ({np.mean(theirs['entropy']):.2f}) bits")
    for name in ("repeats", "soprano repeats"):
        print(f"  {name} 1, 2, 4 before: " + ", ".join(f"{a:.1%} ({b:.1%})" for a, b in zip(ours[name], theirs[name])))
    for name in ("soprano", "bass"):
        steps = [np.mean(np.abs(n[name]) <= 2) for n in (ours, theirs)]
        print(f"  {name} moves by a step or stays: {steps[0]:.0%} ({steps[1]:.0%})")
    told_copies(copied)
