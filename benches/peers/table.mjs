// Turns what `run` collected into tables: speed with ratios, and whether events agree.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const lines = readFileSync(join(folder, 'lines.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
const peers = ['strudel', 'tidal'];
const random = ['p10', 'p11']; // each system draws its own numbers
const key = (line) => line.pattern?.slice(0, 3);

const taken = (system, pattern) => lines.filter((l) => l.system === system && key(l) === pattern);
const best = (system, pattern) => taken(system, pattern).reduce((a, b) => (b.events_per_s > a.events_per_s ? b : a));
const patterns = [...new Set(lines.map(key).filter(Boolean))];

function middle(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
const geometric = (numbers) => Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);
const median = (system, pattern) => middle(taken(system, pattern).map((l) => l.events_per_s));

const amount = (x) => (x >= 1e6 ? `${(x / 1e6).toPrecision(3)}M` : x >= 1e4 ? `${(x / 1e3).toPrecision(3)}k` : `${Math.round(x)}`);
const micros = (x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(2));
const times = (x) => `${x >= 100 ? x.toFixed(0) : x.toPrecision(3)}×`;
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const rule = (count) => row(...Array(count).fill('---'));

function listing(pattern, system) {
  return readFileSync(join(folder, `${pattern}.${system}.txt`), 'utf8').trim().split('\n');
}
const onset = (line) => line.split(' ').filter((word, i) => i === 0 || /^[sn]=/.test(word)).join(' ');

// Compares sixteen cycles: in full, or else just begin, sound and note.
function agreement(pattern, peer) {
  if (random.includes(pattern)) return 'random';
  const [ours, theirs] = [listing(pattern, 'mag'), listing(pattern, peer)];
  const differ = (a, b) => a.length !== b.length || a.some((line, i) => line !== b[i]);
  if (!differ(ours, theirs)) return `all ${ours.length}`;
  const plain = (all) => all.map(onset).sort();
  if (!differ(plain(ours), plain(theirs))) return `all ${ours.length} onsets, not all controls or ends`;
  const known = new Set(theirs.map(onset));
  return `**differ**: ${ours.length} to ${theirs.length}, ${ours.filter((l) => known.has(onset(l))).length} shared`;
}

const first16 = (pattern, peer) => {
  if (random.includes(pattern)) return 'random';
  const set = (system) => best(system, pattern).first16.map(onset).sort().join('\n');
  return set('mag') === set(peer) ? 'yes' : '**no**';
};

console.log('Onsets per CPU second; wall µs of a one-cycle query, median (99th percentile).\n');
row('pattern', 'onsets a cycle', 'mag', 'Strudel', 'Tidal', 'mag : Strudel', 'mag : Tidal', 'bytes a query (mag)');
rule(8);
for (const pattern of patterns) {
  const [mag, ...others] = ['mag', ...peers].map((system) => best(system, pattern));
  const cell = (l) => `${amount(l.events_per_s)} [${micros(l.us_median)} (${micros(l.us_p99)})]`;
  row(mag.pattern, mag.haps_per_cycle.toFixed(1), cell(mag), ...others.map(cell),
    ...others.map((l) => times(mag.events_per_s / l.events_per_s)), mag.bytes_per_query.toFixed(0));
}
const overall = (of) => peers.map((peer) => times(geometric(patterns.map((p) => of('mag', p) / of(peer, p)))));
row('geometric mean', '', ...['mag', ...peers].map((s) => amount(geometric(patterns.map((p) => best(s, p).events_per_s)))),
  ...overall((s, p) => best(s, p).events_per_s), '');
row('geometric mean, medians of rounds', '', '', '', '', ...overall(median), '');

const parsing = (system, what) => Math.max(...lines.filter((l) => l.mini && l.system === system).map((l) => l[what]));
const stages = [
  ['strings_per_s', 'mini-notation parsed, strings/s'],
  ['patterns_per_s', 'and made into a pattern'],
  ['with_first_cycle_per_s', 'and its first cycle queried'],
];
for (const [what, title] of stages) {
  const [mag, ...others] = ['mag', ...peers].map((system) => parsing(system, what));
  row(title, '', amount(mag), ...others.map(amount), ...others.map((x) => times(mag / x)), '');
}

console.log('\nEvents: the first sixteen onsets (begin, sound, note), and all of cycles 0 to 15 with ends and controls.\n');
row('pattern', 'first 16 as Strudel', 'as Tidal', 'cycles 0–15 as Strudel', 'as Tidal');
rule(5);
for (const p of patterns) row(p, ...peers.map((peer) => first16(p, peer)), ...peers.map((peer) => agreement(p, peer)));
