//! Names of notes.

/// MIDI number of a note name: `c` = `c3` = 48, `c#4`, `eb3`, `Cs4`, `ef3`, `c-1`; the default
/// octave is 3.
pub fn midi(name: &str) -> Option<f64> {
    let mut chars = name.chars();
    let letter = chars.next()?.to_ascii_lowercase();
    let mut pitch = match letter {
        'c' => 0,
        'd' => 2,
        'e' => 4,
        'f' => 5,
        'g' => 7,
        'a' => 9,
        'b' => 11,
        _ => return None,
    };
    let rest = chars.as_str();
    let marks = rest.find(|c| !matches!(c, '#' | 's' | 'b' | 'f')).unwrap_or(rest.len());
    for mark in rest[..marks].chars() {
        pitch += if matches!(mark, '#' | 's') { 1 } else { -1 };
    }
    let digits = &rest[marks..];
    let octave: i32 = if digits.is_empty() { 3 } else { parse_octave(digits)? };
    Some(f64::from(pitch + 12 * (octave + 1)))
}

fn parse_octave(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain =
        digits.len() <= 2 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
