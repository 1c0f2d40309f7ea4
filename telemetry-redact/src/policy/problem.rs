//! What is wrong with a policy, and where.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use super::Position;

/// A policy that cannot be used: all its problems.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PolicyError {
    pub(super) problems: Vec<PolicyProblem>,
}

impl PolicyError {
    /// The problems, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[PolicyProblem] {
        &self.problems
    }

    /// The same problems with where each stands in the file, as far as that can be told.
    pub(super) fn located(mut self, locate: impl Fn(&str) -> Option<Position>) -> Self {
        for problem in self.problems.iter_mut().filter(|problem| problem.position.is_none()) {
            problem.position = locate(&problem.place);
        }
        self
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => write!(f, "the policy has a problem: {one}"),
            all => {
                write!(f, "the policy has {} problems", all.len())?;
                all.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

/// One thing that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyProblem {
    /// Where: `commands[3].flags[0]`, or `line 2 column 7` where the text is not JSON or TOML at all.
    pub place: String,
    /// What, and what to do.
    pub message: String,
    /// Where in the text, or the nearest thing around it that is there. Nowhere in what was not read from a text.
    pub position: Option<Position>,
}

impl PolicyProblem {
    pub(crate) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), position: None }
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
