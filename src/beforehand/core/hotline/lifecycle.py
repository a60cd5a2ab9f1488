"""The lives of the hotline's objects, as literal tables: docs/lifecycle.md and tests are drawn from them.

Rows are what stands, columns what happens. A cell is the state that follows, `NO_CHANGE` (recorded, and that is all), or a
`Refused` with its stable reason. No cell is empty, and no table names a party.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Refused(NamedTuple):
    """What a party asks does not fit what stands."""

    reason: str


#: Recorded, no change.
NO_CHANGE = "recorded, no change"

NoticeState = Literal["given", "due", "active", "over_unconfirmed", "clear", "withdrawn", "not_flown", "lapsed"]

#: What may happen to a notice (HOTLINE.md H4). The clock, what its giver says, and its new versions; `later`: with an end
#: after the one that stood.
NoticeHappening = Literal[
    "clock opens",
    "clock ends",
    "begun",
    "ended",
    "broken off",
    "all-clear",
    "not flown",
    "withdrawn",
    "inside",
    "slip",
    "slip later",
    "outside",
    "outside later",
    "linger",
]

_NOT_BEGUN = Refused("not_begun")
_WINDOW_OPEN = Refused("window_open")
_OVER = Refused("over")

NOTICE: dict[str, dict[str, str | Refused]] = {
    "given": {
        "clock opens": "due",
        "clock ends": NO_CHANGE,  # only of one whose beginning nobody said: it waits
        "begun": "active",
        "ended": _NOT_BEGUN,
        "broken off": _NOT_BEGUN,
        "all-clear": _NOT_BEGUN,
        "not flown": "not_flown",
        "withdrawn": "withdrawn",
        "inside": NO_CHANGE,
        "slip": NO_CHANGE,
        "slip later": NO_CHANGE,
        "outside": NO_CHANGE,
        "outside later": NO_CHANGE,
        "linger": NO_CHANGE,
    },
    "due": {
        "clock opens": NO_CHANGE,
        "clock ends": "over_unconfirmed",
        "begun": "active",
        "ended": "clear",
        "broken off": _NOT_BEGUN,
        "all-clear": "clear",
        "not flown": "not_flown",
        "withdrawn": _WINDOW_OPEN,
        "inside": NO_CHANGE,
        "slip": NO_CHANGE,
        "slip later": NO_CHANGE,
        "outside": NO_CHANGE,
        "outside later": NO_CHANGE,
        "linger": NO_CHANGE,
    },
    "active": {
        "clock opens": NO_CHANGE,
        "clock ends": "over_unconfirmed",
        "begun": NO_CHANGE,
        "ended": "clear",
        "broken off": "over_unconfirmed",
        "all-clear": "clear",
        "not flown": Refused("begun"),
        "withdrawn": _WINDOW_OPEN,
        "inside": NO_CHANGE,
        "slip": NO_CHANGE,
        "slip later": NO_CHANGE,
        "outside": NO_CHANGE,
        "outside later": NO_CHANGE,
        "linger": NO_CHANGE,
    },
    "over_unconfirmed": {
        "clock opens": NO_CHANGE,
        "clock ends": NO_CHANGE,
        "begun": "active",
        "ended": "clear",
        "broken off": NO_CHANGE,
        "all-clear": "clear",
        "not flown": "not_flown",
        "withdrawn": _WINDOW_OPEN,
        "inside": NO_CHANGE,
        "slip": NO_CHANGE,
        "slip later": "active",
        "outside": NO_CHANGE,
        "outside later": "active",
        "linger": "lapsed",
    },
    "clear": {
        "clock opens": NO_CHANGE,
        "clock ends": NO_CHANGE,
        "begun": NO_CHANGE,
        "ended": NO_CHANGE,
        "broken off": NO_CHANGE,
        "all-clear": NO_CHANGE,
        "not flown": NO_CHANGE,
        "withdrawn": NO_CHANGE,
        "inside": _OVER,
        "slip": _OVER,
        "slip later": _OVER,
        "outside": _OVER,
        "outside later": _OVER,
        "linger": NO_CHANGE,
    },
    "withdrawn": {
        "clock opens": NO_CHANGE,
        "clock ends": NO_CHANGE,
        "begun": _OVER,
        "ended": NO_CHANGE,
        "broken off": NO_CHANGE,
        "all-clear": NO_CHANGE,
        "not flown": NO_CHANGE,
        "withdrawn": NO_CHANGE,
        "inside": _OVER,
        "slip": _OVER,
        "slip later": _OVER,
        "outside": _OVER,
        "outside later": _OVER,
        "linger": NO_CHANGE,
    },
    "not_flown": {
        "clock opens": NO_CHANGE,
        "clock ends": NO_CHANGE,
        "begun": _OVER,
        "ended": NO_CHANGE,
        "broken off": NO_CHANGE,
        "all-clear": NO_CHANGE,
        "not flown": NO_CHANGE,
        "withdrawn": NO_CHANGE,
        "inside": _OVER,
        "slip": _OVER,
        "slip later": _OVER,
        "outside": _OVER,
        "outside later": _OVER,
        "linger": NO_CHANGE,
    },
    "lapsed": {
        "clock opens": NO_CHANGE,
        "clock ends": NO_CHANGE,
        "begun": _OVER,
        "ended": "clear",
        "broken off": NO_CHANGE,
        "all-clear": "clear",
        "not flown": "not_flown",
        "withdrawn": NO_CHANGE,
        "inside": _OVER,
        "slip": _OVER,
        "slip later": _OVER,
        "outside": _OVER,
        "outside later": _OVER,
        "linger": NO_CHANGE,
    },
}

#: States in which a notice is in the picture: only by `clear`, `withdrawn`, `not_flown` or `lapsed` does it leave.
IN_PICTURE = ("given", "due", "active", "over_unconfirmed")

AgreementState = Literal["proposed", "signed", "in_force", "suspended", "denounced", "expired"]

_NOT_SIGNED = Refused("not_signed")
_NO_MORE = Refused("agreement_over")

#: H7.2. `signed`: by all, but its validity has not begun. `denounced`: it still binds until its notice period runs out; a
#: suspended one does not, and runs out all the same.
AGREEMENT: dict[str, dict[str, str | Refused]] = {
    "proposed": {
        "signed by one": "proposed",
        "signed by all": "signed",
        "clock starts": NO_CHANGE,
        "suspended": _NOT_SIGNED,
        "resumed": _NOT_SIGNED,
        "denounced": _NOT_SIGNED,
        "clock ends": "expired",
    },
    "signed": {
        "signed by one": NO_CHANGE,
        "signed by all": NO_CHANGE,
        "clock starts": "in_force",
        "suspended": Refused("not_in_force"),
        "resumed": Refused("not_in_force"),
        "denounced": "expired",
        "clock ends": "expired",
    },
    "in_force": {
        "signed by one": NO_CHANGE,
        "signed by all": NO_CHANGE,
        "clock starts": NO_CHANGE,
        "suspended": "suspended",
        "resumed": Refused("not_suspended"),
        "denounced": "denounced",
        "clock ends": "expired",
    },
    "suspended": {
        "signed by one": NO_CHANGE,
        "signed by all": NO_CHANGE,
        "clock starts": NO_CHANGE,
        "suspended": NO_CHANGE,
        "resumed": "in_force",
        "denounced": "suspended",
        "clock ends": "expired",
    },
    "denounced": {
        "signed by one": NO_CHANGE,
        "signed by all": NO_CHANGE,
        "clock starts": NO_CHANGE,
        "suspended": NO_CHANGE,
        "resumed": Refused("not_suspended"),
        "denounced": NO_CHANGE,
        "clock ends": "expired",
    },
    "expired": {
        "signed by one": _NO_MORE,
        "signed by all": _NO_MORE,
        "clock starts": NO_CHANGE,
        "suspended": _NO_MORE,
        "resumed": _NO_MORE,
        "denounced": _NO_MORE,
        "clock ends": NO_CHANGE,
    },
}

#: States in which an agreement's terms bind.
BINDING = ("in_force", "denounced")

#: A read-back (H5.3): opened by a person, and what follows. `asked onto a call` is said once, after the second wrong one.
READ_BACK: dict[str, dict[str, str | Refused]] = {
    "closed": {
        "opened": "open",
        "right": Refused("no_read_back_open"),
        "wrong": Refused("no_read_back_open"),
        "lapsed": NO_CHANGE,
        "who of ours": Refused("not_understood"),
    },
    "open": {
        "opened": Refused("read_back_open"),
        "right": "understood",
        "wrong": "closed",
        "lapsed": "closed",
        "who of ours": Refused("not_understood"),
    },
    "understood": {
        "opened": Refused("understood_already"),
        "right": Refused("no_read_back_open"),
        "wrong": Refused("no_read_back_open"),
        "lapsed": NO_CHANGE,
        "who of ours": "answered",
    },
    "answered": {
        "opened": Refused("understood_already"),
        "right": Refused("no_read_back_open"),
        "wrong": Refused("no_read_back_open"),
        "lapsed": NO_CHANGE,
        "who of ours": "answered",
    },
}

#: An objection (H4.12): it stops nothing by itself.
OBJECTION: dict[str, dict[str, str | Refused]] = {
    "open": {"answered": "answered", "deadline": "overdue"},
    "overdue": {"answered": "answered", "deadline": NO_CHANGE},
    "answered": {"answered": Refused("answered_already"), "deadline": NO_CHANGE},
}
