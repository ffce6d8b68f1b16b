//! `mag render`: a file's music as a WAV file, bit for bit the same every time.

use super::{PROBLEMS, Recordings, color, name_of, read_text};
use crate::clock::{Clock, Frame};
use crate::cue::Cue;
use crate::device::RATE;
use crate::export::loudness::Loudness;
use crate::export::wav::Wav;
use crate::export::{events, midi};
use crate::files::Folder;
use crate::live::Speaker;
use crate::notice::Notices;
use crate::offline::Offline;
use crate::phrases::PhraseStore;
use crate::session::locator;
use mag_lang::source::{Source, Sources};
use mag_lang::{Mode, Program, report};
use mag_pattern::{Time, World};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

/// The arguments of `mag render`.
#[derive(Debug, clap::Args)]
pub struct Render {
    /// The program
    file: PathBuf,
    #[command(flatten)]
    length: Length,
    /// The WAV file: stereo, 48 kHz, 32-bit float
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,
    /// Another take: draws all chance anew, that of models too
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seed: Option<i64>,
    /// Also write the notes as a MIDI file
    #[arg(long, value_name = "OUT.mid")]
    midi: Option<PathBuf>,
    /// Also write the events, as JSON, one a line
    #[arg(long, value_name = "OUT.jsonl")]
    events: Option<PathBuf>,
    /// Also write each part alone, as OUT.part.wav: together they are the mix
    #[arg(long)]
    stems: bool,
    #[command(flatten)]
    recordings: Recordings,
}

/// How much is rendered.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Length {
    /// How many cycles
    #[arg(long, value_name = "N")]
    cycles: Option<f64>,
    /// How many seconds
    #[arg(long, value_name = "S")]
    seconds: Option<f64>,
}

/// Longest render, in seconds: a day.
const LONGEST: f64 = 86_400.0;

impl Length {
    fn frames(&self, clock: &Clock) -> Result<Frame, String> {
        let frames = match (self.cycles, self.seconds) {
            (Some(cycles), _) => clock.frame(Time::from_f64(cycles)) as f64,
            (None, seconds) => seconds.unwrap_or(0.0) * f64::from(RATE),
        };
        if frames >= 1.0 && frames <= LONGEST * f64::from(RATE) {
            Ok(frames.round() as Frame)
        } else {
            Err("expected a length above 0 and of at most a day".into())
        }
    }
}

/// What is rendered, as often as it takes.
struct Scene<'a> {
    program: Arc<Program>,
    world: Arc<dyn World>,
    folders: Vec<PathBuf>,
    end: Frame,
    notices: &'a Notices,
}

impl Scene<'_> {
    /// A stage that is at its beginning; of `part` alone, if one is given.
    fn stage(&self, part: Option<u16>) -> Offline {
        let (program, world, folders) =
            (self.program.clone(), self.world.clone(), self.folders.clone());
        Offline::of_part(program, world, folders, part, self.notices.clone())
    }

    /// Plays to a file; how loud it is.
    fn write(&self, offline: &mut Offline, path: &Path) -> Result<Loudness, String> {
        let broken = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
        let mut wav = Wav::create(path, RATE).map_err(broken)?;
        let mut loudness = Loudness::new();
        let hear = |samples: &[f32]| {
            loudness.hear(samples);
            wav.write(samples)
        };
        offline.play(self.end, hear).map_err(broken)?;
        wav.finish().map_err(broken)?;
        Ok(loudness)
    }

    /// Writes the stem of each part that was heard.
    fn write_stems(&self, cues: &[Cue], output: &Path) -> Result<(), String> {
        let parts: BTreeMap<u16, &str> = cues.iter().map(|c| (c.part, &*c.name)).collect();
        for (part, name) in parts {
            let path = output.with_extension(format!("{name}.wav"));
            let loudness = self.write(&mut self.stage(Some(part)), &path)?;
            self.notices.info(format!("{}: {}", path.display(), heard(&loudness)));
        }
        Ok(())
    }
}

/// How loud something is, in words.
fn heard(loudness: &Loudness) -> String {
    match loudness.integrated() {
        Some(lufs) => format!("{lufs:.1} LUFS, true peak {:.1} dB", loudness.true_peak()),
        None => "silence".to_owned(),
    }
}

impl Render {
    /// Renders.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn run(self) -> Result<ExitCode, String> {
        let notices = Notices::to_terminal();
        let Some((program, sources)) = self.program(&notices)? else {
            notices.flush();
            return Ok(ExitCode::from(PROBLEMS));
        };
        let seed = program.seed.wrapping_add(self.seed.unwrap_or(0));
        let program = Arc::new(program.with_seed(seed));
        let clock = Clock::new(RATE, program.tempo, program.meter.0);
        let end = self.length.frames(&clock)?;
        let store = PhraseStore::installed(notices.clone());
        let world: Arc<dyn World> = Arc::new(store.patient());
        let folders = self.recordings.folders();
        let scene = Scene { program: program.clone(), world, folders, end, notices: &notices };
        let mut offline = scene.stage(None);
        let loudness = scene.write(&mut offline, &self.output)?;
        let cues = offline.tape().cues();
        if self.stems {
            scene.write_stems(&cues, &self.output)?;
        }
        self.export(&cues, &program)?;
        let report = offline.take_report();
        let failed = !report.troubles.is_empty();
        Speaker::new(notices.clone(), locator(&Arc::new(Mutex::new(sources)))).say(&report);
        notices.info(format!(
            "{}: {:.1} s, {} events, {}",
            self.output.display(),
            end as f64 / f64::from(RATE),
            cues.len(),
            heard(&loudness)
        ));
        notices.flush();
        Ok(if failed { ExitCode::from(PROBLEMS) } else { ExitCode::SUCCESS })
    }

    /// The program of the file; `None` if it has problems, which are then said.
    fn program(&self, notices: &Notices) -> Result<Option<(Arc<Program>, Sources)>, String> {
        let text = read_text(&self.file)?;
        let language = crate::phrases::library::language();
        let source = Source::new(1, name_of(&self.file), text);
        let files = Folder::around(&self.file);
        let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &files);
        let sources = Sources::from(source);
        match evaluated {
            Ok(evaluation) => {
                let warnings = report::render(&evaluation.warnings, &sources, color());
                if !warnings.is_empty() {
                    notices.warn(warnings.trim_end());
                }
                Ok(Some((evaluation.program, sources)))
            }
            Err(problems) => {
                notices.error(report::render(&problems, &sources, color()).trim_end());
                Ok(None)
            }
        }
    }

    fn export(&self, cues: &[Cue], program: &Program) -> Result<(), String> {
        let broken =
            |path: &Path, e: std::io::Error| format!("cannot write {}: {e}", path.display());
        if let Some(path) = &self.events {
            let file = File::create(path).map_err(|e| broken(path, e))?;
            events::write(cues, RATE, &mut BufWriter::new(file)).map_err(|e| broken(path, e))?;
        }
        if let Some(path) = &self.midi {
            let bytes = midi::file(cues, program.tempo, program.meter);
            bytes.and_then(|b| std::fs::write(path, b)).map_err(|e| broken(path, e))?;
        }
        Ok(())
    }
}
