//! The manual's entries are read from the comments above definitions.

use mag_lang::doc::entries;
use mag_lang::source::Source;
use mag_lang::syntax::parse;

#[test]
fn a_definition_with_a_comment_is_an_entry() {
    let text = "-- Plays the pattern n times as fast, e.g. twice. The factor may be\n-- a pattern.\n--\n\
        -- Below 1 it is slower.\n-- > s \"bd sn\" .fast 2\n-- > s \"bd\" .fast \"<1 2>\"\n\
        -- see: slow, hurry\n-- tags: time\nnative fast n p\n\n-- Half.\nlet half = slow 2\n\
        let bare x y = x\nkick: s \"bd\"\n";
    let source = Source::new(0, "time.mag", text);
    let (ast, problems) = parse(&source);
    assert!(problems.is_empty());
    let all = entries(&ast);
    let names: Vec<_> = all.iter().map(|e| (e.signature.as_str(), e.native)).collect();
    assert_eq!(names, [("fast n p", true), ("half", false), ("bare x y", false)]);
    let fast = &all[0];
    assert_eq!(fast.summary, "Plays the pattern n times as fast, e.g. twice.");
    assert_eq!(
        fast.text,
        "Plays the pattern n times as fast, e.g. twice. The factor may be a pattern.\n\n\
         Below 1 it is slower."
    );
    assert_eq!(fast.examples, ["s \"bd sn\" .fast 2", "s \"bd\" .fast \"<1 2>\""]);
    assert_eq!((fast.see.join(" "), fast.tags.join(" ")), ("slow hurry".into(), "time".into()));
    assert_eq!((source.slice(fast.loc), fast.params.len()), ("fast", 2));
    assert_eq!((all[1].summary.as_str(), all[2].text.as_str()), ("Half.", ""));
}
