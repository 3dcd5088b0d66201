"""What is around a call: who looks at it, who is told of it, what it used up."""

import asyncio
import http.server
import json
import pathlib
import re
import threading

import httpx
from caller import Caller
from node import rows
from runner import Runner
from scenario import Scenario

README = pathlib.Path(__file__).parents[2] / "README.md"
PHRASES = ["what time do you open", "two loaves of brown bread"]


def events_of(lines) -> list[dict]:
    """The events of a text/event-stream, with what each says twice checked."""
    all_events, event = [], {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif "data" in event:
            data = json.loads(event["data"])
            assert (event["id"], event["event"]) == (str(data["seq"]), data["kind"])
            all_events.append(data)
            event = {}
        else:
            event = {}
    return all_events


class Observer(threading.Thread):
    """Looks at a session until its end, or until it has seen `most` lines."""

    def __init__(self, node, session: str, most: int = 0, **headers) -> None:
        super().__init__(daemon=True)
        self._node, self._session, self._most, self._headers = node, session, most, headers
        self.lines: list[str] = []
        self.status = 0
        self.start()

    def run(self) -> None:
        with self._node.rest.stream("GET", f"/v1/sessions/{self._session}/events",
                                    headers=self._headers, timeout=60) as answer:
            self.status = answer.status_code
            for line in answer.iter_lines():
                self.lines.append(line)
                if self._most and len(self.lines) >= self._most and not line:
                    return

    @property
    def events(self) -> list[dict]:
        return events_of(list(self.lines))

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]


class Receiver:
    """A webhook in a few lines: checks each signature as the README says."""

    def __init__(self, answers: list[int] | None = None) -> None:
        (example,) = [code for code in re.findall(r"```python\n(.*?)```", README.read_text(),
                                                  re.DOTALL) if "hmac" in code]
        assert len(example.strip().split("\n")) <= 12, "a dozen lines"
        space: dict = {}
        exec(example, space)  # noqa: S102 - the README's own words
        self.genuine = space["genuine"]
        self.secret = ""
        self.got: list[dict] = []
        self.forged = 0
        outer, answers = self, list(answers or [])

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signature = self.headers["X-Unpod-Signature"]
                if not outer.genuine(outer.secret, signature, body):
                    outer.forged += 1
                assert not outer.genuine(outer.secret, signature, body + b" ")
                assert not outer.genuine(outer.secret + "x", signature, body)
                said = json.loads(body)
                assert said["id"] == self.headers["X-Unpod-Delivery"]
                assert said["event"] == self.headers["X-Unpod-Event"]
                outer.got.append(said)
                self.send_response(answers.pop(0) if answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/in"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self, call: str) -> list[str]:
        return [said["event"] for said in self.got if said["data"].get("call_id") == call]


class Events(Scenario):
    def make_webhook(self, receiver: Receiver, **fields) -> str:
        made = rows(self.node.rest.post("/v1/webhooks", json={"url": receiver.url, **fields}))
        receiver.secret = made["secret"]
        self.node.secrets.add(made["secret"])
        return made["webhook_id"]

    def deliveries(self, webhook: str, status: str = "") -> list[dict]:
        query = {"status": status} if status else {}
        return rows(self.node.rest.get(f"/v1/webhooks/{webhook}/deliveries", params=query))

    async def one_turn(self, pipe: str, agent: str):
        """A call of one turn; what `during` it is looked at from outside."""
        async with Runner(self.node, agent, "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await runner.report("entrypoint")
            watcher = Observer(self.node, caller.call_id)
            await caller.say(PHRASES[0])
            await caller.reply(f"you said {PHRASES[0]}")
            await caller.silence()
            await caller.hang_up()
        await asyncio.to_thread(self.node.ended_call, caller.call_id)
        return caller.call_id, watcher

    async def test_a_call_is_watched_told_and_counted(self) -> None:
        receiver = Receiver()
        self.addCleanup(receiver.close)
        webhook = self.make_webhook(receiver)
        pipe = self.node.create_pipe("watched", PHRASES, recording=True)
        call, watcher = await self.one_turn(pipe, "watched")
        await asyncio.to_thread(watcher.join, 30)
        self.check_watched(watcher)
        await asyncio.to_thread(self.check_resumed, call, watcher)
        await asyncio.to_thread(self.check_told, call, receiver, webhook)
        await asyncio.to_thread(self.check_counted, call)

    def check_watched(self, watcher: Observer) -> None:
        kinds = watcher.kinds()
        for kind in ("started", "speech_started", "speech_ended", "user_turn", "state",
                     "agent_text", "first_sample", "ledger", "agent_turn"):
            self.assertIn(kind, kinds)
        self.assertEqual((kinds.count("end"), kinds[-1]), (1, "end"))
        numbers = [event["seq"] for event in watcher.events]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)), "none missed, none twice")
        turn = next(event for event in watcher.events if event["kind"] == "user_turn")
        self.assertEqual(turn["data"]["text"], PHRASES[0])
        heard = "".join(event["data"]["text"] for event in watcher.events
                        if event["kind"] == "agent_text")
        self.assertIn(PHRASES[0], heard)

    def check_resumed(self, call: str, watcher: Observer) -> None:
        half = watcher.events[len(watcher.events) // 2]["seq"]
        resumed = Observer(self.node, call, **{"Last-Event-ID": str(half)})
        resumed.join(30)
        self.assertEqual(resumed.events, [event for event in watcher.events
                                          if event["seq"] > half])
        last = Observer(self.node, call, **{"Last-Event-ID": str(watcher.events[-1]["seq"])})
        last.join(30)
        self.assertEqual((last.status, last.lines), (204, []))

    def check_told(self, call: str, receiver: Receiver, webhook: str) -> None:
        wanted = ["call_started", "call_ended", "transcript_ready", "recording_ready"]
        self.node.until(lambda: len(receiver.events(call)) >= 4, "four deliveries")
        self.assertEqual(receiver.events(call), wanted, "in their order")
        self.assertEqual(receiver.forged, 0)
        ended, ready = receiver.got[1], receiver.got[2]
        self.assertEqual(ended["data"]["end_reason"], "caller_hangup")
        self.assertEqual(ready["data"]["transcript"][0]["content"], PHRASES[0])
        self.node.until(lambda: len(self.deliveries(webhook, "delivered")) == 4, "all to be done")

    def check_counted(self, call: str) -> None:
        url = f"/v1/internal/sessions/{call}/usage"
        report = {"source": "sdk", "seq": 1, "counters": {"llm_prompt_tokens": 812},
                  "providers": {"llm_provider": "openai", "llm_model": "gpt-4o-mini"}}
        for duplicate in (False, True, True):
            taken = rows(self.node.rest.post(url, json=report))
            self.assertEqual(taken["duplicate"], duplicate)
        rows(self.node.rest.post(url, json={**report, "seq": 2}))
        usage = rows(self.node.rest.get(f"/v1/sessions/{call}"))["usage"]
        self.assertEqual(usage["llm_prompt_tokens"], 2 * 812)
        self.assertGreater(usage["tts_characters"], len(PHRASES[0]))
        self.assertGreater(usage["stt_seconds"], 1)
        self.assertGreaterEqual(usage["call_seconds"] + 1, usage["stt_seconds"])
        sums = rows(self.node.rest.get("/v1/usage", params={"by": "agent"}))
        (row,) = [row for row in sums["rows"] if row["agent_id"] == "watched"]
        self.assertEqual((row["calls"], row["llm_prompt_tokens"]), (1, 2 * 812))

    async def test_a_slow_observer_and_one_that_leaves_do_no_harm(self) -> None:
        pipe = self.node.create_pipe("calm", PHRASES)
        async with Runner(self.node, "calm", "echo") as runner, \
                Caller(self.node, pipe) as caller:
            await runner.report("entrypoint")
            left = Observer(self.node, caller.call_id, most=3)
            await asyncio.to_thread(left.join, 30)
            with self.node.rest.stream("GET", f"/v1/calls/{caller.call_id}/events") as unread:
                self.assertEqual(unread.headers["content-type"], "text/event-stream")
                await caller.say(PHRASES[1])
                await caller.reply(f"you said {PHRASES[1]}")
            await caller.hang_up()

    async def test_what_is_refused_is_tried_again_and_may_be_sent_again(self) -> None:
        receiver = Receiver(answers=[500])
        self.addCleanup(receiver.close)
        webhook = self.make_webhook(receiver, events=["call_failed"])
        made = rows(self.node.rest.post(f"/v1/webhooks/{webhook}/test"))
        path = f"/v1/deliveries/{made['delivery_id']}"
        node = self.node

        def state(wanted: str) -> dict:
            return node.until(lambda: (row := rows(node.rest.get(path)))["status"] == wanted
                              and row["attempts"] and row, f"{path} to be {wanted}")

        failed = await asyncio.to_thread(state, "pending")
        self.assertEqual((failed["last_status"], failed["attempts"]), (500, 1))
        done = await asyncio.to_thread(state, "delivered")  # after some five seconds
        self.assertEqual(done["attempts"], 2)
        node.rest.post(f"{path}/redeliver").raise_for_status()
        await asyncio.to_thread(node.until, lambda: len(receiver.got) == 3, "the third time")
        self.assertEqual(len({said["id"] for said in receiver.got}), 1)
        self.assertEqual(receiver.forged, 0)

    async def test_addresses_that_the_rules_refuse_are_given_up(self) -> None:
        made = rows(self.node.rest.post("/v1/webhooks", json={"url": "http://10.0.0.1/in"}))
        self.node.secrets.add(made["secret"])
        delivery = rows(self.node.rest.post(f"/v1/webhooks/{made['webhook_id']}/test"))
        path = f"/v1/deliveries/{delivery['delivery_id']}"
        await asyncio.to_thread(
            self.node.until, lambda: rows(self.node.rest.get(path))["status"] == "dead", "its end")

    async def test_observers_see_their_own_calls_alone(self) -> None:
        answer = self.node.rest.get("/v1/sessions/SCL_nobody/events")
        self.assertEqual(answer.status_code, 404)
        with httpx.Client(base_url=self.node.url) as stranger:
            self.assertEqual(stranger.get("/v1/sessions/SCL_x/events").status_code, 401)
