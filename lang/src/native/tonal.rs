//! Natives for scales, chords and voicings.

use super::Kind::{Num, Pat, Text, Val};
use super::Native;
use mag_pattern::harmony;

pub(super) const ROWS: &[Native] = &[
    Native::plain("scale", &[Text, Pat], |a| harmony::scale(&a.word(0), &a.pattern(1))),
    Native::plain("scaleTranspose", &[Num, Pat], |a| {
        Ok(harmony::scale_transpose(a.number(0)?, &a.pattern(1)))
    }),
    Native::plain("transpose", &[Val, Pat], |a| harmony::transpose(&a.value(0), &a.pattern(1))),
    Native::plain("rootNotes", &[Num, Pat], |a| {
        Ok(harmony::root_notes(a.number(0)?, &a.pattern(1)))
    }),
    Native::plain("voicing", &[Pat], |a| Ok(harmony::voicing(&a.pattern(0)))),
    Native::plain("arp", &[Pat, Pat], |a| Ok(harmony::arp(&a.pattern(0), &a.pattern(1)))),
    Native::plain("rolled", &[Pat], |a| Ok(harmony::rolled(&a.pattern(0)))),
    Native::plain("rolledBy", &[super::Kind::Time, Pat], |a| {
        Ok(harmony::rolled_by(a.time(0)?, &a.pattern(1)))
    }),
];
