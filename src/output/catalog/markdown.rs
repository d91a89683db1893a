//! The catalog for documentation: a table for each feature and subject.

use std::fmt::Write as _;

use super::{Selection, doc, meaning};

/// The tables.
#[must_use]
pub fn report(selection: &Selection) -> String {
    let mut text = String::new();
    let mut heading = None;
    for (feature, spec) in &selection.annotations {
        if heading.replace(feature.name) != Some(feature.name) {
            start(&mut text, "Annotations", feature.name, "| Annotation | Value | What it does | A bad value |\n|---|---|---|---|\n");
        }
        let aliases: String = spec.aliases.iter().map(|alias| format!(", `{alias}`")).collect();
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}`{aliases} | {}, as {} | {} | {} |",
            spec.name,
            cell(&spec.check.expected()),
            code(spec.example),
            cell(doc(spec)),
            meaning(spec.refused)
        );
    }
    heading = None;
    for (group, setting) in &selection.settings {
        if heading.replace(group.name) != Some(group.name) {
            start(&mut text, "ConfigMap", group.name, "| Key | Value | Default | What it does |\n|---|---|---|---|\n");
        }
        let default = Some(setting.default()).filter(|default| !default.is_empty()).map(|default| code(&default)).unwrap_or_default();
        let _ = writeln!(text, "| `{}` | {} | {default} | {} |", setting.name, setting.kind(), cell(setting.doc));
    }
    text
}

fn start(text: &mut String, kind: &str, name: &str, header: &str) {
    let gap = if text.is_empty() { "" } else { "\n" };
    // Writing into a String cannot fail.
    let _ = write!(text, "{gap}## {kind}: {name}\n\n{header}");
}

/// Text in a table: a line break or a bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Text as code in a table; a backtick in it needs longer fences.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", cell(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::releases::LATEST;

    #[test]
    fn every_row_has_four_cells() {
        let selection = Selection::of(LATEST);
        let text = report(&selection);
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(rows.len(), selection.annotations.len() + selection.settings.len());
        for row in rows {
            assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
        }
    }
}
