"""Two projects try each other's ids on every route and verb: neither ever sees a byte."""

import itertools
import random
import re

import httpx
import websockets

from node import rows
from surface import Surface, Tenant, at_once, e164, new_tenant, unique

#: Every route that takes an id, with a body that is right but for whose id it is. A route of the
#: node's own description that is missing here fails the test.
ROUTES = (
    ("GET PATCH DELETE", "v1/pipes/{pipe}", {"name": "taken"}),
    ("GET PUT PATCH DELETE", "v1/agents/{agent}", {"name": "taken"}),
    ("POST", "v1/agents/{agent}/voices", {"voice_profile": "embedded-en"}),
    ("PATCH DELETE", "v1/agents/{agent}/voices/{voice}", {"greeting": "taken"}),
    ("GET", "v1/calls/{call}", None),
    ("POST", "v1/calls/{call}/hangup", {}),
    ("POST", "v1/calls/{call}/say", {"text": "taken"}),
    ("GET", "v1/calls/{call}/analytics", None),
    ("GET", "v1/calls/{call}/timeline", None),
    ("GET", "v1/sessions/{call}", None),
    ("GET", "v1/sessions/{call}/analytics", None),
    ("POST", "v1/sessions/{call}/end", {}),
    ("POST", "v1/sessions/{call}/transfer", {"to": {"type": "sip", "config": {}}, "mode": "cold"}),
    ("DELETE", "v1/sessions/{call}/participants/caller", None),
    ("GET PATCH DELETE", "v1/numbers/{number}", {"agent_id": "{own agent}"}),
    ("POST PUT DELETE", "v1/numbers/{number}/attach", {"agent_id": "{own agent}"}),
    ("DELETE", "telephony/numbers/{number}", None),
    ("POST", "telephony/numbers/{number}/attach-numbers", {"pipe_id": "{own pipe}"}),
    ("GET PATCH DELETE", "v1/trunks/{trunk}", {"name": "taken"}),
    ("GET PATCH DELETE", "telephony/trunks/{trunk}", {"name": "taken"}),
    ("POST", "telephony/trunks/{trunk}/attach-numbers", {"number_ids": ["{own whole}"]}),
    ("POST", "telephony/trunks/{trunk}/detach-numbers", {"number_ids": ["{own whole}"]}),
    ("GET PATCH DELETE", "v1/analytics-blocks/{block}", {"name": "taken"}),
    ("POST", "v1/analytics-blocks/{block}/attach", {"agent_id": "{own agent}"}),
    ("DELETE", "v1/analytics-blocks/{block}/attach/{own agent}", None),
    ("GET", "v1/analytics-blocks/{block}/results", None),
    ("GET DELETE", "v1/custom-tools/{tool}", None),
    ("POST", "v1/tools/{tool}/attach", {"agent_id": "{own agent}"}),
    ("POST", "v1/tools/{own tool}/attach", {"agent_id": "{agent}"}),
    ("POST", "v1/tools/{tool}/detach", {"agent_id": "{own agent}"}),
    ("GET DELETE", "v1/domain-dictionaries/{domain}", None),
    ("POST", "v1/domain-dictionaries/{domain}/attach", {"agent_id": "{own agent}"}),
    ("POST", "v1/domain-dictionaries/{own domain}/attach", {"agent_id": "{agent}"}),
    ("POST", "v1/domain-dictionaries/{domain}/detach", {"agent_id": "{own agent}"}),
    ("POST", "v1/domain-dictionaries/{domain}/clone", {"new_domain": "taken"}),
    ("GET PATCH DELETE", "v1/webhooks/{webhook}", {"status": "paused"}),
    ("POST", "v1/webhooks/{webhook}/test", {}),
    ("GET", "v1/webhooks/{webhook}/deliveries", None),
    ("GET", "v1/deliveries/{delivery}", None),
    ("POST", "v1/deliveries/{delivery}/redeliver", {}),
    ("DELETE", "v1/sessions/{call}/participants/{call}", None),
    ("GET", "v1/calls/{call}/events", None),
    ("GET", "v1/sessions/{call}/events", None),
    ("GET", "v1/calls/{call}/timeline", None),
    ("POST", "v1/internal/sessions/{call}/usage", {"source": "s", "seq": 1, "usage": {}}),
    ("POST", "v1/runners/{call}/drain", {}),
    ("DELETE", "v1/api-keys/{key}", None),
    ("GET DELETE", "v1/projects/{project}", None),
    ("GET DELETE", "v1/spaces/{project}", None),
    ("GET", "v1/orgs/{org}", None),
    # an id in the body
    ("POST", "v1/calls", {"pipe_id": "{pipe}", "to_number": "+14155550100"}),
    ("POST", "v1/calls", {"agent_id": "{agent}", "to_number": "+14155550100"}),
    ("POST", "v1/sessions/token", {"pipe_id": "{pipe}"}),
    ("POST", "v1/sessions/merge", {"primary_session_id": "{call}",
                                   "secondary_session_ids": ["{own call}"]}),
    ("POST", "v1/sessions/merge", {"primary_session_id": "{own call}",
                                   "secondary_session_ids": ["{call}"]}),
    ("PUT", "v1/numbers/{own number}/attach", {"pipe_id": "{pipe}"}),
    ("PUT", "v1/numbers/{own number}/attach", {"agent_id": "{agent}"}),
    ("POST", "v1/numbers/{own free_number}/attach", {"pipe_id": "{pipe}"}),
    ("POST", "v1/numbers/{own free_number}/attach", {"agent_id": "{agent}"}),
    ("PATCH", "v1/numbers/{own number}", {"agent_id": "{agent}"}),
    ("POST", "v1/analytics-blocks/{own block}/attach", {"agent_id": "{agent}"}),
    ("POST", "v1/api-keys", {"name": "taken", "org_id": "{org}"}),
    ("POST", "v1/api-keys", {"name": "taken", "org_id": "{own org}", "project_id": "{project}"}),
)

#: Routes whose id is no row of a project: a file name that is signed, a profile of the node, a
#: runner (which its own tests refuse to others), and actors and speech providers, which are the
#: node administrator's.
SHARED = {"v1/recordings/{}", "v1/voice-profiles/{}", "voice-profiles/{}", "v1/pipes/{}/connect",
          "v1/runners/{}/drain", "v1/actors/{}", "v1/actors/{}/suspend", "v1/actors/{}/resume",
          "v1/actors/{}/kill", "v1/actors/{}/chaos", "v1/actors/{}/trace", "v1/providers/{}",
          "v1/providers/{}/test"}

#: Writes under a name that each project may have: they make one's own.
OWN = {("PUT", "v1/custom-tools/{}"), ("PUT", "v1/domain-dictionaries/{}")}

#: What a project reads of its own: each must be the same after the others have tried everything.
LISTS = ("v1/pipes", "v1/agents", "v1/calls", "v1/sessions", "v1/transcripts", "v1/recordings",
         "v1/numbers", "v1/trunks", "telephony/numbers", "telephony/numbers?include_assigned=true",
         "telephony/trunks", "telephony/overview", "v1/analytics-blocks?include_archived=true",
         "v1/custom-tools", "v1/domain-dictionaries", "v1/webhooks", "v1/analytics-results", "v1/projects", "v1/orgs", "v1/runners", "v1/workers?kind=all")

#: Questions about somebody else's rows: an empty answer, or none.
QUESTIONS = ("v1/calls?pipe_id={pipe}", "v1/calls?agent_id={agent}", "v1/recordings?call_id={call}",
             "v1/sessions?pipe_id={pipe}", "v1/analytics-results?block_id={block}",
             "v1/analytics-results?agent_id={agent}",
             "v1/analytics-results?block_id={block}&format=flat")


class Side:
    """One project with one of everything, each of which carries its marker."""

    def __init__(self, node, tenant: Tenant, http: httpx.Client, marker: str) -> None:
        self.tenant, self.http, self.marker = tenant, http, marker

        def made(path: str, **body) -> dict:
            return rows(http.post(f"/{path}", json=body))

        self.agent = f"agent-{marker}"
        made("v1/agents", agent_id=self.agent, name=marker, voice_profile="embedded-en",
             brain={"type": "prompt", "ref": marker})
        made("v1/pipes", name=f"pipe {marker}", greeting=marker)
        pipes = rows(http.get("/v1/pipes"))
        self.pipe = next(row["pipe_id"] for row in pipes if row["agent_id"] == self.agent)
        self.voice = next(row["voice_profile_id"] for row in pipes)
        self.number = made("v1/numbers", number=e164(), country="US")["number_id"]
        made(f"v1/numbers/{self.number}/attach", agent_id=self.agent)
        self.free_number = made("v1/numbers", number=e164(), country="US")["number_id"]
        self.whole = int(self.number.removeprefix("NUM_"))
        self.trunk = made("v1/trunks", name=marker, type="livekit")["trunk_id"]
        self.block = made("v1/analytics-blocks", name=marker, prompt=marker)["block_id"]
        made(f"v1/analytics-blocks/{self.block}/attach", agent_id=self.agent)
        self.webhook = made("v1/webhooks", url="https://hooks.invalid/")["webhook_id"]
        self.delivery = made(f"v1/webhooks/{self.webhook}/test")["delivery_id"]
        self.tool, self.domain = unique("tool"), unique("domain")
        put = {f"v1/custom-tools/{self.tool}": {"url": f"https://{marker}.example/"},
               f"v1/domain-dictionaries/{self.domain}": {"vocabulary": [{"key": marker}]}}
        for path, body in put.items():
            rows(http.put(f"/{path}", json=body))
        self.call = made("v1/calls", pipe_id=self.pipe, to_number=e164(),
                         instructions=marker)["call_id"]
        http.post(f"/v1/calls/{self.call}/hangup")  # so that it stands still
        node.until(lambda: rows(http.get(f"/v1/calls/{self.call}"))["ended_at"], "the call to end")
        more = made("v1/api-keys", name=f"key {marker}", org_id=tenant.org,
                    project_id=tenant.project)
        self.key, self.project, self.org = more["key_id"], tenant.project, tenant.org
        self.token = made("v1/sessions/token", pipe_id=self.pipe)["token"]
        node.secrets |= {more["raw_key"], self.token}

    def spellings(self, kind: str) -> list[str]:
        """Every way this id may be written."""
        mine = getattr(self, kind)
        if kind == "number":
            digits = mine.removeprefix("NUM_")
            return [mine, digits, f"+{digits}", f"%2B{digits}",
                    self.free_number, self.free_number.removeprefix("NUM_")]
        return [mine, mine.removeprefix("TK_")] if kind == "trunk" else [mine]

    def own(self, text: str) -> str:
        """Puts this side's ids where a route says {own …}."""
        return re.sub(r"\{own (\w+)\}", lambda found: str(getattr(self, found[1])), text)

    def sees(self) -> dict[str, object]:
        def plain(path: str) -> object:
            answer = self.http.get(f"/{path}")
            assert answer.status_code == 200, f"{path}: {answer.text}"
            return answer.json()["data"] if isinstance(answer.json(), dict) else answer.json()
        keys = [{**row, "last_used": None} for row in plain("v1/api-keys")]
        return {path: plain(path) for path in LISTS} | {"v1/api-keys": keys}


def filled(template: object, mine: Side, ids: dict[str, str]) -> object:
    """A path or a body with the ids in place."""
    if isinstance(template, dict):
        return {key: filled(value, mine, ids) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, mine, ids) for value in template]
    if template == "{own whole}":
        return mine.whole
    if not isinstance(template, str):
        return template
    text = mine.own(template)
    for kind, value in ids.items():
        text = text.replace(f"{{{kind}}}", value)
    return text


def attempts(mine: Side, theirs: Side):
    """Every request by which one side may try to reach the other's rows."""
    for verbs, path, body in ROUTES:
        kinds = sorted(set(re.findall(r"\{(\w+)\}", f"{path} {body}")) - {"voice"})
        for values in itertools.product(*(theirs.spellings(kind) for kind in kinds)):
            ids = dict(zip(kinds, values)) | {"voice": theirs.voice}
            for verb in verbs.split():
                yield verb, filled(path, mine, ids), body and filled(body, mine, ids)


class Tenants(Surface):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        third = new_tenant(cls.node, "third")
        cls.sides = (Side(cls.node, cls.others, cls.their_http, "larch"),
                     Side(cls.node, third, cls.enterClassContext(cls.client(third)), "maple"))

    def test_no_id_of_another_project_is_there(self) -> None:
        before = [side.sees() for side in self.sides]
        left, right = self.sides
        at_once(lambda: self.hammer(left, right), lambda: self.hammer(right, left))
        for side, seen in zip(self.sides, before):
            self.assertEqual(side.sees(), seen, side.marker)

    def hammer(self, mine: Side, theirs: Side) -> None:
        tried = [(*attempt, mount) for attempt in attempts(mine, theirs)
                 for mount in ("", "/api/v2/platform/speech")]
        random.Random(7).shuffle(tried)
        for verb, path, body, mount in tried:
            answer = mine.http.request(verb, f"{mount}/{path}", json=body)
            said = f"{mine.marker}: {verb} {path} {body}: {answer.status_code} {answer.text}"
            self.assertEqual(answer.status_code, 404, said)
            self.assertTrue(answer.json()["detail"], said)
            self.assertNotIn(theirs.marker, answer.text.replace(theirs.agent, ""), said)

    def test_lists_and_questions_hold_nothing_of_others(self) -> None:
        for mine, theirs in (self.sides, self.sides[::-1]):
            for path in (*LISTS, "v1/api-keys", "v1/audit", "v1/api-keys/whoami"):
                answer = mine.http.get(f"/{path}")
                self.assertEqual(answer.status_code, 200, f"{path}: {answer.text}")
                for word in (theirs.marker, theirs.pipe, theirs.call, theirs.project, theirs.org,
                             theirs.key, theirs.number, theirs.block, theirs.trunk):
                    self.assertNotIn(word, answer.text, path)
            for question in QUESTIONS:
                path = question.format(**{kind: getattr(theirs, kind)
                                          for kind in ("pipe", "agent", "call", "block")})
                answer = mine.http.get(f"/{path}")
                self.assertIn(answer.status_code, (200, 404), f"{path}: {answer.text}")
                if answer.status_code == 200:
                    self.assertIn(answer.json()["data"], ([], {"columns": [], "rows": []}), path)

    def test_numbers_of_others_stay_theirs_in_a_batch(self) -> None:
        for mine, theirs in (self.sides, self.sides[::-1]):
            e164s = [f"+{number.removeprefix('NUM_')}" for number in (theirs.number,
                                                                     theirs.free_number)]
            whole = [int(number[1:]) for number in e164s]
            trunk = f"telephony/trunks/{mine.trunk.removeprefix('TK_')}"
            for path, body in (("telephony/numbers/attach", {"numbers": e164s,
                                                             "agent_id": mine.agent}),
                               ("telephony/numbers/detach", {"numbers": e164s}),
                               (f"{trunk}/attach-numbers", {"number_ids": whole}),
                               (f"{trunk}/detach-numbers", {"number_ids": whole})):
                before = theirs.sees()
                results = rows(mine.http.post(f"/{path}/", json=body))["numbers"]
                self.assertEqual([row["ok"] for row in results], [False, False], path)
                self.assertNotIn(theirs.marker, str(results), path)
                unknown = rows(mine.http.post(f"/{path}/", json={
                    **body, **({"numbers": ["+14155559999"]} if "numbers" in body
                               else {"number_ids": [14155559999]})}))["numbers"][0]
                for row in results:  # theirs and nobody's look alike
                    self.assertEqual(*(re.sub(r"\+?\d{11}", "", said["error"])
                                       for said in (row, unknown)))
                self.assertEqual(theirs.sees(), before, path)

    def test_a_number_taken_elsewhere_says_no_more_than_that(self) -> None:
        mine, theirs = self.sides
        for number in (theirs.number, theirs.free_number):
            answer = mine.http.post("/v1/numbers",
                                    json={"number": f"+{number.removeprefix('NUM_')}"})
            self.assert_refusal(answer, 409, "number_in_use")
            for word in (theirs.marker, theirs.project, theirs.org, theirs.pipe):
                self.assertNotIn(word, answer.text)
            call = {"pipe_id": mine.pipe, "to_number": e164()}
            said = [self.assert_refusal(mine.http.post("/v1/calls", json=call | {
                "from_number": line}), 422, line)["detail"].replace(line, "")
                for line in (f"+{number.removeprefix('NUM_')}", "+14155559999")]
            self.assertEqual(*said, "theirs and nobody's look alike")

    async def test_a_token_opens_its_own_pipe_only(self) -> None:
        mine, theirs = self.sides
        for pipe, token in ((theirs.pipe, mine.token), (mine.pipe, "no-token")):
            with self.assertRaises(websockets.InvalidStatus) as refused:
                await websockets.connect(
                    f"{self.node.ws_url}/v1/pipes/{pipe}/connect?token={token}")
            self.assertEqual(refused.exception.response.status_code, 401)

    def test_each_project_has_names_of_its_own(self) -> None:
        mine, theirs = self.sides
        for path, body in ((f"v1/custom-tools/{theirs.tool}", {"url": "https://mine.example/"}),
                           (f"v1/domain-dictionaries/{theirs.domain}", {})):
            before = theirs.sees()
            answer = mine.http.put(f"/{path}", json=body)
            self.assertEqual(answer.status_code, 200, answer.text)
            self.assertEqual(theirs.sees(), before)
            self.assertEqual(mine.http.delete(f"/{path}").status_code, 204)
            self.assertEqual(theirs.sees(), before)

    def test_no_route_with_an_id_is_forgotten(self) -> None:
        described = self.http.get("/openapi.json").json()["paths"]

        def shape(path: str) -> str:
            return re.sub(r"\{[^}]*\}", "{}", path).strip("/")

        known = {(verb, shape(path)) for verbs, path, _ in ROUTES for verb in verbs.split()}
        wanted = {(verb.upper(), shape(path)) for path, verbs in described.items()
                  for verb in verbs if verb in ("get", "post", "put", "patch", "delete")
                  and "{" in path}
        forgotten = {(verb, path) for verb, path in wanted - known - OWN if path not in SHARED}
        self.assertEqual(forgotten, set(), "nobody tries another project's ids here")
