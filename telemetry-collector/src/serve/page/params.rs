//! What stands after the question mark.

use std::fmt::Write as _;
use std::str::FromStr;

use serde::Deserialize;
use telemetry_schema::{InstallSource, OsName};

use crate::report::{Ci, Filters, Query, ReportName};
use crate::serve::problem::HttpProblem;

/// The parameters, as a form sends them: a field that was left empty is an empty text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Params {
    pub(super) program: String,
    pub(super) version: String,
    pub(super) since: String,
    pub(super) until: String,
    pub(super) os: String,
    pub(super) source: String,
    pub(super) ci: String,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) min_installs: String,
    pub(super) top: String,
}

/// Longer names are nobody's.
const MAX_NAME: usize = 64;

impl Params {
    /// # Errors
    ///
    /// [`HttpProblem::BadQuery`] with the parameter that is wrong, [`HttpProblem::BackwardRange`].
    pub(super) fn query(&self, name: ReportName) -> Result<Query, HttpProblem> {
        let key = |parameter, text: &str, known: Option<()>| match (text, known) {
            ("", _) | (_, Some(())) => Ok(()),
            _ => Err(HttpProblem::BadQuery { parameter }),
        };
        let os = OsName::from_key(&self.os);
        key("os", &self.os, os.map(drop))?;
        let source = InstallSource::from_key(&self.source);
        key("source", &self.source, source.map(drop))?;
        let ci = match self.ci.as_str() {
            "" => Ci::With,
            "only" => Ci::Only,
            "without" => Ci::Without,
            _ => return Err(HttpProblem::BadQuery { parameter: "ci" }),
        };
        let filters = Filters {
            program: word("program", &self.program)?,
            version: word("version", &self.version)?,
            since: parsed("since", &self.since)?,
            until: parsed("until", &self.until)?,
            os,
            source,
            ci,
        };
        filters.check_range().map_err(|_| HttpProblem::BackwardRange)?;
        let mut query = Query::new(name).filters(filters);
        query.compare = word("old", &self.old)?.zip(word("new", &self.new)?);
        query.min_installs = parsed("min_installs", &self.min_installs)?.unwrap_or(0);
        query.top =
            parsed("top", &self.top)?.map_or(query.top, |top| if top == 0 { usize::MAX } else { top });
        Ok(query)
    }

    /// The same again for another address: empty, or led by the question mark.
    pub(super) fn to_query_string(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.pairs().into_iter().filter(|(_, value)| !value.is_empty()) {
            text.push(if text.is_empty() { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    text.push(char::from(byte));
                } else {
                    let _ = write!(text, "%{byte:02X}");
                }
            }
        }
        text
    }

    fn pairs(&self) -> [(&'static str, &str); 11] {
        let Self { program, version, since, until, os, source, ci, old, new, min_installs, top } = self;
        [
            ("program", program),
            ("version", version),
            ("since", since),
            ("until", until),
            ("os", os),
            ("source", source),
            ("ci", ci),
            ("old", old),
            ("new", new),
            ("min_installs", min_installs),
            ("top", top),
        ]
    }
}

fn word(parameter: &'static str, text: &str) -> Result<Option<String>, HttpProblem> {
    let text = text.trim();
    if text.len() > MAX_NAME {
        return Err(HttpProblem::BadQuery { parameter });
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn parsed<T: FromStr>(parameter: &'static str, text: &str) -> Result<Option<T>, HttpProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| HttpProblem::BadQuery { parameter })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_what_was_asked() {
        let params =
            Params { program: "or&chard=1".to_owned(), ci: "without".to_owned(), ..Params::default() };
        assert_eq!(params.to_query_string(), "?program=or%26chard%3D1&ci=without");
        assert_eq!(Params::default().to_query_string(), "");
    }
}
