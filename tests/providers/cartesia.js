// @cartesia/cartesia-js: the voice's contexts, the recogniser with manual finalize, and turns.
'use strict';
const {Cartesia} = require('@cartesia/cartesia-js');
const {host, key, same, play} = require('./stage');
const {say, hear, chunks} = require('./tones');

const rate = 16000;
const secure = new Cartesia({apiKey: key, baseURL: `https://${host}`});
const plain = new Cartesia({apiKey: key, baseURL: `http://${host}`});
const wishes = {model_id: 'sonic-3', voice: {mode: 'id', id: 'v'}, language: 'en',
  output_format: {container: 'raw', encoding: 'pcm_s16le', sample_rate: rate},
  add_timestamps: true};

async function listen(events) {
  const sound = [], words = [], kinds = new Set();
  for await (const event of events) {
    kinds.add(event.type);
    if (event.type === 'chunk')
      sound.push(event.audio ?? Buffer.from(event.data, 'base64'));
    if (event.type === 'timestamps')
      words.push(...event.word_timestamps.words);
    if (event.type === 'error')
      throw new Error(JSON.stringify(event));
    if (event.type === 'done')
      break;
  }
  return {sound: Buffer.concat(sound), words, kinds};
}

play({
  async 'tts in one'() {
    const socket = await secure.tts.websocket();
    const context = socket.context(wishes);
    const {sound, words, kinds} = await listen(context.generate({transcript: 'One, two.'}));
    same('spoke', hear(sound, rate), 'one two');
    same('words', words, ['One,', 'two.']);
    same('ended', kinds.has('done'), true);
    socket.close();
  },
  async 'tts in continuations'() {
    const socket = await secure.tts.websocket();
    const context = socket.context(wishes);
    await context.push({transcript: 'forty '});
    await context.push({transcript: 'fifty '});
    await context.push({transcript: 'six', flush: true});
    await context.push({transcript: 'ty'});
    await context.no_more_inputs();
    const {sound} = await listen(context.receive());
    same('spoke', hear(sound, rate), 'forty fifty sixty');
    socket.close();
  },
  async 'tts cancelled'() {
    const socket = await secure.tts.websocket();
    const gone = socket.context(wishes), next = socket.context(wishes);
    await gone.push({transcript: 'one two three four five six seven eight nine ten'});
    await gone.cancel();
    const {sound} = await listen(next.generate({transcript: 'eleven'}));
    same('spoke', hear(sound, rate), 'eleven');
    socket.close();
  },
  async 'stt manual'() {
    const socket = plain.stt.manualFinalize.websocket({model: 'ink-whisper',
      encoding: 'pcm_s16le', sample_rate: rate, language: 'en'});
    const finals = [];
    const over = new Promise((done, fail) => {
      socket.on('error', fail);
      socket.on('done', done);
      socket.on('transcript', (event) => event.is_final && finals.push(event.text.trim()));
    });
    for (const chunk of chunks(say('one two three', rate), rate))
      socket.sendRaw(chunk);
    socket.send('finalize');
    socket.send('close');
    await over;
    same('heard', finals, ['one two three']);
  },
  async 'stt turns'() {
    const socket = plain.stt.autoFinalize.websocket({model: 'ink-2', encoding: 'pcm_s16le',
      sample_rate: rate});
    const turn = new Promise((done, fail) => {
      socket.on('error', fail);
      socket.on('turn.end', done);
    });
    for (const chunk of chunks(say('seven eight', rate), rate))
      socket.sendRaw(chunk);
    same('heard', (await turn).transcript.trim(), 'seven eight');
    socket.send({type: 'close'});
  },
});
