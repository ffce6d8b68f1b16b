//! `examples/first.mag` through the real binary: the same bytes twice, sound that is sound, and
//! onsets on the very sample that `mag query` predicts.
#![allow(clippy::expect_used)]

mod scratch;

use scratch::Scratch;
use std::path::{Path, PathBuf};
use std::process::Command;

const RATE: f64 = 48_000.0;

fn mag(args: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_mag")).args(args).output().expect("mag runs");
    let said = String::from_utf8_lossy(&output.stderr).to_string();
    assert!(output.status.success(), "mag {args:?}: {said}");
    output.stdout
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/first.mag")
}

/// The left channel.
fn samples(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).expect("a WAV");
    reader.samples::<f32>().step_by(2).map(|s| s.expect("a sample")).collect()
}

#[test]
fn renders_the_same_bytes_twice_and_no_clipping() {
    let file = example();
    let file = file.to_str().expect("a path");
    let scratch = Scratch::new("first").expect("a scratch folder");
    let (one, two) = (scratch.join("one.wav"), scratch.join("two.wav"));
    for out in [&one, &two] {
        mag(&["render", file, "--cycles", "16", "-o", out.to_str().expect("a path")]);
    }
    assert_eq!(std::fs::read(&one).expect("one"), std::fs::read(&two).expect("two"));
    let sound = samples(&one);
    assert!(sound.iter().all(|x| x.is_finite()), "a sample is not a number");
    let peak = sound.iter().fold(0.0f32, |a, x| a.max(x.abs()));
    assert!((0.05..1.0).contains(&peak), "peak {peak}");
    // Not silent anywhere: every second holds sound.
    for second in sound.chunks(RATE as usize).take(30) {
        let power = second.iter().map(|x| x * x).sum::<f32>() / second.len() as f32;
        assert!(power.sqrt() > 0.001, "a silent second");
    }
}

#[test]
fn onsets_lie_on_the_predicted_samples() {
    let expression = r#"s "rim(3,8) [~ rim] ~ rim*3" .gain 0.8"#;
    let tempo = 97.0;
    let scratch = Scratch::new("onsets").expect("a scratch folder");
    let file = scratch.join("onsets.mag");
    std::fs::write(&file, format!("tempo {tempo}\nhits: {expression}\n")).expect("written");
    let wav = scratch.join("onsets.wav");
    let file = file.to_str().expect("a path");
    mag(&["render", file, "--cycles", "4", "-o", wav.to_str().expect("a path")]);
    let sound = samples(&wav);

    let json = mag(&["query", "--json", "--from", "0", "--to", "4", expression]);
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let number = |v: &serde_json::Value| {
        let text = v.as_str().expect("a time");
        let (a, b) = text.split_once('/').unwrap_or((text, "1"));
        a.parse::<f64>().expect("number") / b.parse::<f64>().expect("number")
    };
    let events = json["events"].as_array().expect("events");
    assert_eq!(events.len(), 4 * 7);
    for event in events {
        let cycle = number(&event["whole"][0]);
        let frame = (cycle * 4.0 * 60.0 / tempo * RATE).round() as usize;
        // A rim shot is over long before the next one, so there is silence up to the onset.
        let before =
            sound[frame.saturating_sub(40)..frame].iter().fold(0.0f32, |a, x| a.max(x.abs()));
        let after = sound[frame..frame + 8].iter().fold(0.0f32, |a, x| a.max(x.abs()));
        assert!(after > 0.001, "nothing at frame {frame} (cycle {cycle})");
        assert!(before < 1e-4, "sound before frame {frame} (cycle {cycle}): {before}");
    }
}
