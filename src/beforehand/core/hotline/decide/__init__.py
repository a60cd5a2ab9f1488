"""What a command of the hotline comes to: pure functions of state, command and stamp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beforehand.core.hotline import commands as c
from beforehand.core.hotline.decide import (
    agreements,
    disclosing,
    due,
    happenings,
    instruments,
    looking,
    notices,
    objections,
    parties,
    places,
    readback,
    receipts,
    relays,
)
from beforehand.core.hotline.state import HotlineState
from beforehand.core.stamp import Decision, Stamp

DECIDES: dict[type, Callable[[HotlineState, Any, Stamp], Decision]] = {
    c.CreateParty: parties.create,
    c.Join: parties.join,
    c.Invite: parties.invite,
    c.MakeService: parties.make_service,
    c.RemovePerson: parties.remove,
    c.FindLogin: parties.find_login,
    c.OpenSession: parties.open_session,
    c.CloseSession: parties.close_session,
    c.AddKey: parties.add_key,
    c.RevokeKey: parties.revoke_key,
    c.NameNonparty: parties.name_nonparty,
    c.ListParties: parties.list_all,
    c.DayValue: parties.value_of_day,
    c.Propose: agreements.propose,
    c.Sign: agreements.sign,
    c.MoveAgreement: agreements.move,
    c.CiteInstrument: instruments.cite,
    c.ListAgreements: agreements.show,
    c.GiveNotice: notices.give,
    c.TryNotice: disclosing.trial,
    c.ChangeNotice: notices.change,
    c.ShiftNotice: notices.shift,
    c.MoveNotice: happenings.move,
    c.FetchNotice: receipts.fetch,
    c.ListNotices: receipts.list_all,
    c.EntriesOf: receipts.entries_of,
    c.AskAdvice: disclosing.advice,
    c.Release: disclosing.release,
    c.Object: objections.object_,
    c.AnswerObjection: objections.answer,
    c.ReportRelay: relays.report,
    c.SetZone: places.set_zone,
    c.SetPosture: places.set_posture,
    c.EndZone: places.end_zone,
    c.ListZones: places.list_zones,
    c.DeclareMovement: places.declare_movement,
    c.EndMovement: places.end_movement,
    c.ListMovements: places.list_movements,
    c.Receive: receipts.receive,
    c.OpenReadBack: readback.open_,
    c.AnswerReadBack: readback.answer,
    c.SayWhoOfOurs: readback.who_of_ours,
    c.SayPhraseEqual: receipts.phrase_equal,
    c.DoWork: looking.work,
    c.DoDue: due.fire,
}


def decide(state: HotlineState, command: Any, stamp: Stamp) -> Decision:
    """The decision on any command of this subject."""
    return DECIDES[type(command)](state, command, stamp)
