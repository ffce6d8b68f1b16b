//! Writes events as lines that other systems' events can be compared with.

use mag_pattern::{Hap, Pattern, Query, Span, Value};

/// Lists the onsets of a pattern: begin, end, and each control as `name=value`.
pub struct Listing<'p> {
    pattern: &'p Pattern,
    query: Query<'static>,
}

impl Listing<'_> {
    /// Of this pattern.
    pub fn new(pattern: &Pattern) -> Listing<'_> {
        Listing { pattern, query: Query::default() }
    }
    /// The onsets of one cycle, by time, then by text.
    pub fn cycle(&mut self, cycle: i64) -> Vec<String> {
        let mut haps = Vec::new();
        self.query.restart();
        self.pattern.query(Span::cycle(cycle), &mut self.query, &mut haps);
        let onsets = haps.iter().filter(|hap| hap.has_onset());
        let mut lines: Vec<_> = onsets.map(|hap| (hap.part.begin, line(hap))).collect();
        lines.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(a.1.cmp(&b.1)).then(a.1.cmp(&b.1)));
        lines.into_iter().map(|(_, line)| line).collect()
    }
    /// The first onsets from cycle 0 on, of at most 64 cycles.
    pub fn first(&mut self, count: usize) -> Vec<String> {
        (0..64).flat_map(|cycle| self.cycle(cycle)).take(count).collect()
    }
}

fn line(hap: &Hap) -> String {
    let whole = hap.whole_or_part();
    let mut text = format!("{} {}", whole.begin, whole.end);
    match &hap.value {
        Value::Map(controls) => {
            for (name, value) in controls.sorted() {
                text += &format!(" {name}={}", plain(value));
            }
        }
        other => text += &format!(" value={}", plain(other)),
    }
    text
}

/// Numbers with six places, so that systems which round differently agree.
fn plain(value: &Value) -> String {
    match value {
        Value::Num(x) => format!("{x:.6}"),
        other => other.to_string(),
    }
}
