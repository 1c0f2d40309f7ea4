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

/// A text that was understood, whole, or far enough to change a setting in it.
#[derive(Debug, Default)]
pub(super) struct Document {
    text: String,
    settings: Vec<Setting>,
    /// Where in the text the first table's header begins.
    tables_at: Option<usize>,
    /// What is wrong all the same.
    doubts: Vec<Doubt>,
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

/// What is wrong, and where in the text.
#[derive(Debug, Clone)]
struct Doubt {
    at: usize,
    why: String,
    /// The setting whose value it is.
    value_of: Option<Key>,
}

impl Doubt {
    fn new(at: usize, why: String) -> Self {
        Self { at, why, value_of: None }
    }
}

impl Document {
    /// What `text` says; what is wrong with it, after its line, where there is any doubt.
    pub(super) fn parse(text: String) -> Result<Self, String> {
        Self::read(text, |doubts, _| doubts.first().cloned())
    }

    /// The same where a setting is to be changed: a value that is none, or a name that is no setting's, hinders nobody from
    /// writing a sound value.
    pub(super) fn parse_to_change(text: String) -> Result<Self, String> {
        Self::read(text, |_, obstacle| obstacle)
    }

    fn read(
        text: String,
        refused: impl FnOnce(&[Doubt], Option<Doubt>) -> Option<Doubt>,
    ) -> Result<Self, String> {
        let source = Source::new(&text);
        let tokens = source.lex().into_vec();
        let mut reader = Reader::new(source);
        let mut error = None::<ParseError>;
        parse_document(&tokens, &mut ValidateWhitespace::new(&mut reader, source), &mut error);
        let Reader { settings, at, nested_at, tables_at, doubts, obstacle, .. } = reader;
        let syntax = error.map(|error| {
            let at = error.unexpected().or(error.context()).map_or(0, |span| span.start());
            Doubt::new(at, format!("not TOML: {}", error.description()))
        });
        // The parser says so of a key without a value. A no that was overlooked would be the worse error.
        let left = match at {
            At::Setting(key, start) => Some(Doubt::new(start, format!("{} has no value", key.name()))),
            At::Other | At::Line => nested_at.map(|at| Doubt::new(at, "not TOML: it has no end".to_owned())),
        };
        match syntax.or_else(|| refused(&doubts, obstacle)).or(left) {
            Some(doubt) => Err(in_line(&doubt, &text)),
            None => Ok(Self { text, settings, tables_at, doubts }),
        }
    }

    /// What is wrong after its line, the value of this setting left out.
    pub(super) fn doubt_besides(&self, key: Key) -> Option<String> {
        let besides = self.doubts.iter().find(|doubt| doubt.value_of != Some(key));
        besides.map(|doubt| in_line(doubt, &self.text))
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
        if let Some(header) = self.tables_at {
            // Behind it, a line would be the table's.
            let start = self.text[..header].trim_end_matches([' ', '\t']).len();
            self.text.insert_str(start, &[key.name(), " = ", value, line_end].concat());
            return self.text;
        }
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

fn in_line(doubt: &Doubt, text: &str) -> String {
    format!("line {}: {}", line_of(text, doubt.at), doubt.why)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
}

/// What the parser is at.
#[derive(Debug, Clone, Copy)]
enum At {
    /// Nothing: a line begins.
    Line,
    /// A setting whose value is to come, and where its name begins.
    Setting(Key, usize),
    /// A name that is no setting's.
    Other,
}

/// Takes settings from the parser's events.
struct Reader<'s> {
    source: Source<'s>,
    settings: Vec<Setting>,
    at: At,
    in_header: bool,
    /// Where the list or the table begins that is the value, and is stepped over.
    nested_at: Option<usize>,
    tables_at: Option<usize>,
    doubts: Vec<Doubt>,
    /// The first doubt that leaves open where a setting stands.
    obstacle: Option<Doubt>,
}

impl<'s> Reader<'s> {
    fn new(source: Source<'s>) -> Self {
        Self {
            source,
            settings: Vec::new(),
            at: At::Line,
            in_header: false,
            nested_at: None,
            tables_at: None,
            doubts: Vec::new(),
            obstacle: None,
        }
    }

    fn doubt(&mut self, span: Span, why: String) {
        self.doubts.push(Doubt::new(span.start(), why));
    }

    fn doubt_of(&mut self, key: Key, span: Span, why: String) {
        self.doubts.push(Doubt { at: span.start(), why, value_of: Some(key) });
    }

    fn obstacle(&mut self, span: Span, why: String) {
        let doubt = Doubt::new(span.start(), why);
        self.obstacle.get_or_insert_with(|| doubt.clone());
        self.doubts.push(doubt);
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'s> {
        let text = self.source.input().get(span.start()..span.end()).unwrap_or_default();
        Raw::new_unchecked(text, encoding, span)
    }

    fn header(&mut self, span: Span) {
        self.in_header = true;
        self.at = At::Line;
        self.tables_at.get_or_insert(span.start());
    }

    fn header_is_over(&mut self) {
        self.in_header = false;
        self.at = At::Line;
    }

    /// A table or a list stands where one value is expected.
    fn nested(&mut self, span: Span) {
        self.nested_at = Some(span.start());
        if let At::Setting(key, _) = self.at {
            self.doubt_of(key, span, not_one_value(key));
        }
    }

    fn nested_is_over(&mut self, span: Span) {
        let begun = self.nested_at.take();
        if let (At::Setting(key, start), Some(value_start)) = (self.at, begun) {
            let value = self.source.input().get(value_start..span.end()).unwrap_or_default().to_owned();
            self.settings.push(Setting { key, value, place: start..span.end(), value_start });
        }
        self.at = At::Line;
    }
}

fn not_one_value(key: Key) -> String {
    format!("{} takes one value, not a table or a list", key.name())
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.header(span);
    }

    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.header_is_over();
    }

    fn array_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.header(span);
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.header_is_over();
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let mut name = Cow::Borrowed("");
        self.raw(span, encoding).decode_key(&mut name, error);
        match self.at {
            // The second part of a name with a dot.
            At::Setting(key, _) => return self.obstacle(span, not_one_value(key)),
            At::Other => return,
            At::Line => {}
        }
        self.at = At::Other;
        match Key::parse(&name) {
            // What stands in a table is the table's, whose header was a doubt already.
            _ if self.tables_at.is_some() && !self.in_header => {}
            Err(unknown) => self.doubt(span, unknown.to_string()),
            Ok(key) if self.settings.iter().any(|setting| setting.key == key) => {
                self.obstacle(span, format!("{} is set twice", key.name()));
            }
            Ok(key) if self.in_header => self.obstacle(span, not_one_value(key)),
            Ok(key) => self.at = At::Setting(key, span.start()),
        }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let raw = self.raw(span, encoding);
        let mut text = Cow::Borrowed("");
        if raw.decode_scalar(&mut text, error) != ScalarKind::String {
            text = Cow::Borrowed(raw.as_str());
        }
        match std::mem::replace(&mut self.at, At::Line) {
            At::Setting(key, start) => {
                if let Err(wrong) = key.check(&text) {
                    self.doubt_of(key, span, wrong.to_string());
                }
                let place = start..span.end();
                self.settings.push(Setting {
                    key,
                    value: text.into_owned(),
                    place,
                    value_start: span.start(),
                });
            }
            At::Other => {}
            At::Line => self.obstacle(span, "a value without a setting".to_owned()),
        }
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.nested(span);
        false
    }

    fn array_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.nested_is_over(span);
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.nested(span);
        false
    }

    fn inline_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.nested_is_over(span);
    }

    fn error(&mut self, span: Span, _: &mut dyn ErrorSink) {
        // The parser says so of all that it steps over.
        if self.nested_at.is_some() {
            return;
        }
        self.obstacle(span, "cannot be understood".to_owned());
    }
}

#[cfg(test)]
mod tests;
