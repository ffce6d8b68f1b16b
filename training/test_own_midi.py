"""Reading MIDI files and turning them into records; needs nothing but Python.

    python3 -m unittest discover -s training
"""

import gzip
import json
import tempfile
import unittest
from pathlib import Path

import midi_file
import own_midi
import own_voices


def length(value):
    """A number of variable length, as the MIDI file format (1.0, 1988) writes it."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def midi(notes, channel=0, division=480, meta=b""):
    """A file of format 0 with notes (beat, beats, pitch, velocity 1..127)."""
    events = [(round(b * division), bytes([0x90 | channel, p, v])) for b, _, p, v in notes]
    events += [(round((b + d) * division), bytes([0x80 | channel, p, 0])) for b, d, p, _ in notes]
    track, now = meta, 0
    for tick, event in sorted(events, key=lambda e: (e[0], e[1][0] & 0xF0 != 0x80)):
        track += length(tick - now) + event
        now = tick
    track += b"\0\xff\x2f\0"
    head = b"MThd" + (6).to_bytes(4, "big") + bytes([0, 0, 0, 1]) + division.to_bytes(2, "big")
    return head + b"MTrk" + len(track).to_bytes(4, "big") + track


METER_AND_KEY = b"\0\xff\x58\x04\x03\x02\x18\x08" + b"\0\xff\x59\x02\xfe\x01"  # 3/4, two flats minor
SCALE = [(i / 2, 0.5, p, 80) for i, p in enumerate((60, 62, 64, 65, 67, 69, 71, 72, 71, 67, 64, 60, 60, 67))]


class Reading(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def file(self, data, name="a.mid"):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_the_numbers_of_the_format_description(self):
        for value, written in ((0, "00"), (0x40, "40"), (0x80, "8100"), (0x3FFF, "FF7F"), (0x0FFFFFFF, "FFFFFF7F")):
            self.assertEqual(length(value), bytes.fromhex(written))
            self.assertEqual(midi_file.number(bytes.fromhex(written), 0), (value, len(written) // 2))

    def test_notes_meter_and_key(self):
        read = midi_file.read(self.file(midi([(0, 1, 60, 127), (1.5, 0.25, 67, 64)], meta=METER_AND_KEY)))
        self.assertEqual((read.meter, read.key), ("3/4", (-2, True)))
        self.assertEqual(read.parts[0, 0], [(0.0, 1.0, 60, 1.0), (1.5, 0.25, 67, 64 / 127)])

    def test_files_that_are_none(self):
        for data in (b"", b"RIFF....", midi([(0, 1, 60, 1)])[:-3]):
            with self.assertRaises(ValueError):
                midi_file.read(self.file(data))

    def test_a_drum_record_keeps_timing_and_strength(self):
        notes = [(0, 0.1, 36, 127), (1.02, 0.1, 38, 64), (2, 0.1, 42, 32), (2.98, 0.1, 38, 100), (4.5, 0.1, 36, 90)]
        fields = own_midi.drums(midi_file.read(self.file(midi(notes, 9))), 10)
        self.assertEqual(fields["bars"], 2)
        self.assertEqual(fields["hits"][1][:3], [1.0, 38, round(64 / 127, 3)])
        self.assertAlmostEqual(fields["hits"][1][3], 0.02, places=2)
        self.assertAlmostEqual(fields["hits"][3][3], -0.02, places=2)
        self.assertIsNone(own_midi.drums(midi_file.read(self.file(midi(notes, 3))), 10))

    def test_a_melody_is_the_top_line_in_its_key(self):
        chordal = SCALE + [(0, 4, 48, 60), (0, 4, 55, 60)]
        fields = own_midi.melody(midi_file.read(self.file(midi(chordal))))
        self.assertEqual([n[2] for n in fields["notes"]], [n[2] for n in SCALE])
        self.assertEqual((fields["key"], fields["length"]), ("C maj", 8))
        moved = [(b, d, p + 2, v) for b, d, p, v in SCALE]
        self.assertEqual(own_midi.melody(midi_file.read(self.file(midi(moved))))["key"], "D maj")

    def test_tempi_and_the_pedal_of_a_performance(self):
        tempo = lambda micro: b"\xff\x51\x03" + micro.to_bytes(3, "big")  # noqa: E731
        meta = b"\0" + tempo(500_000) + length(960) + tempo(1_000_000)  # 120, from beat 2 on 60
        read = midi_file.read(self.file(midi([(2, 1, 60, 1)], meta=meta)))
        self.assertEqual([read.seconds(beat) for beat in (1, 2, 3)], [0.5, 1.0, 2.0])
        keys = [(i / 4, 0.1, 60 + i % 12, 64) for i in range(200)]
        pedal = b"\0\xb0\x40\x7f" + length(480) + b"\xb0\x40\0"  # down until beat 1
        read = midi_file.read(self.file(midi(keys)))
        read.pedals = [(0.0, 0, True), (1.0, 0, False)]
        notes = own_voices.performance(read)["notes"]
        self.assertEqual(notes[0], [0.0, 0.5, 60, 64])  # until the pedal, one beat at 120
        self.assertEqual(notes[4], [0.5, 0.05, 64, 64])
        at = midi_file.MidiFile()
        midi_file.read_track(pedal, 480, 0, at)
        self.assertEqual(at.pedals, [(0.0, 0, True), (1.0, 0, False)])

    def test_four_voices_of_four_parts_or_of_chords(self):
        rows = [[(i, 1, top + i % 3, 80) for i in range(16)] for top in (72, 67, 60, 48)]
        file = midi_file.MidiFile(parts={(i, i): row for i, row in enumerate(reversed(rows))})
        fields = own_voices.chorale(file, "train", "C maj")
        self.assertEqual([fields[v][1] for v in "SATB"], [[4, 4, p + 1] for p in (72, 67, 60, 48)])
        chords = midi_file.MidiFile(parts={(0, 0): sorted(sum(rows, []))})
        self.assertEqual(own_voices.chorale(chords, "train", "C maj"), fields)
        line = midi_file.MidiFile(parts={(0, 0): rows[0]})
        self.assertIsNone(own_voices.chorale(line, "train", "C maj"))

    def test_a_folder_becomes_records_and_says_what_is_left_out(self):
        said = []
        for i in range(12):
            self.file(midi(SCALE), f"{i:02}.mid")
        self.file(b"nonsense", "broken.MID")
        out = self.folder / "own.jsonl.gz"
        self.assertEqual(own_midi.convert(self.folder, "melody", out, say=said.append), 12)
        with gzip.open(out, "rt") as lines:
            splits = [json.loads(line)["split"] for line in lines]
        self.assertEqual([splits.count(s) for s in ("train", "valid", "test")], [9, 2, 1])
        self.assertEqual(len(said), 1)
        with self.assertRaises(ValueError):
            own_midi.convert(self.folder, "drums", out, say=said.append)


if __name__ == "__main__":
    unittest.main()
