//! Receivers that speak another protocol than ours: they give no receipt, and know a batch only as a whole.

use super::SendError;
use super::http::{Answer, Http, Leave, Request};

/// What is particular about a protocol.
pub(super) struct Manners<'a> {
    /// The statuses after which the same batch may be sent again.
    pub(super) is_busy: fn(u16) -> bool,
    /// Whether a success was said by a receiver of this protocol, and not by whatever stands in its place.
    pub(super) is_genuine: fn(&Answer) -> bool,
    /// The body of a request that holds no event.
    pub(super) empty: &'a [u8],
}

/// Delivers a body.
///
/// A 400 says that something in the batch is wrong and not what. So the shipper halves the batch until the event that is
/// at fault is alone, and sets that one aside. A server that says 400 to everything would cost each event in this way:
/// before an event is blamed, the receiver has to take a request that holds none.
pub(super) fn deliver(
    http: &Http,
    request: &Request<'_>,
    manners: &Manners<'_>,
    leave: &Leave,
) -> Result<Answer, SendError> {
    let answer = http.post(request, leave)?;
    match answer.status {
        200..=299 if (manners.is_genuine)(&answer) => Ok(answer),
        200..=299 => Err(SendError::NotAReceipt),
        413 => Err(SendError::TooLarge),
        400 => {
            let empty = http.post(&Request { body: manners.empty, ..*request }, leave)?;
            let takes = matches!(empty.status, 200..=299) && (manners.is_genuine)(&empty);
            Err(if takes {
                SendError::Unacceptable { status: answer.status }
            } else {
                SendError::Refused { status: answer.status }
            })
        }
        status if (manners.is_busy)(status) => {
            Err(SendError::Busy { status, retry_after: answer.retry_after })
        }
        status => Err(SendError::Refused { status }),
    }
}
