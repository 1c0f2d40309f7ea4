//! The data dictionary: what is tracked and what never is, in two tables.

use std::fmt::Write as _;

use telemetry_schema::catalogue::{Field, NEVER_TRACKED, Required, fields};

/// A list of values longer than this is printed below the table.
const INLINE_VALUES: usize = 6;

pub(super) fn markdown() -> String {
    let mut text = String::from(
        "<!-- Written by `cargo xtask gen` from telemetry-schema. Do not edit. -->\n\
         # What is tracked, and what is not\n\n\
         Every field an event can have. There is no other: an event with a field that is not listed here is refused.\n\n\
         ## Tracked\n\n\
         | field | what it is | form | example |\n| --- | --- | --- | --- |\n",
    );
    let fields = fields();
    for field in &fields {
        let optional = if field.required == Required::Optional { " Not always there." } else { "" };
        let example = field.example.as_ref().map(|example| format!("`{example}`")).unwrap_or_default();
        let _ = writeln!(
            text,
            "| `{}` | {}{optional} | {} | {} |",
            field.path,
            cell(&field.description),
            cell(&form(field)),
            cell(&example)
        );
    }
    text.push_str("\n## Never tracked\n\n| what | example of what is dropped |\n| --- | --- |\n");
    for (what, example) in NEVER_TRACKED {
        let _ = writeln!(text, "| {} | `{}` |", cell(what), cell(example));
    }
    text.push_str("\n## Closed lists\n\nThe values of the fields that have more than a few.\n");
    for field in fields.iter().filter(|field| field.values.len() > INLINE_VALUES) {
        let values: Vec<String> = field.values.iter().map(|value| format!("`{value}`")).collect();
        let _ = write!(text, "\n### `{}`\n\n{}\n", field.path, values.join(", "));
    }
    text
}

fn form(field: &Field) -> String {
    if (1..=INLINE_VALUES).contains(&field.values.len()) {
        let values: Vec<String> = field.values.iter().map(|value| format!("`{value}`")).collect();
        return values.join(", ");
    }
    field.form.clone()
}

/// Text inside of a table: a bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
