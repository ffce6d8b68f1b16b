//! A text as a change of the one before it: what the two have in common at both ends is left out.

/// Bytes in common at the beginning and at the end, at borders of characters.
pub(super) fn common(before: &str, after: &str) -> (usize, usize) {
    let same = |(a, b): &(char, char)| a == b;
    let width = |(a, _): (char, char)| a.len_utf8();
    let head: usize = before.chars().zip(after.chars()).take_while(same).map(width).sum();
    let (before, after) = (&before[head..], &after[head..]);
    let backwards = before.chars().rev().zip(after.chars().rev());
    (head, backwards.take_while(same).map(width).sum())
}

/// The text that `new` makes between what is kept of `before`; `None` if that is not so long.
pub(super) fn apply(before: &str, (head, tail): (usize, usize), new: &str) -> Option<String> {
    let from = before.len().checked_sub(tail).filter(|from| *from >= head)?;
    Some(format!("{}{new}{}", before.get(..head)?, before.get(from..)?))
}

/// The 64-bit FNV-1a hash of a text (constants of RFC 9923), in hexadecimal.
pub(super) fn sum(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_agree_with_published_values() {
        // From the test vectors of the FNV reference code, 64-bit FNV-1a.
        assert_eq!(sum(""), "cbf29ce484222325");
        assert_eq!(sum("foobar"), "85944171f73967e8");
    }

    proptest! {
        #[test]
        fn a_change_gives_the_text_back(
            head in "[aä]{0,4}", before in "[abä]{0,5}", after in "[abä]{0,5}", tail in "[bä]{0,4}",
        ) {
            let (before, after) =
                (format!("{head}{before}{tail}"), format!("{head}{after}{tail}"));
            let kept = common(&before, &after);
            let new = &after[kept.0..after.len() - kept.1];
            prop_assert_eq!(apply(&before, kept, new), Some(after.clone()));
        }
    }
}
