//! Neural music models: conditions and tokens in, phrases out.
//!
//! [`Net`] is one step of a network for a batch of sequences; [`onnx`] runs it with ONNX
//! Runtime, [`fake`] without. [`vocab`] says what the numbers mean, [`sample`] picks them;
//! [`MelodyModel`], [`ChordsModel`], [`DrumsModel`], [`GrooveModel`] and [`LatentModel`] make
//! music of them. A model is a folder with `model.onnx` and its
//! [`Card`]; nothing here reads a clock, plays, or prints.

pub mod card;
pub mod check;
pub mod chorale;
pub mod chord;
pub mod chords;
pub mod drums;
pub mod expression;
pub mod fake;
pub mod groove;
mod heads;
pub mod latent;
mod loaded;
mod locate;
pub mod melody;
pub mod net;
pub mod onnx;
mod particles;
pub mod performance;
pub mod phrase;
mod repeats;
pub mod sample;
mod sequence;
mod stream;
mod trouble;
pub mod vocab;

pub use card::Card;
pub use check::{Finding, Gravity, check};
pub use chorale::{Chorale, ChoraleModel, ChoraleRequest, ChoraleSurprise, Voice};
pub use chord::Chord;
pub use chords::{
    ChordsModel, ChordsRequest, ChordsStream, Judgement, Progression, Repertoire, Section, Song,
    Sounded,
};
pub use drums::{
    Drum, DrumPhrase, DrumsModel, DrumsRequest, DrumsStream, Hit, Keep, Rhythm, Style,
};
pub use expression::{Expression, ExpressionModel, ExpressionRequest, WrittenNote};
pub use groove::{GrooveModel, GrooveRequest};
pub use latent::{Change, DrumChange, LatentModel, MelodyChange};
pub use loaded::try_out;
pub use melody::{Fill, Melody, MelodyModel, MelodyRequest, MelodyStream, Mode, Surprise};
pub use net::{Net, Watch, Watched};
pub use onnx::Runtime;
pub use performance::{
    Performance, PerformanceModel, PerformanceRequest, PerformanceStream, PlayedNote,
};
pub use phrase::{Note, Phrase, TICKS_PER_BEAT, Ticks};
pub use trouble::Trouble;
