//! Which certificates clients must show.

use super::Judgement;
use super::lines::{first, line, lines};
use super::route::Route;
use super::shift::Shift;
use crate::source::Span;

/// From the least demanding.
const DEMANDS: [&str; 4] = ["off", "optional_no_ca", "optional", "on"];

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    const NAME: &str = "ssl_verify_client";
    const ALL: [&str; 4] = [NAME, "ssl_client_certificate", "ssl_verify_depth", "ssl_crl"];
    let [old, new] = [before, after].map(|route| route.value(NAME, "off"));
    let demand = |word: &str| DEMANDS.iter().position(|demand| *demand == word).unwrap_or(0);
    let [was, is] = [demand(&old), demand(&new)];
    let of_side = |names: &[&str], route: &Route<'_, '_>| lines(names.iter().filter_map(|name| route.last(name)));
    let mut found = Vec::new();
    if let Some(verdict) = Shift::falling(&was, &is).verdict(was > 0, is > 0) {
        let message = format!("check of client certificates changed from {old} to {new}");
        // With the check its settings come and go.
        let switched = was == 0 || is == 0;
        let names = if switched { &ALL[..] } else { &ALL[..1] };
        let all = |route: &Route<'_, 'a>| of_side(names, route).into_iter().chain(told(route).filter(|_| switched)).collect();
        found.push(Judgement::new("client-certificate", Some(verdict), message, [all(before), all(after)]));
    }
    if was == 0 || is == 0 {
        return found;
    }
    let mut judge = |name: &'static str, shift: Shift, was: bool, is: bool, message: String| {
        if let Some(verdict) = shift.verdict(was, is) {
            found.push(Judgement::new(name, Some(verdict), message, [of_side(&[name], before), of_side(&[name], after)]));
        }
    };
    let [old, new] = [before, after].map(|route| route.value("ssl_verify_depth", "1"));
    let depths = old.parse::<u32>().ok().zip(new.parse::<u32>().ok());
    let depth = depths.map_or(Shift::unranked(&old, &new), |(old, new)| Shift::rising(&old, &new));
    judge("ssl_verify_depth", depth, true, true, format!("length of chains of client certificates changed from {old} to {new}"));
    let [old, new] = [before, after].map(|route| route.value("ssl_client_certificate", "").into_owned());
    judge(
        "ssl_client_certificate",
        Shift::unranked(&old, &new),
        true,
        true,
        String::from("authorities for client certificates are others"),
    );
    let [old, new] = [before, after].map(|route| route.last("ssl_crl").and_then(first));
    let (shift, message) = match (&old, &new) {
        (Some(_), None) => (Shift::OPENS, "revoked client certificates are no longer refused"),
        (None, Some(_)) => (Shift::CLOSES, "revoked client certificates are refused"),
        _ => (Shift::unranked(&old, &new), "list of revoked client certificates is another one"),
    };
    judge("ssl_crl", shift, old.is_some(), new.is_some(), message.to_owned());
    found
}

/// The headers that tell backends of the certificate.
fn told<'a>(route: &Route<'_, 'a>) -> impl Iterator<Item = Span> {
    let headers = route.below().filter(|directive| matches!(&*directive.name(), "proxy_set_header" | "grpc_set_header"));
    headers.filter(|header| first(*header).is_some_and(|name| name.starts_with("ssl-client-"))).map(line)
}
