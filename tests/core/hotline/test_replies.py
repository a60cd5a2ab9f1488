"""Reasons of refusals and their status, which are stable."""

from __future__ import annotations

from beforehand.core.hotline.replies import REASONS

STATUS = {
    400: {"statement_mismatch"},
    401: {"session_over"},
    403: {
        "no_party", "person_needed", "role_needed", "operator_needed", "unknown_key", "invitation_unknown",
    },
    404: {"not_found", "no_relay"},
    409: {
        "nonce_used", "code_taken", "code_looks_alike", "subject_taken", "login_taken", "key_taken", "named_already",
        "signed_already", "not_signed", "not_in_force", "not_suspended", "agreement_over", "not_begun", "window_open", "begun",
        "over", "blind", "not_handed_out", "hash_differs", "received_already", "read_back_open", "no_read_back_open",
        "understood_already", "not_understood", "answered_already", "nothing_to_release", "zone_over", "movement_over",
    },
    422: {"unknown_code", "not_in_agreement", "contradictory", "when_missing", "wrong_number_of_volumes"},
    429: {"quota"},
}  # fmt: skip


def test_every_reason_has_the_status_that_it_always_had():
    """H1.5: programs of parties go by both."""
    assert {reason: status for status, reasons in STATUS.items() for reason in reasons} == REASONS
