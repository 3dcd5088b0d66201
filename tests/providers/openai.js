// openai: speech over HTTP, and realtime transcription.
'use strict';
const {OpenAI} = require('openai');
const {OpenAIRealtimeWS} = require('openai/realtime/ws');
const {host, key, same, play} = require('./stage');
const {say, hear, chunks} = require('./tones');

const rate = 24000;
const plain = new OpenAI({apiKey: key, baseURL: `http://${host}/v1`, maxRetries: 0});
const secure = new OpenAI({apiKey: key, baseURL: `https://${host}/v1`, maxRetries: 0});

async function transcribe(turn_detection, phrase) {
  const socket = new OpenAIRealtimeWS({model: 'gpt-4o-transcribe'}, secure);
  const deltas = [];
  const completed = new Promise((done, fail) => {
    socket.on('error', fail);
    socket.on('conversation.item.input_audio_transcription.delta', (one) => deltas.push(one.delta));
    socket.on('conversation.item.input_audio_transcription.completed', done);
  });
  await new Promise((done) => socket.on('session.created', done));
  const updated = new Promise((done) => socket.on('session.updated', done));
  socket.send({type: 'session.update', session: {type: 'transcription', audio: {input: {
    format: {type: 'audio/pcm', rate}, turn_detection,
    transcription: {model: 'gpt-4o-transcribe', language: 'en'}}}}});
  await updated;
  for (const chunk of chunks(say(phrase, rate), rate))
    socket.send({type: 'input_audio_buffer.append', audio: chunk.toString('base64')});
  if (!turn_detection)
    socket.send({type: 'input_audio_buffer.commit'});
  same('heard', (await completed).transcript, phrase);
  same('deltas', deltas.join(''), phrase);
  socket.close();
}

play({
  async speech() {
    const answer = await plain.audio.speech.create({model: 'gpt-4o-mini-tts', voice: 'alloy',
      input: 'Seven, eight!', response_format: 'pcm'});
    same('spoke', hear(Buffer.from(await answer.arrayBuffer()), rate), 'seven eight');
  },
  async 'speech refused'() {
    const wrong = new OpenAI({apiKey: 'wrong', baseURL: `http://${host}/v1`, maxRetries: 0});
    const why = await wrong.audio.speech.create({model: 'tts-1', voice: 'alloy', input: 'one',
      response_format: 'pcm'}).then(() => null, (error) => error);
    same('status', why.status, 401);
  },
  'transcription by silence': () => transcribe({type: 'server_vad'}, 'one two three'),
  'transcription by hand': () => transcribe(null, 'ninety'),
});
