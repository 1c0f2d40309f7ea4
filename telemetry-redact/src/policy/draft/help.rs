//! A help text: its sections, and what each of them shows.

use super::Layout;
use super::flag::{self, ShownFlag};

/// What a help text shows.
#[derive(Debug, Default)]
pub(super) struct Help {
    pub(super) commands: Vec<ShownCommand>,
    pub(super) flags: Vec<ShownFlag>,
    /// Whether words that are no commands are taken.
    pub(super) takes_words: bool,
    /// Other names of the command itself.
    pub(super) own_names: Vec<String>,
}

/// A command with its other names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShownCommand {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Usage,
    Commands,
    Flags,
    GlobalFlags,
    Arguments,
    Aliases,
    /// Nothing in it is a part of the program.
    Examples,
    Other,
}

/// Lines that begin further in than this are descriptions.
const MAX_INDENT: usize = 8;

/// Which library a help text was written by, as far as it shows.
pub(super) fn layout(text: &str) -> Layout {
    let has = |part: &str| text.contains(part);
    if has("show this help message and exit") {
        Layout::Argparse
    } else if has("Show this message and exit.") {
        Layout::Click
    } else if has("Available Commands:")
        || has("[command] --help\" for more information")
        || ["Flags:", "Global Flags:", "FLAGS", "INHERITED FLAGS"]
            .iter()
            .any(|title| text.lines().any(|line| line == *title))
        || has("Use \"") && has(" options\" for a list of global command-line options")
    {
        Layout::Cobra
    } else if has("Print help") || has("[possible values: ") {
        Layout::Clap
    } else if text.lines().any(|line| line.starts_with("Usage of "))
        || text.lines().any(|line| line == "The flags are:" || line == "The commands are:")
    {
        Layout::GoFlag
    } else {
        Layout::Getopt
    }
}

/// Text as it would be on paper: no colours, no overstriking, blanks instead of tabs in front.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' if chars.peek() == Some(&'[') => {
                chars.next();
                while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
            }
            '\u{8}' => drop(plain.pop()),
            '\r' => {}
            // Go's package `flag` ends a name with a tab.
            '\t' if plain.is_empty() || plain.ends_with(['\n', ' ']) => plain.push_str("    "),
            '\t' => plain.push_str("  "),
            c => plain.push(c),
        }
    }
    plain
}

/// Reads the help text of a command.
pub(super) fn read(text: &str, layout: Layout) -> Help {
    let mut reader = Reader {
        layout,
        help: Help::default(),
        section: Section::Usage,
        indent: None,
        open: None,
        usage: String::new(),
        choices: None,
    };
    let mut was_blank = true;
    for line in text.lines() {
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        if content.is_empty() {
            was_blank = true;
            // clap parts the paragraphs of a description by blank lines; what else follows one stands less far in.
            continue;
        }
        // GNU programs indent titles by one.
        let is_title = indent == 0 || (indent == 1 && content.ends_with(':'));
        if is_title && !content.starts_with('-') {
            reader.title(content, was_blank);
        } else {
            reader.line(content, indent);
        }
        was_blank = false;
    }
    reader.close();
    reader.choices();
    reader.help
}

/// Something with a description that may go on.
enum Open {
    Flag(ShownFlag),
    Command(ShownCommand),
}

struct Reader {
    layout: Layout,
    help: Help,
    section: Section,
    /// How far in the entries of the section begin.
    indent: Option<usize>,
    open: Option<(Open, String)>,
    /// What the usage says, as it is written.
    usage: String,
    /// Choices of a positional argument, which argparse shows commands as, and how far in.
    choices: Option<(Vec<String>, usize)>,
}

impl Reader {
    fn title(&mut self, title: &str, was_blank: bool) {
        self.close();
        self.choices();
        let lower = title.to_ascii_lowercase();
        let is_title = title.ends_with(':') || !title.contains(|c: char| c.is_ascii_lowercase());
        let about = |word: &str| lower.contains(word);
        let section = if lower.starts_with("usage") || lower.starts_with("or:") {
            self.usage(title);
            Section::Usage
        } else if !is_title {
            // Between its commands git says what they are for.
            if self.section == Section::Commands && was_blank { Section::Commands } else { Section::Other }
        } else if about("alias") {
            Section::Aliases
        } else if about("flags") || about("options") || about("optional arguments") {
            if ["global", "inherited", "persistent"].iter().any(|word| about(word)) {
                Section::GlobalFlags
            } else {
                Section::Flags
            }
        } else if about("example") || about("environment") || about("learn more") {
            Section::Examples
        } else if about("command") {
            Section::Commands
        } else if about("argument") || about("args") {
            Section::Arguments
        } else {
            Section::Other
        };
        if section != Section::Commands || self.section != Section::Commands {
            self.indent = None;
        }
        self.section = section;
        // `Aliases: create, new` on one line.
        if section == Section::Aliases {
            self.own_names(title.split_once(':').map_or("", |(_, names)| names));
        }
    }

    fn usage(&mut self, usage: &str) {
        self.usage.extend([usage, " "]);
        let usage = usage.to_ascii_lowercase();
        // argparse: what follows one of these commands is the command's.
        if usage.contains("} ...") {
            return;
        }
        let words = ["<", "...", "file", "arg"];
        self.help.takes_words |= words.iter().any(|word| usage.replace("[options]", "").contains(word))
            && !["<command>", "command [args]...", "[command]"].iter().any(|word| usage.contains(word));
    }

    fn line(&mut self, content: &str, indent: usize) {
        if self.section == Section::Aliases {
            return self.own_names(content);
        }
        if self.section == Section::Examples {
            return;
        }
        if content.starts_with('-')
            && indent <= MAX_INDENT
            && let Some((mut shown, description)) = flag::read(content, self.layout)
        {
            self.close();
            shown.is_global = self.section == Section::GlobalFlags;
            self.open = Some((Open::Flag(shown), description.to_owned()));
            return;
        }
        if self.section == Section::Usage {
            // A usage that goes on.
            return self.usage(content);
        }
        if content.starts_with('{') && self.open.is_none() {
            let list = content.split(['{', '}']).nth(1).unwrap_or_default();
            self.choices = Some((list.split(',').map(str::to_owned).collect(), indent));
            return;
        }
        if let Some((choices, further_out)) = &self.choices
            && indent > *further_out
            && let Some((command, description)) = entry(content)
            && choices.contains(&command.name)
        {
            self.close();
            self.open = Some((Open::Command(command), description.to_owned()));
            return;
        }
        match self.section {
            Section::Commands if indent <= *self.indent.get_or_insert(indent) => {
                if let Some((command, description)) = entry(content) {
                    self.close();
                    self.open = Some((Open::Command(command), description.to_owned()));
                    return;
                }
            }
            Section::Arguments if indent <= *self.indent.get_or_insert(indent) && self.choices.is_none() => {
                self.close();
                self.help.takes_words = true;
                return;
            }
            _ => {}
        }
        if let Some((_, description)) = &mut self.open {
            description.push('\n');
            description.push_str(content);
        }
    }

    fn own_names(&mut self, names: &str) {
        let names = names.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty());
        self.help.own_names.extend(names.map(str::to_owned));
    }

    /// What was described is complete.
    fn close(&mut self) {
        match self.open.take() {
            Some((Open::Flag(mut flag), description)) => {
                if flag.listed.is_empty() && flag.takes != crate::policy::Takes::Nothing {
                    flag.listed = flag::listed(&description);
                }
                for alias in flag::aliases(&description) {
                    match alias.strip_prefix("--") {
                        Some(long) => flag.longs.push(long.to_owned()),
                        None if !alias.starts_with('-') && alias.len() > 1 => flag.longs.push(alias),
                        None => {}
                    }
                }
                self.help.flags.push(flag);
            }
            Some((Open::Command(mut command), description)) => {
                command.aliases.extend(flag::aliases(&description));
                self.help.commands.push(command);
            }
            None => {}
        }
    }

    /// Choices below which no commands were described: where commands have no help, they are all there is.
    fn choices(&mut self) {
        if let Some((choices, _)) = self.choices.take() {
            let described = |name: &String| self.help.commands.iter().any(|command| command.name == *name);
            if choices.iter().any(described) {
                return;
            }
            if self.usage.contains(&format!("{{{}}} ...", choices.join(","))) {
                let command = |name| ShownCommand { name, aliases: Vec::new() };
                self.help.commands.extend(choices.into_iter().map(command));
            } else {
                self.help.takes_words = true;
            }
        }
    }
}

/// A command with its other names, and its description: `plant, add   Plant a tree`.
fn entry(content: &str) -> Option<(ShownCommand, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let word = |text: &str| text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (name, mut rest) = content.split_at(word(content));
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let mut aliases = Vec::new();
    while let Some(next) = rest.strip_prefix(", ").or_else(|| rest.strip_prefix('|')) {
        let (alias, after) = next.split_at(word(next));
        if alias.is_empty() {
            return None;
        }
        aliases.push(alias.to_owned());
        rest = after;
    }
    // argparse: `plant (add, new)`.
    if let Some((inside, after)) = rest.strip_prefix(" (").and_then(|text| text.split_once(')'))
        && !inside.contains(' ') | inside.contains(", ")
    {
        aliases.extend(inside.split(", ").map(str::to_owned));
        rest = after;
    }
    let ends = rest.is_empty()
        || rest.starts_with("  ")
        || rest.starts_with(':')
        || [" <", " [", " {"].iter().any(|argument| rest.starts_with(argument));
    let names_one = name.len() > 1 || aliases.iter().any(|alias| alias.len() > 1);
    (ends && names_one)
        .then(|| (ShownCommand { name: name.to_owned(), aliases }, rest.trim_start_matches(':').trim()))
}
