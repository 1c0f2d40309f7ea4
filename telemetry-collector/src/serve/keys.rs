//! Who may write and who may read, where that is asked for. Keys are compared in constant time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::{Choice, ConstantTimeEq as _};
use telemetry_schema::ProgramName;
use thiserror::Error;

use super::problem::HttpProblem;

/// A key shorter than this can be guessed.
const MIN_BYTES: usize = 16;
/// Nobody types a longer one, and a header has a bound.
const MAX_BYTES: usize = 256;

/// A text that is no key. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key has 16 to 256 characters of printable ASCII and no blank")]
#[non_exhaustive]
pub struct KeyError;

/// A secret that a request shows as `Authorization: Bearer …`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Box<[u8]>);

impl Key {
    /// Takes a key: 16 to 256 characters of printable ASCII without a blank.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let sound =
            (MIN_BYTES..=MAX_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        sound.then(|| Self(text.as_bytes().into())).ok_or(KeyError)
    }

    /// Whether this was shown. How long it takes says no more than whether the lengths are equal.
    fn is(&self, shown: &[u8]) -> Choice {
        self.0.ct_eq(shown)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The keys by program: who has one of a program's keys may send its events, and no others.
#[derive(Debug, Clone, Default)]
pub struct WriteKeys(BTreeMap<ProgramName, Vec<Key>>);

impl WriteKeys {
    /// No key yet, so nobody may send anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key. A program may have several, so that one can be changed without a gap.
    #[must_use]
    pub fn with(mut self, program: ProgramName, key: Key) -> Self {
        self.0.entry(program).or_default().push(key);
        self
    }

    /// The programs that a request may send events of. Every key is compared, whichever is the right one.
    pub(super) fn programs(&self, headers: &HeaderMap) -> Result<BTreeSet<ProgramName>, HttpProblem> {
        let shown = bearer(headers).ok_or(HttpProblem::NoKey)?;
        let all =
            self.0.iter().flat_map(|(program, keys)| keys.iter().map(move |key| (program, key.is(shown))));
        let programs: BTreeSet<_> =
            all.filter(|(_, is)| bool::from(*is)).map(|(program, _)| program.clone()).collect();
        if programs.is_empty() { Err(HttpProblem::NoKey) } else { Ok(programs) }
    }
}

/// Who may read what is stored and counted.
#[derive(Debug, Clone)]
pub(super) enum Readers {
    /// Whoever reaches the address, which is loopback.
    Anybody,
    /// Whoever has the token.
    With(Key),
    /// Nobody: the address is not loopback, and there is no token.
    Nobody,
}

impl Readers {
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), HttpProblem> {
        let may = match self {
            Self::Anybody => true,
            Self::With(key) => {
                let typed = password(headers);
                let shown = bearer(headers).or(typed.as_deref());
                shown.is_some_and(|shown| bool::from(key.is(shown)))
            }
            Self::Nobody => false,
        };
        may.then_some(()).ok_or(HttpProblem::NoToken)
    }
}

/// RFC 6750.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    credentials(headers, b"Bearer ")
}

/// RFC 7617: what a person types into a browser as the password, whatever the name they give.
fn password(headers: &HeaderMap) -> Option<Vec<u8>> {
    let pair = STANDARD.decode(credentials(headers, b"Basic ")?).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

/// One header, whose scheme is in any case.
fn credentials<'h>(headers: &'h HeaderMap, scheme: &[u8]) -> Option<&'h [u8]> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (of, rest) = value.as_bytes().split_at_checked(scheme.len())?;
    of.eq_ignore_ascii_case(scheme).then(|| rest.trim_ascii())
}
