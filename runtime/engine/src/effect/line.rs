//! Short delay lines of a voice: chorus, leslie and squiz write to them and read elsewhere.

/// Frames that a line remembers.
pub(crate) const LENGTH: usize = 4096;

/// What two channels sounded like a moment ago.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    channels: [&'a mut [f32]; 2],
}

impl<'a> Line<'a> {
    /// A line in the first frames of `room`, and the room that is left.
    fn within(room: &'a mut [f32]) -> (Self, &'a mut [f32]) {
        let (left, room) = room.split_at_mut(LENGTH);
        let (right, room) = room.split_at_mut(LENGTH);
        (Line { channels: [left, right] }, room)
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
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    /// For chorus and leslie.
    pub sway: Line<'a>,
    /// For squiz.
    pub squiz: Line<'a>,
}

/// Samples that the lines of one voice need.
const ROOM: usize = 2 * 2 * LENGTH;

/// The lines of all voices in one piece, of which the system gives only what is used.
pub(crate) struct LineBank(Vec<f32>);

impl LineBank {
    /// Lines that have heard nothing, for so many voices.
    pub fn new(voices: usize) -> Self {
        LineBank(vec![0.0; voices * ROOM])
    }

    /// Those of the voice in `slot`, if there is one.
    pub fn lines(&mut self, slot: usize) -> Option<Lines<'_>> {
        let room = self.0.chunks_exact_mut(ROOM).nth(slot)?;
        let (sway, room) = Line::within(room);
        let (squiz, _) = Line::within(room);
        Some(Lines { sway, squiz })
    }
}
