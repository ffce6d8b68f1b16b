//! Reads the wire format in which ONNX files are written (protocol buffers), field by field.

/// A field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A whole number.
    Number(u64),
    /// Bytes: a text, packed numbers, or a message of its own.
    Bytes(&'a [u8]),
    /// Four or eight bytes of fixed width, which nothing here needs.
    Fixed,
}

/// The fields of a message in order, each a number and a value; `Err` once the bytes end in the
/// middle of one.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = number(&mut self.0)?;
        let value = match key & 7 {
            0 => Value::Number(number(&mut self.0)?),
            1 => self.skip(8)?,
            2 => {
                let length = usize::try_from(number(&mut self.0)?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            5 => self.skip(4)?,
            _ => return None,
        };
        Some((key >> 3, value))
    }

    fn skip(&mut self, bytes: usize) -> Option<Value<'a>> {
        self.0 = self.0.get(bytes..)?;
        Some(Value::Fixed)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Cut>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field().ok_or(Cut);
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// The bytes end, or are none of this format, in the middle of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut;

/// A number of variable length at the start of the bytes, which go past it.
pub(super) fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for (i, &byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * u32::try_from(i).ok()?)?;
        if byte < 0x80 {
            *bytes = bytes.get(i + 1..)?;
            return Some(value);
        }
    }
    None
}

/// Packed numbers, as many as there are whole.
pub(super) fn numbers(mut bytes: &[u8]) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || number(&mut bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_format_description() {
        // From the encoding page of protocol buffers: field 1 is 150, field 2 is "testing".
        let bytes = b"\x08\x96\x01\x12\x07testing";
        let fields: Vec<_> = Fields::of(bytes).collect();
        let expected = [Ok((1, Value::Number(150))), Ok((2, Value::Bytes(b"testing".as_slice())))];
        assert_eq!(fields, expected);
        for cut in 1..bytes.len() {
            let whole = Fields::of(&bytes[..cut]).all(|field| field.is_ok());
            assert_eq!(whole, cut == 3, "{cut}");
        }
        assert!(Fields::of(&[0xff; 40]).any(|field| field.is_err()));
    }
}
