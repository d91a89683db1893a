//! Expectations of what is there: each route, each branch of its canaries, each protection.

use hashbrown::HashSet;

use super::compare::{asked, ingress_of, path_of};
use super::coverage::{Coverage, is_counted, takes};
use super::got::Got;
use super::judge::judge;
use super::sample::Sampler;
use super::suite::{Condition, Expectation, Expected, Status, Suite, Test};
use super::verdict::Verdict;
use super::whom::{ServiceName, Whom};
use crate::credentials::ranges;
use crate::route::{
    self, Answer, Certificate, Check, CheckKind, ClientCertificate, Config, Decision, End, Host, RedirectKind, Request, Route, Table,
};
use crate::source::Span;

/// What was made.
#[derive(Debug, Default)]
pub struct Draft {
    /// The tests of each host, in the order of the hosts.
    pub hosts: Vec<(String, Vec<Test>)>,
    /// Routes for which no request was found: host, and path with its sign.
    pub without: Vec<(String, String)>,
}

/// Writes down what becomes of requests today.
#[must_use]
pub fn generate(config: &Config<'_>, table: &Table) -> Draft {
    let maker = Maker { config, sampler: Sampler::new(config, table) };
    let mut draft = Draft::default();
    for host in &table.hosts {
        let (mut tests, mut known): (Vec<Test>, HashSet<String>) = (Vec::new(), HashSet::new());
        for route in host.routes.iter().filter(|route| is_counted(route)) {
            let before = tests.len();
            for request in maker.requests(host, route) {
                let is_new = known.insert(format!("{request:?}"));
                tests.extend(is_new.then(|| maker.test(request)).flatten());
            }
            if tests.len() == before {
                let path = if route.is_server { String::from("all paths") } else { format!("{} {}", route.sign, route.path) };
                draft.without.push((host.name.clone(), path.trim().to_owned()));
            }
        }
        if !tests.is_empty() {
            draft.hosts.push((host.name.clone(), tests));
        }
    }
    draft
}

/// Whether a value holds a secret of the configuration: a file that people commit is no place for it.
fn is_secret(expected: &Expected) -> bool {
    matches!(expected.wanted(), Got::Value(text) if !ranges(&text).is_empty())
}

#[derive(Clone, Copy)]
struct Maker<'c, 't> {
    config: &'c Config<'t>,
    sampler: Sampler<'c, 't>,
}

impl Maker<'_, '_> {
    /// Requests for all that is to be told of a route.
    fn requests(self, host: &Host, route: &Route) -> Vec<Request> {
        let Some(plain) = self.sampler.plain(host, route) else { return Vec::new() };
        let mut all = Vec::new();
        let admitted = self.sampler.admitted(plain.clone(), route);
        all.extend(admitted.clone());
        all.push(plain.clone());
        all.extend(self.unencrypted(&plain, route));
        let base = admitted.unwrap_or(plain);
        let is_list = |kind: CheckKind| matches!(kind, CheckKind::Allow | CheckKind::Deny);
        let is_refused = |check: &Check| is_list(check.kind) && check.verdict == route::Verdict::Refuse;
        let is_shown = all.iter().any(|request| self.config.outcome(request).checks.iter().any(is_refused));
        if !is_shown && route.guards.iter().any(|guard| is_list(guard.kind)) {
            all.extend(self.sampler.client(&base, route, true).map(|client| Request { client, ..base.clone() }));
        }
        if base.certificate != ClientCertificate::None {
            all.push(Request { certificate: ClientCertificate::None, ..base.clone() });
        }
        for canary in &route.canaries {
            for (at, rule) in canary.rules.iter().enumerate() {
                let meant = self.sampler.for_canary(&base, rule).into_iter();
                all.extend(
                    meant.into_iter().find(|request| self.config.branches(request).iter().any(|way| takes(request, way, canary, at))),
                );
            }
        }
        all
    }

    /// The same request without TLS, where that is redirected.
    fn unencrypted(self, plain: &Request, route: &Route) -> Option<Request> {
        let is_redirected = route.redirects.iter().any(|redirect| redirect.kind == RedirectKind::Https);
        let url = plain.url();
        let rest = url.strip_prefix("https://").filter(|_| is_redirected && plain.port.is_none())?;
        Request::of_url(&format!("http://{rest}")).ok()
    }

    /// What becomes of a request today; none where nothing can be said.
    fn test(self, request: Request) -> Option<Test> {
        let decisions = self.config.branches(&request);
        let mut usual = decisions.iter().filter(|way| way.troubles().next().is_none());
        let main = usual.next()?;
        let others: Vec<&Decision> = usual.collect();
        let depends = |condition: &&str| others.iter().any(|way| !way.conditions().any(|own| own == *condition));
        let conditions = main.conditions().filter(depends).chain(main.unknown.iter().map(String::as_str));
        let place = |text: &str| Condition { text: text.to_owned(), at: Span::NOWHERE };
        let when = conditions.map(place).collect();
        let all = self.expected(&request, main).into_iter().map(|what| Expectation { what, at: Span::NOWHERE }).collect();
        let test = Test { name: String::new(), at: Span::NOWHERE, request, is_from: false, when, all };
        self.proven(test)
    }

    /// A test without what does not hold: what depends on chance alone, or on what nobody knows.
    fn proven(self, test: Test) -> Option<Test> {
        let suite = Suite::default();
        let none = Table::default();
        let judged = judge(self.config, &suite, &test, &mut Coverage::of(&none));
        let holds: Vec<bool> = judged.checks.iter().map(|check| check.model == Verdict::Holds).collect();
        let mut holds = holds.into_iter();
        let mut all = test.all.clone();
        all.retain(|expectation| holds.next().unwrap_or(false) && !is_secret(&expectation.what));
        (!all.is_empty()).then_some(Test { all, ..test })
    }

    fn expected(self, request: &Request, main: &Decision) -> Vec<Expected> {
        let mut all = Vec::new();
        match &main.end {
            End::Backend(passed) => {
                let whom = self.usual(request, main).unwrap_or_else(|| Whom::of(self.config, passed));
                all.push(whom.service.clone().map_or_else(|| Expected::Upstream(whom.upstream.clone()), Expected::Service));
                all.extend(passed.uri.clone().filter(|_| passed.protocol != "tcp").map(Expected::Path));
                all.extend((passed.protocol != "http").then(|| Expected::Protocol(passed.protocol.clone())));
                all.extend(self.shares(request, main));
            }
            End::Answer(Answer { status, redirect, .. }) => {
                all.push(Expected::Status(Status::Code(*status)));
                all.extend(redirect.clone().map(Expected::Redirect));
            }
            End::Closed => all.push(Expected::Status(Status::Closed)),
            End::Unknown => {
                let location = main.location.as_ref();
                all.extend(location.and_then(ingress_of).map(Expected::Ingress));
                all.extend(location.map(|location| Expected::Route(path_of(location).to_owned())));
            }
        }
        all.extend(match &main.certificate {
            Some(Certificate::Secret(secret)) => Some(Expected::Certificate(Some(secret.clone()))),
            Some(Certificate::Default) => Some(Expected::Certificate(Some(String::from("default")))),
            Some(Certificate::File(_) | Certificate::Unknown) | None => None,
        });
        let kinds = asked(request, main);
        let is_open = kinds.is_empty() && matches!(main.end, End::Backend(_));
        all.extend(kinds.into_iter().map(Expected::Protection));
        all.extend(is_open.then_some(Expected::Unprotected));
        all
    }

    /// Who gets how much of such requests where nginx leaves it to chance, the largest share first: the first way is no more usual than
    /// others.
    fn by_chance(self, request: &Request, main: &Decision) -> Vec<(Whom, f64)> {
        let mut all: Vec<(Whom, f64)> = Vec::new();
        let ways = if main.chance() < 1.0 { self.config.branches(request) } else { Vec::new() };
        for way in ways.iter().filter(|way| way.troubles().next().is_none() && way.conditions().eq(main.conditions())) {
            let End::Backend(passed) = &way.end else { continue };
            let whom = Whom::of(self.config, passed);
            match all.iter_mut().find(|(known, _)| *known == whom) {
                Some((_, share)) => *share += way.chance(),
                None => all.push((whom, way.chance())),
            }
        }
        all.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        all
    }

    fn usual(self, request: &Request, main: &Decision) -> Option<Whom> {
        self.by_chance(request, main).into_iter().next().map(|(whom, _)| whom)
    }

    /// Who gets a share of such requests, where chance decides.
    fn shares(self, request: &Request, main: &Decision) -> Option<Expected> {
        let End::Backend(passed) = &main.end else { return None };
        let given = passed.canary.iter().filter(|share| share.probability > 0.0 && share.probability < 1.0);
        let given = given.map(|share| (Whom::of_share(self.config, share, passed), share.probability));
        let all = given.chain(self.by_chance(request, main).into_iter().skip(1));
        let shares: Vec<(ServiceName, f64)> = all.filter_map(|(whom, share)| Some((whom.service?, share))).collect();
        (!shares.is_empty()).then_some(Expected::Canary(shares))
    }
}
