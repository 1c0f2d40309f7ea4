//! What a server is given.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use telemetry_schema::Timestamp;

use super::keys::{Key, Readers, WriteKeys};
use super::{Limits, Tls};
use crate::{Noise, Query, ReportName, SharedPolicies, Store, StoreError};

pub(super) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
pub(super) type OnFailure = Arc<dyn Fn(&StoreError) + Send + Sync>;

/// Senders keep what they could not send for 30 days; half as many again for clocks and exports that are carried.
pub const MIN_KEEP_DAYS: u32 = 45;

/// What a server is given: where to listen, where to store, who judges.
#[derive(Clone)]
pub struct ServeOptions {
    pub(super) listen: SocketAddr,
    pub(super) store: Arc<dyn Store>,
    pub(super) policies: SharedPolicies,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) on_failure: OnFailure,
    pub(super) write_keys: Option<WriteKeys>,
    pub(super) read_token: Option<Key>,
    pub(super) tls: Option<Tls>,
    pub(super) min_installs: u64,
    pub(super) noise: Option<Noise>,
    pub(super) notice: Option<String>,
    pub(super) keep_days: Option<u32>,
}

impl ServeOptions {
    /// Listens on this address, or on any free port where its port is 0.
    #[must_use]
    pub fn new(listen: SocketAddr, store: Arc<dyn Store>, policies: impl Into<SharedPolicies>) -> Self {
        Self {
            listen,
            store,
            policies: policies.into(),
            limits: Limits::default(),
            clock: Arc::new(system_time),
            on_failure: Arc::new(|_| {}),
            write_keys: None,
            read_token: None,
            tls: None,
            min_installs: Query::new(ReportName::Overview).min_installs,
            noise: None,
            notice: None,
            keep_days: None,
        }
    }

    /// Other limits than the default ones.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Another clock than the system's, for the time in receipts.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// Installs that a row of a report needs to be shown, instead of 10. Who reads can ask for more, not for less.
    #[must_use]
    pub fn min_installs(mut self, installs: u64) -> Self {
        self.min_installs = installs;
        self
    }

    /// Noise on every count of a report. Who reads can neither change it nor do without.
    #[must_use]
    pub fn noise(mut self, noise: Noise) -> Self {
        self.noise = Some(noise);
        self
    }

    /// A sentence that stands on every page and in every report, such as that its numbers are made up.
    #[must_use]
    pub fn notice(mut self, sentence: impl Into<String>) -> Self {
        self.notice = Some(sentence.into());
        self
    }

    /// What to do when the store fails, such as to say so to the operator. Senders are told to come again, whatever
    /// this does. Called on the store's thread, so it should not take long.
    #[must_use]
    pub fn on_store_failure(mut self, act: impl Fn(&StoreError) + Send + Sync + 'static) -> Self {
        self.on_failure = Arc::new(act);
        self
    }
}

impl ServeOptions {
    /// Takes events only with a key of their program. Requests to erase need none: whoever knows the random number of
    /// an installation may ask.
    #[must_use]
    pub fn write_keys(mut self, keys: WriteKeys) -> Self {
        self.write_keys = Some(keys);
        self
    }

    /// Answers readers only with this token. Without one anybody may read where the address is loopback, and nobody
    /// where it is not.
    #[must_use]
    pub fn read_token(mut self, token: Key) -> Self {
        self.read_token = Some(token);
        self
    }

    /// Forgets events so many days after they came; what reports counted of them stays. At least [`MIN_KEEP_DAYS`], since
    /// an event that is sent once more after it was forgotten would be counted twice. Without this nothing is forgotten.
    #[must_use]
    pub fn keep_days(mut self, days: u32) -> Self {
        self.keep_days = Some(days.max(MIN_KEEP_DAYS));
        self
    }

    /// Speaks TLS.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    pub(super) fn readers(&self) -> Readers {
        match &self.read_token {
            Some(token) => Readers::With(token.clone()),
            None if self.listen.ip().is_loopback() => Readers::Anybody,
            None => Readers::Nobody,
        }
    }
}

impl fmt::Debug for ServeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            listen,
            store: _,
            policies,
            limits,
            clock: _,
            on_failure: _,
            write_keys,
            read_token,
            tls,
            min_installs,
            noise,
            notice,
            keep_days,
        } = self;
        f.debug_struct("ServeOptions")
            .field("listen", listen)
            .field("policies", policies)
            .field("limits", limits)
            .field("write_keys", write_keys)
            .field("read_token", read_token)
            .field("tls", tls)
            .field("min_installs", min_installs)
            .field("noise", noise)
            .field("notice", notice)
            .field("keep_days", keep_days)
            .finish_non_exhaustive()
    }
}

/// The end of the year 9999, the last that RFC 3339 can write.
const LAST_UNIX_US: i64 = 253_402_300_799_999_999;

fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let unix_us = i64::try_from(since.as_micros()).unwrap_or(LAST_UNIX_US).min(LAST_UNIX_US);
    Timestamp::new(unix_us, 0).expect("a time from 1970 to 9999 can be written")
}
