//! Tonal functions: scales, chords, voicings.
