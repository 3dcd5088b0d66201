"""SIP trunks: one store behind `client.trunks` and `client.telephony.trunks`."""

from unpod.models.trunk import ByoConfigCreate, TrunkCreate

from node import rows
from surface import Driven, Surface, e164, unique

MASK = "********"
NOBODYS = 14155559999


class Trunks(Surface):
    async def test_every_method_under_every_setting(self) -> None:
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        await self.trunks(d)
        await self.telephony_trunks(d)

    async def trunks(self, d: Driven) -> None:
        secret = unique("carrier_password")
        self.node.secrets.add(secret)
        config = ByoConfigCreate(provider="Carrier", sip_domain="sip.carrier.example",
                                 auth_username="bakery", auth_password=secret)
        made = await d.trunks.create(TrunkCreate(name="Carrier", type="byo", byo_config=config))
        said = {"name": "Carrier", "type": "byo", "status": "active",
                "project_id": self.us.project, "byo_config_provider": "Carrier",
                "byo_config_sip_domain": "sip.carrier.example",
                "byo_config_auth_username": "bakery", "byo_config_transport": "tls"}
        self.assert_fields(made, **said)
        self.assertIn(made, await d.trunks.list())
        listed = self.get("trunks")
        self.assertNotIn(secret, listed.text)
        self.assert_fields(next(row for row in rows(listed) if row["trunk_id"] == made.trunk_id),
                           **said)
        beta = await d.telephony.trunks.get(made.trunk_id.removeprefix("TK_"))
        self.assert_fields(beta, name="Carrier", auth_username="bakery", auth_password=MASK,
                           active=True)
        plain = await d.trunks.create(TrunkCreate(name="Cloud", type="livekit",
                                                  provider_trunk_id="ST_1"))
        self.assert_fields(plain, type="livekit", provider_trunk_id="ST_1")
        await self.refused(d.trunks.create(TrunkCreate(name="x", type="pigeon")), 422, "type")
        for trunk in (made, plain):
            await d.trunks.delete(trunk.trunk_id)
            await self.refused(d.trunks.delete(trunk.trunk_id), 404, trunk.trunk_id)
        self.assertNotIn(made.trunk_id, self.get("trunks").text)

    async def telephony_trunks(self, d: Driven) -> None:
        secret = unique("carrier_password")
        number = rows(self.http.post("/v1/numbers", json={"number": e164()}))
        self.node.secrets.add(secret)
        made = await d.telephony.trunks.create(
            "Carrier", "sip:sip.carrier.example", username="bakery", password=secret,
            transport="tcp", port="5080", source_ips=["192.0.2.7", "198.51.100.0/24"])
        said = {"name": "Carrier", "sip_url": "sip:sip.carrier.example", "transport": "tcp",
                "port": "5080", "auth_username": "bakery", "auth_password": MASK, "active": True}
        self.assert_fields(made, **said)
        self.assertIn("198.51.100.0/24", made.allowed_ips)
        self.assertEqual(await d.telephony.trunks.get(made.id), made)
        self.assertIn(made, await d.telephony.trunks.list())
        self.assertIn(f"TK_{made.id}", [row.trunk_id for row in await d.trunks.list()])
        self.assertNotIn(secret, self.http.get("/telephony/trunks").text)

        at, before = f"numbers/{number['number_id']}", number["trunk_type"]
        ids = [int(number["number"][1:]), NOBODYS]
        done = await d.telephony.trunks.attach_numbers(made.id, ids, region="eu")
        self.assertEqual((done.trunk_id, [(row.number_id, row.ok) for row in done.numbers]),
                         (made.id, [(ids[0], True), (ids[1], False)]))
        self.assertEqual(done.origin_endpoint.dids, [number["number"]])
        self.assert_fields(self.stored(at), trunk_id=f"TK_{made.id}", trunk_type="byo")
        done = await d.telephony.trunks.detach_numbers(made.id, ids)
        self.assertEqual([row.ok for row in done.numbers], [True, False])
        self.assert_fields(self.stored(at), trunk_id=None, trunk_type=before)
        await self.refused(d.telephony.trunks.create("x", "http://carrier.example"), 422, "sip_url")
        await d.telephony.trunks.delete(made.id)
        for gone in (d.telephony.trunks.get(made.id), d.telephony.trunks.delete(made.id),
                     d.telephony.trunks.attach_numbers(made.id, ids),
                     d.telephony.trunks.detach_numbers(made.id, ids)):
            await self.refused(gone, 404, str(made.id))
        await d.numbers.delete(number["number_id"])
