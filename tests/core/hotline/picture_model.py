"""Notices and their pictures, slow and obviously right: minute by minute, with nothing kept that could be counted anew."""

from __future__ import annotations

from dataclasses import dataclass, field

#: How a version of one round volume is described: radius (m), ceiling (m), from and to (minutes).
Round = tuple[int, int, int, int]
OVER = ("clear", "withdrawn", "not_flown", "lapsed")


@dataclass
class ModelNotice:
    """One notice. `linger` is in minutes, 0: none was agreed. It lapses half a minute after a whole one."""

    giver: str
    to: tuple[str, ...]
    linger: int
    versions: list[Round] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    state: str = "given"
    deviated: bool = False
    over_since: int | None = None
    #: The end of a window after which its giver alone says what ends.
    spent: int | None = None

    def picture(self) -> set[int]:
        """Numbers of the versions that somebody has to reckon with."""
        if self.state in OVER:
            return set()
        newest = len(self.versions)
        kept = {newest}
        for party in self.to:
            kept |= {number for number in range(1, newest + 1) if number >= self.seen.get(party, 0)}
        return kept - {0}

    def bounds(self) -> tuple[int, int]:
        """When the earliest window in a picture opens, and when the latest is over."""
        windows = [self.versions[number - 1][2:] for number in self.picture()]
        return min(start for start, _ in windows), max(end for _, end in windows)

    def give(self, now: int, said: Round) -> str | None:
        """A version; the kind of it, or None where it was refused."""
        if not self.versions:
            self.versions.append(said)
            if said[2] <= now:
                self.state = "due"
            if said[3] < now or (said[3] == now and self.state == "due"):
                self._over(now)
            return "first"
        if self.state in OVER:
            return None
        former, end = self.versions[-1], self.bounds()[1]
        if said[0] <= former[0] and said[1] <= former[1] and said[2] >= former[2] and said[3] <= former[3]:
            kind = "inside"
        else:
            kind = "slip" if said[:2] == former[:2] else "outside"
        self.versions.append(said)
        if self.state == "over_unconfirmed" and kind != "inside" and said[3] > end:
            self.state, self.over_since = "active", None
        return kind

    def say(self, now: int, event: str) -> bool:
        """Whether what its giver said was recorded."""
        stood = self.state
        if event == "begun":
            if stood in ("withdrawn", "not_flown", "lapsed"):
                return False
            if stood in ("given", "due", "over_unconfirmed"):
                self.state, self.over_since = "active", None
                self.deviated |= stood == "given"
                if stood == "over_unconfirmed" and self.bounds()[1] <= now:
                    self.spent = self.bounds()[1]
        elif event in ("ended", "all-clear"):
            if stood == "given":
                return False
            if stood in ("due", "active", "over_unconfirmed", "lapsed"):
                self.state = "clear"
        elif event == "broken off":
            if stood in ("given", "due"):
                return False
            if stood == "active":
                self._over(now)
        elif event == "not flown":
            if stood == "active":
                return False
            if stood in ("given", "due", "over_unconfirmed", "lapsed"):
                self.state = "not_flown"
        elif event == "withdrawn":
            if stood in ("due", "active", "over_unconfirmed"):
                return False
            if stood == "given":
                self.state = "withdrawn"
        else:
            self.deviated = True
        return True

    def see(self, party: str) -> bool:
        """Whether a party says for the first time that it has SEEN the newest version."""
        if self.seen.get(party) == len(self.versions):
            return False
        self.seen[party] = len(self.versions)
        return True

    def tick(self, now: int) -> None:
        """What the clock does at a minute."""
        if self.state in OVER:
            return
        opens, ends = self.bounds()
        if self.spent is not None and ends != self.spent:
            self.spent = None
        if self.state == "given" and opens <= now:
            self.state = "due"
        if self.state in ("due", "active") and ends <= now and self.spent is None:
            self._over(now)
        if self.over_since is not None and self.linger and now > self.over_since + self.linger:
            self.state = "lapsed"

    def _over(self, now: int) -> None:
        self.state, self.over_since = "over_unconfirmed", now
