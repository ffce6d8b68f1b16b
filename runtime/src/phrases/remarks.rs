//! What a model would leave out of a wish, told by its card alone: nothing is opened, nothing runs.

use super::{chorale, chords, drums, groove, latent, melody, performance};
use mag_models::Card;
use mag_models::latent::no_direction;
use mag_pattern::{PhraseRequest, Value};

/// What of a wish the model of this card does not understand, in the performer's words.
pub fn remarks(card: &Card, wish: &PhraseRequest) -> Vec<String> {
    match card.vocabulary.as_str() {
        "melody" => melody::translate(wish).left_out,
        "chords" => chords::translate(wish).1,
        "drums" => drums::translate(wish).1,
        "groove" => groove::translate(wish).1,
        "chorale" => chorale::translate(wish).1,
        "performance" => performance::translate(wish).1,
        "melody-vae" => latent::left_out(wish).into_iter().chain(direction(card, wish)).collect(),
        "drums-vae" => direction(card, wish).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// That a latent space has no direction of this name.
fn direction(card: &Card, wish: &PhraseRequest) -> Option<String> {
    let Value::Word(name) = wish.setting("along")? else { return None };
    let known: Vec<&str> = card.directions.keys().map(String::as_str).collect();
    let missing = !known.contains(&name.as_str());
    missing.then(|| no_direction(name.as_str(), &known).to_string())
}
