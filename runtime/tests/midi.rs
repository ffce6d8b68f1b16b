//! MIDI files, read byte by byte as the Standard MIDI File specification says.
#![allow(clippy::unwrap_used)] // a file that cannot be read fails the test

mod common;

use common::{RATE, alone, program};
use mag::clock::Frame;
use mag::export::midi;

/// Absolute tick, status byte and data of every message of a track; meta events have status 0xFF.
type Messages = Vec<(u32, u8, Vec<u8>)>;

fn tracks(file: &[u8]) -> (u16, Vec<Messages>) {
    assert_eq!(file[..8], *b"MThd\0\0\0\x06");
    let word = |at: usize| u16::from_be_bytes([file[at], file[at + 1]]);
    assert_eq!(word(8), 1, "one track a part");
    let mut rest = &file[14..];
    let mut found = Vec::new();
    while !rest.is_empty() {
        assert_eq!(rest[..4], *b"MTrk");
        let length = u32::from_be_bytes(rest[4..8].try_into().unwrap()) as usize;
        found.push(messages(&rest[8..8 + length]));
        rest = &rest[8 + length..];
    }
    assert_eq!(found.len(), usize::from(word(10)));
    (word(12), found)
}

fn messages(mut bytes: &[u8]) -> Messages {
    let mut next = || {
        let (first, rest) = bytes.split_first().unwrap();
        bytes = rest;
        *first
    };
    let (mut tick, mut running, mut found) = (0, 0, Messages::new());
    loop {
        tick += variable(&mut next);
        let mut first = next();
        let mut data = Vec::new();
        if first < 0x80 {
            data.push(first);
            first = running;
        }
        running = first;
        if first == 0xFF {
            data.push(next());
            let length = variable(&mut next);
            data.extend((0..length).map(|_| next()));
        } else {
            data.resize_with(2, &mut next);
        }
        let end = first == 0xFF && data == [0x2F];
        found.push((tick, first, data));
        if end {
            return found;
        }
    }
}

fn variable(next: &mut impl FnMut() -> u8) -> u32 {
    let mut value = 0;
    loop {
        let byte = next();
        value = value << 7 | u32::from(byte & 0x7F);
        if byte < 0x80 {
            return value;
        }
    }
}

#[test]
fn notes_drums_tempo_and_meter() {
    let program = program(
        "tempo 90\nmeter 3/4\ndrums: s \"bd sn hh\"\n\
         lead: note \"c4 [e4 g4]\" .s \"keys\" .gain 0.5 .legato 0.5",
    );
    let cues = alone(&program, 0, 2 * Frame::from(RATE));
    let file = midi::file(&cues, program.tempo, program.meter).unwrap();
    let (ticks, tracks) = tracks(&file);
    assert_eq!(ticks, 960);
    let [signature, drums, lead] = tracks.as_slice() else { panic!("three tracks") };
    // 90 quarters a minute are 666,667 µs each; 3/4, 24 clocks a click.
    assert_eq!(signature[0], (0, 0xFF, vec![0x51, 0x0A, 0x2C, 0x2B]));
    assert_eq!(signature[1], (0, 0xFF, vec![0x58, 3, 2, 24, 8]));
    let notes = |track: &Messages, status: u8| -> Vec<(u32, u8)> {
        track.iter().filter(|m| m.1 == status).map(|m| (m.0, m.2[0])).collect()
    };
    // General MIDI's drums: kick 36, snare 38, closed hat 42, a beat each, on channel 10.
    assert_eq!(notes(drums, 0x99), [(0, 36), (960, 38), (1920, 42)]);
    assert_eq!(notes(drums, 0x89), [(960, 36), (1920, 38), (2880, 42)]);
    // Middle C is 60 and here c4; half a bar is 1440 ticks, held for half of that.
    let on = notes(lead, 0x91);
    assert_eq!(on, [(0, 60), (1440, 64), (2160, 67)]);
    assert_eq!(notes(lead, 0x81), [(720, 60), (1800, 64), (2520, 67)]);
    assert!(lead.iter().filter(|m| m.1 == 0x91).all(|m| m.2[1] == 51), "0.5 of 0.8 of 127");
}
