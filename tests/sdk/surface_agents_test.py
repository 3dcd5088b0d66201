"""Agents, their voices, pipes and voice profiles: every method, and what is stored of it."""

import contextlib
import pathlib
import tempfile

import unpod

from node import SDK_VERSION
from surface import Driven, Surface, at_once, unique

FIRST = "embedded-en"
MASK = "********"
ENDPOINT = "https://models.example/v1/chat/completions"
BRAINS = {
    "runner": (unpod.Runner, {"type": "runner"}),
    "runner of another name": (lambda: unpod.Runner("my-brain-v2"),
                               {"type": "runner", "ref": "my-brain-v2"}),
    "prompt": (lambda: unpod.Prompt("You are a baker."),
               {"type": "prompt", "ref": "You are a baker."}),
    "playbook": (lambda: unpod.Playbook("PB_bakery"), {"type": "playbook", "ref": "PB_bakery"}),
    "endpoint": (lambda: unpod.Endpoint(ENDPOINT, model="small", timeout_s=2.5, max_retries=2,
                                        query={"v": "1"}, extra_body={"top_p": 1}),
                 {"type": "endpoint", "ref": ENDPOINT,
                  "cfg": {"model": "small", "timeout_s": 2.5, "max_retries": 2,
                          "query": {"v": "1"}, "extra_body": {"top_p": 1}}}),
}
#: What releases since 0.5 may say about how an agent sounds.
SOUND = {"domain": "bakery", "background_sound": "office", "background_sound_enabled": False,
         "background_sound_volume": 0.25, "noise_cancellation": "hush"}


class Agents(Surface):
    async def test_every_method_under_every_setting(self) -> None:
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        await self.profiles(d)
        await self.pipes(d)
        await self.older_agents(d)
        await self.agents(d)
        await self.voices(d)

    async def profiles(self, d: Driven) -> None:
        for profile in await d.voice_profiles.list():
            self.assertTrue(profile.name)
            got = await d.voice_profiles.get(profile.profile_id)
            self.assertEqual(got, profile)
            self.assert_fields(self.stored(f"voice-profiles/{profile.profile_id}"),
                               name=profile.name, language=profile.language,
                               latency_ms=profile.latency_ms)
        english = await d.voice_profiles.list(language="en")
        self.assertEqual(english[0].name, FIRST, "the examples take the first")
        self.assertEqual(await d.voice_profiles.list(language="xx"), [])
        await self.refused(d.voice_profiles.get("VP_none"), 404, "VP_none")

    async def pipes(self, d: Driven) -> None:
        name = unique("pipe")
        made = await d.pipes.create(name, voice_profile=FIRST.upper(), agent_id="baker",
                                    agent_endpoint="ws://127.0.0.1:9/answer", recording=True,
                                    max_call_duration_s=77)
        at = f"pipes/{made.pipe_id}"
        first = (await d.voice_profiles.list())[0].profile_id
        said = {"name": name, "agent_id": "baker", "agent_endpoint": "ws://127.0.0.1:9/answer",
                "recording": True, "max_call_duration_s": 77, "voice_profile_id": first,
                "project_id": self.us.project, "status": "active", "number": None}
        self.assert_fields(made, **said)
        self.assert_fields(self.stored(at), **said)
        self.assertEqual(await d.pipes.get(made.pipe_id), made)
        self.assertIn(made, await d.pipes.list())

        changed = await d.pipes.update(made.pipe_id, name=f"{name}'s", first_speaker="agent",
                                       recording=False, colour={"crust": "brown"})
        said |= {"name": f"{name}'s", "first_speaker": "agent", "recording": False,
                 "colour": {"crust": "brown"}}
        self.assert_fields(changed, **said)
        self.assert_fields(self.stored(at), **said)
        self.assertGreaterEqual(changed.modified, made.modified)

        await self.refused(d.pipes.update(made.pipe_id, max_call_duration_s=0), 422,
                           "max_call_duration_s")
        await self.refused(d.pipes.create(name, voice_profile="nobody's"), 422,
                           "voice_profile_not_found")
        await self.refused(d.pipes.create("", agent_id="baker"), 422, "name")
        self.assert_fields(self.stored(at), **said)
        self.assert_foreign(at)
        await d.pipes.delete(made.pipe_id)
        self.assert_gone(at)
        for asked in (d.pipes.get(made.pipe_id), d.pipes.delete(made.pipe_id),
                      d.pipes.update(made.pipe_id, name="x")):
            await self.refused(asked, 404, made.pipe_id)
        if SDK_VERSION >= (0, 5):
            made = await d.pipes.create(name, **SOUND)
            self.assert_fields(made, **SOUND)
            self.assert_fields(self.stored(f"pipes/{made.pipe_id}"), **SOUND)
            await d.pipes.delete(made.pipe_id)

    async def older_agents(self, d: Driven) -> None:
        """`client.agent.voice.create`: one brain of four, and a pipe comes back."""
        with tempfile.TemporaryDirectory() as folder:
            playbook = pathlib.Path(folder) / "bakery.yaml"
            playbook.write_text("name: bakery\nnodes: []\n")
            sources = {"agent_id": "baker", "agent_endpoint": "wss://runner.example/answer",
                       "prompt": "You are a baker.", "playbook": playbook}
            for source, value in sources.items():
                name = unique(source)
                made = await d.agent.voice.create(name, FIRST, recording=True,
                                                  max_call_duration_s=90, **{source: value})
                wanted = {"name": name, "recording": True, "max_call_duration_s": 90}
                if source in ("agent_id", "agent_endpoint"):
                    wanted[source] = value
                self.assert_fields(made, **wanted)
                kept = self.stored(f"pipes/{made.pipe_id}")
                self.assert_fields(kept, **wanted)
                if source in ("prompt", "playbook"):
                    text = value if source == "prompt" else playbook.read_text()
                    self.assertEqual(kept["brain"], {"type": source, "ref": text})
                await d.pipes.delete(made.pipe_id)
                self.assert_gone(f"pipes/{made.pipe_id}")

    async def agents(self, d: Driven) -> None:
        for what, (brain, kept) in BRAINS.items():
            agent = unique("agent")
            create = d.agents.create if what == "prompt" else d.agents.voice.create
            voice = await create(agent, brain=brain(), name="Mrs Loaf", voice_profile=FIRST,
                                 greeting="Hello.", max_call_duration_s=60, max_concurrent=3)
            self.assert_fields(voice, agent_id=agent, name="Mrs Loaf", brain=kept,
                               brain_execution="bridge", is_default=True)
            self.assert_fields(self.stored(f"agents/{agent}"), agent_id=agent, brain=kept)
            got = await d.agents.get(agent)
            self.assertEqual([row.voice_profile_id for row in got.voices],
                             [voice.voice_profile_id])
            self.assertIn(got, await d.agents.list())
            self.assert_foreign(f"agents/{agent}")
            await d.agents.delete(agent)
            self.assert_gone(f"agents/{agent}")
            await self.refused(d.agents.get(agent), 404, agent)
        agent = unique("agent")
        await self.refused(d.agents.update(agent, name="Nobody"), 404, agent)
        await self.refused(d.agents.delete(agent), 404, agent)
        await self.refused(d.agents.voice.create(agent, brain=unpod.Runner(),
                                                 voice_profile="nobody's"),
                           422, "voice_profile_not_found")

    async def voices(self, d: Driven) -> None:
        first, second = [row.profile_id for row in (await d.voice_profiles.list())[:2]]
        agent = unique("agent")
        at = f"agents/{agent}"
        made = await d.agents.voice.create(agent, brain=unpod.Runner(), voice_profile=first)
        for voice in (made.voice_profile_id, FIRST):
            await self.refused(d.agents.voice.add(agent, voice_profile=voice), 409, agent)
        added = await d.agents.voice.add(agent, voice_profile=second, greeting="Bonjour.")
        self.assert_fields(added, agent_id=agent, voice_profile_id=second, is_default=False,
                           brain={"type": "runner"})
        rows = self.stored("pipes")
        self.assertEqual({row["voice_profile_id"] for row in rows if row["agent_id"] == agent},
                         {first, second})

        changed = await d.agents.update(agent, brain=unpod.Prompt("Bake."), name="Baker",
                                        greeting="Good morning.", oven="hot")
        for seen in (changed.model_dump(), self.stored(at), (await d.agents.get(agent)).model_dump()):
            self.assert_fields(seen, agent_id=agent, name="Baker",
                               brain={"type": "prompt", "ref": "Bake."})
            self.assertEqual({voice["brain"]["ref"] for voice in seen["voices"]}, {"Bake."})
        for row in self.stored("pipes"):
            if row["agent_id"] == agent:
                self.assert_fields(row, name="Baker", greeting="Good morning.", oven="hot")
        if SDK_VERSION >= (0, 5):
            await self.newer_voices(d, agent, first, second)

        await d.agents.voice.remove(agent, first)
        self.assertEqual([(voice["voice_profile_id"], voice["is_default"])
                          for voice in self.stored(at)["voices"]], [(second, True)])
        await self.refused(d.agents.voice.remove(agent, first), 404)
        await self.refused(d.agents.voice.remove(agent, second), 409, agent)
        self.assertEqual(len(self.stored(at)["voices"]), 1)
        await d.agents.delete(agent)
        self.assert_gone(at)
        await self.refused(d.agents.voice.add(agent, voice_profile=first), 404, agent)

    async def newer_voices(self, d: Driven, agent: str, first: str, second: str) -> None:
        pipes = {row["voice_profile_id"]: row["pipe_id"] for row in self.stored("pipes")
                 if row["agent_id"] == agent}
        voice = await d.agents.voice.update(agent, second, greeting="Salut.", make_default=True)
        self.assert_fields(voice, agent_id=agent, voice_profile_id=second, is_default=True)
        self.assert_fields(self.stored(f"pipes/{pipes[second]}"), greeting="Salut.")
        self.assert_fields(self.stored(f"pipes/{pipes[first]}"), greeting="Good morning.")
        kept = self.stored(f"agents/{agent}")["voices"]
        self.assertEqual({row["voice_profile_id"]: row["is_default"] for row in kept},
                         {first: False, second: True})
        await d.agents.voice.update(agent, first, make_default=True)
        await self.refused(d.agents.voice.update(agent, "VP_none", greeting="x"), 404, "VP_none")

        heard = await d.agents.update(agent, **SOUND, cache_mode="shadow", recording=True,
                                      max_call_duration_s=66)
        self.assert_fields(heard, cache_mode="shadow",
                           **{k: v for k, v in SOUND.items() if k != "domain"})
        for row in self.stored(f"agents/{agent}")["voices"]:
            self.assert_fields(row, **SOUND)
            self.assertTrue(row["voice_profile_name"])
        for pipe in pipes.values():
            self.assert_fields(self.stored(f"pipes/{pipe}"), recording=True,
                               max_call_duration_s=66, **SOUND)
        await d.agents.update(agent, domain="")
        self.assertEqual({row["domain"] for row in self.stored(f"agents/{agent}")["voices"]},
                         {None})

    # -- what need not be seen under every setting ----------------------------------

    async def test_what_authenticates_a_brain_is_never_shown(self) -> None:
        secret, header = unique("sk_of_the_model"), unique("secret_header")
        self.node.secrets |= {secret, header}
        brain = unpod.Endpoint(ENDPOINT, model="small", api_key=secret,
                               headers={"X-Secret": header})
        agent = unique("agent")
        async with self.one() as client:
            shown = [str(await client.agents.create(agent, brain=brain, voice_profile=FIRST)),
                     str(await client.agents.get(agent)), str(await client.agents.list()),
                     str(await client.pipes.list()), self.get(f"agents/{agent}").text,
                     self.get("pipes").text, self.get("agents").text]
            for text in shown:
                self.assertNotIn(secret, text)
                self.assertNotIn(header, text)
            cfg = self.stored(f"agents/{agent}")["brain"]["cfg"]
            self.assertEqual((cfg["api_key"], cfg["headers"]), (MASK, {"X-Secret": MASK}))
            kept = unpod.Endpoint(ENDPOINT, model="large", api_key=MASK, headers={"X-Secret": MASK})
            changed = await client.agents.update(agent, brain=kept)
            self.assertEqual(changed.brain["cfg"]["model"], "large")
            await client.agents.delete(agent)

    async def test_one_brain_and_no_more(self) -> None:
        body = {"name": "x", "voice_profile": FIRST}
        for more in ({}, {"prompt": "a", "agent_id": "b"}, {"playbook": "a", "prompt": "b"}):
            answer = self.http.post("/v1/agent/voice", json=body | more)
            self.assert_refusal(answer, 422, "agent_id")
        for brain in (None, "runner", {}, {"type": "horse"}, {"type": "prompt"},
                      {"type": "endpoint", "ref": "ftp://x"}):
            answer = self.http.post("/v1/agents", json={"agent_id": "x", "brain": brain})
            self.assert_refusal(answer, 422, "brain")

    async def test_agents_of_one_name_in_two_projects_are_two(self) -> None:
        agent = unique("agent")
        async with contextlib.AsyncExitStack() as stack:
            us = await stack.enter_async_context(self.one())
            them = await stack.enter_async_context(self.one(tenant=self.others))
            await us.agents.create(agent, brain=unpod.Prompt("ours"), voice_profile=FIRST)
            await them.agents.create(agent, brain=unpod.Prompt("theirs"), voice_profile=FIRST)
            await them.agents.update(agent, name="Theirs")
            self.assert_fields(await us.agents.get(agent), name=agent,
                               brain={"type": "prompt", "ref": "ours"})
            await us.agents.delete(agent)
            self.assert_fields(await them.agents.get(agent), name="Theirs")
            await them.agents.delete(agent)

    def test_those_who_make_an_agent_at_once_leave_one_default(self) -> None:
        for _ in range(10):
            agent, answers = unique("agent"), []
            at_once(*(lambda voice=voice: answers.append(self.http.post("/v1/agents", json={
                "agent_id": agent, "voice_profile": voice, "brain": {"type": "runner"}}))
                      for voice in (FIRST, "cartesia-en", "elevenlabs-en") * 3))
            made = [answer.status_code for answer in answers].count(201)
            self.assertEqual({answer.status_code for answer in answers} - {201, 409}, set())
            voices = self.stored(f"agents/{agent}")["voices"]
            self.assertEqual((len(voices), [row["is_default"] for row in voices].count(True)),
                             (made, 1))
            self.assertEqual(len({row["voice_profile_id"] for row in voices}), made)
            self.assertEqual(self.http.delete(f"/v1/agents/{agent}").status_code, 204)
