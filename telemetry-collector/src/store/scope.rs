//! Filters as every store reads them. Which runs are told apart by day and which by week alone is decided here.

use crate::report::{Ci, Day, Filters, monday};

/// More than one of version, system and source is asked for: what they have together is known by weeks.
pub(super) const BY_WEEKS: u8 = 4;

/// The runs that filters name.
pub(super) struct Scope<'a> {
    pub(super) since: i64,
    pub(super) until: i64,
    pub(super) level: u8,
    pub(super) program: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) os: Option<&'a str>,
    pub(super) source: Option<&'a str>,
    pub(super) ci: Option<bool>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(filters: &'a Filters) -> Self {
        let Filters { program, version, since, until, os, source, ci } = filters;
        let level = match (version, os, source) {
            (None, None, None) => 0,
            (Some(_), None, None) => 1,
            (None, Some(_), None) => 2,
            (None, None, Some(_)) => 3,
            _ => BY_WEEKS,
        };
        // The sums of this level are by weeks.
        let first = |day: i64| if level == BY_WEEKS { monday(day) } else { day };
        let since = since.map_or(i64::MIN, |day| first(day.number()));
        Self {
            since,
            until: until.map_or(i64::MAX, Day::number),
            level,
            program: program.as_deref(),
            version: version.as_deref(),
            os: os.map(telemetry_schema::OsName::key),
            source: source.map(telemetry_schema::InstallSource::key),
            ci: match ci {
                Ci::With => None,
                Ci::Without => Some(false),
                Ci::Only => Some(true),
            },
        }
    }
}
