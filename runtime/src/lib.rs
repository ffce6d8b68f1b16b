//! The mag instrument: everything that touches the world.
//!
//! Pure, driven by whoever has a clock: [`clock`], [`scheduler`], [`stage`], [`session`], [`cue`],
//! [`route`]. [`offline`] drives them in virtual time, [`live`] in real time.
//!
//! | thread | what it does | started by |
//! | --- | --- | --- |
//! | main | the prompt or the keys' answers; owns the [`session::Session`] | the system |
//! | scheduler | [`stage::Stage::tick`]; owns the outputs and the OSC sockets | [`live::Live`] |
//! | audio callback | pulls the engine through the one source | rodio, for [`device::Device`] |
//! | device | opens the sound card, looks for a missing one | [`device::Device`] |
//! | notice | writes to the terminal | [`notice::Notices`] |
//! | watch | follows saved files | [`watch::Watch`] |
//! | wire, callers | take what `mag send` brings, eight at once | [`wire::Wire`] |
//! | keys | reads single keys of the terminal | [`keys::Keys`] |
//! | phrases | samples models, ahead of need | [`phrases::PhraseStore`] |
//! | samples | reads folders, decodes recordings | [`samples::Samples::live`] |
//! | status | draws the bottom row of the terminal | [`status::Status`] |
//! | signals | hears what the system tells a program that is to end | [`terminal::signals`] |
//! | record | writes a take to disk | [`export::recording::Recording`] |
//!
//! | channel | from | to | room |
//! | --- | --- | --- | --- |
//! | orders | main | scheduler | 64, then main waits |
//! | landed | scheduler | main | 1 for each swap |
//! | shots | scheduler | audio callback | 4096, wait-free; more are dropped and said |
//! | where the card's frames lie | audio callback | scheduler | three atomics |
//! | jobs | main, scheduler | samples | 1024; more are asked for again |
//! | decoded | samples | scheduler | 256, then samples waits |
//! | tap | audio callback | record | ten seconds, wait-free; more is lost to the take |
//! | notices | everybody | notice | 256; more are dropped and counted |
//! | events | watch, wire, keys | main | 64, then they wait |
//! | the clock | scheduler | everybody | one, swapped whole |
//! | what is measured | scheduler, audio callback | whoever asks | counters, wait-free |

pub mod clock;
pub mod command;
pub mod config;
pub mod cue;
pub mod device;
pub mod export;
pub mod files;
pub mod heard;
pub mod input;
pub mod journal;
pub mod keys;
pub mod live;
pub mod moments;
pub mod notice;
pub mod offline;
pub mod output;
pub mod performer;
pub mod permit;
pub mod phrases;
pub mod priority;
pub mod repl;
pub mod route;
pub mod samples;
pub mod scheduler;
pub mod session;
pub mod stage;
pub mod status;
pub mod terminal;
pub mod timing;
pub mod watch;
pub mod wire;
