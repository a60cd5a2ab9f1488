"""Plays a script on a line: sets it up, does every step at its time, lets the rest happen, and asks what each side knew."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from msgspec.json import decode

from beforehand.auth.signing import key_id, public_text
from beforehand.testing.scenario.acts import ACTS, NAMING
from beforehand.testing.scenario.names import Named, Names
from beforehand.testing.scenario.phrases import phrase_for_giver, phrase_in
from beforehand.testing.scenario.script import SERVICE, Row, Script
from beforehand.testing.scenario.times import MINUTE_US, SECOND_US, at_of, begin_of, end_of, shifted
from beforehand.testing.scenario.world import OPERATOR, Line, Reply
from beforehand.wire.f3548.times import format_time

BASE = "/hotline/v1"
#: A session is taken anew when it is this old; it holds for an hour.
SESSION_US = 50 * MINUTE_US
#: Keys of bodies that say what an act is about.
_ABOUT = ("notice", "zone", "movement", "agreement")
_LISTS = {"notice list": "notices", "party list": "parties", "agreement list": "agreements", "zone list": "zones",
          "movement list": "movements"}  # fmt: skip


class Did(Struct):
    """One act and its answer. `mark`: how many entries there were after it. `about`: what it names, if anything."""

    at_us: int
    party: str
    name: str
    do: str
    row: Row
    reply: Reply
    mark: int
    about: Named | None

    @property
    def refused(self) -> str | None:
        """The reason, where it was refused."""
        return None if self.reply.status < 400 else str(self.reply.body.get("reason", f"http_{self.reply.status}"))


class Knows(Struct):
    """What one party could see, at the end, of what each side knew of a notice."""

    notice: Named
    viewer: str
    knew: dict[str, Any]


class Played(Struct):
    """All that came of a script."""

    script: Script
    names: Names
    begin_us: int
    end_us: int
    did: list[Did]
    knows: list[Knows]


class Player:
    """Plays one script once.

    shift_us: by how much all its times are moved; end_us: when it ends, if not when all that it names is over; password: of
    a party's person, where it is to be known afterwards; watch: called with every act.
    """

    def __init__(
        self,
        script: Script,
        line: Line,
        *,
        operator: str = OPERATOR,
        shift_us: int = 0,
        end_us: int | None = None,
        password: Callable[[str, str], str] | None = None,
        watch: Callable[[Did], None] | None = None,
    ) -> None:
        self._script = script
        self._line = line
        self._operator = operator
        self._password = password or (lambda party, name: f"{party} {name} of the story")
        self._watch = watch or (lambda _did: None)
        self._tokens: dict[tuple[str, str], str] = {}
        self._secrets: dict[str, str] = {}
        self._documents: dict[tuple[str, str], str] = {}
        self._newest: dict[str, str] = {}
        self.names = Names(script)
        self._did: list[Did] = []
        self.move(shift_us, end_us)

    def move(self, shift_us: int, end_us: int | None = None) -> None:
        """Move all times of the story, before it is played."""
        self._shift_us = shift_us
        self.begin_us = begin_of(self._script) + shift_us
        self.end_us = end_of(self._script) + shift_us if end_us is None else end_us

    async def set_up(self) -> None:
        """Make the parties and their people. Raises StoryError where that is refused."""
        await self._line.until(self.begin_us)
        await self._people()

    async def play(self) -> Played:
        """From the set-up to the end. Raises StoryError where the set-up is refused."""
        if not self._tokens:
            await self.set_up()
        for at_us, _order, todo in sorted(self._plan(), key=lambda each: each[:2]):
            await self._line.until(at_us)
            if isinstance(todo, Row):
                await self._play(todo, at_us)
            else:
                self._line.draw("login", *todo)
                await self._login(todo[0], todo[1])
        await self._line.until(self.end_us)
        return Played(self._script, self.names, self.begin_us, self.end_us, self._did, await self._knowledge())

    def _plan(self) -> list[tuple[int, int, Any]]:
        """Every row at its time, in the order of the sections; a second before, whoever has no fresh session logs in."""
        script, plan = self._script, list[tuple[int, int, Any]]()
        rows = [
            row
            for section in ("nonparties", "agreements", "zones", "movements", "steps")
            for row in script.rows[section]
        ]
        for order, row in enumerate(rows):
            plan.append((at_of(row, begin_of(script)) + self._shift_us, order, row))
        since: dict[tuple[str, str], int] = {}
        left: dict[tuple[str, str], int] = {}
        for at_us, _order, row in sorted(plan, key=lambda each: each[:2]):
            for who in self._actors(row):
                if since.get(who) is None or at_us - since[who] > SESSION_US:
                    since[who] = max(at_us - SECOND_US, (at_us + left.get(who, 0)) // 2)
                    plan.append((since[who], -1, (*who, row.section, row.index)))
                if row.value.get("do") == "party logout":
                    del since[who]
                    left[who] = at_us
        # Two may log in at one moment: in the order of the parties, which no code decides.
        people = [(party, name) for party in script.parties for name in (*script.people_of(party), SERVICE)]
        ranked = {who: at - len(people) for at, who in enumerate(people)}
        return [(at, ranked[todo[0], todo[1]] if order < 0 else order, todo) for at, order, todo in plan]

    def _actors(self, row: Row) -> list[tuple[str, str]]:
        if row.section == "agreements":
            return [(party, "senior") for party in row.value["parties"] if party in self._script.parties]
        return [row.by]

    # Setting up ---------------------------------------------------------------------------------------------------------

    async def _people(self) -> None:
        for at, (code, party) in enumerate(self._script.parties.items()):
            row = self._script.rows["parties"][at]
            self._line.draw("parties", at)
            public = public_text(Ed25519PrivateKey.from_private_bytes(self._line.random(32)))
            body = {"code": code, "kind": party.kind, "name": party.name or code, "public_key": public}
            made = await self._set_up(row, "party create", self._operator, body)
            self.names.learn_key(code, key_id(public))
            await self._join(row, code, "senior", made["invitation"])
            await self._login(code, "senior")
            for name, role in self._script.people_of(code).items():
                if name != "senior":
                    invited = await self._set_up(row, "party invite", self._tokens[code, "senior"], {"roles": [role]})
                    await self._join(row, code, name, invited["invitation"])
            if any(each.by == (code, SERVICE) for each in self._script.steps):
                service = await self._set_up(row, "party service", self._tokens[code, "senior"], {"login": SERVICE})
                self._secrets[code] = service["secret"]
                self.names.learn_person(code, SERVICE, service["id"])

    async def _join(self, row: Row, party: str, name: str, invitation: str) -> None:
        body = {"party": party, "invitation": invitation, "login": name, "password": self._password(party, name)}
        joined = await self._set_up(row, "party join", "", body)
        self.names.learn_person(party, name, joined["id"])

    async def _login(self, party: str, name: str) -> None:
        role = self._script.people_of(party).get(name, SERVICE)
        password = self._secrets.get(party, "") if name == SERVICE else self._password(party, name)
        body = {"party": party, "login": name, "password": password, "role": role}
        reply = await self._post("party login", "", body)
        # One who was removed cannot: what is done then is refused, as it should be.
        self._tokens[party, name] = reply.body.get("token", "")

    async def _set_up(self, row: Row, do: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = await self._post(do, token, body)
        self._must(row, do, reply)
        return reply.body

    def _must(self, row: Row, do: str, reply: Reply) -> None:
        if reply.status >= 400:
            said = self.names.told(str(reply.body.get("detail", "")))
            field = reply.body.get("field")
            path = row.path if row.section == "parties" or not field else f"{row.path}.{field}"
            raise self._script.document.error(path, f"`{do}` is refused ({reply.body.get('reason')}): {said}")

    # Playing ------------------------------------------------------------------------------------------------------------

    async def _play(self, row: Row, at_us: int) -> None:
        self._line.draw(row.section, row.index)
        given = {key: value for key, value in row.value.items() if key not in ("at", "by")}
        if row.section == "steps":
            await self._act(row, at_us, row.by, row.value["do"], row.value.get("with") or {})
        elif row.section == "agreements":
            given.setdefault("from", format_time(begin_of(self._script)))
            await self._agree(row, at_us, given)
        else:
            do = {"nonparties": "nonparty name", "movements": "movement declare"}.get(row.section)
            do = do or ("zone report" if given.get("nonparty") is not None else "zone declare")
            self._must(row, do, (await self._act(row, at_us, row.by, do, given)).reply)

    async def _agree(self, row: Row, at_us: int, given: dict[str, Any]) -> None:
        parties = given["parties"]
        for party in parties[:1]:
            if party not in self._script.parties:
                raise self._script.document.error(
                    f"{row.path}.parties", f"names {party!r}, which is no party of this story."
                )
        did = await self._act(row, at_us, (parties[0], "senior"), "agreement propose", given)
        self._must(row, "agreement propose", did.reply)
        for party in parties:
            signed = await self._act(
                row, at_us, (party, "senior"), "agreement sign", {"agreement": did.reply.body["id"]}
            )
            self._must(row, "agreement sign", signed.reply)

    async def _act(self, row: Row, at_us: int, who: tuple[str, str], do: str, given: dict[str, Any]) -> Did:
        body = shifted(self.names.resolved(given), self._shift_us)
        token = self._tokens[who]
        meant = [
            self.names.find(NAMING[key], each) for key, each in given.items() if key in _ABOUT and isinstance(each, str)
        ]
        reply = (
            await self._look(do, token, body)
            if ACTS[do].reads
            else await self._post(do, token, self._filled(do, who, body))
        )
        named = self.names.of_row(row) if do != "agreement sign" else self.names.of_id(body["agreement"])
        if named is not None and named.id is None and reply.status < 400:
            self.names.made(named, reply.body["id"])
            if named.kind == "objection":
                self._newest[body["notice"]] = named.id or ""
        about = named or next(iter(meant), None)
        self._keep(who[0], do, body, reply)
        did = Did(at_us, *who, do, row, reply, await self._line.mark(), about)
        self._did.append(did)
        self._watch(did)
        return did

    def _filled(self, do: str, who: tuple[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """What a step may leave out, as the player knows it."""
        if do == "receipt delivered" and "hash" not in body:
            document = self._documents.get((who[0], body["notice"]))
            return body | {"hash": "0" * 64 if document is None else sha256(document.encode()).hexdigest()}
        if do == "notice answer" and "objection" not in body:
            return body | {"objection": self._newest.get(body["notice"], body["notice"])}
        if do == "party key" and "public_key" not in body:
            return body | {"public_key": public_text(Ed25519PrivateKey.from_private_bytes(self._line.random(32)))}
        return body

    def _keep(self, party: str, do: str, body: dict[str, Any], reply: Reply) -> None:
        document = reply.body.get("document") if do in ("notice show", "phrase show", "phrase") else None
        if document is not None:
            self._documents[party, body["notice"]] = document

    async def _post(self, do: str, token: str, body: dict[str, Any]) -> Reply:
        return await self._line.ask("POST", f"{BASE}/{do.replace(' ', '/')}", token, body)

    async def _look(self, do: str, token: str, body: dict[str, Any]) -> Reply:
        if do in _LISTS:
            live = "?live=true" if body.get("live") else ""
            return await self._line.ask("GET", f"{BASE}/{_LISTS[do]}{live}", token)
        if do == "agreement show":
            return await self._line.ask(
                "GET", f"{BASE}/agreements/{body['agreement']}{_query(at=body.get('at'))}", token
            )
        if do == "knew":
            return await self._line.ask("GET", f"{BASE}/knew/{body['notice']}{_query(at=body.get('at'))}", token)
        version = body.get("version") or None
        reply = await self._line.ask("GET", f"{BASE}/notices/{body['notice']}{_query(version=version)}", token)
        return reply if do == "notice show" else await self._phrase(token, body, reply)

    async def _phrase(self, token: str, body: dict[str, Any], shown: Reply) -> Reply:
        """As an addressee has it in its document, or as the giver works it out with the pair's value of the day."""
        if shown.status >= 400:
            return shown
        if shown.body.get("document") is not None:
            return Reply(200, phrase_in(decode(shown.body["document"])) | {"document": shown.body["document"]})
        told = shown.body["view"]["told"]
        party = body.get("party") or next((each["party"] for each in told), "")
        day = next((each["received"][:10] for each in reversed(shown.body["view"]["versions"])), "")
        value = await self._line.ask("GET", f"{BASE}/pairs/{quote(party)}/{day}", token)
        return value if value.status >= 400 else phrase_for_giver(shown.body, party, value.body["day_value"])

    async def _knowledge(self) -> list[Knows]:
        """Of every notice, as every party may see it."""
        found: list[Knows] = []
        for viewer in self._script.parties:
            self._line.draw("end", len(found))
            await self._login(viewer, "duty")
        for notice in self.names.all("notice"):
            for viewer in self._script.parties if notice.id else ():
                body = {"notice": notice.id, "at": format_time(self.end_us)}
                reply = await self._look("knew", self._tokens[viewer, "duty"], body)
                if reply.status < 400:
                    found.append(Knows(notice, viewer, reply.body))
        return found

    async def views(self) -> dict[str, dict[str, Any]]:
        """Every notice as its giver sees it at the end, by id."""
        found = {}
        for notice in self.names.all("notice"):
            if notice.id is not None:
                reply = await self._look("notice show", self._tokens[notice.party, "duty"], {"notice": notice.id})
                if reply.status < 400:
                    found[notice.id] = reply.body["view"]
        return found


def _query(**values: Any) -> str:
    given = [f"{name}={quote(str(value), safe='')}" for name, value in values.items() if value is not None]
    return f"?{'&'.join(given)}" if given else ""
