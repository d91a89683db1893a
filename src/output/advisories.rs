//! The published faults for people and scripts: a list, a table for the documentation, and the page of each.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use serde_json::{Value, json};

use super::Paint;
use crate::catalog::advisories::{ADVISORIES, Advisory as OfController};
use crate::nginx::{Advisory as OfNginx, Confirmed, advisories};

/// A fault.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Of nginx.
    Nginx(&'static OfNginx),
    /// Of the controller itself.
    Controller(&'static OfController),
}

/// The fault of a name.
#[must_use]
pub fn find(id: &str) -> Option<Fault> {
    all().find(|fault| fault.ids().iter().any(|known| known.eq_ignore_ascii_case(id.trim())))
}

fn all() -> impl Iterator<Item = Fault> {
    advisories().map(Fault::Nginx).chain(ADVISORIES.iter().map(Fault::Controller))
}

impl Fault {
    fn ids(&self) -> &'static [&'static str] {
        match self {
            Self::Nginx(advisory) => advisory.ids,
            Self::Controller(advisory) => advisory.names,
        }
    }

    fn part(&self) -> &'static str {
        match self {
            Self::Nginx(_) => "nginx",
            Self::Controller(_) => "controller",
        }
    }

    fn what(&self) -> &'static str {
        match self {
            Self::Nginx(advisory) => advisory.what,
            Self::Controller(advisory) => advisory.what,
        }
    }

    /// The versions that have it: the first, and the first of each line that does not.
    fn versions(&self) -> (Option<String>, Vec<String>) {
        let dotted = |(major, minor, patch): (u16, u16, u16)| format!("{major}.{minor}.{patch}");
        match self {
            Self::Nginx(advisory) => {
                let since = (advisory.since != (0, 0, 0)).then(|| dotted(advisory.since));
                (since, advisory.fixed.iter().copied().map(dotted).collect())
            }
            Self::Controller(advisory) => (None, advisory.fixed.iter().map(ToString::to_string).collect()),
        }
    }

    /// The same in words.
    fn affected(&self) -> String {
        let (since, fixed) = self.versions();
        let from = since.map_or_else(String::new, |since| format!("from {since} "));
        format!("{from}before {}", fixed.join(", "))
    }

    /// Who tells where it is reached.
    fn told_by(&self) -> String {
        let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Nginx(advisory) if advisory.is_judged() => quoted(&["reachable-fault"]),
            Self::Nginx(_) => quoted(&["unpatched-nginx"]),
            Self::Controller(advisory) => quoted(&[&["known-fault"], advisory.told_by].concat()),
        }
    }

    fn confirmed(&self) -> &'static str {
        match self {
            Self::Nginx(advisory) => advisory.confirmed.name(),
            Self::Controller(_) => Confirmed::Told.name(),
        }
    }

    fn beyond(&self) -> &'static str {
        match self {
            Self::Nginx(advisory) if advisory.beyond.is_empty() => "Nothing that is known.",
            Self::Nginx(advisory) => advisory.beyond,
            Self::Controller(_) => "Which of the manifests use it: the release is judged.",
        }
    }

    fn reached_by(&self) -> &'static str {
        match self {
            Self::Nginx(advisory) => advisory.reached_by,
            Self::Controller(_) => "Any Ingress, with a release that has it.",
        }
    }

    fn value(&self) -> Value {
        let (since, fixed) = self.versions();
        let mut value = json!({
            "ids": self.ids(), "part": self.part(), "what": self.what(), "since": since, "fixed": fixed,
            "reachedBy": self.reached_by(), "confirmed": self.confirmed(), "notCovered": self.beyond(),
        });
        if let Self::Nginx(advisory) = self {
            value["securitySeverity"] = json!(advisory.cost.score());
            value["attacker"] = json!(advisory.attacker.who());
            value["source"] = json!(advisory.source);
            value["judged"] = json!(advisory.is_judged());
        }
        value
    }
}

/// All of them, a line each.
#[must_use]
pub fn list(paint: Paint) -> String {
    let faults: Vec<Fault> = all().collect();
    let width = faults.iter().map(|fault| fault.ids().first().map_or(0, |id| id.len())).max().unwrap_or_default();
    let mut text = String::new();
    for part in ["nginx", "controller"] {
        for fault in faults.iter().filter(|fault| fault.part() == part) {
            let style = paint.style(if part == "nginx" { AnsiColor::Red } else { AnsiColor::Yellow });
            let (id, more) = (fault.ids().first().copied().unwrap_or_default(), fault.ids().len().saturating_sub(1));
            let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
            // Writing into a String cannot fail.
            let _ = writeln!(text, "{id:width$}  {style}{part:<10}{style:#}  {}: {}{more}", fault.affected(), fault.what());
        }
    }
    text
}

/// All of them as JSON.
///
/// # Errors
/// Nothing that a user could cause.
pub fn json() -> serde_json::Result<String> {
    let faults: Vec<Value> = all().map(|fault| fault.value()).collect();
    Ok(serde_json::to_string_pretty(&json!({ "advisories": faults }))? + "\n")
}

/// One of them as JSON.
///
/// # Errors
/// Nothing that a user could cause.
pub fn json_of(fault: &Fault) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&fault.value())? + "\n")
}

/// All of them as tables of Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    for (part, heading) in [("nginx", "Faults of nginx"), ("controller", "Faults of the controller")] {
        let _ = writeln!(
            text,
            "## {heading}\n\n| Advisory | Versions | What happens | What it takes | Told by | Confirmed | Not covered |\n|---|---|---|---|---|---|---|"
        );
        for fault in all().filter(|fault| fault.part() == part) {
            let cells = [
                &fault.ids().join(", "),
                &fault.affected(),
                fault.what(),
                fault.reached_by(),
                &fault.told_by(),
                fault.confirmed(),
                fault.beyond(),
            ];
            let cells = cells.map(|cell: &str| cell.replace('|', "\\|"));
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// The page of one.
#[must_use]
pub fn page(fault: &Fault) -> String {
    let whose = if fault.part() == "nginx" { "nginx" } else { "the controller" };
    let mut text = format!("# {}\n\nA fault of {whose}: {}.\n", fault.ids().join(", "), fault.what());
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "\n{name}: {value}");
    };
    line("Versions", &fault.affected());
    line("What it takes", fault.reached_by());
    if let Fault::Nginx(advisory) = fault {
        line("Who makes it happen", advisory.attacker.who());
        line("What it costs", &format!("{}, {} of 10", advisory.cost.name(), advisory.cost.score()));
        if !advisory.cure.is_empty() {
            line("What to do", advisory.cure);
        }
        line("Source", advisory.source);
    }
    line("Told by", &fault.told_by());
    line("Confirmed", fault.confirmed());
    line("Not covered", fault.beyond());
    if let Fault::Nginx(advisory) = fault {
        for (heading, is_reached) in [("Reaches it", true), ("Does not", false)] {
            let examples = advisory.examples.iter().filter(|(_, reaches)| *reaches == is_reached);
            for (example, _) in examples {
                let _ = write!(text, "\n## {heading}\n\n```nginx\nhttp {{ {example} }}\n```\n");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_in_the_list_and_has_a_page() {
        let (text, table) = (list(Paint::default()), markdown());
        for fault in all() {
            let id = fault.ids().first().copied().unwrap_or_default();
            assert!(text.contains(id) && table.contains(&fault.ids().join(", ")), "{id}");
            let found = find(&id.to_lowercase());
            assert!(found.is_some_and(|found| page(&found).starts_with(&format!("# {}\n", fault.ids().join(", ")))), "{id}");
        }
        assert!(find("CVE-0000-1").is_none());
    }

    #[test]
    fn rules_that_tell_are_rules() {
        for name in ADVISORIES.iter().flat_map(|advisory| advisory.told_by) {
            assert!(crate::lint::rules::find(name).is_some(), "{name}");
        }
    }
}
