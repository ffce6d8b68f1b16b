//! The melodies of a program: the first bars of each part that has pitches.

use super::{Named, end, single_voice};
use crate::files::Folder;
use crate::notice::Notices;
use crate::phrases::PhraseStore;
use mag_lang::source::{Source, Sources};
use mag_lang::{Mode, Program, report};
use mag_models::{Melody, Note, TICKS_PER_BEAT};
use mag_pattern::{Hap, Pattern, Query, Span, Sym, Time};
use std::path::Path;

/// The melodies of a file's parts.
pub(super) fn read(path: &Path, bars: u32) -> Result<Vec<Named>, String> {
    let text = super::super::read_text(path)?;
    let source = Source::new(1, path.display().to_string(), &text);
    let language = crate::phrases::library::language();
    let files = Folder::around(path);
    let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &files);
    let program = evaluated.map_err(|problems| {
        format!("\n{}", report::render(&problems, &Sources::from(source.clone()), false))
    })?;
    let program = program.program;
    let store = PhraseStore::installed(Notices::to_terminal());
    let mut all = Vec::new();
    for (name, part) in &program.parts {
        let notes = notes(&part.pattern, &program, bars, &store)?;
        if !notes.is_empty() {
            let length = end(&notes).max(bars * bar(&program));
            let melody = Melody { notes, length, meter: program.meter, ..Melody::default() };
            all.push(Named { name: format!("{}: {name}", path.display()), melody });
        }
    }
    Ok(all)
}

fn bar(program: &Program) -> u32 {
    4 * TICKS_PER_BEAT * program.meter.0 / program.meter.1.max(1)
}

fn notes(
    pattern: &Pattern,
    program: &Program,
    bars: u32,
    store: &PhraseStore,
) -> Result<Vec<Note>, String> {
    let world = store.patient();
    let mut query = Query::new(&world);
    query.cps = program.cps();
    query.meter = program.meter;
    let mut haps = Vec::new();
    for cycle in 0..i64::from(bars) {
        query.restart();
        pattern.query(Span::cycle(cycle), &mut query, &mut haps);
        if let Some(trouble) = query.trouble() {
            return Err(trouble.message.clone());
        }
    }
    let length = i64::from(bar(program));
    let ticks = |t: Time| u32::try_from((t * Time::int(length) + Time::new(1, 2)).floor()).ok();
    let note = |hap: &Hap| {
        let whole = hap.whole.filter(|_| hap.has_onset())?;
        let pitch = hap.value.controls()?.number(Sym::new("note"))?;
        let pitch = pitch.is_finite().then(|| pitch.round().clamp(0.0, 127.0) as u8)?;
        let onset = ticks(whole.begin)?;
        Some(Note { onset, duration: ticks(whole.end)?.saturating_sub(onset).max(1), pitch })
    };
    Ok(single_voice(haps.iter().filter_map(note).collect()))
}
