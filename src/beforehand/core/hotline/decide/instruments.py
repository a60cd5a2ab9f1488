"""Reference instruments (H7.2), such as a resolution: cited clause by clause, not signed here."""

from __future__ import annotations

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import Sent, encode
from beforehand.core.hotline.decide.drawing import new_id
from beforehand.core.hotline.decide.speaking import done, heard, refused
from beforehand.core.hotline.state import INSTRUMENTS_MAX, HotlineState
from beforehand.core.stamp import Decision, Stamp


def cite(state: HotlineState, command: c.CiteInstrument, stamp: Stamp) -> Decision:
    """Put an instrument on the line, for all to refer to. It binds nobody here, and is nobody's signature."""
    voice = heard(state, command, stamp, subject="instrument", person=True)
    if isinstance(voice, Decision):
        return voice
    if len(state.instruments) >= INSTRUMENTS_MAX:
        return refused(
            "quota", f"There are {INSTRUMENTS_MAX} reference instruments on this line, and no more are taken."
        )
    id_ = new_id(stamp)
    event = e.InstrumentCited(id_, voice.party.code, command.clauses, voice.by)
    content = encode(Sent(command.words, command.by.bytes_as_sent, command.by.signature))
    return Decision((event,), (content,), done(state, stamp, id_))
