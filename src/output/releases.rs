//! What differs between releases of the controller, for people, scripts and documentation: all from the facts that rendering asks.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use serde::Serialize;

use super::Paint;
use super::json::print;
use crate::catalog::releases::{Area, CHANGES};
use crate::catalog::releases::{FIRST, LATEST};
use crate::catalog::version::Version;
use crate::catalog::{features, settings};

/// Fields are added without a new number; what is there keeps its meaning.
const SCHEMA: u32 = 1;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    area: &'static str,
    name: &'static str,
    /// The releases that brought it: the first one of each line of releases that has it, oldest first.
    since: Vec<String>,
    /// The last release that had it.
    until: Option<String>,
    doc: &'static str,
}

/// How an area is named, in the order of the report.
const AREAS: &[&str] = &["layout", "defaults", "values", "behaviour", "admission", "annotations", "settings"];

/// What one of two releases has and the other has not, by area. Between the first release that is known and the last, that is everything.
#[must_use]
pub fn between(one: Version, other: Version) -> Vec<Difference> {
    let everything = (one, other) == (FIRST, LATEST);
    let mut found = Vec::new();
    for change in CHANGES.iter().filter(|change| everything || change.holds(one) != change.holds(other)) {
        let since = change.since.iter().map(Version::to_string).collect();
        found.push(Difference { area: area(change.area), name: change.name, since, until: None, doc: change.doc });
    }
    let mut came = |area, name, since: [Option<Version>; 2], until: Option<String>, doc: &'static str| {
        let since = since.into_iter().flatten().filter(|since| *since > FIRST).map(|since| since.to_string()).collect();
        found.push(Difference { area, name, since, until, doc: doc.trim() });
    };
    for spec in features::all_ever().filter(|spec| spec.is_known_to(one) != spec.is_known_to(other)) {
        let until = spec.gone.map(|gone| format!("before {gone}"));
        came("annotations", spec.name, [spec.also, spec.since], until, spec.doc);
    }
    for setting in settings::all_ever().filter(|setting| setting.is_known_to(one) != setting.is_known_to(other)) {
        came("settings", setting.name, [setting.also, setting.since], setting.until.map(|until| until.to_string()), setting.doc);
    }
    let rank = |area| AREAS.iter().position(|other| *other == area);
    found.sort_by_key(|difference| rank(difference.area));
    found
}

fn area(area: Area) -> &'static str {
    match area {
        Area::Layout => "layout",
        Area::Defaults => "defaults",
        Area::Values => "values",
        Area::Behaviour => "behaviour",
        Area::Admission => "admission",
    }
}

/// What an area is about.
fn heading(area: &str) -> &'static str {
    match area {
        "layout" => "The text of the configuration",
        "defaults" => "What applies where nobody says anything",
        "values" => "Which values are accepted",
        "behaviour" => "What the controller does with objects",
        "admission" => "What the admission webhook answers",
        "annotations" => "Annotations",
        _ => "Keys of the ConfigMap",
    }
}

impl Difference {
    fn when(&self) -> String {
        match (self.since.is_empty(), &self.until) {
            (_, Some(until)) => format!("until {until}").replace("until before", "before"),
            (true, None) => String::from("always"),
            (false, None) => self.since.join(", "),
        }
    }
}

/// For people.
#[must_use]
pub fn text(differences: &[Difference], paint: Paint) -> String {
    let bold = paint.style(AnsiColor::Cyan);
    let name_width = differences.iter().map(|difference| difference.name.len()).max().unwrap_or_default();
    let when_width = differences.iter().map(|difference| difference.when().len()).max().unwrap_or_default();
    let mut text = String::new();
    for group in differences.chunk_by(|a, b| a.area == b.area) {
        let gap = if text.is_empty() { "" } else { "\n" };
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{gap}{bold}{}{bold:#}", heading(group[0].area));
        for difference in group {
            let first = difference.doc.lines().next().unwrap_or_default();
            let _ = writeln!(text, "  {:name_width$}  {:when_width$}  {first}", difference.name, difference.when());
        }
    }
    text
}

/// For documentation: a table for each area.
#[must_use]
pub fn markdown(differences: &[Difference]) -> String {
    let mut text = String::new();
    for group in differences.chunk_by(|a, b| a.area == b.area) {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}## {}\n\n| Since | Name | What holds |\n|---|---|---|", heading(group[0].area));
        for difference in group {
            let doc = difference.doc.replace('|', "\\|").replace('\n', " ");
            let _ = writeln!(text, "| {} | `{}` | {doc} |", difference.when(), difference.name);
        }
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    from: String,
    to: String,
    differences: &'a [Difference],
}

/// For scripts.
///
/// # Errors
/// Never for these types; the error is that of the serializer.
pub fn json(from: Version, to: Version, differences: &[Difference]) -> serde_json::Result<String> {
    print(&Document { schema: SCHEMA, from: from.to_string(), to: to.to_string(), differences })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        let names = |one, other| between(one, other).into_iter().map(|difference| difference.name).collect::<Vec<_>>();
        assert!(names(LATEST, LATEST).is_empty());
        let patch = names(Version::new(1, 13, 6), Version::new(1, 13, 7));
        assert!(patch.contains(&"quoted-paths") && patch.contains(&"uuid") && !patch.contains(&"lua-files"), "{patch:?}");
        assert_eq!(patch, names(Version::new(1, 13, 7), Version::new(1, 13, 6)));
        let removed = names(Version::new(1, 11, 8), Version::new(1, 12, 0));
        assert!(removed.contains(&"lua-files") && removed.contains(&"global-rate-limit"), "{removed:?}");
    }

    #[test]
    fn between_the_ends_stands_everything() {
        let all = between(FIRST, LATEST);
        assert!(CHANGES.iter().all(|change| all.iter().any(|difference| difference.name == change.name)));
        assert!(all.iter().all(|difference| difference.when() != "always"), "{all:?}");
        assert!(all.is_sorted_by_key(|difference| AREAS.iter().position(|area| *area == difference.area)));
    }
}
