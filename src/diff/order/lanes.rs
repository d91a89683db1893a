//! From the directives of a block to groups of those that have an order among themselves.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::table::{By, Context, MOST_MEMBERS, ROWS, find};
use super::{Level, Pair, networks, servers};
use crate::conf::{Arg, Directive};

/// Groups by the number of their row and what their members have in common.
type Lanes<'a> = BTreeMap<(usize, Cow<'a, str>), Vec<Pair>>;

/// All groups of at least two, each with the number of its row, in the order of the first side.
pub(super) fn of(level: &Level<'_, '_>, pairs: &[Pair]) -> Vec<(usize, Vec<Pair>)> {
    let context = Context::of(level.around.map(|(declared, _)| declared));
    let mut rows: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
    for pair in pairs {
        if let Some(row) = find(context, level.declared[pair.declared]) {
            rows.entry(row).or_default().push(*pair);
        }
    }
    let mut lanes = Lanes::new();
    let mut includes: Vec<Pair> = Vec::new();
    for (row, members) in rows {
        if ROWS[row].by == By::Include {
            includes.clone_from(&members);
        }
        add_row(&mut lanes, row, &members, level);
    }
    join_includes(&mut lanes, &includes, pairs);
    lanes.into_iter().filter(|(_, lane)| lane.len() > 1).map(|((row, _), lane)| (row, lane)).collect()
}

fn add_row<'a>(lanes: &mut Lanes<'a>, row: usize, members: &[Pair], level: &Level<'_, 'a>) {
    let directives: Vec<Directive<'a>> = members.iter().map(|pair| level.declared[pair.declared]).collect();
    let Some(keys) = keys(ROWS[row].by, &directives, level) else {
        lanes.insert((row, Cow::Borrowed("")), members.to_vec());
        return;
    };
    for (pair, keys) in members.iter().zip(keys) {
        for key in keys {
            let lane = lanes.entry((row, key)).or_default();
            if lane.last() != Some(pair) {
                lane.push(*pair);
            }
        }
    }
}

/// What a file holds that is included can stand in an order with anything around it.
fn join_includes(lanes: &mut Lanes<'_>, includes: &[Pair], pairs: &[Pair]) {
    if includes.is_empty() {
        return;
    }
    if lanes.len().saturating_mul(includes.len()) > MOST_MEMBERS {
        lanes.insert((0, Cow::Borrowed("")), pairs.to_vec());
        return;
    }
    for lane in lanes.values_mut() {
        lane.extend_from_slice(includes);
        lane.sort_unstable();
        lane.dedup();
    }
}

/// The groups of each directive of a row; none where all of them are one.
fn keys<'a>(by: By, directives: &[Directive<'a>], level: &Level<'_, 'a>) -> Option<Vec<Vec<Cow<'a, str>>>> {
    let each = |keys: &dyn Fn(Directive<'a>) -> Vec<Cow<'a, str>>| Some(directives.iter().map(|directive| keys(*directive)).collect());
    let lowered = |arg: Arg<'a>| Cow::Owned(arg.value().to_ascii_lowercase());
    match by {
        By::All | By::Runs | By::RegexLocations | By::Include => None,
        By::First => each(&|directive| directive.args().take(1).map(Arg::value).collect()),
        By::FirstOfAnyCase => each(&|directive| directive.args().take(1).map(lowered).collect()),
        By::Last => each(&|directive| directive.args().next_back().map(Arg::value).into_iter().collect()),
        // The target is the last argument; `=200` and the like say what is answered.
        By::Statuses => each(&|directive| {
            let count = directive.args().len().saturating_sub(1);
            directive.args().take(count).map(Arg::value).filter(|status| !status.starts_with('=')).collect()
        }),
        By::Endings => each(&|directive| directive.args().map(lowered).collect()),
        By::Headers => headers(directives, MOST_MEMBERS),
        By::Variables => Some(variables(directives)),
        By::MapLines => Some(map_lines(directives)),
        By::Networks => Some(networks::keys(directives, level)),
        By::Servers => servers::keys(directives),
        By::CountedServers if counts_servers(level) => None,
        By::CountedServers => each(&|_| Vec::new()),
    }
}

/// The headers that each directive is about; one with `*` at its end is about all that begin so. None: they are more than `most`.
fn headers<'a>(directives: &[Directive<'a>], most: usize) -> Option<Vec<Vec<Cow<'a, str>>>> {
    let named: Vec<Vec<String>> = directives.iter().map(|directive| headers_of(*directive)).collect();
    let plain: BTreeSet<&str> = named.iter().flatten().filter(|name| !name.ends_with('*')).map(String::as_str).collect();
    let mut members = 0usize;
    let mut keys: Vec<Vec<Cow<'a, str>>> = Vec::with_capacity(named.len());
    for names in &named {
        let mut own: Vec<Cow<'a, str>> = Vec::new();
        for name in names {
            match name.strip_suffix('*') {
                Some(start) => {
                    let fitting = plain.range(start..).take_while(|name| name.starts_with(start));
                    own.extend(fitting.map(|name| Cow::Owned((*name).to_owned())));
                }
                None => own.push(Cow::Owned(name.clone())),
            }
            if members + own.len() > most {
                return None;
            }
        }
        members += own.len();
        keys.push(own);
    }
    Some(keys)
}

/// The names of headers in the arguments of a directive of headers-more, in small letters.
fn headers_of(directive: Directive<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut args = directive.args().map(Arg::value);
    while let Some(arg) = args.next() {
        match &*arg {
            // Which statuses and types of content it is for.
            "-s" | "-t" => {
                args.next();
            }
            option if option.starts_with('-') => {}
            header => names.push(header.split(':').next().unwrap_or_default().trim().to_ascii_lowercase()),
        }
    }
    names
}

/// The variable that each directive sets, and those of them that it reads.
fn variables<'a>(directives: &[Directive<'a>]) -> Vec<Vec<Cow<'a, str>>> {
    let name = |directive: &Directive<'a>| Some(directive.args().next()?.value().trim_start_matches('$').to_ascii_lowercase());
    let set: BTreeSet<String> = directives.iter().filter_map(name).collect();
    let read = |directive: &Directive<'a>| {
        let value = directive.args().nth(1).map(Arg::value).unwrap_or_default();
        let names = value.split('$').skip(1).map(|rest| {
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            rest[..end].to_ascii_lowercase()
        });
        names.filter(|name| set.contains(name)).collect::<Vec<_>>()
    };
    directives.iter().map(|directive| name(directive).into_iter().chain(read(directive)).map(Cow::Owned).collect()).collect()
}

/// Regular expressions are tried in their order; `hostnames` gives a meaning to wildcards that stand behind it.
fn map_lines<'a>(directives: &[Directive<'a>]) -> Vec<Vec<Cow<'a, str>>> {
    const REGEX: &str = "~";
    let is_wild = |key: &str| key.starts_with('.') || key.starts_with("*.") || key.ends_with(".*");
    let wild = || directives.iter().map(|line| line.name()).filter(|key| is_wild(key));
    let keys = |line: &Directive<'a>| match &*line.name() {
        "hostnames" if line.args().len() == 0 => wild().collect(),
        "include" => wild().chain([Cow::Borrowed(REGEX)]).collect(),
        key if key.starts_with('~') => vec![Cow::Borrowed(REGEX)],
        key if is_wild(key) => vec![line.name()],
        _ => Vec::new(),
    };
    directives.iter().map(keys).collect()
}

/// Whether the choice among the servers of an upstream depends on their order beyond chance.
fn counts_servers(level: &Level<'_, '_>) -> bool {
    let counts = |directive: &Directive<'_>| match &*directive.name() {
        "ip_hash" => true,
        "hash" => directive.args().all(|arg| arg.value() != "consistent"),
        _ => false,
    };
    level.declared.iter().chain(level.live).any(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;
    use crate::source::FileId;

    #[test]
    fn all_members_together_are_counted() {
        let text = "more_clear_headers X-A X-B; more_clear_headers 'X-*'; more_clear_headers 'x-*';";
        let tree = conf::parse(FileId(0), text).value;
        let directives: Vec<_> = tree.directives().collect();
        let groups = headers(&directives, 6).expect("there are six");
        assert_eq!(groups, [["x-a", "x-b"], ["x-a", "x-b"], ["x-a", "x-b"]]);
        assert!(headers(&directives, 5).is_none());
    }

    #[test]
    fn variables_stay_in_order_with_those_that_they_are_made_of() {
        let text = "set $a 1; set $B $a; set $c x${b}-$nowhere; set $d $c$a; set;";
        let tree = conf::parse(FileId(0), text).value;
        let groups = variables(&tree.directives().collect::<Vec<_>>());
        assert_eq!(groups, [vec!["a"], vec!["b", "a"], vec!["c", "b"], vec!["d", "c", "a"], vec![]]);
    }
}
