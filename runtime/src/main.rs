//! The mag binary.
fn main() {}
