//! Two sides that are made of manifests, some hosts at a time: many hosts are never written and read all at once.

use std::collections::BTreeSet;

use hashbrown::{HashMap, HashSet};
use rayon::iter::Either;
use rayon::prelude::*;

use crate::compile::{Declared, Lua};
use crate::conf;
use crate::diff::{self, Beside, Groups, Part, Report};
use crate::emit::ByHost;
use crate::source::Span;

/// Hosts of both sides that are looked at together: those of the first side and of the second, by their places.
type Hosts = [Vec<usize>; 2];

/// The differences between two sides with many hosts; none where they have few, which are read faster at once.
pub(super) fn compare(before: &Declared, after: &Declared) -> Option<Report> {
    let Cut { sides, known, all } = Cut::of([before, after])?;
    let beside = Beside { certificates: [before, after].map(|side| side.lua(Lua::Certificates)) };
    let parts: Vec<Part> = all.par_iter().filter_map(|hosts| part(hosts, &sides, &known, beside)).collect();
    Some(diff::join(parts))
}

/// Both sides, cut into hosts that are looked at together.
struct Cut<'a> {
    sides: [ByHost<'a>; 2],
    /// The names of each host.
    known: [Vec<Vec<String>>; 2],
    all: Vec<Hosts>,
}

impl<'a> Cut<'a> {
    /// None where there are few hosts.
    fn of(sides: [&'a Declared; 2]) -> Option<Self> {
        if !ByHost::is_worth(sides.map(|side| &side.proxy)) {
            return None;
        }
        let sides = sides.map(Declared::by_host);
        let least = sides[0].least().max(sides[1].least());
        let known = [0, 1].map(|side| sides[side].names().collect::<Vec<_>>());
        let all = in_groups(&together(&known), &sides, least);
        (all.len() > 1).then_some(Self { sides, known, all })
    }
}

/// Two configurations without hosts that both have in the same words.
#[derive(Debug)]
pub struct Rest {
    /// The texts of both.
    pub texts: [String; 2],
    /// The names of the hosts that are left out.
    pub same: BTreeSet<String>,
    /// In what is left, somebody else than the controller may have written something.
    pub has_snippets: bool,
}

/// What there is of two sides beside hosts that are the same: of these, all names and the text are alike for whoever asks. None where
/// there are few hosts, or none is the same.
#[must_use]
pub fn rest(
    sides: [&Declared; 2],
    is_name_alike: &(dyn Fn(&str) -> bool + Sync),
    is_text_alike: &(dyn Fn(&str) -> bool + Sync),
) -> Option<Rest> {
    let Cut { sides, known, all } = Cut::of(sides)?;
    let is_known = |side: usize, host: &usize| sides[side].is_plain(*host) && known[side][*host].iter().all(|name| is_name_alike(name));
    let are_same = |hosts: &Hosts| {
        let [base, head] = [0, 1].map(|side| sides[side].told(&hosts[side]));
        base.value == head.value && base.diagnostics.is_empty() && is_text_alike(&base.value)
    };
    let (same, unlike): (Vec<_>, Vec<_>) = all.into_par_iter().partition_map(|hosts| match are_same(&hosts) {
        true => Either::Left(hosts),
        false => Either::Right(hosts),
    });
    let mut kept: Hosts = [0, 1].map(|side| unlike.iter().flat_map(|hosts| &hosts[side]).copied().collect());
    let mut names = BTreeSet::new();
    for hosts in same {
        for side in [0, 1] {
            for host in &hosts[side] {
                match is_known(side, host) {
                    true => names.extend(known[side][*host].iter().cloned()),
                    false => kept[side].push(*host),
                }
            }
        }
    }
    kept.iter_mut().for_each(|kept| kept.sort_unstable());
    let has_snippets = [0, 1].into_iter().any(|side| kept[side].iter().any(|host| !sides[side].is_plain(*host)));
    (!names.is_empty()).then(|| Rest { texts: [0, 1].map(|side| sides[side].text(&kept[side])), same: names, has_snippets })
}

/// What differs in some hosts; none where nothing does.
fn part(hosts: &Hosts, sides: &[ByHost<'_>; 2], known: &[Vec<Vec<String>>; 2], beside: Beside<'_>) -> Option<Part> {
    let names = |side: usize| hosts[side].iter().flat_map(move |at| &known[side][*at]).map(String::as_str);
    let own: [HashSet<&str>; 2] = [names(0).collect(), names(1).collect()];
    // Who has a host alone loses it to the host of a name with a star, wherever that is.
    let wide = [0, 1].map(|side| above(&own[1 - side], &own[side], &sides[side], &known[side]));
    let [before, after] = [0, 1].map(|side| {
        let mut written: Vec<usize> = hosts[side].iter().chain(&wide[side]).copied().collect();
        written.sort_unstable();
        written.dedup();
        sides[side].text(&written)
    });
    if before == after {
        return None;
    }
    let [before, after] = [&before, &after].map(|text| conf::parse(Span::NOWHERE.file, text).value);
    Some(diff::compare_part(&after, &before, names(0).chain(names(1)).collect(), beside))
}

/// The hosts of a side that may answer for hosts which only the other side has: those with a star above them, and expressions.
fn above(others: &HashSet<&str>, own: &HashSet<&str>, side: &ByHost<'_>, known: &[Vec<String>]) -> Vec<usize> {
    let alone: Vec<&str> = others.difference(own).copied().collect();
    let domains: HashSet<&str> = alone.iter().flat_map(|name| name.match_indices('.').map(|(at, _)| &name[at..])).collect();
    let is_above = |at: &usize| match side.domain(*at) {
        Some(domain) => domains.contains(domain),
        None => known[*at].iter().any(|name| name.starts_with('~')),
    };
    if alone.is_empty() { Vec::new() } else { (0..known.len()).filter(is_above).collect() }
}

/// Hosts that share a name, on one side or on both, in the order of their names.
fn together(known: &[Vec<Vec<String>>; 2]) -> Vec<Hosts> {
    let mut groups = Groups::of(known[0].len() + known[1].len());
    let mut owners: HashMap<&str, usize> = HashMap::new();
    let of_side = |side: usize| known[side].iter().enumerate().map(move |(at, names)| (at + side * known[0].len(), names));
    for (number, names) in of_side(0).chain(of_side(1)) {
        for name in names {
            let first = *owners.entry(name).or_insert(number);
            groups.join(first, number);
        }
    }
    let mut order: Vec<(&str, usize)> =
        of_side(0).chain(of_side(1)).map(|(number, names)| (names.first().map_or("", String::as_str), number)).collect();
    order.sort_unstable();
    let (mut places, mut all): (HashMap<usize, usize>, Vec<Hosts>) = (HashMap::new(), Vec::new());
    for (_, number) in order {
        let place = *places.entry(groups.root(number)).or_insert_with(|| {
            all.push(Hosts::default());
            all.len() - 1
        });
        let side = usize::from(number >= known[0].len());
        all[place][side].push(number - side * known[0].len());
    }
    all
}

/// As many of them at once as are worth it.
fn in_groups(all: &[Hosts], sides: &[ByHost<'_>; 2], least: usize) -> Vec<Hosts> {
    let mut groups = vec![Hosts::default()];
    let mut size = 0;
    for hosts in all {
        if size >= least {
            groups.push(Hosts::default());
            size = 0;
        }
        let Some(group) = groups.last_mut() else { continue };
        for side in [0, 1] {
            group[side].extend(&hosts[side]);
            size += hosts[side].iter().map(|at| sides[side].size(*at)).sum::<usize>();
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::compile::{Circumstances, Input};
    use crate::diff::Change;
    use crate::lower::{Controller, Environment};
    use crate::manifest;
    use crate::source::SourceMap;

    const PREFIX: &str = "nginx.ingress.kubernetes.io";

    fn declared(settings: &str, hosts: &[(String, String)]) -> Declared {
        let mut text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: d}}\nspec: {{ports: [{{port: 80}}]}}\n---
apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: i}}\ndata: {{{settings}}}\n"
        );
        for (at, (host, annotations)) in hosts.iter().enumerate() {
            let _ = writeln!(
                text,
                "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i{at}, namespace: d, annotations: {{{annotations}}}}}
spec: {{ingressClassName: nginx, rules: [{{host: '{host}', http: {{paths: [{{path: /, pathType: Prefix, \
backend: {{service: {{name: s, port: {{number: 80}}}}}}}}]}}}}]}}"
            );
        }
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        let read = manifest::load(&mut sources);
        assert_eq!(read.diagnostics, vec![]);
        let flags = Flags::parse(LATEST, [("--configmap=i/c", None)]).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        let input = Input { sources, cluster: read.value, controller, guess: None, findings: Vec::new() };
        Declared::new(input, &Circumstances { keep_environment: true, ..Circumstances::default() }).expect("there are random numbers")
    }

    /// Hosts below two wildcards, with protections.
    fn hosts() -> Vec<(String, String)> {
        let asked = [
            String::new(),
            format!("{PREFIX}/allowlist-source-range: '10.0.0.0/8'"),
            format!("{PREFIX}/auth-url: 'http://auth.example.com/check'"),
            format!("{PREFIX}/limit-rps: '5'"),
            format!("{PREFIX}/from-to-www-redirect: 'true'"),
        ];
        let host = |at: usize| (format!("h{at:03}.{}.example.com", at % 2), asked[at % asked.len()].clone());
        let wild = [0, 1].map(|at| (format!("*.{at}.example.com"), asked[3 * at].clone()));
        (0..320).map(host).chain(wild).collect()
    }

    /// The changes, and what is said of protections, whatever their order.
    fn told(report: &Report) -> (Vec<String>, Vec<String>) {
        let line = |change: &Change| {
            let text = |side: &Option<diff::Side>| side.as_ref().map(|side| side.text.clone());
            format!("{:?} {:?} {:?} {:?} {:?}", change.path, change.kind, text(&change.before), text(&change.after), change.place)
        };
        let mut changes: Vec<String> = report.changes.iter().map(line).collect();
        let mut judged: Vec<String> = report
            .judged
            .iter()
            .map(|judged| {
                let mut lines: Vec<String> = judged.changes.iter().map(|at| line(&report.changes[*at])).collect();
                lines.sort_unstable();
                format!("{:?} {} {lines:#?}", judged.verdict, judged.message)
            })
            .collect();
        changes.sort_unstable();
        judged.sort_unstable();
        (changes, judged)
    }

    fn are_the_same(before: &Declared, after: &Declared) {
        let parts = compare(before, after).expect("there are many hosts");
        let beside = Beside { certificates: [before, after].map(|side| side.lua(Lua::Certificates)) };
        let (new, old) = (after.tree(), before.tree());
        let whole = diff::compare_beside(&new, &old, beside);
        assert!(!whole.changes.is_empty() && !whole.judged.is_empty());
        let ((changes, judged), (expected, expected_judged)) = (told(&parts), told(&whole));
        for (found, expected) in [(&changes, &expected), (&judged, &expected_judged)] {
            // All of them would be pages of text.
            let first = found.iter().zip(expected).find(|(found, expected)| found != expected);
            assert_eq!((found.len(), first.map(|first| first.0)), (expected.len(), first.map(|first| first.1)));
        }
    }

    #[test]
    fn many_hosts_are_compared_as_few_are() {
        let before = declared("", &hosts());
        let mut changed = hosts();
        // Hosts that go leave their requests to the wildcard; others come, get and lose protections, and take each other's names.
        changed.drain(100..140);
        for at in (0..250).step_by(7) {
            changed[at].1 = format!("{PREFIX}/allowlist-source-range: '10.0.0.0/8,192.0.2.0/24'");
        }
        changed[200].1 = format!("{PREFIX}/server-alias: 'new.example.com, ~^x[0-9]+$'");
        (changed[260].0, changed[260].1) = (String::from("aaa.example.com"), format!("{PREFIX}/server-alias: '{}'", changed[260].0));
        changed.push((String::from("zzz.1.example.com"), String::new()));
        are_the_same(&before, &declared("", &changed));
        are_the_same(&declared("", &changed), &before);
        // What is around all hosts is one difference, whatever it does to each.
        let around = declared("denylist-source-range: 192.0.2.0/24, ssl-protocols: TLSv1.2, proxy-set-headers: d/none", &changed);
        are_the_same(&before, &around);
        let headers = declared("limit-req-status-code: '429', limit-rate: '5', proxy-body-size: 2m", &hosts());
        are_the_same(&before, &headers);
    }
}
