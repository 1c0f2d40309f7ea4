//! Puts noise on everything that a store counts, before anything is made of it. So what is hidden, the shares, rates, ranks and
//! intervals are worked out from numbers with noise, and the exact ones are not there to be shown.
//!
//! Noise is drawn by what is counted and by the exact sums: the same sums get the same noise, whatever filters led to them, so
//! that no mean can be taken over questions that mean the same; and one event more gets noise of its own, so that two days
//! cannot be subtracted from each other to the digit.

use telemetry_schema::Loss;

use super::noise::{Noise, NoiseKey, Spread};
use super::suppress::CI_RUNS;
use super::{Filters, Query};
use crate::store::{Cohort, Group, Question, Reader, StoreError, Tally};

/// A reader whose answers have noise.
pub(super) struct Noisy<'a> {
    reader: &'a mut dyn Reader,
    key: NoiseKey,
    noise: Noise,
    /// As stored.
    min_installs: u64,
}

impl<'a> Noisy<'a> {
    /// # Errors
    ///
    /// As [`Reader::noise_key`].
    pub(super) fn new(reader: &'a mut dyn Reader, noise: Noise, query: &Query) -> Result<Self, StoreError> {
        let key = reader.noise_key()?;
        let min_installs = query.min_stored_installs.unwrap_or(query.min_installs);
        Ok(Self { reader, key, noise, min_installs })
    }

    /// A number with noise. None stays none; one or more stays one or more, and below the least number that is shown what was
    /// below it: whatever is shown is of enough.
    fn count(&self, exact: u64, spread: Spread, least: u64, name: &impl serde::Serialize) -> u64 {
        if exact == 0 {
            return 0;
        }
        let noised = exact.saturating_add_signed(self.key.draw(spread, name));
        let noised = if exact < least { noised.min(least - 1) } else { noised };
        noised.max(1)
    }

    fn tally(&self, what: &impl serde::Serialize, exact: &Tally) -> Tally {
        let Tally { runs, errors, ci_runs, failed_us, installs, failed_installs, durations } = exact;
        let sums = [runs, errors, ci_runs, failed_us, installs, failed_installs];
        let of_installs = |exact: u64, measure: &str| {
            self.count(exact, self.noise.of_installs(), self.min_installs, &(measure, what, sums))
        };
        let of_runs = |exact: u64, least: u64, measure: &str| {
            self.count(exact, self.noise.of_runs(), least, &(measure, what, sums))
        };
        let noised_installs = of_installs(*installs, "installs");
        let noised_failed = of_installs(*failed_installs, "failed_installs").min(noised_installs);
        // What no run can be otherwise: an install has one at least, a part is not more than the whole.
        let noised_runs = of_runs(*runs, 0, "runs").max(noised_installs);
        let noised_errors = of_runs(*errors, 0, "errors").max(noised_failed).min(noised_runs);
        let least_in_ci = self.min_installs.saturating_mul(CI_RUNS);
        let noised_ci = of_runs(*ci_runs, least_in_ci, "ci_runs").min(noised_runs);
        Tally {
            runs: noised_runs,
            errors: noised_errors,
            ci_runs: noised_ci,
            failed_us: two_figures(failed_us / (*errors).max(1)).saturating_mul(noised_errors),
            installs: noised_installs,
            failed_installs: noised_failed,
            durations: durations
                .noised(|place| self.key.draw(self.noise.of_runs(), &("duration", place, what, sums))),
        }
    }
}

/// The first two figures, and zeros.
fn two_figures(number: u64) -> u64 {
    let unit = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    // Half of the unit up; a number this large is of thousands of years.
    number.saturating_add(unit / 2) / unit * unit
}

impl Reader for Noisy<'_> {
    fn groups(&mut self, question: &Question) -> Result<Vec<Group>, StoreError> {
        let mut groups = self.reader.groups(question)?;
        let subject = format!("{:?}", question.subject);
        for Group { program, key, week, tally } in &mut groups {
            *tally = self.tally(&(&subject, program, key, week), tally);
        }
        Ok(groups)
    }

    fn days(&mut self, filters: &Filters) -> Result<Option<(i64, i64)>, StoreError> {
        self.reader.days(filters)
    }

    fn cohorts(&mut self, filters: &Filters) -> Result<Vec<Cohort>, StoreError> {
        let mut cohorts = self.reader.cohorts(filters)?;
        for cohort in &mut cohorts {
            let exact = cohort.clone();
            let name = |later: usize| ("cohort", later, exact.week, exact.installs, &exact.returned);
            let count =
                |exact, later| self.count(exact, self.noise.of_installs(), self.min_installs, &name(later));
            cohort.installs = count(exact.installs, 0);
            for (later, (returned, exact)) in (1..).zip(cohort.returned.iter_mut().zip(&exact.returned)) {
                *returned = count(*exact, later).min(cohort.installs);
            }
        }
        Ok(cohorts)
    }

    /// As they are: they say that a batch lost something, and not what or whose.
    fn losses(&mut self) -> Result<Vec<Loss>, StoreError> {
        self.reader.losses()
    }

    fn noise_key(&mut self) -> Result<NoiseKey, StoreError> {
        Ok(self.key.clone())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::{ReportName, Shown, Weight, suppress};
    use crate::store::Durations;

    /// A reader of one answer.
    struct Fixed(Vec<Group>, Vec<Cohort>);

    impl Reader for Fixed {
        fn groups(&mut self, _: &Question) -> Result<Vec<Group>, StoreError> {
            Ok(self.0.clone())
        }

        fn days(&mut self, _: &Filters) -> Result<Option<(i64, i64)>, StoreError> {
            Ok(None)
        }

        fn cohorts(&mut self, _: &Filters) -> Result<Vec<Cohort>, StoreError> {
            Ok(self.1.clone())
        }

        fn losses(&mut self) -> Result<Vec<Loss>, StoreError> {
            Ok(Vec::new())
        }

        fn noise_key(&mut self) -> Result<NoiseKey, StoreError> {
            Ok(NoiseKey::new(&[3; NoiseKey::BYTES]))
        }
    }

    fn noised(exact: &Tally, epsilon: f64, min_installs: u64) -> Tally {
        let query = Query::new(ReportName::Commands).min_installs(min_installs);
        let mut fixed = Fixed(Vec::new(), Vec::new());
        let noisy = Noisy::new(&mut fixed, Noise::new(epsilon).unwrap(), &query).unwrap();
        noisy.tally(&"cell", exact)
    }

    fn tallies() -> impl Strategy<Value = Tally> {
        (0..40_u64, 0..40_u64, 0..300_u64, 0..200_u64, 0..1_000_000_u64).prop_map(
            |(installs, failed, more, ci_runs, us)| {
                let failed_installs = failed.min(installs);
                let runs = installs + more + ci_runs;
                let errors = if failed_installs > 0 { failed_installs + more / 2 } else { 0 };
                let mut durations = Durations::default();
                (0..runs).for_each(|run| durations.add(us + run * 1000));
                Tally { runs, errors, ci_runs, failed_us: errors * us, installs, failed_installs, durations }
            },
        )
    }

    proptest! {
        /// What decides over a row with noise shows none that is hidden without.
        #[test]
        fn whatever_is_shown_with_noise_is_of_enough(exact in tallies(), min in 2..15_u64, epsilon in 0.01..10.0) {
            let weight = |tally: &Tally| Weight {
                size: tally.runs, installs: tally.installs, ci_runs: tally.ci_runs, hidden: false,
            };
            let errors = |tally: &Tally| Weight {
                size: tally.errors,
                installs: tally.failed_installs,
                ci_runs: if tally.installs == 0 { tally.ci_runs } else { 0 },
                hidden: false,
            };
            let found = noised(&exact, epsilon, min);
            for weight in [&weight as &dyn Fn(&Tally) -> Weight, &errors] {
                if suppress(&[weight(&exact)], min) != [Shown::Yes] {
                    prop_assert_ne!(suppress(&[weight(&found)], min), [Shown::Yes], "{:?} of {:?}", found, exact);
                }
            }
        }

        #[test]
        fn a_part_is_never_more_than_the_whole(exact in tallies(), min in 0..15_u64, epsilon in 0.01..10.0) {
            let found = noised(&exact, epsilon, min);
            prop_assert!(found.failed_installs <= found.installs && found.installs <= found.runs);
            prop_assert!(found.errors <= found.runs && found.ci_runs <= found.runs);
            prop_assert!(found.failed_installs <= found.errors || exact.errors == 0);
            for (exact, found) in [(exact.runs, found.runs), (exact.installs, found.installs), (exact.errors, found.errors)] {
                prop_assert_eq!(exact == 0, found == 0);
            }
            prop_assert_eq!(&found, &noised(&exact, epsilon, min));
        }
    }

    #[test]
    fn one_run_more_gets_noise_of_its_own() {
        let of = |runs| Tally { runs, installs: 50, ..Tally::default() };
        let noise = |runs: u64| noised(&of(runs), 0.1, 10).runs.cast_signed() - runs.cast_signed();
        let mut seen: Vec<_> = (5000..5040).map(noise).collect();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() > 30, "{seen:?}");
    }

    #[test]
    fn times_are_of_two_figures() {
        for (exact, shown) in [(0, 0), (7, 7), (99, 99), (104, 100), (105, 110), (123_456, 120_000)] {
            assert_eq!(two_figures(exact), shown);
        }
    }
}
