//! The parts of a command line: one use of a flag, one argument.

use proptest::prelude::*;
use proptest::sample::Index;

use super::judge;
use super::outline::{Kind, Outline, shorts};
use super::spell::{Known, Name, Use};
use crate::near::is_near;
use crate::policy::{Dashes, Dialect, List, Takes};

/// Picks of one argument.
#[derive(Debug, Clone)]
pub(super) struct ValueChoice {
    what: What,
    pick: Index,
    planted: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// A value that its place is likely to declare.
    Declared,
    /// A value of the user's.
    Planted,
    /// A value of the user's behind a key.
    PlantedInKey,
    /// A word that is declared for another place.
    Elsewhere,
    /// Nearly a declared value.
    Near,
}

pub(super) fn value_choices(planted: BoxedStrategy<String>) -> impl Strategy<Value = ValueChoice> + Clone {
    let what = prop_oneof![
        5 => Just(What::Declared),
        3 => Just(What::Planted),
        1 => Just(What::PlantedInKey),
        1 => Just(What::Elsewhere),
        1 => Just(What::Near),
    ];
    (what, any::<Index>(), planted).prop_map(|(what, pick, planted)| ValueChoice { what, pick, planted })
}

/// Picks of one use of a flag.
#[derive(Debug, Clone)]
pub(super) struct FlagChoice {
    sort: Sort,
    flag: Index,
    name: Index,
    form: Index,
    values: Vec<ValueChoice>,
    planted: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Declared,
    Elsewhere,
    Mistyped,
    Planted,
    /// Nearly a declared name, with a digit behind it: nobody's misspelling.
    NearPlanted,
    Letter,
}

pub(super) fn flag_choices(planted: BoxedStrategy<String>) -> impl Strategy<Value = FlagChoice> {
    let sort = prop_oneof![
        12 => Just(Sort::Declared),
        1 => Just(Sort::Elsewhere),
        1 => Just(Sort::Mistyped),
        1 => Just(Sort::Planted),
        1 => Just(Sort::NearPlanted),
        1 => Just(Sort::Letter),
    ];
    let values = prop::collection::vec(value_choices(planted.clone()), 0..4);
    (sort, any::<Index>(), any::<Index>(), any::<Index>(), values, planted).prop_map(
        |(sort, flag, name, form, values, planted)| FlagChoice { sort, flag, name, form, values, planted },
    )
}

/// One argument, and what of it is the user's.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) text: String,
    pub(super) planted: Vec<String>,
    /// Whether it is nearly a command.
    pub(super) is_word: bool,
}

impl Argument {
    pub(super) fn word(text: String) -> Self {
        Self { text, planted: Vec::new(), is_word: true }
    }
}

/// An argument for a place whose values are judged by this rule.
pub(super) fn argument(outline: &Outline, rule: Option<&String>, choice: &ValueChoice) -> Argument {
    let source = &outline.source;
    let candidates = rule.map(|rule| judge::candidates(source, rule)).unwrap_or_default();
    let pick = |texts: &[String]| (!texts.is_empty()).then(|| texts[choice.pick.index(texts.len())].clone());
    let declared = |text: String| Argument { text, planted: Vec::new(), is_word: false };
    let planted =
        Argument { text: choice.planted.clone(), planted: vec![choice.planted.clone()], is_word: false };
    match choice.what {
        What::Planted => planted,
        What::Declared => pick(&candidates).map_or(planted, declared),
        What::Near => pick(&candidates).map_or(planted, |text| declared(format!("{text}x"))),
        What::Elsewhere => {
            let words: Vec<String> = crate::policy::declared_words(source).map(str::to_owned).collect();
            pick(&words).map_or(planted, declared)
        }
        What::PlantedInKey => {
            let Some(rule) = rule.and_then(|rule| judge::rule_of(source, rule)) else { return planted };
            let keys =
                rule.keys.and_then(|keys| source.sets.get(&keys)).map(Vec::as_slice).unwrap_or_default();
            let separator = rule.separator.unwrap_or('=');
            match pick(keys) {
                Some(key) => Argument { text: format!("{key}{separator}{}", choice.planted), ..planted },
                None => planted,
            }
        }
    }
}

/// What a flag is called where it is no declared one.
#[derive(Debug, Clone)]
pub(super) enum Called {
    /// By a declared name.
    Name(String),
    /// By a name that is the user's.
    Planted(String),
    /// By a name that is nearly a declared one.
    Mistyped(String),
    /// By a letter.
    Letter,
}

impl Called {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Name(text) | Self::Planted(text) | Self::Mistyped(text) => text,
            Self::Letter => "",
        }
    }
}

/// One use of a flag, with what it means.
#[derive(Debug, Clone)]
pub(super) struct FlagPart {
    pub(super) used: Use,
    /// The declared flag, of this command or of another.
    pub(super) key: Option<String>,
    pub(super) kind: Kind,
    pub(super) name: Called,
    pub(super) arguments: Vec<Argument>,
}

/// A place on the line where a flag can stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) outline: &'a Outline,
    /// The command whose words stand before it.
    pub(super) here: usize,
    /// The command that the line leads to.
    pub(super) command: usize,
}

impl Place<'_> {
    /// The command by which a flag that is not known here is looked up.
    fn later(self) -> usize {
        if self.outline.source.dialect == Dialect::Pflag { self.command } else { self.here }
    }

    pub(super) fn flag(self, choice: &FlagChoice) -> Option<FlagPart> {
        match choice.sort {
            Sort::Declared => self.declared(choice),
            Sort::Elsewhere => self.elsewhere(choice),
            Sort::Mistyped => {
                let name = self.any_name(choice)?;
                let typed = mistyped(&name, choice.name).filter(|typed| self.is_unknown(typed))?;
                self.outline
                    .flag_anywhere(&typed)
                    .is_none()
                    .then(|| self.unknown(choice, Name::Long(typed.clone()), Called::Mistyped(typed)))
            }
            Sort::NearPlanted => {
                let name = self.any_name(choice)?;
                let typed = format!("{}7", mistyped(&name, choice.name).unwrap_or(name));
                let is_free = self.is_unknown(&typed) && self.outline.flag_anywhere(&typed).is_none();
                is_free.then(|| self.unknown(choice, Name::Long(typed.clone()), Called::Planted(typed)))
            }
            Sort::Planted => {
                let name = choice.planted.trim_start_matches('-');
                let name = name.split('=').next().filter(|name| !name.is_empty())?;
                let is_free = self.is_unknown(name) && self.outline.flag_anywhere(name).is_none();
                is_free.then(|| {
                    self.unknown(choice, Name::Long(name.to_owned()), Called::Planted(name.to_owned()))
                })
            }
            Sort::Letter => {
                let is_free = |letter: &char| {
                    self.outline.source.flags.values().all(|rule| shorts(rule).all(|short| short != *letter))
                        && self.is_unknown(&letter.to_string())
                        && self.outline.flag_anywhere(&letter.to_string()).is_none()
                };
                let free: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').filter(is_free).collect();
                let letter = *free.get(choice.flag.index(free.len().max(1)))?;
                Some(self.unknown(choice, Name::Short(letter), Called::Letter))
            }
        }
    }

    fn is_unknown(self, name: &str) -> bool {
        self.outline.resolve(self.here, name).is_none() && self.outline.resolve(self.later(), name).is_none()
    }

    /// The canonical name of a flag that is looked up here.
    fn any_name(self, choice: &FlagChoice) -> Option<String> {
        let keys = self.outline.flags_of(self.later());
        let key = keys.get(choice.flag.index(keys.len().max(1)))?;
        Some(self.outline.canonical(key).to_owned())
    }

    fn unknown(self, choice: &FlagChoice, name: Name, called: Called) -> FlagPart {
        let arguments: Vec<Argument> =
            choice.values.iter().take(1).map(|value| argument(self.outline, None, value)).collect();
        let used = Use {
            name,
            known: Known::Never,
            takes: Takes::Value,
            takes_dashes: false,
            terminator: None,
            most: 1,
            values: arguments.iter().map(|argument| argument.text.clone()).collect(),
            form: choice.form.index(usize::MAX),
        };
        FlagPart { used, key: None, kind: Kind::Canonical, name: called, arguments }
    }

    /// A flag that another command declares: its name is kept.
    fn elsewhere(self, choice: &FlagChoice) -> Option<FlagPart> {
        let keys: Vec<&String> = self.outline.source.flags.keys().collect();
        let key = keys.get(choice.flag.index(keys.len().max(1)))?;
        let names = self.outline.long_names(key);
        let (name, _) = names.get(choice.name.index(names.len().max(1)))?;
        let key = self.outline.flag_anywhere(name).filter(|_| self.is_unknown(name))?.to_owned();
        let part = self.unknown(choice, Name::Long((*name).to_owned()), Called::Name((*name).to_owned()));
        Some(FlagPart { key: Some(key), ..part })
    }

    fn declared(self, choice: &FlagChoice) -> Option<FlagPart> {
        let outline = self.outline;
        let mut keys = outline.flags_of(self.here);
        if self.later() != self.here {
            keys.extend(outline.flags_of(self.later()));
        }
        let key = *keys.get(choice.flag.index(keys.len().max(1)))?;
        let rule = outline.flag(key)?;
        let (name, called, known, kind) = self.name(key, choice.name)?;
        let text = |value| argument(outline, rule.values.as_ref(), value);
        let arguments: Vec<Argument> = match (rule.takes, rule.list) {
            (Takes::Nothing, _) => choice.values.iter().take(1).map(switch_argument).collect(),
            (_, List::Comma) if !choice.values.is_empty() => {
                let parts: Vec<Argument> = choice.values.iter().map(text).collect();
                let joined = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(",");
                vec![Argument {
                    text: joined,
                    planted: parts.into_iter().flat_map(|part| part.planted).collect(),
                    is_word: false,
                }]
            }
            _ => choice.values.iter().map(text).collect(),
        };
        let used = Use {
            name,
            known,
            takes: rule.takes,
            takes_dashes: rule.dashes == Dashes::Values,
            terminator: rule.terminator.clone(),
            most: match rule.takes {
                Takes::Values | Takes::OptionalValues => {
                    rule.max_values.map_or(usize::MAX, |most| most as usize)
                }
                _ => 1,
            },
            values: arguments.iter().map(|argument| argument.text.clone()).collect(),
            form: choice.form.index(usize::MAX),
        };
        Some(FlagPart { used, key: Some(key.to_owned()), kind, name: called, arguments })
    }

    /// One of the names by which a flag is found here.
    fn name(self, key: &str, pick: Index) -> Option<(Name, Called, Known, Kind)> {
        let outline = self.outline;
        let longs: Vec<&str> = outline.long_names(key).into_iter().map(|(name, _)| name).collect();
        let beginnings = longs.iter().flat_map(|name| (1..name.len()).filter_map(|end| name.get(..end)));
        let found = |name: &str| match outline.resolve(self.here, name) {
            Some((found, kind)) => (found == key).then_some((Known::Here, kind)),
            None => outline
                .resolve(self.later(), name)
                .filter(|(found, _)| *found == key)
                .map(|(_, kind)| (Known::Later, kind)),
        };
        let mut names: Vec<_> = longs
            .iter()
            .copied()
            .chain(beginnings)
            .filter_map(|name| {
                let (known, kind) = found(name)?;
                Some((Name::Long(name.to_owned()), Called::Name(name.to_owned()), known, kind))
            })
            .collect();
        for short in outline.flag(key).into_iter().flat_map(shorts) {
            let known = match outline.find_short(self.here, short) {
                Some(found) => (found == key).then_some(Known::Here),
                None => (outline.find_short(self.later(), short) == Some(key)).then_some(Known::Later),
            };
            if let Some(known) = known.filter(|_| outline.source.dialect != Dialect::GoFlag) {
                // As likely as all the long names together.
                let short = (Name::Short(short), Called::Letter, known, Kind::Canonical);
                names.extend(std::iter::repeat_n(short, names.len().max(1)));
            } else if outline.source.dialect == Dialect::GoFlag
                && found(&short.to_string()) == Some((Known::Here, Kind::Canonical))
            {
                names.push((Name::Short(short), Called::Letter, Known::Here, Kind::Canonical));
            }
        }
        (!names.is_empty()).then(|| names.swap_remove(pick.index(names.len())))
    }
}

/// What stands behind the `=` of a switch.
fn switch_argument(choice: &ValueChoice) -> Argument {
    const SPELLINGS: [&str; 8] = ["true", "false", "1", "0", "T", "FALSE", "yes", "off"];
    if choice.what == What::Planted {
        return Argument {
            text: choice.planted.clone(),
            planted: vec![choice.planted.clone()],
            is_word: false,
        };
    }
    Argument {
        text: SPELLINGS[choice.pick.index(SPELLINGS.len())].to_owned(),
        planted: Vec::new(),
        is_word: false,
    }
}

/// What is kept of an argument of a flag.
pub(super) fn kept_of_flag(outline: &Outline, key: &str, kind: Kind, text: &str) -> Vec<String> {
    let Some(rule) = outline.flag(key) else { return Vec::new() };
    if rule.takes != Takes::Nothing {
        return judge::kept(&outline.source, rule.values.as_ref(), rule.list, text);
    }
    let is_go = matches!(outline.source.dialect, Dialect::Pflag | Dialect::GoFlag);
    let is_on = match text {
        "true" => true,
        "false" => false,
        // What `strconv.ParseBool` takes.
        "1" | "t" | "T" | "TRUE" | "True" if is_go => true,
        "0" | "f" | "F" | "FALSE" | "False" if is_go => false,
        _ => return Vec::new(),
    };
    vec![(is_on != (kind == Kind::Negation)).to_string()]
}

/// What a flag without a value is kept as, beside its name.
pub(super) fn bare_value(outline: &Outline, key: &str, kind: Kind) -> Option<&'static str> {
    let is_switch = outline.flag(key).is_some_and(|rule| rule.takes == Takes::Nothing);
    is_switch.then_some(if kind == Kind::Negation { "false" } else { "true" })
}

/// A word with one letter left out, doubled or swapped with its neighbour, where that is likely a misspelling.
pub(super) fn mistyped(word: &str, pick: Index) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let at = pick.index(letters.len().max(1));
    let without =
        letters.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, letter)| *letter).collect();
    let mut doubled = letters.clone();
    doubled.insert(at, *letters.get(at)?);
    let mut swapped = letters.clone();
    swapped.swap(at, (at + 1).min(letters.len() - 1));
    let ways: [String; 3] = [without, doubled.into_iter().collect(), swapped.into_iter().collect()];
    ways.into_iter().cycle().skip(at % 3).take(3).find(|typed| is_near(typed, word))
}
