//! The threads at work: each takes what is wished for of one model, several at once, and makes
//! phrases of it.

use super::cache::Cache;
use super::key::Key;
use super::{Seat, Shared, chords, library, lock, ticks};
use mag_models::vocab::latent::Kind;
use mag_models::{
    Card, ChoraleModel, ChordsModel, DrumsModel, ExpressionModel, GrooveModel, LatentModel,
    MelodyModel, PerformanceModel, Runtime, Trouble, Watch,
};
use mag_pattern::{Phrase, PhraseRequest, Role, Sym, Value};
use std::any::Any;
use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The most phrases of one batch: what a small network makes in well under a second.
const BATCH: usize = 16;
/// A model that could not be opened is tried again after this.
const RETRY: Duration = Duration::from_secs(10);
/// Ends of flows that are remembered so that they can go on: several parts, with edits undone.
const REMEMBERED: usize = 96;

thread_local! {
    /// The batch that this thread works on.
    static BATCH_AT_WORK: Cell<Option<u64>> = const { Cell::new(None) };
}

/// What a player remembers of a flow: where it stands after a phrase.
pub type Memory = Arc<dyn Any + Send + Sync>;

/// A phrase of a flow, and where the flow then stands; or why there is none.
pub type Flowed = Result<(Phrase, Memory), String>;

/// Something that makes phrases: a model.
pub trait Player: Send {
    /// A phrase for each wish, or why there is none. Equal wishes give equal phrases.
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>>;

    /// A phrase of a flow for each wish, which goes on from what is remembered, or begins. `None`
    /// if this player remembers nothing: it is then given the phrase before as a prime.
    fn go_on(&mut self, _parts: &[(PhraseRequest, Option<Memory>)]) -> Option<Vec<Flowed>> {
        None
    }

    /// What of a wish is left out, in the performer's words.
    fn remarks(&self, _wish: &PhraseRequest) -> Vec<String> {
        Vec::new()
    }
}

/// A player, and what the performer should know about how it runs.
pub type Opened = (Box<dyn Player>, Option<String>);

/// Opens models by name.
pub trait Shelf: Send + Sync {
    /// The model on a device (`cpu`, `cuda`, …), or why it cannot play. Its networks should ask
    /// `watch` between steps whether their work is still wanted.
    ///
    /// # Errors
    /// In the performer's words, with what to do about it.
    fn open(&self, model: &str, device: &str, watch: &Watch) -> Result<Opened, String>;
}

/// The models of these folders, run by ONNX Runtime.
pub struct Folders(pub Vec<PathBuf>);

impl Shelf for Folders {
    fn open(&self, model: &str, device: &str, watch: &Watch) -> Result<Opened, String> {
        let Some(folder) = library::find(model, &self.0) else {
            return Err(format!(
                "there is no model `{model}`; `mag models` lists those that are there, and \
                 MAG_MODELS can name a folder with more"
            ));
        };
        let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
        let runtime = runtime.watched(watch.clone());
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
    macro_rules! plain {
        ($model:ident) => {{
            let model = $model::open(folder, runtime, device)?;
            let notice = model.notice().map(String::from);
            opened(model, notice)
        }};
    }
    let card = Card::read(folder)?;
    match card.vocabulary.as_str() {
        "melody" => plain!(MelodyModel),
        "chords" => plain!(ChordsModel),
        "groove" => plain!(GrooveModel),
        "chorale" => plain!(ChoraleModel),
        "performance" => plain!(PerformanceModel),
        "expression" => plain!(ExpressionModel),
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
    /// Where flows stand; `None` for players that remember nothing.
    flows: Mutex<Cache<Option<Memory>>>,
}

impl Bench {
    /// Nothing is open yet.
    pub fn new(shelf: Box<dyn Shelf>) -> Bench {
        let flows = Mutex::new(Cache::new(REMEMBERED));
        Bench { shelf, places: Mutex::default(), flows }
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
        while let Some(batch) = self.shared.next_batch(BATCH) {
            BATCH_AT_WORK.set(Some(batch.number));
            let made = self.make(&batch.wishes);
            BATCH_AT_WORK.set(None);
            self.shared.finish(batch, made);
        }
    }

    /// Phrases for wishes of one model, as far as they can be had.
    fn make(&mut self, wishes: &[PhraseRequest]) -> Vec<Option<Arc<Phrase>>> {
        if wishes.first().is_some_and(|wish| wish.flow) {
            return self.flow(wishes);
        }
        let ready: Vec<Option<Ready>> = wishes.iter().map(|w| self.continued(w.clone())).collect();
        let asked: Vec<PhraseRequest> = ready.iter().flatten().map(|r| r.wish.clone()).collect();
        let mut made = self.at_work(&asked, |player| player.play(&asked)).into_iter();
        let based = ready.iter().map(|ready| {
            let ready = ready.as_ref()?;
            Some(Arc::new(ready.based(made.next().flatten()?)))
        });
        based.collect()
    }

    /// What the player of these wishes' model answers to them; it says what is left out, and why
    /// there is nothing.
    fn at_work<T>(
        &mut self,
        wishes: &[PhraseRequest],
        work: impl FnOnce(&mut dyn Player) -> Vec<Result<T, String>>,
    ) -> Vec<Option<T>> {
        let silent = || wishes.iter().map(|_| None).collect();
        let Some(first) = wishes.first() else { return Vec::new() };
        let seat = (first.model, first.device);
        let Some(mut player) = self.player(seat) else { return silent() };
        let remarks: Vec<String> = wishes.iter().flat_map(|wish| player.remarks(wish)).collect();
        let made = catch_unwind(AssertUnwindSafe(|| work(player.as_mut())));
        let shared = self.shared.clone();
        remarks.into_iter().for_each(|remark| shared.say(format!("{}: {remark}", first.model)));
        let Ok(made) = made else {
            self.bench.put(seat, Place::Empty(Instant::now() + RETRY));
            return silent();
        };
        self.bench.put(seat, Place::Player(player));
        let ended = shared.is_ended(BATCH_AT_WORK.get());
        let heard = made.into_iter().map(|made| match made {
            Ok(made) => Some(made),
            Err(why) => {
                // What was ended half-way is nobody's fault.
                if !ended {
                    shared.say(format!("{}: no phrase: {why}", first.model));
                }
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
        let shared = self.shared.clone();
        let watch = Watch::new(move || shared.should_end(BATCH_AT_WORK.get()));
        let open = || self.bench.shelf.open(model.as_str(), device, &watch);
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

    /// A wish with the phrase that it is made from, if there is one; any other as it is.
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
        Some(Ready { wish, base })
    }

    /// The phrase of another wish, made now if it is not there.
    fn known(&mut self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let key = Key::of(wish);
        if let Some(phrase) = self.shared.peek(key) {
            return Some(phrase);
        }
        let made = self.make(std::slice::from_ref(wish)).pop().flatten()?;
        self.shared.keep(key, made.clone());
        Some(made)
    }

    /// Phrases of flows: each goes on from where the phrase before it ended, all in one batch.
    fn flow(&mut self, wishes: &[PhraseRequest]) -> Vec<Option<Arc<Phrase>>> {
        let before: Vec<Option<Option<Before>>> = wishes.iter().map(|w| self.before(w)).collect();
        // A phrase that another of them goes on from is there by now.
        let open = wishes.iter().zip(before).filter(|(wish, _)| self.flowed(wish).is_none());
        let (keys, parts): (Vec<Key>, Vec<(PhraseRequest, Option<Before>)>) = open
            .filter_map(|(wish, before)| {
                let seed = mixed(wish.seed, wish.index);
                let step = PhraseRequest { seed, from: None, ..wish.clone() };
                Some((Key::of(wish), (step, before?)))
            })
            .unzip();
        for (key, made) in keys.into_iter().zip(self.go_on(&parts)) {
            if let Some((phrase, memory)) = made {
                lock(&self.bench.flows).put(key, memory);
                self.shared.keep(key, Arc::new(phrase));
            }
        }
        wishes.iter().map(|wish| self.shared.peek(Key::of(wish))).collect()
    }

    /// What a phrase of a flow goes on from: inner `None` if it begins, outer if that cannot be had.
    fn before(&mut self, wish: &PhraseRequest) -> Option<Option<Before>> {
        let Some((Role::Prime, first)) = &wish.from else { return Some(None) };
        if let Some(found) = self.flowed(first) {
            return Some(Some(found));
        }
        self.flow(std::slice::from_ref(first));
        self.flowed(first).map(Some)
    }

    /// A phrase of a flow that is there, with where it ended.
    fn flowed(&self, wish: &PhraseRequest) -> Option<Before> {
        let key = Key::of(wish);
        let memory = lock(&self.bench.flows).get(key)?;
        Some(Before { phrase: self.shared.peek(key)?, memory })
    }

    fn go_on(
        &mut self,
        parts: &[(PhraseRequest, Option<Before>)],
    ) -> Vec<Option<(Phrase, Option<Memory>)>> {
        let wishes: Vec<PhraseRequest> = parts.iter().map(|part| part.0.clone()).collect();
        self.at_work(&wishes, |player| {
            let remembered = |(wish, before): &(PhraseRequest, Option<Before>)| {
                (wish.clone(), before.as_ref().and_then(|before| before.memory.clone()))
            };
            let known: Vec<_> = parts.iter().map(remembered).collect();
            if let Some(made) = player.go_on(&known) {
                let kept = |made: Flowed| made.map(|(phrase, memory)| (phrase, Some(memory)));
                return made.into_iter().map(kept).collect();
            }
            let told = |(wish, before): &(PhraseRequest, Option<Before>)| {
                let mut wish = wish.clone();
                before.iter().for_each(|before| continue_from(&mut wish, &before.phrase));
                wish
            };
            let told: Vec<PhraseRequest> = parts.iter().map(told).collect();
            player.play(&told).into_iter().map(|made| Ok((made?, None))).collect()
        })
    }
}

/// What a phrase of a flow goes on from.
struct Before {
    phrase: Arc<Phrase>,
    memory: Option<Memory>,
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
