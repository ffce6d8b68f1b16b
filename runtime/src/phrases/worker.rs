//! The threads at work: each takes what is wished for of one model, several at once, and makes
//! phrases of it.

use super::key::Key;
use super::{Seat, Shared, chords, library, lock, ticks};
use mag_models::vocab::latent::Kind;
use mag_models::{
    Card, ChoraleModel, ChordsModel, DrumsModel, ExpressionModel, GrooveModel, LatentModel,
    MelodyModel, PerformanceModel, Runtime, Trouble,
};
use mag_pattern::{Phrase, PhraseRequest, Role, Sym, Value};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
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
pub trait Shelf: Send + Sync {
    /// The model on a device (`cpu`, `cuda`, …), or why it cannot play.
    ///
    /// # Errors
    /// In the performer's words, with what to do about it.
    fn open(&self, model: &str, device: &str) -> Result<Opened, String>;
}

/// The models of these folders, run by ONNX Runtime.
pub struct Folders(pub Vec<PathBuf>);

impl Shelf for Folders {
    fn open(&self, model: &str, device: &str) -> Result<Opened, String> {
        let Some(folder) = library::find(model, &self.0) else {
            return Err(format!(
                "there is no model `{model}`; `mag models` lists those that are there, and \
                 MAG_MODELS can name a folder with more"
            ));
        };
        let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
        let groove = library::find("groove", &self.0);
        open(&folder, groove.as_deref(), &runtime, device).map_err(|t| t.to_string())
    }
}

/// The player of a model's vocabulary. A drums model is played by the groove model, if there is
/// one. To add a vocabulary: a line here, and a file beside this one that makes it a [`Player`].
///
/// # Errors
/// When the folder's model cannot be run, or this version has no use for its vocabulary.
pub fn open(
    folder: &Path,
    groove: Option<&Path>,
    runtime: &Runtime,
    device: &str,
) -> Result<Opened, Trouble> {
    fn opened(player: impl Player + 'static, notice: Option<String>) -> Result<Opened, Trouble> {
        Ok((Box::new(player), notice))
    }
    let card = Card::read(folder)?;
    match card.vocabulary.as_str() {
        "melody" => {
            let model = MelodyModel::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }
        "drums" => {
            let model = DrumsModel::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            let groove = groove.map(|folder| GrooveModel::open(folder, runtime, device));
            match groove {
                Some(Ok(groove)) => opened(model.played_by(groove), notice),
                Some(Err(trouble)) => {
                    opened(model, notice.or(Some(format!("played flat: {trouble}"))))
                }
                None => opened(model, notice),
            }
        }
        "groove" => {
            let model = GrooveModel::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }
        "chorale" => {
            let model = ChoraleModel::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }
        "performance" => {
            let model = PerformanceModel::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }
        "expression" => {
            let model = ExpressionModel::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }
        "chords" => {
            let model = ChordsModel::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }
        "melody-vae" | "drums-vae" => {
            let drums = card.vocabulary == "drums-vae";
            let kind = if drums { Kind::Drums } else { Kind::Melody };
            let model = LatentModel::open(folder, runtime, device, kind)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }
        other => Err(Trouble::new(
            format!("this version cannot play the vocabulary `{other}`"),
            "`mag models` lists the vocabularies that it speaks",
        )),
    }
}

/// A model, or when it may be tried again.
enum Place {
    Player(Box<dyn Player>),
    Empty(Instant),
}

/// The models that are open, where all workers find them: each is taken away while it is at work.
pub(super) struct Bench {
    /// (a model that takes long to open, from a disk that does not answer, holds up no other)
    shelf: Box<dyn Shelf>,
    places: Mutex<HashMap<Seat, Place>>,
}

impl Bench {
    /// Nothing is open yet.
    pub fn new(shelf: Box<dyn Shelf>) -> Bench {
        Bench { shelf, places: Mutex::default() }
    }

    fn put(&self, seat: Seat, place: Place) {
        lock(&self.places).insert(seat, place);
    }
}

/// One of the threads.
pub(super) struct Worker {
    shared: Arc<Shared>,
    bench: Arc<Bench>,
}

impl Worker {
    pub fn new(shared: Arc<Shared>, bench: Arc<Bench>) -> Worker {
        Worker { shared, bench }
    }

    /// Works until the store is gone.
    pub fn run(mut self) {
        while let Some(wishes) = self.shared.next_batch(BATCH) {
            let seat = wishes.first().map(|wish| (wish.model, wish.device));
            for (key, made) in self.make(wishes) {
                self.shared.finish(key, made);
            }
            seat.into_iter().for_each(|seat| self.shared.free(seat));
        }
    }

    fn make(&mut self, wishes: Vec<PhraseRequest>) -> Vec<(Key, Option<Phrase>)> {
        let keys: Vec<Key> = wishes.iter().map(Key::of).collect();
        let ready: Vec<Option<Ready>> = wishes.into_iter().map(|w| self.continued(w)).collect();
        let asked: Vec<PhraseRequest> = ready.iter().flatten().map(|r| r.wish.clone()).collect();
        let mut made = self.play(&asked).into_iter();
        let phrases = ready.iter().map(|ready| {
            let ready = ready.as_ref()?;
            Some(ready.based(made.next().flatten()?))
        });
        keys.into_iter().zip(phrases.collect::<Vec<_>>()).collect()
    }

    /// The phrases of wishes for one model, as far as they can be had.
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Option<Phrase>> {
        let silent = || wishes.iter().map(|_| None).collect();
        let Some(first) = wishes.first() else { return Vec::new() };
        let seat = (first.model, first.device);
        let Some(mut player) = self.player(seat) else { return silent() };
        let remarks: Vec<String> = wishes.iter().flat_map(|wish| player.remarks(wish)).collect();
        let made = catch_unwind(AssertUnwindSafe(|| player.play(wishes)));
        let shared = self.shared.clone();
        remarks.into_iter().for_each(|remark| shared.say(format!("{}: {remark}", first.model)));
        let Ok(made) = made else {
            self.bench.put(seat, Place::Empty(Instant::now() + RETRY));
            return silent();
        };
        self.bench.put(seat, Place::Player(player));
        let heard = made.into_iter().map(|made| match made {
            Ok(phrase) => Some(phrase),
            Err(why) => {
                shared.say(format!("{}: no phrase: {why}", first.model));
                None
            }
        });
        heard.chain(std::iter::repeat_with(|| None)).take(wishes.len()).collect()
    }

    /// The player of a model, opened when it is first needed. Whoever takes it puts it back.
    fn player(&mut self, seat: Seat) -> Option<Box<dyn Player>> {
        let (model, device) = seat;
        let taken = lock(&self.bench.places).remove(&seat);
        match taken {
            Some(Place::Player(player)) => return Some(player),
            Some(Place::Empty(until)) if Instant::now() < until => {
                self.bench.put(seat, Place::Empty(until));
                return None;
            }
            _ => {}
        }
        let device = device.map_or("cpu", Sym::as_str);
        let open = || self.bench.shelf.open(model.as_str(), device);
        let opened = catch_unwind(AssertUnwindSafe(open));
        match opened.unwrap_or_else(|_| Err("opening it failed badly".into())) {
            Ok((player, notice)) => {
                notice.into_iter().for_each(|text| self.shared.say(format!("{model}: {text}")));
                Some(player)
            }
            Err(why) => {
                self.shared.say(format!("{model} stays silent: {why}"));
                self.bench.put(seat, Place::Empty(Instant::now() + RETRY));
                None
            }
        }
    }

    /// A wish with all that it waits for: a phrase that it is made from, and, in a `flow`, the
    /// phrase before it. Any other wish as it is.
    ///
    /// What it is made from is the answer to a wish of its own, so a phrase depends on nothing but
    /// its wish, whenever it is asked for.
    fn continued(&mut self, mut wish: PhraseRequest) -> Option<Ready> {
        let mut base = None;
        if let Some((role, first)) = wish.from.take() {
            let phrase = self.known(&first)?;
            match role {
                Role::Prime => continue_from(&mut wish, &phrase),
                Role::Given => {
                    wish.given.insert(0, ticks::given(&phrase));
                    base = Some(phrase);
                }
            }
        }
        Some(Ready { wish: if wish.flow { self.flowing(wish) } else { wish }, base })
    }

    /// The phrase of another wish, made now if it is not there.
    fn known(&mut self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let key = Key::of(wish);
        if let Some(phrase) = self.shared.peek(key) {
            return Some(phrase);
        }
        let ready = self.continued(wish.clone())?;
        let made = self.play(std::slice::from_ref(&ready.wish)).pop().flatten()?;
        let made = Arc::new(ready.based(made));
        self.shared.keep(key, made.clone());
        Some(made)
    }

    /// A wish of `flow` with the phrase before it as its prime: that of the same wish one earlier.
    fn flowing(&mut self, wish: PhraseRequest) -> PhraseRequest {
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
                continue_from(&mut step, phrase);
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

/// A wish with all that it needs.
struct Ready {
    wish: PhraseRequest,
    /// The phrase whose notes it was given.
    base: Option<Arc<Phrase>>,
}

impl Ready {
    /// What was made, with the controls of the phrase that it was made of.
    fn based(&self, mut made: Phrase) -> Phrase {
        let Some(base) = &self.base else { return made };
        for note in &mut made.notes {
            let source = note.of.take().and_then(|i| base.notes.get(i));
            if let (Some(source), Value::Map(new)) = (source, &note.value) {
                let old = source.value.clone().into_controls();
                note.value = Value::Map(old.union(new, |_, new| new.clone()));
                note.shift += source.shift;
            }
        }
        made
    }
}

/// Lets a wish go on from a phrase.
fn continue_from(wish: &mut PhraseRequest, phrase: &Phrase) {
    if wish.verb.as_str() == "chords" {
        wish.chords = chords::symbols(phrase);
    } else {
        wish.prime = ticks::given(phrase);
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
