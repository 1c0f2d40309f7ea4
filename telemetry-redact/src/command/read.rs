//! Walks along a command line as the program itself would, and keeps what is declared.

use telemetry_schema::{Command, Flag, Misspelling, Place, Positional, Typed, Value, Word};

use super::bounds::{MAX_COUNT, MAX_FLAGS, MAX_MISSPELLINGS, MAX_POSITIONALS, MAX_VALUES};
use super::unknown::{Name, UnknownFlag};
use super::values::{Judgement, judge, judge_switch_value, set_of};
use super::{CommandReading, Finding, Part, Verdict};
use crate::Raw;
use crate::near::nearest;
use crate::policy::{Dialect, FlagId, FlagRule, NodeId, Policy, Takes, positional_rule, root};

/// Reads a command line, the program's name first.
pub(crate) fn read(policy: &Policy, argv: &[Raw]) -> CommandReading {
    let mut walk = Walk::new(policy, argv);
    walk.all();
    walk.settle_unknown_flags();
    walk.finish()
}

/// Where the next word that is no flag belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    CommandWord,
    Positional,
    /// After a word that is no command: what follows belongs to nothing declared.
    Nothing,
}

pub(super) struct Walk<'a> {
    pub(super) policy: &'a Policy,
    argv: &'a [Raw],
    pub(super) node: NodeId,
    expect: Expect,
    next: usize,
    pub(super) command: Command,
    findings: Vec<Finding>,
    dropped: Vec<Raw>,
    pub(super) unknown: Vec<UnknownFlag<'a>>,
}

impl<'a> Walk<'a> {
    fn new(policy: &'a Policy, argv: &'a [Raw]) -> Self {
        let expect =
            if policy.tree().has_children(root()) { Expect::CommandWord } else { Expect::Positional };
        let (command, findings) = (Command::default(), Vec::with_capacity(argv.len() + 4));
        Self {
            policy,
            argv,
            node: root(),
            expect,
            next: 1,
            command,
            findings,
            dropped: Vec::new(),
            unknown: Vec::new(),
        }
    }

    fn all(&mut self) {
        if !self.argv.is_empty() {
            let program = self.policy.program().to_string();
            self.found(0, Part::Program, Verdict::Kept, "program.declared", Some(program));
        }
        while let Some(argument) = self.take() {
            let bytes = self.bytes(argument);
            match bytes {
                b"--" => {
                    self.found(argument, Part::Separator, Verdict::Dropped, "separator", None);
                    self.after_separator();
                }
                [b'-', b'-', name @ ..] => self.long(argument, name),
                [b'-', shorts @ ..] if !shorts.is_empty() => self.shorts(argument, shorts),
                word => self.word(argument, word),
            }
        }
    }

    fn take(&mut self) -> Option<usize> {
        let argument = self.next;
        self.next += 1;
        (argument < self.argv.len()).then_some(argument)
    }

    fn bytes(&self, argument: usize) -> &'a [u8] {
        self.argv.get(argument).map_or(&[], Raw::bytes)
    }

    fn after_separator(&mut self) {
        while let Some(argument) = self.take() {
            // A command word cannot stand here, so a declared one is somebody's value.
            if self.expect == Expect::CommandWord {
                self.expect = Expect::Nothing;
            }
            let word = self.bytes(argument);
            self.positional(argument, word);
        }
    }

    // Words.

    fn word(&mut self, argument: usize, word: &'a [u8]) {
        if self.expect != Expect::CommandWord {
            return self.positional(argument, word);
        }
        let tree = self.policy.tree();
        let text = std::str::from_utf8(word).ok();
        if let Some(child) = text.and_then(|text| tree.child(self.node, text)) {
            let canonical = tree.word(child);
            let rule = if text == Some(canonical) { "command.declared" } else { "command.alias" };
            self.found(argument, Part::CommandWord, Verdict::Kept, rule, Some(canonical.to_owned()));
            self.command.path.extend(Word::new(canonical));
            self.node = child;
            self.expect = if tree.has_children(child) { Expect::CommandWord } else { Expect::Positional };
            return;
        }
        self.expect = Expect::Nothing;
        let near = text.and_then(|text| {
            let near = nearest(text, tree.words_below(self.node))?;
            let meant =
                tree.child(self.node, near).map_or(near, |child| canonical_or_alias(near, tree.word(child)));
            Some((text, meant))
        });
        if let Some((typed, meant)) = near {
            self.misspelling(argument, Part::CommandWord, Place::Command, typed, meant);
        } else {
            count(&mut self.command.dropped.words);
            self.drop_raw(word);
            self.found(argument, Part::CommandWord, Verdict::Dropped, "command.not_declared", None);
        }
    }

    fn positional(&mut self, argument: usize, word: &'a [u8]) {
        let index = self.command.positional_count;
        count(&mut self.command.positional_count);
        let source = self.policy.source();
        let rules = self.policy.tree().rule(self.node).and_then(|rule| source.commands.get(rule));
        let rule = rules.filter(|_| self.expect == Expect::Positional).and_then(|rules| {
            positional_rule(&rules.positionals, usize::try_from(index).unwrap_or(usize::MAX))
        });
        let set = rule.and_then(|rule| set_of(source, rule.values.as_ref()));
        let judged = judge(word, set, crate::policy::List::None);
        let values = self.settle(argument, Part::Positional, word, judged, 0);
        if !values.is_empty() && self.command.positionals.len() < MAX_POSITIONALS {
            self.command.positionals.push(Positional { index, values });
        }
    }

    // Flags.

    fn long(&mut self, argument: usize, name_and_value: &'a [u8]) {
        let equals = name_and_value.iter().position(|byte| *byte == b'=');
        let (name, value) = match equals {
            Some(at) => (&name_and_value[..at], Some((argument, &name_and_value[at + 1..]))),
            None => (name_and_value, None),
        };
        let known =
            std::str::from_utf8(name).ok().and_then(|name| self.policy.tree().long_flag(self.node, name));
        if let Some(flag) = known {
            let value = value.or_else(|| self.separate_value(flag));
            self.flag(argument, flag, value);
        } else {
            let value = value.or_else(|| self.swallowed());
            self.unknown.push(UnknownFlag { argument, node: self.node, name: Name::Long(name), value });
        }
    }

    fn shorts(&mut self, argument: usize, bundle: &'a [u8]) {
        let mut rest = bundle;
        while let Some((first, after)) = rest.split_first() {
            let short = char::from(*first);
            let known = first.is_ascii().then(|| self.policy.tree().short_flag(self.node, short)).flatten();
            let Some(flag) = known else {
                // What follows an unknown letter may be its value: all of it goes.
                let name = if first.is_ascii_alphanumeric() { Name::Short(short) } else { Name::Odd };
                let glued = Some(after).filter(|after| !after.is_empty()).map(|after| (argument, after));
                let value =
                    glued.or_else(|| if rest.len() == bundle.len() { self.swallowed() } else { None });
                self.unknown.push(UnknownFlag { argument, node: self.node, name, value });
                return;
            };
            let takes = self.flag_rule(flag).map_or(Takes::Nothing, |rule| rule.takes);
            let unequal =
                after.strip_prefix(b"=").filter(|_| self.policy.source().dialect != Dialect::Getopt);
            match takes {
                Takes::Nothing if unequal.is_none() => {
                    self.flag(argument, flag, None);
                    rest = after;
                }
                Takes::Value if after.is_empty() => {
                    let value = self.separate_value(flag);
                    return self.flag(argument, flag, value);
                }
                Takes::OptionalValue if after.is_empty() => {
                    return self.flag(argument, flag, None);
                }
                Takes::Nothing | Takes::Value | Takes::OptionalValue => {
                    return self.flag(argument, flag, Some((argument, unequal.unwrap_or(after))));
                }
            }
        }
    }

    /// The next argument, where the flag takes it as its value.
    fn separate_value(&mut self, flag: FlagId) -> Option<(usize, &'a [u8])> {
        if self.flag_rule(flag)?.takes != Takes::Value {
            return None;
        }
        let value = self.argv.get(self.next)?.bytes();
        // clap does not take what looks like a flag for a value; pflag and getopt take anything.
        if self.policy.source().dialect == Dialect::Clap && value.len() > 1 && value.starts_with(b"-") {
            return None;
        }
        self.take().map(|argument| (argument, value))
    }

    /// The argument after an unknown flag: nobody knows whether it is its value, so it is taken for one and dropped.
    fn swallowed(&mut self) -> Option<(usize, &'a [u8])> {
        let value = self.argv.get(self.next)?.bytes();
        if value.starts_with(b"-") {
            return None;
        }
        self.take().map(|argument| (argument, value))
    }

    pub(super) fn flag(&mut self, argument: usize, flag: FlagId, value: Option<(usize, &'a [u8])>) {
        let Some(entry) = self.flag_name(argument, flag, "flag.declared") else { return };
        let Some(rule) = self.flag_rule(flag) else { return };
        let already = self.command.flags.get(entry).map_or(0, |flag| flag.values.len());
        let values = match (rule.takes, value) {
            (Takes::Nothing, None) => Value::new("true").into_iter().collect(),
            (Takes::Nothing, Some((at, raw))) => {
                let judged = judge_switch_value(raw, self.policy.source().dialect);
                self.settle(at, Part::FlagValue, raw, vec![judged], already)
            }
            (Takes::Value | Takes::OptionalValue, Some((at, raw))) => {
                let set = set_of(self.policy.source(), rule.values.as_ref());
                self.settle(at, Part::FlagValue, raw, judge(raw, set, rule.list), already)
            }
            (Takes::Value | Takes::OptionalValue, None) => Vec::new(),
        };
        if let Some(entry) = self.command.flags.get_mut(entry) {
            for value in values {
                if !entry.values.contains(&value) {
                    entry.values.push(value);
                }
            }
        }
    }

    /// Keeps a flag's name, once for all its uses. Its place among the flags, unless there are too many.
    pub(super) fn flag_name(&mut self, argument: usize, flag: FlagId, rule: &'static str) -> Option<usize> {
        let name = self.policy.tree().flag_name(flag);
        self.found(argument, Part::FlagName, Verdict::Kept, rule, Some(name.to_owned()));
        let known = self.command.flags.iter().position(|known| known.name.as_str() == name);
        match (known, Word::new(name)) {
            (Some(entry), _) => Some(entry),
            (None, Ok(name)) if self.command.flags.len() < MAX_FLAGS => {
                self.command.flags.push(Flag { name, values: Vec::new() });
                Some(self.command.flags.len() - 1)
            }
            _ => {
                count(&mut self.command.dropped.flags);
                None
            }
        }
    }

    pub(super) fn flag_rule(&self, flag: FlagId) -> Option<&'a FlagRule> {
        self.policy.source().flags.get(self.policy.tree().flag_key(flag))
    }

    // Results.

    /// Notes what became of a value, and gives what is kept of it.
    pub(super) fn settle(
        &mut self,
        argument: usize,
        part: Part,
        raw: &[u8],
        judged: Vec<Judgement>,
        already: usize,
    ) -> Vec<Value> {
        let mut kept = Vec::new();
        for Judgement { verdict, rule, kept: value } in judged {
            match value {
                Some(value) if already + kept.len() < MAX_VALUES => {
                    self.found(argument, part, verdict, rule, Some(value.to_string()));
                    kept.push(value);
                }
                _ => {
                    count(&mut self.command.dropped.values);
                    self.found(argument, part, Verdict::Dropped, rule, None);
                }
            }
        }
        if kept.is_empty() {
            self.drop_raw(raw);
        }
        kept
    }

    pub(super) fn misspelling(
        &mut self,
        argument: usize,
        part: Part,
        place: Place,
        typed: &str,
        meant: &str,
    ) {
        let rule = if place == Place::Command { "command.near_miss" } else { "flag.near_miss" };
        match (Typed::new(typed), Word::new(meant)) {
            (Ok(typed), Ok(meant)) if self.command.misspellings.len() < MAX_MISSPELLINGS => {
                self.found(argument, part, Verdict::Kept, rule, Some(typed.to_string()));
                self.command.misspellings.push(Misspelling { place, typed, meant });
            }
            _ => self.found(argument, part, Verdict::Dropped, rule, None),
        }
    }

    pub(super) fn found(
        &mut self,
        argument: usize,
        part: Part,
        verdict: Verdict,
        rule: &'static str,
        kept_as: Option<String>,
    ) {
        self.findings.push(Finding { argument, part, verdict, rule, kept_as });
    }

    pub(super) fn drop_raw(&mut self, bytes: &[u8]) {
        self.dropped.push(Raw::from(bytes));
    }

    fn finish(mut self) -> CommandReading {
        self.findings.sort_by_key(|finding| finding.argument);
        CommandReading { command: self.command, findings: self.findings, dropped: self.dropped }
    }
}

/// What a misspelling is said to mean: the canonical name, unless it is an alias that was nearly typed, which has to
/// stay what it is near to.
pub(super) fn canonical_or_alias<'a>(near: &'a str, canonical: &'a str) -> &'a str {
    if near.eq_ignore_ascii_case(canonical) { canonical } else { near }
}

pub(super) fn count(counter: &mut u32) {
    *counter = (*counter + 1).min(MAX_COUNT);
}
