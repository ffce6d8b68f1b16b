#!/usr/bin/env python3
"""Chooses the waves that the engine embeds: select.py WAVEFORMS.jsonl.gz > waves.i16

Each line of the input has a `family` and one cycle of 256 `samples`. Of each family below eight
waves are taken, from the dullest to the brightest; without offset, turned so that the fundamental
is a sine that starts at 0, and of equal power. The output is 16-bit little-endian, family by
family in the order of src/synth/table.rs."""

import cmath
import gzip
import json
import math
import struct
import sys

FAMILIES = (
    "flute clarinett oboe altosax violin cello aguitar piano "
    "epiano eorgan hvoice theremin ebass fmsynth oscchip vgame"
).split()
WAVES = 8
SIZE = 256
TURNS = [cmath.exp(-2j * math.pi * i / SIZE) for i in range(SIZE)]


def spectrum(samples):
    return [
        sum(x * TURNS[k * i % SIZE] for i, x in enumerate(samples)) / SIZE
        for k in range(SIZE // 2)
    ]


def brightness(bins):
    power = [abs(c) ** 2 for c in bins]
    return sum(k * p for k, p in enumerate(power)) / max(sum(power[1:]), 1e-9)


def turned(bins):
    """The wave with its fundamental in sine phase, at a power of 0.35²."""
    shift = cmath.phase(bins[1]) + math.pi / 2
    bins = [0] + [c * cmath.exp(-1j * k * shift) for k, c in enumerate(bins) if k > 0]
    wave = [
        2 * sum((c * TURNS[-k * i % SIZE]).real for k, c in enumerate(bins)) for i in range(SIZE)
    ]
    power = math.sqrt(sum(x * x for x in wave) / SIZE)
    gain = min(0.35 / power, 1 / max(abs(x) for x in wave))
    return [round(32767 * gain * x) for x in wave]


def main():
    families = {name: [] for name in FAMILIES}
    with gzip.open(sys.argv[1], "rt") as lines:
        for record in map(json.loads, lines):
            if record["family"] in families:
                families[record["family"]].append(spectrum(record["samples"]))
    for name in FAMILIES:
        # A wave without a fundamental has no pitch to speak of.
        ranked = sorted((b for b in families[name] if abs(b[1]) > 300), key=brightness)
        for i in range(WAVES):
            # The very dullest and brightest are often accidents.
            place = (0.05 + 0.9 * i / (WAVES - 1)) * (len(ranked) - 1)
            sys.stdout.buffer.write(struct.pack(f"<{SIZE}h", *turned(ranked[round(place)])))


if __name__ == "__main__":
    main()
