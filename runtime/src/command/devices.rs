//! `mag devices`: the sound cards.

use crate::notice;
use std::process::ExitCode;

/// Lists the sound cards, the default first.
///
/// # Errors
/// If the system cannot list them.
pub fn run() -> Result<ExitCode, String> {
    notice::silence_libraries();
    let names = crate::device::list()?;
    if names.is_empty() {
        notice::print("no sound card; mag plays on silently, OSC and files work");
    }
    for (i, name) in names.iter().enumerate() {
        notice::print(&format!("{} {name}", if i == 0 { "*" } else { " " }));
    }
    Ok(ExitCode::SUCCESS)
}
