//! The mag instrument: everything that touches the world.

pub mod clock;
pub mod command;
pub mod cue;
pub mod device;
pub mod export;
pub mod files;
pub mod journal;
pub mod keys;
pub mod live;
pub mod moments;
pub mod notice;
pub mod offline;
pub mod output;
pub mod performer;
pub mod phrases;
pub mod repl;
pub mod route;
pub mod scheduler;
pub mod session;
pub mod stage;
pub mod watch;
pub mod wire;
