//! What follows from another difference is no difference of its own: its lines are those of that one.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hashbrown::{HashMap, HashSet};

use super::entry::{Because, Caused, Entry};
use crate::cause::UPSTREAM;
use crate::compile::Lua;
use crate::diagnostic::Reason;
use crate::diff::words::{self, Topic};
use crate::diff::{Change, Kind, Place, Side, Target};

/// What a location of the controller's own says of the upstream follows from where the route of the host leads that it is for.
pub(super) fn with_routes(entries: Vec<Caused>) -> Vec<Caused> {
    let is_own = |change: &Change| change.place.before.iter().chain(&change.place.after).all(|target| target.ingress.is_empty());
    let leads = |change: &Change| {
        let text = |side: &Option<Side>| side.as_ref().map(|side| side.text.clone());
        (&*change.name == UPSTREAM).then(|| (change.place.host.clone(), text(&change.before), text(&change.after)))
    };
    let follows = |(entry, _): &Caused| entry.changes.iter().all(|change| leads(change).is_some() && is_own(change));
    let (followers, mut others): (Vec<_>, Vec<_>) = entries.into_iter().partition(follows);
    if followers.is_empty() {
        return others;
    }
    let mut routes = HashMap::new();
    for (at, (entry, _)) in others.iter().enumerate() {
        for lead in entry.changes.iter().filter(|change| !is_own(change)).filter_map(leads) {
            routes.entry(lead).or_insert(at);
        }
    }
    for (follower, id) in followers {
        let found: Option<Vec<usize>> = follower.changes.iter().map(|change| routes.get(&leads(change)?).copied()).collect();
        match found {
            Some(found) => follower.changes.into_iter().zip(found).for_each(|(change, at)| others[at].0.changes.push(change)),
            None => others.push((follower, id)),
        }
    }
    others
}

/// What counts the requests of an Ingress goes with a host or a path of it, where nobody else declares it.
pub(super) fn with_counters(entries: Vec<Entry>) -> Vec<Entry> {
    let is_undeclared = |entry: &Entry| {
        let all: Vec<&Because> = [&entry.because_before, &entry.because_after].into_iter().flatten().collect();
        all.iter().all(|because| because.cause.reason == Reason::Nothing) && all.len() < 2
    };
    let follows = |entry: &Entry| is_undeclared(entry) && entry.changes.iter().all(|change| counted(change).is_some());
    let (counters, mut others): (Vec<_>, Vec<_>) = entries.into_iter().partition(follows);
    if counters.is_empty() {
        return others;
    }
    let mut places: HashMap<(Kind, String, String), usize> = HashMap::new();
    for (at, entry) in others.iter().enumerate() {
        for change in entry.changes.iter().filter(|change| change.is_block()) {
            let Place { before, after, routes, .. } = &change.place;
            for target in before.iter().chain(after).chain(routes).filter(|target| !target.ingress.is_empty()) {
                places.entry((change.kind, target.namespace.clone(), target.ingress.clone())).or_insert(at);
            }
        }
    }
    let place = |change: &Change| {
        let (namespace, ingress) = counted(change)?;
        places.get(&(change.kind, namespace, ingress)).copied()
    };
    join(&mut others, counters, place, |change| change);
    others
}

/// Adds differences to those that they follow from, by the numbers of these; one with a change that follows from none stays.
fn join(others: &mut Vec<Entry>, followers: Vec<Entry>, of: impl Fn(&Change) -> Option<usize>, told: impl Fn(Change) -> Change) {
    for follower in followers {
        let found: Option<Vec<usize>> = follower.changes.iter().map(&of).collect();
        match found {
            Some(found) => follower.changes.into_iter().zip(found).for_each(|(change, at)| others[at].changes.push(told(change))),
            None => others.push(follower),
        }
    }
}

/// Namespace and name of the Ingress whose requests a table or a variable of the whole file counts: they are in its name.
fn counted(change: &Change) -> Option<(String, String)> {
    let id = change.name.split(' ').find_map(|word| word.strip_prefix("$limit_").or_else(|| word.strip_prefix("$allowlist_")))?;
    let name = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let mut parts = name.split('_').map(str::to_owned);
    Some((parts.next()?, parts.next()?))
}

/// The room for the names of all hosts follows from the hosts.
pub(super) fn with_names(entries: Vec<Entry>) -> Vec<Entry> {
    let is_room = |entry: &Entry| entry.changes.iter().all(|change| change.name.starts_with("server_names_hash_"));
    let (rooms, mut others): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_room);
    let is_host = |change: &Change| change.name.starts_with("server_name") || (change.is_block() && change.name.starts_with("server "));
    match others.iter_mut().find(|entry| entry.changes.iter().any(is_host)) {
        Some(host) => host.changes.extend(rooms.into_iter().flat_map(|room| room.changes)),
        None => others.extend(rooms),
    }
    others
}

/// A certificate that comes or goes with its host is no difference of its own.
pub(super) fn with_certificates(entries: Vec<Entry>) -> Vec<Entry> {
    let is_certificate = |entry: &Entry| entry.file == Lua::Certificates.file() && entry.changes.iter().all(is_whole);
    let (certificates, mut others): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_certificate);
    if certificates.is_empty() {
        return others;
    }
    let mut hosts: HashMap<(Kind, String), usize> = HashMap::new();
    for (at, entry) in others.iter().enumerate() {
        for change in entry.changes.iter().filter(|change| change.is_block() && change.name.starts_with("server ")) {
            hosts.entry((change.kind, change.place.host.as_deref().unwrap_or_default().to_owned())).or_insert(at);
        }
    }
    join(&mut others, certificates, |change| hosts.get(&(change.kind, change.path.first()?.to_string())).copied(), named);
    others
}

/// The number of a difference about a path, and how the path begins that a service is asked at for it.
type Asking = (usize, String);

/// A location of the controller's own that only a path needs which comes or goes is no difference of its own.
pub(super) fn with_paths(entries: Vec<Entry>) -> Vec<Entry> {
    let is_own = |entry: &Entry| entry.changes.iter().all(|change| change.is_block() && words::is_own(change));
    let (own, mut others): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_own);
    if own.is_empty() {
        return others;
    }
    // What a path that stays says of such a location is a difference for itself, and the location is of that.
    let mut named: HashSet<(Arc<str>, String)> = HashSet::new();
    let mut paths: HashMap<(Kind, Arc<str>), Vec<Asking>> = HashMap::new();
    for (at, entry) in others.iter().enumerate() {
        for change in &entry.changes {
            let Some(host) = &change.place.host else { continue };
            match change.name.strip_prefix("location ").filter(|_| change.is_block()) {
                Some(location) => paths.entry((change.kind, Arc::clone(host))).or_default().push((at, asking(location))),
                None => named.extend(names(change).map(|name| (Arc::clone(host), name))),
            }
        }
    }
    let place = |change: &Change| {
        let host = change.place.host.as_ref()?;
        let name = change.name.split(' ').next_back()?;
        let of_host = paths.get(&(change.kind, Arc::clone(host))).filter(|_| !named.contains(&(Arc::clone(host), name.to_owned())))?;
        let asked = of_host.iter().find(|(_, asking)| name.strip_prefix(asking.as_str()).is_some_and(|rest| rest.starts_with('-')));
        let asked = asked.or_else(|| of_host.first().filter(|_| name.starts_with('@')));
        asked.map(|(at, _)| *at)
    };
    join(&mut others, own, place, |change| change);
    others
}

/// How the path begins that the controller asks a service at for a location, which is known by its modifier and path.
fn asking(location: &str) -> String {
    format!("/_external-auth-{}", URL_SAFE_NO_PAD.encode(location.split(' ').next_back().unwrap_or_default()))
}

/// The names of locations of the controller's own in a line.
fn names(change: &Change) -> impl Iterator<Item = String> {
    let texts = [&change.before, &change.after].into_iter().flatten().map(|side| side.text.as_str());
    let words = texts.flat_map(|text| text.split([' ', ';', '"']));
    words.filter(|word| word.starts_with(['@', '/'])).map(str::to_owned)
}

/// An upstream that comes or goes with a host or a path, or with where that leads, is no difference of its own.
pub(super) fn with_upstreams(entries: Vec<Entry>) -> Vec<Entry> {
    let is_upstream = |entry: &Entry| entry.file == Lua::Backends.file() && entry.changes.iter().all(is_whole);
    let (upstreams, mut others): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_upstream);
    if upstreams.is_empty() {
        return others;
    }
    let mut users: HashMap<(Kind, String), usize> = HashMap::new();
    for (at, entry) in others.iter().enumerate() {
        for used in entry.changes.iter().flat_map(uses) {
            users.entry(used).or_insert(at);
        }
    }
    join(&mut others, upstreams, |change| users.get(&(change.kind, change.name.to_string())).copied(), named);
    others
}

/// Whether an upstream comes or goes as a whole.
pub(super) fn is_whole(change: &Change) -> bool {
    change.path.len() == 1 && matches!(change.kind, Kind::Added | Kind::Removed)
}

/// The upstreams that come or go with a change of nginx.conf.
fn uses(change: &Change) -> Vec<(Kind, String)> {
    let name = |target: &Target| format!("{}-{}-{}", target.namespace, target.service, target.port);
    let place = &change.place;
    match change.kind {
        Kind::Added | Kind::Removed if change.is_block() => {
            let target = if change.kind == Kind::Added { &place.after } else { &place.before };
            place.routes.iter().chain(target).map(|target| (change.kind, name(target))).collect()
        }
        Kind::Changed if &*change.name == UPSTREAM => {
            let sides = [(Kind::Removed, &change.before), (Kind::Added, &change.after)];
            let value = |side: &Side| side.text.split('"').nth(1).map(str::to_owned);
            sides.into_iter().filter_map(|(kind, side)| Some((kind, value(side.as_ref()?)?))).collect()
        }
        _ => Vec::new(),
    }
}

/// A value of a file for the Lua side, which has its name before it as a directive has.
pub(super) fn named(mut change: Change) -> Change {
    let keys = format!("{}: ", change.path.iter().map(|key| &**key).collect::<Vec<_>>().join("."));
    let sides = [&mut change.before, &mut change.after].into_iter().flatten();
    for side in sides.filter(|side| side.span.is_none() && !side.text.starts_with(&keys)) {
        side.text.insert_str(0, &keys);
    }
    change
}

/// The same for all values of a difference whose lines are shown.
pub(super) fn with_keys(mut entry: Entry) -> Entry {
    if entry.file != "nginx.conf" && entry.words.topic != Topic::Dynamic {
        entry.changes = entry.changes.into_iter().map(named).collect();
    }
    entry
}
