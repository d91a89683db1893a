//! One expectation against one way of a request.

use super::got::Got;
use super::suite::{Expected, Status, Test};
use super::whom::Whom;
use crate::route::{Certificate, CheckKind, ClientCertificate, Config, Decision, End, Matched, Passed, Request, Verdict};
use crate::source::Span;

/// What a way says of an expectation.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    Holds,
    Differs(Got, Option<Span>),
    /// It is not known, and why.
    Unknown(String),
    /// The model does not hold it, and why.
    Beyond(&'static str),
}

/// Headers about the body, which nginx writes itself.
const OF_BODY: [&str; 2] = ["content-length", "transfer-encoding"];

/// Compares what is neither a choice between backends nor a protection, which take more than one way.
pub(super) fn compare(config: &Config<'_>, test: &Test, expected: &Expected, way: &Decision) -> Said {
    match expected {
        Expected::Status(status) => of_status(config, test, *status, way),
        Expected::Redirect(to) => of_redirect(config, to, way),
        Expected::Certificate(certificate) => of_certificate(certificate.as_deref(), way),
        Expected::Reachable(reachable) => of_reach(config, *reachable, way),
        Expected::Ingress(_) | Expected::Route(_) => of_location(config, expected, way),
        Expected::ResponseHeader(..) => Said::Beyond("what headers an answer has is not known here: `--against` compares them"),
        _ => match &way.end {
            End::Backend(passed) => of_passed(config, &test.request, expected, passed, way),
            _ => otherwise(config, way),
        },
    }
}

/// A value that is known or not, against the one that is expected.
fn value(own: Option<&str>, expected: &str, at: Option<Span>, unknown: &str) -> Said {
    match own {
        Some(own) if own == expected => Said::Holds,
        Some(own) => Said::Differs(Got::Value(own.to_owned()), at),
        None => Said::Unknown(unknown.to_owned()),
    }
}

/// That something else becomes of the request.
pub(super) fn otherwise(config: &Config<'_>, way: &Decision) -> Said {
    match end(config, way) {
        Ok((words, at)) => Said::Differs(Got::Words(words), at),
        Err(why) => Said::Unknown(why),
    }
}

/// How a way ends, in words, and the directive that decides; an error says what is not known.
pub(super) fn end(config: &Config<'_>, way: &Decision) -> Result<(String, Option<Span>), String> {
    let last = || way.steps.iter().rev().find_map(|step| step.at);
    match &way.end {
        End::Answer(answer) => {
            let to = answer.redirect.as_ref().map(|to| format!(" and sends the client to {to}")).unwrap_or_default();
            Ok((format!("the proxy answers {}{to}", answer.status), answer.at.or_else(last)))
        }
        End::Backend(passed) => Ok((format!("{} answers", Whom::of(config, passed)), decides(passed, way))),
        End::Closed => Ok((String::from("the connection is closed"), last())),
        End::Unknown => Err(unknown(way)),
    }
}

/// The directive that says who gets a request.
pub(super) fn decides(passed: &Passed, way: &Decision) -> Option<Span> {
    way.location.as_ref().map(|location| location.at).or(passed.at)
}

fn unknown(way: &Decision) -> String {
    if way.unknown.is_empty() { String::from("what becomes of it") } else { way.unknown.join(", ") }
}

fn of_passed(config: &Config<'_>, request: &Request, expected: &Expected, passed: &Passed, way: &Decision) -> Said {
    let at = decides(passed, way);
    match expected {
        Expected::Protocol(protocol) => value(Some(&passed.protocol), protocol, passed.at, ""),
        Expected::Method(method) => value(Some(&passed.method), method, passed.at, ""),
        Expected::Path(path) => value(passed.uri.as_deref(), path, changed_path(way).or(at), "the path that the backend sees"),
        Expected::Host(host) => value(passed.host.as_deref(), host, at, "the host that the backend sees"),
        Expected::Header(name, expected) => of_header(request, (name, expected.as_deref()), passed, at),
        Expected::Removed(name) => of_removed(request, name, passed, at),
        _ => otherwise(config, way),
    }
}

/// The directive that changed the path last.
fn changed_path(way: &Decision) -> Option<Span> {
    let location = way.location.as_ref().map(|location| location.at);
    way.steps
        .iter()
        .rev()
        .find(|step| step.what.starts_with("the path becomes"))
        .and_then(|step| step.at)
        .filter(|at| Some(*at) != location)
}

/// All values of a header that a backend sees; an error where one is not known.
fn sent<'p>(request: &'p Request, name: &'p str, passed: &'p Passed) -> Result<Vec<&'p str>, String> {
    let unknown = || format!("what `{name}` holds");
    let is_it = |own: &str| own.eq_ignore_ascii_case(name);
    if is_it("host") {
        return passed.host.as_deref().map(|host| vec![host]).ok_or_else(unknown);
    }
    let set: Vec<_> = passed.headers.iter().filter(|(own, _)| is_it(own)).map(|(_, value)| value.as_deref()).collect();
    if !set.is_empty() {
        return set.into_iter().collect::<Option<Vec<_>>>().ok_or_else(unknown);
    }
    if OF_BODY.iter().any(|own| is_it(own)) {
        return Err(unknown());
    }
    if passed.protocol == "fastcgi" || passed.removed.iter().any(|own| is_it(own)) {
        return Ok(Vec::new());
    }
    Ok(request.headers(name).collect())
}

fn of_header(request: &Request, (name, expected): (&str, Option<&str>), passed: &Passed, at: Option<Span>) -> Said {
    let values = match sent(request, name, passed) {
        Ok(values) => values,
        Err(why) => return Said::Unknown(why),
    };
    match (expected, values.as_slice()) {
        (None, []) => Said::Holds,
        (Some(expected), values) if values.join(", ") == expected => Said::Holds,
        (Some(_), []) => Said::Differs(Got::Words(String::from("the backend sees none of this name")), at),
        (_, values) => Said::Differs(Got::Value(values.join(", ")), at),
    }
}

fn of_removed(request: &Request, name: &str, passed: &Passed, at: Option<Span>) -> Said {
    if request.headers(name).next().is_none() {
        return Said::Differs(
            Got::Words(String::from("the request does not send it, so that nothing shows whether it is passed on")),
            None,
        );
    }
    let is_it = |own: &&String| own.eq_ignore_ascii_case(name);
    if passed.removed.iter().any(|own| is_it(&own)) {
        return Said::Holds;
    }
    match sent(request, name, passed) {
        Ok(values) => Said::Differs(Got::Value(values.join(", ")), at),
        Err(why) => Said::Unknown(why),
    }
}

fn of_status(config: &Config<'_>, test: &Test, status: Status, way: &Decision) -> Said {
    match (&way.end, status) {
        (End::Answer(answer), Status::Code(code)) if answer.status == code => Said::Holds,
        (End::Closed, Status::Closed) => Said::Holds,
        (End::Backend(_), Status::Code(_)) if test.expects_backend() => {
            Said::Beyond("the backend decides, and is not asked here: `--against` compares its answer")
        }
        (End::Answer(answer), _) => Said::Differs(Got::Value(answer.status.to_string()), answer.at.or_else(|| end(config, way).ok()?.1)),
        _ => otherwise(config, way),
    }
}

fn of_redirect(config: &Config<'_>, to: &str, way: &Decision) -> Said {
    match &way.end {
        End::Answer(answer) if matches!(answer.status, 301 | 302 | 303 | 307 | 308) || answer.redirect.is_some() => {
            value(answer.redirect.as_deref(), to, answer.at, "where the client is sent")
        }
        _ => otherwise(config, way),
    }
}

fn of_certificate(expected: Option<&str>, way: &Decision) -> Said {
    let at = way.server.as_ref().map(|server| server.at);
    let own = match &way.certificate {
        Some(Certificate::Secret(secret)) => Some(secret.as_str()),
        Some(Certificate::Default) => Some("default"),
        Some(Certificate::File(file)) => Some(file.as_str()),
        Some(Certificate::Unknown) => return Said::Unknown(String::from("which certificate the host has")),
        None => None,
    };
    match own {
        own if own == expected => Said::Holds,
        Some(own) => Said::Differs(Got::Value(own.to_owned()), at),
        None => Said::Differs(Got::Words(String::from("no TLS, or no handshake that nginx makes")), at),
    }
}

fn of_reach(config: &Config<'_>, expected: bool, way: &Decision) -> Said {
    let reaches = match &way.end {
        End::Backend(_) => true,
        End::Answer(answer) => {
            // Who is sent elsewhere has reached nobody, and is not refused.
            let is_refused = answer.status >= 400 && answer.redirect.is_none();
            if !expected && !is_refused {
                return otherwise(config, way);
            }
            false
        }
        End::Closed => false,
        End::Unknown => return otherwise(config, way),
    };
    if reaches == expected { Said::Holds } else { otherwise(config, way) }
}

fn of_location(config: &Config<'_>, expected: &Expected, way: &Decision) -> Said {
    let Some(location) = &way.location else {
        return Said::Differs(Got::Words(String::from("no path takes it")), way.server.as_ref().map(|server| server.at));
    };
    let at = Some(location.at);
    match expected {
        Expected::Ingress(ingress) => value(ingress_of(location).as_deref(), ingress, at, "whose path it is"),
        Expected::Route(path) => value(Some(path_of(location)), path, at, ""),
        _ => otherwise(config, way),
    }
}

/// The Ingress of a location as `namespace/name`.
pub(super) fn ingress_of(location: &Matched) -> Option<String> {
    location.ingress.as_ref().map(|ingress| format!("{}/{ingress}", location.namespace.as_deref().unwrap_or_default()))
}

/// The path that people know a location by.
pub(super) fn path_of(location: &Matched) -> &str {
    location.ingress_path.as_deref().unwrap_or(&location.path)
}

/// What is asked of a request on a way. Whoever is exempt from a limit, or need not show a certificate, is not asked.
pub(super) fn asked(request: &Request, way: &Decision) -> Vec<CheckKind> {
    let is_asked = |check: &&crate::route::Check| match (check.kind, check.verdict) {
        (CheckKind::Rate | CheckKind::Connections, Verdict::Pass) => false,
        (CheckKind::ClientCertificate, Verdict::Pass) => request.certificate != ClientCertificate::None,
        _ => true,
    };
    let mut kinds: Vec<CheckKind> = way.checks.iter().filter(is_asked).map(|check| check.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
