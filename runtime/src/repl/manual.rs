//! Help: what there is to know about a name, and an overview of all of them.

use super::roll;
use mag_engine::{PARAMS, ParamDef, SOUNDS, SynthDef};
use mag_lang::doc::Entry;
use mag_lang::source::Source;
use mag_lang::syntax::{COMMANDS, Command};
use mag_lang::{Language, MODIFIERS, PAGES, VERBS, instruments, suggest, synth};
use mag_pattern::{Query, harmony};

/// Width of a line of help.
const WIDTH: usize = 80;

/// A page of the overview that is a list of names.
const LISTS: [(&str, &str); 5] = [
    ("names", "every function, control and signal"),
    ("sounds", "the instruments of the built-in synth"),
    ("ugens", "the unit generators that a `synth` is made of"),
    ("scales", "the scales"),
    ("chords", "the chords"),
];

const OVERVIEW: &str = "\
drums: s \"bd sn\"        a part: plays until it is replaced, hushed or gone
let x = \"0 2 4\"         a name for something
synth wub = saw .lpf 900  a sound of your own, `s \"wub\"`; `help ugens` lists generators
s \"bd sn\" .fast 2       a bare pattern is drawn, not played
s \"bd\" .every 4 (.rev)  a chain: each .name takes what follows it; .rev alone is a function

\"bd [hh hh] <sn cp>\"    mini-notation: [ ] in one step, < > one a cycle, ~ rest,
\"bd*2 sn? hh(3,8) .\"    * fast, / slow, ! again, @ long, ? maybe, (3,8) Euclid, , together
";

/// What to know first, the commands, and how to find the rest.
pub fn overview() -> String {
    let mut text = String::from(OVERVIEW);
    text.push('\n');
    for Command { usage, doc, .. } in COMMANDS {
        text.push_str(&format!("{usage:<22} {doc}\n"));
    }
    text.push('\n');
    for (list, about) in LISTS {
        text.push_str(&format!("help {list:<17} {about}\n"));
    }
    text.push_str("help every             one of them, with examples\n");
    text
}

/// Everything about a name: functions, controls, commands, modifiers, sounds; or a list of names.
///
/// # Errors
/// If nothing has that name, with those that may have been meant.
pub fn explain(language: &Language, name: &str) -> Result<String, String> {
    let name = name.trim().trim_start_matches('.');
    if let Some(list) = list(language, name) {
        return Ok(list);
    }
    let mut pages = Vec::new();
    let entry = language.entries().iter().find(|entry| entry.name == name);
    pages.extend(entry.map(|entry| entry_page(language, entry)));
    pages.extend(COMMANDS.iter().find(|c| c.name == name).map(command_page));
    let generator = synth::entries_of_generators().iter().find(|entry| entry.name == name);
    pages.extend(generator.map(generator_page));
    let instrument = instruments::entries().iter().find(|entry| entry.name == name);
    pages.extend(instrument.map(instrument_page));
    pages.extend((name == "synth").then(synth_page));
    pages.extend(MODIFIERS.iter().find(|(m, _)| *m == name).map(modifier_page));
    let sound = SOUNDS.iter().find(|s| s.name == name || s.aliases.contains(&name));
    pages.extend(sound.map(sound_page));
    let param = PARAMS.iter().find(|p| p.name == name || p.aliases.contains(&name));
    pages.extend(param.map(param_page));
    if pages.is_empty() {
        return Err(unknown(language, name));
    }
    Ok(pages.join("\n"))
}

fn list(language: &Language, name: &str) -> Option<String> {
    Some(match name {
        "names" => columns(language.entries().iter().map(|entry| entry.name.as_str())),
        "sounds" => SOUNDS
            .iter()
            .map(|sound| (sound.name, sound.doc))
            .chain(instruments::entries().iter().map(|e| (e.name.as_str(), e.summary.as_str())))
            .map(|(name, doc)| hanging(&format!("{name:<12} "), doc))
            .collect(),
        "ugens" => synth::entries_of_generators()
            .iter()
            .map(|entry| hanging(&format!("{:<10} ", entry.name), &entry.summary))
            .collect(),
        "scales" => columns(harmony::scale_names()),
        "chords" => columns(harmony::chord_symbols()),
        _ => return None,
    })
}

fn unknown(language: &Language, name: &str) -> String {
    let generators: Vec<&str> = synth::generator_names().collect();
    let entries = language.entries().iter().map(|entry| entry.name.as_str());
    let sounds = SOUNDS.iter().map(|sound| sound.name).chain(instruments::names());
    let commands = COMMANDS.iter().map(|c| c.name);
    let known = entries.chain(generators).chain(commands).chain(sounds);
    let near = suggest::nearest(name, known, 3);
    match near.as_slice() {
        [] => format!("nothing is called `{name}`; `help names` lists what there is"),
        near => format!("nothing is called `{name}`; did you mean {}?", near.join(", ")),
    }
}

fn entry_page(language: &Language, entry: &Entry) -> String {
    let mut text = format!("{}\n", entry.signature);
    for paragraph in entry.text.split("\n\n").filter(|p| !p.is_empty()) {
        text.push_str(&wrapped(paragraph));
    }
    for example in &entry.examples {
        text.push_str(&format!("\n  {example}\n"));
        text.push_str(&drawing(language, example));
    }
    if !entry.see.is_empty() {
        text.push_str(&format!("\nsee {}\n", entry.see.join(", ")));
    }
    text
}

/// An example's roll; nothing if it is no pattern, or one that only a model can play.
fn drawing(language: &Language, example: &str) -> String {
    let source = Source::new(1, "example", example);
    let Ok(pattern) = language.expression(&language.empty(), &source) else {
        return String::new();
    };
    let drawn = roll::draw(&pattern, 0, WIDTH - 4, &mut Query::default());
    let drawn = drawn.ok().filter(|drawn| !drawn.starts_with("silence"));
    drawn.unwrap_or_default().lines().map(|line| format!("    {line}\n")).collect()
}

/// A generator, as it is used inside of a `synth`.
fn generator_page(entry: &Entry) -> String {
    let mut text = format!("In a synth: {}\n{}", entry.signature, wrapped(&entry.text));
    for line in synth::numbers(&entry.name) {
        text.push_str(&hanging("  ", &line));
    }
    for example in &entry.examples {
        text.push_str(&format!("\n  {example}\n"));
    }
    text.push_str(&format!("\nsee {}\n", entry.see.join(", ")));
    text
}

fn instrument_page(entry: &Entry) -> String {
    let mut text = format!("s \"{}\"\n{}", entry.name, wrapped(&entry.text));
    for line in instruments::settings(&entry.name) {
        text.push_str(&hanging("  ", &line));
    }
    for example in &entry.examples {
        text.push_str(&format!("\n  {example}\n"));
    }
    text.push_str(&format!(
        "\nWritten in mag, in `stdlib/instruments.mag`; see {}\n",
        entry.see.join(", ")
    ));
    text
}

fn synth_page() -> String {
    let about = "Defines an instrument from unit generators; `s \"wub\"` plays it. Its arguments \
                 are controls: `.cutoff \"<400 1200>\"` sets one, for each note. `help ugens` \
                 lists the generators.";
    let usage =
        "synth wub cutoff=800 = saw .lpf (cutoff * env 0.01 0.4) .mul (adsr 0.01 0.1 0.7 0.2)";
    format!("{usage}\n{}", wrapped(about))
}

fn command_page(command: &Command) -> String {
    let more = if command.more.is_empty() { String::new() } else { wrapped(command.more) };
    let examples: String = command.examples.iter().map(|e| format!("    {e}\n")).collect();
    format!("{}\n{}{more}{examples}", command.usage, wrapped(command.doc))
}

/// A modifier of models: of which, what it takes and does, an example.
fn modifier_page((name, takes): &(&str, &str)) -> String {
    let of: Vec<&str> =
        VERBS.iter().filter(|verb| verb.takes(name)).map(|verb| verb.name).collect();
    let mut text = format!(".{name}\n{}", wrapped(&format!("Takes {takes}.")));
    if let Some(page) = PAGES.iter().find(|page| page.name == *name) {
        text.push_str(&wrapped(page.text));
        text.push_str(&format!("\n  {}\n\n", page.example));
    }
    text + &hanging("of ", &of.join(", "))
}

fn sound_page(sound: &SynthDef) -> String {
    let mut text = format!("s \"{}\"\n{}", sound.name, wrapped(sound.doc));
    if !sound.aliases.is_empty() {
        text.push_str(&format!("also called {}\n", sound.aliases.join(", ")));
    }
    let reads = |param: &&ParamDef| sound.params.contains(&param.param);
    let params: Vec<&str> = PARAMS.iter().filter(reads).map(|param| param.name).collect();
    if !params.is_empty() {
        text.push_str(&wrapped(&format!("its own controls: {}", params.join(", "))));
    }
    text
}

fn param_page(param: &ParamDef) -> String {
    let ParamDef { name, doc, min, max, default, .. } = param;
    wrapped(&format!(
        "On the built-in synth, {name}: {doc} From {min} to {max}, {default} by default."
    ))
}

/// A paragraph in lines of at most [`WIDTH`] characters.
fn wrapped(paragraph: &str) -> String {
    hanging("", paragraph)
}

/// A paragraph behind a head; its further lines are indented as far as the head is long.
fn hanging(head: &str, paragraph: &str) -> String {
    let indent = head.chars().count();
    let mut text = head.to_owned();
    let mut column = indent;
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        }
        if column > indent {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text + "\n"
}

/// Names in columns, in alphabetical order down each column.
fn columns<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_by_key(|name| name.to_lowercase());
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) + 2;
    let across = (WIDTH / widest).max(1);
    let down = names.len().div_ceil(across);
    let mut text = String::new();
    for row in 0..down {
        let line: String = (0..across)
            .filter_map(|column| names.get(column * down + row))
            .map(|name| format!("{name:<widest$}"))
            .collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_explained_with_its_example_drawn() {
        let page = explain(&Language::new(), "fast").unwrap_or_default();
        assert!(page.starts_with("fast n p\n"), "{page}");
        assert!(page.contains("s \"bd sn\" .fast 2"), "{page}");
        assert!(page.lines().any(|line| line.trim_start().starts_with("bd │█")), "{page}");
    }

    #[test]
    fn a_name_may_be_several_things() {
        let page = explain(&Language::new(), ".lpf").unwrap_or_default();
        assert!(page.contains("lpf"), "{page}");
        assert!(explain(&Language::new(), "bd").is_ok_and(|page| page.contains("s \"bd\"")));
        assert!(explain(&Language::new(), "temp").is_ok_and(|page| page.contains("melody")));
        assert!(explain(&Language::new(), "tempo").is_ok_and(|page| page.contains("tempo 124")));
    }

    #[test]
    fn a_modifier_of_models_says_what_it_keeps_and_shows_how() {
        let page = explain(&Language::new(), "flow").unwrap_or_default();
        assert!(
            page.contains("kept\nfrom phrase to phrase") || page.contains("kept from"),
            "{page}"
        );
        assert!(page.contains("  melody .bars 4") && page.contains("of melody, drums"), "{page}");
        for (name, _) in MODIFIERS {
            let page = explain(&Language::new(), name).unwrap_or_default();
            assert!(page.lines().count() > 4, "{page}");
        }
    }

    #[test]
    fn generators_are_explained_beside_the_patterns_of_their_names() {
        let page = explain(&Language::new(), "saw").unwrap_or_default();
        assert!(page.starts_with("saw\n") && page.contains("In a synth: saw freq"), "{page}");
        assert!(page.contains("freq: hertz, 0 to 20000, the note's if left out"), "{page}");
        let list = explain(&Language::new(), "ugens").unwrap_or_default();
        assert!(list.contains("ladder") && list.contains("velocity"), "{list}");
        assert!(explain(&Language::new(), "synth").is_ok_and(|page| page.contains("ugens")));
    }

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let error = explain(&Language::new(), "evry").err().unwrap_or_default();
        assert!(error.contains("every"), "{error}");
    }

    #[test]
    fn no_page_is_wider_than_a_small_terminal() {
        let language = Language::new();
        let mut pages: Vec<String> =
            language.entries().iter().filter_map(|e| explain(&language, &e.name).ok()).collect();
        pages.push(overview());
        pages.extend(MODIFIERS.iter().filter_map(|(m, _)| explain(&language, m).ok()));
        pages.extend(LISTS.iter().filter_map(|(list, _)| explain(&language, list).ok()));
        // Examples and usages are shown as they are written.
        let wide = |line: &&str| line.chars().count() > 96;
        let found: Vec<&str> = pages.iter().flat_map(|page| page.lines()).filter(wide).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}
