//! A proof as JSON. The schema has a number; fields are added without a new one.

use serde::Serialize;

use super::requests::{Line, line};
use super::{Shown, directive, places_of, scheme, strength_word, told, value, word};
use crate::credentials::hide;
use crate::output::decision::Place;
use crate::output::json::print;
use crate::route::{Aspect, Decision, Difference, Fact, HostProof, Kind, Region};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    base: &'a str,
    head: &'a str,
    verdict: &'static str,
    equal: usize,
    differs: usize,
    not_proved: usize,
    hosts: Vec<Host<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Host<'a> {
    host: &'a str,
    scheme: &'static str,
    verdict: &'static str,
    /// Both sides have the same text.
    same_text: bool,
    regions: usize,
    ways: usize,
    differences: Vec<Shows<'a>>,
    protections: Vec<Protection<'a>>,
    facts: Vec<Facts<'a>>,
    not_proved: Vec<Doubt<'a>>,
}

#[derive(Serialize)]
struct Shows<'a> {
    request: Line,
    aspects: Vec<Differs>,
    protection: Option<&'static str>,
    region: Paths<'a>,
    other_regions: usize,
    base: Side<'a>,
    head: Side<'a>,
}

#[derive(Serialize)]
struct Differs {
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    base: String,
    head: String,
}

#[derive(Serialize)]
struct Paths<'a> {
    base: Option<&'a str>,
    head: Option<&'a str>,
    paths: &'a [String],
}

#[derive(Serialize)]
struct Side<'a> {
    answer: String,
    because: Vec<Because<'a>>,
}

#[derive(Serialize)]
struct Because<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct Protection<'a> {
    kind: &'a str,
    verdict: &'static str,
    message: String,
    region: Option<Paths<'a>>,
}

#[derive(Serialize)]
struct Facts<'a> {
    region: Paths<'a>,
    directives: Vec<Directive<'a>>,
}

#[derive(Serialize)]
struct Directive<'a> {
    name: &'a str,
    base: String,
    head: String,
}

#[derive(Serialize)]
struct Doubt<'a> {
    construct: String,
    tried: usize,
    region: Paths<'a>,
}

/// The whole proof.
///
/// # Errors
/// None that is known: all of it can be written as JSON.
pub fn json(shown: &Shown) -> serde_json::Result<String> {
    let counts = shown.proved.counts();
    let hosts = shown.proved.proof.hosts.iter().enumerate().map(|(at, host)| of_host(shown, at, host));
    print(&Document {
        schema: 1,
        base: &shown.names[0],
        head: &shown.names[1],
        verdict: word(shown.proved.whole()),
        equal: counts.equal,
        differs: counts.differs,
        not_proved: counts.not_proved,
        hosts: hosts.collect(),
        notes: &shown.notes,
    })
}

fn of_host<'a>(shown: &'a Shown, at: usize, host: &'a HostProof) -> Host<'a> {
    let judged = shown.proved.judged_of(at).iter();
    Host {
        host: &host.host,
        scheme: scheme(host),
        verdict: word(shown.proved.verdict(at)),
        same_text: host.is_same_text,
        regions: host.regions,
        ways: host.ways,
        differences: host.differences.iter().map(|difference| shows(shown, difference)).collect(),
        protections: judged
            .map(|judged| Protection {
                kind: judged.judgement.kind,
                verdict: judged.judgement.verdict.map_or("changed", crate::protection::Verdict::name),
                message: hide(&judged.judgement.message).into_owned(),
                region: judged.region.as_ref().map(paths),
            })
            .collect(),
        facts: host
            .facts
            .iter()
            .map(|facts| Facts { region: paths(&facts.region), directives: facts.all.iter().map(of_fact).collect() })
            .collect(),
        not_proved: host
            .doubts
            .iter()
            .map(|doubt| Doubt { construct: hide(&doubt.construct).into_owned(), tried: doubt.tried, region: paths(&doubt.region) })
            .collect(),
    }
}

fn of_fact(fact: &Fact) -> Directive<'_> {
    Directive { name: &fact.name, base: directive(&fact.name, &fact.base), head: directive(&fact.name, &fact.head) }
}

fn paths(region: &Region) -> Paths<'_> {
    Paths { base: region.base.as_deref(), head: region.head.as_deref(), paths: &region.paths }
}

fn shows<'a>(shown: &'a Shown, difference: &'a Difference) -> Shows<'a> {
    Shows {
        request: line(&difference.request),
        aspects: difference.aspects.iter().map(differs).collect(),
        protection: difference.strength.map(strength_word),
        region: paths(&difference.region),
        other_regions: difference.others,
        base: side(shown, 0, &difference.decisions[0]),
        head: side(shown, 1, &difference.decisions[1]),
    }
}

fn differs(aspect: &Aspect) -> Differs {
    let header = match &aspect.kind {
        Kind::Header(name) => Some(name.clone()),
        _ => None,
    };
    Differs { what: aspect.kind.name(), header, base: value(aspect, &aspect.base), head: value(aspect, &aspect.head) }
}

fn side<'a>(shown: &'a Shown, at: usize, decision: &Decision) -> Side<'a> {
    let because = |place: &'a Place| Because {
        file: place.spot.as_ref().map(|spot| spot.file.as_str()),
        line: place.spot.as_ref().map(|spot| spot.position.line),
        column: place.spot.as_ref().map(|spot| spot.position.column),
        message: place.why.as_deref(),
    };
    Side { answer: told(decision), because: places_of(&shown.places[at], decision).into_iter().map(because).collect() }
}
