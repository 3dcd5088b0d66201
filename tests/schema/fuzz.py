"""A node of its own, fuzzed by its description: no 5xx, no answer that is not described.

fuzz.py [INPUTS [SEED]]: without INPUTS the cases that the schemas themselves suggest (every limit,
type and member, right and just wrong: some 5,000 requests, the same each time); with it also so
many invented ones for each route. UNPOD_FUZZ_ONLY is an expression: only paths that it fits.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

#: What it looks for. Left out: that every right body is taken, for a schema can't say whose ids
#: are there; that every wrong one is refused, for what is unknown is kept by design; and what it
#: finds when a thing that was made is looked for in lists, while others erase it.
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance", "unsupported_method",
          "allow_header_conformance", "use_after_free", "ignored_auth")
#: 501 is described: what this node can't do yet says so. A caller's socket is no JSON.
UNSERVED = ("/v1/sessions/{id}/transfer", "/v1/sessions/merge")
#: A stream that takes up to a minute to end: its own tests read it.
STREAMED = "/v1/actors/{id}/trace"


def environment() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("UNPOD_")}
    return plain | {"UNPOD_NODE_LIMITS_KEY_RATE_PER_S": "0",
                    "UNPOD_NODE_LIMITS_BAD_KEYS_PER_MIN": "0"}


def fuzz(said: dict, folder: pathlib.Path) -> int:
    inputs, seed = (sys.argv[1:] + ["0", "1"][len(sys.argv) - 1:])[:2]
    phases = "coverage" + (",examples,fuzzing" if int(inputs) > 0 else "")
    config = folder / "schemathesis.toml"
    config.write_text("".join(
        f'[[operations]]\ninclude-path = "{path}"\nchecks.not_a_server_error.enabled = false\n'
        for path in UNSERVED))
    return subprocess.run(
        [pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", config, "run",
         f"{said['url']}/openapi.json", "--header", f"Authorization: Bearer {said['api_key']}",
         "--checks", ",".join(CHECKS), "--phases", phases, "--seed", seed,
         "--max-examples", str(max(1, int(inputs))), "--continue-on-failure",
         "--exclude-path", STREAMED, "--generation-database", "none", "--request-timeout", "20", "--no-color",
         "--suppress-health-check", "all", "--warnings", "off",
         *(("--include-path-regex", only) if (only := os.environ.get("UNPOD_FUZZ_ONLY")) else ())],
        cwd=folder).returncode


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="unpod-schema-") as name:
        folder = pathlib.Path(name)
        with open(folder / "log.txt", "wb") as log:
            node = subprocess.Popen(
                [os.environ["UNPOD_BINARY"], "start", "--dev", "--json", "--listen", "127.0.0.1:0",
                 "--data-dir", folder / "data"], env=environment(), stdout=subprocess.PIPE,
                stderr=log, text=True)
        try:
            code = fuzz(json.loads(node.stdout.readline()), folder)
            alive = node.poll() is None
        finally:
            node.send_signal(signal.SIGTERM)
            ended = node.wait(60)
            node.stdout.close()
        if not alive or ended != 0:
            print(f"the node ended with {ended}:\n{(folder / 'log.txt').read_text()[-4000:]}")
            return 1
        return code


if __name__ == "__main__":
    sys.exit(main())
