// Measures the voicing dictionaries: which notes Strudel answers for a chord symbol.
//
// Run where the npm packages @strudel/core, @strudel/mini and @strudel/tonal (1.2.6) are installed:
//   node measure-voicings.mjs OUTPUT-FOLDER
// Symbols are spelled out by the grammar of chord suffixes below; those that are answered with
// notes are kept. In mode `root`, offset k plays the k-th voicing of the dictionary, so raising the
// offset until the answers come round gives them all. Nothing is read but event lists.
import { writeFileSync } from 'node:fs';
import { register } from 'node:module';

const synth = 'data:text/javascript,export class SalatRepl {}';
const hook = `export const resolve = (name, context, next) => name === '@kabelsalat/web'
  ? { url: ${JSON.stringify(synth)}, shortCircuit: true } : next(name, context);`;
register('data:text/javascript,' + encodeURIComponent(hook));
const core = await import('@strudel/core');
await import('@strudel/mini');
await import('@strudel/tonal');

const DICTIONARIES = ['ireal', 'ireal-ext', 'lefthand', 'triads', 'guidetones', 'legacy'];
const ANCHOR = 60; // c4: with root C the first voicing's bottom note lies in its octave
const LONGEST = 40; // voicings of one symbol, at most

const qualities = ['', '-', 'm', 'M', '^', 'o', 'h', '+', 'aug', 'sus', 'dim', 'min', 'maj', 'm^', '-^', 'mM', 'oM', 'madd'];
const degrees = ['', '2', '4', '5', '6', '7', '9', '11', '13', '69', 'b6', 'add9', 'M7', 'alt'];
const alterations = ['', 'sus', 'sus4', 'alt', 'b5', '#5', 'b6', 'b9', '#9', '#11', 'b13', 'b9sus', '7sus', 'susadd3', '7b9sus', '7susadd3'];

function symbols() {
  const all = new Set();
  for (const q of qualities)
    for (const d of degrees)
      for (const a of alterations)
        for (const b of ['', 'b5', '#5', 'b9', '#9', '#11', 'b13', 'sus']) {
          all.add(q + d + a + b);
          if (b) for (const c of ['#9', '#11', 'b13']) all.add(q + d + a + b + c);
        }
  return [...all].filter((symbol) => !/^[#b]/.test(symbol)); // an accidental belongs to the root
}

/** MIDI numbers, low to high, or null where there is no answer. */
function voiced(symbol, dictionary, offset) {
  try {
    const chord = core.pure({ chord: 'C' + symbol, dictionary, anchor: ANCHOR, mode: 'root', offset });
    const haps = chord.voicing().queryArc(0, 1);
    const notes = haps.map((hap) => core.noteToMidi(String(hap.value.note)));
    return notes.length && notes.every(Number.isFinite) ? notes : null;
  } catch {
    return null;
  }
}

/** The same notes with the lowest within an octave above the root. */
function aboveRoot(notes) {
  const down = Math.floor((notes[0] - ANCHOR) / 12) * 12 + ANCHOR;
  return notes.map((note) => note - down).join(' ');
}

/** All voicings of a symbol, in the order of the dictionary. */
function voicings(symbol, dictionary) {
  const answers = [];
  for (let offset = 0; offset < 2 * LONGEST; offset++) {
    const notes = voiced(symbol, dictionary, offset);
    if (!notes) return [];
    answers.push(aboveRoot(notes));
  }
  const comesRound = (n) => answers.every((a, i) => i < n || a === answers[i - n]);
  for (let n = 1; n <= LONGEST; n++) if (comesRound(n)) return answers.slice(0, n);
  throw new Error(`the voicings of ${symbol} in ${dictionary} do not come round`);
}

const folder = process.argv[2] ?? '.';
console.log = console.warn = () => {}; // a refused symbol is reported at length
for (const dictionary of DICTIONARIES) {
  const lines = symbols()
    .filter((symbol) => voiced(symbol, dictionary, 0))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((symbol) => [symbol || 'M', voicings(symbol, dictionary).join(', ')]);
  const rows = new Map(lines.sort((a, b) => (a[0] < b[0] ? -1 : 1)));
  const header = [
    `# Measured: what Strudel 1.2.6 answers for C with each symbol, dictionary ${dictionary}, by scripts/measure-voicings.mjs.`,
    '# chord symbol\tvoicings, in semitones above the root',
  ];
  const text = [...header, ...[...rows].map((row) => row.join('\t'))].join('\n');
  writeFileSync(`${folder}/${dictionary}.tsv`, text + '\n');
  process.stderr.write(`${dictionary}: ${rows.size} symbols\n`);
}
