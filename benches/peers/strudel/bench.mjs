// Times Strudel on one of the twelve patterns, or on parsing mini-notation, and lists events.
//
//   node bench.mjs time p01      one JSON line, as `cargo bench -p mag-lang` prints
//   node bench.mjs mini FILE     one JSON line: strings parsed a second
//   node bench.mjs events p01 4  every onset of that many cycles, one a line, sorted
import { readFileSync } from 'node:fs';
import { register } from 'node:module';

register('./headless.mjs', import.meta.url);
console.log = console.warn = () => {}; // Strudel greets, and results go to standard output.
const { s, n, rev, sine, saw, rand, stack } = await import('@strudel/core');
const { mini, mini2ast, miniAllStrings } = await import('@strudel/mini');
miniAllStrings();

const CYCLES = 1000;
const patterns = {
  p01: () => s('bd sn'),
  p02: () => s('[bd*4, hh*8, [~ cp]*2]'),
  p03: () => s('[[bd*2 [sn cp]]*8 , hh*16, {a b c d e}%7]'),
  p04: () => s('[bd(3,8), sn(5,8,2), hh(7,16), cp(<3 5 7>,16)]'),
  p05: () =>
    s('[<bd sn cp>(<3 5>,8,<0 2>), [hh <oh ch>]*4, [~ <arpy jvbass>]!4]').n('<0 3 [5 7]>*2'),
  p06: () => s('bd*16').every(4, rev).every(3, (x) => x.fast(2)),
  p07: () =>
    n('0 3 5 7*2').s('superpiano').off(1 / 4, (x) => x.speed(2)).off(1 / 8, (x) => x.add(n(12))),
  p08: () => s('bd*16').every(2, (x) => x.hurry(2)).jux(rev),
  p09: () => s('bd*4 sn*4').striate(4).chop(8),
  p10: () =>
    s('hh*64').gain(sine.range(0.6, 1)).pan(rand).cutoff(saw.slow(8).range(200, 2000)).degradeBy(0.3),
  p11: () =>
    stack(
      s('[bd*4, [~ cp]*2]').every(4, (x) => x.fast(2)),
      s('break*4').chop(4).jux(rev),
      n('0 3 5 7*2').s('arpy').off(1 / 8, (x) => x.add(n(12))),
      s('hh*16').ply(2).degradeBy(0.2),
    ),
  p12: () =>
    s('[bd*16, [sn cp]*8, hh(5,8)]')
      .superimpose((x) => x.hurry(2))
      .ply(2)
      .chop(4)
      .off(1 / 8, (x) => x.speed(1.5))
      .every(2, (x) => x.jux(rev)),
};

const onsets = (pattern, cycle) => pattern.queryArc(cycle, cycle + 1).filter((hap) => hap.hasOnset());

function describe(hap) {
  const controls = Object.keys(hap.value).sort().map((name) => {
    const value = hap.value[name];
    return `${name}=${typeof value === 'string' ? value : Number(value).toFixed(6)}`;
  });
  return { at: hap.whole.begin, text: [hap.whole.begin.toFraction(), hap.whole.end.toFraction(), ...controls].join(' ') };
}

function inOrder(haps) {
  const order = (a, b) => a.at.compare(b.at) || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
  return haps.map(describe).sort(order).map((hap) => hap.text);
}

function firstOnsets(pattern, count) {
  const found = [];
  for (let cycle = 0; found.length < count && cycle < 64; cycle++) found.push(...inOrder(onsets(pattern, cycle)));
  return found.slice(0, count);
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const cpuSeconds = (usage) => (usage.user + usage.system) / 1e6;

// Rounds over the same 1,000 cycles until half a second is full; stops early at `limit` seconds.
function time(name, limit) {
  const pattern = patterns[name]();
  const warm = performance.now();
  for (let cycle = 0; cycle < CYCLES && performance.now() - warm < 1000; cycle++) onsets(pattern, cycle);
  const micros = [];
  let events = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  do {
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const before = process.hrtime.bigint();
      events += onsets(pattern, cycle).length;
      micros.push(Number(process.hrtime.bigint() - before) / 1e3);
      if (cycle % 12 === 11 && performance.now() - start > limit * 1000) break;
    }
  } while (performance.now() - start < 500);
  const used = cpuSeconds(process.cpuUsage(cpu));
  const queries = micros.length;
  micros.sort((a, b) => a - b);
  return {
    pattern: name,
    haps_per_cycle: events / queries,
    us_median: quantile(micros, 0.5),
    us_p99: quantile(micros, 0.99),
    events_per_s: events / used,
    queries,
    onsets: Array.from({ length: 16 }, (_, cycle) => onsets(pattern, cycle).length),
    first16: firstOnsets(pattern, 16),
  };
}

function rate(strings, once) {
  for (let i = 0; i < 50; i++) strings.forEach(once);
  const start = performance.now();
  const cpu = process.cpuUsage();
  let count = 0;
  do {
    strings.forEach(once);
    count += strings.length;
  } while (performance.now() - start < 1000);
  return count / cpuSeconds(process.cpuUsage(cpu));
}

function timeMini(file) {
  const strings = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  return {
    mini: strings.length,
    strings_per_s: rate(strings, (text) => mini2ast(`"${text}"`)),
    patterns_per_s: rate(strings, (text) => mini(text)),
    with_first_cycle_per_s: rate(strings, (text) => mini(text).queryArc(0, 1)),
  };
}

const [task, what, number] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${line}\n`);
if (task === 'time') print(JSON.stringify(time(what, Number(number ?? 15))));
else if (task === 'mini') print(JSON.stringify(timeMini(what)));
else if (task === 'events') {
  for (let cycle = 0; cycle < Number(number); cycle++) inOrder(onsets(patterns[what](), cycle)).forEach(print);
} else throw new Error(`time, mini or events, not ${task}`);
