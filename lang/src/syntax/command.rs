//! The commands and settings that may start a statement.

/// A command: its name, how it is written, and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its first word.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// Whether it takes one whole expression rather than single atoms.
    pub takes_expr: bool,
}

const fn command(name: &'static str, usage: &'static str, doc: &'static str) -> Command {
    Command { name, usage, doc, takes_expr: false }
}

/// Every command, in alphabetical order.
pub const COMMANDS: [Command; 18] = [
    command("help", "help every", "Shows what a name means; `help` alone gives an overview."),
    command("hush", "hush", "Silences every part."),
    command(
        "load",
        "load",
        "Tells how the sound card is kept up with: buffers missed, time taken.",
    ),
    command("meter", "meter 3/4", "Sets the bar, which is the cycle: beats and their note value."),
    command("mute", "mute hats", "Silences the named parts until `unmute`."),
    Command {
        takes_expr: true,
        ..command("once", "once s \"cp\"", "Plays one cycle of a pattern, then forgets it.")
    },
    command("panic", "panic", "Cuts what sounds, echoes too, and silences every part."),
    command("quantum", "quantum 'bar'", "When edits take effect: now, beat, bar or some bars."),
    command("record", "record 'take.wav'", "Writes what sounds to a file; `record stop` ends it."),
    command("redo", "redo", "Goes forward again after `undo`."),
    command("samples", "samples 'mine'", "Plays the recordings in a folder: `s \"NAME:2\"`."),
    command("solo", "solo lead", "Silences every part but the named ones until `unsolo`."),
    command("tempo", "tempo 124", "Sets the tempo in beats a minute."),
    command(
        "timing",
        "timing",
        "How early, late and evenly events leave; `timing reset` begins anew.",
    ),
    command("undo", "undo", "Goes back to what played before the last edit."),
    command("unmute", "unmute hats", "Lets the named parts, or all, sound again."),
    command("unsolo", "unsolo", "Lets the parts sound again that `solo` had silenced."),
    command("use", "use 'drums.mag'", "Reads the definitions of another file."),
];

/// The command of this name.
pub fn command_named(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}
