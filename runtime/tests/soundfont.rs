//! SoundFonts: a small one, written here byte by byte as the specification (2.01) says, is played by
//! its names, in tune, by key, looped and released; broken ones are refused with a reason.
#![allow(clippy::expect_used)]

use mag::files::Folder;
use mag::notice::Notices;
use mag::offline::Offline;
use mag_lang::{Language, Mode, Source};
use mag_pattern::Nowhere;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Frames a second of the recordings: a period of A4 is 100 frames.
const RATE: u32 = 44_000;

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = id.to_vec();
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
    out
}

fn list(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"LIST", &[kind.to_vec(), chunks.concat()].concat())
}

/// A name of twenty bytes.
fn name(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(20, 0);
    bytes
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

/// A preset: name, program, bank, its first zone.
fn preset(text: &str, program: u16, bank: u16, bag: u16) -> Vec<u8> {
    [name(text), words(&[program, bank, bag]), longs(&[0, 0, 0])].concat()
}

/// A recording: its samples, root key, and where its loop is.
fn header(text: &str, (start, end): (u32, u32), (first, last): (u32, u32), root: u8) -> Vec<u8> {
    let rest = [vec![root, 0], words(&[0, 1])].concat();
    [name(text), longs(&[start, end, first, last, RATE]), rest].concat()
}

/// Three recordings: a loud and a soft sine of A4, and one period of noise that is a drum.
fn samples() -> Vec<i16> {
    let sine = |level: f64| {
        (0..1000).map(move |i| {
            let turn = core::f64::consts::TAU * f64::from(i) / 100.0;
            (level * 32_767.0 * turn.sin()) as i16
        })
    };
    let silence = || std::iter::repeat_n(0i16, 46);
    let drum = (0..2000).map(|i: i32| (((i * 7919) % 2000 - 1000) * (2000 - i) / 100) as i16);
    sine(0.5)
        .chain(silence())
        .chain(sine(0.125))
        .chain(silence())
        .chain(drum)
        .chain(silence())
        .collect()
}

fn font() -> Vec<u8> {
    let data: Vec<u8> = samples().iter().flat_map(|x| x.to_le_bytes()).collect();
    let keys = |low: u16, high: u16| low | high << 8;
    let presets =
        [preset("Test Flute", 73, 0, 0), preset("Test Kit", 0, 128, 1), preset("EOP", 0, 0, 2)];
    let instruments = [
        [name("flute"), words(&[0])].concat(),
        [name("kit"), words(&[2])].concat(),
        [name("EOI"), words(&[3])].concat(),
    ];
    // Generators: 41 instrument, 43 keys, 38 release, 54 loop, 53 sample.
    let quick = (-6000i16) as u16;
    let generators = words(&[
        43,
        keys(0, 64),
        38,
        quick,
        54,
        1,
        53,
        0, //
        43,
        keys(65, 127),
        38,
        quick,
        54,
        1,
        53,
        1, //
        43,
        keys(36, 36),
        54,
        0,
        53,
        2, //
        0,
        0,
    ]);
    let headers = [
        header("loud", (0, 1000), (500, 900), 69),
        header("soft", (1046, 2046), (1546, 1946), 69),
        header("drum", (2092, 4092), (2092, 4092), 36),
        header("EOS", (0, 0), (0, 0), 0),
    ];
    let body = [
        list(
            b"INFO",
            &[
                chunk(b"ifil", &words(&[2, 1])),
                chunk(b"isng", b"EMU8000\0"),
                chunk(b"INAM", b"Test\0\0"),
            ],
        ),
        list(b"sdta", &[chunk(b"smpl", &data)]),
        list(
            b"pdta",
            &[
                chunk(b"phdr", &presets.concat()),
                chunk(b"pbag", &words(&[0, 0, 1, 0, 2, 0])),
                chunk(b"pmod", &[0; 10]),
                chunk(b"pgen", &words(&[41, 0, 41, 1, 0, 0])),
                chunk(b"inst", &instruments.concat()),
                chunk(b"ibag", &words(&[0, 0, 4, 0, 8, 0, 11, 0])),
                chunk(b"imod", &[0; 10]),
                chunk(b"igen", &generators),
                chunk(b"shdr", &headers.concat()),
            ],
        ),
    ];
    chunk(b"RIFF", &[b"sfbk".to_vec(), body.concat()].concat())
}

/// A folder with a font, gone after the test.
struct Place(PathBuf);

impl Place {
    fn new(test: &str, bytes: &[u8]) -> Place {
        let folder = std::env::temp_dir().join(format!("mag-font-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("test.sf2"), bytes).expect("a file");
        Place(folder)
    }

    /// The left channel of a second of a text, and what was said.
    fn play(&self, text: &str) -> (Vec<f32>, Vec<String>) {
        let language = Language::new();
        let source =
            Source::new(1, "set.mag", format!("tempo 240\nsoundfont 'test.sf2'\n{text}\n"));
        let files = Folder::new(&self.0);
        let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &files);
        let program = evaluated.map_err(|p| p[0].message.clone()).expect("a program").program;
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = said.clone();
        let notices = Notices::start(Box::new(move |notice| {
            heard.lock().expect("nobody fails").push(notice.text.clone());
        }));
        let mut offline = Offline::new(program, Arc::new(Nowhere), notices.clone());
        let mut left = Vec::new();
        let Ok(()) = offline.play(48_000, |block| {
            left.extend(block.iter().step_by(2));
            Ok::<(), Infallible>(())
        });
        notices.flush();
        let said = said.lock().expect("nobody fails").clone();
        (left, said)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Upward zero crossings a second, from a quarter to three quarters of the time.
fn pitch(x: &[f32]) -> f64 {
    let middle = &x[x.len() / 4..x.len() * 3 / 4];
    let ups: Vec<usize> =
        (1..middle.len()).filter(|&i| middle[i - 1] < 0.0 && middle[i] >= 0.0).collect();
    let (Some(first), Some(last)) = (ups.first(), ups.last()) else { return 0.0 };
    (ups.len() - 1) as f64 * 48_000.0 / (last - first) as f64
}

fn peak(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |peak, y| peak.max(y.abs()))
}

#[test]
fn instruments_play_by_their_names_in_tune_and_by_key() {
    let place = Place::new("plays", &font());
    // A3 and A5 are an octave below and above what was recorded, on different recordings.
    let (low, said) = place.play("a: note \"a3\" .s \"gm_flute\"");
    assert!(said.is_empty(), "{said:?}");
    assert!((pitch(&low) - 220.0).abs() < 0.5, "{}", pitch(&low));
    let (high, _) = place.play("a: note \"a5\" .s \"test_flute\"");
    assert!((pitch(&high) - 880.0).abs() < 1.0, "{}", pitch(&high));
    // Four times as loud: the lower half of the keys has the loud recording.
    let ratio = peak(&low[12_000..36_000]) / peak(&high[12_000..36_000]);
    assert!((ratio - 4.0).abs() < 0.2, "{ratio}");
    // The loop holds for the whole second, forty times as long as the recording.
    assert!(peak(&low[40_000..47_000]) > 0.9 * peak(&low[2000..9000]));
    // It stops with its note, and obeys the controls of every sound.
    let (short, _) = place.play("a: note \"a3\" .s \"gm_flute\" .clip 0.25 .release 0.02");
    assert!(peak(&short[14_000..]) < 1e-3);
    let (quiet, _) = place.play("a: note \"a3\" .s \"gm_flute\" .gain 0.5");
    assert!((peak(&low[12_000..]) / peak(&quiet[12_000..]) - 2.0).abs() < 0.1);
}

#[test]
fn drums_lie_on_their_keys() {
    let place = Place::new("drums", &font());
    for text in ["note \"c2\" .s \"gm_drums\"", "s \"gm_bd\"", "s \"bd\" .bank \"gm\""] {
        let (y, said) = place.play(&format!("a: {text}"));
        assert!(peak(&y[..4000]) > 0.05, "{text}: {said:?}");
        // A recording of two thousand frames without a loop, and then its release.
        assert!(peak(&y[12_000..]) < 1e-3, "{text}");
    }
    let (y, said) = place.play("a: s \"gm_flaute\"");
    assert!(peak(&y) < 1e-6 && said.iter().any(|text| text.contains("gm_flute")), "{said:?}");
}

#[test]
fn what_is_no_font_is_refused_with_a_reason() {
    let whole = font();
    let mut vast = whole.clone();
    // The length of the samples' list: far beyond the end of the file.
    let at = whole.windows(4).position(|w| w == b"sdta").expect("samples") - 4;
    vast[at..at + 4].copy_from_slice(&0x7FFF_FFF0u32.to_le_bytes());
    let cases: [(&str, Vec<u8>); 5] = [
        ("no SoundFont", b"RIFF\0\0\0\0WAVE".to_vec()),
        ("cut short", whole[..whole.len() / 2].to_vec()),
        ("cut short", vast),
        ("cut short", Vec::new()),
        ("SoundFont", b"nonsense that is long enough to be looked at".to_vec()),
    ];
    for (i, (reason, bytes)) in cases.iter().enumerate() {
        let place = Place::new(&format!("broken-{i}"), bytes);
        let (y, said) = place.play("a: s \"bd\"");
        assert!(said.iter().any(|text| text.contains(reason)), "{i}: {said:?}");
        assert!(peak(&y) > 0.1, "the kick plays on");
    }
    // Every byte of the tables changed once: refused or played, never a panic.
    let tables = whole.windows(4).position(|w| w == b"pdta").expect("tables");
    for at in (tables..whole.len()).step_by(23) {
        let mut odd = whole.clone();
        odd[at] ^= 0xFF;
        let place = Place::new("odd", &odd);
        let (y, _) = place.play("a: note \"a3\" .s \"test_flute\"\nb: s \"gm_bd\"");
        assert!(y.iter().all(|y| y.is_finite()), "byte {at}");
    }
}
