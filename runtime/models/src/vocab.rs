//! What the numbers that a network reads and writes mean: one module per vocabulary.

pub mod melody;
