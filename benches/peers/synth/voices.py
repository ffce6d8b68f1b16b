#!/usr/bin/env python3
"""Voices per core of mag, Csound and scsynth: the same voice in each, the systems taking turns."""

import argparse
import math
import os
import resource
import struct
import subprocess
import sys
import tempfile
import wave

import csound
import scsynth

RATE = 48_000
VOICES = 200
SECONDS = 4
GOALS = {"csound": 2, "scsynth": 3}


def notes():
    """MIDI note and place of each voice, as in the engine's benchmark."""
    return [(36 + (i % 48) * 0.77, i / VOICES) for i in range(VOICES)]


def hertz(note):
    return 440 * 2 ** ((note - 69) / 12)


def cpu_seconds(command):
    """User and system time of one run, and what it said if it failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return sum(getattr(after, f) - getattr(before, f) for f in ("ru_utime", "ru_stime"))


def recording(folder):
    """Two seconds at 44.1 kHz, as in the engine's benchmark."""
    path = os.path.join(folder, "wave.wav")
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(44_100)
        samples = (round(30_000 * math.sin(i * 0.05)) for i in range(88_200))
        out.writeframes(b"".join(struct.pack("<h", s) for s in samples))
    return path


def mag(kind, _):
    command = ["cargo", "bench", "-q", "-p", "mag-engine", "--bench", "voices", "--", kind]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def pitches(kind):
    if kind == "sample":
        return [(2 ** ((48 + (n - 36) * 0.6 - 60) / 12), pan) for n, pan in notes()]
    return [(hertz(n), pan) for n, pan in notes()]


def in_csound(kind, folder):
    path = os.path.join(folder, "voices.csd")
    taken = recording(folder) if kind == "sample" else None

    def spent(voices, seconds):
        with open(path, "w") as out:
            out.write(csound.orchestra(voices, seconds, taken))
        return cpu_seconds(["csound", "-n", "-d", "-m0", path])

    start = spent([], 0.01)
    return VOICES * SECONDS / (spent(pitches(kind), SECONDS) - start)


def in_scsynth(kind, folder):
    path = os.path.join(folder, "voices.osc")
    taken = recording(folder) if kind == "sample" else None
    voice = scsynth.sample() if taken else scsynth.subtractive()
    speeds = pitches(kind)
    if taken:
        speeds = [(speed * 44_100 / RATE, pan) for speed, pan in speeds]
    heard = os.path.join(folder, "heard.wav")
    options = ["-o", "2", "-i", "0", "-z", "64", "-m", "65536", "-n", "4096"]

    def spent(voices, seconds):
        with open(path, "wb") as out:
            out.write(scsynth.score(voice, voices, seconds, taken))
        return cpu_seconds(["scsynth", "-N", path, "_", heard, str(RATE), "WAV", "float", *options])

    start = spent([], 0.01)
    full = spent(speeds, SECONDS)
    if loudest(heard) < 0.01:
        sys.exit("scsynth made no sound: its score was not understood")
    return VOICES * SECONDS / (full - start)


def loudest(path):
    with open(path, "rb") as file:
        data = file.read()
    data = data[data.index(b"data") + 8 :][: 8 * RATE]
    return max(abs(x) for (x,) in struct.iter_unpack("<f", data[: len(data) // 4 * 4]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-r", "--rounds", type=int, default=5)
    args = parser.parse_args()
    systems = {"mag": mag, "csound": in_csound, "scsynth": in_scsynth}
    print("| voice | system | voices per core | mag is faster by | wanted |\n|---|---|---|---|---|")
    for kind in ("subtractive", "sample"):
        best = dict.fromkeys(systems, 0.0)
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(args.rounds):
                for name, measure in systems.items():
                    best[name] = max(best[name], measure(kind, folder))
        for name, voices in best.items():
            ratio = f"{best['mag'] / voices:.2f}" if name in GOALS else ""
            print(f"| {kind} | {name} | {voices:.0f} | {ratio} | {GOALS.get(name, '')} |")


if __name__ == "__main__":
    main()
