"""Steps a second of mag's models: this program's own (a Rust example, sampling included) beside Python's
onnxruntime on the same files (the networks alone), taking turns; and of networks of Magenta's sizes.

    benches/peers/models/run [-r ROUNDS]
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib

import numpy as np
import onnxruntime

import networks

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
MODELS = ("melody", "drums", "chords", "performance")
ROWS = (1, 16)
SECONDS = 1.5


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def opened(name):
    """A model of mag's: its network, and how many values each of its columns has."""
    folder = f"{ROOT}/stdlib/models/{name}"
    with open(f"{folder}/model.toml", "rb") as file:
        columns = tomllib.load(file)["inputs"]["columns"]
    return session(f"{folder}/model.onnx"), [column["size"] for column in columns]


def timed(step, rows, seconds=SECONDS):
    """Rows stepped a second of the processor: a busy machine disturbs that least."""
    for _ in range(20):
        step()
    count, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        step()
        count += rows
    return count / (time.process_time() - begun)


def stepping(network, rows, columns=None):
    """A step that feeds the states back. Where the numbers of values of its columns are told, every step
    reads others, as in music; zeros are looked up in the same place, which is quicker."""
    draw, feed, others = np.random.default_rng(1), {}, []
    for source in network.get_inputs():
        shape = [rows if isinstance(size, str) else size for size in source.shape]
        kind = np.int64 if "int64" in source.type else np.float32
        feed[source.name] = np.zeros(shape, kind)
    if columns:
        others = [np.stack([draw.integers(0, size, rows) for size in columns], 1) for _ in range(64)]
        feed["reals"][:] = draw.random(feed["reals"].shape) < 0.1
    names = [out.name for out in network.get_outputs()]
    turns = itertools.cycle(others)

    def step():
        if others:
            feed["columns"] = next(turns)
        for name, value in zip(names, network.run(None, feed)):
            if name.removesuffix("_next") in feed:
                feed[name.removesuffix("_next")] = value

    return step


def mixed(network, columns, mix):
    """Rows stepped a second in batches of as many rows as the other side had: phrases of a batch do
    not end together, and smaller batches are slower by the row."""
    whole = sum(mix.values())
    seconds = {
        rows: rows / timed(stepping(network, rows, columns), rows, max(0.05, SECONDS * count / whole))
        for rows, count in mix.items()
    }
    return sum(r * n for r, n in mix.items()) / sum(n * seconds[r] for r, n in mix.items())


def own(binary):
    """What the Rust example finds: {(model, rows): (steps a second, {rows: steps})}."""
    env = dict(os.environ, MAG_STEPS_SECONDS=str(SECONDS))
    lines = subprocess.run([binary], check=True, capture_output=True, text=True, env=env).stdout
    found = (json.loads(line) for line in lines.splitlines())
    mix = lambda row: {int(rows): count for rows, count in row["mix"].items()}
    return {(row["model"], row["rows"]): (row["steps_per_second"], mix(row)) for row in found}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-r", type=int, default=5, help="rounds; the median of each counts")
    parser.add_argument("binary")
    args = parser.parse_args()
    files = {name: opened(name) for name in MODELS}
    mine, python = {}, {}
    for _ in range(args.r):
        for key, (rate, mix) in own(args.binary).items():
            mine.setdefault(key, []).append(rate)
            python.setdefault(key, []).append(mixed(*files[key[0]], mix))
    print(f"onnxruntime {onnxruntime.__version__} in Python {sys.version.split()[0]}, one thread\n")
    print("| model | rows | mag, sampling included | Python, network alone | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for key in python:
        ratios = [a / b for a, b in zip(mine[key], python[key])]
        a, b = (statistics.median(side[key]) for side in (mine, python))
        print(f"| {key[0]} | {key[1]} | {a:,.0f} | {b:,.0f} | {statistics.median(ratios):.2f} |")
    print("\n| network of the size of | rows a second at 1 | at 16 |")
    print("| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        networks.make(folder)
        for file in sorted(os.listdir(folder)):
            network = session(os.path.join(folder, file))
            rates = [timed(stepping(network, rows), rows) for rows in ROWS]
            print(f"| {file.removesuffix('.onnx')} | {rates[0]:,.1f} | {rates[1]:,.1f} |")


if __name__ == "__main__":
    main()
