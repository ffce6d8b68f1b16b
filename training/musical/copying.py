"""What is copied: the longest run of symbols that is also somewhere in the training data."""

import numpy as np


def hashes(row, k, base=np.uint64(0x9E3779B97F4A7C15)):
    """A 64-bit hash of every k symbols in a row."""
    result = np.zeros(max(0, len(row) - k + 1), np.uint64)
    for i in range(k):
        result = result * base + row[i : len(row) - k + 1 + i]
    return result


def longest_shared(pieces, train, most=128):
    """For each piece the length of its longest run of symbols that a training piece has too."""
    def joined(rows):
        ends = np.cumsum([len(r) + 1 for r in rows])
        flat = np.concatenate([np.append(np.asarray(r, np.int64), -1 - i) for i, r in enumerate(rows)])
        return flat, ends

    (known, _), (asked, ends) = joined(train), joined(pieces)
    asked = np.where(asked < 0, asked - len(train) - 1, asked)  # ends of pieces match nothing
    owner = np.searchsorted(ends, np.arange(len(asked)), side="right")
    longest = np.zeros(len(pieces), int)
    for k in range(1, most + 1):
        found = np.isin(hashes(asked.astype(np.uint64), k), hashes(known.astype(np.uint64), k))
        if not found.any():
            break
        longest[np.unique(owner[: len(found)][found])] = k
    return longest


def told_apart(rows):
    """Symbols of any kind as small numbers, the same for the same."""
    table = {}
    return [[table.setdefault(symbol, len(table)) for symbol in row] for row in rows]


def copying(samples, held_out, train):
    rows = told_apart([*samples, *held_out, *train])
    n, m = len(samples), len(held_out)
    return longest_shared(rows[:n], rows[n + m :]), longest_shared(rows[n : n + m], rows[n + m :])


def told_copies(copied):
    for name, values in zip(("samples", "held out"), copied):
        marks = np.percentile(values, (10, 50, 90, 100))
        print(f"  longest run shared with training, {name}: 10 50 90 100 %: " + " ".join(f"{v:.0f}" for v in marks))
