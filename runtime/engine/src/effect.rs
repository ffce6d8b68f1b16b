//! What a voice's sound passes through before it is mixed.

pub(crate) mod bend;
pub(crate) mod grit;
pub(crate) mod sweep;
pub(crate) mod tremolo;
