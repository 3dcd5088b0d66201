"""Numbers on both surfaces, and what attaching them does to pipes and agents."""

import urllib.parse

import unpod

from node import SDK_VERSION, rows
from surface import Driven, Surface, at_once, e164, unique

NEWER = SDK_VERSION >= (0, 5)


class Numbers(Surface):
    async def test_every_method_under_every_setting(self) -> None:
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        await self.numbers(d)
        await self.attaching(d)
        if NEWER:
            await self.moving(d)
        await self.numbers_of_agents(d)
        await self.telephony_numbers(d)

    def number(self, **fields) -> dict:
        """A number of ours, as the API makes it."""
        body = {"number": e164(), "country": "US", **fields}
        return rows(self.http.post("/v1/numbers", json=body))

    def whole_id(self, number: dict) -> int:
        return int(number["number"][1:])

    async def agent(self, d: Driven) -> str:
        name = unique("agent")
        await d.agents.create(name, brain=unpod.Runner(), voice_profile="embedded-en")
        return name

    def pipe_of(self, agent: str) -> str:
        return next(row["pipe_id"] for row in self.stored("pipes") if row["agent_id"] == agent)

    def assert_attached(self, number: dict, pipe: str | None, agent: str | None = None) -> None:
        """Number and pipe tell the same story, on every surface."""
        status = "assigned" if pipe else "available"
        kept = self.stored(f"numbers/{number['number_id']}")
        self.assert_fields(kept, number=number["number"], status=status, pipe_id=pipe)
        if agent:
            self.assert_fields(kept, agent_id=agent)
        if pipe:
            shown = self.stored(f"pipes/{pipe}")
            held = [(row["number"], row["number_id"]) for row in self.stored("numbers")
                    if row["pipe_id"] == pipe]
            self.assertIn((number["number"], number["number_id"]), held)
            self.assertIn((shown["number"], shown["number_id"]), held, "a pipe shows one of them")
        listed = rows(self.http.get("/telephony/numbers/", params={"include_assigned": "true"}))
        row = next(row for row in listed if row["number"] == number["number"])
        self.assertEqual(row["state"], "ASSIGNED" if pipe else "NOT_ASSIGNED")
        self.assertNotIn("status", row)
        self.assertIs(row["active"], True)

    # -- client.numbers -----------------------------------------------------------------

    async def numbers(self, d: Driven) -> None:
        ours = [self.number(), self.number(country="FR")]
        ids = {row["number_id"] for row in ours}
        listed = [row for row in await d.numbers.list() if row.number_id in ids]
        self.assertEqual({row.number for row in listed}, {row["number"] for row in ours})
        for row in listed:
            self.assert_fields(row, status="available", trunk_id=None, pipe_id=None,
                               capabilities=["voice"], project_id=self.us.project)
            self.assertIsNotNone(row.created)
        kind = listed[0].trunk_type
        other = {"byo": "livekit", "livekit": "byo"}[kind]
        for some, wanted in (({"status": "available"}, 2), ({"status": "assigned"}, 0),
                             ({"country": "FR"}, 1), ({"country": "DE"}, 0),
                             ({"trunk_type": kind, "status": "available"}, 2),
                             ({"trunk_type": other}, 0)):
            found = [row for row in await d.numbers.list(**some) if row.number_id in ids]
            self.assertEqual(len(found), wanted, some)
        synced = await d.numbers.sync()
        self.assertEqual((type(synced["synced"]), synced["new"]), (int, 0))

        self.assert_foreign(*(f"numbers/{row['number_id']}" for row in ours))
        await d.numbers.release(ours[0]["number_id"])
        await d.numbers.delete(str(self.whole_id(ours[1])))
        self.assert_gone(*(f"numbers/{row['number_id']}" for row in ours))
        for gone in (d.numbers.delete(ours[0]["number_id"]), d.numbers.release("NUM_1"),
                     d.numbers.detach(ours[1]["number"])):
            await self.refused(gone, 404)

    async def attaching(self, d: Driven) -> None:
        number = self.number()
        agent, other = await self.agent(d), await self.agent(d)
        pipe = self.pipe_of(agent)
        to = {"agent_id": agent} if NEWER else {"pipe_id": pipe}
        self.assert_fields(await d.numbers.attach(number["number_id"], **to),
                           number=number["number"], status="assigned", pipe_id=pipe)
        self.assert_attached(number, pipe)
        elsewhere = {"agent_id": other} if NEWER else {"pipe_id": self.pipe_of(other)}
        await self.refused(d.numbers.attach(number["number_id"], **elsewhere), 409,
                           "number_already_assigned")
        await self.refused(d.numbers.attach("NUM_1", **to), 404)
        self.assert_attached(number, pipe)
        await self.refused(d.agents.delete(agent), 409, number["number"])
        self.assert_attached(number, pipe)

        detached = await d.numbers.detach(number["number"])
        self.assert_fields(detached, number=number["number"], status="available", pipe_id=None)
        self.assert_attached(number, None)
        if not NEWER:
            both = await d.numbers.attach(number["number"], pipe, agent_id=agent)
            self.assert_fields(both, pipe_id=pipe, status="assigned")
            await self.refused(d.pipes.delete(pipe), 409, number["number"])
            await d.numbers.detach(number["number_id"])
        await d.agents.delete(agent)
        await d.agents.delete(other)
        await d.numbers.delete(number["number_id"])

    async def moving(self, d: Driven) -> None:
        """Since 0.5 a number moves from agent to agent without being detached."""
        number = self.number()
        agent, other = await self.agent(d), await self.agent(d)
        await d.numbers.attach(number["number_id"], agent, number=number["number"])
        for spelt, to in ((number["number"], other), (number["number_id"], agent)):
            self.assertIsInstance(await d.numbers.agent.change(spelt, to), dict)
            self.assert_attached(number, self.pipe_of(to), to)
        for free in (False, True):  # moved, then attached because it is free
            if free:
                await d.numbers.detach(number["number_id"])
            to = agent if free else other
            moved = await d.agents.update(to, name="Mover", number=number["number"])
            self.assert_fields(moved, agent_id=to, name="Mover")
            self.assert_attached(number, self.pipe_of(to), to)
        await self.refused(d.numbers.agent.change(number["number_id"], "nobody"), 404, "nobody")
        self.assert_attached(number, self.pipe_of(agent), agent)
        await d.numbers.detach(number["number_id"])
        for name in (agent, other):
            await d.agents.delete(name)
        await d.numbers.delete(number["number_id"])

    async def numbers_of_agents(self, d: Driven) -> None:
        number, agent = self.number(), await self.agent(d)
        pipe = self.pipe_of(agent)
        for spelt in (None, number["number_id"], str(self.whole_id(number))):
            said = await d.agents.numbers.attach(agent, number["number"], number_id=spelt)
            self.assert_fields(said, number=number["number"], status="assigned")
            self.assert_attached(number, pipe, agent)
            said = await d.agents.numbers.detach(spelt or number["number"])
            self.assertIsInstance(said, dict)
            self.assert_attached(number, None)
        await self.refused(d.agents.numbers.attach("nobody", number["number"]), 404, "nobody")
        await d.agents.delete(agent)
        await d.numbers.delete(number["number_id"])

    # -- client.telephony -------------------------------------------------------------------

    async def telephony_numbers(self, d: Driven) -> None:
        ours = [self.number(), self.number()]
        spelt, agent = [row["number"] for row in ours], await self.agent(d)
        pipe = self.pipe_of(agent)

        async def statuses() -> list[str]:
            found = {row.number: row.status for row in await d.telephony.numbers.list()}
            return [found[number] for number in spelt]

        self.assertEqual(await statuses(), ["not_assigned"] * 2)
        done = await d.telephony.numbers.attach([*spelt, "+14155559999", "4155550001"],
                                                agent_id=agent)
        self.assertEqual([(row.number, row.ok) for row in done.numbers],
                         [(spelt[0], True), (spelt[1], True), ("+14155559999", False),
                          ("4155550001", False)])
        self.assertEqual(done.agent_id, agent)
        for row in done.numbers:
            self.assertEqual(bool(row.error), not row.ok, row)
        self.assertEqual(done.numbers[0].number_id, self.whole_id(ours[0]))
        self.assertEqual(await statuses(), ["assigned"] * 2)
        for number in ours:
            self.assert_attached(number, pipe, agent)
        overview = {row.number: row for row in await d.telephony.overview()}
        self.assert_fields(overview[spelt[0]], number_id=self.whole_id(ours[0]), agent_id=agent)

        freed = await d.telephony.numbers.detach([*spelt, "+14155559999"])
        self.assertEqual([row.ok for row in freed.numbers], [True, True, False])
        self.assertEqual(await statuses(), ["not_assigned"] * 2)
        done = await d.telephony.numbers.attach(spelt[0], attach_type="pipeline", pipe_id=pipe,
                                                bridge_slug="lab", region="eu")
        self.assertTrue(done.numbers[0].ok, done)
        self.assert_attached(ours[0], pipe)
        await self.refused(d.telephony.numbers.attach(spelt[1], attach_type="pipeline"), 422,
                           "pipe_id")
        await d.telephony.numbers.detach(spelt[0])
        self.assert_attached(ours[0], None)
        await d.agents.delete(agent)
        for number in ours:
            await d.numbers.delete(number["number_id"])

    # -- what need not be seen under every setting ------------------------------------------

    async def test_an_id_is_understood_in_every_spelling(self) -> None:
        number = self.number()
        for spelt in (number["number_id"], str(self.whole_id(number)), number["number"],
                      urllib.parse.quote(number["number"], safe="")):
            self.assert_fields(self.stored(f"numbers/{spelt}"), number_id=number["number_id"])
        for none in ("NUM_", "NUM_x", "+", "+0", "%2B", "0", "-1", "1" * 400):
            self.assertEqual(self.get(f"numbers/{none}").status_code, 404, none)

    async def test_a_number_belongs_to_one_project(self) -> None:
        number = self.number()
        again = self.their_http.post("/v1/numbers", json={"number": number["number"]})
        self.assert_refusal(again, 409, "number_in_use")
        self.assertNotIn(number["number"], self.their_http.get("/v1/numbers").text)
        for wrong in ("4155550000", "+1 415 555", "", None, 7, "+" + "1" * 40):
            self.assert_refusal(self.http.post("/v1/numbers", json={"number": wrong}), 422, "number")

    async def test_of_two_who_attach_at_once_one_wins(self) -> None:
        async with self.one() as client:
            d = Driven(client, set())
            agents = [await self.agent(d), await self.agent(d)]
            for _ in range(10):
                number, said = self.number(), {}

                def attach(agent: str) -> None:
                    with self.client(self.us) as http:
                        said[agent] = http.post(f"/v1/numbers/{number['number_id']}/attach",
                                                json={"agent_id": agent}).status_code

                at_once(*(lambda agent=agent: attach(agent) for agent in agents))
                self.assertEqual(sorted(said.values()), [200, 409])
                winner = next(agent for agent in agents if said[agent] == 200)
                self.assert_attached(number, self.pipe_of(winner), winner)

    async def test_a_pipe_goes_with_its_numbers_when_asked(self) -> None:
        number = self.number()
        async with self.one() as client:
            agent = await self.agent(Driven(client, set()))
        pipe = self.pipe_of(agent)
        attached = self.http.post(f"/v1/numbers/{number['number_id']}/attach",
                                  json={"pipe_id": pipe})
        self.assertEqual(attached.status_code, 200, attached.text)
        gone = self.http.delete(f"/v1/pipes/{pipe}", params={"detach_numbers": "true"})
        self.assertEqual(gone.status_code, 204, gone.text)
        self.assert_gone(f"pipes/{pipe}")
        self.assert_attached(number, None)
