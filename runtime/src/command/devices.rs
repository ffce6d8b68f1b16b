//! `mag devices`: the sound cards, the default with a star.

use crate::notice;
use std::process::ExitCode;

/// Lists the sound cards.
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
    Ok(ExitCode::SUCCESS)
}
