//! The sound card goes and comes back while the music plays, on the real path: the engine through
//! rodio and cpal into a card that this test plugs in and out.
#![cfg(unix)]

mod virtual_card;

use mag::device::Cards;
use mag::notice::{Notice, Notices};
use mag::performer::{Performer, Setup};
use mag::route::{Defaults, Routes};
use mag::session::Player;
use mag::stage::When;
use mag_lang::{Language, Mode, NoFiles, Source};
use mag_pattern::Nowhere;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use virtual_card::VirtualCard;

type Tested = Result<(), Box<dyn std::error::Error>>;

/// Clicks eight times a second.
const TEXT: &str = "tempo 120\nclick: s \"rim*16\"";
/// How long anything is waited for: cards are looked for every two seconds.
const PATIENCE: Duration = Duration::from_secs(15);

struct Stage {
    card: VirtualCard,
    performer: Performer,
    said: Receiver<Notice>,
}

impl Stage {
    fn with(card: VirtualCard) -> Result<Stage, Box<dyn std::error::Error>> {
        let (tell, said) = channel();
        let notices = Notices::start(Box::new(move |notice| drop(tell.send(notice.clone()))));
        let socket = card.clone();
        let cards: Cards = Box::new(move || socket.device());
        let setup = Setup { silent: false, buffer: 256, samples: Vec::new() };
        let place = Box::new(|_| None);
        let performer = Performer::on(setup, cards, Arc::new(Nowhere), notices, place);
        let mut stage = Stage { card, performer, said };
        let language = Language::new();
        let source = Source::new(1, "set.mag", TEXT);
        let program = language
            .evaluate(&language.empty(), &source, Mode::File, &NoFiles)
            .map_err(|problems| format!("{problems:?}"))?
            .program;
        let routes = Routes::to_synth(&Defaults::default());
        stage.performer.swap(program, routes, When::Now).ok_or("it does not play")?;
        Ok(stage)
    }

    /// Waits until something is said that has these words.
    fn expect(&self, words: &str) -> Tested {
        let (since, mut all) = (Instant::now(), String::new());
        while since.elapsed() < PATIENCE {
            if let Ok(notice) = self.said.recv_timeout(Duration::from_millis(100)) {
                if notice.text.contains(words) {
                    return Ok(());
                }
                all.push_str(&notice.text);
                all.push('\n');
            }
        }
        Err(format!("nobody said `{words}`, but:\n{all}").into())
    }

    /// The distances of the clicks that are heard during some seconds, in seconds.
    fn clicks(&self, seconds: f64, rate: u32) -> Vec<f64> {
        let _ = self.card.heard();
        std::thread::sleep(Duration::from_secs_f64(seconds));
        let heard = self.card.heard();
        distances(&heard, rate)
    }
}

/// Distances between onsets: where the level of a millisecond is far above that of those before.
fn distances(heard: &[f32], rate: u32) -> Vec<f64> {
    let window = rate as usize / 1000;
    let level = |chunk: &[f32]| chunk.iter().map(|x| x.abs()).fold(0.0, f32::max);
    let levels: Vec<f32> = heard.chunks(2 * window).map(level).collect();
    let mut onsets: Vec<usize> = (20..levels.len())
        .filter(|&i| {
            let before = levels[i - 20..i].iter().copied().fold(0.0, f32::max);
            levels[i] > 0.02 && levels[i] > 4.0 * before
        })
        .collect();
    // An attack that begins at the very end of a millisecond rises in the next one too.
    onsets.dedup_by(|later, earlier| *later == *earlier + 1);
    onsets
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64 * window as f64 / f64::from(rate))
        .collect()
}

fn assert_steady(distances: &[f64], at_least: usize) {
    assert!(distances.len() >= at_least, "few clicks: {distances:?}");
    let step = 0.125;
    for distance in distances {
        let steps = (distance / step).round();
        let off = (distance - steps * step).abs();
        assert!(steps >= 1.0 && off < 0.004, "{distance} s between clicks: {distances:?}");
    }
}

#[test]
fn pulled_out_and_plugged_in_again_at_another_rate() -> Tested {
    let card = VirtualCard::default();
    card.plug(48_000);
    let stage = Stage::with(card.clone())?;
    stage.expect("sound:")?;
    assert_steady(&stage.clicks(2.0, 48_000), 8);
    card.pull();
    stage.expect("the sound card is gone")?;
    let gone = stage.performer.now();
    card.plug(44_100);
    stage.expect("44100 Hz")?;
    std::thread::sleep(Duration::from_millis(300));
    assert_steady(&stage.clicks(2.0, 44_100), 8);
    assert!(stage.performer.now() > gone, "time went on meanwhile");
    card.pull();
    stage.expect("the sound card is gone")?;
    card.plug(96_000);
    stage.expect("96000 Hz")?;
    std::thread::sleep(Duration::from_millis(300));
    assert_steady(&stage.clicks(2.0, 96_000), 8);
    assert_eq!(card.opened(), 3);
    Ok(())
}

#[test]
fn no_card_at_first() -> Tested {
    let card = VirtualCard::default();
    let stage = Stage::with(card.clone())?;
    stage.expect("it plays on silently")?;
    std::thread::sleep(Duration::from_millis(500));
    assert!(stage.performer.now() > mag_pattern::Time::ZERO, "time goes on without a card");
    card.plug(48_000);
    stage.expect("sound:")?;
    std::thread::sleep(Duration::from_millis(300));
    assert_steady(&stage.clicks(2.0, 48_000), 8);
    Ok(())
}
