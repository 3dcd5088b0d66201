"""Tools and domain dictionaries: every method of releases since 0.5, and what is stored of it."""

from node import SDK_VERSION
from surface import Driven, Surface, unique

ARGS = {"bread": {"type": "string", "description": "Which bread", "required": True}}
#: A field that is wrong, and what it is given.
WRONG = (("url", "gopher://bakery.example"), ("url", "http://127.0.0.1/"), ("url", "http://[::1]/"),
         ("url", "https://10.1.2.3/"), ("url", "https://192.168.0.1:8080/x"), ("url", "http://a/"),
         ("url", "https://localhost/"), ("url", "https://{{ args.host }}/"),
         ("url", "https://me:hush@bakery.example/"), ("method", "BREW"), ("timeout", 0),
         ("timeout", 31), ("args", {"a": {"type": "money"}}), ("args", {"a b": {"type": "string"}}),
         ("headers", {"X-A": 7}))


class Tools(Surface):
    async def test_every_method_under_every_setting(self) -> None:
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        if SDK_VERSION < (0, 5):
            return
        agent = unique("agent")
        made = self.http.post("/v1/agents", json={"agent_id": agent, "brain": {"type": "runner"}})
        self.assertEqual(made.status_code, 201, made.text)
        await self.tools(d, agent)
        await self.attached(d, agent)
        await self.dictionaries(d)
        await self.index(d, agent)
        self.http.delete(f"/v1/agents/{agent}")

    # -- tools ----------------------------------------------------------------------

    async def tools(self, d: Driven, agent: str) -> None:
        offered = await d.tools.list()
        self.assertEqual([tool.name for tool in offered.builtin], ["end_call"])
        self.assertFalse(offered.custom.supported, "calls run none, and the node says so")
        self.assertTrue(offered.custom.notes)
        name = unique("tool")
        at = f"custom-tools/{name}"
        said = {"url": "https://bakery.example/{{ args.bread }}", "description": "Loaves left",
                "method": "POST", "headers": {"X-Shop": "7"}, "body": {"n": 1, "of": ["a"]},
                "args": ARGS, "timeout": 2.5}
        tool = await d.tools.create(name, **said)
        kept = said | {"tool_id": name, "agent_ids": []}
        self.assertEqual(vars(tool), kept)
        self.assertEqual(self.stored(at), kept)
        self.assertIn(tool, await d.tools.list_custom())
        self.assert_foreign(at)
        kept |= {"url": "http://mill.example/", "description": "", "method": "GET", "headers": {},
                 "body": {}, "args": {}, "timeout": None}
        self.assertEqual(vars(await d.tools.create(name, url="http://mill.example/")), kept)
        self.assertEqual(self.stored(at), kept)
        for field, wrong in WRONG:
            await self.refused(d.tools.create(name, **{"url": "https://x.example/", field: wrong}),
                               422, field)
        for wrong in ("end_call", "7up", "a b", "x" * 65):
            await self.refused(d.tools.create(wrong, url="https://x.example/"), 422, "tool_id")
        self.assertEqual(self.stored(at), kept)
        self.secrets_of_tools(at)
        await d.tools.delete(name)
        self.assert_gone(at)
        await self.refused(d.tools.delete(name), 404, name)

    def secrets_of_tools(self, at: str) -> None:
        """Never read; the mask sent back keeps them, and does not follow to another host."""
        said = {"url": "https://bakery.example/", "headers": {"Authorization": "Bearer hush",
                                                              "X-Key": "{{ env.SHOP_KEY }}"}}
        self.node.secrets.add("Bearer hush")
        answer = self.http.put(f"/v1/{at}", json=said)
        self.assertEqual(answer.status_code, 200, answer.text)
        shown = self.stored(at)
        self.assertEqual(shown["headers"], {"Authorization": "********",
                                            "X-Key": "{{ env.SHOP_KEY }}"})
        self.assertEqual(self.http.put(f"/v1/{at}", json=shown).status_code, 200)
        answer = self.http.put(f"/v1/{at}", json=shown | {"url": "https://thief.example/"})
        self.assert_refusal(answer, 422, "headers.Authorization")

    async def attached(self, d: Driven, agent: str) -> None:
        name = unique("tool")
        await d.tools.create(name, url="https://bakery.example/")
        for _ in range(2):
            self.assertEqual(await d.tools.attach(name, agent),
                             {"tool_id": name, "agent_id": agent, "attached": True})
            self.assertEqual(self.stored(f"custom-tools/{name}")["agent_ids"], [agent])
        tool = await d.tools.create(name, url="https://mill.example/")
        self.assertEqual(tool.agent_ids, [agent], "a new definition reaches who has it")
        await self.refused(d.tools.attach(name, "nobody"), 404, "nobody")
        await self.refused(d.tools.attach("nothing", agent), 404, "nothing")
        for _ in range(2):
            self.assertFalse((await d.tools.detach(name, agent))["attached"])
            self.assertEqual(self.stored(f"custom-tools/{name}")["agent_ids"], [])
        self.assertTrue((await d.tools.attach("end_call", agent))["attached"])
        await self.refused(d.tools.detach("end_call", agent), 409, "end_call")
        await d.tools.delete(name)

    # -- dictionaries -----------------------------------------------------------------

    async def dictionaries(self, d: Driven) -> None:
        words = d.domain_dictionaries
        domain = unique("Bäckerei & Söhne")
        made = await words.upsert(domain, vocabulary={"rye": "wry"},
                                  pronunciation=[{"key": "Brötchen", "value": "brurt hyen"}],
                                  fillers={"en": "One moment."}, settings={"enabled": True})
        self.assertEqual(made.keyterms, ["rye", "wry"])
        kept = {"domain": domain, "resolved_key": None, "agent_ids": [],
                "vocabulary": [{"key": "rye", "value": "wry"}],
                "pronunciation": [{"key": "Brötchen", "value": "brurt hyen"}],
                "fillers": [{"key": "en", "value": "One moment."}], "settings": {"enabled": True}}
        self.assert_dictionary(domain, kept)
        self.assertEqual(await words.get(domain), made)
        listed = {item.domain: item for item in await words.list()}
        self.assertEqual((listed[domain].keyterms, listed[domain].seeded), (["rye", "wry"], False))
        self.assert_foreign(f"domain-dictionaries/{domain}")
        await words.upsert(domain, vocabulary={"spelt": ""})  # rows go, settings stay
        kept |= {"vocabulary": [{"key": "spelt", "value": ""}], "pronunciation": [], "fillers": []}
        self.assert_dictionary(domain, kept)
        await self.refused(words.upsert(domain, vocabulary={"": "x"}), 422, "vocabulary")
        await self.refused(words.upsert(domain, fillers={"en": "x" * 5000}), 422, "fillers")
        await self.refused(words.upsert("x" * 129), 422, "domain")
        copy = unique("mill")
        cloned = await words.clone(domain, copy)
        self.assertEqual((cloned.domain, cloned.keyterms), (copy, ["spelt"]))
        await self.refused(words.clone(domain, copy), 409, copy)
        await self.refused(words.clone("nothing", unique("x")), 404, "nothing")
        self.assert_dictionary(domain, kept)
        for name in (domain, copy):
            await words.delete(name)
            self.assert_gone(f"domain-dictionaries/{name}")
            await self.refused(words.get(name), 404)

    def assert_dictionary(self, domain: str, kept: dict) -> None:
        self.assert_fields(self.stored(f"domain-dictionaries/{domain}"), **kept)

    async def index(self, d: Driven, agent: str) -> None:
        """An agent is in one dictionary's index; the tag is the agent's own, and goes with it."""
        words, one, two = d.domain_dictionaries, unique("rye"), unique("oats")
        await words.upsert(one)
        await words.upsert(two)
        self.assertEqual((await words.attach(one, agent)).agent_ids, [agent])
        self.assertEqual((await words.attach(two, agent)).agent_ids, [agent])
        self.assertEqual((await words.get(one)).agent_ids, [])
        self.assertEqual((await words.detach(two, agent)).agent_ids, [])
        await self.refused(words.attach(one, "nobody"), 404, "nobody")
        await self.refused(words.attach("nothing", agent), 404, "nothing")
        self.http.patch(f"/v1/agents/{agent}", json={"domain": one}).raise_for_status()
        await words.delete(two)
        self.assertEqual(self.stored(f"agents/{agent}")["domain"], one)
        await words.delete(one)
        self.assertIsNone(self.stored(f"agents/{agent}")["domain"])
