//! The commands and settings that may start a statement: this is where they are declared.

use super::token::{Tok, Token};

/// A command: its name, how it is written, and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its first word.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// What else there is to know; may be empty.
    pub more: &'static str,
    /// Ways to write it.
    pub examples: &'static [&'static str],
    /// Whether it takes one whole expression rather than single atoms.
    pub takes_expr: bool,
    /// Whether a function has the same name: it is the command only before numbers and names.
    shared: bool,
}

impl Command {
    const fn more(self, more: &'static str, examples: &'static [&'static str]) -> Command {
        Command { more, examples, ..self }
    }
    const fn shared(self) -> Command {
        Command { shared: true, ..self }
    }
    /// Whether a statement that begins with its name and goes on with `rest` is this command.
    pub(super) fn starts(&self, rest: &[Token<'_>]) -> bool {
        let plain = |(tok, _): &Token<'_>| matches!(tok, Tok::Num(_) | Tok::Name(_) | Tok::Dot);
        // (one that takes nothing is the function as soon as something follows)
        let takes = self.usage.contains(' ');
        !self.shared || (rest.iter().all(plain) && (takes || rest.is_empty()))
    }
}

const fn command(name: &'static str, usage: &'static str, doc: &'static str) -> Command {
    Command { name, usage, doc, more: "", examples: &[], takes_expr: false, shared: false }
}

/// Every command, in alphabetical order.
pub const COMMANDS: &[Command] = &[
    command("at", "at bar", "When this edit takes effect, whatever the quantum is.").more(
        "`now`, `beat`, `bar`, or a number of bars: the next bar whose number it divides. Alone on \
         a line it holds for the whole text; before a statement it can stand on the same line.",
        &["at now hush", "at 4 kick: s \"bd*4\"", "at bar"],
    ),
    command("fade", "fade out pad 8", "Fades parts in or out over some cycles (8 if not said).")
        .more(
            "Without a part, all of them. On the synth it is a fader that also moves what sounds \
             already; events sent by OSC carry the fader in their `gain`, notes in a MIDI file in \
             their velocity. A part that was faded out plays on unheard, in phase, until `fade in`. \
             A new part with `fade in` comes from silence.",
            &["fade out pad 8", "fade in pad hats .over 4", "fade out"],
        ),
    command("help", "help every", "Shows what a name means; `help` alone gives an overview."),
    command("hush", "hush", "Silences every part.").more(
        "What sounds is released quickly, echoes ring on; `undo` brings the parts back.",
        &["hush"],
    ),
    command(
        "load",
        "load",
        "Tells how the sound card is kept up with: buffers missed, time taken.",
    ),
    command("meter", "meter 3/4", "Sets the bar, which is the cycle: beats and their note value."),
    command("mute", "mute hats", "Silences the named parts until `unmute`.")
        .more("", &["mute hats", "mute hats kick"]),
    command("nudge", "nudge 20", "Plays everything this many milliseconds later; less is earlier.")
        .shared()
        .more(
            "To play in time with others. It holds until the next `nudge`; `nudge 0` takes it back, \
             `nudge by -5` moves from where it is. The music slides there within a beat or two, \
             without a jump. (Within a pattern, `.nudge 0.02` moves single events, in seconds.)",
            &["nudge 20", "nudge by -5", "nudge 0"],
        ),
    Command {
        takes_expr: true,
        ..command("once", "once s \"cp\"", "Plays one cycle of a pattern, then forgets it.")
            .more("It starts at the quantum, from the pattern's first cycle.", &["once s \"cp*3\""])
    },
    command("panic", "panic", "Cuts what sounds, echoes too, and silences every part.").more(
        "At once: rooms and delays are emptied; SuperDirt is sent `superpanic`, MIDI `all notes off`.",
        &["panic"],
    ),
    command("preload", "preload 'break'", "Decodes a sound's recordings now, and says when they are there.")
        .more("All variants of the named sounds, or of a SoundFont's instruments.", &["preload 'break'"]),
    command("quantum", "quantum bar", "When edits take effect: now, beat, bar or some bars.").more(
        "It holds from this edit on. `at` is for one edit.",
        &["quantum bar", "quantum 4", "quantum now"],
    ),
    command("record", "record 'take.wav'", "Writes what sounds to a file; `record stop` ends it."),
    command("redo", "redo", "Goes forward again after `undo`."),
    command("samples", "samples 'mine'", "Plays the recordings in a folder: `s \"NAME:2\"`."),
    command("seed", "seed 7", "Another take of the whole set: draws all chance anew.").shared().more(
        "It moves `rand`, `?`, `degrade`, `sometimes`, and the phrases of models, also where the \
         pattern has a `.seed` of its own. `seed 0` is the set as written.",
        &["seed 7", "seed 0"],
    ),
    command("solo", "solo lead", "Silences every part but the named ones until `unsolo`.")
        .more("", &["solo lead", "solo lead bass"]),
    command("soundfont", "soundfont 'piano.sf2'", "Plays the instruments of a SoundFont: `s \"gm_flute\"`."),
    command("tap", "tap", "Tap it on the beat, four times or more, to set the tempo.").shared().more(
        "At the prompt, by `mag send tap`, or with the key `b` of `mag play`. A tap left out or \
         doubled does no harm; after two seconds without one it starts anew.",
        &["tap"],
    ),
    command("tempo", "tempo 124", "Sets the tempo in beats a minute.").more(
        "With `.over` it gets there evenly over so many cycles. A tempo set by hand stands until \
         the file's own `tempo` line changes.",
        &["tempo 124", "tempo 140 .over 8"],
    ),
    command(
        "timing",
        "timing",
        "How early, late and evenly events leave; `timing reset` begins anew.",
    ),
    command("undo", "undo", "Goes back to what played before the last edit."),
    command("unmute", "unmute hats", "Lets the named parts, or all, sound again."),
    command("unsolo", "unsolo", "Lets the parts sound again that `solo` had silenced."),
    command("use", "use 'drums.mag'", "Reads the definitions of another file."),
    command("xfade", "xfade 4", "Crossfades edits: the old version of a part fades over cycles.")
        .shared()
        .more(
            "The new version fades in at equal power while the old one, still in phase, fades out; \
             parts that come or go fade too. With names it is for those parts alone; `xfade 0` \
             changes parts at once again.",
            &["xfade 4", "xfade 2 pad lead", "xfade 0"],
        ),
];

/// The command of this name.
pub fn command_named(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}
