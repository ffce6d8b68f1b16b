//! The echo of an orbit: a stereo delay whose time changes by crossfade, so it never squeals.

use crate::BLOCK;
use crate::bus::Stereo;
use crate::filter::{OnePole, flush};

/// Longest time, in seconds.
const LONGEST: f32 = 4.0;
/// Seconds in which a new time fades in.
const FADE: f32 = 0.03;
/// Blocks of silence, beyond the length of the line, after which it sleeps.
const PATIENCE: u32 = 32;

/// A delay with feedback; each repeat is a little darker.
pub(crate) struct Delay {
    lines: [Vec<f32>; 2],
    mask: usize,
    at: usize,
    rate: f32,
    /// Frames of delay, before and after the running crossfade.
    times: (usize, usize),
    /// Where the crossfade stands, 0 to 1.
    fade: f32,
    next: usize,
    /// Speeds of the echoes, before and after the crossfade, and the one that is to come.
    speeds: (f32, f32),
    next_speed: f32,
    feedback: f32,
    goal: f32,
    crossing: f32,
    dark: [OnePole; 2],
    floor: [OnePole; 2],
    /// Blocks until it sleeps.
    left: u32,
}

impl Delay {
    /// A silent delay.
    pub fn new(rate: f32) -> Self {
        let length = ((LONGEST * rate) as usize + BLOCK).next_power_of_two();
        let time = (0.25 * rate) as usize;
        Delay {
            lines: [vec![0.0; length], vec![0.0; length]],
            mask: length - 1,
            at: 0,
            rate,
            times: (time, time),
            fade: 1.0,
            next: time,
            speeds: (1.0, 1.0),
            next_speed: 1.0,
            feedback: 0.5,
            goal: 0.5,
            crossing: 0.0,
            dark: [OnePole::default(); 2],
            floor: [OnePole::default(); 2],
            left: 0,
        }
    }

    /// Sets the time between echoes, in seconds.
    pub fn set_time(&mut self, seconds: f32) {
        self.next = ((seconds * self.rate) as usize).clamp(1, self.mask - BLOCK);
    }

    /// Sets the speed at which each echo plays the one before.
    pub fn set_speed(&mut self, speed: f32) {
        self.next_speed = speed;
    }

    /// Sets the share that returns.
    pub fn set_feedback(&mut self, share: f32) {
        self.goal = share;
    }

    /// Sets how much of each echo changes sides.
    pub fn set_crossing(&mut self, share: f32) {
        self.crossing = share;
    }

    /// Says that there is something to echo. It then runs until the whole line is silent, so that
    /// a longer time, set later, finds nothing stale.
    pub fn wake(&mut self) {
        self.left = (self.mask / BLOCK) as u32 + PATIENCE;
    }

    /// Whether anything may still be heard.
    pub fn awake(&self) -> bool {
        self.left > 0
    }

    /// Forgets all echoes.
    pub fn clear(&mut self) {
        self.lines.iter_mut().for_each(|line| line.fill(0.0));
        self.left = 0;
    }

    /// Adds the echoes of `input` to `out`.
    pub fn add(&mut self, input: &Stereo, out: &mut Stereo) {
        let new = (self.next, self.next_speed) != (self.times.1, self.speeds.1);
        if self.fade >= 1.0 && new {
            self.times = (self.times.1, self.next);
            self.speeds = (self.speeds.1, self.next_speed);
            self.fade = 0.0;
        }
        self.feedback += 0.1 * (self.goal - self.feedback);
        let peak = self.echo(input, out);
        self.fade = (self.fade + BLOCK as f32 / (FADE * self.rate)).min(1.0);
        self.at = self.at.wrapping_add(BLOCK);
        if peak > 1e-6 {
            self.wake();
        } else {
            self.left -= 1;
        }
    }

    /// The echoes of a block; their loudest sample, or the input's.
    fn echo(&mut self, input: &Stereo, out: &mut Stereo) -> f32 {
        let dark = OnePole::share(5200.0 / self.rate);
        let floor = OnePole::share(90.0 / self.rate);
        let step = 1.0 / (FADE * self.rate);
        self.dark.iter_mut().chain(&mut self.floor).for_each(OnePole::settle);
        let crossing = self.crossing;
        let mut peak = 0.0f32;
        for i in 0..BLOCK {
            let at = self.at.wrapping_add(i);
            let share = (self.fade + step * i as f32).min(1.0);
            let mut back = [0.0; 2];
            for channel in 0..2 {
                let line = &self.lines[channel];
                let old = read(line, at, self.times.0, self.speeds.0);
                let new = read(line, at, self.times.1, self.speeds.1);
                let echo = old + share * (new - old);
                let dull = self.dark[channel].low(dark, echo);
                back[channel] = self.floor[channel].high(floor, dull) * self.feedback;
                out[channel][i] += echo;
                peak = peak.max(echo.abs()).max(input[channel][i].abs());
            }
            // All that crosses enters on the left and then changes sides.
            let (left, right) = (input[0][i], input[1][i]);
            let fed = [left + crossing * right, (1.0 - crossing) * right];
            for channel in 0..2 {
                let (own, other) = (back[channel], back[1 - channel]);
                let x = fed[channel] + own + crossing * (other - own);
                self.lines[channel][at & self.mask] = flush(x);
            }
        }
        peak
    }
}

/// What the echo after `time` frames is at frame `at`. At another speed than 1 two heads take turns
/// to read a stretch of the line faster, slower or backwards, each silent where it starts over.
fn read(line: &[f32], at: usize, time: usize, speed: f32) -> f32 {
    let mask = line.len() - 1;
    if speed == 1.0 {
        return line[at.wrapping_sub(time) & mask];
    }
    // A head falls behind by 1 - speed each frame: never into the future, never beyond the line.
    let drift = 1.0 - speed;
    let room = if drift < 0.0 { time as f32 } else { (mask - BLOCK - time) as f32 };
    let stretch = (time as f32).min(room / drift.abs()).max(2.0) as usize;
    // Backwards it begins at the end of the stretch that it would play forwards.
    let first = if speed < 0.0 { time.saturating_sub(stretch) } else { time };
    let mut sum = 0.0;
    for head in [0, stretch / 2] {
        let place = (at + head) % stretch;
        let gain = crate::math::sin_turns(0.5 * place as f32 / stretch as f32);
        let back = first as f32 + drift * place as f32;
        let whole = back as usize;
        let share = back - whole as f32;
        let (a, b) = (line[at.wrapping_sub(whole) & mask], line[at.wrapping_sub(whole + 1) & mask]);
        sum += gain * gain * (a + share * (b - a));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;

    /// The left channel of `blocks` blocks; a click enters with the first if `click`.
    fn run(delay: &mut Delay, blocks: usize, input: impl Fn(usize) -> f32) -> Vec<f32> {
        let mut heard = Vec::new();
        for block in 0..blocks {
            let mut fed = [[0.0; BLOCK]; 2];
            for (i, y) in fed[0].iter_mut().enumerate() {
                *y = input(block * BLOCK + i);
            }
            let mut out = [[0.0; BLOCK]; 2];
            delay.wake();
            delay.add(&fed, &mut out);
            heard.extend_from_slice(&out[0]);
        }
        heard
    }

    fn click(i: usize) -> f32 {
        if i == 0 { 1.0 } else { 0.0 }
    }

    #[test]
    fn echoes_come_on_their_frames_and_fall_by_the_feedback() {
        let mut delay = Delay::new(RATE);
        delay.set_time(0.1);
        run(&mut delay, 60, |_| 0.0);
        let heard = run(&mut delay, 400, click);
        assert_eq!(heard.iter().position(|y| *y != 0.0), Some(4800));
        let energy = |at: usize| heard[at..at + 2000].iter().map(|y| y.abs()).sum::<f32>();
        assert!((heard[4800] - 1.0).abs() < 1e-6);
        assert!((0.4..1.2).contains(&(energy(9600) / energy(4800))));
        assert!(energy(14_400) < 0.8 * energy(9600));
    }

    #[test]
    fn a_new_time_fades_in_without_a_jump() {
        let mut delay = Delay::new(RATE);
        delay.set_feedback(0.0);
        let sine = |i: usize| crate::math::sin_turns((i as f32 * 220.0 / RATE).fract());
        let before = run(&mut delay, 400, sine);
        delay.set_time(0.11);
        let after = run(&mut delay, 400, |i| sine(i + 400 * BLOCK));
        let jump = |x: &[f32]| x.windows(2).fold(0.0f32, |j, w| j.max((w[1] - w[0]).abs()));
        assert!(jump(&after) < 1.1 * jump(&before[13_000..]));
    }

    #[test]
    fn echoes_at_another_speed_have_another_pitch_and_can_run_backwards() {
        let sine = |i: usize| {
            let turns = (i as f32 * 220.0 / RATE).fract();
            if i < 12_000 { crate::math::sin_turns(turns) } else { 0.0 }
        };
        let crossings = |speed: f32| {
            let mut delay = Delay::new(RATE);
            delay.set_time(0.25);
            delay.set_feedback(0.0);
            delay.set_speed(speed);
            run(&mut delay, 100, |_| 0.0);
            let heard = run(&mut delay, 380, sine);
            assert!(heard.iter().all(|y| y.abs() < 1.1));
            let echo = &heard[14_000..20_000];
            echo.windows(2).filter(|w| w[0] <= 0.0 && w[1] > 0.0).count()
        };
        let plain = crossings(1.0);
        assert!(plain.abs_diff(27) <= 1, "{plain}");
        assert!(crossings(2.0).abs_diff(2 * plain) <= 3, "{}", crossings(2.0));
        assert!((2 * crossings(0.5)).abs_diff(plain) <= 4, "{}", crossings(0.5));
        assert!(crossings(-1.0).abs_diff(plain) <= 2, "{}", crossings(-1.0));
    }

    #[test]
    fn it_sleeps_once_the_whole_line_is_silent() {
        let mut delay = Delay::new(RATE);
        run(&mut delay, 1, click);
        let mut blocks = 0;
        while delay.awake() && blocks < 100_000 {
            delay.add(&[[0.0; BLOCK]; 2], &mut [[0.0; BLOCK]; 2]);
            blocks += 1;
        }
        assert!(!delay.awake());
        assert!(delay.lines[0].iter().all(|y| y.abs() < 1e-5));
    }
}
