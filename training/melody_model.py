"""The melody network: the shared network of events with the melody's vocabulary."""

from event_model import EventModel, Vocabulary
from melody_data import DURATIONS, TOKENS
from melody_features import COLUMNS, DURATION_COPIES, TOKEN_COPIES

REALS = 24  # tones of the current and of the next bar's chord

VOCABULARY = Vocabulary(
    COLUMNS, REALS, TOKENS, len(DURATIONS), TOKEN_COPIES, DURATION_COPIES,
)


def make(hidden, dropout=0.0):
    return EventModel(VOCABULARY, hidden, dropout=dropout)
