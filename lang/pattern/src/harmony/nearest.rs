//! The known name nearest to a mistyped one.

/// "no `kind` `name`", and the nearest of the known names if one is near.
pub fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(meant) => format!("no {kind} `{name}`; did you mean `{meant}`?"),
        None => format!("no {kind} `{name}`"),
    }
}

/// The name at the least distance, if at most a third of the letters are wrong.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(64).flat_map(char::to_lowercase).collect();
    let limit = (name.len() / 3).max(1);
    known
        .map(|other| {
            let letters: Vec<char> = other.chars().flat_map(char::to_lowercase).collect();
            (distance(&name, &letters), other)
        })
        .filter(|(wrong, _)| *wrong <= limit)
        .min_by_key(|(wrong, _)| *wrong)
        .map(|(_, other)| other)
}

/// Letters to add, drop, change or swap with a neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = rows[i][j] + usize::from(x != y);
            let mut least = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
