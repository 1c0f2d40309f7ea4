//! What a request may cost.

use std::time::Duration;

/// What a request may cost, each bound with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a body as it is sent. 1000 events of everyday size are about 700 KiB bare and a tenth of that
    /// compressed.
    pub max_body_bytes: usize,
    /// Bytes of a body once it is decompressed.
    pub max_decoded_bytes: usize,
    /// Connections at once; more wait in the listener's backlog. With `max_body_bytes` this bounds the memory that
    /// bodies on their way can take.
    pub max_connections: usize,
    /// Requests that are judged or wait for the store at once. With `max_decoded_bytes` this bounds the memory of
    /// the rest.
    pub max_requests: usize,
    /// Requests a second that are taken, all senders together, and as many more at once; 0 is no bound. Beyond it the
    /// answer is 429. Ten million installations that send once a day are 120 a second.
    pub max_requests_per_second: u32,
    /// How long a request waits to be one of them before it is told to come again.
    pub queue_wait: Duration,
    /// How long a body may take, from the end of the headers. Beyond it the answer is 408.
    pub body_timeout: Duration,
    /// How long the store may take. Beyond it the answer is 503, and the batch may be stored or not: sending it
    /// again is harmless.
    pub store_timeout: Duration,
    /// How long a connection may take from the first byte of a request to the first byte of its answer, headers
    /// and all. Beyond it the connection is closed without an answer. Longer than the three times above together.
    pub exchange_timeout: Duration,
    /// How long a connection may lie idle, and how long an answer may wait to be read.
    pub idle_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 1024 * 1024,
            max_decoded_bytes: 8 * 1024 * 1024,
            max_connections: 512,
            max_requests: 32,
            max_requests_per_second: 1000,
            queue_wait: Duration::from_secs(5),
            body_timeout: Duration::from_secs(20),
            store_timeout: Duration::from_secs(10),
            exchange_timeout: Duration::from_secs(40),
            idle_timeout: Duration::from_secs(30),
        }
    }
}
