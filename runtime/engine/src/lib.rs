//! The built-in synth of mag: shots in, samples out. Frames and `f32` only; no clock, device,
//! thread or file.
//!
//! ```text
//! shot_for(name, n, params) -> Shot ─ Control::shot(frame) ─► ring ─► Queue ─► Voice (Pool)
//!   Rack: tones ─ filters of sixteen channels at once ─ effects, envelope, pan ─► Bus
//!   Bus, one per orbit: Delay, Reverb, Compressor, Duck
//!   all buses ─► Master (DC blocker, limiter) ─► Engine::render
//! ```
//!
//! ```
//! use mag_engine::{Engine, shot_for};
//!
//! let (mut engine, mut control) = Engine::new(48_000);
//! let kick = shot_for("bd", 0.0, &[("gain", 0.9)])?.with_part(1).with_duration(12_000);
//! control.shot(100, kick)?;
//! let mut out = [0.0; 512];
//! engine.render(&mut out);
//! assert!(out[..200].iter().all(|&y| y == 0.0) && out[200..].iter().any(|&y| y != 0.0));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod blep;
mod bus;
mod compressor;
mod control;
mod convolver;
mod delay;
mod effect;
mod engine;
mod envelope;
mod fader;
mod filter;
mod graph;
mod master;
mod math;
mod noise;
mod notes;
pub mod param;
mod pool;
mod queue;
mod rack;
mod reverb;
mod sample;
mod shot;
mod spectrum;
mod spline;
mod stats;
mod stem;
mod string;
mod synth;
mod transform;
mod turn;
mod voice;
mod wavetable;

pub use control::{Control, Full, ShotId};
pub use engine::{Engine, LEAD, ORBITS};
pub use fader::{LANES, Ramp};
pub use graph::{GRAPHS, GraphId};
pub use mag_graph::{Formula, FormulaError};
pub use master::CEILING;
pub use param::{PARAMS, Param, ParamDef};
pub use sample::{SAMPLES, SampleBuffer, SampleId};
pub use shot::{Shot, UnknownSound, shot_for, shot_for_graph, shot_for_sample};
pub use stats::{Cause, Fault, Stats};
pub use synth::{Ends, SOUNDS, SoundId, SynthDef, find as find_sound};

/// Frames that are computed together; blocks start at multiples of it.
const BLOCK: usize = 64;
