//! Positional arguments of a line, and what must become of them.

use proptest::sample::Index;
use telemetry_schema::{Place, Positional, Value};

use super::{Builder, Choices};
use crate::policy::{Dialect, Missing, PositionalRule, Repeats, Subcommands};
use crate::strategies::judge;
use crate::strategies::parts::{self, Argument};
use crate::strategies::places::{Next, Places};

impl<'a> Builder<'a> {
    /// The positional arguments of the last command.
    pub(super) fn rules(&self) -> &'a [PositionalRule] {
        self.outline.command(self.at).map(|rule| rule.positionals.as_slice()).unwrap_or_default()
    }

    /// Whether what follows an argument is one too.
    pub(super) fn ends_flags(&self) -> bool {
        self.outline.source.dialect == Dialect::GoFlag
            || self.rules().last().is_some_and(|rule| rule.repeats == Repeats::All)
    }

    pub(super) fn positionals(&mut self, choices: &Choices) -> Vec<(Index, Argument)> {
        let outline = self.outline;
        let rules = self.rules();
        let may_be_missing = rules.iter().any(|rule| rule.missing == Missing::Possibly);
        let terminator = rules.iter().find_map(|rule| rule.terminator.as_ref());
        let has_children = !outline.names_below(self.at).is_empty();
        let mut arguments = Vec::new();
        if let Some((name, edit)) = choices.mistyped
            && has_children
            && rules.is_empty()
        {
            let names = outline.names_below(self.at);
            let (name, _, _) = names[name.index(names.len())];
            let typed = parts::mistyped(name, edit).filter(|typed| !outline.is_command_word(self.at, typed));
            arguments.extend(typed.map(|typed| (choices.program, Argument::word(typed))));
        }
        for (place, choice) in &choices.positionals {
            let terminator = terminator.filter(|_| place.index(3) == 0);
            arguments.extend(terminator.map(|text| (*place, Argument::word(text.clone()))));
            let rule = rules.get(arguments.len()).or(rules.last());
            let argument = parts::argument(outline, rule.and_then(|rule| rule.values.as_ref()), choice);
            // What would be read as a command is no positional argument.
            let is_command = has_children && outline.is_command_word(self.at, &argument.text);
            // The beginning of every command for clap.
            let may_be_command = may_be_missing && argument.text.is_empty();
            if !is_command && !may_be_command {
                arguments.push((*place, argument));
            }
        }
        arguments
    }

    pub(super) fn expect_positional(
        &mut self,
        argument: Argument,
        places: &mut Places<'a>,
        next: Next,
        is_separated: bool,
    ) {
        let Argument { text, planted, is_word } = argument;
        let source = &self.outline.source;
        let command = self.outline.command(self.at);
        let leads_nowhere =
            self.is_under_way && command.is_some_and(|rule| rule.subcommands == Subcommands::First);
        let has_children = !self.outline.names_below(self.at).is_empty();
        let is_stray = has_children && self.rules().is_empty();
        let Some((index, rule)) = places.word(&text, next) else { return };
        if is_stray {
            if index == 0 && is_word && !is_separated && !leads_nowhere {
                self.expect_misspelling(Place::Command, &text);
            } else {
                self.planted.extend(planted);
            }
            return;
        }
        let kept = rule.map(|rule| judge::kept(source, rule.values.as_ref(), rule.list, &text));
        let kept = kept.unwrap_or_default();
        self.planted.extend(planted.into_iter().filter(|planted| !kept.contains(planted)));
        let values: Vec<Value> = kept.into_iter().filter_map(|value| Value::new(value).ok()).collect();
        if !values.is_empty() {
            self.kept.positionals.push(Positional { index, values });
        }
    }
}
