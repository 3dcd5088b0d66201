// assemblyai: Universal Streaming, v3.
'use strict';
const {AssemblyAI} = require('assemblyai');
const {host, key, same, play} = require('./stage');
const {say, chunks} = require('./tones');

const rate = 16000;
const client = new AssemblyAI({apiKey: key});

async function transcribe(formatTurns, phrase) {
  const transcriber = client.streaming.transcriber({websocketBaseUrl: `wss://${host}/v3/ws`,
    sampleRate: rate, formatTurns, speechModel: 'universal-streaming-english'});
  const turns = [];
  const whole = new Promise((done, fail) => {
    transcriber.on('error', fail);
    transcriber.on('turn', (turn) => {
      if (!turn.end_of_turn)
        return;
      turns.push(turn);
      if (turns.length === (formatTurns ? 2 : 1))
        done();
    });
  });
  await transcriber.connect();
  for (const chunk of chunks(say(phrase, rate), rate))
    transcriber.sendAudio(chunk);
  await whole;
  same('heard', turns.map((turn) => turn.transcript), turns.map(() => phrase));
  same('formatted', turns.map((turn) => turn.turn_is_formatted),
    formatTurns ? [false, true] : [false]);
  same('words', turns[0].words.map((word) => word.text).join(' '), phrase);
  await transcriber.close();
}

play({
  'turns as they are': () => transcribe(false, 'one two three'),
  'turns formatted': () => transcribe(true, 'forty'),
});
