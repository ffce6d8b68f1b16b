//! What a voice's sound passes through before it is mixed.

pub(crate) mod bend;
pub(crate) mod comb;
pub(crate) mod djf;
pub(crate) mod formant;
pub(crate) mod grit;
pub(crate) mod line;
pub(crate) mod phaser;
pub(crate) mod sway;
pub(crate) mod sweep;
pub(crate) mod tremolo;
