"""The fixed words of the hotline, as facts and interfaces spell them (HOTLINE.md, docs/hotline.md)."""

from __future__ import annotations

from typing import Literal, get_args

PartyKind = Literal["participant", "observer"]
Category = Literal[
    "air_operation",
    "hazardous_activity",
    "exercise",
    "unmanned_flight",
    "medical_evacuation",
    "search_and_rescue",
    "humanitarian_movement",
    "work_near_the_line",
    "announced_operation",
    "other",
]
#: The one category whose *when* may be not yet said (H4.1).
ANNOUNCED: Category = "announced_operation"
CATEGORIES: tuple[str, ...] = get_args(Category)

#: The four facts of H5, in order. `handed_out` is the server's own fact, and no receipt.
Stage = Literal["DELIVERED", "SEEN", "UNDERSTOOD", "DISSEMINATED"]
STAGES: tuple[Stage, ...] = get_args(Stage)

#: H5.5.
ObjectionKind = Literal["OBJECTION", "DELAY_REQUESTED", "QUESTION"]
#: H4.12: what a giver may answer.
AnswerKind = Literal["withdrawn", "amended", "noted, goes ahead"]

#: H5.3: who of ours is in it or heading there.
WhoOfOurs = Literal["none", "some", "not known"]
#: H5.4.
Coverage = Literal["all", "part", "none"]
Spread = Literal["told", "confirmed back"]

#: H7.1: what the giver undertook where nobody answered.
Undertaking = Literal["will hold until answered", "may go ahead"]

ZoneKind = Literal["air_defence", "closed_area", "range"]

#: H4.3: of a term.
TermValue = Literal["met", "not met", "cannot be judged"]

#: H4.10: how a version stands to the one before.
VersionKind = Literal["first", "inside", "slip", "outside"]
#: What an addressee is to read back of a version.
ReadBack = Literal["all", "difference", "times", "stands"]

#: Roles are words of the parties' own; these two mean something here.
DUTY, SENIOR = "duty", "senior"
#: The role in which a service token speaks: never for a person (H5.3).
SERVICE = "service"
