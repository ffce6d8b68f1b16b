//! What a voice's sound passes through before it is mixed.

pub(crate) mod bend;
pub(crate) mod comb;
pub(crate) mod djf;
pub(crate) mod entry;
pub(crate) mod extras;
pub(crate) mod formant;
pub(crate) mod grit;
pub(crate) mod line;
mod octave;
pub(crate) mod phaser;
mod shift;
mod stroke;
pub(crate) mod sway;
pub(crate) mod sweep;
pub(crate) mod swing;
pub(crate) mod tremolo;
mod valve;
