//! `mag query` as other programs call it, beside the events that Strudel gives.

use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn mag(arguments: &[&str], input: &str) -> std::io::Result<Output> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mag"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
    stdin.write_all(input.as_bytes())?;
    drop(stdin);
    child.wait_with_output()
}

fn cases(file: &str) -> Result<Vec<Json>, Box<dyn std::error::Error>> {
    let path = format!("{}/../tests/conformance/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// Numbers to six places, so that `1` and `1.0` and rounding are the same.
fn plain(value: &Json) -> String {
    match value {
        Json::Number(n) => format!("{:.6}", n.as_f64().unwrap_or(f64::NAN)),
        Json::Array(items) => {
            format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(","))
        }
        Json::Object(map) => {
            let entries = map.iter().filter(|(name, _)| *name != "_slices");
            entries.map(|(name, value)| format!("{name}:{} ", plain(value))).collect()
        }
        other => other.to_string(),
    }
}

/// Onset or fragment, times and value of each event, sorted.
fn events(answer: &Json) -> Vec<String> {
    let empty = Vec::new();
    let all = answer["events"].as_array().unwrap_or(&empty);
    let line = |e: &Json| format!("{} {} {}", e["whole"], e["part"], plain(&e["value"]));
    let mut lines: Vec<String> = all.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn each_line_is_answered_as_strudel_does() -> Outcome {
    let cases = cases("mini.jsonl")?;
    // One line each; a line break inside cannot be asked for this way.
    let fits = |case: &&Json| {
        case["random"] != true && case["src"].as_str().is_some_and(|s| !s.contains(['\n', '"']))
    };
    let cases: Vec<&Json> = cases.iter().filter(fits).collect();
    let lines: String =
        cases.iter().map(|case| format!("\"{}\"\n", case["src"].as_str().unwrap_or(""))).collect();
    let output = mag(&["query", "--json", "--from", "0", "--to", "4", "-"], &lines)?;
    let answers: Vec<Json> = String::from_utf8(output.stdout)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    assert_eq!(answers.len(), cases.len(), "one line for each");
    let mut wrong = Vec::new();
    let mut other_places = 0;
    for (case, answer) in cases.iter().zip(&answers) {
        if events(case) != events(answer) {
            wrong.push(case["src"].to_string());
        } else if places(case) != places(answer) {
            other_places += 1;
        }
    }
    let share = 100.0 * (cases.len() - wrong.len()) as f64 / cases.len() as f64;
    println!("mini.jsonl through `mag query -`: {share:.1} % of {} cases", cases.len());
    assert!(share >= 99.0, "{share:.1} %; wrong: {wrong:?}");
    assert!(other_places * 50 <= cases.len(), "{other_places} cases have other places");
    Ok(())
}

/// All places of all events, whatever their order.
fn places(answer: &Json) -> BTreeSet<String> {
    let empty = Vec::new();
    let all = answer["events"].as_array().unwrap_or(&empty);
    all.iter().flat_map(|e| e["locs"].as_array().unwrap_or(&empty)).map(Json::to_string).collect()
}

#[test]
fn answers_are_sorted_and_exact() -> Outcome {
    let output = mag(&["query", "--json", "--to", "2", "s \"<bd sn>(3,8)\" .n \"0 1\""], "")?;
    let answer: Json = serde_json::from_slice(&output.stdout)?;
    let first = &answer["events"][0];
    assert_eq!(first["whole"], serde_json::json!(["0", "1/8"]));
    assert_eq!(first["value"], serde_json::json!({ "s": "bd", "n": 0 }));
    let begins: Vec<f64> = answer["events"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|e| e["part"][0].as_str())
        .map(|t| {
            let (n, d) = t.split_once('/').unwrap_or((t, "1"));
            n.parse::<f64>().unwrap_or(f64::NAN) / d.parse::<f64>().unwrap_or(f64::NAN)
        })
        .collect();
    assert_eq!(begins.len(), 6);
    assert!(begins.is_sorted(), "{begins:?}");
    Ok(())
}

#[test]
fn what_is_continuous_has_no_whole() -> Outcome {
    let output = mag(&["query", "--json", "saw"], "")?;
    let answer: Json = serde_json::from_slice(&output.stdout)?;
    assert_eq!(answer["events"][0]["whole"], Json::Null);
    assert_eq!(answer["events"][0]["part"], serde_json::json!(["0", "1"]));
    Ok(())
}

#[test]
fn places_are_those_of_the_text() -> Outcome {
    let locs = |expr: &str| -> Result<Json, Box<dyn std::error::Error>> {
        let answer: Json = serde_json::from_slice(&mag(&["query", "--json", expr], "")?.stdout)?;
        Ok(answer["events"][0]["locs"].clone())
    };
    assert_eq!(locs("\"bd sn\"")?, serde_json::json!([[0, 2]]), "inside a lone string");
    assert_eq!(locs("bd sn")?, serde_json::json!([[0, 2]]), "quotes that the shell ate");
    assert_eq!(locs("s \"bd sn\"")?, serde_json::json!([[3, 5]]), "in the expression");
    Ok(())
}

#[test]
fn mistakes_are_answered_not_suffered() -> Outcome {
    let lines = "\"[bd\"\ns \"bd\" .fsat 2\n\"bd*99999999\"\n\"a\"\n";
    let output = mag(&["query", "-"], lines)?;
    let answers: Vec<Json> = String::from_utf8(output.stdout)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let error = |i: usize| answers[i]["error"].as_str().unwrap_or("");
    assert!(error(0).contains("never closed"), "{}", answers[0]);
    assert!(error(1).contains("`fast`"), "{}", answers[1]);
    assert!(!error(2).is_empty(), "{}", answers[2]);
    assert_eq!(answers[3]["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(mag(&["query", "--to", "x", "bd"], "")?.status.code(), Some(2), "wrong usage");
    Ok(())
}

#[test]
fn check_tells_all_problems_of_a_file() -> Outcome {
    let text =
        "kick: s \"bd*4\"\nbad: s \"bd\" .fsat 2\nworse: s \"[bd\"\nhats: s \"hh\" .lpf wobbel\n";
    let output = mag(&["check", "--json", "-"], text)?;
    let answer: Json = serde_json::from_slice(&output.stdout)?;
    let empty = Vec::new();
    let problems = answer["problems"].as_array().unwrap_or(&empty);
    let lines: BTreeSet<_> = problems.iter().filter_map(|p| p["line"].as_u64()).collect();
    assert_eq!(lines, BTreeSet::from([2, 3, 4]), "{answer}");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(mag(&["check", "-"], "kick: s \"bd*4\"\n")?.status.code(), Some(0));
    Ok(())
}

#[test]
fn check_finds_what_is_wrong_inside_of_strings() -> Outcome {
    let text = "a: note \"c4 h4\"\nb: melody .inKey \"d:minro\" .over \"<H7 C>\"\nc: s \"bdd sd\" .lpf \"x\"\n\
                d: drums .style \"funky\"\ne: note \"c e\" .more \"dense\" 1\nf: chorale .voices \"alto tener\"\n\
                g: melody .model 'nope'\nh: \"0 2\"\nfine: s \"bd\" .groove .style \"funk\"\ni: answer midi\n";
    let output = mag(&["check", "--json", "-"], text)?;
    let answer: Json = serde_json::from_slice(&output.stdout)?;
    let empty = Vec::new();
    let problems = answer["problems"].as_array().unwrap_or(&empty);
    let place = |p: &Json| Some((p["from"].as_u64()? as usize, p["to"].as_u64()? as usize));
    let words: Vec<&str> =
        problems.iter().filter_map(place).filter_map(|(from, to)| text.get(from..to)).collect();
    let wrong = ["h4", "d:minro", "H7", "bdd", "x", "funky", "dense", "tener", "nope", "h"];
    assert_eq!(words, wrong, "{answer}");
    assert_eq!(output.status.code(), Some(0), "they are warnings");
    Ok(())
}
