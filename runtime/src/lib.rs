//! The mag instrument: everything that touches the world.

pub mod clock;
pub mod cue;
pub mod device;
pub mod live;
pub mod moments;
pub mod notice;
pub mod output;
pub mod route;
pub mod scheduler;
pub mod stage;
