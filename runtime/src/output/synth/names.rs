//! Names of sounds: what a kit's are called here, and what is said of one that nobody has.

use super::SynthOut;
use crate::cue::{Cue, kit_of};
use crate::samples::Bank;
use mag_lang::instruments;
use mag_lang::suggest::nearest;
use std::borrow::Cow;

impl SynthOut {
    /// That there is no recording of a room of this name, and which it may have been meant to be.
    pub(super) fn unknown_room(&self, cue: &Cue, name: &str) -> String {
        let own = self.bank.as_ref().map(Bank::names).unwrap_or_default();
        let near = nearest(name, own.iter().map(String::as_str), 3);
        let hint = match near.as_slice() {
            [] => "; the built-in reverb is heard".into(),
            some => format!("; there is `{}`", some.join("`, `")),
        };
        format!("part `{}`: no recording is called `{name}` (`ir`){hint}", cue.name)
    }

    /// That there is no sound of this name, and which it may have been meant to be.
    pub(super) fn unknown(&self, cue: &Cue, sound: &str) -> String {
        let own = self.bank.as_ref().map(Bank::names).unwrap_or_default();
        let built_in = mag_engine::SOUNDS
            .iter()
            .flat_map(|def| std::iter::once(def.name).chain(def.aliases.iter().copied()));
        let near = nearest(
            sound,
            own.iter()
                .map(String::as_str)
                .chain(self.graphs.names())
                .chain(built_in)
                .chain(instruments::names()),
            3,
        );
        let hint = match near.as_slice() {
            _ if kit_of(&cue.controls).is_some() => {
                "; the kits that come with mag are `tr808` and `tr909`".into()
            }
            some if sound.starts_with("gm_") && !some.iter().any(|s| s.starts_with("gm_")) => {
                "; a SoundFont brings those: `soundfont 'file.sf2'`".to_owned()
            }
            [] => String::new(),
            [one] => format!("; did you mean `{one}`?"),
            many => format!("; did you mean one of `{}`?", many.join("`, `")),
        };
        format!("part `{}`: there is no sound `{sound}`{hint}", cue.name)
    }
}

/// The built-in name of a sound of a kit: `RolandTR909_bd`, `TR909_bd` and `909_bd` are `tr909_bd`.
pub(super) fn built_in(sound: &str) -> Cow<'_, str> {
    match sound.split_once('_') {
        Some(("808" | "909", _)) => Cow::Owned(format!("tr{sound}")),
        Some((kit, drum)) if kit.chars().any(char::is_uppercase) => {
            let kit = kit.to_lowercase();
            Cow::Owned(format!("{}_{drum}", kit.strip_prefix("roland").unwrap_or(&kit)))
        }
        _ => Cow::Borrowed(sound),
    }
}

/// Whether the synth has a sound of this name, or of this name of a kit's.
pub(crate) fn is_built_in(sound: &str) -> bool {
    mag_engine::shot_for(&built_in(sound), 0.0, &[]).is_ok()
}
