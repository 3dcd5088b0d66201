// @deepgram/sdk: recognisers v1 and v2 (Flux), voices v1 and v2.
'use strict';
const {DeepgramClient} = require('@deepgram/sdk');
const {host, key, same, play} = require('./stage');
const {say, hear, chunks} = require('./tones');

const client = new DeepgramClient({apiKey: key, environment: {
  base: `http://${host}`, production: `ws://${host}`, agent: `ws://${host}`,
  agentRest: `http://${host}`}});
const rate = 16000;

async function open(connecting) {
  const socket = await connecting;
  socket.connect();
  await socket.waitForOpen();
  return socket;
}

/** Sound until `isEnd` says that it is all there, and the kinds of messages on the way. */
function collect(socket, isEnd) {
  const sound = [], kinds = [];
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', async (message) => {
      if (message instanceof Blob || message instanceof ArrayBuffer || Buffer.isBuffer(message)) {
        sound.push(message instanceof Blob ? message.arrayBuffer() : message);
        return;
      }
      kinds.push(message.type);
      if (isEnd(message))
        resolve({sound: Buffer.concat((await Promise.all(sound)).map((x) => Buffer.from(x))),
          kinds});
    });
  });
}

play({
  async 'listen v1'() {
    const socket = await open(client.listen.v1.connect({model: 'nova-3', encoding: 'linear16',
      sample_rate: String(rate), interim_results: 'true', reconnectAttempts: 0}));
    const finals = [], closed = new Promise((done) => socket.on('close', done));
    let partials = 0;
    const over = new Promise((done) => socket.on('message', (message) => {
      if (message.type === 'Results' && message.is_final) {
        const heard = message.channel.alternatives[0];
        if (heard.transcript)
          finals.push(heard.transcript, heard.words.length);
      } else if (message.type === 'Results') {
        ++partials;
      } else if (message.type === 'Metadata') {
        done();
      }
    }));
    for (const chunk of chunks(say('one two three', rate), rate))
      socket.sendMedia(chunk);
    socket.sendFinalize({type: 'Finalize'});
    socket.sendCloseStream({type: 'CloseStream'});
    await over;
    same('v1 heard', finals, ['one two three', 3]);
    same('v1 had partials', partials > 0, true);
    same('v1 closed', (await closed).code, 1000);
  },
  async 'listen v2'() {
    const socket = await open(client.listen.v2.connect({model: 'flux-general-en',
      encoding: 'linear16', sample_rate: String(rate), eager_eot_threshold: '0.5',
      reconnectAttempts: 0}));
    const events = [];
    const over = new Promise((done, fail) => {
      socket.on('error', fail);
      socket.on('message', (message) => {
        if (message.type !== 'TurnInfo')
          return;
        events.push(message.event);
        if (message.event === 'EndOfTurn')
          done(message);
      });
    });
    for (const chunk of chunks(say('forty two', rate), rate, 80))
      socket.sendMedia(chunk);
    const turn = await over;
    same('v2 heard', turn.transcript, 'forty two');
    same('v2 events', [events[0], ...events.slice(-2)],
      ['StartOfTurn', 'EagerEndOfTurn', 'EndOfTurn']);
    socket.sendCloseStream({type: 'CloseStream'});
    socket.close();
  },
  async 'speak v1'() {
    const socket = await open(client.speak.v1.connect({model: 'aura-2-thalia-en',
      encoding: 'linear16', sample_rate: String(rate), reconnectAttempts: 0}));
    const collecting = collect(socket, (message) => message.type === 'Flushed');
    socket.sendText({type: 'Speak', text: 'Seven, eight nine.'});
    socket.sendFlush({type: 'Flush'});
    const {sound, kinds} = await collecting;
    same('v1 spoke', hear(sound, rate), 'seven eight nine');
    same('v1 says', kinds.at(-1), 'Flushed');
    socket.sendClear({type: 'Clear'});
    await collect(socket, (message) => message.type === 'Cleared');
    socket.close();
  },
  async 'speak v2'() {
    const socket = await open(client.speak.v2.connect({model: 'flux-alexis-en',
      encoding: 'linear16', sample_rate: String(rate), reconnectAttempts: 0}));
    const collecting = collect(socket, (message) => message.type === 'SpeechMetadata');
    socket.sendSpeak({type: 'Speak', text: 'Ten eleven.'});
    socket.sendFlush({type: 'Flush'});
    const {sound, kinds} = await collecting;
    same('v2 spoke', hear(sound, rate), 'ten eleven');
    same('v2 says', kinds.filter((one) => one !== 'Connected' && one !== 'Flushed'),
      ['SpeechStarted', 'SpeechMetadata']);
    const interrupting = collect(socket, (message) => message.type === 'SpeechInterrupted');
    socket.sendSpeak({type: 'Speak', text: 'one two three four five six seven eight'});
    socket.sendFlush({type: 'Flush'});
    socket.sendInterrupt({type: 'Interrupt'});
    same('v2 interrupted', (await interrupting).kinds.at(-1), 'SpeechInterrupted');
    socket.close();
  },
});
