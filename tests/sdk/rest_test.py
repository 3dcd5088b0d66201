"""REST beside what surface_*_test.py drives: bodies no API can use, health and metrics."""

import httpx

from scenario import Scenario


class Rest(Scenario):
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

    def test_health_and_metrics(self) -> None:
        self.assertEqual(httpx.get(f"{self.node.url}/health").json(), {"status": "ok"})
        metrics = self.node.rest.get("/metrics")
        self.assertEqual(metrics.status_code, 200)
        self.assertTrue(metrics.headers["content-type"].startswith("text/plain"))
        self.assertIn("# TYPE unpod_", metrics.text)

    def test_who_guesses_keys_waits_and_nobody_else(self) -> None:
        with httpx.Client(base_url=self.node.url, headers={"User-Agent": "guesser"}) as http:
            for guess in range(400):
                answer = http.get("/v1/pipes", headers={"Authorization": f"Bearer sk_{guess}_x"})
                if answer.status_code != 401:
                    break
            self.assertEqual(answer.status_code, 429, answer.text)
            self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
            self.assertTrue(answer.json()["detail"])
        self.assertEqual(self.node.rest.get("/v1/pipes").status_code, 200)
