"""`beforehand notice …`: telling the others beforehand (H4)."""

from __future__ import annotations

import difflib
import json
import time as clock
from typing import Annotated, Any

from cyclopts import App, Parameter

from beforehand.cli.errors import UsageError
from beforehand.cli.hotline import notice_looks, notice_moves
from beforehand.cli.hotline.asking import ASKING, Asking, Line, Notice, act, connected
from beforehand.cli.hotline.shown import line as labelled
from beforehand.cli.hotline.shown import loud
from beforehand.cli.hotline.volumes import NO_SHAPE, NO_WINDOW, Shape, Window, volumes_in
from beforehand.core.hotline.words import CATEGORIES

app = App("notice", help="Notices: tell the others beforehand what, where and when.")

#: Seconds that are waited for the server to have looked whom a notice meets; it goes on looking all the same.
LOOK_S, EVERY_S = 3.0, 0.1

Where = Annotated[str | None, Parameter(show_default=False, help="The area in words; checked against the shape.")]
Title = Annotated[str | None, Parameter(show_default=False, help="A title.")]
Text = Annotated[str | None, Parameter(show_default=False, help="Anything more.")]
Emergency = Annotated[
    bool,
    Parameter(
        negative=(), show_default=False, help="Waives lead time; goes out even if it contradicts itself, marked so."
    ),
]
Category = Annotated[
    str | None,
    Parameter(show_default=False, help="One of: " + ", ".join(each.replace("_", "-") for each in CATEGORIES) + "."),
]


@app.command
def give(
    *, category: Category = None, shape: Shape = NO_SHAPE, window: Window = NO_WINDOW, where: Where = None, title: Title = None,
    text: Text = None, emergency: Emergency = False, asking: Asking = ASKING,
) -> int:  # fmt: skip
    """Give a notice, in one act. It asks for no permission and gets none; it is never refused for coming late.

    beforehand notice give --category air-operation --circle 35.52,35.77,9000 --alt 0-20000ft --from 19:00 --to 19:20
    """
    fields = {"category": _category(category)} | _fields(shape, window, where, title, text, emergency)
    return _given("notice give", fields, asking)


@app.command(name="try")
def try_(
    *, category: Category = None, shape: Shape = NO_SHAPE, window: Window = NO_WINDOW, where: Where = None, title: Title = None,
    text: Text = None, emergency: Emergency = False, asking: Asking = ASKING,
) -> int:  # fmt: skip
    """Say what giving it would come to. It is counted, and nothing is given."""
    from beforehand.cli.hotline.notice_shown import remarks, terms_table

    fields = {"category": _category(category)} | _fields(shape, window, where, title, text, emergency)
    with connected(asking, "notice try") as line:
        _body, trial = act(line, "notice try", asking, fields)
    if asking.as_json:
        print(json.dumps(trial))
        return 0
    asked, trial = trial, trial["trial"]
    print("TRIAL: nothing was given.")
    if trial.get("refused"):
        print(loud(f"Given so, it would be refused: {trial['refused']}"))
    print(labelled("lead times", f"notice lead {trial['lead'] or 'cannot be said yet'}   usable warning none yet"))
    for each in trial["terms"]:
        print(labelled("terms", f"agreement {each['agreement'][:8]}\n{terms_table(each['rows'])}"))
    print("\n".join(remarks(trial["marks"], None)) or labelled("asked", "nothing"))
    print(labelled("told by name", ", ".join(trial["told"]) or "nobody; whom it meets is not said in a trial"))
    print(notice_moves.advised(asked))
    return 0


@app.command
def change(
    notice: Notice = None,
    /,
    *, shape: Shape = NO_SHAPE, window: Window = NO_WINDOW, where: Where = None, title: Title = None, text: Text = None,
    emergency: Emergency = False, asking: Asking = ASKING,
) -> int:  # fmt: skip
    """Give a new version, whole: what is left out is no longer said."""
    return _given("notice change", {"notice": notice} | _fields(shape, window, where, title, text, emergency), asking)


@app.command
def shift(
    notice: Notice = None,
    minutes: Annotated[
        float | None, Parameter(show_default=False, help="By how much; earlier if negative.", allow_leading_hyphen=True)
    ] = None,
    /,
    *,
    end_only: Annotated[bool, Parameter(negative=(), show_default=False, help="Only the end moves.")] = False,
    text: Text = None,
    asking: Asking = ASKING,
) -> int:
    """Give a new version, moved in time: beforehand notice shift 6f1c 10"""
    fields = {"notice": notice, "minutes": minutes, "end_only": end_only or None, "text": text}
    return _given("notice shift", fields, asking)


notice_moves.register(app)
notice_looks.register(app)


def _fields(
    shape: Shape, window: Window, where: str | None, title: str | None, text: str | None, emergency: bool
) -> dict[str, Any]:
    return {
        "volumes": volumes_in(shape, window),
        "where": where,
        "title": title,
        "text": text,
        "emergency": emergency or None,
    }


def _category(said: str | None) -> str | None:
    if said is None:
        return None
    word = said.strip().lower().replace("-", "_").replace(" ", "_")
    if word not in CATEGORIES:
        near = difflib.get_close_matches(word, CATEGORIES, 1)
        hint = (
            f"did you mean {near[0].replace('_', '-')}?"
            if near
            else "give one of " + ", ".join(each.replace("_", "-") for each in CATEGORIES) + "."
        )
        raise UsageError(f"--category is {said!r}, which there is not: {hint}")
    return word


def _given(verb: str, fields: dict[str, Any], asking: Asking) -> int:
    """Give it, then show what came of it."""
    from beforehand.cli.hotline.notice_shown import whole
    from beforehand.cli.hotline.phrases import of_given

    with connected(asking, verb) as line:
        _body, made = act(line, verb, asking, fields)
        line.shown += (made["id"],)
        if asking.as_json:
            print(json.dumps(made))
            return 0
        # First of all that it is given: whatever happens to the questions that follow.
        print(f"GIVEN  {made['id']}  version {made['version']}", flush=True)
        answer = _looked(line, made["id"])
        print(whole(answer["view"], answer.get("content"), of_given(line, answer)))
        print("\n".join(labelled("next" if at == 0 else "", each) for at, each in enumerate(_next(answer["view"]))))
    return 0


def _looked(line: Line, notice: str) -> dict[str, Any]:
    until = clock.monotonic() + LOOK_S
    while True:
        answer = line.hotline.read(f"/notices/{notice}")
        if answer["view"]["looked"] or clock.monotonic() > until:
            return answer
        clock.sleep(EVERY_S)


def _next(view: dict[str, Any]) -> list[str]:
    """What to do now, the most urgent first."""
    short = view["notice"][:8]
    steps = []
    for relay in view["relays"]:
        if relay["status"] != "RELAYED":
            about = f"--nonparty {relay['nonparty']} --named-by {relay['named_by']}"
            steps.append(f"reach {relay['nonparty']}, then: beforehand relay report {short} {about}")
    if view["conflicts"]:
        others = ", ".join(each["party"] for each in view["conflicts"])
        steps.append(f"call {others}; what would clear it: beforehand notice advice {short}")
    if not view["told"]:
        steps.append("nobody is told through this line: use the telephone")
    else:
        steps.append(f"see who has it: beforehand notice follow {short} --until-understood")
    steps.append(
        f"when it begins: beforehand notice begin {short}; when nothing is left there: beforehand notice end {short}"
    )
    return steps
