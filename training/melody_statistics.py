"""Musical statistics of the data, to hold beside those of sampled phrases.

    python melody_statistics.py --data melodies.jsonl.gz

The other side is `cargo run --release -p mag-models --example statistics`.
"""

import argparse

from melody_chords import SCALES
from melody_data import load


def bars_of(tune):
    bars = {}
    for onset, end, pitch in tune.notes:
        bars.setdefault(onset // tune.bar, []).append((onset % tune.bar, end - onset, pitch))
    return bars


def chord_at(tune, tick):
    earlier = [c for c in tune.chords if c[0] <= tick]
    return earlier[-1][2] if earlier else None


def report(name, tunes):
    notes = [(t, onset, end, (pitch - t.tonic) % 12) for t in tunes for onset, end, pitch in t.notes]
    bars = sum((t.end - t.start) / t.bar for t in tunes)
    in_scale = sum(pc in SCALES[t.mode] for t, _, _, pc in notes)
    strong = [(t, onset, pc) for t, onset, _, pc in notes if onset % t.bar == 0]
    print(f"{name}: {len(tunes)} tunes")
    print(f"  notes/bar {len(notes) / bars:.1f}  in scale {in_scale / len(notes):.0%}  downbeat onsets {len(strong) / bars:.0%}")
    with_chords = [(pc, chord_at(t, onset)) for t, onset, pc in strong if t.chords]
    if with_chords:
        every = [(pc, chord_at(t, onset)) for t, onset, _, pc in notes if t.chords]
        share = lambda pairs: sum(c is not None and pc in c for pc, c in pairs) / len(pairs)
        print(f"  chord tones: downbeats {share(with_chords):.0%}, all {share(every):.0%} (as annotated)")
    ends = [(t.notes[-1][2] - t.tonic) % 12 == 0 for t in tunes]
    length = sum(t.notes[-1][1] - t.notes[-1][0] for t in tunes) / len(tunes) / 24
    print(f"  ends on tonic {sum(ends) / len(ends):.0%}, last note {length:.1f} beats")
    shares = []
    for lag in (1, 2, 4, 8):
        same = count = 0
        for tune in tunes:
            content = bars_of(tune)
            for bar in range(lag, tune.end // tune.bar):
                same += content.get(bar) == content.get(bar - lag)
                count += 1
        shares.append(f"{lag}: {same / max(count, 1):.0%}")
    print("  bars equal to the one n before:", "  ".join(shares))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    tunes = [written for written, _ in load(parser.parse_args().data)]
    report("all folk", tunes)
    for meter in ("4/4", "3/4", "6/8"):
        report(f"major in {meter}", [t for t in tunes if t.meter == meter and t.mode == 1])
    report("with chords", [t for t in tunes if t.chords])


if __name__ == "__main__":
    main()
