//! One request on two sides.

use crate::access_log::{Entry, Sent};
use crate::route::{Config, Decision, End, Followed, Looks, Request};

use super::answer::{self, Shown, fits, is_open};
use super::asked::{self, Usual};
use super::difference::{Difference, Kind, Reason};
use super::hosts::Hosts;
use super::judge::{Asked, Judge, Judged, Verdict};

/// Hosts that a request is tried with, where the log does not say which one it was.
const MOST_HOSTS: usize = 32;

/// Two sides.
#[derive(Debug)]
pub struct Comparison<'c, 't> {
    base: &'c Config<'t>,
    head: &'c Config<'t>,
    hosts: Hosts,
    usual: Usual,
    /// Headers that the log tells.
    known: Vec<String>,
}

impl<'c, 't> Comparison<'c, 't> {
    /// Of two configurations, for a log that tells some headers.
    #[must_use]
    pub fn new(base: &'c Config<'t>, head: &'c Config<'t>, usual: Usual, known: Vec<String>) -> Self {
        Self { base, head, hosts: Hosts::new(base), usual, known }
    }

    /// What both sides do with an example.
    #[must_use]
    pub fn decisions(&self, request: &Request) -> [Decision; 2] {
        [self.base.decide(request), self.head.decide(request)]
    }

    /// A request for each host and scheme that it can have had.
    fn requests(&self, entry: &Entry<'_>, sent: &Sent<'_>) -> Result<Vec<Request>, Reason> {
        let schemes = self.usual.is_tls(entry).map_or(vec![true, false], |is_tls| vec![is_tls]);
        let hosts = match self.usual.host(entry) {
            Some(host) => vec![host],
            None => {
                let upstream = entry.upstream.as_deref().unwrap_or_default();
                let hosts = self.hosts.of(upstream).ok_or(if upstream.is_empty() { Reason::Host } else { Reason::Unexplained })?;
                if hosts.is_open || hosts.names.len() > MOST_HOSTS {
                    return Err(Reason::Host);
                }
                hosts.names.iter().map(String::as_str).collect()
            }
        };
        let pairs = hosts.iter().flat_map(|host| schemes.iter().map(move |is_tls| (*host, *is_tls)));
        Ok(pairs.map(|(host, is_tls)| asked::request(entry, sent, host, is_tls)).collect())
    }

    fn compare(&self, request: &Request, entry: &Entry<'_>, looks: &mut Looks) -> (Followed, Result<Option<Difference>, Reason>) {
        let (base, head) = (self.base.follow(request), self.head.follow(request));
        looks.add(&base.looks);
        looks.add(&head.looks);
        let found = match () {
            () if entry.client.is_none() && (base.looks.client || head.looks.client) => Err(Reason::Client),
            () if is_open(&base.decision) || is_open(&head.decision) => Err(Reason::Unknown),
            () if base.looks.guesses || head.looks.guesses => self.in_all_ways(request, looks),
            () => Ok(difference(&base.decision, &head.decision)),
        };
        (base, found)
    }

    /// Where something is taken for granted, all ways must be the same.
    fn in_all_ways(&self, request: &Request, looks: &mut Looks) -> Result<Option<Difference>, Reason> {
        let (base, head) = (self.base.follow_all(request), self.head.follow_all(request));
        base.iter().chain(&head).for_each(|way| looks.add(&way.looks));
        let is_same = base.len() == head.len()
            && base.iter().zip(&head).all(|(base, head)| {
                let are_known = !is_open(&base.decision) && !is_open(&head.decision);
                are_known && base.decision.when == head.decision.when && difference(&base.decision, &head.decision).is_none()
            });
        if is_same { Ok(None) } else { Err(Reason::Unknown) }
    }

    fn verdict(&self, entry: &Entry<'_>, looks: &mut Looks) -> Result<Option<(Difference, Request)>, Reason> {
        let sent = entry.sent.as_ref().ok_or(Reason::Request)?;
        let requests = self.requests(entry, sent)?;
        let is_known = requests.len() == 1;
        let mut found: Vec<(Result<Option<Difference>, Reason>, Request)> = Vec::new();
        for request in requests {
            let (base, verdict) = self.compare(&request, entry, looks);
            // What the log says tells which of the possible requests it can have been.
            let fits = is_known || fits(&base, entry) || {
                let ways = self.base.follow_all(&request);
                ways.iter().for_each(|way| looks.add(&way.looks));
                ways.iter().any(|way| fits(way, entry))
            };
            if fits && !found.iter().any(|(known, _)| *known == verdict) {
                found.push((verdict, request));
            }
        }
        if found.len() > 1 {
            let one = found.iter().all(|(_, request)| request.host == found[0].1.host);
            return Err(if one { Reason::Scheme } else { Reason::Host });
        }
        let (verdict, request) = found.pop().ok_or(Reason::Unexplained)?;
        Ok(verdict?.map(|difference| (difference, request)))
    }
}

impl Judge for Comparison<'_, '_> {
    fn judge(&self, entry: &Entry<'_>) -> Judged {
        let mut looks = Looks::default();
        let (verdict, asked) = match self.verdict(entry, &mut looks) {
            Err(reason) => (Verdict::Skipped(reason), None),
            Ok(None) => (Verdict::Same, None),
            Ok(Some((difference, request))) => (Verdict::Other(difference.into()), Some(Asked::of(&request))),
        };
        let assumes = looks.headers.iter().any(|name| !asked::is_given(&self.known, name));
        Judged { verdict, looks, assumes, asked }
    }

    fn rests_on_log(&self, entry: &Entry<'_>) -> bool {
        self.usual.host(entry).is_none() || self.usual.is_tls(entry).is_none()
    }
}

/// In what two answers differ.
fn difference(base: &Decision, head: &Decision) -> Option<Difference> {
    let mut kinds = Vec::new();
    match (&base.end, &head.end) {
        (End::Backend(base), End::Backend(head)) => {
            let shares = |passed: &crate::route::Passed| -> Vec<_> {
                passed.canary.iter().map(|share| (share.upstream.clone(), share.probability.to_bits())).collect()
            };
            let whom = |passed: &crate::route::Passed| (passed.whom(), passed.protocol.clone(), shares(passed));
            if whom(base) != whom(head) {
                kinds.push(Kind::Backend);
            }
            if (&base.method, &base.uri, &base.host) != (&head.method, &head.uri, &head.host) {
                kinds.push(Kind::Path);
            }
        }
        (End::Answer(base), End::Answer(head)) => match (&base.redirect, &head.redirect) {
            (None, None) if base.status == head.status => {}
            (None, None) => kinds.push(Kind::Status),
            _ if (base.status, &base.redirect) == (head.status, &head.redirect) => {}
            _ => kinds.push(Kind::Redirect),
        },
        (End::Closed, End::Closed) => {}
        (one, other) => {
            let is_redirect = |end: &End| matches!(end, End::Answer(answer) if answer.redirect.is_some());
            kinds.push(if is_redirect(one) || is_redirect(other) { Kind::Redirect } else { Kind::Status });
        }
    }
    if answer::protections(base) != answer::protections(head) {
        kinds.push(Kind::Protection);
    }
    if base.certificate != head.certificate {
        kinds.push(Kind::Certificate);
    }
    let server = base.server.as_ref().map(|server| server.name.clone()).unwrap_or_default();
    (!kinds.is_empty()).then(|| Difference { server, kinds, before: Shown::of(base), after: Shown::of(head) })
}
