//! One request on one side, and what the log says of it.

use crate::access_log::Entry;
use crate::route::{Config, Decision, Followed, Looks, Request};

use super::answer::{End, Shown, fits, is_open};
use super::asked::{self, Usual};
use super::difference::{Difference, Kind, Reason};
use super::hosts::Hosts;
use super::judge::{Asked, Judge, Judged, Verdict};

/// Hosts that a request is tried with, where the log does not say which one it was.
const MOST_HOSTS: usize = 256;

/// A configuration, and a log of what ran.
#[derive(Debug)]
pub struct Drift<'c, 't> {
    config: &'c Config<'t>,
    hosts: Hosts,
    usual: Usual,
    known: Vec<String>,
}

/// What is found out about a request.
enum Found {
    /// It was answered as is declared, under one of the hosts that it can have had.
    Fits,
    /// It was not.
    Other(Box<(Difference, Option<Request>)>),
}

impl<'c, 't> Drift<'c, 't> {
    /// Of a configuration, for a log that tells some headers.
    #[must_use]
    pub fn new(config: &'c Config<'t>, usual: Usual, known: Vec<String>) -> Self {
        Self { config, hosts: Hosts::new(config), usual, known }
    }

    /// What is declared for an example.
    #[must_use]
    pub fn decision(&self, request: &Request) -> Decision {
        self.config.decide(request)
    }

    fn verdict(&self, entry: &Entry<'_>, looks: &mut Looks) -> Result<Found, Reason> {
        let sent = entry.sent.as_ref().ok_or(Reason::Request)?;
        let schemes = self.usual.is_tls(entry).map_or(vec![true, false], |is_tls| vec![is_tls]);
        let (hosts, is_whole): (Vec<&str>, bool) = match self.usual.host(entry) {
            Some(host) => (vec![host], true),
            None => match entry.upstream.as_deref() {
                None | Some("") => return Err(Reason::Host),
                Some(upstream) => match self.hosts.of(upstream) {
                    None => return Ok(self.undeclared(entry)),
                    Some(hosts) => {
                        let names = hosts.names.iter().chain(&hosts.examples).map(String::as_str);
                        (names.take(MOST_HOSTS).collect(), !hosts.is_unnamed && hosts.names.len() + hosts.examples.len() <= MOST_HOSTS)
                    }
                },
            },
        };
        let mut is_unknown = false;
        let mut first = None;
        for host in &hosts {
            for is_tls in &schemes {
                let request = asked::request(entry, sent, host, *is_tls);
                match self.tried_at_all_ports(&request, entry, looks) {
                    Ok(true) => return Ok(Found::Fits),
                    Ok(false) => {}
                    Err(reason) if reason == Reason::Client => return Err(reason),
                    Err(_) => is_unknown = true,
                }
                first.get_or_insert(request);
            }
        }
        if is_unknown {
            return Err(Reason::Unknown);
        }
        if !is_whole {
            return Err(Reason::Host);
        }
        let is_one = hosts.len() == 1;
        let declared = first.filter(|_| is_one).map(|request| (self.config.follow(&request), request));
        Ok(declared.map_or_else(|| self.undeclared(entry), |(way, request)| drifted(entry, way, request)))
    }

    /// Whether it is answered as the log says at the usual port, or where the log does not tell the port, at another.
    fn tried_at_all_ports(&self, request: &Request, entry: &Entry<'_>, looks: &mut Looks) -> Result<bool, Reason> {
        let usual = self.tried(request, entry, looks)?;
        let mut others = self.config.other_ports(request.is_tls).filter(|_| entry.port.is_none());
        Ok(usual || others.any(|port| self.tried(&Request { port: Some(port), ..request.clone() }, entry, looks) == Ok(true)))
    }

    /// Whether it is answered as the log says, in one of its ways.
    fn tried(&self, request: &Request, entry: &Entry<'_>, looks: &mut Looks) -> Result<bool, Reason> {
        let plain = self.config.follow(request);
        looks.add(&plain.looks);
        if fits(&plain, entry) {
            return Ok(true);
        }
        let ways = self.config.follow_all(request);
        ways.iter().for_each(|way| looks.add(&way.looks));
        if ways.iter().any(|way| fits(way, entry)) {
            return Ok(true);
        }
        if entry.client.is_none() && ways.iter().any(|way| way.looks.client) {
            return Err(Reason::Client);
        }
        if ways.iter().any(|way| is_open(&way.decision)) { Err(Reason::Unknown) } else { Ok(false) }
    }

    /// Nothing that is declared leads there for this path.
    fn undeclared(&self, entry: &Entry<'_>) -> Found {
        let nothing = Shown { route: None, ingress: None, end: End::Nothing, protections: Vec::new() };
        let difference = Difference { server: String::new(), kinds: vec![Kind::Backend], before: ran(entry), after: nothing };
        Found::Other(Box::new((difference, None)))
    }
}

fn ran(entry: &Entry<'_>) -> Shown {
    let end = match (entry.is_passed, entry.upstream.as_deref()) {
        (Some(false), _) => End::Unpassed(entry.status),
        (_, Some(upstream)) if !upstream.is_empty() => End::Backend(upstream.to_owned()),
        _ => End::Unpassed(entry.status),
    };
    let route = entry.upstream.as_deref().filter(|upstream| !upstream.is_empty()).map(str::to_owned);
    Shown { route, ingress: None, end, protections: Vec::new() }
}

fn drifted(entry: &Entry<'_>, way: Followed, request: Request) -> Found {
    let told = way.upstream.as_deref().map(|told| if told == "-" { "" } else { told });
    let is_same_upstream = told.is_none() || entry.upstream.is_none() || entry.upstream.as_deref() == told;
    let kinds = vec![if is_same_upstream { Kind::Status } else { Kind::Backend }];
    let server = way.decision.server.as_ref().map(|server| server.name.clone()).unwrap_or_default();
    let difference = Difference { server, kinds, before: ran(entry), after: Shown::of(&way.decision) };
    Found::Other(Box::new((difference, Some(request))))
}

impl Judge for Drift<'_, '_> {
    fn judge(&self, entry: &Entry<'_>) -> Judged {
        let mut looks = Looks::default();
        let (verdict, asked) = match self.verdict(entry, &mut looks) {
            Err(reason) => (Verdict::Skipped(reason), None),
            Ok(Found::Fits) => (Verdict::Same, None),
            Ok(Found::Other(other)) => (Verdict::Other(other.0.into()), other.1.as_ref().map(Asked::of)),
        };
        let assumes = looks.headers.iter().any(|name| !asked::is_given(&self.known, name));
        Judged { verdict, looks, assumes, asked }
    }

    fn rests_on_log(&self, _: &Entry<'_>) -> bool {
        true
    }
}
