//! What is of too few installs is not shown, nor what it could be worked out from. The one place where that is decided.
//!
//! The rows of a list add up to a total that is known. Whoever subtracts what is shown from it knows the sum of what is
//! hidden. So it is not enough that each shown row is of enough installs: what is hidden, taken together, must be as
//! well. It is, where one of the hidden rows alone is.

/// What decides over one row of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// What the row adds to the total. A row that adds nothing says nothing of anybody.
    pub size: u64,
    /// Installs it is of.
    pub installs: u64,
    /// Runs in CI it is of. They are nobody's; where a row is of these alone, ten times as many stand for installs.
    pub ci_runs: u64,
    /// Hidden already, for another reason.
    pub hidden: bool,
}

/// What becomes of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It is shown.
    Yes,
    /// It is of too few installs.
    TooFew,
    /// It is of enough, but what is of too few could be worked out with it.
    Cover,
}

/// CI runs that count as one install.
pub(super) const CI_RUNS: u64 = 10;

impl Weight {
    fn is_enough(&self, min_installs: u64) -> bool {
        let Self { size, installs, ci_runs, hidden: _ } = *self;
        min_installs <= 1
            || size == 0
            || installs >= min_installs
            || (installs == 0 && ci_runs >= min_installs.saturating_mul(CI_RUNS))
    }
}

/// Which rows of a list are shown, so that from these and the total of all nothing can be worked out that is of fewer
/// than `min_installs`. With 1, every row that is not hidden already.
#[must_use]
pub fn suppress(rows: &[Weight], min_installs: u64) -> Vec<Shown> {
    let enough = |row: &Weight| row.is_enough(min_installs);
    let mut shown: Vec<_> =
        rows.iter().map(|row| if row.hidden || !enough(row) { Shown::TooFew } else { Shown::Yes }).collect();
    let hidden = || rows.iter().zip(&shown).filter(|(row, shown)| **shown != Shown::Yes && row.size > 0);
    let needs_cover = min_installs > 1 && hidden().count() > 0 && !hidden().any(|(row, _)| enough(row));
    if needs_cover {
        let candidates = rows.iter().zip(&shown).enumerate();
        let least = candidates
            .filter(|(_, (row, shown))| **shown == Shown::Yes && row.size > 0)
            .min_by_key(|(_, (row, _))| (row.installs, row.size));
        if let Some((index, _)) = least {
            shown[index] = Shown::Cover;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn weight(installs: &BTreeSet<u8>, size: u64) -> Weight {
        Weight { size, installs: installs.len() as u64, ci_runs: 0, hidden: false }
    }

    /// Rows, each of a set of installs, with a run or more of each.
    fn rows() -> impl Strategy<Value = Vec<(BTreeSet<u8>, u64)>> {
        let row = (prop::collection::btree_set(0..30_u8, 0..25), 0..5_u64);
        let row = row.prop_map(|(set, more)| {
            let size = if set.is_empty() { 0 } else { set.len() as u64 + more };
            (set, size)
        });
        prop::collection::vec(row, 0..12)
    }

    proptest! {
        /// The installs of everything that can be worked out: each row that is shown, and the total less any of them.
        #[test]
        fn nothing_of_too_few_installs_can_be_worked_out(rows in rows(), min in 2..12_u64) {
            let weights: Vec<_> = rows.iter().map(|(set, size)| weight(set, *size)).collect();
            let shown = suppress(&weights, min);
            let mut rest: BTreeSet<&u8> = BTreeSet::new();
            let mut left_over = 0;
            for ((set, size), shown) in rows.iter().zip(&shown) {
                if *shown == Shown::Yes {
                    prop_assert!(*size == 0 || set.len() as u64 >= min, "{set:?} is shown");
                } else {
                    rest.extend(set);
                    left_over += size;
                }
            }
            let all: BTreeSet<_> = rows.iter().flat_map(|(set, _)| set).collect();
            // The total itself is shown only where it is of enough.
            if left_over > 0 && all.len() as u64 >= min {
                prop_assert!(rest.len() as u64 >= min, "the rest is of {rest:?}");
            }
        }

        #[test]
        fn no_more_is_hidden_than_one_row_for_cover(rows in rows(), min in 0..12_u64) {
            let weights: Vec<_> = rows.iter().map(|(set, size)| weight(set, *size)).collect();
            let shown = suppress(&weights, min);
            prop_assert!(shown.iter().filter(|shown| **shown == Shown::Cover).count() <= 1);
            if min <= 1 {
                prop_assert!(shown.iter().all(|shown| *shown == Shown::Yes));
            }
        }
    }

    #[test]
    fn the_next_smallest_goes_with_a_single_small_one() {
        let row = |installs| Weight { size: 100, installs, ci_runs: 0, hidden: false };
        let shown = suppress(&[row(500), row(3), row(20), row(40)], 10);
        assert_eq!(shown, [Shown::Yes, Shown::TooFew, Shown::Cover, Shown::Yes]);
        // Two small ones may be the same people's.
        let shown = suppress(&[row(500), row(3), row(3)], 10);
        assert_eq!(shown, [Shown::Cover, Shown::TooFew, Shown::TooFew]);
        let ci = |ci_runs| Weight { size: ci_runs, installs: 0, ci_runs, hidden: false };
        assert_eq!(suppress(&[ci(100), ci(5000)], 10), [Shown::Yes, Shown::Yes]);
        assert_eq!(suppress(&[ci(99), ci(5000)], 10), [Shown::TooFew, Shown::Cover]);
    }
}
