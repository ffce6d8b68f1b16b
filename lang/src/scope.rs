//! Names and what they mean; never changed, only extended.

use crate::meaning::Meaning;
use crate::program::Part;
use mag_pattern::Loc;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A name's meaning and where it was defined.
#[derive(Clone, Debug)]
pub struct Binding {
    /// What it means.
    pub meaning: Meaning,
    /// Its definition.
    pub loc: Loc,
}

/// What names mean at some place in a program: the stdlib, the performer's own names on top, and
/// the parameters of the functions around; and the parts, where nothing else has their name.
#[derive(Clone, Default)]
pub struct Scope {
    stdlib: Arc<HashMap<String, Binding>>,
    own: Arc<BTreeMap<String, Binding>>,
    parts: Arc<BTreeMap<String, Binding>>,
    local: Option<Arc<Local>>,
}

struct Local {
    name: String,
    meaning: Meaning,
    loc: Loc,
    outer: Option<Arc<Local>>,
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scope({:?})", self.own.keys())
    }
}

impl Scope {
    /// A scope that knows the stdlib.
    pub fn with_stdlib(names: HashMap<String, Binding>) -> Scope {
        Scope { stdlib: Arc::new(names), ..Scope::default() }
    }
    /// What a name means: parameters first, then the performer's names, the stdlib, and parts.
    pub fn get(&self, name: &str) -> Option<&Meaning> {
        let mut local = self.local.as_deref();
        while let Some(here) = local {
            if here.name == name {
                return Some(&here.meaning);
            }
            local = here.outer.as_deref();
        }
        let binding = self.own.get(name).or_else(|| self.stdlib.get(name));
        binding.or_else(|| self.parts.get(name)).map(|b| &b.meaning)
    }
    /// Whether the name stands for a part: no parameter, name or function has it.
    pub(crate) fn is_part(&self, name: &str) -> bool {
        let named = self.own.contains_key(name) || self.stdlib.contains_key(name);
        !named && self.parameter_loc(name).is_none() && self.parts.contains_key(name)
    }
    /// With these parts and no others.
    pub(crate) fn with_parts(self, parts: &BTreeMap<String, Part>) -> Scope {
        let binding = |part: &Part| {
            let meaning = Meaning::Pattern(part.pattern.clone(), None);
            Binding { meaning, loc: part.loc }
        };
        let parts = parts.iter().map(|(name, part)| (name.clone(), binding(part))).collect();
        Scope { parts: Arc::new(parts), ..self }
    }
    /// With one more part.
    pub(crate) fn with_part(mut self, name: &str, binding: Binding) -> Scope {
        Arc::make_mut(&mut self.parts).insert(name.to_string(), binding);
        self
    }
    /// Whether the name is one of the performer's own, not a parameter and not the stdlib's.
    pub fn own(&self, name: &str) -> Option<&Binding> {
        self.own.get(name)
    }
    /// All of the performer's own names.
    pub fn own_names(&self) -> impl Iterator<Item = (&String, &Binding)> {
        self.own.iter()
    }
    /// Whether the stdlib defines the name.
    pub fn in_stdlib(&self, name: &str) -> bool {
        self.stdlib.contains_key(name)
    }
    /// Adds a name to the stdlib, for all scopes that are made of this one.
    pub(crate) fn add_to_stdlib(&mut self, name: &str, binding: Binding) {
        Arc::make_mut(&mut self.stdlib).insert(name.to_string(), binding);
    }
    /// With one more name of the performer's. Takes the scope, so that a long file does not copy
    /// all its names for each.
    pub fn define(mut self, name: &str, binding: Binding) -> Scope {
        Arc::make_mut(&mut self.own).insert(name.to_string(), binding);
        self
    }
    /// What a function keeps of the scope around it: the stdlib and those of `names` that are
    /// defined. With the whole scope it would keep every definition that it replaces.
    pub(crate) fn capture(&self, names: &BTreeSet<&str>) -> Scope {
        let of = |all: &BTreeMap<String, Binding>| {
            let kept = names.iter().filter_map(|n| Some((n.to_string(), all.get(*n)?.clone())));
            Arc::new(kept.collect())
        };
        let (own, parts) = (of(&self.own), of(&self.parts));
        let mut kept = Scope { stdlib: self.stdlib.clone(), own, parts, local: None };
        let mut seen = BTreeSet::new();
        let mut local = self.local.as_deref();
        while let Some(here) = local {
            if names.contains(here.name.as_str()) && seen.insert(here.name.as_str()) {
                kept = kept.bind(&here.name, here.meaning.clone(), here.loc);
            }
            local = here.outer.as_deref();
        }
        kept
    }
    /// How deeply the functions that the performer's names and the parameters stand for are built
    /// on each other.
    pub(crate) fn nesting(&self) -> u16 {
        self.kept().map(Meaning::nesting).max().unwrap_or(0)
    }
    /// How much there is in it, besides the stdlib.
    pub(crate) fn weight(&self) -> usize {
        self.kept().map(Meaning::weight).sum()
    }
    fn kept(&self) -> impl Iterator<Item = &Meaning> {
        let locals = std::iter::successors(self.local.as_deref(), |l| l.outer.as_deref());
        let bound = self.own.values().chain(self.parts.values());
        bound.map(|b| &b.meaning).chain(locals.map(|l| &l.meaning))
    }
    /// Without the performer's names.
    pub fn bare(&self) -> Scope {
        Scope { stdlib: self.stdlib.clone(), ..Scope::default() }
    }
    /// Where the value of a parameter was written.
    pub fn parameter_loc(&self, name: &str) -> Option<Loc> {
        let mut local = self.local.as_deref();
        while let Some(here) = local {
            if here.name == name {
                return Some(here.loc);
            }
            local = here.outer.as_deref();
        }
        None
    }
    /// With a parameter bound to what was written at `loc`.
    pub fn bind(&self, name: &str, meaning: Meaning, loc: Loc) -> Scope {
        let local = Local { name: name.to_string(), meaning, loc, outer: self.local.clone() };
        Scope { local: Some(Arc::new(local)), ..self.clone() }
    }
    /// All names in reach, for suggestions and completion.
    pub fn names(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.stdlib.keys().map(String::as_str).collect();
        all.extend(self.own.keys().chain(self.parts.keys()).map(String::as_str));
        let mut local = self.local.as_deref();
        while let Some(here) = local {
            all.push(&here.name);
            local = here.outer.as_deref();
        }
        all.retain(|n| !n.starts_with('_'));
        all.sort_unstable();
        all.dedup();
        all
    }
    /// The stdlib's names as a table to extend (while the stdlib itself is read).
    pub(crate) fn into_stdlib(self) -> HashMap<String, Binding> {
        self.own.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}
