//! A map of named controls, shared until it is changed.

use crate::sym::Sym;
use crate::value::Value;
use smallvec::SmallVec;
use std::sync::Arc;

type Entries = SmallVec<[(Sym, Value); 4]>;

/// Controls by name. A copy shares its storage; a change copies it once if it is shared.
///
/// Entries are kept in the order of their symbols' addresses so that joining two maps is one walk;
/// [`Controls::sorted`] gives them by name.
#[derive(Clone, Default)]
pub struct Controls(Arc<Entries>);

impl Controls {
    /// No controls.
    pub fn new() -> Controls {
        Controls::default()
    }
    /// One control.
    pub fn one(name: Sym, value: Value) -> Controls {
        let mut entries = Entries::new();
        entries.push((name, value));
        Controls(Arc::new(entries))
    }
    fn position(&self, name: Sym) -> Result<usize, usize> {
        // Maps are short: walking beats halving.
        for (i, (key, _)) in self.0.iter().enumerate() {
            if key.address() >= name.address() {
                return if *key == name { Ok(i) } else { Err(i) };
            }
        }
        Err(self.0.len())
    }
    /// The value of a control.
    pub fn get(&self, name: Sym) -> Option<&Value> {
        self.position(name).ok().map(|i| &self.0[i].1)
    }
    /// The number that a control holds.
    pub fn number(&self, name: Sym) -> Option<f64> {
        self.get(name)?.number()
    }
    /// Sets a control.
    pub fn set(&mut self, name: Sym, value: Value) {
        let place = self.position(name);
        let entries = Arc::make_mut(&mut self.0);
        match place {
            Ok(i) => entries[i].1 = value,
            Err(i) => entries.insert(i, (name, value)),
        }
    }
    /// The same with one more control.
    pub fn with(mut self, name: Sym, value: Value) -> Controls {
        self.set(name, value);
        self
    }
    /// Takes a control out.
    pub fn remove(&mut self, name: Sym) -> Option<Value> {
        let i = self.position(name).ok()?;
        Some(Arc::make_mut(&mut self.0).remove(i).1)
    }
    /// Number of controls.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// All controls, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &Value)> {
        self.0.iter().map(|(k, v)| (*k, v))
    }
    /// All controls by name.
    pub fn sorted(&self) -> Vec<(Sym, &Value)> {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }

    /// Both maps in one; where both have a control, `both(ours, theirs)` decides.
    pub fn union(
        mut self,
        other: &Controls,
        mut both: impl FnMut(&Value, &Value) -> Value,
    ) -> Controls {
        let entries = Arc::make_mut(&mut self.0);
        let mut i = 0;
        for (name, theirs) in other.0.iter() {
            while i < entries.len() && entries[i].0.address() < name.address() {
                i += 1;
            }
            match entries.get_mut(i) {
                Some((key, ours)) if key == name => *ours = both(ours, theirs),
                _ => entries.insert(i, (*name, theirs.clone())),
            }
        }
        self
    }
}

impl PartialEq for Controls {
    fn eq(&self, other: &Controls) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl FromIterator<(Sym, Value)> for Controls {
    fn from_iter<I: IntoIterator<Item = (Sym, Value)>>(items: I) -> Controls {
        let mut all = Controls::new();
        for (name, value) in items {
            all.set(name, value);
        }
        all
    }
}

impl std::fmt::Display for Controls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all: Vec<String> = self.sorted().iter().map(|(k, v)| format!("{k}: {v}")).collect();
        write!(f, "{{{}}}", all.join(", "))
    }
}
impl std::fmt::Debug for Controls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}
