from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from beforehand.auth.scopes import OPERATIONS as SCOPES
from beforehand.core.stamp import Caller, Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r
from beforehand.node.decide import Broken
from beforehand.node.outcomes import NotDone, OutcomeUnknown, TooFast
from beforehand.web.answer import REASONS as WEB_REASONS
from beforehand.web.app import INLINE_BODY, INLINE_NAMES, INLINE_OBJECTS, PIECE
from beforehand.web.operations import OPERATIONS
from beforehand.web.shares import Limits
from beforehand.wire.f3548.errors import REASONS as WIRE_REASONS
from wire.f3548.asking import ID, circle, constraint, intent, subscription, volume

from .asking import ALL, INTENT, NOW_US, Client

OIR = f"/dss/v1/operational_intent_references/{ID}"
SUB = f"/dss/v1/subscriptions/{ID}"
NEW = {"new_subscription": {"uss_base_url": "https://uss1.example.com"}}


def run(asking: Any) -> Any:
    return asyncio.run(asking)


def test_creating_is_201_and_updating_200() -> None:
    client = Client()
    assert run(client.ask("PUT", OIR, intent())).status == 201
    assert run(client.ask("PUT", f"{OIR}/ovn", intent())).status == 200
    answer = run(client.ask("PUT", f"{OIR}/", intent()))
    assert answer.status == 200
    assert answer.json["operational_intent_reference"]["ovn"] == "ovn"
    assert [each.ovn for each in client.node.asked] == [None, "ovn", ""]
    assert client.node.asked[0].caller == Caller("issuer", "uss1")


def test_nothing_is_read_of_who_is_not_known() -> None:
    client = Client()
    for path, body in ((OIR, b"{"), (f"{OIR}/%FF", intent()), ("/dss/v1/operational_intent_references/x", None)):
        answer = run(client.ask("PUT", path, body, subject=None, pieces=()))
        assert answer.status == 401
        assert answer.reason == "unauthenticated"
    assert not client.node.asked


def test_scopes_come_before_the_body() -> None:
    client = Client()
    answer = run(client.ask("PUT", OIR, b"{", scopes=["utm.constraint_management"], pieces=()))
    assert (answer.status, answer.reason) == (403, "forbidden")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_each_option_of_scopes_opens_its_operation_and_no_other_scope_does(operation: Any) -> None:
    client = Client()
    client.node.reply = Refusal("not_found", "no")
    path = re.sub(r"\{[^}]*\}", ID, operation.template)
    for option in SCOPES[operation.id]:
        assert run(client.ask(operation.method, path, {}, scopes=sorted(option))).status not in (401, 403)
    useful = frozenset().union(*SCOPES[operation.id])
    others = [scope for scope in ALL if scope not in useful]
    assert run(client.ask(operation.method, path, {}, scopes=others)).status == 403


def test_off_nominal_states_need_their_scope_once_the_request_is_otherwise_sound() -> None:
    client = Client()
    plain = ["utm.strategic_coordination"]
    off = intent(state="Nonconforming", **NEW)
    assert run(client.ask("PUT", f"{OIR}/ovn", off, scopes=plain)).status == 403
    assert run(client.ask("PUT", f"{OIR}/ovn", off)).status == 200
    assert run(client.ask("PUT", f"{OIR}/ovn", intent(state="Contingent"), scopes=plain)).status == 400
    assert run(client.ask("PUT", OIR, off, scopes=plain)).status == 400


def test_strict_scopes_ask_for_the_scope_of_what_is_to_be_heard() -> None:
    body = subscription(notify_for_constraints=True)
    planner = ["utm.strategic_coordination"]
    for strict, status in ((False, 200), (True, 403)):
        client = Client(strict_scopes=strict)
        client.node.reply = r.SubscriptionChanged(
            r.SubscriptionView(bytes(16), "v", 0, 0, 1, "https://x", True, True, False, ()), None, None
        )
        assert run(client.ask("PUT", SUB, body, scopes=planner)).status == status
        client.node.reply = r.IntentChanged(INTENT, (), created=True)
        new = {"uss_base_url": "https://x", "notify_for_constraints": True}
        made = run(client.ask("PUT", OIR, intent(new_subscription=new), scopes=planner))
        assert made.status == (403 if strict else 201)


def test_a_malformed_request_names_its_field_and_carries_an_id() -> None:
    answer = run(Client().ask("PUT", OIR, intent(state="Ended")))
    assert (answer.status, answer.reason) == (400, "bad_state")
    assert re.fullmatch(r"state must be one of .*\. \(E:[0-9a-f-]{36}\)", answer.json["message"])


@pytest.mark.parametrize("reason", sorted(set(r.REASONS) - {"unaware"}))
def test_a_refusal_of_the_core_has_its_status_and_its_reason(reason: str) -> None:
    client = Client()
    client.node.reply = Refusal(reason, "Because.")
    answer = run(client.ask("GET", OIR))
    assert (answer.status, answer.reason) == (r.REASONS[reason], reason)
    assert answer.json["message"].startswith("Because. (E:")


def test_a_plan_made_in_ignorance_is_told_what_it_missed_in_the_words_clients_know() -> None:
    client = Client()
    client.node.reply = Refusal("unaware", "Current OVNs not provided", r.Missing((INTENT,), (), 0))
    answer = run(client.ask("PUT", OIR, intent()))
    assert (answer.status, answer.reason) == (409, "unaware")
    assert answer.json["message"] == "Current OVNs not provided"
    assert [each["id"] for each in answer.json["missing_operational_intents"]] == [
        "00010203-0405-0607-0809-0a0b0c0d0e0f"
    ]


@pytest.mark.parametrize(
    ("error", "status", "reason", "retry"),
    [
        (NotDone("Nothing was done."), 503, "not_done", None),
        (NotDone("Nothing was done.", 5), 503, "not_done", "5"),
        (OutcomeUnknown("It may have happened: read before you retry."), 503, "outcome_unknown", None),
        (TooFast("Too fast.", 2), 429, "quota", "2"),
    ],
)
def test_an_ending_without_an_answer_is_said_honestly(
    error: Exception, status: int, reason: str, retry: str | None
) -> None:
    client = Client()
    client.node.reply = error
    answer = run(client.ask("PUT", OIR, intent()))
    assert (answer.status, answer.reason, answer.headers.get("retry-after")) == (status, reason, retry)
    assert answer.json["message"].startswith(str(error))
    if status == 503:
        assert answer.json["reason"] == reason


def test_a_fault_of_ours_is_500_for_its_caller_and_says_nothing_of_the_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = Client()
    client.node.reply = ZeroDivisionError("secret")
    answer = run(client.ask("PUT", OIR, intent()))
    assert (answer.status, answer.reason, client.app.faults) == (500, "fault", 1)
    logged = capsys.readouterr().out
    assert "ZeroDivisionError" in logged
    assert answer.json["message"][-37:-1] in logged
    assert "secret" not in logged
    assert "uss1.example.com" not in logged
    client.node.reply = r.Intent(INTENT)
    assert run(client.ask("GET", OIR)).status == 200


def test_what_is_cut_short_by_the_end_is_never_said_to_be_certain() -> None:
    async def story(method: str, path: str, body: Any) -> Any:
        client = Client()

        async def before(command: Any) -> None:
            await asyncio.Event().wait()

        client.node.before = before
        asking = asyncio.create_task(client.ask(method, path, body))
        while not client.node.asked:
            await asyncio.sleep(0)
        asking.cancel()
        return await asking

    assert run(story("PUT", OIR, intent())).json["reason"] == "outcome_unknown"
    assert run(story("DELETE", f"{OIR}/ovn", None)).json["reason"] == "outcome_unknown"
    assert run(story("GET", OIR, None)).json["reason"] == "not_done"


def test_a_fault_after_the_deed_does_not_say_that_nothing_was_done() -> None:
    client = Client()
    client.node.reply = object()
    assert "it was done" in run(client.ask("PUT", OIR, intent())).json["message"]
    assert "nothing was changed" in run(client.ask("GET", OIR)).json["message"]
    client.node.reply = Broken()
    assert run(client.ask("PUT", OIR, intent())).json["reason"] == "outcome_unknown"


def test_a_body_announced_too_long_is_refused_before_anything_else() -> None:
    answer = run(Client(max_body=1000).ask("PUT", "/nowhere", b"", subject=None, length=1001))
    assert (answer.status, answer.body) == (413, b"request body too large\n")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_body_that_turns_out_too_long_is_400() -> None:
    client = Client(max_body=1000)
    pieces = [b" " * 600, b" " * 600]
    answer = run(client.ask("PUT", OIR, pieces=pieces, length=0))
    assert (answer.status, answer.reason) == (400, "body_too_long")
    assert client.app.shares.held == 0


def test_a_body_in_pieces_is_put_together() -> None:
    raw = json.dumps(intent()).encode()
    client = Client()
    answer = run(client.ask("PUT", OIR, pieces=[raw[:100], raw[100:101], raw[101:]], length=len(raw)))
    assert answer.status == 201


def test_who_goes_away_gets_no_answer_and_leaves_nothing_behind() -> None:
    client = Client()
    assert run(client.ask("PUT", OIR, pieces=())).status == 0
    assert client.app.shares.in_flight == 0
    assert not client.node.asked


def test_large_bodies_and_large_coverings_go_to_the_worker() -> None:
    client = Client(inline_cells=50)
    assert run(client.ask("PUT", OIR, intent(key=["x" * INLINE_NAMES]))).status == 201
    assert run(client.ask("PUT", OIR, intent(extents=[volume(circle(radius=10_000))]))).status == 201
    assert client.worker.parties == [Caller("issuer", "uss1")] * 2
    assert run(client.ask("PUT", OIR, intent())).status == 201
    assert run(client.ask("PUT", OIR, intent(extents=[volume(circle(radius=99_000))]))).status == 400
    assert len(client.worker.parties) == 3


def test_a_body_that_is_long_for_its_key_alone_is_decoded_at_once() -> None:
    client = Client()
    key = ["x" * 44] * (INLINE_BODY // 44)
    assert run(client.ask("PUT", OIR, intent(key=key))).status == 201
    assert not client.worker.parties
    assert run(client.ask("PUT", OIR, intent(key=key, more=[{}] * INLINE_OBJECTS))).status == 201
    assert len(client.worker.parties) == 1


def test_without_a_limit_of_cells_there_is_no_need_of_the_worker() -> None:
    client = Client(inline_cells=None)
    large = intent(key=["x" * INLINE_NAMES], extents=[volume(circle(radius=10_000))])
    assert run(client.ask("PUT", OIR, large)).status == 201
    assert not client.worker.parties


def test_a_large_answer_is_handed_out_in_pieces_and_held_until_taken() -> None:
    client = Client()
    client.node.reply = r.Intents((INTENT,) * 2000)
    held = []

    async def taking() -> None:
        held.append(client.app.shares.held)

    search = {"area_of_interest": volume()}
    answer = run(client.ask("POST", OIR.replace(ID, "query"), search, taking=taking))
    assert len(answer.json["operational_intent_references"]) == 2000
    assert len(answer.body) > PIECE
    assert max(held) >= len(answer.body)
    assert client.app.shares.held == 0


def test_an_answer_too_large_for_what_a_party_may_have_is_given_up_unless_something_was_done() -> None:
    client = Client(limits=Limits(held_bytes_of_party=300_000))
    client.node.reply = r.Intents((INTENT,) * 2000)
    answer = run(client.ask("POST", OIR.replace(ID, "query"), {"area_of_interest": volume()}))
    assert (answer.status, answer.reason) == (503, "not_done")
    raised = tuple(r.Raised(each.to_bytes(16, "big"), "https://uss.example.com", 1) for each in range(5000))
    client.node.reply = r.IntentChanged(INTENT, raised, created=True)
    answer = run(client.ask("PUT", OIR, intent()))
    assert answer.status == 201
    assert len(answer.json["subscribers"][0]["subscriptions"]) == 5000
    assert client.app.shares.held == 0


def test_too_many_in_flight_are_told_so_early_and_a_party_has_its_share() -> None:
    client = Client(limits=Limits(in_flight=3, in_flight_of_party=2))

    async def story() -> list[Any]:
        go = asyncio.Event()

        async def before(command: Any) -> None:
            await go.wait()

        client.node.before = before
        first = [asyncio.create_task(client.ask("PUT", OIR, intent(), subject=each)) for each in ("a", "a", "b")]
        while len(client.node.asked) < 3:
            await asyncio.sleep(0)
        late = [await client.ask("PUT", OIR, intent(), subject=each) for each in ("a", "c")]
        go.set()
        return [late, await asyncio.gather(*first)]

    late, first = run(story())
    assert [(each.status, each.reason) for each in late] == [(503, "not_done")] * 2
    assert all(each.headers["retry-after"] == "1" for each in late)
    assert [each.status for each in first] == [201] * 3
    client.node.before = None
    assert run(client.ask("PUT", OIR, intent(), subject="c")).status == 201


def test_a_warning_passes_where_others_are_turned_away_and_waits_for_no_turn() -> None:
    warning = intent(state="Contingent", **NEW)
    client = Client(limits=Limits(in_flight=8, in_flight_of_party=4), inline_cells=1)

    async def story() -> list[Any]:
        go = asyncio.Event()

        async def before(command: Any) -> None:
            if command.state is c.IntentState.ACCEPTED:
                await go.wait()

        client.node.before = before
        waiting = [asyncio.create_task(client.ask("PUT", f"{OIR}/ovn", intent())) for _ in range(4)]
        while len(client.node.asked) < 4:
            await asyncio.sleep(0)
        next(iter(client.app.shares._shares.values())).not_before = float("inf")
        answers = [
            await client.ask("PUT", f"{OIR}/ovn", body) for body in (warning, intent(), intent(note="Contingent"))
        ]
        plain = await client.ask("PUT", f"{OIR}/ovn", warning, scopes=["utm.strategic_coordination"])
        go.set()
        await asyncio.gather(*waiting)
        return [*answers, plain]

    told, *others = run(story())
    assert told.status == 200
    assert client.worker.warnings == 2  # what only looks like one is found out once it is read
    assert [(each.status, each.reason) for each in others] == [(503, "not_done")] * 3


def test_a_warning_that_is_not_told_says_so() -> None:
    client = Client()
    client.node.reply = NotDone("Storage does not answer.", 5)
    warning = run(client.ask("PUT", f"{OIR}/ovn", intent(state="Contingent", **NEW)))
    assert warning.json["message"] == "Storage does not answer. Not told: use the telephone."
    assert "telephone" not in run(client.ask("PUT", f"{OIR}/ovn", intent())).json["message"]


def test_a_path_that_is_no_percent_encoding_is_400_in_json() -> None:
    answer = run(Client().ask("GET", "/dss/v1/subscriptions/%zz", subject=None))
    assert (answer.status, answer.reason) == (400, "bad_path")


def test_no_route_is_404_in_text() -> None:
    answer = run(Client().ask("GET", "/nowhere"))
    assert (answer.status, answer.body) == (404, b"404 page not found\n")


def test_being_alive_is_said_to_anyone_by_any_method() -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = run(Client().ask(method, "/healthy", subject=None))
        assert (answer.status, answer.body) == (200, b"ok")
    assert run(Client().ask("GET", "/healthy/", subject=None)).status == 404


def test_ready_gives_the_cause_when_it_is_not() -> None:
    client = Client()
    assert run(client.ask("GET", "/ready", subject=None)).status == 200
    client.node.cause = "Storage does not answer."
    answer = run(client.ask("GET", "/ready", subject=None))
    assert (answer.status, answer.json) == (503, {"message": "Storage does not answer.", "reason": "not_done"})


def test_the_version_is_public_and_a_token_can_be_tried() -> None:
    client = Client(system_version="beforehand/v9")
    assert run(client.ask("GET", "/aux/v1/version", subject=None)).json == {"version": "beforehand/v9"}
    answer = run(client.ask("GET", "/versions/some.system%20x", subject=None))
    assert answer.json == {"system_identity": "some.system x", "system_version": "beforehand/v9"}
    assert run(client.ask("GET", "/versions/%FF", subject=None)).status == 400
    tried = [
        run(client.ask("GET", f"/aux/v1/validate_oauth{query}", **how)).status
        for query, how in (
            ("", {}),
            ("?owner=uss1", {}),
            ("?owner=", {}),
            ("?owner=other", {}),
            ("", {"subject": None}),
            ("", {"scopes": ["x"]}),
        )
    ]
    assert tried == [200, 200, 200, 403, 401, 403]


def test_indices_are_milliseconds_where_that_is_set() -> None:
    client = Client(timed_index=True)
    view = r.SubscriptionView(bytes(16), "v", 3, 0, 1, "https://x", True, True, False, ())
    client.node.reply = r.Subscription(view)
    assert run(client.ask("GET", SUB)).json["subscription"]["notification_index"] == NOW_US // 1000 % 86_400_000


def test_other_kinds_of_command_reach_the_node() -> None:
    client = Client()
    client.node.reply = r.ReportFiled(bytes(16))
    answer = run(client.ask("POST", "/dss/v1/reports", {"exchange": {"url": "x"}}))
    assert answer.status == 201
    assert answer.json["exchange"]["url"] == "x"
    client.node.reply = r.UssAvailability("u", "v", c.Availability.DOWN)
    assert run(client.ask("PUT", "/dss/v1/uss_availability/u", {"availability": "Down"})).status == 200
    client.node.reply = r.ConstraintChanged(r.ConstraintReference(bytes(16), "m", 1, "o", 0, 1, "https://x"), (), True)
    assert run(client.ask("PUT", f"/dss/v1/constraint_references/{ID}", constraint())).status == 201
    assert [type(each) for each in client.node.asked] == [c.FileReport, c.SetAvailability, c.PutConstraint]


def test_no_reason_means_two_things() -> None:
    assert not set(WIRE_REASONS) & set(r.REASONS)
    assert not set(WEB_REASONS) & (set(r.REASONS) | set(WIRE_REASONS))
