//! What the numbers that a network reads and writes mean: one module per vocabulary.

pub mod chorale;
pub mod chords;
pub mod drums;
pub mod expression;
pub mod groove;
pub mod latent;
mod lookback;
pub mod melody;
pub mod performance;

use crate::{Card, Trouble};

/// The shape of what a kind of model reads and writes at every step.
#[derive(Debug, Clone, Copy)]
pub struct Vocabulary {
    /// The name by which cards know it.
    pub name: &'static str,
    /// Name and number of values of each integer column, in order.
    pub columns: &'static [(&'static str, i64)],
    /// Number of real inputs.
    pub reals: usize,
    /// Shapes of the heads, in order, without the rows.
    pub heads: &'static [&'static [usize]],
    /// Rows that belong together: 1 where a row is a step of its own sequence, else the steps of a
    /// window; a batch is then a whole number of windows.
    pub window: usize,
    /// The script that trains such models.
    pub script: &'static str,
}

/// All vocabularies that this version speaks.
pub const ALL: [&Vocabulary; 9] = [
    &melody::VOCABULARY,
    &drums::VOCABULARY,
    &groove::VOCABULARY,
    &chords::VOCABULARY,
    &chorale::VOCABULARY,
    &performance::VOCABULARY,
    &expression::VOCABULARY,
    &latent::MELODY,
    &latent::DRUM,
];

impl Vocabulary {
    /// The vocabulary of a card that fits it.
    ///
    /// # Errors
    /// When there is no such vocabulary, or the card is not one of it.
    pub fn of(card: &Card) -> Result<&'static Self, Trouble> {
        let named = ALL.into_iter().find(|vocabulary| vocabulary.name == card.vocabulary);
        let vocabulary = named.ok_or_else(|| {
            let known = ALL.map(|vocabulary| vocabulary.name).join(", ");
            Trouble::new(
                format!("this version does not speak the vocabulary `{}`", card.vocabulary),
                format!("vocabularies are {known}"),
            )
        })?;
        vocabulary.fits(card)?;
        Ok(vocabulary)
    }

    /// Holds a card against the vocabulary.
    ///
    /// # Errors
    /// When the card is that of another kind of model, or lists other inputs or heads.
    pub fn fits(&self, card: &Card) -> Result<(), Trouble> {
        let refuse = |what: String| {
            let fix = format!("a {} model is made by training/{}", self.name, self.script);
            Err(Trouble::new(format!("the model `{}`: {what}", card.name), fix))
        };
        if card.vocabulary != self.name {
            let (wanted, found) = (self.name, &card.vocabulary);
            return refuse(format!("expected the vocabulary `{wanted}`, found `{found}`"));
        }
        let listed = &card.inputs.columns;
        for (i, &(name, size)) in self.columns.iter().enumerate() {
            match listed.get(i) {
                Some(column) if column.name == name && column.size == size => {}
                Some(column) => {
                    let (n, s) = (&column.name, column.size);
                    return refuse(format!(
                        "input column {i} should be `{name}` ({size}), found `{n}` ({s})"
                    ));
                }
                None => return refuse(format!("the input column `{name}` is missing")),
            }
        }
        let (wanted, found) = (self.columns.len(), listed.len());
        if wanted != found {
            return refuse(format!("expected {wanted} input columns, found {found}"));
        }
        let (wanted, found) = (self.reals, card.network.real_width);
        if wanted != found {
            return refuse(format!("expected {wanted} real inputs, found {found}"));
        }
        let heads: Vec<&[usize]> = card.network.heads.iter().map(|h| h.shape.as_slice()).collect();
        if heads != self.heads {
            let wanted = self.heads;
            return refuse(format!("expected heads of the shapes {wanted:?}, found {heads:?}"));
        }
        match (latent::Kind::of(self), &card.encoder) {
            (None, _) => Ok(()),
            (Some(_), None) => refuse("an autoencoder needs an [encoder] table".to_string()),
            (Some(kind), Some(encoder)) => {
                let (wanted, found) =
                    ((kind.longest(), kind.width()), (encoder.steps, encoder.width));
                if wanted == found {
                    return Ok(());
                }
                let what = "expected an encoder of (steps, width)";
                refuse(format!("{what} {wanted:?}, found {found:?}"))
            }
        }
    }
}
