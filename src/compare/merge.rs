//! Several differences of one cause are one difference to a person.

use hashbrown::{HashMap, HashSet};

use super::entry::{Because, Caused, Entry};
use super::follow::{named, with_certificates, with_counters, with_keys, with_names, with_paths, with_routes, with_upstreams};
use crate::diagnostic::{Cause, ObjectRef};
use crate::diff::Kind;
use crate::diff::words::{self, Topic, Words};

/// Of more paths and values that one edit changes, only these are told.
const MOST_TOLD: usize = 4;

/// What differences have in common that have one cause.
pub(super) fn id_of(cause: &Cause) -> String {
    format!("{} {:?}", cause.subject, cause.object)
}

/// The same for a location: whose it is and where it leads is one thing, and so are the two locations of one path.
pub(super) fn id_of_path(object: Option<&ObjectRef>, host: Option<&str>, path: Option<&str>) -> String {
    format!("{object:?} {host:?} {path:?}")
}

/// The same where some names are missing. Whose they would be stands behind a bar, where that is known.
pub(super) fn id_of_absent(names: &[&str], object: Option<&ObjectRef>) -> String {
    let owner = object.map(|object| format!("{}/{}", object.namespace, object.name)).unwrap_or_default();
    format!("{names:?}|{owner}")
}

/// Joins what one edit made. Hosts and paths that come and go are told one by one.
pub(super) fn by_edit(entries: Vec<Caused>) -> Vec<Entry> {
    let entries = with_routes(entries);
    let mut joined: Vec<Vec<Entry>> = Vec::new();
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut others = Vec::new();
    // A path that is matched otherwise can take fewer locations than before.
    let kept: HashSet<_> =
        entries.iter().filter(|(entry, _)| is_kept(entry)).filter_map(|(entry, edit)| Some((edit.clone()?, place(entry)?))).collect();
    let (blamed, unknown): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(_, edit)| edit.is_some());
    let unknown = by_words(unknown.into_iter().map(|(entry, _)| entry).collect());
    for (entry, edit) in blamed {
        let place = comes_or_goes(&entry).filter(|place| edit.as_ref().is_none_or(|edit| !kept.contains(&(edit.clone(), place.clone()))));
        match (edit, place) {
            (None, _) => {}
            (Some(edit), None) => others.push((edit, entry)),
            (Some(edit), Some(place)) => match places.get(&(edit.clone(), place.clone())) {
                Some(at) => joined[*at].push(entry),
                None => {
                    first.entry(edit.clone()).or_insert(joined.len());
                    places.insert((edit, place), joined.len());
                    joined.push(vec![entry]);
                }
            },
        }
    }
    let owned: HashSet<String> =
        others.iter().map(|(edit, _)| edit).chain(first.keys()).filter(|edit| !edit.ends_with('|')).cloned().collect();
    for (edit, entry) in others {
        // What is nobody's own is of the only one that has a part in it.
        let mut owners = owned.iter().filter(|owned| edit.ends_with('|') && owned.starts_with(&edit));
        let edit = match (owners.next(), owners.next()) {
            (Some(only), None) => only.clone(),
            _ => edit,
        };
        let of_host = entry.changes.first().filter(|_| entry.file == "certificates.json").and_then(|change| change.path.first());
        let known = of_host.and_then(|host| places.get(&(edit.clone(), format!("{host} ")))).copied();
        if let Some(at) = known {
            joined[at].push(entry);
            continue;
        }
        let at = *first.entry(edit).or_insert_with(|| {
            joined.push(Vec::new());
            joined.len() - 1
        });
        joined[at].push(entry);
    }
    let entries = with_counters(unknown.into_iter().chain(joined.into_iter().filter_map(join)).collect());
    with_names(with_certificates(with_upstreams(with_paths(entries)))).into_iter().map(with_keys).collect()
}

/// Whether a path is there on both sides, and matched otherwise.
fn is_kept(entry: &Entry) -> bool {
    entry.changes.first().is_some_and(|change| change.kind == Kind::Changed && change.is_block())
}

/// The host and path that come or go.
fn comes_or_goes(entry: &Entry) -> Option<String> {
    let change = entry.changes.first().filter(|change| change.is_block() && matches!(change.kind, Kind::Added | Kind::Removed))?;
    let target = change.place.after.as_ref().or(change.place.before.as_ref());
    // Locations of the controller's own come with something else.
    let is_path = change.name.starts_with("location ") && target.is_some_and(|target| !target.ingress.is_empty());
    if is_path || change.name.starts_with("server ") { place(entry) } else { None }
}

fn place(entry: &Entry) -> Option<String> {
    let place = &entry.changes.first()?.place;
    Some(format!("{} {}", place.host.as_deref()?, place.path().unwrap_or_default()))
}

/// One difference of several: a host or path that comes or goes says what it is about, else what matters most, the worst verdict
/// first; the lines of all are its lines.
fn join(mut entries: Vec<Entry>) -> Option<Entry> {
    let is_matched_otherwise = entries.iter().any(is_kept);
    let matters = |entry: &Entry| {
        let is_own = entry.changes.first().is_some_and(words::is_own);
        (is_matched_otherwise || comes_or_goes(entry).is_none(), entry.words.topic, is_own, entry.words.fate.is_none(), entry.words.fate)
    };
    let most = entries.iter().enumerate().min_by_key(|(at, entry)| (matters(entry), *at)).map(|(at, _)| at)?;
    let mut entry = entries.remove(most);
    // Each path that is matched otherwise is told, as it may be of somebody else, each protection, and each value that Lua gets, as no
    // line shows it.
    let is_told = |other: &Entry| {
        let is_same = entry.words.topic == other.words.topic;
        (is_kept(&entry) && is_kept(other)) || (is_same && matches!(entry.words.topic, Topic::Protection | Topic::Dynamic))
    };
    let mut told = vec![entry.words.message.clone()];
    for other in entries.iter().filter(|other| is_told(other)) {
        let verdict = other.words.fate.filter(|fate| Some(*fate) != entry.words.fate).map(|fate| format!("{}: ", fate.name()));
        let message = format!("{}{}", verdict.unwrap_or_default(), other.words.message);
        if told.len() < MOST_TOLD && !told.contains(&message) {
            told.push(message);
        }
    }
    let is_alike =
        |other: &Entry| (other.words.topic, other.words.fate, &other.words.message) == (entry.words.topic, entry.words.fate, &told[0]);
    let (alike, others): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_alike);
    entry.about = entry.changes.len() + alike.iter().map(|other| other.changes.len()).sum::<usize>();
    entry.words.message = told.join("; ");
    for other in alike.into_iter().chain(others) {
        let is_data = other.file != "nginx.conf" && entry.file != other.file;
        entry.changes.extend(other.changes.into_iter().map(|change| if is_data { named(change) } else { change }));
    }
    Some(entry)
}

/// What one line of a manifest does is one difference, however many routes it reaches.
fn by_words(entries: Vec<Entry>) -> Vec<Entry> {
    let mut joined: Vec<Entry> = Vec::new();
    let mut known: HashMap<Blame, usize> = HashMap::new();
    for entry in entries {
        let Some(cause) = cause(&entry) else {
            joined.push(entry);
            continue;
        };
        match known.get(&cause) {
            Some(&at) => {
                joined[at].about += entry.changes.len();
                joined[at].changes.extend(entry.changes);
            }
            None => {
                known.insert(cause, joined.len());
                joined.push(entry);
            }
        }
    }
    joined
}

/// What became of a protection, and why; or where, if nobody knows why.
type Blame = (Words, Vec<String>);

fn cause(entry: &Entry) -> Option<Blame> {
    if comes_or_goes(entry).is_some() {
        return None;
    }
    let because = [&entry.because_before, &entry.because_after].into_iter().flatten();
    let mut causes: Vec<String> = because.filter(|because| because.spot.is_some()).map(Because::line).collect();
    if causes.is_empty() {
        entry.words.fate?;
        let place = &entry.changes.first()?.place;
        causes = vec![place.host.as_deref()?.to_owned(), place.path()?.to_owned()];
    }
    Some((entry.words.clone(), causes))
}
