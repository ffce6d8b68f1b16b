//! A place in source text, packed into eight bytes because every event carries some.

/// A stretch of source text: file, and byte offsets `[from, to)`.
///
/// Packed: 16 bits of file, 24 of `from`, 24 of length; offsets past 16 MiB are clamped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Loc(u64);

const MAX: u32 = (1 << 24) - 1;

impl Loc {
    /// The bytes `[from, to)` of file number `file`.
    pub fn new(file: u16, from: usize, to: usize) -> Self {
        let clamp = |x: usize| x.min(MAX as usize) as u64;
        let from = clamp(from);
        let len = clamp(to).saturating_sub(from);
        Loc((file as u64) << 48 | from << 24 | len)
    }
    /// Number of the file.
    pub fn file(self) -> u16 {
        (self.0 >> 48) as u16
    }
    /// Byte offset of the first byte.
    pub fn from(self) -> usize {
        ((self.0 >> 24) as u32 & MAX) as usize
    }
    /// Byte offset after the last byte.
    pub fn to(self) -> usize {
        self.from() + (self.0 as u32 & MAX) as usize
    }
    /// The smallest place that covers both (of the same file).
    pub fn join(self, other: Loc) -> Loc {
        Loc::new(self.file(), self.from().min(other.from()), self.to().max(other.to()))
    }
}

impl std::fmt::Debug for Loc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}..{}", self.file(), self.from(), self.to())
    }
}
