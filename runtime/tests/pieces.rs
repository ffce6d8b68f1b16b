//! The pieces in `examples/`, as they are played: none clips, each is as loud as the others, and
//! each is a music of its own.
#![allow(clippy::expect_used)]

mod scratch;

use mag::export::loudness::Loudness;
use scratch::Scratch;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Name, seconds.
const PIECES: [(&str, u32); 13] = [
    ("02-dub", 60),
    ("04-techno", 60),
    ("05-ambient", 60),
    ("06-waltz", 47),
    ("07-footwork", 48),
    ("08-drone", 60),
    ("09-chiptune", 39),
    ("10-breaks", 46),
    ("11-own-instruments", 35),
    ("12-answers", 36),
    ("13-glass", 42),
    ("14-chorale", 46),
    ("15-piano", 38),
];

/// The file of a piece in this folder, and its interleaved samples.
fn render(name: &str, folder: &Path, seconds: u32, more: &[&str]) -> (PathBuf, Vec<f32>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../examples/{name}.mag"));
    let out = folder.join(format!("{name}.wav"));
    let mut mag = Command::new(env!("CARGO_BIN_EXE_mag"));
    let seconds = seconds.to_string();
    mag.arg("render").arg(file).args(["--seconds", &seconds]).arg("-o").arg(&out).args(more);
    let output = mag.output().expect("mag runs");
    let said = String::from_utf8_lossy(&output.stderr).to_string();
    assert!(output.status.success(), "{name}: {said}");
    assert!(!said.contains("Warning"), "{name}: {said}");
    (out.clone(), read(&out))
}

fn read(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).expect("a WAV");
    reader.samples::<f32>().map(|x| x.expect("a sample")).collect()
}

#[test]
fn pieces_at_one_loudness_and_none_clips() {
    let folder = Scratch::new("pieces").expect("a scratch folder");
    let mut wrong = Vec::new();
    for (name, seconds) in PIECES {
        let (path, samples) = render(name, &folder, seconds, &[]);
        std::fs::remove_file(path).expect("the scratch file");
        assert!(samples.iter().all(|x| x.is_finite()), "{name}: a sample is not a number");
        let mut loudness = Loudness::new();
        loudness.hear(&samples);
        let (lufs, peak) = (loudness.integrated().unwrap_or(-100.0), loudness.true_peak());
        println!("{name}: {lufs:.1} LUFS, true peak {peak:.1} dB");
        if !(-18.0..=-12.0).contains(&lufs) || peak > 0.0 {
            wrong.push(format!("{name}: {lufs:.1} LUFS, true peak {peak:.1} dB"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn stems_of_a_piece_add_up_to_it() {
    let folder = Scratch::new("stems").expect("a scratch folder");
    let (mix, samples) = render("09-chiptune", &folder, 8, &["--stems"]);
    let stem = mix.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut sum = vec![0.0f32; samples.len()];
    let mut stems = 0;
    for entry in std::fs::read_dir(&*folder).expect("the folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&format!("{stem}.")) && entry.path() != mix {
            stems += 1;
            sum.iter_mut().zip(read(&entry.path())).for_each(|(y, x)| *y += x);
            std::fs::remove_file(entry.path()).expect("a stem");
        }
    }
    std::fs::remove_file(mix).expect("the mix");
    assert!(stems >= 5, "{stems} stems");
    let furthest = sum.iter().zip(&samples).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(furthest < 1e-3, "{furthest}");
}
