//! Completion: which words can stand at a place of a line.

use super::MARGIN;
use super::files::{self, Wanted};
use mag_engine::{SOUNDS, SynthDef};
use mag_lang::doc::Entry;
use mag_lang::syntax::COMMANDS;
use mag_lang::{MODIFIERS, Program, instruments, synth};
use mag_pattern::harmony;
use std::path::PathBuf;

/// The words that the performer can type: the language's, and those of what plays.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Names of the standard library, with how they are called.
    library: Vec<(String, Vec<String>)>,
    models: Vec<String>,
    /// Names that the performer gave to things.
    own: Vec<String>,
    parts: Vec<String>,
    /// Instruments that the performer defined.
    synths: Vec<String>,
    /// Names of recordings.
    samples: Vec<String>,
    /// The folder in which programs find their files.
    folder: PathBuf,
}

/// What kind of word stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The first word of a statement.
    Start,
    /// Behind a dot.
    Link,
    /// Anywhere else outside of quotes.
    Name,
    /// A part's name, as `solo` takes it.
    Part,
    /// Anything that has help.
    Help,
    /// Mini-notation that names sounds.
    Sound,
    /// Mini-notation that names scales.
    Scale,
    /// Mini-notation that names chords.
    Chord,
    /// A generator, in a `synth`.
    Generator,
    /// The name of a single-cycle wave.
    Wave,
    /// A file or folder, and which.
    File(Wanted),
    /// Plain text.
    Nothing,
}

impl Words {
    /// The words of the language, and the names of models.
    pub fn new(entries: &[Entry], models: Vec<String>) -> Words {
        let library = entries.iter().map(|e| (e.name.clone(), e.params.clone())).collect();
        Words { library, models, ..Words::default() }
    }

    /// The same, for programs that find their files in `folder`.
    #[must_use]
    pub fn within(mut self, folder: PathBuf) -> Words {
        self.folder = folder;
        self
    }

    /// Takes the names of what plays now.
    pub fn learn(&mut self, program: &Program, samples: Vec<String>) {
        self.samples = samples;
        self.own = program.scope.own_names().map(|(name, _)| name.clone()).collect();
        self.parts = program.parts.keys().cloned().collect();
        self.synths = program.synths.keys().cloned().collect();
    }

    /// Where the word at byte `at` of `line` begins, and the words it may become.
    pub fn complete(&self, line: &str, at: usize) -> (usize, Vec<String>) {
        let before = line.get(..at).unwrap_or(line);
        let kind = kind(&before.replace(MARGIN, "\n"));
        if let Kind::File(wanted) = kind {
            return files::complete(before, wanted, &self.folder);
        }
        let in_word = |c: char| match kind {
            Kind::Chord | Kind::Scale => !c.is_whitespace() && !"\"[]<>(){},:|*/!@?~".contains(c),
            _ => c.is_alphanumeric() || c == '_',
        };
        let start = before.rfind(|c| !in_word(c)).map_or(0, |i| {
            i + before.get(i..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8)
        });
        let typed = before.get(start..).unwrap_or("");
        let begins = |word: &&str| word.starts_with(typed) && *word != typed;
        let mut words: Vec<String> =
            self.of(kind).into_iter().filter(begins).map(String::from).collect();
        words.sort_by_key(|word| word.to_lowercase());
        words.dedup();
        (start, words)
    }

    fn of(&self, kind: Kind) -> Vec<&str> {
        let mut words: Vec<&str> = Vec::new();
        if matches!(kind, Kind::Start | Kind::Link | Kind::Name | Kind::Help) {
            words.extend(self.library.iter().map(|(name, _)| name.as_str()));
            words.extend(self.own.iter().map(String::as_str));
        }
        if matches!(kind, Kind::Start | Kind::Part) {
            words.extend(self.parts.iter().map(String::as_str));
        }
        if matches!(kind, Kind::Start | Kind::Help) {
            words.extend(COMMANDS.iter().map(|command| command.name));
            words.extend(["help", "let", "out", "quit", "status", "synth", "ugens"]);
        }
        if matches!(kind, Kind::Link | Kind::Help) {
            words.extend(MODIFIERS.iter().map(|(name, _)| *name));
        }
        if matches!(kind, Kind::Generator | Kind::Help) {
            synth::generator_names().for_each(|name| words.push(name));
        }
        if matches!(kind, Kind::Generator | Kind::Sound) {
            words.extend(self.synths.iter().map(String::as_str));
        }
        match kind {
            Kind::Wave => words.extend(synth::WAVES),
            Kind::Generator => {}
            Kind::Name | Kind::Start => words.extend(self.models.iter().map(String::as_str)),
            Kind::Sound => {
                let also = |s: &'static SynthDef| s.aliases.iter().copied().chain([s.name]);
                words.extend(SOUNDS.iter().flat_map(also));
                words.extend(self.samples.iter().map(String::as_str));
                words.extend(instruments::names());
            }
            Kind::Help => {
                words.extend(SOUNDS.iter().map(|s| s.name));
                words.extend(instruments::names());
            }
            Kind::Scale => harmony::scale_names().for_each(|name| words.push(name)),
            Kind::Chord => harmony::chord_symbols().for_each(|name| words.push(name)),
            Kind::Link | Kind::Part | Kind::File(_) | Kind::Nothing => {}
        }
        words
    }

    /// What the function just typed still wants, in a chain or on its own.
    pub fn wanted(&self, before: &str) -> Option<String> {
        let word_end = before.strip_suffix(' ')?;
        let start = word_end.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |i| i + 1);
        let name = word_end.get(start..).filter(|name| !name.is_empty())?;
        if in_quotes(before).is_some() {
            return None;
        }
        let generator = || synth::entries_of_generators().iter().find(|e| e.name == name);
        let function = || self.library.iter().find(|(known, _)| known == name);
        let params = match in_synth(before) {
            true => generator().map(|entry| &entry.params),
            false => function().map(|(_, params)| params),
        }?;
        let in_chain = word_end.get(..start)?.ends_with('.');
        let count = params.len().saturating_sub(usize::from(in_chain && params.len() > 1));
        let wanted = params.get(..count).filter(|params| !params.is_empty())?;
        Some(wanted.join(" "))
    }

    /// Whether this is a name of the language.
    pub fn knows(&self, name: &str) -> bool {
        self.library.iter().any(|(known, _)| known == name)
            || COMMANDS.iter().any(|command| command.name == name)
            || matches!(name, "let" | "out" | "help" | "synth")
            || synth::generator_names().any(|known| known == name)
    }
}

/// The quote that is still open at the end of a text, and where it was opened.
fn in_quotes(text: &str) -> Option<(char, usize)> {
    text.char_indices().fold(None, |open, (i, c)| match (open, c) {
        (None, '"' | '\'') => Some((c, i)),
        (Some((quote, _)), c) if c == quote => None,
        (open, _) => open,
    })
}

/// Whether the statement that is being written is a `synth`, past its name.
fn in_synth(before: &str) -> bool {
    let starts = |line: &&str| line.starts_with(|c: char| !c.is_whitespace());
    let head = before.rsplit('\n').find(starts).unwrap_or("");
    head.strip_prefix("synth ").is_some_and(|rest| rest.contains('='))
}

fn kind(before: &str) -> Kind {
    if let Some((quote, at)) = in_quotes(before) {
        let owner = before.get(..at).unwrap_or("").trim_end();
        let name = owner.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        if let Some(wanted) = Wanted::by(owner) {
            return Kind::File(wanted);
        }
        return match (quote, name) {
            (_, "wave") if in_synth(before) => Kind::Wave,
            ('\'', _) => Kind::Nothing,
            (_, "scale" | "inKey" | "toScale") => Kind::Scale,
            (_, "over" | "chord") => Kind::Chord,
            (_, "note" | "n" | "midinote" | "freq" | "gain" | "pan" | "lpf" | "hpf") => {
                Kind::Nothing
            }
            _ => Kind::Sound,
        };
    }
    let line = before.rsplit('\n').next().unwrap_or(before);
    let words: Vec<&str> = line.split_whitespace().collect();
    let fresh = line.ends_with(char::is_whitespace) || line.is_empty();
    let earlier = words.len() - usize::from(!fresh && !words.is_empty());
    match words.first() {
        _ if line.starts_with("--") => Kind::Nothing,
        _ if earlier == 0 && !line.starts_with(char::is_whitespace) => Kind::Start,
        Some(&("mute" | "solo" | "unmute" | "unsolo")) => Kind::Part,
        Some(&"help") => Kind::Help,
        _ if in_synth(before) => Kind::Generator,
        _ if line
            .rfind(|c: char| !c.is_alphanumeric())
            .is_some_and(|i| line[i..].starts_with('.')) =>
        {
            Kind::Link
        }
        _ => Kind::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mag_lang::Language;

    fn words() -> Words {
        let language = Language::new();
        let mut words = Words::new(language.entries(), vec!["melody".into()]);
        words.parts = vec!["hats".into(), "kick".into()];
        words.own = vec!["wobble".into()];
        words.samples = vec!["breaks165".into()];
        words
    }

    fn after(line: &str) -> Vec<String> {
        words().complete(line, line.len()).1
    }

    fn offers(line: &str, word: &str) -> bool {
        after(line).iter().any(|offered| offered == word)
    }

    #[test]
    fn what_is_offered_depends_on_the_place() {
        assert!(offers("te", "tempo") && offers("k", "kick"));
        assert!(!offers("kick: te", "tempo"), "commands begin a line");
        assert!(offers("s \"bd\" .ev", "every") && offers("melody .te", "temp"));
        assert!(offers("bass: n \"0\" .lpf (wob", "wobble"));
        assert_eq!(after("solo "), ["hats", "kick"]);
        assert!(offers("s \"b", "bd") && !offers("s \"ev", "every"));
        assert!(offers("s \"[bd bre", "breaks165"), "recordings are sounds");
        assert!(
            offers("kick: s \"bd\" .sometimes (.s \"k", "kick"),
            "so are other names of sounds"
        );
        assert_eq!(after("note \"b"), Vec::<String>::new());
        assert!(offers("mel", "melody") && offers("lead: mel", "melody"));
        assert!(offers("n \"0\" .scale \"d:dor", "dorian"));
        assert!(offers("help ev", "every") && offers("help hu", "hush"));
        assert_eq!(after("-- te"), Vec::<String>::new());
    }

    #[test]
    fn generators_are_offered_in_a_synth_and_only_there() {
        assert!(offers("synth wub a=1 = supers", "supersaw") && offers("sy", "synth"));
        assert!(offers("synth wub = saw\n  .lad", "ladder"));
        assert!(!offers("bass: n \"0\" .lad", "ladder"));
        assert!(offers("synth wub = wave 'fl", "flute"));
        assert_eq!(words().wanted("synth wub = saw .lpf ").as_deref(), Some("cutoff res"));
    }

    #[test]
    fn only_the_word_is_replaced() {
        let words = words();
        assert_eq!(words.complete("s \"bd\" .ev", 10).0, 8);
        assert_eq!(words.complete("s \"bd b", 7).0, 6);
        assert_eq!(words.complete("é .ev", 6).0, 4);
        assert_eq!(words.complete("x", 99).0, 0);
    }

    #[test]
    fn what_a_function_wants_is_told() {
        let words = words();
        assert_eq!(words.wanted("s \"bd\" .every ").as_deref(), Some("n f"));
        assert_eq!(words.wanted("every ").as_deref(), Some("n f p"));
        assert_eq!(words.wanted("s \"every "), None);
        assert_eq!(words.wanted("nonsense "), None);
    }
}
