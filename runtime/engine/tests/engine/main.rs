//! The engine from outside: shots sent, samples listened to.

mod controls;
mod effects;
mod graphs;
mod made;
mod quality;
mod safety;
mod samples;
mod spectrum;
mod stems;
mod support;
mod timing;
mod tone;
