//! Clauses: what stands after a colon is a value, unless it says what went wrong.

use super::lex::{Fate, Kind, Token, Why};
use super::vocabulary::Class;
use super::{Lexicon, lists, phrases};
use crate::detect::Shape;

/// Drops the clauses that are values.
pub(super) fn mark(text: &str, tokens: &mut [Token<'_>], lexicon: &dyn Lexicon) {
    let mut head = Head::Nothing;
    let mut start = 0;
    let mut nesting = Nesting::default();
    for at in 0..=tokens.len() {
        let Some(end) = nesting.end_at(tokens, at) else { continue };
        let clause = &mut tokens[start..at];
        // Where each word may stand by itself, whether they are a phrase changes nothing.
        let is_free = head == Head::Nothing && are_usual(clause);
        let phrase = if is_free { "" } else { phrase(text, clause) };
        // One word is no message where a value is asked for: `invalid name: killed`.
        let is_phrase = phrases::is_phrase(phrase) && (head != Head::Asking || phrase.contains(' '));
        let is_value = !is_phrase && is_value(clause, head, end, lexicon);
        if is_value {
            judge(clause, Fate::Drop(Why::Slot));
        } else if is_phrase {
            let length = phrase.len();
            let first = clause.iter().position(|token| token.kind == Kind::Word).unwrap_or_default();
            let until = clause[first].start() + length;
            let words = clause.iter().filter(|token| token.start() < until).count();
            judge(&mut clause[..words], Fate::Keep);
        }
        head = match end {
            End::Label => Head::Label,
            // What follows a value may be more of it.
            End::Colon | End::Sentence if is_value && head == Head::Asking => Head::Asking,
            End::Colon | End::Sentence if is_value => Head::Doing,
            End::Colon => Head::of(clause),
            End::Line | End::Sentence => Head::Nothing,
        };
        start = at + 1;
    }
}

/// Brackets that are open.
#[derive(Default)]
struct Nesting {
    braces: usize,
    /// Parentheses of the clause.
    parentheses: usize,
}

impl Nesting {
    /// How the clause before a token ends, if it does.
    fn end_at(&mut self, tokens: &[Token<'_>], at: usize) -> Option<End> {
        let Some(token) = tokens.get(at) else { return Some(End::Line) };
        let end = match token.kind {
            Kind::Mark => self.end_at_mark(tokens, at),
            Kind::Enter => Some(End::Label),
            Kind::Line | Kind::Leave => Some(End::Line),
            Kind::Word | Kind::Space | Kind::Slot | Kind::Placeholder => return None,
        };
        if end.is_some() {
            self.parentheses = 0;
        }
        end
    }

    fn end_at_mark(&mut self, tokens: &[Token<'_>], at: usize) -> Option<End> {
        match tokens[at].text {
            // Members of a structure: `{ Type: Unknown, Last error: … }`.
            "{" => {
                self.braces += 1;
                Some(End::Line)
            }
            "}" => {
                self.braces = self.braces.saturating_sub(1);
                Some(End::Line)
            }
            "," if self.braces > 0 => Some(End::Line),
            "(" => {
                self.parentheses += 1;
                None
            }
            // The end of an aside that an earlier clause began: `(code: …) Detail`.
            ")" if self.parentheses == 0 => Some(End::Line),
            ")" => {
                self.parentheses -= 1;
                None
            }
            _ if is_colon(tokens, at) => Some(End::Colon),
            _ if is_stop(tokens, at) => Some(End::Sentence),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Line,
    Label,
    Sentence,
    Colon,
}

/// What stands before a colon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    /// The clause begins a line or sentence.
    Nothing,
    /// `error:`, `tls:`: whose message comes.
    Label,
    /// `open <path>:`, what was done when it happened.
    Doing,
    /// `invalid name:`, `not found:`: the value comes.
    Asking,
    /// `possible values:`: the program's own list comes.
    Choices,
}

impl Head {
    fn of(clause: &[Token<'_>]) -> Self {
        let words = || clause.iter().filter(|token| matches!(token.kind, Kind::Word | Kind::Placeholder));
        let Some(last) = words().next_back() else { return Self::Doing };
        if last.lists.is(lists::LISTS_CHOICES) {
            return Self::Choices;
        }
        if words().any(|word| matches!(word.text, "error" | "Error"))
            && words().count() <= 3
            && !last.is_gone()
        {
            return Self::Label;
        }
        let asks = |word: &Token<'_>| word.lists.is(lists::ASKS_FOR_VALUE);
        let states = |word: &Token<'_>| word.lists.is(lists::PREDICATE);
        match words().count() {
            // What a library says of itself is its own wording.
            1 if last.lists.is(lists::COMPONENT | lists::IDENTIFIERS) => Self::Nothing,
            _ if asks(last) || words().any(|word| asks(word) && states(word)) => Self::Asking,
            1 | 2 => Self::Label,
            // `could not connect: …` is an action, where `is not allowed: …` is a verdict on what follows.
            _ if words().any(states) && !words().any(|word| word.lists.is(lists::HAS_CAUSE)) => Self::Asking,
            _ => Self::Doing,
        }
    }
}

fn is_colon(tokens: &[Token<'_>], at: usize) -> bool {
    tokens[at].text == ":"
        && tokens.get(at + 1).is_none_or(|next| matches!(next.kind, Kind::Space | Kind::Line))
}

/// A full stop before a space and a capital.
fn is_stop(tokens: &[Token<'_>], at: usize) -> bool {
    matches!(tokens[at].text, "." | "!" | "?" | ";")
        && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Space)
        && tokens.get(at + 2).is_some_and(|next| next.text.starts_with(|c: char| c.is_ascii_uppercase()))
}

fn is_value(clause: &[Token<'_>], head: Head, end: End, lexicon: &dyn Lexicon) -> bool {
    if matches!(head, Head::Nothing | Head::Choices) {
        return false;
    }
    let open = |word: &&Token<'_>| {
        // Addresses and paths are dropped by themselves and tell nothing of the clause.
        word.kind == Kind::Word && word.fate == Fate::Open && word.is_plain()
    };
    let words = || clause.iter().filter(open);
    let Some(first) = words().next() else { return false };
    let (mut all, mut usual) = (0, 0);
    let (mut has_name, mut has_content, mut is_personal, mut states) = (false, false, false, false);
    for word in words() {
        all += 1;
        // Numbers and names of errors say nothing.
        let is_code = || word.shape.is_only(Shape::DIGIT | Shape::UPPER | Shape::UNDERSCORE);
        usual += usize::from(word.class.is_some_and(|class| class <= Class::Common) || is_code());
        has_name |= !word.text.starts_with('-');
        has_content |= word.class != Some(Class::Grammar);
        is_personal |= word.lists.is(lists::PERSONAL);
        states |= word.lists.is(lists::PREDICATE);
    }
    // Flags are told by their names.
    if !has_name || head != Head::Asking && !has_content {
        return false;
    }
    if is_personal {
        return true;
    }
    let is_value = match head {
        Head::Label => !states && usual < all,
        Head::Doing => !states && (usual < all || all < 2 && end != End::Colon),
        _ => !states || usual < all || all < 3 && first.lists.is(lists::ASKS_FOR_VALUE),
    };
    is_value && !is_command(words().map(|word| word.text), lexicon)
}

/// Whether no word is rare or in no list, and none but the first has a capital.
fn are_usual(clause: &[Token<'_>]) -> bool {
    let mut words = clause.iter().filter(|token| token.kind == Kind::Word);
    let is_listed = |word: &Token<'_>| word.class.is_some_and(|class| class <= Class::Common);
    words.next().is_none_or(is_listed) && words.all(|word| is_listed(word) && !word.is_capital())
}

/// The clause without space and marks around it; only where nothing was taken out of it.
fn phrase<'t>(text: &'t str, clause: &[Token<'_>]) -> &'t str {
    let (mut start, mut end, mut has_aside) = (None, 0, false);
    for token in clause {
        if token.is_gone() || token.kind == Kind::Slot {
            return "";
        }
        if token.kind == Kind::Word {
            start.get_or_insert(token.start());
            end = token.end();
        }
        has_aside |= token.text == "(";
    }
    let phrase = start.and_then(|start| text.get(start..end)).unwrap_or_default();
    // What Rust adds to the text of an error of the system.
    let aside = if has_aside { phrase.find('(') } else { None };
    let aside = aside.filter(|at| phrase[*at..].starts_with("(os error "));
    aside.and_then(|at| phrase[..at].strip_suffix(' ')).unwrap_or(phrase)
}

/// A declared command, with flags and declared words after it.
fn is_command<'t>(words: impl Iterator<Item = &'t str> + Clone, lexicon: &dyn Lexicon) -> bool {
    let is_word = |word: &&str| !word.starts_with('-');
    let (mut command, mut flags) = (words.clone().take_while(is_word), words.skip_while(is_word));
    let declared = |word: &str| lexicon.declares(word.trim_start_matches('-'));
    flags.all(declared) && (lexicon.is_command(&mut command.clone()) || command.all(declared))
}

/// What becomes of the words of a clause, those aside that are judged already.
fn judge(clause: &mut [Token<'_>], fate: Fate) {
    for token in clause.iter_mut().filter(|token| token.kind == Kind::Word && token.fate == Fate::Open) {
        token.fate = fate;
    }
}
