//! Lets a recording hear what the sound card plays, without holding it up.

use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Samples that may wait for the disk: ten seconds.
const ROOM: usize = 2 * 10 * super::RATE as usize;

/// Where the audio thread pours its samples; closed until somebody listens.
#[derive(Debug, Default)]
pub struct Tap {
    open: Mutex<Option<Producer<f32>>>,
    lost: AtomicU64,
}

impl Tap {
    /// Opens it: from now on everything that is played comes out of the answer. Whoever listened
    /// before hears no more.
    pub fn open(&self) -> Consumer<f32> {
        let (producer, consumer) = RingBuffer::new(ROOM);
        self.lost.store(0, Ordering::Relaxed);
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(producer);
        consumer
    }

    /// Closes it; the listener then comes to an end.
    pub fn close(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Buffers that the listener missed since it was opened.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Pours samples in, on the audio thread. Never waits: while it is being opened or closed,
    /// and when the disk is too slow, they are lost to the listener.
    pub fn pour(&self, samples: &[f32]) {
        if let Ok(mut open) = self.open.try_lock()
            && let Some(producer) = open.as_mut()
        {
            if producer.slots() < samples.len() {
                self.lost.fetch_add(1, Ordering::Relaxed);
                return;
            }
            for &sample in samples {
                let _ = producer.push(sample);
            }
        }
    }
}
