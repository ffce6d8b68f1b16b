"""Your own MIDI files as four voices on a grid of sixteenths, and as piano that was played.

Four voices are the four parts (tracks or channels) of a file, the highest first; of a file with
fewer parts, such as a piano score, they are read from what sounds at each sixteenth: every voice goes
to the nearest note. Piano is in seconds, by the tempi of the file; the pedal holds its notes.
"""

from itertools import combinations

LOWEST, HIGHEST = 36, 81  # what the chorale model sings
VOICES = "SATB"
DRUMS = 9  # the channel of drums, from 0


def voices(file):
    """The four voices as {name: [[sixteenth, sixteenths, pitch], ..]}, or None when there are none."""
    parts = [notes for (_, channel), notes in file.parts.items() if channel != DRUMS and len(notes) > 7]
    if len(parts) >= 4:
        most = sorted(parts, key=len)[-4:]
        rows = sorted(most, key=lambda notes: -sum(n[2] for n in notes) / len(notes))
        found = [single([on_grid(n) for n in row]) for row in rows]
    else:
        found = separated([on_grid(n) for part in parts for n in part])
    if found is None or any(len(row) < 8 for row in found):
        return None
    inside = all(LOWEST <= pitch <= HIGHEST for row in found for _, _, pitch in row)
    return dict(zip(VOICES, found)) if inside else None


def on_grid(note):
    start = round(4 * note[0])
    return [start, max(1, round(4 * (note[0] + note[1])) - start), note[2]]


def single(notes):
    """One voice: of notes that begin together the highest, each ends where the next begins."""
    line = []
    for note in sorted(notes, key=lambda n: (n[0], -n[2])):
        if not line or note[0] > line[-1][0]:
            line.append(list(note))
    for note, following in zip(line, line[1:]):
        note[1] = min(note[1], following[0] - note[0])
    return line


def separated(notes):
    """Four voices out of chords; None where more than a tenth of the time has too few notes."""
    end = max((n[0] + n[1] for n in notes), default=0)
    heard = [{} for _ in range(end)]  # pitch to whether it is struck
    for start, length, pitch in notes:
        for step in range(start, start + length):
            heard[step][pitch] = heard[step].get(pitch, False) or step == start
    if sum(len(chord) < 2 for chord in heard) > end / 10:
        return None
    found, before = [[] for _ in VOICES], None
    for step, chord in enumerate(heard):
        now = dealt(sorted(chord, reverse=True), before)
        for voice, pitch in zip(found, now):
            if pitch is None:
                continue
            goes_on = voice and voice[-1][2] == pitch and sum(voice[-1][:2]) == step
            if goes_on and not (chord[pitch] and now.count(pitch) == 1):
                voice[-1][1] += 1
            else:
                voice.append([step, 1, pitch])
        before = now if None not in now else before
    return found


def dealt(pitches, before):
    """What each voice sings of the notes that sound, the highest first: outer voices the outer ones,
    inner voices the pair that is nearest to what they sang; of too few, two voices share one."""
    if not pitches:
        return [None] * 4
    top, bottom, inner = pitches[0], pitches[-1], pitches[1:-1]
    while len(inner) < 2:
        inner = sorted([*inner, inner[0] if inner else top], reverse=True)
    if before is None:
        return [top, inner[0], inner[-1], bottom]
    near = min(combinations(inner, 2), key=lambda p: abs(p[0] - before[1]) + abs(p[1] - before[2]))
    return [top, *near, bottom]


def chorale(file, split, key):
    """The fields of a chorale record, or None."""
    found = voices(file)
    if found is None:
        return None
    end = max(start + length for row in found.values() for start, length, _ in row)
    return {"jsb_split": split, "key": key, "pickup": 0, "length": end, "fermatas": [], **found}


def performance(file):
    """The fields of a performance record, or None: [seconds, seconds, pitch, 1..127] of each note."""
    notes = []
    for (_, channel), part in file.parts.items():
        downs = sorted((beat, down) for beat, where, down in file.pedals if where == channel)
        for start, length, pitch, loud in part if channel != DRUMS else ():
            notes.append([start, released(start + length, downs), pitch, max(1, round(127 * loud))])
    notes.sort()
    if len(notes) < 100:
        return None
    again = {}
    for note in reversed(notes):  # a key that is struck again does not sound on
        note[1] = min(note[1], again.get(note[2], note[1]))
        again[note[2]] = note[0]
    timed = [[file.seconds(a), file.seconds(b), pitch, loud] for a, b, pitch, loud in notes if b > a]
    return {"notes": [[round(a, 3), round(b - a, 3), pitch, loud] for a, b, pitch, loud in timed]}


def released(end, pedal):
    """The beat at which a note that is let go at `end` falls silent."""
    down = False
    for beat, state in pedal:
        if beat > end and down and not state:
            return beat
        if beat > end and not down:
            return end
        down = state
    return end
