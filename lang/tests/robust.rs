//! No text makes evaluation or playing panic, hang, overflow or eat memory.

#[path = "robust/generate.rs"]
mod generate;
#[path = "robust/limits.rs"]
mod limits;
#[path = "robust/play.rs"]
mod play;
#[path = "robust/random.rs"]
mod random;
