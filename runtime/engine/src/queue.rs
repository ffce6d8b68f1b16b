//! What is to happen and when: a queue of fixed room that keeps the order of equal frames.

use std::collections::VecDeque;

use crate::shot::Shot;

/// Something that happens at a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// The shot in this cell of the store starts.
    Shot(u16),
    /// All voices fade, or those of one part.
    Hush(Option<u16>),
}

/// Most events that wait at a time.
pub(crate) const ROOM: usize = 8192;

/// Events sorted by frame; those of the same frame in the order in which they came.
pub(crate) struct Queue {
    events: VecDeque<(u64, Event)>,
    shots: Vec<Shot>,
    free: Vec<u16>,
}

impl Queue {
    /// An empty queue with all its room; `blank` fills the unused cells.
    pub fn new(blank: Shot) -> Self {
        Queue {
            events: VecDeque::with_capacity(ROOM),
            shots: vec![blank; ROOM],
            free: (0..ROOM as u16).rev().collect(),
        }
    }

    /// Adds a shot; false if there is no room.
    pub fn add_shot(&mut self, at: u64, shot: Shot) -> bool {
        if self.events.len() == ROOM {
            return false;
        }
        let Some(cell) = self.free.pop() else { return false };
        self.shots[usize::from(cell)] = shot;
        self.insert(at, Event::Shot(cell));
        true
    }

    /// Adds a hush; false if there is no room.
    pub fn add_hush(&mut self, at: u64, part: Option<u16>) -> bool {
        let room = self.events.len() < ROOM;
        if room {
            self.insert(at, Event::Hush(part));
        }
        room
    }

    /// Inserts after all events that are not later. Moves only the events behind it, of which
    /// there are few: schedulers speak in order.
    fn insert(&mut self, at: u64, event: Event) {
        let place = self.events.partition_point(|&(frame, _)| frame <= at);
        self.events.insert(place, (at, event));
    }

    /// Removes the shots at or after `from`, of one part or of all.
    pub fn withdraw(&mut self, from: u64, part: Option<u16>) {
        let Queue { events, shots, free } = self;
        events.retain(|&(at, event)| match event {
            Event::Shot(cell)
                if at >= from && part.is_none_or(|p| shots[usize::from(cell)].part == p) =>
            {
                free.push(cell);
                false
            }
            _ => true,
        });
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        while let Some((_, event)) = self.events.pop_front() {
            self.release(event);
        }
    }

    /// Takes the first event before frame `end`; its shot stays readable until the next insertion.
    pub fn pop_before(&mut self, end: u64) -> Option<(u64, Event)> {
        if self.events.front()?.0 >= end {
            return None;
        }
        let first = self.events.pop_front()?;
        self.release(first.1);
        Some(first)
    }

    /// The shot of an event just popped.
    pub fn shot(&self, cell: u16) -> Shot {
        self.shots[usize::from(cell)]
    }

    fn release(&mut self, event: Event) {
        if let Event::Shot(cell) = event {
            self.free.push(cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Param;
    use crate::synth;

    fn shot(part: u16, n: u8) -> Shot {
        let id = synth::find("bd").unwrap_or_else(|| unreachable!());
        let mut shot = Shot::new(id, 1).with_part(part);
        shot.set(Param::N, f32::from(n));
        shot
    }

    fn drain(queue: &mut Queue, end: u64) -> Vec<(u64, u16, u8)> {
        let mut out = Vec::new();
        while let Some((at, event)) = queue.pop_before(end) {
            if let Event::Shot(cell) = event {
                let shot = queue.shot(cell);
                out.push((at, shot.part, shot.get(Param::N) as u8));
            }
        }
        out
    }

    #[test]
    fn equal_frames_keep_their_order() {
        let mut queue = Queue::new(shot(0, 0));
        for (at, n) in [(5, 0), (3, 1), (5, 2), (3, 3), (4, 4)] {
            assert!(queue.add_shot(at, shot(0, n)));
        }
        assert_eq!(drain(&mut queue, 5), [(3, 0, 1), (3, 0, 3), (4, 0, 4)]);
        assert_eq!(drain(&mut queue, 6), [(5, 0, 0), (5, 0, 2)]);
    }

    #[test]
    fn withdraws_one_part_from_a_frame_on() {
        let mut queue = Queue::new(shot(0, 0));
        for at in 0..4 {
            queue.add_shot(at, shot(1, 0));
            queue.add_shot(at, shot(2, 0));
        }
        queue.withdraw(2, Some(1));
        assert_eq!(drain(&mut queue, 9).iter().filter(|e| e.1 == 1).count(), 2);
        assert_eq!(drain(&mut queue, 9), []);
    }

    #[test]
    fn a_full_queue_refuses_and_recovers() {
        let mut queue = Queue::new(shot(0, 0));
        for at in 0..ROOM as u64 {
            assert!(queue.add_shot(at, shot(0, 0)));
        }
        assert!(!queue.add_shot(0, shot(0, 0)));
        assert!(!queue.add_hush(0, None));
        queue.withdraw(10, None);
        assert!(queue.add_shot(0, shot(0, 7)));
        assert_eq!(drain(&mut queue, u64::MAX).len(), 11);
    }
}
