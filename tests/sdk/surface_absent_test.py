"""What releases since 0.5 offer and this node does not: refused in words, never pretended."""

from node import SDK_VERSION
from surface import Driven, Surface

AGENT = "baker"


class Absent(Surface):
    """When one of these is served, its walk moves to a file that looks at what is stored."""

    async def test_every_method_under_every_setting(self) -> None:
        await self.everywhere(self.walk)

    async def walk(self, d: Driven) -> None:
        if SDK_VERSION < (0, 5):
            return
        tools, words = d.tools, d.domain_dictionaries
        for asked in (tools.list(), tools.list_custom(), tools.delete("bread"),
                      tools.create("bread", url="https://bakery.example/{{ args.kind }}"),
                      tools.attach("end_call", AGENT), tools.detach("end_call", AGENT),
                      words.list(), words.get("bakery"), words.delete("bakery"),
                      words.upsert("bakery", vocabulary={"rye": "wry"}),
                      words.attach("bakery", AGENT), words.detach("bakery", AGENT),
                      words.clone("bakery", "mill")):
            await self.refused(asked, 404, "there is no /")
