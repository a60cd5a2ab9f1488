"""`beforehand party …`: parties, their people and keys (H1)."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from msgspec.structs import replace

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline.asking import (
    ASKING,
    READING,
    TOKEN_VARIABLE,
    Asking,
    Reading,
    act,
    body_of,
    check,
    connected,
    in_words,
    perform,
    recorded,
    session_file,
    waiting,
)
from beforehand.cli.hotline.keys import NewKey, PublicKey, signing_key
from beforehand.cli.hotline.login import PasswordFile, login, password
from beforehand.cli.hotline.shown import moment, table
from beforehand.cli.hotline.values import time
from beforehand.client.hotline import Hotline, Speaking
from beforehand.client.hotline_errors import HotlineError
from beforehand.client.hotline_session import SessionFileError, load, save
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.texts import code, word

app = App("party", help="Parties, their people and signing keys.")

Url = Annotated[str | None, Parameter(show_default=False, help="The server; that of the session file if not given.")]
app.command(login, name="login")


@app.command
def create(
    code: Annotated[str | None, Parameter(show_default=False, help="The party's code, such as TEAL.")] = None,
    /,
    *,
    name: Annotated[str | None, Parameter(show_default=False, help="Its name.")] = None,
    kind: Annotated[
        Literal["participant", "observer"] | None, Parameter(show_default=False, help="participant if not given.")
    ] = None,
    new_key: NewKey = None,
    public_key: PublicKey = None,
    issuer: Annotated[str | None, Parameter(show_default=False, help="Issuer whose tokens speak for it, too.")] = None,
    subject: Annotated[str | None, Parameter(show_default=False, help="Subject of those tokens.")] = None,
    language: Annotated[
        tuple[str, ...], Parameter(negative=(), show_default=False, help="A language of its; several.")
    ] = (),
    endpoint: Annotated[
        tuple[str, ...], Parameter(negative=(), show_default=False, help="An address of its; several.")
    ] = (),
    url: Url = None,
    token: Annotated[
        str | None,
        Parameter(show_default=False, help=f"The operator's token (scope beforehand.operator; {TOKEN_VARIABLE})."),
    ] = None,
    asking: Asking = ASKING,
) -> int:
    """For the node's operator: make a party, with its first signing key and one invitation.

    beforehand party create TEAL --name "Teal Air Command" --new-key teal --url http://127.0.0.1:8080 --token "$TOKEN"
    """
    token = token or os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise UsageError(f"Give --token, a token with the scope beforehand.operator, or set {TOKEN_VARIABLE}.")
    private, public = signing_key(new_key, public_key, code or "party")
    body, _data = body_of(
        asking.body,
        {
            "code": code, "name": name, "kind": kind, "public_key": public, "issuer": issuer, "subject": subject,
            "languages": list(language) or None, "endpoints": list(endpoint) or None,
        },
    )  # fmt: skip
    check("party create", body)
    answer = _alone("party create", body, url, asking, Speaking(token))
    if asking.as_json:
        print(json.dumps(answer | ({} if private is None else {"private_key": str(private)})))
        return 0
    print(recorded(f"{body['code']} is on the line.", answer))
    print(f"Invitation, for its first person, once:  {answer['invitation']}")
    if private is not None:
        print(f"Its private signing key:  {private}\nHand both to the party, each by another way, and keep neither.")
    return 0


@app.command(name="new-key")
def new_key_(
    code: Annotated[str, Parameter(help="Code of your party: what the files are called.")],
    folder: Annotated[Path, Parameter(help="Where the pair goes; nothing is overwritten.")],
    /,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative=(), show_default=False, help="Print JSON.")] = False,
) -> int:
    """Make a signing key pair without asking any server: CODE.pem, which you keep, and CODE.pub, for the operator."""
    private, _public = signing_key(folder, None, code)
    assert private is not None
    made = {"private": str(private), "public": str(private.with_suffix(".pub"))}
    print(json.dumps(made) if as_json else f"keep           {made['private']}\nhand over      {made['public']}")
    return 0


@app.command
def join(
    *,
    party: Annotated[str | None, Parameter(show_default=False, help="Code of your party.")] = None,
    invitation: Annotated[
        str | None, Parameter(show_default=False, help="The invitation: eight groups of four.")
    ] = None,
    login: Annotated[str | None, Parameter(show_default=False, help="The login that you choose.")] = None,
    name: Annotated[str | None, Parameter(show_default=False, help="Your name, for your own party.")] = None,
    password_file: PasswordFile = None,
    url: Url = None,
    asking: Asking = ASKING,
) -> int:
    """Take up an invitation: a person of the party from then on."""
    fields: dict[str, Any] = {"party": party, "invitation": invitation, "login": login, "name": name}
    if asking.body is None:
        missing = [f"--{each}" for each in ("party", "invitation", "login") if fields[each] is None]
        if missing:
            raise UsageError(f"Give {', '.join(missing)}.")
        _check_names(party, login)
        fields["password"] = password(password_file, f"A new password for {login} of {party}: ", twice=True)
    body, _data = body_of(asking.body, fields)
    check("party join", body)
    answer = _alone("party join", body, url, asking, Speaking())
    if asking.as_json:
        print(json.dumps(answer))
    else:
        print(recorded(f"You are {body['login']} of {body['party']}.", answer))
        named = f"--party {body['party']} --login {body['login']}{f' --url {url}' if url else ''}"
        print(f"Next: beforehand login {named} --signing-key FILE, your party's private key")
    return 0


def _check_names(party: str | None, login: str | None) -> None:
    """Before a password is typed twice for nothing. Raises UsageError."""
    try:
        code(party or "", "--party")
        word(login or "", "--login")
    except BadField as error:
        raise UsageError(f"{error.field} {error.message}") from None


@app.command
def logout(*, asking: Asking = ASKING) -> int:
    """End your session, on the server and in the session file."""
    with connected(asking, "party logout") as line:
        _body, answer = act(line, "party logout", asking, {})
        held = load(line.file)
        if held is not None:
            save(line.file, replace(held, token="", until=""))
    print(json.dumps(answer) if asking.as_json else recorded("Logged out.", answer))
    return 0


@app.command
def invite(
    *,
    role: Annotated[
        tuple[str, ...], Parameter(negative=(), show_default=False, help="A role of the invited; several.")
    ] = (),
    asking: Asking = ASKING,
) -> int:
    """Invite somebody into your party, for these roles, once. For the role senior."""
    with connected(asking, "party invite") as line:
        body, answer = act(line, "party invite", asking, {"roles": list(role) or None})
    if asking.as_json:
        print(json.dumps(answer))
    else:
        print(recorded(f"Invited, as {', '.join(body['roles'])}.", answer))
        print(f"Invitation, once:  {answer['invitation']}")
    return 0


@app.command
def service(
    login: Annotated[str | None, Parameter(show_default=False, help="Its login.")] = None,
    /,
    *,
    about: Annotated[str | None, Parameter(show_default=False, help="What it is.")] = None,
    asking: Asking = ASKING,
) -> int:
    """Make a client that speaks for your party, but for no person. For the role senior."""
    with connected(asking, "party service") as line:
        _body, answer = act(line, "party service", asking, {"login": login, "about": about})
    if asking.as_json:
        print(json.dumps(answer))
    else:
        print(recorded("Made.", answer))
        print(f"Its secret, shown this once:  {answer['secret']}")
    return 0


@app.command
def remove(
    person: Annotated[str | None, Parameter(show_default=False, help="Its id: `beforehand party list --json`.")] = None,
    /,
    *,
    asking: Asking = ASKING,
) -> int:
    """Remove a person or service of your party: its sessions end at once. For the role senior."""
    return perform("party remove", asking, {"person": person}, "Removed, and its sessions have ended.")


@app.command
def key(
    *,
    new_key: NewKey = None,
    public_key: PublicKey = None,
    from_: Annotated[
        str | None, Parameter(name="--from", show_default=False, help="From when it is good; now if not given.")
    ] = None,
    asking: Asking = ASKING,
) -> int:
    """Add a signing key to your party. For the role senior."""
    private, public = signing_key(new_key, public_key, "party")
    said = (
        "Added."
        if private is None
        else f"Added; its private half is {private}. Use it: beforehand login --signing-key {private}"
    )
    fields = {"public_key": public, "from": None if from_ is None else time(from_, "--from")}
    return perform("party key", asking, fields, said)


@app.command
def revoke(
    key: Annotated[str | None, Parameter(show_default=False, help="The key's id: `beforehand party list`.")] = None,
    /,
    *,
    from_: Annotated[
        str | None, Parameter(name="--from", show_default=False, help="From when it is not to be trusted.")
    ] = None,
    asking: Asking = ASKING,
) -> int:
    """Revoke a signing key from a time: what it signed since then is contested. For the role senior."""
    fields = {"key": key, "from": None if from_ is None else time(from_, "--from")}
    return perform("party revoke", asking, fields, "Revoked.")


@app.command(name="list")
def list_(*, reading: Reading = READING) -> int:
    """Who is on the line, with which keys, and who is on duty as far as you may see."""
    with connected(reading) as line:
        answer = line.hotline.read("/parties")
    if reading.as_json:
        print(json.dumps(answer))
        return 0
    rows = [("PARTY", "KIND", "ON DUTY", "SIGNING KEYS")]
    for party in answer["parties"]:
        keys = [
            each["key"] + (f" (revoked from {moment(each['revoked_from'])})" if each["revoked_from"] else "")
            for each in party["keys"]
        ]
        rows.append(
            (party["code"], party["kind"], ", ".join(party["on_duty"]) or "nobody that you may see", ", ".join(keys))
        )
    print(table(rows))
    for party in answer["parties"]:
        for person in party.get("people") or ():
            active = "" if person["active"] else "  (removed)"
            print(f"  {person['person']}  {', '.join(person['roles']) or 'service'}{active}")
        if party.get("nonparties"):
            print(f"  non-parties that you named: {', '.join(party['nonparties'])}")
    return 0


def _alone(verb: str, body: dict[str, Any], url: str | None, reading: Reading, speaking: Speaking) -> dict[str, Any]:
    """Ask without a session of one's own."""
    file = session_file(reading.session)
    if url is None:
        with contextlib.suppress(SessionFileError):
            held = load(file)
            url = held.url if held is not None else None
    if not url:
        raise UsageError("Give --url, the server's address.")
    try:
        with Hotline(url, speaking, waiting=waiting) as hotline:
            return hotline.act(verb, body)
    except HotlineError as error:
        unsure = (
            "\nIt may have been done all the same: try what comes next before you repeat it."
            if error.is_unknown
            else ""
        )
        raise CommandError(in_words(error, verb, file.parent) + unsure) from None
