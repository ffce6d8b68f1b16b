//! Recordings: read from folders, played on their frames, in tune, in slices; and what is missing
//! or broken is said and silent.
#![allow(clippy::expect_used)] // a test that cannot write its files fails

mod common;

use common::RATE;
use mag::files::Folder;
use mag::notice::Notices;
use mag::offline::Offline;
use mag::output::Output;
use mag::output::synth::{SynthOut, Timebase};
use mag::samples::{Samples, Take};
use mag_engine::Engine;
use mag_lang::{Language, Mode, Problem, Program, Source};
use mag_pattern::Nowhere;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One cycle is one second.
const TEMPO: &str = "tempo 240\nsamples 'mine'\n";
const SECOND: usize = RATE as usize;

/// A program's folder with recordings in `mine`, gone after the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let folder =
            std::env::temp_dir().join(format!("mag-samples-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("mine")).expect("a folder");
        Place(folder)
    }

    /// A recording as 32-bit float.
    fn with(self, name: &str, rate: u32, samples: &[f32]) -> Place {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: rate,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut wav = hound::WavWriter::create(self.path(name), spec).expect("a file");
        samples.iter().for_each(|x| wav.write_sample(*x).expect("room"));
        wav.finalize().expect("room");
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.0.join("mine").join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        path
    }

    fn program(&self, text: &str) -> Result<Arc<Program>, Vec<Problem>> {
        let language = Language::new();
        let source = Source::new(1, "set.mag", format!("{TEMPO}{text}\n"));
        let files = Folder::new(&self.0);
        let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &files);
        evaluated.map(|evaluation| evaluation.program)
    }

    /// The left channel of so many frames, and what was said.
    fn play(&self, text: &str, frames: usize) -> (Vec<f32>, Vec<String>) {
        let program = self.program(text).unwrap_or_else(|p| panic!("{text}: {p:?}"));
        let (notices, said) = listening();
        let mut offline = Offline::new(program, Arc::new(Nowhere), notices.clone());
        let mut left = Vec::new();
        let Ok(()) = offline.play(frames as i64, |block| {
            left.extend(block.iter().step_by(2));
            Ok::<(), Infallible>(())
        });
        notices.flush();
        let said = said.lock().expect("no panic").clone();
        (left, said)
    }

    fn hear(&self, text: &str, frames: usize) -> Vec<f32> {
        let (left, said) = self.play(text, frames);
        assert!(said.is_empty(), "{said:?}");
        left
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn listening() -> (Notices, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let hears = said.clone();
    let sink = move |notice: &mag::notice::Notice| {
        hears.lock().expect("no panic").push(notice.text.clone());
    };
    (Notices::start(Box::new(sink)), said)
}

fn sine(hertz: f64, rate: u32, frames: usize) -> Vec<f32> {
    let turn = std::f64::consts::TAU * hertz / f64::from(rate);
    (0..frames).map(|i| 0.5 * (turn * i as f64).sin() as f32).collect()
}

/// Hertz by upward zero crossings.
fn pitch(samples: &[f32]) -> f64 {
    let ups = |i: &usize| samples[*i - 1] < 0.0 && samples[*i] >= 0.0;
    let ups: Vec<usize> = (1..samples.len()).filter(ups).collect();
    let (first, last) = (ups[0], ups[ups.len() - 1]);
    (ups.len() - 1) as f64 * f64::from(RATE) / (last - first) as f64
}

fn assert_pitch(samples: &[f32], hertz: f64) {
    let heard = pitch(samples);
    assert!((heard / hertz - 1.0).abs() < 0.002, "{heard:.2} Hz, expected {hertz}");
}

fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32
}

/// A second in four parts, each with one click at another place.
const CLICKS: [usize; 4] = [1000, 2000, 3000, 4000];

fn clicks() -> Vec<f32> {
    let mut samples = vec![0.0; SECOND];
    CLICKS.iter().enumerate().for_each(|(i, at)| samples[i * SECOND / 4 + at] = 0.8);
    samples
}

/// Frames of the loudest moments, at least a thousand frames apart.
fn onsets(samples: &[f32]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for (i, x) in samples.iter().enumerate().filter(|(_, x)| x.abs() > 0.2) {
        match found.last_mut() {
            Some(last) if i - *last < 500 => {
                if x.abs() > samples[*last].abs() {
                    *last = i;
                }
            }
            _ => found.push(i),
        }
    }
    found
}

#[test]
fn slices_are_heard_on_their_exact_frames() {
    let place = Place::new("slices").with("break/0.wav", RATE, &clicks());
    let quarter = SECOND / 4;
    let wanted = |order: [usize; 4]| {
        order.iter().enumerate().map(|(i, k)| i * quarter + CLICKS[*k]).collect::<Vec<_>>()
    };
    let whole = place.hear("a: s \"break\"", SECOND);
    assert_eq!(onsets(&whole), wanted([0, 1, 2, 3]));
    let sliced = place.hear("a: s \"break\" .slice 4 \"3 1 0 2\"", SECOND);
    assert_eq!(onsets(&sliced), wanted([3, 1, 0, 2]));
    let chopped = place.hear("a: s \"break\" .chop 4 .rev", SECOND);
    assert_eq!(onsets(&chopped), wanted([3, 2, 1, 0]));
    let fitted = place.hear("a: s \"break\" .splice 4 \"2 1\"", SECOND);
    // Quarters of a second that fill halves are read at half the speed.
    assert_eq!(onsets(&fitted), [2 * CLICKS[2], 2 * quarter + 2 * CLICKS[1]]);
    let looped = place.hear("a: s \"break\" .loopAt 2", 2 * SECOND);
    let twice: Vec<usize> = wanted([0, 1, 2, 3]).iter().map(|at| 2 * at).collect();
    assert_eq!(onsets(&looped), twice);
    let fit = place.hear("a: s \"break*2\" .fit", SECOND);
    let half = wanted([0, 1, 2, 3]).into_iter().map(|at| at / 2);
    let both: Vec<usize> = half.clone().chain(half.map(|at| at + SECOND / 2)).collect();
    assert_eq!(onsets(&fit), both);
    let back = place.hear("a: s \"break\" .speed -1", SECOND);
    let mirrored: Vec<usize> =
        wanted([0, 1, 2, 3]).iter().rev().map(|at| SECOND - 1 - at).collect();
    assert_eq!(onsets(&back), mirrored);
}

#[test]
fn notes_and_speeds_are_in_tune() {
    let place = Place::new("tune").with("tone/a.wav", 44_100, &sine(440.0, 44_100, 44_100)).with(
        "tone/b.wav",
        RATE,
        &sine(660.0, RATE, SECOND),
    );
    for (text, hertz) in [
        ("a: s \"tone\"", 440.0),
        ("a: s \"tone:1\"", 660.0),
        // (variants are counted round and round)
        ("a: s \"tone\" .n 2", 440.0),
        ("a: s \"tone\" .n -1", 660.0),
        ("a: s \"tone\" .note 60", 440.0),
        ("a: s \"tone\" .note 67", 659.255),
        ("a: s \"tone\" .midinote 48", 220.0),
        ("a: s \"tone\" .speed 1.5", 660.0),
    ] {
        let heard = place.hear(text, SECOND / 2);
        assert_pitch(&heard[1000..], hertz);
    }
    let short = place.hear("a: s \"tone\" .clip 0.25", SECOND);
    assert!(power(&short[1000..11_000]) > 0.01 && power(&short[14_000..]) < 1e-6);
}

#[test]
fn the_performers_own_sounds_win_over_built_in_ones() {
    let place = Place::new("own").with("bd/0.wav", RATE, &sine(1000.0, RATE, SECOND));
    assert_pitch(&place.hear("a: s \"bd\"", SECOND / 2)[1000..], 1000.0);
}

#[test]
fn a_render_is_the_same_every_time() {
    let place = Place::new("same").with("break/0.wav", 44_100, &sine(300.0, 44_100, 40_000));
    let text = "a: s \"break*2\" .chop 8 .speed (range 0.5 2 rand) .room 0.3";
    let (one, two) = (place.hear(text, 3 * SECOND), place.hear(text, 3 * SECOND));
    assert!(one.iter().map(|x| x.to_bits()).eq(two.iter().map(|x| x.to_bits())));
    assert!(power(&one) > 1e-4);
}

#[test]
fn missing_names_and_broken_files_are_said_once_and_silent() {
    let place = Place::new("wrong").with("breaks/0.wav", RATE, &clicks());
    std::fs::write(place.path("hurt/0.wav"), b"RIFF, but no more").expect("room");
    std::fs::write(place.path("hurt/1.flac"), b"fLaC, but no more").expect("room");
    let (heard, said) = place.play("a: s \"braeks*4\"", 2 * SECOND);
    assert_eq!(power(&heard), 0.0);
    assert!(said.len() == 1 && said[0].contains("did you mean `breaks`"), "{said:?}");
    for n in 0..2 {
        let (heard, said) = place.play(&format!("a: s \"hurt:{n}*4\""), 2 * SECOND);
        assert_eq!(power(&heard), 0.0);
        let file = if n == 0 { "0.wav" } else { "1.flac" };
        assert!(said.len() == 1 && said[0].contains(file), "{said:?}");
    }
}

#[test]
fn a_program_reads_only_below_its_own_folder() {
    let place = Place::new("inside");
    let outside = std::env::temp_dir();
    for folder in ["..", "mine/../..", outside.to_str().expect("a name"), "/etc"] {
        let refused = place.program(&format!("samples '{folder}'")).err();
        let refused = refused.unwrap_or_else(|| panic!("{folder} was read"));
        assert!(refused.iter().any(|p| p.message.contains("outside the folder")), "{refused:?}");
    }
    assert!(place.program("samples 'nowhere'").is_err());
    assert!(place.program("samples './mine'").is_ok());
    #[cfg(unix)]
    {
        // A link that leads outside is no way out.
        std::os::unix::fs::symlink("/etc", place.0.join("link")).expect("a link");
        assert!(place.program("samples 'link'").is_err());
        let away = Place::new("away").with("tone/0.wav", RATE, &sine(440.0, RATE, 100));
        let target = away.path("tone");
        std::os::unix::fs::symlink(target, place.path("tone")).expect("a link");
        let (heard, said) = place.play("a: s \"tone\"", SECOND);
        assert!(power(&heard) == 0.0 && said.len() == 1, "{said:?}");
    }
}

/// The recording in a file at its own speed, as the engine plays it.
fn decoded(path: &Path) -> Result<mag_engine::SampleBuffer, String> {
    mag::samples::decode::decode(path)
}

#[test]
fn wav_files_of_every_depth_are_read() {
    let wave = sine(440.0, RATE, SECOND);
    let place = Place::new("depth").with("tone.wav", RATE, &wave);
    let expected = power(&place.hear("a: s \"tone\"", SECOND / 2)[1000..]).sqrt();
    for bits in [8, 16, 24, 32] {
        let path = place.path(&format!("tone{bits}.wav"));
        let sample_format = hound::SampleFormat::Int;
        let spec =
            hound::WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: bits, sample_format };
        let mut wav = hound::WavWriter::create(&path, spec).expect("a file");
        let full = 2.0f64.powi(i32::from(bits) - 1) - 1.0;
        for x in &wave {
            let x = (f64::from(*x) * full).round() as i32;
            (0..2).for_each(|_| wav.write_sample(x).expect("room"));
        }
        wav.finalize().expect("room");
        let buffer = decoded(&path).expect("a recording");
        assert_eq!((buffer.frames(), buffer.rate(), buffer.stereo()), (SECOND, RATE, true));
        // A file beside the folders is a sound too.
        let heard = place.hear(&format!("a: s \"tone{bits}\""), SECOND / 2);
        assert_pitch(&heard[1000..], 440.0);
        let level = power(&heard[1000..]).sqrt() / expected;
        assert!((0.99..1.01).contains(&level), "{bits}: {level}");
    }
}

/// An AIFF file of 16 bits, written after Apple's description of the format.
#[cfg(feature = "formats")]
fn aiff(samples: &[i16]) -> Vec<u8> {
    let chunk = |name: &[u8; 4], body: &[u8]| {
        [name.as_slice(), &(body.len() as u32).to_be_bytes(), body].concat()
    };
    // 48 000 as an 80-bit float: 1.46484375 · 2¹⁵.
    let rate = [0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0];
    let frames = (samples.len() as u32).to_be_bytes();
    let common = [&[0u8, 1][..], &frames, &[0, 16], &rate].concat();
    let data: Vec<u8> = samples.iter().flat_map(|x| x.to_be_bytes()).collect();
    let sound = [&[0u8; 8][..], &data].concat();
    let inner = [&b"AIFF"[..], &chunk(b"COMM", &common), &chunk(b"SSND", &sound)].concat();
    chunk(b"FORM", &inner)
}

#[cfg(feature = "formats")]
#[test]
fn aiff_files_are_read() {
    let place = Place::new("aiff");
    let wave: Vec<i16> = sine(440.0, RATE, SECOND).iter().map(|x| (x * 32_767.0) as i16).collect();
    std::fs::write(place.path("tone/0.aiff"), aiff(&wave)).expect("room");
    assert_eq!(decoded(&place.path("tone/0.aiff")).map(|b| b.frames()), Ok(SECOND));
    assert_pitch(&place.hear("a: s \"tone\"", SECOND / 2)[1000..], 440.0);
}

/// A quarter of a second of 440 Hz at 44.1 kHz, as libsndfile packs it.
#[cfg(feature = "formats")]
#[test]
fn packed_files_are_read() {
    let place = Place::new("packed");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    for name in ["tone.flac", "tone.ogg", "tone.mp3"] {
        let path = place.path(&format!("tone/{name}"));
        std::fs::copy(folder.join(name), &path).expect("room");
        let buffer = decoded(&path).expect("a recording");
        assert_eq!((buffer.rate(), buffer.stereo()), (44_100, false), "{name}");
        // MP3 is made of whole blocks of 1152 frames, and starts late.
        let room = if name.ends_with("mp3") { 3 * 1152 } else { 0 };
        assert!((11_025..=11_025 + room).contains(&buffer.frames()), "{name}: {}", buffer.frames());
    }
    for n in 0..3 {
        let heard = place.hear(&format!("a: s \"tone:{n}\""), SECOND / 5);
        assert_pitch(&heard[2500..9000], 440.0);
        // Nothing is before its first frame: the sine begins with the note.
        let period = f64::from(RATE) / 440.0;
        let up = (2500..9000).find(|i| heard[i - 1] < 0.0 && heard[*i] >= 0.0).expect("a wave");
        let phase = (up as f64 / period + 0.5).fract() - 0.5;
        assert!(phase.abs() < 0.03, "{n}: {phase:.3} periods late");
    }
}

#[test]
fn live_a_recording_is_silent_until_it_is_decoded() {
    let place = Place::new("live").with("break/0.wav", RATE, &clicks());
    let program = place.program("a: s \"break\"").expect("a program");
    let (notices, _) = listening();
    let (samples, mut bank) = Samples::live(Vec::new(), &notices);
    let (_engine, mut control) = Engine::new(RATE);
    samples.follow(&program);
    assert_eq!(bank.take("bd", 0.0, 0, &mut control), Take::Unknown);
    let first = bank.take("break", 0.0, 0, &mut control);
    samples.wait(Duration::from_secs(10));
    let then = bank.take("break", 0.0, 0, &mut control);
    assert!(matches!(then, Take::Ready(_, seconds) if seconds == 1.0), "{first:?}, then {then:?}");
}

/// What the first note of `text` gives with nothing but what was preloaded: before it plays, the
/// recordings are gone from the disk. The left channel, and what was said.
fn heard_at_once(place: &Place, text: &str) -> (Vec<f32>, Vec<String>) {
    let program = place.program(text).expect("a program");
    let (notices, said) = listening();
    let (samples, bank) = Samples::live(Vec::new(), &notices);
    samples.follow(&program);
    samples.wait(Duration::from_secs(20));
    std::fs::remove_dir_all(place.0.join("mine")).expect("it is there");
    let (mut engine, control) = Engine::new(RATE);
    let timebase = Arc::new(Timebase::offline());
    let mut synth = SynthOut::new(control, timebase, RATE, notices.clone()).with_samples(bank);
    let hits = common::alone(&program, 0, 100);
    assert!(!hits.is_empty(), "{text}");
    synth.tend();
    hits.iter().for_each(|cue| synth.cue(cue));
    let mut out = vec![0.0; SECOND];
    engine.render(&mut out);
    notices.flush();
    let said = said.lock().expect("no panic").clone();
    (out.into_iter().step_by(2).collect(), said)
}

#[test]
fn what_is_preloaded_sounds_from_the_first_frame_of_the_first_note() {
    let place = |name: &str| {
        Place::new(name).with("tick/0.wav", RATE, &vec![0.5; SECOND]).with(
            "tick/1.wav",
            RATE,
            &vec![-0.5; SECOND],
        )
    };
    let text = "preload 'tick'\np: s \"tick:1\"";
    let (left, said) = heard_at_once(&place("preload"), text);
    assert_eq!(said, ["tick: 2 recordings ready"]);
    // A recording starts within a millisecond; the limiter's delay is not counted.
    let loud = left.iter().position(|y| *y < -0.1).expect("it sounds");
    assert!(loud < 48, "it came {loud} frames late");
    let (left, _) = heard_at_once(&place("no-preload"), "p: s \"tick:1\"");
    assert!(left.iter().all(|y| y.abs() < 1e-6), "what was not preloaded is silent by now");
    // What comes with mag can be preloaded, too, without any folder.
    let (left, said) = heard_at_once(&place("preload-own"), "preload 'stab break'\np: s \"stab\"");
    assert_eq!(said, ["stab: 4 recordings ready", "break: 4 recordings ready"]);
    assert!(left[..4800].iter().any(|y| y.abs() > 0.02));
}

#[test]
fn what_cannot_be_preloaded_is_said_with_what_was_meant() {
    let place = Place::new("preload-near").with("breaks125/0.wav", RATE, &clicks());
    let (left, said) = heard_at_once(&place, "preload 'breaks152 stabb qqqqq'\np: s \"bd\"");
    let nothing = "nothing to preload: no recordings are called";
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[0], format!("{nothing} `breaks152`; there is `breaks125`"));
    assert!(said[1].starts_with(&format!("{nothing} `stabb`; there is `stab`")), "{said:?}");
    assert_eq!(said[2], format!("{nothing} `qqqqq`"));
    assert!(left.iter().any(|y| y.abs() > 0.1), "the rest plays");
}

#[test]
fn what_has_rested_longest_makes_room() {
    let second = vec![0.1; SECOND];
    let place = Place::new("room")
        .with("a/0.wav", RATE, &second)
        .with("b/0.wav", RATE, &second)
        .with("c/0.wav", RATE, &second);
    let program = place.program("").expect("a program");
    let (notices, said) = listening();
    let (samples, bank) = Samples::offline(Vec::new(), &notices);
    samples.follow(&program);
    let mut bank = bank.with_room(2 * 4 * SECOND);
    let (_engine, mut control) = Engine::new(RATE);
    let mut take = |name: &str, at: i64| match bank.take(name, 0.0, at, &mut control) {
        Take::Ready(id, _) => Some(id),
        _ => None,
    };
    let (a, b) = (take("a", 0), take("b", 100_000));
    assert!(a.is_some() && b.is_some() && a != b);
    assert_eq!(take("c", 200_000), a, "the oldest gives its number away");
    assert_eq!(take("b", 200_000), b, "the other is still there");
    assert_eq!(take("a", 200_001), None, "what was just asked for is not taken away");
    notices.flush();
    assert!(said.lock().expect("no panic").iter().any(|s| s.contains("there is no room")));
}
