//! A policy's words, as error text may repeat them.

use super::{NodeId, Policy};
use crate::near::Near;
use crate::text::{Lexicon, Template};

impl Policy {
    fn command_at(&self, words: &mut dyn Iterator<Item = &str>) -> Option<NodeId> {
        self.tree().resolve(words)
    }
}

impl Lexicon for Policy {
    fn declares(&self, word: &str) -> bool {
        self.declares(word)
    }

    fn is_command(&self, words: &mut dyn Iterator<Item = &str>) -> bool {
        self.command_at(words).is_some()
    }

    fn is_or_near_child(&self, words: &mut dyn Iterator<Item = &str>, word: &str) -> bool {
        let near = Near::of(word);
        self.command_at(words).is_some_and(|node| {
            let mut below = self.tree().words_below(node);
            self.tree().child(node, word).is_some() || below.any(|known| near.is(known))
        })
    }

    fn is_or_near_flag(&self, flag: &str) -> bool {
        // Names of another length need no look: two edits are two letters at most.
        let lengths = flag.len().saturating_sub(2)..=flag.len() + 2;
        let near = Near::of(flag);
        self.tree().flag_names_of(lengths).any(|known| known == flag.as_bytes() || near.is_text(known))
    }

    fn template(&self, index: usize) -> Option<Template<'_>> {
        self.template_at(index)
    }
}
