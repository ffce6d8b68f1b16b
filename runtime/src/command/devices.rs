//! `mag devices`: the sound cards, the default with a star, and the MIDI ports.

use crate::notice;
use std::process::ExitCode;

/// Lists the sound cards and MIDI ports.
///
/// # Errors
/// If the system cannot list them.
pub fn run() -> Result<ExitCode, String> {
    notice::silence_libraries();
    let names = crate::device::list()?;
    if names.is_empty() {
        notice::print("no sound card; mag plays on silently, OSC and files work");
    }
    let default = crate::device::default_name();
    for name in names {
        let star = if default.as_ref() == Some(&name) { '*' } else { ' ' };
        notice::print(&format!("{star} {name}"));
    }
    for (what, names) in
        [("MIDI in ", crate::input::midi_names()), ("MIDI out", crate::output::midi::names())]
    {
        match names {
            Ok(names) if names.is_empty() => notice::print(&format!("{what}  no port")),
            Ok(names) => names.iter().for_each(|name| notice::print(&format!("{what}  {name}"))),
            Err(why) => notice::print(&format!("{what}  none ({why})")),
        }
    }
    Ok(ExitCode::SUCCESS)
}
