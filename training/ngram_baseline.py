"""Interpolated 5-gram on the same events as the melody model, for comparison.

    python ngram_baseline.py --data melodies.jsonl.gz

Token given the last four events, then duration given the token and the last four events,
each interpolated down to the uniform distribution after Witten and Bell (1991).
"""

import argparse
import math
from collections import defaultdict

from melody_data import DURATIONS, TOKENS, events_of, load

ORDER = 4  # events of context


class Interpolated:
    """Counts of symbols after contexts of every length up to ORDER."""

    def __init__(self, symbols):
        self.symbols = symbols
        self.counts = defaultdict(lambda: defaultdict(int))
        self.totals = defaultdict(int)

    def count(self, contexts, symbol):
        for context in contexts:
            self.counts[context][symbol] += 1
            self.totals[context] += 1

    def probability(self, contexts, symbol):
        p = 1.0 / self.symbols
        for context in contexts:
            counts = self.counts.get(context)
            if counts:
                p = (counts.get(symbol, 0) + len(counts) * p) / (self.totals[context] + len(counts))
        return p


def walk(tune):
    """(contexts for the token, token, contexts for the duration, duration), shortest first."""
    past = ((None, None),) * ORDER
    for _, token, duration in events_of(tune):
        contexts = [past[ORDER - n :] for n in range(ORDER + 1)]
        yield contexts, token, [(token, *c) for c in contexts], duration
        past = (*past[1:], (token, duration))


def baseline(train, test):
    """Nats per sixteenth of the test tunes."""
    tokens, durations = Interpolated(TOKENS), Interpolated(len(DURATIONS))
    for tune in train:
        for before_token, token, before_duration, duration in walk(tune):
            tokens.count(before_token, token)
            durations.count(before_duration, duration)
    nats = 0.0
    for tune in test:
        for before_token, token, before_duration, duration in walk(tune):
            nats -= math.log(tokens.probability(before_token, token))
            nats -= math.log(durations.probability(before_duration, duration))
    return nats / sum(tune.sixteenths for tune in test)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    tunes = [written for written, _ in load(parser.parse_args().data)]
    by_split = {s: [t for t in tunes if t.split == s] for s in ("train", "valid", "test")}
    for split in ("valid", "test"):
        score = baseline(by_split["train"], by_split[split])
        print(f"5-gram, folk {split}: {score:.4f} nats per sixteenth")


if __name__ == "__main__":
    main()
