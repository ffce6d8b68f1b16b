//! `mag doctor`: what works on this machine, and what to install for the rest.

use super::models;
use crate::phrases::library;
use crate::{device, journal, notice, repl};
use mag_models::Runtime;
use std::net::UdpSocket;
use std::path::Path;
use std::process::ExitCode;

/// One finding: what it is about, how it stands.
struct Finding {
    topic: &'static str,
    fine: bool,
    text: String,
}

fn fine(topic: &'static str, text: impl Into<String>) -> Finding {
    Finding { topic, fine: true, text: text.into() }
}

fn wrong(topic: &'static str, text: impl Into<String>) -> Finding {
    Finding { topic, fine: false, text: text.into() }
}

/// Looks at everything and says how it stands. What is missing is no failure: the rest works.
///
/// # Errors
/// Never.
pub fn run() -> Result<ExitCode, String> {
    notice::silence_libraries();
    notice::print(&format!("mag {}", env!("CARGO_PKG_VERSION")));
    let runtime = library::runtime().map_err(|trouble| trouble.to_string());
    let mut findings = vec![sound(), network(), onnx(&runtime)];
    findings.extend(models(&runtime));
    findings.extend(disk());
    for Finding { topic, fine, text } in &findings {
        let mark = if *fine { "ok" } else { "--" };
        notice::print(&format!("{mark}  {topic:<13} {text}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn sound() -> Finding {
    let topic = "sound";
    let none = "mag plays on silently, OSC and files work";
    match (device::default_name(), device::list()) {
        (Some(name), Ok(cards)) if cards.len() > 1 => {
            fine(topic, format!("{name}, and {} more (`mag devices`)", cards.len() - 1))
        }
        (Some(name), _) => fine(topic, name),
        (None, Ok(_)) => wrong(topic, format!("no sound card; {none}")),
        (None, Err(error)) => wrong(topic, format!("{error}; {none}")),
    }
}

fn network() -> Finding {
    let topic = "OSC";
    match UdpSocket::bind(("127.0.0.1", 0)) {
        Ok(_) => fine(topic, "messages can be sent (SuperDirt: `--dirt`, visuals: `out`)"),
        Err(error) => wrong(topic, format!("no messages can be sent: {error}")),
    }
}

fn onnx(runtime: &Result<Runtime, String>) -> Finding {
    let topic = "ONNX Runtime";
    match runtime {
        Ok(runtime) => fine(topic, runtime.library().display().to_string()),
        Err(why) => wrong(topic, format!("{why}; without it models stay silent")),
    }
}

fn models(runtime: &Result<Runtime, String>) -> Vec<Finding> {
    let topic = "model";
    let found = library::models(&library::folders());
    if found.is_empty() {
        return vec![wrong(topic, "none found; MAG_MODELS can name a folder with models")];
    }
    let all = found.iter();
    all.map(|(name, found)| match models::state(found, runtime, "cpu") {
        Ok(how) => fine(topic, format!("{name} {how}")),
        Err(why) => wrong(topic, format!("{name} does not run: {why}")),
    })
    .collect()
}

/// Whether performances and lines can be written down.
fn disk() -> Vec<Finding> {
    let journal = match journal::folder() {
        Some(folder) => match writable(&folder) {
            Ok(()) => fine("journal", folder.display().to_string()),
            Err(error) => {
                wrong("journal", format!("{} cannot be written: {error}", folder.display()))
            }
        },
        None => wrong("journal", "HOME is not set: performances are not written down"),
    };
    let history = match repl::prompt::history_path() {
        Some(path) => fine("history", path.display().to_string()),
        None => wrong("history", "HOME is not set: the prompt forgets its lines"),
    };
    vec![journal, history]
}

fn writable(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    std::fs::write(&probe, "")?;
    std::fs::remove_file(&probe)
}
