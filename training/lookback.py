"""Looks back over a row of events: what began some bars ago, and where the past agrees with now."""

MATCH = 3  # events that must agree before the row's own past is followed
RUNS = 8


def run_class(run):
    """0, 1, 2, 3, 4-5, 6-8, 9-16, more."""
    return run if run < 4 else 4 + (run > 5) + (run > 8) + (run > 16)


class LookBack:
    """The events so far, kept so that a look back costs the same however long they are."""

    def __init__(self, bar, lags, nothing):
        self.bar, self.lags, self.nothing = bar, lags, nothing
        self.events, self.at = [], {}
        self.runs = [0] * len(lags)
        self.seen, self.follow, self.followed = {}, None, 0

    def back(self, now, lag):
        """The event that began exactly `lag` bars before a tick, or None."""
        past = self.at.get(now - lag * self.bar)
        return self.events[past] if past is not None else None

    def push(self, onset, token, duration):
        """Take the next event in."""
        event = (token, duration)
        for i, lag in enumerate(self.lags):
            self.runs[i] = self.runs[i] + 1 if self.back(onset, lag) == event else 0
        if self.follow is not None and self.events[self.follow] == event:
            self.follow, self.followed = self.follow + 1, self.followed + 1
        else:
            self.follow, self.followed = None, 0
        self.at[onset] = len(self.events)
        self.events.append(event)
        if len(self.events) >= MATCH:
            context = tuple(self.events[-MATCH:])
            if self.follow is None and context in self.seen:
                self.follow, self.followed = self.seen[context], MATCH
            self.seen[context] = len(self.events)

    def lagged(self, now):
        """Token, duration and run of every lag, for an event that begins at `now`."""
        row = []
        for lag, run in zip(self.lags, self.runs):
            row += [*(self.back(now, lag) or self.nothing), run_class(run)]
        return row

    def matched(self):
        """Token, duration and run of the place in the past that is followed."""
        followed = self.nothing if self.follow is None else self.events[self.follow]
        return [*followed, run_class(self.followed)]
