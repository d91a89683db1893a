//! How often a client may come: requests, connections, bytes.

use std::rc::Rc;

use super::Judgement;
use super::addresses::Addresses;
use super::key::Key;
use super::lines::{first, line, lines};
use super::lua::field;
use super::route::Route;
use super::shift::Shift;
use super::units::{difference, rate};
use crate::conf::{Arg, Directive};
use crate::nginx::size;
use crate::source::Span;

/// Judgements of this kind that rest on the same table are one difference.
const KIND: &str = "limits";

/// A limit of how often something may happen.
#[derive(Debug, Clone)]
struct Limit {
    noun: &'static str,
    zone: String,
    key: Rc<Key>,
    /// How often, and what is let through above that; none where the zone is not known.
    rate: Option<u64>,
    burst: u64,
    /// Of the burst, what need not wait.
    at_once: u64,
    shown: String,
    lines: Vec<Span>,
}

impl Limit {
    fn protects(&self) -> bool {
        !self.key.exempt.is_all()
    }

    fn shift(&self, after: &Self) -> Shift {
        let exempt = |one: &Addresses, other: &Addresses| !one.is_within(other);
        let (ours, theirs) = (&self.key.exempt, &after.key.exempt);
        let opens = if exempt(theirs, ours) { Shift::OPENS } else { Shift::SAME };
        let closes = if exempt(ours, theirs) { Shift::CLOSES } else { Shift::SAME };
        let rates = self.rate.zip(after.rate).map_or(Shift::SAME, |(ours, theirs)| Shift::rising(&ours, &theirs));
        let bursts = Shift::rising(&self.burst, &after.burst).and(Shift::rising(&self.at_once, &after.at_once));
        Shift::unranked(&self.key.counted, &after.key.counted).and(opens).and(closes).and(rates).and(bursts)
    }
}

/// What became of the limits of a route.
pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let (mut old, mut new) = (limits(before), limits(after));
    let mut pairs: Vec<(Option<Limit>, Option<Limit>)> = Vec::new();
    // By the name of their counters, then by what they limit.
    for is_twin in [|one: &Limit, other: &Limit| one.zone == other.zone, |one: &Limit, other: &Limit| one.noun == other.noun] {
        old.retain(|limit| {
            let twin = new.iter().position(|other| is_twin(limit, other));
            twin.map(|at| pairs.push((Some(limit.clone()), Some(new.remove(at))))).is_none()
        });
    }
    pairs.extend(old.into_iter().map(|limit| (Some(limit), None)));
    pairs.extend(new.into_iter().map(|limit| (None, Some(limit))));
    let mut found: Vec<Judgement> = pairs.iter().filter_map(|(old, new)| judge(old.as_ref(), new.as_ref())).collect();
    found.extend(bandwidth(before, after));
    found.extend(throttle(before, after));
    found
}

fn judge(before: Option<&Limit>, after: Option<&Limit>) -> Option<Judgement> {
    let limit = after.or(before)?;
    let shift = match (before, after) {
        (Some(before), Some(after)) => before.shift(after),
        (Some(before), None) if before.protects() => Shift::OPENS,
        (None, Some(after)) if after.protects() => Shift::CLOSES,
        _ => Shift::SAME,
    };
    let verdict = shift.verdict(before.is_some_and(Limit::protects), after.is_some_and(Limit::protects));
    let of_side = |limit: Option<&Limit>| limit.map(|limit| limit.lines.clone()).unwrap_or_default();
    let is_same =
        verdict.is_none() && before.is_some() == after.is_some() && before.map(|limit| &limit.shown) == after.map(|limit| &limit.shown);
    // What is written otherwise in its tables is not worth a word.
    (!is_same).then(|| Judgement::new(KIND, verdict, message(limit.noun, before, after), [of_side(before), of_side(after)]))
}

fn message(noun: &str, before: Option<&Limit>, after: Option<&Limit>) -> String {
    match (before, after) {
        (Some(before), Some(after)) if before.shown != after.shown => format!("{noun} changed from {} to {}", before.shown, after.shown),
        (Some(before), Some(after)) => {
            let words = |limit: &'_ Limit| limit.key.exempt_words.clone();
            let (old, new) = (words(before), words(after));
            let [old, new] = [&old, &new].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
            match difference(&old, &new) {
                text if text.is_empty() => format!("{noun} counts by something else"),
                text => format!("addresses that no limit counts: {text}"),
            }
        }
        (Some(before), None) => format!("{noun} removed: {}", before.shown),
        (None, Some(after)) => format!("{noun} added: {}", after.shown),
        (None, None) => noun.to_owned(),
    }
}

fn limits(route: &Route<'_, '_>) -> Vec<Limit> {
    let is_dry = |name| route.value(name, "off") == "on";
    let mut found = Vec::new();
    if !is_dry("limit_req_dry_run") {
        found.extend(route.inherited(&["limit_req"]).into_iter().filter_map(|directive| of_requests(route, directive)));
    }
    if !is_dry("limit_conn_dry_run") {
        found.extend(route.inherited(&["limit_conn"]).into_iter().filter_map(|directive| of_connections(route, directive)));
    }
    found
}

fn of_requests(route: &Route<'_, '_>, directive: Directive<'_>) -> Option<Limit> {
    let words: Vec<_> = directive.args().map(Arg::value).collect();
    let option = |name: &str| words.iter().find_map(|word| word.strip_prefix(name).map(str::to_owned));
    let zone = option("zone=")?;
    let number = |name| option(name).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    let burst = number("burst=");
    let at_once = if words.iter().any(|word| word == "nodelay") { burst } else { number("delay=").min(burst) };
    let (key, place, word) = zone_of(route, &zone);
    let rate_word = word.unwrap_or_default();
    let wait = if at_once < burst { format!(" of which {at_once} at once") } else { String::new() };
    let shown =
        [rate_word.clone(), format!("burst {burst}{wait}")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let lines = std::iter::once(line(directive)).chain(place).chain(key.lines.iter().copied()).collect();
    Some(Limit { noun: "limit of requests", zone, rate: rate(&rate_word), key, burst, at_once, shown, lines })
}

fn of_connections(route: &Route<'_, '_>, directive: Directive<'_>) -> Option<Limit> {
    let zone = first(directive)?.into_owned();
    let number = directive.args().nth(1)?.value().into_owned();
    let (key, place, _) = zone_of(route, &zone);
    let lines = std::iter::once(line(directive)).chain(place).chain(key.lines.iter().copied()).collect();
    let rate = number.parse().ok();
    Some(Limit { noun: "limit of connections", zone, rate, key, burst: 0, at_once: 0, shown: number, lines })
}

/// By what a zone counts, where it is declared, and how often it lets come.
fn zone_of(route: &Route<'_, '_>, name: &str) -> (Rc<Key>, Option<Span>, Option<String>) {
    let Some(zone) = route.configuration.zone(name) else { return (Rc::default(), None, None) };
    let expression = first(zone).unwrap_or_default().into_owned();
    let rate = zone.args().map(Arg::value).find_map(|word| word.strip_prefix("rate=").map(str::to_owned));
    let mut known = route.configuration.keys.borrow_mut();
    let read = || Rc::new(Key::read(&expression, &|variable| route.configuration.variable(variable)));
    let key = Rc::clone(known.entry(expression.clone()).or_insert_with(read));
    (key, Some(line(zone)), rate)
}

/// How fast an answer is sent, and from which byte on.
fn bandwidth(before: &Route<'_, '_>, after: &Route<'_, '_>) -> Option<Judgement> {
    const NAMES: [&str; 2] = ["limit_rate", "limit_rate_after"];
    let read = |route: &Route<'_, '_>| NAMES.map(|name| route.value(name, "0").into_owned());
    let (old, new) = (read(before), read(after));
    let is_on = |[rate, _]: &[String; 2]| rate != "0";
    if old == new || !is_on(&old) && !is_on(&new) {
        return None;
    }
    let shift = match [&old, &new].map(|[rate, later]| size(rate, true).zip(size(later, true))) {
        [Some((rate, later)), Some((new_rate, new_later))] => {
            let fast = |rate| if rate == 0 { u64::MAX } else { rate };
            let later = if is_on(&old) && is_on(&new) { Shift::rising(&later, &new_later) } else { Shift::SAME };
            Shift::rising(&fast(rate), &fast(new_rate)).and(later)
        }
        _ => Shift::DIFFERS,
    };
    let word = |values: &[String; 2]| match values {
        _ if !is_on(values) => String::from("none"),
        [rate, later] if later == "0" => format!("{rate} a second"),
        [rate, later] => format!("{rate} a second behind the first {later}"),
    };
    let message = format!("limit of bandwidth changed from {} to {}", word(&old), word(&new));
    let of_side = |route: &Route<'_, '_>| lines(NAMES.iter().filter_map(|name| route.last(name)));
    Some(Judgement::new("bandwidth", shift.verdict(is_on(&old), is_on(&new)), message, [of_side(before), of_side(after)]))
}

/// The limit over all replicas that releases before 1.12 keep in Lua.
fn throttle<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Option<Judgement> {
    const CODE: &str = "rewrite_by_lua_block";
    let [old, new] = [*before.own(CODE).first()?, *after.own(CODE).first()?];
    let number = |code: Directive<'_>, name| field(code.lua()?, name)?.parse::<u64>().ok();
    let read = |code| number(code, "limit").filter(|limit| *limit > 0).zip(number(code, "window_size"));
    let (was, is) = (read(old), read(new));
    let shift = match (was, is) {
        (Some((limit, window)), Some((new_limit, new_window))) => {
            Shift::rising(&limit, &new_limit).and(Shift::falling(&window, &new_window))
        }
        (Some(_), None) => Shift::OPENS,
        (None, Some(_)) => Shift::CLOSES,
        (None, None) => Shift::SAME,
    };
    let verdict = shift.verdict(was.is_some(), is.is_some())?;
    let word = |limit: Option<(u64, u64)>| limit.map_or(String::from("none"), |(limit, window)| format!("{limit} in {window} s"));
    let message = format!("limit of requests over all replicas changed from {} to {}", word(was), word(is));
    Some(Judgement::new("throttle", Some(verdict), message, [vec![line(old)], vec![line(new)]]))
}
