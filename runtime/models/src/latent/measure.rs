//! How much of something there is in music: what directions of a latent space are directions of.

use crate::vocab::drums::Drum;
use crate::vocab::latent::{BEYOND, FIRST, Kind, REST};

/// Sixteenths in a beat, as the directions were found.
const BEAT: usize = 4;

/// How much of `what` a window has; nothing if there is no measure of that name.
pub(super) fn measure(kind: Kind, what: &str, symbols: &[u16]) -> Option<f64> {
    match kind {
        Kind::Melody => melody(what, symbols),
        Kind::Drums => drums(what, symbols),
    }
}

fn melody(what: &str, symbols: &[u16]) -> Option<f64> {
    let struck = |symbol: &u16| (FIRST..BEYOND).contains(symbol);
    let pitches: Vec<f64> = symbols.iter().filter(|s| struck(s)).map(|s| f64::from(*s)).collect();
    Some(match what {
        "density" => pitches.len() as f64,
        "syncopation" => offbeat(&symbols.iter().map(struck).collect::<Vec<_>>()),
        "leaps" => mean(pitches.windows(2).map(|pair| (pair[1] - pair[0]).abs())),
        "height" => mean(pitches.iter().copied()),
        "rests" => symbols.iter().filter(|symbol| **symbol == REST).count() as f64,
        _ => return None,
    })
}

fn drums(what: &str, symbols: &[u16]) -> Option<f64> {
    use Drum::{ClosedHat, HighTom, Kick, LowTom, MidTom, OpenHat, Ride, Snare};
    let count = |drums: &[Drum]| {
        let all = drums.iter().fold(0, |all, drum| all | drum.bit());
        symbols.iter().map(|symbol| f64::from((symbol & all).count_ones())).sum()
    };
    Some(match what {
        "density" => count(&Drum::ALL),
        "syncopation" => {
            let low = Kick.bit() | Snare.bit();
            offbeat(&symbols.iter().map(|symbol| symbol & low != 0).collect::<Vec<_>>())
        }
        "kick" => count(&[Kick]),
        "snare" => count(&[Snare]),
        "hats" => count(&[ClosedHat, OpenHat, Ride]),
        "toms" => count(&[LowTom, MidTom, HighTom]),
        _ => return None,
    })
}

/// Share of what begins off the beat with nothing on the next one; the window goes round.
fn offbeat(struck: &[bool]) -> f64 {
    let on = |at: usize| struck.get(at % struck.len().max(1)).copied().unwrap_or(false);
    let lonely = |at: usize| !at.is_multiple_of(BEAT) && !on((at / BEAT + 1) * BEAT);
    mean((0..struck.len()).filter(|at| on(*at)).map(|at| f64::from(u8::from(lonely(at)))))
}

/// The mean, 0 of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
    sum / f64::max(count, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_counted_as_by_hand() {
        // c e - g, a rest, c
        let tune = [2, 6, 0, 9, 1, 0, 2, 0];
        let of = |what| measure(Kind::Melody, what, &tune);
        assert_eq!((of("density"), of("rests")), (Some(4.0), Some(1.0)));
        assert_eq!(of("leaps"), Some((4.0 + 3.0 + 7.0) / 3.0));
        // The second and the fourth have nothing on the second beat; the last has one on the first.
        assert_eq!(of("syncopation"), Some(0.5));
        assert_eq!(of("polka"), None);
        let beat = [Drum::Kick.bit(), 0, Drum::Snare.bit() | Drum::Ride.bit(), 0];
        let of = |what| measure(Kind::Drums, what, &beat);
        assert_eq!((of("density"), of("hats"), of("toms")), (Some(3.0), Some(1.0), Some(0.0)));
    }
}
