//! The thread that owns the models: takes what is wished for, several at once, and makes phrases.

use super::key::Key;
use super::{Shared, library};
use mag_models::MelodyModel;
use mag_pattern::{Phrase, PhraseRequest, Sym, Time, Value};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The most phrases of one batch: what a small network makes in well under a second.
const BATCH: usize = 16;
/// A model that could not be opened is tried again after this.
const RETRY: Duration = Duration::from_secs(10);
/// So many phrases of `flow` continue one another; then a new line of thought begins. It bounds
/// what a jump into the middle of a performance costs.
const FLOW: i64 = 8;

/// Something that makes phrases: a model.
pub trait Player: Send {
    /// A phrase for each wish, or why there is none. Equal wishes give equal phrases.
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>>;

    /// What of a wish is left out, in the performer's words.
    fn remarks(&self, _wish: &PhraseRequest) -> Vec<String> {
        Vec::new()
    }
}

/// A player, and what the performer should know about how it runs.
pub type Opened = (Box<dyn Player>, Option<String>);

/// Opens models by name.
pub trait Shelf: Send {
    /// The model on a device (`cpu`, `cuda`, …), or why it cannot play.
    ///
    /// # Errors
    /// In the performer's words, with what to do about it.
    fn open(&mut self, model: &str, device: &str) -> Result<Opened, String>;
}

/// The models of these folders, run by ONNX Runtime.
pub struct Folders(pub Vec<PathBuf>);

impl Shelf for Folders {
    fn open(&mut self, model: &str, device: &str) -> Result<Opened, String> {
        let Some(folder) = library::find(model, &self.0) else {
            return Err(format!(
                "there is no model `{model}`; `mag models` lists those that are there, and \
                 MAG_MODELS can name a folder with more"
            ));
        };
        let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
        let model = MelodyModel::open(&folder, &runtime, device).map_err(|t| t.to_string())?;
        let notice = model.notice().map(String::from);
        Ok((Box::new(model), notice))
    }
}

/// A model, or when it may be tried again.
enum Seat {
    Player(Box<dyn Player>),
    Empty(Instant),
}

/// What the thread owns.
pub(super) struct Worker {
    pub shared: Arc<Shared>,
    pub shelf: Box<dyn Shelf>,
    seats: HashMap<(Sym, Option<Sym>), Seat>,
}

impl Worker {
    pub fn new(shared: Arc<Shared>, shelf: Box<dyn Shelf>) -> Worker {
        Worker { shared, shelf, seats: HashMap::new() }
    }

    /// Works until the store is gone.
    pub fn run(mut self) {
        while let Some(wishes) = self.shared.next_batch(BATCH) {
            for (key, made) in self.make(wishes) {
                self.shared.finish(key, made);
            }
        }
    }

    fn make(&mut self, wishes: Vec<PhraseRequest>) -> Vec<(Key, Option<Phrase>)> {
        let keys: Vec<Key> = wishes.iter().map(Key::of).collect();
        let ready: Vec<PhraseRequest> = wishes.into_iter().map(|w| self.continued(w)).collect();
        keys.into_iter().zip(self.play(&ready)).collect()
    }

    /// The phrases of wishes for one model, as far as they can be had.
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Option<Phrase>> {
        let silent = || wishes.iter().map(|_| None).collect();
        let Some(first) = wishes.first() else { return Vec::new() };
        let seat = (first.model, first.device);
        let Some(player) = self.player(seat) else { return silent() };
        let remarks: Vec<String> = wishes.iter().flat_map(|wish| player.remarks(wish)).collect();
        let made = catch_unwind(AssertUnwindSafe(|| player.play(wishes)));
        let shared = self.shared.clone();
        remarks.into_iter().for_each(|remark| shared.say(format!("{}: {remark}", first.model)));
        let Ok(made) = made else {
            self.seats.insert(seat, Seat::Empty(Instant::now() + RETRY));
            return silent();
        };
        let heard = made.into_iter().map(|made| match made {
            Ok(phrase) => Some(phrase),
            Err(why) => {
                shared.say(format!("{}: no phrase: {why}", first.model));
                None
            }
        });
        heard.chain(std::iter::repeat_with(|| None)).take(wishes.len()).collect()
    }

    /// The player of a model, opened when it is first needed.
    fn player(&mut self, seat: (Sym, Option<Sym>)) -> Option<&mut dyn Player> {
        let (model, device) = seat;
        let waits =
            matches!(self.seats.get(&seat), Some(Seat::Empty(until)) if Instant::now() < *until);
        let open = matches!(self.seats.get(&seat), Some(Seat::Player(_)));
        if !open && !waits {
            let device = device.map_or("cpu", Sym::as_str);
            let opened = catch_unwind(AssertUnwindSafe(|| self.shelf.open(model.as_str(), device)));
            let opened = opened.unwrap_or_else(|_| Err("opening it failed badly".into()));
            let taken = match opened {
                Ok((player, notice)) => {
                    notice.into_iter().for_each(|text| self.shared.say(format!("{model}: {text}")));
                    Seat::Player(player)
                }
                Err(why) => {
                    self.shared.say(format!("{model} stays silent: {why}"));
                    Seat::Empty(Instant::now() + RETRY)
                }
            };
            self.seats.insert(seat, taken);
        }
        match self.seats.get_mut(&seat) {
            Some(Seat::Player(player)) => Some(player.as_mut()),
            _ => None,
        }
    }

    /// A wish of `flow` with the phrase before it as its prime; any other wish as it is.
    ///
    /// The phrase before is that of the same wish one earlier, so a phrase depends on nothing but
    /// its wish, whenever it is asked for.
    fn continued(&mut self, wish: PhraseRequest) -> PhraseRequest {
        if !wish.flow {
            return wish;
        }
        let base = wish.seed;
        let begin = wish.index - wish.index.rem_euclid(FLOW);
        let earlier = |index| PhraseRequest { index, ..wish.clone() };
        let mut known = wish.index;
        let mut before = None;
        while known > begin && before.is_none() {
            known -= 1;
            before = self.shared.peek(Key::of(&earlier(known)));
        }
        let mut next = if before.is_some() { known + 1 } else { known };
        loop {
            let mut step = PhraseRequest { seed: mixed(base, next), ..earlier(next) };
            if let Some(phrase) = &before {
                step.prime = notes(phrase);
            }
            if next >= wish.index {
                return step;
            }
            let made = self.play(std::slice::from_ref(&step)).pop().flatten().map(Arc::new);
            if let Some(phrase) = &made {
                self.shared.keep(Key::of(&earlier(next)), phrase.clone());
            }
            before = made;
            next += 1;
        }
    }
}

/// A seed of its own for each phrase of a flow (the finaliser of SplitMix64, Steele et al. 2014).
fn mixed(seed: i64, index: i64) -> i64 {
    let mut z = (seed as u64).wrapping_add((index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    // Positive and short, so that it reads well where it is shown.
    ((z ^ (z >> 31)) >> 16) as i64
}

/// A phrase as notes to continue.
fn notes(phrase: &Phrase) -> Vec<(Time, Time, f64)> {
    let pitch = |value: &Value| match value {
        Value::Map(controls) => controls.number(Sym::new("note")),
        other => other.number(),
    };
    phrase.notes.iter().filter_map(|(on, len, value)| Some((*on, *len, pitch(value)?))).collect()
}
