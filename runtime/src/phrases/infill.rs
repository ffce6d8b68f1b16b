//! Phrases of which a part is kept and the rest is made: rests that are filled, and shares that
//! are varied.

use super::ticks::{self, bar_ticks, ticks as at_tick};
use super::{drums, melody, wishes};
use mag_models::{DrumsRequest, Fill, Keep, MelodyRequest, Note, Ticks};
use mag_pattern::chance::permutation;
use mag_pattern::{Controls, Phrase, PhraseNote, PhraseRequest, Value};

/// Rests of at least half a beat are filled.
const REST: Ticks = mag_models::TICKS_PER_BEAT / 2;

/// A melody with gaps: its rests, or the share that the wish asks for.
pub fn melody(wish: &PhraseRequest) -> MelodyRequest {
    let bar = bar_ticks(wish.meter);
    let end = length(wish);
    let notes = wish.given.first().map_or_else(Vec::new, |given| ticks::notes(given, bar));
    let notes = melody::single_voice(notes.into_iter().filter(|n| n.onset < end).collect());
    let fill = match wish.number("share") {
        None => Fill { gaps: rests(&notes, end), kept: notes },
        Some(share) => opened(&notes, &blocks(wish, share, end), end),
    };
    MelodyRequest { fill: Some(fill), ..melody::translate(wish).request }
}

/// A rhythm of which a share is made anew.
pub fn drums(wish: &PhraseRequest) -> DrumsRequest {
    let bar = bar_ticks(wish.meter);
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    let open = blocks(wish, wish.number("share").unwrap_or(1.0), length(wish));
    let keep = Keep { hits: drums::hits(given, bar), open };
    DrumsRequest { keep: Some(keep), with: Vec::new(), ..drums::translate(wish).0 }
}

fn length(wish: &PhraseRequest) -> Ticks {
    wish.bars.saturating_mul(u32::try_from(bar_ticks(wish.meter)).unwrap_or(96))
}

/// The rests between notes, and before and after them.
fn rests(notes: &[Note], end: Ticks) -> Vec<(Ticks, Ticks)> {
    let ends = [0].into_iter().chain(notes.iter().map(|n| n.onset.saturating_add(n.duration)));
    let begins = notes.iter().map(|n| n.onset).chain([end]);
    ends.zip(begins).filter(|(from, to)| from.saturating_add(REST) <= *to).collect()
}

/// A share of the half bars of a phrase, at least one of them, drawn by the wish's seed.
fn blocks(wish: &PhraseRequest, share: f64, end: Ticks) -> Vec<(Ticks, Ticks)> {
    let bar = u32::try_from(bar_ticks(wish.meter)).unwrap_or(96);
    let block = if bar.is_multiple_of(24) { bar / 2 } else { bar };
    let n = (end / block.max(1)) as usize;
    let wanted = ((share * n as f64).round() as usize).clamp(usize::from(share > 0.0), n);
    let mut chosen = permutation(n, 0, wish.seed);
    chosen.truncate(wanted);
    chosen.sort_unstable();
    let mut open: Vec<(Ticks, Ticks)> = Vec::new();
    for i in chosen {
        let (from, to) = (i as Ticks * block, (i as Ticks + 1) * block);
        match open.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => open.push((from, to)),
        }
    }
    open
}

/// A melody whose notes that begin in open stretches are taken out.
fn opened(notes: &[Note], open: &[(Ticks, Ticks)], end: Ticks) -> Fill {
    let stop = |note: &Note| note.onset.saturating_add(note.duration);
    let is_open = |note: &Note| open.iter().any(|gap| (gap.0..gap.1).contains(&note.onset));
    let (gone, kept): (Vec<Note>, Vec<Note>) = notes.iter().partition(|note| is_open(note));
    let gap = |&(from, to): &(Ticks, Ticks)| {
        let before = kept.iter().filter(|n| n.onset < from).map(stop).max().unwrap_or(0);
        let next = kept.iter().map(|n| n.onset).find(|onset| *onset >= to).unwrap_or(end);
        let held = gone.iter().filter(|n| (from..to).contains(&n.onset)).map(stop).max();
        let gap = (from.max(before), to.max(held.unwrap_or(0)).min(next));
        (gap.0 < gap.1).then_some(gap)
    };
    Fill { gaps: open.iter().filter_map(gap).collect(), kept }
}

/// The kept notes as they were given, and what fills the gaps, each like the note before it.
pub fn filled(wish: &PhraseRequest, request: &MelodyRequest, made: &mag_models::Phrase) -> Phrase {
    let bar = bar_ticks(wish.meter);
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    let fill = request.fill.clone().unwrap_or_default();
    let in_gap = |onset: Ticks| fill.gaps.iter().any(|gap| (gap.0..gap.1).contains(&onset));
    let share = wish.number("share").is_some();
    let stays = |note: &mag_pattern::Given| {
        // Rests are where there is nothing: whatever was given stays.
        note.pitch.is_none() || !share || !in_gap(at_tick(note.onset, bar))
    };
    let kept = given.iter().enumerate().filter(|(_, note)| stays(note)).map(|(i, note)| {
        let value = Value::Map(Controls::new());
        PhraseNote { of: Some(i), ..PhraseNote::new(note.onset, note.length, value) }
    });
    let new = made.notes.iter().filter(|note| in_gap(note.onset)).map(|note| {
        let new = ticks::note(note, bar);
        let before = given.iter().rposition(|g| g.onset <= new.onset && g.pitch.is_some());
        let like = before.or_else(|| given.iter().position(|g| g.pitch.is_some()));
        PhraseNote { of: like, ..new }
    });
    let mut notes: Vec<PhraseNote> = kept.chain(new).collect();
    notes.sort_by(|a, b| a.onset.partial_cmp(&b.onset).unwrap_or(std::cmp::Ordering::Equal));
    Phrase { length: wishes::length(wish), notes, stand_in: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrases::tests::wish;

    fn note(onset: u32, duration: u32, pitch: u8) -> Note {
        Note { onset, duration, pitch }
    }

    #[test]
    fn rests_are_gaps_if_they_are_long_enough() {
        let notes = [note(24, 24, 60), note(54, 18, 62)];
        assert_eq!(rests(&notes, 96), [(0, 24), (72, 96)], "a sixteenth is only articulation");
        assert_eq!(rests(&[], 96), [(0, 96)]);
    }

    #[test]
    fn a_share_is_drawn_by_the_seed() {
        let open = |seed, share| blocks(&wish(seed), share, 384);
        let length = |gaps: &[(u32, u32)]| gaps.iter().map(|g| g.1 - g.0).sum::<u32>();
        for share in [0.25, 0.5, 1.0] {
            assert_eq!(length(&open(1, share)), (384.0 * share) as u32);
        }
        assert_eq!(open(3, 0.25), open(3, 0.25));
        assert!((0..8).any(|seed| open(seed, 0.25) != open(3, 0.25)));
        assert_eq!(length(&open(1, 0.001)), 48, "at least one");
    }

    #[test]
    fn gaps_reach_from_what_is_kept_to_what_is_kept() {
        let notes = [note(0, 60, 60), note(60, 36, 62), note(108, 24, 64)];
        let fill = opened(&notes, &[(48, 96)], 192);
        assert_eq!(fill.gaps, [(60, 96)]);
        assert_eq!(fill.kept, [notes[0], notes[2]]);
        let held = opened(&[note(48, 72, 60)], &[(48, 96)], 192);
        assert_eq!(held.gaps, [(48, 120)], "as long as what is gone");
    }
}
