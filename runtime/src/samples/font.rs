//! SoundFonts: instruments of many recordings, each for some keys and strengths. Names rustysynth,
//! whose reader is used; what it reads is played by mag's own voices.

use mag_engine::SampleBuffer;
use rustysynth::{InstrumentRegion, LoopMode, PresetRegion, SoundFont};
use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

mod names;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 512 << 20;
/// Zones that one note may start; more are left out.
const LAYERS: usize = 8;
/// Cents above which a filter lets everything through.
const OPEN: f32 = 13_000.0;

/// Whether a file is taken for a SoundFont.
pub fn is_font(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sf2")) && path.is_file()
}

/// The recordings and instruments of one file.
pub struct Font {
    path: PathBuf,
    file: SoundFont,
}

/// An instrument of a file, as a sound: which preset, and the key if it is a single drum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    index: usize,
    key: Option<u8>,
}

/// One recording of an instrument as one note wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Where it lies in the file's samples.
    pub range: Range<usize>,
    /// How it is played: parameters of the synth, by name.
    pub params: Vec<(&'static str, f32)>,
}

impl Font {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn read(path: &Path) -> Result<Font, String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let size = file.metadata().map_err(|e| e.to_string())?.len();
        if size > LARGEST {
            return Err(format!("it has {} MB: expected at most {}", size >> 20, LARGEST >> 20));
        }
        // The lengths that a broken file claims must not be believed before they are there.
        check_lengths(path, size)?;
        let mut reader = BufReader::new(file);
        let read = catch_unwind(AssertUnwindSafe(|| SoundFont::new(&mut reader)));
        let file = read.map_err(|_| "the file is broken")?.map_err(|e| e.to_string())?;
        Ok(Font { path: path.to_owned(), file })
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The sounds that it has: General MIDI's names by bank and program, and the file's own names.
    /// Variants of a name come in the order of their banks.
    pub fn sounds(&self) -> Vec<(String, Preset)> {
        let mut order: Vec<usize> = (0..self.file.get_presets().len()).collect();
        let place = |i: &usize| {
            let preset = &self.file.get_presets()[*i];
            (preset.get_bank_number(), preset.get_patch_number())
        };
        order.sort_by_key(place);
        let mut sounds = Vec::new();
        for index in order {
            let preset = &self.file.get_presets()[index];
            let program = usize::try_from(preset.get_patch_number()).ok();
            if preset.get_bank_number() == names::DRUM_BANK {
                sounds.push(("gm_drums".to_owned(), Preset { index, key: None }));
                let drum = |(name, key): &(&str, u8)| {
                    ((*name).to_owned(), Preset { index, key: Some(*key) })
                };
                sounds.extend(names::DRUMS.iter().map(drum));
            } else if let Some(name) = program.and_then(|p| names::PROGRAMS.get(p)) {
                sounds.push(((*name).to_owned(), Preset { index, key: None }));
            }
            let own = plain(preset.get_name());
            if !own.is_empty() {
                sounds.push((own, Preset { index, key: None }));
            }
        }
        sounds
    }

    /// What a note of this pitch (a MIDI number; middle C without one) and strength (0 to 1) starts.
    pub fn zones(&self, preset: Preset, pitch: Option<f64>, velocity: f64) -> Vec<Zone> {
        let pitch = match preset.key {
            // A single drum stays what it is; a note transposes it.
            Some(key) => f64::from(key) + pitch.map_or(0.0, |pitch| pitch - 60.0),
            None => pitch.unwrap_or(60.0),
        };
        let key = preset.key.map_or(pitch.round() as i32, i32::from).clamp(0, 127);
        let strength = ((velocity * 127.0).round() as i32).clamp(1, 127);
        let Some(preset) = self.file.get_presets().get(preset.index) else { return Vec::new() };
        let mut zones = Vec::new();
        for outer in preset.get_regions().iter().filter(|r| r.contains(key, strength)) {
            let instrument = self.file.get_instruments().get(outer.get_instrument_id());
            let inner = instrument.map(|i| i.get_regions()).unwrap_or_default();
            for inner in inner.iter().filter(|r| r.contains(key, strength)) {
                zones.extend(self.zone(outer, inner, pitch, key));
            }
        }
        zones.truncate(LAYERS);
        zones
    }

    fn zone(
        &self,
        outer: &PresetRegion,
        inner: &InstrumentRegion,
        pitch: f64,
        key: i32,
    ) -> Option<Zone> {
        let start = usize::try_from(inner.get_sample_start()).ok()?;
        let end = usize::try_from(inner.get_sample_end()).ok()?;
        if end <= start || end > self.file.get_wave_data().len() {
            return None;
        }
        let mut params = Vec::with_capacity(20);
        params.push(("midinote", tuned(outer, inner, pitch) as f32));
        looped(inner, start, end, &mut params);
        level(outer, inner, key, &mut params);
        colour(outer, inner, &mut params);
        Some(Zone { range: start..end, params })
    }

    /// All recordings of an instrument.
    pub fn ranges(&self, preset: Preset) -> Vec<Range<usize>> {
        let outer = self.file.get_presets().get(preset.index).map(|p| p.get_regions());
        let instruments = outer
            .unwrap_or_default()
            .iter()
            .filter_map(|outer| self.file.get_instruments().get(outer.get_instrument_id()));
        let key = |r: &&InstrumentRegion| preset.key.is_none_or(|key| r.contains(key.into(), 100));
        let mut ranges: Vec<Range<usize>> = instruments
            .flat_map(|instrument| instrument.get_regions().iter().filter(key))
            .filter_map(|r| {
                let start = usize::try_from(r.get_sample_start()).ok()?;
                Some(start..usize::try_from(r.get_sample_end()).ok()?)
            })
            .collect();
        ranges.sort_by_key(|r| (r.start, r.end));
        ranges.dedup();
        ranges
    }

    /// The samples of a zone, from 0.
    pub fn samples(&self, range: &Range<usize>) -> Option<SampleBuffer> {
        let data = self.file.get_wave_data().get(range.clone())?;
        let header = |h: &&rustysynth::SampleHeader| {
            (h.get_start() as usize..=h.get_end() as usize).contains(&range.start)
        };
        let rate = self.file.get_sample_headers().iter().find(header)?.get_sample_rate();
        let samples: Vec<f32> = data.iter().map(|x| f32::from(*x) / 32_768.0).collect();
        Some(SampleBuffer::interleaved(&samples, 1, u32::try_from(rate).ok()?))
    }
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Font").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Length and date of a file, by which a changed one is known.
type Stamp = (u64, Option<SystemTime>);

/// Files that were read, so that each is read once.
#[derive(Debug, Default)]
pub struct Fonts(HashMap<PathBuf, (Stamp, Arc<Font>)>);

impl Fonts {
    /// The font in a file, read if it is new or has changed.
    ///
    /// # Errors
    /// As for [`Font::read`].
    pub fn get(&mut self, path: &Path) -> Result<Arc<Font>, String> {
        let data = std::fs::metadata(path).map_err(|e| e.to_string())?;
        let stamp = (data.len(), data.modified().ok());
        if let Some((before, font)) = self.0.get(path)
            && *before == stamp
        {
            return Ok(font.clone());
        }
        let font = Arc::new(Font::read(path)?);
        self.0.insert(path.to_owned(), (stamp, font.clone()));
        Ok(font)
    }

    /// Forgets all but these files.
    pub fn keep(&mut self, paths: &[&Path]) {
        self.0.retain(|path, _| paths.contains(&path.as_path()));
    }
}

/// A name as it can be typed: small letters, digits and `_`.
fn plain(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    let joined: String = letters.collect::<String>().to_lowercase();
    joined.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// The note for the sampler, whose recordings are middle C.
fn tuned(outer: &PresetRegion, inner: &InstrumentRegion, pitch: f64) -> f64 {
    let scale = f64::from(inner.get_scale_tuning() + outer.get_scale_tuning()) / 100.0;
    let coarse = f64::from(inner.get_coarse_tune() + outer.get_coarse_tune());
    let fine = f64::from(inner.get_fine_tune() + outer.get_fine_tune()) / 100.0;
    let root = f64::from(inner.get_root_key());
    60.0 + (pitch - root) * scale + coarse + fine
}

fn looped(inner: &InstrumentRegion, start: usize, end: usize, to: &mut Vec<(&'static str, f32)>) {
    let share = |at: i32| (at as f64 - start as f64) / (end - start) as f64;
    let (first, last) = (share(inner.get_sample_start_loop()), share(inner.get_sample_end_loop()));
    let loops = inner.get_sample_modes() != LoopMode::NoLoop;
    if loops && first >= 0.0 && last <= 1.0 && last > first {
        to.extend([("loop", 1.0), ("loopBegin", first as f32), ("loopEnd", last as f32)]);
    }
}

/// Loudness, place and envelope.
fn level(
    outer: &PresetRegion,
    inner: &InstrumentRegion,
    key: i32,
    to: &mut Vec<(&'static str, f32)>,
) {
    // Decibels; players of these files agree on four tenths of what they say.
    let quieter = 0.4 * (inner.get_initial_attenuation() + outer.get_initial_attenuation());
    to.push(("gain", 10f32.powf(-quieter / 20.0)));
    to.push(("pan", (0.5 + 0.01 * (inner.get_pan() + outer.get_pan())).clamp(0.0, 1.0)));
    // The file's decay goes on to -100 dB, the synth's to where it is inaudible beside that.
    const SHARE: f32 = 0.45;
    let by_key = |cents: i32| 2f32.powf((60 - key) as f32 * cents as f32 / 1200.0);
    let hold = inner.get_hold_volume_envelope()
        * outer.get_hold_volume_envelope()
        * by_key(inner.get_key_number_to_volume_envelope_hold());
    let decay = inner.get_decay_volume_envelope()
        * outer.get_decay_volume_envelope()
        * by_key(inner.get_key_number_to_volume_envelope_decay());
    let sustain = inner.get_sustain_volume_envelope() + outer.get_sustain_volume_envelope();
    let attack = inner.get_attack_volume_envelope() * outer.get_attack_volume_envelope();
    let release = inner.get_release_volume_envelope() * outer.get_release_volume_envelope();
    to.push(("attack", attack.max(0.001)));
    to.push(("decay", (hold + SHARE * decay).max(0.001)));
    to.push(("sustain", 10f32.powf(-sustain.max(0.0) / 20.0)));
    to.push(("release", (SHARE * release).max(0.005)));
    let class = inner.get_exclusive_class();
    if class > 0 {
        to.push(("cut", (64 + class.min(63)) as f32));
    }
}

/// Filter and vibrato.
fn colour(outer: &PresetRegion, inner: &InstrumentRegion, to: &mut Vec<(&'static str, f32)>) {
    let cutoff =
        inner.get_initial_filter_cutoff_frequency() * outer.get_initial_filter_cutoff_frequency();
    let sweep = inner.get_modulation_envelope_to_filter_cutoff_frequency()
        + outer.get_modulation_envelope_to_filter_cutoff_frequency();
    if cutoff < 8.176 * 2f32.powf(OPEN / 1200.0) {
        let resonance = inner.get_initial_filter_q() + outer.get_initial_filter_q();
        to.push(("cutoff", cutoff));
        // Above 1 the synth counts decibels.
        to.push(("resonance", if resonance > 1.0 { resonance } else { 0.0 }));
        if sweep != 0 {
            let times = [
                ("lpattack", inner.get_attack_modulation_envelope()),
                ("lpdecay", inner.get_decay_modulation_envelope()),
                ("lprelease", inner.get_release_modulation_envelope()),
            ];
            to.extend(times);
            to.push(("lpenv", sweep as f32 / 1200.0));
            let sustain = 1.0 - inner.get_sustain_modulation_envelope() / 100.0;
            to.push(("lpsustain", sustain.clamp(0.0, 1.0)));
        }
    }
    let vibrato = inner.get_vibrato_lfo_to_pitch() + outer.get_vibrato_lfo_to_pitch();
    if vibrato != 0 {
        to.push(("vib", inner.get_frequency_vibrato_lfo()));
        to.push(("vibmod", (vibrato as f32 / 100.0).abs()));
    }
}

/// Walks the outermost chunks: each must end within the file.
fn check_lengths(path: &Path, size: u64) -> Result<(), String> {
    use std::io::{Read, Seek, SeekFrom};
    let broken = || "it is no SoundFont, or it is cut short".to_owned();
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    let mut head = [0; 12];
    file.read_exact(&mut head).map_err(|_| broken())?;
    if &head[..4] != b"RIFF" || &head[8..] != b"sfbk" {
        return Err("it is no SoundFont".to_owned());
    }
    let mut at = 12;
    while at < size {
        // LIST, its length, its kind; within it the chunks.
        let mut list = [0; 12];
        file.seek(SeekFrom::Start(at)).map_err(|e| e.to_string())?;
        file.read_exact(&mut list).map_err(|_| broken())?;
        let length =
            |bytes: &[u8]| u64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        let end = at + 8 + length(&list[4..8]);
        if end > size {
            return Err(broken());
        }
        let mut inner = at + 12;
        while inner + 8 <= end {
            let mut chunk = [0; 8];
            file.seek(SeekFrom::Start(inner)).map_err(|e| e.to_string())?;
            file.read_exact(&mut chunk).map_err(|_| broken())?;
            inner += 8 + length(&chunk[4..]);
            if inner > end + 1 {
                return Err(broken());
            }
        }
        at = end + end % 2;
    }
    Ok(())
}

/// The name under which the recording of a zone is kept: the file, and where in it.
pub fn key(font: &Font, range: &Range<usize>) -> Arc<Path> {
    let name = format!("{}#{}-{}", font.path().display(), range.start, range.end);
    Arc::from(Path::new(&name))
}

/// The file and the place that [`key`] put together.
pub fn unlocked(key: &Path) -> Option<(&Path, Range<usize>)> {
    let (file, range) = key.to_str()?.rsplit_once('#')?;
    let (start, end) = range.split_once('-')?;
    Some((Path::new(file), start.parse().ok()?..end.parse().ok()?))
}
