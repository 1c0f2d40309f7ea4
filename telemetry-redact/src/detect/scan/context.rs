//! What its surroundings tell: after the name of a secret, a header, a scheme of authentication, or in armour.

use super::super::generic::is_secret_name;
use super::super::row::SECRET;
use super::super::rule::Rule;
use super::super::{Family, headed, rule_of};
use super::{Scanner, is_break, rule, trimmed};

/// A value goes no further.
const MAX_VALUE: usize = 4096;

/// What is put between a name and a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    Equals,
    Colon,
    Space,
}

impl<'t> Scanner<'t> {
    /// Takes what begins here if it is a secret by what stands around it.
    pub(super) fn context(&mut self) -> bool {
        if self.text.get(self.at.wrapping_sub(1)).is_some_and(u8::is_ascii_alphanumeric) {
            return false;
        }
        let rest = self.rest();
        if rest.starts_with(b"-----BEGIN") {
            return self.armour();
        }
        let size = rest.iter().take(64).take_while(|byte| is_of_name(**byte)).count();
        let name = &rest[..size];
        if !name.iter().any(u8::is_ascii_alphabetic) {
            return false;
        }
        self.machine(name) || self.header(name) || self.scheme(name) || self.user(name) || self.assigned(name)
    }

    /// From the beginning of armour to the end of it, or of the text where it was cut off.
    fn armour(&mut self) -> bool {
        let Some(pem) = rule("detect.pem") else { return false };
        let rest = self.rest();
        let size = rest.windows(8).position(|eight| eight == b"-----END").map_or(rest.len(), |at| {
            let line = &rest[at..];
            at + line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len())
        });
        self.found(pem, self.at..self.at + size);
        true
    }

    /// `Authorization: …`, `Cookie: …`: the rest of the line.
    fn header(&mut self, name: &[u8]) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        let id = if is("authorization") || is("proxy-authorization") {
            "detect.authorization"
        } else if is("cookie") || is("set-cookie") {
            "detect.cookie"
        } else {
            return false;
        };
        let start = self.at + name.len();
        let Some((Between::Colon, value)) = self.between(start) else { return false };
        let line = &self.text[value..(value + MAX_VALUE).min(self.text.len())];
        let size =
            line.iter().position(|byte| matches!(byte, b'\n' | b'"' | b'\'' | b'`')).unwrap_or(line.len());
        self.take(id, value, value + size)
    }

    /// `Bearer …`, `Basic …`.
    fn scheme(&mut self, name: &[u8]) -> bool {
        const LEAST: usize = 8;
        let is = |other: &&str| name.eq_ignore_ascii_case(other.as_bytes());
        if !["bearer", "basic", "apikey", "digest", "negotiate"].iter().any(is) {
            return false;
        }
        let start = self.at + name.len();
        let Some((Between::Space, value)) = self.between(start) else { return false };
        let token = self.value(value);
        let random = token.iter().any(u8::is_ascii_digit)
            || token.ends_with(b"=")
            || token.iter().any(u8::is_ascii_uppercase) && token.iter().any(u8::is_ascii_lowercase);
        token.len() >= LEAST && random && self.take("detect.bearer", value, value + token.len())
    }

    /// `curl -u user:password`.
    fn user(&mut self, name: &[u8]) -> bool {
        if name != b"-u" && name != b"--user" {
            return false;
        }
        let start = self.at + name.len();
        let Some((_, value)) = self.between(start) else { return false };
        let token = self.value(value);
        let both =
            token.iter().position(|byte| *byte == b':').is_some_and(|at| at > 0 && at + 1 < token.len());
        both && !token.contains(&b'/') && self.take("detect.curl_user", value, value + token.len())
    }

    /// `machine … login … password …`.
    fn machine(&mut self, name: &[u8]) -> bool {
        if name != b"machine" {
            return false;
        }
        let near = &self.rest()[..self.rest().len().min(MAX_VALUE)];
        let mut words = near.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).take(6);
        let is_netrc = words.nth(2).is_some_and(|word| word == b"login")
            && words.nth(1).is_some_and(|word| word == b"password");
        let Some(password) = words.next().filter(|_| is_netrc) else { return false };
        let end = password.as_ptr() as usize - self.text.as_ptr() as usize + password.len();
        self.take("detect.netrc", self.at, end)
    }

    /// `password=…`, `"token": "…"`, `--api-key …`.
    fn assigned(&mut self, name: &[u8]) -> bool {
        // Most words are followed by a space, and that is seen at once.
        let Some((between, start)) = self.between(self.at + name.len()) else { return false };
        if between == Between::Space && !name.starts_with(b"--") {
            return false;
        }
        let bare = name.strip_prefix(b"--").or_else(|| name.strip_prefix(b"-")).unwrap_or(name);
        // A token may have words like these in it, and padding.
        if !is_secret_name(bare) || headed(self.word(self.at)).is_some() {
            return false;
        }
        let quoted = matches!(self.text[start - 1], b'"' | b'\'' | b'`');
        let value = self.value(start);
        let end = start + value.len();
        let ends_line = self.text.get(end).is_none_or(|byte| *byte != b' ');
        // `token: expected a string` and `--token is required` are sentences.
        let sentence = between != Between::Equals
            && !quoted
            && !ends_line
            && value.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b',');
        let flag = between == Between::Space && value.starts_with(b"-");
        let scheme = between == Between::Colon && value.starts_with(b"//");
        if value.is_empty() || sentence || flag || scheme || value.starts_with(b"<") {
            return false;
        }
        // Its own form says more, and may go on behind a mark.
        let whole = self.word(start);
        let begun = headed(whole).filter(|_| !quoted);
        let own = begun.or_else(|| std::str::from_utf8(value).ok().and_then(rule_of));
        if let Some(own) = own.filter(|own| is_telling(own)) {
            let end = self.wrapped(own, if begun.is_some() { start + whole.len() } else { end });
            self.found(own, start..end);
            return true;
        }
        let listed =
            self.text.get(self.at.wrapping_sub(1)) == Some(&b';') || self.text.get(end) == Some(&b';');
        self.take(
            if listed && between == Between::Equals { "detect.connection_secret" } else { "detect.assigned" },
            start,
            end,
        )
    }

    /// What stands from here to the next space or quotation mark.
    fn word(&self, start: usize) -> &'t [u8] {
        let rest = &self.text[start..(start + MAX_VALUE).min(self.text.len())];
        trimmed(&rest[..rest.iter().position(|byte| is_break(*byte)).unwrap_or(rest.len())])
    }

    fn take(&mut self, id: &str, start: usize, end: usize) -> bool {
        let Some(rule) = rule(id).filter(|_| end > start) else { return false };
        self.found(rule, start..end);
        true
    }

    /// What stands between a name that ends here and a value, and where that begins.
    fn between(&self, mut at: usize) -> Option<(Between, usize)> {
        const MAX_SPACES: usize = 4;
        let skip = |at: usize| {
            self.text[at..].iter().take(MAX_SPACES).take_while(|b| matches!(b, b' ' | b'\t')).count()
        };
        let is = |at: usize, marks: &[u8]| self.text.get(at).is_some_and(|byte| marks.contains(byte));
        at += usize::from(is(at, b"\\"));
        at += usize::from(is(at, b"\"'`]"));
        let spaces = skip(at);
        at += spaces;
        let between = match self.text.get(at)? {
            b'=' => Between::Equals,
            b':' => Between::Colon,
            _ if spaces > 0 => Between::Space,
            _ => return None,
        };
        if between != Between::Space {
            at += 1;
            at += usize::from(is(at, b"=>"));
            at += skip(at);
        }
        at += usize::from(is(at, b"\\"));
        at += usize::from(is(at, b"\"'`"));
        (at < self.text.len()).then_some((between, at))
    }

    /// A value that begins here: up to the mark that closes it, or to the next space.
    fn value(&self, start: usize) -> &'t [u8] {
        let rest = &self.text[start..(start + MAX_VALUE).min(self.text.len())];
        let quote = self.text[start - 1];
        if matches!(quote, b'"' | b'\'' | b'`') {
            let end = rest.iter().position(|byte| *byte == quote || *byte == b'\n');
            let value = &rest[..end.unwrap_or(rest.len())];
            return value.strip_suffix(b"\\").unwrap_or(value);
        }
        let end = rest.iter().position(|byte| is_break(*byte) || matches!(byte, b';' | b'&' | b','));
        trimmed(&rest[..end.unwrap_or(rest.len())])
    }
}

pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Whether a rule says more of a value than that its name is secret.
fn is_telling(rule: &Rule) -> bool {
    rule.placeholder() == SECRET && rule.family != Family::Generic
}
