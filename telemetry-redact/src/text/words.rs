//! Words outside of slots, judged in their order.

use super::lex::{Fate, Kind, Token, Why};
use super::slots::{self, is_camel, is_type_name, is_usual_name};
use super::table::Lists;
use super::vocabulary::{self, Class};
use super::{Lexicon, lists, numbers};
use crate::detect::Shape;

/// What stands before a word, as far as it matters for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// The beginning of a sentence, clause or quotation.
    Start,
    /// A word of the message.
    Plain,
    /// A place where a name is usual: after `user`, after a flag.
    Name,
    /// After something that was dropped: more of it may follow.
    Gone,
    /// After `password`, perhaps with `is`.
    Credential,
    /// Something from which no name follows, but that opens no sentence either.
    Mark,
}

/// Judges what is still open.
pub(super) fn mark(text: &str, tokens: &mut [Token<'_>], lexicon: &dyn Lexicon) {
    let mut before = Before::Start;
    let mut line = Line::default();
    let mut brackets = 0_usize;
    for at in 0..tokens.len() {
        let token = tokens[at];
        match token.kind {
            Kind::Space => {}
            Kind::Line => {
                before = Before::Start;
                brackets = 0;
                line = Line::default();
            }
            Kind::Enter | Kind::Leave => before = Before::Start,
            Kind::Placeholder => before = Before::Gone,
            Kind::Mark => {
                match token.text {
                    "[" => brackets += 1,
                    "]" => brackets = brackets.saturating_sub(1),
                    _ => {}
                }
                // A sentence begins behind a space: `not found:Mark` names somebody.
                let is_glued = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Word);
                before = match after_mark(token.text, before) {
                    Before::Start if is_glued && token.text != "{" => Before::Mark,
                    after => after,
                };
            }
            Kind::Slot => {
                let kept = match token.fate {
                    Fate::Open => slots::is_kept(tokens, at, lexicon),
                    fate => fate == Fate::Keep,
                };
                tokens[at].fate = if kept { Fate::Keep } else { dropped(token, Why::Slot) };
                before = if kept { Before::Plain } else { Before::Gone };
                if kept {
                    line.push(token);
                }
            }
            Kind::Word if token.fate == Fate::Keep => {
                before = Before::Plain;
                line.push(token);
            }
            Kind::Word if token.fate != Fate::Open => before = Before::Gone,
            // Most words: those that may stand anywhere but in brackets and after `password`.
            Kind::Word
                if token.class.is_some_and(|class| class <= Class::Common)
                    && !token.is_capital()
                    && before != Before::Credential
                    && brackets == 0 =>
            {
                tokens[at].fate = Fate::Keep;
                before = after_word(token, before);
                line.push(token);
            }
            Kind::Word => {
                let place = Place { text, tokens, at, before, in_brackets: brackets > 0, lexicon };
                let kept = place.keeps(token.text, &line);
                let reason = if kept { place.reason() } else { None };
                tokens[at].fate = if kept { Fate::Keep } else { dropped(token, Why::Word) };
                before = if kept { after_word(token, before) } else { Before::Gone };
                line.push(token);
                if let Some(reason) = reason {
                    keep_reason(&mut tokens[at + 1..], reason);
                }
            }
        }
    }
    if tokens.iter().any(|token| token.lists.is(lists::INTIMATE)) {
        drop_intimate(tokens);
    }
    // As many words and the spaces between them.
    if tokens.len() >= 2 * MAX_RUN - 1 {
        drop_phrases(tokens);
    }
}

/// Keeps the words of a reason phrase, which follow. What is glued to the last of them is none of them.
fn keep_reason(tokens: &mut [Token<'_>], reason: &str) {
    let words = tokens.iter_mut().filter(|token| token.kind == Kind::Word);
    let is_reason = |(token, word): &(&mut Token<'_>, &str)| token.text.eq_ignore_ascii_case(word);
    for (token, _) in words.zip(reason.split(' ')).take_while(is_reason) {
        if token.fate == Fate::Open {
            token.fate = Fate::Keep;
        }
    }
}

/// Drops what stands around the words of a person (`… about my ex …`), as far as no predicate ends it.
fn drop_intimate(tokens: &mut [Token<'_>]) {
    let mut start = 0;
    let mut found = false;
    for at in 0..=tokens.len() {
        let goes_on = tokens.get(at).is_some_and(|token| match token.kind {
            Kind::Word => token.is_gone() || !token.lists.is(lists::PREDICATE),
            Kind::Space | Kind::Placeholder => true,
            Kind::Mark => matches!(token.text, "," | "'"),
            _ => false,
        });
        if goes_on {
            let token = tokens[at];
            found |= token.kind == Kind::Word && !token.is_gone() && token.lists.is(lists::INTIMATE);
            continue;
        }
        if found {
            for token in
                tokens[start..at].iter_mut().filter(|token| token.kind == Kind::Word && !token.is_gone())
            {
                token.fate = Fate::Drop(Why::Phrase);
            }
        }
        found = false;
        start = at + 1;
    }
}

fn dropped(token: Token<'_>, why: Why) -> Fate {
    if token.is_gone() { token.fate } else { Fate::Drop(why) }
}

fn after_mark(mark: &str, before: Before) -> Before {
    match mark {
        "." | "!" | "?" | ";" | ":" | "{" => Before::Start,
        "," | "/" | "-" | "\"" | "'" | "`" | "|" | "*" => {
            if matches!(before, Before::Gone | Before::Credential) { before } else { Before::Mark }
        }
        "=" | "#" => Before::Name,
        _ => Before::Mark,
    }
}

fn after_word(word: Token<'_>, before: Before) -> Before {
    if word.lists.is(lists::CREDENTIAL)
        || before == Before::Credential
            && matches!(word.text, "is" | "was" | "key" | "keys" | "value" | "values" | "id" | "string")
    {
        Before::Credential
    } else if word.text.starts_with('-') || word.lists.is(lists::NAMED_THING) {
        Before::Name
    } else {
        Before::Plain
    }
}

/// The last words of a line, in the order they came.
#[derive(Default)]
pub(super) struct Line<'t> {
    pub(super) last: [Said<'t>; 4],
}

/// A word that was read.
#[derive(Clone, Copy, Default)]
pub(super) struct Said<'t> {
    pub(super) text: &'t str,
    pub(super) lists: Lists,
}

impl<'t> Line<'t> {
    fn push(&mut self, token: Token<'t>) {
        let [_, third, second, last] = self.last;
        self.last = [third, second, last, Said { text: token.text, lists: token.lists }];
    }

    /// Whether a number here is a status or an error number.
    pub(super) fn expects_code(&self) -> bool {
        let [_, _, before, last] = self.last;
        last.lists.is(lists::EXPECTS_STATUS)
            || matches!(last.text, "code" | "error") && before.lists.is(lists::QUALIFIES_CODE)
    }
}

/// A word where it stands.
pub(super) struct Place<'a, 't> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token<'t>],
    pub(super) at: usize,
    pub(super) before: Before,
    in_brackets: bool,
    lexicon: &'a dyn Lexicon,
}

impl Place<'_, '_> {
    fn keeps(&self, word: &str, line: &Line<'_>) -> bool {
        if let Some(flag) = word.strip_prefix("--") {
            return flag.is_empty()
                || is_flag_kept(
                    flag,
                    line.last.iter().any(|said| said.lists.is(lists::DOUBTS_NAME)),
                    self.lexicon,
                );
        }
        if let [b'-', letter] = word.as_bytes() {
            return letter.is_ascii_alphabetic();
        }
        let token = &self.tokens[self.at];
        if token.is_number() {
            return self.keeps_number(word, line);
        }
        let Token { class, lists: of, shape, .. } = *token;
        if self.before == Before::Credential {
            return class == Some(Class::Grammar) || of.is(lists::FOLLOWS_CREDENTIAL | lists::PREDICATE);
        }
        let in_name = matches!(self.before, Before::Name | Before::Gone);
        let is_capital = token.is_capital() && shape.has_any(Shape::LOWER);
        // Most words are kept by what they are: the policy is asked for the others.
        self.keeps_by_lists(word, line, in_name, is_capital)
            || self.lexicon.declares(word)
            // `Atlas`, of a declared `atlas`.
            || is_capital && !in_name && !self.in_brackets && self.lexicon.declares(&word.to_ascii_lowercase())
    }

    fn keeps_by_lists(&self, word: &str, line: &Line<'_>, in_name: bool, is_capital: bool) -> bool {
        let Token { class, lists: of, .. } = self.tokens[self.at];
        if self.in_brackets {
            return self.keeps_in_brackets(class);
        }
        if is_capital
            && of.is(lists::GIVEN_NAME)
            && (self.before != Before::Start || self.is_before_capital())
        {
            return false;
        }
        match class {
            Some(Class::Grammar) => true,
            // A word before a colon is a label.
            Some(Class::Common) => !(is_capital && in_name) || self.next_is(":"),
            Some(Class::Rare) => !(in_name || is_capital && self.before != Before::Start),
            None => self.keeps_name(word, line),
        }
    }

    /// What no list holds by itself.
    fn keeps_name(&self, word: &str, line: &Line<'_>) -> bool {
        let Token { shape, lists: of, .. } = self.tokens[self.at];
        // Versions of protocols, systems and languages are no numbers of the user's: `TLS 1.2`.
        if shape.is_only(Shape::DIGIT | Shape::DOT) && numbers::is_version(word) {
            return line.last[3].lists.is(lists::HAS_VERSION);
        }
        if of.is(lists::IO_KIND) && word.as_bytes()[0].is_ascii_uppercase() {
            return true;
        }
        // `$PATH`: the name of a variable, not its value.
        if let Some(name) = word.strip_prefix('$') {
            return matches!(name, "HOME" | "PATH" | "SHELL" | "USER" | "EDITOR" | "PAGER");
        }
        if matches!(self.before, Before::Name | Before::Gone) {
            return false;
        }
        // `peer's`
        if let Some(owner) = word.strip_suffix("'s") {
            let lower = owner.bytes().all(|b| b.is_ascii_lowercase());
            return vocabulary::class(owner).is_some() && (lower || self.before == Before::Start);
        }
        let is_counted = shape.has(Shape::DIGIT)
            && (shape.is_only(Shape::DIGIT | Shape::DOT | Shape::HYPHEN) && self.is_range(word)
                || shape.is_only(Shape::DIGIT | Shape::LOWER) && numbers::is_duration(word));
        if is_counted {
            return true;
        }
        // `24-digit`, `256-bit`: a limit of the program's.
        let is_joined = shape.has(Shape::HYPHEN);
        if is_joined
            && let Some((number, unit)) = word.split_once('-')
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            return number.len() <= 3 && Lists::of(unit).is(lists::UNIT);
        }
        let is_constant_case = shape.is_only(Shape::UPPER | Shape::UNDERSCORE);
        let has_joint = shape.has(Shape::UNDERSCORE);
        has_joint && is_constant_case && (is_usual_name(word, Class::Rare) || is_constant(word))
            || is_joined && !word.starts_with('-') && is_usual_name(word, Class::Rare)
            || has_joint && is_usual_name(word, Class::Common)
            || shape.is_only(Shape::LETTER) && (is_camel(word, Class::Common) || is_type_name(word))
    }

    /// In brackets stand lists of the user's, usage lines and the program's choices.
    fn keeps_in_brackets(&self, class: Option<Class>) -> bool {
        self.tokens[self.at].lists.is(lists::BRACKET_WORD) || class.is_some() && self.is_choice()
    }

    /// `[possible values: a, b]`, `one of [a, b]`.
    fn is_choice(&self) -> bool {
        const MAX_BEFORE: usize = 48;
        let before = self.tokens[self.at.saturating_sub(MAX_BEFORE)..self.at].iter().rev();
        before.take_while(|token| token.kind != Kind::Line && !token.is_mark("]")).any(|token| {
            token.kind == Kind::Word
                && matches!(token.text, "values" | "subcommands" | "aliases" | "choices" | "of" | "possible")
        }) || self.next_is(":") && self.tokens[self.at].lists.is(lists::LISTS_CHOICES)
            || self.tokens[self.at].text == "possible"
    }

    fn next_is(&self, mark: &str) -> bool {
        self.tokens.get(self.at + 1).is_some_and(|next| next.is_mark(mark))
    }

    /// Whether a capitalised word follows, as a surname follows a given name.
    fn is_before_capital(&self) -> bool {
        self.next_words().next().is_some_and(|word| {
            let mut bytes = word.bytes();
            bytes.next().is_some_and(|b| b.is_ascii_uppercase()) && bytes.any(|b| b.is_ascii_lowercase())
        })
    }

    pub(super) fn next_words(&self) -> impl Iterator<Item = &str> {
        let after = self.tokens[self.at + 1..].iter().take(8).take_while(|token| token.kind != Kind::Line);
        after.filter(|token| token.kind == Kind::Word).map(|token| token.text)
    }
}

/// `GH_HOST`: words of the vocabulary, but for abbreviations too short to be somebody's name.
fn is_constant(name: &str) -> bool {
    const MAX_SHORT: usize = 2;
    let usual = |part: &str| vocabulary::class(part).is_some();
    name.split('_').all(|part| usual(part) || (1..=MAX_SHORT).contains(&part.len()))
        && name.split('_').any(|part| part.len() > MAX_SHORT && usual(part))
}

/// Whether a flag's name, without dashes, stands as it is. Where the message doubts it, it is what somebody typed.
pub(super) fn is_flag_kept(flag: &str, is_doubted: bool, lexicon: &dyn Lexicon) -> bool {
    if lexicon.declares(flag) || Lists::of(flag).is(lists::USUAL_FLAG) {
        return true;
    }
    if is_doubted {
        return lexicon.is_or_near_flag(flag);
    }
    let lower = flag.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    lower && flag.split('-').count() <= 4 && is_usual_name(flag, Class::Rare) || is_camel(flag, Class::Common)
}

/// So many words in a row without one of grammar are no sentence but a list of words: a passphrase, the seed of a
/// wallet.
const MAX_RUN: usize = 9;

fn drop_phrases(tokens: &mut [Token<'_>]) {
    let mut start = 0;
    let mut run = 0;
    for at in 0..=tokens.len() {
        let goes_on = tokens.get(at).is_some_and(|token| match token.kind {
            Kind::Space | Kind::Placeholder => true,
            Kind::Word if token.is_gone() => true,
            Kind::Word => {
                token.text.len() >= 3
                    && token.shape.is_only(Shape::LOWER)
                    && token.class.is_some_and(|class| class > Class::Grammar)
            }
            _ => false,
        });
        if goes_on {
            run += usize::from(tokens[at].kind == Kind::Word);
            continue;
        }
        if run >= MAX_RUN {
            for token in tokens[start..at].iter_mut().filter(|token| token.kind == Kind::Word) {
                token.fate = Fate::Drop(Why::Phrase);
            }
        }
        run = 0;
        start = at + 1;
    }
}
