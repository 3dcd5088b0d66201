"""The SDK's REST surface, method by method: who drives it, under which settings, as whom."""

import asyncio
import contextlib
import dataclasses
import importlib
import inspect
import itertools
import os
import pkgutil
import threading
import unittest.mock
from collections.abc import Awaitable, Callable, Iterator

import httpx
import unpod

from node import Node, rows
from scenario import Scenario

#: What points the SDK at a node: the columns of the wire contract, and the argument.
COLUMNS = {
    "A": {"UNPOD_BASE_URL": "{url}"},
    "B": {"UNPOD_SERVICE_BASE_URL": "{url}"},
    "C": {"UNPOD_BASE_URL": "{url}", "UNPOD_SERVICE_BASE_URL": "{url}"},
    "D": {"UNPOD_SERVICE_BASE_URL": "{url}/api/v2/platform/speech"},
    "argument": {"base_url": "{url}/platform"},
}

#: Every spelling of our own routes; a read goes through the next one each time.
MOUNTS = ("/v1", "/platform/v1", "/orchestrator/v1", "/api/v2/platform/v1",
          "/api/v2/platform/speech/v1", "/speech/v1")

#: Which scenario file drives which resources. A resource that none names fails surface_wire_test.
FILES = {
    "surface_agents_test": ("agents", "agents.voice", "agent.voice", "pipes", "voice_profiles"),
    "surface_numbers_test": ("numbers", "numbers.agent", "agents.numbers", "telephony",
                             "telephony.numbers"),
    "surface_trunks_test": ("trunks", "telephony.trunks"),
    "surface_calls_test": ("calls", "sessions", "recordings", "transcripts"),
    "surface_analytics_test": ("analytics",),
    "surface_accounts_test": ("api_keys",),
    "surface_tools_test": ("tools", "domain_dictionaries"),
}

_serial = itertools.count(1)


def unique(word: str) -> str:
    """A name nobody has used on this node."""
    return f"{word}-{next(_serial)}"


def e164() -> str:
    """A telephone number nobody has used on this node."""
    return f"+1415{5_550_000 + next(_serial)}"


def methods() -> set[str]:
    """Every public coroutine a client of this release offers: "agents.voice.create", ….

    Fails when the package has a resource that hangs on no client.
    """
    found, seen = set(), set()

    def look(thing: object, name: str) -> None:
        seen.add(type(thing))
        for member, value in inspect.getmembers(thing):
            if member.startswith("_"):
                continue
            if inspect.iscoroutinefunction(value):
                found.add(f"{name}.{member}")
            elif type(value).__module__.startswith("unpod."):
                look(value, f"{name}.{member}")

    client = unpod.AsyncClient(auth=unpod.BearerAuth("sk_nobody"), base_url="http://127.0.0.1:9")
    for name, value in vars(client).items():
        if not name.startswith("_"):
            look(value, name)
    loose = {kind.__qualname__ for kind in resources() if kind not in seen}
    assert not loose, f"no client leads to {loose}"
    return found


def resources() -> Iterator[type]:
    """The package's classes that send requests."""
    for package in ("unpod.management", "unpod.telephony", "unpod.agents"):
        found = importlib.import_module(package)
        modules = [found] + [importlib.import_module(module.name) for module in
                             pkgutil.iter_modules(found.__path__, f"{package}.")]
        for module in modules:
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if kind.__module__ == module.__name__ and not module.__name__.endswith("._http") \
                        and any(inspect.iscoroutinefunction(v) for v in vars(kind).values()):
                    yield kind


class Driven:
    """A client, async or blocking, whose every call is noted: `await driven.pipes.list()`."""

    def __init__(self, target: object, driven: set[str], name: str = "") -> None:
        self._target, self._driven, self._name = target, driven, name

    def __getattr__(self, member: str) -> "Driven":
        name = f"{self._name}.{member}" if self._name else member
        return Driven(getattr(self._target, member), self._driven, name)

    async def __call__(self, *args, **kwargs):
        self._driven.add(self._name)
        if inspect.iscoroutinefunction(self._target):
            return await self._target(*args, **kwargs)
        return await asyncio.to_thread(self._target, *args, **kwargs)


@dataclasses.dataclass(frozen=True)
class Tenant:
    """A project of its own and the key that acts in it."""

    key: str
    org: str
    project: str
    handle: str

    def schemes(self) -> dict[str, unpod.Auth]:
        return {"Bearer": unpod.BearerAuth(self.key),
                "Token": unpod.TokenAuth(self.key, self.handle),
                "JWT": unpod.JWTAuth(self.key, self.handle)}


def tenant_of(key: str, node: Node) -> Tenant:
    headers = {"Authorization": f"Bearer {key}"}
    me = rows(node.rest.get("/v1/api-keys/whoami", headers=headers))
    return Tenant(key, me["org_id"], me["project_id"], me["org_handle"])


def new_tenant(node: Node, name: str) -> Tenant:
    """An organisation, its first project and a key to it, all made through the API."""
    org = rows(node.rest.post("/v1/orgs", json={"name": name, "handle": name}))["org_id"]
    made = rows(node.rest.post("/v1/api-keys", json={"name": name, "org_id": org}))
    node.secrets.add(made["raw_key"])
    return tenant_of(made["raw_key"], node)


@contextlib.contextmanager
def column(name: str, url: str) -> Iterator[dict[str, str]]:
    """The environment of one column; what it yields are arguments of the client."""
    wanted = {key: value.format(url=url) for key, value in COLUMNS[name].items()}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("UNPOD_")}
    kept |= {key: value for key, value in wanted.items() if key.isupper()}
    with unittest.mock.patch.dict(os.environ, kept, clear=True):
        yield {key: value for key, value in wanted.items() if not key.isupper()}


class Surface(Scenario):
    """One file's share of the methods, walked under every setting, by both kinds of client."""

    #: Thirty walks ask faster, and with more keys that are none, than anybody should.
    settings = {"UNPOD_NODE_LIMITS_KEY_RATE_PER_S": "0", "UNPOD_NODE_LIMITS_BAD_KEYS_PER_MIN": "0"}
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        # Loopback needs no certificates, and reading them for every client takes half the time.
        cls.enterClassContext(unittest.mock.patch.dict(
            os.environ, {"SSL_CERT_FILE": "", "SSL_CERT_DIR": str(cls.node.data_dir)}))
        cls.us = tenant_of(cls.node.key, cls.node)
        cls.others = new_tenant(cls.node, "others")
        cls.http = cls.enterClassContext(cls.client(cls.us))
        cls.their_http = cls.enterClassContext(cls.client(cls.others))
        cls._mounts = itertools.cycle(MOUNTS)

    @classmethod
    def client(cls, tenant: Tenant) -> httpx.Client:
        """Raw HTTP as one tenant; its agent's name lets the node keep connections."""
        return httpx.Client(base_url=cls.node.url, timeout=30, headers={
            "Authorization": f"Bearer {tenant.key}", "User-Agent": "surface"})

    async def everywhere(self, walk: Callable[[Driven], Awaitable[None]]) -> None:
        """Walks under each column, scheme and kind of client; no method may be left out."""
        group = FILES[type(self).__module__]
        wanted = {name for name in methods() if name.rpartition(".")[0] in group}
        failures: dict[str, Exception] = {}
        for at, (scheme, auth), kind in itertools.product(
                COLUMNS, self.us.schemes().items(), (unpod.AsyncClient, unpod.Client)):
            driven: set[str] = set()
            try:
                await self.drive(walk, kind, at, auth, driven)
                self.assertEqual(wanted - driven, set(), "nobody drives these methods")
            except Exception as why:  # noqa: BLE001 - the first is raised, with all their names
                failures[f"{at} {scheme} {kind.__name__}"] = why
        if failures:
            raise AssertionError(f"fails under {len(failures)} settings: {', '.join(failures)}"
                                 ) from next(iter(failures.values()))

    async def drive(self, walk, kind, at: str, auth: unpod.Auth, driven: set[str]) -> None:
        with column(at, self.node.url) as arguments:
            client = kind(auth=auth, **arguments)
        try:
            await walk(Driven(client, driven))
        finally:
            await Driven(client, set()).close()

    @contextlib.asynccontextmanager
    async def one(self, at: str = "A", scheme: str = "Bearer", tenant: Tenant | None = None):
        """An async client under one setting, for what need not be seen under all."""
        with column(at, self.node.url) as arguments:
            auth = (tenant or self.us).schemes()[scheme]
            client = unpod.AsyncClient(auth=auth, **arguments)
        try:
            yield client
        finally:
            await client.close()

    # -- what is stored, whatever a method said -----------------------------------

    def get(self, path: str, **params: str) -> httpx.Response:
        """Raw, through the next spelling: "pipes/PIPE_…"."""
        return self.http.get(f"{next(self._mounts)}/{path}", params=params)

    def stored(self, path: str, **params: str):
        return rows(self.get(path, **params))

    def assert_fields(self, record: object, **wanted) -> None:
        """A record of the API, or a model of the SDK, says at least this."""
        if not isinstance(record, dict):
            record = record.model_dump() | record.model_dump(by_alias=True)
        self.assertEqual({key: record.get(key, "(absent)") for key in wanted}, wanted)

    def assert_gone(self, *paths: str) -> None:
        for path in paths:
            answer = self.get(path)
            self.assertEqual(answer.status_code, 404, f"{path}: {answer.text}")

    def assert_foreign(self, *paths: str) -> None:
        """Ours, and not there for somebody else, by any spelling."""
        for path in paths:
            for mount in MOUNTS:
                answer = self.their_http.get(f"{mount}/{path}")
                self.assertEqual(answer.status_code, 404, f"{path}: {answer.text}")
                self.assertTrue(answer.json()["detail"])

    async def refused(self, asked: Awaitable, status: int, *words: str) -> dict:
        """The SDK raises, and the body says in words what was wrong with what."""
        with self.assertRaises(httpx.HTTPStatusError) as caught:
            await asked
        return self.assert_refusal(caught.exception.response, status, *words)

    def assert_refusal(self, answer: httpx.Response, status: int, *words: str) -> dict:
        said = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
        self.assertEqual(answer.status_code, status, said)
        detail = answer.json()["detail"]
        self.assertIsInstance(detail, str, said)
        self.assertTrue(detail, said)
        for word in words:
            self.assertIn(word, detail, said)
        return answer.json()


def at_once(*work: Callable[[], None]) -> None:
    """Runs these side by side; the first failure is raised."""
    failures: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as why:  # noqa: BLE001 - raised again below
            failures.append(why)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
