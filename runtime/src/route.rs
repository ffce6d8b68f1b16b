//! Which outputs a cue is for: by its controls `out` and `osc`, and by the `out` statements.

use crate::cue::Cue;
use crate::output::osc::{DIRT_PORT, VISUALS_PORT, resolve};
use crate::permit::{self, Permit};
use mag_lang::{Program, Target};
use mag_pattern::Sym;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

/// A place that cues can go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The built-in synth.
    Synth,
    /// SuperDirt at this address.
    Dirt(SocketAddr),
    /// Whatever listens to OSC at this address.
    Free(SocketAddr),
    /// A MIDI port whose name contains this.
    Midi(Sym),
}

/// Where things go unless the program says otherwise: what the command line asked for.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// What sounds.
    pub main: Place,
    /// Events with an `osc` address.
    pub visuals: SocketAddr,
    /// Where programs may send besides.
    pub permit: Permit,
}

impl Default for Defaults {
    fn default() -> Self {
        let visuals = (Ipv4Addr::LOCALHOST, VISUALS_PORT).into();
        Defaults { main: Place::Synth, visuals, permit: Permit::default() }
    }
}

/// Where the cues of one program go.
#[derive(Clone, Debug)]
pub struct Routes {
    named: BTreeMap<String, Place>,
    main: Place,
    visuals: Place,
}

impl Routes {
    /// The routes of a program: `out main = …` takes everything that sounds, `out visuals = osc …`
    /// (or the only `osc` output there is) the events with an `osc` address. Host names are looked
    /// up here, off the sounding path.
    ///
    /// # Errors
    /// One line for each output whose address is none or not permitted, or whose kind this build cannot open.
    pub fn of(program: &Program, defaults: &Defaults) -> Result<Routes, Vec<String>> {
        let mut named = BTreeMap::new();
        let mut wrong = Vec::new();
        for (name, target) in &program.outs {
            match place(target, &defaults.permit) {
                Ok(place) => {
                    named.insert(name.clone(), place);
                }
                Err(problem) => wrong.push(format!("out {name}: {problem}")),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut free = named.values().filter(|p| matches!(p, Place::Free(_)));
        let only = free.next().copied().filter(|_| free.next().is_none());
        let main = named.get("main").copied().unwrap_or(defaults.main);
        let visuals = named.get("visuals").copied().or(only);
        Ok(Routes { main, visuals: visuals.unwrap_or(Place::Free(defaults.visuals)), named })
    }

    /// Everything that sounds goes to the built-in synth.
    pub fn to_synth(defaults: &Defaults) -> Routes {
        let visuals = Place::Free(defaults.visuals);
        Routes { named: BTreeMap::new(), main: Place::Synth, visuals }
    }

    /// Where what sounds goes.
    pub fn main(&self) -> Place {
        self.main
    }

    /// The places of a cue: one for sound, one for its message, or both. The second answer is the
    /// name in `out` that no statement declares, if it is so; such a cue goes where it would
    /// without.
    pub fn places(&self, cue: &Cue) -> ([Option<Place>; 2], Option<&'static str>) {
        let wish = cue.word("out");
        let named = wish.and_then(|name| match name {
            "synth" => Some(Place::Synth),
            name => self.named.get(name).copied(),
        });
        let unknown = wish.filter(|_| named.is_none());
        let message = match named {
            Some(free @ Place::Free(_)) => Some(free),
            _ => cue.get("osc").map(|_| self.visuals),
        };
        let sounds = message.is_none() || cue.sound().is_some();
        let sound = match named {
            Some(Place::Free(_)) if cue.get("osc").is_none() => None,
            Some(place @ (Place::Synth | Place::Dirt(_) | Place::Midi(_))) => Some(place),
            _ => Some(self.main),
        };
        ([sound.filter(|_| sounds), message], unknown)
    }
}

fn place(target: &Target, permit: &Permit) -> Result<Place, String> {
    let permitted = |address: &str, port| {
        permit.allows(address)?;
        let found = resolve(address, port)?;
        permit::stays_local(address, found).map(|()| found)
    };
    match target {
        Target::Synth => Ok(Place::Synth),
        Target::SuperDirt(address) => permitted(address, DIRT_PORT).map(Place::Dirt),
        Target::Osc(address) => permitted(address, VISUALS_PORT).map(Place::Free),
        Target::Midi(port) => Ok(Place::Midi(Sym::new(port))),
    }
}
