//! HTTP statuses and the reason phrases that are registered for them.

/// The reason phrase that follows an HTTP status in a text, if it is one that is registered for it.
pub(super) fn reason_after(status: &str, after: &str) -> Option<&'static str> {
    let after = after.trim_start_matches([' ', ':']);
    let mut reasons =
        STATUSES.iter().filter(|(registered, _)| *registered == status).map(|(_, reason)| *reason);
    reasons.find(|reason| {
        let (here, next) = (after.get(..reason.len()), after.as_bytes().get(reason.len()));
        here.is_some_and(|here| here.eq_ignore_ascii_case(reason))
            && next.is_none_or(|next| !next.is_ascii_alphanumeric())
    })
}

/// Whether a number is a registered HTTP status.
pub(super) fn is_status(number: &str) -> bool {
    STATUSES.iter().any(|(status, _)| *status == number)
}

/// The IANA HTTP status code registry, with the older phrases that servers still send.
const STATUSES: [(&str, &str); 67] = [
    ("100", "Continue"),
    ("101", "Switching Protocols"),
    ("102", "Processing"),
    ("103", "Early Hints"),
    ("200", "OK"),
    ("201", "Created"),
    ("202", "Accepted"),
    ("203", "Non-Authoritative Information"),
    ("204", "No Content"),
    ("205", "Reset Content"),
    ("206", "Partial Content"),
    ("207", "Multi-Status"),
    ("208", "Already Reported"),
    ("226", "IM Used"),
    ("300", "Multiple Choices"),
    ("301", "Moved Permanently"),
    ("302", "Found"),
    ("303", "See Other"),
    ("304", "Not Modified"),
    ("305", "Use Proxy"),
    ("307", "Temporary Redirect"),
    ("308", "Permanent Redirect"),
    ("400", "Bad Request"),
    ("401", "Unauthorized"),
    ("402", "Payment Required"),
    ("403", "Forbidden"),
    ("404", "Not Found"),
    ("405", "Method Not Allowed"),
    ("406", "Not Acceptable"),
    ("407", "Proxy Authentication Required"),
    ("408", "Request Timeout"),
    ("409", "Conflict"),
    ("410", "Gone"),
    ("411", "Length Required"),
    ("412", "Precondition Failed"),
    ("413", "Content Too Large"),
    ("413", "Payload Too Large"),
    ("413", "Request Entity Too Large"),
    ("414", "URI Too Long"),
    ("414", "Request-URI Too Long"),
    ("415", "Unsupported Media Type"),
    ("416", "Range Not Satisfiable"),
    ("416", "Requested Range Not Satisfiable"),
    ("417", "Expectation Failed"),
    ("418", "I'm a Teapot"),
    ("421", "Misdirected Request"),
    ("422", "Unprocessable Content"),
    ("422", "Unprocessable Entity"),
    ("423", "Locked"),
    ("424", "Failed Dependency"),
    ("425", "Too Early"),
    ("426", "Upgrade Required"),
    ("428", "Precondition Required"),
    ("429", "Too Many Requests"),
    ("431", "Request Header Fields Too Large"),
    ("451", "Unavailable For Legal Reasons"),
    ("500", "Internal Server Error"),
    ("501", "Not Implemented"),
    ("502", "Bad Gateway"),
    ("503", "Service Unavailable"),
    ("504", "Gateway Timeout"),
    ("505", "HTTP Version Not Supported"),
    ("506", "Variant Also Negotiates"),
    ("507", "Insufficient Storage"),
    ("508", "Loop Detected"),
    ("510", "Not Extended"),
    ("511", "Network Authentication Required"),
];

#[cfg(test)]
mod tests {
    use super::super::phrases::is_phrase;
    use super::*;

    #[test]
    fn every_reason_is_a_phrase() {
        for (_, reason) in STATUSES {
            assert!(is_phrase(reason), "{reason}");
        }
    }

    #[test]
    fn a_status_is_told_from_a_number() {
        assert!(reason_after("410", " Gone").is_some());
        assert!(reason_after("404", ": Not Found.").is_some());
        assert!(reason_after("404", " Not Founded").is_none());
        assert!(reason_after("404", " Main Street").is_none());
    }
}
