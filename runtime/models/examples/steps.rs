//! Steps a second of models, sampling included, one line of JSON each; `benches/peers/models/run` holds
//! them beside Python's onnxruntime: `cargo run --release -p mag-models --example steps`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mag_models::net::{Batch, Look, Net, State, Step};
use mag_models::{
    Card, ChordsModel, ChordsRequest, DrumsModel, DrumsRequest, MelodyModel, MelodyRequest,
    PerformanceModel, PerformanceRequest, Runtime, Trouble,
};

/// How many steps there were of each number of rows: phrases of a batch do not end together.
type Steps = Arc<Mutex<BTreeMap<usize, usize>>>;

/// Counts steps.
struct Counting(Box<dyn Net>, Steps);

impl Net for Counting {
    fn initial(&self, rows: usize) -> State {
        self.0.initial(rows)
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        if let Ok(mut steps) = self.1.lock() {
            *steps.entry(batch.columns.nrows()).or_default() += 1;
        }
        self.0.step(batch, state)
    }

    fn show(&mut self, batch: Batch, state: State, look: &mut Look<'_>) -> Result<State, Trouble> {
        if let Ok(mut steps) = self.1.lock() {
            *steps.entry(batch.columns.nrows()).or_default() += 1;
        }
        self.0.show(batch, state, look)
    }
}

fn main() -> Result<(), Trouble> {
    let runtime = Runtime::open(&[])?;
    let steps = Steps::default();
    let net = |name: &str| -> Result<Box<dyn Net>, Trouble> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models").join(name);
        let (net, _) = runtime.network(&folder, &Card::read(&folder)?, "cpu")?;
        Ok(Box::new(Counting(Box::new(net), steps.clone())))
    };
    // Long enough that nearly all steps are of the whole batch.
    let mut melody = MelodyModel::with_net(net("melody")?);
    let tune = |seed| MelodyRequest { seed, bars: 16, ..MelodyRequest::default() };
    measure("melody", &steps, |seeds| melody.generate(&each(seeds, tune)).map(|_| ()))?;
    let mut drums = DrumsModel::with_net(net("drums")?);
    let beat = |seed| DrumsRequest { seed, bars: 16, ..DrumsRequest::default() };
    measure("drums", &steps, |seeds| drums.generate(&each(seeds, beat)).map(|_| ()))?;
    let mut chords = ChordsModel::with_net(net("chords")?);
    let song = |seed| ChordsRequest { seed, bars: 64, ..ChordsRequest::default() };
    measure("chords", &steps, |seeds| chords.generate(&each(seeds, song)).map(|_| ()))?;
    let mut piano = PerformanceModel::with_net(net("performance")?);
    let hands = |seed| PerformanceRequest { seed, seconds: 20.0, ..PerformanceRequest::default() };
    measure("performance", &steps, |seeds| piano.generate(&each(seeds, hands)).map(|_| ()))
}

fn each<T>(seeds: std::ops::Range<i64>, request: impl Fn(i64) -> T) -> Vec<T> {
    seeds.map(request).collect()
}

/// Runs batches of 1 and of 16 for a while each.
fn measure(
    model: &str,
    steps: &Steps,
    mut batch: impl FnMut(std::ops::Range<i64>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let told = std::env::var("MAG_STEPS_SECONDS").ok().and_then(|text| text.parse().ok());
    let enough = Duration::from_secs_f64(f64::clamp(told.unwrap_or(1.5), 0.01, 1e3));
    for rows in [1, 16] {
        batch(0..rows)?;
        let taken =
            || steps.lock().map(|mut steps| std::mem::take(&mut *steps)).unwrap_or_default();
        taken();
        let (begun, worked, mut seed) = (Instant::now(), processor_seconds(), 0);
        while begun.elapsed() < enough {
            seed += rows;
            batch(seed..seed + rows)?;
        }
        let wall = begun.elapsed().as_secs_f64();
        let seconds = processor_seconds().zip(worked).map_or(wall, |(now, then)| now - then);
        let steps = taken();
        let rate = steps.iter().map(|(rows, count)| rows * count).sum::<usize>() as f64 / seconds;
        let mix: Vec<String> = steps.iter().map(|(r, count)| format!("\"{r}\":{count}")).collect();
        println!(
            "{{\"model\":\"{model}\",\"rows\":{rows},\"steps_per_second\":{rate:.1},\"mix\":{{{}}}}}",
            mix.join(",")
        );
    }
    Ok(())
}

/// Seconds that this program has had of a processor, where the system tells: a busy machine disturbs
/// these least.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}
