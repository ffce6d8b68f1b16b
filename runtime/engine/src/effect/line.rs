//! Short delay lines of a voice: chorus, leslie, comb and squiz write to them and read elsewhere.

/// Frames that a line remembers.
pub(crate) const LENGTH: usize = 4096;

/// What two channels sounded like a moment ago.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    channels: [Vec<f32>; 2],
}

impl Line {
    /// A line that has heard nothing.
    pub fn new() -> Self {
        Line { channels: [vec![0.0; LENGTH], vec![0.0; LENGTH]] }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.channels.iter_mut().for_each(|channel| channel.fill(0.0));
    }

    /// Writes the frame numbered `at`.
    #[inline]
    pub fn write(&mut self, channel: usize, at: usize, x: f32) {
        self.channels[channel][at % LENGTH] = x;
    }

    /// What sounded `delay` frames before the frame numbered `at`, between frames in a line.
    #[inline]
    pub fn read(&self, channel: usize, at: usize, delay: f32) -> f32 {
        let delay = delay.clamp(0.0, (LENGTH - 2) as f32);
        let whole = delay as usize;
        let line = &self.channels[channel];
        let (a, b) = (at.wrapping_sub(whole) % LENGTH, at.wrapping_sub(whole + 1) % LENGTH);
        line[a] + (delay - whole as f32) * (line[b] - line[a])
    }
}

/// The lines of one voice, one for each effect that needs one.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// For the comb.
    pub comb: Line,
    /// For chorus and leslie.
    pub sway: Line,
    /// For squiz.
    pub squiz: Line,
}

impl Lines {
    /// Lines that have heard nothing.
    pub fn new() -> Self {
        Lines { comb: Line::new(), sway: Line::new(), squiz: Line::new() }
    }
}
