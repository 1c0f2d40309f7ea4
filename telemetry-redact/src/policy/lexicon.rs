//! A policy's words, as error text may repeat them.

use super::{NodeId, Policy};
use crate::near::is_near;
use crate::text::{Lexicon, Template};

impl Policy {
    fn command_at(&self, words: &[&str]) -> Option<NodeId> {
        self.tree().resolve(words.iter().copied())
    }
}

impl Lexicon for Policy {
    fn declares(&self, word: &str) -> bool {
        self.declares(word)
    }

    fn is_command(&self, words: &[&str]) -> bool {
        self.command_at(words).is_some()
    }

    fn is_or_near_child(&self, words: &[&str], word: &str) -> bool {
        self.command_at(words).is_some_and(|node| {
            let mut below = self.tree().words_below(node);
            self.tree().child(node, word).is_some() || below.any(|known| is_near(word, known))
        })
    }

    fn is_or_near_flag(&self, flag: &str) -> bool {
        // Names of another length need no look: two edits are two letters at most.
        let near = flag.len().saturating_sub(2)..=flag.len() + 2;
        self.tree().flag_names_of(near).any(|known| known == flag || is_near(flag, known))
    }

    fn template(&self, index: usize) -> Option<Template<'_>> {
        self.template_at(index)
    }
}
