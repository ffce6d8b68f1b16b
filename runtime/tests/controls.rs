//! Every sound control of SuperDirt and superdough that the built-in synth knows changes what is
//! heard, in the words in which it is typed.

use mag::notice::Notices;
use mag::offline::Offline;
use mag_lang::{Language, Mode, NoFiles, Source};
use mag_pattern::Nowhere;
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
         fshift 90 .fshiftphase 2|transient 1|transient \"0.3:-1\"|chorus 0.7|phaser 3
         phaser 3 .phaserdepth 0.1|phaser 3 .phasercenter 300|phaser 3 .phasersweep 100|leslie 1
         leslie 1 .lrate 2|leslie 1 .lsize 2|tremolo 9|tremolosync 4|tremolo 9 .tremolodepth 0.2
         tremolo 9 .tremoloshape \"square\"|tremolo 9 .tremolophase 0.3|tremolo 9 .tremoloskew 0.2 .tremoloshape \"tri\"
         comb 0.4|vib 9 .freeze 1|smear 0.6|scram 0.5|binshift 0.4|hbrick 0.3|lbrick 0.9|enhance 0.5
         real 0.2|imag 0.2|real 0.2 .imag 0.9|tsdelay 0.5|tsdelay 0.9 .xsdelay 31
         vib 9|vib 9 .vibmod 3|noise 0.4|detune 0.3|unison 5|room 0.6|room 0.6 .size 3
         room 0.6 .roomfade 5|room 0.6 .roomlp 300|room 0.6 .roomdim 300|room 0.6 .dry 0|delay 0.8
         delay 0.8 .delaytime 0.03|delay 0.8 .delaysync 0.05|delay 0.8 .lock 1 .delaytime 0.03
         delay 0.8 .delaytime 0.03 .delayfeedback 0.9|delay 0.8 .delaytime 0.03 .pingpong 1
         compressor -40|compressor -40 .compressorRatio 20|compressor -40 .compressorKnee 0
         compressor -40 .compressorAttack 0.1|compressor -40 .compressorRelease 1 .tremolo 20
         hpf 900 .hpenv 3 .hpattack 0.05|hpf 900 .hpenv 3 .hpdecay 0.02
         hpf 900 .hpenv 3 .hpsustain 0.6
         clip 0.3 .release 0.2 .hpf 900 .hpenv 3 .hpsustain 0.8 .hprelease 1
         hpf 900 .hprate 8 .hpdepth 0.1|hpf 900 .hprate 8 .hpdepthfrequency 300
         hpf 900 .hprate 8 .hpshape \"square\"|hpf 900 .hprate 8 .hpskew 0.1|hpf 900 .hprate 8 .hpdc 0
         hpf 900 .hprate 8 .hpphase 0.3|bpf 900 .bpenv 3 .bpattack 0.05|bpf 900 .bpenv 3 .bpdecay 0.02
         bpf 900 .bpenv 3 .bpsustain 0.6
         clip 0.3 .release 0.2 .bpf 900 .bpenv 3 .bpsustain 0.8 .bprelease 1
         bpf 900 .bprate 8 .bpdepth 0.1|bpf 900 .bprate 8 .bpdepthfrequency 300
         bpf 900 .bprate 8 .bpshape \"square\"|bpf 900 .bprate 8 .bpskew 0.1|bpf 900 .bprate 8 .bpdc 0
         bpf 900 .bprate 8 .bpphase 0.3|clip 0.3 .release 0.2 .lpenv 3 .lpsustain 0.8 .lprelease 1
         clip 0.3 .release 0.2 .penv 12 .psustain 0.5 .prelease 1|distort 2 .distortvol 0.3
         distort 2 .distorttype \"fold\"|gate 0|gtranspose 3|root 3
         slide 1|nudge 0.05|unison 5 .panspread 0|delay 0.8 .delaytime 0.03 .delayspeed 2",
    ),
    (
        "note \"c4\" .s \"sine\"",
        "fm 2|fmi 2|fm 2 .fmh 2.5|fm 2 .fmattack 0.1|fm 2 .fmdecay 0.05|fm 2 .fmdecay 0.05 .fmsustain 0.5
         fm 2 .fmdecay 0.05 .fmenv \"lin\"|fm 2 .clip 0.3 .release 0.3 .fmrelease 0.1|fm 2 .fmwave \"saw\"
         fm 2 .fm2 2|fm 2 .fm2 2 .fmh2 3|fm 2 .fm2 2 .fm3 2|fm 2 .fm2 2 .fm3 2 .fmh3 3|fm 2 .fmi20 1
         fm 2 .fmi30 1|fm 2 .fmi31 1|fm 2 .fmi11 1|fm 2 .fm2 2 .fmi22 1|fm 2 .fm2 1 .fm3 1 .fmi33 1
         fm 2 .fm2 2 .fmattack2 0.1|fm 2 .fm2 2 .fmdecay2 0.1|fm 2 .fm2 2 .fmwave2 \"square\"
         fm 2 .fm2 2 .fmdecay2 0.1 .fmsustain2 0.5|fm 2 .fm2 2 .fmdecay2 0.1 .fmenv2 \"lin\"
         fm 2 .fm2 2 .clip 0.3 .release 0.3 .fmrelease2 0.1|fm 2 .fm2 2 .fm3 2 .fmattack3 0.1
         fm 2 .fm2 2 .fm3 2 .fmdecay3 0.1|fm 2 .fm2 2 .fm3 2 .fmdecay3 0.1 .fmsustain3 0.5
         fm 2 .fm2 2 .fm3 2 .fmdecay3 0.1 .fmenv3 \"lin\"|fm 2 .fm2 2 .fm3 2 .fmwave3 \"square\"
         fm 2 .fm2 2 .fm3 2 .clip 0.3 .release 0.3 .fmrelease3 0.1|partials \"1:0.5:0.2\"",
    ),
    ("note \"c4\" .s \"pulse\"", "pw 0.1|pwrate 9 .pwsweep 0.4|pw \"0.3:5:0.3\""),
    (
        "note \"c4\" .s \"wt_fm\"",
        "wt 0.9|wtenv 0.6|wtenv 0.6 .wtattack 0.1|wtrate 9|wtsync 4|wtrate 9 .wtdepth 0.1|warp 0.5
         warp 0.5 .warpmode \"sync\"|warpenv 0.5|warprate 9|warpsync 4|wtphaserand 1|wtrate 9 .wtshape 4
         wtrate 9 .wtskew 0.1|wtrate 9 .wtdc 0|warprate 9 .warpdepth 0.1|wtenv 0.6 .wtdecay 0.05
         wtenv 0.6 .wtdecay 0.05 .wtsustain 0.6|clip 0.3 .release 0.2 .wtenv 0.6 .wtsustain 0.8 .wtrelease 1
         warpenv 0.5 .warpattack 0.1|warpenv 0.5 .warpdecay 0.05|warpenv 0.5 .warpdecay 0.05 .warpsustain 0.6
         clip 0.3 .release 0.2 .warpenv 0.6 .warpsustain 0.8 .warprelease 1|warprate 9 .warpshape 4
         warprate 9 .warpskew 0.1|warprate 9 .warpdc 0",
    ),
    ("s \"crackle\"", "density 0.9"),
    ("s \"saw\"", "degree 2|degree 2 .mtranspose 1|partials 3|partials \"1:0:1\"|partials 5 .phases \"0.3:0:0.2\""),
    ("note \"c3\" .s \"user\"", "partials \"1:0:1\"|phases \"0.3:0.1:0.2\""),
    (
        "note \"c4\" .s \"z_sawtooth\"",
        "zrand 0.5|curve 3|slide 2|deltaSlide 4|pitchJump 300|pitchJump 300 .pitchJumpTime 0.05|slide 2 .lfo 0.03
         lfo 0.03 .tremolo 1|znoise 1|zmod 9|zcrush 0.3|zdelay 0.03|attack 0.05|decay 0.05|release 0.2",
    ),
    ("s \"zzfx\"", "zzfx \"1:0:539:0:0.04:0.1:1:1.92\""),
    ("note \"c2\" .s \"bytebeat\"", "n 1|byteBeatExpression 't&t>>8'|byteBeatStartTime 99|bbexpr 't*3'|bbst 50"),
    (
        "s \"break\"",
        "unit \"c\"|stretch 2|begin 0.3|end 0.05|end 0.05 .loop 1|end 0.1 .loop 1 .loopEnd 0.02
         end 0.1 .loop 1 .loopBegin 0.05|end 0.1 .fadeTime 0.05|begin 0.1 .fadeInTime 0.1
         room 0.7 .ir \"fx\"|room 0.7 .ir \"fx\" .irspeed 2|room 0.7 .ir \"fx\" .irbegin 0.1",
    ),
    ("s \"saw\"", "midinote 50|note \"c3\"|n 3 .scale \"c3:minor\""),
    ("s \"bd\"", "n 2|transient 0.3 .transsustain -1|speed 1.5|note \"c5\"|bank \"tr808\"|bank \"tr909\"|bank \"RolandTR909\"|legato 0.1|cut 1 .ply 2"),
];

/// Controls that do something to other parts, to voicings, to notes that follow: each is heard in the
/// first text and not in the second.
const PAIRS: &[(&str, &str)] = &[
    ("a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 1", "a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 5"),
    (
        "a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 1 .duckdepth 0.3",
        "a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 1",
    ),
    (
        "a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 1 .duckattack 0.01",
        "a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 1",
    ),
    (
        "a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 1 .duckonset 0.2",
        "a: s \"saw\" .orbit 1\nb: s \"bd\" .duck 1",
    ),
    (
        "a: s \"sn\" .room 1 .orbit 3\nb: s \"saw\" .room 1 .size 9",
        "a: s \"sn\" .room 1\nb: s \"saw\" .room 1 .size 9",
    ),
    ("a: note \"c3 c5\" .s \"saw\" .glide 0.2", "a: note \"c3 c5\" .s \"saw\""),
    ("a: chord \"C\" .voicing .s \"saw\"", "a: chord \"Am\" .voicing .s \"saw\""),
    (
        "a: chord \"C^7\" .dictionary \"lefthand\" .voicing .s \"saw\"",
        "a: chord \"C^7\" .voicing .s \"saw\"",
    ),
    ("a: chord \"C\" .mode \"root:g2\" .voicing .s \"saw\"", "a: chord \"C\" .voicing .s \"saw\""),
    ("a: chord \"C\" .anchor \"c6\" .voicing .s \"saw\"", "a: chord \"C\" .voicing .s \"saw\""),
    ("a: chord \"C\" .offset 1 .voicing .s \"saw\"", "a: chord \"C\" .voicing .s \"saw\""),
    (
        "a: n \"4 5\" .chord \"C\" .octaves 2 .voicing .s \"saw\"",
        "a: n \"4 5\" .chord \"C\" .voicing .s \"saw\"",
    ),
];

/// Controls that mag's own sound has no use for, and who acts on them; their documentation says so.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "SuperDirt",
        "channel channels midiport midicmd midibend miditouch polyTouch midimap ctlNum nrpnn nrpv progNum
         sysexid sysexdata sustainpedal expression songPtr uid val hours minutes seconds frames frameRate
         bus busgain analyze fft oschost oscport source panspan pansplay panwidth panorient semitone voice",
    ),
    ("MIDI", "midichan ccn ccv"),
    ("visuals", "x y color"),
    ("event", "osc out label activeLabel"),
    ("chorale", "singer"),
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

/// Whether two sounds differ by more than one part in a hundred thousand of the second's power.
fn differ(with: &[f32], without: &[f32]) -> bool {
    let size = |x: f32| f64::from(x * x);
    let far: f64 = with.iter().zip(without).map(|(a, b)| size(a - b)).sum();
    let loud: f64 = without.iter().map(|a| size(*a)).sum();
    far > 1e-5 * loud && far > 0.0 && with.iter().all(|y| y.is_finite())
}

/// The names of all controls of the stdlib, each with the key that it sets.
fn declared() -> BTreeMap<String, String> {
    let (mut keys, mut others) = (BTreeMap::new(), Vec::new());
    for (_, text) in mag_lang::STDLIB {
        for line in text.lines() {
            let Some((name, value)) = line.strip_prefix("let ").and_then(|l| l.split_once(" = "))
            else {
                continue;
            };
            match value.strip_prefix("control '") {
                Some(names) => {
                    let key = names.split([':', '=', '\'']).next().unwrap_or_default();
                    keys.insert(name.to_owned(), key.to_owned());
                }
                None => others.push((name, value)),
            }
        }
    }
    // Other names may stand before or behind what they are names of.
    for _ in 0..3 {
        for (name, value) in &others {
            if let Some(key) = keys.get(*value).cloned() {
                keys.insert((*name).to_owned(), key);
            }
        }
    }
    keys
}

#[test]
fn every_declared_control_is_heard_or_says_who_hears_it() {
    let keys = declared();
    assert!(keys.len() > 300);
    let words = |text: &str| -> BTreeSet<String> {
        let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
        parts.filter_map(|word| keys.get(word).cloned()).collect()
    };
    let mut heard = BTreeSet::new();
    AUDIT.iter().for_each(|(_, lines)| heard.extend(words(lines)));
    PAIRS.iter().for_each(|(with, _)| heard.extend(words(with)));
    let mut wrong = Vec::new();
    let language = Language::new();
    for (who, names) in ELSEWHERE {
        for name in names.split_whitespace() {
            let key = keys.get(name).cloned().unwrap_or_default();
            if !heard.insert(key) {
                wrong.push(format!("`{name}` is heard, and is said not to be"));
            }
            let entry = language.entries().iter().find(|entry| entry.name == name);
            if !entry.is_some_and(|entry| entry.text.contains(who)) {
                wrong.push(format!("the documentation of `{name}` does not speak of {who}"));
            }
        }
    }
    let silent = keys.iter().filter(|(name, key)| *name == *key && !heard.contains(*key));
    wrong.extend(silent.map(|(name, _)| format!("nobody has shown that `{name}` is heard")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn controls_that_reach_further_change_what_is_heard() {
    let language = Language::new();
    let render = |text: &str| render(&language, &format!("tempo 960\n{text}\n"));
    for (with, without) in PAIRS {
        assert!(differ(&render(with), &render(without)), "no difference:\n{with}");
    }
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
            if !differ(&with, without) {
                dead.push(format!("{base} .{controls}"));
            }
        }
    }
    assert!(dead.is_empty(), "no difference:\n{}", dead.join("\n"));
}
