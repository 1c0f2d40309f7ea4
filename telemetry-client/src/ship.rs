//! Sending what waits, in this process.

use std::time::Duration;

use telemetry_redact::consent::{Mode, SourceKind};
use telemetry_transport::{Delivery, HttpOptions, ShipReport, SinkError, SystemClock, ship, sink_for};
use thiserror::Error;

use crate::{Client, EndpointProblem, Host};

/// Why nothing was sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotShipped {
    /// Telemetry does not send.
    #[error("telemetry is {mode}, so nothing is sent")]
    NotOn {
        /// What it may do.
        mode: Mode,
        /// Who decided.
        decided_by: SourceKind,
    },
    /// Events go to a file that somebody carries.
    #[error("events wait to be carried: telemetry export FILE")]
    ByHand,
    /// There is no directory that events could wait in.
    #[error("there is no home directory, so nothing is kept and nothing is sent")]
    NoStateDir,
    /// The endpoint that is configured cannot be used.
    #[error("nothing is sent")]
    Endpoint(#[from] EndpointProblem),
    /// What the endpoint needs cannot be used.
    #[error("nothing is sent")]
    Sink(#[from] SinkError),
}

/// Sends what waits, until it is sent or this long has passed. The client is made anew before each request, so that a no
/// that came meanwhile counts at once.
///
/// # Errors
///
/// [`NotShipped`] where nothing was tried.
pub fn ship_pending(
    client_now: &dyn Fn() -> Client,
    host: &Host,
    deadline: Duration,
) -> Result<ShipReport, NotShipped> {
    let client = client_now();
    let consent = client.consent(host);
    let endpoint = client.endpoint().map_err(Clone::clone)?;
    let (Mode::On, Some(endpoint)) = (consent.mode(), endpoint) else {
        return Err(NotShipped::NotOn { mode: consent.mode(), decided_by: consent.decided_by() });
    };
    if endpoint.delivery() == Delivery::ByHand {
        return Err(NotShipped::ByHand);
    }
    let (Some(spool), Some(ledger)) = (client.spool(), client.ledger()) else {
        return Err(NotShipped::NoStateDir);
    };
    let mut options = HttpOptions::from_environment();
    if let Some(key) = &client.write_key {
        options = options.write_key(key.as_str());
    }
    let sink = sink_for(endpoint, options)?;
    let consent = || client_now().consent(host);
    Ok(ship(&spool, &ledger, sink.as_ref(), consent, &SystemClock::new(), deadline))
}
