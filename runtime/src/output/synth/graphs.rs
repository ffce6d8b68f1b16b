//! Instruments written live: which of them the engine has, and the shots that play them.

use crate::clock::Frame;
use crate::cue::Cue;
use mag_engine::{Control, GRAPHS, GraphId, Shot, shot_for_graph};
use mag_lang::Synth;
use std::sync::Arc;

/// An instrument that the engine has.
struct Known {
    id: GraphId,
    synth: Arc<Synth>,
    /// When it was last asked for.
    last: Frame,
}

/// Knows which instruments the engine has; belongs to whoever has its control.
#[derive(Default)]
pub(super) struct Graphs {
    known: Vec<Known>,
}

impl Graphs {
    /// The shot that plays `cue` on `synth`, with `params` for what is not the instrument's own.
    /// The engine is given the instrument first if it does not have it; `None` if it takes nothing
    /// more.
    pub fn shot(
        &mut self,
        cue: &Cue,
        synth: &Arc<Synth>,
        params: &[(&str, f32)],
        control: &mut Control,
    ) -> Option<Shot> {
        let id = self.id(synth, cue.at, control)?;
        let value = |argument: &mag_lang::synth::Argument| {
            let set = cue.controls.get(argument.control);
            set.and_then(|value| super::params::param(&argument.name, value))
                .unwrap_or(argument.default)
        };
        let arguments: Vec<f32> = synth.arguments.iter().map(value).collect();
        // What the instrument takes as its own is not the voice's.
        let own = |name: &str| synth.arguments.iter().any(|a| a.control.as_str() == name);
        let params: Vec<(&str, f32)> =
            params.iter().filter(|(name, _)| !own(name)).copied().collect();
        Some(shot_for_graph(id, &synth.program, &arguments, &params))
    }

    /// The name of one that the engine has.
    pub fn name(&self, id: GraphId) -> Option<&str> {
        self.known.iter().find(|known| known.id == id).map(|known| &*known.synth.name)
    }

    /// The names of those that were played lately.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|known| &*known.synth.name)
    }

    fn id(&mut self, synth: &Arc<Synth>, at: Frame, control: &mut Control) -> Option<GraphId> {
        let same = |known: &&mut Known| Arc::ptr_eq(&known.synth.program, &synth.program);
        if let Some(known) = self.known.iter_mut().find(same) {
            known.last = known.last.max(at);
            return Some(known.id);
        }
        let id = self.room()?;
        control.graph(id, synth.program.clone()).ok()?;
        self.known.push(Known { id, synth: synth.clone(), last: at });
        Some(id)
    }

    /// A number that is free, or that of the instrument that has not been played for longest.
    /// (Voices that still play it go on, and shots that are on their way were sent before.)
    fn room(&mut self) -> Option<GraphId> {
        if self.known.len() < GRAPHS {
            return Some(GraphId(self.known.len() as u16));
        }
        let oldest = self.known.iter().enumerate().min_by_key(|(_, known)| known.last)?.0;
        Some(self.known.swap_remove(oldest).id)
    }
}
