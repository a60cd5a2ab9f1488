"""What happens to a notice, as its giver or an addressee says, and what advice there is."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from beforehand.cli.errors import UsageError
from beforehand.cli.hotline.asking import ASKING, ID_LENGTH, Asking, At, Notice, act, connected, perform, recorded
from beforehand.cli.hotline.shown import height, loud, window, words_of
from beforehand.cli.hotline.shown import line as labelled
from beforehand.cli.hotline.values import time
from beforehand.client.hotline_errors import HotlineError

Text = Annotated[str | None, Parameter(show_default=False, help="In words.")]

#: Verb, what its help says, what is printed.
MOVES = (
    ("begin", "It has begun.", "BEGUN, as you say."),
    ("end", "It has ended, and nothing of it is left there.", "ENDED and clear, as you say."),
    (
        "break-off",
        "It was broken off. Until you say clear it stays on the map, unconfirmed.",
        "BROKEN OFF. Say `clear` when nothing is left there.",
    ),
    ("clear", "All clear: nothing of it is left there.", "ALL CLEAR, as you say."),
    ("not-flown", "It was not carried out.", "NOT FLOWN, as you say."),
    ("withdraw", "Withdraw it, before its window.", "WITHDRAWN."),
    (
        "deviate",
        "What is done lies outside what was declared.",
        "DEVIATED, recorded: give a new version (`notice change`) if it goes on.",
    ),
)


def register(app: App) -> None:
    """Add the commands of this module."""
    for name, says, done in MOVES:
        app.command(_move(f"notice {name}", says, done), name=name)
    app.command(advice)
    app.command(release)
    app.command(object_, name="object")
    app.command(answer)


def _move(verb: str, says: str, done: str) -> Callable[..., int]:
    def move(
        notice: Notice = None,
        /,
        *,
        at: At = None,
        deviated: Annotated[
            bool, Parameter(negative=(), show_default=False, help="It lay outside what was declared.")
        ] = False,
        asking: Asking = ASKING,
    ) -> int:
        fields = {"notice": notice, "at": None if at is None else time(at, "--at"), "deviated": deviated or None}
        with connected(asking, verb) as line:
            body, answer = act(line, verb, asking, fields)
            if asking.as_json:
                print(json.dumps(answer))
                return 0
            # First of all that it is recorded: whatever happens to the question that follows.
            print(recorded(done, answer), flush=True)
            with contextlib.suppress(HotlineError):
                print(_of_which(line.hotline.read(f"/notices/{body['notice']}")["view"]))
        return 0

    move.__doc__ = says
    return move


def _of_which(view: Mapping[str, Any]) -> str:
    """Which notice it was, for who typed the id of another; and that it lies outside of what was declared."""
    newest = view["versions"][-1]
    about = f"{words_of(view['category'])}, version {view['version']}, {window(newest['opens'], newest['ends'])}"
    said = labelled(view["notice"][:8], f"{about}: {view['state_in_words'].upper()}")
    if view["deviated"]:
        said += "\n" + loud(
            "DEVIATED: it lies outside what was declared, perhaps too early, and all who were told see it"
        )
    return said


def advice(
    notice: Notice = None,
    /,
    *,
    minutes: Annotated[
        float | None, Parameter(show_default=False, help="Steps in time; the agreement's if not given.")
    ] = None,
    feet: Annotated[
        float | None, Parameter(show_default=False, help="Steps in altitude; the agreement's if not given.")
    ] = None,
    asking: Asking = ASKING,
) -> int:
    """The smallest shift in time, altitude or both that clears all that you may see. It is counted."""
    fields = {"notice": notice, "time_min": minutes, "altitude_ft": feet}
    with connected(asking, "notice advice") as line:
        _body, said = act(line, "notice advice", asking, fields)
    if asking.as_json:
        print(json.dumps(said))
        return 0
    print(advised(said))
    return 0


def advised(said: Mapping[str, Any]) -> str:
    """Advice in words: what is hidden first, then the smallest shifts, then what is seen nearby."""
    lines = [
        loud(f"CONFLICT, ask {code}: what it plans is not yours to see, and no advice knows it") for code in said["ask"]
    ]
    if said["cells_only"]:
        lines.append(
            loud(f"CELLS ONLY: {said['cells_only']} standard intents are not known in detail, and not called clear")
        )
    lines.append(labelled("advice", said["words"]))
    lines += [labelled(f"by {name}", _shift(said[name])) for name in ("time", "altitude", "both")]
    nearby = list(said.get("nearby") or [])
    lines += [labelled("nearby" if each is nearby[0] else "", _near(each)) for each in nearby]
    left = said.get("of_nearby", len(nearby)) - len(nearby)
    if left > 0:
        lines.append(labelled("", f"and {left} more that are not listed"))
    return "\n".join(lines)


def _near(each: Mapping[str, Any]) -> str:
    what = f"{words_of(each['kind'])} {each['id'][:8]}, volume {each['volume']}: "
    if each["meets"]:
        band = f"{height(each['lower_mm'], 'the ground')} to {height(each['upper_mm'], 'no limit')}"
        return f"{what}MEETS IT, {band}, {window(each['start'], each['end'])}"
    apart = [f"{each['horizontal_m']:,.0f} m apart"] if each["horizontal_m"] else []
    apart += [f"{each['vertical_m']:,.0f} m above or below"] if each["vertical_m"] else []
    apart += [f"{each['time']} before or after"] if each["time"] and each["time"] != "0 s" else []
    return what + (", ".join(apart) or "shares place, height and time")


def _shift(shift: dict[str, Any] | None) -> str:
    if shift is None:
        return "nothing clears"
    parts = []
    if shift["minutes"]:
        parts.append(f"{abs(shift['minutes']):g} min {'later' if shift['minutes'] > 0 else 'earlier'}")
    if shift["feet"]:
        parts.append(f"{abs(shift['feet']):g} ft {'higher' if shift['feet'] > 0 else 'lower'}")
    return " and ".join(parts) or "as it stands"


def release(notice: Notice = None, /, *, asking: Asking = ASKING) -> int:
    """Let its giver see what of yours it meets: exactly, from now on."""
    return perform("notice release", asking, {"notice": notice}, "Released: its giver may see what of yours it meets.")


def object_(
    notice: Notice = None,
    /,
    *,
    kind: Annotated[
        Literal["OBJECTION", "DELAY_REQUESTED", "QUESTION"] | None,
        Parameter(show_default=False, help="OBJECTION if not given."),
    ] = None,
    text: Text = None,
    asking: Asking = ASKING,
) -> int:
    """Object, ask for a delay, or ask. It stops nothing by itself."""
    fields = {"notice": notice, "kind": kind, "text": text}
    return perform("notice object", asking, fields, "Raised. It stops nothing by itself: its giver is to answer.")


def answer(
    notice: Notice = None,
    /,
    *,
    objection: Annotated[
        str | None,
        Parameter(show_default=False, help="The objection's id, or its beginning; not needed where one alone is open."),
    ] = None,
    answer: Annotated[
        Literal["withdrawn", "amended", "noted, goes ahead"] | None,
        Parameter(show_default=False, show_choices=False, help='"withdrawn", "amended" or "noted, goes ahead".'),
    ] = None,
    text: Text = None,
    asking: Asking = ASKING,
) -> int:
    """Answer an objection to your notice. It says what you do and does nothing: withdraw or change it as well."""
    fields = {"notice": notice, "objection": objection, "answer": answer, "text": text}
    if asking.body is None and notice is not None and answer is not None and len(objection or "") < ID_LENGTH:
        with connected(asking, "notice answer") as line:
            view = line.hotline.read(f"/notices/{line.notice(notice)}")["view"]
        fields["objection"] = _the_one(view["objections"], objection)
    return perform("notice answer", asking, fields, "Answered.")


def _the_one(objections: Sequence[Mapping[str, Any]], said: str | None) -> str:
    """The objection that is meant: the one that begins so, or the only open one. Raises UsageError."""
    found = [
        str(each["objection"])
        for each in objections
        if (each["objection"].startswith(said.lower()) if said else each["answer"] is None)
    ]
    if len(found) != 1:
        which = f"begin with {said}" if said else "are open"
        raise UsageError(
            f"{len(found) or 'No'} objections {which}: give --objection, as `beforehand notice show` names it."
        )
    return found[0]
