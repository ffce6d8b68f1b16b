"""Reads standard MIDI files (format 0 and 1): notes in beats, meter, key, tempi, pedal."""

from dataclasses import dataclass, field


@dataclass
class MidiFile:
    """Notes by (track, channel) as (start beat, duration, pitch, velocity 0..1)."""

    parts: dict = field(default_factory=dict)
    meter: str = "4/4"
    bpm: float = 120.0
    key: tuple | None = None  # sharps (negative: flats), whether minor
    tempi: list = field(default_factory=list)  # (beat, beats a minute)
    pedals: list = field(default_factory=list)  # (beat, channel, whether down)

    def seconds(self, beat):
        """When a beat comes, by the tempi of the file."""
        now, at, bpm = 0.0, 0.0, 120.0
        for change, following in sorted(self.tempi):
            if change >= beat:
                break
            now, at, bpm = now + (change - at) * 60 / bpm, change, following
        return now + (beat - at) * 60 / bpm


def number(data, at):
    """A number of variable length: its value, and where it ends."""
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def read(path):
    """A file's music. Raises ValueError, naming what is wrong, when it is no MIDI file."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"MThd" or len(data) < 14:
        raise ValueError(f"{path} is not a MIDI file")
    division = int.from_bytes(data[12:14], "big")
    if division & 0x8000 or not division:
        raise ValueError(f"{path} counts time in film frames; only files in beats can be read")
    result, at, track = MidiFile(), 8 + int.from_bytes(data[4:8], "big"), 0
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if at + 8 + length > len(data):
            raise ValueError(f"{path}: track {track} is cut short")
        if kind == b"MTrk":
            try:
                read_track(data[at + 8 : at + 8 + length], division, track, result)
            except IndexError:
                raise ValueError(f"{path}: track {track} is cut short") from None
            track += 1
        at += 8 + length
    for part in result.parts.values():
        part.sort()
    return result


def read_track(data, division, track, result):
    at, tick, status, sounding = 0, 0, 0, {}
    while at < len(data):
        delta, at = number(data, at)
        tick += delta
        if data[at] & 0x80:
            status, at = data[at], at + 1
        if status == 0xFF:
            kind = data[at]
            length, at = number(data, at + 1)
            read_meta(kind, data[at : at + length], tick / division, result)
            at += length
        elif status in (0xF0, 0xF7):
            length, at = number(data, at)
            at += length
        elif status >> 4 in (8, 9):
            key, velocity = (status & 15, data[at]), data[at + 1]
            at += 2
            if key in sounding:
                start, loud = sounding.pop(key)
                part = result.parts.setdefault((track, key[0]), [])
                part.append((start / division, (tick - start) / division, key[1], loud / 127))
            if status >> 4 == 9 and velocity:
                sounding[key] = (tick, velocity)
        else:
            if status >> 4 == 11 and data[at] == 64:
                result.pedals.append((tick / division, status & 15, data[at + 1] >= 64))
            at += 1 if status >> 4 in (12, 13) else 2


def read_meta(kind, data, beat, result):
    if kind == 0x51:
        result.bpm = 60e6 / max(1, int.from_bytes(data, "big"))
        result.tempi.append((beat, result.bpm))
    elif kind == 0x58:
        result.meter = f"{data[0]}/{1 << data[1]}"
    elif kind == 0x59:
        result.key = (int.from_bytes(data[:1], "big", signed=True), data[1] == 1)
