//! Flows: which phrase goes on from which.

use super::Generator;
use mag_pattern::{PhraseRequest, Query, Role};

/// So many phrases go on from one another; the next one takes up the opening of the flow. It bounds
/// what a jump into the middle of a performance costs, and a tune that comes back to where it began
/// never wanders off.
const LINE: i64 = 8;

impl Generator {
    /// A wish with the wish before it, and so on back to the opening: what was asked for then is
    /// what counts then, so that a phrase goes on from what was heard.
    pub(super) fn flowing(
        &self,
        index: i64,
        mut wish: PhraseRequest,
        q: &mut Query,
    ) -> PhraseRequest {
        let first = index - index.rem_euclid(LINE);
        let opening = (first != 0).then_some(0);
        let mut before: Option<PhraseRequest> = None;
        for at in opening.into_iter().chain(first..index) {
            let mut step = self.conditions(at, &self.place(at), q);
            step.model = wish.model;
            step.settings.retain(|(name, _)| name.as_str() != "vary");
            step.from = before.map(|before| (Role::Prime, Box::new(before)));
            before = Some(step);
        }
        wish.settings.retain(|(name, _)| name.as_str() != "vary");
        wish.from = before.map(|before| (Role::Prime, Box::new(before)));
        wish
    }
}
