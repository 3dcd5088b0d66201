// @livekit/agents' plugins: voices of Deepgram, Cartesia and ElevenLabs (many contexts on one
// socket; no SDK of ElevenLabs' own speaks that), each with two texts one after the other.
'use strict';
const {initializeLogger, tts} = require('@livekit/agents');
const cartesia = require('@livekit/agents-plugin-cartesia');
const deepgram = require('@livekit/agents-plugin-deepgram');
const elevenlabs = require('@livekit/agents-plugin-elevenlabs');
const {host, key, same, play} = require('./stage');
const {hear} = require('./tones');

initializeLogger({pretty: false, level: 'warn'});

async function speak(voice, phrase) {
  const stream = voice.stream();
  for (const word of phrase.split(' '))
    stream.pushText(`${word} `);
  stream.flush();
  stream.endInput();
  const sound = [];
  let rate = 0;
  for await (const audio of stream) {
    if (audio === tts.SynthesizeStream.END_OF_STREAM)
      break;
    const {data, sampleRate} = audio.frame;
    rate = sampleRate;
    sound.push(Buffer.from(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)));
  }
  stream.close();
  return hear(Buffer.concat(sound), rate);
}

async function twice(voice) {
  voice.on('error', (event) => {
    throw event.error ?? new Error(JSON.stringify(event));
  });
  for (const phrase of ['one two three.', 'forty fifty.'])
    same('spoke', await speak(voice, phrase), phrase.slice(0, -1));
}

play({
  deepgram: () => twice(new deepgram.TTS({apiKey: key, baseUrl: `http://${host}`,
    model: 'aura-2-thalia-en', encoding: 'linear16', sampleRate: 16000})),
  cartesia: () => twice(new cartesia.TTS({apiKey: key, baseUrl: `http://${host}`,
    model: 'sonic-3', sampleRate: 16000, voice: 'v', language: 'en'})),
  elevenlabs: () => twice(new elevenlabs.TTS({apiKey: key, baseURL: `http://${host}/v1`,
    encoding: 'pcm_16000', voiceId: 'v', model: 'eleven_turbo_v2_5'})),
});
