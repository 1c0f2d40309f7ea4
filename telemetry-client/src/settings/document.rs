//! The text of a settings file: TOML, of which nothing but a value or a line is ever changed.
//!
//! A setting has one value: no table, no list. So whatever has one is refused, and nothing can stand in it that looks
//! like a setting.

use std::borrow::Cow;
use std::ops::Range;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{EventReceiver, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use super::Key;

/// A text that was understood, whole.
#[derive(Debug, Default)]
pub(super) struct Document {
    text: String,
    settings: Vec<Setting>,
}

/// A setting and where it stands.
#[derive(Debug)]
struct Setting {
    key: Key,
    value: String,
    /// The bytes from its name to the end of its value.
    place: Range<usize>,
    /// Where in the text the value begins.
    value_start: usize,
}

impl Document {
    /// What `text` says; what is wrong with it, after its line, where there is any doubt.
    pub(super) fn parse(text: String) -> Result<Self, String> {
        let source = Source::new(&text);
        let tokens = source.lex().into_vec();
        let mut reader = Reader { source, settings: Vec::new(), open: None, in_header: false, doubt: None };
        let mut error = None::<ParseError>;
        parse_document(&tokens, &mut ValidateWhitespace::new(&mut reader, source), &mut error);
        let Reader { settings, open, doubt, .. } = reader;
        let syntax = error.map(|error| {
            let at = error.unexpected().or(error.context()).map_or(0, |span| span.start());
            (at, format!("not TOML: {}", error.description()))
        });
        // The parser says so of a key without a value. A no that was overlooked would be the worse error.
        let left = open.map(|(key, at)| (at, format!("{} has no value", key.name())));
        match syntax.or(doubt).or(left) {
            Some((at, why)) => Err(format!("line {}: {why}", line_of(&text, at))),
            None => Ok(Self { text, settings }),
        }
    }

    /// The value of a setting: a text without its quotes, anything else as it is written.
    pub(super) fn value(&self, key: Key) -> Option<&str> {
        self.find(key).map(|setting| setting.value.as_str())
    }

    /// The text with a setting that has this value, which is TOML.
    pub(super) fn set(mut self, key: Key, value: &str) -> String {
        if let Some(setting) = self.find(key) {
            self.text.replace_range(setting.value_start..setting.place.end, value);
            return self.text;
        }
        let line_end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push_str(line_end);
        }
        for part in [key.name(), " = ", value, line_end] {
            self.text.push_str(part);
        }
        self.text
    }

    /// The text without the line of a setting, the comment behind it included. `None` where it is not set.
    pub(super) fn unset(mut self, key: Key) -> Option<String> {
        let place = self.find(key)?.place.clone();
        // A name is the first in its line, and behind a value comes no more than a comment.
        let start = self.text[..place.start].trim_end_matches([' ', '\t']).len();
        let end = self.text[place.end..].find('\n').map_or(self.text.len(), |at| place.end + at + 1);
        self.text.replace_range(start..end, "");
        Some(self.text)
    }

    fn find(&self, key: Key) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }
}

/// A value that is a text, as TOML.
pub(super) fn quoted(text: &str) -> String {
    // A string of JSON is one of TOML but for this character, which JSON leaves as it is.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
}

/// Takes settings from the parser's events.
struct Reader<'s> {
    source: Source<'s>,
    settings: Vec<Setting>,
    /// A setting whose value is to come, and where its name begins.
    open: Option<(Key, usize)>,
    in_header: bool,
    /// The first doubt, and where.
    doubt: Option<(usize, String)>,
}

impl<'s> Reader<'s> {
    fn doubt(&mut self, span: Span, why: impl FnOnce() -> String) {
        self.doubt.get_or_insert_with(|| (span.start(), why()));
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'s> {
        let text = self.source.input().get(span.start()..span.end()).unwrap_or_default();
        Raw::new_unchecked(text, encoding, span)
    }

    /// Something that is no value stands where one is expected.
    fn not_one_value(&mut self, span: Span) {
        let name = self.open.map_or("a setting", |(key, _)| key.name());
        self.doubt(span, || format!("{name} takes one value, not a table or a list"));
    }
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.in_header = true;
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.in_header = true;
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        if self.open.is_some() {
            // The second part of a name with a dot.
            return self.not_one_value(span);
        }
        let mut name = Cow::Borrowed("");
        self.raw(span, encoding).decode_key(&mut name, error);
        match Key::parse(&name) {
            Err(unknown) => self.doubt(span, || unknown.to_string()),
            Ok(key) if self.settings.iter().any(|setting| setting.key == key) => {
                self.doubt(span, || format!("{} is set twice", key.name()));
            }
            Ok(key) => {
                self.open = Some((key, span.start()));
                if self.in_header {
                    self.not_one_value(span);
                }
            }
        }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let raw = self.raw(span, encoding);
        let mut text = Cow::Borrowed("");
        if raw.decode_scalar(&mut text, error) != ScalarKind::String {
            text = Cow::Borrowed(raw.as_str());
        }
        let Some((key, start)) = self.open.take() else {
            return self.doubt(span, || "a value without a setting".to_owned());
        };
        if let Err(wrong) = key.check(&text) {
            self.doubt(span, || wrong.to_string());
        }
        let place = start..span.end();
        self.settings.push(Setting { key, value: text.into_owned(), place, value_start: span.start() });
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.not_one_value(span);
        false
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.not_one_value(span);
        false
    }

    fn error(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.doubt(span, || "cannot be understood".to_owned());
    }
}

#[cfg(test)]
mod tests;
