//! Forms: which section a phrase is, and what it shares with the sections before it.

use super::{Generator, notes};
use mag_pattern::{Pattern, PhraseRequest, Query, Role, Span, Sym, Value};

/// The most sections of a form.
const MOST: usize = 64;

/// The names of a form's sections, in order: the words of one cycle.
pub(super) fn sections(p: &Pattern) -> Result<Vec<Sym>, String> {
    let mut found = notes::haps(p, Span::cycle(0), &mut Query::of_work(10_000));
    found.sort_by(|a, b| {
        a.part.begin.partial_cmp(&b.part.begin).unwrap_or(std::cmp::Ordering::Equal)
    });
    match found.len() {
        1..=MOST => Ok(found.iter().map(|hap| notes::spelled(&hap.value)).collect()),
        n => Err(format!("`.form` takes 1 to {MOST} sections such as \"A A B A\", found {n}")),
    }
}

/// Where a phrase stands in the form.
pub(super) struct Place {
    /// The section's name; none without a form.
    pub name: Option<Sym>,
    /// How often the whole form was played before.
    pub pass: i64,
    /// How often the section was played before in this pass.
    pub turn: i64,
    /// How many sections with other names began before the first of this one.
    pub rank: usize,
}

impl Generator {
    /// The place of phrase number `index`.
    pub(super) fn place(&self, index: i64) -> Place {
        let n = self.form.len() as i64;
        if n == 0 || self.flow {
            let varies = self.settings.contains_key("vary") && !self.flow;
            let turn = if varies { index } else { 0 };
            return Place { name: None, pass: if varies { 0 } else { index }, turn, rank: 0 };
        }
        let at = index.rem_euclid(n) as usize;
        let name = self.form.get(at).copied();
        let before = self.form.get(..at).unwrap_or_default();
        let turn = before.iter().filter(|other| Some(**other) == name).count() as i64;
        let first = self.form.iter().position(|other| Some(*other) == name).unwrap_or(0);
        let mut others: Vec<Sym> = self.form.get(..first).unwrap_or_default().to_vec();
        others.sort();
        others.dedup();
        Place { name, pass: index.div_euclid(n), turn, rank: others.len() }
    }

    /// What a wish shares with other sections: a section that returns is the same phrase, with
    /// the share `vary` of it made anew; a new one continues the first, so that it takes up its
    /// motifs.
    pub(super) fn formed(
        &self,
        index: i64,
        mut wish: PhraseRequest,
        place: &Place,
        q: &mut Query,
    ) -> PhraseRequest {
        let vary = wish.number("vary").unwrap_or(0.0);
        wish.settings.retain(|(name, _)| name.as_str() != "vary");
        self.name_section(&mut wish, place);
        let own = wish.seed;
        if place.rank > 0 && wish.prime.is_empty() {
            let first = index - index.rem_euclid(self.form.len().max(1) as i64);
            let at = self.place(first);
            let mut motif = self.conditions(first, &at, q);
            motif.model = wish.model;
            motif.settings.retain(|(name, _)| name.as_str() != "vary");
            self.name_section(&mut motif, &at);
            wish.from = Some((Role::Prime, Box::new(motif)));
            wish.seed = mixed(own, place.rank as i64);
        }
        if place.turn == 0 || vary <= 0.0 {
            return wish;
        }
        let mut varied = PhraseRequest {
            verb: Sym::new("infill"),
            seed: mixed(own, 1000 * (1 + place.rank as i64) + place.turn),
            prime: Vec::new(),
            ..wish.clone()
        };
        varied.settings.push((Sym::new("share"), Value::Num(vary)));
        varied.settings.sort_by_key(|(name, _)| *name);
        varied.from = Some((Role::Given, Box::new(wish)));
        varied
    }

    /// Tells the chords model what kind of section it is.
    fn name_section(&self, wish: &mut PhraseRequest, place: &Place) {
        let told = wish.setting("section").is_some();
        let (Some(name), "chords", false) = (place.name, self.verb.name, told) else { return };
        let kinds = ["verse", "chorus", "bridge", "solo"];
        let kind = match name.as_str() {
            letter if letter.chars().count() == 1 => kinds[place.rank % kinds.len()],
            // A word is one of the model's own.
            word => word,
        };
        wish.settings.push((Sym::new("section"), Value::word(kind)));
        wish.settings.sort_by_key(|(name, _)| *name);
    }
}

/// A seed of its own for each of a performer's seed's uses (the finaliser of SplitMix64, Steele et
/// al. 2014), short so that it reads well where it is shown.
fn mixed(seed: i64, number: i64) -> i64 {
    let mut z = (seed as u64).wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 16) as i64
}
