//! The reference: a page for each file of the standard library, in Markdown, from its comments.

use crate::doc::Entry;
use crate::syntax::COMMANDS;
use crate::{Language, Source, instruments, roll, stdlib, synth};
use mag_pattern::Query;

/// Columns of a drawn roll.
const WIDTH: usize = 84;
/// Files whose examples differ in one value of a control, which a roll shows badly.
const UNDRAWN: [&str; 15] = [
    "controls",
    "envelopes",
    "filters",
    "space",
    "distortion",
    "modulation",
    "dynamics",
    "spectrum",
    "synths",
    "fm",
    "wavetables",
    "zzfx",
    "tuning",
    "outputs",
    "instruments",
];

/// The pages with the names of their files, `index.md` first.
pub fn pages(language: &Language) -> Vec<(String, String)> {
    let files = stdlib::FILES.iter().map(|file| (file, language.entries()));
    let files = files.chain([
        (&instruments::FILE, instruments::entries()),
        (&synth::FILE, synth::entries_of_generators()),
    ]);
    let pages: Vec<Page> = files.filter_map(|(file, known)| Page::of(file, known)).collect();
    let mut all =
        vec![("index.md".to_string(), index(&pages)), ("commands.md".to_string(), commands())];
    all.extend(pages.iter().map(|page| (format!("{}.md", page.topic), page.text(language))));
    all
}

/// The page of the commands and settings.
fn commands() -> String {
    let mut text = String::from(
        "# Commands and settings\n\nAt the prompt, in a file, by `mag send`: a statement that begins \
         with one of these.\n\n",
    );
    let names = COMMANDS.iter().map(|c| format!("[{0}](#{0})", c.name));
    text.push_str(&names.collect::<Vec<_>>().join(" · "));
    text.push('\n');
    for command in COMMANDS {
        text.push_str(&format!("\n## {}\n\n{}", command.name, command.doc));
        if !command.more.is_empty() {
            text.push_str(&format!(" {}", command.more));
        }
        let examples = match command.examples {
            [] => command.usage.to_string(),
            examples => examples.join("\n"),
        };
        text.push_str(&format!("\n\n```\n{examples}\n```\n"));
    }
    text
}

/// What a file of the standard library holds.
struct Page<'a> {
    topic: &'a str,
    title: String,
    about: String,
    entries: Vec<&'a Entry>,
}

impl<'a> Page<'a> {
    fn of((file, text): &(&'static str, &'static str), known: &'a [Entry]) -> Option<Page<'a>> {
        let topic = file.strip_suffix(".mag")?;
        let head: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with("--"))
            .map(|line| line.trim_start_matches('-').trim())
            .collect();
        let head = head.join(" ");
        let (title, about) = head.split_once(": ").unwrap_or((topic, &head));
        let declared: Vec<&str> = text.lines().filter_map(declared).collect();
        let by_name = |name: &&str| known.iter().find(|entry| entry.name == **name);
        let entries = declared.iter().filter_map(by_name).collect();
        let (title, about) = (title.to_string(), capital(about));
        Some(Page { topic, title, about, entries })
    }

    fn text(&self, language: &Language) -> String {
        let mut text = format!("# {}\n\n{}\n\n", self.title, self.about);
        let names = self.entries.iter().map(|e| format!("[{}](#{})", e.name, anchor(&e.name)));
        text.push_str(&names.collect::<Vec<_>>().join(" · "));
        text.push('\n');
        let drawn = !UNDRAWN.contains(&self.topic);
        let generators = self.topic == "ugens";
        for entry in &self.entries {
            let numbers = match self.topic {
                "ugens" => synth::numbers(&entry.name),
                "instruments" => instruments::settings(&entry.name),
                _ => Vec::new(),
            };
            text.push_str(&section(entry, &numbers, drawn && !generators, language));
        }
        text
    }
}

/// The name that a line declares.
fn declared(line: &str) -> Option<&str> {
    let rest = ["let ", "native ", "synth "].iter().find_map(|word| line.strip_prefix(word))?;
    rest.split_whitespace().next().filter(|name| !name.starts_with('_'))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn anchor(name: &str) -> String {
    name.to_lowercase()
}

fn section(entry: &Entry, numbers: &[String], drawn: bool, language: &Language) -> String {
    let mut text = format!("\n## {}\n\n`{}`\n\n", entry.name, entry.signature);
    text.push_str(&entry.text);
    text.push_str("\n\n");
    for line in numbers {
        text.push_str(&format!("- {line}\n"));
    }
    text.push_str(if numbers.is_empty() { "```mag\n" } else { "\n```mag\n" });
    for example in &entry.examples {
        text.push_str(example);
        text.push('\n');
        let roll = if drawn { drawing(example, language) } else { String::new() };
        for line in roll.lines() {
            text.push_str(format!("--   {line}").trim_end());
            text.push('\n');
        }
    }
    text.push_str("```\n");
    if !entry.see.is_empty() {
        text.push_str(&format!("\nSee {}.\n", entry.see.join(", ")));
    }
    text
}

/// The roll of an example; nothing for silence and for what only a model can play.
fn drawing(example: &str, language: &Language) -> String {
    let source = Source::new(1, "example", example);
    let Ok(pattern) = language.expression(&language.empty(), &source) else {
        return String::new();
    };
    let drawn = roll::draw(&pattern, 0, WIDTH, &mut Query::default());
    drawn.ok().filter(|drawn| !drawn.starts_with("silence")).unwrap_or_default()
}

fn index(pages: &[Page]) -> String {
    let mut text = String::from(
        "# Reference\n\nEvery name of the standard library, written from the comments in `stdlib/` by \
         `cargo run -p mag-lang --example reference`. In a roll `█` is where an event begins and `▒` \
         where it goes on.\n\n",
    );
    text.push_str(&format!(
        "- [Commands and settings](commands.md) ({}): What may start a statement.\n",
        COMMANDS.len()
    ));
    for page in pages {
        let count = page.entries.len();
        text.push_str(&format!(
            "- [{}]({}.md) ({count}): {}\n",
            page.title, page.topic, page.about
        ));
    }
    let mut names: Vec<(&str, &str)> = pages
        .iter()
        .flat_map(|page| page.entries.iter().map(|e| (e.name.as_str(), page.topic)))
        .collect();
    names.sort_by_key(|(name, _)| (name.to_lowercase(), *name));
    text.push_str("\n## All names\n\n");
    let links = names.iter().map(|(name, topic)| format!("[{name}]({topic}.md#{})", anchor(name)));
    text.push_str(&links.collect::<Vec<_>>().join(" · "));
    text.push('\n');
    text
}
