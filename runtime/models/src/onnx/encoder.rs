//! The reading half of an autoencoder, run by ONNX Runtime.

use std::path::Path;

use ndarray::{Array2, Axis, Ix2};
use ort::session::Session;
use ort::value::{Tensor, TensorElementType};

use super::{Runtime, fits, output, refused};
use crate::card::{Card, EncoderCard};
use crate::net::{Encode, Reading};
use crate::trouble::Trouble;

impl Runtime {
    /// Loads the encoder of a card's folder on a device, as [`Runtime::network`] does.
    ///
    /// # Errors
    /// When the card has none, or the file is absent, too big, not a network, or another one.
    pub fn encoder(
        &self,
        folder: &Path,
        card: &Card,
        device: &str,
    ) -> Result<(OnnxEncoder, Option<String>), Trouble> {
        let encoder = card.encoder.clone().ok_or_else(|| {
            Trouble::new(
                format!("the model `{}` has no encoder", card.name),
                "add an [encoder] table; training/export_vae.py writes one",
            )
        })?;
        let path = folder.join(&encoder.file);
        let (session, notice) = self.opened(&path, &card.name, device)?;
        describes(&session, &encoder).map_err(|what| refused(&card.name, &path, what))?;
        Ok((OnnxEncoder { session, card: encoder }, notice))
    }
}

/// Holds the graph against its card.
fn describes(session: &Session, card: &EncoderCard) -> Result<(), String> {
    let wide = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    let (whole, real) = (TensorElementType::Int64, TensorElementType::Float32);
    fits(session.inputs(), "input", &card.columns, whole, &[-1, wide(card.steps + 1)])?;
    fits(session.outputs(), "output", &card.mean, real, &[-1, wide(card.width)])?;
    fits(session.outputs(), "output", &card.deviation, real, &[-1, wide(card.width)])?;
    match session.inputs().len() {
        1 => Ok(()),
        more => Err(format!("an encoder has one input, this one {more}")),
    }
}

/// An encoder that ONNX Runtime runs.
pub struct OnnxEncoder {
    session: Session,
    card: EncoderCard,
}

impl Encode for OnnxEncoder {
    /// As with steps, a single window is read twice, so that its point is the same in any company.
    fn encode(&mut self, windows: Array2<i64>) -> Result<Reading, Trouble> {
        let reading = if windows.nrows() == 1 {
            self.run(windows.select(Axis(0), &[0, 0])).map(|two| Reading {
                mean: two.mean.select(Axis(0), &[0]),
                deviation: two.deviation.select(Axis(0), &[0]),
            })
        } else {
            self.run(windows)
        };
        reading.map_err(|reason| {
            Trouble::new(
                format!("the encoder could not read its windows: {reason}"),
                "`mag models check` examines a model's folder",
            )
        })
    }
}

impl OnnxEncoder {
    fn run(&mut self, windows: Array2<i64>) -> Result<Reading, String> {
        let shape = [windows.nrows(), self.card.width];
        let failed = |e: ort::Error| e.to_string();
        let input = Tensor::from_array(windows).map_err(failed)?;
        let outputs =
            self.session.run(ort::inputs![&self.card.columns => input]).map_err(failed)?;
        let part = |name: &str| {
            let found = output(&outputs, name, &shape)?.to_owned();
            found.into_dimensionality::<Ix2>().map_err(|e| e.to_string())
        };
        Ok(Reading { mean: part(&self.card.mean)?, deviation: part(&self.card.deviation)? })
    }
}
