//! Rolls beside what they should look like, drawn by hand.

use super::*;
use mag_pattern::{Controls, Sym, Value};

fn mini(text: &str) -> Pattern {
    crate::mini::pattern(text, 1, 0).unwrap_or_else(|problem| panic!("{}", problem.message))
}

fn control(name: &'static str, text: &str) -> Pattern {
    mini(text).map(move |value| Value::from(Controls::one(Sym::new(name), value.clone())))
}

fn roll(pattern: &Pattern, from: i64, width: usize) -> String {
    draw(pattern, from, width, &mut Query::default()).unwrap_or_else(|error| error)
}

fn expect(pattern: &Pattern, width: usize, drawing: &str) {
    let drawing = drawing.trim_start_matches('\n');
    let found = roll(pattern, 0, width);
    assert_eq!(found, drawing, "\nfound:\n{found}\nexpected:\n{drawing}");
}

#[test]
fn sounds_in_the_order_in_which_they_come() {
    expect(
        &control("s", "bd sn [hh hh] cp"),
        30,
        "
   │0               │
bd │█▒▒▒            │
sn │    █▒▒▒        │
hh │        █▒█▒    │
cp │            █▒▒▒│
",
    );
}

#[test]
fn triplets_against_fours_lie_on_one_grid() {
    expect(
        &control("s", "[a a a, b b b b]"),
        30,
        "
  │0           │
a │█▒▒▒█▒▒▒█▒▒▒│
b │█▒▒█▒▒█▒▒█▒▒│
",
    );
}

#[test]
fn pitches_from_high_to_low_by_name() {
    expect(
        &control("note", "60 67 [~ 64] 61.5"),
        26,
        "
     │0       │
  g4 │  █▒    │
  e4 │     █  │
61.5 │      █▒│
  c4 │█▒      │
",
    );
}

#[test]
fn as_many_cycles_as_it_takes_to_repeat() {
    expect(
        &control("s", "<a b>"),
        30,
        "
  │0         │1         │
a │█▒▒▒▒▒▒▒▒▒│          │
b │          │█▒▒▒▒▒▒▒▒▒│
",
    );
    expect(
        &mini("<x y z>/2"),
        32,
        "
  │0    │1    │2    │3    │
x │█▒▒▒▒│▒▒▒▒▒│     │     │
y │     │     │█▒▒▒▒│▒▒▒▒▒│
",
    );
}

#[test]
fn what_does_not_fit_is_counted() {
    expect(
        &control("s", "bd*32 sn"),
        20,
        "
   │0       │
bd │8888    │
sn │    █▒▒▒│
",
    );
}

#[test]
fn a_curve_for_what_is_continuous() {
    let ramp = Pattern::signal(|t, _| Value::Num(t.cycle_pos().to_f64() * 8.0));
    expect(&ramp, 32, "0 to 7 │▁▂▃▄▅▆▇█│\n");
    let flat = Pattern::signal(|_, _| Value::Num(0.5));
    expect(&flat, 32, "0.5 to 0.5 │▄▄▄▄▄▄▄▄│\n");
}

#[test]
fn silence_and_trouble_are_said() {
    assert_eq!(roll(&Pattern::silence(), 7, 80), "silence (in cycles 7 to 10)\n");
    let endless = Pattern::of(|_, q, _| while q.spend(1000) {});
    assert!(roll(&endless, 0, 80).contains("more than"), "{}", roll(&endless, 0, 80));
}

#[test]
fn no_line_is_wider_than_asked() {
    let texts =
        ["bd(3,8) hh*16", "<a b c>(<3 5>,8)", "averylongnameofasound:12 x", "0 .. 40", "[a b]/3"];
    for (text, width) in texts.iter().flat_map(|t| [28, 40, 80, 200].map(|w| (t, w))) {
        for pattern in [control("s", text), mini(text)] {
            let drawing = roll(&pattern, 3, width);
            let widest = drawing.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{width}: {widest:?}\n{drawing}");
            assert!(drawing.lines().count() <= ROWS + 2, "{drawing}");
        }
    }
}
