//! A report for programs: JSON and CSV.

use serde_json::{Map, Value as Json, json};

use super::{Cell, Ci, Layout, RUNS_OF_ONE, Report, Section, Spread};

impl Report {
    /// The report as JSON: each section under its key, as a list of objects or, of facts, one object. What is absent
    /// or hidden is `null`; shares are from 0 to 1, durations milliseconds. With noise there is `noise`, which says how much.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut json = Map::new();
        let filters = &self.query.filters;
        json.insert("report".to_owned(), self.query.name.key().into());
        json.insert("min_installs".to_owned(), self.query.min_installs.into());
        json.insert(
            "filters".to_owned(),
            json!({
                "program": filters.program,
                "version": filters.version,
                "since": filters.since.map(|day| day.to_string()),
                "until": filters.until.map(|day| day.to_string()),
                "os": filters.os,
                "source": filters.source,
                "ci": match filters.ci { Ci::With => "with", Ci::Without => "without", Ci::Only => "only" },
            }),
        );
        if let Some(noise) = self.query.noise {
            let spread = |spread: Spread| json!({"scale": spread.scale(), "within_95": spread.within_95()});
            json.insert(
                "noise".to_owned(),
                json!({
                    "epsilon": noise.epsilon(),
                    "runs_of_one_install": RUNS_OF_ONE,
                    "installs": spread(noise.of_installs()),
                    "runs": spread(noise.of_runs()),
                }),
            );
        }
        json.insert("notes".to_owned(), self.notes.clone().into());
        for section in &self.sections {
            json.insert(section.key.to_owned(), section.to_json());
        }
        json.into()
    }

    /// The report as CSV: one table after the other, each row led by the key of its section, so that one filter splits
    /// them.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for section in &self.sections {
            let columns = section.columns.iter().flat_map(|column| {
                let rest = if column.estimate { &["", "_low", "_high"][..] } else { &[""] };
                rest.iter().map(|end| format!("{}{end}", column.key))
            });
            // Memory takes everything.
            let _ = writer.write_record(std::iter::once("section".to_owned()).chain(columns));
            for row in &section.rows {
                let cells = row.iter().zip(&section.columns).flat_map(|(cell, column)| match cell {
                    Cell::Estimate(cells) => cells.iter().map(Cell::plain).collect(),
                    cell if column.estimate => vec![cell.plain(), String::new(), String::new()],
                    cell => vec![cell.plain()],
                });
                let _ = writer.write_record(std::iter::once(section.key.to_owned()).chain(cells));
            }
        }
        if let Some(noise) = self.query.noise {
            let columns = ["section", "counts", "epsilon", "scale", "within_95"];
            let _ = writer.write_record(columns);
            for (counts, spread) in [("installs", noise.of_installs()), ("runs", noise.of_runs())] {
                let numbers = [noise.epsilon().to_string(), spread.scale().to_string()];
                let [epsilon, scale] = numbers;
                let within = spread.within_95().to_string();
                let _ = writer.write_record(["noise", counts, &epsilon, &scale, &within]);
            }
        }
        let _ = writer.write_record(["section", "note"]);
        for note in &self.notes {
            let _ = writer.write_record(["notes", note]);
        }
        writer.into_inner().unwrap_or_default()
    }
}

impl Section {
    fn to_json(&self) -> Json {
        let object = |row: &Vec<Cell>| {
            let pairs =
                self.columns.iter().zip(row).map(|(column, cell)| (column.key.to_owned(), cell.to_json()));
            Json::Object(pairs.collect())
        };
        match self.layout {
            Layout::List => self.rows.iter().map(object).collect(),
            Layout::Facts => self.rows.first().map_or(Json::Null, object),
        }
    }
}

impl Cell {
    fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Named(key, _) => (*key).into(),
            // The program alone has no words; what has no name has none.
            Self::Absent(_) | Self::Few => Json::Null,
            Self::Count(count) => (*count).into(),
            Self::Share(number) | Self::Milliseconds(number) => (*number).into(),
            Self::Estimate(cells) => {
                json!({"value": cells[0].to_json(), "low": cells[1].to_json(), "high": cells[2].to_json()})
            }
        }
    }
}
