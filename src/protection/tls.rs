//! Over which TLS a client may come.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Judgement;
use super::lines::lines;
use super::route::Route;
use super::shift::Shift;
use super::units::difference;
use crate::conf::Arg;

/// A list of what is offered in the handshake.
pub(super) struct Offer {
    name: &'static str,
    noun: &'static str,
    default: &'static str,
    shift: fn(&[String], &[String]) -> Shift,
}

impl Offer {
    /// Versions of TLS.
    pub(super) const fn protocols(name: &'static str) -> Self {
        Self { name, noun: "TLS versions", default: "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", shift: versions }
    }

    /// Ciphers in the words of OpenSSL.
    pub(super) const fn ciphers(name: &'static str) -> Self {
        Self { name, noun: "ciphers", default: "HIGH:!aNULL:!MD5", shift: ciphers }
    }

    fn read(&self, route: &Route<'_, '_>) -> Vec<String> {
        let found = route.last(self.name);
        let words: Vec<Cow<'_, str>> =
            found.map(|found| found.args().map(Arg::value).collect()).unwrap_or_else(|| vec![Cow::Borrowed(self.default)]);
        words.iter().flat_map(|word| word.split([' ', ':', ','])).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}

/// Switches of which each has a side that lets more through.
const SWITCHES: [(&str, &str, bool, &str); 3] = [
    ("ssl_early_data", "off", true, "early data, which anybody who listens can send again,"),
    ("ssl_session_tickets", "on", true, "tickets for sessions, whose keys open what was recorded,"),
    ("ssl_reject_handshake", "off", false, "refusal of handshakes for unknown hosts"),
];

/// What cannot be ranked.
const OTHERS: [(&str, &str); 4] = [
    ("ssl_prefer_server_ciphers", "whose order of ciphers counts"),
    ("ssl_ecdh_curve", "curves"),
    ("ssl_dhparam", "Diffie-Hellman parameters"),
    ("ssl_conf_command", "commands for OpenSSL"),
];

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let mut found = Vec::new();
    for offer in [Offer::protocols("ssl_protocols"), Offer::ciphers("ssl_ciphers")] {
        found.extend(offered(&offer, before, after, offer.name));
    }
    for (name, default, opens, noun) in SWITCHES {
        let is_on = |route: &Route<'_, '_>| route.value(name, default) == "on";
        let (was, is) = (is_on(before), is_on(after));
        let shift = if opens { Shift::rising(&was, &is) } else { Shift::falling(&was, &is) };
        if let Some(verdict) = shift.verdict(!opens && was, !opens && is) {
            let message = format!("{noun} switched {}", if is { "on" } else { "off" });
            found.push(Judgement::new(name, Some(verdict), message, [lines(before.last(name)), lines(after.last(name))]));
        }
    }
    for (name, noun) in OTHERS {
        let words = |route: &Route<'_, '_>| route.inherited(&[name]).iter().map(|found| found.head()).collect::<Vec<_>>();
        if words(before) != words(after) {
            let verdict = Shift::DIFFERS.verdict(true, true);
            found.push(Judgement::new(
                name,
                verdict,
                format!("{noun} changed"),
                [lines(before.inherited(&[name])), lines(after.inherited(&[name]))],
            ));
        }
    }
    found
}

/// What became of a list.
pub(super) fn offered(offer: &Offer, before: &Route<'_, '_>, after: &Route<'_, '_>, kind: &'static str) -> Option<Judgement> {
    let (old, new) = (offer.read(before), offer.read(after));
    if old == new || !before.configuration.is_whole() || !after.configuration.is_whole() {
        return None;
    }
    let same = || {
        let [old, new] = [&old, &new].map(|words| words.join(" "));
        let message = format!("{} in another order, with the same effect: {new} instead of {old}", offer.noun);
        Judgement::new(kind, None, message, [lines(before.last(offer.name)), lines(after.last(offer.name))])
    };
    let Some(verdict) = (offer.shift)(&old, &new).verdict(true, true) else {
        // Of ciphers in another order another one may be taken.
        return (offer.name.ends_with("_protocols")).then(same);
    };
    let [was, is] = [&old, &new].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
    let message = format!("{}: {}", offer.noun, difference(&was, &is));
    Some(Judgement::new(kind, Some(verdict), message, [lines(before.last(offer.name)), lines(after.last(offer.name))]))
}

/// Versions by their age: an old one that is added is weaker; the newest one that comes or goes cannot be ranked.
fn versions(before: &[String], after: &[String]) -> Shift {
    const AGES: [&str; 6] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
    let ages = |words: &[String]| words.iter().filter_map(|word| AGES.iter().position(|age| age == word)).collect::<BTreeSet<usize>>();
    let (old, new) = (ages(before), ages(after));
    if old == new {
        return Shift::SAME;
    }
    let older_than =
        |set: &BTreeSet<usize>, others: &BTreeSet<usize>| set.difference(others).any(|age| others.last().is_some_and(|last| age < last));
    match (older_than(&new, &old), older_than(&old, &new)) {
        (true, true) | (false, false) => Shift::DIFFERS,
        (true, false) => Shift::OPENS,
        (false, true) => Shift::CLOSES,
    }
}

/// Ciphers as sets: what is excluded lets less through.
fn ciphers(before: &[String], after: &[String]) -> Shift {
    let part = |words: &[String], excluded: bool| {
        words.iter().filter(|word| word.starts_with(['!', '-']) == excluded).cloned().collect::<BTreeSet<String>>()
    };
    // Of the same ones in another order another one is taken, and the same clients may come.
    Shift::admitted(&part(before, false), &part(after, false)).and(Shift::refused(&part(before, true), &part(after, true)))
}
