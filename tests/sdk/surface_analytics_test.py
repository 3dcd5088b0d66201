"""Analytics blocks and their results: every method, and what is stored of it."""

import asyncio
import json

import unpod

from caller import Caller
from surface import Driven, Surface, unique

FIELDS = [{"name": "budget", "type": "int", "description": "In euros"},
          {"name": "mood", "type": "enum", "choices": ["good", "bad"]},
          {"name": "loaves", "type": "list[str]"}, {"name": "urgent", "type": "bool"},
          {"name": "price", "type": "float"}, {"name": "words", "type": "str"}]
WRONG_FIELDS = [{"name": "a", "type": "money"}, {"name": "a", "type": "enum"}, {"type": "int"},
                {"name": "a", "type": "enum", "choices": []},
                {"name": "a", "type": "int", "choices": ["b"]}, {"name": "", "type": "int"},
                {"name": 7, "type": "int"}]


class Analytics(Surface):
    async def test_every_method_under_every_setting(self) -> None:
        pipe = await asyncio.to_thread(self.node.create_pipe, "nobody-home")
        async with Caller(self.node, pipe, silent=True) as caller:
            await caller.ended()
        await asyncio.to_thread(self.node.ended_call, caller.call_id)
        self.call = caller.call_id
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        await self.blocks(d)
        await self.templates(d)
        await self.attaching(d)
        await self.results(d)

    async def blocks(self, d: Driven) -> None:
        name = unique("block")
        said = {"name": name, "prompt": "What was sold?", "fields": FIELDS,
                "summary_description": "Short.", "model": "small", "success_enabled": True,
                "success_description": "Something was sold.", "success_type": "enum",
                "success_choices": ["yes", "no"], "condition": {"min_turns": 4}}
        made = await d.analytics.create(**said)
        at = f"analytics-blocks/{made.block_id}"
        kept = said | {"version": 1, "state": "active", "agent_ids": [],
                       "project_id": self.us.project, "template_id": None}
        self.assert_fields(made, **kept)
        self.assert_fields(self.stored(at), **kept)
        self.assertEqual(await d.analytics.get(made.block_id), made)
        self.assertIn(made, await d.analytics.list())

        changed = await d.analytics.update(made.block_id, prompt="What was bought?",
                                           fields=FIELDS[:1], success_enabled=False)
        kept |= {"prompt": "What was bought?", "fields": FIELDS[:1], "success_enabled": False,
                 "version": 2}
        self.assert_fields(changed, **kept)
        self.assert_fields(self.stored(at), **kept)
        for wrong in ({"fields": [{"name": "a", "type": "money"}]}, {"success_type": "maybe"}):
            await self.refused(d.analytics.update(made.block_id, **wrong), 422, *wrong)
        self.assert_fields(self.stored(at), **kept)

        self.assert_foreign(at)
        await d.analytics.delete(made.block_id)
        self.assertNotIn(made.block_id, [row.block_id for row in await d.analytics.list()])
        archived = {row.block_id: row.state
                    for row in await d.analytics.list(include_archived=True)}
        self.assertEqual(archived[made.block_id], "archived")
        self.assert_fields(self.stored(at), name=name, state="archived")
        for none in (d.analytics.get("ABK_none"), d.analytics.update("ABK_none", name="x"),
                     d.analytics.delete("ABK_none"), d.analytics.attach("ABK_none", "baker"),
                     d.analytics.detach("ABK_none", "baker"), d.analytics.results("ABK_none")):
            await self.refused(none, 404, "ABK_none")

    async def templates(self, d: Driven) -> None:
        offered = await d.analytics.templates()
        self.assertTrue(offered)
        for template in offered:
            made = await d.analytics.create(unique("block"), "Mine.",
                                            from_template=template["template_id"])
            said = {"prompt": "Mine.", "template_id": template["template_id"]}
            self.assert_fields(made, **said)
            self.assert_fields(self.stored(f"analytics-blocks/{made.block_id}"), **said)
            self.assertTrue(made.fields_spec or not template.get("fields"), "the template's fields")
            await d.analytics.delete(made.block_id)
        await self.refused(d.analytics.create("x", "y", from_template="none"), 422,
                           "from_template")

    async def attaching(self, d: Driven) -> None:
        made = await d.analytics.create(unique("block"), "What was sold?")
        at, agents = f"analytics-blocks/{made.block_id}", [unique("agent"), unique("agent")]
        for agent in agents:
            await self.client_agent(agent)
            for _ in range(2):
                await d.analytics.attach(made.block_id, agent)
        self.assertEqual(sorted((await d.analytics.get(made.block_id)).agent_ids), sorted(agents))
        self.assertEqual(sorted(self.stored(at)["agent_ids"]), sorted(agents))
        for _ in range(2):
            await d.analytics.detach(made.block_id, agents[0])
        self.assertEqual(self.stored(at)["agent_ids"], agents[1:])
        await self.refused(d.analytics.attach(made.block_id, ""), 422, "agent_id")
        await d.analytics.delete(made.block_id)
        for agent in agents:
            self.http.delete(f"/v1/agents/{agent}").raise_for_status()

    async def client_agent(self, agent: str) -> None:
        async with self.one() as client:
            await client.agents.create(agent, brain=unpod.Runner(), voice_profile="embedded-en")

    async def results(self, d: Driven) -> None:
        """Nothing runs blocks yet, and nothing pretends to."""
        made = await d.analytics.create(unique("block"), "What was sold?", FIELDS)
        self.assertEqual(await d.analytics.results(made.block_id, limit=5, skip=1), [])
        self.assertEqual(await d.analytics.list_results(agent_id="baker", block_id=made.block_id,
                                                        status="ok", limit=5, skip=1), [])
        self.assertEqual(await d.analytics.list_results(), [])
        table = await d.analytics.results_table(made.block_id, limit=5, skip=0)
        names = [column if isinstance(column, str) else column.get("name") or column.get("key")
                 for column in table["columns"]]
        for field in FIELDS:
            self.assertIn(field["name"], " ".join(names).replace(".", " ").split())
        self.assertEqual(table["rows"], [])
        for found in (await d.analytics.for_session(self.call),
                      await d.analytics.for_call(self.call)):
            self.assertEqual(found, [])
        for of in ("calls", "sessions"):
            self.assertEqual(self.stored(f"{of}/{self.call}/analytics"), [])
            self.assert_foreign(f"{of}/{self.call}/analytics")
        for none in (d.analytics.for_session("none"), d.analytics.for_call("none"),
                     d.analytics.results_table("ABK_none")):
            await self.refused(none, 404, "none")
        await self.refused(d.analytics.list_results(limit=-1), 422, "limit")
        await self.refused(d.analytics.list_results(skip=-1), 422, "skip")
        await self.refused(d.analytics.list_results(status="maybe"), 422, "status")
        await d.analytics.delete(made.block_id)

    # -- what need not be seen under every setting ------------------------------------------

    async def test_a_field_that_cannot_be_is_named(self) -> None:
        good = {"name": "x", "prompt": "y"}
        for field in WRONG_FIELDS:
            answer = self.http.post("/v1/analytics-blocks", json=good | {"fields": [field]})
            self.assert_refusal(answer, 422, "fields")
        twice = [{"name": "a", "type": "int"}, {"name": "a", "type": "str"}]
        for key, wrong in (("name", ""), ("name", 7), ("name", "x" * 100_000), ("prompt", None),
                           ("fields", {}), ("fields", [7]), ("fields", twice),
                           ("fields", FIELDS * 1000), ("success_type", "maybe"),
                           ("success_enabled", "yes"), ("success_choices", "yes"),
                           ("condition", [4]), ("model", 7)):
            answer = self.http.post("/v1/analytics-blocks", json=good | {key: wrong})
            self.assert_refusal(answer, 422, key)
        self.assertEqual(json.loads(self.get("analytics-blocks").text)["data"], [])
