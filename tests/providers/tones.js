// Words as tones, and back: a second hand at what adapters/peers/coded_tones.cpp does, so that
// what it writes is read, and what it reads is written, by somebody else.
'use strict';

const ones = ('one two three four five six seven eight nine ten eleven twelve thirteen fourteen '
  + 'fifteen sixteen seventeen eighteen nineteen').split(' ');
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const alphabet = [...ones];
for (const ten of tens)
  alphabet.push(ten, ...ones.slice(0, 9).map((one) => ten + one));

const bands = [{first: 700, step: 100}, {first: 1400, step: 150}, {first: 2400, step: 150}];
const wordMs = 200, gapMs = 100, steps = 6;

function tone(code, rate) {
  const pcm = new Int16Array((wordMs + gapMs) * rate / 1000);
  const sounding = wordMs * rate / 1000;
  const chord = [code % steps, Math.floor(code / steps) % steps, Math.floor(code / 36) % steps];
  for (let i = 0; i < sounding; ++i) {
    const t = i / rate;
    let sound = 0;
    bands.forEach((band, n) => {
      sound += 3500 * Math.sin(2 * Math.PI * (band.first + band.step * chord[n]) * t);
    });
    for (let n = 1; n <= 5; ++n)
      sound += 5000 / n * Math.sin(2 * Math.PI * 100 * n * t + n);
    const ramp = Math.min(1, t / 0.004, (sounding - i) / rate / 0.004);
    pcm[i] = Math.max(-32000, Math.min(32000, sound * ramp));
  }
  return pcm;
}

/** The words of a phrase and a second of silence, as 16 bit samples in a Buffer. */
function say(phrase, rate) {
  const parts = phrase.split(' ').map((word) => {
    const code = alphabet.indexOf(word);
    if (code < 0)
      throw new Error(`no tone for ${word}`);
    return Buffer.from(tone(code, rate).buffer);
  });
  parts.push(Buffer.alloc(rate * 2));
  return Buffer.concat(parts);
}

/** Pieces of `ms` each. */
function chunks(pcm, rate, ms = 100) {
  const size = rate * 2 * ms / 1000;
  const all = [];
  for (let at = 0; at < pcm.length; at += size)
    all.push(pcm.subarray(at, at + size));
  return all;
}

function power(frame, hz, rate) {
  let re = 0, im = 0;
  frame.forEach((x, i) => {
    re += x * Math.cos(2 * Math.PI * hz * i / rate);
    im += x * Math.sin(2 * Math.PI * hz * i / rate);
  });
  return re * re + im * im;
}

/** The words in a Buffer of 16 bit samples: what sounds in the middle of each 300 ms of sound. */
function hear(bytes, rate) {
  const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset,
    bytes.byteOffset + bytes.length - bytes.length % 2));
  const each = (wordMs + gapMs) * rate / 1000;
  const words = [];
  for (let at = 0; at + each <= pcm.length; at += each) {
    const frame = Array.from(pcm.subarray(at + rate * 0.09, at + rate * 0.11));
    let code = 0, weight = 1, loud = true;
    for (const band of bands) {
      const powers = [0, 1, 2, 3, 4, 5].map((n) => power(frame, band.first + n * band.step, rate));
      const sorted = [...powers].sort((a, b) => b - a);
      loud = loud && sorted[0] > 6 * sorted[1] && sorted[0] > 1e6;
      code += powers.indexOf(sorted[0]) * weight;
      weight *= steps;
    }
    words.push(loud && code < alphabet.length ? alphabet[code] : '-');
  }
  return words.join(' ');
}

module.exports = {say, hear, chunks};
