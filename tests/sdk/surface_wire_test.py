"""The wire below the SDK: nothing redirects, every refusal has words, no method is forgotten."""

import pathlib
import socket

import httpx

from node import SDK_VERSION, rows
from surface import FILES, MOUNTS, Surface, e164, methods, unique

#: How many methods a release has: who adds a release looks at what it brought.
METHODS = {(0, 2): 64, (0, 5): 79}
LISTS = ("pipes", "agents", "calls", "sessions", "transcripts", "recordings", "numbers", "trunks",
         "voice-profiles", "analytics-blocks", "analytics-blocks/templates", "analytics-results",
         "api-keys", "projects", "orgs", "audit", "runners", "tools", "custom-tools",
         "domain-dictionaries")
ELSEWHERE = ("/voice-profiles", "/api/v2/platform/voice-profiles", "/telephony/numbers",
             "/api/v2/platform/telephony/numbers", "/api/v2/platform/telephony/trunks",
             "/api/v2/platform/speech/telephony/overview", "/telephony/overview")
#: A write, the field that is wrong, and what it is given.
MISTAKES = (
    ("pipes", "name", 7), ("pipes", "name", ""), ("pipes", "name", None),
    ("pipes", "agent_id", "a/b"), ("pipes", "agent_id", " a"), ("agents", "agent_id", "a\n"),
    ("agents", "agent_id", ".."), ("pipes", "voice_profile", "nobody"),
    ("agents", "voice_profile", "nobody"), ("sessions/token", "pipe_id", None), ("pipes", "max_call_duration_s", "long"), ("pipes", "recording", "yes"),
    ("pipes", "voice_profile", ["x"]), ("pipes", "agent_endpoint", "gopher://x"),
    ("pipes", "greeting", "x" * 100_000), ("agents", "agent_id", ""), ("agents", "brain", "runner"),
    ("agents", "max_concurrent", -1), ("calls", "to_number", "me"), ("calls", "data", []),
    ("sessions/token", "metadata", "x"), ("numbers", "number", "call me"),
    ("numbers", "country", "Utopia"), ("trunks", "type", "pigeon"), ("trunks", "byo_config", []),
    ("trunks", "name", ""), ("analytics-blocks", "fields", {}), ("api-keys", "name", 7),
    ("api-keys", "scopes", ["everything"]), ("projects", "name", 7), ("orgs", "name", ""),
)


class Wire(Surface):
    def test_every_method_is_somebodys(self) -> None:
        named = {group for groups in FILES.values() for group in groups}
        forgotten = {name for name in methods() if name.rpartition(".")[0] not in named}
        self.assertEqual(forgotten, set(), "no surface_*_test.py drives these")
        self.assertEqual(len(methods()), METHODS.get(SDK_VERSION, len(methods())))
        here = {path.stem for path in pathlib.Path(__file__).parent.glob("surface_*_test.py")}
        self.assertEqual(here - {pathlib.Path(__file__).stem}, set(FILES))

    def test_nothing_redirects_whatever_the_slashes(self) -> None:
        for path in [f"{mount}/{name}" for mount in MOUNTS for name in LISTS] + list(ELSEWHERE):
            plain = self.http.get(path)
            self.assertEqual(plain.status_code, 200, f"{path}: {plain.text}")
            self.assertEqual(plain.headers["content-type"].split(";")[0], "application/json")
            slash = self.http.get(f"{path}/")
            self.assertEqual((slash.status_code, slash.json()["data"]),
                             (200, plain.json()["data"]), path)
            for body in (plain.json(), slash.json()):
                self.assertEqual(body["status_code"], 200, path)
                self.assertIsInstance(body["message"], str, path)

    def test_a_connection_is_kept_except_by_httpx(self) -> None:
        for agent, closes in (("python-httpx/0.28.1", True), ("python-httpx/0.23.3", True),
                              ("curl/8.5.0", False), ("", False)):
            answer = self.http.get("/v1/pipes", headers={"User-Agent": agent})
            self.assertEqual(answer.headers.get("connection", "keep-alive").lower(),
                             "close" if closes else "keep-alive", agent)
        with socket.create_connection(("127.0.0.1", self.node.port), timeout=30) as line:
            for _ in range(3):  # one socket, one request after the other
                line.sendall(f"GET /v1/pipes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                             f"{self.us.key}\r\n\r\n".encode())
                self.assertTrue(line.recv(65536).startswith(b"HTTP/1.1 200 "))

    def test_a_body_may_be_empty(self) -> None:
        pipe = rows(self.http.post("/v1/pipes", json={"name": "short"}))["pipe_id"]
        line = rows(self.http.post("/v1/numbers", json={"number": e164()}))["number"]
        call = rows(self.http.post("/v1/calls", json={
            "pipe_id": pipe, "to_number": "+14155550123", "from_number": line}))
        as_json = {"Content-Type": "application/json"}
        for path in ("numbers/sync", f"calls/{call['call_id']}/hangup",
                     f"sessions/{call['call_id']}/end"):
            for mount in MOUNTS:
                answer = self.http.post(f"{mount}/{path}", headers=as_json)
                self.assertEqual(answer.request.headers["content-length"], "0")
                self.assertEqual(answer.status_code, 200, f"{path}: {answer.text}")
        for path in ("pipes", "agents", "calls", "numbers", "trunks", "api-keys", "sessions/token",
                     "sessions/merge", "analytics-blocks", "agent/voice"):
            answer = self.http.post(f"/v1/{path}", headers=as_json)
            self.assertIn(answer.status_code, (400, 422), path)
            self.assertTrue(answer.json()["detail"], path)
        answer = self.http.request("GET", "/v1/pipes", headers=as_json, content=b"")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.http.delete(f"/v1/pipes/{pipe}", headers=as_json).status_code, 204)

    def test_head_is_get_without_its_body(self) -> None:
        for name in LISTS:
            got, head = self.http.get(f"/v1/{name}"), self.http.head(f"/v1/{name}")
            self.assertEqual((head.status_code, head.content), (200, b""), name)
            self.assertEqual(head.headers["content-type"], got.headers["content-type"], name)
            self.assertEqual(head.headers["content-length"], str(len(got.content)), name)
        self.assertEqual(self.http.head("/v1/pipes/PIPE_none").status_code, 404)
        self.assertEqual(self.http.head("/health").status_code, 200)

    def test_a_method_that_is_not_served_names_those_that_are(self) -> None:
        for path, method, allowed in (
                ("pipes", "PUT", "GET, POST"), ("pipes/PIPE_1", "POST", "DELETE, GET, PATCH"),
                ("agents", "DELETE", "GET, POST"), ("calls", "DELETE", "GET, POST"),
                ("calls/SCL_1/hangup", "GET", "POST"), ("sessions/token", "PUT", "POST"),
                ("voice-profiles", "DELETE", "GET"), ("numbers/sync", "PUT", "POST"),
                ("analytics-blocks", "PUT", "GET, POST"), ("trunks", "PATCH", "GET, POST"),
                ("custom-tools/bread", "POST", "DELETE, GET, PUT"),
                ("domain-dictionaries", "POST", "GET")):
            answer = self.http.request(method, f"/v1/{path}")
            self.assert_refusal(answer, 405, method)
            said = {word.strip() for word in answer.headers["allow"].split(",")} - {"HEAD"}
            self.assertLessEqual(set(allowed.split(", ")), said, path)
        self.assert_refusal(self.http.get("/v1/bread"), 404, "/v1/bread")
        self.assertIn(self.http.request("BREW", "/v1/pipes").status_code, (405, 501))

    def test_without_a_key_nothing_is_told(self) -> None:
        bare = httpx.Client(base_url=self.node.url, headers={"User-Agent": "surface"})
        self.addCleanup(bare.close)
        for mount in MOUNTS:
            for name in (*LISTS, "pipes/PIPE_none", "calls/SCL_none", "numbers/+14155550100"):
                for headers in ({}, {"Authorization": "Bearer sk_wrong"},
                                {"Authorization": "Digest x"}):
                    answer = bare.get(f"{mount}/{name}", headers=headers)
                    self.assertEqual((answer.status_code, answer.json()),
                                     (401, {"detail": "Not authenticated"}), name)
                    self.assertIn("www-authenticate", answer.headers)
        for path in ("pipes", "agents", "calls", "numbers", "trunks", "api-keys", "sessions/token",
                     "analytics-blocks", "projects", "orgs", "numbers/sync"):
            answer = bare.post(f"/v1/{path}", content=b"{")
            self.assertEqual(answer.json(), {"detail": "Not authenticated"}, path)

    def test_a_mistake_is_named(self) -> None:
        pipe = rows(self.http.post("/v1/pipes", json={"name": "right"}))["pipe_id"]
        right = {
            "pipes": {"name": "x"}, "trunks": {"name": "x", "type": "livekit"},
            "agents": {"agent_id": unique("agent"), "brain": {"type": "runner"}},
            "calls": {"pipe_id": pipe, "to_number": "+14155550123"},
            "sessions/token": {"pipe_id": pipe}, "numbers": {"number": e164()},
            "analytics-blocks": {"name": "x", "prompt": "y"}, "projects": {"name": "x"},
            "api-keys": {"name": "x", "org_id": self.us.org}, "orgs": {"name": "x"}}
        for path, field, wrong in MISTAKES:
            answer = self.http.post(f"/v1/{path}", json=right[path] | {field: wrong})
            self.assert_refusal(answer, 422, field)
        for path in right:
            self.assert_refusal(self.http.post(f"/v1/{path}", content=b'{"name":'), 400, "JSON")
            if path != "sessions/token":  # it reads one name, and there is no pipe of none
                self.assert_refusal(self.http.post(f"/v1/{path}", content=b"[7]"), 422, "object")
        self.http.delete(f"/v1/pipes/{pipe}")

    def test_a_path_that_lies_is_refused(self) -> None:
        for path in ("/v1/pipes/..%2f..%2fhealth", "/v1/pipes/%2e%2e/calls", "/v1/pipes/%00",
                     "/v1/pipes/%ff", "/v1/pipes/%zz", "/v1//pipes", "/v1/recordings/..%2fx.wav",
                     "/v1/recordings/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v1/numbers/%2b1%00"):
            answer = self.http.get(path)
            self.assertIn(answer.status_code, (400, 401, 403, 404), path)
            self.assertTrue(answer.json()["detail"], path)
