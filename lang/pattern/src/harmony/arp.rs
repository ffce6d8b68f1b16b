//! Arpeggios: the notes of a chord one after another.

use super::nearest::unknown;
use crate::hap::Hap;
use crate::pattern::Pattern;
use crate::query::Query;
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;

/// Names of the ways to play a chord note by note, which are Tidal's.
pub const ARP_MODES: [&str; 13] = [
    "up",
    "down",
    "updown",
    "downup",
    "up&down",
    "down&up",
    "converge",
    "diverge",
    "disconverge",
    "pinkyup",
    "pinkyupdown",
    "thumbup",
    "thumbupdown",
];

/// Most notes that one chord is spread into.
const MOST: usize = 4096;

/// Chords note by note: a number of `how` picks a note of the chord by index, in the rhythm of
/// `how` (indices wrap); a name of [`ARP_MODES`] spreads the chord over its own length.
pub fn arp(how: &Pattern, p: &Pattern) -> Pattern {
    let how = how.clone();
    each_chord(p, move |chord, q, out| {
        let mut picks = q.take();
        how.query(chord[0].part, q, &mut picks);
        for pick in &picks {
            match &pick.value {
                Value::Word(mode) => match order(mode.as_str(), chord.len()) {
                    Some(order) => spread(chord, &order, pick, q, out),
                    None => q.fail(&pick.locs, || {
                        unknown("arpeggio", mode.as_str(), ARP_MODES.into_iter())
                    }),
                },
                other => match other.number().filter(|x| x.is_finite()) {
                    Some(index) => {
                        let index = index.floor().rem_euclid(chord.len() as f64) as usize;
                        out.push(timed(&chord[index.min(chord.len() - 1)], pick));
                    }
                    None => q.fail(&pick.locs, || {
                        format!("`arp` needs indices or a name such as up, not {other}")
                    }),
                },
            }
        }
        q.give(picks);
    })
}

/// Chords as `f` makes them: a pattern of values from the values of the notes.
pub fn arp_with(f: impl Fn(&[Value]) -> Pattern + Send + Sync + 'static, p: &Pattern) -> Pattern {
    each_chord(p, move |chord, q, out| {
        let notes: Vec<Value> = chord.iter().map(|hap| hap.value.clone()).collect();
        let start = out.len();
        f(&notes).query(chord[0].part, q, out);
        for hap in &mut out[start..] {
            chord.iter().for_each(|note| hap.locs.join(&note.locs));
        }
    })
}

/// Chords rolled over the first quarter of their length.
pub fn rolled(p: &Pattern) -> Pattern {
    rolled_by(Time::new(1, 4), p)
}

/// Chords rolled over a share of their length, from the last note up if it is negative.
pub fn rolled_by(share: Time, p: &Pattern) -> Pattern {
    if share.is_zero() || !share.is_defined() {
        return p.clone();
    }
    each_chord(p, move |chord, _, out| {
        let count = chord.len();
        for place in 0..count {
            let note = &chord[if share < Time::ZERO { count - 1 - place } else { place }];
            let Some(whole) = note.whole else {
                out.push(note.clone());
                continue;
            };
            let delay = whole.duration() * share.abs() * Time::new(place as i64, count as i64);
            let rolled = Span::new(whole.begin + delay, whole.end);
            if rolled.begin < rolled.end
                && let Some(part) = rolled.sect(note.part)
            {
                out.push(Hap { whole: Some(rolled), part, ..note.clone() });
            }
        }
    })
}

/// Runs `f` for every group of events with the same whole, in the order of their first.
fn each_chord(
    p: &Pattern,
    f: impl Fn(&[Hap], &mut Query, &mut Vec<Hap>) + Send + Sync + 'static,
) -> Pattern {
    let inner = p.clone();
    Pattern::of(move |span, q, out| {
        let mut haps = q.take();
        inner.query(span, q, &mut haps);
        let mut firsts: Vec<Option<Span>> = Vec::new();
        for hap in &haps {
            if !firsts.contains(&hap.whole) {
                firsts.push(hap.whole);
            }
        }
        for whole in firsts {
            let chord: Vec<Hap> = haps.iter().filter(|h| h.whole == whole).cloned().collect();
            if !q.spend(haps.len()) {
                break;
            }
            f(&chord, q, out);
        }
        q.give(haps);
    })
}

/// The note of a chord, with the time of another event.
fn timed(note: &Hap, time: &Hap) -> Hap {
    let mut locs = note.locs.clone();
    locs.join(&time.locs);
    Hap { whole: time.whole, part: time.part, value: note.value.clone(), locs }
}

/// The notes of a chord in an order, each for the same share of the chord's length.
fn spread(chord: &[Hap], order: &[usize], pick: &Hap, q: &mut Query, out: &mut Vec<Hap>) {
    let (Some(whole), true) = (chord[0].whole, q.spend(order.len())) else { return };
    let share = whole.duration() / Time::int(order.len().max(1) as i64);
    for (place, index) in order.iter().enumerate() {
        let begin = whole.begin + share * Time::int(place as i64);
        let span = Span::new(begin, begin + share);
        let seen = span.sect(chord[0].part).and_then(|part| part.sect(pick.part));
        if let (Some(part), Some(note)) = (seen, chord.get(*index)) {
            let moved = Hap { whole: Some(span), part, ..pick.clone() };
            out.push(timed(note, &moved));
        }
    }
}

/// The order in which a mode plays a chord of `count` notes; `None` if there is no such mode.
fn order(mode: &str, count: usize) -> Option<Vec<usize>> {
    let up: Vec<usize> = (0..count.min(MOST)).collect();
    let there_and_back = |way: Vec<usize>| join(but_last(&way), but_last(&backwards(&way)));
    Some(match mode {
        "up" => up,
        "down" => backwards(&up),
        "updown" => there_and_back(up),
        "downup" => join(but_last(&backwards(&up)), but_last(&up)),
        "up&down" => join(up.clone(), backwards(&up)),
        "down&up" => join(backwards(&up), up),
        "converge" => converge(count),
        "diverge" => backwards(&converge(count)),
        "disconverge" => {
            join(converge(count), backwards(&converge(count)).into_iter().skip(1).collect())
        }
        "pinkyup" => pinky_up(count),
        "pinkyupdown" => there_and_back(pinky_up(count)),
        "thumbup" => thumb_up(count),
        "thumbupdown" => there_and_back(thumb_up(count)),
        _ => return None,
    })
}

fn backwards(order: &[usize]) -> Vec<usize> {
    order.iter().rev().copied().collect()
}
fn but_last(order: &[usize]) -> Vec<usize> {
    order[..order.len().saturating_sub(1)].to_vec()
}
fn join(mut first: Vec<usize>, second: Vec<usize>) -> Vec<usize> {
    first.extend(second);
    first
}
/// From both ends to the middle.
fn converge(count: usize) -> Vec<usize> {
    (0..count).map(|i| if i % 2 == 0 { i / 2 } else { count - 1 - i / 2 }).collect()
}
/// Every note followed by the highest.
fn pinky_up(count: usize) -> Vec<usize> {
    (0..count.saturating_sub(1)).flat_map(|i| [i, count - 1]).collect()
}
/// Every note after the lowest.
fn thumb_up(count: usize) -> Vec<usize> {
    (1..count).flat_map(|i| [0, i]).collect()
}
