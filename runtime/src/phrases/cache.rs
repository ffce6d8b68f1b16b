//! A bounded set of what was made for wishes; what has not been asked for the longest goes first.

use super::key::Key;
use std::collections::HashMap;

/// Phrases by key (or what else is cheap to clone), at most so many.
pub(super) struct Cache<T> {
    room: usize,
    asked: u64,
    phrases: HashMap<Key, (T, u64)>,
}

impl<T: Clone> Cache<T> {
    /// An empty cache for `room` phrases, at least one.
    pub fn new(room: usize) -> Cache<T> {
        Cache { room: room.max(1), asked: 0, phrases: HashMap::new() }
    }

    /// A phrase, which thereby becomes the last to go.
    pub fn get(&mut self, key: Key) -> Option<T> {
        self.asked += 1;
        let (phrase, asked) = self.phrases.get_mut(&key)?;
        *asked = self.asked;
        Some(phrase.clone())
    }

    /// Keeps a phrase.
    pub fn put(&mut self, key: Key, phrase: T) {
        self.asked += 1;
        self.phrases.insert(key, (phrase, self.asked));
        while self.phrases.len() > self.room {
            let oldest = self.phrases.iter().min_by_key(|(_, (_, asked))| *asked);
            let Some(key) = oldest.map(|(key, _)| *key) else { return };
            self.phrases.remove(&key);
        }
    }

    /// How many phrases there are.
    pub fn len(&self) -> usize {
        self.phrases.len()
    }
}
