//! Names that players of other systems type out of habit: what is written here in their place.

use crate::problem::Problem;
use crate::syntax::COMMANDS;

/// Names of other systems, and ours.
const NAMES: [(&str, &str); 21] = [
    ("key", "inKey"),
    ("reverse", "rev"),
    ("amp", "gain"),
    ("volume", "gain"),
    ("reverb", "room"),
    ("sample", "s"),
    ("rate", "speed"),
    ("density", "fast"),
    ("sparsity", "slow"),
    ("randcycles", "randcat"),
    ("sequence", "fastcat"),
    ("overlay", "stack"),
    ("bpm", "tempo"),
    ("cps", "tempo"),
    ("setcps", "tempo"),
    ("setcpm", "tempo"),
    ("setbpm", "tempo"),
    ("use_bpm", "tempo"),
    ("every'", "everyFrom"),
    ("toScale'", "toScaleIn"),
    ("sometimesBy'", "sometimesBy"),
];

/// Words of Sonic Pi's and Haskell's that have no name here, and what is done for them.
const WORDS: [(&str, &str); 13] = [
    ("live_loop", "a loop is a part here: `drums: s \"bd*4\"` plays until it is replaced"),
    ("in_thread", "parts play side by side here, each on a line: `drums: s \"bd*4\"`"),
    ("play", "notes are a part here: `lead: note \"60 64 67\"`"),
    ("play_pattern", "notes are a part here: `lead: note \"60 64 67\"`"),
    ("play_pattern_timed", "notes are a part here: `lead: note \"60 64 67\"`, spread over a bar"),
    ("sleep", "nothing waits here: the steps of \"bd ~ sn\" share a bar"),
    ("sync", "parts are in time with one another by themselves here"),
    ("use_synth", "a part says its sound: `lead: note \"c e g\" .s \"saw\"`"),
    ("with_fx", "effects are controls here: `drums: s \"bd*4\" .room 0.5`"),
    ("define", "a function is `let name x = …` here"),
    ("in", "a `let` is a line of its own here; what uses it comes below"),
    ("do", "no `do` is needed here: a statement starts in column 0"),
    ("end", "no `end` is needed here: indented lines belong to the line above"),
];

/// The fix for a name that is known elsewhere, or is a command, if it is.
pub(super) fn help(name: &str) -> Option<String> {
    if let Some((_, own)) = NAMES.iter().find(|(foreign, _)| *foreign == name) {
        let unit = if *own == "tempo" { ", in beats a minute: `tempo 120`" } else { "" };
        return Some(format!("it is called `{own}` here{unit}"));
    }
    if let Some(help) = word(name) {
        return Some(help.into());
    }
    let command = COMMANDS.iter().find(|command| command.name == name)?;
    Some(format!("it is a command, on a line of its own: `{}`", command.usage))
}

/// What is done for a word of other systems.
pub(crate) fn word(name: &str) -> Option<&'static str> {
    WORDS.iter().find(|(word, _)| *word == name).map(|(_, help)| *help)
}

/// Adds the fix of a call with too many or too few arguments that is known from its name.
pub(super) fn call(name: &str, problem: Problem) -> Problem {
    match name {
        "more" | "less" => {
            problem.help(format!("what and how much: `.{name} \"density\" 0.7`; see `help {name}`"))
        }
        _ => problem,
    }
}
