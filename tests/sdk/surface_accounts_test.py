"""API keys: made by the SDK, worth what was asked for, shown once, gone when revoked."""

import unpod

from node import rows
from surface import Driven, Surface, new_tenant, unique

SECRETS = ("raw_key", "salt", "hash")


class Accounts(Surface):
    async def test_every_method_under_every_setting(self) -> None:
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        name = unique("key")
        made = await d.api_keys.create(name, self.us.org, project_id=self.us.project)
        self.node.secrets.add(made.raw_key)
        said = {"name": name, "org_id": self.us.org, "project_id": self.us.project,
                "status": "active"}
        self.assert_fields(made, **said)
        self.assertTrue(made.raw_key.startswith("sk_"))
        kept = next(row for row in self.stored("api-keys") if row["key_id"] == made.key_id)
        self.assert_fields(kept, **said)
        for secret in SECRETS:
            self.assertFalse(kept.get(secret), secret)
        self.assertNotIn(made.raw_key, self.get("api-keys").text)

        headers = {"Authorization": f"Bearer {made.raw_key}"}
        me = rows(self.node.rest.get("/v1/api-keys/whoami", headers=headers))
        self.assert_fields(me, key_id=made.key_id, org_id=self.us.org, project_id=self.us.project)
        self.http.delete(f"/v1/api-keys/{made.key_id}").raise_for_status()
        for scheme in ("Bearer", "Token", "JWT", "bearer"):
            refused = self.node.rest.get("/v1/pipes",
                                         headers={"Authorization": f"{scheme} {made.raw_key}"})
            self.assert_refusal(refused, 401, "Not authenticated")
        kept = [row for row in self.stored("api-keys") if row["key_id"] == made.key_id]
        self.assertIn([row["status"] for row in kept], ([], ["revoked"]))

        await self.refused(d.api_keys.create(name, "ORG_none"), 404, "ORG_none")
        await self.refused(d.api_keys.create(name, self.us.org, project_id="PRJ_none"), 404,
                           "PRJ_none")
        await self.refused(d.api_keys.create("", self.us.org), 422, "name")

    # -- what need not be seen under every setting ------------------------------------------

    async def test_a_key_of_another_organisation_makes_none_here(self) -> None:
        async with self.one(tenant=self.others) as client:
            await self.refused(client.api_keys.create("theirs", self.us.org), 404, self.us.org)
            await self.refused(client.api_keys.create("theirs", self.others.org,
                                                      project_id=self.us.project), 404)
            made = await client.api_keys.create("theirs", self.others.org)
            self.node.secrets.add(made.raw_key)
            self.assertEqual(made.project_id, self.others.project)
        self.assert_refusal(self.their_http.post("/v1/orgs", json={"name": "more"}), 403, "node")
        self.assertNotIn(self.us.org, self.their_http.get("/v1/orgs").text)
        self.assertNotIn(self.us.project, self.their_http.get("/v1/projects").text)
        ours = [row["key_id"] for row in self.stored("api-keys")]
        self.assertFalse(set(ours) & {row["key_id"] for row in
                                      rows(self.their_http.get("/v1/api-keys"))})

    async def test_the_handle_of_an_organisation(self) -> None:
        for scheme in ("Token", "JWT"):
            async with self.one(scheme=scheme, tenant=self.others) as client:
                self.assertEqual(await client.pipes.list(), [])
        wrong = unpod.TokenAuth(self.others.key, new_tenant(self.node, "third").handle)
        for auth in (wrong, unpod.JWTAuth(wrong.token, wrong.org_handle)):
            client = unpod.AsyncClient(auth=auth, base_url=f"{self.node.url}/platform")
            with self.assertRaises(Exception) as refused:
                await client.pipes.list()
            await client.close()
            self.assertIn(refused.exception.response.status_code, (403, 404))
            self.assertTrue(refused.exception.response.json()["detail"])

    async def test_a_key_does_what_its_scope_allows(self) -> None:
        pipe = rows(self.http.post("/v1/pipes", json={"name": "scoped"}))["pipe_id"]
        may = {"read": {200, 403}, "call": {200, 201}, "runner": {403}}
        for scope, wanted in may.items():
            made = rows(self.http.post("/v1/api-keys", json={
                "name": scope, "org_id": self.us.org, "project_id": self.us.project,
                "scopes": [scope]}))
            self.node.secrets.add(made["raw_key"])
            headers = {"Authorization": f"Bearer {made['raw_key']}"}
            seen = {self.http.get("/v1/pipes", headers=headers).status_code}
            token = self.http.post("/v1/sessions/token", headers=headers, json={"pipe_id": pipe})
            if token.status_code == 201:
                self.node.secrets.add(token.json()["data"]["token"])
            seen.add(token.status_code)
            self.assertEqual(seen, wanted, scope)
            for path in ("/v1/pipes", "/v1/api-keys", "/v1/agents", "/v1/numbers", "/v1/trunks",
                         "/v1/analytics-blocks", "/v1/projects"):
                refused = self.http.post(path, headers=headers, json={"name": "x"})
                self.assert_refusal(refused, 403, "admin")
        self.http.delete(f"/v1/pipes/{pipe}")

    async def test_the_last_key_stays(self) -> None:
        third = new_tenant(self.node, "fourth")
        with self.client(third) as http:
            me = rows(http.get("/v1/api-keys/whoami"))["key_id"]
            self.assertEqual(http.delete(f"/v1/api-keys/{me}").status_code, 409)
            self.assertEqual(http.get("/v1/pipes").status_code, 200)

    async def test_a_space_comes_with_its_key(self) -> None:
        made = rows(self.http.post("/v1/projects", json={"name": "second"}))
        self.node.secrets.add(made["space_token"])
        headers = {"Authorization": f"Bearer {made['space_token']}"}
        self.assertEqual(rows(self.http.get("/v1/pipes", headers=headers)), [])
        me = rows(self.http.get("/v1/api-keys/whoami", headers=headers))
        self.assert_fields(me, project_id=made["project_id"], org_id=self.us.org)
        self.assertNotIn(made["space_token"], self.get("projects").text + self.get("spaces").text)
        self.assert_foreign(f"projects/{made['project_id']}", f"spaces/{made['project_id']}")
