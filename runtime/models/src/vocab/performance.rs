//! The performance vocabulary: piano as it is played, one note a step, in hundredths of a second.
//!
//! `training/performance_features.py` is the same in Python. The heads are distributions over the
//! key; over velocity, duration and the time to the next note for every key; and a second factor
//! of the duration for every coarse class of that time.

use super::Vocabulary;

/// Hundredths of a second, in which time is counted.
pub type Hundredths = i64;

/// The lowest key, a MIDI number.
pub const LOWEST: u8 = 21;
/// Keys of the piano.
pub const PITCHES: usize = 88;
/// Classes of velocity, four MIDI steps each.
pub const VELOCITIES: usize = 32;
/// Classes of the time to the next note.
pub const SHIFTS: usize = 96;
/// Classes of duration.
pub const DURATIONS: usize = 36;
/// The first duration of each class.
pub const DURATION_STARTS: [Hundredths; DURATIONS] = [
    2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 15, 18, 21, 24, 28, 32, 37, 43, 50, 58, 67, 77, 90, 104, 120,
    139, 161, 186, 216, 249, 289, 334, 387, 448, 518, 600,
];
/// The first class of each coarse class of the time to the next note.
pub const COARSE: [usize; 11] = [0, 1, 3, 6, 10, 15, 21, 29, 41, 56, 76];
/// Notes that begin within this time are one chord.
pub const CHORD: Hundredths = 4;
const LAST_SHIFT: Hundredths = 310;
const LAST_DURATION: Hundredths = 640;
const NONE: i64 = PITCHES as i64;
const RECENT: f32 = 100.0;
const LONG_AGO: Hundredths = -1_000_000_000;
const DENSITIES: [f64; 7] = [1.5, 3.0, 5.0, 7.0, 10.0, 14.0, 19.0];
const REGISTERS: [f64; 7] = [46.0, 52.0, 57.0, 61.0, 65.0, 69.0, 74.0];
const DYNAMICS: [f64; 7] = [40.0, 48.0, 55.0, 62.0, 69.0, 77.0, 86.0];

/// What a performance network reads and writes.
pub const VOCABULARY: Vocabulary = Vocabulary {
    name: "performance",
    columns: &[
        ("pitch1", 89),
        ("velocity1", 33),
        ("duration1", 37),
        ("shift1", 97),
        ("pitch2", 89),
        ("shift2", 97),
        ("pitch3", 89),
        ("shift3", 97),
        ("pitch4", 89),
        ("after2", 89),
        ("after3", 89),
        ("run", 8),
        ("chord", 8),
        ("density", 9),
        ("register", 9),
        ("dynamics", 9),
    ],
    reals: 3 * PITCHES + 12,
    heads: &[
        &[PITCHES],
        &[PITCHES, VELOCITIES],
        &[PITCHES, DURATIONS],
        &[PITCHES, SHIFTS],
        &[COARSE.len(), DURATIONS],
    ],
    window: 1,
    script: "train_performance.py and export_performance.py",
};

/// The first time to the next note of a class; of the class after the last, where it ends.
pub fn shift_start(class: usize) -> Hundredths {
    let class = class as Hundredths;
    match class {
        ..=50 => class,
        51..=75 => 51 + 2 * (class - 51),
        76..=95 => 101 + 10 * (class - 76),
        _ => LAST_SHIFT,
    }
}

/// The class of a time to the next note.
pub fn shift_class(shift: Hundredths) -> usize {
    (1..SHIFTS).take_while(|&class| shift_start(class) <= shift).count()
}

/// The first duration of a class; of the class after the last, where it ends.
pub fn duration_start(class: usize) -> Hundredths {
    DURATION_STARTS.get(class).copied().unwrap_or(LAST_DURATION)
}

/// The class of a duration.
pub fn duration_class(duration: Hundredths) -> usize {
    DURATION_STARTS[1..].iter().take_while(|&&start| start <= duration).count()
}

/// The coarse class of a class of the time to the next note.
pub fn coarse(shift_class: usize) -> usize {
    COARSE[1..].iter().take_while(|&&first| first <= shift_class).count()
}

fn level(value: f64, edges: &[f64; 7]) -> i64 {
    1 + edges.iter().filter(|&&edge| value >= edge).count() as i64
}

/// What a performance is told, all of it optional.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Conditions {
    /// Notes a second.
    pub density: Option<f64>,
    /// The mean pitch, a MIDI number.
    pub register: Option<f64>,
    /// The mean velocity, 0 to 1.
    pub dynamics: Option<f64>,
    /// How much of each pitch class there is, C first; only the proportions matter.
    pub tones: Option<[f32; 12]>,
}

/// One note as the network counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Key, 0 is the lowest of the piano.
    pub pitch: usize,
    /// MIDI velocity, 1 to 127.
    pub velocity: u8,
    /// How long it sounds.
    pub duration: Hundredths,
    /// When the next note begins after this one.
    pub shift: Hundredths,
}

/// The notes so far as the network sees them; a note costs the same however many there are.
#[derive(Debug, Clone)]
pub struct Past {
    last: [[i64; 4]; 4],
    count: usize,
    /// When the next note begins.
    pub now: Hundredths,
    begun: [Hundredths; PITCHES],
    ends: [Hundredths; PITCHES],
    seen: [std::collections::HashMap<[i64; 3], i64>; 2],
    follow: [i64; 2],
    run: i64,
    /// Notes of the chord that began last.
    pub chord: i64,
    chord_began: Hundredths,
}

impl Default for Past {
    fn default() -> Self {
        let nothing = [NONE, VELOCITIES as i64, DURATIONS as i64, SHIFTS as i64];
        Self {
            last: [nothing; 4],
            count: 0,
            now: 0,
            begun: [LONG_AGO; PITCHES],
            ends: [LONG_AGO; PITCHES],
            seen: Default::default(),
            follow: [NONE; 2],
            run: 0,
            chord: 0,
            chord_began: LONG_AGO,
        }
    }
}

impl Past {
    /// Whether a note that begins now is one of a chord with those before.
    pub fn together(&self) -> bool {
        self.now - self.chord_began <= CHORD
    }

    /// Whether a key is struck already in the chord that a note now would belong to.
    pub fn struck(&self, pitch: usize) -> bool {
        self.together() && self.begun.get(pitch).is_some_and(|&at| at >= self.chord_began)
    }

    /// Takes the next note in.
    pub fn push(&mut self, event: Event) {
        let pitch = event.pitch.min(PITCHES - 1);
        let key = pitch as i64;
        self.run = if self.follow.contains(&key) { (self.run + 1).min(7) } else { 0 };
        self.begun[pitch] = self.now;
        self.ends[pitch] = self.now + event.duration;
        if !self.together() {
            (self.chord, self.chord_began) = (0, self.now);
        }
        self.chord += 1;
        let classes = [
            key,
            i64::from(event.velocity) * VELOCITIES as i64 / 128,
            duration_class(event.duration) as i64,
            shift_class(event.shift) as i64,
        ];
        self.last.rotate_right(1);
        self.last[0] = classes;
        self.count += 1;
        self.now += event.shift;
        self.remember(key);
    }

    /// What followed the last place where the latest two (or three) keys stood before.
    fn remember(&mut self, key: i64) {
        let keys: Vec<i64> = self.last.iter().map(|note| note[0]).collect();
        for (i, length) in [2, 3].into_iter().enumerate() {
            let context = |from: usize| -> [i64; 3] {
                let third = if length == 3 { keys[from + 2] } else { NONE };
                [keys[from], keys[from + 1], third]
            };
            if self.count > length {
                self.seen[i].insert(context(1), key);
            }
            let found = self.seen[i].get(&context(0)).copied();
            self.follow[i] = found.filter(|_| self.count >= length).unwrap_or(NONE);
        }
    }

    /// What the network reads before the next note; both slices are zero before.
    pub fn row(&self, conditions: &Conditions, columns: &mut [i64], reals: &mut [f32]) {
        let [one, two, three, four] = self.last;
        let told = |value: Option<f64>, edges| value.map_or(0, |value| level(value, edges));
        let row = one.into_iter().chain([two[0], two[3], three[0], three[3], four[0]]).chain([
            self.follow[0],
            self.follow[1],
            self.run,
            if self.together() { self.chord.min(7) } else { 0 },
            told(conditions.density, &DENSITIES),
            told(conditions.register, &REGISTERS),
            told(conditions.dynamics.map(|velocity| 127.0 * velocity), &DYNAMICS),
        ]);
        columns.iter_mut().zip(row).for_each(|(to, from)| *to = from);
        for (pitch, real) in reals.iter_mut().take(PITCHES).enumerate() {
            *real = f32::from(self.ends[pitch] > self.now);
        }
        for (pitch, real) in reals.iter_mut().skip(PITCHES).take(PITCHES).enumerate() {
            *real = f32::from(self.struck(pitch));
        }
        for (pitch, real) in reals.iter_mut().skip(2 * PITCHES).take(PITCHES).enumerate() {
            let ago = (self.begun[pitch] - self.now).max(-2000);
            *real = (ago as f32 / RECENT).exp();
        }
        if let Some(tones) = conditions.tones {
            let total: f32 = tones.iter().sum::<f32>().max(1e-6);
            for (real, tone) in reals.iter_mut().skip(3 * PITCHES).zip(tones) {
                *real = tone / total;
            }
        }
    }
}
