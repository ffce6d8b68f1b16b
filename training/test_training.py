"""A run that is interrupted ends as one that is not: every training script, on a few made-up pieces.

    python -m unittest test_training

It needs PyTorch, and is left out without it.
"""

import contextlib
import gzip
import importlib
import io
import json
import random
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

try:
    import torch

    import trainer
except ImportError:
    torch = None

SPLITS = ("train", "train", "train", "train", "valid", "test", "train", "train")
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def melody(draw):
    notes = [[beat, 1, draw.choice(SCALE)] for beat in range(32)]
    return {"meter": "4/4", "key": "C maj", "pickup": 0, "length": 32, "notes": notes}


def chords(draw):
    rows = [[4 * bar, 4, draw.choice(("C", "F", "G", "Am", "Dm"))] for bar in range(12)]
    return {"meter": "4/4", "tonic": "C", "style": "", "sections": [], "chords": rows, "length": 48}


def drums(draw):
    hits = [
        [step / 4, draw.choice((36, 38, 42)), round(draw.random(), 2), round(draw.uniform(-0.05, 0.05), 3)]
        for step in range(0, 128, 2)
    ]
    return {
        "meter": "4/4", "style": "own", "kind": "beat", "drummer": "own", "bpm": 120, "bars": 8,
        "hits": hits,
    }


def chorale(draw):
    voices = {
        voice: [[4 * i, 4, draw.choice(SCALE) + by] for i in range(20)]
        for voice, by in zip("SATB", (0, -5, -12, -19))
    }
    return {"meter": "4/4", "key": "C maj", "fifths": 0, "pickup": 0, "length": 80, "fermatas": [], **voices}


def performance(draw):
    notes = [[round(i * 0.2, 3), 0.18, draw.choice(SCALE), draw.randint(30, 100)] for i in range(240)]
    return {"notes": notes, "pedal": []}


# Script, what a piece is, and its settings beside --data, --out and --steps.
SCRIPTS = {
    "melody": ("train_melody", melody, "--hidden 16 --batch-events 80"),
    "lstm": ("lstm_baseline", melody, "--hidden 16 --batch-events 80"),
    "chords": ("train_chords", chords, "--hidden 16 --batch-events 120"),
    "drums": ("train_drums", drums, "--hidden 16 --batch-events 300"),
    "groove": ("train_groove", drums, "--hidden 16 --batch-events 300"),
    "chorale": ("train_chorale", chorale, "--hidden 16 --batch-events 640"),
    "performance": ("train_performance", performance, "--hidden 16 --batch-events 768"),
    "expression": ("train_expression", performance, "--hidden 16 --batch-events 600"),
    "melody-vae": ("train_vae", melody, "--kind melody-vae --hidden 16 --batch-events 4"),
    "drums-vae": ("train_vae", drums, "--kind drums-vae --hidden 16 --batch-events 12"),
}
STEPS = 11


class Interrupted(Exception):
    """What stops a run in these tests."""


@unittest.skipUnless(torch, "PyTorch is not installed")
class Runs(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def pieces(self, make):
        """A file of made-up pieces of a kind."""
        path = self.folder / f"{make.__name__}.jsonl.gz"
        draw = random.Random(7)
        with gzip.open(path, "wt", encoding="utf-8") as file:
            # Chords are split by their titles; of these 40 some are for validation.
            for i, split in enumerate(5 * SPLITS if make is chords else SPLITS):
                about = {"id": f"own/{i}", "source": "own", "licence": "own", "title": str(i)}
                about["split"] = "validation" if make is drums and split == "valid" else split
                about["jsb_split"] = split
                if make is chords:  # of which nobody has their own
                    about |= {"source": "mcgill-billboard", "licence": "CC0-1.0"}
                file.write(json.dumps(about | make(draw)) + "\n")
        return path

    def run_script(self, kind, out, *more, stop=()):
        """Runs a script until it is done, or is stopped before these steps and started again."""
        name, make, settings = SCRIPTS[kind]
        script = importlib.import_module(name)
        words = [name, "--data", str(self.pieces(make)), "--out", str(out), *settings.split(), *more]
        learn, stops = trainer.Trainer.learn, list(stop)

        def learning(self, batch):
            if stops and self.step == stops[0]:
                stops.pop(0)
                raise Interrupted
            return learn(self, batch)

        for _ in range(len(stop) + 1):
            with (
                mock.patch.object(sys, "argv", words), mock.patch.object(trainer.Trainer, "learn", learning),
                mock.patch.object(script, "curve", lambda *_: None, create=True),
                contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Interrupted),
            ):
                script.main()
        self.assertEqual(stops, [], "it was not stopped as often as wanted")
        return torch.load(out / "checkpoint.pt", weights_only=False)

    def assert_same(self, one, other):
        for part in ("model", "average"):
            for name, weight in one[part].items():
                self.assertTrue(torch.equal(weight, other[part][name]), f"{part} {name}")
        untimed = [[{**row, "minutes": 0} for row in run["log"]] for run in (one, other)]
        self.assertEqual(*untimed)
        self.assertEqual((one["step"], one["epoch"], one["best"]), (other["step"], other["epoch"], other["best"]))

    def test_an_interrupted_run_ends_as_one_that_was_not(self):
        for kind in SCRIPTS:
            with self.subTest(kind):
                steps = ("--steps", str(STEPS))
                whole = self.run_script(kind, self.folder / f"{kind}-a", *steps)
                self.assertEqual(whole["step"], STEPS)
                self.assertGreater(whole["epoch"], 2, "the pieces fill too few epochs")
                # In the first epoch, of which nothing is kept yet, and in a later one.
                parts = self.run_script(kind, self.folder / f"{kind}-b", *steps, stop=(1, 8))
                self.assert_same(whole, parts)
                best = [torch.load(self.folder / f"{kind}-{run}/best.pt", weights_only=False) for run in "ab"]
                for name, weight in best[0]["average"].items():
                    self.assertTrue(torch.equal(weight, best[1]["average"][name]), name)

    def test_another_seed_gives_another_run(self):
        one = self.run_script("drums", self.folder / "one", "--steps", "3")
        other = self.run_script("drums", self.folder / "other", "--steps", "3", "--seed", "2")
        with self.assertRaises(AssertionError):
            self.assert_same(one, other)

    def test_a_run_does_not_go_on_with_other_settings(self):
        out = self.folder / "run"
        self.run_script("chords", out, "--steps", "3")
        for more in (("--steps", "5"), ("--steps", "3", "--dropout", "0.4")):
            with self.assertRaisesRegex(SystemExit, "was begun with --(steps 3|dropout 0.35)"):
                self.run_script("chords", out, *more)


if __name__ == "__main__":
    unittest.main()
