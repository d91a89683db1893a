//! A test against a configuration: each expectation on all ways that count.

use std::collections::BTreeMap;

use super::compare::{Said, asked, compare, decides, otherwise};
use super::coverage::Coverage;
use super::got::Got;
use super::suite::{Expected, Suite, Test, percent};
use super::verdict::{Check, Judged, Verdict};
use super::ways::{Ways, problems};
use super::whom::{ServiceName, Whom};
use crate::route::{CheckKind, Config, Decision, End, Passed};
use crate::source::Span;

/// How far a share may be off: what nginx is told is rounded to a hundredth of a percent.
const TOLERANCE: f64 = 0.000_051;

/// What a way says, and what else it depends on.
struct Voice<'d> {
    way: &'d Decision,
    /// Chance, in words.
    chance: Vec<String>,
    said: Said,
}

/// Asks the configuration about a test, and notes what it touches.
#[must_use]
pub fn judge<'s>(config: &Config<'_>, suite: &'s Suite, test: &'s Test, coverage: &mut Coverage<'_>) -> Judged<'s> {
    let decisions = config.branches(&test.request);
    let ways = Ways::of(&decisions, &test.when, &suite.when);
    let problems = problems(&decisions, &test.when, &ways);
    // A test that says nothing touches nothing.
    if problems.is_empty() {
        coverage.note(test, &ways.all);
    }
    let judge = Judge { config, test, ways };
    let checks = test.all.iter().map(|expectation| Check { expectation, model: judge.verdict(&expectation.what), seen: None });
    let checks = if problems.is_empty() { checks.collect() } else { Vec::new() };
    Judged { test, checks, problems }
}

struct Judge<'j, 'd, 't> {
    config: &'j Config<'t>,
    test: &'j Test,
    ways: Ways<'d>,
}

impl<'d> Judge<'_, 'd, '_> {
    fn verdict(&self, expected: &Expected) -> Verdict {
        match expected {
            Expected::Service(_) | Expected::Port(_) | Expected::Upstream(_) => self.together(self.whom(expected)),
            Expected::Canary(shares) => self.together(self.shares(shares)),
            Expected::Protection(kind) => self.together(self.protection(*kind)),
            Expected::Unprotected => self.together(self.each(|way| self.unprotected(way))),
            _ => self.together(self.each(|way| compare(self.config, self.test, expected, way))),
        }
    }

    fn each(&self, say: impl Fn(&Decision) -> Said) -> Vec<Voice<'d>> {
        self.ways.all.iter().map(|way| Voice { way, chance: Vec::new(), said: say(way) }).collect()
    }

    /// Who gets the request. Where the test says which shares go elsewhere, they are no ways of their own.
    fn whom(&self, expected: &Expected) -> Vec<Voice<'d>> {
        let named = self.test.all.iter().find_map(|expectation| match &expectation.what {
            Expected::Canary(shares) => Some(shares),
            _ => None,
        });
        let is_named = |whom: &Whom| named.is_some_and(|shares| shares.iter().any(|(service, _)| whom.is(service)));
        let mut voices = Vec::new();
        for way in &self.ways.all {
            let End::Backend(passed) = &way.end else {
                voices.push(Voice { way, chance: Vec::new(), said: otherwise(self.config, way) });
                continue;
            };
            let whom = Whom::of(self.config, passed);
            let is_by_chance = way.chance() < 1.0;
            if !(is_by_chance && is_named(&whom)) {
                let chance = if is_by_chance { vec![by_chance(way.chance())] } else { Vec::new() };
                voices.push(Voice { way, chance, said: is_whom(expected, &whom, decides(passed, way)) });
            }
            for share in passed.canary.iter().filter(|share| share.probability > 0.0 && share.probability < 1.0) {
                let whom = Whom::of_share(self.config, share, passed);
                if !is_named(&whom) {
                    let chance = vec![by_chance(share.probability)];
                    voices.push(Voice { way, chance, said: is_whom(expected, &whom, decides(passed, way)) });
                }
            }
        }
        voices
    }

    /// Whether shares go where they should, for all that does not leave it to chance.
    fn shares(&self, expected: &[(ServiceName, f64)]) -> Vec<Voice<'d>> {
        let mut groups: BTreeMap<Vec<&str>, Vec<&'d Decision>> = BTreeMap::new();
        for way in &self.ways.all {
            groups.entry(way.conditions().collect()).or_default().push(way);
        }
        let voice = |ways: Vec<&'d Decision>| {
            let said = self.said_of_shares(expected, &ways);
            ways.first().map(|way| Voice { way, chance: Vec::new(), said })
        };
        groups.into_values().filter_map(voice).collect()
    }

    fn said_of_shares(&self, expected: &[(ServiceName, f64)], ways: &[&Decision]) -> Said {
        let mut shares: BTreeMap<Whom, f64> = BTreeMap::new();
        let mut at = None;
        for way in ways {
            let End::Backend(passed) = &way.end else { return otherwise(self.config, way) };
            at = at.or_else(|| decides(passed, way));
            for (whom, share) in self.split(passed) {
                *shares.entry(whom).or_default() += way.chance() * share;
            }
        }
        shares.retain(|_, share| *share > TOLERANCE);
        let share_of = |service: &ServiceName| shares.iter().filter(|(whom, _)| whom.is(service)).map(|(_, share)| share).sum::<f64>();
        let rest = shares.keys().filter(|whom| !expected.iter().any(|(service, _)| whom.is(service))).count();
        if rest <= 1 && expected.iter().all(|(service, share)| (share_of(service) - share).abs() < TOLERANCE) {
            return Said::Holds;
        }
        let words: Vec<String> = shares.iter().map(|(whom, share)| format!("{} for {whom}", percent(*share))).collect();
        Said::Differs(Got::Words(words.join(", ")), at)
    }

    /// Who gets which share of the requests that are passed on so.
    fn split(&self, passed: &Passed) -> Vec<(Whom, f64)> {
        let shares = passed.canary.iter().filter(|share| share.probability < 1.0);
        let mut all: Vec<(Whom, f64)> = shares.map(|share| (Whom::of_share(self.config, share, passed), share.probability)).collect();
        let given: f64 = all.iter().map(|(_, share)| share).sum();
        all.push((Whom::of(self.config, passed), 1.0 - given));
        all
    }

    /// Whether something is asked on each way that lets the request through, and on one at least: where it is refused before, it need
    /// not be asked.
    fn protection(&self, kind: CheckKind) -> Vec<Voice<'d>> {
        let kinds = |way: &Decision| asked(&self.test.request, way);
        let is_asked = self.ways.all.iter().any(|way| kinds(way).contains(&kind));
        self.each(|way| {
            let kinds = kinds(way);
            if kinds.contains(&kind) || is_asked && is_refused(way) {
                return Said::Holds;
            }
            let words: Vec<&str> = kinds.into_iter().map(CheckKind::name).collect();
            let got = if words.is_empty() { String::from("nothing is asked") } else { format!("only {}", words.join(", ")) };
            Said::Differs(Got::Words(got), location(way))
        })
    }

    fn unprotected(&self, way: &Decision) -> Said {
        let kinds = asked(&self.test.request, way);
        let Some(first) = kinds.first() else { return Said::Holds };
        let words: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let at = way.checks.iter().find(|check| check.kind == *first).and_then(|check| check.at);
        Said::Differs(Got::Words(words.join(", ")), at.or_else(|| location(way)))
    }

    /// What all ways say together.
    fn together(&self, voices: Vec<Voice<'d>>) -> Verdict {
        let Some(first) = voices.first() else { return Verdict::Unchecked(String::from("no way of the request is left")) };
        if let Some(why) = voices.iter().find_map(|voice| if let Said::Beyond(why) = voice.said { Some(why) } else { None }) {
            return Verdict::Unchecked(why.to_owned());
        }
        let holding = voices.iter().find(|voice| voice.said == Said::Holds);
        let other = voices.iter().find(|voice| voice.said != Said::Holds);
        match (holding, other) {
            (None, _) => match &first.said {
                Said::Differs(got, at) => Verdict::Differs { got: got.clone(), at: *at },
                Said::Unknown(why) => {
                    Verdict::Depends { holds: Vec::new(), otherwise: vec![why.clone()], got: None, at: location(first.way) }
                }
                Said::Holds | Said::Beyond(_) => Verdict::Holds,
            },
            (Some(_), None) => self.unless_open(&voices),
            (Some(holding), Some(other)) => {
                let conditions = |voice: &Voice<'_>| [self.ways.open(voice.way), voice.chance.clone()].concat();
                let (of_holding, of_other) = (conditions(holding), conditions(other));
                let beyond = |own: &[String], others: &[String]| own.iter().filter(|text| !others.contains(text)).cloned().collect();
                let (got, at, unknown) = match &other.said {
                    Said::Differs(got, at) => (Some(got.clone()), *at, None),
                    Said::Unknown(why) => (None, location(other.way), Some(why.clone())),
                    Said::Holds | Said::Beyond(_) => (None, None, None),
                };
                let mut otherwise: Vec<String> = beyond(&of_other, &of_holding);
                otherwise.extend(unknown);
                Verdict::Depends { holds: beyond(&of_holding, &of_other), otherwise, got, at }
            }
        }
    }

    /// It holds on all ways: unless something is not known of one, or there are more.
    fn unless_open(&self, voices: &[Voice<'_>]) -> Verdict {
        let named = |voice: &Voice<'_>| {
            let open = self.ways.open(voice.way);
            voice.way.unknown.iter().find(|why| open.contains(why)).cloned()
        };
        let open = voices.iter().find_map(named);
        let cut = || self.ways.is_cut.then(|| String::from("there are more ways than were looked at"));
        match open.or_else(cut) {
            Some(why) => Verdict::Depends {
                holds: Vec::new(),
                otherwise: vec![why],
                got: None,
                at: voices.first().and_then(|voice| location(voice.way)),
            },
            None => Verdict::Holds,
        }
    }
}

fn by_chance(share: f64) -> String {
    format!("chance decides ({})", percent(share))
}

fn is_whom(expected: &Expected, whom: &Whom, at: Option<Span>) -> Said {
    let port = whom.service.as_ref().and_then(|service| service.port.as_deref());
    let holds = match expected {
        Expected::Service(service) => whom.is(service),
        Expected::Port(expected) => match port {
            Some(port) => port == expected,
            None => return Said::Unknown(format!("the port of the Service behind `{}`", whom.upstream)),
        },
        Expected::Upstream(upstream) => whom.upstream == *upstream,
        _ => false,
    };
    if holds {
        return Said::Holds;
    }
    let own = match expected {
        Expected::Port(_) => port.map(str::to_owned),
        Expected::Upstream(_) => Some(whom.upstream.clone()),
        _ => whom.service.as_ref().map(ToString::to_string),
    };
    Said::Differs(own.map_or_else(|| Got::Words(format!("`{}`, whose Service is not known", whom.upstream)), Got::Value), at)
}

fn is_refused(way: &Decision) -> bool {
    match &way.end {
        End::Answer(answer) => answer.status >= 400,
        End::Closed => true,
        End::Backend(_) | End::Unknown => false,
    }
}

fn location(way: &Decision) -> Option<Span> {
    let last = || way.steps.iter().rev().find_map(|step| step.at);
    way.location.as_ref().map(|location| location.at).or_else(last)
}
