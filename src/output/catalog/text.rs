//! The catalog at the terminal: a list, and a page for each entry.

use std::fmt::Write as _;

use anstyle::Style;

use super::{Selection, doc, meaning, scope};
use crate::catalog::flags::Flags;
use crate::catalog::gateway::{Gateway, Reach};
use crate::catalog::key::Spec;
use crate::catalog::settings::Setting;
use crate::output::Paint;

/// One line an entry, under the names of features and subjects.
#[must_use]
pub fn list(selection: &Selection, paint: Paint) -> String {
    let names = selection.annotations.iter().map(|(_, spec)| spec.name).chain(selection.settings.iter().map(|(_, setting)| setting.name));
    let width = names.map(str::len).max().unwrap_or_default();
    let mut text = String::new();
    let mut entry = |heading: &mut Option<&'static str>, group: &'static str, kind: &str, name: &str, doc: &str| {
        // Writing into a String cannot fail.
        if *heading != Some(group) {
            let bold = bold(paint);
            let _ = writeln!(text, "{}{bold}{kind}: {group}{bold:#}", if text.is_empty() { "" } else { "\n" });
            *heading = Some(group);
        }
        let _ = writeln!(text, "  {name:width$}  {}", sentence(doc));
    };
    let mut heading = None;
    for (feature, spec) in &selection.annotations {
        entry(&mut heading, feature.name, "annotations", spec.name, doc(spec));
    }
    heading = None;
    for (group, setting) in &selection.settings {
        entry(&mut heading, group.name, "ConfigMap", setting.name, setting.doc);
    }
    text
}

/// All that is known of each entry.
#[must_use]
pub fn pages(selection: &Selection, paint: Paint) -> String {
    let annotations = selection.annotations.iter().map(|(feature, spec)| annotation(feature.name, spec, paint));
    let settings = selection.settings.iter().map(|(group, entry)| setting(group.name, entry, paint));
    annotations.chain(settings).collect::<Vec<_>>().join("\n")
}

fn annotation(feature: &str, spec: &Spec, paint: Paint) -> String {
    let since = spec.since.map(|since| since.to_string()).unwrap_or_default();
    let title = format!("{}/{}", Flags::default().annotations_prefix, spec.name);
    let rows = [
        ("kind", format!("annotation, feature {feature}")),
        ("value", spec.check.expected()),
        ("example", spec.example.to_owned()),
        ("holds for", if spec.for_host { String::from("each host as a whole") } else { format!("each {}", scope(spec.scope)) }),
        ("risk", spec.risk.name().to_owned()),
        ("needs", spec.needs.shown().replace('`', "")),
        ("bad value", meaning(spec.refused).to_owned()),
        ("since", since),
        ("older names", spec.aliases.join(", ")),
        ("nginx", spec.directives.join(", ")),
        ("Gateway API", gateway(spec)),
    ];
    page(&title, doc(spec), rows, paint)
}

fn setting(group: &str, setting: &Setting, paint: Paint) -> String {
    let rows = [
        ("kind", format!("key of the controller's ConfigMap, subject {group}")),
        ("value", setting.kind().to_owned()),
        ("default", setting.default()),
        ("since", setting.since.map(|since| since.to_string()).unwrap_or_default()),
        ("nginx", setting.directives.join(", ")),
    ];
    page(setting.name, setting.doc, rows, paint)
}

fn page<const N: usize>(title: &str, doc: &str, rows: [(&str, String); N], paint: Paint) -> String {
    let bold = bold(paint);
    let width = rows.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
    let rows = rows.iter().filter(|(_, value)| !value.is_empty());
    let rows: String = rows.map(|(label, value)| format!("  {label:width$}  {value}\n")).collect();
    format!("{bold}{title}{bold:#}\n\n{doc}\n\n{rows}")
}

/// What the Gateway API has for an annotation.
fn gateway(spec: &Spec) -> String {
    let Gateway { by, but, .. } = spec.gateway;
    let channel = if spec.gateway.reach == Reach::Experimental { " (experimental)" } else { "" };
    let but = if but.is_empty() { String::new() } else { format!(": {but}") };
    format!("{by}{channel}{but}").replace('`', "")
}

/// The first sentence of a text.
fn sentence(doc: &str) -> &str {
    doc.find(". ").map_or(doc, |end| &doc[..=end])
}

fn bold(paint: Paint) -> Style {
    if paint.colours { Style::new().bold() } else { Style::new() }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::catalog::releases::LATEST;

    #[test]
    fn a_page_says_what_is_known_and_no_more() {
        let mut selection = Selection::of(LATEST);
        selection.narrow("cors-max-age");
        let expected = "\
nginx.ingress.kubernetes.io/cors-max-age

Seconds that a browser may remember the answer to a preflight request.

  kind         annotation, feature cors
  value        a whole number
  example      600
  holds for    each ingress
  risk         Low
  needs        enable-cors: \"true\"
  bad value    the default applies
  nginx        more_set_headers
  Gateway API  filter CORS of HTTPRoute
";
        assert_eq!(pages(&selection, Paint::default()), expected);
    }

    #[test]
    fn the_list_has_a_line_an_entry() {
        let selection = Selection::of(LATEST);
        let text = list(&selection, Paint::default());
        let entries = text.lines().filter(|line| line.starts_with("  ")).count();
        assert_eq!(entries, selection.annotations.len() + selection.settings.len());
    }
}
