//! What a voice's sound passes through before it is mixed.

pub(crate) mod bend;
pub(crate) mod chain;
mod djf;
pub(crate) mod entry;
mod extras;
mod formant;
pub(crate) mod grit;
pub(crate) mod line;
mod octave;
mod phaser;
mod ring;
mod shift;
mod stroke;
mod sway;
pub(crate) mod sweep;
pub(crate) mod swing;
pub(crate) mod tremolo;
mod valve;
