"""`beforehand agreement …`: terms that parties signed, and which were in force when (H7)."""

from __future__ import annotations

import json
from typing import Annotated, Any

from cyclopts import App, Parameter

from beforehand.cli.errors import UsageError
from beforehand.cli.hotline.asking import ASKING, READING, Asking, Reading, act, connected, perform, recorded
from beforehand.cli.hotline.shown import line, moment, table, words_of
from beforehand.cli.hotline.values import time
from beforehand.cli.hotline.volumes import NO_SHAPE, Shape

app = App("agreement", help="Agreements: terms, who signed, what is in force.")

Agreement = Annotated[str | None, Parameter(show_default=False, help="The agreement's id.")]


def _minutes(says: str) -> Parameter:
    return Parameter(show_default=False, help=f"{says}, in minutes.")


@app.command
def propose(
    *,
    title: Annotated[str | None, Parameter(show_default=False, help="Its title.")] = None,
    party: Annotated[
        tuple[str, ...], Parameter(negative=(), show_default=False, help="A party of it, your own too; at least two.")
    ] = (),
    observer: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False, help="An observer; several.")] = (),
    from_: Annotated[
        str | None, Parameter(name="--from", show_default=False, help="From when; now if not given.")
    ] = None,
    until: Annotated[str | None, Parameter(show_default=False, help="Until when; without end if not given.")] = None,
    shape: Shape = NO_SHAPE,
    lead: Annotated[float | None, _minutes("Least notice lead")] = None,
    usable: Annotated[float | None, _minutes("Least usable warning")] = None,
    delivered: Annotated[float | None, _minutes("DELIVERED is asked for, within (0: no deadline)")] = None,
    seen: Annotated[float | None, _minutes("SEEN is asked for, within (0: no deadline)")] = None,
    understood: Annotated[float | None, _minutes("UNDERSTOOD is asked for, within (0: no deadline)")] = None,
    disseminated: Annotated[float | None, _minutes("DISSEMINATED is asked for, within (0: no deadline)")] = None,
    answer: Annotated[float | None, _minutes("A giver answers an objection within")] = None,
    linger: Annotated[float | None, _minutes("Nobody said clear: it stays in the picture for so long")] = None,
    tell_all: Annotated[
        bool,
        Parameter(negative=(), show_default=False, help="Every party of it is told of every notice, wherever it is."),
    ] = False,
    relay: Annotated[
        tuple[str, ...],
        Parameter(
            negative=(), show_default=False, help="PARTY:NONPARTY[:MINUTES]: who is bound to pass on to whom; several."
        ),
    ] = (),
    asking: Asking = ASKING,
) -> int:
    """Propose terms to others. All terms there are: --body, with `terms` as docs/scenarios.md has them."""
    stages = {"DELIVERED": delivered, "SEEN": seen, "UNDERSTOOD": understood, "DISSEMINATED": disseminated}
    terms: dict[str, Any] = {
        "lead_min": None if lead is None else {"*": lead},
        "usable_min": None if usable is None else {"*": usable},
        "stages": {"*": [name for name, within in stages.items() if within is not None]},
        "deadlines_min": {name.lower(): within for name, within in (stages | {"ANSWER": answer}).items() if within},
        "tell": {"*": list(party)} if tell_all else None,
        "relays": [_relay(each) for each in relay],
        "linger_min": linger,
    }
    terms = {name: value for name, value in terms.items() if value and value != {"*": []}}
    starts = "now" if from_ is None and asking.body is None else from_
    fields = {
        "title": title,
        "parties": list(party) or None,
        "observers": list(observer) or None,
        "area": shape.volumes() or None,
        "from": None if starts is None else time(starts, "--from"),
        "until": None if until is None else time(until, "--until"),
        "terms": terms or None,
    }
    with connected(asking, "agreement propose") as line_:
        _body, made = act(line_, "agreement propose", asking, fields)
    if asking.as_json:
        print(json.dumps(made))
    else:
        print(recorded("Proposed.", made))
        print(f"Next, each party in the role senior: beforehand agreement sign {made['id']}")
    return 0


def _relay(said: str) -> dict[str, Any]:
    party, nonparty, *within = said.split(":")[:3] if said.count(":") in (1, 2) else ("", "")
    try:
        minutes = float(within[0]) if within else 0.0
    except ValueError:
        party = ""
    if not party or not nonparty:
        raise UsageError(
            f"--relay is {said!r}: give PARTY:NONPARTY or PARTY:NONPARTY:MINUTES, such as TEAL:COAST-AD:5."
        )
    return {"party": party, "nonparty": nonparty} | ({"within_min": minutes} if within else {})


@app.command
def cite(
    *,
    title: Annotated[str | None, Parameter(show_default=False, help="Its title.")] = None,
    source: Annotated[str | None, Parameter(show_default=False, help="Whose it is, and when.")] = None,
    clause: Annotated[
        tuple[str, ...],
        Parameter(negative=(), show_default=False, help='NUMBER=WORDS, such as --clause "2=calls upon both"; several.'),
    ] = (),
    asking: Asking = ASKING,
) -> int:
    """Put a reference instrument on the line, such as a resolution, clause by clause. It is not signed here."""
    clauses = dict(_clause(each) for each in clause)
    fields = {"title": title, "source": source, "clauses": clauses or None}
    return perform("agreement cite", asking, fields, "It stands as a reference.")


def _clause(said: str) -> tuple[str, str]:
    number, divided, words = said.partition("=")
    if not divided or not number.strip() or not words.strip():
        raise UsageError(f"--clause is {said!r}: give NUMBER=WORDS.")
    return number.strip(), words.strip()


@app.command
def sign(agreement: Agreement = None, /, *, asking: Asking = ASKING) -> int:
    """Sign for your party. For the role senior."""
    return perform("agreement sign", asking, {"agreement": agreement}, "Signed.")


@app.command
def suspend(agreement: Agreement = None, /, *, asking: Asking = ASKING) -> int:
    """Suspend it. For the role senior."""
    return perform(
        "agreement suspend", asking, {"agreement": agreement}, "Suspended: its terms do not bind until it is resumed."
    )


@app.command
def resume(agreement: Agreement = None, /, *, asking: Asking = ASKING) -> int:
    """Take it up again. For the role senior."""
    return perform("agreement resume", asking, {"agreement": agreement}, "Resumed.")


@app.command
def denounce(
    agreement: Agreement = None,
    /,
    *,
    ends: Annotated[
        str | None, Parameter(show_default=False, help="When the notice period runs out; at once if not given.")
    ] = None,
    asking: Asking = ASKING,
) -> int:
    """Denounce it, from a time. For the role senior."""
    fields = {"agreement": agreement, "ends": None if ends is None else time(ends, "--ends")}
    return perform("agreement denounce", asking, fields, "Denounced.")


At = Annotated[
    str | None, Parameter(allow_leading_hyphen=True, show_default=False, help="As of when; now if not given.")
]


@app.command(name="list")
def list_(*, at: At = None, reading: Reading = READING) -> int:
    """Your agreements, and the state of each."""
    with connected(reading) as line_:
        answer = line_.hotline.read("/agreements", at=None if at is None else time(at, "--at"))
    if reading.as_json:
        print(json.dumps(answer))
        return 0
    rows = [
        (
            each["agreement"],
            words_of(each["state"]),
            "-".join(each["parties"]),
            f"signed by {', '.join(each['signed_by']) or 'nobody'}",
        )
        for each in answer["agreements"]
    ]
    print(table(rows) if rows else "No agreements.")
    return 0


@app.command
def show(
    agreement: Annotated[str, Parameter(help="The agreement's id.")], /, *, at: At = None, reading: Reading = READING
) -> int:
    """One agreement: which state it was in at a time, its terms, and what happened to it."""
    with connected(reading) as line_:
        answer = line_.hotline.read(f"/agreements/{agreement}", at=None if at is None else time(at, "--at"))
    if reading.as_json:
        print(json.dumps(answer))
        return 0
    view = answer.get("view", answer)
    print(line("agreement", view["agreement"]))
    print(line("state", f"{words_of(view['state'])}, at {moment(view['at'])}"))
    print(
        line(
            "parties",
            ", ".join(view["parties"]) + (f"; observed by {', '.join(view['observers'])}" if view["observers"] else ""),
        )
    )
    print(line("signed by", ", ".join(view["signed_by"]) or "nobody yet"))
    print(line("holds", f"{moment(view['start'])} to {moment(view['end']) if view['end'] else 'no end'}"))
    for name, value in view["terms"].items():
        print(line("term" if name == next(iter(view["terms"])) else "", f"{name}: {json.dumps(value)}"))
    for each in view["history"]:
        print(
            line(
                "history" if each is view["history"][0] else "",
                f"{moment(each['time'])}  {words_of(each['state'])}  (entry {each['entry']})",
            )
        )
    return 0
