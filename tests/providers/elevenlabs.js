// @elevenlabs/elevenlabs-js: Scribe, live. It has no client for the voices' sockets:
// livekit.js has one.
'use strict';
const {ElevenLabsClient, AudioFormat, CommitStrategy, RealtimeEvents} =
  require('@elevenlabs/elevenlabs-js');
const {host, key, same, play} = require('./stage');
const {say, chunks} = require('./tones');

const client = new ElevenLabsClient({apiKey: key, baseUrl: `http://${host}`});
const rate = 16000;

async function transcribe(commitStrategy, phrase) {
  const connection = await client.speechToText.realtime.connect({modelId: 'scribe_v2_realtime',
    audioFormat: AudioFormat.PCM_16000, sampleRate: rate, commitStrategy,
    includeTimestamps: true});
  const timed = new Promise((done, fail) => {
    connection.on(RealtimeEvents.ERROR, fail);
    connection.on(RealtimeEvents.COMMITTED_TRANSCRIPT_WITH_TIMESTAMPS, done);
  });
  const plain = new Promise((done) => connection.on(RealtimeEvents.COMMITTED_TRANSCRIPT, done));
  await new Promise((done) => connection.on(RealtimeEvents.SESSION_STARTED, done));
  for (const chunk of chunks(say(phrase, rate), rate))
    connection.send({audioBase64: chunk.toString('base64')});
  if (commitStrategy === CommitStrategy.MANUAL)
    connection.commit();
  same('heard', (await plain).text, phrase);
  const words = (await timed).words.filter((word) => word.type === 'word');
  same('words', words.map((word) => word.text).join(' '), phrase);
  same('in order', words.every((word) => word.start < word.end), true);
  connection.close();
}

play({
  'committed by hand': () => transcribe(CommitStrategy.MANUAL, 'one two three'),
  'committed by silence': () => transcribe(CommitStrategy.VAD, 'forty'),
});
