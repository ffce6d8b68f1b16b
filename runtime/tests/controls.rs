//! Every sound control of SuperDirt and superdough that the built-in synth knows changes what is
//! heard, in the words in which it is typed.

use mag::notice::Notices;
use mag::offline::Offline;
use mag_lang::{Language, Mode, NoFiles, Source};
use mag_pattern::Nowhere;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// What a control is added to, and lines of controls with values.
const AUDIT: &[(&str, &str)] = &[
    (
        "note \"e4\" .s \"saw\" .lpf 900",
        "gain 0.5|velocity 0.5|postgain 0.5|amp 0.1|overgain 0.4|pan 0|clip 0.5|legato 0.5|duration 0.05
         octave 6|freq 300|ctranspose 2|harmonic 2|stepsPerOctave 19|octaveR 3|accelerate 1
         attack 0.05|hold 0.02|release 0.2|decay 0.05 .sustain 0|adsr \".01:.02:.3:.1\"|ad 0.05|ar 0.05
         penv 12|penv 12 .pattack 0.05|penv 12 .pdecay 0.01|penv 12 .psustain 0.5|penv 12 .panchor 0.5
         penv 12 .pcurve 0|cutoff 400|resonance 0.4|lpq 10|lpenv 3|lpenv 3 .lpattack 0.05
         lpenv 3 .lpdecay 0.02|lpenv 3 .lpsustain 0.5|lpenv 3 .fanchor 0.5|lprate 8|lpsync 4
         lprate 8 .lpdepth 0.2|lprate 8 .lpdepthfrequency 100|lprate 8 .lpshape \"square\"
         lprate 8 .lpskew 0.1|lprate 8 .lpdc 0|lprate 8 .lpphase 0.3|ftype \"ladder\"|ftype \"24db\"
         ftype \"ladder\" .drive 2|hpf 900|hpf 900 .hpq 12|hpf 900 .hpenv 2|hpf 900 .hprate 6|bpf 900
         bpf 900 .bpq 12|bpf 900 .bpenv 2|bpf 900 .bprate 6|hpf 900 .hpsync 4|bpf 900 .bpsync 4
         vowel \"a\"|vowel \"ue\"|djf 0.2|shape 0.5|shape 0.5 .shapevol 0.5|overshape 0.4|distort 2
         distort \"2:0.5:fold\"|soft 2|hard 2|cubic 2|diode 2|asym 2|fold 2|sinefold 2|chebyshev 2
         crush 3|coarse 8|krush 2|krush 2 .kcutoff 500|triode 2|waveloss 60|squiz 3|ring 0.5
         ring 0.5 .ringf 900|ring 0.5 .ringdf 900|octer 1|octersub 1|octersubsub 1|fshift 90|fshiftnote 0.3
         fshift 90 .fshiftphase 2|transient 1|transient \"0.3:-1\"|comb 0.6|chorus 0.7|phaser 3
         phaser 3 .phaserdepth 0.1|phaser 3 .phasercenter 300|phaser 3 .phasersweep 100|leslie 1
         leslie 1 .lrate 2|leslie 1 .lsize 2|tremolo 9|tremolosync 4|tremolo 9 .tremolodepth 0.2
         tremolo 9 .tremoloshape \"square\"|tremolo 9 .tremolophase 0.3|tremolo 9 .tremoloskew 0.2 .tremoloshape \"tri\"
         vib 9|vib 9 .vibmod 3|noise 0.4|detune 0.3|unison 5|room 0.6|room 0.6 .size 3
         room 0.6 .roomfade 5|room 0.6 .roomlp 300|room 0.6 .roomdim 300|room 0.6 .dry 0|delay 0.8
         delay 0.8 .delaytime 0.03|delay 0.8 .delaysync 0.05|delay 0.8 .lock 1 .delaytime 0.03
         delay 0.8 .delaytime 0.03 .delayfeedback 0.9|delay 0.8 .delaytime 0.03 .pingpong 1
         compressor -40|compressor -40 .compressorRatio 20|compressor -40 .compressorKnee 0
         compressor -40 .compressorAttack 0.1|compressor -40 .compressorRelease 1 .tremolo 20",
    ),
    (
        "note \"c4\" .s \"sine\"",
        "fm 2|fmi 2|fm 2 .fmh 2.5|fm 2 .fmattack 0.1|fm 2 .fmdecay 0.05|fm 2 .fmdecay 0.05 .fmsustain 0.5
         fm 2 .fmdecay 0.05 .fmenv \"lin\"|fm 2 .clip 0.3 .release 0.3 .fmrelease 0.1|fm 2 .fmwave \"saw\"
         fm 2 .fm2 2|fm 2 .fm2 2 .fmh2 3|fm 2 .fm2 2 .fm3 2|fm 2 .fm2 2 .fm3 2 .fmh3 3|fm 2 .fmi20 1
         fm 2 .fmi30 1|fm 2 .fmi31 1|fm 2 .fmi11 1|fm 2 .fm2 2 .fmi22 1|fm 2 .fm2 1 .fm3 1 .fmi33 1
         fm 2 .fm2 2 .fmattack2 0.1|fm 2 .fm2 2 .fmdecay2 0.1|fm 2 .fm2 2 .fmwave2 \"square\"",
    ),
    ("note \"c4\" .s \"pulse\"", "pw 0.1|pwrate 9 .pwsweep 0.4|pw \"0.3:5:0.3\""),
    (
        "note \"c4\" .s \"wt_fm\"",
        "wt 0.9|wtenv 0.6|wtenv 0.6 .wtattack 0.1|wtrate 9|wtsync 4|wtrate 9 .wtdepth 0.1|warp 0.5
         warp 0.5 .warpmode \"sync\"|warpenv 0.5|warprate 9|warpsync 4|wtphaserand 1|wtrate 9 .wtshape 4
         wtrate 9 .wtskew 0.1|wtrate 9 .wtdc 0|warprate 9 .warpdepth 0.1",
    ),
    ("s \"crackle\"", "density 0.9"),
    ("s \"saw\"", "midinote 50|note \"c3\"|n 3 .scale \"c3:minor\""),
    ("s \"bd\"", "n 2|speed 1.5|note \"c5\"|bank \"tr808\"|bank \"tr909\"|bank \"RolandTR909\"|legato 0.1|cut 1 .ply 2"),
];

/// The samples of one short cycle.
fn render(language: &Language, text: &str) -> Vec<f32> {
    let source = Source::new(1, "audit.mag", text);
    let program = match language.evaluate(&language.empty(), &source, Mode::File, &NoFiles) {
        Ok(evaluation) => evaluation.program,
        Err(problems) => panic!("{text}: {}", problems[0].message),
    };
    let notices = Notices::start(Box::new(|_| {}));
    let mut offline = Offline::new(program, Arc::new(Nowhere), notices);
    let mut out = Vec::new();
    let Ok(()) = offline.play(14_400, |samples| {
        out.extend_from_slice(samples);
        Ok::<(), Infallible>(())
    });
    out
}

#[test]
fn every_control_changes_what_is_heard() {
    let language = Language::new();
    let mut dead = Vec::new();
    for (base, lines) in AUDIT {
        let all: Vec<&str> = lines.split(['|', '\n']).map(str::trim).collect();
        let text = |controls: &str| format!("tempo 960\na: {base} {controls}\n");
        let mut known: HashMap<&str, Vec<f32>> = HashMap::new();
        // A control that shapes another is held to the other alone.
        for controls in all {
            let (before, _) = controls.rsplit_once(" .").unwrap_or(("", controls));
            let with = render(&language, &text(&format!(".{controls}")));
            let without = known.entry(before).or_insert_with(|| {
                let controls = if before.is_empty() { String::new() } else { format!(".{before}") };
                render(&language, &text(&controls))
            });
            let size = |x: f32| f64::from(x * x);
            let far: f64 = with.iter().zip(without.iter()).map(|(a, b)| size(a - b)).sum();
            let loud: f64 = without.iter().map(|a| size(*a)).sum();
            if far < 1e-5 * loud || with.iter().any(|y| !y.is_finite()) {
                dead.push(format!("{base} .{controls}"));
            }
        }
    }
    assert!(dead.is_empty(), "no difference:\n{}", dead.join("\n"));
}
