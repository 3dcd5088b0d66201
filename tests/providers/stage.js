// What every scenario needs: where the simulated providers are, a way to wait that fails with
// words, and a comparison that does.
'use strict';

const port = process.env.PROVIDER_PORT;
const host = `127.0.0.1:${port}`;

/** What a promise comes to, or a failure that names what was waited for. */
function within(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} in time`)), 20000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

let checks = 0;
function same(what, seen, wanted) {
  if (JSON.stringify(seen) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
  ++checks;
  console.log(`${what}: ${JSON.stringify(seen)}`);
}

/** Runs scenarios one after the other; the process fails with the first that does. */
async function play(scenarios) {
  for (const [name, scenario] of Object.entries(scenarios)) {
    console.log(`- ${name}`);
    const before = checks;
    await within(name, scenario());
    if (checks === before)
      throw new Error(`${name} checked nothing`);
  }
  process.exit(0);
}

process.on('unhandledRejection', (why) => {
  console.error(why);
  process.exit(1);
});

module.exports = {host, key: 'test-key', within, same,
  play: (scenarios) => play(scenarios).catch((why) => {
    console.error(why);
    process.exit(1);
  })};
