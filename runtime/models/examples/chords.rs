//! Prints a song's chords: `cargo run -p mag-models --example chords -- A minor billboard 7`
//! (tonic, mode, repertoire, seed).

use std::path::Path;

use mag_models::{Chord, ChordsModel, ChordsRequest, Mode, Runtime, Trouble};

fn main() -> Result<(), Trouble> {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize| said.get(at).map(String::as_str);
    let (verse, chorus) = ("verse".parse()?, "chorus".parse()?);
    let request = ChordsRequest {
        tonic: Chord::parse(word(0).unwrap_or("C"))?.root,
        mode: word(1).map_or(Ok(Mode::Major), str::parse)?,
        style: word(2).map_or(Ok(Default::default()), str::parse)?,
        seed: word(3).and_then(|seed| seed.parse().ok()).unwrap_or(0),
        sections: vec![(verse, 8), (chorus, 8), (verse, 8), (chorus, 8)],
        ..ChordsRequest::default()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/chords");
    let mut model = ChordsModel::open(&folder, &Runtime::open(&[])?, "cpu")?;
    for song in model.generate(&[request])? {
        for line in (0..song.length).step_by(8 * 96) {
            let here = song.chords.iter().filter(|chord| (line..line + 8 * 96).contains(&chord.0));
            let names: Vec<String> = here
                .map(|(at, name)| format!("{}:{name}", f64::from(at - line) / 96.0 + 1.0))
                .collect();
            println!("{}", names.join(" "));
        }
    }
    Ok(())
}
