//! Voices side by side: to the bit as if each were alone.

use super::*;
use crate::synth::Turn;
use crate::voice::Stage;

/// Blocks of the left channels of `voices` notes of one program, rendered together if `together`.
/// Each has a pitch of its own, and starts somewhere in the first block.
fn heard(graph: &Graph, voices: usize, together: bool) -> Vec<Vec<f32>> {
    let program = Arc::new(compile(graph).unwrap_or_default());
    assert!(!program.ops.is_empty());
    let tables = Tables::new();
    let (back, _returned) = rtrb::RingBuffer::new(1);
    let samples = Store::new(back);
    let stage = Stage { tables: &tables, samples: &samples, rate: RATE };
    let mut bank = Bank::new(voices, RATE);
    bank.replace(GraphId(0), Some(program));
    for slot in 0..voices {
        let mut shot = Shot::new(GRAPH, 900 + 100 * slot as u64);
        shot.set(Param::MidiNote, 40.0 + 3.3 * slot as f32);
        let arguments = [0.1 * slot as f32; mag_graph::MAX_ARGUMENTS];
        shot.graph = Some(Played { id: GraphId(0), arguments, ends: Ends::Itself });
        let seed = slot as u32;
        assert!(
            bank.start(slot, &Onset { shot: &shot, rate: RATE, begin: 0, seed, samples: &samples })
        );
    }
    let mut all = vec![Vec::new(); voices];
    let mut frames: Vec<Frames> = (0..voices).map(|_| Frames::new()).collect();
    let mut lives = vec![Life::Over; voices];
    for block in 0..40 {
        let turns: Vec<Turn> = (0..voices)
            .map(|slot| Turn { place: slot, slot, bend: (1.0, 1.0 + 0.01 * (block % 3) as f32) })
            .collect();
        for (slot, frames) in frames.iter_mut().enumerate() {
            frames.start = if block == 0 { slot % 3 * 20 } else { 0 };
        }
        match together {
            true => bank.render_all(&turns, &stage, &mut frames, &mut lives),
            false => turns
                .chunks(1)
                .for_each(|turn| bank.render_all(turn, &stage, &mut frames, &mut lives)),
        }
        for (all, frames) in all.iter_mut().zip(&mut frames) {
            all.extend_from_slice(frames.mono());
        }
    }
    all
}

#[test]
fn a_voice_sounds_the_same_alone_and_in_company() {
    use Kind::{Bpf, DcBlock, Hpf, Ladder, Lag, Lpf, Notch, OnePole, Slew};
    for kind in [Lpf, Hpf, Bpf, Notch, Ladder, OnePole, Lag, Slew, DcBlock] {
        for moving in [false, true] {
            let mut graph = Graph::new(1);
            let saw = graph.add(Kind::Saw, &[FREQ], 0);
            let sway = graph.add(Kind::Sine, &[number(9.0), number(0.0)], 0);
            let sway = graph.add(Kind::Mul, &[sway, number(0.4)], 0);
            let sway = graph.add(Kind::Add, &[sway, number(0.5)], 0);
            let place = if moving { sway } else { Source::Argument(0) };
            let hertz = graph.add(Kind::Mul, &[place, number(2000.0)], 0);
            let time = graph.add(Kind::Mul, &[place, number(0.01)], 0);
            let inputs = match kind {
                OnePole => vec![hertz, saw],
                // (to something that stands still: it arrives, and rests)
                Lag if moving => vec![time, Source::Argument(0)],
                Lag => vec![time, saw],
                DcBlock => vec![saw],
                _ => vec![hertz, number(0.4), saw],
            };
            let y = graph.add(kind, &inputs, 0);
            let env = graph.add(Kind::Adsr, &[0.001, 0.01, 0.5, 0.01].map(number), 0);
            let out = graph.add(Kind::Mul, &[y, env], 0);
            let graph = graph.with_out(&[out]);
            let alone = heard(&graph, 20, false);
            assert!(alone[7].iter().any(|y| y.abs() > 0.01), "{kind:?}");
            assert!(alone == heard(&graph, 20, true), "{kind:?}, moving: {moving}");
        }
    }
}
