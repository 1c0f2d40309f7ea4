//! Every kind of problem, each in a policy that has nothing else wrong with it.

use serde_json::{Value as Json, json};
use telemetry_redact::{Policy, PolicyProblem};

/// A policy without a problem, to put one into.
fn sound() -> Json {
    json!({
        "format": 1, "program": "orchard", "version": 1, "dialect": "pflag",
        "error_codes": ["frost"],
        "sets": {"fruit": ["apple", "pear"]},
        "flags": {
            "fruit": {"short": "f", "takes": "value", "values": "fruit"},
            "quiet": {"short": "q", "negations": ["loud"]},
            "output": {"short": "o", "takes": "value"},
            "force": {}
        },
        "commands": [
            {"path": "", "persistent_flags": ["quiet", "output"]},
            {"path": "trees", "aliases": ["tree"], "withhold": ["fruit"]},
            {"path": "trees plant", "flags": ["fruit", "force"], "positionals": [{"values": "fruit"}]},
            {"path": "trees list", "aliases": ["ls"]}
        ]
    })
}

/// The sound policy with one part of it changed.
fn with(pointer: &str, value: Json) -> String {
    let mut policy = sound();
    let (above, last) = pointer.rsplit_once('/').unwrap();
    match policy.pointer_mut(above).unwrap() {
        Json::Object(object) => {
            object.insert(last.to_owned(), value);
        }
        Json::Array(items) => items.push(value),
        other => panic!("{other} has no parts"),
    }
    serde_json::to_string_pretty(&policy).unwrap()
}

fn problems(text: &str) -> Vec<PolicyProblem> {
    Policy::from_json(text).err().map(|error| error.problems().to_vec()).unwrap_or_default()
}

#[test]
fn a_sound_policy_has_no_problem() {
    assert_eq!(problems(&sound().to_string()), []);
}

/// A change makes a problem of this wording in this place.
fn assert_found(pointer: &str, value: &Json, place: &str, said: &str) {
    let text = if pointer.starts_with("/value_rules") {
        let mut policy = sound();
        policy["value_rules"] = json!({ pointer.trim_start_matches("/value_rules/"): value });
        policy.to_string()
    } else {
        with(pointer, value.clone())
    };
    let found = problems(&text);
    let fits = |problem: &PolicyProblem| problem.place == place && problem.message.contains(said);
    assert!(found.iter().any(fits), "{pointer} = {value}: {found:?}");
}

#[test]
fn every_kind_of_problem_is_found_in_its_place() {
    let key = ["5e2211c17a3e5a48", "f5497de3"].concat();
    for (pointer, value, place, said) in [
        // Names that lead to two flags.
        (
            "/flags/force",
            json!({"short": "f"}),
            "commands[2].flags[1]",
            "shares a name with the flag `fruit`",
        ),
        ("/flags/force", json!({"aliases": ["fruit"]}), "commands[2].flags[1]", "`fruit`"),
        ("/flags/force", json!({"negations": ["fruit"]}), "commands[2].flags[1]", "`fruit`"),
        ("/commands/2/flags", json!(["fruit", "force", "fruit"]), "commands[2].flags[2]", "`fruit`"),
        ("/commands/0/flags", json!(["quiet"]), "commands[0].persistent_flags[0]", "`quiet`"),
        // With one that a command above hands down.
        (
            "/flags/force",
            json!({"short": "o"}),
            "commands[2].flags[1]",
            "`-o` of the flag `force` is a name of `output`",
        ),
        (
            "/flags/force",
            json!({"deprecated": ["loud"]}),
            "commands[2].flags[1]",
            "which `orchard` hands down",
        ),
        // Names that lead to two commands.
        ("/commands/3/aliases", json!(["plant"]), "commands[3].aliases[0]", "of the command `trees plant`"),
        (
            "/commands/-",
            json!({"path": "tree"}),
            "commands[4].path",
            "`tree` is a name of the command `trees`",
        ),
        ("/commands/-", json!({"path": "trees list"}), "commands[4].path", "twice"),
        // What cannot be reached.
        ("/commands/-", json!({"path": "fields plant"}), "commands[4].path", "no command `fields`"),
        ("/commands/3/withhold", json!(["fruit"]), "commands[3].withhold[0]", "neither this command"),
        ("/commands/3/withhold", json!(["nothing"]), "commands[3].withhold[0]", "no flag `nothing`"),
        ("/sets/unused", json!(["a"]), "sets.unused", "has this set"),
        (
            "/commands/2/positionals",
            json!([{"values": "fruit", "repeats": "rest"}, {}]),
            "commands[2].positionals[0].repeats",
            "only the last",
        ),
        // The same thing twice.
        ("/sets/fruit", json!(["apple", "pear", "apple"]), "sets.fruit[2]", "twice"),
        ("/error_codes", json!(["frost", "frost"]), "error_codes[1]", "twice"),
        ("/program_aliases", json!(["orchard"]), "program_aliases[0]", "twice"),
        // What is somebody's, in any place.
        ("/sets/fruit", json!(["apple", "ada@example.com"]), "sets.fruit[1]", "personal data or a secret"),
        ("/flags/force", json!({"aliases": [key]}), "flags.force.aliases[0]", "personal data or a secret"),
        ("/flags/force", json!({"name": key}), "flags.force.name", "personal data or a secret"),
        ("/commands/3/path", json!(format!("trees {key}")), "commands[3].path", "personal data or a secret"),
        ("/commands/3/aliases", json!([key]), "commands[3].aliases[0]", "personal data or a secret"),
        ("/error_codes", json!([format!("e{key}f")]), "error_codes[0]", "personal data or a secret"),
        ("/sets/ada@example.com", json!(["a"]), "sets.ada@example.com", "personal data or a secret"),
        (
            "/value_rules/192.0.2.1",
            json!({"numbers": [1]}),
            "value_rules.192.0.2.1",
            "personal data or a secret",
        ),
        (
            "/flags/ada@example.com",
            json!({"name": "ada"}),
            "flags.ada@example.com",
            "personal data or a secret",
        ),
        ("/program", json!(format!("a{key}b")), "program", "personal data or a secret"),
    ] {
        assert_found(pointer, &value, place, said);
    }
}

#[test]
fn problems_of_letters_dashes_and_spellings_are_found_in_their_place() {
    for (pointer, value, place, said) in [
        (
            "/commands/2/positionals",
            json!([{"values": "fruit", "repeats": "all"}, {}]),
            "commands[2].positionals[0].repeats",
            "only the last",
        ),
        ("/flags/force", json!({"short_aliases": ["f"]}), "commands[2].flags[1]", "the flag `fruit`"),
        ("/flags/force", json!({"short_aliases": ["\u{e9}"]}), "flags.force.short_aliases", "ASCII"),
        ("/flags/force", json!({"dashes": "values"}), "flags.force.dashes", "see `takes`"),
        ("/flags/force", json!({"dashes": "numbers"}), "flags.force.dashes", "see `takes`"),
        ("/flags/force", json!({"terminator": ";"}), "flags.force.terminator", "see `takes`"),
        ("/flags/fruit/terminator", json!(""), "flags.fruit.terminator", "1 to 64"),
        (
            "/commands/2/positionals",
            json!([{"values": "fruit", "terminator": ""}]),
            "commands[2].positionals[0].terminator",
            "1 to 64",
        ),
        (
            "/commands/2/positionals",
            json!([{"values": "fruit", "terminator": "ada@example.com"}]),
            "commands[2].positionals[0].terminator",
            "personal data or a secret",
        ),
        (
            "/commands/2/positionals",
            json!([{"values": "fruit", "missing": "possibly"}]),
            "commands[2].positionals[0].missing",
            "not the last",
        ),
        (
            "/commands/2/positionals",
            json!([{"values": "fruit", "missing": "possibly"}, {}]),
            "commands[2].positionals[0].missing",
            "only clap",
        ),
        (
            "/commands/2/positionals",
            json!([{"values": "fruit", "missing": "possibly"}, {"missing": "possibly"}, {}]),
            "commands[2].positionals[1].missing",
            "one positional argument",
        ),
        (
            "/value_rules/fruit-rule",
            json!({"values": "fruit", "spellings": {"nashi": "peach"}}),
            "value_rules.fruit-rule.spellings.nashi",
            "`peach` is no member",
        ),
        (
            "/value_rules/fruit-rule",
            json!({"values": "fruit", "case": "folded", "spellings": {"Apple": "pear"}}),
            "value_rules.fruit-rule.spellings.Apple",
            "already",
        ),
        (
            "/value_rules/fruit-rule",
            json!({"values": "fruit", "spellings": {"ada@mail.example": "pear"}}),
            "value_rules.fruit-rule.spellings.ada@mail.example",
            "personal data",
        ),
        ("/prompts", json!({"a region": {"kind": "select"}}), "prompts.a region", "not a Word"),
        ("/prompts", json!({"ada@mail.example": {"kind": "input"}}), "prompts.ada@mail.example", ""),
        ("/prompts", json!({"region": {"kind": "guess"}}), "prompts.region.kind", "unknown variant"),
        (
            "/prompts",
            json!({"region": {"kind": "select", "values": "regions"}}),
            "prompts.region.values",
            "no set",
        ),
        (
            "/prompts",
            json!({"token": {"kind": "password", "values": "fruit"}}),
            "prompts.token.values",
            "typed",
        ),
        ("/prompts", json!({"name": {"kind": "input", "values": "fruit"}}), "prompts.name.values", "typed"),
    ] {
        assert_found(pointer, &value, place, said);
    }
}

#[test]
fn a_flag_may_stand_for_one_of_the_same_name_that_is_handed_down() {
    let mut policy = sound();
    policy["flags"]["output#2"] = json!({"name": "output", "short": "o"});
    policy["commands"][3]["flags"] = json!(["output#2"]);
    assert_eq!(problems(&policy.to_string()), []);
    // Where each command has a table of its own, its letter may be another flag's above, as `git grep -h`.
    policy["flags"]["force"] = json!({"short": "o"});
    assert_eq!(problems(&policy.to_string()).len(), 1);
    policy["dialect"] = json!("getopt");
    assert_eq!(problems(&policy.to_string()), []);
}

#[test]
fn an_alias_that_is_the_beginning_of_a_sibling_is_no_problem() {
    // What is written in full comes before what may be shortened.
    let mut policy = sound();
    policy["abbreviations"] = json!("all");
    policy["commands"][3]["aliases"] = json!(["pl"]);
    assert_eq!(problems(&policy.to_string()), []);
}

#[test]
fn problems_say_line_and_column() {
    let text = with("/commands/3/aliases", json!(["plant"]));
    let line = text.lines().position(|line| line.trim() == "\"plant\"").unwrap() + 1;
    let found = problems(&text);
    assert_eq!(found[0].position.map(|at| (at.line, at.column)), Some((line, 9)), "{found:?}");
    let toml = "format = 1\nprogram = \"x\"\nversion = 1\ndialect = \"clap\"\ncolour = 1\n[flags]\na = {}\n[[commands]]\npath = \"\"\n";
    let error = Policy::from_toml(toml).unwrap_err();
    let places: Vec<String> = error.problems().iter().map(|p| p.position.unwrap().to_string()).collect();
    assert_eq!(places, ["5:1", "7:1"]);
}
