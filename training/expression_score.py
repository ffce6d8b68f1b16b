"""Score time of a performance of which only seconds are known: an estimate, and how good it is.

    python expression_score.py --data melodies.jsonl.gz

Notes that begin within 35 ms are one chord. A Viterbi search gives every step from chord to chord
a simple number of twelfths of a pulse while the pulse drifts slowly. The command plays tunes whose
score is known, with wandering tempo and uneven hands, and counts the steps that are found again.
"""

import argparse
import math

import numpy as np

TOGETHER = 0.035  # seconds within which notes are one chord
# Twelfths of a pulse, and what choosing them costs in nats.
STEPS = {12: 0.0, 6: 0.0, 3: 0.4, 24: 0.4, 4: 0.9, 8: 1.2, 18: 1.0, 9: 1.2, 36: 1.0, 48: 0.8,
         2: 1.6, 1: 2.4, 60: 2.0, 72: 1.5, 96: 1.5}
SLOWEST, FASTEST, LEVELS = 1.1, 0.28, 48  # seconds of a pulse, and how finely they are told apart
UNEVEN = 0.10  # standard deviation of a step, as a logarithm
DRIFT = 0.035  # and of the pulse from chord to chord


def chords(onsets):
    """The chord that each note belongs to, for sorted onsets in seconds."""
    group, began, number = [], -math.inf, -1
    for onset in onsets:
        if onset - began > TOGETHER:
            number, began = number + 1, onset
        group.append(number)
    return np.array(group)


def estimate(times):
    """For times of chords in seconds: position in pulses, and seconds of a pulse, at each."""
    steps = np.array(list(STEPS))
    cost_of = np.array(list(STEPS.values()))
    periods = np.log(np.geomspace(FASTEST, SLOWEST, LEVELS))
    wanted = periods[:, None] + np.log(steps / 12)[None, :]
    reach = 3
    width = periods[1] - periods[0]
    moves = [(d, (d * width / DRIFT) ** 2 / 2) for d in range(-reach, reach + 1)]
    best, chosen, came = np.zeros(LEVELS), [], []
    for gap in np.diff(times):
        # A note that is a little early or late moves short steps more than long ones.
        spread = math.hypot(UNEVEN, 0.012 / max(gap, 0.02))
        costs = (math.log(max(gap, 0.01)) - wanted) ** 2 / (2 * spread**2) + cost_of
        pick = costs.argmin(1)
        padded = np.pad(best, reach, constant_values=np.inf)
        options = np.stack([padded[reach + d : reach + d + LEVELS] + c for d, c in moves])
        move = options.argmin(0)
        best = options[move, np.arange(LEVELS)] + costs[np.arange(LEVELS), pick]
        best -= best.min()
        chosen.append(steps[pick])
        came.append(np.arange(LEVELS) + move - reach)
    level, positions, pulse = int(best.argmin()), [], []
    for step, source in zip(reversed(chosen), reversed(came)):
        positions.append(step[level])
        pulse.append(math.exp(periods[level]))
        level = int(source[level])
    positions = np.append(0, np.cumsum(positions[::-1])) / 12
    return positions, np.array([pulse[-1] if pulse else 0.5, *pulse[::-1]])


def smoothed(positions, times, reach):
    """Seconds at each position, and seconds of a pulse, of lines fitted to what is near."""
    n = len(times)
    at, slope = np.zeros(n), np.zeros(n)
    for i in range(n):
        begin = np.searchsorted(positions, positions[i] - 3 * reach)
        end = np.searchsorted(positions, positions[i] + 3 * reach, side="right")
        x, y = positions[begin:end] - positions[i], times[begin:end]
        w = np.exp(-0.5 * (x / reach) ** 2)
        total, mean = w.sum(), (w * x).sum() / w.sum()
        variance = (w * (x - mean) ** 2).sum()
        middle = (w * y).sum() / total
        slope[i] = (w * (x - mean) * (y - middle)).sum() / variance if variance > 1e-6 else 0.0
        at[i] = middle - slope[i] * mean
    return at, slope


def recovered(onsets, draw):
    """Share of the steps of a tune (onsets in beats) that are found again, up to a factor."""
    pulse = math.exp(draw.uniform(math.log(0.35), math.log(0.9)))
    gaps = np.diff(onsets)
    drift = np.cumsum(draw.normal(0, 0.02, len(gaps)))
    drift -= np.linspace(0, drift[-1], len(gaps))
    times = np.append(0, np.cumsum(gaps * pulse * np.exp(drift)))
    times += draw.normal(0, 0.012, len(times))
    found = np.diff(estimate(np.maximum.accumulate(times + 1e-3 * np.arange(len(times)) / 10))[0])
    return max(np.mean(np.abs(found / gaps / factor - 1) < 0.02) for factor in (0.25, 1 / 3, 0.5, 2 / 3, 1, 1.5, 2, 3, 4))


def main():
    from melody_data import load

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    draw = np.random.default_rng(3)
    tunes = [tune for tune, _ in load(parser.parse_args().data) if tune.split == "test"][:150]
    shares = []
    for tune in tunes:
        onsets = np.array([onset / 24 for onset, _, _ in tune.notes])
        if len(onsets) > 20:
            shares.append(recovered(onsets, draw))
    print(f"{np.mean(shares):.3f} of the steps of {len(shares)} tunes are found again")


if __name__ == "__main__":
    main()
