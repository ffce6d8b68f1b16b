//! The scale that made an event, carried among its causes: `scaleTranspose` has to know it, and a
//! note may be a plain word.

use super::scale::Scale;
use crate::hap::Locs;
use crate::sym::Sym;

/// Marks an event as made by a scale, instead of any scale before.
pub(crate) fn mark(locs: &mut Locs, scale: &Scale) {
    locs.scale = Some(Sym::new(&scale.spelled()));
}

/// The scale that made an event; its tonic is without octave.
pub(crate) fn scale_of(locs: &Locs) -> Option<Scale> {
    Scale::parse(locs.scale?.as_str()).ok()
}
