//! `mag doctor`: what works on this machine, and what to install for the rest.

use super::models;
use crate::phrases::library;
use crate::{device, journal, notice, repl, wire};
use mag_engine::{Engine, shot_for};
use mag_models::Runtime;
use std::net::UdpSocket;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

mod live;

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
    let mut findings = vec![sound(), synth(), network(), onnx(&runtime)];
    findings.extend(devices(&runtime));
    findings.splice(1..1, performance());
    findings.extend(models(&runtime));
    findings.extend(disk());
    let played = live::measure();
    match &played {
        Ok(timing) => findings.extend(live::verdict(timing).map(|(topic, fine, text)| Finding {
            topic,
            fine,
            text,
        })),
        Err(why) => findings.push(wrong("timing", why)),
    }
    for Finding { topic, fine, text } in &findings {
        let mark = if *fine { "ok" } else { "--" };
        notice::print(&format!("{mark}  {topic:<13} {text}"));
    }
    if let Ok(timing) = &played {
        notice::print(&format!(
            "\na second of 500 events, as it went:\n{}",
            timing.text().trim_end()
        ));
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

/// How the sound card is kept up with by the performance that is running, if one is.
fn performance() -> Option<Finding> {
    let answer = wire::send("load").ok()?;
    let text = answer.text.trim().to_owned();
    Some(Finding { topic: "performance", fine: answer.accepted, text })
}

/// How many voices this machine can be expected to play.
fn synth() -> Finding {
    let (topic, voices) = ("synth", 64);
    let (mut engine, mut control) = Engine::new(device::RATE);
    for i in 0..voices {
        let params = [("midinote", 36.0 + i as f32 * 0.7), ("room", 0.3), ("gain", 0.05)];
        let sent = shot_for("lead", 0.0, &params).map(|shot| shot.with_duration(1 << 20));
        if let Ok(shot) = sent {
            let _ = control.shot(0, shot);
        }
    }
    let mut out = [0.0; 512];
    (0..20).for_each(|_| engine.render(&mut out));
    let took = (0..100).map(|_| {
        let start = Instant::now();
        engine.render(&mut out);
        start.elapsed().as_secs_f64()
    });
    // The fastest half is what the machine can do when it is left alone.
    let mut took: Vec<f64> = took.collect();
    took.sort_by(f64::total_cmp);
    let share = took.get(25).copied().unwrap_or(1.0) * f64::from(device::RATE) / 256.0;
    let text = format!("{voices} voices of `lead` take {:.0} % of a core", 100.0 * share);
    if share < 0.85 { fine(topic, text) } else { wrong(topic, text + ": some will be let go") }
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

/// Where models can run. What is not there is no failure: the CPU does it.
fn devices(runtime: &Result<Runtime, String>) -> Option<Finding> {
    let all = runtime.as_ref().ok()?.devices();
    let usable = all.iter().filter(|(_, why)| why.is_none()).map(|(name, _)| *name);
    let not: Vec<String> =
        all.iter().filter_map(|(name, why)| Some(format!("{name} ({})", why.as_ref()?))).collect();
    let usable = usable.collect::<Vec<_>>().join(", ");
    Some(fine("devices", format!("{usable}; not {}", not.join(", "))))
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
