//! How urgent a thread is to the system: real time for those that music waits for, where that is
//! allowed; names thread-priority. What is refused costs nothing but the certainty.

use std::fmt;

/// What a thread is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// The sound card's callback.
    Audio,
    /// The scheduler, which hands over what is heard next.
    Scheduler,
    /// An edit on its way: hearing of it, and evaluating it. Not in real time, since a text that
    /// takes long must not take the machine.
    Edit,
    /// What nobody waits for just now: networks, recordings being decoded. Behind an edit, but only
    /// a little behind other programs: a phrase that is late is heard too.
    Background,
}

/// What the system gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Real time, round robin, at this priority.
    RealTime(u8),
    /// Before (negative) or after others of its kind.
    Nice(i32),
    /// The same as every program has.
    Plain,
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Grant::RealTime(priority) => write!(f, "real time, priority {priority}"),
            Grant::Nice(nice) => write!(f, "nice {nice}"),
            Grant::Plain => f.write_str("priority as others"),
        }
    }
}

/// Asks for the calling thread what its purpose needs; answers what it got.
pub fn ask(urgency: Urgency) -> Grant {
    match urgency {
        Urgency::Audio => real_time(20).unwrap_or_else(|| nice(-15)),
        Urgency::Scheduler => real_time(15).unwrap_or_else(|| nice(-15)),
        Urgency::Edit => nice(-10),
        Urgency::Background => nice(2),
    }
}

/// Real time: first before all that is not, and behind the system's own threads.
#[cfg(unix)]
fn real_time(priority: u8) -> Option<Grant> {
    use thread_priority::unix::{
        RealtimeThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id,
    };
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    let wanted = thread_priority::ThreadPriorityValue::try_from(priority).ok()?;
    let wanted = thread_priority::ThreadPriority::Crossplatform(wanted);
    set_thread_priority_and_policy(thread_native_id(), wanted, policy).ok()?;
    Some(Grant::RealTime(priority))
}

#[cfg(not(unix))]
fn real_time(priority: u8) -> Option<Grant> {
    thread_priority::set_current_thread_priority(thread_priority::ThreadPriority::Max).ok()?;
    Some(Grant::RealTime(priority))
}

/// Linux keeps niceness for each thread.
#[cfg(target_os = "linux")]
fn nice(level: i32) -> Grant {
    let thread = rustix::thread::gettid();
    match rustix::process::setpriority_process(Some(thread), level) {
        Ok(()) => Grant::Nice(level),
        Err(_) => Grant::Plain,
    }
}

#[cfg(not(target_os = "linux"))]
fn nice(_level: i32) -> Grant {
    Grant::Plain
}
