"""The SDK's REST clients against every base URL a user may have set and every auth scheme.

Columns are those of the wire contract: which variables point the SDK at the node.
"""

import asyncio
import contextlib
import os
import unittest.mock

import httpx
import unpod

from caller import Caller
from scenario import Scenario

COLUMNS = {
    "A": {"UNPOD_BASE_URL": "{url}"},
    "A, service": {"UNPOD_SERVICE_BASE_URL": "{url}/platform"},
    "B": {"UNPOD_SERVICE_BASE_URL": "{url}"},
    "C": {"UNPOD_BASE_URL": "{url}", "UNPOD_SERVICE_BASE_URL": "{url}"},
    "D": {"UNPOD_SERVICE_BASE_URL": "{url}/api/v2/platform/speech"},
}


class Rest(Scenario):
    @contextlib.contextmanager
    def column(self, name: str):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("UNPOD_")}
        kept |= {k: v.format(url=self.node.url) for k, v in COLUMNS[name].items()}
        with unittest.mock.patch.dict(os.environ, kept, clear=True):
            yield

    def schemes(self) -> dict[str, unpod.Auth]:
        return {"Bearer": unpod.BearerAuth(self.node.key),
                "Token": unpod.TokenAuth(self.node.key, "any-org"),
                "JWT": unpod.JWTAuth(self.node.key, "any-org")}

    async def test_every_column_and_scheme(self) -> None:
        for column in COLUMNS:
            for scheme, auth in self.schemes().items():
                with self.subTest(column=column, scheme=scheme), self.column(column):
                    async with unpod.AsyncClient(auth=auth) as client:
                        await self.walk(client, f"{column[0]}-{scheme}".lower())

    async def walk(self, client: unpod.AsyncClient, tag: str) -> None:
        """Creates, lists, gets and deletes, the way the SDK's own examples do."""
        profile = (await client.voice_profiles.list(language="en"))[0]
        self.assertEqual(profile.name, "embedded-en")
        self.assertEqual((await client.voice_profiles.get(profile.profile_id)).name, profile.name)

        made = await client.pipes.create(f"pipe {tag}", voice_profile=profile.name,
                                         agent_id=f"agent-{tag}", max_call_duration_s=60)
        self.assertEqual((made.name, made.agent_id, made.voice_profile_id, made.recording),
                         (f"pipe {tag}", f"agent-{tag}", profile.profile_id, False))
        self.assertEqual((await client.pipes.get(made.pipe_id)).max_call_duration_s, 60)
        self.assertIn(made.pipe_id, [pipe.pipe_id for pipe in await client.pipes.list()])

        token = await client.sessions.create_token(made.pipe_id, metadata={"table": 7})
        self.node.secrets.add(token.token)
        self.assertIsNotNone(token.expires_at.tzinfo)

        await client.agents.create(f"brain-{tag}", brain=unpod.Runner(), greeting="Hello.",
                                   voice_profile=profile.profile_id)
        agent = await client.agents.get(f"brain-{tag}")
        self.assertEqual((agent.agent_id, agent.brain["type"]), (f"brain-{tag}", "runner"))
        self.assertEqual([v.voice_profile_id for v in agent.voices], [profile.profile_id])
        self.assertTrue(agent.voices[0].is_default)
        self.assertIn(agent.agent_id, [row.agent_id for row in await client.agents.list()])

        for listing in (client.calls.list(), client.calls.list(status="active"),
                        client.sessions.list(), client.transcripts.list()):
            self.assertIsInstance(await listing, list)

        await client.agents.delete(agent.agent_id)
        await client.pipes.delete(made.pipe_id)
        for gone in (client.agents.get(agent.agent_id), client.pipes.get(made.pipe_id),
                     client.calls.get("SCL_none"), client.sessions.get("none"),
                     client.voice_profiles.get("none")):
            with self.assertRaises(httpx.HTTPStatusError) as refused:
                await gone
            self.assertEqual(refused.exception.response.status_code, 404)
            self.assertTrue(refused.exception.response.json()["detail"])

    async def test_a_call_is_a_session_and_a_transcript(self) -> None:
        pipe = await asyncio.to_thread(self.node.create_pipe, "nobody-home")
        async with Caller(self.node, pipe, silent=True) as caller:
            await caller.ended()
        await asyncio.to_thread(self.node.ended_call, caller.call_id)
        for column in COLUMNS:
            with self.subTest(column=column), self.column(column):
                async with unpod.AsyncClient(api_key=self.node.key) as client:
                    call = await client.calls.get(caller.call_id)
                    self.assertEqual((call.call_id, call.pipe_id), (caller.call_id, pipe))
                    self.assertEqual(call.end_reason, "no_runner")
                    self.assertGreaterEqual(call.ended_at, call.started_at)
                    session = await client.sessions.get(caller.call_id)
                    self.assertEqual(session.session_id, caller.started["session_id"])
                    self.assertEqual(await client.transcripts.get(caller.call_id), session)
                    by_pipe = await client.calls.list(pipe_id=pipe, status=call.status)
                    self.assertEqual([row.call_id for row in by_pipe], [caller.call_id])

    def test_the_blocking_client_lives_through_many_calls(self) -> None:
        for column in COLUMNS:
            with self.subTest(column=column), self.column(column):
                client = unpod.Client(api_key=self.node.key)
                for _ in range(3):  # the second is the one that keep-alive breaks
                    self.assertTrue(client.voice_profiles.list())
                    self.assertIsInstance(client.calls.list(), list)
                made = client.pipes.create("blocking", agent_id="blocking")
                self.assertEqual(client.pipes.get(made.pipe_id).name, "blocking")
                client.agents.create("blocking-agent", brain=unpod.Runner(),
                                     voice_profile="embedded-en")
                self.assertEqual(client.agents.get("blocking-agent").agent_id, "blocking-agent")
                client.agents.delete("blocking-agent")
                client.pipes.delete(made.pipe_id)
                self.assertIsInstance(client.sessions.list(), list)
                self.assertIsInstance(client.transcripts.list(), list)

    def test_refusals_are_in_words(self) -> None:
        rest = self.node.rest
        for header in ({}, {"Authorization": "Bearer sk_no"}, {"Authorization": "Basic eA=="},
                       {"Authorization": "Bearer"}, {"Authorization": "Token " + "x" * 4000}):
            answer = httpx.get(f"{self.node.url}/platform/v1/pipes", headers=header)
            self.assertEqual((answer.status_code, answer.json()),
                             (401, {"detail": "Not authenticated"}))
        pipes = "/platform/v1/pipes"
        for body, status in ((b"{", 400), (b"[]", 422), (b'{"name": 7}', 422), (b"{}", 422),
                             (b'{"name": "x", "voice_profile": "no such"}', 422),
                             (b'{"name": "x", "stt_grammar": "#JSGF V1.0; nonsense"}', 422),
                             (b'{"name": "x", "recording": "yes"}', 422),
                             (b'{"name": "x", "a": ' + b"[" * 200 + b"]" * 200 + b"}", 400)):
            answer = rest.post(pipes, content=body)
            self.assertIn(answer.status_code, {status, 400, 422}, body)
            self.assertTrue(answer.json()["detail"], body)
        self.assertEqual(rest.post(pipes, content=b" " * (2 << 20)).status_code, 413)
        self.assertEqual(rest.post("/platform/v1/sessions/token", json={"pipe_id": "no"})
                         .status_code, 404)
        self.assertEqual(rest.get("/platform/v1/nothing").status_code, 404)
        self.assertEqual(rest.put(pipes).status_code, 405)

    def test_no_path_redirects_and_connections_close(self) -> None:
        for path in ("/platform/v1/pipes", "/v1/calls", "/api/v2/platform/voice-profiles/",
                     "/voice-profiles/", "/api/v2/platform/speech/v1/agents",
                     "/platform/v1/sessions", "/orchestrator/v1/sessions"):
            answer = self.node.rest.get(path)
            self.assertEqual(answer.status_code, 200, path)
            self.assertEqual(answer.headers["connection"].lower(), "close")
            self.assertIn("message", answer.json())

    def test_health_and_metrics(self) -> None:
        self.assertEqual(httpx.get(f"{self.node.url}/health").json(), {"status": "ok"})
        metrics = self.node.rest.get("/metrics")
        self.assertEqual(metrics.status_code, 200)
        self.assertTrue(metrics.headers["content-type"].startswith("text/plain"))
        self.assertIn("# TYPE unpod_", metrics.text)

    def test_the_column_of_the_documentation(self) -> None:
        """README and quick start of 0.2 set both variables; the language filter is ours."""
        with self.column("C"):
            client = unpod.Client(api_key=self.node.key)
            self.assertEqual(client.voice_profiles.list(language="xx"), [])
            self.assertTrue(client.voice_profiles.list(language="en"))
