//! The names of General MIDI's instruments, in the order of their programs, and of its drums.

/// The 128 programs, as the standard has them, in the spelling of Strudel's sounds.
#[rustfmt::skip] // four to a line, as the standard groups them
pub(super) const PROGRAMS: [&str; 128] = [
    "gm_piano", "gm_piano_bright", "gm_electric_grand", "gm_honky_tonk",
    "gm_epiano1", "gm_epiano2", "gm_harpsichord", "gm_clavinet",
    "gm_celesta", "gm_glockenspiel", "gm_music_box", "gm_vibraphone",
    "gm_marimba", "gm_xylophone", "gm_tubular_bells", "gm_dulcimer",
    "gm_drawbar_organ", "gm_percussive_organ", "gm_rock_organ", "gm_church_organ",
    "gm_reed_organ", "gm_accordion", "gm_harmonica", "gm_bandoneon",
    "gm_acoustic_guitar_nylon", "gm_acoustic_guitar_steel", "gm_electric_guitar_jazz",
    "gm_electric_guitar_clean", "gm_electric_guitar_muted", "gm_overdriven_guitar",
    "gm_distortion_guitar", "gm_guitar_harmonics",
    "gm_acoustic_bass", "gm_electric_bass_finger", "gm_electric_bass_pick", "gm_fretless_bass",
    "gm_slap_bass_1", "gm_slap_bass_2", "gm_synth_bass_1", "gm_synth_bass_2",
    "gm_violin", "gm_viola", "gm_cello", "gm_contrabass",
    "gm_tremolo_strings", "gm_pizzicato_strings", "gm_orchestral_harp", "gm_timpani",
    "gm_string_ensemble_1", "gm_string_ensemble_2", "gm_synth_strings_1", "gm_synth_strings_2",
    "gm_choir_aahs", "gm_voice_oohs", "gm_synth_choir", "gm_orchestra_hit",
    "gm_trumpet", "gm_trombone", "gm_tuba", "gm_muted_trumpet",
    "gm_french_horn", "gm_brass_section", "gm_synth_brass_1", "gm_synth_brass_2",
    "gm_soprano_sax", "gm_alto_sax", "gm_tenor_sax", "gm_baritone_sax",
    "gm_oboe", "gm_english_horn", "gm_bassoon", "gm_clarinet",
    "gm_piccolo", "gm_flute", "gm_recorder", "gm_pan_flute",
    "gm_blown_bottle", "gm_shakuhachi", "gm_whistle", "gm_ocarina",
    "gm_lead_1_square", "gm_lead_2_sawtooth", "gm_lead_3_calliope", "gm_lead_4_chiff",
    "gm_lead_5_charang", "gm_lead_6_voice", "gm_lead_7_fifths", "gm_lead_8_bass_lead",
    "gm_pad_new_age", "gm_pad_warm", "gm_pad_poly", "gm_pad_choir",
    "gm_pad_bowed", "gm_pad_metallic", "gm_pad_halo", "gm_pad_sweep",
    "gm_fx_rain", "gm_fx_soundtrack", "gm_fx_crystal", "gm_fx_atmosphere",
    "gm_fx_brightness", "gm_fx_goblins", "gm_fx_echoes", "gm_fx_sci_fi",
    "gm_sitar", "gm_banjo", "gm_shamisen", "gm_koto",
    "gm_kalimba", "gm_bagpipe", "gm_fiddle", "gm_shanai",
    "gm_tinkle_bell", "gm_agogo", "gm_steel_drums", "gm_woodblock",
    "gm_taiko_drum", "gm_melodic_tom", "gm_synth_drum", "gm_reverse_cymbal",
    "gm_guitar_fret_noise", "gm_breath_noise", "gm_seashore", "gm_bird_tweet",
    "gm_telephone", "gm_helicopter", "gm_applause", "gm_gunshot",
];

/// The bank of drum kits.
pub(super) const DRUM_BANK: i32 = 128;

/// Single drums of a kit, by their keys (General MIDI level 1): with `bank "gm"` they are `bd`, `sd`.
pub(super) const DRUMS: [(&str, u8); 22] = [
    ("gm_bd", 36),
    ("gm_rim", 37),
    ("gm_sd", 38),
    ("gm_sn", 38),
    ("gm_cp", 39),
    ("gm_lt", 45),
    ("gm_hh", 42),
    ("gm_mt", 47),
    ("gm_oh", 46),
    ("gm_cr", 49),
    ("gm_ht", 50),
    ("gm_rd", 51),
    ("gm_tb", 54),
    ("gm_cb", 56),
    ("gm_bongo", 60),
    ("gm_conga", 63),
    ("gm_timbale", 65),
    ("gm_agogo_high", 67),
    ("gm_sh", 70),
    ("gm_guiro", 73),
    ("gm_claves", 75),
    ("gm_triangle", 81),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_have_their_numbers() {
        // Counted from 0, as in the files; the standard's table counts from 1.
        for (number, name) in [
            (0, "gm_piano"),
            (8, "gm_celesta"),
            (16, "gm_drawbar_organ"),
            (24, "gm_acoustic_guitar_nylon"),
            (32, "gm_acoustic_bass"),
            (40, "gm_violin"),
            (48, "gm_string_ensemble_1"),
            (56, "gm_trumpet"),
            (64, "gm_soprano_sax"),
            (73, "gm_flute"),
            (80, "gm_lead_1_square"),
            (88, "gm_pad_new_age"),
            (96, "gm_fx_rain"),
            (104, "gm_sitar"),
            (112, "gm_tinkle_bell"),
            (127, "gm_gunshot"),
        ] {
            assert_eq!(PROGRAMS[number], name);
        }
        let mut all = PROGRAMS.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 128);
    }
}
