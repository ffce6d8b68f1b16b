//! What all players do with wishes: by verb, and one by one when together it cannot be.

use super::worker::{Flowed, Memory};
use mag_models::Trouble;
use mag_pattern::{Phrase, PhraseRequest, Time};
use std::sync::Arc;

/// The length of a wish's phrase.
pub fn length(wish: &PhraseRequest) -> Time {
    Time::int(i64::from(wish.bars))
}

/// That a model of some vocabulary does no such thing.
pub fn cannot(vocabulary: &str, verb: &str) -> Trouble {
    Trouble::new(
        format!("a {vocabulary} model cannot do `{verb}`"),
        "choose another with `.model 'name'`; `mag models` lists them",
    )
}

/// What becomes of parts, all of them together; if that fails, of each alone: an impossible one must
/// not cost the others theirs.
pub fn together<P, T>(
    parts: &[P],
    mut make: impl FnMut(&[P]) -> Result<Vec<T>, Trouble>,
) -> Vec<Result<T, String>> {
    match make(parts) {
        Ok(made) => made.into_iter().map(Ok).collect(),
        Err(trouble) if parts.len() < 2 => vec![Err(trouble.to_string())],
        Err(_) => {
            let mut alone = |part| match make(std::slice::from_ref(part)) {
                Ok(mut made) => made.pop().ok_or_else(|| "the model gave no answer".to_string()),
                Err(trouble) => Err(trouble.to_string()),
            };
            parts.iter().map(&mut alone).collect()
        }
    }
}

/// Phrases of flows of a model that goes on from streams `S`: these are what is remembered. `request`
/// says in the model's words what is wished for, `phrase` what was made in those of patterns.
pub fn go_on<S: Send + Sync + 'static, R, M>(
    parts: &[(PhraseRequest, Option<Memory>)],
    request: impl Fn(&PhraseRequest) -> R,
    make: impl FnMut(&[(Option<&S>, &R)]) -> Result<Vec<(M, S)>, Trouble>,
    phrase: impl Fn(&M, &PhraseRequest) -> Phrase,
) -> Vec<Flowed> {
    let requests: Vec<R> = parts.iter().map(|(wish, _)| request(wish)).collect();
    let streams = parts.iter().map(|(_, memory)| memory.as_ref()?.downcast_ref::<S>());
    let all: Vec<_> = streams.zip(&requests).collect();
    let kept = together(&all, make).into_iter().zip(parts).map(|(made, (wish, _))| {
        let (made, stream) = made?;
        let memory: Memory = Arc::new(stream);
        Ok((phrase(&made, wish), memory))
    });
    kept.collect()
}

/// Phrases for wishes, all that are of one verb in one batch. If a batch fails, its wishes are met
/// one by one: an impossible one must not cost the others theirs.
pub fn each_verb(
    wishes: &[PhraseRequest],
    mut play: impl FnMut(&str, &[&PhraseRequest]) -> Result<Vec<Phrase>, Trouble>,
) -> Vec<Result<Phrase, String>> {
    let missing = || Err("the model gave no answer".to_string());
    let mut phrases: Vec<Result<Phrase, String>> = wishes.iter().map(|_| missing()).collect();
    let mut left: Vec<usize> = (0..wishes.len()).collect();
    while let Some(verb) = left.first().and_then(|i| wishes.get(*i)).map(|wish| wish.verb) {
        let (these, others): (Vec<usize>, Vec<usize>) =
            left.into_iter().partition(|i| wishes.get(*i).is_some_and(|w| w.verb == verb));
        left = others;
        let mut batch = |indices: &[usize]| {
            let asked: Vec<&PhraseRequest> =
                indices.iter().filter_map(|i| wishes.get(*i)).collect();
            play(verb.as_str(), &asked)
        };
        match batch(&these) {
            Ok(made) => {
                for (i, phrase) in these.into_iter().zip(made) {
                    phrases[i] = Ok(phrase);
                }
            }
            Err(trouble) if these.len() == 1 => phrases[these[0]] = Err(trouble.to_string()),
            Err(_) => {
                for i in these {
                    let alone = batch(&[i]).map(|made| made.into_iter().next());
                    phrases[i] = match alone {
                        Ok(Some(phrase)) => Ok(phrase),
                        Ok(None) => missing(),
                        Err(trouble) => Err(trouble.to_string()),
                    };
                }
            }
        }
    }
    phrases
}
