"""The rules of the hotline that are built: each in one sentence, with the refusals and events by which it shows."""

from __future__ import annotations

from typing import NamedTuple

#: How many rules each chapter has, built or not: a test can name no other.
CHAPTERS = {1: 6, 2: 5, 3: 2, 4: 12, 5: 6, 6: 5, 7: 4, 8: 3, 9: 3, 10: 4}
TITLES = {
    1: "Parties and people",
    3: "The check phrase",
    4: "Notices",
    5: "Receipts",
    6: "Movements and zones",
    7: "Agreements",
    8: "What was known",
    10: "Who may see what",
}


class Rule(NamedTuple):
    """One rule. `refusals` are reasons of docs/refusals.md, `events` tags of docs/events.md."""

    says: str
    refusals: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    "H1.1": Rule(
        "The node's operator makes a party; from then on it speaks with keys of its own, and what a stolen key signed after "
        "the moment from which it is revoked is shown as contested.",
        ("operator_needed", "code_taken", "code_looks_alike", "subject_taken", "key_taken"),
        ("party.created", "party.key", "party.revoked"),
    ),
    "H1.2": Rule(
        "Whoever is not on the line can be named by each party for itself, and every notice says of each one that it "
        "concerns whether somebody passed it on, has yet to, or nobody will.",
        ("named_already", "no_relay"),
        ("nonparty.named", "relay.needed", "relay.done"),
    ),
    "H1.3": Rule(
        "People join by an invitation that works once, act in roles that were given to them, and are out the moment they are "
        "removed.",
        ("session_over", "wrong_login", "person_needed", "role_needed", "invitation_unknown", "login_taken"),
        ("party.person", "party.invited", "party.service", "party.removed", "party.session", "party.left"),
    ),
    "H1.5": Rule(
        "What a party says is kept as the bytes that it sent, tied to what it is about and counted once however often it "
        "arrives; whether it was signed is never left open.",
        ("bad_signature", "unknown_key", "statement_mismatch", "nonce_used"),
    ),
    "H3.2": Rule(
        "Six characters, made from exactly what an addressee was told, are the same at both ends if and only if both hold the "
        "same; that they were found equal is recorded beside understanding, not in its place.",
        (),
        ("pair.keyed", "phrase.equal"),
    ),
    "H4": Rule(
        "What may happen to a notice is one table, in which each word of its giver, each version and each stroke of the clock "
        "has its effect or its named refusal, and no end of a window makes a sky safe.",
        ("not_begun", "window_open", "begun", "over"),
        ("notice.moved",),
    ),
    "H4.1": Rule(
        "Where, when and category are enough to give a notice; that its giver had not read what others told it is written "
        "down, and stops nothing.",
        ("when_missing",),
        ("notice.given",),
    ),
    "H4.2": Rule(
        "How long before its window a notice was received, and how long before it somebody had understood it, are two "
        "numbers, shown side by side.",
    ),
    "H4.3": Rule(
        "Each version is held against every agreement in force, term by term, and no colour sums the terms up.",
        (),
        ("notice.terms",),
    ),
    "H4.4": Rule(
        "A notice that contradicts itself is sent back to be mended, unless it is an emergency: then it goes out as it was "
        "said, with the contradiction spelled out.",
        ("contradictory",),
    ),
    "H4.5": Rule(
        "Words for a place are held against the shape, and where they do not fit that is asked, never mended."
    ),
    "H4.6": Rule(
        "A value is kept as it was said beside what it was reckoned as, widened by what the conversion leaves unsure; what "
        "looks like a slip of the pen is asked about.",
        ("bad_position", "off_globe", "bad_altitude", "bad_time", "bad_text"),
    ),
    "H4.7": Rule(
        "Those are told whom an agreement names and those whose own things the grown volumes meet, each with the reason, and "
        "each volume whole or not at all.",
        (),
        ("notice.told", "meet.touched", "meet.looked"),
    ),
    "H4.8": Rule(
        "Of a plan that it may not see a giver learns whom to ask and, unless that would say too much, about which of its own "
        "volumes; the rest is the other's to release.",
        ("nothing_to_release",),
        ("meet.conflict", "meet.released", "asked.counted"),
    ),
    "H4.9": Rule(
        "Meetings are computed exactly in space, height and time; what is known by cells alone is never called clear, and "
        "advice is the smallest shift on the agreed grid, or that there is none.",
        (),
        ("meet.cells",),
    ),
    "H4.10": Rule(
        "A version is told apart by whether it stays inside the one before, moves it in time, or leaves it; until it is seen, "
        "its addressee reckons with both.",
    ),
    "H4.12": Rule(
        "The giver answers an objection by its deadline, and may go ahead: an objection stops nothing by itself.",
        ("answered_already",),
        ("objection.raised", "objection.answered"),
    ),
    "H5.1": Rule(
        "Delivered is what the addressee's machine says by naming the hash of what it holds; before that the record says only "
        "that the server handed it out, and says so before it does.",
        ("hash_differs", "received_already"),
        ("receipt.handed_out", "receipt.stage", "receipt.differs"),
    ),
    "H5.2": Rule("Seen is an act of a person, and follows from no read.", ("not_handed_out", "received_already")),
    "H5.3": Rule(
        "Understood is what a person proves by giving area, band and times back from memory, within five minutes and with "
        "every door to the notice shut; the answer names what was wrong, and not how far off it was.",
        (
            "blind",
            "read_back_open",
            "no_read_back_open",
            "understood_already",
            "not_understood",
            "wrong_number_of_volumes",
        ),
        (
            "readback.opened",
            "readback.tried",
            "readback.lapsed",
            "readback.fetched",
            "readback.who",
            "readback.answered",
            "call.asked",
        ),
    ),
    "H5.4": Rule(
        "How far it was passed on among the addressee's own, and whether that was confirmed, is a fact of its own."
    ),
    "H5.5": Rule(
        "In place of a receipt an addressee may object, ask for a delay, or ask a question.", (), ("objection.raised",)
    ),
    "H5.6": Rule(
        "A deadline that passes is an entry, even if the service was away at that moment, and goes to the next role.",
        (),
        ("deadline.missed",),
    ),
    "H6.2": Rule(
        "A movement is legs at constant speed, exact in place and time, and its party's alone.",
        ("movement_over",),
        ("movement.declared", "movement.ended"),
    ),
    "H6.4": Rule(
        "A zone is its owner's word, or a report about somebody who is not on the line, shown with its age; aircraft in an "
        "active one at the time of a notice there are warned of.",
        ("zone_over", "unknown_code"),
        ("zone.set", "zone.posture", "zone.ended", "zone.warned"),
    ),
    "H7.1": Rule(
        "An agreement is terms in numbers, and what silence means is what the giver undertook: the service neither holds "
        "anything back nor lets it go.",
        ("bad_terms", "unknown_code", "not_in_agreement"),
        ("agreement.proposed",),
    ),
    "H7.2": Rule(
        "Terms bind from the last signature to the end, with suspension between, and for every instant it can be said which "
        "did; a reference instrument is cited, and signed by nobody here.",
        ("signed_already", "not_signed", "not_in_force", "not_suspended", "agreement_over"),
        ("agreement.signed", "agreement.moved", "instrument.cited"),
    ),
    "H8.1": Rule("For any instant the record alone says what each side had been told, had seen, and had understood."),
    "H10.3": Rule(
        "Nothing is shown that was not opened to the one who asks, and what is not theirs answers as if it were not there.",
        ("not_found", "no_party", "forbidden"),
    ),
}


def exists(rule: str) -> bool:
    """Whether there is a rule of this id, built or not; `H4` is its chapter's lifecycle."""
    chapter, _, number = rule.removeprefix("H").partition(".")
    return int(chapter) in CHAPTERS and (not number or 1 <= int(number) <= CHAPTERS[int(chapter)])
