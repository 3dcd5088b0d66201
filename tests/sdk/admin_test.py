"""Keys with less than everything, profiles that are read again, and a backup under load."""

import asyncio
import json
import os
import pathlib
import signal
import subprocess
import threading

import httpx
import unpod
import websockets

from node import environment, rows
from runner import Runner
from scenario import Scenario

PROFILE = """
[[profile]]
name = "{name}"
language = "en-GB"
[[profile.stt]]
provider = "{ear}"
[[profile.tts]]
provider = "embedded"
voice = "slt"
"""


class Admin(Scenario):
    def key(self, *scopes: str) -> dict:
        body = {"name": "of a test", "org_id": "ORG_default", "scopes": list(scopes) or None}
        made = rows(self.node.rest.post("/platform/v1/api-keys", json=body))
        self.node.secrets.add(made["raw_key"])
        return made

    def status(self, key: dict, method: str, path: str, **more) -> int:
        return httpx.request(method, self.node.url + path, **more,
                             headers={"Authorization": f"Bearer {key['raw_key']}"}).status_code

    def revoke(self, key: dict) -> None:
        rows(self.node.rest.delete(f"/v1/api-keys/{key['key_id']}"))

    async def test_the_sdk_makes_a_key_that_works(self) -> None:
        async with unpod.AsyncClient(base_url=self.node.url, api_key=self.node.key) as client:
            made = await client.api_keys.create("sdk", "ORG_default")
        self.node.secrets.add(made.raw_key)
        self.assertEqual((made.org_id, made.project_id, made.status),
                         ("ORG_default", "PRJ_default", "active"))
        async with unpod.AsyncClient(base_url=self.node.url, api_key=made.raw_key) as client:
            self.assertIsInstance(await client.pipes.list(), list)
        listed = rows(self.node.rest.get("/v1/api-keys"))
        (kept,) = [row for row in listed if row["key_id"] == made.key_id]
        self.assertNotIn("raw_key", kept)

    def test_a_scope_is_kept_to_and_a_revoked_key_is_none(self) -> None:
        reader, runner = self.key("read"), self.key("runner")
        self.assertEqual(self.status(reader, "GET", "/v1/pipes"), 200)
        self.assertEqual(self.status(reader, "POST", "/v1/pipes", json={"name": "x"}), 403)
        self.assertEqual(self.status(runner, "GET", "/v1/pipes"), 403)
        self.assertEqual(self.status(runner, "GET", "/v1/api-keys/whoami"), 200)
        self.revoke(reader)
        self.assertEqual(self.status(reader, "GET", "/v1/pipes"), 401)
        used = [row for row in rows(self.node.rest.get("/v1/api-keys"))
                if row["key_id"] == runner["key_id"]]
        self.assertTrue(used[0]["last_used"])

    async def test_a_runner_ends_with_its_key(self) -> None:
        key = await asyncio.to_thread(self.key, "runner")
        async with Runner(self.node, "keyed", "echo", key=key["raw_key"]) as runner:
            await asyncio.to_thread(self.revoke, key)
            async with asyncio.timeout(40):
                self.assertNotEqual(await runner.process.wait(), 0)
            self.assertIn("RunnerAuthError", runner.log())
        reader = await asyncio.to_thread(self.key, "read")
        async with Runner(self.node, "reader", "echo", key=reader["raw_key"],
                          registers=False) as runner:
            async with asyncio.timeout(40):
                self.assertNotEqual(await runner.process.wait(), 0)

    async def test_a_call_to_a_voice_this_node_lacks_says_so(self) -> None:
        (far,) = [row for row in rows(self.node.rest.get("/voice-profiles/"))
                  if row["name"] == "cartesia-en"]
        self.assertFalse(far["available"])
        self.assertIn("DEEPGRAM_API_KEY", far["missing"])
        pipe = await asyncio.to_thread(self.node.create_pipe, "any", voice_profile="cartesia-en")
        token = await asyncio.to_thread(self.node.token, pipe)
        async with websockets.connect(
                f"{self.node.ws_url}/v1/pipes/{pipe}/connect?token={token}") as caller:
            await caller.send('{"type":"start"}')
            self.assertIn("DEEPGRAM_API_KEY", await asyncio.wait_for(caller.recv(), 30))

    def test_a_backup_under_load_holds_all_that_was_answered(self) -> None:
        made: list[str] = []
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                made.append(self.node.create_pipe("loaded"))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            self.node.until(lambda: len(made) > 10, "some pipes")
            before = list(made)
            backup = rows(self.node.rest.post("/v1/backup", json={"to": "under-load"}))
        finally:
            stop.set()
            writer.join()
        self.assertTrue(backup["folder"].endswith("/backups/under-load"))
        self.assertEqual(self.node.rest.post("/v1/backup", json={"to": "under-load"}).status_code,
                         409)
        self.assertEqual(self.node.rest.post("/v1/backup", json={"to": "../out"}).status_code, 422)
        restored = self.node.data_dir / "restored"
        command = [os.environ["UNPOD_BINARY"], "restore", "--from", backup["folder"], "--data-dir"]
        subprocess.run([*command, restored], check=True, env=environment(), capture_output=True)
        busy = subprocess.run([*command, self.node.data_dir / "data", "--force"],
                              env=environment(), capture_output=True, text=True)
        self.assertEqual(busy.returncode, 1)
        self.assertIn("stop it first", busy.stderr)
        with Second(restored) as second:
            there = {row["pipe_id"] for row in rows(second.get("/v1/pipes"))}
        self.assertLessEqual(set(before), there)

    def test_what_was_done_is_in_the_log(self) -> None:
        pipe = self.node.create_pipe("audited")
        newest = rows(self.node.rest.get("/v1/audit", params={"limit": 1}))[0]
        self.assertEqual((newest["action"], newest["target"], newest["key_id"]),
                         ("POST /v1/pipes", f"pipe {pipe}", "dev"))


class Profiles(Scenario):
    """A node with a file of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.file = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"profiles-{os.getpid()}.toml"
        cls.write("first")
        cls.flags = ("--profiles", str(cls.file))
        super().setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls.file.unlink()

    @classmethod
    def write(cls, name: str, ear: str = "embedded") -> None:
        cls.file.write_text(PROFILE.format(name=name, ear=ear))

    def names(self) -> list[str]:
        return [row["name"] for row in rows(self.node.rest.get("/voice-profiles/",
                                                               params={"language": "en"}))]

    def test_they_are_read_again_or_stay(self) -> None:
        self.assertEqual(self.names(), ["first"])
        self.write("second")
        self.assertEqual(rows(self.node.rest.post("/v1/voice-profiles/reload"))["available"], 1)
        self.assertEqual(self.names(), ["second"])
        self.write("third")
        self.node.process.send_signal(signal.SIGHUP)
        self.node.until(lambda: self.names() == ["third"], "the profiles to be read again")
        self.write("fourth", ear="nobody")
        refused = self.node.rest.post("/v1/voice-profiles/reload")
        self.assertEqual(refused.status_code, 422)
        self.assertIn(f"{self.file}:6: ", refused.json()["detail"])
        self.assertEqual(self.names(), ["third"])


class Second:
    """Another node, over data that is there already."""

    def __init__(self, data_dir: pathlib.Path) -> None:
        self.process = subprocess.Popen(
            [os.environ["UNPOD_BINARY"], "start", "--dev", "--listen", "127.0.0.1:0", "--json",
             "--data-dir", str(data_dir)], env=environment(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)

    def __enter__(self) -> httpx.Client:
        said = json.loads(self.process.stdout.readline())
        self.rest = httpx.Client(base_url=said["url"], timeout=30,
                                 headers={"Authorization": f"Bearer {said['api_key']}"})
        return self.rest

    def __exit__(self, *_) -> None:
        self.rest.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.process.stdout.close()
