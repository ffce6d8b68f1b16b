"""Musical statistics of samples against the data, and what they copy, in tables and pictures.

    ./samples samples
    python musical_statistics.py --data DATA --samples samples --out statistics

DATA has melodies, drums, chords, chorales and performances (.jsonl.gz). The samples are those of the
models in stdlib/models at the settings that the program uses, seeds 0 and up. What is copied is the
longest run that is also somewhere in the training data: of notes (pitch above the tonic, length), of
sixteenths of drums, of chords (above the tonic, length; of four voices, in any key), of keys of a
piano (in any transposition); beside it the same for real music that was held out, cut to the same
length.
"""

import argparse

from musical.chorales import chorales
from musical.chords import chords
from musical.drums import drums, groove
from musical.melodies import melody
from musical.performances import performances

KINDS = {
    "melody": melody, "drums": drums, "groove": groove, "chords": chords, "chorale": chorales,
    "performance": performances,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder of the data")
    parser.add_argument("--samples", required=True)
    parser.add_argument("--out", default="statistics")
    parser.add_argument("--only", choices=KINDS)
    args = parser.parse_args()
    for kind in [args.only] if args.only else KINDS:
        KINDS[kind](args, args.data)


if __name__ == "__main__":
    main()
