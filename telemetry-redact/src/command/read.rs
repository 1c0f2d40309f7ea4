//! Walks along a command line as the program itself would, and keeps what is declared.

use std::ffi::OsStr;
use std::path::Path;

use telemetry_schema::{Command, Deprecated, Misspelling, Place, Typed, Value, Word};

use super::bounds::{MAX_COUNT, MAX_DEPRECATED, MAX_MISSPELLINGS, MAX_VALUES};
use super::record::KeptValue;
use super::unknown::UnknownFlag;
use super::values::Judgement;
use super::{CommandReading, Finding, Part, Verdict};
use crate::Raw;
use crate::near::{is_near, nearest};
use crate::policy::{Dialect, FirstWord, NameKind, NodeId, Policy, Subcommands, Tree, root};

/// Reads a command line, the program's name first.
pub(crate) fn read(policy: &Policy, argv: &[Raw]) -> CommandReading {
    let mut walk = Walk::new(policy, argv);
    walk.all();
    walk.settle_unknown_flags();
    walk.withhold();
    walk.finish()
}

/// Where the next word that is no flag belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    CommandWord,
    Positional,
    /// After a word that is no command: what follows belongs to nothing declared.
    Nothing,
}

/// The rule of a command's name that is on its way out.
const DEPRECATED: &str = "command.deprecated";

/// A value and the argument it stands in.
pub(super) type Argument<'a> = (usize, &'a [u8]);

pub(super) struct Walk<'a> {
    pub(super) tree: Tree<'a>,
    program: String,
    pub(super) argv: &'a [Raw],
    pub(super) node: NodeId,
    pub(super) expect: Expect,
    /// The place of the next positional argument of the command.
    pub(super) place: u32,
    /// Whether the last argument was one of any number of positional ones.
    pub(super) in_many: bool,
    /// Whether the last command was given a flag or argument.
    pub(super) is_under_way: bool,
    /// Whether what follows is neither flag nor command.
    pub(super) flags_ended: bool,
    pub(super) next: usize,
    pub(super) command: Command,
    pub(super) findings: Vec<Finding>,
    dropped: Vec<Raw>,
    pub(super) unknown: Vec<UnknownFlag<'a>>,
    pub(super) kept: Vec<KeptValue<'a>>,
}

impl<'a> Walk<'a> {
    fn new(policy: &'a Policy, argv: &'a [Raw]) -> Self {
        let tree = policy.tree();
        let expect = if tree.has_children(root()) { Expect::CommandWord } else { Expect::Positional };
        Self {
            tree,
            program: policy.program().to_string(),
            argv,
            node: root(),
            expect,
            place: 0,
            in_many: false,
            is_under_way: false,
            flags_ended: false,
            next: 1,
            command: Command::default(),
            findings: Vec::with_capacity(argv.len() + 4),
            dropped: Vec::new(),
            unknown: Vec::new(),
            kept: Vec::new(),
        }
    }

    fn all(&mut self) {
        match self.tree.first_word() {
            _ if self.argv.is_empty() => return,
            FirstWord::Argument => {
                let program = std::mem::take(&mut self.program);
                self.found(0, Part::Program, Verdict::Kept, "program.declared", Some(program));
            }
            FirstWord::Executable => self.executable(),
        }
        let is_go_flag = self.tree.dialect() == Dialect::GoFlag;
        while let Some(argument) = self.take() {
            let bytes = self.bytes(argument);
            if self.in_many && bytes.starts_with(b"-") && self.takes_all_dashes() {
                self.dashed(argument);
                continue;
            }
            self.in_many &= bytes.len() < 2 || !bytes.starts_with(b"-");
            match bytes {
                b"--" => {
                    self.found(argument, Part::Separator, Verdict::Dropped, "separator", None);
                    self.end_place(bytes);
                    return self.rest();
                }
                [b'-', b'-', name @ ..] => self.long(argument, name),
                [b'-', name @ ..] if is_go_flag && !name.is_empty() => self.long(argument, name),
                [b'-', shorts @ ..] if !shorts.is_empty() => self.shorts(argument, shorts),
                word => {
                    self.word(argument, word);
                    self.flags_ended |= is_go_flag && self.command.positional_count > 0;
                }
            }
            if self.flags_ended {
                return self.rest();
            }
        }
    }

    /// The executable's name as the first word, as clap takes it. One that is no command's is its user's business, and so
    /// is what follows it.
    fn executable(&mut self) {
        let path = std::str::from_utf8(self.bytes(0)).map(Path::new).ok();
        let name = path.and_then(Path::file_stem).and_then(OsStr::to_str).unwrap_or_default();
        if let Some(command) = self.command_word(name.as_bytes()) {
            return self.enter(0, name, command);
        }
        count(&mut self.command.dropped.words);
        self.drop_raw(self.bytes(0));
        self.drop_raw(name.as_bytes());
        self.found(0, Part::CommandWord, Verdict::Dropped, "command.not_declared", None);
        self.expect = Expect::Nothing;
        self.rest();
    }

    pub(super) fn take(&mut self) -> Option<usize> {
        let argument = self.next;
        self.next += 1;
        (argument < self.argv.len()).then_some(argument)
    }

    pub(super) fn bytes(&self, argument: usize) -> &'a [u8] {
        self.argv.get(argument).map_or(&[], Raw::bytes)
    }

    /// What no flag and no command word can be: all that is left.
    fn rest(&mut self) {
        self.flags_ended = true;
        while let Some(argument) = self.take() {
            // A declared command word is somebody's value here, and of use where values are declared.
            if self.expect == Expect::CommandWord {
                self.expect_argument();
            }
            let word = self.bytes(argument);
            self.positional(argument, word);
        }
    }

    // Words.

    fn word(&mut self, argument: usize, word: &'a [u8]) {
        let tree = self.tree;
        // clap looks for commands after positional arguments too, unless the last of them may be any number.
        let subcommands = tree.subcommands(self.node);
        let in_many = self.in_many && subcommands != Subcommands::Always;
        let may_be_command = self.expect == Expect::CommandWord
            || self.expect == Expect::Positional && tree.dialect() == Dialect::Clap && !in_many;
        if !may_be_command {
            return self.positional(argument, word);
        }
        if subcommands == Subcommands::First && self.is_under_way {
            self.expect_argument();
            return self.positional(argument, word);
        }
        if let Some(command) = self.command_word(word) {
            return self.enter(argument, std::str::from_utf8(word).unwrap_or_default(), command);
        }
        if tree.takes_positionals(self.node) {
            // Where a value of the user's can stand, a word that is near to a command is no misspelling.
            self.expect = Expect::Positional;
            return self.positional(argument, word);
        }
        self.expect = Expect::Nothing;
        let text = std::str::from_utf8(word).ok();
        let near = text.and_then(|text| {
            let near = nearest(text, tree.words_below(self.node))?;
            let canonical = tree.child(self.node, near).map(|(child, _)| tree.word(child));
            Some((text, canonical.map_or(near, |canonical| meant(text, near, canonical))))
        });
        if let Some((typed, meant)) = near {
            self.misspelling(argument, Part::CommandWord, Place::Command, typed, meant);
        } else {
            count(&mut self.command.dropped.words);
            self.drop_raw(word);
            self.found(argument, Part::CommandWord, Verdict::Dropped, "command.not_declared", None);
        }
    }

    /// Goes on to a command below, which a word leads to.
    fn enter(&mut self, argument: usize, word: &str, (child, rule): (NodeId, &'static str)) {
        if rule == DEPRECATED {
            self.deprecated(Place::Command, word);
        }
        let canonical = self.tree.word(child);
        self.found(argument, Part::CommandWord, Verdict::Kept, rule, Some(canonical.to_owned()));
        self.command.path.extend(Word::new(canonical));
        self.node = child;
        self.leave_positionals();
        (self.is_under_way, self.in_many) = (false, false);
        self.expect = if self.tree.has_children(child) { Expect::CommandWord } else { Expect::Positional };
    }

    /// The command below that a word leads to, and by which rule.
    pub(super) fn command_word(&self, word: &[u8]) -> Option<(NodeId, &'static str)> {
        let text = std::str::from_utf8(word).ok()?;
        let Some((child, kind)) = self.tree.child(self.node, text) else {
            return Some((self.tree.abbreviated_child(self.node, text)?, "command.abbreviation"));
        };
        let rule = match kind {
            NameKind::Canonical => "command.declared",
            NameKind::Alias | NameKind::Negation => "command.alias",
            NameKind::Deprecated => DEPRECATED,
        };
        Some((child, rule))
    }

    /// What follows is no command word.
    fn expect_argument(&mut self) {
        let takes_positionals = self.tree.takes_positionals(self.node);
        self.expect = if takes_positionals { Expect::Positional } else { Expect::Nothing };
    }

    /// Positional arguments before a command word are another command's: an event holds those of the last.
    fn leave_positionals(&mut self) {
        self.place = 0;
        if !self.command.positionals.is_empty() {
            self.command.positionals.clear();
            self.withdraw(|kept| kept.flag.is_none(), "value.of_other_command");
        }
    }

    // Results.

    /// Notes what became of a value, and gives what is kept of it. `owner` is the flag's place, where it is a flag's,
    /// and how many values it has already.
    pub(super) fn settle(
        &mut self,
        argument: usize,
        part: Part,
        raw: &'a [u8],
        judged: Vec<Judgement<'a>>,
        (flag, already): (Option<usize>, usize),
    ) -> Vec<Value> {
        let mut kept = Vec::new();
        let several = judged.len() > 1;
        for Judgement { raw, rule, kept: value } in judged {
            match value {
                Some(value) if already + kept.len() < MAX_VALUES => {
                    self.kept.push(KeptValue { finding: self.findings.len(), flag, raw });
                    self.found(argument, part, Verdict::Kept, rule, Some(value.to_string()));
                    kept.push(value);
                }
                _ => {
                    count(&mut self.command.dropped.values);
                    self.drop_raw(raw);
                    self.found(argument, part, Verdict::Dropped, rule, None);
                }
            }
        }
        if several && kept.is_empty() {
            self.drop_raw(raw);
        }
        kept
    }

    /// A value of a flag that is not known here.
    pub(super) fn drop_value(&mut self, argument: usize, raw: &'a [u8]) {
        let judged = vec![Judgement::dropped(raw, "value.of_unknown_flag")];
        self.settle(argument, Part::FlagValue, raw, judged, (None, 0));
    }

    pub(super) fn deprecated(&mut self, place: Place, name: &str) {
        let known = |known: &Deprecated| known.place == place && known.name.as_str() == name;
        if self.command.deprecated.len() < MAX_DEPRECATED && !self.command.deprecated.iter().any(known) {
            self.command.deprecated.extend(Word::new(name).map(|name| Deprecated { place, name }));
        }
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

/// What a misspelling is said to mean: the canonical name, unless it is an alias that was nearly typed. Whichever it
/// is, what was typed has to be near to it, or the event is refused at the door.
pub(super) fn meant<'a>(typed: &str, near: &'a str, canonical: &'a str) -> &'a str {
    if near.eq_ignore_ascii_case(canonical) && is_near(typed, canonical) { canonical } else { near }
}

pub(super) fn count(counter: &mut u32) {
    *counter = (*counter + 1).min(MAX_COUNT);
}
