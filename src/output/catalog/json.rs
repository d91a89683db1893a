//! The catalog for scripts: schema 1.

use serde::Serialize;

use super::{Selection, doc, fate, kind, scope};
use crate::catalog::features::Feature;
use crate::catalog::key::Spec;
use crate::catalog::settings::{Group, Setting};
use crate::output::json::print;

/// Fields are added without a new number; what is there keeps its meaning.
const SCHEMA: u32 = 1;

#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: u32,
    controller: String,
    annotations: Vec<Annotation<'a>>,
    settings: Vec<Key<'a>>,
}

#[derive(Debug, Serialize)]
struct Annotation<'a> {
    name: &'a str,
    aliases: &'a [&'a str],
    feature: &'a str,
    doc: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    expected: String,
    allowed: &'a [&'a str],
    example: &'a str,
    scope: &'a str,
    for_host: bool,
    risk: &'a str,
    since: Option<String>,
    needs: Option<&'a str>,
    refused: &'a str,
    unreadable: &'a str,
    directives: &'a [&'a str],
}

#[derive(Debug, Serialize)]
struct Key<'a> {
    name: &'a str,
    subject: &'a str,
    doc: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    default: String,
    since: Option<String>,
    directives: &'a [&'a str],
}

/// The entries as one JSON document.
///
/// # Errors
///
/// Never: the data is plain.
pub fn report(selection: &Selection) -> serde_json::Result<String> {
    print(&Document {
        schema: SCHEMA,
        controller: selection.version.to_string(),
        annotations: selection.annotations.iter().map(|(feature, spec)| annotation(feature, spec)).collect(),
        settings: selection.settings.iter().map(|(group, setting)| key(group, setting)).collect(),
    })
}

fn annotation<'a>(feature: &'a Feature, spec: &'a Spec) -> Annotation<'a> {
    Annotation {
        name: spec.name,
        aliases: spec.aliases,
        feature: feature.name,
        doc: doc(spec),
        kind: kind(spec.kind),
        expected: spec.check.expected(),
        allowed: spec.check.allowed(),
        example: spec.example,
        scope: scope(spec.scope),
        for_host: spec.for_host,
        risk: spec.risk.name(),
        since: spec.since.map(|since| since.to_string()),
        needs: spec.needs.names.first().copied(),
        refused: fate(spec.refused),
        unreadable: fate(spec.unreadable),
        directives: spec.directives,
    }
}

fn key<'a>(group: &'a Group, setting: &'a Setting) -> Key<'a> {
    Key {
        name: setting.name,
        subject: group.name,
        doc: setting.doc,
        kind: setting.kind(),
        default: setting.default(),
        since: setting.since.map(|since| since.to_string()),
        directives: setting.directives,
    }
}
