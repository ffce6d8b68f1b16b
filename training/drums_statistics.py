"""Statistics of the played beats in 4/4, to hold beside those of sampled phrases.

    python drums_statistics.py --data drums.jsonl.gz

The other side is `cargo run --release -p mag-models --example drums_statistics`.
"""

import argparse

import numpy as np

from drums_data import BEAT, CLASSES, bits, load


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    takes = load(parser.parse_args().data)
    beats = [t for t in takes if t.kind[0] == BEAT and t.bar == 16 and len(t) >= 16 * 16]
    hits, bars = np.zeros(len(CLASSES)), 0
    same = {lag: [0, 0] for lag in (1, 2, 4)}
    loud, late = [], []
    for take in beats:
        rows = take.steps[: len(take) // 16 * 16].reshape(-1, 16)
        struck = bits(take.steps)
        hits, bars = hits + struck.sum(0), bars + len(rows)
        for lag, count in same.items():
            count[0] += int((rows[lag:] == rows[:-lag]).all(1).sum())
            count[1] += len(rows) - lag
        loud.append(take.velocity[struck > 0])
        late.append(take.offset[struck > 0])
    print("hits per bar: " + ", ".join(f"{n} {h / bars:.2f}" for n, h in zip(CLASSES, hits)))
    print("bars equal to the one before: " + ", ".join(f"{l}: {a / b:.0%}" for l, (a, b) in same.items()))
    for name, values in (("velocity", loud), ("offset", late)):
        marks = np.percentile(np.concatenate(values), (10, 25, 50, 75, 90))
        print(f"{name}, 10 25 50 75 90 %: " + " ".join(f"{v:.3f}" for v in marks))


if __name__ == "__main__":
    main()
