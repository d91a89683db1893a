//! Differences with their causes, for people and machines.

mod html;
pub(super) mod json;
mod markdown;
mod text;

pub use html::report as html;
pub use json::report as json;
pub use markdown::report as markdown;
pub use text::{report as text, stat};

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::compare::{Entry, Replicas};
use crate::diagnostic;
use crate::diff::words::Topic;
use crate::diff::{Change, Kind, Verdict};

/// What is said of live configurations that serve the same: `a.conf, b.conf: equal to what is declared`.
fn line(group: &Replicas) -> String {
    let names = group.names.join(", ");
    match group.differences {
        None => names,
        Some(0) => format!("{names}: equal to what is declared"),
        Some(1) => format!("{names}: 1 difference from what is declared"),
        Some(count) => format!("{names}: {count} differences from what is declared"),
    }
}

/// Host and path of an entry, as a person writes them; nothing for what is about the whole proxy.
fn subject(entry: &Entry) -> Option<String> {
    let change = entry.changes.first()?;
    let place = &change.place;
    // A server without a name is known by where it listens.
    let nameless = || change.path.iter().map(|word| &**word).find(|word| word.starts_with("server "));
    let host = place.host.as_deref().or_else(nameless)?;
    // A location that is added or removed is named by its words.
    let is_block = entry.changes.iter().any(|change| change.name.starts_with("location ") || change.name.starts_with("server "));
    let path = place.path().filter(|_| !is_block);
    Some(at(host, path))
}

fn at(host: &str, path: Option<&str>) -> String {
    let asked = path.and_then(asked_for);
    match asked.as_deref().or(path) {
        Some(path) if path.starts_with('/') => format!("{host}{path}"),
        Some(path) => format!("{host} {path}"),
        None => host.to_owned(),
    }
}

/// How the controller begins the location that asks a service for another one, whose path stands behind it.
const ASKING: &str = "= /_external-auth-";

/// The path that such a location is for, as the Ingress has it.
fn asked_for(location: &str) -> Option<String> {
    let (path, kind) = location.strip_prefix(ASKING)?.rsplit_once('-')?;
    let path = String::from_utf8(URL_SAFE_NO_PAD.decode(path).ok()?).ok().filter(|path| path.starts_with('/'))?;
    let shorter = path.strip_suffix('/').filter(|path| kind == "Prefix" && !path.is_empty());
    Some(shorter.map_or_else(|| path.clone(), str::to_owned))
}

/// The blocks around a change, from outside in.
fn blocks(change: &Change) -> String {
    change.path.iter().map(|word| &**word).collect::<Vec<_>>().join(" > ")
}

/// The title of a topic over its entries.
fn title(topic: Topic) -> &'static str {
    match topic {
        Topic::Protection => "Protections",
        Topic::Route => "Hosts and routes",
        Topic::Setting => "Settings",
        Topic::Dynamic => "Without a reload",
    }
}

/// The entries of each topic that has any, protections that let more through before all others.
fn by_topic(entries: &[Entry]) -> impl Iterator<Item = (Topic, Vec<&Entry>)> {
    Topic::ALL.into_iter().filter_map(|topic| {
        let mut of_topic: Vec<&Entry> = entries.iter().filter(|entry| entry.words.topic == topic).collect();
        of_topic.sort_by_key(|entry| entry.words.fate);
        (!of_topic.is_empty()).then_some((topic, of_topic))
    })
}

/// How many differences there are, and how they get to nginx.
fn counts(entries: &[Entry]) -> String {
    let count = |verdict| entries.iter().filter(|entry| entry.words.fate == Some(verdict)).count();
    let reload = entries.iter().filter(|entry| entry.takes_reload()).count();
    let plural = if entries.len() == 1 { "" } else { "s" };
    let mut text = format!("{} difference{plural}", entries.len());
    let protections = |count: usize| if count == 1 { "protection" } else { "protections" };
    let (lost, weaker) = (count(Verdict::Lost), count(Verdict::Weaker));
    let parts = [
        (lost, format!("{} lost", protections(lost))),
        (weaker, format!("{} weaker", protections(weaker))),
        (reload, String::from("with a reload")),
        (entries.len() - reload, String::from("without a reload")),
    ];
    let parts: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let _ = write!(text, " ({})", parts.join(", "));
    text
}

/// What happened to an entry as a whole.
fn kind(entry: &Entry) -> Kind {
    match entry.changes.as_slice() {
        [change] => change.kind,
        _ => Kind::Changed,
    }
}

/// The message of an entry, with what becomes of a protection in front.
fn message(entry: &Entry) -> String {
    let word = match entry.words.fate {
        None => return entry.words.message.clone(),
        Some(Verdict::Lost) => "LOST",
        Some(Verdict::Weaker) => "weaker",
        Some(Verdict::Changed) => "changed (cannot be ranked)",
        Some(Verdict::Stronger) => "stronger",
        Some(Verdict::Gained) => "gained",
    };
    format!("{word}: {}", entry.words.message)
}

/// Whether an entry lets something through that was not let through: nothing about it is shown as good news.
fn opens(entry: &Entry) -> bool {
    entry.words.fate.is_some_and(Verdict::opens)
}

/// Where else a change is, beyond the subject of its entry.
fn elsewhere(entry: &Entry) -> Option<String> {
    let of = |change: &Change| change.place.host.as_deref().map(|host| at(host, change.place.path()));
    let first = of(entry.changes.first()?);
    // Locations that the controller names are nobody's paths.
    let is_path = |change: &&Change| change.place.location.as_deref().is_some_and(|location| !location.starts_with('@'));
    let others: std::collections::BTreeSet<String> =
        entry.changes.iter().take(entry.about).filter(is_path).filter_map(of).filter(|place| Some(place) != first.as_ref()).collect();
    (entry.words.fate.is_some() && !others.is_empty()).then(|| few(&others))
}

fn few(places: &std::collections::BTreeSet<String>) -> String {
    const MOST: usize = 5;
    diagnostic::few(&places.iter().cloned().collect::<Vec<_>>(), MOST).join(", ")
}
