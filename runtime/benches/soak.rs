//! Many events for long, heard by a receiver of OSC: none later than its time tag, all on the
//! ideal grid, none lost, memory flat. A watcher more urgent than mag tells when the machine itself
//! was away. One JSON line for each run, then what mag measured itself.
//!
//!     cargo bench -p mag --bench soak              # half a minute
//!     cargo bench -p mag --bench soak -- --full    # ten minutes at 500, one at 20,000 a second

mod osc;

use osc::{Burning, Ear, Heard, Mag, Watching, quantile};
use std::path::Path;
use std::time::{Duration, Instant};

/// One cycle at 120 beats a minute, in 2⁻³² seconds.
const CYCLE: f64 = 2.0 * 4_294_967_296.0;

fn main() -> std::io::Result<()> {
    osc::burn_if_told();
    osc::watch_if_told();
    let full = std::env::args().any(|arg| arg == "--full");
    let (long, short) = if full { (600, 60) } else { (20, 10) };
    let folder = std::env::temp_dir().join(format!("mag-soak-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("soak.mag");
    let load = Burning::all_cores()?;
    let result = soak(&file, "500 events a second, every core loaded", 1, 1000, long);
    drop(load);
    let result = result.and_then(|()| soak(&file, "20,000 events a second", 4, 10_000, short));
    std::fs::remove_dir_all(&folder)?;
    result
}

/// Plays `parts` parts of `events` events a cycle for so many seconds.
fn soak(file: &Path, what: &str, parts: usize, events: u64, seconds: u64) -> std::io::Result<()> {
    let part = |n| format!("p{n}: s \"hh*{events}\" .n {n}\n");
    std::fs::write(file, format!("tempo 120\n{}", (0..parts).map(part).collect::<String>()))?;
    let ear = Ear::open()?;
    let playing = Mag::play(file, &ear, "now")?;
    let mut grids: Vec<Grid> = (0..parts).map(|_| Grid::new(CYCLE / events as f64)).collect();
    let mut leads = Vec::new();
    let mut late = Vec::new();
    let watching = Watching::all_cores()?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut early_memory, mut next_look) = (0, Instant::now() + Duration::from_secs(seconds / 5));
    while Instant::now() < end {
        let heard = ear.packet()?;
        let ahead = heard.ahead();
        if ahead < 0.0 {
            late.push(heard.system);
        }
        if leads.len() < 1 << 20 {
            leads.push(ahead * 1000.0);
        }
        if let Some(grid) = grids.get_mut(heard.n.max(0.0) as usize) {
            grid.take(&heard);
        }
        if early_memory == 0 && Instant::now() > next_look {
            early_memory = playing.resident()?;
            next_look = end;
        }
    }
    let grown = playing.resident()? as i64 - early_memory as i64;
    let count: u64 = grids.iter().map(|grid| grid.count).sum();
    let lost: u64 = grids.iter().map(|grid| grid.lost).sum();
    let worst = grids.iter().map(|grid| grid.worst).fold(0.0, f64::max);
    let away = watching.end()?;
    let gone = away.iter().map(|away| away.long.as_secs_f64() * 1000.0).fold(0.0, f64::max);
    let explained =
        late.iter().filter(|came| away.iter().any(|away| away.explains(**came))).count();
    println!(
        "{{\"what\":\"{what}\",\"seconds\":{seconds},\"events\":{count},\"later_than_their_tag\":{},\
         \"of_these_while_the_machine_was_away\":{explained},\"machine_away_at_most_ms\":{gone:.1},\
         \"lost\":{lost},\"worst_grid_error_us\":{worst:.3},\"lead_ms_p0_1\":{:.2},\
         \"lead_ms_median\":{:.2},\"memory_mb\":{:.1},\"memory_grown_kb\":{grown}}}",
        late.len(),
        quantile(&mut leads, 0.001),
        quantile(&mut leads, 0.5),
        early_memory as f64 / 1024.0,
    );
    println!("{}", playing.timing(file)?);
    Ok(())
}

/// Where the events of one part should lie, counted from its first.
struct Grid {
    step: f64,
    first: Option<u64>,
    next: u64,
    count: u64,
    lost: u64,
    /// The largest error so far, in microseconds.
    worst: f64,
}

impl Grid {
    fn new(step: f64) -> Grid {
        Grid { step, first: None, next: 0, count: 0, lost: 0, worst: 0.0 }
    }

    fn take(&mut self, heard: &Heard) {
        let first = *self.first.get_or_insert(heard.tag);
        let since = heard.tag.wrapping_sub(first) as i64 as f64;
        let at = (since / self.step).round();
        let error = (since - at * self.step).abs() / 4_294_967_296.0 * 1e6;
        self.worst = self.worst.max(error);
        self.lost += (at as u64).saturating_sub(self.next);
        self.next = at as u64 + 1;
        self.count += 1;
    }
}
