//! A set of parameters, one bit for each.

use super::{COUNT, Param};

/// Words of 64 bits that hold all parameters.
const WORDS: usize = COUNT.div_ceil(64);

/// Which parameters something has been said about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags([u64; WORDS]);

impl Flags {
    /// Takes `param` into the set.
    pub fn raise(&mut self, param: Param) {
        self.0[param as usize / 64] |= 1 << (param as usize % 64);
    }

    /// Whether `param` is in the set.
    #[inline]
    pub fn has(&self, param: Param) -> bool {
        self.0[param as usize / 64] & 1 << (param as usize % 64) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::PARAMS;

    #[test]
    fn each_parameter_has_a_bit_of_its_own() {
        for one in PARAMS {
            let mut flags = Flags::default();
            flags.raise(one.param);
            let raised = PARAMS.iter().filter(|other| flags.has(other.param));
            assert_eq!(raised.map(|d| d.name).collect::<Vec<_>>(), [one.name]);
        }
    }
}
