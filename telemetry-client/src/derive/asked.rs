//! Which argument a line of the author's is about.

use clap::Arg;
use clap::builder::Str;

use super::said::{Asked, What};

impl Asked {
    /// Whether this is about that argument of that command.
    pub(super) fn is_about(&self, path: &str, argument: &Arg) -> bool {
        self.path == path && is_called(argument, &self.argument)
    }

    /// The line, as its author finds it.
    pub(super) fn line(&self) -> String {
        let Self { path, argument, what } = self;
        match what {
            What::Withhold => format!("withhold({path:?}, {argument:?})"),
            What::WithholdCommand => format!("withhold_command({path:?})"),
            What::Numbers(_) => format!("numbers({path:?}, {argument:?}, …)"),
            What::Durations(_) => format!("durations({path:?}, {argument:?}, …)"),
        }
    }
}

/// Whether an argument can be called so: `--long`, `-s`, or a positional one by its id or the name of its value.
fn is_called(argument: &Arg, name: &str) -> bool {
    if let Some(long) = name.strip_prefix("--") {
        let aliases = argument.get_all_aliases().unwrap_or_default();
        return argument.get_long() == Some(long) || aliases.contains(&long);
    }
    if let Some(short) = name.strip_prefix('-') {
        let mut shorts =
            argument.get_short().into_iter().chain(argument.get_all_short_aliases().unwrap_or_default());
        return shorts.any(|letter| short.chars().eq([letter]));
    }
    argument.is_positional() && names_positional(argument, name)
}

fn names_positional(argument: &Arg, name: &str) -> bool {
    let name = name.trim_matches(['<', '>', '[', ']', '.']);
    let mut names = argument.get_value_names().unwrap_or_default().iter().map(Str::as_str);
    argument.get_id().as_str().eq_ignore_ascii_case(name)
        || names.any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_found_as_its_help_shows_it() {
        let flag = Arg::new("fruit").long("fruit").alias("sort").short('f').short_alias('F');
        for name in ["--fruit", "--sort", "-f", "-F"] {
            assert!(is_called(&flag, name), "{name}");
        }
        for name in ["fruit", "--f", "-fruit", "-", "--", "", "<FRUIT>"] {
            assert!(!is_called(&flag, name), "{name}");
        }
        let positional = Arg::new("season").value_name("WHEN");
        for name in ["season", "when", "<WHEN>", "[WHEN]", "<WHEN>..."] {
            assert!(is_called(&positional, name), "{name}");
        }
        assert!(!is_called(&positional, "--season"));
    }
}
