//! Exact time: rationals counted in cycles.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// An exact point or length of time in cycles, a reduced fraction of two `i64`.
///
/// Arithmetic that leaves the range of `i64`, or divides by zero, gives [`Time::UNDEFINED`];
/// like NaN it spreads through further arithmetic and compares as neither less nor greater than
/// anything, so a query that meets it comes to an end and can report it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    num: i64,
    /// Positive; 0 marks the undefined time.
    den: i64,
}

/// Greatest common divisor, by Stein's binary algorithm.
fn gcd(mut a: u64, mut b: u64) -> u64 {
    if a == 0 {
        return b;
    }
    if b == 0 {
        return a;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
        if b == 0 {
            return a << shift;
        }
    }
}

fn gcd_wide(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Time {
    /// Cycle 0.
    pub const ZERO: Time = Time { num: 0, den: 1 };
    /// One cycle.
    pub const ONE: Time = Time { num: 1, den: 1 };
    /// The result of an overflow or a division by zero.
    pub const UNDEFINED: Time = Time { num: 0, den: 0 };

    /// `num / den`, reduced; undefined when `den` is 0.
    pub fn new(num: i64, den: i64) -> Time {
        match den {
            0 => Time::UNDEFINED,
            1 => Time { num, den },
            _ if den > 0 && num != i64::MIN => Time::reduce(num, den),
            _ => Time::wide(num as i128, den as i128),
        }
    }

    /// A whole number of cycles.
    pub const fn int(n: i64) -> Time {
        Time { num: n, den: 1 }
    }

    #[inline]
    fn reduce(num: i64, den: i64) -> Time {
        let g = gcd(num.unsigned_abs(), den as u64) as i64;
        if g <= 1 { Time { num, den } } else { Time { num: num / g, den: den / g } }
    }

    #[cold]
    fn wide(num: i128, den: i128) -> Time {
        if den == 0 {
            return Time::UNDEFINED;
        }
        let g = gcd_wide(num.unsigned_abs(), den.unsigned_abs()) as i128;
        let sign = if den < 0 { -1 } else { 1 };
        match (i64::try_from(sign * num / g), i64::try_from(sign * den / g)) {
            (Ok(num), Ok(den)) => Time { num, den },
            _ => Time::UNDEFINED,
        }
    }

    /// Numerator of the reduced fraction.
    pub fn numerator(self) -> i64 {
        self.num
    }
    /// Denominator of the reduced fraction: positive, or 0 when undefined.
    pub fn denominator(self) -> i64 {
        self.den
    }
    /// False after an overflow or a division by zero.
    #[inline]
    pub fn is_defined(self) -> bool {
        self.den != 0
    }
    /// Whether it is defined and lies within 2^60 cycles of cycle 0, so that cycle numbers can be
    /// added and doubled without overflow.
    #[inline]
    pub fn is_countable(self) -> bool {
        const FAR: u64 = 1 << 60;
        let far = self.num.unsigned_abs() > FAR && self.floor().unsigned_abs() > FAR;
        self.den != 0 && !far
    }
    /// Whether it is a whole number.
    pub fn is_int(self) -> bool {
        self.den == 1
    }
    /// Whether it is exactly 0.
    pub fn is_zero(self) -> bool {
        self.num == 0 && self.den != 0
    }

    /// The number of the cycle it lies in: the next whole number at or below (0 if undefined).
    #[inline]
    pub fn floor(self) -> i64 {
        match self.den {
            1 => self.num,
            0 => 0,
            den => self.num.div_euclid(den),
        }
    }
    /// The next whole number at or above (0 if undefined).
    pub fn ceil(self) -> i64 {
        -(-self).floor()
    }
    /// Start of the cycle it lies in ("start of cycle" in Tidal's terms).
    #[inline]
    pub fn sam(self) -> Time {
        if self.den == 0 { self } else { Time::int(self.floor()) }
    }
    /// Start of the next cycle.
    #[inline]
    pub fn next_sam(self) -> Time {
        self.sam() + Time::ONE
    }
    /// Position within its cycle, in `[0, 1)`.
    pub fn cycle_pos(self) -> Time {
        self - self.sam()
    }
    /// Distance from 0.
    pub fn abs(self) -> Time {
        if self.num < 0 { -self } else { self }
    }

    /// The earlier of two; undefined if either is.
    #[inline]
    pub fn min(self, other: Time) -> Time {
        if self.den == 0 || (other.den != 0 && self <= other) { self } else { other }
    }
    /// The later of two; undefined if either is.
    #[inline]
    pub fn max(self, other: Time) -> Time {
        if self.den == 0 || (other.den != 0 && self >= other) { self } else { other }
    }

    /// This many whole cycles later.
    #[inline]
    pub fn add_int(self, n: i64) -> Time {
        match n.checked_mul(self.den).and_then(|x| x.checked_add(self.num)) {
            Some(num) => Time { num, den: self.den },
            // The product may be too large although the sum is not.
            None => Time::wide(n as i128 * self.den as i128 + self.num as i128, self.den as i128),
        }
    }

    /// Nearest double.
    pub fn to_f64(self) -> f64 {
        if self.den == 1 { self.num as f64 } else { self.num as f64 / self.den as f64 }
    }

    /// The simplest fraction that is this double to within its precision (1/3 for 0.333…):
    /// exact for short binary fractions, else by continued fractions up to denominators of 10^7.
    /// Undefined for NaN, infinities and numbers past the range.
    pub fn from_f64(x: f64) -> Time {
        if !x.is_finite() || x.abs() > 9.0e15 {
            return Time::UNDEFINED;
        }
        let scaled = x * 1024.0;
        if scaled == scaled.trunc() && scaled.abs() < 9.0e15 {
            return Time::new(scaled as i64, 1024);
        }
        Time::approximate(x)
    }

    fn approximate(x: f64) -> Time {
        let target = x.abs();
        let (mut h0, mut h1) = (0i64, 1i64);
        let (mut k0, mut k1) = (1i64, 0i64);
        let mut rest = target;
        for _ in 0..64 {
            let whole = rest.floor();
            let Some((h2, k2)) = next_convergent(whole, (h0, h1), (k0, k1)) else { break };
            (h0, h1, k0, k1) = (h1, h2, k1, k2);
            if (h1 as f64 / k1 as f64 - target).abs() <= target * 1e-15 || rest == whole {
                break;
            }
            rest = 1.0 / (rest - whole);
        }
        Time::new(if x < 0.0 { -h1 } else { h1 }, k1)
    }
}

/// The next convergent of a continued fraction, unless its denominator passes 10^7.
fn next_convergent(whole: f64, h: (i64, i64), k: (i64, i64)) -> Option<(i64, i64)> {
    if whole > 9.0e15 {
        return None;
    }
    let a = whole as i64;
    let next = |(x0, x1): (i64, i64)| a.checked_mul(x1)?.checked_add(x0);
    let (h2, k2) = (next(h)?, next(k)?);
    (k2 <= 10_000_000).then_some((h2, k2))
}

impl Add for Time {
    type Output = Time;
    #[inline]
    fn add(self, other: Time) -> Time {
        let (a, b) = (self, other);
        if a.den == b.den {
            return match (a.den, a.num.checked_add(b.num)) {
                (0, _) => Time::UNDEFINED,
                (1, Some(num)) => Time { num, den: 1 },
                (den, Some(num)) => Time::reduce(num, den),
                (den, None) => Time::wide(a.num as i128 + b.num as i128, den as i128),
            };
        }
        if b.den == 1 {
            return a.add_int(b.num);
        }
        if a.den == 1 {
            return b.add_int(a.num);
        }
        add_fractions(a, b)
    }
}

/// Sum of two fractions (Knuth, The Art of Computer Programming 2, 4.5.1).
fn add_fractions(a: Time, b: Time) -> Time {
    if a.den == 0 || b.den == 0 {
        return Time::UNDEFINED;
    }
    let g = gcd(a.den as u64, b.den as u64) as i64;
    let (left, right) = (b.den / g, a.den / g);
    let sum = || {
        let num = a.num.checked_mul(left)?.checked_add(b.num.checked_mul(right)?)?;
        let den = a.den.checked_mul(left)?;
        Some(if g == 1 { Time { num, den } } else { Time::reduce(num, den) })
    };
    sum().unwrap_or_else(|| {
        let num = a.num as i128 * left as i128 + b.num as i128 * right as i128;
        Time::wide(num, a.den as i128 * left as i128)
    })
}

impl Neg for Time {
    type Output = Time;
    fn neg(self) -> Time {
        match self.num.checked_neg() {
            Some(num) => Time { num, den: self.den },
            None => Time::UNDEFINED,
        }
    }
}

impl Sub for Time {
    type Output = Time;
    #[inline]
    fn sub(self, other: Time) -> Time {
        self + -other
    }
}

impl Mul for Time {
    type Output = Time;
    #[inline]
    fn mul(self, other: Time) -> Time {
        let (a, b) = (self, other);
        if a.den == 0 || b.den == 0 {
            return Time::UNDEFINED;
        }
        let g1 = if b.den == 1 { 1 } else { gcd(a.num.unsigned_abs(), b.den as u64).max(1) as i64 };
        let g2 = if a.den == 1 { 1 } else { gcd(b.num.unsigned_abs(), a.den as u64).max(1) as i64 };
        match ((a.num / g1).checked_mul(b.num / g2), (a.den / g2).checked_mul(b.den / g1)) {
            (Some(num), Some(den)) => Time { num, den },
            _ => Time::UNDEFINED,
        }
    }
}

impl Div for Time {
    type Output = Time;
    #[inline]
    fn div(self, other: Time) -> Time {
        if other.num == 0 || other.den == 0 || other.num == i64::MIN {
            return Time::UNDEFINED;
        }
        let sign = other.num.signum();
        self * Time { num: sign * other.den, den: sign * other.num }
    }
}

impl Rem for Time {
    type Output = Time;
    /// The remainder that has the sign of the divisor, as in `-1 % 4 = 3`.
    fn rem(self, other: Time) -> Time {
        let quotient = self / other;
        if quotient.is_defined() { self - other * quotient.sam() } else { Time::UNDEFINED }
    }
}

impl PartialOrd for Time {
    #[inline]
    fn partial_cmp(&self, other: &Time) -> Option<Ordering> {
        if self.den == other.den {
            return if self.den == 0 { None } else { Some(self.num.cmp(&other.num)) };
        }
        if self.den == 0 || other.den == 0 {
            return None;
        }
        let left = self.num as i128 * other.den as i128;
        Some(left.cmp(&(other.num as i128 * self.den as i128)))
    }
}

impl From<i64> for Time {
    fn from(n: i64) -> Time {
        Time::int(n)
    }
}

/// `3`, `1/8`, or `undefined`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.den {
            0 => write!(f, "undefined"),
            1 => write!(f, "{}", self.num),
            den => write!(f, "{}/{den}", self.num),
        }
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
