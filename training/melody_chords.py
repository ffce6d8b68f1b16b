"""Chords of a tune, relative to its tonic: read from lead-sheet symbols, or inferred.

Few tunes carry chords. For the others a Viterbi search finds, for every half bar, the
chord of a small vocabulary that best explains the notes, changes seldom and moves as
harmony does.
"""

import re

import numpy as np

QUALITIES = (  # spelling after the root, semitones above it; the first match wins
    (r"(maj7|M7|\^7?|Δ)", (0, 4, 7, 11)), (r"(m7b5|ø7?|half-dim)", (0, 3, 6, 10)),
    (r"(dim7|o7|°7)", (0, 3, 6, 9)), (r"(dim|o|°)", (0, 3, 6)), (r"(aug7|\+7)", (0, 4, 8, 10)),
    (r"(aug|\+)", (0, 4, 8)), (r"(m6|min6|-6)", (0, 3, 7, 9)), (r"(m9|min9|-9)", (0, 2, 3, 7, 10)),
    (r"(m7|min7|-7)", (0, 3, 7, 10)), (r"(m|min|-)", (0, 3, 7)), (r"(sus2)", (0, 2, 7)),
    (r"(7?sus4?)", (0, 5, 7)), (r"(9|11|13)", (0, 2, 4, 7, 10)), (r"7", (0, 4, 7, 10)),
    (r"6", (0, 4, 7, 9)), (r"5", (0, 7)), (r"", (0, 4, 7)),
)
SCALES = {
    0: (0, 2, 4, 5, 7, 9, 11), 1: (0, 2, 4, 5, 7, 9, 11), 2: (0, 2, 3, 5, 7, 8, 10, 11),
    3: (0, 2, 3, 5, 7, 9, 10), 4: (0, 2, 4, 5, 7, 9, 10), 5: (0, 2, 4, 6, 7, 9, 11),
    6: (0, 1, 3, 5, 7, 8, 10),
}


def parse(symbol, tonic):
    """(root, tones, bass) of a symbol as pitch classes above the tonic; None for no chord."""
    from melody_data import pitch_class

    found = re.match(r"([A-G][#b]*)([^/]*)(?:/([A-G][#b]*))?", symbol)
    if not found:
        return None
    root = pitch_class(found[1])
    intervals = next(tones for spelling, tones in QUALITIES if re.match(spelling, found[2]))
    bass = pitch_class(found[3]) if found[3] else root
    tones = {(root + i - tonic) % 12 for i in intervals} | {(bass - tonic) % 12}
    return (root - tonic) % 12, tuple(sorted(tones)), (bass - tonic) % 12


def chord_row(record):
    """The record's own chords as (beat, (root, tones, bass))."""
    from melody_data import pitch_class

    tonic = pitch_class((record.get("key") or "C").split()[0])
    row = [(beat, parse(symbol, tonic)) for beat, symbol in record.get("chords", [])]
    return [(beat, chord) for beat, chord in row if chord]


def vocabulary(mode):
    """Chords to choose from in a mode: (root, tones) and how likely each is beforehand."""
    scale = SCALES[mode]
    chords = []
    for root in range(12):
        for intervals, cost in (((0, 4, 7), 0.0), ((0, 3, 7), 0.0), ((0, 4, 7, 10), 0.25)):
            tones = tuple(sorted((root + i) % 12 for i in intervals))
            outside = sum(t not in scale for t in tones)
            likely = -cost - 0.5 * outside + {0: 0.3, 7: 0.2, 5: 0.15}.get(root, 0.0)
            if intervals[-1] == 10 and root != 7:
                likely -= 0.3
            if outside < 2:
                chords.append((root, tones, likely))
    return chords


def infer(tune):
    """Chords for every half bar (every bar in bars of three or two beats), merged when equal."""
    from melody_data import reference_pitch

    unit = tune.bar // 2 if tune.meter in ("4/4", "2/2", "6/8", "12/8", "6/4") else tune.bar
    first = tune.start // unit
    count = -(-tune.end // unit) - first
    chords = vocabulary(tune.mode)
    weight = np.zeros((count, 12))
    tonic = reference_pitch(tune.tonic)
    for onset, end, pitch in tune.notes:
        for u in range(onset // unit, -(-end // unit)):
            share = (min(end, (u + 1) * unit) - max(onset, u * unit)) / unit
            accent = 1.5 if onset == u * unit else 1.0
            weight[u - first, (pitch - tonic) % 12] += share * accent
    inside = np.full((len(chords), 12), -0.8)
    for c, (_, tones, _) in enumerate(chords):
        inside[c, list(tones)] = 1.0
    score = weight @ inside.T + 0.35 * np.array([likely for *_, likely in chords])
    roots = np.array([root for root, *_ in chords])
    score[-1] += 0.5 * (roots == 0)
    score[0] += 0.3 * (roots == 0)
    step = 0.15 * ((roots[:, None] - roots[None, :]) % 12 == 7)
    np.fill_diagonal(step, 0.4)
    back, best = np.zeros((count, len(chords)), int), score[0]
    for u in range(1, count):
        reach = best[:, None] + step
        back[u] = reach.argmax(0)
        best = reach.max(0) + score[u]
    path = [int(best.argmax())]
    for u in range(count - 1, 0, -1):
        path.append(int(back[u, path[-1]]))
    row = []
    for u, c in enumerate(reversed(path)):
        root, tones, _ = chords[c]
        if not row or row[-1][1:3] != (root, tones):
            row.append(((u + first) * unit, root, tones, root))
    return row
