//! Interned text: names of sounds, controls and notes, compared by address and copied for free.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

/// A word that exists once in the process.
///
/// Every event carries a few of these. An eight-byte copy instead of a counted string is what
/// keeps values at sixteen bytes and copying them out of the profile. Words come from text that a
/// performer typed, so what is never freed stays small.
#[derive(Clone, Copy)]
pub struct Sym(&'static &'static str);

/// The one table of words.
static WORDS: LazyLock<RwLock<HashMap<&'static str, Sym>>> = LazyLock::new(Default::default);

/// Words that a thread met lately, by [`place`].
type Recent = [Cell<Option<Sym>>; 256];

thread_local! {
    /// Spares the lock of the table, which costs more than the rest of finding a word.
    static RECENT: Recent = const { [const { Cell::new(None) }; 256] };
}

/// Where a word is kept among the recent ones.
fn place(text: &str) -> usize {
    let mixed = text.bytes().fold(text.len(), |sum, b| sum.wrapping_mul(31) ^ usize::from(b));
    (mixed ^ mixed >> 8) % 256
}

impl Sym {
    /// The symbol of a text.
    #[inline]
    pub fn new(text: &str) -> Sym {
        RECENT.with(|recent| {
            let kept = &recent[place(text)];
            if let Some(sym) = kept.get().filter(|sym| sym.as_str() == text) {
                return sym;
            }
            let sym = Sym::shared(text);
            kept.set(Some(sym));
            sym
        })
    }
    /// The symbol of a text, from the table of all threads.
    fn shared(text: &str) -> Sym {
        let words = WORDS.read().unwrap_or_else(|e| e.into_inner());
        if let Some(&sym) = words.get(text) {
            return sym;
        }
        drop(words);
        let mut words = WORDS.write().unwrap_or_else(|e| e.into_inner());
        if let Some(&sym) = words.get(text) {
            return sym;
        }
        let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
        let sym = Sym(Box::leak(Box::new(kept)));
        words.insert(kept, sym);
        sym
    }
    /// The text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
    /// A number that tells symbols apart within this process.
    #[inline]
    pub(crate) fn address(self) -> usize {
        self.0 as *const &str as usize
    }
}

impl PartialEq for Sym {
    #[inline]
    fn eq(&self, other: &Sym) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Sym {}
impl std::hash::Hash for Sym {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}
impl PartialOrd for Sym {
    fn partial_cmp(&self, other: &Sym) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Sym {
    fn cmp(&self, other: &Sym) -> std::cmp::Ordering {
        self.0.cmp(other.0)
    }
}
impl std::fmt::Display for Sym {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}
impl std::fmt::Debug for Sym {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
impl From<&str> for Sym {
    fn from(text: &str) -> Sym {
        Sym::new(text)
    }
}
