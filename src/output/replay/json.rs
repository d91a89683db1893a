//! What a replay found, for scripts: schema 1. Fields are added without a new number.

use std::collections::BTreeMap;

use serde::Serialize;

use super::words::{because, detail, end, line, request};
use super::{Between, Group, Replayed, Side};
use crate::output::difference::json::Place;
use crate::output::json::print;
use crate::replay::{End, Kind, Reason, Shown};

const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    before: &'a str,
    after: &'a str,
    /// What ran is compared with a configuration, and not one configuration with another.
    drift: bool,
    equal: bool,
    counts: Counts,
    /// The first lines that could not be read.
    unread: Vec<String>,
    notes: &'a [String],
    groups: Vec<Shared<'a>>,
}

#[derive(Serialize)]
struct Counts {
    lines: usize,
    requests: usize,
    compared: usize,
    same: usize,
    different: usize,
    not_compared: BTreeMap<&'static str, usize>,
    /// Compared requests that came by a place which looks at headers that the log does not tell.
    headers_assumed: usize,
    streams: usize,
    of_programs: usize,
    unread: usize,
    unclear: usize,
}

#[derive(Serialize)]
struct Shared<'a> {
    requests: usize,
    kinds: Vec<&'static str>,
    host: &'a str,
    before: OneSide<'a>,
    after: OneSide<'a>,
    example: Example,
}

#[derive(Serialize)]
struct OneSide<'a> {
    route: Option<&'a str>,
    ingress: Option<&'a str>,
    backend: Option<&'a str>,
    status: Option<u16>,
    is_redirect: bool,
    what: String,
    protections: &'a [String],
    /// What it does with the example, beyond that.
    detail: Option<String>,
    because: Vec<Because<'a>>,
}

#[derive(Serialize)]
struct Because<'a> {
    location: Option<Place<'a>>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct Example {
    request: String,
    line: String,
}

/// The document.
///
/// # Errors
/// Where a value cannot be written, which none of these is.
pub fn json(replayed: &Replayed<'_>) -> serde_json::Result<String> {
    let tally = replayed.tally;
    let skipped = Reason::ALL.into_iter().map(|reason| (reason.name(), tally.skipped.get(&reason).copied().unwrap_or_default()));
    let counts = Counts {
        lines: tally.lines,
        requests: tally.requests,
        compared: tally.compared(),
        same: tally.same,
        different: tally.other,
        not_compared: skipped.collect(),
        headers_assumed: tally.assumed,
        streams: tally.streams,
        of_programs: tally.of_programs,
        unread: tally.unread,
        unclear: tally.unclear,
    };
    print(&Document {
        schema: SCHEMA,
        before: &replayed.before,
        after: &replayed.after,
        drift: replayed.between != Between::BaseAndHead,
        equal: tally.other == 0,
        counts,
        unread: tally.first_unread.iter().map(|place| line(replayed, *place)).collect(),
        notes: &replayed.notes,
        groups: replayed.groups.iter().map(|group| shared(group, replayed)).collect(),
    })
}

fn shared<'a>(group: &'a Group<'_>, replayed: &Replayed<'_>) -> Shared<'a> {
    let difference = &group.difference;
    let [before, after] = &group.sides;
    Shared {
        requests: group.count,
        kinds: difference.kinds.iter().map(|kind: &Kind| kind.name()).collect(),
        host: &difference.server,
        before: one_side(&difference.before, before.as_ref(), group, replayed),
        after: one_side(&difference.after, after.as_ref(), group, replayed),
        example: Example { request: request(group, replayed), line: line(replayed, group.example.place) },
    }
}

fn one_side<'a>(shown: &'a Shown, side: Option<&'a Side>, group: &'a Group<'_>, replayed: &Replayed<'_>) -> OneSide<'a> {
    let (backend, status) = match &shown.end {
        End::Backend(whom) => (Some(whom.as_str()), None),
        End::Status(status) | End::Redirect(status) => (None, Some(*status)),
        End::Unpassed(status) => (None, *status),
        End::Closed | End::Nothing => (None, None),
    };
    let places = side.map(|side| because(side, &group.difference)).unwrap_or_default();
    OneSide {
        route: shown.route.as_deref(),
        ingress: shown.ingress.as_deref(),
        backend,
        status,
        is_redirect: matches!(shown.end, End::Redirect(_)),
        what: end(shown),
        protections: &shown.protections,
        detail: side.and_then(|side| detail(side, group, replayed)),
        because: places
            .into_iter()
            .map(|place| Because { location: place.spot.as_ref().map(Place::new), message: place.why.as_deref() })
            .collect(),
    }
}
