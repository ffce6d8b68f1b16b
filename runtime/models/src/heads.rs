//! What a network answers for one sequence, read as slices of log-probabilities.

use std::borrow::Cow;

use ndarray::ArrayViewD;

/// All numbers of a head, in the order of its shape; none without a head.
pub(crate) fn all<'a>(head: Option<&'a ArrayViewD<'_, f32>>) -> Cow<'a, [f32]> {
    let Some(head) = head else { return Cow::Borrowed(&[]) };
    match head.as_slice() {
        Some(slice) => Cow::Borrowed(slice),
        None => Cow::Owned(head.iter().copied().collect()),
    }
}

/// One row of a head with rows and columns: the distribution given `index`. None without it.
pub(crate) fn row<'a>(head: Option<&'a ArrayViewD<'_, f32>>, index: usize) -> Cow<'a, [f32]> {
    let width = head.and_then(|head| head.shape().last()).copied().unwrap_or(0);
    let range = index * width..(index + 1) * width;
    match all(head) {
        Cow::Borrowed(slice) => Cow::Borrowed(slice.get(range).unwrap_or(&[])),
        Cow::Owned(numbers) => Cow::Owned(numbers.get(range).unwrap_or(&[]).to_vec()),
    }
}

/// The log-probability of a class; not a number if there is none such.
pub(crate) fn log(logs: &[f32], class: usize) -> f64 {
    logs.get(class).copied().map_or(f64::NAN, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    #[test]
    fn rows_are_read_however_they_lie() {
        let numbers = Array2::from_shape_fn((3, 4), |(i, j)| (10 * i + j) as f32);
        let whole = numbers.view().into_dyn();
        assert_eq!(row(Some(&whole), 2)[..], [20.0, 21.0, 22.0, 23.0]);
        assert!(row(Some(&whole), 3).is_empty() && row(None, 0).is_empty());
        let part = numbers.slice(s![.., 1..3]).into_dyn();
        assert_eq!(all(Some(&part))[..], [1.0, 2.0, 11.0, 12.0, 21.0, 22.0]);
        assert_eq!(row(Some(&part), 1)[..], [11.0, 12.0]);
        assert_eq!(log(&row(Some(&part), 1), 1), 12.0);
        assert!(log(&[], 0).is_nan());
    }
}
