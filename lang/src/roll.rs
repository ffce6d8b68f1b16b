//! A pattern as a small piano-roll of text: time to the right, one row for each pitch or sound.

mod label;

use label::{Label, label};
use mag_pattern::{Hap, Pattern, Query, Span, Time};
use std::collections::BTreeMap;

/// So many cycles are looked at, to see after how many the pattern repeats.
const CYCLES: i64 = 4;
/// Columns of one cycle alone, and of all cycles together.
const COLUMNS: usize = 64;
/// Rows at most.
const ROWS: usize = 16;
/// The widest label, in characters.
const LABEL: usize = 16;
/// Heights of the columns that draw a continuous value.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws a pattern from cycle `from` on, no wider than `width` characters.
///
/// A pattern that repeats after one, two or three cycles is drawn that far, any other for four, or
/// fewer where they would not fit. `█` is where an event begins, `▒` where it goes on, a digit how
/// many begin in one place.
///
/// # Errors
/// What went wrong in the pattern, in the performer's words.
pub fn draw(
    pattern: &Pattern,
    from: i64,
    width: usize,
    query: &mut Query,
) -> Result<String, String> {
    let mut cycles = Vec::new();
    for cycle in from..from.saturating_add(CYCLES) {
        cycles.push(ask(pattern, Span::cycle(cycle), query)?);
    }
    let all = || cycles.iter().flatten();
    if all().next().is_none() {
        return Ok(format!("silence (in cycles {from} to {})\n", from + CYCLES - 1));
    }
    if all().all(|hap| hap.whole.is_none()) {
        return curve(pattern, from, width, query);
    }
    let (rows, hidden) = rows(&cycles);
    let labels = rows.iter().map(|(label, _)| label.text.chars().count()).max().unwrap_or(0);
    let labels = labels.min(LABEL);
    let space = COLUMNS.min(width.saturating_sub(labels + 8)).max(8);
    let grid = Grid::fit(&cycles, from, space);
    let mut text = grid.head(labels);
    for (label, haps) in rows {
        let name: String = label.text.chars().take(labels).collect();
        let line = format!("{name:>labels$} │{}", grid.row(&haps));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if hidden > 0 {
        text.push_str(&format!("{:>labels$}  and {hidden} more rows\n", ""));
    }
    Ok(text)
}

fn ask(pattern: &Pattern, span: Span, query: &mut Query) -> Result<Vec<Hap>, String> {
    let mut haps = Vec::new();
    query.restart();
    pattern.query(span, query, &mut haps);
    match query.trouble() {
        Some(trouble) => Err(trouble.message.clone()),
        None => Ok(haps),
    }
}

/// The events by row, highest pitch first, then sounds as they come; and how many rows are left
/// out.
fn rows(cycles: &[Vec<Hap>]) -> (Vec<(Label, Vec<&Hap>)>, usize) {
    let mut rows: BTreeMap<String, (Label, Vec<&Hap>)> = BTreeMap::new();
    let mut seen = Vec::new();
    for hap in cycles.iter().flatten() {
        let label = label(&hap.value);
        seen.push(label.text.clone());
        rows.entry(label.text.clone()).or_insert_with(|| (label, Vec::new())).1.push(hap);
    }
    let first_seen = |label: &Label| seen.iter().position(|text| *text == label.text);
    let mut rows: Vec<(Label, Vec<&Hap>)> = rows.into_values().collect();
    rows.sort_by(|(a, _), (b, _)| {
        let height = |l: &Label| l.height.unwrap_or(f64::NEG_INFINITY);
        height(b).total_cmp(&height(a)).then_with(|| first_seen(a).cmp(&first_seen(b)))
    });
    let hidden = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    (rows, hidden)
}

/// Which columns belong to which time.
struct Grid {
    from: i64,
    cycles: usize,
    /// Columns of a cycle.
    columns: usize,
}

impl Grid {
    /// Columns such that events begin on their borders, if `space` allows.
    fn fit(cycles: &[Vec<Hap>], from: i64, space: usize) -> Grid {
        let mut shown = period(cycles, from);
        loop {
            let steps = steps(&cycles[..shown.min(cycles.len())]);
            let most = space / shown;
            if shown > 1 && steps.is_none_or(|steps| steps > most) {
                shown /= 2;
                continue;
            }
            let columns = match steps {
                Some(steps) if steps <= most => steps * (most / steps),
                // Too fine for the line: at least quarters lie on borders.
                _ => most - most % 4,
            };
            return Grid { from, cycles: shown, columns: columns.max(1) };
        }
    }

    /// The line above: the numbers of the cycles.
    fn head(&self, labels: usize) -> String {
        let mut line = format!("{:>labels$} ", "");
        for cycle in (self.from..).take(self.cycles) {
            line.push_str(&format!("│{cycle:<width$}", width = self.columns));
        }
        line.push_str("│\n");
        line
    }

    fn row(&self, haps: &[&Hap]) -> String {
        let mut line = String::new();
        for cycle in (self.from..).take(self.cycles) {
            line.extend((0..self.columns).map(|column| self.cell(haps, cycle, column)));
            line.push('│');
        }
        line
    }

    fn cell(&self, haps: &[&Hap], cycle: i64, column: usize) -> char {
        let edge = |column: usize| Time::int(cycle) + Time::new(column as i64, self.columns as i64);
        let cell = Span::new(edge(column), edge(column + 1));
        let inside = |t: Time| t >= cell.begin && t < cell.end;
        let onsets = haps.iter().filter(|hap| hap.has_onset() && inside(hap.part.begin)).count();
        let sounds = |hap: &&&Hap| hap.part.begin < cell.end && hap.part.end > cell.begin;
        match onsets {
            0 if haps.iter().any(|hap| sounds(&hap)) => '▒',
            0 => ' ',
            1 => '█',
            2..=9 => char::from_digit(onsets as u32, 10).unwrap_or('+'),
            _ => '+',
        }
    }
}

/// After how many cycles the events repeat, as far as they are known.
fn period(cycles: &[Vec<Hap>], from: i64) -> usize {
    let relative = |i: usize| -> Vec<(Option<Span>, Span, String)> {
        let back = |t: Time| t - Time::int(from + i as i64);
        let mut haps: Vec<_> = cycles[i]
            .iter()
            .map(|hap| (hap.whole.map(|w| w.map(back)), hap.part.map(back), hap.value.to_string()))
            .collect();
        haps.sort_by_cached_key(|hap| format!("{hap:?}"));
        haps
    };
    let all: Vec<_> = (0..cycles.len()).map(relative).collect();
    let repeats = |p: usize| (p..all.len()).all(|i| all[i] == all[i - p]);
    (1..cycles.len()).find(|&p| repeats(p)).unwrap_or(cycles.len())
}

/// Into how many equal steps a cycle falls so that events begin and end between them; `None` if
/// those are more than fit on any line.
fn steps(cycles: &[Vec<Hap>]) -> Option<usize> {
    let mut steps = 1i64;
    for hap in cycles.iter().flatten() {
        for t in [hap.part.begin, hap.part.end] {
            let part = Time::new(steps, t.denominator());
            steps = steps.checked_mul(part.denominator())?;
            if steps > COLUMNS as i64 {
                return None;
            }
        }
    }
    usize::try_from(steps).ok()
}

/// A continuous value over one cycle: one line of columns between its lowest and highest value.
fn curve(pattern: &Pattern, from: i64, width: usize, query: &mut Query) -> Result<String, String> {
    let columns = COLUMNS.min(width.saturating_sub(LABEL + 8)).max(8);
    let mut values = Vec::new();
    for column in 0..columns {
        let edge = |column: usize| Time::int(from) + Time::new(column as i64, columns as i64);
        let haps = ask(pattern, Span::new(edge(column), edge(column + 1)), query)?;
        values.push(haps.first().and_then(|hap| label(&hap.value).height));
    }
    let known = || values.iter().flatten().copied();
    let (low, high) = (known().fold(f64::MAX, f64::min), known().fold(f64::MIN, f64::max));
    if low > high {
        return Ok("a continuous value without numbers\n".into());
    }
    let column = |value: &Option<f64>| match value {
        Some(value) if high > low => {
            let height = (value - low) / (high - low) * (HEIGHTS.len() - 1) as f64;
            HEIGHTS.get(height.round() as usize).copied().unwrap_or(' ')
        }
        Some(_) => HEIGHTS[3],
        None => ' ',
    };
    let line: String = values.iter().map(column).collect();
    let range = format!("{} to {}", label::number(low), label::number(high));
    Ok(format!("{range} │{line}│\n"))
}

#[cfg(test)]
mod tests;
