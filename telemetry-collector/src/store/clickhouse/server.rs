//! One server, by its HTTP interface (clickhouse.com/docs/interfaces/http).

use std::time::Duration;

use thiserror::Error;
use ureq::Agent;
use ureq::http::header;

use super::address::{Credentials, ServerAddress};

/// A connection that is not there by then is not going to be.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// The longest question is of all that is stored.
const DEADLINE: Duration = Duration::from_secs(60);
/// Servers close connections that nobody uses, of old after three seconds: one that may be closed is not used again.
const MAX_IDLE: Duration = Duration::from_secs(2);
/// Some ten million groups; more is no report that anybody reads.
const MAX_ANSWER_BYTES: u64 = 1 << 30;
/// What is repeated of a server's own words about a query.
const MAX_WORDS: usize = 300;

/// Why a server did not do what it was asked.
#[derive(Debug, Error)]
pub(super) enum Failure {
    /// No answer.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The user or the password.
    #[error("the user or the password is wrong, or may not do this")]
    Denied,
    /// An error of the server's own, by its number.
    #[error("error {code} of the server{words}")]
    Server {
        /// The number, as in the table `system.errors` of current servers.
        code: u32,
        /// What it said; nothing where that could repeat what was stored.
        words: String,
    },
    /// An answer that is none.
    #[error("the answer is none that a ClickHouse server gives")]
    Answer,
    /// A change of stored rows that is still under way.
    #[error("what was erased is not out of all files after {} seconds", .0.as_secs())]
    Unfinished(Duration),
    /// The system gave no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
    /// What was found is no store that can be used.
    #[error(transparent)]
    Store(Box<super::StoreError>),
}

/// Server errors that mean nobody answered further on: a network error, a timeout of one, no connection to a shard
/// (`ErrorCodes.cpp` of the server).
const AWAY: [u32; 3] = [209, 210, 279];
/// Those of a user that is unknown, has another password, or lacks a right.
const DENIED: [u32; 6] = [192, 193, 194, 291, 497, 516];

/// Whether a server's own words may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    Repeat,
    Withhold,
}

/// A way to one server. Connections are kept and used again.
#[derive(Debug)]
pub(super) struct Server {
    agent: Agent,
    url: String,
    database: String,
    credentials: Credentials,
}

impl Server {
    /// Connects to nothing yet.
    pub(super) fn new(address: &ServerAddress, database: &str, credentials: &Credentials) -> Self {
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let agent = Agent::config_builder()
            .https_only(!address.is_plain())
            .tls_config(tls)
            // The address is where the store is: nobody redirects, and what a proxy would see is everything.
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_DEADLINE))
            .timeout_global(Some(DEADLINE))
            .max_idle_age(MAX_IDLE)
            .user_agent(concat!("telemetry/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        let (url, database) = (format!("{address}/"), database.to_owned());
        Self { agent, url, database, credentials: credentials.clone() }
    }

    /// Asks in the store's database. The answer is whole, or it is an error.
    pub(super) fn ask(&self, query: &str) -> Result<Vec<u8>, Failure> {
        let parameters = [("database", self.database.as_str()), ("wait_end_of_query", "1")];
        self.post(&parameters, query.as_bytes(), Words::Repeat)
    }

    /// Asks without a database, which may not be there.
    pub(super) fn ask_outside(&self, query: &str) -> Result<Vec<u8>, Failure> {
        self.post(&[("wait_end_of_query", "1")], query.as_bytes(), Words::Repeat)
    }

    /// Writes rows, after settings that the server knows.
    pub(super) fn write(
        &self,
        query: &str,
        rows: &[u8],
        settings: &[(&'static str, &'static str)],
    ) -> Result<(), Failure> {
        let mut parameters =
            vec![("database", self.database.as_str()), ("query", query), ("wait_end_of_query", "1")];
        parameters.extend(settings);
        self.post(&parameters, rows, Words::Withhold).map(drop)
    }

    fn post(&self, parameters: &[(&str, &str)], body: &[u8], words: Words) -> Result<Vec<u8>, Failure> {
        let mut request = self.agent.post(&self.url).header(header::CONTENT_TYPE, "application/octet-stream");
        for (name, value) in parameters {
            request = request.query(*name, *value);
        }
        if let Some(user) = &self.credentials.user {
            request = request.header("X-ClickHouse-User", user);
        }
        if let Some(password) = &self.credentials.password {
            request = request.header("X-ClickHouse-Key", password.shown_to_the_server());
        }
        let failed = |error: ureq::Error| match error {
            ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::BodyExceedsLimit(_) => {
                Failure::Answer
            }
            error => Failure::Unreachable(error.to_string()),
        };
        let mut answer = request.send(body).map_err(failed)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec().map_err(failed)?;
        if status == 200 { Ok(body) } else { Err(refusal(&body, words)) }
    }
}

/// `Code: 60, e.displayText() = DB::Exception: …`, or `Code: 60. DB::Exception: …`.
fn refusal(body: &[u8], words: Words) -> Failure {
    let text = String::from_utf8_lossy(body);
    let Some(rest) = text.trim_start().strip_prefix("Code: ") else { return Failure::Answer };
    let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    let Ok(code) = rest[..digits].parse() else { return Failure::Answer };
    let said: String = rest[digits..].trim_matches([',', '.', ' ', '\n']).chars().take(MAX_WORDS).collect();
    match code {
        _ if DENIED.contains(&code) => Failure::Denied,
        _ if AWAY.contains(&code) => Failure::Unreachable(format!("a shard does not answer, error {code}")),
        _ if words == Words::Withhold => Failure::Server { code, words: String::new() },
        _ => Failure::Server { code, words: format!(": {said}") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_old_and_of_current_servers_are_told_apart() {
        let kind = |text: &str| match refusal(text.as_bytes(), Words::Withhold) {
            Failure::Server { code, words } => format!("{code}{words}"),
            failure => failure.to_string(),
        };
        assert_eq!(kind("Code: 60, e.displayText() = DB::Exception: Table default.x doesn't exist."), "60");
        assert_eq!(kind("Code: 60. DB::Exception: Table default.x does not exist. (UNKNOWN_TABLE)"), "60");
        assert!(kind("Code: 193, e.displayText() = DB::Exception: Wrong password").starts_with("the user"));
        assert!(kind("Code: 516. DB::Exception: default: Authentication failed").starts_with("the user"));
        assert!(
            kind("Code: 279, e.displayText() = DB::NetException: All connection tries failed")
                .starts_with("no answer")
        );
        assert!(kind("<html>").starts_with("the answer is none"));
        let repeated = refusal(b"Code: 62, e.displayText() = DB::Exception: Syntax error", Words::Repeat);
        assert!(repeated.to_string().contains("Syntax error"), "{repeated}");
    }
}
