//! What an address answers, against what is expected and what the configuration says.

use super::compare::end;
use super::got::Got;
use super::suite::{Expected, Status};
use super::verdict::{Judged, Problem, Verdict};
use crate::route::{Answer, CheckKind, Config, Decision, End};

/// What can be seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// An answer: its status, and its headers in order.
    Answer(u16, Vec<(String, String)>),
    /// The connection was closed without one.
    Closed,
    /// The request could not be sent so, or nobody could be asked.
    Unasked(String),
}

impl Seen {
    fn headers<'s>(&'s self, name: &'s str) -> Vec<&'s str> {
        match self {
            Self::Answer(_, headers) => {
                headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
            }
            Self::Closed | Self::Unasked(_) => Vec::new(),
        }
    }

    fn words(&self) -> Got {
        match self {
            Self::Answer(status, _) => match self.headers("location").first() {
                Some(to) => Got::Words(format!("it answers {status} and sends the client to {to}")),
                None => Got::Words(format!("it answers {status}")),
            },
            Self::Closed => Got::Words(String::from("it closes the connection")),
            Self::Unasked(why) => Got::Words(why.clone()),
        }
    }
}

/// Adds what an address answered to what the configuration says. `is_here`: the address is of this machine, which then knows where
/// its requests come from.
pub fn seen(config: &Config<'_>, judged: &mut Judged<'_>, seen: &Seen, is_here: bool) {
    let test = judged.test;
    if let Seen::Unasked(why) = seen {
        judged.checks.iter_mut().for_each(|check| check.seen = Some(Verdict::Unchecked(why.clone())));
        return;
    }
    let decisions = config.branches(&test.request);
    let asks_address = |decision: &Decision| decision.checks.iter().any(|check| matches!(check.kind, CheckKind::Allow | CheckKind::Deny));
    if !is_here && decisions.iter().any(asks_address) {
        let why = Verdict::Unchecked(String::from("it depends on the address that the request comes from, which is another one here"));
        judged.checks.iter_mut().for_each(|check| check.seen = Some(why.clone()));
        return;
    }
    if config.is_proxied(&test.request) && matches!(seen, Seen::Closed | Seen::Answer(400, _)) {
        let why = Verdict::Unchecked(String::from("the port expects the PROXY protocol, which is not spoken from here"));
        judged.checks.iter_mut().for_each(|check| check.seen = Some(why.clone()));
        return;
    }
    for check in &mut judged.checks {
        check.seen = Some(compare(&check.expectation.what, seen));
    }
    if let Some(message) = contradiction(config, &decisions, seen) {
        judged.problems.push(Problem { at: test.at, message });
    }
}

/// What is expected against what was seen.
fn compare(expected: &Expected, seen: &Seen) -> Verdict {
    let verdict = |holds: bool, got: Got| if holds { Verdict::Holds } else { Verdict::Differs { got, at: None } };
    match (expected, seen) {
        (Expected::Status(Status::Code(code)), Seen::Answer(status, _)) => verdict(code == status, Got::Value(status.to_string())),
        (Expected::Status(Status::Closed), Seen::Closed) => Verdict::Holds,
        (Expected::Status(_), _) => verdict(false, seen.words()),
        (Expected::Redirect(to), Seen::Answer(..)) => match seen.headers("location").as_slice() {
            [own] => verdict(own == to, Got::Value((*own).to_owned())),
            _ => verdict(false, seen.words()),
        },
        (Expected::Redirect(_) | Expected::ResponseHeader(..), _) if *seen == Seen::Closed => verdict(false, seen.words()),
        (Expected::ResponseHeader(name, value), _) => {
            let own = seen.headers(name);
            match (value, own.as_slice()) {
                (None, []) => Verdict::Holds,
                (Some(_), []) => verdict(false, Got::Words(String::from("none of this name"))),
                (value, own) => verdict(value.as_deref() == Some(&own.join(", ")), Got::Value(own.join(", "))),
            }
        }
        (Expected::Reachable(false), Seen::Answer(status, _)) if *status < 400 => verdict(false, seen.words()),
        (Expected::Reachable(false), Seen::Closed) => Verdict::Holds,
        (Expected::Reachable(false), _) => Verdict::Unchecked(String::from("a backend may answer so as well as the proxy")),
        _ => Verdict::Unchecked(String::from("this cannot be seen from outside")),
    }
}

/// That an answer is none of those that the configuration allows. Where a backend may answer, or something is not known, any is.
fn contradiction(config: &Config<'_>, decisions: &[Decision], seen: &Seen) -> Option<String> {
    let is_open = |decision: &Decision| matches!(decision.end, End::Backend(_) | End::Unknown) || !decision.unknown.is_empty();
    if decisions.iter().any(is_open) || decisions.len() >= crate::route::MOST_WAYS {
        return None;
    }
    let fits = |answer: &Answer| match seen {
        Seen::Answer(status, _) => {
            let to = seen.headers("location");
            answer.status == *status && answer.redirect.as_ref().is_none_or(|redirect| to.as_slice() == [redirect.as_str()])
        }
        Seen::Closed | Seen::Unasked(_) => false,
    };
    let is_told = decisions.iter().any(|decision| match &decision.end {
        End::Answer(answer) => fits(answer),
        End::Closed => *seen == Seen::Closed,
        End::Backend(_) | End::Unknown => true,
    });
    if is_told {
        return None;
    }
    let says: Vec<String> = decisions.iter().filter_map(|decision| end(config, decision).ok()).map(|(words, _)| words).collect();
    let Got::Words(seen) = seen.words() else { return None };
    Some(format!("the address does not do what the configuration says: {seen}, and {} here", says.first()?))
}
