//! Did you mean: the known names nearest to one that is not known.

use std::collections::BTreeMap;

/// The names of `candidates` that `word` is likely meant to be, likeliest first, at most `max`.
///
/// Near means few slips of the finger (Damerau–Levenshtein distance, case counting half), about one
/// in three letters, and not a whole slip farther than the nearest; a name that `word` starts, or that starts `word`, is near too.
pub fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    max: usize,
) -> Vec<&'c str> {
    const LONGEST: usize = 64;
    let typed: Vec<char> = word.chars().take(LONGEST).collect();
    let mut ranked = BTreeMap::new();
    for name in candidates {
        let letters: Vec<char> = name.chars().take(LONGEST).collect();
        if let Some(cost) = cost(&typed, &letters).filter(|_| name != word) {
            ranked.insert((cost, letters.len(), name), ());
        }
    }
    let best = ranked.keys().next().map_or(0, |(cost, _, _)| *cost);
    let near = ranked.into_keys().filter(|(cost, _, _)| *cost <= best + 1);
    near.map(|(_, _, name)| name).take(max).collect()
}

/// How far apart two words are, in half slips; nothing if too far to be meant.
fn cost(typed: &[char], name: &[char]) -> Option<usize> {
    let (short, long) = (typed.len().min(name.len()), typed.len().max(name.len()));
    if short == 0 {
        return None;
    }
    let starts = short >= 2 && same(&typed[..short], &name[..short]);
    let allowed = 2 * long.div_ceil(3).min(3);
    if !starts && 2 * (long - short) > allowed {
        return None;
    }
    let slips = distance(typed, name);
    match starts {
        // A word that is not yet finished is likelier than one typed too far.
        true => Some(slips.min(2 + (long - short) / 2) - usize::from(typed.len() < name.len())),
        false => (slips <= allowed && slips < 2 * short).then_some(slips),
    }
}

fn same(a: &[char], b: &[char]) -> bool {
    a.iter().zip(b).all(|(a, b)| substitution(*a, *b) < 2)
}

/// The cost of one letter for another, in half slips.
fn substitution(a: char, b: char) -> usize {
    match () {
        _ if a == b => 0,
        _ if a.to_lowercase().eq(b.to_lowercase()) => 1,
        _ => 2,
    }
}

/// Damerau–Levenshtein distance (optimal string alignment: letters inserted, left out, changed, or
/// two neighbours swapped), in half slips.
fn distance(a: &[char], b: &[char]) -> usize {
    let row = |i: usize| (0..=b.len()).map(|j| 2 * (i + j)).collect::<Vec<_>>();
    let (mut before, mut above) = (row(0), row(0));
    for (i, x) in a.iter().enumerate() {
        let mut here = row(i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = above[j] + substitution(*x, *y);
            let mut best = changed.min(above[j + 1] + 2).min(here[j] + 2);
            if i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x {
                best = best.min(before[j - 1] + 2);
            }
            here[j + 1] = best;
        }
        before = std::mem::replace(&mut above, here);
    }
    above[b.len()]
}
