//! Counts in words.

/// "1 argument", "2 arguments".
pub(crate) fn arguments(n: usize) -> String {
    if n == 1 { "1 argument".into() } else { format!("{n} arguments") }
}
