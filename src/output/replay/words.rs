//! What is said of groups and counts, in words.

use super::{Group, Replayed, Side};
use crate::credentials::{hide, hide_values};
use crate::output::decision::{Place, Veil};
use crate::output::untrusted::one_line;
use crate::replay::{Difference, End, Kind, Place as Line, Reason, Shown};
use crate::route::{self, CheckKind};
use crate::source::Span;

/// Letters of a method that are shown.
const LONGEST_METHOD: usize = 16;
/// Letters of a target that are shown.
const LONGEST_TARGET: usize = 200;

/// What is compared, in one word for each kind.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Backend => "another backend",
        Kind::Path => "another path or host at the backend",
        Kind::Status => "another status",
        Kind::Redirect => "another redirect",
        Kind::Protection => "other protections",
        Kind::Certificate => "another certificate",
    }
}

/// Why requests were not compared.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Request => "no request that nginx could read",
        Reason::Host => "host unknown: the log does not tell it, and several are possible",
        Reason::Scheme => "the log does not tell whether they came over TLS, and it matters",
        Reason::Client => "the log does not tell the address of the client, and it matters",
        Reason::Unknown => "a snippet or a variable decides that nobody knows",
        Reason::Unexplained => "under no host and scheme does the base side answer as the log says",
    }
}

/// A line of a log.
pub(super) fn line(replayed: &Replayed<'_>, place: Line) -> String {
    format!("{}:{}", replayed.logs.get(place.log).map(String::as_str).unwrap_or_default(), place.line)
}

/// A target, without values unless they are asked for. Secrets of the configuration are never shown.
pub(super) fn target(text: &str, group: &Group<'_>, replayed: &Replayed<'_>) -> String {
    let shown = match group.example.request() {
        Some(request) if replayed.shows_requests => Veil(&request).text(text),
        None if replayed.shows_requests => text.to_owned(),
        _ => hide_values(text),
    };
    let mut shown = one_line(&shown).into_owned();
    if shown.chars().count() > LONGEST_TARGET {
        shown = shown.chars().take(LONGEST_TARGET).chain(['…']).collect();
    }
    shown
}

/// The host of a group, as it is named to people.
pub(super) fn server(name: &str) -> &str {
    match name {
        "" => "any host",
        "_" => "all other hosts",
        name => name,
    }
}

/// The request of an example: method and URL.
pub(super) fn request(group: &Group<'_>, replayed: &Replayed<'_>) -> String {
    let Some(sent) = &group.example.entry.sent else { return String::new() };
    let asked = group.example.asked.as_ref();
    let scheme = asked.map(|asked| if asked.is_tls { "https://" } else { "http://" }).unwrap_or_default();
    let host = match asked {
        Some(asked) if replayed.shows_requests => asked.host.as_str(),
        // What a client writes into `Host` may be anything: the name is that of the configuration.
        Some(_) if group.difference.server == "_" => "…",
        Some(_) => group.difference.server.as_str(),
        None => "",
    };
    let method: String = sent.method.chars().take(LONGEST_METHOD).collect();
    let path = target(&String::from_utf8_lossy(&sent.target), group, replayed);
    one_line(&format!("{method} {scheme}{host}{path}")).into_owned()
}

/// What a side does with all requests of a group.
pub(super) fn end(shown: &Shown) -> String {
    match &shown.end {
        End::Backend(whom) => hide(whom).into_owned(),
        End::Status(status) => format!("answers {status}"),
        End::Redirect(status) => format!("redirects with {status}"),
        End::Closed => String::from("closes the connection"),
        End::Unpassed(Some(status)) => format!("answered {status} without a backend"),
        End::Unpassed(None) => String::from("answered without a backend"),
        End::Nothing => String::from("nothing leads there"),
    }
}

/// The route of a side: the path and the Ingress.
pub(super) fn route(shown: &Shown) -> String {
    match (&shown.route, &shown.ingress) {
        (Some(path), Some(ingress)) => format!("{path} of {ingress}"),
        (Some(path), None) => path.clone(),
        (None, _) => String::from("no route"),
    }
}

/// What a side does with the example, beyond what it does with all.
pub(super) fn detail(side: &Side, group: &Group<'_>, replayed: &Replayed<'_>) -> Option<String> {
    match &side.decision.end {
        route::End::Backend(passed) => {
            let uri =
                passed.uri.as_deref().map(|uri| target(uri, group, replayed)).unwrap_or_else(|| String::from("a path that is not known"));
            Some(format!("gets {} {uri}", one_line(&passed.method.chars().take(LONGEST_METHOD).collect::<String>())))
        }
        route::End::Answer(answer) => answer.redirect.as_deref().map(|to| format!("to {}", target(to, group, replayed))),
        route::End::Closed | route::End::Unknown => None,
    }
}

/// The lines behind what a side does: its route, its end, and the checks where these differ.
pub(super) fn because<'s>(side: &'s Side, difference: &Difference) -> Vec<&'s Place> {
    let decision = &side.decision;
    let end = match &decision.end {
        route::End::Backend(_) => None,
        route::End::Answer(answer) => answer.at,
        route::End::Closed | route::End::Unknown => None,
    };
    let has = |kind: Kind| difference.kinds.contains(&kind);
    let checks = decision.checks.iter().filter(|check| has(Kind::Protection) && check.kind != CheckKind::BodySize);
    let steps = decision.steps.iter().filter(|step| has(Kind::Path) && step.what.starts_with("the path becomes"));
    let spans = decision.location.iter().map(|location| location.at).chain(end);
    let spans = spans.chain(checks.filter_map(|check| check.at)).chain(steps.filter_map(|step| step.at));
    let mut places: Vec<&Place> = Vec::new();
    for place in spans.filter_map(|at: Span| side.places.of(Some(at))) {
        let is_known = places.iter().any(|known| known.spot == place.spot && known.why == place.why);
        if !is_known && (place.spot.is_some() || place.why.is_some()) {
            places.push(place);
        }
    }
    places
}

/// A place as a line: `file:line:column: why`.
pub(super) fn place(place: &Place) -> String {
    let spot = place.spot.as_ref().map(ToString::to_string).unwrap_or_default();
    let why = place.why.as_deref().unwrap_or_default();
    let between = if spot.is_empty() || why.is_empty() { "" } else { ": " };
    one_line(&hide(&format!("{spot}{between}{why}"))).into_owned()
}

/// A number with commas.
pub(super) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 request`, `2 requests`
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{} {what}{}", number(count), if count == 1 { "" } else { "s" })
}

/// The result in one sentence.
pub(super) fn result(replayed: &Replayed<'_>) -> String {
    let tally = replayed.tally;
    let compared = counted(tally.compared(), "request");
    match (replayed.between.as_wanted(), tally.other) {
        (_, _) if tally.compared() == 0 => String::from("no request was compared"),
        (None, 0) => format!("all of {compared} are answered as before"),
        (None, other) => format!("{} of {compared} would be answered otherwise", number(other)),
        (Some(wanted), 0) => format!("all of {compared} ran as {wanted}"),
        (Some(wanted), other) => format!("{} of {compared} ran otherwise than {wanted}", number(other)),
    }
}

/// What else is to be said of the lines of the log, a sentence each.
pub(super) fn remarks(replayed: &Replayed<'_>) -> Vec<String> {
    let tally = replayed.tally;
    let mut all = Vec::new();
    for reason in Reason::ALL {
        if let Some(count) = tally.skipped.get(&reason) {
            all.push(format!("{} not compared: {}", counted(*count, "request"), self::reason(reason)));
        }
    }
    let lines = [
        (tally.unread, "not of the format of the log"),
        (tally.unclear, "that can be read in two ways"),
        (tally.of_programs, "of the controller and of nginx beside the access log"),
        (tally.streams, "about TCP and UDP"),
    ];
    for (count, what) in lines.into_iter().filter(|(count, _)| *count > 0) {
        all.push(format!("{} {what}", counted(count, "line")));
    }
    if tally.assumed > 0 {
        all.push(format!(
            "{} came by a place that looks at headers which the log does not tell: they are taken as not sent",
            counted(tally.assumed, "compared request")
        ));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(count), text);
        }
        assert_eq!(counted(1, "request"), "1 request");
    }
}
