//! The identity of a phrase: equal wishes have equal keys, on every machine and run.

use mag_pattern::{Given, PhraseRequest, Role, Sym, Time};
use std::fmt;

/// 128 bits of everything that decides how a phrase comes out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u128);

/// The 128-bit FNV-1a hash (Fowler, Noll, Vo; constants of RFC 9923).
struct Fnv(u128);

impl Fnv {
    fn new() -> Fnv {
        Fnv(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }
    fn int(&mut self, n: i64) {
        self.bytes(&n.to_le_bytes());
    }
    fn real(&mut self, x: f64) {
        self.bytes(&x.to_bits().to_le_bytes());
    }
    fn time(&mut self, t: Time) {
        self.int(t.numerator());
        self.int(t.denominator());
    }
    fn text(&mut self, text: Option<Sym>) {
        let text = text.map_or("", Sym::as_str);
        self.int(text.len() as i64);
        self.bytes(text.as_bytes());
    }
    fn notes(&mut self, notes: &[Given]) {
        self.int(notes.len() as i64);
        for note in notes {
            self.time(note.onset);
            self.time(note.length);
            self.real(note.pitch.unwrap_or(-1e9));
            self.text(note.sound);
            self.real(note.gain);
        }
    }
    /// A number that may be left to the model.
    fn maybe(&mut self, x: Option<f64>) {
        self.int(i64::from(x.is_some()));
        self.real(x.unwrap_or(0.0));
    }
    fn kind(&mut self, request: &PhraseRequest) {
        self.text(Some(request.verb));
        self.text(Some(request.model));
        self.int(i64::from(request.bars));
        self.int(i64::from(request.meter.0));
        self.int(i64::from(request.meter.1));
    }
    fn wish(&mut self, request: &PhraseRequest) {
        self.kind(request);
        self.harmony(request);
        self.int(i64::from(request.tempo.unwrap_or(0)));
        self.int(request.seed);
        self.maybe(request.temperature);
        self.maybe(request.top);
        self.notes(&request.prime);
        self.int(request.given.len() as i64);
        request.given.iter().for_each(|notes| self.notes(notes));
        self.int(if request.flow { request.index } else { -1 });
        self.int(request.settings.len() as i64);
        for (name, value) in &request.settings {
            self.text(Some(*name));
            self.text(Some(Sym::new(&value.to_string())));
        }
        self.text(request.device);
        match &request.from {
            None => self.int(0),
            Some((role, wish)) => {
                self.int(if *role == Role::Prime { 1 } else { 2 });
                self.wish(wish);
            }
        }
    }
    fn harmony(&mut self, request: &PhraseRequest) {
        self.text(request.key);
        self.int(request.chords.len() as i64);
        for (at, chord) in &request.chords {
            self.time(*at);
            self.text(Some(*chord));
        }
    }
}

impl Key {
    /// The key of a wish.
    pub fn of(request: &PhraseRequest) -> Key {
        let mut hash = Fnv::new();
        hash.wish(request);
        Key(hash.0)
    }

    /// The key that is written so.
    pub fn parse(text: &str) -> Option<Key> {
        (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok().map(Key))?
    }

    /// What phrases have in common that can stand in for one another, nearest first: the same
    /// model, length, meter and harmony; then the same but for the harmony. Nothing stands in for
    /// what is done to a pattern: that pattern is heard as it is.
    pub fn lanes(request: &PhraseRequest) -> Vec<Key> {
        if !request.given.is_empty() {
            return Vec::new();
        }
        let mut wide = Fnv::new();
        wide.kind(request);
        let mut narrow = Fnv::new();
        narrow.kind(request);
        narrow.harmony(request);
        narrow.bytes(b"harmony");
        vec![Key(narrow.0), Key(wide.0)]
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrases::tests::wish;

    #[test]
    fn fnv_agrees_with_its_published_values() {
        // From the test vectors of the FNV reference code, 128-bit FNV-1a.
        let hash = |text: &str| {
            let mut hash = Fnv::new();
            hash.bytes(text.as_bytes());
            hash.0
        };
        assert_eq!(hash(""), 0x6c62272e07bb014262b821756295c58d);
        assert_eq!(hash("a"), 0xd228cb696f1a8caf78912b704e4a8964);
        assert_eq!(hash("foobar"), 0x343e1662793c64bf6f0d3597ba446f18);
    }

    #[test]
    fn only_what_decides_the_phrase_counts() {
        let one = wish(1);
        assert_eq!(Key::of(&one), Key::of(&PhraseRequest { index: 9, ..one.clone() }));
        let flowing = PhraseRequest { flow: true, ..one.clone() };
        assert_ne!(
            Key::of(&flowing),
            Key::of(&PhraseRequest { index: flowing.index + 1, ..flowing.clone() })
        );
        assert_ne!(Key::of(&one), Key::of(&wish(2)));
        assert_ne!(
            Key::of(&one),
            Key::of(&PhraseRequest { chords: vec![(Time::ZERO, Sym::new("C"))], ..one.clone() })
        );
        let given = vec![vec![Given::pitched(Time::ZERO, Time::ONE, 60.0)]];
        let done = PhraseRequest { given, ..one.clone() };
        assert_ne!(Key::of(&one), Key::of(&done));
        assert_eq!(Key::lanes(&done), [], "nothing stands in for it");
        let from = Some((Role::Prime, Box::new(wish(2))));
        assert_ne!(Key::of(&one), Key::of(&PhraseRequest { from, ..one.clone() }));
    }
}
