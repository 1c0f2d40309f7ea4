//! What a policy's words must be like. Names that resolve to nothing are found by the tree.

mod arguments;
mod prompts;

use std::collections::{BTreeSet, HashSet};
use std::convert::Infallible;
use std::fmt::Display;

use telemetry_schema::{ErrorCode, ProgramName, Value, Word};

use super::duration::duration_us;
use super::value_rule::is_version;
use super::{
    Case, CommandRule, FlagRule, List, POLICY_FORMAT, PolicyProblem, PolicySource, Takes, TemplateRule,
    ValueRule,
};
use crate::text::{CODES, Part, template_parts};

/// The longest path an event holds.
const MAX_DEPTH: usize = 16;

/// More buckets than these describe a value rather than its size.
const MAX_BOUNDS: usize = 32;

/// Every problem of the words themselves.
pub(super) fn problems(source: &PolicySource) -> Vec<PolicyProblem> {
    let mut check = Check { source, problems: Vec::new() };
    let PolicySource {
        format,
        program,
        program_aliases,
        version: _,
        environment_prefix,
        dialect: _,
        first_word: _,
        abbreviations: _,
        timestamps: _,
        error_codes,
        templates,
        sets,
        value_rules,
        flags,
        prompts,
        commands,
    } = source;

    if *format != POLICY_FORMAT {
        check.report("format", format!("this version reads format {POLICY_FORMAT}"));
    }
    check.text("program", program, ProgramName::new(program.as_str()));
    for (index, alias) in program_aliases.iter().enumerate() {
        check.text(format!("program_aliases[{index}]"), alias, ProgramName::new(alias.as_str()));
        if alias == program || program_aliases.iter().take(index).any(|other| other == alias) {
            check.report(format!("program_aliases[{index}]"), "the same name stands there twice");
        }
    }
    if let Some(prefix) = environment_prefix {
        let upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        if prefix.is_empty() || !prefix.bytes().all(upper) {
            check.report("environment_prefix", "expected upper-case letters, digits and underscores");
        }
    }
    for (index, code) in error_codes.iter().enumerate() {
        check.text(format!("error_codes[{index}]"), code, ErrorCode::new(code.as_str()));
        if error_codes.iter().take(index).any(|other| other == code) {
            check.report(format!("error_codes[{index}]"), "the same code stands there twice");
        }
    }
    // Keys are in no event, but a policy is public.
    for (table, keys) in [
        ("sets", sets.keys().collect::<Vec<_>>()),
        ("value_rules", value_rules.keys().collect()),
        ("flags", flags.keys().filter(|key| flags[*key].name.is_some()).collect()),
    ] {
        for key in keys {
            check.text(format!("{table}.{key}"), key, Ok::<_, Infallible>(()));
        }
    }
    for (index, rule) in templates.iter().enumerate() {
        check.template(index, rule);
    }
    for (name, values) in sets {
        check.set(name, values);
    }
    for (name, rule) in value_rules {
        check.value_rule(name, rule);
    }
    for (key, rule) in flags {
        check.flag(key, rule);
    }
    for (index, rule) in commands.iter().enumerate() {
        check.command(index, rule);
    }
    for (id, rule) in prompts {
        check.prompt(id, rule);
    }
    check.everything_is_used();
    check.problems.extend(super::scope::problems(source));
    check.problems
}

struct Check<'a> {
    source: &'a PolicySource,
    problems: Vec<PolicyProblem>,
}

impl Check<'_> {
    // Never inlined: what is wrong with a policy is in every host, and hardly ever said.
    #[inline(never)]
    fn report(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.problems.push(PolicyProblem::new(place, message));
    }

    /// A text of the policy: of the form that an event can hold, and nobody's.
    fn text<T, E: Display>(&mut self, place: impl Into<String>, text: &str, read: Result<T, E>) {
        self.judged(place.into(), text, read.err().map(|error| error.to_string()));
    }

    #[inline(never)]
    fn judged(&mut self, place: String, text: &str, refused: Option<String>) {
        if let Some(refused) = refused {
            self.report(place, refused);
        } else if let Some(rule) = crate::detect::sensitive(text) {
            let message =
                format!("looks like personal data or a secret ({rule}): a policy must not hold one");
            self.report(place, message);
        }
    }

    fn words(&mut self, place: &str, words: &[String]) {
        for (index, word) in words.iter().enumerate() {
            self.text(format!("{place}[{index}]"), word, Word::new(word.as_str()));
        }
    }

    fn set(&mut self, name: &str, values: &[String]) {
        if values.is_empty() {
            self.report(format!("sets.{name}"), "a set without values keeps nothing: leave it out");
        }
        let mut seen = HashSet::new();
        for (index, value) in values.iter().enumerate() {
            let place = format!("sets.{name}[{index}]");
            if seen.insert(value) {
                self.text(place, value, Value::new(value.as_str()));
            } else {
                self.report(place, "the same value stands there twice");
            }
        }
    }

    fn template(&mut self, index: usize, TemplateRule { text, code }: &TemplateRule) {
        const MAX_LENGTH: usize = 256;
        let place = format!("templates[{index}].text");
        if text.is_empty() || text.len() > MAX_LENGTH || !text.bytes().all(|b| matches!(b, b' '..=b'~')) {
            self.report(place.as_str(), format!("expected 1 to {MAX_LENGTH} printable ASCII characters"));
        }
        let mut fixed = 0;
        for part in template_parts(text) {
            match part {
                Ok(Part::Fixed(part)) => {
                    fixed += part.trim().len();
                    for word in part.split_whitespace() {
                        self.text(place.as_str(), word, Ok::<_, Infallible>(()));
                    }
                }
                Ok(Part::Slot(_)) => {}
                Err(problem) => self.report(place.as_str(), problem),
            }
        }
        if fixed == 0 {
            self.report(place, "a template that is one slot fits every line");
        }
        let known =
            |code: &str| CODES.contains(&code) || self.source.error_codes.iter().any(|own| own == code);
        if code.as_deref().is_some_and(|code| !known(code)) {
            self.report(format!("templates[{index}].code"), "neither built in nor in `error_codes`");
        }
    }

    fn value_rule(&mut self, name: &str, rule: &ValueRule) {
        let ValueRule {
            values,
            spellings: _,
            case,
            versions,
            numbers,
            durations,
            keys,
            key_values,
            separator,
        } = rule;
        let at = |field: &str| format!("value_rules.{name}.{field}");
        if self.source.sets.contains_key(name) {
            self.report(format!("value_rules.{name}"), "a set in `sets` has this name");
        }
        let named = [("values", values), ("versions", versions), ("keys", keys), ("key_values", key_values)];
        for (field, set) in named {
            let Some(set) = set else { continue };
            match self.source.sets.get(set) {
                None => self.report(at(field), format!("there is no set `{set}` in `sets`")),
                Some(members) => {
                    if field == "versions" && !members.iter().all(|member| is_version(member)) {
                        self.report(at(field), "expected a set of numbers with dots, such as `7.0`");
                    }
                    let mut folded = HashSet::new();
                    let differs = members.iter().all(|member| folded.insert(member.to_ascii_lowercase()));
                    if *case == Case::Folded && !differs {
                        self.report(
                            at(field),
                            format!("without regard to case, two members of `{set}` are one"),
                        );
                    }
                }
            }
        }
        self.spellings(&at("spellings"), rule);
        if *rule == (ValueRule { case: *case, separator: *separator, ..ValueRule::default() }) {
            self.report(format!("value_rules.{name}"), "keeps nothing: say by what, or leave it out");
        }
        if keys.is_none() && (key_values.is_some() || separator.is_some()) {
            self.report(at("keys"), "`key_values` and `separator` belong to `keys`");
        }
        if separator
            .is_some_and(|separator| !separator.is_ascii_punctuation() || matches!(separator, ',' | '-'))
        {
            self.report(at("separator"), "expected one ASCII mark other than a comma or a hyphen");
        }
        if !numbers.is_empty() && !durations.is_empty() {
            self.report(at("durations"), "a value has buckets of numbers or of durations, not both");
        }
        self.bounds(&at("numbers"), numbers.iter().copied().map(Some));
        self.bounds(&at("durations"), durations.iter().map(|duration| duration_us(duration)));
        for (index, duration) in durations.iter().enumerate() {
            self.text(format!("{}[{index}]", at("durations")), duration, Value::new(duration.as_str()));
        }
    }

    fn spellings(&mut self, place: &str, rule: &ValueRule) {
        let ValueRule { values, spellings, case, .. } = rule;
        let members = values.as_ref().and_then(|set| self.source.sets.get(set));
        let members = members.map(Vec::as_slice).unwrap_or_default();
        let same = |one: &str, other: &str| match case {
            Case::Exact => one == other,
            Case::Folded => one.eq_ignore_ascii_case(other),
        };
        let mut before: Vec<&String> = Vec::new();
        for (spelling, member) in spellings {
            let place = format!("{place}.{spelling}");
            self.text(place.as_str(), spelling, Value::new(spelling.as_str()));
            if !members.contains(member) {
                self.report(place.as_str(), format!("`{member}` is no member of `values`"));
            }
            if before.iter().copied().chain(members).any(|known| same(known, spelling)) {
                self.report(place, "is another member or spelling already");
            }
            before.push(spelling);
        }
    }

    fn bounds(&mut self, place: &str, bounds: impl ExactSizeIterator<Item = Option<i64>>) {
        if bounds.len() > MAX_BOUNDS {
            self.report(place, format!("at most {MAX_BOUNDS} bounds"));
        }
        let mut last = None;
        for (index, bound) in bounds.enumerate() {
            if bound.is_none() {
                self.report(format!("{place}[{index}]"), "expected a duration such as `90s` or `1h30m`");
            } else if last >= bound {
                self.report(format!("{place}[{index}]"), "expected more than the bound before it");
            }
            last = bound.or(last);
        }
    }

    /// The set or rule that `values` names.
    fn values(&mut self, place: String, name: Option<&String>) {
        let known =
            |name: &String| self.source.sets.contains_key(name) || self.source.value_rules.contains_key(name);
        if let Some(name) = name.filter(|name| !known(name)) {
            self.report(place, format!("there is no `{name}` in `sets` or `value_rules`"));
        }
    }

    fn flag(&mut self, key: &str, rule: &FlagRule) {
        let FlagRule {
            name,
            short,
            short_aliases,
            aliases,
            deprecated,
            negations,
            takes,
            max_values,
            dashes,
            terminator,
            values,
            list,
        } = rule;
        let at = |field: &str| format!("flags.{key}.{field}");
        let place = if name.is_some() { at("name") } else { format!("flags.{key}") };
        let name = name.as_deref().unwrap_or(key);
        self.text(place, name, Word::new(name));
        self.words(&at("aliases"), aliases);
        self.words(&at("deprecated"), deprecated);
        self.words(&at("negations"), negations);
        if short.is_some_and(|short| !short.is_ascii_alphanumeric()) {
            self.report(at("short"), "expected one ASCII letter or digit");
        }
        if !short_aliases.iter().all(char::is_ascii_alphanumeric) {
            self.report(at("short_aliases"), "expected ASCII letters or digits");
        }
        self.arguments(key, *takes, *dashes, terminator.as_deref());
        self.values(at("values"), values.as_ref());
        if *takes == Takes::Nothing && values.is_some() {
            self.report(at("values"), "a switch takes no values: set `takes` to `value` or `optional_value`");
        }
        if *takes != Takes::Nothing && !negations.is_empty() {
            self.report(at("negations"), "only a switch can be turned off: leave `takes` out");
        }
        let many = matches!(takes, Takes::Values | Takes::OptionalValues);
        if max_values.is_some_and(|most| most == 0 || !many) {
            self.report(
                at("max_values"),
                "a number of 1 or more, where `takes` is `values` or `optional_values`",
            );
        }
        self.list(at("list"), *list, values.as_ref());
    }

    fn list(&mut self, place: String, list: List, values: Option<&String>) {
        if list == List::Comma && values.is_none() {
            self.report(
                place,
                "a list of values that are all dropped says nothing: give `values` or leave `list` out",
            );
        }
    }

    fn command(&mut self, index: usize, rule: &CommandRule) {
        let CommandRule {
            path,
            aliases,
            deprecated,
            flags: _,
            persistent_flags: _,
            subcommands: _,
            positionals,
            withhold: _,
            record: _,
        } = rule;
        let at = |field: &str| format!("commands[{index}].{field}");
        for word in path.split(' ').filter(|_| !path.is_empty()) {
            self.text(at("path"), word, Word::new(word));
        }
        if path.split(' ').count() > MAX_DEPTH {
            self.report(at("path"), format!("a path has at most {MAX_DEPTH} words"));
        }
        if path.is_empty() && !(aliases.is_empty() && deprecated.is_empty()) {
            let field = if aliases.is_empty() { "deprecated" } else { "aliases" };
            self.report(at(field), "the program's own other names go into `program_aliases`");
        }
        self.words(&at("aliases"), aliases);
        self.words(&at("deprecated"), deprecated);
        self.positionals(index, positionals);
    }

    /// A rule that nothing refers to is a mistake, not a no-op.
    fn everything_is_used(&mut self) {
        let PolicySource { sets, value_rules, flags, prompts, commands, .. } = self.source;
        let of_commands = commands.iter().flat_map(|rule| rule.flags.iter().chain(&rule.persistent_flags));
        let used: BTreeSet<&str> = of_commands.map(String::as_str).collect();
        for key in flags.keys().filter(|key| !used.contains(key.as_str())) {
            self.report(format!("flags.{key}"), "no command has this flag");
        }
        let of_flags = flags.values().filter_map(|rule| rule.values.as_ref());
        let of_positionals =
            commands.iter().flat_map(|rule| &rule.positionals).filter_map(|rule| rule.values.as_ref());
        let of_rules = value_rules
            .values()
            .flat_map(|rule| [&rule.values, &rule.versions, &rule.keys, &rule.key_values])
            .flatten();
        let mut used: BTreeSet<&str> = of_flags.chain(of_positionals).map(String::as_str).collect();
        for name in value_rules.keys().filter(|name| !used.contains(name.as_str())) {
            self.report(format!("value_rules.{name}"), "no flag and no positional argument has this rule");
        }
        let of_prompts = prompts.values().filter_map(|rule| rule.values.as_ref());
        used.extend(of_rules.chain(of_prompts).map(String::as_str));
        for name in sets.keys().filter(|name| !used.contains(name.as_str())) {
            self.report(format!("sets.{name}"), "no flag, positional argument or prompt has this set");
        }
    }
}
