//! What the error-text stage asks of a policy.

use super::templates::Template;

/// The words a policy declares, as error text may repeat them.
///
/// The text stage knows nothing else of a policy: command words and flags are judged by their place
/// (`near_*`), everything else by whether it is a declared word.
pub(crate) trait Lexicon {
    /// Whether `word` is, as it is spelled, a word the policy declares: the program's name, a command word or
    /// alias, a flag's name or alias without dashes, a member of a closed set, an error code.
    fn declares(&self, word: &str) -> bool;

    /// Whether `words` are the program's name followed by zero or more command words (canonical or alias)
    /// that lead to a declared command.
    fn is_command(&self, words: &mut dyn Iterator<Item = &str>) -> bool;

    /// Whether `word` is declared as a child of the command `words` (as in [`Lexicon::is_command`]), or a
    /// likely misspelling of one.
    fn is_or_near_child(&self, words: &mut dyn Iterator<Item = &str>, word: &str) -> bool;

    /// Whether `flag` (without dashes) is declared anywhere, or a likely misspelling of a declared long flag.
    fn is_or_near_flag(&self, flag: &str) -> bool;

    /// The templates of the policy, in their order.
    fn template(&self, index: usize) -> Option<Template<'_>>;
}

/// A lexicon that declares nothing: what is used for a program without a policy.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NoLexicon;

impl Lexicon for NoLexicon {
    fn declares(&self, _word: &str) -> bool {
        false
    }

    fn is_command(&self, _words: &mut dyn Iterator<Item = &str>) -> bool {
        false
    }

    fn is_or_near_child(&self, _words: &mut dyn Iterator<Item = &str>, _word: &str) -> bool {
        false
    }

    fn is_or_near_flag(&self, _flag: &str) -> bool {
        false
    }

    fn template(&self, _index: usize) -> Option<Template<'_>> {
        None
    }
}
